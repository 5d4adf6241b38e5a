package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// When says how soon a person wants to be told.
type When string

// How soon.
const (
	AtOnce When = "at_once"
	Daily  When = "daily" // in one mail a day, at dailyHour
	Never  When = "never"
)

// NoticeKind is what a notification is for.
type NoticeKind string

// The kinds.
const (
	NoticeWaiting NoticeKind = "waiting" // something waits for the person
	NoticeOutcome NoticeKind = "outcome" // what became of an act that the person prepared
)

// Preferences are how a person wants to be told by mail.
type Preferences struct {
	Language string // "en" or "zh-CN"
	Waiting  When
	Outcome  When
}

// DefaultPreferences are those of who has said nothing.
func DefaultPreferences() Preferences {
	return Preferences{Language: "en", Waiting: Daily, Outcome: Daily}
}

// Of says how soon a kind is wanted.
func (p Preferences) Of(k NoticeKind) When {
	if k == NoticeOutcome {
		return p.Outcome
	}
	return p.Waiting
}

const (
	dailyHour  = 6                  // UTC, of the mail of a day
	mailLimit  = 200                // notifications in one mail
	noticeLife = 7 * 24 * time.Hour // mailed or not, a notification is let go then
)

// Notice is what people are to be told: one person, or each of an organisation with one of the
// roles. It has no amount and nothing of a paper.
type Notice struct {
	User        UserID // one person; or
	Org         trade.OrgID
	Roles       []trade.Role
	Except      UserID // who knows it already
	Kind        NoticeKind
	Next        string // what is to be done, or what it came to
	SubjectKind string
	Subject     string
	Now, Daily  time.Time // and when the next daily mail is due
}

// Notification is a notice to one person as it is kept until it is mailed.
type Notification struct {
	ID          int64
	Kind        NoticeKind
	Next        string
	SubjectKind string
	Subject     string
}

// Mail is what one person is sent: what kinds of things, how many of each, and nothing more.
type Mail struct {
	ID       string // the same when it is sent again
	To       string // address
	Name     string
	Language string
	At       time.Time
	Lines    []MailLine
}

// MailLine counts the notifications of one kind.
type MailLine struct {
	Kind        NoticeKind
	Next        string
	SubjectKind string
	Count       int
}

// Mailer sends mails. One that is sent again has the same id.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Preferences tells how the actor wants to be told.
func (a *App) Preferences(ctx context.Context, actor Actor) (Preferences, error) {
	p := DefaultPreferences()
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		said, err := tx.Preferences(ctx, actor.User)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		p = said
		return err
	})
	return p, err
}

// SetPreferences keeps how the actor wants to be told. What waits already stays as it was asked
// for then.
func (a *App) SetPreferences(ctx context.Context, actor Actor, p Preferences) (Preferences, error) {
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.PutPreferences(ctx, actor.User, p); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"preferences.set", "user", string(actor.User)}, nil); err != nil {
			return err
		}
		return a.answered(ctx, tx, p)
	})
	return p, err
}

// notify tells people, in the transaction of the cause. Nothing is kept on a node that sends no
// mail.
func (a *App) notify(ctx context.Context, tx StoreTx, n Notice) error {
	if a.mailer == nil {
		return nil
	}
	n.Now = a.wall.Now().UTC()
	n.Daily = time.Date(n.Now.Year(), n.Now.Month(), n.Now.Day(), dailyHour, 0, 0, 0, time.UTC)
	if !n.Daily.After(n.Now) {
		n.Daily = n.Daily.AddDate(0, 0, 1)
	}
	due, err := tx.Notify(ctx, n)
	if err != nil {
		return err
	}
	for _, j := range due {
		if err := tx.Enqueue(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// notifySigners tells who must sign an intent, but for who prepared it.
func (a *App) notifySigners(ctx context.Context, tx StoreTx, i Intent) error {
	kind, subject := about(i)
	for _, d := range i.Duties {
		for _, org := range d.Orgs {
			err := a.notify(ctx, tx, Notice{
				Org: org, Roles: d.Roles, Except: i.CreatedBy, Kind: NoticeWaiting, Next: string(NextSign),
				SubjectKind: string(kind), Subject: string(subject),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// notifyOutcome tells who prepared an intent what became of it.
func (a *App) notifyOutcome(ctx context.Context, tx StoreTx, i Intent) error {
	if i.CreatedBy == "" || len(i.Duties) == 0 {
		return nil // nobody waits for it
	}
	kind, subject := about(i)
	return a.notify(ctx, tx, Notice{
		User: i.CreatedBy, Kind: NoticeOutcome, Next: string(i.State), SubjectKind: string(kind),
		Subject: string(subject),
	})
}

// notifyTurn tells whose turn it is with an asset that a block moved.
func (a *App) notifyTurn(ctx context.Context, tx StoreTx, asset Asset) error {
	if a.mailer == nil {
		return nil
	}
	var failed error
	t, waits := turnOf(asset, func(id trade.AssetID) *trade.Receivable {
		claim, err := tx.Asset(ctx, id)
		if err != nil && !errors.Is(err, ErrNoRow) {
			failed = err
		}
		if err != nil || claim.State == nil {
			return nil
		}
		return claim.State.Receivable
	})
	if failed != nil || !waits || t.from.After(a.Now()) {
		return failed
	}
	for _, org := range t.orgs {
		err := a.notify(ctx, tx, Notice{
			Org: org, Roles: t.roles, Kind: NoticeWaiting, Next: string(t.next),
			SubjectKind: string(asset.Record.Kind), Subject: string(asset.Record.ID),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mail sends a person what is due.
//
// Effects, in this order:
//  1. the mail is sent; a crash after it sends it again, with the same id;
//  2. its notifications are marked as mailed.
func (a *App) mail(ctx context.Context, id UserID) error {
	if a.mailer == nil {
		return nil
	}
	now := a.wall.Now().UTC()
	var user User
	var list []Notification
	wanted := DefaultPreferences()
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if user, err = tx.User(ctx, id); err != nil {
			return err
		}
		if list, err = tx.Unsent(ctx, id, now, mailLimit); err != nil {
			return err
		}
		said, err := tx.Preferences(ctx, id)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		wanted = said
		return err
	})
	if err != nil || len(list) == 0 {
		return err
	}
	m := Mail{
		ID: fmt.Sprintf("%d-%d", list[0].ID, list[len(list)-1].ID), To: user.Email, Name: user.Name,
		Language: wanted.Language, At: now,
	}
	ids := make([]int64, len(list))
	at := map[MailLine]int{}
	for i, n := range list {
		ids[i] = n.ID
		line := MailLine{Kind: n.Kind, Next: n.Next, SubjectKind: n.SubjectKind}
		if _, there := at[line]; !there {
			at[line] = len(m.Lines)
			m.Lines = append(m.Lines, line)
		}
		m.Lines[at[line]].Count++
	}
	if !user.Disabled {
		if err := a.mailer.Send(ctx, m); err != nil {
			return fmt.Errorf("mail %s: %w", m.ID, err)
		}
	}
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return tx.MarkMailed(ctx, ids, now)
	})
}

// mailDue has everybody mailed to whom something is due.
func (a *App) mailDue(ctx context.Context) error {
	if a.mailer == nil {
		return nil
	}
	now := a.wall.Now().UTC()
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		due, err := tx.MailsDue(ctx, now, now.Add(-noticeLife))
		if err != nil {
			return err
		}
		for _, j := range due {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}
