package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
)

// Config says how a Pool runs its workers. What is zero takes the value of DefaultConfig.
type Config struct {
	Command    []string // the program and the arguments of a worker, which runs Inside
	Workers    int      // how many at most
	Documents  int      // after which a worker is replaced
	MaxRequest int      // bytes
	MaxAnswer  int      // bytes
	Budget     Budget   // of one document
	Log        *slog.Logger
}

// DefaultConfig runs this program with the argument given, as many workers as it has
// processors.
func DefaultConfig(argument string, log *slog.Logger) Config {
	return Config{
		Command: []string{self, argument}, Workers: runtime.GOMAXPROCS(0), Documents: 500,
		MaxRequest: 32 << 20, MaxAnswer: 32 << 20, Budget: DefaultBudget(), Log: log,
	}
}

// Pool runs the workers. It starts one when none is free, and keeps it for the next document.
// Its methods may be called from many goroutines.
type Pool struct {
	config Config
	turns  chan struct{} // one for each worker that may be busy

	mu     sync.Mutex
	idle   []*worker
	all    map[*worker]struct{}
	closed bool
	warned bool
}

// Open makes a pool. It starts nothing yet.
func Open(c Config) (*Pool, error) {
	if len(c.Command) == 0 || c.Workers <= 0 || c.Documents <= 0 || c.MaxRequest <= 0 || c.MaxAnswer <= 0 ||
		c.Budget.CPU <= 0 || c.Budget.Memory <= 0 || c.Budget.Time <= 0 || c.Log == nil {
		return nil, fmt.Errorf("sandbox: a pool without one of its limits: %+v", c)
	}
	if err := keepDescriptors(); err != nil {
		return nil, err
	}
	return &Pool{config: c, turns: make(chan struct{}, c.Workers), all: map[*worker]struct{}{}}, nil
}

// Do gives one request to a worker and returns its answer. The error is an *Overrun when the
// request cost too much, ErrBroke when the reader broke off at it, ErrClosed, the end of ctx,
// or that no worker could be started. Whatever becomes of a request, the next one gets a
// worker that has nothing of it.
func (p *Pool) Do(ctx context.Context, request []byte) ([]byte, error) {
	if len(request) > p.config.MaxRequest {
		return nil, fmt.Errorf("%w: a request of %d bytes", errFrame, len(request))
	}
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-p.turns }()
	// A worker may die without any fault of the document: a person kills it, or the system is
	// out of memory. The second death in a row is the document's.
	const attempts = 2
	for range attempts {
		w, err := p.take(ctx)
		if err != nil {
			return nil, err
		}
		answer, died, err := p.serve(ctx, w, request)
		if !died {
			return answer, err
		}
		p.config.Log.LogAttrs(ctx, slog.LevelWarn, "a worker died", slog.String("error", err.Error()),
			slog.String("state", w.cmd.ProcessState.String()), slog.String("said", w.said.String()))
	}
	return nil, fmt.Errorf("%w: workers died of it", ErrBroke)
}

// serve asks one worker. Died means that the worker ended for no reason that is known.
func (p *Pool) serve(ctx context.Context, w *worker, request []byte) (answer []byte, died bool, err error) {
	limit, done := context.WithTimeout(ctx, p.config.Budget.Time)
	defer done()
	r, err := w.ask(limit, request, p.config.MaxAnswer)
	w.served++
	switch {
	case err == nil && r.outcome == answered:
		p.put(w)
		return r.body, false, nil
	case err == nil && r.outcome == tooLong:
		p.put(w)
		return nil, false, &Overrun{Of: Memory, Budget: p.config.Budget}
	case err == nil && r.outcome == panicked:
		p.drop(w)
		p.config.Log.LogAttrs(ctx, slog.LevelError, "the reader of documents panicked",
			slog.String("where", string(r.body)))
		return nil, false, fmt.Errorf("%w: it panicked", ErrBroke)
	case err == nil:
		err = errFrame
	}
	p.drop(w)
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	if p.isClosed() {
		return nil, false, ErrClosed
	}
	if what, over := w.overrun(); over {
		return nil, false, &Overrun{Of: what, Budget: p.config.Budget}
	}
	if limit.Err() != nil {
		return nil, false, &Overrun{Of: Time, Budget: p.config.Budget}
	}
	return nil, true, err
}

// take gives an idle worker, or a new one.
func (p *Pool) take(ctx context.Context) (*worker, error) {
	p.mu.Lock()
	closed := p.closed
	w := p.idleWorker()
	p.mu.Unlock()
	switch {
	case closed:
		return nil, ErrClosed
	case w != nil:
		return w, nil
	}
	w, err := start(ctx, p.config)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.all[w] = struct{}{}
	closed = p.closed
	remark := w.remark != "" && !p.warned
	p.warned = p.warned || remark
	p.mu.Unlock()
	if closed {
		p.drop(w)
		return nil, ErrClosed
	}
	if remark {
		p.config.Log.LogAttrs(ctx, slog.LevelWarn, "a worker is bounded less than it should be",
			slog.String("remark", w.remark))
	}
	return w, nil
}

// idleWorker takes the worker that was busy last; nil when there is none. Those that died
// while they had nothing to do are forgotten.
func (p *Pool) idleWorker() *worker {
	for last := len(p.idle) - 1; last >= 0; last-- {
		w := p.idle[last]
		p.idle = p.idle[:last]
		select {
		case <-w.gone:
			delete(p.all, w)
		default:
			return w
		}
	}
	return nil
}

// put keeps a worker for the next document, unless it has read enough.
func (p *Pool) put(w *worker) {
	p.mu.Lock()
	keep := !p.closed && w.served < p.config.Documents
	if keep {
		p.idle = append(p.idle, w)
	}
	p.mu.Unlock()
	if !keep {
		p.drop(w)
	}
}

// drop ends a worker.
func (p *Pool) drop(w *worker) {
	w.end()
	p.mu.Lock()
	delete(p.all, w)
	p.mu.Unlock()
}

func (p *Pool) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Close ends all workers, those that are busy too, and waits until no process is left. What is
// being read answers ErrClosed.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed, p.idle = true, nil
	all := make([]*worker, 0, len(p.all))
	for w := range p.all {
		all = append(all, w)
	}
	p.mu.Unlock()
	for _, w := range all {
		w.kill()
	}
	for _, w := range all {
		<-w.gone
	}
	// A worker that was being started is ended by whoever started it.
	for range p.config.Workers {
		p.turns <- struct{}{}
	}
	for range p.config.Workers {
		<-p.turns
	}
	return nil
}
