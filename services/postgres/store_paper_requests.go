package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertPaperRequest adds a request for a paper; false when the same is asked already.
func (t *storeTx) InsertPaperRequest(ctx context.Context, r app.PaperRequest) (bool, error) {
	due, err := day(r.Due)
	if err != nil {
		return false, fmt.Errorf("request %s: %w", r.ID, err)
	}
	t.Changed(app.ChangedPaperRequest, string(r.ID))
	rows, err := t.q.InsertPaperRequest(ctx, db.InsertPaperRequestParams{
		ID: string(r.ID), PackID: string(r.Pack), OrgID: string(r.Org), AskedID: string(r.Asked),
		Kind: string(r.Kind), DueOn: due, Note: r.Note, AskedBy: string(r.By), AskedAt: r.At,
	})
	return rows == 1, err
}

// PaperRequest reads a request for a paper.
func (t *storeTx) PaperRequest(ctx context.Context, id app.PaperRequestID) (app.PaperRequest, error) {
	row, err := t.q.PaperRequest(ctx, string(id))
	if err != nil {
		return app.PaperRequest{}, rowed(err)
	}
	return paperRequestOf(row), nil
}

// PaperRequests lists what an organisation asked for and was asked, newest first.
func (t *storeTx) PaperRequests(
	ctx context.Context, org trade.OrgID, f app.PaperRequestFilter, p app.Page,
) ([]app.PaperRequest, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.PaperRequestsOf(ctx, db.PaperRequestsOfParams{
		OrgID: string(org), PackID: string(f.Pack), State: string(f.State), BeforeAt: from.at, BeforeID: from.id,
		Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("requests of %s: %w", org, err)
	}
	list := mapped(rows, func(r db.PaperRequestsOfRow) app.PaperRequest {
		return paperRequestOf(db.PaperRequestRow(r))
	})
	list, next := paged(list, asked, func(r app.PaperRequest) (time.Time, string) { return r.At, string(r.ID) })
	return list, next, nil
}

// OpenPaperRequests lists what a paper of a kind answers in a pack.
func (t *storeTx) OpenPaperRequests(
	ctx context.Context, pack app.PackID, asked trade.OrgID, kind parse.Kind,
) ([]app.PaperRequest, error) {
	rows, err := t.lists.OpenPaperRequests(ctx, db.OpenPaperRequestsParams{
		PackID: string(pack), AskedID: string(asked), Kind: string(kind), Page: listLimit,
	})
	return mapped(rows, func(r db.OpenPaperRequestsRow) app.PaperRequest {
		return paperRequestOf(db.PaperRequestRow(r))
	}), err
}

// CountOpenPaperRequests is how many an organisation has open in a pack.
func (t *storeTx) CountOpenPaperRequests(
	ctx context.Context, pack app.PackID, org trade.OrgID,
) (int, error) {
	n, err := t.q.CountOpenPaperRequests(ctx, db.CountOpenPaperRequestsParams{
		PackID: string(pack), OrgID: string(org),
	})
	return int(n), err
}

// PaperRequestsThatWait lists those that somebody must do something about, oldest first.
func (t *storeTx) PaperRequestsThatWait(
	ctx context.Context, org trade.OrgID, limit int,
) ([]app.PaperRequest, error) {
	rows, err := t.q.PaperRequestsThatWait(ctx, db.PaperRequestsThatWaitParams{
		OrgID: string(org), Page: small(limit),
	})
	return mapped(rows, func(r db.PaperRequestsThatWaitRow) app.PaperRequest {
		return paperRequestOf(db.PaperRequestRow(r))
	}), err
}

// SetPaperRequest moves a request that still stands as it was read.
func (t *storeTx) SetPaperRequest(
	ctx context.Context, r app.PaperRequest, before app.PaperRequestState,
) error {
	t.Changed(app.ChangedPaperRequest, string(r.ID))
	rows, err := t.q.SetPaperRequest(ctx, db.SetPaperRequestParams{
		ID: string(r.ID), State: string(r.State), Before: string(before), PaperID: optional(r.Paper),
		RefusedID: optional(r.Refused), Reason: r.Reason, EndedBy: optional(r.EndedBy),
		EndedAt: optionalTime(r.EndedAt),
	})
	return changed(rows, err, app.ErrEdited)
}

func paperRequestOf(r db.PaperRequestRow) app.PaperRequest {
	var due money.Date
	if r.DueOn != nil {
		due = money.DateOf(*r.DueOn)
	}
	return app.PaperRequest{
		Due: due,
		ID:  app.PaperRequestID(r.ID), Pack: app.PackID(r.PackID), Title: r.Title, Org: trade.OrgID(r.OrgID),
		Asked: trade.OrgID(r.AskedID), Kind: parse.Kind(r.Kind), Note: r.Note,
		By: app.UserID(r.AskedBy), At: r.AskedAt.UTC(), State: app.PaperRequestState(r.State),
		Paper: present[app.DocumentID](r.PaperID), Refused: present[app.DocumentID](r.RefusedID),
		Reason: r.Reason, EndedBy: present[app.UserID](r.EndedBy), EndedAt: presentTime(r.EndedAt),
	}
}
