package trade

import "fmt"

// Fault is a refusal that may be shown to a person: a stable code to match, the path of the
// value at fault ("args.amount", "subjects[1]"), and a sentence that says what and what next.
type Fault struct {
	Code    Code   `json:"code"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

func (f *Fault) Error() string { return string(f.Code) + ": " + f.Message }

// refuse makes a Fault as an error.
func refuse(code Code, path, format string, args ...any) error {
	return &Fault{Code: code, Path: path, Message: fmt.Sprintf(format, args...)}
}

// Code names a kind of refusal. Codes are stable: they are matched by programs, mirrored in
// schemas/faults.json and mapped to HTTP statuses in one table.
type Code string

// The codes of the law.
const (
	CodeMalformed        Code = "command.malformed"        // not canonical JSON of the expected shape
	CodeUnknownAct       Code = "command.unknown_act"      // no such act in the table
	CodeCommandConflict  Code = "command.conflict"         // the command id was used for other content
	CodeChannel          Code = "command.channel"          // signed for another ledger
	CodeSubjects         Code = "command.subjects"         // wrong number or kind of subjects
	CodeID               Code = "id.invalid"               // not [A-Za-z0-9._-]{1,64}
	CodeExists           Code = "asset.exists"             // an asset of that id stands already
	CodeNotFound         Code = "asset.not_found"          // no such asset
	CodeStale            Code = "asset.stale"              // the asset has moved on: read again, decide again
	CodePhase            Code = "asset.phase"              // the act is not possible in this phase
	CodeNoConsent        Code = "asset.no_consent"         // a party named on the record never agreed to it
	CodeSalt             Code = "asset.salt"               // the salt is not 256 bits of lower-case hex
	CodeParty            Code = "actor.not_a_party"        // the submitting organisation is no party
	CodeSignatureMissing Code = "signature.missing"        // a person who must sign has not
	CodeSignatureInvalid Code = "signature.invalid"        // the signature does not verify
	CodeSignatureUnknown Code = "signature.unknown_person" // person or key is not registered, or revoked
	CodeSignatureSame    Code = "signature.same_person"    // two duties, one person
	CodeTimeEarlier      Code = "time.earlier"             // before the asset's last ledger time
	CodeTimeWindow       Code = "time.window"              // too far off the endorser's clock
	CodeAmount           Code = "amount.invalid"           // not a positive amount in the asset's currency
	CodeDate             Code = "date.invalid"             // a date that cannot be
	CodeText             Code = "text.invalid"             // absent, too long, or not printable
	CodePersons          Code = "organisation.persons"     // the persons named cannot stand
	CodeKeys             Code = "organisation.keys"        // the person's keys cannot be so
	CodeOrgKind          Code = "organisation.kind"        // the organisation is not of the kind wanted
	CodeIdentity         Code = "claim.identity"           // not the registration number of the organisation
	CodeEvidence         Code = "receivable.evidence"      // minimum papers are not on the ledger
	CodeExceedsFace      Code = "receivable.exceeds_face"  // confirmed more than the face (I1)
	CodeBalance          Code = "receivable.balance"       // more than the balance concerned (I2)
	CodeReserved         Code = "receivable.reserved"      // held by a live reservation
	CodeAssigned         Code = "receivable.assigned"      // assigned to a financier already
	CodeDisputed         Code = "receivable.disputed"      // part of what is held is disputed
	CodeNothingFree      Code = "receivable.nothing_free"  // no free balance to finance
	CodeNoReservation    Code = "reservation.missing"      // no reservation for this financing
	CodeReservationEnded Code = "reservation.expired"      // the reservation lapsed by ledger time
	CodeReservationAlive Code = "reservation.alive"        // it has not lapsed yet
	CodeNotDue           Code = "receivable.not_due"       // the day has not come by ledger time
	CodePaymentTwice     Code = "receivable.payment_twice" // that payment was applied already
	CodePayee            Code = "receivable.payee"         // paid to another account than the holder's
	CodePayeeChange      Code = "receivable.payee_change"  // another account is asked for or cools off
	CodeEncumbered       Code = "fingerprint.encumbered"   // the same claim is on the ledger already
	CodeKey              Code = "keyring.key"              // consortium keys missing or not those committed to
	CodeProgramme        Code = "programme.mismatch"       // the programme is for other parties or currency
	CodeProgrammeLimit   Code = "programme.limit"          // the programme's limit would be exceeded
	CodeProgrammeTenor   Code = "programme.tenor"          // longer than the programme allows
	CodeTerms            Code = "financing.terms"          // the terms do not add up
	CodeQuoteLapsed      Code = "financing.quote_lapsed"   // the quote lapsed by ledger time
	CodeQuoteAlive       Code = "financing.quote_alive"    // it has not lapsed yet
	CodeNotAccepted      Code = "financing.not_accepted"   // the seller has not accepted this very quote
	CodeNotApproved      Code = "financing.not_approved"   // the bank has not approved
	CodeNotAssigned      Code = "financing.not_assigned"   // the receivable is not assigned for it
	CodeRepayment        Code = "financing.repayment"      // more than the obligor has paid
	CodeInternal         Code = "internal"                 // a fault of the software; nothing was written
)

// Codes lists every code of the law once, for the mirror in schemas/ and the status table.
func Codes() []Code {
	return []Code{
		CodeMalformed, CodeUnknownAct, CodeCommandConflict, CodeChannel, CodeSubjects, CodeID,
		CodeExists, CodeNotFound, CodeStale, CodePhase, CodeNoConsent, CodeSalt, CodeParty,
		CodeSignatureMissing, CodeSignatureInvalid, CodeSignatureUnknown, CodeSignatureSame,
		CodeTimeEarlier, CodeTimeWindow, CodeAmount, CodeDate, CodeText, CodePersons, CodeKeys,
		CodeOrgKind, CodeIdentity, CodeEvidence, CodeExceedsFace, CodeBalance, CodeReserved, CodeAssigned,
		CodeDisputed, CodeNothingFree, CodeNoReservation, CodeReservationEnded, CodeReservationAlive,
		CodeNotDue, CodePaymentTwice, CodePayee, CodePayeeChange, CodeEncumbered, CodeKey, CodeProgramme,
		CodeProgrammeLimit, CodeProgrammeTenor, CodeTerms, CodeQuoteLapsed, CodeQuoteAlive,
		CodeNotAccepted, CodeNotApproved, CodeNotAssigned, CodeRepayment, CodeInternal,
	}
}
