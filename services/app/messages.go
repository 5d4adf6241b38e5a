package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
)

// MessageID names a message.
type MessageID string

// Message is what one party of a financing or a claim writes to the others. No right moves by it, and
// nothing of it is changed afterwards.
type Message struct {
	ID      MessageID
	Kind    trade.Kind // financing or receivable
	Subject trade.AssetID
	Org     trade.OrgID
	By      UserID
	Name    string // of who sent it; empty for people of another organisation
	At      time.Time
	Body    string
}

const (
	// MaxMessage bounds a message in bytes.
	MaxMessage = 2000
	// MessagesPerMinute bounds what one person sends.
	MessagesPerMinute = 10
)

// NextMessage is what a mail says of a message that waits to be read: not what is in it.
const NextMessage Next = "message"

// Say writes to the other parties of a financing or a claim.
//
// Effects: one transaction with the message, the line in the audit log and the notices.
func (a *App) Say(
	ctx context.Context, actor Actor, kind trade.Kind, id trade.AssetID, body string,
) (Message, error) {
	parties, err := a.talkers(ctx, actor, kind, id)
	if err != nil {
		return Message{}, err
	}
	if err := need(actor, askers()...); err != nil {
		return Message{}, err
	}
	body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
	if body == "" || len(body) > MaxMessage || !utf8.ValidString(body) || strings.ContainsRune(body, 0) {
		return Message{}, fault(CodeInput, "body", "a text of 1 to %d bytes", MaxMessage)
	}
	name, err := a.newID("msg")
	if err != nil {
		return Message{}, err
	}
	m := Message{
		ID: MessageID(name), Kind: kind, Subject: id, Org: actor.Org, By: actor.User, At: a.Now(), Body: body,
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		sent, err := tx.CountMessagesSince(ctx, actor.User, m.At.Add(-time.Minute))
		if err != nil {
			return err
		}
		if sent >= MessagesPerMinute {
			return fault(CodeTooMany, "", "%d messages within a minute: wait a little", sent)
		}
		u, err := tx.User(ctx, actor.User)
		if err != nil {
			return err
		}
		m.Name = u.Name
		if err := tx.InsertMessage(ctx, m); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"message.send", string(kind), string(id)}, nil); err != nil {
			return err
		}
		for _, org := range parties {
			if org == actor.Org {
				continue
			}
			if err := a.notify(ctx, tx, Notice{
				Org: org, Roles: []trade.Role{trade.Maker, trade.Checker}, Kind: NoticeWaiting,
				Next: string(NextMessage), SubjectKind: string(kind), Subject: string(id),
			}); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, m)
	})
	return m, err
}

// Messages lists what the parties of a financing or a claim wrote, newest first. Persons are named
// within the reader's own organisation only.
func (a *App) Messages(
	ctx context.Context, actor Actor, kind trade.Kind, id trade.AssetID, p Page,
) ([]Message, string, error) {
	if _, err := a.talkers(ctx, actor, kind, id); err != nil {
		return nil, "", err
	}
	var list []Message
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Messages(ctx, kind, id, p)
		return err
	})
	for n := range list {
		if list[n].Org != actor.Org {
			list[n].Name = ""
		}
	}
	return list, next, err
}

// talkers are the organisations that a thread is between: seller and bank of a financing; seller,
// obligor and owner of a claim. Who only reads the asset takes no part.
func (a *App) talkers(
	ctx context.Context, actor Actor, kind trade.Kind, id trade.AssetID,
) ([]trade.OrgID, error) {
	var parties []trade.OrgID
	if kind == trade.KindFinancing {
		f, err := a.Financing(ctx, actor, id)
		if err != nil {
			return nil, err
		}
		if f.Request != nil {
			parties = once(f.Request.Seller, f.Request.Bank)
		} else if f.Asset != nil && f.Asset.State != nil {
			parties = once(f.Asset.State.Financing.Seller, f.Asset.State.Financing.Bank)
		}
	} else {
		r, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
		if err != nil {
			return nil, err
		}
		parties = once(r.State.Receivable.Seller, r.State.Receivable.Obligor, r.State.Receivable.Owner)
	}
	if !slices.Contains(parties, actor.Org) {
		return nil, fault(CodeForbidden, "", "this is between the parties")
	}
	return parties, nil
}
