package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Papers is a window of the papers that an organisation may see, and how many the filter
// leaves in all.
func (t *storeTx) Papers(
	ctx context.Context, org trade.OrgID, f app.PaperFilter, w app.Window,
) ([]app.PaperRow, int, error) {
	until := f.Until
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	asked := db.PapersWindowParams{
		OrgID: string(org), Kinds: texts[string](f.Kinds), States: texts[string](f.States),
		Origins: texts[string](f.Origins),
		Part:    partOf(f.Words), Findings: f.Findings, Since: f.Since, Until: until,
		Sort: w.Sort, Backwards: w.Backwards, Skip: small(w.Skip), Page: small(w.Limit),
	}
	rows, err := t.lists.PapersWindow(ctx, asked)
	if err != nil {
		return nil, 0, fmt.Errorf("papers of %s: %w", org, err)
	}
	if len(rows) == 0 && w.Skip > 0 { // beyond the end: only a row tells how many there are
		asked.Skip, asked.Page = 0, 1
		first, err := t.lists.PapersWindow(ctx, asked)
		if err != nil || len(first) == 0 {
			return []app.PaperRow{}, 0, err
		}
		return []app.PaperRow{}, int(first[0].Total), nil
	}
	list := make([]app.PaperRow, len(rows))
	total := 0
	for i, r := range rows {
		total = int(r.Total)
		list[i] = app.PaperRow{
			ID: app.DocumentID(r.ID), Org: trade.OrgID(r.OrgID), UploadedAt: r.UploadedAt.UTC(),
			FileName: r.Filename, MediaType: r.MediaType, Size: r.Size, Version: int(r.Version),
			State: app.DocumentState(r.State), Kind: present[parse.Kind](r.Kind),
			Number: present[string](r.Number), Fatal: int(r.Fatal), Warnings: int(r.Warnings),
		}
	}
	return list, total, nil
}

// SaveView keeps a view; one of the same user, screen and name is replaced.
func (t *storeTx) SaveView(ctx context.Context, v app.View) (app.View, error) {
	row, err := t.q.SaveView(ctx, db.SaveViewParams{
		ID: string(v.ID), OrgID: string(v.Org), UserID: string(v.User), Screen: v.Screen, Name: v.Name,
		Query: v.Query, Shared: v.Shared, CreatedAt: v.CreatedAt,
	})
	if err != nil {
		return app.View{}, fmt.Errorf("view of %s: %w", v.User, err)
	}
	return viewOf(row), nil
}

// Views lists a person's own views of a screen and those that the organisation shares.
func (t *storeTx) Views(
	ctx context.Context, org trade.OrgID, user app.UserID, screen string, limit int,
) ([]app.View, error) {
	rows, err := t.q.Views(ctx, db.ViewsParams{
		OrgID: string(org), Screen: screen, UserID: string(user), Page: small(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("views of %s: %w", user, err)
	}
	list := make([]app.View, len(rows))
	for i, row := range rows {
		list[i] = viewOf(row)
	}
	return list, nil
}

// DropView takes a view away; ErrNoRow when it is not one of the user's.
func (t *storeTx) DropView(ctx context.Context, user app.UserID, id app.ViewID) error {
	rows, err := t.q.DeleteView(ctx, db.DeleteViewParams{ID: string(id), UserID: string(user)})
	return changed(rows, err, app.ErrNoRow)
}

func viewOf(row db.View) app.View {
	return app.View{
		ID: app.ViewID(row.ID), Org: trade.OrgID(row.OrgID), User: app.UserID(row.UserID),
		Screen: row.Screen, Name: row.Name, Query: row.Query, Shared: row.Shared, CreatedAt: row.CreatedAt.UTC(),
	}
}
