package app

import (
	"context"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// AskPayee prepares that the seller asks to be paid to another account than the obligor confirmed.
// It is one that the seller is known by here: what a paper or a mail says of an account is no
// reason to pay it.
func (a *App) AskPayee(
	ctx context.Context, actor Actor, id trade.AssetID, account, reason string,
) (Intent, error) {
	if err := a.mayOn(ctx, actor, id, trade.ReceivableAskPayee); err != nil {
		return Intent{}, err
	}
	account = plainAccount(account)
	if err := a.isOwnAccount(ctx, actor.Org, account); err != nil {
		return Intent{}, err
	}
	return a.onReceivable(ctx, actor, id, trade.ReceivableAskPayee, trade.AskPayee{
		Account: account, Reason: reason,
	})
}

// mayOn refuses who does not hold a receivable or is no side of an act about it, before anything
// else is looked at that the refusal could tell of.
func (a *App) mayOn(ctx context.Context, actor Actor, id trade.AssetID, act trade.Act) error {
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return err
	}
	asset, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
	if err != nil {
		return err
	}
	return a.isSide(asset, actor, act)
}

// ConfirmPayeeInput is the obligor's second confirmation.
type ConfirmPayeeInput struct {
	Account  string // as it was shown: whoever signs, signs for that one
	CallBack string // how the obligor made sure
	// Evidence is a paper that shows it: its digest goes to the ledger.
	Evidence DocumentID
}

// ConfirmPayee prepares the obligor's confirmation of another account: maker and checker sign it.
func (a *App) ConfirmPayee(
	ctx context.Context, actor Actor, id trade.AssetID, in ConfirmPayeeInput,
) (Intent, error) {
	if err := a.mayOn(ctx, actor, id, trade.ReceivableConfirmPayee); err != nil {
		return Intent{}, err
	}
	args := trade.ConfirmPayee{Account: plainAccount(in.Account), CallBack: in.CallBack}
	if in.Evidence != "" {
		d, err := a.Document(ctx, actor, in.Evidence)
		if err != nil {
			return Intent{}, err
		}
		args.Evidence = d.Digest
	}
	return a.onReceivable(ctx, actor, id, trade.ReceivableConfirmPayee, args)
}

// RefusePayee prepares the end of a change before it takes effect, by the obligor or the seller.
func (a *App) RefusePayee(
	ctx context.Context, actor Actor, id trade.AssetID, reason string,
) (Intent, error) {
	return a.onReceivable(ctx, actor, id, trade.ReceivableRefusePayee, trade.Reason{Reason: reason})
}

// ChangePayee says that a confirmed change has cooled off: it takes effect.
func (a *App) ChangePayee(ctx context.Context, actor Actor, id trade.AssetID) (Intent, error) {
	return a.onReceivable(ctx, actor, id, trade.ReceivableChangePayee, trade.Nothing{})
}

// PayeeHold is a change of the payee account that holds a financing up.
type PayeeHold struct {
	trade.PayeeChange
	Obligor     trade.OrgID
	ConfirmedBy []trade.PersonID // of the obligor
}

// payeeHold tells a bank that was asked what holds a receivable up, before it holds that itself: the
// seller showed it the claim with the request, and the account is what the cash would go to.
func payeeHold(ctx context.Context, tx StoreTx, r Asset) (*PayeeHold, error) {
	if r.State == nil || r.State.Receivable.PayeeChange == nil {
		return nil, nil //nolint:nilnil // nothing is changed, which is no error
	}
	h := PayeeHold{PayeeChange: *r.State.Receivable.PayeeChange, Obligor: r.State.Receivable.Obligor}
	if h.Confirmed == 0 {
		return &h, nil
	}
	steps, err := tx.Transitions(ctx, r.Record.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(steps) {
		if s.Act != trade.ReceivableConfirmPayee || s.Signed == nil {
			continue
		}
		for _, g := range s.Signed.Signatures {
			h.ConfirmedBy = append(h.ConfirmedBy, g.Person)
		}
		break
	}
	return &h, nil
}
