package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// BeginRequest takes an Idempotency-Key. A key whose time is over is free again. Of two
// requests that come at once the second waits for the first one's transaction.
func (t *storeTx) BeginRequest(ctx context.Context, k app.RequestKey) (*app.StoredAnswer, error) {
	taken, err := t.q.ClaimIdempotencyKey(ctx, db.ClaimIdempotencyKeyParams{
		UserID: string(k.User), Key: k.Key, RequestDigest: string(k.Digest),
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt,
	})
	if err != nil || taken == 1 {
		return nil, err
	}
	first, err := t.q.IdempotencyKey(ctx, db.IdempotencyKeyParams{UserID: string(k.User), Key: k.Key})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, app.ErrInProgress // it was deleted or forgotten at this moment
	case err != nil:
		return nil, err
	case first.RequestDigest != string(k.Digest):
		return nil, app.ErrOtherRequest
	case first.Status == nil:
		return nil, app.ErrInProgress
	}
	return &app.StoredAnswer{
		Status: int(*first.Status), ContentType: present[string](first.ContentType),
		Location: present[string](first.Location), ETag: present[string](first.Etag), Body: first.Body,
	}, nil
}

// FinishRequest keeps the answer of a request, in place of an earlier one. When it took so
// long that another has taken its key, that one's answer counts and this is ErrInProgress.
func (t *storeTx) FinishRequest(ctx context.Context, k app.RequestKey, a app.StoredAnswer) error {
	if a.Body == nil {
		a.Body = []byte{}
	}
	rows, err := t.q.AnswerIdempotencyKey(ctx, db.AnswerIdempotencyKeyParams{
		UserID: string(k.User), Key: k.Key, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt,
		Status:      int16(a.Status), //nolint:gosec // checked by the table
		ContentType: a.ContentType, Location: optional(a.Location), Etag: optional(a.ETag), Body: a.Body,
	})
	return changed(rows, err, app.ErrInProgress)
}

// ForgetRequest frees the key of a request that failed without an effect.
func (t *storeTx) ForgetRequest(ctx context.Context, k app.RequestKey) error {
	return t.q.ReleaseIdempotencyKey(ctx, db.ReleaseIdempotencyKeyParams{
		UserID: string(k.User), Key: k.Key, CreatedAt: k.CreatedAt,
	})
}
