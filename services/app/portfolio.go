package app

import (
	"context"
	"errors"

	"github.com/countersign/countersign/chaincode/trade"
)

// FinancingView is a financing as the actor's organisation may see it. Request is absent for
// a reader's copy, Asset until the request is on the ledger.
type FinancingView struct {
	Request *FinancingRequest
	Asset   *Asset
	Steps   []Transition // only of one financing, not in lists
	Intent  *Intent      // the request's, while it is not on the ledger and for who may see it
}

// Financing returns a financing that the actor's organisation asked for, was asked for, or
// holds a copy of.
func (a *App) Financing(ctx context.Context, actor Actor, id trade.AssetID) (FinancingView, error) {
	var v FinancingView
	r, err := a.Request(ctx, actor, id)
	switch {
	case err == nil:
		v.Request = &r
	case !hasCode(err, CodeHidden):
		return v, err
	}
	asset, steps, err := a.Trace(ctx, actor, id, trade.KindFinancing)
	switch {
	case err == nil:
		v.Asset, v.Steps = &asset, steps
		return v, nil
	case !hasCode(err, CodeHidden) || v.Request == nil:
		return v, err
	}
	if r.Intent == "" {
		return v, nil
	}
	i, err := a.Intent(ctx, actor, r.Intent)
	switch {
	case err == nil:
		v.Intent = &i
	case !hasCode(err, CodeHidden):
		return v, err
	}
	return v, nil
}

// Financings lists the requests that the actor's organisation made or was asked, refused ones
// too, each with its asset; for auditors and regulators the financings they hold copies of.
func (a *App) Financings(
	ctx context.Context, actor Actor, p Page,
) ([]FinancingView, string, error) {
	if actor.Kind == trade.KindAuditor || actor.Kind == trade.KindRegulator {
		assets, next, err := a.AssetsOf(ctx, actor, AssetFilter{Kind: trade.KindFinancing}, p)
		views := make([]FinancingView, len(assets))
		for i := range assets {
			views[i].Asset = &assets[i]
		}
		return views, next, err
	}
	var views []FinancingView
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		requests, cursor, err := tx.Requests(ctx, actor.Org, p)
		if err != nil {
			return err
		}
		views, next = make([]FinancingView, len(requests)), cursor
		for i := range requests {
			views[i].Request = &requests[i]
			asset, err := tx.Asset(ctx, requests[i].ID)
			switch {
			case errors.Is(err, ErrNoRow):
			case err != nil:
				return err
			case asset.HeldBy(actor.Org) && asset.State != nil:
				views[i].Asset = &asset
			}
		}
		return nil
	})
	return views, next, err
}

// VerdictsStand tells whether the latest verdicts on a pack count now: taken of the pack as
// it stands and not expired.
func (a *App) VerdictsStand(p Pack) bool {
	_, err := a.standing(p)
	return err == nil
}
