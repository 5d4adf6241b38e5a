package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/services/app"
)

var _ app.Prover = (*Ledger)(nil)

// Prove implements app.Prover: the transaction's own evidence, as a third party would check it,
// and a consistency proof (RFC 6962, section 2.1.2) that the tree its block was signed with is the
// beginning of the newest signed tree.
func (l *Ledger) Prove(ctx context.Context, txID string) (app.Proved, error) {
	evidence, err := l.Evidence(ctx, txID)
	if err != nil {
		return app.Proved{}, fmt.Errorf("prove: %w", err)
	}
	block, err := VerifyEvidence(evidence, l.verifierKey)
	if err != nil {
		return app.Proved{}, fmt.Errorf("%w: %w", app.ErrNotProved, err)
	}
	proved := app.Proved{Block: block}
	err = l.view(func(v view) error {
		h, _, err := v.header(block.Number)
		if err != nil {
			return err
		}
		last, _ := v.tx.Bucket([]byte(bucketHeaders)).Cursor().Last()
		if len(last) != len(number64(0)) {
			return errors.New("there is no newest block")
		}
		proved.Head = binary.BigEndian.Uint64(last)
		newest, hash, err := v.header(proved.Head)
		if err != nil {
			return err
		}
		proved.HeadHash = hash
		return l.continues(v, h, newest, hash)
	})
	if err != nil && !errors.Is(err, app.ErrUnavailable) {
		err = fmt.Errorf("%w: %w", app.ErrNotProved, err)
	}
	return proved, err
}

// continues checks that the newest tree, as it was signed, begins with the tree of a block.
func (l *Ledger) continues(v view, h, newest header, hash []byte) error {
	verifier, err := note.NewVerifier(l.verifierKey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	if err := checkNote(v.get(bucketNotes, number64(newest.Number)), verifier, newest, hash); err != nil {
		return err
	}
	if h.Size > newest.Size {
		return errors.New("the block is newer than the newest checkpoint")
	}
	path, err := tlog.ProveTree(newest.Size, h.Size, v)
	if err != nil {
		return fmt.Errorf("consistency proof: %w", err)
	}
	err = tlog.CheckTree(path, newest.Size, tlog.Hash(newest.Root), h.Size, tlog.Hash(h.Root))
	if err != nil {
		return fmt.Errorf("consistency with the newest checkpoint: %w", err)
	}
	return nil
}
