package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
)

// Follow projects the ledger's blocks until ctx ends. The checkpoint moves in the same
// transaction as what a block means, so a crash loses nothing and repeats nothing.
func (a *App) Follow(ctx context.Context) error {
	next, err := a.nextBlock(ctx)
	if err != nil {
		return err
	}
	return a.ledger.Follow(ctx, next, a.project)
}

func (a *App) nextBlock(ctx context.Context) (uint64, error) {
	next := uint64(0)
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		c, err := tx.Checkpoint(ctx, a.channel)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		next = c.Block + 1
		return err
	})
	return next, err
}

// project applies one block: rows, checkpoint, intents and the jobs that follow, in one
// transaction.
func (a *App) project(ctx context.Context, b Block) error {
	d, err := Derive(b)
	if err != nil {
		return err
	}
	commands := firsts(d.Transitions)
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		c, err := tx.Checkpoint(ctx, a.channel)
		if err == nil && b.Number <= c.Block {
			return nil // delivered again
		}
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if err := tx.Apply(ctx, a.channel, d); err != nil {
			return err
		}
		for _, asset := range d.Assets {
			tx.Changed(string(asset.Record.Kind), string(asset.Record.ID))
			if err := a.notifyTurn(ctx, tx, asset); err != nil {
				return err
			}
		}
		for _, t := range commands {
			if err := a.committed(ctx, tx, t); err != nil {
				return err
			}
			if err := wakeStanding(ctx, tx, t); err != nil {
				return err
			}
		}
		return followMembers(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("projecting block %d: %w", b.Number, err)
	}
	a.log.LogAttrs(ctx, slog.LevelDebug, "block projected", slog.Uint64("block", b.Number),
		slog.Int("transitions", len(d.Transitions)))
	a.notices.block()
	for _, t := range commands {
		a.notices.tell(t.Command)
	}
	return nil
}

// firsts are the transitions that come first of each command.
func firsts(all []Transition) []Transition {
	list, seen := []Transition{}, map[trade.CommandID]bool{}
	for _, t := range all {
		if !seen[t.Command] {
			list = append(list, t)
		}
		seen[t.Command] = true
	}
	return list
}

// followMembers lets people in and out as a block says of their organisations.
func followMembers(ctx context.Context, tx StoreTx, d Derived) error {
	for _, asset := range d.Assets {
		if asset.Record.Members == nil {
			continue
		}
		org, _ := strings.CutPrefix(string(asset.Record.ID), string(trade.OrganisationID("")))
		if err := followPeople(ctx, tx, trade.OrgID(org), asset.Record.Members.Persons); err != nil {
			return err
		}
	}
	return nil
}

// committed marks the intent whose command a block carried out. On a node that did not
// prepare it there is none.
func (a *App) committed(ctx context.Context, tx StoreTx, t Transition) error {
	i, err := tx.LockIntent(ctx, t.Command)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	if i.State == IntentCommitted {
		return nil
	}
	i.State, i.TxID, i.Block, i.FinishedAt, i.Fault = IntentCommitted, t.TxID, t.Block, a.Now(), nil
	if err := tx.SetIntent(ctx, i); err != nil {
		return err
	}
	if err := a.notifyOutcome(ctx, tx, i); err != nil {
		return err
	}
	return a.wakeFollowers(ctx, tx, i.ID)
}

// AssetsOf lists the assets of a kind that the actor's organisation holds.
func (a *App) AssetsOf(ctx context.Context, actor Actor, f AssetFilter, p Page) ([]Asset, string, error) {
	f.Org = actor.Org
	var list []Asset
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Assets(ctx, f, p)
		return err
	})
	return list, next, err
}

// Trace returns an asset that the actor's organisation holds, with its history.
func (a *App) Trace(
	ctx context.Context, actor Actor, id trade.AssetID, kind trade.Kind,
) (Asset, []Transition, error) {
	asset, err := a.held(ctx, actor.Org, id, kind)
	if err != nil {
		return Asset{}, nil, err
	}
	var steps []Transition
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		steps, err = tx.Transitions(ctx, id)
		return err
	})
	return asset, steps, err
}
