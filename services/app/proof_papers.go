package app

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/chaincode/trade"
)

// paper hashes a paper's bytes again, and writes the fields read from it in canonical form again.
func (w *proving) paper(ctx context.Context, t TracedPaper) error {
	l := ProofLine{Kind: trade.KindDocument, Asset: trade.AssetID(t.ID)}
	if t.Recorded == nil || t.Recorded.Asset.State == nil || t.Recorded.Asset.State.Document == nil {
		l.Check = ProofOriginal
		w.unknown(l, NoteNotHere)
		return nil
	}
	committed := t.Recorded.Asset.State.Document
	if err := w.original(ctx, l, t, committed); err != nil {
		return err
	}
	l.Check = ProofFields
	if t.Document == nil || t.Document.Fields == nil {
		w.unknown(l, NoteNotHere)
		return nil
	}
	canonical, err := trade.Canonical(t.Document.Fields)
	if err != nil {
		return fmt.Errorf("document %s: %w", t.ID, err)
	}
	w.equal(l, string(committed.Canonical), string(trade.DigestOf(canonical)))
	return nil
}

// original holds the bytes against the commitment.
func (w *proving) original(ctx context.Context, l ProofLine, t TracedPaper, committed *trade.Document) error {
	l.Check, l.Claimed = ProofOriginal, string(committed.Original)
	if t.Document == nil {
		w.unknown(l, NoteNotHere)
		return nil
	}
	if w.bytes += t.Document.Size; w.bytes > maxProvenBytes {
		w.unknown(l, NoteTooLarge)
		return nil
	}
	raw, err := w.App.bytes(ctx, t.Document.Digest)
	switch f, refused := asFault(err); {
	case refused: // missing, or changed under its name
		l.Outcome, l.Note, l.Found = Fail, NoteDiffers, ""
		if f.Code == codeBlobMissing {
			l.Note = NoteMissing
		}
		w.add(l)
	case err != nil:
		return err
	default:
		w.equal(l, string(committed.Original), string(trade.DigestOf(raw)))
	}
	return nil
}

// codeBlobMissing is what the store of bytes answers of bytes that it has not.
const codeBlobMissing trade.Code = "blob.not_found"
