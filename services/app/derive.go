package app

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
)

// fingerprintPrefix starts the keys of fingerprints; all other keys are asset ids.
const fingerprintPrefix = "fp."

// Derive reads what one block means, purely: the same blocks always give the same rows. It
// is what the follower, the rebuild and the audit share.
func Derive(b Block) (Derived, error) {
	d := Derived{
		Number: b.Number, Hash: b.Hash, At: b.Time, ClockNote: b.ClockNote, Transactions: headers(b.Txs),
	}
	for _, tx := range b.Txs {
		if !tx.Valid() || tx.Effects.Event == nil || tx.Effects.Event.Name != trade.EventName {
			continue
		}
		if err := d.add(b, tx); err != nil {
			return Derived{}, fmt.Errorf("block %d, transaction %s: %w", b.Number, tx.ID, err)
		}
	}
	return d, nil
}

// headers keeps of transactions what stands in the projection. An invalid one was never
// checked and may say anything of itself, so texts lose what a database cannot keep.
func headers(txs []Tx) []Tx {
	kept := make([]Tx, len(txs))
	for i, tx := range txs {
		kept[i] = Tx{
			ID: plain(tx.ID), Code: tx.Code, Time: tx.Time, Creator: plain(tx.Creator),
			Endorsers: make([]string, len(tx.Endorsers)),
		}
		for n, e := range tx.Endorsers {
			kept[i].Endorsers[n] = plain(e)
		}
	}
	return kept
}

// plain is a text without NUL and in whole UTF-8.
func plain(s string) string {
	const unknown = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(s, unknown), "\x00", unknown)
}

// add derives what one valid transaction of our chaincode did.
func (d *Derived) add(b Block, tx Tx) error {
	event, err := trade.Decode[trade.Event](tx.Effects.Event.Payload, "event")
	if err != nil {
		return err
	}
	for _, w := range tx.Effects.Writes {
		if strings.HasPrefix(w.Key, fingerprintPrefix) {
			f, err := trade.Decode[trade.Fingerprint](w.Value, w.Key)
			if err != nil {
				return err
			}
			d.Fingerprints = append(d.Fingerprints, FingerprintRow{Key: w.Key, Value: f, TxID: tx.ID})
			continue
		}
		asset, err := readAsset(tx, w)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(event.Subjects, func(m trade.Moved) bool { return m.ID == asset.Record.ID })
		if i < 0 {
			return fmt.Errorf("the event does not speak of %s", w.Key)
		}
		t := Transition{
			Asset: asset.Record.ID, Version: asset.Record.Version, TxID: tx.ID, Block: b.Number, At: tx.Time,
			Act: event.Act, Command: event.Command, From: event.Subjects[i].From, To: asset.Record.Phase,
			Actor: trade.OrgID(tx.Creator), Endorsers: tx.Endorsers,
		}
		if asset.State != nil {
			t.Signed = &asset.State.By
		}
		d.Transitions = append(d.Transitions, t)
		d.Assets = append(d.Assets, asset)
	}
	return nil
}

// readAsset joins a record with the private values that came with it.
func readAsset(tx Tx, w Write) (Asset, error) {
	record, err := trade.Decode[trade.Record](w.Value, w.Key)
	if err != nil {
		return Asset{}, err
	}
	a := Asset{Record: record, RecordBytes: w.Value}
	for _, p := range tx.Private {
		if p.Key != w.Key {
			continue
		}
		if trade.DigestOf(p.Value) == record.Commitment && a.State == nil {
			state, err := trade.Decode[trade.State](p.Value, w.Key)
			if err != nil {
				return Asset{}, err
			}
			a.State, a.StateBytes = &state, p.Value
		}
	}
	if a.State == nil {
		return a, nil // who holds it is in the state, which is not ours to see
	}
	a.Holders = holders(tx, a)
	return a, nil
}

// holders tells which organisations the block gave the state to.
func holders(tx Tx, a Asset) []Holder {
	list := []Holder{}
	key := trade.DigestOf([]byte(a.Record.ID))
	keyHash, _ := key.Bytes()
	add := func(org trade.OrgID, collection string, consent bool) {
		for _, h := range tx.Effects.Private {
			if h.Collection == collection && bytes.Equal(h.KeyHash, keyHash) {
				list = append(
					list,
					Holder{Org: org, Consent: consent, Hash: h.ValueHash, Missing: missing(tx, h)},
				)
			}
		}
	}
	for _, p := range a.State.Parties {
		add(p, trade.ConsentCollection(p), true)
	}
	for _, r := range a.State.Readers {
		add(r, trade.CopyCollection(r), false)
	}
	return list
}

func missing(tx Tx, h PrivateHash) bool {
	return slices.ContainsFunc(tx.Missing, func(m PrivateHash) bool {
		return m.Collection == h.Collection && bytes.Equal(m.KeyHash, h.KeyHash)
	})
}
