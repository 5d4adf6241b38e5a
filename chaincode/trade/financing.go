package trade

import (
	"time"

	"github.com/countersign/countersign/chaincode/money"
)

// Financing is the private side of a request of a seller to a bank: the obligor does not see
// it. The money lent is outstanding here, not on the receivable.
type Financing struct {
	Seller     OrgID          `json:"seller"`
	Bank       OrgID          `json:"bank"`
	Receivable AssetID        `json:"receivable"`
	Programme  AssetID        `json:"programme"`
	Currency   money.Currency `json:"currency"`
	Face       int64          `json:"face"` // minor units asked to be financed
	DueDate    money.Date     `json:"due_date"`
	// Account is the seller's own: the only one that cash is paid to.
	Account string `json:"account"`
	// Verification is the digest of the matrix, findings and verdicts that the request was
	// made on.
	Verification Digest `json:"verification"`

	Terms       *Terms  `json:"terms,omitempty"`
	Quoted      Instant `json:"quoted,omitempty"`
	Lapses      Instant `json:"lapses,omitempty"` // of the quote
	Disbursed   int64   `json:"disbursed"`        // cash that went out
	Outstanding int64   `json:"outstanding"`      // what is owed to the bank
	Received    int64   `json:"received"`         // of the obligor's payments
	Surplus     int64   `json:"surplus"`          // what is owed to the seller
	Reference   string  `json:"reference,omitempty"`
	Reason      string  `json:"reason,omitempty"`
}

// The subjects of the acts here.
const (
	theFinancing    = 0
	itsReceivable   = 1
	maxQuoteRunning = 14 * 24 * time.Hour
)

// RequestFinancing is the argument of financing.request.
type RequestFinancing struct {
	Salt         string       `json:"salt"`
	Bank         OrgID        `json:"bank"`
	Programme    AssetID      `json:"programme"`
	Face         money.Amount `json:"face"`
	Account      string       `json:"account"`
	Verification Digest       `json:"verification"`
	Readers      []OrgID      `json:"readers,omitempty"`
}

func (d *decision) requestFinancing(a RequestFinancing) error {
	r := d.subjects[itsReceivable].before.Receivable
	if d.tx.Actor != r.Seller {
		return refuse(CodeParty, "", "only the seller asks")
	}
	if r.Owner != r.Seller {
		return refuse(CodeAssigned, "subjects[1]", "the receivable is assigned already")
	}
	if err := d.orgKind(a.Bank, "args.bank", KindBank); err != nil {
		return err
	}
	face, err := r.minor(a.Face, "args.face")
	if err != nil {
		return err
	}
	if r.Reservation != nil {
		return refuse(CodeReserved, "subjects[1]", "the receivable is held for another financing")
	}
	if err := r.payeeSettled("subjects[1]"); err != nil {
		return err
	}
	if face != r.Free() {
		return refuse(CodeNothingFree, "args.face", "the whole free balance is financed, no more and no part of it")
	}
	if !ValidID(string(a.Programme)) {
		return refuse(CodeID, "args.programme", "an asset id is [A-Za-z0-9._-]{1,64}")
	}
	if err := checkText(a.Account, "args.account"); err != nil {
		return err
	}
	if a.Account != r.PayTo {
		return refuse(CodePayee, "args.account", "cash goes only to the account named on the receivable")
	}
	if err := checkDigest(a.Verification, "args.verification"); err != nil {
		return err
	}
	parties := []OrgID{r.Seller, a.Bank}
	if err := d.checkReaders(a.Readers, parties); err != nil {
		return err
	}
	return d.create(State{
		Salt: a.Salt, Phase: Submitted, Parties: parties, Readers: a.Readers,
		Financing: &Financing{
			Seller: r.Seller, Bank: a.Bank, Receivable: d.subjects[itsReceivable].named.ID,
			Programme: a.Programme, Currency: r.Currency, Face: face, DueDate: r.DueDate,
			Account: a.Account, Verification: a.Verification,
		},
	})
}

// QuoteFinancing is the argument of financing.quote.
type QuoteFinancing struct {
	Terms  Terms   `json:"terms"`
	Lapses Instant `json:"lapses"`
}

// quote names the price. The bank is no party of the receivable yet, so face and due date
// are those that the law took over from it when the seller asked.
func (d *decision) quote(a QuoteFinancing) error {
	next := d.change(theFinancing)
	f := next.Financing
	if a.Terms.Face.Currency() != f.Currency || a.Terms.Face.Minor() != f.Face {
		return refuse(CodeTerms, "args.terms.face", "the face asked for is another")
	}
	if a.Terms.DueDate != f.DueDate {
		return refuse(CodeTerms, "args.terms.due_date", "the receivable is due on %s", f.DueDate)
	}
	if err := a.Terms.Check(); err != nil {
		return err
	}
	if a.Terms.ValueDate.Before(money.DateOf(d.tx.Time.Time())) {
		return refuse(CodeTerms, "args.terms.value_date", "the value date has passed by ledger time")
	}
	if a.Lapses <= d.tx.Time || a.Lapses > d.tx.Time+Instant(maxQuoteRunning.Milliseconds()) {
		return refuse(CodeDate, "args.lapses", "a quote runs for at most %d days", maxQuoteRunning/(24*time.Hour))
	}
	f.Terms, f.Quoted, f.Lapses = &a.Terms, d.tx.Time, a.Lapses
	next.Phase = Quoted
	return nil
}

func (d *decision) refuseFinancing(a Reason) error { return d.close(a, Refused) }

func (d *decision) declineFinancing(a Reason) error { return d.close(a, Declined) }

func (d *decision) close(a Reason, phase Phase) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	next := d.change(theFinancing)
	next.Phase, next.Financing.Reason = phase, a.Reason
	return nil
}

// lapseQuote ends a quote that nobody accepted in time, or an approval whose reservation is
// gone: nothing is left to assign, and nothing was.
func (d *decision) lapseQuote(Nothing) error {
	next := d.change(theFinancing)
	named := len(d.subjects) > itsReceivable
	switch {
	case next.Phase == Approved && !named:
		return refuse(CodeSubjects, "subjects", "name the receivable: it may still be held for this financing")
	case next.Phase == Approved:
		if err := d.stillHeld(); err != nil {
			return err
		}
	case named:
		return refuse(CodeSubjects, "subjects[1]", "a quote lapses without its receivable")
	case d.tx.Time < next.Financing.Lapses:
		return refuse(CodeQuoteAlive, "subjects[0]", "the quote has not lapsed yet")
	}
	next.Phase = Lapsed
	return nil
}

// stillHeld refuses while the receivable is held or assigned for the financing.
func (d *decision) stillHeld() error {
	if _, err := d.withReceivable(); err != nil {
		return err
	}
	id, r := d.subjects[theFinancing].named.ID, d.subjects[itsReceivable].before.Receivable
	if r.Assignment != nil && r.Assignment.Financing == id {
		return refuse(CodeAssigned, "subjects[1]", "the receivable is assigned for this financing")
	}
	if r.Reservation != nil && r.Reservation.Financing == id && d.tx.Time < r.Reservation.Expires {
		return refuse(CodeReservationAlive, "subjects[1]", "the receivable is held for this financing")
	}
	return nil
}

// approve holds the acceptance against the quote: the receivable must be reserved for this
// financing, at the very commitment that the record still has.
func (d *decision) approve(Nothing) error {
	f, err := d.withReceivable()
	if err != nil {
		return err
	}
	r := d.subjects[itsReceivable].before.Receivable
	held := r.Reservation
	switch {
	case held == nil || held.Financing != d.subjects[theFinancing].named.ID:
		return refuse(CodeNotAccepted, "subjects[1]", "nothing is held for it: the seller has not accepted")
	case held.Quote != d.subjects[theFinancing].record.Commitment || held.Bank != f.Bank ||
		held.Amount != f.Face || held.Programme != f.Programme:
		return refuse(CodeNotAccepted, "subjects[1]", "the seller accepted another quote")
	case held.Time >= f.Lapses:
		return refuse(CodeQuoteLapsed, "subjects[1]", "the seller accepted after the quote had lapsed")
	case held.Expires <= d.tx.Time:
		return refuse(CodeReservationEnded, "subjects[1]", "the reservation lapsed by ledger time")
	case r.HeldDisputed > 0:
		return r.disputedWhileHeld("subjects[1]")
	case f.Account != r.PayTo:
		return refuse(CodePayee, "subjects[1]",
			"the payee account was changed since the seller asked: the cash would go to the old one")
	}
	if err := r.payeeSettled("subjects[1]"); err != nil {
		return err
	}
	d.subjects[theFinancing].after.Phase = Approved
	return nil
}

// withReceivable gives the financing for changing after checking that the receivable is its
// own.
func (d *decision) withReceivable() (*Financing, error) {
	f := d.change(theFinancing).Financing
	if f.Receivable != d.subjects[itsReceivable].named.ID {
		return nil, refuse(CodeSubjects, "subjects[1]", "the financing is of another receivable")
	}
	return f, nil
}

// DisburseFinancing is the argument of financing.disburse: the bank's record that it paid.
type DisburseFinancing struct {
	Cash      money.Amount `json:"cash"`
	Date      money.Date   `json:"date"`
	Account   string       `json:"account"`
	Reference string       `json:"reference"`
}

func (d *decision) disburse(a DisburseFinancing) error {
	f, err := d.withReceivable()
	if err != nil {
		return err
	}
	r := d.subjects[itsReceivable].before.Receivable
	if err := d.assignedFor(r); err != nil {
		return err
	}
	if f.Terms == nil || a.Cash != f.Terms.Cash {
		return refuse(CodeTerms, "args.cash", "the cash agreed is another")
	}
	if a.Account != f.Account {
		return refuse(CodePayee, "args.account", "cash is paid only to the seller's own account")
	}
	if a.Date != f.Terms.ValueDate {
		return refuse(CodeTerms, "args.date", "the value date agreed is %s", f.Terms.ValueDate)
	}
	if today := money.DateOf(d.tx.Time.Time()); today.AddDays(1).Before(a.Date) {
		return refuse(CodeDate, "args.date", "the value date has not come, it is %s by ledger time", today)
	}
	if err := checkText(a.Reference, "args.reference"); err != nil {
		return err
	}
	f.Disbursed, f.Outstanding, f.Reference = a.Cash.Minor(), f.Terms.Repayable.Minor(), a.Reference
	d.subjects[theFinancing].after.Phase = Disbursed
	return nil
}

// assignedFor checks that the receivable is assigned for this financing.
func (d *decision) assignedFor(r *Receivable) error {
	if r.Assignment == nil || r.Assignment.Financing != d.subjects[theFinancing].named.ID {
		return refuse(CodeNotAssigned, "subjects[1]", "the receivable is not assigned for this financing")
	}
	return nil
}

// RepayFinancing is the argument of financing.repay. A zero amount closes a financing whose
// receivable ended by a credit note, with nothing left to apply.
type RepayFinancing struct {
	Amount money.Amount `json:"amount"`
}

// repay applies what the obligor paid since the assignment: first to what is outstanding; the
// rest belongs to the seller. Short payment therefore hits the retention first.
func (d *decision) repay(a RepayFinancing) error {
	f, err := d.withReceivable()
	if err != nil {
		return err
	}
	r := d.subjects[itsReceivable].before.Receivable
	if err := d.assignedFor(r); err != nil {
		return err
	}
	if a.Amount.Sign() < 0 || a.Amount.Currency() != r.Currency {
		return refuse(CodeAmount, "args.amount", "an amount in %s is wanted", r.Currency)
	}
	amount := a.Amount.Minor()
	open := r.Paid - r.Assignment.PaidBefore - f.Received
	if amount > open {
		return refuse(CodeRepayment, "args.amount", "more than the obligor has paid and was not applied")
	}
	toBank := min(amount, f.Outstanding)
	f.Received += amount
	f.Outstanding -= toBank
	f.Surplus += amount - toBank
	closes := f.Outstanding == 0 && r.Due() == 0 && amount == open
	if closes {
		d.subjects[theFinancing].after.Phase = Repaid
	}
	if amount == 0 && !closes {
		return refuse(CodeAmount, "args.amount", "a positive amount is wanted: the financing is not at its end")
	}
	return nil
}
