package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/services/app"
)

// Format names the encoding of headers, transactions and evidence.
const Format = "countersign-block-v1"

// header is what a block's hash covers: SHA-256 of its canonical JSON (RFC 8785).
//
// All transactions of the ledger are the leaves of one Merkle tree (RFC 6962), in order;
// the block holds the leaves from First to Size-1 and Root is the tree's root over the
// first Size leaves, so any two blocks have a consistency proof.
type header struct {
	Format      string    `json:"format"`
	Ledger      string    `json:"ledger"` // the name of the ledger and of its key
	Number      uint64    `json:"number"`
	Previous    []byte    `json:"previous"` // hash of the header before; 32 zero bytes in block 0
	First       int64     `json:"first"`
	Size        int64     `json:"size"`
	Root        []byte    `json:"root"`
	Time        time.Time `json:"time"`
	ClockOffset int64     `json:"clock_offset,omitzero"` // seconds a demo clock was ahead, or behind
}

// transaction is a leaf of the tree: everything public about one transaction. Private
// values stand beside it, transient data nowhere.
type transaction struct {
	ID        string      `json:"id"`    // hex SHA-256 of nonce and creator
	Nonce     []byte      `json:"nonce"` // nonceSize random bytes
	Creator   []byte      `json:"creator"`
	Function  string      `json:"function"`
	Args      []string    `json:"args"`
	Endorsers []string    `json:"endorsers"`
	Code      string      `json:"code"`
	Effects   app.Effects `json:"effects"`
	// Policies are the endorsement policies that the transaction left changed. It differs
	// from the effects: a deletion drops a policy without naming it, and a policy set on a
	// key that does not exist comes to nothing.
	Policies []policyChange `json:"policies"`
}

// policyChange is the policy a key has from this transaction on. Key is the public key or
// the hex SHA-256 of a key in a collection.
type policyChange struct {
	Collection string   `json:"collection,omitempty"`
	Key        string   `json:"key"`
	Endorsers  []string `json:"endorsers"` // none: the key has no policy
}

const (
	codeValid       = "VALID"
	codeMVCC        = "MVCC_READ_CONFLICT"
	codePhantom     = "PHANTOM_READ_CONFLICT"
	codeEndorsement = "ENDORSEMENT_POLICY_FAILURE"

	nonceSize = 24
	hashSize  = sha256.Size
)

// maxRecordBytes bounds a header or a transaction as stored.
const maxRecordBytes = 8 << 20

// canonical encodes a record in its one form.
func canonical(record any) ([]byte, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	data, err = jcs.Transform(data)
	if err != nil {
		return nil, fmt.Errorf("canonical record: %w", err)
	}
	if len(data) > maxRecordBytes {
		return nil, fmt.Errorf("record has %d bytes, more than %d", len(data), maxRecordBytes)
	}
	return data, nil
}

// transactionHash is SHA-256 of nonce and creator, as in Fabric.
func transactionHash(nonce, creator []byte) []byte {
	sum := sha256.Sum256(append(bytes.Clone(nonce), creator...))
	return sum[:]
}

func transactionID(nonce, creator []byte) string {
	return hex.EncodeToString(transactionHash(nonce, creator))
}

func decodeStrict(data []byte, record any) error {
	if len(data) > maxRecordBytes {
		return fmt.Errorf("record has %d bytes, more than %d", len(data), maxRecordBytes)
	}
	if !utf8.Valid(data) {
		return errors.New("record is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(record); err != nil {
		return fmt.Errorf("decode record: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("record has bytes after its end")
	}
	return nil
}

// decodeHeader reads a header and checks all that can be checked without the one before.
func decodeHeader(data []byte) (header, error) {
	var h header
	if err := decodeStrict(data, &h); err != nil {
		return header{}, err
	}
	again, err := canonical(h)
	if err != nil {
		return header{}, err
	}
	switch {
	case !bytes.Equal(again, data):
		return header{}, errors.New("header is not in canonical form")
	case h.Format != Format:
		return header{}, fmt.Errorf("header format is %q, want %q", h.Format, Format)
	case len(h.Previous) != hashSize || len(h.Root) != hashSize:
		return header{}, errors.New("header has a hash of the wrong length")
	case h.First < 0 || h.Size <= h.First || h.Size-h.First > MaxBlockTransactions:
		return header{}, errors.New("header counts transactions wrongly")
	case h.ClockOffset < -int64(maxMove/time.Second):
		return header{}, errors.New("header has a clock that is too far behind")
	}
	return h, nil
}

// decodeTransaction reads a transaction and checks all that can be checked by itself. Its
// form need not be canonical: the Merkle tree binds the bytes.
func decodeTransaction(data []byte) (transaction, error) {
	var t transaction
	if err := decodeStrict(data, &t); err != nil {
		return transaction{}, err
	}
	if t.ID != transactionID(t.Nonce, t.Creator) {
		return transaction{}, errors.New("transaction id is not the hash of its nonce and creator")
	}
	for _, p := range t.Effects.Private {
		if len(p.KeyHash) != hashSize || (!p.Deleted && len(p.ValueHash) != hashSize) {
			return transaction{}, errors.New("transaction has a private hash of the wrong length")
		}
	}
	for _, w := range t.Effects.Writes {
		if checkKey(w.Key) != nil {
			return transaction{}, errors.New("transaction writes a key that no ledger takes")
		}
	}
	for _, p := range t.Policies {
		if _, err := policyKey(p.Collection, p.Key); err != nil {
			return transaction{}, err
		}
	}
	return t, nil
}

// checkpoint is the text that is signed for a block, a C2SP tlog-checkpoint: the ledger's
// name, the tree's size, its root, and one extension line with the block's number and hash.
func (h header) checkpoint(hash []byte) string {
	return fmt.Sprintf("%s\n%d\n%s\nblock %d %s\n", h.Ledger, h.Size,
		base64.StdEncoding.EncodeToString(h.Root), h.Number, base64.StdEncoding.EncodeToString(hash))
}

// block is what a follower sees of a header.
func (h header) block(hash []byte) app.Block {
	return app.Block{
		Number: h.Number, Hash: hash, Previous: h.Previous, Time: h.Time, ClockNote: clockNote(h.ClockOffset),
	}
}

// tx is what a follower sees of a transaction, without private values.
func (t transaction) tx(at time.Time) (app.Tx, error) {
	msp, err := mspOf(t.Creator)
	if err != nil {
		return app.Tx{}, fmt.Errorf("creator of transaction %s: %w", t.ID, err)
	}
	return app.Tx{
		ID: t.ID, Code: t.Code, Time: at, Creator: msp, Endorsers: t.Endorsers, Effects: t.Effects.Sorted(),
	}, nil
}

func leafHash(data []byte) tlog.Hash { return tlog.RecordHash(data) }

// clockNote says how far a demo clock was ahead: "demo clock +88d", or with the rest as in
// "demo clock +2d3h0m0s"; with a minus how far behind. It is empty for a clock that runs true.
func clockNote(offset int64) string {
	if offset == 0 {
		return ""
	}
	const day = 24 * 60 * 60
	var note strings.Builder
	note.WriteString("demo clock ")
	if offset < 0 {
		note.WriteByte('-')
		offset = -offset
	} else {
		note.WriteByte('+')
	}
	if days := offset / day; days > 0 {
		fmt.Fprintf(&note, "%dd", days)
	}
	if rest := offset % day; rest > 0 {
		note.WriteString((time.Duration(rest) * time.Second).String())
	}
	return note.String()
}

func number64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// leafKey is the stored form of a number that package tlog counts in an int64.
func leafKey(n int64) []byte {
	return number64(uint64(n)) //nolint:gosec // leaves and hashes are counted from 0
}

// leafOf is its inverse; the damaged form of a number may turn out negative.
func leafOf(data []byte) int64 {
	return int64(binary.BigEndian.Uint64(data)) //nolint:gosec // see above
}
