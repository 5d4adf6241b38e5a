package postgres_test

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

func TestMigrateAgainChangesNothing(t *testing.T) {
	pool := postgrestest.New(t)
	before := countTables(t, pool)
	var wg sync.WaitGroup
	for range 3 { // programs that start together
		wg.Go(func() {
			if err := postgres.Migrate(t.Context(), pool, slog.New(slog.DiscardHandler)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if after := countTables(t, pool); after != before || before == 0 {
		t.Fatalf("%d tables before, %d after", before, after)
	}
}

func TestDatabasesOfTestsAreSeparate(t *testing.T) {
	a, b := postgrestest.New(t), postgrestest.New(t)
	mustExec(t, a, "CREATE TABLE only_here (id int)")
	if countTables(t, a) != countTables(t, b)+1 {
		t.Fatal("a table of one test's database is in another's")
	}
}

func TestOpenKeepsThePasswordOutOfItsErrors(t *testing.T) {
	for _, conn := range []string{
		"postgres://u:open-sesame@127.0.0.1:1/none",
		"postgres://u:open-sesame@127.0.0.1:port/none",
		"host=127.0.0.1 port=1 password=open-sesame dbname",
	} {
		_, err := postgres.Open(t.Context(), conn)
		if err == nil || strings.Contains(err.Error(), "open-sesame") {
			t.Errorf("error %v", err)
		}
	}
}

// mustExec runs statements without arguments, or one with.
func mustExec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// wantRefused asserts that the database itself refuses a statement, by SQLSTATE and, when
// given, the constraint's name.
func wantRefused(t *testing.T, pool *pgxpool.Pool, state, constraint, sql string, args ...any) {
	t.Helper()
	_, err := pool.Exec(t.Context(), sql, args...)
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || refused.Code != state || (constraint != "" && refused.ConstraintName != constraint) {
		t.Errorf("%s: %v, want %s %s", sql, err, state, constraint)
	}
}

func countTables(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	rows, err := pool.Query(t.Context(),
		"SELECT table_name FROM information_schema.tables WHERE table_schema IN ('public', 'ledger')")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}
