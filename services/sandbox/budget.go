// Package sandbox reads documents in worker processes, so that a hostile one can cost no more
// than its budget and break no more than the worker that reads it.
//
// A worker is this program run again. It has an empty environment, "/" as its folder, no
// descriptor but its three streams, and no way to open another: no file and no network. It
// leaves root behind, writes no file, dies with its parent, and the kernel ends it when a
// document costs more processor time or memory than its budget; its parent ends it by the
// clock. It reads one document at a time and is replaced after a number of them.
//
// The readers that run inside are memory-safe Go. Against a flaw that runs code of the
// attacker's, the worker is a hurdle and no jail: see docs/decisions/0020-worker-process.md.
package sandbox

import (
	"errors"
	"fmt"
	"time"
)

// Budget is what one document may cost.
type Budget struct {
	// CPU is processor time, of all threads.
	CPU time.Duration `json:"cpu"`
	// Memory is bytes over what a worker takes by itself. The kernel counts what is mapped, and
	// the runtime maps memory in pieces of 64 MiB: a document gets at least this and less than
	// two pieces more.
	Memory int64 `json:"memory"`
	// Time is by the clock, starting and waiting for a processor included.
	Time time.Duration `json:"-"`
}

// DefaultBudget is far above what an honest document costs: an invoice of 20 kB takes about a
// millisecond, the largest one in the limits of package source well under a second.
func DefaultBudget() Budget {
	return Budget{CPU: 2 * time.Second, Memory: 256 << 20, Time: 30 * time.Second}
}

// Resource is what a document took too much of.
type Resource string

// The resources of a Budget.
const (
	CPU    Resource = "cpu"
	Memory Resource = "memory"
	Time   Resource = "time"
)

// Overrun is the error of a document that cost more than its budget.
type Overrun struct {
	Of     Resource
	Budget Budget
}

// Error says which part of the budget was too small.
func (o *Overrun) Error() string {
	return fmt.Sprintf("sandbox: a document cost more %s than its budget %+v", o.Of, o.Budget)
}

// The other errors of a Pool.
var (
	// ErrClosed is the answer of a pool that was closed.
	ErrClosed = errors.New("sandbox: the pool is closed")
	// ErrBroke says that the reader broke off at a document, and not because of its cost: it
	// panicked, or two workers one after another died of it.
	ErrBroke = errors.New("sandbox: the reader broke off")
)
