package postgres

import (
	"context"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertIncoming adds a file that is to come in parts.
func (t *storeTx) InsertIncoming(ctx context.Context, i app.Incoming) error {
	return t.q.InsertUpload(ctx, db.InsertUploadParams{
		ID: string(i.ID), OrgID: string(i.Org), UserID: string(i.User), PackID: optional(i.Pack),
		Supersedes: optional(i.Supersedes), Filename: i.FileName, Size: i.Size, CreatedAt: i.CreatedAt,
		ExpiresAt: i.ExpiresAt,
	})
}

// Incoming returns a file that comes in parts.
func (t *storeTx) Incoming(ctx context.Context, id app.UploadID) (app.Incoming, error) {
	row, err := t.q.Upload(ctx, string(id))
	return incomingOf(row), rowed(err)
}

// LockIncoming reads a file so that nobody else changes it before the transaction ends.
func (t *storeTx) LockIncoming(ctx context.Context, id app.UploadID) (app.Incoming, error) {
	row, err := t.q.LockUpload(ctx, string(id))
	return incomingOf(row), rowed(err)
}

func incomingOf(row db.Upload) app.Incoming {
	return app.Incoming{
		ID: app.UploadID(row.ID), Org: trade.OrgID(row.OrgID), User: app.UserID(row.UserID),
		Pack: present[app.PackID](row.PackID), Supersedes: present[app.DocumentID](row.Supersedes),
		FileName: row.Filename, Size: row.Size, Received: row.Received,
		Document: present[app.DocumentID](row.DocumentID), Known: row.Known,
		CreatedAt: row.CreatedAt.UTC(), ExpiresAt: row.ExpiresAt.UTC(),
	}
}

// SetIncoming writes how far a file is, and the paper that it became.
func (t *storeTx) SetIncoming(ctx context.Context, i app.Incoming) error {
	rows, err := t.q.SetUpload(ctx, db.SetUploadParams{
		ID: string(i.ID), Received: i.Received, DocumentID: optional(i.Document), Known: i.Known,
	})
	return changed(rows, err, app.ErrNoRow)
}

// AddPart keeps a part of a file.
func (t *storeTx) AddPart(ctx context.Context, id app.UploadID, offset int64, bytes []byte) error {
	return t.q.InsertUploadPart(ctx, db.InsertUploadPartParams{
		UploadID: string(id), Position: offset, Bytes: bytes,
	})
}

// Part returns the part that begins at an offset.
func (t *storeTx) Part(ctx context.Context, id app.UploadID, offset int64) ([]byte, error) {
	bytes, err := t.q.UploadPart(ctx, db.UploadPartParams{UploadID: string(id), Position: offset})
	return bytes, rowed(err)
}

// DeleteParts forgets the parts of a file.
func (t *storeTx) DeleteParts(ctx context.Context, id app.UploadID) error {
	return t.q.DeleteUploadParts(ctx, string(id))
}

// DeleteIncoming forgets a file whose parts are gone.
func (t *storeTx) DeleteIncoming(ctx context.Context, id app.UploadID) error {
	return t.q.DeleteUpload(ctx, string(id))
}

// CountIncoming is how many files of a person are under way.
func (t *storeTx) CountIncoming(ctx context.Context, user app.UserID, now time.Time) (int, error) {
	n, err := t.q.CountUploads(ctx, db.CountUploadsParams{UserID: string(user), Now: now})
	return int(n), err
}

// expiredUploads bounds how many uploads one call deletes: each may have 25 MiB of parts.
const expiredUploads = 100

// deleteExpiredUploads forgets the files that waited too long, the same ones first as rows of
// parts and then as rows of their own.
func (t *storeTx) deleteExpiredUploads(ctx context.Context, now time.Time) error {
	_, err := t.q.DeleteExpiredUploadParts(
		ctx, db.DeleteExpiredUploadPartsParams{Now: now, Page: expiredUploads},
	)
	if err != nil {
		return err
	}
	_, err = t.q.DeleteExpiredUploads(ctx, db.DeleteExpiredUploadsParams{Now: now, Page: expiredUploads})
	return err
}
