package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// historyLimit bounds what is told of one financing: its returns, and requests on its pack.
const historyLimit = 100

// StagedFinancings lists what an organisation asked for or was asked, as the filter says.
func (t *storeTx) StagedFinancings(
	ctx context.Context, org trade.OrgID, f app.FinancingFilter, p app.Page,
) ([]app.StagedFinancing, string, error) {
	_, asked, err := placeOf(app.Page{Limit: p.Limit})
	if err != nil {
		return nil, "", err
	}
	key, id, err := keyed(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.FinancingStages(ctx, db.FinancingStagesParams{
		OrgID: string(org), Today: f.Today.String(), Sort: string(f.Sort), One: string(f.One),
		Seller: string(f.Seller), Obligor: string(f.Obligor), Programme: string(f.Programme),
		Currency: string(f.Currency), DueFrom: f.DueFrom.String(), DueTo: f.DueTo.String(),
		Stages: texts[string](f.Stages), AfterKey: key, AfterID: id, Descending: !f.Ascending, Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("financings of %s: %w", org, err)
	}
	next := ""
	if len(rows) == int(asked) {
		rows = rows[:asked-1]
		last := rows[len(rows)-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.Place + " " + last.ID))
	}
	list, err := t.staged(ctx, rows)
	return list, next, err
}

// staged reads the requests of rows, all at once.
func (t *storeTx) staged(ctx context.Context, rows []db.FinancingStagesRow) ([]app.StagedFinancing, error) {
	requests, err := t.q.FinancingRequestsByID(
		ctx, mapped(rows, func(r db.FinancingStagesRow) string { return r.ID }),
	)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]db.FinancingRequest, len(requests))
	for _, r := range requests {
		byID[r.ID] = r
	}
	list := make([]app.StagedFinancing, len(rows))
	for i, row := range rows {
		r, err := requestOf(byID[row.ID])
		if err != nil {
			return nil, err
		}
		list[i] = app.StagedFinancing{
			Request: r, Stage: app.Stage(row.Stage), Title: row.Title, Number: row.Number,
			Obligor: trade.OrgID(row.ObligorID),
		}
	}
	return list, nil
}

// keyed reads a cursor that is a key of the order and an id.
func keyed(cursor string) (key, id string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at := strings.LastIndexByte(string(raw), ' ')
	if err != nil || at < 0 || !trade.ValidID(string(raw[at+1:])) {
		return "", "", &trade.Fault{
			Code: app.CodeInput, Path: "cursor", Message: "this cursor is none of ours: start from the first page",
		}
	}
	return string(raw[:at]), string(raw[at+1:]), nil
}

// FinancingTotals counts what the filter finds, by stage and currency.
func (t *storeTx) FinancingTotals(
	ctx context.Context, org trade.OrgID, f app.FinancingFilter,
) ([]app.FinancingTotal, error) {
	rows, err := t.lists.FinancingTotals(ctx, db.FinancingTotalsParams{
		OrgID: string(org), Today: f.Today.String(), Seller: string(f.Seller), Obligor: string(f.Obligor),
		Programme: string(f.Programme), Currency: string(f.Currency), DueFrom: f.DueFrom.String(),
		DueTo: f.DueTo.String(),
	})
	if err != nil {
		return nil, fmt.Errorf("totals of %s: %w", org, err)
	}
	list := make([]app.FinancingTotal, len(rows))
	for i, r := range rows {
		list[i] = app.FinancingTotal{Stage: app.Stage(r.StageNow), Count: r.Items}
		if list[i].Amount, err = money.New(r.Amount, money.Currency(r.Currency)); err != nil {
			return nil, err
		}
		if list[i].Outstanding, err = money.New(r.Outstanding, money.Currency(r.Currency)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// RequestsOfPack lists what a bank was asked on a pack's papers.
func (t *storeTx) RequestsOfPack(
	ctx context.Context, bank trade.OrgID, pack app.PackID,
) ([]app.FinancingRequest, error) {
	rows, err := t.q.FinancingRequestsOfPack(ctx, db.FinancingRequestsOfPackParams{
		PackID: string(pack), BankID: string(bank), Page: historyLimit,
	})
	if err != nil {
		return nil, err
	}
	list := make([]app.FinancingRequest, len(rows))
	for i, row := range rows {
		if list[i], err = requestOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// PutPricing inserts or replaces what a bank asks under a programme.
func (t *storeTx) PutPricing(ctx context.Context, p app.Pricing) error {
	body, err := trade.Canonical(p.Rule)
	if err != nil {
		return fmt.Errorf("pricing of %s: %w", p.Programme, err)
	}
	return t.q.PutPricing(ctx, db.PutPricingParams{
		ProgrammeID: string(p.Programme), BankID: string(p.Bank), Body: body, SetBy: string(p.SetBy),
		SetAt: p.SetAt,
	})
}

// Pricing returns what a bank asks under a programme.
func (t *storeTx) Pricing(
	ctx context.Context, bank trade.OrgID, programme trade.AssetID,
) (app.Pricing, error) {
	row, err := t.q.Pricing(ctx, db.PricingParams{ProgrammeID: string(programme), BankID: string(bank)})
	if err != nil {
		return app.Pricing{}, rowed(err)
	}
	p := app.Pricing{Programme: programme, Bank: bank, SetBy: app.UserID(row.SetBy), SetAt: row.SetAt.UTC()}
	if err := json.Unmarshal(row.Body, &p.Rule); err != nil {
		return app.Pricing{}, fmt.Errorf("stored pricing of %s: %w", programme, err)
	}
	return p, nil
}

// LastQuoted is the price that a bank named last under a programme.
func (t *storeTx) LastQuoted(
	ctx context.Context, bank trade.OrgID, programme trade.AssetID,
) (trade.Terms, error) {
	var terms trade.Terms
	body, err := t.q.LastQuoted(ctx, db.LastQuotedParams{ProgrammeID: string(programme), BankID: string(bank)})
	if err != nil {
		return terms, rowed(err)
	}
	if err := json.Unmarshal(body, &terms); err != nil {
		return trade.Terms{}, fmt.Errorf("a quote under %s as projected: %w", programme, err)
	}
	return terms, nil
}

// InsertReturn adds a return.
func (t *storeTx) InsertReturn(ctx context.Context, r app.FinancingReturn) error {
	t.Changed(app.ChangedFinancing, string(r.Financing))
	return t.q.InsertReturn(ctx, db.InsertReturnParams{
		ID: r.ID, FinancingID: string(r.Financing), BankID: string(r.Bank), ReturnedTo: string(r.To),
		Code: string(r.Code), Note: r.Note, PackEdit: small(r.PackEdit), Version: r.Version,
		ReturnedBy: string(r.By), ReturnedAt: r.At,
	})
}

// Returns lists the returns of a financing.
func (t *storeTx) Returns(ctx context.Context, id trade.AssetID) ([]app.FinancingReturn, error) {
	rows, err := t.q.ReturnsOf(ctx, db.ReturnsOfParams{FinancingID: string(id), Page: historyLimit})
	return mapped(rows, func(r db.FinancingReturn) app.FinancingReturn {
		return app.FinancingReturn{
			ID: r.ID, Financing: trade.AssetID(r.FinancingID), Bank: trade.OrgID(r.BankID),
			To: app.ReturnTo(r.ReturnedTo), Code: app.ReasonCode(r.Code), Note: r.Note, PackEdit: int(r.PackEdit),
			Version: r.Version, By: app.UserID(r.ReturnedBy), At: r.ReturnedAt.UTC(),
		}
	}), err
}

// Lent tells what a bank holds and has out, by programme.
func (t *storeTx) Lent(
	ctx context.Context, bank trade.OrgID, today money.Date,
) (map[trade.AssetID]app.Lent, error) {
	lent := map[trade.AssetID]app.Lent{}
	out, err := t.q.LentByProgramme(ctx, db.LentByProgrammeParams{Today: today.String(), BankID: string(bank)})
	if err != nil {
		return nil, fmt.Errorf("lent by %s: %w", bank, err)
	}
	for _, r := range out {
		lent[trade.AssetID(r.ProgrammeID)] = app.Lent{
			Outstanding: r.Outstanding, Overdue: r.Overdue, Financings: r.Items,
		}
	}
	held, err := t.q.ReservedByProgramme(ctx, string(bank))
	if err != nil {
		return nil, fmt.Errorf("reserved for %s: %w", bank, err)
	}
	for _, r := range held {
		l := lent[trade.AssetID(r.ProgrammeID)]
		l.Reserved = r.Reserved
		lent[trade.AssetID(r.ProgrammeID)] = l
	}
	return lent, nil
}
