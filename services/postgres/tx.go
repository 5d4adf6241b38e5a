package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/services/postgres/internal/db"
)

// txAttempts bounds how often a transaction is run again after a conflict.
const txAttempts = 5

var (
	// ErrUnavailable says that the server does not answer or takes no work now. Nothing was
	// written; try again later.
	ErrUnavailable = errors.New("postgres: unavailable")
	// ErrBusy says that a transaction lost against others txAttempts times, or waited too long
	// for a lock. Nothing was written; decide again.
	ErrBusy = errors.New("postgres: too many conflicts")
	// ErrOutcomeUnknown says that the connection went while a commit was on its way: what the
	// transaction wrote is there or not. Find out by id before doing it again.
	ErrOutcomeUnknown = errors.New("postgres: outcome unknown")
)

// inTx runs do in a transaction and commits it. After a deadlock or a serialization failure
// do is run again, so it keeps nothing from a run that failed. Errors of do come back as
// they are, those of the server also as one of the errors above where they apply.
func inTx(ctx context.Context, pool *pgxpool.Pool, mode pgx.TxOptions, do func(pgx.Tx) error) error {
	var last error
	for range txAttempts {
		last = once(ctx, pool, mode, do)
		if !conflicts(last) {
			return explain(last)
		}
	}
	return fmt.Errorf("%w: %w", ErrBusy, last)
}

func once(ctx context.Context, pool *pgxpool.Pool, mode pgx.TxOptions, do func(pgx.Tx) error) error {
	tx, err := pool.BeginTx(ctx, mode)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit it does nothing
	if err := do(tx); err != nil {
		if tx.Conn().IsClosed() && ctx.Err() == nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err) // the connection went before any commit
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = tx.Commit(ctx)
	if err == nil || errors.Is(err, pgx.ErrTxCommitRollback) {
		return err
	}
	refused, answered := errors.AsType[*pgconn.PgError](err)
	if answered && refused.Code != "57P02" { // crash_shutdown comes at any time
		return err
	}
	// pgconn.SafeToRetry is no help here: it also says so of a connection that was found
	// closed while the answer was read.
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// look runs do without a transaction. Errors are those of inTx.
func look(ctx context.Context, pool *pgxpool.Pool, do func(db.DBTX) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Release()
	err = do(conn)
	if err != nil && conn.Conn().IsClosed() && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return explain(err)
}

// conflicts tells whether running the transaction again may end better.
func conflicts(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch refused.Code {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	}
	return false
}

// explain adds what a caller can act on to an error of the server or the way to it.
func explain(err error) error {
	if err == nil || errors.Is(err, ErrOutcomeUnknown) || errors.Is(err, ErrUnavailable) {
		return err
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if pgconn.SafeToRetry(err) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return err
	}
	switch {
	case refused.Code == "55P03": // lock_not_available
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case refused.Code[:2] == "08", // connection exceptions
		refused.Code[:2] == "53",                             // disk full, out of memory, too many connections
		refused.Code[:2] == "58",                             // system errors
		refused.Code[:3] == "57P" && refused.Code != "57P05", // shutting down, starting up, crashed
		refused.Code == "25006":                              // read-only: a replica
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
