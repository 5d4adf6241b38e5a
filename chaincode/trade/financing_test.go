package trade_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

func TestRequestIsOfTheWholeFreeBalanceToTheSellersOwnAccount(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingRequest)
	type request = trade.RequestFinancing
	for name, c := range map[string]struct {
		change func(*request)
		want   trade.Code
	}{
		"less":            {func(a *request) { a.Face = tradetest.Money(t, "2006879.99") }, trade.CodeNothingFree},
		"more":            {func(a *request) { a.Face = tradetest.Money(t, "2006880.01") }, trade.CodeNothingFree},
		"nothing":         {func(a *request) { a.Face = money.Amount{} }, trade.CodeAmount},
		"another account": {func(a *request) { a.Account = "ACCOUNT-mallory" }, trade.CodePayee},
		"of no bank":      {func(a *request) { a.Bank = w.Operator.Org }, trade.CodeOrgKind},
		"no programme":    {func(a *request) { a.Programme = "" }, trade.CodeID},
		"no verdicts":     {func(a *request) { a.Verification = "" }, trade.CodeText},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.FinancingRequest), c.change)), c.want)
		})
	}
	wrong := w.Draft(trade.FinancingRequest)
	wrong.Actor = w.Obligor.Org
	wantRefusal(t, l, w.Transaction(wrong), trade.CodeParty)
}

func TestAssignedReceivableIsNotOfferedAgain(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingRequest)
	again := w.Draft(trade.FinancingRequest)
	again.Subjects[0].ID = "fin.again"
	w.Reach(trade.FinancingApprove)
	wantRefusal(t, l, w.Transaction(again), trade.CodeReserved)
	w.Do(trade.FinancingApprove, trade.ReceivableAssign)
	wantRefusal(t, l, w.Transaction(again), trade.CodeAssigned)
}

func TestQuoteAddsUpOrIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingQuote)
	type quote = trade.QuoteFinancing
	day := trade.Instant((24 * time.Hour).Milliseconds())
	for name, c := range map[string]struct {
		change func(*quote)
		want   trade.Code
	}{
		"cash":         {func(a *quote) { a.Terms.Cash = tradetest.Money(t, "1784979.29") }, trade.CodeTerms},
		"advance":      {func(a *quote) { a.Terms.Advance = w.Face }, trade.CodeTerms},
		"fee":          {func(a *quote) { a.Terms.Fee = tradetest.Money(t, "2006.87") }, trade.CodeTerms},
		"all-in rate":  {func(a *quote) { a.Terms.AllInRate++ }, trade.CodeTerms},
		"days":         {func(a *quote) { a.Terms.Days-- }, trade.CodeTerms},
		"face":         {func(a *quote) { a.Terms.Face = tradetest.Money(t, "2006880.01") }, trade.CodeTerms},
		"due date":     {func(a *quote) { a.Terms.DueDate = a.Terms.DueDate.AddDays(1) }, trade.CodeTerms},
		"day count":    {func(a *quote) { a.Terms.DayCount = money.Act365F }, trade.CodeTerms},
		"nothing":      {func(a *quote) { a.Terms = trade.Terms{} }, trade.CodeTerms},
		"yesterday":    {func(a *quote) { yesterday(t, a) }, trade.CodeTerms},
		"lapsed":       {func(a *quote) { a.Lapses = l.Clock }, trade.CodeDate},
		"runs forever": {func(a *quote) { a.Lapses = l.Clock + 14*day + 1 }, trade.CodeDate},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.FinancingQuote), c.change)), c.want)
		})
	}
}

func yesterday(t *testing.T, a *trade.QuoteFinancing) {
	t.Helper()
	a.Terms.ValueDate = a.Terms.ValueDate.AddDays(-1)
	terms, err := a.Terms.Price()
	if err != nil {
		t.Fatal(err)
	}
	a.Terms = terms
}

func TestTermsRefuseWhatNoBankMeans(t *testing.T) {
	t.Parallel()
	date := func(s string) money.Date {
		d, err := money.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	right := trade.Terms{
		Face: tradetest.Money(t, "1000.00"), AdvanceRate: 900_000, Rate: 43_500, Kind: trade.Interest,
		DayCount: money.Act360, FeeBearer: trade.ObligorBears,
		ValueDate: date("2027-03-01"), DueDate: date("2027-06-01"),
	}
	priced, err := right.Price()
	if err != nil {
		t.Fatal(err)
	}
	// 900.00 × 4.35 % × 92 ÷ 360 = 10.005, half up
	wantMinor(t, "interest", priced.Charge.Minor(), 10_01)
	wantMinor(t, "cash", priced.Cash.Minor(), 900_00)
	wantMinor(t, "repayable", priced.Repayable.Minor(), 910_01)
	for name, change := range map[string]func(*trade.Terms){
		"no advance":          func(x *trade.Terms) { x.AdvanceRate = 0 },
		"advance over 100 %":  func(x *trade.Terms) { x.AdvanceRate = 1_000_001 },
		"rate below zero":     func(x *trade.Terms) { x.Rate = -1 },
		"rate out of range":   func(x *trade.Terms) { x.Rate = money.MaxRate + 1 },
		"fee below zero":      func(x *trade.Terms) { x.FeeRate = -1 },
		"unknown kind":        func(x *trade.Terms) { x.Kind = "gift" },
		"unknown bearer":      func(x *trade.Terms) { x.FeeBearer = "" },
		"unknown day count":   func(x *trade.Terms) { x.DayCount = "30/360" },
		"due on value date":   func(x *trade.Terms) { x.DueDate = x.ValueDate },
		"no face":             func(x *trade.Terms) { x.Face = money.Amount{} },
		"fee eats it all":     func(x *trade.Terms) { x.FeeRate, x.FeeBearer = 900_000, trade.SellerBears },
		"owes more than face": func(x *trade.Terms) { x.AdvanceRate = 1_000_000 },
	} {
		t.Run(name, func(t *testing.T) {
			terms := right
			change(&terms)
			_, err := terms.Price()
			wantCode(t, err, trade.CodeTerms)
		})
	}
}

func TestApprovalIsOfTheVeryQuoteThatWasAccepted(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	wantRefusal(t, l, w.Transaction(approveAsSeller(w)), trade.CodeNotAccepted)
	w.Do(trade.ReceivableReserve)
	w.Do(trade.FinancingQuote) // the bank quotes again after the acceptance
	wantSubmitRefused(t, w, w.Draft(trade.FinancingApprove), trade.CodeNotAccepted)
}

// approveAsSeller drafts an approval while the bank does not hold the receivable yet.
func approveAsSeller(w *tradetest.World) tradetest.Draft {
	d := w.Draft(trade.FinancingApprove)
	d.Actor = w.Seller.Org
	return d
}

func TestQuoteAcceptedTooLateIsNotApproved(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	lapses := w.State(w.Financing).Financing.Lapses
	l.MoveTo(lapses - 1)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingLapse), trade.CodeQuoteAlive)
	l.MoveTo(lapses)
	w.Do(trade.ReceivableReserve)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingApprove), trade.CodeQuoteLapsed)
	w.Do(trade.FinancingLapse)
	wantPhase(t, w, w.Financing, trade.Lapsed)
}

func TestQuoteAcceptedInTimeMayBeApprovedAfterItWouldHaveLapsed(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	l.MoveTo(w.State(w.Financing).Financing.Lapses + 1)
	w.Do(trade.FinancingApprove)
	wantPhase(t, w, w.Financing, trade.Approved)
}

func TestApprovedFinancingLapsesOnlyWhenNothingIsHeldForIt(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableAssign)
	l.MoveTo(w.State(w.Financing).Financing.Lapses)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingLapse), trade.CodeReservationAlive)
	d := w.Draft(trade.FinancingLapse)
	d.Subjects = d.Subjects[:1]
	wantSubmitRefused(t, w, d, trade.CodeSubjects)

	then := l.Clone()
	w.Do(trade.ReceivableAssign)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingLapse), trade.CodeAssigned)
	*l = *then

	w.Do(trade.ReceivableRelease)
	w.Do(trade.FinancingLapse)
	wantPhase(t, w, w.Financing, trade.Lapsed)
}

func TestAssignmentNeedsApprovalAndReservationOfThisFinancing(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	wantRefusal(t, l, w.Transaction(w.Draft(trade.ReceivableAssign)), trade.CodeNotApproved)
	d := w.Draft(trade.ReceivableAssign)
	second := *w
	second.Financing = "fin.second"
	l2 := l.Clone()
	w.Do(trade.ReceivableRelease)
	second.Do(trade.FinancingRequest, trade.FinancingQuote)
	d.Subjects = w.Draft(trade.ReceivableReserve).Subjects
	d.Subjects = []trade.Subject{d.Subjects[0], {ID: second.Financing, Version: 2}}
	d.Actor = w.Seller.Org
	wantRefusal(t, l, w.Transaction(d), trade.CodeNoReservation)
	*l = *l2
}

func TestDisbursementGoesAsAgreedToTheSellersOwnAccount(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableAssign)
	early := with(w.Draft(trade.FinancingDisburse), func(*trade.DisburseFinancing) {})
	wantRefusal(t, l, w.Transaction(early), trade.CodeNotAssigned)
	w.Do(trade.ReceivableAssign)
	type disburse = trade.DisburseFinancing
	for name, c := range map[string]struct {
		change func(*disburse)
		want   trade.Code
	}{
		"less":         {func(a *disburse) { a.Cash = tradetest.Money(t, "1784979.27") }, trade.CodeTerms},
		"more":         {func(a *disburse) { a.Cash = w.Face }, trade.CodeTerms},
		"elsewhere":    {func(a *disburse) { a.Account = "ACCOUNT-mallory" }, trade.CodePayee},
		"another day":  {func(a *disburse) { a.Date = a.Date.AddDays(1) }, trade.CodeTerms},
		"no reference": {func(a *disburse) { a.Reference = "" }, trade.CodeText},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.FinancingDisburse), c.change)), c.want)
		})
	}
}

func TestCashIsNotRecordedBeforeItsDay(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingQuote)
	in5 := money.DateOf(l.Clock.Time()).AddDays(5)
	w.Must(with(w.Draft(trade.FinancingQuote), func(a *trade.QuoteFinancing) {
		a.Terms.ValueDate = in5
		a.Terms, _ = a.Terms.Price()
	}))
	w.Do(trade.ProgrammeOpen, trade.ReceivableReserve, trade.FinancingApprove, trade.ReceivableAssign)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingDisburse), trade.CodeDate)
	l.MoveTo(tradetest.Noon(in5))
	w.Do(trade.FinancingDisburse)
}

// The obligor may pay between assignment and disbursement: the money is the bank's, and the
// seller still gets its cash.
func TestReceivablePaidBeforeDisbursementIsStillDisbursedAndRepaid(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.FinancingDisburse)
	w.Do(trade.ReceivablePay)
	wantPhase(t, w, w.Receivable, trade.Settled)
	w.Do(trade.FinancingDisburse, trade.FinancingRepay)
	wantPhase(t, w, w.Financing, trade.Repaid)
}

// What the obligor paid to the seller before the assignment never reached the bank.
func TestRepaymentIsOfWhatTheBankReceived(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	before := w.Draft(trade.ReceivablePay)
	before.Args = w.Payment("early", tradetest.Money(t, "6880.00"), w.Seller.Account)
	w.Must(before)
	w.Reach(trade.FinancingDisburse)
	w.Do(trade.FinancingDisburse)
	repay := func(amount string) tradetest.Draft {
		return with(w.Draft(trade.FinancingRepay), func(a *trade.RepayFinancing) {
			a.Amount = tradetest.Money(t, amount)
		})
	}
	wantSubmitRefused(t, w, repay("6880.00"), trade.CodeRepayment)
	wantSubmitRefused(t, w, repay("0.00"), trade.CodeAmount)
	wantSubmitRefused(t, w, repay("-1.00"), trade.CodeAmount)
	w.Do(trade.ReceivablePay)
	wantSubmitRefused(t, w, repay("2000000.01"), trade.CodeRepayment)
	w.Must(repay("1900000.00"))
	wantPhase(t, w, w.Financing, trade.Disbursed) // 100,000.00 are not applied yet
	w.Must(repay("100000.00"))
	wantPhase(t, w, w.Financing, trade.Repaid)
	f := w.State(w.Financing).Financing
	wantMinor(t, "received", f.Received, 200_000_000)
	wantMinor(t, "surplus", f.Surplus, 200_000_000-180_000_000)
}

// A credit note may end the receivable after the last payment was applied.
func TestFinancingClosesWhenACreditNoteEndsTheReceivable(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivablePay)
	d := w.Draft(trade.ReceivablePay)
	d.Args = w.Payment("s1", tradetest.Money(t, "1906880.00"), w.Bank.Account)
	w.Must(d)
	w.Do(trade.FinancingRepay)
	wantPhase(t, w, w.Financing, trade.Disbursed)
	w.Must(dispute(t, w, "100000.00"))
	w.Must(resolve(t, w, "100000.00", "100000.00"))
	wantPhase(t, w, w.Receivable, trade.Settled)
	w.Do(trade.FinancingRepay) // of nothing
	wantPhase(t, w, w.Financing, trade.Repaid)
}

func TestFinancingOfAnotherReceivableIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	other := *w
	other.Again()
	other.Reach(trade.FinancingApprove)
	for _, act := range []trade.Act{trade.FinancingApprove, trade.ReceivableAssign, trade.FinancingDisburse} {
		d := w.Draft(act)
		switch act {
		case trade.ReceivableAssign:
			other.Do(trade.FinancingApprove)
			d.Subjects[1] = trade.Subject{ID: other.Financing, Version: other.State(other.Financing).Version}
			wantRefusal(t, l, w.Transaction(d), trade.CodeNoReservation)
			w.Do(trade.FinancingApprove, trade.ReceivableAssign)
			other.Do(trade.ReceivableAssign)
		default:
			d.Subjects[1].ID = other.Receivable
			wantRefusal(t, l, w.Transaction(d), trade.CodeSubjects)
		}
	}
}
