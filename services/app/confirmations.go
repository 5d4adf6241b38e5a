package app

import (
	"bytes"
	"context"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// MaxConfirmations bounds what is prepared at once: as many as one gesture signs.
const MaxConfirmations = 200

// PromiseInput is what the obligor promises about each of many receivables, whose faces it
// confirms.
type PromiseInput struct {
	Promise         trade.Promise
	WaivesDefences  bool
	ConsentsToSplit bool
	Text            string // the wording that was shown; its digest is signed
	// Source is of the list from the obligor's own books that is answered to.
	Source trade.Digest
}

// Prepared is what became of one receivable of many.
type Prepared struct {
	Receivable trade.AssetID
	Intent     Intent
	Stood      bool         // the same was prepared before
	Refused    *trade.Fault // nil: it is prepared
}

// ConfirmReceivables prepares the confirmation of many receivables, each for its face. Each has
// an outcome of its own; those that can be confirmed are prepared in one transaction, all or
// none. What was prepared before with the same words and has not ended is found and not prepared
// again, so that a repeat, and the colleague who signs second, come to the same commands.
func (a *App) ConfirmReceivables(
	ctx context.Context, actor Actor, ids []trade.AssetID, in PromiseInput,
) ([]Prepared, error) {
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return nil, err
	}
	if err := needKind(actor, trade.KindCoreEnterprise); err != nil {
		return nil, err
	}
	if len(ids) == 0 || len(ids) > MaxConfirmations {
		return nil, fault(CodeInput, "receivables", "1 to %d receivables", MaxConfirmations)
	}
	if in.Text == "" || len(in.Text) > maxReason {
		return nil, fault(CodeInput, "text", "the wording that is signed, up to %d bytes", maxReason)
	}
	list := make([]Prepared, len(ids))
	for n, id := range ids {
		p, err := a.confirmation(ctx, actor, id, in)
		if f, refused := asFault(err); refused && f.Code != CodeUnavailable {
			p = Prepared{Refused: f}
		} else if err != nil {
			return nil, err
		}
		list[n] = p
		list[n].Receivable = id
	}
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		for _, p := range list {
			if p.Stood || p.Refused != nil {
				continue
			}
			if err := a.keepIntent(ctx, tx, actor, p.Intent); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, list)
	})
	return list, err
}

// confirmation drafts the confirmation of one receivable's face, or finds it.
func (a *App) confirmation(
	ctx context.Context, actor Actor, id trade.AssetID, in PromiseInput,
) (Prepared, error) {
	asset, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
	if err != nil {
		return Prepared{}, err
	}
	if err := a.isSide(asset, actor, trade.ReceivableConfirm); err != nil {
		return Prepared{}, err
	}
	face, err := money.New(asset.State.Receivable.Face, asset.State.Receivable.Currency)
	if err != nil {
		return Prepared{}, err
	}
	args := trade.ConfirmReceivable{
		Amount: face, Promise: in.Promise, WaivesDefences: in.WaivesDefences,
		ConsentsToSplit: in.ConsentsToSplit, Text: trade.DigestOf([]byte(in.Text)), Source: in.Source,
	}
	pending, err := a.pending(ctx, actor, asset)
	if err != nil {
		return Prepared{}, err
	}
	for _, i := range pending {
		if i.Command.Act != trade.ReceivableConfirm || i.Command.Subjects[0].Version != asset.Record.Version {
			continue
		}
		wanted, err := trade.Canonical(args)
		if err != nil {
			return Prepared{}, err
		}
		if !bytes.Equal(wanted, i.Command.Args) {
			return Prepared{}, fault(CodeIntentPending, "",
				"a confirmation in other words was prepared already and waits for signatures")
		}
		return Prepared{Intent: i, Stood: true}, nil
	}
	i, err := a.drafted(ctx, actor, draft{
		act: trade.ReceivableConfirm, args: args,
		subjects: []trade.Subject{{ID: id, Version: asset.Record.Version}},
	})
	return Prepared{Intent: i}, err
}

// pending lists what is on its way about an asset and the actor may see.
func (a *App) pending(ctx context.Context, actor Actor, asset Asset) ([]Intent, error) {
	var list []Payable
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = withPending(ctx, tx, actor, []Asset{asset})
		return err
	})
	if err != nil {
		return nil, err
	}
	return list[0].Pending, nil
}
