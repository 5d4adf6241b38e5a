package trade

import (
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
)

// ReserveReceivable is the argument of receivable.reserve.
type ReserveReceivable struct {
	// Bank is the financier whose quote the seller accepts.
	Bank    OrgID        `json:"bank"`
	Amount  money.Amount `json:"amount"`
	Expires Instant      `json:"expires"`
}

// maxReservation bounds how long a reservation may hold a balance.
const maxReservation = 30 * 24 * time.Hour

// The subjects of the acts here.
const (
	theReceivable = 0
	theProgramme  = 1
)

// reserve holds the whole free balance for a financing. Taking a part needs a split first
// (I4), so the amount must be what is free.
func (d *decision) reserve(a ReserveReceivable) error {
	next := d.change(theReceivable)
	r := next.Receivable
	switch {
	case r.Reservation != nil:
		return refuse(CodeReserved, "subjects[0]", "the receivable is held for another financing")
	case r.Assignment != nil:
		return refuse(CodeAssigned, "subjects[0]", "the receivable is assigned already")
	}
	if err := r.payeeSettled("subjects[0]"); err != nil {
		return err
	}
	amount, err := r.minor(a.Amount, "args.amount")
	if err != nil {
		return err
	}
	if amount != r.Free() {
		return refuse(CodeNothingFree, "args.amount", "the whole free balance is reserved, and no part of it")
	}
	today := money.DateOf(d.tx.Time.Time())
	if !today.Before(r.DueDate) {
		return refuse(CodeDate, "subjects[0]", "due on %s: too late to finance", r.DueDate)
	}
	if a.Expires <= d.tx.Time || a.Expires > d.tx.Time+Instant(maxReservation.Milliseconds()) {
		return refuse(CodeDate, "args.expires", "a reservation ends within %d days", maxReservation/(24*time.Hour))
	}
	p := d.change(theProgramme).Programme
	if p.Bank != a.Bank {
		return refuse(CodeProgramme, "args.bank", "the programme is another bank's")
	}
	financing := d.subjects[2].record
	if err := d.consented(financing, []OrgID{r.Seller, a.Bank}, "subjects[2]"); err != nil {
		return err
	}
	if err := p.spend(r, amount, today); err != nil {
		return err
	}
	r.Held = amount
	r.Reservation = &Reservation{
		Financing: financing.ID, Programme: d.subjects[theProgramme].named.ID, Bank: a.Bank,
		Amount: amount, Quote: financing.Commitment, Time: d.tx.Time, Expires: a.Expires,
	}
	if !slices.Contains(next.Parties, a.Bank) {
		next.Parties = append(slices.Clone(next.Parties), a.Bank)
	}
	return nil
}

func (d *decision) release(a Reason) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	return d.free(a.Reason)
}

func (d *decision) expire(Nothing) error {
	held := d.subjects[theReceivable].before.Receivable.Reservation
	if held != nil && d.tx.Time < held.Expires {
		return refuse(CodeReservationAlive, "subjects[0]", "the reservation has not lapsed yet")
	}
	return d.free("lapsed")
}

// free ends a reservation: what was held is free again, or disputed where it was, the limit
// comes back, the bank is no party any more.
func (d *decision) free(reason string) error {
	next := d.change(theReceivable)
	r := next.Receivable
	if r.Reservation == nil {
		return refuse(CodeNoReservation, "subjects[0]", "nothing is held: look at the receivable again")
	}
	if r.Reservation.Programme != d.subjects[theProgramme].named.ID {
		return refuse(CodeProgramme, "subjects[1]", "the reservation counts against another programme")
	}
	if err := d.change(theProgramme).Programme.giveBack(r.Reservation.Amount); err != nil {
		return err
	}
	next.Parties = []OrgID{r.Seller, r.Obligor}
	r.Disputed, r.HeldDisputed = r.Disputed+r.HeldDisputed, 0
	r.Held, r.Reservation, r.Reason = 0, nil, reason
	return nil
}

// AssignReceivable is the argument of receivable.assign: where the obligor is to pay.
type AssignReceivable struct {
	PayTo string `json:"pay_to"`
}

// assign turns the live reservation into ownership of the bank. The financing must be
// approved by the bank and agreed to by both sides as it stands.
func (d *decision) assign(a AssignReceivable) error {
	next := d.change(theReceivable)
	r := next.Receivable
	financing := d.subjects[1].record
	switch {
	case r.Assignment != nil:
		return refuse(CodeAssigned, "subjects[0]", "the receivable is assigned already")
	case r.Reservation == nil || r.Reservation.Financing != financing.ID:
		return refuse(CodeNoReservation, "subjects[0]", "nothing is held for this financing")
	case r.Reservation.Expires <= d.tx.Time:
		return refuse(CodeReservationEnded, "subjects[0]", "the reservation lapsed by ledger time")
	case financing.Phase != Approved:
		return refuse(CodeNotApproved, "subjects[1]", "the bank has not approved the financing")
	case r.HeldDisputed > 0:
		return r.disputedWhileHeld("subjects[0]")
	}
	if err := r.payeeSettled("subjects[0]"); err != nil {
		return err
	}
	if err := checkText(a.PayTo, "args.pay_to"); err != nil {
		return err
	}
	if err := d.consented(financing, []OrgID{r.Seller, r.Reservation.Bank}, "subjects[1]"); err != nil {
		return err
	}
	held := r.Reservation
	r.Assigned, r.Held = r.Assigned+held.Amount, 0
	r.Owner, r.PayTo, r.Reservation = held.Bank, a.PayTo, nil
	r.Assignment = &Assignment{
		Financing: held.Financing, Programme: held.Programme, Bank: held.Bank, Amount: held.Amount,
		PaidBefore: r.Paid, Time: d.tx.Time,
	}
	return nil
}

// disputedWhileHeld refuses to finance what the obligor has contested meanwhile.
func (r *Receivable) disputedWhileHeld(path string) error {
	return refuse(CodeDisputed, path, "part of what is held is disputed: have it resolved, or release it")
}

// PayReceivable is the argument of receivable.pay.
type PayReceivable struct {
	ID        string       `json:"id"`
	Amount    money.Amount `json:"amount"`
	ValueDate money.Date   `json:"value_date"`
	Account   string       `json:"account"`
	Evidence  Digest       `json:"evidence"`
}

const maxPayments = 100

// pay applies a matched payment. What exceeds the balance due stays unapplied cash outside
// the ledger, so more than is due is refused here.
func (d *decision) pay(a PayReceivable) error {
	next := d.change(theReceivable)
	r := next.Receivable
	amount, err := r.minor(a.Amount, "args.amount")
	if err != nil {
		return err
	}
	if !ValidID(a.ID) || a.ValueDate.IsZero() {
		return refuse(CodeID, "args", "a payment has an id and a value date")
	}
	if err := checkDigest(a.Evidence, "args.evidence"); err != nil {
		return err
	}
	if a.Account != r.PayTo {
		return refuse(CodePayee, "args.account", "the debt is discharged at the account named on the receivable")
	}
	applied := slices.ContainsFunc(r.Payments, func(p Payment) bool { return p.ID == a.ID })
	if applied || len(r.Payments) >= maxPayments {
		return refuse(CodePaymentTwice, "args.id", "payment %s was applied already", a.ID)
	}
	if r.Held > 0 {
		return refuse(CodeReserved, "subjects[0]", "release the reservation before applying a payment")
	}
	if amount > r.Due() {
		return refuse(CodeBalance, "args.amount", "more than is due: the rest stays unapplied cash")
	}
	r.Payments = append(r.Payments, Payment{
		ID: a.ID, Amount: amount, ValueDate: a.ValueDate, Account: a.Account, Evidence: a.Evidence,
	})
	fromAssigned := r.apply(amount)
	if r.Due() == 0 {
		next.Phase = Settled
	}
	return d.giveBackAssigned(r, fromAssigned)
}

// apply takes a payment from the assigned part first, then from the free part, then from
// what was disputed: paying a disputed part ends that dispute. It returns what the assigned
// part became less by.
func (r *Receivable) apply(amount int64) (fromAssigned int64) {
	fromAssigned = min(amount, r.Assigned)
	rest := amount - fromAssigned
	fromDisputed := max(0, rest-r.Free())
	r.Assigned -= fromAssigned
	r.AssignedDisputed = min(r.AssignedDisputed, r.Assigned)
	r.Disputed -= fromDisputed
	r.Paid += amount
	return fromAssigned
}

// giveBackAssigned returns to the programme's limit what an assigned receivable became less
// by. An assigned receivable always names its programme, another never does.
func (d *decision) giveBackAssigned(r *Receivable, amount int64) error {
	named := len(d.subjects) > theProgramme
	switch {
	case r.Assignment == nil && named:
		return refuse(CodeSubjects, "subjects[1]", "no programme is concerned: the receivable is not assigned")
	case r.Assignment == nil:
		return nil
	case !named || d.subjects[theProgramme].named.ID != r.Assignment.Programme:
		return refuse(CodeProgramme, "subjects[1]", "the assignment counts against a programme: name it")
	}
	return d.change(theProgramme).Programme.giveBack(amount)
}
