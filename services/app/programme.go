package app

import (
	"context"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// ProgrammeInput is a programme that a bank's maker proposes.
type ProgrammeInput struct {
	Seller    trade.OrgID
	Obligor   trade.OrgID
	Limit     money.Amount
	TenorDays int
	Agreement string // text of the master agreement: its digest stands in the terms
	Readers   []trade.OrgID
	// Tolerances and Required are those of the terms; nil takes them from DefaultTerms.
	Tolerances *match.Tolerances
	Required   []parse.Kind
}

// terms makes the terms that the programme's parties sign.
func (in ProgrammeInput) terms() (Terms, error) {
	t := DefaultTerms()
	t.MasterAgreement = trade.DigestOf([]byte(in.Agreement))
	if in.Tolerances != nil {
		t.Tolerances = *in.Tolerances
	}
	if in.Required != nil {
		t.Required = in.Required
	}
	return t, t.check()
}

// OpenProgramme prepares a programme: the bank's maker and checker and the seller sign it, and
// with it the digest of its terms.
//
// Effects, in this order: the text of the master agreement as a blob; one transaction with the
// terms and the intent.
func (a *App) OpenProgramme(ctx context.Context, actor Actor, in ProgrammeInput) (Intent, error) {
	if err := needKind(actor, trade.KindBank); err != nil {
		return Intent{}, err
	}
	if err := need(actor, trade.Maker); err != nil {
		return Intent{}, err
	}
	terms, err := in.terms()
	if err != nil {
		return Intent{}, err
	}
	agreement, err := terms.Digest()
	if err != nil {
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
	i, err := a.drafted(ctx, actor, draft{
		act: trade.ProgrammeOpen, subjects: []trade.Subject{{ID: trade.AssetID(id)}},
		args: trade.OpenProgramme{
			Salt: salt, Bank: actor.Org, Seller: in.Seller, Obligor: in.Obligor, Limit: in.Limit,
			TenorDays: in.TenorDays, Agreement: agreement, Readers: in.Readers,
		},
		sides:     map[trade.Side]trade.OrgID{trade.Bank: actor.Org, trade.Seller: in.Seller},
		endorsers: []trade.OrgID{actor.Org, in.Seller, in.Obligor},
	})
	if err != nil {
		return Intent{}, err
	}
	if _, _, err := a.blobs.Put(ctx, strings.NewReader(in.Agreement), MaxUpload); err != nil {
		return Intent{}, err
	}
	i.Terms = &terms
	return i, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.PutTerms(ctx, terms); err != nil {
			return err
		}
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
}
