package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/policy"
)

// DocumentState says how far a paper has come on this node.
type DocumentState string

// The states of a paper.
const (
	DocumentReceived    DocumentState = "received"     // bytes are safe, nothing read yet
	DocumentNeedsFields DocumentState = "needs_fields" // kept and viewable: a person types the fields in
	DocumentParsed      DocumentState = "parsed"       // fields are there
	DocumentUnreadable  DocumentState = "unreadable"   // refused by its reader, with the reason
)

// Document is one version of one paper: its bytes are a blob and never change; its fields are
// what was read from them.
type Document struct {
	ID              DocumentID
	Org             trade.OrgID
	UploadedBy      UserID
	UploadedAt      time.Time
	Digest          trade.Digest // of the original bytes
	Size            int64
	MediaType       string // detected, not claimed
	FileName        string // as given
	Version         int
	Supersedes      DocumentID
	Bulk            trade.Digest // of the spreadsheet that it came from; empty: it came by itself
	State           DocumentState
	Fields          *parse.Document // nil until parsed
	CanonicalDigest trade.Digest    // of the canonical bytes of Fields
	FieldsBy        UserID          // who typed them in; empty: our reader
	ParsedAt        time.Time
	Reader          string // release of the reader
	Findings        []check.Finding
	Edit            int // counts changes of the row, for ETags
}

// PackSide is the part of an organisation in a trade.
type PackSide string

// The parts in a trade. Readers are auditors and regulators.
const (
	SideSeller    PackSide = "seller"
	SideObligor   PackSide = "obligor"
	SideBank      PackSide = "bank"
	SideWarehouse PackSide = "warehouse"
	SideCarrier   PackSide = "carrier"
	SideReader    PackSide = "reader"
)

// PackParty is an organisation with its part in the trade.
type PackParty struct {
	Org  trade.OrgID
	Side PackSide
}

// Pack groups the papers of one trade. Each party sees it and may add its own papers.
type Pack struct {
	ID        PackID
	Org       trade.OrgID // that opened it
	Title     string
	CreatedBy UserID
	CreatedAt time.Time
	Edit      int // counts changes of the pack's contents
	// Programme is the one that the trade is to be financed under: its terms are those that the
	// pack is verified under. Empty: not named yet, the default terms hold.
	Programme trade.AssetID
	Parties   []PackParty
	Documents []DocumentID
	// Latest is the newest verification; nil when there is none. It counts only when it was
	// taken of this Edit and has not expired.
	Latest *Verification
}

// Party finds the organisation on a side; empty when there is none.
func (p Pack) Party(side PackSide) trade.OrgID {
	for _, q := range p.Parties {
		if q.Side == side {
			return q.Org
		}
	}
	return ""
}

// Seen tells whether the organisation may see the pack.
func (p Pack) Seen(org trade.OrgID) bool {
	for _, q := range p.Parties {
		if q.Org == org {
			return true
		}
	}
	return false
}

// Answer answers one of the three questions. Unknown is never a pass.
type Answer string

// The answers.
const (
	Pass    Answer = "pass"
	Fail    Answer = "fail"
	Unknown Answer = "unknown"
)

// Question is one of the three separate questions about a trade.
type Question string

// The questions.
const (
	Authenticity  Question = "authenticity"  // are the papers what they say they are
	Corroboration Question = "corroboration" // do independent parties say the same
	Uniqueness    Question = "uniqueness"    // has nobody else lent on it, among these members
)

// Verdict answers one question, with reasons.
type Verdict struct {
	Question Question `json:"question"`
	Answer   Answer   `json:"answer"`
	Reasons  []Reason `json:"reasons"`
}

// Reason is one reason of a verdict or a refusal: a stable code, a sentence, and what to do, in
// English; and its particulars, of which the sentence is made in another language.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Advice  string `json:"advice,omitempty"`

	File        string                `json:"file,omitempty"`  // the paper it is about
	Field       string                `json:"field,omitempty"` // of that paper
	Match       match.Finding         `json:"match,omitzero"`  // what the papers contradict each other in
	Fingerprint trade.FingerprintKind `json:"fingerprint,omitempty"`
	Amounts     []string              `json:"amounts,omitempty"` // in the order in which the sentence has them
}

// Verification is what was found of a pack as it stood. It is taken again when a paper, a
// tolerance or a source changes, and when it expires.
type Verification struct {
	ID       string `json:"id"`
	Pack     PackID `json:"pack"`
	PackEdit int    `json:"pack_edit"`
	// Programme is whose terms the verdicts were taken under; empty: the default terms.
	Programme trade.AssetID `json:"programme,omitempty"`
	Terms     *Terms        `json:"terms,omitempty"` // nil for who must not see them
	Matrix    match.Matrix  `json:"matrix"`
	Verdicts  []Verdict     `json:"verdicts"`
	// Policy is what dated rules find; nil for everybody but a bank that was asked.
	Policy    []policy.Finding `json:"policy,omitempty"`
	TakenAt   time.Time        `json:"taken_at"`
	ExpiresAt time.Time        `json:"expires_at"`
}

// Digest is the digest of the verification's canonical bytes: what a request was made on. It
// covers what both sides read; what the law says follows from the same papers again.
func (v Verification) Digest() (trade.Digest, error) {
	v.Policy = nil
	b, err := trade.Canonical(v)
	return trade.DigestOf(b), err
}

// Verdict finds the answer to a question; Unknown when it was not asked.
func (v Verification) Verdict(q Question) Verdict {
	for _, w := range v.Verdicts {
		if w.Question == q {
			return w
		}
	}
	return Verdict{Question: q, Answer: Unknown}
}
