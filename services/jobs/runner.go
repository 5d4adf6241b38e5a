package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Limits of a runner.
const (
	timeoutLimit     = 10 * time.Minute // of any one job
	rescueAfter      = timeoutLimit + time.Minute
	concurrencyLimit = 64
	fetchCooldown    = 20 * time.Millisecond // a lone job waits no longer
	pollInterval     = time.Second           // should a notification be lost
	nodeWait         = 10 * time.Second      // for a dead process's connection to be noticed
	nodePoll         = 50 * time.Millisecond
	backoffFirst     = time.Second
	backoffLimit     = 15 * time.Minute
	keepFinished     = 24 * time.Hour
	keepDiscarded    = 90 * 24 * time.Hour
)

// ErrNodeRunning says that another process runs jobs under this node's name.
var ErrNodeRunning = errors.New("jobs: another process has this node's name")

// Config of a runner.
type Config struct {
	// Node names this process over its restarts, [A-Za-z0-9._-]{1,64}: what it left
	// unfinished when it died, it takes up again at once.
	Node string
	// Concurrency is how many jobs run at once, 1 to 64.
	Concurrency int
	Now         func() time.Time
	Logger      *slog.Logger
	// Periodic are jobs that come again and again, the first time at the start. While one of a
	// kind is unfinished no other is added.
	Periodic []Periodic
}

// Periodic is a job that is added every so often.
type Periodic struct {
	Every time.Duration
	Job   Args
}

// Runner does jobs until it is stopped.
type Runner struct {
	client *river.Client[pgx.Tx]
	name   *pgxpool.Conn // holds the node's name
}

// Start takes back the jobs that this node had in hand when it last died, and begins to
// work. The effects, and what a crash after each leaves:
//  1. the node's name is taken, for as long as the connection lives: freed by the server.
//  2. unfinished jobs become available again: they are done by the next start.
//  3. jobs are fetched and done.
func Start(ctx context.Context, pool *pgxpool.Pool, workers *Workers, cfg Config) (*Runner, error) {
	if cfg.Concurrency < 1 || cfg.Concurrency > concurrencyLimit {
		return nil, fmt.Errorf("jobs: concurrency %d is not in 1 to %d", cfg.Concurrency, concurrencyLimit)
	}
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Concurrency}}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		ID:                          cfg.Node,
		Workers:                     workers.river,
		Queues:                      queues,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           pollInterval,
		RescueStuckJobsAfter:        rescueAfter,
		RetryPolicy:                 retryPolicy{now: cfg.Now},
		CompletedJobRetentionPeriod: keepFinished,
		CancelledJobRetentionPeriod: keepDiscarded,
		DiscardedJobRetentionPeriod: keepDiscarded,
		Logger:                      cfg.Logger,
		PeriodicJobs:                periodic(cfg.Periodic),
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: runner: %w", err)
	}
	name, err := takeName(ctx, pool, cfg.Node)
	if err != nil {
		return nil, err
	}
	r := &Runner{client: client, name: name}
	taken, err := takeBack(ctx, name, cfg.Node, cfg.Now())
	if err != nil {
		return nil, errors.Join(err, r.freeName(ctx))
	}
	if taken > 0 {
		cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "jobs left unfinished by the last run are done again",
			slog.Int64("jobs", taken))
	}
	// Its own context: the caller's ending must not cut running jobs off, Stop ends them.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("jobs: start: %w", err), r.freeName(ctx))
	}
	return r, nil
}

func periodic(list []Periodic) []*river.PeriodicJob {
	added := make([]*river.PeriodicJob, len(list))
	for i, p := range list {
		added[i] = river.NewPeriodicJob(river.PeriodicInterval(p.Every), func() (river.JobArgs, *river.InsertOpts) {
			return p.Job, &river.InsertOpts{
				MaxAttempts: attemptLimit, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()},
			}
		}, &river.PeriodicJobOpts{RunOnStart: true})
	}
	return added
}

// Stop fetches no more jobs and waits for those that run. When ctx ends first, their
// contexts are cancelled and they go back into the queue, without counting an attempt.
func (r *Runner) Stop(ctx context.Context) error {
	err := r.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		// Jobs that ignore their context are not waited for without end.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), nodeWait)
		defer cancel()
		err = r.client.StopAndCancel(last)
	}
	if err != nil {
		err = fmt.Errorf("jobs: stop: %w", err)
	}
	return errors.Join(err, r.freeName(ctx))
}

// freeName ends the connection that holds the node's name: only that surely frees it.
func (r *Runner) freeName(ctx context.Context) error {
	if r.name == nil {
		return nil
	}
	conn := r.name.Hijack()
	r.name = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), nodeWait)
	defer cancel()
	return conn.Close(ctx)
}

// takeName takes the advisory lock that stands for the node's name.
func takeName(ctx context.Context, pool *pgxpool.Pool, node string) (*pgxpool.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, nodeWait)
	defer cancel()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("jobs: node %s: %w", node, err)
	}
	tick := time.NewTicker(nodePoll)
	defer tick.Stop()
	for refused := false; ; refused = true {
		var got bool
		const try = "SELECT pg_try_advisory_lock(hashtextextended('countersign/node/' || $1::text, 0))"
		err := conn.QueryRow(ctx, try, node).Scan(&got)
		if got {
			return conn, nil
		}
		if refused && ctx.Err() != nil {
			err = ErrNodeRunning
		}
		if err != nil {
			conn.Release()
			return nil, fmt.Errorf("jobs: node %s: %w", node, err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done(): // the next try says so
		}
	}
}

// takeBack makes the jobs that this node had in hand available again. The attempt that was
// cut off counts, and from the fourth on the job waits: should it be what kills the process,
// it ends like any other that fails too often.
func takeBack(ctx context.Context, conn *pgxpool.Conn, node string, now time.Time) (int64, error) {
	tag, err := conn.Exec(ctx, `
		UPDATE river_job SET
			state = CASE
				WHEN attempt >= max_attempts THEN 'discarded'
				WHEN attempt > 3 THEN 'retryable'
				ELSE 'available' END::river_job_state,
			finalized_at = CASE WHEN attempt >= max_attempts THEN $2::timestamptz END,
			scheduled_at = CASE WHEN attempt > 3 THEN $2::timestamptz + $3::interval ELSE $2::timestamptz END,
			errors = array_append(errors, jsonb_build_object(
				'at', $2::timestamptz, 'attempt', attempt, 'error', 'node_ended', 'trace', ''))
		WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1`,
		node, now, backoffLimit)
	if err != nil {
		return 0, fmt.Errorf("jobs: take back jobs of node %s: %w", node, err)
	}
	return tag.RowsAffected(), nil
}

// retryPolicy waits 1, 2, 4, … seconds, at most backoffLimit, and up to an eighth more, by
// job id, so that jobs which failed together do not come back together.
type retryPolicy struct {
	now func() time.Time
}

// NextRetry implements river.ClientRetryPolicy.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	wait := backoff(job.Attempt)
	return p.now().Add(wait + wait/64*time.Duration(job.ID%8))
}

// backoff is the wait after the n-th attempt, n from 1.
func backoff(attempt int) time.Duration {
	wait := backoffFirst
	for range min(max(attempt, 1)-1, attemptLimit) {
		wait = min(2*wait, backoffLimit)
	}
	return wait
}
