package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign/countersign/services/sandbox"
)

// readWorker is the command by which this program starts itself to read documents.
const readWorker = "read-worker"

// readLimits are what reading may cost, as flags say it.
type readLimits struct {
	workers int
	cpu     time.Duration
	memory  int64 // MiB
	time    time.Duration
}

// addTo makes the flags.
func (l *readLimits) addTo(root *cobra.Command) {
	usual := sandbox.DefaultConfig(readWorker, nil)
	flags := root.PersistentFlags()
	flags.IntVar(&l.workers, "read-workers", usual.Workers, "processes that read documents, at most")
	flags.DurationVar(&l.cpu, "read-cpu", usual.Budget.CPU, "processor time that one document may cost")
	flags.Int64Var(&l.memory, "read-memory", usual.Budget.Memory>>20, "MiB of memory that one document may cost")
	flags.DurationVar(&l.time, "read-time", usual.Budget.Time, "time that one document may take by the clock")
}

// sandbox is how documents are read.
func (o *options) sandbox(log *slog.Logger) sandbox.Config {
	c := sandbox.DefaultConfig(readWorker, log)
	c.Workers = o.read.workers
	c.Budget = sandbox.Budget{CPU: o.read.cpu, Memory: o.read.memory << 20, Time: o.read.time}
	return c
}

// workerCommand is the inside of a worker. It speaks in frames with the process that started it.
func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    readWorker,
		Short:  "Read documents for the process that started this one.",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return sandbox.Inside(os.Stdin, os.Stdout, sandbox.Handle)
		},
	}
}
