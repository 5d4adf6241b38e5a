package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/countersign/countersign/chaincode"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
	"github.com/countersign/countersign/services/embedded"
	"github.com/countersign/countersign/services/fabric"
	"github.com/countersign/countersign/services/httpapi"
	"github.com/countersign/countersign/services/httpapi/password"
	"github.com/countersign/countersign/services/jobs"
	"github.com/countersign/countersign/services/portal"
	"github.com/countersign/countersign/services/portal/verify"
	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/cluster"
	"github.com/countersign/countersign/services/report"
	"github.com/countersign/countersign/services/sandbox"
	"github.com/countersign/countersign/web"
)

// options are what flags and environment say.
type options struct {
	data     string
	listen   string
	database string
	ledger   string
	blobs    string
	level    slog.Level
	quota    int64 // MiB of papers of one organisation
	mail     mailOptions
	origin   string // of the portal, as browsers see it; empty: this machine
	read     readLimits
	demo     bool
	behind   time.Duration // how far behind the clock a new demo node begins
	cast     []app.Cue     // who may be signed in as on a demo node
	orgs     []string
	clock    systemClock
}

// release names this program's readers: what they read can be told from what later ones read.
const release = "1"

// node is a running node. Its parts are closed in the reverse order of their opening.
type node struct {
	app     *app.App
	ledger  app.Ledger
	mover   app.ClockMover // nil but on a demo node
	handler http.Handler
	log     *slog.Logger
	listen  func(ctx context.Context) // hears of changes until ctx ends
	ending  chan struct{}             // closed when the server is to stop
	closers []func(context.Context) error
}

const (
	channel      = "trade"
	jobWorkers   = 8
	jobTimeout   = 2 * time.Minute
	closeTimeout = 20 * time.Second
	secretBytes  = 32
)

// openNode opens database, ledger, papers and steps; it serves nothing and follows nothing
// yet. When a part cannot be opened, those that were are closed again.
func openNode(ctx context.Context, o options) (n *node, err error) {
	n = &node{
		log:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: o.level})),
		ending: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close(ctx))
			n = nil
		}
	}()
	if err := o.checkOrigin(); err != nil {
		return n, err
	}
	if o.data, err = filepath.Abs(o.data); err != nil {
		return n, err
	}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return n, fmt.Errorf("making the data folder: %w", err)
	}
	renderer, err := report.New(report.Options{})
	if err != nil {
		return n, err
	}
	key, err := secret(filepath.Join(o.data, "consortium-1.key"))
	if err != nil {
		return n, err
	}
	sealing, err := secret(filepath.Join(o.data, "node.key"))
	if err != nil {
		return n, err
	}
	cfg := app.Config{
		Secret:   sealing,
		Renderer: renderer, Wall: o.clock, Log: n.log, Channel: channel, Release: release,
		Quota: o.quota << 20, RelyingParty: o.relyingParty(), Demo: o.demo,
		Keys: map[int64][]byte{1: key},
	}
	if err := n.openLedger(ctx, o, &cfg); err != nil {
		return n, err
	}
	if err := n.openPapers(ctx, o, &cfg); err != nil {
		return n, err
	}
	if err := n.openReader(o, &cfg); err != nil {
		return n, err
	}
	return n, n.openStore(ctx, o, &cfg)
}

// openLedger opens the ledger that the options name.
func (n *node) openLedger(ctx context.Context, o options, cfg *app.Config) error {
	if o.ledger != "embedded" {
		return n.openFabric(o, cfg)
	}
	var l *embedded.Ledger
	now := func() time.Time { return l.Now() } // asked only once the ledger is open
	l, err := embedded.Open(ctx, embedded.Config{
		Dir: filepath.Join(o.data, "ledger"), Orgs: o.orgs, Clock: o.clock, Demo: o.demo, Log: n.log,
		Behind: o.behind, Channel: channel, Chaincode: chaincode.New(now, n.log),
	})
	if err != nil {
		return fmt.Errorf("opening the ledger: %w", err)
	}
	n.closers = append(n.closers, func(context.Context) error { return l.Close() })
	n.ledger, cfg.Ledger, cfg.Prover, cfg.Clock = l, l, l, l
	if o.demo {
		n.mover = l
	}
	return nil
}

// openFabric opens the gateways of the organisations in the connection file.
func (n *node) openFabric(o options, cfg *app.Config) error {
	network, err := fabric.ReadNetwork(o.ledger)
	if err != nil {
		return err
	}
	l, err := fabric.Open(network, fabric.Options{Log: n.log})
	if err != nil {
		return fmt.Errorf("opening the Fabric gateways: %w", err)
	}
	n.closers = append(n.closers, func(context.Context) error { return l.Close() })
	n.ledger, cfg.Ledger, cfg.Clock, cfg.Channel = l, l, o.clock, l.Channel()
	return nil
}

// openPapers opens the store of original bytes.
func (n *node) openPapers(ctx context.Context, o options, cfg *app.Config) error {
	address := o.blobs
	if address == "" {
		address = "file://" + filepath.Join(o.data, "papers")
	}
	store, err := blob.OpenURL(ctx, address, filepath.Join(o.data, "spool"))
	if err != nil {
		return fmt.Errorf("opening the papers: %w", err)
	}
	n.closers = append(n.closers, func(context.Context) error { return store.Close() })
	if _, err := store.Sweep(); err != nil {
		return fmt.Errorf("sweeping broken uploads: %w", err)
	}
	cfg.Blobs = store
	return nil
}

// openReader opens the workers that read documents.
func (n *node) openReader(o options, cfg *app.Config) error {
	pool, err := sandbox.Open(o.sandbox(n.log))
	if err != nil {
		return err
	}
	n.closers = append(n.closers, func(context.Context) error { return pool.Close() })
	cfg.Reader = sandbox.NewReader(pool)
	return nil
}

// openStore opens the database, with a private cluster when none is named, and the jobs.
func (n *node) openStore(ctx context.Context, o options, cfg *app.Config) error {
	address := o.database
	if address == "" {
		c, err := cluster.Start(ctx, cluster.Config{Dir: filepath.Join(o.data, "postgres"), Logger: n.log})
		if err != nil {
			return fmt.Errorf("starting PostgreSQL: %w", err)
		}
		n.closers = append(n.closers, func(context.Context) error { return c.Stop() })
		address = c.ConnString()
	}
	pool, err := postgres.Open(ctx, address)
	if err != nil {
		return err
	}
	n.closers = append(n.closers, func(context.Context) error { pool.Close(); return nil })
	if err := postgres.Migrate(ctx, pool, n.log); err != nil {
		return err
	}
	queue, err := jobs.NewQueue(pool, n.log)
	if err != nil {
		return err
	}
	cfg.Store = postgres.NewStore(pool, queue)
	if cfg.Mailer, err = o.openMail(); err != nil {
		return err
	}
	n.app = app.New(*cfg)
	n.listen = func(ctx context.Context) { postgres.Listen(ctx, pool, n.app.Heard, n.log) }
	hasher, err := password.New(password.Recommended(), rand.Reader)
	if err != nil {
		return err
	}
	api, err := httpapi.New(httpapi.Config{
		App: n.app, Hasher: hasher, Clock: n.mover, Cast: o.cast, Wall: o.clock, Log: n.log,
		Ready: func(ctx context.Context) error { return pool.Ping(ctx) }, Ending: n.ending,
	})
	if err != nil {
		return err
	}
	beside, err := besidePortal(api, n.log)
	if err != nil {
		return err
	}
	if n.handler, err = besidePublicPage(api, beside); err != nil {
		return err
	}
	workers := jobs.NewWorkers(judge, n.log)
	if err := handleJobs(workers, n.app); err != nil {
		return err
	}
	runner, err := jobs.Start(ctx, pool, workers, jobs.Config{
		Node: "countersign", Concurrency: jobWorkers, Now: o.clock.Now, Logger: n.log,
		Periodic: []jobs.Periodic{{Every: app.TidyEvery, Job: app.TidyJob{}}},
	})
	if err != nil {
		return err
	}
	n.closers = append(n.closers, runner.Stop)
	return nil
}

// close ends all parts, the last opened first.
func (n *node) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	errs := []error{}
	for i := len(n.closers) - 1; i >= 0; i-- {
		errs = append(errs, n.closers[i](ctx))
	}
	n.closers = nil
	return errors.Join(errs...)
}

// serve follows the ledger and answers requests until ctx ends, which is no error whatever it breaks off.
func (n *node) serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 2)
	go func() { ended <- fmt.Errorf("following the ledger: %w", n.app.Follow(ctx)) }()
	listening := make(chan struct{})
	go func() { defer close(listening); n.listen(ctx) }()
	defer func() { cancel(); <-listening }() // it holds a connection to the database
	server := httpapi.Server("", n.handler, n.log)
	server.RegisterOnShutdown(sync.OnceFunc(func() { close(n.ending) }))
	go func() { ended <- server.Serve(l) }()
	err := n.app.Recover(ctx)
	if err == nil {
		select {
		case err = <-ended:
		case <-ctx.Done():
		}
	}
	stopping, done := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer done()
	shut := server.Shutdown(stopping)
	if ctx.Err() != nil {
		return shut
	}
	return err
}

// secret reads a secret of this node, or makes it.
func secret(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) == secretBytes {
		return b, nil
	}
	if err == nil {
		return nil, fmt.Errorf("%s is not %d bytes long: restore it from a backup", path, secretBytes)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	b = make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return b, os.WriteFile(path, b, 0o600)
}

// besidePublicPage adds the page on which anybody asks for a file: it needs no built portal.
func besidePublicPage(api, rest http.Handler) (http.Handler, error) {
	page, err := verify.New(api, nil)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(verify.Path, page)
	mux.Handle(verify.Path+"/", page)
	mux.Handle("/", rest)
	return mux, nil
}

// besidePortal adds the portal where it was built; the API is whole without it.
func besidePortal(api http.Handler, log *slog.Logger) (http.Handler, error) {
	built, err := web.Built()
	if err != nil {
		return nil, err
	}
	first := portal.First{Cookie: httpapi.SessionCookie, Paths: []string{"/v1/session", "/v1/organisations"}}
	p, err := portal.New(built, first, nil)
	if errors.Is(err, portal.ErrNotBuilt) {
		log.LogAttrs(context.Background(), slog.LevelWarn, "portal not built",
			slog.String("build_with", "scripts/portal"))
		return api, nil
	}
	if err != nil {
		return nil, err
	}
	return portal.Beside(api, p), nil
}
