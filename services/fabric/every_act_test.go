package fabric_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
)

// soon is how far off the end of an offer is that a test waits for.
const soon = 6 * time.Second

// everyAct leads trades through every act of the law but the two that need a due date to have
// come, with refusals between them.
func everyAct(t *testing.T, c *chain) {
	cast := fiveParties(t)
	cast.Rival, cast.Auditor = nil, tradetest.NewParty(t, cast.Rival.Org, trade.KindAuditor) // gets copies
	w := tradetest.NewWorld(t, c, cast)
	w.Register(w.Parties()...)
	w.Do(trade.OrganisationEnrol, trade.OrganisationRevoke, trade.OrganisationAddKey,
		trade.OrganisationRevokeKey,
		trade.KeyringOpen, trade.KeyringRotate)

	w.Do(trade.DocumentRecord, trade.ReceivableIssue, trade.ReceivableReject)
	w.Again()
	w.Do(trade.DocumentRecord, trade.ReceivableIssue, trade.ReceivableWithdraw)
	w.Again()
	confirmed(t, w)
	offersThatEnd(t, w, c)
	financed(t, w)
}

// confirmed issues a receivable, confirms it against resistance, and disputes a part of it.
func confirmed(t *testing.T, w *tradetest.World) {
	w.Do(trade.DocumentRecord, trade.ProgrammeOpen, trade.ReceivableIssue)
	double := *w
	double.Receivable = "rcv.double." + w.Receivable
	wantFault(t, double.Submit(double.Draft(trade.ReceivableIssue)), trade.CodeEncumbered)

	confirm := w.Draft(trade.ReceivableConfirm)
	tx, parties := w.Transaction(confirm), w.Endorsers(confirm)
	wantFault(t, w.Chain.Submit(w.SignedBy(confirm, w.Operator.Maker, w.Operator.Checker), parties),
		trade.CodeSignatureMissing, trade.CodeSignatureUnknown, trade.CodeSignatureInvalid)
	wantFault(t, w.Chain.Submit(w.SignedBy(confirm, w.Obligor.Maker), parties), trade.CodeSignatureMissing)
	err := w.Chain.Submit(tx, []trade.OrgID{w.Operator.Org, w.Auditor.Org})
	if !errors.Is(err, app.ErrEndorsement) {
		t.Errorf("confirmed without the parties' endorsement: %v, want the policy not satisfied", err)
	}
	for _, which := range []string{"first", "second"} { // the second is a repeat, with the same answer
		if err := w.Chain.Submit(tx, parties); err != nil {
			t.Fatalf("confirming for the %s time: %v", which, err)
		}
	}
	other := with(t, confirm, func(a *trade.ConfirmReceivable) { a.Promise = trade.Undertaking })
	wantFault(t, w.Submit(other), trade.CodeCommandConflict)
	stale := confirm
	stale.ID = w.NewID(trade.ReceivableConfirm)
	wantFault(t, w.Submit(stale), trade.CodeStale)

	w.Do(trade.ReceivableDispute, trade.ReceivableResolve)
	w.Do(trade.ReceivableAskPayee, trade.ReceivableConfirmPayee)
	wantFault(t, w.Submit(w.Draft(trade.FinancingRequest)), trade.CodePayeeChange)
	wantFault(t, w.Submit(w.Draft(trade.ReceivableChangePayee)), trade.CodePayeeChange) // it cools off
	w.Do(trade.ReceivableRefusePayee)
	wantFault(t, w.Submit(w.Draft(trade.ReceivableMature)), trade.CodeNotDue)
	wantFault(t, w.Submit(w.Draft(trade.ReceivableOverdue)), trade.CodeNotDue)
}

// offersThatEnd asks for financing in vain: declined, refused, given back, and run out.
func offersThatEnd(t *testing.T, w *tradetest.World, c *chain) {
	offer := func(acts ...trade.Act) {
		w.Financing = trade.AssetID("fin." + tradetest.Salt(t)[:12])
		w.Do(append([]trade.Act{trade.FinancingRequest}, acts...)...)
	}
	offer(trade.FinancingQuote, trade.FinancingDecline)
	offer(trade.FinancingRefuse)
	offer(trade.FinancingQuote, trade.ReceivableReserve, trade.ReceivableRelease)
	offer()
	end := c.Now() + trade.Instant(soon.Milliseconds())
	w.Must(with(t, w.Draft(trade.FinancingQuote), func(a *trade.QuoteFinancing) { a.Lapses = end }))
	wantFault(t, w.Submit(w.Draft(trade.FinancingLapse)), trade.CodeQuoteAlive)
	w.Must(with(t, w.Draft(trade.ReceivableReserve), func(a *trade.ReserveReceivable) { a.Expires = end }))
	wantFault(t, w.Submit(w.Draft(trade.ReceivableExpire)), trade.CodeReservationAlive)
	c.MoveTo(end)
	wantFault(t, w.Submit(w.Draft(trade.FinancingApprove)), trade.CodeReservationEnded)
	w.Do(trade.ReceivableExpire, trade.FinancingLapse)
	offer() // what follows goes on with this one
}

// financed brings the last request to its end, past another offer that is too late.
func financed(t *testing.T, w *tradetest.World) {
	w.Do(trade.FinancingQuote)
	late := *w
	late.Financing = "fin.late." + w.Financing
	late.Do(trade.FinancingRequest, trade.FinancingQuote)

	w.Do(trade.ReceivableReserve)
	wantFault(t, late.Submit(late.Draft(trade.ReceivableReserve)), trade.CodeReserved)
	w.Do(trade.FinancingApprove, trade.ReceivableAssign)
	wantFault(t, late.Submit(late.Draft(trade.ReceivableReserve)), trade.CodeAssigned)
	w.Do(trade.FinancingDisburse)

	pay := func(id, amount string) tradetest.Draft {
		return with(t, w.Draft(trade.ReceivablePay), func(a *trade.PayReceivable) {
			a.ID = id
			if amount != "" {
				a.Amount = tradetest.Money(t, amount)
			}
		})
	}
	w.Must(pay("part", "1000000.00"))
	wantFault(t, w.Submit(pay("part", "1.00")), trade.CodePaymentTwice)
	wantFault(t, w.Submit(pay("more", "1000000000.00")), trade.CodeBalance)
	w.Must(pay("rest", ""))
	w.Do(trade.FinancingRepay)
	if r, f := w.State(w.Receivable).Phase, w.State(w.Financing).Phase; r != trade.Settled || f != trade.Repaid {
		t.Errorf("the receivable is %s, the financing %s: want them settled and repaid", r, f)
	}
}

// with changes the arguments of a draft.
func with[A any](t *testing.T, d tradetest.Draft, change func(*A)) tradetest.Draft {
	t.Helper()
	args, ok := d.Args.(A)
	if !ok {
		t.Fatalf("%s has arguments of type %T", d.Act, d.Args)
	}
	change(&args)
	d.Args = args
	return d
}
