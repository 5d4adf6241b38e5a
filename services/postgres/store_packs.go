package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertPack adds a pack with its parties.
func (t *storeTx) InsertPack(ctx context.Context, p app.Pack) error {
	err := t.q.InsertPack(ctx, db.InsertPackParams{
		ID: string(p.ID), OrgID: string(p.Org), Title: p.Title, CreatedBy: string(p.CreatedBy),
		CreatedAt: p.CreatedAt, ProgrammeID: optional(p.Programme),
	})
	if err != nil {
		return err
	}
	t.Changed(app.ChangedPack, string(p.ID))
	for _, party := range p.Parties {
		if err := t.AddParty(ctx, p.ID, party); err != nil {
			return err
		}
	}
	return nil
}

// AddParty lets an organisation see a pack; one that does already keeps its side.
func (t *storeTx) AddParty(ctx context.Context, id app.PackID, party app.PackParty) error {
	t.Changed(app.ChangedPack, string(id))
	return t.q.AddPackParty(ctx, db.AddPackPartyParams{
		PackID: string(id), OrgID: string(party.Org), Side: string(party.Side),
	})
}

// AddDocument puts a paper into a pack and counts the edit; false when it was there.
func (t *storeTx) AddDocument(
	ctx context.Context, id app.PackID, d app.DocumentID, by app.UserID, at time.Time,
) (bool, error) {
	added, err := t.q.AddPackDocument(ctx, db.AddPackDocumentParams{
		PackID: string(id), DocumentID: string(d), AddedBy: string(by), AddedAt: at,
	})
	if err != nil || added == 0 {
		return false, err
	}
	return true, t.TouchPack(ctx, id)
}

// TouchPack counts an edit of a pack's contents.
func (t *storeTx) TouchPack(ctx context.Context, id app.PackID) error {
	t.Changed(app.ChangedPack, string(id))
	rows, err := t.q.TouchPack(ctx, string(id))
	return changed(rows, err, app.ErrNoRow)
}

// SetPackProgramme names the programme of a pack that is at this edit.
func (t *storeTx) SetPackProgramme(
	ctx context.Context, id app.PackID, programme trade.AssetID, edit int,
) error {
	t.Changed(app.ChangedPack, string(id))
	rows, err := t.q.SetPackProgramme(ctx, db.SetPackProgrammeParams{
		ID: string(id), ProgrammeID: optional(programme), Edit: small(edit),
	})
	return changed(rows, err, app.ErrEdited)
}

// PacksOf lists the packs that a paper lies in, the first that it was put into first.
func (t *storeTx) PacksOf(ctx context.Context, d app.DocumentID) ([]app.PackID, error) {
	rows, err := t.q.PacksWithDocument(ctx, string(d))
	return texts[app.PackID](rows), err
}

// Pack returns a pack with parties, papers and its newest verification.
func (t *storeTx) Pack(ctx context.Context, id app.PackID) (app.Pack, error) {
	row, err := t.q.Pack(ctx, string(id))
	if err != nil {
		return app.Pack{}, rowed(err)
	}
	list, err := t.packsOf(ctx, []db.Pack{row})
	if err != nil {
		return app.Pack{}, err
	}
	return list[0], nil
}

// Packs lists the packs that an organisation is a party of.
func (t *storeTx) Packs(ctx context.Context, org trade.OrgID, p app.Page) ([]app.Pack, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.PacksSeenBy(ctx, db.PacksSeenByParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := paged(rows, asked, func(p db.Pack) (time.Time, string) { return p.CreatedAt, p.ID })
	list, err := t.packsOf(ctx, rows)
	return list, next, err
}

// PacksOfOrders lists the newest packs that hold a paper about one of the orders.
func (t *storeTx) PacksOfOrders(
	ctx context.Context, org trade.OrgID, orders []string, limit int,
) ([]app.PackID, error) {
	rows, err := t.q.PacksOfOrders(ctx, db.PacksOfOrdersParams{
		OrgID: string(org), Orders: orders, Page: small(limit),
	})
	return mapped(rows, func(r db.PacksOfOrdersRow) app.PackID { return app.PackID(r.ID) }), err
}

// packsOf reads what hangs on packs, for all of them at once.
func (t *storeTx) packsOf(ctx context.Context, rows []db.Pack) ([]app.Pack, error) {
	ids := mapped(rows, func(p db.Pack) string { return p.ID })
	parties, err := t.q.PartiesOfPacks(ctx, ids)
	if err != nil {
		return nil, err
	}
	papers, err := t.q.DocumentsOfPacks(ctx, ids)
	if err != nil {
		return nil, err
	}
	latest, err := t.q.LatestVerifications(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]app.Pack, len(rows))
	at := make(map[string]*app.Pack, len(rows))
	for i, p := range rows {
		list[i] = app.Pack{
			ID: app.PackID(p.ID), Org: trade.OrgID(p.OrgID), Title: p.Title, CreatedBy: app.UserID(p.CreatedBy),
			CreatedAt: p.CreatedAt.UTC(), Edit: int(p.Edit), Parties: []app.PackParty{}, Documents: []app.DocumentID{},
			Programme: present[trade.AssetID](p.ProgrammeID),
		}
		at[p.ID] = &list[i]
	}
	for _, q := range parties {
		p := at[q.PackID]
		p.Parties = append(p.Parties, app.PackParty{Org: trade.OrgID(q.OrgID), Side: app.PackSide(q.Side)})
	}
	for _, d := range papers {
		p := at[d.PackID]
		p.Documents = append(p.Documents, app.DocumentID(d.DocumentID))
	}
	for _, v := range latest {
		p := at[v.PackID]
		p.Latest = &app.Verification{}
		if err := json.Unmarshal(v.Body, p.Latest); err != nil {
			return nil, fmt.Errorf("pack %s: stored verification: %w", v.PackID, err)
		}
	}
	return list, nil
}

// InsertVerification adds a verification, whole.
func (t *storeTx) InsertVerification(ctx context.Context, v app.Verification) error {
	t.Changed(app.ChangedPack, string(v.Pack))
	body, err := trade.Canonical(v)
	if err != nil {
		return fmt.Errorf("verification %s: %w", v.ID, err)
	}
	return t.q.InsertVerification(ctx, db.InsertVerificationParams{
		ID: v.ID, PackID: string(v.Pack), PackEdit: small(v.PackEdit),
		TakenAt: v.TakenAt, ExpiresAt: v.ExpiresAt, Body: body,
	})
}

// Verification returns a verification, whole.
func (t *storeTx) Verification(ctx context.Context, id string) (app.Verification, error) {
	body, err := t.q.Verification(ctx, id)
	if err != nil {
		return app.Verification{}, rowed(err)
	}
	var v app.Verification
	if err := json.Unmarshal(body, &v); err != nil {
		return app.Verification{}, fmt.Errorf("stored verification %s: %w", id, err)
	}
	return v, nil
}
