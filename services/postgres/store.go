package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Inserter adds jobs in a transaction: with a rollback they never were.
type Inserter interface {
	InsertTx(ctx context.Context, tx pgx.Tx, job interface{ Kind() string }) error
}

// Store is app.Store over PostgreSQL.
//
// Writers run at READ COMMITTED. What they decide on is a row that they lock, a condition of
// the statement that writes, or a constraint: none counts on what it has only read.
type Store struct {
	pool *pgxpool.Pool
	jobs Inserter
}

var _ app.Store = (*Store)(nil)

// NewStore makes a store on a pool whose database has been migrated.
func NewStore(pool *pgxpool.Pool, jobs Inserter) *Store { return &Store{pool: pool, jobs: jobs} }

// Write runs fn in a transaction, and again after a deadlock or a serialization failure.
//
// It returns the errors of fn; a *trade.Fault with app.CodeUnavailable when the server does
// not answer or is too busy, and then nothing was written; and app.ErrOutcomeUnknown when
// the connection went while the commit was on its way.
func (s *Store) Write(ctx context.Context, fn func(context.Context, app.StoreTx) error) error {
	return told(inTx(ctx, s.pool, pgx.TxOptions{}, func(tx pgx.Tx) error {
		t := s.storeTx(tx)
		t.tx, t.writes = tx, true
		if err := fn(ctx, t); err != nil {
			return err
		}
		if err := t.tellChanged(ctx); err != nil {
			return err
		}
		return t.appendAudit(ctx)
	}))
}

// Read runs fn on one snapshot, with the errors of Write.
func (s *Store) Read(ctx context.Context, fn func(context.Context, app.StoreTx) error) error {
	mode := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return told(inTx(ctx, s.pool, mode, func(tx pgx.Tx) error {
		t := s.storeTx(tx)
		t.tx = tx
		return fn(ctx, t)
	}))
}

// Look runs fn without a transaction, with the errors of Read.
func (s *Store) Look(ctx context.Context, fn func(context.Context, app.StoreTx) error) error {
	return told(look(ctx, s.pool, func(conn db.DBTX) error {
		return fn(ctx, s.storeTx(conn))
	}))
}

// storeTx is the store inside one transaction. Its methods stand in one file per noun.
type storeTx struct {
	tx     pgx.Tx
	q      *db.Queries
	lists  *db.Queries // those that are narrowed by what may be empty: see planned
	jobs   Inserter
	writes bool
	log    []app.AuditEntry // written last, see appendAudit
	// kinds and ids are what changed, one beside the other, told at the end: see tellChanged.
	kinds, ids []string
}

func (s *Store) storeTx(conn db.DBTX) *storeTx {
	return &storeTx{q: db.New(conn), lists: db.New(planned{conn}), jobs: s.jobs}
}

// planned has each query planned for the values it is asked with. PostgreSQL keeps one plan for
// all values once a prepared query ran five times; where most of the filters are empty most of
// the time that plan expects a handful of rows and, with 50,000, takes seven times as long.
type planned struct{ db.DBTX }

func (p planned) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return p.DBTX.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
}

// Enqueue adds a job that exists only if the transaction commits.
func (t *storeTx) Enqueue(ctx context.Context, job app.Job) error {
	return t.jobs.InsertTx(ctx, t.tx, job)
}

// Audit keeps an entry until the end of the transaction.
func (t *storeTx) Audit(_ context.Context, e app.AuditEntry) error {
	t.log = append(t.log, e)
	return nil
}

// appendAudit writes the entries of the transaction, in order. They come last because from
// then on other writers of the organisation wait.
func (t *storeTx) appendAudit(ctx context.Context) error {
	for _, e := range t.log {
		if e.Detail == nil {
			e.Detail = map[string]string{}
		}
		detail, err := trade.Canonical(e.Detail)
		if err != nil {
			return fmt.Errorf("audit entry %s: %w", e.Action, err)
		}
		err = t.q.AppendAudit(ctx, db.AppendAuditParams{
			OrgID: string(e.Org), At: e.At, UserID: optional(e.User), Action: e.Action,
			SubjectKind: e.SubjectKind, SubjectID: e.Subject, Detail: detail,
		})
		if err != nil {
			return fmt.Errorf("audit entry %s: %w", e.Action, err)
		}
	}
	return nil
}

// SQLSTATE codes of PostgreSQL's appendix A.
const (
	uniqueViolation = "23505"
	badCharacter    = "22021" // in our case NUL: everything else is UTF-8
)

// told says what an error means to the steps. Its text goes to logs only.
func told(err error) error {
	switch {
	case errors.Is(err, ErrUnavailable), errors.Is(err, ErrBusy):
		return fmt.Errorf("%w: %w", &trade.Fault{
			Code:    app.CodeUnavailable,
			Message: "the database does not take this now, and nothing was written: try again",
		}, err)
	case errors.Is(err, ErrOutcomeUnknown):
		return fmt.Errorf("%w: %w", app.ErrOutcomeUnknown, err)
	}
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == badCharacter {
		return fmt.Errorf("%w: %w", &trade.Fault{
			Code: app.CodeInput, Message: "a text holds a character that cannot be kept (NUL)",
		}, err)
	}
	return err
}

// rowed turns pgx's missing row into the interface's.
func rowed(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return app.ErrNoRow
	}
	return err
}

// changed asserts that a statement found its row.
func changed(rows int64, err error, otherwise error) error {
	if err == nil && rows == 0 {
		return otherwise
	}
	return err
}

// violates tells whether an error is the refusal of a second row by a unique constraint.
func violates(err error, constraints ...string) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || refused.Code != uniqueViolation {
		return false
	}
	for _, c := range constraints {
		if refused.ConstraintName == c {
			return true
		}
	}
	return false
}
