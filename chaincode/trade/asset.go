// Package trade is the law of Countersign: nouns, states, transitions, faults and canonical
// bytes. It decides what may happen to a trade asset, on the ledger and off it.
//
// The law is one function, Next, pure over committed state: it takes no clock, no network,
// no randomness. The chaincode plays its Outcome on the ledger; the services use the same
// types to prepare commands and to read what happened.
package trade

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// Kind is the kind of an asset.
type Kind string

// The kinds of assets.
const (
	KindOrganisation Kind = "organisation"
	KindKeyring      Kind = "keyring"
	KindDocument     Kind = "document"
	KindProgramme    Kind = "programme"
	KindReceivable   Kind = "receivable"
	KindFinancing    Kind = "financing"
)

// Phase is where an asset stands in its life; lifecycles are in acts.go.
type Phase string

// The phases. A phase is public; what it is worth is proved by the parties' consent.
const (
	Active    Phase = "ACTIVE"    // organisation, keyring, document, programme
	Issued    Phase = "ISSUED"    // receivable: claimed by the seller
	Rejected  Phase = "REJECTED"  // receivable: refused by the obligor
	Withdrawn Phase = "WITHDRAWN" // receivable: taken back before confirmation
	Open      Phase = "OPEN"      // receivable: confirmed and not yet due
	Matured   Phase = "MATURED"   // receivable: due
	Overdue   Phase = "OVERDUE"   // receivable: past due and unpaid
	Settled   Phase = "SETTLED"   // receivable: nothing left to pay
	Submitted Phase = "SUBMITTED" // financing: asked for
	Quoted    Phase = "QUOTED"    // financing: the bank named its price
	Refused   Phase = "REFUSED"   // financing: by the bank
	Declined  Phase = "DECLINED"  // financing: by the seller
	Lapsed    Phase = "LAPSED"    // financing: the quote ran out
	Approved  Phase = "APPROVED"  // financing: maker and checker of the bank
	Disbursed Phase = "DISBURSED" // financing: the money is out
	Repaid    Phase = "REPAID"    // financing: the money is back
)

// Record is what every member of the channel sees of an asset. Names, amounts and
// references are in the State, which only the parties' organisations hold.
type Record struct {
	ID      AssetID `json:"id"`
	Kind    Kind    `json:"kind"`
	Version int64   `json:"version"`
	Phase   Phase   `json:"phase"`
	// Parties are pseudonyms: a party knows its own, nobody can link two assets by them.
	Parties []string `json:"parties"`
	// Commitment is the digest of the canonical bytes of the State of this version.
	Commitment Digest  `json:"commitment"`
	Time       Instant `json:"time"`
	// Done holds the last commands, newest last, so that a repeat gets the first answer.
	Done []Done `json:"done"`
	// Members stands on the record of an organisation: the keys its persons sign with.
	Members *Members `json:"members,omitempty"`
	// Epochs stands on the keyring.
	Epochs []Epoch `json:"epochs,omitempty"`
}

// Done is a command that was carried out on an asset and what it left.
type Done struct {
	Command CommandID `json:"command"`
	Seal    string    `json:"seal"` // of the command's digest, under the asset's salt
	Version int64     `json:"version"`
	Phase   Phase     `json:"phase"`
}

const maxDone = 8

// State is the private side of an asset: held in clear by the organisations of its parties
// and readers, committed to by the Record. Exactly one of the bodies is set, as Kind says.
type State struct {
	ID      AssetID `json:"id"`
	Kind    Kind    `json:"kind"`
	Version int64   `json:"version"`
	Phase   Phase   `json:"phase"`
	// Salt is 256 bits in hex, so that no digest of this state can be guessed.
	Salt    string  `json:"salt"`
	Parties []OrgID `json:"parties"`           // their consent is needed
	Readers []OrgID `json:"readers,omitempty"` // they get copies
	Time    Instant `json:"time"`

	Organisation *Organisation `json:"organisation,omitempty"`
	Keyring      *Keyring      `json:"keyring,omitempty"`
	Document     *Document     `json:"document,omitempty"`
	Programme    *Programme    `json:"programme,omitempty"`
	Receivable   *Receivable   `json:"receivable,omitempty"`
	Financing    *Financing    `json:"financing,omitempty"`

	// By is the signed command that led to this version: whoever holds the state holds the
	// proof of who wanted it.
	By SignedCommand `json:"by"`
}

// SignedCommand is a command with the signatures it was carried out on.
type SignedCommand struct {
	Command    Command     `json:"command"`
	Signatures []Signature `json:"signatures"`
}

// Consent and reading collections of an organisation.
const (
	consentPrefix = "org_"
	copyPrefix    = "copy_"
)

// ConsentCollection is the private collection of an organisation that only its own
// endorsement can write: what stands there, the organisation has agreed to.
func ConsentCollection(o OrgID) string { return consentPrefix + string(o) }

// CopyCollection is the private collection in which an organisation receives copies.
func CopyCollection(o OrgID) string { return copyPrefix + string(o) }

// Pseudonym is how an organisation appears on the record of an asset: the first 16 bytes of
// HMAC-SHA-256 under the asset's salt.
func Pseudonym(salt string, o OrgID) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte("party/" + string(o)))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func checkSalt(salt string) error {
	if _, ok := Digest(digestPrefix + salt).Bytes(); !ok { // 64 lower-case hex digits
		return refuse(CodeSalt, "args.salt", "a salt of 256 bits in lower-case hex is wanted")
	}
	return nil
}

// clone copies a state so that a handler may change it; slices inside are copied by the
// handlers that append to them.
func (s State) clone() State {
	if s.Organisation != nil {
		v := *s.Organisation
		v.Persons = slices.Clone(v.Persons)
		s.Organisation = &v
	}
	if s.Keyring != nil {
		v := Keyring{Epochs: slices.Clone(s.Keyring.Epochs)}
		s.Keyring = &v
	}
	if s.Document != nil {
		v := *s.Document
		s.Document = &v
	}
	if s.Programme != nil {
		v := *s.Programme
		s.Programme = &v
	}
	if s.Receivable != nil {
		v := *s.Receivable
		v.Payments = slices.Clone(v.Payments)
		s.Receivable = &v
	}
	if s.Financing != nil {
		v := *s.Financing
		s.Financing = &v
	}
	return s
}

// indexed writes "name[i]".
func indexed(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }
