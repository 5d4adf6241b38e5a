package app

import (
	"context"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Item is one thing that waits: for the actor or, so that it is not forgotten, for others.
type Item struct {
	Mine    bool
	Next    string // "sign", "confirm", "quote", "accept", "approve", "disburse" or "type_fields"
	Subject string // id of the intent, asset or document
	Act     trade.Act
	Amount  money.Amount
	Due     money.Date
	Since   time.Time
}

// Inbox lists what waits, on the actor and on others, oldest first as the store gives it.
func (a *App) Inbox(ctx context.Context, actor Actor) ([]Item, error) {
	items := []Item{}
	signing, _, err := a.Waiting(ctx, actor, Page{Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	for _, i := range signing {
		items = append(
			items,
			Item{Mine: true, Next: "sign", Subject: string(i.ID), Act: i.Command.Act, Since: i.CreatedAt},
		)
	}
	claims, _, err := a.AssetsOf(ctx, actor, AssetFilter{
		Kind: trade.KindReceivable, Phases: []trade.Phase{trade.Issued},
	}, Page{Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		r := c.State.Receivable
		amount, err := money.New(r.Face, r.Currency)
		if err != nil {
			return nil, err
		}
		items = append(items, Item{
			Mine: r.Obligor == actor.Org &&
				actor.Has(trade.Maker),
			Next:    "confirm",
			Subject: string(c.Record.ID),
			Amount:  amount,
			Due:     r.DueDate,
			Since:   c.Record.Time.Time(),
		})
	}
	financings, err := a.financingItems(ctx, actor)
	if err != nil {
		return nil, err
	}
	items = append(items, financings...)
	papers, _, err := a.Documents(ctx, actor, Page{Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	for _, d := range papers {
		if d.State == DocumentNeedsFields {
			items = append(items, Item{
				Mine: d.Org == actor.Org && actor.Has(trade.Maker, trade.Operator), Next: "type_fields",
				Subject: string(d.ID), Since: d.UploadedAt,
			})
		}
	}
	return items, nil
}

// financingItems lists financings by whose turn it is.
func (a *App) financingItems(ctx context.Context, actor Actor) ([]Item, error) {
	list, _, err := a.AssetsOf(ctx, actor, AssetFilter{
		Kind: trade.KindFinancing, Phases: []trade.Phase{trade.Submitted, trade.Quoted, trade.Approved},
	}, Page{Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	items := make([]Item, 0, len(list))
	for _, f := range list {
		body := f.State.Financing
		amount, err := money.New(body.Face, body.Currency)
		if err != nil {
			return nil, err
		}
		turn, next := body.Bank, "quote"
		if f.Record.Phase == trade.Approved {
			next = "disburse"
		}
		if f.Record.Phase == trade.Quoted {
			r, err := a.asset(ctx, body.Receivable)
			if err != nil {
				return nil, err
			}
			if held := r.State.Receivable.Reservation; held != nil && held.Financing == f.Record.ID {
				next = "approve"
			} else {
				turn, next = body.Seller, "accept"
			}
		}
		items = append(items, Item{
			Mine: turn == actor.Org && actor.Has(trade.Maker), Next: next, Subject: string(f.Record.ID),
			Amount: amount, Due: body.DueDate, Since: f.Record.Time.Time(),
		})
	}
	return items, nil
}
