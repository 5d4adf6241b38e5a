package app

import (
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// Asset is an asset as the last block left it, with its state where this node holds it.
type Asset struct {
	Record trade.Record
	State  *trade.State // nil: not ours to hold, or missing
	// RecordBytes and StateBytes are the canonical bytes as they stand on the ledger.
	RecordBytes []byte
	StateBytes  []byte
	Holders     []Holder
}

// Holder is an organisation that holds an asset's state: by consent or as a copy to read.
// Only they may be shown it.
type Holder struct {
	Org     trade.OrgID `json:"org"`
	Consent bool        `json:"consent"` // false: a copy
	Hash    []byte      `json:"hash"`    // of its copy, as the block says
	Missing bool        `json:"missing"` // the value never came to this node
}

// HeldBy tells whether the organisation may be shown the state.
func (a Asset) HeldBy(org trade.OrgID) bool {
	for _, h := range a.Holders {
		if h.Org == org {
			return true
		}
	}
	return false
}

// Transition is one step of one asset.
type Transition struct {
	Asset     trade.AssetID
	Version   int64
	TxID      string
	Block     uint64
	At        time.Time
	Act       trade.Act
	Command   trade.CommandID
	From      trade.Phase // empty: created
	To        trade.Phase
	Actor     trade.OrgID
	Endorsers []string
	// Signed is the command with its signatures, where this node holds the state.
	Signed *trade.SignedCommand
}

// FingerprintRow is a fingerprint as the last block left it.
type FingerprintRow struct {
	Key   string
	Value trade.Fingerprint
	TxID  string
}

// Derived is all that one block adds to the projection. Derive makes it, purely.
type Derived struct {
	Number       uint64
	Hash         []byte
	At           time.Time
	ClockNote    string
	Transactions []Tx // every one, the invalid ones too; only headers are kept
	Assets       []Asset
	Transitions  []Transition
	Fingerprints []FingerprintRow
}

// Checkpoint says how far the projection has come.
type Checkpoint struct {
	Channel string
	Block   uint64
	Hash    []byte
	At      time.Time
}
