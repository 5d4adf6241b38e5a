package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertIntent adds an intent with its subjects and duties.
func (t *storeTx) InsertIntent(ctx context.Context, i app.Intent) error {
	t.Changed(app.ChangedIntent, string(i.ID))
	err := t.q.InsertIntent(ctx, db.InsertIntentParams{
		ID: string(i.ID), OrgID: string(i.Org), Command: i.Bytes, Digest: string(i.Digest),
		Endorsers: texts[string](i.Endorsers), After: optional(i.After), State: string(i.State),
		CreatedBy: optional(i.CreatedBy), CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
	})
	if err != nil {
		return fmt.Errorf("intent %s: %w", i.ID, err)
	}
	err = t.q.InsertIntentSubjects(ctx, db.InsertIntentSubjectsParams{
		IntentID: string(i.ID),
		AssetIds: mapped(i.Command.Subjects, func(s trade.Subject) string { return string(s.ID) }),
	})
	if err != nil {
		return fmt.Errorf("intent %s: %w", i.ID, err)
	}
	for n, d := range i.Duties {
		err := t.q.InsertIntentDuty(ctx, db.InsertIntentDutyParams{
			IntentID: string(i.ID), Position: small(n), Orgs: texts[string](d.Orgs), Roles: texts[string](d.Roles),
		})
		if err != nil {
			return fmt.Errorf("intent %s: %w", i.ID, err)
		}
	}
	return nil
}

// Intent returns an intent with its signatures.
func (t *storeTx) Intent(ctx context.Context, id trade.CommandID) (app.Intent, error) {
	return t.intent(ctx, id, t.q.Intent)
}

// LockIntent returns an intent; other writers wait for it until the transaction ends.
func (t *storeTx) LockIntent(ctx context.Context, id trade.CommandID) (app.Intent, error) {
	return t.intent(ctx, id, t.q.LockIntent)
}

func (t *storeTx) intent(
	ctx context.Context, id trade.CommandID, read func(context.Context, string) (db.Intent, error),
) (app.Intent, error) {
	row, err := read(ctx, string(id))
	if err != nil {
		return app.Intent{}, rowed(err)
	}
	list, err := t.intentsOf(ctx, []db.Intent{row})
	if err != nil {
		return app.Intent{}, err
	}
	return list[0], nil
}

// AddSignature adds a person's signature. A person, user or key that has signed already is
// refused with trade.CodeSignatureSame, a duty that is taken with ErrEdited.
func (t *storeTx) AddSignature(ctx context.Context, id trade.CommandID, s app.SignedDuty) error {
	signature, err := trade.Canonical(s.Signature)
	if err != nil {
		return fmt.Errorf("intent %s: signature: %w", id, err)
	}
	err = t.q.InsertSignature(ctx, db.InsertSignatureParams{
		IntentID: string(id), Duty: small(s.Duty), OrgID: string(s.Signature.Org),
		PersonID: string(s.Signature.Person), UserID: string(s.User), PublicKey: s.PublicKey,
		Signature: signature, SignedAt: s.SignedAt,
	})
	switch {
	case violates(err, "intent_signatures_person", "intent_signatures_user", "intent_signatures_key"):
		return &trade.Fault{
			Code: trade.CodeSignatureSame, Message: "this person has signed already: another person must",
		}
	case violates(err, "intent_signatures_pkey"):
		return app.ErrEdited
	case err != nil:
		return fmt.Errorf("intent %s: signature: %w", id, err)
	}
	t.Changed(app.ChangedIntent, string(id))
	return t.q.TouchIntent(ctx, string(id))
}

// SetIntent writes how far an intent has come. That it was handed to the ledger is told to nobody:
// who waits for its end waits on. ErrEdited: it had ended already, and not in such a way that it
// could still turn out to be committed.
func (t *storeTx) SetIntent(ctx context.Context, i app.Intent) error {
	if i.State != app.IntentSubmitted {
		t.Changed(app.ChangedIntent, string(i.ID))
	}
	p := db.SetIntentParams{ID: string(i.ID), State: string(i.State), FinishedAt: optionalTime(i.FinishedAt)}
	if i.TxID != "" {
		block := height(i.Block)
		p.TxID, p.Block = &i.TxID, &block
	}
	if f := i.Fault; f != nil {
		code := string(f.Code)
		p.FaultCode, p.FaultPath, p.FaultMessage = &code, &f.Path, &f.Message
	}
	rows, err := t.q.SetIntent(ctx, p)
	if err != nil {
		return fmt.Errorf("intent %s: %w", i.ID, err)
	}
	return changed(rows, nil, app.ErrEdited)
}

// Waiting lists open intents with a duty that the organisation could fulfil.
func (t *storeTx) Waiting(ctx context.Context, org trade.OrgID, p app.Page) ([]app.Intent, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.IntentsWaitingFor(ctx, db.IntentsWaitingForParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	return t.intentPage(ctx, rows, asked)
}

// IntentsOf lists the intents about an asset.
func (t *storeTx) IntentsOf(
	ctx context.Context, asset trade.AssetID, p app.Page,
) ([]app.Intent, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.IntentsAbout(ctx, db.IntentsAboutParams{
		AssetID: string(asset), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	return t.intentPage(ctx, rows, asked)
}

func (t *storeTx) intentPage(
	ctx context.Context, rows []db.Intent, asked int32,
) ([]app.Intent, string, error) {
	rows, next := paged(rows, asked, func(i db.Intent) (time.Time, string) { return i.CreatedAt, i.ID })
	list, err := t.intentsOf(ctx, rows)
	return list, next, err
}

// Followers lists the intents that wait for this one.
func (t *storeTx) Followers(ctx context.Context, id trade.CommandID) ([]trade.CommandID, error) {
	after := string(id)
	rows, err := t.q.Followers(ctx, &after)
	return texts[trade.CommandID](rows), err
}

// recoverLimit bounds how many intents a start takes up again; the jobs of the others still
// stand, because a job is only gone when its work was done.
const recoverLimit = 10_000

// Unfinished lists ready and submitted intents that wait for no other, oldest first.
func (t *storeTx) Unfinished(ctx context.Context) ([]trade.CommandID, error) {
	rows, err := t.q.UnfinishedIntents(ctx, recoverLimit)
	return texts[trade.CommandID](rows), err
}

// intentsOf reads what hangs on intents, for all of them at once.
func (t *storeTx) intentsOf(ctx context.Context, rows []db.Intent) ([]app.Intent, error) {
	ids := mapped(rows, func(i db.Intent) string { return i.ID })
	parts, err := t.q.PartsOfIntents(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]app.Intent, len(rows))
	at := make(map[string]*app.Intent, len(rows))
	for n, row := range rows {
		if list[n], err = intentOf(row); err != nil {
			return nil, err
		}
		at[row.ID] = &list[n]
	}
	for _, p := range parts {
		if err := hang(p, at[p.IntentID]); err != nil {
			return nil, fmt.Errorf("intent %s: duties and signatures: %w", p.IntentID, err)
		}
	}
	return list, nil
}

// signedRow is a signature as the database puts it.
type signedRow struct {
	Duty      int             `json:"duty"`
	User      app.UserID      `json:"user"`
	PublicKey []byte          `json:"public_key"`
	SignedAt  time.Time       `json:"signed_at"`
	Signature trade.Signature `json:"signature"`
}

// hang puts on an intent what hangs on it.
func hang(p db.PartsOfIntentsRow, i *app.Intent) error {
	var signed []signedRow
	err := errors.Join(json.Unmarshal(p.Duties, &i.Duties), json.Unmarshal(p.Signatures, &signed))
	if err != nil {
		return err
	}
	for _, s := range signed {
		i.Signatures = append(i.Signatures, app.SignedDuty{
			Duty: s.Duty, User: s.User, PublicKey: s.PublicKey, SignedAt: s.SignedAt.UTC(), Signature: s.Signature,
		})
	}
	return nil
}

func intentOf(row db.Intent) (app.Intent, error) {
	command, err := trade.Decode[trade.Command](row.Command, "command")
	if err != nil {
		return app.Intent{}, fmt.Errorf("intent %s: stored command: %w", row.ID, err)
	}
	i := app.Intent{
		ID: trade.CommandID(row.ID), Org: trade.OrgID(row.OrgID), Command: command, Bytes: row.Command,
		Digest: trade.Digest(row.Digest), Endorsers: texts[trade.OrgID](row.Endorsers),
		After: present[trade.CommandID](row.After), State: app.IntentState(row.State),
		CreatedBy: present[app.UserID](row.CreatedBy), CreatedAt: row.CreatedAt.UTC(),
		ExpiresAt:  row.ExpiresAt.UTC(),
		FinishedAt: presentTime(row.FinishedAt), TxID: present[string](row.TxID), Edit: int(row.Edit),
	}
	if row.Block != nil {
		i.Block = heightOf(*row.Block)
	}
	if row.FaultCode != nil {
		i.Fault = &trade.Fault{
			Code: trade.Code(*row.FaultCode), Path: present[string](row.FaultPath),
			Message: present[string](row.FaultMessage),
		}
	}
	return i, nil
}

// OutOfTime lists open intents that were not signed in time, at most expiredLimit.
func (t *storeTx) OutOfTime(ctx context.Context, now time.Time) ([]trade.CommandID, error) {
	ids, err := t.q.IntentsOutOfTime(ctx, db.IntentsOutOfTimeParams{Now: now, Page: expiredLimit})
	return texts[trade.CommandID](ids), err
}
