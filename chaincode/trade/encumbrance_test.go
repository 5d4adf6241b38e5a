package trade_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// rivalOffer brings a second bank's quote for the same receivable as far as the seller's
// acceptance, and returns that.
func rivalOffer(t *testing.T, w *tradetest.World) (reserve func() tradetest.Draft) {
	t.Helper()
	rival := *w
	cast := *w.Cast
	rival.Cast = &cast
	rival.Bank, rival.Rival = w.Rival, w.Bank
	rival.Programme, rival.Financing = "prg.rival."+w.Programme, "fin.rival."+w.Financing
	rival.Do(trade.ProgrammeOpen, trade.FinancingRequest, trade.FinancingQuote)
	return func() tradetest.Draft { return rival.Draft(trade.ReceivableReserve) }
}

func TestReserveOfReservedReceivableIsRefusedEvenAtAnOldVersion(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	offer := rivalOffer(t, w)
	old := offer()
	w.Do(trade.ReceivableReserve)
	fresh := offer()
	fresh.Args = old.Args
	wantRefusal(t, l, w.Transaction(old), trade.CodeReserved)
	wantRefusal(t, l, w.Transaction(fresh), trade.CodeReserved)

	w.Do(trade.FinancingApprove, trade.ReceivableAssign)
	wantRefusal(t, l, w.Transaction(old), trade.CodeAssigned)

	w.Do(trade.FinancingDisburse, trade.ReceivablePay)
	wantRefusal(t, l, w.Transaction(old), trade.CodeAssigned)
}

func TestTwoRequestsMayRunButOnlyOneIsAccepted(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	offer := rivalOffer(t, w)
	tx := w.Transaction(offer())
	if _, err := trade.Next(l, tx); err != nil {
		t.Fatalf("the rival's quote could not be accepted: %v", err)
	}
	w.Do(trade.ReceivableReserve)
	wantRefusal(t, l, tx, trade.CodeStale) // decided on the state before: read again
}

func TestReserveTakesTheWholeFreeBalanceOnly(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	for amount, want := range map[string]trade.Code{
		"2006879.99": trade.CodeNothingFree, "2006880.01": trade.CodeNothingFree,
		"0.00": trade.CodeAmount, "-2006880.00": trade.CodeAmount,
	} {
		d := with(w.Draft(trade.ReceivableReserve), func(a *trade.ReserveReceivable) {
			a.Amount = tradetest.Money(t, amount)
		})
		wantRefusal(t, l, w.Transaction(d), want)
	}
	euros, err := money.Parse("2006880.00", "EUR")
	if err != nil {
		t.Fatal(err)
	}
	d := with(w.Draft(trade.ReceivableReserve), func(a *trade.ReserveReceivable) { a.Amount = euros })
	wantRefusal(t, l, w.Transaction(d), trade.CodeAmount)
}

func TestProgrammeLimitIsExactToTheMinorUnit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[string]trade.Code{
		"2006880.00": "", "2006880.01": "", "2006879.99": trade.CodeProgrammeLimit,
	} {
		w, l := tradetest.Start(t)
		w.Limit = tradetest.Money(t, limit)
		w.Reach(trade.ReceivableReserve)
		tx := w.Transaction(w.Draft(trade.ReceivableReserve))
		if want != "" {
			wantRefusal(t, l, tx, want)
		} else if _, err := trade.Next(l, tx); err != nil {
			t.Errorf("limit %s: %v", limit, err)
		}
	}
}

func TestProgrammeLimitIsSharedAndComesBack(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Limit = tradetest.Money(t, "2006880.00")
	w.Reach(trade.ReceivableRelease)
	programme := w.Programme
	second := *w
	second.Again()
	second.Reach(trade.FinancingRequest)
	second.Programme = programme
	second.Do(trade.FinancingRequest, trade.FinancingQuote)
	wantRefusal(t, l, second.Transaction(second.Draft(trade.ReceivableReserve)), trade.CodeProgrammeLimit)
	w.Do(trade.ReceivableRelease)
	wantMinor(t, "used", w.State(programme).Programme.Used, 0)
	second.Do(trade.ReceivableReserve)
	wantMinor(t, "used", w.State(programme).Programme.Used, w.Face.Minor())
}

func TestProgrammeOfOthersOrTooLongTenorIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	d := with(w.Draft(trade.ReceivableReserve), func(a *trade.ReserveReceivable) { a.Bank = w.Rival.Org })
	wantRefusal(t, l, w.Transaction(d), trade.CodeProgramme)

	for name, change := range map[string]struct {
		forge func(*trade.Programme)
		want  trade.Code
	}{
		"currency": {func(p *trade.Programme) { p.Currency = "EUR" }, trade.CodeProgramme},
		"obligor":  {func(p *trade.Programme) { p.Obligor = w.Seller.Org }, trade.CodeProgramme},
		"tenor":    {func(p *trade.Programme) { p.TenorDays = tradetest.TenorDays - 1 }, trade.CodeProgrammeTenor},
	} {
		t.Run(name, func(t *testing.T) {
			then := l.Clone()
			state := w.State(w.Programme)
			programme := *state.Programme
			change.forge(&programme)
			state.Programme = &programme
			l.Forge(t, state)
			wantRefusal(t, l, w.Transaction(w.Draft(trade.ReceivableReserve)), change.want)
			*l = *then
		})
	}
}

func TestReservationRunsOutByLedgerTime(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingApprove)
	expires := w.State(w.Receivable).Receivable.Reservation.Expires

	l.MoveTo(expires - 1)
	wantRefusal(t, l, w.Transaction(w.Draft(trade.ReceivableExpire)), trade.CodeReservationAlive)
	approval := w.Draft(trade.FinancingApprove)
	if _, err := trade.Next(l, w.Transaction(approval)); err != nil {
		t.Errorf("approval before the expiry: %v", err)
	}
	l.MoveTo(expires)
	wantRefusal(t, l, w.Transaction(approval), trade.CodeReservationEnded)

	l.MoveTo(expires - 10_000)
	w.Do(trade.FinancingApprove)
	assignment := w.Draft(trade.ReceivableAssign)
	l.MoveTo(expires)
	wantRefusal(t, l, w.Transaction(assignment), trade.CodeReservationEnded)
	w.Do(trade.ReceivableExpire)
	wantMinor(t, "free", w.State(w.Receivable).Receivable.Free(), w.Face.Minor())
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 0)
	wantRefusal(t, l, w.Transaction(assignment), trade.CodeStale) // the withheld envelope is void
	wantSubmitRefused(t, w, w.Draft(trade.ReceivableExpire), trade.CodeNoReservation)
}

func TestReservationIsBounded(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	day := 24 * time.Hour
	for after, want := range map[time.Duration]trade.Code{
		0: trade.CodeDate, -day: trade.CodeDate, 30*day + time.Millisecond: trade.CodeDate, 30 * day: "",
	} {
		d := with(w.Draft(trade.ReceivableReserve), func(a *trade.ReserveReceivable) {
			a.Expires = l.Clock + trade.Instant(after.Milliseconds())
		})
		if want != "" {
			wantRefusal(t, l, w.Transaction(d), want)
		} else if _, err := trade.Next(l, w.Transaction(d)); err != nil {
			t.Errorf("a reservation of %s: %v", after, err)
		}
	}
	l.MoveTo(tradetest.Noon(w.DueDate))
	d := w.Draft(trade.ReceivableReserve)
	wantRefusal(t, l, w.Transaction(d), trade.CodeDate) // nobody lends on the day it is due
}

// A receivable that falls due while it is held must not be stuck: neither payable nor free.
func TestHeldReceivableThatFallsDueCanBeReleased(t *testing.T) {
	t.Parallel()
	for _, act := range []trade.Act{trade.ReceivableRelease, trade.ReceivableExpire} {
		w, l := tradetest.Start(t)
		w.DueDate = money.DateOf(l.Clock.Time()).AddDays(2)
		w.Reach(trade.ReceivableRelease)
		w.Reach(trade.ReceivableOverdue)
		w.Do(trade.ReceivableOverdue)
		wantSubmitRefused(t, w, w.Draft(trade.ReceivablePay), trade.CodeReserved)
		w.Reach(act)
		w.Do(act, trade.ReceivablePay)
		wantPhase(t, w, w.Receivable, trade.Settled)
	}
}

func TestBankThatGaveAReservationBackIsNoPartyAnyMore(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableRelease)
	w.Do(trade.ReceivableRelease)
	state := w.State(w.Receivable)
	if len(state.Parties) != 2 {
		t.Errorf("parties are %v", state.Parties)
	}
	old, err := l.State(w.Bank.Org, w.Receivable)
	if err != nil {
		t.Fatal(err)
	}
	if trade.DigestOf(old) == trade.DigestOf(marshal(t, state)) {
		t.Error("the bank still gets the state of what it gave back")
	}
}

func TestPaymentGoesToTheHolderOnceAndNotBeyondTheDebt(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivablePay)
	pay := func(id, amount, account string) tradetest.Draft {
		d := w.Draft(trade.ReceivablePay)
		d.Args = w.Payment(id, tradetest.Money(t, amount), account)
		return d
	}
	wantSubmitRefused(t, w, pay("s1", "100.00", w.Seller.Account), trade.CodePayee) // to the old holder
	wantSubmitRefused(t, w, pay("s1", "2006880.01", w.Bank.Account), trade.CodeBalance)
	wantSubmitRefused(t, w, pay("s1", "0.00", w.Bank.Account), trade.CodeAmount)
	wantSubmitRefused(t, w, pay("s1", "-1.00", w.Bank.Account), trade.CodeAmount)
	wantSubmitRefused(t, w, pay("no id", "1.00", w.Bank.Account), trade.CodeID)
	w.Must(pay("s1", "1906880.00", w.Bank.Account)) // short by 100,000.00
	wantPhase(t, w, w.Receivable, trade.Open)
	wantMinor(t, "used", w.State(w.Programme).Programme.Used, 10_000_000)
	wantSubmitRefused(t, w, pay("s1", "100000.00", w.Bank.Account), trade.CodePaymentTwice)
	w.Must(pay("s2", "100000.00", w.Bank.Account))
	wantPhase(t, w, w.Receivable, trade.Settled)
	wantRefusal(t, l, w.Transaction(pay("s3", "0.01", w.Bank.Account)), trade.CodeBalance)

	w.Do(trade.FinancingRepay)
	wantPhase(t, w, w.Financing, trade.Repaid)
}

func TestPaymentOfAssignedReceivableNamesItsProgramme(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivablePay)
	d := w.Draft(trade.ReceivablePay)
	without := d
	without.Subjects = d.Subjects[:1]
	wantRefusal(t, l, w.Transaction(without), trade.CodeProgramme)

	other := *w
	other.Programme = "prg.other"
	other.Do(trade.ProgrammeOpen)
	with := other.Draft(trade.ReceivablePay)
	wantRefusal(t, l, w.Transaction(with), trade.CodeProgramme)

	second, l2 := tradetest.Start(t)
	second.Reach(trade.ReceivableMature)
	second.Do(trade.ProgrammeOpen)
	d = second.Draft(trade.ReceivablePay)
	d.Subjects = append(d.Subjects, trade.Subject{ID: second.Programme, Version: trade.AnyVersion})
	wantRefusal(t, l2, second.Transaction(d), trade.CodeSubjects)
}

// Only what was assigned counted against the limit; the rest of a payment must not give back
// what other receivables spent.
func TestPaymentGivesBackOnlyWhatWasAssigned(t *testing.T) {
	t.Parallel()
	w, _ := tradetest.Start(t)
	w.Reach(trade.ReceivableDispute)
	w.Do(trade.ReceivableDispute) // 100,000.00 of the seller's part stay out of the financing
	w.Reach(trade.ReceivablePay)
	wantMinor(t, "assigned", w.State(w.Receivable).Receivable.Assigned, 190_688_000)

	programme := w.Programme
	second := *w
	second.Again()
	second.Face = tradetest.Money(t, "1000.00")
	second.Claim.Amount = second.Face
	second.Reach(trade.FinancingRequest)
	second.Programme = programme
	second.Do(trade.FinancingRequest, trade.FinancingQuote, trade.ReceivableReserve)
	wantMinor(t, "used", w.State(programme).Programme.Used, 190_788_000)

	w.Do(trade.ReceivablePay) // all of it, the disputed part too
	wantPhase(t, w, w.Receivable, trade.Settled)
	wantMinor(t, "used", w.State(programme).Programme.Used, 100_000)
}
