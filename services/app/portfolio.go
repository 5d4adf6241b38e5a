package app

import (
	"context"

	"github.com/countersign/countersign/chaincode/trade"
)

// FinancingView is a financing as the actor's organisation may see it. Request is absent for
// a reader's copy, Asset until the request is on the ledger.
type FinancingView struct {
	Request *FinancingRequest
	Asset   *Asset
	Steps   []Transition // only of one financing, not in lists
	Intent  *Intent      // the request's, while it is not on the ledger and for who may see it
	// Stage, Title, Number and Obligor are absent for a reader's copy.
	Stage   Stage
	Title   string
	Number  string
	Obligor trade.OrgID
	// Returned is the return that the actor's organisation is to answer or has made.
	Returned *FinancingReturn
}

// Financing returns a financing that the actor's organisation asked for, was asked for, or
// holds a copy of.
func (a *App) Financing(ctx context.Context, actor Actor, id trade.AssetID) (FinancingView, error) {
	var v FinancingView
	r, err := a.Request(ctx, actor, id)
	switch {
	case err == nil:
		v.Request = &r
		if err := a.addStage(ctx, actor, &v); err != nil {
			return v, err
		}
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

// VerdictsStand tells whether the latest verdicts on a pack count now: taken of the pack as
// it stands and not expired.
func (a *App) VerdictsStand(p Pack) bool {
	_, err := a.standing(p)
	return err == nil
}

// addStage says where a request stands, with the latest return that the organisation knows of.
func (a *App) addStage(ctx context.Context, actor Actor, v *FinancingView) error {
	row, err := a.staged(ctx, actor.Org, v.Request.ID)
	if err != nil {
		return err
	}
	v.Stage, v.Title, v.Number, v.Obligor = row.Stage, row.Title, row.Number, row.Obligor
	returns, err := a.returnsOf(ctx, actor.Org, *v.Request)
	if len(returns) > 0 {
		v.Returned = &returns[0]
	}
	return err
}
