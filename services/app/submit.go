package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// The bounds of waiting for the projection or for another transaction to get out of the way.
// What still cannot be decided is left to the job queue's own retries.
const (
	submitTries = 25
	submitPause = 200 * time.Millisecond
)

// submit brings a ready intent to the ledger and tries again, with the states as they then
// are, while the answer is "later".
func (a *App) submit(ctx context.Context, id trade.CommandID) error {
	for range submitTries - 1 {
		changed := a.notices.next()
		err := a.submitOnce(ctx, id)
		if !errors.Is(err, ErrLater) {
			return err
		}
		await(ctx, changed)
		if ctx.Err() != nil {
			return err
		}
	}
	return a.submitOnce(ctx, id)
}

// await waits for the projection to change, for a pause at most.
func await(ctx context.Context, changed <-chan struct{}) {
	pause := time.NewTimer(submitPause)
	defer pause.Stop()
	select {
	case <-changed:
	case <-pause.C:
	case <-ctx.Done():
	}
}

// submitOnce brings a ready intent to the ledger.
//
// Effects, in this order:
//  1. the intent is marked submitted; a crash after it runs the job again;
//  2. the ledger carries the command out, once for its id; a crash after it runs the job
//     again, which gets the first answer;
//  3. the follower projects the event and marks the intent committed. A refusal is marked
//     here.
func (a *App) submitOnce(ctx context.Context, id trade.CommandID) error {
	i, ready, err := a.begin(ctx, id)
	if err != nil || !ready {
		return err
	}
	if err := a.groundsHold(ctx, i); err != nil {
		if _, refused := errors.AsType[*trade.Fault](err); refused {
			return a.refused(ctx, i, err)
		}
		return fmt.Errorf("intent %s: %w", id, err)
	}
	p, err := a.proposal(ctx, i)
	if err != nil {
		return fmt.Errorf("intent %s: %w", id, err)
	}
	receipt, err := a.ledger.Submit(ctx, p)
	err = refusal(err)
	_, refused := errors.AsType[*trade.Fault](err)
	switch {
	case err == nil:
		a.log.LogAttrs(
			ctx,
			slog.LevelInfo,
			"command committed",
			slog.String("command", string(id)),
			slog.String("act", string(i.Command.Act)),
			slog.String("tx", receipt.TxID),
			slog.Uint64("block", receipt.Block),
		)
		return nil
	case errors.Is(err, ErrConflict), errors.Is(err, ErrOutcomeUnknown), errors.Is(err, ErrUnavailable):
		return fmt.Errorf("intent %s: %w: %w", id, err, ErrLater)
	case refused && a.behind(ctx, i, err):
		return fmt.Errorf("intent %s: the projection is behind: %w", id, ErrLater)
	case refused:
		return a.refused(ctx, i, err)
	}
	return fmt.Errorf("intent %s: %w", id, err)
}

// begin marks the intent as submitted, unless there is nothing to submit.
func (a *App) begin(ctx context.Context, id trade.CommandID) (Intent, bool, error) {
	var i Intent
	ready := false
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		i, err = tx.LockIntent(ctx, id)
		if err != nil {
			return fmt.Errorf("intent %s: %w", id, err)
		}
		ready = i.State == IntentReady || i.State == IntentSubmitted
		if !ready {
			return nil
		}
		if i.After != "" {
			before, err := tx.Intent(ctx, i.After)
			if err != nil {
				return err
			}
			if before.State != IntentCommitted {
				ready = false
				if before.Finished() {
					return a.refuseFollower(ctx, tx, i, before)
				}
				return nil
			}
		}
		if waits, err := stands(ctx, tx, i); err != nil || waits {
			ready = false
			return err
		}
		i.State = IntentSubmitted
		return tx.SetIntent(ctx, i)
	})
	if !ready {
		a.notices.tell(id) // it may have come to nothing with the one before it
	}
	return i, ready, err
}

// broughtOld tells whether the law refused because a state that was brought along is not the
// committed one: the projection lags behind the ledger, and nothing was decided.
func broughtOld(err error) bool {
	f, ok := errors.AsType[*trade.Fault](err)
	return ok && f.Code == trade.CodeStale && strings.HasPrefix(f.Path, trade.PathStates)
}

// behind tells whether a refusal may come from the projection lagging behind the ledger and
// not from the command: the states brought along were old, or every version that the signers
// named is the one projected.
func (a *App) behind(ctx context.Context, i Intent, err error) bool {
	if broughtOld(err) {
		return true
	}
	if !hasCode(err, trade.CodeStale) {
		return false
	}
	for _, s := range i.Command.Subjects {
		if s.Version <= 0 {
			continue
		}
		asset, err := a.asset(ctx, s.ID)
		if err == nil && asset.Record.Version > s.Version {
			return false
		}
	}
	return true
}

// refused marks an intent that the law refused, and what waits for it.
func (a *App) refused(ctx context.Context, i Intent, cause error) error {
	f, _ := errors.AsType[*trade.Fault](cause)
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		now, err := tx.LockIntent(ctx, i.ID)
		if err != nil {
			return err
		}
		if now.Finished() {
			return nil
		}
		now.State, now.Fault, now.FinishedAt = IntentRefused, f, a.Now()
		if err := tx.SetIntent(ctx, now); err != nil {
			return err
		}
		if err := a.notifyOutcome(ctx, tx, now); err != nil {
			return err
		}
		return a.wakeFollowers(ctx, tx, i.ID)
	})
	a.notices.tell(i.ID)
	return err
}

// refuseFollower ends an intent whose predecessor came to nothing.
func (a *App) refuseFollower(ctx context.Context, tx StoreTx, i, before Intent) error {
	i.State, i.FinishedAt = IntentRefused, a.Now()
	i.Fault = &trade.Fault{
		Code:    CodeIntentState,
		Message: fmt.Sprintf("%s came to nothing, so this cannot be done", before.Command.Act),
	}
	if before.Fault != nil {
		i.Fault = before.Fault
	}
	if err := tx.SetIntent(ctx, i); err != nil {
		return err
	}
	return a.wakeFollowers(ctx, tx, i.ID)
}

// wakeFollowers enqueues the intents that wait for this one and are signed. Each is locked
// first: whoever is signing it now either sees that this one is done, or is done before the
// look. One that is not signed yet gets no job, because a job that finds nothing to do still
// stands in the way of the next until the queue has put it away.
func (a *App) wakeFollowers(ctx context.Context, tx StoreTx, id trade.CommandID) error {
	followers, err := tx.Followers(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range followers {
		i, err := tx.LockIntent(ctx, f)
		if err != nil {
			return err
		}
		if i.State != IntentReady {
			continue
		}
		if waits, err := stands(ctx, tx, i); err != nil {
			return err
		} else if waits {
			continue
		}
		if err := tx.Enqueue(ctx, SubmitJob{f}); err != nil {
			return err
		}
	}
	return nil
}

// tidy deletes what has ended and ends the intents that were not signed in time.
func (a *App) tidy(ctx context.Context) error {
	var late []trade.CommandID
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.DeleteExpired(ctx, a.wall.Now().UTC()); err != nil {
			return err
		}
		var err error
		late, err = tx.OutOfTime(ctx, a.Now())
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range late {
		if err := a.expireIntent(ctx, id); err != nil {
			return fmt.Errorf("intent %s: %w", id, err)
		}
	}
	a.notices.tell(late...)
	return a.mailDue(ctx)
}

// expireIntent ends an intent that is still open when its time is over, and what waits for it.
func (a *App) expireIntent(ctx context.Context, id trade.CommandID) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		i, err := tx.LockIntent(ctx, id)
		if err != nil {
			return err
		}
		if i.State != IntentOpen || a.Now().Before(i.ExpiresAt) {
			return nil
		}
		i.State, i.FinishedAt = IntentExpired, a.Now()
		if err := tx.SetIntent(ctx, i); err != nil {
			return err
		}
		return a.wakeFollowers(ctx, tx, id)
	})
}

// Recover enqueues the intents that a crash left on their way. Jobs usually still stand; a
// second run is harmless.
func (a *App) Recover(ctx context.Context) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		ids, err := tx.Unfinished(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.Enqueue(ctx, SubmitJob{id}); err != nil {
				return err
			}
		}
		return nil
	})
}
