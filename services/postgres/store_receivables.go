package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Receivables lists the receivables that an organisation holds. The cursor is the id of the last
// row and what it was sorted by.
func (t *storeTx) Receivables(
	ctx context.Context, f app.ReceivableFilter, p app.Page,
) ([]app.Asset, string, error) {
	_, asked, err := placeOf(app.Page{Limit: p.Limit})
	if err != nil {
		return nil, "", err
	}
	afterID, afterKey, err := sortedPlace(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.Receivables(ctx, db.ReceivablesParams{
		SortBy: string(f.Order), Side: string(f.Standing), OrgID: string(f.Org), Phases: texts[string](f.Phases),
		Counterparty: string(f.Counterparty), Currency: string(f.Currency), DueFrom: f.DueFrom.String(),
		DueUntil: f.DueUntil.String(), Disputed: f.Disputed, Part: partOf(f.Search), AfterID: afterID,
		Descending: f.Descending, AfterKey: afterKey, Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("receivables of %s: %w", f.Org, err)
	}
	next := ""
	if len(rows) == int(asked) {
		rows = rows[:asked-1]
		last := rows[len(rows)-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.ID + " " + last.SortKey))
	}
	list, err := t.assetsOf(ctx, mapped(rows, func(r db.ReceivablesRow) assetRow {
		return assetRow{ID: r.ID, Record: r.Record, State: r.State}
	}))
	return list, next, err
}

// sortedPlace reads the cursor of a sorted list.
func sortedPlace(cursor string) (id, key string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	id, key, found := strings.Cut(string(raw), " ")
	if err != nil || !found || !trade.ValidID(id) || strings.ContainsRune(key, 0) {
		return "", "", &trade.Fault{
			Code: app.CodeInput, Path: "cursor", Message: "this cursor is none of ours: start from the first page",
		}
	}
	return id, key, nil
}

// PhaseSums counts and sums the receivables of a filter in every phase.
func (t *storeTx) PhaseSums(ctx context.Context, f app.ReceivableFilter) ([]app.PhaseSum, error) {
	rows, err := t.lists.PhaseSums(ctx, db.PhaseSumsParams{
		Side: string(f.Standing), OrgID: string(f.Org), Counterparty: string(f.Counterparty),
		Currency: string(f.Currency), DueFrom: f.DueFrom.String(), DueUntil: f.DueUntil.String(),
		Part: partOf(f.Search),
	})
	if err != nil {
		return nil, fmt.Errorf("sums of the receivables of %s: %w", f.Org, err)
	}
	list := make([]app.PhaseSum, len(rows))
	for n, r := range rows {
		m := minors{currency: money.Currency(r.Currency)}
		list[n] = app.PhaseSum{
			Phase: trade.Phase(r.Phase), Disputed: r.InDispute, Count: r.Count, Face: m.of(r.Face),
			Owed: m.of(r.Owed), Paid: m.of(r.Paid), Dispute: m.of(r.Disputed),
		}
		if m.err != nil {
			return nil, m.err
		}
	}
	return list, nil
}

// ReceivableDays sums what falls due on each day.
func (t *storeTx) ReceivableDays(
	ctx context.Context, f app.ReceivableFilter, today money.Date,
) ([]app.DueDay, error) {
	rows, err := t.lists.ReceivableDays(ctx, db.ReceivableDaysParams{
		Today: today.String(), Side: string(f.Standing), OrgID: string(f.Org), DueFrom: f.DueFrom.String(),
		DueUntil: f.DueUntil.String(),
	})
	if err != nil {
		return nil, fmt.Errorf("days of the receivables of %s: %w", f.Org, err)
	}
	list := make([]app.DueDay, len(rows))
	for n, r := range rows {
		m := minors{currency: money.Currency(r.Currency)}
		list[n] = app.DueDay{
			Count: r.Count, Claimed: m.of(r.Claimed), Due: m.of(r.Due), Overdue: m.of(r.Overdue), Paid: m.of(r.Paid),
		}
		if list[n].Day, err = money.ParseDate(r.DueOn); err != nil || m.err != nil {
			return nil, errors.Join(err, m.err)
		}
	}
	return list, nil
}

// minors makes amounts of minor units in one currency and keeps the first error.
type minors struct {
	currency money.Currency
	err      error
}

func (m *minors) of(minor int64) money.Amount {
	a, err := money.New(minor, m.currency)
	if err != nil && m.err == nil {
		m.err = err
	}
	return a
}

// maxSameNumber is how many claims of one number are given on average: each supplier may use it,
// and again after a rejection.
const maxSameNumber = 20

// PayablesByNumber lists what an organisation owes under some numbers of invoices.
func (t *storeTx) PayablesByNumber(
	ctx context.Context, org trade.OrgID, numbers []string,
) ([]app.Asset, error) {
	rows, err := t.q.PayablesByNumber(ctx, db.PayablesByNumberParams{
		OrgID: string(org), Numbers: numbers, Page: small(maxSameNumber * len(numbers)),
	})
	if err != nil {
		return nil, fmt.Errorf("payables of %s: %w", org, err)
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.PayablesByNumberRow) assetRow {
		return assetRow{ID: r.ID, Record: r.Record, State: r.State}
	}))
}

// Pending lists the intents about assets that have not ended.
func (t *storeTx) Pending(ctx context.Context, assets []trade.AssetID) ([]app.Intent, error) {
	rows, err := t.q.OpenIntentsAbout(ctx, texts[string](assets))
	if err != nil {
		return nil, fmt.Errorf("intents about %d assets: %w", len(assets), err)
	}
	return t.intentsOf(ctx, rows)
}

// InsertPayableList adds a list; the same file again is the first list.
func (t *storeTx) InsertPayableList(
	ctx context.Context, l app.PayableList,
) (app.PayableList, bool, error) {
	body, err := json.Marshal(l.Body)
	if err != nil {
		return l, false, fmt.Errorf("list %s: %w", l.ID, err)
	}
	added, err := t.q.InsertPayableList(ctx, db.InsertPayableListParams{
		ID: string(l.ID), OrgID: string(l.Org), Digest: string(l.Digest), Size: l.Size, Filename: l.FileName,
		Body: body, ImportedBy: string(l.ImportedBy), ImportedAt: l.ImportedAt,
	})
	if err != nil {
		return l, false, fmt.Errorf("list %s: %w", l.ID, err)
	}
	if added > 0 {
		return l, true, nil
	}
	row, err := t.q.PayableListByDigest(ctx, db.PayableListByDigestParams{
		OrgID: string(l.Org), Digest: string(l.Digest),
	})
	if err != nil {
		return l, false, fmt.Errorf("list %s: %w", l.Digest, err)
	}
	first, err := payableListOf(row)
	return first, false, err
}

// PayableList returns a list, whosever it is.
func (t *storeTx) PayableList(ctx context.Context, id app.PayableListID) (app.PayableList, error) {
	row, err := t.q.PayableList(ctx, string(id))
	if err != nil {
		return app.PayableList{}, rowed(err)
	}
	return payableListOf(row)
}

// PayableLists lists the lists of an organisation, newest first.
func (t *storeTx) PayableLists(
	ctx context.Context, org trade.OrgID, p app.Page,
) ([]app.PayableList, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.PayableListsOf(ctx, db.PayableListsOfParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("lists of payables of %s: %w", org, err)
	}
	rows, next := paged(rows, asked, func(r db.PayableList) (time.Time, string) { return r.ImportedAt, r.ID })
	list := make([]app.PayableList, len(rows))
	for n, row := range rows {
		if list[n], err = payableListOf(row); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

func payableListOf(row db.PayableList) (app.PayableList, error) {
	l := app.PayableList{
		ID: app.PayableListID(row.ID), Org: trade.OrgID(row.OrgID), Digest: trade.Digest(row.Digest),
		Size: row.Size, FileName: row.Filename, ImportedBy: app.UserID(row.ImportedBy),
		ImportedAt: row.ImportedAt.UTC(),
	}
	var body parse.PayableList
	if err := json.Unmarshal(row.Body, &body); err != nil {
		return l, fmt.Errorf("list %s as stored: %w", row.ID, err)
	}
	l.Body = body
	return l, nil
}
