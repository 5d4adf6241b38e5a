// Package acceptance holds the tests of the built program from outside: its command line, its
// HTTP API, the files that it leaves and its database as psql shows it. Each test prints what
// it saw. ACCEPTANCE=full makes the slow ones do more.
package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startLimit = 90 * time.Second // until a node says its address, recovery included
	stopLimit  = 60 * time.Second
	jobLimit   = 3 * time.Minute // of one run of a command
)

// root is where everything of a run of the tests lives. Its path is short, because the
// database's socket lies below it and such a path has 107 bytes at most.
var root = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "cs")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := root(); err == nil {
		_ = os.RemoveAll(dir) // nobody to tell
	}
	os.Exit(code)
}

// build is one way of building the program; each is built once.
type build func() (file string, err error)

// fast is the program as scripts/start builds it. program is the same, under the race detector
// when these tests are.
var (
	fast = sync.OnceValues(func() (string, error) {
		return built("countersign", "0")
	})
	program = sync.OnceValues(func() (string, error) {
		if !raced {
			return fast()
		}
		return built("countersign-race", "1", "-race") // the detector wants C
	})
)

// built builds the program into a file of the scratch folder, without C (0) or with it (1). It walks
// over the sources first, because go test repeats an old result unless a file changed that the test
// looked at.
func built(name, cgo string, flags ...string) (string, error) {
	for _, dir := range []string{
		"../../chaincode", "../../fixtures", "../../schemas", "../../web/dist", "..",
	} {
		err := filepath.WalkDir(dir, func(string, fs.DirEntry, error) error { return nil })
		if err != nil {
			return "", err
		}
	}
	dir, err := root()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, name)
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", file}, flags...)
	command := exec.Command("go", append(args, "../cmd/countersign")...)
	command.Env = append(command.Environ(), "CGO_ENABLED="+cgo)
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return file, nil
}

// scratch is an empty folder with a short path.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	dir, err = os.MkdirTemp(dir, "") //nolint:usetesting // its path must be short, see root
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// result is how a run of the program ended.
type result struct {
	code   int
	stdout string
	stderr string
}

// run runs the program to its end.
func run(t *testing.T, by build, args ...string) result {
	t.Helper()
	file, err := by()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), jobLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, file, args...)
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopLimit
	err = cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatalf("countersign %s: %v", strings.Join(args, " "), err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// environment is ours without the settings of a node that somebody may have in it.
func environment() []string {
	list := []string{}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "DATABASE_URL", "LEDGER", "COUNTERSIGN_DATA", "COUNTERSIGN_LISTEN", "COUNTERSIGN_BLOBS":
		default:
			list = append(list, v)
		}
	}
	return list
}

// node is a program that serves.
type node struct {
	data    string
	by      build
	address string
	cmd     *exec.Cmd
	stderr  *lockedBuffer
	exited  chan struct{} // closed when the process is gone
}

// serve starts a node on a data folder and waits for its address.
func serve(t *testing.T, by build, data string, flags ...string) *node {
	t.Helper()
	file, err := by()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{data: data, by: by, stderr: &lockedBuffer{}, exited: make(chan struct{})}
	n.cmd = exec.Command(file, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, flags...)...)
	n.cmd.Env = environment()
	n.cmd.Stderr = n.stderr
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.end(t, syscall.SIGTERM)
		if strings.Contains(n.stderr.String(), "DATA RACE") {
			t.Error("the race detector found something in the node")
		}
		if t.Failed() {
			t.Logf("the node said:\n%s", n.stderr.String())
		}
	})
	said := make(chan string, 1)
	go n.listen(stdout, said)
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	select {
	case n.address = <-said:
	case <-n.exited:
	case <-limit.C:
	}
	if n.address == "" {
		t.Fatalf("the node on %s did not start:\n%s", data, n.stderr.String())
	}
	return n
}

// listen reads what a node says until it is gone.
func (n *node) listen(stdout io.Reader, said chan<- string) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "countersign serves on "); ok {
			said <- address
		}
	}
	_ = n.cmd.Wait() // how it ended is asked of its ProcessState
	close(n.exited)
}

// end sends a signal and waits until the process is gone.
func (n *node) end(t *testing.T, s os.Signal) {
	t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal to the node: %v", err)
	}
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-n.exited:
	case <-limit.C:
		t.Errorf("the node was still there %s after %s", stopLimit, s)
		_ = n.cmd.Process.Kill() // the test failed already
		<-n.exited
	}
}

// stop ends a node in good order.
func (n *node) stop(t *testing.T) {
	t.Helper()
	n.end(t, syscall.SIGTERM)
	if code := n.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the node was asked to stop and ended with %d:\n%s", code, n.stderr.String())
	}
}

// postmaster is the process id of the node's private PostgreSQL.
func postmaster(t *testing.T, data string) int {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// psql runs a statement in the node's private PostgreSQL and gives its rows, one a line with
// tabs between the columns. It is PostgreSQL's own client: nothing of ours is in between.
func psql(t *testing.T, data, statement string) []string {
	t.Helper()
	rows, err := ask(t, data, statement)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// ask is psql for a database that may be away.
func ask(t *testing.T, data, statement string) ([]string, error) {
	t.Helper()
	cmd := exec.CommandContext(
		t.Context(), client(t), "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1",
		"-h", filepath.Join(data, "postgres", "run"), "-U", "countersign", "-d", "countersign", "-f", "-",
	)
	cmd.Stdin = strings.NewReader(statement)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("psql: %w: %s", err, stderr.String())
	}
	if len(out) == 0 {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), nil
}

// client finds psql: on the path or beside the server, where distributions put it.
func client(t *testing.T) string {
	t.Helper()
	if file, err := exec.LookPath("psql"); err == nil {
		return file
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/psql", "/usr/pgsql-*/bin/psql"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[len(found)-1]
		}
	}
	t.Skip("psql is not installed: install PostgreSQL's client to read the database from outside")
	return ""
}

// lockedBuffer is written to by a process while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// full tells whether more time may be spent.
func full() bool { return os.Getenv("ACCEPTANCE") == "full" }
