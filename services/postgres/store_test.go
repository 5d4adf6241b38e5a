package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/jobs"
	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

// at is a moment of a test's own time: noon and n hours.
func at(n int) time.Time { return time.Date(2026, 3, 2, 12+n, 0, 0, 0, time.UTC) }

// ok ends the test at an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want asserts which error came.
func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got %v, want %v", err, target)
	}
}

// wantCode asserts which fault came.
func wantCode(t *testing.T, err error, code trade.Code) {
	t.Helper()
	if f, found := errors.AsType[*trade.Fault](err); !found || f.Code != code {
		t.Errorf("got %v, want the fault %s", err, code)
	}
}

// shelf is a store under test with what nearly every test does with it.
type shelf struct {
	*postgres.Store

	t    *testing.T
	pool *pgxpool.Pool
}

func open(t *testing.T, pool *pgxpool.Pool) shelf {
	t.Helper()
	queue, err := jobs.NewQueue(pool, slog.New(slog.DiscardHandler))
	ok(t, err)
	return shelf{Store: postgres.NewStore(pool, queue), t: t, pool: pool}
}

// write runs one transaction and returns its error.
func (s shelf) write(fn func(ctx context.Context, tx app.StoreTx) error) error {
	return s.Write(s.t.Context(), fn)
}

// read reads one value on a snapshot of its own; an error ends the test.
func read[T any](s shelf, fn func(ctx context.Context, tx app.StoreTx) (T, error)) T {
	s.t.Helper()
	v, err := tryRead(s, fn)
	ok(s.t, err)
	return v
}

func tryRead[T any](s shelf, fn func(ctx context.Context, tx app.StoreTx) (T, error)) (T, error) {
	var v T
	err := s.Read(s.t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		var err error
		v, err = fn(ctx, tx)
		return err
	})
	return v, err
}

// A plan that PostgreSQL keeps for all values is many times slower where filters may be empty.
func TestListsArePlannedForWhatTheyAreAsked(t *testing.T) {
	s := open(t, postgrestest.New(t))
	ctx := t.Context()
	for range 6 {
		ok(t, s.Read(ctx, func(ctx context.Context, tx app.StoreTx) error {
			f := app.ReceivableFilter{Org: "SellerMSP", Standing: app.StandingObligor}
			_, _, listed := tx.Receivables(ctx, f, app.Page{Limit: 10})
			_, summed := tx.PhaseSums(ctx, f)
			_, _, papers := tx.Papers(ctx, "SellerMSP", app.PaperFilter{}, app.Window{Sort: "number", Limit: 10})
			_, users := tx.Users(ctx, "SellerMSP")
			return errors.Join(listed, summed, papers, users)
		}))
	}
	kept := []string{}
	for _, conn := range s.pool.AcquireAllIdle(ctx) {
		rows, err := conn.Query(ctx, `SELECT substring(statement FROM '^-- name: (\w+)') FROM pg_prepared_statements
			WHERE statement ~ '^-- name: (Receivables|PhaseSums|PapersWindow|UsersOf) '`)
		ok(t, err)
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		ok(t, err)
		kept = append(kept, names...)
		conn.Release()
	}
	same(t, nil, kept, []string{"UsersOf"})
}
