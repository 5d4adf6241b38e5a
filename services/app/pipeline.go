package app

import (
	"context"
	"errors"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Stage says where a financing stands and, with it, whose turn it is. It is derived from the
// request, the ledger and the commands that are signed in part.
type Stage string

// The stages, in the order that a financing takes them.
const (
	StageRefusedByRule Stage = "refused_by_rule" // before it came to the ledger
	StageRequested     Stage = "requested"       // the seller's maker has not signed
	StageSubmitted     Stage = "submitted"       // the bank's maker names a price
	StageReturned      Stage = "returned"        // the seller is to bring more
	StageQuoted        Stage = "quoted"          // the seller accepts or declines
	StageAccepting     Stage = "accepting"       // the bank's maker takes the acceptance up
	StageAccepted      Stage = "accepted"        // the bank's maker prepares the approval
	StageChecking      Stage = "checking"        // another person of the bank approves
	StageApproved      Stage = "approved"        // the bank's maker records the payout
	StagePaying        Stage = "paying"          // another person of the bank signs the payout
	StageFinanced      Stage = "financed"        // the money is out and not due
	StageOverdue       Stage = "overdue"         // the money is out and the due date has passed
	StageSettled       Stage = "settled"
	StageRefused       Stage = "refused" // by the bank
	StageDeclined      Stage = "declined"
	StageLapsed        Stage = "lapsed"
)

// Stages lists all stages in order.
func Stages() []Stage {
	return []Stage{
		StageRefusedByRule, StageRequested, StageSubmitted, StageReturned, StageQuoted, StageAccepting,
		StageAccepted, StageChecking, StageApproved, StagePaying, StageFinanced, StageOverdue, StageSettled,
		StageRefused, StageDeclined, StageLapsed,
	}
}

// FinancingSort is what a list of financings is ordered by.
type FinancingSort string

// The orders. Amounts are ordered within their currency.
const (
	SortRequested FinancingSort = "requested"
	SortMoved     FinancingSort = "moved"
	SortDue       FinancingSort = "due"
	SortAmount    FinancingSort = "amount"
)

// FinancingFilter narrows and orders a list of financings; what is empty does not narrow.
type FinancingFilter struct {
	One       trade.AssetID // only this
	Stages    []Stage
	Seller    trade.OrgID
	Obligor   trade.OrgID
	Programme trade.AssetID
	Currency  money.Currency
	DueFrom   money.Date // first day
	DueTo     money.Date // last day
	Sort      FinancingSort
	Ascending bool
	Today     money.Date // by the node's time: decides what is overdue
}

// StagedFinancing is a row of a list: where the request stands, with what names it.
type StagedFinancing struct {
	Request FinancingRequest
	Stage   Stage
	Title   string // of the pack
	Number  string // of the invoice; empty until there is a receivable
	Obligor trade.OrgID
}

// FinancingTotal is what the financings of one stage and currency come to.
type FinancingTotal struct {
	Stage       Stage
	Count       int64
	Amount      money.Amount
	Outstanding money.Amount
}

// FinancingPage is a page of financings and the totals of all that the filter finds, each stage
// whether or not the filter names it.
type FinancingPage struct {
	Items  []FinancingView
	Next   string
	Totals []FinancingTotal
}

// Financings lists the requests that the actor's organisation made or was asked, refused ones
// too, each with its asset; for auditors and regulators the financings they hold copies of,
// which take no filter.
func (a *App) Financings(
	ctx context.Context, actor Actor, f FinancingFilter, p Page,
) (FinancingPage, error) {
	if actor.Kind == trade.KindAuditor || actor.Kind == trade.KindRegulator {
		assets, next, err := a.AssetsOf(ctx, actor, AssetFilter{Kind: trade.KindFinancing}, p)
		views := make([]FinancingView, len(assets))
		for i := range assets {
			views[i].Asset = &assets[i]
		}
		return FinancingPage{Items: views, Next: next}, err
	}
	if err := f.check(); err != nil {
		return FinancingPage{}, err
	}
	f.Today = money.DateOf(a.Now())
	var page FinancingPage
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		rows, next, err := tx.StagedFinancings(ctx, actor.Org, f, p)
		if err != nil {
			return err
		}
		if page.Totals, err = tx.FinancingTotals(ctx, actor.Org, f); err != nil {
			return err
		}
		page.Items, page.Next = make([]FinancingView, len(rows)), next
		for i, row := range rows {
			if page.Items[i], err = stagedView(ctx, tx, actor.Org, row); err != nil {
				return err
			}
		}
		return nil
	})
	return page, err
}

// stagedView is a row with its asset, where the organisation holds it, or what it waits for.
func stagedView(
	ctx context.Context, tx StoreTx, org trade.OrgID, row StagedFinancing,
) (FinancingView, error) {
	v := FinancingView{
		Request: &row.Request, Stage: row.Stage, Title: row.Title, Number: row.Number, Obligor: row.Obligor,
	}
	asset, err := tx.Asset(ctx, row.Request.ID)
	switch {
	case errors.Is(err, ErrNoRow) && row.Request.Intent != "":
		on, err := tx.Intent(ctx, row.Request.Intent)
		if err == nil && on.seenBy(org) {
			v.Intent = &on
		}
		return v, err
	case errors.Is(err, ErrNoRow):
		return v, nil
	case err != nil:
		return v, err
	case asset.HeldBy(org) && asset.State != nil:
		v.Asset = &asset
	}
	return v, nil
}

// staged tells where one request stands.
func (a *App) staged(ctx context.Context, org trade.OrgID, id trade.AssetID) (StagedFinancing, error) {
	var rows []StagedFinancing
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		rows, _, err = tx.StagedFinancings(
			ctx, org, FinancingFilter{One: id, Today: money.DateOf(a.Now())}, Page{Limit: 1},
		)
		return err
	})
	if err == nil && len(rows) == 0 {
		err = hidden("financing")
	}
	if err != nil {
		return StagedFinancing{}, err
	}
	return rows[0], nil
}

// check refuses what would find nothing, which reads as if there were nothing.
func (f FinancingFilter) check() error {
	for _, s := range f.Stages {
		if !slices.Contains(Stages(), s) {
			return fault(CodeInput, "stage", "of %v", Stages())
		}
	}
	for name, id := range map[string]string{
		"seller": string(f.Seller), "obligor": string(f.Obligor), "programme": string(f.Programme),
		"currency": string(f.Currency),
	} {
		if id != "" && !trade.ValidID(id) {
			return fault(CodeInput, name, "an id is [A-Za-z0-9._-]{1,64}")
		}
	}
	switch f.Sort {
	case "", SortRequested, SortMoved, SortDue, SortAmount:
		return nil
	}
	return fault(CodeInput, "sort", "requested, moved, due or amount")
}
