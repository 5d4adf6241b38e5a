package trade_test

import (
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// TestFirstTradeIsFinancedAndSettled is the whole of the first trade of the fixtures, with
// its figures.
func TestFirstTradeIsFinancedAndSettled(t *testing.T) {
	w, ledger := tradetest.Start(t)
	w.Do(trade.KeyringOpen, trade.DocumentRecord, trade.ProgrammeOpen, trade.ReceivableIssue)
	wantPhase(t, w, w.Receivable, trade.Issued)
	w.Do(trade.ReceivableConfirm)
	wantPhase(t, w, w.Receivable, trade.Open)
	w.Do(trade.FinancingRequest, trade.FinancingQuote)

	terms := w.State(w.Financing).Financing.Terms
	for _, figure := range []struct{ name, got, want string }{
		{"face", terms.Face.Decimal(), "2006880.00"},
		{"advance", terms.Advance.Decimal(), "1806192.00"},
		{"discount", terms.Charge.Decimal(), "19205.84"},
		{"fee", terms.Fee.Decimal(), "2006.88"},
		{"cash", terms.Cash.Decimal(), "1784979.28"},
		{"repayable", terms.Repayable.Decimal(), "1806192.00"},
	} {
		if figure.got != figure.want {
			t.Errorf("%s is %s, want %s", figure.name, figure.got, figure.want)
		}
	}
	if terms.Days != tradetest.TenorDays {
		t.Errorf("the discount runs %d days, want %d", terms.Days, tradetest.TenorDays)
	}

	w.Do(trade.ReceivableReserve)
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "held", r.Held, w.Face.Minor())
	wantMinor(t, "free", r.Free(), 0)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, w.Face.Minor())

	w.Do(trade.FinancingApprove, trade.ReceivableAssign)
	r = w.State(w.Receivable).Receivable
	wantMinor(t, "held", r.Held, 0)
	wantMinor(t, "assigned", r.Assigned, w.Face.Minor())
	if r.Owner != w.Bank.Org || r.PayTo != w.Bank.Account {
		t.Errorf("owned by %s, to be paid to %s: want the bank", r.Owner, r.PayTo)
	}

	w.Do(trade.FinancingDisburse)
	f := w.State(w.Financing).Financing
	wantMinor(t, "disbursed", f.Disbursed, 178_497_928)
	wantMinor(t, "outstanding", f.Outstanding, 180_619_200)

	w.Reach(trade.ReceivableMature)
	w.Do(trade.ReceivableMature, trade.ReceivablePay)
	wantPhase(t, w, w.Receivable, trade.Settled)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 0)

	w.Do(trade.FinancingRepay)
	wantPhase(t, w, w.Financing, trade.Repaid)
	f = w.State(w.Financing).Financing
	wantMinor(t, "outstanding", f.Outstanding, 0)
	wantMinor(t, "surplus", f.Surplus, 20_068_800)

	copied, err := ledger.State(w.Auditor.Org, w.Receivable)
	if err != nil || copied == nil {
		t.Errorf("the auditor has no copy of the receivable: %v", err)
	}
}

func wantPhase(t *testing.T, w *tradetest.World, id trade.AssetID, want trade.Phase) {
	t.Helper()
	if got := w.State(id).Phase; got != want {
		t.Errorf("%s is %s, want %s", id, got, want)
	}
}

func wantMinor(t *testing.T, name string, got, want int64) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %d minor units, want %d", name, got, want)
	}
}
