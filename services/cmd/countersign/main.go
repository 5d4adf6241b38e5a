// Command countersign is the whole program: a node with its database, ledger and API, the
// demonstration, and tools that need no server.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx)
	stop()
	os.Exit(code)
}

// exitError is an end with an exit code of its own; everything was said already.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func run(ctx context.Context) int {
	root := &cobra.Command{
		Use:           "countersign",
		Short:         "Records trade assets on a shared ledger and checks the papers against each other.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var o options
	flags := root.PersistentFlags()
	flags.StringVar(&o.data, "data", envOr("COUNTERSIGN_DATA", "data"), "folder of this node's data")
	flags.StringVar(&o.listen, "listen", envOr("COUNTERSIGN_LISTEN", "127.0.0.1:8080"), "address to serve on")
	flags.StringVar(
		&o.origin,
		"origin",
		os.Getenv("COUNTERSIGN_ORIGIN"),
		"where browsers reach the portal, https://portal.example; passkeys are made for its host name "+
			"(default http://localhost and the port)",
	)
	flags.StringVar(
		&o.database,
		"database",
		os.Getenv("DATABASE_URL"),
		"PostgreSQL to use; without one a private cluster is started",
	)
	flags.StringVar(
		&o.ledger,
		"ledger",
		envOr("LEDGER", "embedded"),
		`"embedded", or the connection file of a Fabric network`,
	)
	flags.StringVar(
		&o.blobs,
		"blobs",
		os.Getenv("COUNTERSIGN_BLOBS"),
		"URL of the bucket of papers; without one a folder of the data folder",
	)
	flags.TextVar(&o.level, "log", slog.LevelWarn, "least level that is logged: DEBUG, INFO, WARN, ERROR")
	flags.Int64Var(&o.quota, "quota", app.DefaultQuota>>20, "MiB that the papers of one organisation may take")
	o.read.addTo(root)
	o.mail.addTo(root)
	o.clock = systemClock{}
	root.AddCommand(serveCommand(&o), demoCommand(&o), auditCommand(&o), rebuildCommand(&o))
	root.AddCommand(checkCommand(&o), personCommand(&o), workerCommand())
	err := root.ExecuteContext(ctx)
	code, ended := errors.AsType[exitError](err)
	switch {
	case err == nil:
		return 0
	case ended:
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "countersign:", err)
	return 1
}

// envOr reads a setting of the environment.
func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// systemClock reads the machine's clock: only this package does.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }
