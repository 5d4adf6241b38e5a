package trade

import (
	"slices"

	"github.com/countersign/countersign/chaincode/money"
)

// Receivable is the private side of a claim of a seller on an obligor. All quantities are
// minor units of Currency (I5) and never negative; Free is what is left of them (I2).
type Receivable struct {
	Seller   OrgID          `json:"seller"`
	Obligor  OrgID          `json:"obligor"`
	Owner    OrgID          `json:"owner"` // exactly one at every instant (I4)
	Currency money.Currency `json:"currency"`

	Face      int64 `json:"face"`
	Confirmed int64 `json:"confirmed"`
	Diluted   int64 `json:"diluted"` // credit notes, returns, set-off
	Disputed  int64 `json:"disputed"`
	Held      int64 `json:"held"`     // by a finance reservation
	Assigned  int64 `json:"assigned"` // face transferred to the financier
	// AssignedDisputed is the part of Assigned that is disputed: it stays assigned.
	AssignedDisputed int64 `json:"assigned_disputed"`
	// HeldDisputed is the part of Held that is disputed: it stays held, and is not assigned.
	HeldDisputed int64 `json:"held_disputed,omitempty"`
	Paid         int64 `json:"paid"`

	Claim     Claim      `json:"claim"`
	DueDate   money.Date `json:"due_date"`
	Documents []AssetID  `json:"documents"`
	// PayTo is the account that discharges the debt: the seller's, after assignment the
	// bank's. Paying anyone else is a case of its own.
	PayTo string `json:"pay_to"`
	// PayeeChange is another account that the seller asks for, until it is refused or takes effect.
	PayeeChange *PayeeChange `json:"payee_change,omitempty"`
	// Represented is set when the obligor had refused the same claim before.
	Represented bool `json:"represented,omitempty"`

	Confirmation *Confirmation `json:"confirmation,omitempty"`
	Reservation  *Reservation  `json:"reservation,omitempty"`
	Assignment   *Assignment   `json:"assignment,omitempty"`
	Payments     []Payment     `json:"payments,omitempty"`
	// Reason is why it was rejected, or what was last disputed or resolved.
	Reason string `json:"reason,omitempty"`
}

// Promise is what the obligor gives by confirming.
type Promise string

// The promises: to acknowledge the debt, with the defences of the trade, or to undertake to
// pay independently of it.
const (
	Acknowledgement Promise = "acknowledgement"
	Undertaking     Promise = "payment_undertaking"
)

// Confirmation is the obligor's promise as it was signed.
type Confirmation struct {
	Promise Promise `json:"promise"`
	// WaivesDefences is explicit, never a default; it cannot bar defences of the holder's own
	// fraud or of incapacity.
	WaivesDefences bool `json:"waives_defences"`
	// ConsentsToSplit is taken at confirmation or never: a split divides one instalment's payee.
	ConsentsToSplit bool   `json:"consents_to_split"`
	Text            Digest `json:"text"` // of the wording that was shown and signed
	// Source is of the list from the obligor's own books that the confirmation answers to.
	Source Digest  `json:"source,omitempty"`
	Time   Instant `json:"time"`
}

// Reservation holds the free balance for one financing until it is assigned, released or
// lapses by ledger time.
type Reservation struct {
	Financing AssetID `json:"financing"`
	Programme AssetID `json:"programme"`
	Bank      OrgID   `json:"bank"`
	Amount    int64   `json:"amount"`
	// Quote is the commitment of the financing when the seller accepted it: this very quote.
	Quote   Digest  `json:"quote"`
	Time    Instant `json:"time"` // of the acceptance
	Expires Instant `json:"expires"`
}

// Assignment says for which financing the receivable was assigned.
type Assignment struct {
	Financing AssetID `json:"financing"`
	Programme AssetID `json:"programme"`
	Bank      OrgID   `json:"bank"`
	Amount    int64   `json:"amount"`
	// PaidBefore is what the obligor had paid by then, to the seller: the bank never had it.
	PaidBefore int64   `json:"paid_before"`
	Time       Instant `json:"time"`
}

// Payment is money that was matched to the receivable.
type Payment struct {
	ID        string     `json:"id"` // made by the client from account, reference and booking
	Amount    int64      `json:"amount"`
	ValueDate money.Date `json:"value_date"`
	Account   string     `json:"account"`  // it was paid to
	Evidence  Digest     `json:"evidence"` // of the statement it stands in
}

// Free is what may still be financed: confirmed − diluted − paid − assigned − held −
// disputed (I2).
func (r *Receivable) Free() int64 {
	return r.Confirmed - r.Diluted - r.Paid - r.Assigned - r.Held - r.Disputed
}

// Due is what the obligor still owes.
func (r *Receivable) Due() int64 { return r.Confirmed - r.Diluted - r.Paid }

// minor reads an amount of this receivable: positive and in its currency.
func (r *Receivable) minor(a money.Amount, path string) (int64, error) {
	if err := positive(a, path); err != nil {
		return 0, err
	}
	if a.Currency() != r.Currency {
		return 0, refuse(CodeAmount, path, "the receivable is in %s", r.Currency)
	}
	return a.Minor(), nil
}

// IssueReceivable is the argument of receivable.issue.
type IssueReceivable struct {
	Salt      string     `json:"salt"`
	Seller    OrgID      `json:"seller"`
	Obligor   OrgID      `json:"obligor"`
	Claim     Claim      `json:"claim"`
	DueDate   money.Date `json:"due_date"`
	Documents []AssetID  `json:"documents"`
	PayTo     string     `json:"pay_to"`
	Readers   []OrgID    `json:"readers,omitempty"`
	// Face is what the papers bear out of the claim where less was received than invoiced (I6);
	// absent it is all. The fingerprints are of the whole claim.
	Face money.Amount `json:"face,omitzero"`
}

const maxDocuments = 32

func (d *decision) issue(a IssueReceivable) error {
	if d.tx.Actor != a.Seller {
		return refuse(CodeParty, "args.seller", "the seller's own node issues")
	}
	if err := a.Claim.check(); err != nil {
		return err
	}
	if err := checkText(a.PayTo, "args.pay_to"); err != nil {
		return err
	}
	face, err := a.face()
	if err != nil {
		return err
	}
	today := money.DateOf(d.tx.Time.Time())
	if a.DueDate.IsZero() || !today.Before(a.DueDate) {
		return refuse(CodeDate, "args.due_date", "the due date must be after today, %s by ledger time", today)
	}
	// East of Greenwich a day begins before it does by ledger time, which is UTC.
	if today.AddDays(1).Before(a.Claim.IssueDate) {
		return refuse(CodeDate, "args.claim.issue_date", "dated after today, which is %s by ledger time", today)
	}
	if err := d.checkSides(a); err != nil {
		return err
	}
	parties := []OrgID{a.Seller, a.Obligor}
	if err := d.checkReaders(a.Readers, parties); err != nil {
		return err
	}
	if err := d.checkDocuments(a.Documents, a.Seller); err != nil {
		return err
	}
	id := d.subjects[0].named.ID
	represented, err := d.take(a.Claim, id, parties)
	if err != nil {
		return err
	}
	return d.create(State{
		Salt: a.Salt, Phase: Issued, Parties: parties, Readers: a.Readers,
		Receivable: &Receivable{
			Seller: a.Seller, Obligor: a.Obligor, Owner: a.Seller,
			Currency: a.Claim.Amount.Currency(), Face: face, Claim: a.Claim,
			DueDate: a.DueDate, Documents: a.Documents, PayTo: a.PayTo, Represented: represented,
		},
	})
}

// face is the face in minor units: at most the amount of the claim.
func (a IssueReceivable) face() (int64, error) {
	whole := a.Claim.Amount
	if a.Face.IsAbsent() {
		return whole.Minor(), nil
	}
	if err := positive(a.Face, "args.face"); err != nil {
		return 0, err
	}
	if a.Face.Currency() != whole.Currency() || a.Face.Minor() > whole.Minor() {
		return 0, refuse(CodeAmount, "args.face", "at most the amount of the claim, in %s", whole.Currency())
	}
	return a.Face.Minor(), nil
}

// checkSides holds the claim to the organisations: who could name other registration numbers
// could register one invoice twice, or a competitor's before the competitor does.
func (d *decision) checkSides(a IssueReceivable) error {
	if err := d.orgKind(a.Seller, "args.seller", KindSupplier, KindCoreEnterprise); err != nil {
		return err
	}
	if err := d.orgKind(a.Obligor, "args.obligor", KindCoreEnterprise); err != nil {
		return err
	}
	if err := d.orgIdentity(a.Seller, a.Claim.SellerID, "args.claim.seller_id"); err != nil {
		return err
	}
	return d.orgIdentity(a.Obligor, a.Claim.ObligorID, "args.claim.obligor_id")
}

// checkDocuments wants at least one paper, each on the ledger already and held by the seller.
func (d *decision) checkDocuments(ids []AssetID, seller OrgID) error {
	if len(ids) == 0 || len(ids) > maxDocuments {
		return refuse(CodeEvidence, "args.documents", "1 to %d recorded documents are wanted", maxDocuments)
	}
	for i, id := range ids {
		path := indexed("args.documents", i)
		if !ValidID(string(id)) || slices.Contains(ids[:i], id) {
			return refuse(CodeID, path, "an asset id is [A-Za-z0-9._-]{1,64}, each named once")
		}
		r, err := readRecord(d.view, id)
		if err != nil {
			return err
		}
		if r == nil || r.Kind != KindDocument {
			return refuse(CodeEvidence, path, "%s is not a recorded document", id)
		}
		held, err := Consented(d.view, r, seller)
		if err != nil {
			return err
		}
		if !held {
			return refuse(CodeEvidence, path, "%s was not shown to the seller", id)
		}
	}
	return nil
}

// Reason is the argument of acts that need nothing but a reason.
type Reason struct {
	Reason string `json:"reason"`
}

// withdraw frees the fingerprints; but what the obligor had refused before stays refused, or
// presenting and withdrawing it would wash the refusal off.
func (d *decision) withdraw(a Reason) error {
	refused := d.subjects[0].before.Receivable.Represented
	return d.end(a, Withdrawn, Fingerprint{Freed: !refused, Rejected: refused})
}

func (d *decision) reject(a Reason) error { return d.end(a, Rejected, Fingerprint{Rejected: true}) }

// end closes a claim that was never confirmed and says so on its fingerprints.
func (d *decision) end(a Reason, phase Phase, f Fingerprint) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	next := d.change(0)
	if next.Phase != Issued {
		return nil // the engine refuses the phase
	}
	next.Phase, next.Receivable.Reason = phase, a.Reason
	f.Asset = d.subjects[0].named.ID
	return d.mark(next.Receivable.Claim, f)
}

// ConfirmReceivable is the argument of receivable.confirm.
type ConfirmReceivable struct {
	Amount          money.Amount `json:"amount"`
	Promise         Promise      `json:"promise"`
	WaivesDefences  bool         `json:"waives_defences"`
	ConsentsToSplit bool         `json:"consents_to_split"`
	Text            Digest       `json:"text"`
	// Source is the digest of the list from the obligor's own books, when there was one: whoever
	// signs signs for that list.
	Source Digest `json:"source,omitempty"`
}

func (d *decision) confirm(a ConfirmReceivable) error {
	next := d.change(0)
	r := next.Receivable
	amount, err := r.minor(a.Amount, "args.amount")
	if err != nil {
		return err
	}
	if amount > r.Face {
		return refuse(CodeExceedsFace, "args.amount", "at most the face can be confirmed: lower the amount")
	}
	if a.Promise != Acknowledgement && a.Promise != Undertaking {
		return refuse(CodeText, "args.promise", "%q or %q", Acknowledgement, Undertaking)
	}
	if err := checkDigest(a.Text, "args.text"); err != nil {
		return err
	}
	if err := checkEvidence(a.Source, "args.source"); err != nil {
		return err
	}
	r.Confirmed = amount
	r.Confirmation = &Confirmation{
		Promise: a.Promise, WaivesDefences: a.WaivesDefences, ConsentsToSplit: a.ConsentsToSplit,
		Text: a.Text, Source: a.Source, Time: d.tx.Time,
	}
	next.Phase = Open
	return nil
}

// DisputeReceivable is the argument of receivable.dispute.
type DisputeReceivable struct {
	Amount   money.Amount `json:"amount"`
	Reason   string       `json:"reason"`
	Evidence Digest       `json:"evidence,omitempty"`
}

// dispute moves free balance to disputed; what exceeds it marks what is held or assigned. An
// obligor need not wait until a bank has decided: the bank is to know before it does, and
// neither approves nor takes what is disputed.
func (d *decision) dispute(a DisputeReceivable) error {
	next := d.change(0)
	r := next.Receivable
	amount, err := r.minor(a.Amount, "args.amount")
	if err != nil {
		return err
	}
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	if err := checkEvidence(a.Evidence, "args.evidence"); err != nil {
		return err
	}
	free := min(amount, r.Free())
	held := min(amount-free, r.Held-r.HeldDisputed)
	rest := amount - free - held
	if rest > r.Assigned-r.AssignedDisputed {
		return refuse(CodeBalance, "args.amount", "more than the balance that can be disputed: lower the amount")
	}
	r.Disputed += free
	r.HeldDisputed += held
	r.AssignedDisputed += rest
	r.Reason = a.Reason
	return nil
}

// ResolveDispute is the argument of receivable.resolve: Diluted is the part that a credit
// note takes away, the rest of the amount is released.
type ResolveDispute struct {
	Amount     money.Amount `json:"amount"`
	Diluted    money.Amount `json:"diluted"`
	CreditNote Digest       `json:"credit_note,omitempty"`
	Reason     string       `json:"reason"`
}

func (d *decision) resolve(a ResolveDispute) error {
	next := d.change(0)
	r := next.Receivable
	amount, err := r.minor(a.Amount, "args.amount")
	if err != nil {
		return err
	}
	if a.Diluted.Currency() != r.Currency || a.Diluted.Sign() < 0 || a.Diluted.Minor() > amount {
		return refuse(CodeAmount, "args.diluted", "zero up to the amount, in %s", r.Currency)
	}
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	if a.Diluted.Sign() > 0 || a.CreditNote != "" {
		if err := checkDigest(a.CreditNote, "args.credit_note"); err != nil {
			return err
		}
	}
	if amount > r.Disputed+r.HeldDisputed+r.AssignedDisputed {
		return refuse(CodeBalance, "args.amount", "more than is disputed: lower the amount")
	}
	// The unassigned part comes first: dilution hits the seller before the financier.
	free := min(amount, r.Disputed)
	held := min(amount-free, r.HeldDisputed)
	lost := max(0, a.Diluted.Minor()-free)
	if lost > 0 && r.Held > 0 {
		return refuse(CodeReserved, "args.diluted", "what a bank holds is not diluted: it must be released first")
	}
	r.Disputed -= free
	r.HeldDisputed -= held
	r.AssignedDisputed -= amount - free - held
	r.Diluted += a.Diluted.Minor()
	r.Assigned -= lost
	r.Reason = a.Reason
	if r.Due() == 0 {
		next.Phase = Settled
	}
	return d.giveBackAssigned(r, lost)
}

// checkEvidence allows evidence to be absent.
func checkEvidence(d Digest, path string) error {
	if d == "" {
		return nil
	}
	return checkDigest(d, path)
}

// Nothing is the argument of acts that need none.
type Nothing struct{}

func (d *decision) mature(Nothing) error {
	next := d.change(0)
	if money.DateOf(d.tx.Time.Time()).Before(next.Receivable.DueDate) {
		return refuse(CodeNotDue, "", "due on %s", next.Receivable.DueDate)
	}
	next.Phase = Matured
	return nil
}

func (d *decision) overdue(Nothing) error {
	next := d.change(0)
	if !next.Receivable.DueDate.Before(money.DateOf(d.tx.Time.Time())) {
		return refuse(CodeNotDue, "", "due on %s", next.Receivable.DueDate)
	}
	next.Phase = Overdue
	return nil
}
