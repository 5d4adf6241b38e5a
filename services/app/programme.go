package app

import (
	"context"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// ProgrammeInput is a programme that a bank's maker proposes.
type ProgrammeInput struct {
	Seller    trade.OrgID
	Obligor   trade.OrgID
	Limit     money.Amount
	TenorDays int
	Agreement string // text of the master agreement: its digest is signed
	Readers   []trade.OrgID
}

// OpenProgramme prepares a programme: the bank's maker and checker and the seller sign it.
func (a *App) OpenProgramme(ctx context.Context, actor Actor, in ProgrammeInput) (Intent, error) {
	if err := needKind(actor, trade.KindBank); err != nil {
		return Intent{}, err
	}
	if err := need(actor, trade.Maker); err != nil {
		return Intent{}, err
	}
	salt, err := a.newSalt()
	if err != nil {
		return Intent{}, err
	}
	id, err := a.newID("prg")
	if err != nil {
		return Intent{}, err
	}
	return a.prepare(ctx, actor, draft{
		act: trade.ProgrammeOpen, subjects: []trade.Subject{{ID: trade.AssetID(id)}},
		args: trade.OpenProgramme{
			Salt: salt, Bank: actor.Org, Seller: in.Seller, Obligor: in.Obligor, Limit: in.Limit,
			TenorDays: in.TenorDays, Agreement: trade.DigestOf([]byte(in.Agreement)), Readers: in.Readers,
		},
		sides:     map[trade.Side]trade.OrgID{trade.Bank: actor.Org, trade.Seller: in.Seller},
		endorsers: []trade.OrgID{actor.Org, in.Seller, in.Obligor},
	})
}
