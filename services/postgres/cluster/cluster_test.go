package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/services/postgres/cluster"
)

// ownerFolder names the folder in which a copy of this test program plays the program that
// gets killed.
const ownerFolder = "COUNTERSIGN_TEST_CLUSTER_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerFolder); dir != "" {
		os.Exit(own(dir))
	}
	os.Exit(m.Run())
}

// own starts a cluster, says so and waits to be killed.
func own(dir string) int {
	_, err := cluster.Start(context.Background(), cluster.Config{Dir: dir, Volatile: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stdout, "started")
	select {}
}

func start(t *testing.T, dir string) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Config{
		Dir: dir, Volatile: true, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if errors.Is(err, cluster.ErrNoPrograms) {
		t.Skipf("a real PostgreSQL is needed: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func connect(t *testing.T, c *cluster.Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func mustExec(t *testing.T, c *cluster.Cluster, sql string) {
	t.Helper()
	if _, err := connect(t, c).Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func wantOneRow(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	var n int
	if err := connect(t, c).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n); err != nil || n != 1 {
		t.Fatalf("rows kept: %d, %v; want 1", n, err)
	}
}

const keepOneRow = "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)"

func TestClusterKeepsItsDataOverAStop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	c := start(t, dir)
	mustExec(t, c, keepOneRow)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := c.Err(); !errors.Is(err, cluster.ErrStopped) {
		t.Fatalf("after Stop: %v", err)
	}
	wantOneRow(t, start(t, dir))
}

func TestClusterListensOnNoNetworkAndForThisUserOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	c := start(t, dir)
	want := map[string]string{
		"listen_addresses": "", "data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C.UTF-8",
	}
	for name, value := range want {
		var got string
		sql := "SELECT current_setting($1)"
		if name == "lc_collate" { // no setting any more from PostgreSQL 16 on
			sql = "SELECT datcollate FROM pg_database WHERE datname = current_database() AND $1 <> ''"
		}
		if err := connect(t, c).QueryRow(t.Context(), sql, name).Scan(&got); err != nil || got != value {
			t.Errorf("%s is %q (%v), want %q", name, got, err, value)
		}
	}
	modes := map[string]os.FileMode{
		"data": 0o700, "run": 0o700, "hba.conf": 0o640, "postgres.log": 0o600,
	}
	for name, mode := range modes {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: mode %v (%v), want %v", name, info.Mode().Perm(), err, mode)
		}
	}
	other := strings.Replace(c.ConnString(), "user=countersign", "user=postgres", 1)
	if conn, err := pgx.Connect(t.Context(), other); err == nil {
		t.Error("connected as another database user", conn.Close(t.Context()))
	}
}

func TestClusterLivesUnderAFolderOpenToItsOwnerOnly(t *testing.T) {
	top := t.TempDir()
	if err := os.Chmod(top, 0o700); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, filepath.Join(top, "pg")), "SELECT 1")
}

func TestClusterWorksWithAPathTooLongForASocket(t *testing.T) {
	c := start(t, filepath.Join(t.TempDir(), strings.Repeat("long ", 30), "it's", "pg"))
	mustExec(t, c, "SELECT 1")
}

func TestSecondStartAttachesAndLeavesTheServerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	first := start(t, dir)
	second := start(t, dir)
	if first.Attached() || !second.Attached() {
		t.Fatalf("attached: first %v, second %v; want only the second", first.Attached(), second.Attached())
	}
	mustExec(t, second, keepOneRow)
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
	wantOneRow(t, first)
}

func TestClusterComesBackAfterThePostmasterIsKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	c := start(t, dir)
	mustExec(t, c, keepOneRow)
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.ConnString())
		if err == nil {
			_ = conn.Close(ctx)
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	wantOneRow(t, c)
}

func TestClusterStartsAfterItsProgramIsKilled(t *testing.T) {
	start(t, filepath.Join(t.TempDir(), "probe")) // skips without PostgreSQL
	dir := filepath.Join(t.TempDir(), "pg")
	for round := range 3 {
		program := exec.Command(os.Args[0])
		program.Env = append(os.Environ(), ownerFolder+"="+dir)
		program.Stderr = os.Stderr
		out, err := program.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "started\n" {
			t.Fatalf("the program said %q, %v", line, err)
		}
		attached := start(t, dir)
		if round == 0 {
			mustExec(t, attached, keepOneRow)
		}
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = program.Wait() // it was killed
	}
	c := start(t, dir)
	if c.Attached() {
		t.Fatal("attached to a program that is dead")
	}
	wantOneRow(t, c)
}

func TestClusterStartsOverAPidFileWhoseNumberIsTakenByAnother(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	if err := start(t, dir).Stop(); err != nil {
		t.Fatal(err)
	}
	stale := strconv.Itoa(os.Getpid()) + "\n/elsewhere\n1\n5432\n/elsewhere\n\n\n"
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, dir), "SELECT 1")
}

func TestClusterReplacesAHalfMadeOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustExec(t, start(t, dir), "SELECT 1")
}

func TestStartRefusesAFolderThatHoldsSomethingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data", "photographs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Volatile: true}); err == nil {
		t.Fatal("started in a folder that is not a cluster's")
	}
}

func TestStartNamesWhatToInstallWithoutPrograms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	_, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Bin: t.TempDir()})
	if !errors.Is(err, cluster.ErrNoPrograms) {
		t.Fatalf("without programs: %v", err)
	}
}

func TestStartRefusesDataOfAVersionThatIsNotInstalled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Start(t.Context(), cluster.Config{Dir: dir})
	if !errors.Is(err, cluster.ErrNoPrograms) {
		t.Fatalf("with data of version 9: %v", err)
	}
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
