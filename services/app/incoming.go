package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
)

// The bounds of a file that comes in parts.
const (
	// MaxPart bounds a part: no more than this is sent again after a broken connection.
	MaxPart = 4 << 20
	minPart = 64 << 10 // but for the last one, so that nobody sends a byte at a time
	// MaxIncoming bounds the files that a person has under way.
	MaxIncoming = 64
	// incomingLife is how long a file that is not whole waits for its next part.
	incomingLife = 24 * time.Hour
)

// UploadID names a file that comes in parts.
type UploadID string

// Incoming is a file that comes in parts: how much of it is here, and the paper that it became.
type Incoming struct {
	ID         UploadID
	Org        trade.OrgID
	User       UserID // who began it; nobody else goes on with it
	Pack       PackID // that takes the paper; empty: none yet
	Supersedes DocumentID
	FileName   string // as given: shown, never used as a path
	Size       int64
	Received   int64      // bytes that are kept, from the first on
	Document   DocumentID // once it is whole
	Known      bool       // the organisation had these bytes already
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// Whole tells whether all of the file is here and is a paper.
func (i Incoming) Whole() bool { return i.Document != "" }

// IncomingInput is a file that is to come.
type IncomingInput struct {
	Pack       PackID
	Supersedes DocumentID
	FileName   string
	Size       int64
}

// BeginUpload announces a file. Nothing of it is kept yet; what could never be taken is refused
// before anything is sent. Effect: one transaction with the row.
func (a *App) BeginUpload(ctx context.Context, actor Actor, in IncomingInput) (Incoming, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Incoming{}, err
	}
	if !utf8.ValidString(in.FileName) || len(in.FileName) > maxFileName {
		return Incoming{}, fault(
			CodeInput, "file_name", "a file name of at most %d bytes in UTF-8", maxFileName,
		)
	}
	if in.Size < 1 {
		return Incoming{}, fault(CodeInput, "Upload-Length", "a file of at least one byte")
	}
	if in.Size > MaxUpload {
		return Incoming{}, fault(CodeUploadSize, "Upload-Length", "a file of at most %d bytes", MaxUpload)
	}
	if in.Pack != "" {
		if err := a.canSeePack(ctx, actor, in.Pack); err != nil {
			return Incoming{}, err
		}
	}
	id, err := a.newID("upl")
	if err != nil {
		return Incoming{}, err
	}
	now := a.wall.Now().UTC()
	i := Incoming{
		ID: UploadID(id), Org: actor.Org, User: actor.User, Pack: in.Pack, Supersedes: in.Supersedes,
		FileName: in.FileName, Size: in.Size, CreatedAt: now, ExpiresAt: now.Add(incomingLife),
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if _, err := nextVersion(ctx, tx, actor, in.Supersedes); err != nil {
			return err
		}
		running, err := tx.CountIncoming(ctx, actor.User, now)
		if err != nil {
			return err
		}
		if running >= MaxIncoming {
			return fault(CodeTooMany, "", "%d files are under way already: let them end first", running)
		}
		stored, err := tx.StoredBytes(ctx, actor.Org)
		if err != nil {
			return err
		}
		if stored+in.Size > a.quota {
			return a.overQuota()
		}
		if err := tx.InsertIncoming(ctx, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
	return i, err
}

// Incoming returns a file that the actor began.
func (a *App) Incoming(ctx context.Context, actor Actor, id UploadID) (Incoming, error) {
	var i Incoming
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		i, err = tx.Incoming(ctx, id)
		return err
	})
	return a.ownUpload(actor, i, err)
}

// ownUpload hides what another began, and what waited too long.
func (a *App) ownUpload(actor Actor, i Incoming, err error) (Incoming, error) {
	if err == nil && (i.User != actor.User || !a.wall.Now().Before(i.ExpiresAt)) {
		err = ErrNoRow
	}
	return i, found(err, "upload")
}

// ReceivePart takes the next part of a file. A part comes whole or not at all, so that after a
// broken connection no more than one is sent again.
//
// Effects, in this order, of a part before the last: one transaction with its bytes and how far
// the file is. Of the last: the blob by digest; then one transaction that makes it a paper, as
// Upload does, and forgets the parts. A crash before it leaves the parts, and the last one is
// sent again.
func (a *App) ReceivePart(
	ctx context.Context, actor Actor, id UploadID, offset int64, part []byte,
) (Incoming, error) {
	i, err := a.Incoming(ctx, actor, id)
	if err != nil {
		return Incoming{}, err
	}
	if i.Whole() && offset == i.Size && len(part) == 0 {
		return i, nil // the answer to the last part was lost
	}
	if err := i.takes(offset, int64(len(part))); err != nil {
		return Incoming{}, err
	}
	if offset+int64(len(part)) < i.Size {
		return a.keepPart(ctx, actor, i, part)
	}
	return a.completeUpload(ctx, actor, i, part)
}

// takes refuses a part that does not follow what is here, and one of a wrong size.
func (i Incoming) takes(offset, size int64) error {
	last := offset+size == i.Size
	switch {
	case i.Whole() || offset != i.Received:
		return fault(
			CodeUploadOffset, "Upload-Offset", "%d bytes of the file are here: go on from there", i.Received,
		)
	case offset+size > i.Size:
		return fault(CodeInput, "Upload-Offset", "more bytes than were announced: begin anew")
	case size > MaxPart, size < minPart && !last:
		return fault(
			CodeInput, "Upload-Offset", "parts of %d to %d bytes, only the last may be smaller", minPart, MaxPart,
		)
	}
	return nil
}

// keepPart keeps a part that is not the last.
func (a *App) keepPart(ctx context.Context, actor Actor, i Incoming, part []byte) (Incoming, error) {
	offset := i.Received
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		now, err := tx.LockIncoming(ctx, i.ID)
		if i, err = a.ownUpload(actor, now, err); err != nil {
			return err
		}
		if err := i.takes(offset, int64(len(part))); err != nil {
			return err
		}
		i.Received += int64(len(part))
		if err := tx.AddPart(ctx, i.ID, offset, part); err != nil {
			return err
		}
		return tx.SetIncoming(ctx, i)
	})
	return i, err
}

// completeUpload makes a paper of the parts that are here and the last one.
func (a *App) completeUpload(ctx context.Context, actor Actor, i Incoming, last []byte) (Incoming, error) {
	whole := io.MultiReader(&partReader{ctx: ctx, app: a, upload: i}, bytes.NewReader(last))
	also := func(ctx context.Context, tx StoreTx, d Document, created bool) error {
		now, err := tx.LockIncoming(ctx, i.ID)
		if err != nil {
			return found(err, "upload")
		}
		if now.Received != i.Received || now.Whole() {
			return fault(CodeUploadOffset, "Upload-Offset", "the file has been completed meanwhile")
		}
		i.Received, i.Document, i.Known = i.Size, d.ID, !created
		if err := tx.DeleteParts(ctx, i.ID); err != nil {
			return err
		}
		return tx.SetIncoming(ctx, i)
	}
	before := i
	_, _, err := a.keepPaper(ctx, actor, Upload{
		Pack: i.Pack, FileName: i.FileName, Supersedes: i.Supersedes, Body: whole,
	}, also)
	if err != nil {
		return before, err
	}
	return i, nil
}

// CancelUpload forgets a file that is not whole; one that became a paper stays.
func (a *App) CancelUpload(ctx context.Context, actor Actor, id UploadID) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		now, err := tx.LockIncoming(ctx, id)
		i, err := a.ownUpload(actor, now, err)
		if err != nil {
			return err
		}
		if i.Whole() {
			return fault(CodeDocumentState, "", "the file is a paper by now: it stays")
		}
		if err := tx.DeleteParts(ctx, id); err != nil {
			return err
		}
		return tx.DeleteIncoming(ctx, id)
	})
}

// partReader reads the parts of a file one after the other; it holds one at a time.
type partReader struct {
	ctx    context.Context //nolint:containedctx // lives for one copy
	app    *App
	upload Incoming
	at     int64
	rest   []byte
}

// Read implements io.Reader.
func (r *partReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.at == r.upload.Received {
			return 0, io.EOF
		}
		err := r.app.store.Read(r.ctx, func(ctx context.Context, tx StoreTx) error {
			var err error
			r.rest, err = tx.Part(ctx, r.upload.ID, r.at)
			return err
		})
		if errors.Is(err, ErrNoRow) {
			return 0, fault(CodeUploadOffset, "Upload-Offset", "the file has been completed meanwhile")
		}
		if err != nil {
			return 0, err
		}
		r.at += int64(len(r.rest))
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
