package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/services/jobs"
	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

// victimDatabase names the database on which a copy of this test program plays the process
// that is killed in the middle of a job.
const victimDatabase = "COUNTERSIGN_TEST_JOBS_VICTIM"

const (
	node     = "node-1"
	patience = 30 * time.Second // then a test fails; nothing waits this long
)

func TestMain(m *testing.M) {
	if conn := os.Getenv(victimDatabase); conn != "" {
		os.Exit(victim(conn))
	}
	os.Exit(postgrestest.Main(m))
}

// note is the job of these tests.
type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "note" }

type bench struct {
	pool    *pgxpool.Pool
	queue   *jobs.Queue
	workers *jobs.Workers
}

func newBench(t *testing.T, pool *pgxpool.Pool, judge func(error) jobs.Verdict) *bench {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	queue, err := jobs.NewQueue(pool, logger)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{pool: pool, queue: queue, workers: jobs.NewWorkers(judge, logger)}
}

func (b *bench) handle(t *testing.T, do func(context.Context, note) error) {
	t.Helper()
	if err := jobs.Handle(b.workers, time.Minute, do); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) start(t *testing.T, concurrency int) *jobs.Runner {
	t.Helper()
	r, err := jobs.Start(t.Context(), b.pool, b.workers, config(t, concurrency))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

func config(t *testing.T, concurrency int) jobs.Config {
	return jobs.Config{
		Node: node, Concurrency: concurrency, Now: wallClock,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// insert inserts notes in one transaction that ends with end.
func (b *bench) insert(t *testing.T, end func(pgx.Tx) error, texts ...string) {
	t.Helper()
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if err := b.queue.InsertTx(t.Context(), tx, note{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(tx); err != nil {
		t.Fatal(err)
	}
}

// wallClock is River's clock too: PostgreSQL and it compare their times.
func wallClock() time.Time {
	return time.Now() //nolint:forbidigo // see above
}

func commit(tx pgx.Tx) error   { return tx.Commit(context.Background()) }
func rollback(tx pgx.Tx) error { return tx.Rollback(context.Background()) }

// next receives, or fails the test.
func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		return *new(T)
	}
}

// wantState waits until the only job is in a state, and returns the errors its row keeps.
func (b *bench) wantState(t *testing.T, want string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		var state, kept string
		err := b.pool.QueryRow(ctx, "SELECT state, coalesce(errors::text, '') FROM river_job").Scan(&state, &kept)
		if err != nil {
			t.Fatalf("the job is not %s: %v", want, err)
		}
		if state == want {
			return kept
		}
	}
}

func TestAJobIsInsertedWithItsTransactionOrNotAtAll(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	done := make(chan string, 10)
	b.handle(t, func(_ context.Context, n note) error { done <- n.Text; return nil })
	b.start(t, 2)
	b.insert(t, rollback, "never")
	b.insert(t, commit, "kept")
	if got := next(t, done); got != "kept" {
		t.Fatalf("did %q", got)
	}
	b.wantState(t, "completed") // and there is one row only
}

func TestAnUnfinishedJobIsNotInsertedTwice(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	b.insert(t, commit, "same", "same", "other")
	b.insert(t, commit, "same")
	var n int
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&n); err != nil || n != 2 {
		t.Fatalf("%d jobs, %v; want 2", n, err)
	}
	done := make(chan string, 10)
	b.handle(t, func(_ context.Context, n note) error { done <- n.Text; return nil })
	runner := b.start(t, 1)
	next(t, done)
	next(t, done)
	if err := runner.Stop(t.Context()); err != nil { // so that both are finished
		t.Fatal(err)
	}
	b.insert(t, commit, "same") // finished: it may be asked for again
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&n); err != nil || n != 3 {
		t.Fatalf("%d jobs, %v; want 3", n, err)
	}
}

func TestAJobForLaterIsNotDoneNow(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	done := make(chan string, 10)
	b.handle(t, func(_ context.Context, n note) error { done <- n.Text; return nil })
	b.start(t, 2)
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.queue.InsertAtTx(t.Context(), tx, note{"later"}, wallClock().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.insert(t, commit, "now")
	if got := next(t, done); got != "now" {
		t.Fatalf("did %q", got)
	}
}

func TestAFailedJobIsTriedAgainAndKeepsOnlyACode(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	var attempts atomic.Int32
	done := make(chan int32, 10)
	b.handle(t, func(context.Context, note) error {
		n := attempts.Add(1)
		switch n {
		case 1:
			return errors.New("password=open-sesame")
		case 2:
			panic("password=open-sesame") //nolint:forbidigo // what a handler must survive
		}
		done <- n
		return nil
	})
	b.start(t, 1)
	b.insert(t, commit, "x")
	if got := next(t, done); got != 3 {
		t.Fatalf("done at attempt %d", got)
	}
	kept := b.wantState(t, "completed")
	if strings.Contains(kept, "sesame") || strings.Count(kept, "internal") != 2 {
		t.Fatalf("the row keeps %s", kept)
	}
}

func TestAFinalErrorIsNotTriedAgain(t *testing.T) {
	refused := errors.New("the seller's name is Lanqiao")
	b := newBench(t, postgrestest.New(t), func(err error) jobs.Verdict {
		return jobs.Verdict{Code: "document.unreadable", Final: errors.Is(err, refused)}
	})
	b.handle(t, func(context.Context, note) error { return fmt.Errorf("parse: %w", refused) })
	b.start(t, 1)
	b.insert(t, commit, "x")
	kept := b.wantState(t, "cancelled")
	if strings.Contains(kept, "Lanqiao") || !strings.Contains(kept, "document.unreadable") {
		t.Fatalf("the row keeps %s", kept)
	}
}

func TestNoMoreJobsRunAtOnceThanAllowed(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	const limit, total = 3, 20
	var running, most atomic.Int32
	done := make(chan struct{}, total)
	meet := make(chan struct{}) // lets jobs go in pairs, so that they do overlap
	b.handle(t, func(ctx context.Context, _ note) error {
		now := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		select {
		case meet <- struct{}{}:
		case <-meet:
		case <-ctx.Done():
			return ctx.Err()
		}
		done <- struct{}{}
		return nil
	})
	texts := make([]string, total)
	for i := range texts {
		texts[i] = fmt.Sprint(i)
	}
	b.insert(t, commit, texts...)
	b.start(t, limit)
	for range total {
		next(t, done)
	}
	if m := most.Load(); m < 2 || m > limit {
		t.Fatalf("%d jobs ran at once, at most %d may", m, limit)
	}
}

func TestStopWaitsForTheJobThatRuns(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	begun, release := make(chan struct{}), make(chan struct{})
	b.handle(t, func(context.Context, note) error {
		close(begun)
		<-release
		return nil
	})
	runner := b.start(t, 1)
	b.insert(t, commit, "x")
	next(t, begun)
	stopped := make(chan error)
	go func() { stopped <- runner.Stop(context.Background()) }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped over a running job: %v", err)
	default:
		close(release)
	}
	if err := next(t, stopped); err != nil {
		t.Fatal(err)
	}
	b.wantState(t, "completed")
}

func TestStopGivesAJobBackWhenItCannotWait(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	begun := make(chan struct{})
	b.handle(t, func(ctx context.Context, _ note) error {
		close(begun)
		<-ctx.Done()
		return fmt.Errorf("parse: %w", ctx.Err())
	})
	runner := b.start(t, 1)
	b.insert(t, commit, "x")
	next(t, begun)
	now, cancel := context.WithCancel(t.Context())
	cancel()
	if err := runner.Stop(now); err != nil {
		t.Fatal(err)
	}
	if kept := b.wantState(t, "available"); kept != "" {
		t.Fatalf("it counts as failed: %s", kept)
	}
}

func TestANodesNameIsRunByOneProcess(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	b.handle(t, func(context.Context, note) error { return nil })
	b.start(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := jobs.Start(ctx, b.pool, b.workers, config(t, 1)); !errors.Is(err, jobs.ErrNodeRunning) {
		t.Fatalf("a second runner of the same node: %v", err)
	}
}

// victim takes a job, says so, and never ends it.
func victim(conn string) int {
	ctx := context.Background()
	pool, err := postgres.Open(ctx, conn)
	if err != nil {
		return fail(err)
	}
	logger := slog.New(slog.DiscardHandler)
	workers := jobs.NewWorkers(nil, logger)
	err = jobs.Handle(workers, time.Minute, func(context.Context, note) error {
		fmt.Fprintln(os.Stdout, "taken")
		select {}
	})
	if err != nil {
		return fail(err)
	}
	cfg := jobs.Config{Node: node, Concurrency: 1, Now: wallClock, Logger: logger}
	_, err = jobs.Start(ctx, pool, workers, cfg)
	if err != nil {
		return fail(err)
	}
	select {}
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func TestAJobWhoseProcessIsKilledIsDoneAgainAtOnce(t *testing.T) {
	conn := postgrestest.ConnString(t)
	pool, err := postgres.Open(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	b := newBench(t, pool, nil)
	b.insert(t, commit, "x")

	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), victimDatabase+"="+conn)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "taken\n" {
		t.Fatalf("the process said %q, %v", line, err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait() // it was killed

	done := make(chan string, 1)
	b.handle(t, func(_ context.Context, n note) error { done <- n.Text; return nil })
	b.start(t, 1)
	if got := next(t, done); got != "x" {
		t.Fatalf("did %q", got)
	}
	if kept := b.wantState(t, "completed"); !strings.Contains(kept, "node_ended") {
		t.Fatalf("the row keeps %q", kept)
	}
}

func TestAPeriodicJobComesAtTheStartAndAgain(t *testing.T) {
	b := newBench(t, postgrestest.New(t), nil)
	done := make(chan string)
	b.handle(t, func(ctx context.Context, n note) error {
		select {
		case done <- n.Text:
		case <-ctx.Done():
		}
		return nil
	})
	cfg := config(t, 1)
	cfg.Periodic = []jobs.Periodic{{Every: 100 * time.Millisecond, Job: note{Text: "again"}}}
	r, err := jobs.Start(t.Context(), b.pool, b.workers, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if text := next(t, done); text != "again" {
			t.Errorf("done: %s", text)
		}
	}
	stopping, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := r.Stop(stopping); err != nil {
		t.Error(err)
	}
}
