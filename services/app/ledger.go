package app

import (
	"context"
	"errors"
	"time"
)

// Ledger is the shared ledger as the steps need it. Two implementations pass one
// conformance suite (services/app/ledgertest): services/embedded and services/fabric.
//
// Errors: a refusal by the chaincode is a *ChaincodeError; ErrConflict asks the caller
// to read again and decide again; ErrOutcomeUnknown means stop and find out; everything
// else is an internal fault of the ledger that left no effect.
type Ledger interface {
	// Submit proposes, has the named organisations endorse, orders and waits until the
	// transaction is committed on the submitting organisation's node.
	Submit(ctx context.Context, p Proposal) (Receipt, error)
	// Evaluate runs a function on the organisation's own node and writes nothing.
	Evaluate(ctx context.Context, p Proposal) ([]byte, error)
	// Follow calls fn for each block from number from on, in order and without gaps, until
	// ctx ends or fn fails; it returns that error. Delivery is at least once over restarts,
	// so fn keeps its checkpoint in the same transaction as what it derives.
	Follow(ctx context.Context, from uint64, fn func(context.Context, Block) error) error
	// Evidence returns what a third party needs to check that a transaction is on the ledger.
	Evidence(ctx context.Context, txID string) (Evidence, error)
}

// Proposal is one call of a chaincode function.
type Proposal struct {
	Org       string            // MSP id of the organisation in whose name the node acts
	Function  string            // name in the chaincode's function table
	Args      []string          // public: they stand in the block
	Transient map[string][]byte // confidential: never stored by the ledger
	Endorsers []string          // MSP ids that must endorse; empty lets the ledger choose
}

// Receipt says where a submitted transaction stands.
type Receipt struct {
	TxID     string
	Block    uint64
	Response []byte // what the chaincode answered
}

// Block is one committed block as a follower sees it.
type Block struct {
	Number    uint64
	Hash      []byte // SHA-256 of the header; the previous block's stands in the next header
	Previous  []byte // that of the block before, as this header has it
	Time      time.Time
	ClockNote string // set when the node's clock was a demo clock that had been moved
	Txs       []Tx
}

// Tx is one transaction of a block, valid or not.
type Tx struct {
	ID      string
	Code    string // "VALID", "MVCC_READ_CONFLICT", … in Fabric's spelling
	Time    time.Time
	Creator string // MSP id
	// Endorsers are the MSP ids whose nodes endorsed, sorted.
	Endorsers []string
	Effects   Effects
	// Private holds the private values that this node may see. A value whose hash was not
	// the one in the block never gets here. Missing names those it should hold but does not.
	Private []PrivateWrite
	Missing []PrivateHash
}

// Valid tells whether the transaction took effect.
func (t Tx) Valid() bool { return t.Code == "VALID" }

// Effects is all that a transaction did, without read versions and block positions, each
// list sorted by its key: the same transactions give the same effects on every ledger.
type Effects struct {
	Writes   []Write       `json:"writes"`
	Metadata []Metadata    `json:"metadata"`
	Private  []PrivateHash `json:"private"`
	Event    *Event        `json:"event"`
	Response []byte        `json:"response"`
}

// Write is one write of public state; Deleted stands for a nil value.
type Write struct {
	Key     string `json:"key"`
	Value   []byte `json:"value"`
	Deleted bool   `json:"deleted"`
}

// Metadata is the state-based endorsement policy set on a key, as the names of the
// organisations that must all endorse. An empty list means the policy was removed. For a
// key in a collection Key is the hex SHA-256 of the key: a block has no more of it.
type Metadata struct {
	Collection string   `json:"collection,omitempty"`
	Key        string   `json:"key"`
	Endorsers  []string `json:"endorsers"`
}

// PrivateHash is the public trace of a private write: SHA-256 of key and of value.
type PrivateHash struct {
	Collection string `json:"collection"`
	KeyHash    []byte `json:"key_hash"`
	ValueHash  []byte `json:"value_hash"` // nil when deleted
	Deleted    bool   `json:"deleted"`
}

// PrivateWrite is a private value in clear.
type PrivateWrite struct {
	Collection string
	Key        string
	Value      []byte
	Deleted    bool
}

// Event is the one chaincode event of a transaction.
type Event struct {
	Name    string `json:"name"`
	Payload []byte `json:"payload"`
}

// Evidence proves that a transaction stands in the ledger. Format names the encoding of
// Proof: each ledger documents and verifies its own.
type Evidence struct {
	TxID   string
	Block  uint64
	Format string // "countersign-block-v1" or "fabric-block-v1"
	Proof  []byte
}

// ChaincodeError is a refusal by the chaincode: the status and message it answered with.
// For our chaincode the message is the canonical JSON of a trade.Fault.
type ChaincodeError struct {
	Status  int32
	Message string
}

func (e *ChaincodeError) Error() string { return "chaincode refused: " + e.Message }

var (
	// ErrConflict means: another transaction changed what this one had read (MVCC, phantom, or an
	// endorsement policy that changed meanwhile). Nothing was written; decide again.
	ErrConflict = errors.New("ledger: read conflict, decide again")
	// ErrEndorsement means: the endorsements do not satisfy the policy. Nothing was written.
	ErrEndorsement = errors.New("ledger: endorsement policy not satisfied")
	// ErrOutcomeUnknown means: the transaction may or may not commit. Resubmit the same command id
	// or ask; never act as if it had failed.
	ErrOutcomeUnknown = errors.New("ledger: outcome unknown")
	// ErrUnavailable means: the ledger cannot take transactions now (disk full, no quorum). Nothing
	// was written; try again later.
	ErrUnavailable = errors.New("ledger: unavailable")
	// ErrNotFound means: no such transaction or block.
	ErrNotFound = errors.New("ledger: not found")
)
