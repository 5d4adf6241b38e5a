package embedded

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Clock tells the time. The ledger never reads the wall clock itself.
type Clock interface {
	Now() time.Time
}

// maxMove bounds one move of a demo clock.
const maxMove = 10 * 366 * 24 * time.Hour

var (
	// ErrNotDemo says that the clock of a ledger that was not opened with Config.Demo is not moved.
	ErrNotDemo = errors.New("ledger clock: not a demo ledger")
	// ErrClockMove says that a demo clock moves forward only, by whole seconds, ten years at most.
	ErrClockMove = errors.New("ledger clock: moves forward only, by whole seconds")
)

// DemoClock is a clock that may run ahead of another by a whole number of seconds, or behind
// it, so that a demonstration reaches a due date. It never moves back. The zero offset runs
// true.
type DemoClock struct {
	base   Clock
	offset atomic.Int64 // seconds
}

// NewDemoClock makes a clock that runs ahead of base by offset seconds, behind it when the offset
// is below zero.
func NewDemoClock(base Clock, offset int64) *DemoClock {
	c := &DemoClock{base: base}
	c.offset.Store(offset)
	return c
}

// Now is the base clock's time, moved.
func (c *DemoClock) Now() time.Time {
	return c.base.Now().Add(time.Duration(c.offset.Load()) * time.Second)
}

// Offset is by how many seconds the clock runs ahead.
func (c *DemoClock) Offset() int64 { return c.offset.Load() }

func checkMove(d time.Duration) error {
	if d <= 0 || d > maxMove || d%time.Second != 0 {
		return fmt.Errorf("%w: %s", ErrClockMove, d)
	}
	return nil
}
