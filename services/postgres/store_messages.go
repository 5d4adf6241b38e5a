package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertMessage adds a message, which nothing changes afterwards.
func (t *storeTx) InsertMessage(ctx context.Context, m app.Message) error {
	t.Changed(string(m.Kind), string(m.Subject))
	return t.q.InsertMessage(ctx, db.InsertMessageParams{
		ID: string(m.ID), SubjectKind: string(m.Kind), SubjectID: string(m.Subject), OrgID: string(m.Org),
		SentBy: string(m.By), SentAt: m.At, Body: m.Body,
	})
}

// Messages lists what was written about an asset, newest first.
func (t *storeTx) Messages(
	ctx context.Context, kind trade.Kind, subject trade.AssetID, p app.Page,
) ([]app.Message, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.MessagesOf(ctx, db.MessagesOfParams{
		SubjectKind: string(kind), SubjectID: string(subject), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("messages about %s: %w", subject, err)
	}
	rows, next := paged(rows, asked, func(r db.MessagesOfRow) (time.Time, string) { return r.SentAt, r.ID })
	return mapped(rows, func(r db.MessagesOfRow) app.Message {
		return app.Message{
			ID: app.MessageID(r.ID), Kind: trade.Kind(r.SubjectKind), Subject: trade.AssetID(r.SubjectID),
			Org: trade.OrgID(r.OrgID), By: app.UserID(r.SentBy), Name: r.Name, At: r.SentAt.UTC(), Body: r.Body,
		}
	}), next, nil
}

// CountMessagesSince is how many messages a person has sent since a moment.
func (t *storeTx) CountMessagesSince(ctx context.Context, by app.UserID, since time.Time) (int, error) {
	n, err := t.q.CountMessagesSince(ctx, db.CountMessagesSinceParams{SentBy: string(by), Since: since})
	return int(n), err
}
