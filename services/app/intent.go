package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// IntentState says how far a command has come on its way to the ledger.
type IntentState string

// The states of an intent.
const (
	IntentOpen      IntentState = "open"      // signatures are missing
	IntentReady     IntentState = "ready"     // all duties signed, waiting for the job
	IntentSubmitted IntentState = "submitted" // handed to the ledger, outcome not known yet
	IntentCommitted IntentState = "committed" // seen in a block as valid
	IntentRefused   IntentState = "refused"   // by the law; Fault says why
	IntentWithdrawn IntentState = "withdrawn" // by its maker
	IntentExpired   IntentState = "expired"   // not signed in time
)

// Intent is a command on its way to the ledger: prepared, signed by persons, submitted by a
// job. The command's canonical bytes are what was signed and what is submitted.
type Intent struct {
	ID        trade.CommandID
	Org       trade.OrgID // in whose name the node submits it
	Command   trade.Command
	Bytes     []byte // canonical bytes of Command
	Digest    trade.Digest
	Duties    []Duty        // who must sign, in the law's order
	Endorsers []trade.OrgID // besides the parties of the assets it changes
	// After is the intent that must be committed first; empty when there is none.
	After      trade.CommandID
	State      IntentState
	CreatedBy  UserID // empty: the node itself
	CreatedAt  time.Time
	ExpiresAt  time.Time
	FinishedAt time.Time
	TxID       string
	Block      uint64
	Fault      *trade.Fault // when refused
	Signatures []SignedDuty
	Edit       int
	// Terms are what the signers of a programme agree on; only where one intent is shown.
	Terms *Terms
}

// Duty is a duty to sign that was resolved to organisations: one person of one of them.
type Duty struct {
	Orgs  []trade.OrgID `json:"orgs"`
	Roles []trade.Role  `json:"roles"`
}

// SignedDuty is a signature and the duty it fulfils.
type SignedDuty struct {
	Duty      int
	User      UserID
	PublicKey []byte
	Signature trade.Signature
	SignedAt  time.Time
}

// Finished tells whether nothing more will happen to the intent.
func (i Intent) Finished() bool {
	switch i.State {
	case IntentCommitted, IntentRefused, IntentWithdrawn, IntentExpired:
		return true
	case IntentOpen, IntentReady, IntentSubmitted:
		return false
	}
	return false
}

// Open lists the duties that nobody has fulfilled yet.
func (i Intent) Open() []int {
	open := []int{}
	for d := range i.Duties {
		taken := false
		for _, s := range i.Signatures {
			taken = taken || s.Duty == d
		}
		if !taken {
			open = append(open, d)
		}
	}
	return open
}
