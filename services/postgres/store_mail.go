package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Preferences returns how a person wants to be told; ErrNoRow when nothing was said.
func (t *storeTx) Preferences(ctx context.Context, id app.UserID) (app.Preferences, error) {
	row, err := t.q.Preferences(ctx, string(id))
	return app.Preferences{
		Language: row.Language, Waiting: app.When(row.Waiting), Outcome: app.When(row.Outcome),
	}, rowed(err)
}

// PutPreferences keeps how a person wants to be told.
func (t *storeTx) PutPreferences(ctx context.Context, id app.UserID, p app.Preferences) error {
	return t.q.PutPreferences(ctx, db.PutPreferencesParams{
		UserID: string(id), Language: p.Language, Waiting: string(p.Waiting), Outcome: string(p.Outcome),
	})
}

// Notify writes a notification for each person it is for and returns those that are due now.
func (t *storeTx) Notify(ctx context.Context, n app.Notice) ([]app.MailJob, error) {
	rows, err := t.q.Notify(ctx, db.NotifyParams{
		Kind: string(n.Kind), Next: n.Next, SubjectKind: n.SubjectKind, SubjectID: n.Subject,
		Now: n.Now, Daily: n.Daily, Otherwise: string(app.DefaultPreferences().Of(n.Kind)),
		ExceptUser: string(n.Except), OnlyUser: string(n.User), OrgID: string(n.Org), Roles: texts[string](n.Roles),
	})
	if err != nil {
		return nil, fmt.Errorf("notifying of %s: %w", n.Subject, err)
	}
	due := []app.MailJob{}
	for _, r := range rows {
		if !r.DueAt.After(n.Now) {
			due = append(due, app.MailJob{User: app.UserID(r.UserID), Notification: r.ID})
		}
	}
	return due, nil
}

// Unsent lists what is due to be mailed to a person, oldest first.
func (t *storeTx) Unsent(
	ctx context.Context, id app.UserID, now time.Time, limit int,
) ([]app.Notification, error) {
	rows, err := t.q.UnsentNotifications(ctx, db.UnsentNotificationsParams{
		UserID: string(id), Now: now, Page: small(limit),
	})
	return mapped(rows, func(n db.Notification) app.Notification {
		return app.Notification{
			ID: n.ID, Kind: app.NoticeKind(n.Kind), Next: n.Next, SubjectKind: n.SubjectKind, Subject: n.SubjectID,
		}
	}), err
}

// MarkMailed notes that notifications were mailed.
func (t *storeTx) MarkMailed(ctx context.Context, ids []int64, now time.Time) error {
	return t.q.MarkMailed(ctx, db.MarkMailedParams{Now: now, Ids: ids})
}

// MailsDue lists who is to be mailed now, and lets old notifications go.
func (t *storeTx) MailsDue(ctx context.Context, now, old time.Time) ([]app.MailJob, error) {
	_, err := t.q.DeleteOldNotifications(ctx, db.DeleteOldNotificationsParams{Before: old, Page: expiredLimit})
	if err != nil {
		return nil, err
	}
	rows, err := t.q.UsersToMail(ctx, db.UsersToMailParams{Now: now, Page: expiredLimit})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return mapped(rows, func(r db.UsersToMailRow) app.MailJob {
		return app.MailJob{User: app.UserID(r.UserID), Notification: r.Newest}
	}), err
}
