package app

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gowebpki/jcs"
)

// Sorted returns a copy of e in the one form that all ledgers share: writes by key,
// metadata by collection and key with its endorsers sorted, private hashes by collection
// and key hash; lists never nil, absent values never empty but nil.
func (e Effects) Sorted() Effects {
	sorted := Effects{
		Writes:   make([]Write, 0, len(e.Writes)),
		Metadata: make([]Metadata, 0, len(e.Metadata)),
		Private:  make([]PrivateHash, 0, len(e.Private)),
		Response: absentIfEmpty(e.Response),
	}
	for _, w := range e.Writes {
		if w.Deleted {
			w.Value = nil
		}
		sorted.Writes = append(sorted.Writes, w)
	}
	for _, m := range e.Metadata {
		m.Endorsers = append([]string{}, m.Endorsers...)
		slices.Sort(m.Endorsers)
		sorted.Metadata = append(sorted.Metadata, m)
	}
	for _, p := range e.Private {
		if p.Deleted {
			p.ValueHash = nil
		}
		sorted.Private = append(sorted.Private, p)
	}
	if e.Event != nil {
		sorted.Event = &Event{Name: e.Event.Name, Payload: absentIfEmpty(e.Event.Payload)}
	}
	slices.SortFunc(sorted.Writes, func(a, b Write) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(sorted.Metadata, func(a, b Metadata) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Key, b.Key))
	})
	slices.SortFunc(sorted.Private, func(a, b PrivateHash) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), bytes.Compare(a.KeyHash, b.KeyHash))
	})
	return sorted
}

func absentIfEmpty(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	return data
}

// EffectDigest is "sha-256:" and the hex SHA-256 of the canonical JSON (RFC 8785) of the
// sorted effects. The same transactions, one after another, have the same digests on every
// ledger.
func EffectDigest(e Effects) (string, error) {
	data, err := json.Marshal(e.Sorted())
	if err != nil {
		return "", fmt.Errorf("encode effects: %w", err)
	}
	canonical, err := jcs.Transform(data)
	if err != nil {
		return "", fmt.Errorf("canonical effects: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return "sha-256:" + hex.EncodeToString(sum[:]), nil
}
