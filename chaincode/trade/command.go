package trade

import (
	"encoding/json"
	"slices"
)

// Act names what a command does; the table in acts.go lists all.
type Act string

// Command is one act that persons sign: what is to be done, to which version of which
// assets, on which ledger. Args is the canonical JSON of the act's own argument type.
type Command struct {
	ID       CommandID       `json:"id"`
	Channel  string          `json:"channel"`
	Act      Act             `json:"act"`
	Subjects []Subject       `json:"subjects"`
	Args     json.RawMessage `json:"args"`
}

// Subject names an asset and the version that the signer saw. Version 0 creates it;
// AnyVersion takes whatever stands, for counters that many commands share.
type Subject struct {
	ID      AssetID `json:"id"`
	Version int64   `json:"version"`
}

// AnyVersion in a Subject takes the asset as it stands when the command is decided.
const AnyVersion int64 = -1

const (
	maxSubjects   = 4
	maxSignatures = 6
	maxBatch      = 200
)

// commandDomain and batchDomain keep signatures over one kind of text from passing for
// signatures over another.
const (
	commandDomain = "countersign/command/v1\n"
	batchDomain   = "countersign/batch/v1\n"
)

// Digest is what persons sign: SHA-256 over a domain line and the command's canonical bytes.
func (c Command) Digest() (Digest, error) {
	b, err := Canonical(c)
	if err != nil {
		return "", err
	}
	return DigestOf(append([]byte(commandDomain), b...)), nil
}

// BatchDigest is what a person signs to approve several commands with one gesture.
func BatchDigest(digests []Digest) Digest {
	b := []byte(batchDomain)
	for _, d := range digests {
		b = append(b, d...)
		b = append(b, '\n')
	}
	return DigestOf(b)
}

// check refuses a command whose frame is wrong, before any state is read.
func (c Command) check(channel string) error {
	if !ValidID(string(c.ID)) {
		return refuse(CodeID, "id", "a command id is [A-Za-z0-9._-]{1,64}")
	}
	if c.Channel != channel {
		return refuse(CodeChannel, "channel", "this command was signed for another ledger")
	}
	if len(c.Subjects) == 0 || len(c.Subjects) > maxSubjects {
		return refuse(CodeSubjects, "subjects", "1 to %d subjects are wanted", maxSubjects)
	}
	seen := []AssetID{}
	for i, s := range c.Subjects {
		if !ValidID(string(s.ID)) || s.Version < AnyVersion {
			return refuse(CodeID, indexed("subjects", i), "an asset id is [A-Za-z0-9._-]{1,64}")
		}
		if slices.Contains(seen, s.ID) {
			return refuse(CodeSubjects, indexed("subjects", i), "the same asset is named twice")
		}
		seen = append(seen, s.ID)
	}
	return nil
}
