package trade

import (
	"maps"
	"slices"
	"strconv"
)

// The functions of the chaincode. Only FunctionApply writes.
const (
	// FunctionApply carries out a command. Argument: the command id, so that a block tells
	// which command it carries without telling what it says.
	FunctionApply = "apply"
	// FunctionRecord answers the public record of an asset to any member. Argument: the id.
	FunctionRecord = "record"
	// FunctionState answers the private state of an asset from the caller's own collection, on
	// the caller's own peer. Argument: the id.
	FunctionState = "state"
	// FunctionProbe answers which fingerprints of a claim stand on the ledger.
	FunctionProbe = "probe"
)

// The names of transient data: what the ledger never stores.
const (
	TransientCommand    = "command"
	TransientSignatures = "signatures"
	TransientClaim      = "claim"
	TransientState      = "state." // followed by the asset id
	TransientKey        = "key."   // followed by the epoch
)

// Transient packs a transaction's confidential side as the chaincode expects it.
func (tx Transaction) Transient() map[string][]byte {
	t := map[string][]byte{TransientCommand: tx.Command, TransientSignatures: tx.Signatures}
	for _, id := range slices.Sorted(maps.Keys(tx.States)) {
		t[TransientState+string(id)] = tx.States[id]
	}
	for _, epoch := range slices.Sorted(maps.Keys(tx.Keys)) {
		t[TransientKey+strconv.FormatInt(epoch, 10)] = tx.Keys[epoch]
	}
	return t
}
