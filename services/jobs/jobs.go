// Package jobs runs work that follows from committed rows: on River, in the same
// PostgreSQL.
//
// A job is inserted in the transaction of the rows it follows from, so there is never one
// without the other. It is done at least once: a job whose process died is done again, and
// what a job does is safe to repeat.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Args is what a job is told: a small struct that marshals to JSON. It holds ids and
// versions, never secrets or what a document says, and names its work fully: while a job of
// the same kind with equal arguments is unfinished, inserting another does nothing.
//
// Kind names the job: [a-z_]{1,64}, never changed once released.
type Args = interface{ Kind() string }

// attemptLimit is how often a job is tried. With the backoff below that is about ten hours.
const attemptLimit = 50

// Queue inserts jobs.
type Queue struct {
	client *river.Client[pgx.Tx]
}

// NewQueue makes a queue on a pool whose database has been migrated.
func NewQueue(pool *pgxpool.Pool, logger *slog.Logger) (*Queue, error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Logger: logger,
		// An inserting client tells the workers of at most one job in this time; the next one
		// would wait for their poll, a second later.
		FetchCooldown: river.FetchCooldownMin,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// InsertTx inserts a job that starts when tx commits; with a rollback it never was.
func (q *Queue) InsertTx(ctx context.Context, tx pgx.Tx, args Args) error {
	return q.InsertAtTx(ctx, tx, args, time.Time{})
}

// InsertAtTx inserts a job that starts not before a moment; the zero time is at once.
func (q *Queue) InsertAtTx(ctx context.Context, tx pgx.Tx, args Args, at time.Time) error {
	_, err := q.client.InsertTx(ctx, tx, args, &river.InsertOpts{
		MaxAttempts: attemptLimit,
		ScheduledAt: at,
		UniqueOpts:  river.UniqueOpts{ByArgs: true, ByState: unfinished()},
	})
	if err != nil {
		return fmt.Errorf("jobs: insert %s: %w", args.Kind(), err)
	}
	return nil
}

func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// Verdict is what may be kept of a job's error.
type Verdict struct {
	// Code is a stable code that may be shown; it is all that the job's row keeps.
	Code string
	// Final says that trying again is pointless.
	Final bool
}

// codeInternal is kept of errors without a code of their own.
const codeInternal = "internal"

// Workers is the set of jobs that a process can do.
type Workers struct {
	river  *river.Workers
	judge  func(error) Verdict
	logger *slog.Logger
}

// NewWorkers makes an empty set. Judge decides what is kept of an error and whether the job
// is tried again; nil keeps "internal" and tries again. The whole error goes to the log.
func NewWorkers(judge func(error) Verdict, logger *slog.Logger) *Workers {
	if judge == nil {
		judge = func(error) Verdict { return Verdict{Code: codeInternal} }
	}
	return &Workers{river: river.NewWorkers(), judge: judge, logger: logger}
}

// Handle says how jobs with arguments of type A are done: do loads and makes one
// application call. Its context ends after timeout. It fails for a kind that is there.
func Handle[A Args](w *Workers, timeout time.Duration, do func(context.Context, A) error) error {
	if timeout <= 0 || timeout > timeoutLimit {
		return fmt.Errorf("jobs: timeout %s is not in (0, %s]", timeout, timeoutLimit)
	}
	err := river.AddWorkerSafely(w.river, &worker[A]{workers: w, timeout: timeout, do: do})
	if err != nil {
		return fmt.Errorf("jobs: handle: %w", err)
	}
	return nil
}

// worker does the jobs of one kind.
type worker[A Args] struct {
	river.WorkerDefaults[A]

	workers *Workers
	timeout time.Duration
	do      func(context.Context, A) error
}

func (w *worker[A]) Timeout(*river.Job[A]) time.Duration { return w.timeout }

// Work does one job. What it returns is kept in the job's row and logged by River, so it is
// a code and nothing else.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	err := w.recovered(ctx, job.Args)
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled // the process is stopping: River gives the job back
	}
	verdict := w.workers.judge(err)
	if verdict.Code == "" {
		verdict.Code = codeInternal
	}
	last := verdict.Final || job.Attempt >= job.MaxAttempts
	level := slog.LevelWarn
	if last {
		level = slog.LevelError
	}
	w.workers.logger.LogAttrs(ctx, level, "job failed",
		slog.String("kind", job.Kind), slog.Int64("job", job.ID), slog.Int("attempt", job.Attempt),
		slog.Bool("last", last), slog.String("code", verdict.Code), slog.Any("error", err))
	kept := errors.New(verdict.Code)
	if verdict.Final {
		return river.JobCancel(kept)
	}
	return kept
}

// recovered runs the handler and turns a panic into an error.
func (w *worker[A]) recovered(ctx context.Context, args A) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return w.do(ctx, args)
}
