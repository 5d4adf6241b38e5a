package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startTime = 20 * time.Second // for a worker to say that it is bounded
	maxSaid   = 8 << 10          // bytes kept of what a dying worker says
	endTime   = 5 * time.Second  // for the streams of a dead worker to drain
)

// errUnbound says that a process did not become a worker.
var errUnbound = errors.New("it did not say that it is bounded")

// worker is a worker process as its parent sees it.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	said   *said
	gone   chan struct{} // closed when the process has ended and was waited for
	served int
	remark string
}

// said keeps the beginning of what a worker writes to its standard error over one document: of
// what it dies stands before where it was.
type said struct {
	mu sync.Mutex
	b  []byte
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b = append(s.b, p[:min(len(p), maxSaid-len(s.b))]...)
	return len(p), nil
}

func (s *said) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b = s.b[:0]
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.b)
}

// start starts a worker and waits until it says that it is bounded. The worker outlives ctx.
func start(ctx context.Context, c Config) (*worker, error) {
	w := &worker{said: &said{}, gone: make(chan struct{})}
	life := context.WithoutCancel(ctx)
	w.cmd = exec.CommandContext(life, c.Command[0], c.Command[1:]...) //nolint:gosec // the wiring names it
	w.cmd.Dir, w.cmd.Env = "/", []string{}
	w.cmd.Stderr, w.cmd.WaitDelay = w.said, endTime
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	if w.out, err = w.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	if err := startBound(w.cmd, func() { close(w.gone) }); err != nil {
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	first, err := json.Marshal(order{c.Budget, c.MaxRequest, c.MaxAnswer})
	if err != nil {
		w.end()
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	limit, done := context.WithTimeout(ctx, startTime)
	defer done()
	r, err := w.ask(limit, first, maxSaid)
	if err != nil || r.outcome != ready {
		w.end()
		err = errors.Join(errUnbound, ctx.Err(), err)
		return nil, fmt.Errorf("starting a worker: %w: %s%s", err, r.body, w.said)
	}
	w.remark = string(r.body)
	return w, nil
}

// ask gives the worker one frame and reads its reply. When ctx ends first, the worker is killed.
func (w *worker) ask(ctx context.Context, request []byte, maxAnswer int) (reply, error) {
	stop := context.AfterFunc(ctx, w.kill)
	defer stop()
	w.said.forget()
	if err := writeFrame(w.in, request); err != nil {
		return reply{}, err
	}
	return readReply(w.out, maxAnswer)
}

func (w *worker) kill() { _ = w.cmd.Process.Kill() } // an error says that it ended already

// end kills the worker and waits until it is gone.
func (w *worker) end() {
	w.kill()
	<-w.gone
}

// overrun tells of a worker that has ended what it took too much of, if anything.
func (w *worker) overrun() (Resource, bool) {
	status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() && status.Signal() == syscall.SIGXCPU {
		return CPU, true
	}
	last := w.said.String() // the runtime tells no other way of what it died
	for _, end := range []string{"out of memory", "cannot allocate memory", "stack overflow", "stack exceeds"} {
		if strings.Contains(last, end) {
			return Memory, true
		}
	}
	return "", false
}
