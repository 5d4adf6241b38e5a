package app

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// ClockMover moves the clock of a demo node's ledger. Blocks made afterwards say so.
type ClockMover interface {
	MoveClock(d time.Duration) error
}

// maxClockDays bounds one move of the clock.
const maxClockDays = 366

// MoveClock moves the clock of a demo node forward and returns its new time. On any other
// node, where mover is nil, there is no such thing.
func (a *App) MoveClock(
	ctx context.Context, actor Actor, mover ClockMover, days int,
) (time.Time, error) {
	if mover == nil {
		return time.Time{}, hidden("clock")
	}
	if err := needKind(actor, trade.KindOperator); err != nil {
		return time.Time{}, err
	}
	if err := need(actor, trade.Admin); err != nil {
		return time.Time{}, err
	}
	if days < 1 || days > maxClockDays {
		return time.Time{}, fault(CodeInput, "days", "1 to %d days", maxClockDays)
	}
	if err := mover.MoveClock(time.Duration(days) * 24 * time.Hour); err != nil {
		return time.Time{}, err
	}
	a.log.LogAttrs(
		ctx, slog.LevelWarn, "demo clock moved", slog.Int("days", days), slog.Time("now", a.Now()),
	)
	return a.Now(), a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return a.audit(ctx, tx, actor, deed{"demo.clock", "node", a.channel},
			map[string]string{"days": strconv.Itoa(days)})
	})
}
