package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// reservationLife is how long an accepted quote holds the receivable.
const reservationLife = 10 * 24 * time.Hour

// RequestInput is what a seller asks for.
type RequestInput struct {
	Pack      PackID
	Programme trade.AssetID
	Advance   money.Amount // wished for; absent: as much as the bank advances
}

// RequestFinancing asks the programme's bank to finance the pack's receivable.
//
// The verdicts are taken again first when those that stand were taken under other terms than
// the programme's, or have expired.
//
// A verdict that is not a pass refuses by rule: the request is kept as refused, with its
// reasons, for seller and bank to see, and never comes to the ledger. Otherwise it becomes
// an intent that the seller's maker signs. While the obligor has not confirmed the claim, the
// signed intent waits for that, and goes on its way by itself.
func (a *App) RequestFinancing(ctx context.Context, actor Actor, in RequestInput) (FinancingView, error) {
	if err := need(actor, trade.Maker); err != nil {
		return FinancingView{}, err
	}
	p, papers, err := a.PackPapers(ctx, actor, in.Pack)
	if err != nil {
		return FinancingView{}, err
	}
	programme, err := a.frame(ctx, actor, p, in.Programme)
	if err != nil {
		return FinancingView{}, err
	}
	v, err := a.verdictUnder(ctx, actor, p, in.Programme)
	if err != nil {
		return FinancingView{}, err
	}
	claim, err := a.claimNow(ctx, actor, p, papers)
	if err != nil {
		return FinancingView{}, err
	}
	if wish := in.Advance; !wish.IsAbsent() {
		if _, err := shareOf(wish, claim.face, money.MaxRate); err != nil {
			return FinancingView{}, err
		}
	}
	id, err := a.newID("fin")
	if err != nil {
		return FinancingView{}, err
	}
	r := FinancingRequest{
		ID: trade.AssetID(id), Seller: actor.Org, Bank: programme.Bank, Pack: p.ID, Programme: in.Programme,
		Verification: v.ID, Amount: claim.whole, Wanted: in.Advance, State: RequestSubmitted,
		CreatedBy: actor.User, CreatedAt: a.Now(),
	}
	r.Reasons = append(v.blocking(), v.forbidden()...)
	basis, free, err := a.basis(ctx, receivableID(p.ID), v)
	if err != nil {
		return FinancingView{}, err
	}
	if free.Sign() > 0 {
		r.Amount = free
	}
	r.Reasons = append(r.Reasons, basis...)
	if len(r.Reasons) > 0 {
		r.State = RequestRefused
		asked := FinancingView{Request: &r}
		return asked, a.keepRequest(ctx, actor, asked)
	}
	r.Receivable = receivableID(p.ID)
	after, waits, err := a.waitsFor(ctx, r.Receivable, &claim)
	if err != nil {
		return FinancingView{}, err
	}
	r.Amount = claim.face
	intent, err := a.requestIntent(ctx, actor, r, p, v, standingOn{claim, after, waits})
	if err != nil {
		return FinancingView{}, err
	}
	r.Intent = intent.ID
	asked := FinancingView{Request: &r, Intent: &intent}
	return asked, a.keepRequest(ctx, actor, asked)
}

// basis is what is free of a pack's receivable, and why it may not be financed when the papers
// bear out less by now: more receipts or a credit note came since it was issued (I6).
func (a *App) basis(
	ctx context.Context, id trade.AssetID, v Verification,
) (reasons []Reason, free money.Amount, err error) {
	asset, err := a.asset(ctx, id)
	if errors.Is(err, ErrNoRow) || (err == nil && asset.State == nil) {
		return nil, money.Amount{}, nil
	}
	if err != nil {
		return nil, money.Amount{}, err
	}
	body := asset.State.Receivable
	if free, err = money.New(max(0, body.Free()), body.Currency); err != nil {
		return nil, money.Amount{}, err
	}
	part := v.borneOut(body.Claim.Amount)
	if part.IsAbsent() || part.Minor() >= free.Minor() {
		return nil, free, nil
	}
	return []Reason{{
		Code: "financing.basis",
		Message: "the papers bear out " + part.Grouped() + " " + string(part.Currency()) + " and " +
			free.Grouped() + " would be financed",
		Advice:  "Have the difference credited, or disputed on the receivable, and ask again.",
		Amounts: []string{part.Grouped() + " " + string(part.Currency()), free.Grouped()},
	}}, free, nil
}

// keepRequest stores a request with its intent and lets the bank see the papers.
func (a *App) keepRequest(ctx context.Context, actor Actor, asked FinancingView) error {
	r, i := *asked.Request, asked.Intent
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.AddParty(ctx, r.Pack, PackParty{Org: r.Bank, Side: SideBank}); err != nil {
			return err
		}
		if i != nil {
			if err := a.keepIntent(ctx, tx, actor, *i); err != nil {
				return err
			}
		}
		if err := tx.PutRequest(ctx, r); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"financing.request", "financing", string(r.ID)},
			map[string]string{"state": string(r.State)}); err != nil {
			return err
		}
		return a.answered(ctx, tx, asked)
	})
}

// standingOn is what a request is made on: the claim, and what it has to wait for.
type standingOn struct {
	claimAt

	after trade.CommandID // the command that issues it, while that is on its way
	waits bool            // until the claim is confirmed
}

// requestIntent composes the command of a request and asks the law about it, unless it has to wait
// for the claim to be confirmed.
func (a *App) requestIntent(
	ctx context.Context, actor Actor, r FinancingRequest, p Pack, v Verification, claim standingOn,
) (Intent, error) {
	if claim.noPayee != nil {
		return Intent{}, claim.noPayee
	}
	digest, err := v.Digest()
	if err != nil {
		return Intent{}, err
	}
	salt, err := a.newSalt()
	if err != nil {
		return Intent{}, err
	}
	args := trade.RequestFinancing{
		Salt: salt, Bank: r.Bank, Programme: r.Programme, Face: claim.face, Account: claim.payTo,
		Verification: digest,
	}
	for _, q := range p.Parties {
		if q.Side == SideReader {
			args.Readers = append(args.Readers, q.Org)
		}
	}
	i, err := a.compose(ctx, actor, draft{
		act:      trade.FinancingRequest,
		subjects: []trade.Subject{{ID: r.ID}, {ID: r.Receivable, Version: trade.AnyVersion}},
		args:     args,
		sides: map[trade.Side]trade.OrgID{
			trade.Seller: actor.Org,
		},
		endorsers: []trade.OrgID{actor.Org, r.Bank},
		after:     claim.after,
	})
	if err != nil || claim.waits {
		return i, err
	}
	if err := a.dryRun(ctx, i); err != nil && !isMissingSignature(err) {
		return Intent{}, err
	}
	return i, nil
}

// DeclineFinancing prepares the seller's turning away.
func (a *App) DeclineFinancing(
	ctx context.Context, actor Actor, id trade.AssetID, reason string,
) (Intent, error) {
	return a.onFinancing(ctx, actor, id, trade.FinancingDecline, trade.Reason{Reason: reason})
}

// AcceptQuote prepares the seller's acceptance: the whole free balance is reserved for this
// very quote. The seller's maker and then the bank's maker sign it.
func (a *App) AcceptQuote(ctx context.Context, actor Actor, id trade.AssetID) (Intent, error) {
	if err := need(actor, trade.Maker); err != nil {
		return Intent{}, err
	}
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	body := f.State.Financing
	if body.Seller != actor.Org {
		return Intent{}, fault(CodeForbidden, "", "the seller accepts a quote")
	}
	r, err := a.held(ctx, actor.Org, body.Receivable, trade.KindReceivable)
	if err != nil {
		return Intent{}, err
	}
	// Of one that is assigned, or whose account is being changed, the law says more.
	claim := r.State.Receivable
	if claim.PayTo != body.Account && claim.PayeeChange == nil && claim.Owner == claim.Seller {
		return Intent{}, fault(trade.CodePayee, "",
			"the payee account was changed since you asked: decline this one and ask again")
	}
	amount, err := money.New(body.Face, body.Currency)
	if err != nil {
		return Intent{}, err
	}
	return a.prepare(ctx, actor, draft{
		act: trade.ReceivableReserve,
		subjects: []trade.Subject{
			{ID: body.Receivable, Version: r.Record.Version},
			{ID: body.Programme, Version: trade.AnyVersion},
			{ID: id, Version: f.Record.Version},
		},
		args: trade.ReserveReceivable{
			Bank: body.Bank, Amount: amount, Expires: trade.InstantOf(a.Now().Add(reservationLife)),
		},
		sides: map[trade.Side]trade.OrgID{trade.Bank: body.Bank}, endorsers: []trade.OrgID{body.Bank},
	})
}

// Approve prepares the bank's approval and, to follow it, the assignment. Maker and checker
// sign both, with one gesture over the batch of their digests. Seen is the version of the
// financing that was looked at, 0 for whatever stands. Effects: one transaction with both intents.
func (a *App) Approve(
	ctx context.Context, actor Actor, id trade.AssetID, payTo string, seen int64,
) ([]Intent, error) {
	f, r, err := a.bothSides(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := a.unmoved(ctx, actor, f, seen); err != nil {
		return nil, err
	}
	if err := a.isOwnAccount(ctx, actor.Org, payTo); err != nil {
		return nil, err
	}
	approve, err := a.drafted(ctx, actor, draft{
		act: trade.FinancingApprove,
		subjects: []trade.Subject{
			{ID: id, Version: f.Record.Version},
			{ID: r.Record.ID, Version: trade.AnyVersion},
		},
		args: trade.Nothing{},
	})
	if err != nil {
		return nil, err
	}
	assign, err := a.drafted(ctx, actor, draft{
		act: trade.ReceivableAssign,
		subjects: []trade.Subject{
			{ID: r.Record.ID, Version: r.Record.Version}, {ID: id, Version: f.Record.Version + 1},
		},
		args: trade.AssignReceivable{PayTo: payTo}, after: approve.ID,
	})
	if err != nil {
		return nil, err
	}
	both := []Intent{approve, assign}
	return both, a.keepAll(ctx, actor, both, nil)
}

// bothSides reads a financing and its receivable for a bank that acts on them.
func (a *App) bothSides(ctx context.Context, actor Actor, id trade.AssetID) (f, r Asset, err error) {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return Asset{}, Asset{}, err
	}
	if f, err = a.held(ctx, actor.Org, id, trade.KindFinancing); err != nil {
		return Asset{}, Asset{}, err
	}
	if f.State.Financing.Bank != actor.Org {
		return Asset{}, Asset{}, fault(CodeForbidden, "", "the bank does this")
	}
	if r, err = a.held(ctx, actor.Org, f.State.Financing.Receivable, trade.KindReceivable); err != nil {
		return Asset{}, Asset{}, fault(
			trade.CodeNotAccepted, "", "the seller has not accepted a quote of yours",
		)
	}
	return f, r, nil
}

// isOwnAccount refuses an account that is not the organisation's.
func (a *App) isOwnAccount(ctx context.Context, org trade.OrgID, number string) error {
	var accounts []Account
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		accounts, err = tx.Accounts(ctx, org)
		return err
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(b Account) bool { return b.Number == number }) {
		return nil
	}
	return fault(trade.CodePayee, "account", "name an account of your own organisation")
}

// Disburse prepares the record that the cash went to the seller, as agreed. Seen is as in Approve.
func (a *App) Disburse(
	ctx context.Context, actor Actor, id trade.AssetID, reference string, seen int64,
) (Intent, error) {
	f, r, err := a.bothSides(ctx, actor, id)
	if err != nil {
		return Intent{}, err
	}
	if err := a.unmoved(ctx, actor, f, seen); err != nil {
		return Intent{}, err
	}
	terms := f.State.Financing.Terms
	if terms == nil {
		return Intent{}, fault(trade.CodePhase, "", "nothing has been quoted yet")
	}
	return a.prepare(ctx, actor, draft{
		act: trade.FinancingDisburse,
		subjects: []trade.Subject{
			{ID: id, Version: f.Record.Version},
			{ID: r.Record.ID, Version: trade.AnyVersion},
		},
		args: trade.DisburseFinancing{
			Cash: terms.Cash, Date: terms.ValueDate, Account: f.State.Financing.Account,
			Reference: strings.TrimSpace(reference),
		},
	})
}

// onFinancing prepares an act on a financing that concerns nothing else.
func (a *App) onFinancing(
	ctx context.Context, actor Actor, id trade.AssetID, act trade.Act, args any,
) (Intent, error) {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return Intent{}, err
	}
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	if err := a.isSide(f, actor, act); err != nil {
		return Intent{}, err
	}
	return a.prepare(ctx, actor, draft{
		act: act, subjects: []trade.Subject{{ID: id, Version: f.Record.Version}}, args: args,
	})
}

// LapseFinancing says that a quote ran out by ledger time, or that what was approved is held no
// more; any party may.
func (a *App) LapseFinancing(ctx context.Context, actor Actor, id trade.AssetID) (Intent, error) {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return Intent{}, err
	}
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	subjects := []trade.Subject{{ID: id, Version: f.Record.Version}}
	if f.Record.Phase == trade.Approved { // the law looks whether it is still held
		subjects = append(subjects, trade.Subject{ID: f.State.Financing.Receivable, Version: trade.AnyVersion})
	}
	return a.prepare(ctx, actor, draft{act: trade.FinancingLapse, subjects: subjects, args: trade.Nothing{}})
}

// ReleaseReservation prepares the bank's giving back of what it holds.
func (a *App) ReleaseReservation(
	ctx context.Context, actor Actor, id trade.AssetID, reason string,
) (Intent, error) {
	return a.endReservation(ctx, actor, id, trade.ReceivableRelease, trade.Reason{Reason: reason})
}

// ExpireReservation says that a reservation has lapsed by ledger time; any party may.
func (a *App) ExpireReservation(ctx context.Context, actor Actor, id trade.AssetID) (Intent, error) {
	return a.endReservation(ctx, actor, id, trade.ReceivableExpire, trade.Nothing{})
}

func (a *App) endReservation(
	ctx context.Context, actor Actor, id trade.AssetID, act trade.Act, args any,
) (Intent, error) {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return Intent{}, err
	}
	r, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
	if err != nil {
		return Intent{}, err
	}
	held := r.State.Receivable.Reservation
	if held == nil {
		return Intent{}, fault(trade.CodeNoReservation, "", "nothing is held: look at the receivable again")
	}
	return a.prepare(ctx, actor, draft{
		act: act,
		subjects: []trade.Subject{
			{ID: id, Version: r.Record.Version},
			{ID: held.Programme, Version: trade.AnyVersion},
		},
		args: args,
	})
}

// Request returns a request that the actor's organisation made or was asked.
func (a *App) Request(ctx context.Context, actor Actor, id trade.AssetID) (FinancingRequest, error) {
	var r FinancingRequest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		r, err = tx.Request(ctx, id)
		if err != nil {
			return found(err, "financing")
		}
		if r.Seller != actor.Org && r.Bank != actor.Org {
			return hidden("financing")
		}
		return nil
	})
	return r, err
}
