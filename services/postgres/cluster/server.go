package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// settings of the server, given on its command line so that a new release of ours brings
// its own. The server's log never holds statements, parameters or row values.
func settings(dir string, volatile bool) []string {
	values := []string{
		"listen_addresses=", // no TCP
		"unix_socket_directories=" + inside(dir, runName),
		"unix_socket_permissions=0700",
		"hba_file=" + inside(dir, hbaName),
		"ident_file=" + inside(dir, identName),
		"max_connections=100",
		"shared_buffers=128MB",
		"work_mem=16MB", // a list of 50,000 papers is sorted without a file; few sort at once
		"max_wal_size=1GB",
		"wal_compression=on",
		"jit=off", // our statements are short
		// Where many people ask at once, each has a processor at most.
		"max_parallel_workers_per_gather=0",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_checkpoints=off",
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
	}
	if volatile {
		// Commits still reach the kernel, so killed processes lose nothing.
		values = append(values, "fsync=off", "full_page_writes=off")
	}
	args := []string{"-D", inside(dir, dataName)}
	for _, v := range values {
		args = append(args, "-c", v)
	}
	return args
}

// server keeps one postgres process running: one that dies without being asked is started
// again, as PostgreSQL's own crash recovery expects.
type server struct {
	cluster  *Cluster
	programs programs
	who      identity
	volatile bool
	logger   *slog.Logger

	stopping chan struct{} // closed by stop
	done     chan struct{} // closed when no process is left and none will be started
	err      error         // why; set before done is closed
}

// process is one run of postgres.
type process struct {
	cmd      *exec.Cmd
	logStart int64         // where its lines begin in the log
	exited   chan struct{} // closed when it is gone
	err      error         // of the wait; set before exited is closed
}

func startServer(ctx context.Context, c *Cluster, p programs, who identity, cfg Config) (*server, error) {
	s := &server{
		cluster: c, programs: p, who: who, volatile: cfg.Volatile, logger: cfg.Logger,
		stopping: make(chan struct{}), done: make(chan struct{}),
	}
	proc, err := s.launch(ctx)
	if err != nil {
		return nil, err
	}
	go s.supervise(context.WithoutCancel(ctx), proc) // until Stop
	return s, nil
}

// supervise restarts the process when it dies, until asked to stop or out of attempts.
func (s *server) supervise(ctx context.Context, proc *process) {
	defer close(s.done)
	for {
		select {
		case <-s.stopping:
			s.err = s.shutDown(ctx, proc)
			return
		case <-proc.exited:
		}
		s.logger.LogAttrs(ctx, slog.LevelError, "postgresql died, starting it again",
			slog.Any("error", proc.err))
		next, err := s.relaunch(ctx)
		if err != nil {
			s.err = err
			s.logger.LogAttrs(ctx, slog.LevelError, "postgresql does not come back", slog.Any("error", err))
			return
		}
		proc = next
	}
}

// relaunch tries restartLimit times to get a server that answers.
func (s *server) relaunch(parent context.Context) (*process, error) {
	var last error
	for range restartLimit {
		select {
		case <-s.stopping:
			return nil, ErrStopped
		default:
		}
		ctx, cancel := context.WithTimeout(parent, startTimeout)
		if last = s.cluster.clearLeftovers(ctx, s.logger); last == nil {
			var proc *process
			if proc, last = s.launch(ctx); last == nil {
				cancel()
				return proc, nil
			}
		}
		cancel()
	}
	return nil, fmt.Errorf("postgresql: gave up after %d starts: %w", restartLimit, last)
}

// launch starts postgres and waits until it answers.
func (s *server) launch(ctx context.Context) (*process, error) {
	proc, err := s.spawn()
	if err != nil {
		return nil, err
	}
	for {
		if err = s.cluster.ping(ctx, "postgres"); err == nil {
			return proc, nil
		}
		select {
		case <-proc.exited:
			return nil, fmt.Errorf("postgresql: the server ended while starting: %w: %s",
				proc.err, s.logTail(proc.logStart))
		case <-ctx.Done():
			err = fmt.Errorf("postgresql: the server did not answer: %w: %w: %s",
				ctx.Err(), err, s.logTail(proc.logStart))
			return nil, errors.Join(err, s.shutDown(ctx, proc))
		case <-time.After(pollInterval):
		}
	}
}

// spawn starts the process. The kernel's death signal follows the thread that started the
// child, so one locked thread starts it and waits for it.
func (s *server) spawn() (*process, error) {
	logFile, err := s.openLog()
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	folder, err := os.Open(s.cluster.dir)
	if err != nil {
		return nil, fmt.Errorf("postgresql: open folder: %w", err)
	}
	defer folder.Close()

	//nolint:noctx,gosec // stopped by signals in its own order; the program is what we found installed
	cmd := exec.Command(s.programs.postgres(), settings(s.cluster.dir, s.volatile)...)
	asServerUser(cmd, s.who, folder)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	end, err := logFile.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("postgresql: log: %w", err)
	}
	proc := &process{cmd: cmd, logStart: end, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			proc.err = cmd.Wait()
			close(proc.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("postgresql: start as user %s: %w", s.who.name, explainExec(err, s.who))
	}
	return proc, nil
}

// stop asks the supervisor to end and waits for it. Only the first call has an effect.
func (s *server) stop() error {
	select {
	case <-s.stopping:
	default:
		close(s.stopping)
	}
	<-s.done
	if errors.Is(s.err, ErrStopped) {
		return nil
	}
	return s.err
}

// shutDown ends a process: fast, then at once, then by force. What follows a fast shutdown
// that was not in time is repaired by crash recovery at the next start.
func (s *server) shutDown(ctx context.Context, proc *process) error {
	steps := []struct {
		signal os.Signal
		wait   time.Duration
	}{{syscall.SIGINT, stopTimeout}, {syscall.SIGQUIT, quitTimeout}, {syscall.SIGKILL, quitTimeout}}
	for i, step := range steps {
		if err := proc.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("postgresql: stop: %w", err)
		}
		select {
		case <-proc.exited:
			if i > 0 {
				s.logger.LogAttrs(ctx, slog.LevelWarn, "postgresql was stopped without a checkpoint",
					slog.String("signal", step.signal.String()))
			}
			return ErrStopped
		case <-time.After(step.wait):
		}
	}
	return errors.New("postgresql: the server does not end")
}

// openLog opens the server's log for appending; a long one is put aside first.
func (s *server) openLog() (*os.File, error) {
	path := s.cluster.path(logName)
	if info, err := os.Stat(path); err == nil && info.Size() > logSizeLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("postgresql: put the old log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("postgresql: log: %w", err)
	}
	return file, nil
}

// logTail is what the server said since an offset, at most logTailLimit bytes of it.
func (s *server) logTail(from int64) string {
	file, err := os.Open(s.cluster.path(logName))
	if err != nil {
		return "no log: " + err.Error()
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "no log: " + err.Error()
	}
	from = max(from, info.Size()-logTailLimit)
	text, err := io.ReadAll(io.NewSectionReader(file, from, logTailLimit))
	if err != nil {
		return "no log: " + err.Error()
	}
	return lastBytes(text, logTailLimit)
}

// clearLeftovers ends what a killed program left running in the data folder, and removes
// its stale files. Holding the lock, nobody else can have started these processes; the
// files go only when none is left, since two servers on one folder would destroy it.
func (c *Cluster) clearLeftovers(ctx context.Context, logger *slog.Logger) error {
	for told := false; ; {
		pids, err := processesIn(c.path(dataName), c.path(freshName))
		if errors.Is(err, errors.ErrUnsupported) {
			return nil // postgres itself refuses to start beside another
		}
		if err != nil {
			return fmt.Errorf("postgresql: look for leftover processes: %w", err)
		}
		if len(pids) == 0 {
			break
		}
		if !told {
			told = true
			logger.LogAttrs(ctx, slog.LevelWarn, "postgresql left running by a killed program, stopping it",
				slog.Any("pids", pids))
			if leader := c.leader(); leader != 0 && slices.Contains(pids, leader) {
				// The only failure is that it is gone already, which the loop sees.
				_ = syscall.Kill(leader, syscall.SIGINT)
			}
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("postgresql: processes %v still run in %s: %w", pids, c.path(dataName), err)
		}
	}
	// The socket's lock goes too: a killed server that nobody has reaped yet still has its
	// process id, and postgres takes that for alive.
	for _, file := range []string{
		filepath.Join(dataName, "postmaster.pid"),
		filepath.Join(runName, socketFileName+".lock"),
		filepath.Join(runName, socketFileName),
	} {
		if err := os.Remove(c.path(file)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("postgresql: stale file of a killed server: %w", err)
		}
	}
	return nil
}

// leader is the process id in the pid file, 0 when there is none.
func (c *Cluster) leader() int {
	text, err := os.ReadFile(c.path(dataName) + "/postmaster.pid")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}

// ping connects once.
func (c *Cluster) ping(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, c.connString(database))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// createDatabase makes the program's database when it is missing.
func (c *Cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.connString("postgres"))
	if err != nil {
		return fmt.Errorf("postgresql: create database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	const look = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	err = conn.QueryRow(ctx, look, databaseName).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+databaseName)
	}
	if err != nil {
		return fmt.Errorf("postgresql: create database: %w", err)
	}
	return nil
}
