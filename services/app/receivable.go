package app

import (
	"context"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// receivableID is the id of the receivable of a pack: one pack, one claim. After a rejection
// or a withdrawal the corrected papers make a new pack.
func receivableID(p PackID) trade.AssetID {
	return trade.AssetID("rcv-" + strings.TrimPrefix(string(p), "pack-"))
}

// PackOf is the pack that a receivable was claimed from.
func PackOf(id trade.AssetID) PackID {
	return PackID("pack-" + strings.TrimPrefix(string(id), "rcv-"))
}

// IssueReceivable prepares the seller's claim from a verified pack.
func (a *App) IssueReceivable(ctx context.Context, actor Actor, id PackID) (Intent, error) {
	if err := need(actor, trade.Maker); err != nil {
		return Intent{}, err
	}
	p, papers, err := a.PackPapers(ctx, actor, id)
	if err != nil {
		return Intent{}, err
	}
	if p.Party(SideSeller) != actor.Org {
		return Intent{}, fault(CodeForbidden, "", "the seller issues the receivable")
	}
	v, err := a.standing(p)
	if err != nil {
		return Intent{}, err
	}
	if reasons := v.blocking(); len(reasons) > 0 {
		return Intent{}, fault(trade.Code(reasons[0].Code), "", "%s", reasons[0].Message)
	}
	args, err := a.issueArgs(ctx, p, papers)
	if err != nil {
		return Intent{}, err
	}
	args.Face = v.borneOut(args.Claim.Amount)
	return a.prepare(ctx, actor, draft{
		act:      trade.ReceivableIssue,
		subjects: []trade.Subject{{ID: receivableID(id)}},
		args:     args,
		sides: map[trade.Side]trade.OrgID{
			trade.Seller: args.Seller,
		},
		endorsers: []trade.OrgID{args.Seller, args.Obligor},
	})
}

// borneOut is the part of a claim that the papers bear out, where it is less than all; absent
// where it is all, or where the papers do not say.
func (v Verification) borneOut(claim money.Amount) money.Amount {
	part := v.Matrix.FinanceableAmount
	if part.IsAbsent() || part.Currency() != claim.Currency() || part.Minor() >= claim.Minor() {
		return money.Amount{}
	}
	return part
}

// issueArgs draws the arguments of the claim from the pack.
func (a *App) issueArgs(ctx context.Context, p Pack, papers []Document) (trade.IssueReceivable, error) {
	var seller, obligor Organisation
	var accounts []Account
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if seller, err = tx.Organisation(ctx, p.Party(SideSeller)); err != nil {
			return err
		}
		if obligor, err = tx.Organisation(ctx, p.Party(SideObligor)); err != nil {
			return err
		}
		accounts, err = tx.Accounts(ctx, seller.ID)
		return err
	})
	if err != nil {
		return trade.IssueReceivable{}, err
	}
	claim, invoice, err := claimOf(papers, seller, obligor)
	if err != nil {
		return trade.IssueReceivable{}, err
	}
	account, err := payee(invoice, accounts)
	if err != nil {
		return trade.IssueReceivable{}, err
	}
	documents, err := a.recorded(ctx, papers)
	if err != nil {
		return trade.IssueReceivable{}, err
	}
	if len(documents) < len(papers) {
		return trade.IssueReceivable{}, fault(
			CodePackPapers,
			"documents",
			"some papers are still on their way to the ledger: try again in a moment",
		)
	}
	salt, err := a.newSalt()
	if err != nil {
		return trade.IssueReceivable{}, err
	}
	args := trade.IssueReceivable{
		Salt: salt, Seller: seller.ID, Obligor: obligor.ID, Claim: claim, DueDate: invoice.DueDate,
		Documents: documents, PayTo: account,
	}
	for _, q := range p.Parties {
		if q.Side == SideReader {
			args.Readers = append(args.Readers, q.Org)
		}
	}
	return args, nil
}

// payee is the seller's account that the invoice names; without one on the invoice, the
// seller's account in its currency.
func payee(invoice *parse.Document, accounts []Account) (string, error) {
	for _, b := range accounts {
		if string(b.Currency) != invoice.Currency {
			continue
		}
		if len(invoice.Accounts) == 0 {
			return b.Number, nil
		}
		for _, named := range invoice.Accounts {
			if b.Number == plainAccount(named.IBAN) || b.Number == plainAccount(named.Number) {
				return b.Number, nil
			}
		}
	}
	return "", fault(trade.CodePayee, "documents", "the invoice names no account that the seller is known by")
}

func plainAccount(s string) string { return strings.ReplaceAll(strings.ToUpper(s), " ", "") }

// ConfirmInput is what the obligor promises.
type ConfirmInput struct {
	Amount          money.Amount
	Promise         trade.Promise
	WaivesDefences  bool
	ConsentsToSplit bool
	Text            string // the wording that was shown; its digest is signed
}

// ConfirmReceivable prepares the obligor's confirmation: maker and checker sign it.
func (a *App) ConfirmReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, in ConfirmInput,
) (Intent, error) {
	if in.Text == "" || len(in.Text) > maxReason {
		return Intent{}, fault(CodeInput, "text", "the wording that is signed, up to %d bytes", maxReason)
	}
	return a.onReceivable(ctx, actor, id, trade.ReceivableConfirm, trade.ConfirmReceivable{
		Amount: in.Amount, Promise: in.Promise, WaivesDefences: in.WaivesDefences,
		ConsentsToSplit: in.ConsentsToSplit, Text: trade.DigestOf([]byte(in.Text)),
	})
}

// RejectReceivable prepares the obligor's refusal.
func (a *App) RejectReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, reason string,
) (Intent, error) {
	return a.onReceivable(ctx, actor, id, trade.ReceivableReject, trade.Reason{Reason: reason})
}

// WithdrawReceivable prepares taking the claim back.
func (a *App) WithdrawReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, reason string,
) (Intent, error) {
	return a.onReceivable(ctx, actor, id, trade.ReceivableWithdraw, trade.Reason{Reason: reason})
}

// ResolveInput ends a dispute.
type ResolveInput struct {
	Amount     money.Amount
	Diluted    money.Amount
	CreditNote DocumentID // needed when something is diluted
	Reason     string
}

// ResolveDispute prepares the end of a dispute; both sides sign it.
func (a *App) ResolveDispute(
	ctx context.Context, actor Actor, id trade.AssetID, in ResolveInput,
) (Intent, error) {
	args := trade.ResolveDispute{Amount: in.Amount, Diluted: in.Diluted, Reason: in.Reason}
	if in.CreditNote != "" {
		d, err := a.Document(ctx, actor, in.CreditNote)
		if err != nil {
			return Intent{}, err
		}
		if d.Fields == nil || d.Fields.Kind != parse.CreditNote {
			return Intent{}, fault(CodeInput, "credit_note", "that paper is no credit note")
		}
		args.CreditNote = d.Digest
	}
	return a.onReceivable(ctx, actor, id, trade.ReceivableResolve, args)
}

// PokeReceivable says that a date has come: matured or overdue, by ledger time.
func (a *App) PokeReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, act trade.Act,
) (Intent, error) {
	if act != trade.ReceivableMature && act != trade.ReceivableOverdue {
		return Intent{}, fault(CodeInput, "act", "mature or overdue")
	}
	return a.onReceivable(ctx, actor, id, act, trade.Nothing{})
}

const maxReason = 4000

// onReceivable prepares an act on a receivable that the actor's organisation holds, at the
// version it stands at. Who may is the law's to say; here only those who act at all.
func (a *App) onReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, act trade.Act, args any,
) (Intent, error) {
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return Intent{}, err
	}
	asset, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
	if err != nil {
		return Intent{}, err
	}
	if err := a.isSide(asset, actor, act); err != nil {
		return Intent{}, err
	}
	subjects := []trade.Subject{{ID: id, Version: asset.Record.Version}}
	if held := asset.State.Receivable.Assignment; held != nil && act == trade.ReceivableResolve {
		// what a credit note takes from an assigned receivable comes back to the limit
		subjects = append(subjects, trade.Subject{ID: held.Programme, Version: trade.AnyVersion})
	}
	return a.prepare(ctx, actor, draft{act: act, subjects: subjects, args: args})
}

// isSide refuses an organisation that could never sign the act: it need not be told why.
func (a *App) isSide(asset Asset, actor Actor, act trade.Act) error {
	spec, ok := trade.SpecOf(act)
	if !ok || len(spec.Needs) == 0 {
		return nil
	}
	for _, n := range spec.Needs {
		for _, side := range n.Sides {
			if asset.State.Side(side) == actor.Org {
				return nil
			}
		}
	}
	return fault(CodeForbidden, "", "%s is not for your organisation to do", act)
}
