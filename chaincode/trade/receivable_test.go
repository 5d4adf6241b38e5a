package trade_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// with changes the arguments of a draft.
func with[A any](d tradetest.Draft, change func(*A)) tradetest.Draft {
	args, ok := d.Args.(A)
	if ok {
		change(&args)
		d.Args = args
	}
	return d
}

func TestIssueRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableIssue)
	today := money.DateOf(l.Clock.Time())
	type issue = trade.IssueReceivable
	for name, c := range map[string]struct {
		change func(*issue)
		want   trade.Code
	}{
		"due today":         {func(a *issue) { a.DueDate = today }, trade.CodeDate},
		"never due":         {func(a *issue) { a.DueDate = money.Date{} }, trade.CodeDate},
		"dated in two days": {func(a *issue) { a.Claim.IssueDate = today.AddDays(2) }, trade.CodeDate},
		"not dated":         {func(a *issue) { a.Claim.IssueDate = money.Date{} }, trade.CodeDate},
		"nothing":           {func(a *issue) { a.Claim.Amount = money.Amount{} }, trade.CodeAmount},
		"zero":              {func(a *issue) { a.Claim.Amount = tradetest.Money(t, "0.00") }, trade.CodeAmount},
		"below zero":        {func(a *issue) { a.Claim.Amount = tradetest.Money(t, "-1.00") }, trade.CodeAmount},
		"face above claim":  {func(a *issue) { a.Face = tradetest.Money(t, "2006880.01") }, trade.CodeAmount},
		"face of nothing":   {func(a *issue) { a.Face = tradetest.Money(t, "0.00") }, trade.CodeAmount},
		"no number":         {func(a *issue) { a.Claim.Number = " -- " }, trade.CodeText},
		"long number":       {func(a *issue) { a.Claim.Number = strings.Repeat("9", 201) }, trade.CodeText},
		"long order":        {func(a *issue) { a.Claim.Order = strings.Repeat("9", 201) }, trade.CodeText},
		"many goods":        {func(a *issue) { a.Claim.Goods = make([]string, 51) }, trade.CodeText},
		"no account":        {func(a *issue) { a.PayTo = "" }, trade.CodeText},
		"account with BEL":  {func(a *issue) { a.PayTo = "A\a" }, trade.CodeText},
		"no papers":         {func(a *issue) { a.Documents = nil }, trade.CodeEvidence},
		"unknown paper":     {func(a *issue) { a.Documents = []trade.AssetID{"doc.nowhere"} }, trade.CodeEvidence},
		"paper that is none": {
			func(a *issue) { a.Documents = []trade.AssetID{trade.KeyringID} }, trade.CodeEvidence,
		},
		"paper twice":      {func(a *issue) { a.Documents = append(a.Documents, a.Documents[0]) }, trade.CodeID},
		"paper no id":      {func(a *issue) { a.Documents = []trade.AssetID{"a b"} }, trade.CodeID},
		"bank as obligor":  {func(a *issue) { a.Obligor = w.Bank.Org }, trade.CodeOrgKind},
		"unknown obligor":  {func(a *issue) { a.Obligor = "NobodyMSP" }, trade.CodeNotFound},
		"obligor no id":    {func(a *issue) { a.Obligor = "" }, trade.CodeID},
		"bank reads":       {func(a *issue) { a.Readers = []trade.OrgID{w.Bank.Org} }, trade.CodeOrgKind},
		"reader twice":     {func(a *issue) { a.Readers = append(a.Readers, a.Readers...) }, trade.CodeParty},
		"reader is party":  {func(a *issue) { a.Readers = []trade.OrgID{w.Obligor.Org} }, trade.CodeParty},
		"short salt":       {func(a *issue) { a.Salt = a.Salt[1:] }, trade.CodeSalt},
		"salt in capitals": {func(a *issue) { a.Salt = "AB" + a.Salt[2:] }, trade.CodeSalt},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.ReceivableIssue), c.change)), c.want)
		})
	}
	tomorrow := with(w.Draft(trade.ReceivableIssue), func(a *issue) { a.Claim.IssueDate = today.AddDays(1) })
	if _, err := trade.Next(l, w.Transaction(tomorrow)); err != nil {
		t.Errorf("an invoice dated on the day that has begun in the east: %v", err)
	}
}

func TestIssueRefusesPapersThatTheSellerDoesNotHold(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableIssue)
	d := w.Draft(trade.DocumentRecord)
	d.Actor, d.Subjects[0].ID = w.Bank.Org, "doc.banks"
	w.Must(with(d, func(a *trade.RecordDocument) { a.ShownTo = []trade.OrgID{w.Obligor.Org} }))
	issue := with(w.Draft(trade.ReceivableIssue), func(a *trade.IssueReceivable) {
		a.Documents = []trade.AssetID{"doc.banks"}
	})
	wantRefusal(t, l, w.Transaction(issue), trade.CodeEvidence)
}

// Limit and financing follow what was received, whatever was invoiced.
func TestTheFaceMayBeLessThanTheClaim(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableIssue)
	w.Must(with(w.Draft(trade.ReceivableIssue), func(a *trade.IssueReceivable) {
		a.Face = tradetest.Money(t, "2004873.12")
	}))
	whole := w.Draft(trade.ReceivableConfirm)
	wantSubmitRefused(t, w, with(whole, func(a *trade.ConfirmReceivable) {
		a.Amount = tradetest.Money(t, "2006880.00")
	}), trade.CodeExceedsFace)
	w.Must(with(w.Draft(trade.ReceivableConfirm), func(a *trade.ConfirmReceivable) {
		a.Amount = tradetest.Money(t, "2004873.12")
	}))
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "free", r.Free(), 200_487_312)
	wantMinor(t, "claim", r.Claim.Amount.Minor(), 200_688_000)
}

func TestConfirmationIsAtMostTheFace(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	type confirm = trade.ConfirmReceivable
	for name, c := range map[string]struct {
		change func(*confirm)
		want   trade.Code
	}{
		"a minor unit more": {
			func(a *confirm) { a.Amount = tradetest.Money(t, "2006880.01") }, trade.CodeExceedsFace,
		},
		"nothing":    {func(a *confirm) { a.Amount = tradetest.Money(t, "0.00") }, trade.CodeAmount},
		"absent":     {func(a *confirm) { a.Amount = money.Amount{} }, trade.CodeAmount},
		"no promise": {func(a *confirm) { a.Promise = "" }, trade.CodeText},
		"no text":    {func(a *confirm) { a.Text = "" }, trade.CodeText},
		"no source":  {func(a *confirm) { a.Source = "the list of March" }, trade.CodeText},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(w.Draft(trade.ReceivableConfirm), c.change)), c.want)
		})
	}
	w.Must(with(w.Draft(trade.ReceivableConfirm), func(a *confirm) {
		a.Amount = tradetest.Money(t, "2000000.00")
		a.Source = trade.DigestOf([]byte("the list of March"))
	}))
	r := w.State(w.Receivable).Receivable
	if r.Confirmation.Source != trade.DigestOf([]byte("the list of March")) {
		t.Errorf("source %q: the list that was answered to is not kept", r.Confirmation.Source)
	}
	wantMinor(t, "free", r.Free(), 200_000_000)
	if r.Confirmation.WaivesDefences || r.Confirmation.ConsentsToSplit {
		t.Error("a waiver or a consent is a default")
	}
}

func TestDueDateIsALedgerDate(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	midnight := tradetest.Noon(w.DueDate) - 12*3600*1000
	l.MoveTo(midnight - 1)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableMature), trade.CodeNotDue)
	l.MoveTo(midnight)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableOverdue), trade.CodeNotDue)
	w.Do(trade.ReceivableMature)
	l.MoveTo(midnight + 24*3600*1000 - 1)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableOverdue), trade.CodeNotDue)
	l.MoveTo(midnight + 24*3600*1000)
	w.Do(trade.ReceivableOverdue)
	w.Do(trade.ReceivablePay)
	wantPhase(t, w, w.Receivable, trade.Settled)
}

// dispute and resolve draft an amount.
func dispute(t *testing.T, w *tradetest.World, amount string) tradetest.Draft {
	t.Helper()
	return with(w.Draft(trade.ReceivableDispute), func(a *trade.DisputeReceivable) {
		a.Amount = tradetest.Money(t, amount)
	})
}

func resolve(t *testing.T, w *tradetest.World, amount, diluted string) tradetest.Draft {
	t.Helper()
	return with(w.Draft(trade.ReceivableResolve), func(a *trade.ResolveDispute) {
		a.Amount, a.Diluted = tradetest.Money(t, amount), tradetest.Money(t, diluted)
	})
}

func TestDisputeOfFreePartTakesItOutOfFinancing(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	wantSubmitRefused(t, w, dispute(t, w, "2006880.01"), trade.CodeBalance)
	w.Must(dispute(t, w, "100000.00"))
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "disputed", r.Disputed, 10_000_000)
	wantMinor(t, "free", r.Free(), 190_688_000)
	wantSubmitRefused(t, w, resolve(t, w, "100000.01", "0.00"), trade.CodeBalance)
	wantSubmitRefused(t, w, resolve(t, w, "100000.00", "100000.01"), trade.CodeAmount)
	wantSubmitRefused(t, w, resolve(t, w, "100000.00", "-0.01"), trade.CodeAmount)
	without := with(resolve(t, w, "100000.00", "40000.00"), func(a *trade.ResolveDispute) { a.CreditNote = "" })
	wantSubmitRefused(t, w, without, trade.CodeText)
	w.Must(resolve(t, w, "60000.00", "40000.00"))
	r = w.State(w.Receivable).Receivable
	wantMinor(t, "disputed", r.Disputed, 4_000_000)
	wantMinor(t, "diluted", r.Diluted, 4_000_000)
	wantMinor(t, "free", r.Free(), 192_688_000)
}

// An obligor that may not contest while a bank decides would be heard only after the money went.
func TestADisputeOfWhatIsHeldStopsTheFinancing(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	w.Must(dispute(t, w, "500000.00"))
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "held", r.Held, w.Face.Minor())
	wantMinor(t, "held_disputed", r.HeldDisputed, 50_000_000)
	wantSubmitRefused(t, w, dispute(t, w, "1506880.01"), trade.CodeBalance)
	wantSubmitRefused(t, w, w.Draft(trade.FinancingApprove), trade.CodeDisputed)
	wantSubmitRefused(t, w, resolve(t, w, "500000.00", "0.01"), trade.CodeReserved)
	w.Must(resolve(t, w, "500000.00", "0.00"))
	wantMinor(t, "held_disputed", w.State(w.Receivable).Receivable.HeldDisputed, 0)
	w.Do(trade.FinancingApprove)
	w.Must(dispute(t, w, "0.01")) // between approval and assignment
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableAssign), trade.CodeDisputed)
	w.Must(resolve(t, w, "0.01", "0.00"))
	w.Do(trade.ReceivableAssign)
}

func TestWhatWasDisputedWhileHeldStaysDisputedWhenItIsReleased(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	w.Must(dispute(t, w, "500000.00"))
	w.Do(trade.ReceivableRelease)
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "held", r.Held, 0)
	wantMinor(t, "held_disputed", r.HeldDisputed, 0)
	wantMinor(t, "disputed", r.Disputed, 50_000_000)
	wantMinor(t, "free", r.Free(), w.Face.Minor()-50_000_000)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 0)
	w.Must(resolve(t, w, "500000.00", "300000.00"))
	wantMinor(t, "diluted", w.State(w.Receivable).Receivable.Diluted, 30_000_000)
}

func TestDisputeOfAssignedPartStaysAssignedUntilDiluted(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.FinancingDisburse)
	w.Do(trade.FinancingDisburse)
	w.Must(dispute(t, w, "500000.00"))
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "assigned", r.Assigned, w.Face.Minor())
	wantMinor(t, "assigned_disputed", r.AssignedDisputed, 50_000_000)
	wantSubmitRefused(t, w, dispute(t, w, "1506880.01"), trade.CodeBalance)

	w.Must(resolve(t, w, "500000.00", "300000.00"))
	r = w.State(w.Receivable).Receivable
	wantMinor(t, "assigned", r.Assigned, 170_688_000)
	wantMinor(t, "assigned_disputed", r.AssignedDisputed, 0)
	wantMinor(t, "diluted", r.Diluted, 30_000_000)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 170_688_000)

	w.Do(trade.ReceivablePay, trade.FinancingRepay)
	wantPhase(t, w, w.Receivable, trade.Settled)
	wantPhase(t, w, w.Financing, trade.Disbursed) // 1,706,880.00 came, 1,806,192.00 was owed
	wantMinor(t, "outstanding", w.State(w.Financing).Financing.Outstanding, 180_619_200-170_688_000)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 0)
}

// Dilution takes the seller's unassigned part before the financier's.
func TestDilutionHitsTheSellerFirst(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableResolve)
	w.Reach(trade.FinancingDisburse)   // 100,000.00 are disputed and not assigned
	w.Must(dispute(t, w, "200000.00")) // of the assigned part
	w.Must(resolve(t, w, "150000.00", "120000.00"))
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "disputed", r.Disputed, 0)
	wantMinor(t, "assigned", r.Assigned, 188_688_000)
	wantMinor(t, "assigned_disputed", r.AssignedDisputed, 15_000_000)
	wantMinor(t, "diluted", r.Diluted, 12_000_000)
}

// The bank that owns the receivable must not give the seller's retention away.
func TestSellerSignsTheResolutionOfAnAssignedReceivable(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingDisburse)
	w.Must(dispute(t, w, "1.00"))
	d := resolve(t, w, "1.00", "1.00")
	wantRefusal(t, l, w.SignedBy(d, w.Obligor.Maker, w.Bank.Maker), trade.CodeSignatureMissing)
	wantRefusal(t, l, w.SignedBy(d, w.Obligor.Maker, w.Seller.Maker), trade.CodeSignatureMissing)
	w.Must(d)
}

func TestDisputeOfEverythingDilutedSettles(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	w.Must(dispute(t, w, "2006880.00"))
	w.Must(resolve(t, w, "2006880.00", "2006880.00"))
	wantPhase(t, w, w.Receivable, trade.Settled)
	wantSubmitRefused(t, w, dispute(t, w, "0.01"), trade.CodeBalance)
}

func TestPaymentEndsTheDisputeOfWhatItPays(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableResolve)
	pay := func(id, amount string) {
		t.Helper()
		d := w.Draft(trade.ReceivablePay)
		d.Args = w.Payment(id, tradetest.Money(t, amount), w.Seller.Account)
		w.Must(d)
	}
	pay("s1", "1906880.00")
	r := w.State(w.Receivable).Receivable
	wantMinor(t, "free", r.Free(), 0)
	wantMinor(t, "disputed", r.Disputed, 10_000_000)
	pay("s2", "60000.00")
	wantMinor(t, "disputed", w.State(w.Receivable).Receivable.Disputed, 4_000_000)
	pay("s3", "40000.00")
	wantPhase(t, w, w.Receivable, trade.Settled)
}

func TestReceivableTakesABoundedNumberOfPayments(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	state := w.State(w.Receivable)
	r := *state.Receivable
	for range 100 {
		r.Payments = append(r.Payments, trade.Payment{ID: tradetest.Salt(t)[:12], Amount: 1})
	}
	r.Paid = 100
	state.Receivable = &r
	l.Forge(t, state)
	wantSubmitRefused(t, w, w.Draft(trade.ReceivablePay), trade.CodePaymentTwice)
}

func TestOnlyItsOwnerAmendsADocument(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Do(trade.DocumentRecord)
	first := w.Document
	amend := func(id trade.AssetID, actor *tradetest.Party) tradetest.Draft {
		d := w.Draft(trade.DocumentRecord)
		d.Actor = actor.Org
		d.Subjects = []trade.Subject{{ID: id}, {ID: first, Version: trade.AnyVersion}}
		return with(d, func(a *trade.RecordDocument) { a.Supersedes, a.ShownTo = first, nil })
	}
	wantRefusal(t, l, w.Transaction(amend("doc.two", w.Obligor)), trade.CodeParty)
	other := with(amend("doc.two", w.Seller), func(a *trade.RecordDocument) { a.Supersedes = "doc.other" })
	wantRefusal(t, l, w.Transaction(other), trade.CodeSubjects)
	unnamed := amend("doc.two", w.Seller)
	unnamed.Subjects = unnamed.Subjects[:1]
	wantRefusal(t, l, w.Transaction(unnamed), trade.CodeSubjects)
	w.Must(amend("doc.two", w.Seller))
	if got := w.State("doc.two").Document.Supersedes; got != first {
		t.Errorf("supersedes %q", got)
	}
}
