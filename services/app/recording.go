package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/trade"
)

// recordDocument commits to a parsed paper on the ledger, in the name of the organisation
// that brought it: a commitment moves no right, so nobody signs. The parties of its first
// pack hold the commitment.
//
// Effects, in this order: one transaction {intent, submit job}. A crash before it leaves
// this job; a second run finds the intent.
func (a *App) recordDocument(ctx context.Context, id DocumentID) error {
	var d Document
	var p Pack
	var by Actor
	done := false
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if d, err = tx.Document(ctx, id); err != nil {
			return err
		}
		packs, err := tx.PacksOf(ctx, id)
		if err != nil || len(packs) == 0 {
			done = true
			return err
		}
		if p, err = tx.Pack(ctx, packs[0]); err != nil {
			return err
		}
		begun, _, err := tx.IntentsOf(ctx, trade.AssetID(id), Page{Limit: 1})
		if err != nil {
			return err
		}
		done = len(begun) > 0 && begun[0].State != IntentRefused
		u, err := tx.User(ctx, d.UploadedBy)
		if err != nil {
			return err
		}
		by, err = actorOf(ctx, tx, u)
		return err
	})
	if err != nil || done {
		return err
	}
	salt, err := a.newSalt()
	if err != nil {
		return err
	}
	args := trade.RecordDocument{
		Salt: salt, Kind: string(d.Fields.Kind), Original: d.Digest, Canonical: d.CanonicalDigest,
	}
	subjects := []trade.Subject{{ID: trade.AssetID(id)}}
	if d.Supersedes != "" { // the law wants to see that it is the same owner's
		args.Supersedes = trade.AssetID(d.Supersedes)
		subjects = append(subjects, trade.Subject{ID: args.Supersedes, Version: trade.AnyVersion})
	}
	endorsers := []trade.OrgID{d.Org}
	for _, q := range p.Parties {
		switch {
		case q.Org == d.Org:
		case q.Side == SideReader:
			args.Readers = append(args.Readers, q.Org)
		default:
			args.ShownTo = append(args.ShownTo, q.Org)
			endorsers = append(endorsers, q.Org)
		}
	}
	_, err = a.prepare(ctx, by, draft{
		act: trade.DocumentRecord, subjects: subjects, args: args, endorsers: endorsers,
	})
	if err != nil {
		return fmt.Errorf("recording document %s: %w", id, err)
	}
	return nil
}

// recorded tells which papers of a pack stand on the ledger; a paper that does not yet is
// missing from the list.
func (a *App) recorded(ctx context.Context, papers []Document) ([]trade.AssetID, error) {
	ids := []trade.AssetID{}
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		ids = ids[:0]
		for _, d := range papers {
			_, err := tx.Asset(ctx, trade.AssetID(d.ID))
			if errors.Is(err, ErrNoRow) {
				continue
			}
			if err != nil {
				return err
			}
			ids = append(ids, trade.AssetID(d.ID))
		}
		return nil
	})
	return ids, err
}
