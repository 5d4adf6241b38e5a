package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

func countKept(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	var n int
	ok(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n))
	return n
}

func keep(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "INSERT INTO kept VALUES (1)")
	return err
}

func TestATransactionKeepsAllOrNothing(t *testing.T) {
	pool := postgrestest.New(t)
	mustExec(t, pool, "CREATE TABLE kept (id int)")
	refused := errors.New("no")
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		return errors.Join(keep(t.Context(), tx), refused)
	})
	if !errors.Is(err, refused) || countKept(t, pool) != 0 {
		t.Fatalf("got %v, kept %d", err, countKept(t, pool))
	}
	ok(t, postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error { return keep(t.Context(), tx) }))
	if n := countKept(t, pool); n != 1 {
		t.Fatalf("kept %d", n)
	}
}

func TestAConflictIsRunAgainAsOftenAsAllowed(t *testing.T) {
	pool := postgrestest.New(t)
	mustExec(t, pool, "CREATE TABLE kept (id int)")
	conflict := &pgconn.PgError{Code: "40001"}
	runs := 0
	ok(t, postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		if runs++; runs < postgres.TxAttempts {
			return errors.Join(keep(t.Context(), tx), conflict)
		}
		return keep(t.Context(), tx)
	}))
	if n := countKept(t, pool); n != 1 || runs != postgres.TxAttempts {
		t.Fatalf("kept %d after %d runs", n, runs)
	}
	runs = 0
	err := postgres.InTx(t.Context(), pool, func(pgx.Tx) error { runs++; return conflict })
	if !errors.Is(err, postgres.ErrBusy) || runs != postgres.TxAttempts {
		t.Fatalf("got %v after %d runs", err, runs)
	}
}

func TestALostConnectionBeforeTheCommitLeavesNothing(t *testing.T) {
	pool := postgrestest.New(t)
	mustExec(t, pool, "CREATE TABLE kept (id int)")
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		ok(t, keep(t.Context(), tx))
		_, err := tx.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if !errors.Is(err, postgres.ErrUnavailable) || countKept(t, pool) != 0 {
		t.Fatalf("got %v, kept %d", err, countKept(t, pool))
	}
}

func TestALostConnectionDuringTheCommitIsAnUnknownOutcome(t *testing.T) {
	for name, delivered := range map[string]int{"server got it": 1, "server did not": 0} {
		t.Run(name, func(t *testing.T) {
			conn := postgrestest.ConnString(t)
			pool, err := postgres.Open(t.Context(), conn)
			ok(t, err)
			t.Cleanup(pool.Close)
			mustExec(t, pool, "CREATE TABLE kept (id int)")
			cutting := openCutting(t, conn, delivered == 1)
			err = postgres.InTx(t.Context(), cutting, func(tx pgx.Tx) error {
				return keep(t.Context(), tx)
			})
			if !errors.Is(err, postgres.ErrOutcomeUnknown) {
				t.Fatalf("got %v", err)
			}
			cutting.Close()
			// Whoever waits for the table's lock sees what the server made of it.
			mustExec(t, pool, "BEGIN; LOCK TABLE kept; COMMIT")
			if n := countKept(t, pool); n != delivered {
				t.Fatalf("kept %d, want %d", n, delivered)
			}
		})
	}
}

// openCutting opens a pool whose connections break when a commit is sent, after it or
// instead of it.
func openCutting(t *testing.T, conn string, deliver bool) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(conn)
	ok(t, err)
	dial := cfg.ConnConfig.DialFunc
	cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		return &cut{Conn: c, deliver: deliver}, err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	ok(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// cut is a connection that breaks at a commit.
type cut struct {
	net.Conn

	deliver bool
	broken  atomic.Bool
}

var errCut = errors.New("the line was cut")

func (c *cut) Write(p []byte) (int, error) {
	if !bytes.Contains(p, []byte("commit")) {
		return c.Conn.Write(p)
	}
	c.broken.Store(true)
	if !c.deliver {
		return 0, errors.Join(errCut, c.Close())
	}
	return c.Conn.Write(p)
}

func (c *cut) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.broken.Load() { // the answer to the commit gets lost
		return 0, errors.Join(errCut, c.Close())
	}
	return n, err
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	cfg, err := pgxpool.ParseConfig("host=/nowhere user=nobody")
	ok(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	ok(t, err)
	t.Cleanup(pool.Close)
	err = postgres.InTx(t.Context(), pool, func(pgx.Tx) error { return nil })
	if !errors.Is(err, postgres.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
}
