package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/services/app"
)

// proof is evidence in the format "countersign-block-v1": one JSON object.
//
//	header       the block's header
//	checkpoint   the signed note (C2SP) over the header's hash and the tree
//	transaction  the transaction, a leaf of the tree
//	leaf         its number
//	path         the hashes from the leaf to the root (RFC 6962, section 2.1.1), base64
//
// A verifier takes header and transaction in canonical form (RFC 8785). The hash of the
// header must stand in the checkpoint, whose signature must be the ledger's; the path must
// lead from the hash of the transaction to the header's root; the transaction's id must be
// the hash of its nonce and creator. That is all VerifyEvidence does.
type proof struct {
	Header      json.RawMessage `json:"header"`
	Checkpoint  string          `json:"checkpoint"`
	Transaction json.RawMessage `json:"transaction"`
	Leaf        int64           `json:"leaf"`
	Path        [][]byte        `json:"path"`
}

// maxPath bounds an inclusion path: a tree of 2^63 leaves has no longer one.
const maxPath = 64

// Evidence implements app.Ledger.
func (l *Ledger) Evidence(ctx context.Context, txID string) (app.Evidence, error) {
	if err := ctx.Err(); err != nil {
		return app.Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	evidence := app.Evidence{TxID: txID, Format: Format}
	err := l.view(func(v view) error {
		leaf, number, err := v.find(txID)
		if err != nil {
			return err
		}
		h, _, err := v.header(number)
		if err != nil {
			return err
		}
		path, err := tlog.ProveRecord(h.Size, leaf, v)
		if err != nil {
			return fmt.Errorf("inclusion proof of leaf %d: %w", leaf, err)
		}
		_, data, err := v.leaf(leaf)
		if err != nil {
			return err
		}
		p := proof{
			Header:      v.get(bucketHeaders, number64(number)),
			Checkpoint:  string(v.get(bucketNotes, number64(number))),
			Transaction: data, Leaf: leaf, Path: make([][]byte, 0, len(path)),
		}
		for _, hash := range path {
			p.Path = append(p.Path, hash[:])
		}
		evidence.Block = number
		evidence.Proof, err = canonical(p)
		return err
	})
	if err != nil {
		return app.Evidence{}, fmt.Errorf("evidence: %w", err)
	}
	return evidence, nil
}

// ErrEvidence says that the evidence does not prove what it says.
var ErrEvidence = errors.New("evidence does not hold")

// VerifyEvidence checks evidence of an embedded ledger with nothing but its verifier key
// (a C2SP vkey, as in ledger.pub). It returns the block as far as it is proved: its header
// and this one transaction, without private values.
func VerifyEvidence(e app.Evidence, verifierKey string) (app.Block, error) {
	block, err := verifyEvidence(e, verifierKey)
	if err != nil {
		return app.Block{}, fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	return block, nil
}

func verifyEvidence(e app.Evidence, verifierKey string) (app.Block, error) {
	if e.Format != Format {
		return app.Block{}, fmt.Errorf("its format is %q", e.Format)
	}
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return app.Block{}, fmt.Errorf("verifier key: %w", err)
	}
	var p proof
	if err := decodeStrict(e.Proof, &p); err != nil {
		return app.Block{}, err
	}
	h, hash, err := openHeader(p, verifier)
	if err != nil {
		return app.Block{}, err
	}
	data, err := jcs.Transform(p.Transaction)
	if err != nil {
		return app.Block{}, fmt.Errorf("transaction: %w", err)
	}
	if p.Leaf < h.First || p.Leaf >= h.Size {
		return app.Block{}, errors.New("the transaction's leaf is not in the block")
	}
	if len(p.Path) > maxPath {
		return app.Block{}, errors.New("the path is too long")
	}
	path := make(tlog.RecordProof, len(p.Path))
	for i, step := range p.Path {
		if len(step) != tlog.HashSize {
			return app.Block{}, errors.New("the path has a hash of the wrong length")
		}
		path[i] = tlog.Hash(step)
	}
	err = tlog.CheckRecord(path, h.Size, tlog.Hash(h.Root), p.Leaf, leafHash(data))
	if err != nil {
		return app.Block{}, fmt.Errorf("inclusion: %w", err)
	}
	t, err := decodeTransaction(data)
	if err != nil {
		return app.Block{}, err
	}
	if t.ID != e.TxID || h.Number != e.Block {
		return app.Block{}, errors.New("it is of another transaction or block")
	}
	tx, err := t.tx(h.Time)
	if err != nil {
		return app.Block{}, err
	}
	block := h.block(hash)
	block.Txs = []app.Tx{tx}
	return block, nil
}

// openHeader checks a header against its signed checkpoint.
func openHeader(p proof, verifier note.Verifier) (header, []byte, error) {
	data, err := jcs.Transform(p.Header)
	if err != nil {
		return header{}, nil, fmt.Errorf("header: %w", err)
	}
	h, err := decodeHeader(data)
	if err != nil {
		return header{}, nil, err
	}
	hash := sha256.Sum256(data)
	return h, hash[:], checkNote([]byte(p.Checkpoint), verifier, h, hash[:])
}

// checkNote checks that a signed checkpoint is the ledger's and that of a header.
func checkNote(signed []byte, verifier note.Verifier, h header, hash []byte) error {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if h.Ledger != verifier.Name() || opened.Text != h.checkpoint(hash) {
		return errors.New("the checkpoint is of another block")
	}
	return nil
}
