package trade_test

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// coolsOff lets the cooling-off of a change pass, but for a minute less than all of it when early.
func coolsOff(l *tradetest.Ledger, early bool) {
	l.Clock += trade.Instant(trade.PayeeCoolingOff.Milliseconds())
	if early {
		l.Clock -= trade.Instant(time.Minute.Milliseconds())
	}
}

func TestAChangedPayeeAccountTakesEffectAfterTheSecondConfirmationAndTheCoolingOff(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableAskPayee)
	before := w.State(w.Receivable).Receivable.PayTo
	w.Do(trade.ReceivableAskPayee, trade.ReceivableConfirmPayee)
	r := w.State(w.Receivable).Receivable
	if r.PayTo != before || r.PayeeChange == nil || r.PayeeChange.Account == before {
		t.Errorf("while it cools off %s is paid, change %+v", r.PayTo, r.PayeeChange)
	}
	cools := time.Duration(r.PayeeChange.Until-r.PayeeChange.Confirmed) * time.Millisecond
	if cools != trade.PayeeCoolingOff {
		t.Errorf("it cools off for %s", cools)
	}
	coolsOff(l, true)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableChangePayee), trade.CodePayeeChange)
	l.Clock += trade.Instant(time.Minute.Milliseconds())
	w.Do(trade.ReceivableChangePayee)
	after := w.State(w.Receivable).Receivable
	if after.PayTo != r.PayeeChange.Account || after.PayeeChange != nil {
		t.Errorf("afterwards %s is paid, change %+v", after.PayTo, after.PayeeChange)
	}
	w.Seller.Account = after.PayTo
	w.Do(trade.FinancingRequest) // with the new account
}

func TestNothingIsFinancedWhileThePayeeAccountIsChanged(t *testing.T) {
	t.Parallel()
	for _, act := range []trade.Act{
		trade.FinancingRequest, trade.ReceivableReserve, trade.FinancingApprove, trade.ReceivableAssign,
	} {
		for _, confirmed := range []bool{false, true} {
			name := string(act)
			if confirmed {
				name += " while it cools off"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w, _ := tradetest.Start(t)
				w.Reach(act)
				w.Reach(trade.ReceivableAskPayee)
				w.Do(trade.ReceivableAskPayee)
				if confirmed {
					w.Do(trade.ReceivableConfirmPayee)
				}
				wantSubmitRefused(t, w, w.Draft(act), trade.CodePayeeChange)
				w.Do(trade.ReceivableRefusePayee)
				if act != trade.FinancingApprove { // what was accepted stands: the old account stays
					w.Do(act)
				}
			})
		}
	}
}

func TestWhatWasAskedForWithTheOldAccountIsNotApproved(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	w.Do(trade.ReceivableAskPayee, trade.ReceivableConfirmPayee)
	coolsOff(l, false)
	w.Do(trade.ReceivableChangePayee)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingApprove), trade.CodePayee)
}

func TestAnAssignedReceivableIsPaidToItsFinancierWhateverTheSellerAsks(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.FinancingDisburse)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableAskPayee), trade.CodeAssigned)
}

func TestAChangeOfThePayeeAccountRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableAskPayee)
	type ask = trade.AskPayee
	for name, c := range map[string]struct {
		change func(*ask)
		want   trade.Code
	}{
		"the same account": {func(a *ask) { a.Account = w.Seller.Account }, trade.CodePayee},
		"no account":       {func(a *ask) { a.Account = "" }, trade.CodeText},
		"no reason":        {func(a *ask) { a.Reason = "" }, trade.CodeText},
		"a long reason":    {func(a *ask) { a.Reason = strings.Repeat("x", 201) }, trade.CodeText},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.ReceivableAskPayee), c.change)), c.want)
		})
	}
	early := w.Draft(trade.ReceivableConfirmPayee)
	wantSubmitRefused(t, w, early, trade.CodePayeeChange)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableRefusePayee), trade.CodePayeeChange)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableChangePayee), trade.CodePayeeChange)
	w.Do(trade.ReceivableAskPayee)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableAskPayee), trade.CodePayeeChange)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableChangePayee), trade.CodePayeeChange)
	for want, change := range map[trade.Code]func(*trade.ConfirmPayee){
		trade.CodePayee: func(a *trade.ConfirmPayee) { a.Account += "0" },
		trade.CodeText:  func(a *trade.ConfirmPayee) { a.CallBack = "" },
	} {
		wantRefusal(t, l, w.Transaction(with(w.Draft(trade.ReceivableConfirmPayee), change)), want)
	}
	w.Do(trade.ReceivableConfirmPayee)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableConfirmPayee), trade.CodePayeeChange)
	w.Do(trade.ReceivableRefusePayee)
	if r := w.State(w.Receivable).Receivable; r.PayeeChange != nil || r.PayTo != w.Seller.Account {
		t.Errorf("a refused change left %s to be paid, change %+v", r.PayTo, r.PayeeChange)
	}
}

func TestAPaymentDuringTheCoolingOffGoesToTheOldAccount(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableAskPayee)
	w.Do(trade.ReceivableAskPayee, trade.ReceivableConfirmPayee)
	r := w.State(w.Receivable).Receivable
	pay := w.Draft(trade.ReceivablePay)
	wantSubmitRefused(t, w, with(pay, func(a *trade.PayReceivable) {
		a.Account = r.PayeeChange.Account
	}), trade.CodePayee)
	w.Must(w.Draft(trade.ReceivablePay))
}
