// Package cluster runs a private PostgreSQL server for one node: made, started and stopped
// by the program from the PostgreSQL programs that the machine has, reachable over a Unix
// socket only, by this user only, without a password.
//
// What stands in the folder:
//
//	lock           held while a program owns the server
//	data/          PostgreSQL's own; made under data.new/ and renamed when it is whole
//	run/           the socket
//	hba.conf       who may connect: one line, peer authentication
//	ident.conf     which system user is which database user
//	postgres.log   what the server says; one older file is kept as postgres.log.1
//
// PostgreSQL refuses to run as root. Started by root, data/ and run/ belong to the system
// user postgres (or nobody), everything else stays root's, and the server runs as that user.
// It reaches the folder through an inherited handle, so the folders above need not be open
// to that user.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Names inside the folder.
const (
	lockName  = "lock"
	dataName  = "data"
	freshName = "data.new"
	runName   = "run"
	hbaName   = "hba.conf"
	identName = "ident.conf"
	logName   = "postgres.log"
)

// The database that the program uses, and its user: the cluster's superuser, for nobody
// else uses this cluster.
const (
	databaseName = "countersign"
	databaseUser = "countersign"
)

// Limits. Each wait ends with an error that says what was waited for.
const (
	startTimeout   = 60 * time.Second // crash recovery of a busy node included
	stopTimeout    = 30 * time.Second // fast shutdown: transactions rolled back, a checkpoint written
	quitTimeout    = 5 * time.Second  // immediate shutdown, after a fast one took too long
	pollInterval   = 20 * time.Millisecond
	restartLimit   = 5 // restarts of a server that keeps dying before it was ready
	logSizeLimit   = 16 << 20
	logTailLimit   = 2 << 10
	socketPathMax  = 107 // sun_path of unix(7) without its zero byte
	socketFileName = ".s.PGSQL.5432"
)

// Config says where the cluster lives.
type Config struct {
	// Dir is the cluster's folder, made when missing. Nothing else may live in it.
	Dir string
	// Bin is the folder with initdb and postgres. Empty: found on PATH or where
	// distributions install them.
	Bin string
	// Volatile gives up durability for speed: for tests only. A power cut may leave the
	// cluster damaged.
	Volatile bool
	Logger   *slog.Logger
}

// ErrStopped is why a cluster ended that was asked to.
var ErrStopped = errors.New("postgresql: stopped")

// Cluster is a running server.
type Cluster struct {
	dir      string // absolute
	short    string // a link to run/ with a short path, when run/'s is too long for a socket
	attached bool
	lock     *os.File
	server   *server // nil when attached
}

// Start makes the cluster if there is none, starts its server and returns when it answers.
// When another program owns the server of this folder, Start attaches to it: Attached is
// then true and Stop leaves the server alone.
//
// The effects, in order, and what a crash after each leaves:
//  1. folder and lock: an empty folder; the lock goes with the process.
//  2. leftovers of a killed program are stopped: nothing.
//  3. initdb into data.new: a half-made folder that the next start removes.
//  4. renamed to data: a whole cluster without our database.
//  5. server started: it gets SIGINT when this process dies, and shuts down.
//  6. database created: all there.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("postgresql: folder %q: %w", cfg.Dir, err)
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("postgresql: make folder: %w", err)
	}
	c := &Cluster{dir: dir}
	if err := c.shorten(); err != nil {
		return nil, err
	}
	if err := c.own(ctx, cfg); err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

// own takes the lock and brings the server up, or attaches to the lock's holder.
func (c *Cluster) own(ctx context.Context, cfg Config) error {
	lock, err := c.lockOrAttach(ctx)
	if err != nil {
		return err
	}
	if lock == nil {
		c.attached = true
		cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "attached to a running postgresql",
			slog.String("dir", c.dir))
		return nil
	}
	c.lock = lock
	programs, who, err := c.prepare(ctx, cfg)
	if err != nil {
		return err
	}
	srv, err := startServer(ctx, c, programs, who, cfg)
	if err != nil {
		return err
	}
	c.server = srv
	if err := c.createDatabase(ctx); err != nil {
		return errors.Join(err, c.Stop())
	}
	return nil
}

// ConnString is the connection string of the program's database.
func (c *Cluster) ConnString() string { return c.connString(databaseName) }

func (c *Cluster) connString(database string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	return fmt.Sprintf("host='%s' port=5432 user=%s dbname=%s sslmode=disable",
		quote.Replace(c.socketDir()), databaseUser, database)
}

func (c *Cluster) socketDir() string {
	if c.short != "" {
		return c.short
	}
	return c.path(runName)
}

// Attached tells that another program owns the server.
func (c *Cluster) Attached() bool { return c.attached }

// Done is closed when the server has ended for good: stopped, or dead after too many
// restarts (Err says which). It is nil, so never ready, for an attached cluster.
func (c *Cluster) Done() <-chan struct{} {
	if c.server == nil {
		return nil
	}
	return c.server.done
}

// Err says why the server ended, once Done is closed: ErrStopped when it was asked to.
func (c *Cluster) Err() error {
	if c.server == nil {
		return nil
	}
	select {
	case <-c.server.done:
		return c.server.err
	default:
		return nil
	}
}

// Stop shuts the server down: open transactions are rolled back, a checkpoint is written.
// It takes at most stopTimeout+quitTimeout, and is safe to call twice.
func (c *Cluster) Stop() error {
	var err error
	if c.server != nil {
		err = c.server.stop()
	}
	c.release()
	return err
}

// release gives back what does not need the server.
func (c *Cluster) release() {
	if c.lock != nil {
		_ = c.lock.Close() // closing it unlocks it
		c.lock = nil
	}
	if c.short != "" {
		_ = os.RemoveAll(filepath.Dir(c.short))
		c.short = ""
	}
}

func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// shorten makes a link with a short path to the socket's folder when its own path is too
// long to connect to.
func (c *Cluster) shorten() error {
	if len(filepath.Join(c.path(runName), socketFileName)) <= socketPathMax {
		return nil
	}
	tmp, err := os.MkdirTemp("", "cs")
	if err != nil {
		return fmt.Errorf("postgresql: short path for the socket: %w", err)
	}
	c.short = filepath.Join(tmp, "s")
	if err := os.Symlink(c.path(runName), c.short); err != nil {
		c.release()
		return fmt.Errorf("postgresql: short path for the socket: %w", err)
	}
	if n := len(filepath.Join(c.short, socketFileName)); n > socketPathMax {
		c.release()
		return fmt.Errorf("postgresql: the socket's path under %s has %d bytes, at most %d can be "+
			"connected to: set TMPDIR to a shorter folder", os.TempDir(), n, socketPathMax)
	}
	return nil
}
