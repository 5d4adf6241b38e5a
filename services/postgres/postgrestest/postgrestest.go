// Package postgrestest gives each test a PostgreSQL database of its own: a clone of a
// template that is migrated once.
//
// The server is the one DATABASE_URL names (its user must be allowed to create databases),
// or else a private cluster, started when the first test asks for it and stopped when the
// last has run. A package that uses New has
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/cluster"
)

const (
	setUpTimeout = 90 * time.Second
	templateLock = 0x74656d706c617465 // "template"
)

// host is the server of one test program.
type host struct {
	once     sync.Once
	err      error
	cluster  *cluster.Cluster // nil with DATABASE_URL
	folder   string
	conn     string // to the server's maintenance database
	template string
	made     atomic.Int64
	ended    bool

	mu     sync.Mutex
	filled map[string]bool // the templates that NewFrom began; false: not whole
}

// shared is the one server of this test program: tests have no other place to meet.
//
//nolint:gochecknoglobals // see above
var shared = &host{ended: true}

// Main runs a package's tests and stops the server they used, if any. Its result is the
// program's exit code.
func Main(m *testing.M) int {
	shared = &host{filled: map[string]bool{}}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		code = max(code, 1)
	}
	return code
}

// Pool is what tests hand on to what they test.
type Pool = pgxpool.Pool

// New makes a database with the schema and nothing in it, and a pool on it. Both go with the
// test. Without any PostgreSQL the test is skipped.
func New(t testing.TB) *Pool {
	t.Helper()
	return open(t, ConnString(t))
}

// NewFrom makes a database like New that begins with what fill leaves in its own. The first call
// for a name has it filled, and others wait for that.
func NewFrom(t testing.TB, name string, fill func(pool *Pool)) *Pool {
	t.Helper()
	h := running(t)
	return open(t, h.clone(t, h.fill(t, name, fill)))
}

// ConnString makes a database like New and says how to connect to it, for tests that open
// pools themselves.
func ConnString(t testing.TB) string {
	t.Helper()
	h := running(t)
	return h.clone(t, h.template)
}

// open opens a pool that goes with the test, before its database does.
func open(t testing.TB, conn string) *Pool {
	t.Helper()
	pool, err := postgres.Open(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// running is the server, with its template made.
func running(t testing.TB) *host {
	t.Helper()
	h := shared
	if h.ended {
		t.Fatal("postgrestest: call postgrestest.Main in TestMain")
	}
	h.once.Do(func() { h.err = h.start() })
	if errors.Is(h.err, cluster.ErrNoPrograms) {
		t.Skipf("a real PostgreSQL is needed: %v", h.err)
	}
	if h.err != nil {
		t.Fatal(h.err)
	}
	return h
}

// clone makes a database that goes with the test.
func (h *host) clone(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), h.made.Add(1))
	conn := h.create(t, name, template)
	t.Cleanup(func() {
		if err := h.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// create makes a database from a template and says how to connect to it.
func (h *host) create(t testing.TB, name, template string) string {
	t.Helper()
	// Copying files is four times as fast as logging every page, PostgreSQL's default.
	if err := h.exec("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY FILE_COPY"); err != nil {
		t.Fatal(err)
	}
	conn, err := withDatabase(h.conn, name)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// templateOf is what the template of a name is called.
func templateOf(name string) string { return fmt.Sprintf("filled_%d_%s", os.Getpid(), name) }

// fill makes the template of a name, once, and says what the database is called.
func (h *host) fill(t testing.TB, name string, with func(*Pool)) string {
	t.Helper()
	template := templateOf(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	whole, begun := h.filled[name]
	switch {
	case whole:
		return template
	case begun:
		t.Fatalf("postgrestest: another test failed to fill %q", name)
	}
	h.filled[name] = false
	pool, err := postgres.Open(t.Context(), h.create(t, template, h.template))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close() // what is connected to cannot be cloned
	with(pool)
	h.filled[name] = true
	return template
}

// start finds or starts the server and makes the template, once for each schema.
func (h *host) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	h.conn = os.Getenv("DATABASE_URL")
	if h.conn == "" {
		folder, err := os.MkdirTemp("", "countersign-test-")
		if err != nil {
			return err
		}
		h.folder = folder
		h.cluster, err = cluster.Start(ctx, cluster.Config{
			Dir: filepath.Join(folder, "pg"), Bin: os.Getenv("PG_BIN"), Volatile: true,
		})
		if err != nil {
			return errors.Join(err, os.RemoveAll(folder))
		}
		h.conn = h.cluster.ConnString()
	}
	digest, err := postgres.SchemaDigest()
	if err != nil {
		return err
	}
	h.template = "countersign_template_" + digest
	return h.makeTemplate(ctx)
}

// makeTemplate migrates a new database and renames it to the template when it is whole, so
// that test programs which share a server never clone a half-made one.
func (h *host) makeTemplate(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, h.conn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
		return err
	}
	var exists bool
	const look = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, look, h.template).Scan(&exists); err != nil || exists {
		return err
	}
	fresh := h.template + "_new"
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + fresh, "CREATE DATABASE " + fresh} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := migrate(ctx, h.conn, fresh); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+fresh+" RENAME TO "+h.template)
	return err
}

func migrate(ctx context.Context, server, database string) error {
	conn, err := withDatabase(server, database)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, conn)
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool, slog.New(slog.DiscardHandler))
}

func (h *host) stop() error {
	h.ended = true
	if h.cluster != nil {
		return errors.Join(h.cluster.Stop(), os.RemoveAll(h.folder))
	}
	var errs []error
	for name := range h.filled {
		errs = append(errs, h.exec("DROP DATABASE IF EXISTS "+templateOf(name)+" WITH (FORCE)"))
	}
	return errors.Join(errs...)
}

// exec runs one statement outside any test's database.
func (h *host) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, h.conn)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// withDatabase names another database in a connection string of either form.
func withDatabase(conn, database string) (string, error) {
	if !strings.HasPrefix(conn, "postgres://") && !strings.HasPrefix(conn, "postgresql://") {
		return conn + " dbname=" + database, nil // the last one counts
	}
	u, err := url.Parse(conn)
	if err != nil {
		return "", errors.New("postgrestest: DATABASE_URL is no URL")
	}
	u.Path = "/" + database
	return u.String(), nil
}
