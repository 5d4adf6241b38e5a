package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// How many rows of a list are read at once for a file: those of a window, which is sorted anew each
// time, are slim; the others bring their states.
const (
	batch       = 10_000
	windowBatch = 20_000
)

// listSource gives the rows of a list in its order, and what the list says that they come to
// where it says so.
type listSource struct {
	columns []ListingColumn
	rows    func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error
	total   func(ctx context.Context, tx StoreTx) (expected, error)
}

// sourceOf is the source of a list. It reads with the very methods that the list is read by.
func (a *App) sourceOf(actor Actor, in Asked, names map[trade.OrgID]string) (listSource, error) {
	switch {
	case in.List == ListDocuments && in.Papers != nil && in.Order != nil:
		return paperSource(actor, *in.Papers, *in.Order, names), nil
	case in.List == ListReceivables && in.Receivables != nil:
		f := *in.Receivables
		f.Org = actor.Org
		return receivableSource(f, names), nil
	case in.List == ListFinancings && in.Financings != nil:
		f := *in.Financings
		f.Today = money.DateOf(a.Now())
		return financingSource(actor, f, names), nil
	case in.List == ListPacks:
		return a.packSource(actor, names), nil
	case in.List == ListCalendar && in.Calendar != nil:
		return a.calendarSource(actor, *in.Calendar), nil
	case in.List == ListAudit && in.Audit != nil:
		return auditSource(actor, *in.Audit, names), nil
	}
	return listSource{}, fmt.Errorf("the list %s without its filter", in.List)
}

func paperSource(
	actor Actor, f PaperFilter, w Window, names map[trade.OrgID]string,
) listSource {
	total := 0
	return listSource{
		columns: []ListingColumn{
			{Word: "kind"},
			{Word: "number"},
			{Word: "file", Wide: true},
			{Word: "broughtBy", Wide: true},
			{Word: "state"},
			{Word: "faults", Form: FormCount},
			{Word: "warnings", Form: FormCount},
			{Word: "version", Form: FormCount},
			{Word: "received"},
			{Word: "bytes", Form: FormCount, Machine: true},
			{Word: "mediaType", Machine: true},
			{Word: "id", Wide: true, Machine: true},
		},
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			w.Skip, w.Limit = 0, windowBatch
			for {
				rows, all, err := tx.Papers(ctx, actor.Org, f, w)
				if err != nil {
					return err
				}
				total = all
				for _, p := range rows {
					kind := string(p.Kind)
					if kind == "" {
						kind = "unread"
					}
					if err := emit(wordCell("kind", kind), textCell(p.Number), textCell(p.FileName),
						textCell(names[p.Org]), wordCell("state", string(p.State)), countCell(p.Fatal),
						countCell(p.Warnings), countCell(p.Version), timeCell(p.UploadedAt), countCell(p.Size),
						textCell(p.MediaType), textCell(string(p.ID))); err != nil {
						return err
					}
				}
				w.Skip += len(rows)
				if len(rows) < windowBatch {
					return nil
				}
			}
		},
		total: func(context.Context, StoreTx) (expected, error) { return expected{rows: int64(total)}, nil },
	}
}

func receivableSource(f ReceivableFilter, names map[trade.OrgID]string) listSource {
	return listSource{
		columns: []ListingColumn{
			{Word: "invoice"},
			{Word: "order"},
			{Word: "seller", Wide: true},
			{Word: "obligor", Wide: true},
			{Word: "owner", Wide: true},
			{Word: "issued"},
			{Word: "due"},
			{Word: "phase"},
			{Word: "currency", Form: FormCurrency},
			{Word: "face", Form: FormAmount, Sum: true},
			{Word: "owed", Form: FormAmount, Sum: true},
			{Word: "paid", Form: FormAmount, Sum: true},
			{Word: "disputed", Form: FormAmount, Sum: true},
			{Word: "payTo"},
			{Word: "id", Wide: true, Machine: true},
		},
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			p := Page{Limit: batch}
			for {
				list, next, err := tx.Receivables(ctx, f, p)
				if err != nil {
					return err
				}
				for _, asset := range list {
					if asset.State == nil {
						continue // its state has not reached this node
					}
					cells, err := receivableCells(asset, names)
					if err != nil {
						return err
					}
					if err := emit(cells...); err != nil {
						return err
					}
				}
				if next == "" {
					return nil
				}
				p.Cursor = next
			}
		},
		total: func(ctx context.Context, tx StoreTx) (expected, error) { return receivableTotal(ctx, tx, f) },
	}
}

func receivableCells(asset Asset, names map[trade.OrgID]string) ([]ListingCell, error) {
	r := asset.State.Receivable
	amounts := []money.Amount{}
	for _, minor := range []int64{r.Face, r.Due(), r.Paid, r.Disputed + r.HeldDisputed + r.AssignedDisputed} {
		a, err := money.New(minor, r.Currency)
		if err != nil {
			return nil, fmt.Errorf("receivable %s: %w", asset.Record.ID, err)
		}
		amounts = append(amounts, a)
	}
	return []ListingCell{
		textCell(r.Claim.Number), textCell(r.Claim.Order), textCell(names[r.Seller]), textCell(names[r.Obligor]),
		textCell(names[r.Owner]), textCell(r.Claim.IssueDate.String()), textCell(r.DueDate.String()),
		wordCell("payables.phase", string(asset.Record.Phase)), textCell(string(r.Currency)),
		sumCell(amounts[0]), sumCell(amounts[1]), sumCell(amounts[2]), sumCell(amounts[3]),
		textCell(r.PayTo), textCell(string(asset.Record.ID)),
	}, nil
}

// receivableTotal is what the sums beside the list come to for its phases.
func receivableTotal(ctx context.Context, tx StoreTx, f ReceivableFilter) (expected, error) {
	want := expected{sums: map[money.Currency][]money.Amount{}}
	sums, err := tx.PhaseSums(ctx, f)
	if err != nil {
		return want, err
	}
	for _, s := range sums {
		if f.Disputed && !s.Disputed || len(f.Phases) > 0 && !contains(f.Phases, s.Phase) {
			continue
		}
		want.rows += s.Count
		if err := want.add(s.Face, s.Owed, s.Paid, s.Dispute); err != nil {
			return want, err
		}
	}
	return want, nil
}

func contains[T comparable](list []T, v T) bool {
	for _, w := range list {
		if v == w {
			return true
		}
	}
	return false
}

// add adds amounts of one currency to what is expected of it.
func (e *expected) add(amounts ...money.Amount) error {
	c := amounts[0].Currency()
	if e.sums[c] == nil {
		e.sums[c] = make([]money.Amount, len(amounts))
	}
	for i, a := range amounts {
		if err := addTo(&e.sums[c][i], a); err != nil {
			return err
		}
	}
	return nil
}

func financingColumns() []ListingColumn {
	return []ListingColumn{
		{Word: "invoice"},
		{Word: "trade", Wide: true},
		{Word: "seller", Wide: true},
		{Word: "obligor", Wide: true},
		{Word: "bank", Wide: true},
		{Word: "stage"},
		{Word: "currency", Form: FormCurrency},
		{Word: "amount", Form: FormAmount, Sum: true},
		{Word: "outstanding", Form: FormAmount, Sum: true},
		{Word: "cash", Form: FormAmount},
		{Word: "due"},
		{Word: "requested"},
		{Word: "moved"},
		{Word: "id", Wide: true, Machine: true},
	}
}

func financingSource(actor Actor, f FinancingFilter, names map[trade.OrgID]string) listSource {
	if actor.Kind == trade.KindAuditor || actor.Kind == trade.KindRegulator {
		return heldFinancings(actor, names)
	}
	return listSource{
		columns: financingColumns(),
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			p := Page{Limit: batch}
			for {
				rows, next, err := tx.StagedFinancings(ctx, actor.Org, f, p)
				if err != nil {
					return err
				}
				assets, err := assetsOfRows(ctx, tx, actor.Org, rows)
				if err != nil {
					return err
				}
				for _, row := range rows {
					cells, err := stagedCells(row, assets[row.Request.ID], names)
					if err != nil {
						return err
					}
					if err := emit(cells...); err != nil {
						return err
					}
				}
				if next == "" {
					return nil
				}
				p.Cursor = next
			}
		},
		total: func(ctx context.Context, tx StoreTx) (expected, error) {
			want := expected{sums: map[money.Currency][]money.Amount{}}
			totals, err := tx.FinancingTotals(ctx, actor.Org, f)
			if err != nil {
				return want, err
			}
			for _, t := range totals {
				if len(f.Stages) > 0 && !contains(f.Stages, t.Stage) {
					continue
				}
				want.rows += t.Count
				if err := want.add(t.Amount, t.Outstanding); err != nil {
					return want, err
				}
			}
			return want, nil
		},
	}
}

// assetsOfRows reads the assets of rows that the organisation may be shown, all at once.
func assetsOfRows(
	ctx context.Context, tx StoreTx, org trade.OrgID, rows []StagedFinancing,
) (map[trade.AssetID]Asset, error) {
	ids := make([]trade.AssetID, len(rows))
	for i, row := range rows {
		ids[i] = row.Request.ID
	}
	list, err := tx.AssetsNamed(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := make(map[trade.AssetID]Asset, len(list))
	for _, asset := range list {
		if asset.HeldBy(org) && asset.State != nil {
			shown[asset.Record.ID] = asset
		}
	}
	return shown, nil
}

func stagedCells(
	row StagedFinancing, asset Asset, names map[trade.OrgID]string,
) ([]ListingCell, error) {
	r, due, moved := row.Request, ListingCell{}, ListingCell{}
	outstanding, cash := ListingCell{}, ListingCell{}
	if asset.State != nil {
		body := asset.State.Financing
		out, err := money.New(body.Outstanding, body.Currency)
		if err != nil {
			return nil, fmt.Errorf("financing %s: %w", r.ID, err)
		}
		outstanding, due, moved = sumCell(out), textCell(body.DueDate.String()), timeCell(asset.Record.Time.Time())
		if body.Terms != nil {
			cash = sumCell(body.Terms.Cash)
		}
	}
	return []ListingCell{
		textCell(row.Number), textCell(row.Title), textCell(names[r.Seller]), textCell(names[row.Obligor]),
		textCell(names[r.Bank]), wordCell("pipeline.stage", string(row.Stage)),
		textCell(string(r.Amount.Currency())), sumCell(r.Amount), outstanding, cash, due,
		timeCell(r.CreatedAt), moved, textCell(string(r.ID)),
	}, nil
}

// heldFinancings are those that an auditor or a regulator holds copies of; their list takes no
// filter and says no totals.
func heldFinancings(actor Actor, names map[trade.OrgID]string) listSource {
	return listSource{
		columns: financingColumns(),
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			p := Page{Limit: batch}
			for {
				list, next, err := tx.Assets(ctx, AssetFilter{Org: actor.Org, Kind: trade.KindFinancing}, p)
				if err != nil {
					return err
				}
				for _, asset := range list {
					if asset.State == nil {
						continue
					}
					cells, err := heldCells(ctx, tx, asset, names)
					if err != nil {
						return err
					}
					if err := emit(cells...); err != nil {
						return err
					}
				}
				if next == "" {
					return nil
				}
				p.Cursor = next
			}
		},
	}
}

func heldCells(
	ctx context.Context, tx StoreTx, asset Asset, names map[trade.OrgID]string,
) ([]ListingCell, error) {
	body := asset.State.Financing
	claim, err := tx.Asset(ctx, body.Receivable)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return nil, err
	}
	number, obligor := "", ""
	if claim.State != nil {
		number, obligor = claim.State.Receivable.Claim.Number, names[claim.State.Receivable.Obligor]
	}
	face, err := money.New(body.Face, body.Currency)
	if err != nil {
		return nil, err
	}
	out, err := money.New(body.Outstanding, body.Currency)
	if err != nil {
		return nil, err
	}
	cash := ListingCell{}
	if body.Terms != nil {
		cash = sumCell(body.Terms.Cash)
	}
	return []ListingCell{
		textCell(number),
		{},
		textCell(names[body.Seller]), textCell(obligor), textCell(names[body.Bank]),
		wordCell("export.phase", string(asset.Record.Phase)), textCell(string(body.Currency)), sumCell(face),
		sumCell(out), cash, textCell(body.DueDate.String()),
		{},
		timeCell(asset.Record.Time.Time()),
		textCell(string(asset.Record.ID)),
	}, nil
}

func (a *App) packSource(actor Actor, names map[trade.OrgID]string) listSource {
	asked := []Question{Authenticity, Corroboration, Uniqueness}
	columns := []ListingColumn{
		{Word: "trade", Wide: true},
		{Word: "seller", Wide: true},
		{Word: "obligor", Wide: true},
		{Word: "papers", Form: FormCount},
	}
	for _, q := range asked {
		columns = append(columns, ListingColumn{Word: string(q)})
	}
	columns = append(
		columns, ListingColumn{Word: "opened"}, ListingColumn{Word: "id", Wide: true, Machine: true},
	)
	return listSource{
		columns: columns,
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			p := Page{Limit: batch}
			for {
				list, next, err := tx.Packs(ctx, actor.Org, p)
				if err != nil {
					return err
				}
				for _, pack := range list {
					cells := []ListingCell{
						textCell(pack.Title), textCell(names[pack.Party(SideSeller)]),
						textCell(names[pack.Party(SideObligor)]), countCell(len(pack.Documents)),
					}
					v, _ := a.standing(pack) // without one that stands nothing is known
					for _, q := range asked {
						answer := Unknown
						if v != nil {
							answer = v.Verdict(q).Answer
						}
						cells = append(cells, wordCell("answer", string(answer)))
					}
					cells = append(cells, timeCell(pack.CreatedAt), textCell(string(pack.ID)))
					if err := emit(cells...); err != nil {
						return err
					}
				}
				if next == "" {
					return nil
				}
				p.Cursor = next
			}
		},
	}
}

// calendarSource gives what falls due by day, and before the first of them what is still owed of
// earlier days.
func (a *App) calendarSource(actor Actor, f CalendarFilter) listSource {
	return listSource{
		columns: []ListingColumn{
			{Word: "due"},
			{Word: "currency", Form: FormCurrency},
			{Word: "claims", Form: FormCount},
			{Word: "claimed", Form: FormAmount, Sum: true},
			{Word: "dueAmount", Form: FormAmount, Sum: true},
			{Word: "overdue", Form: FormAmount, Sum: true},
			{Word: "paid", Form: FormAmount, Sum: true},
		},
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			c, err := a.calendarOn(ctx, tx, actor, f)
			if err != nil {
				return err
			}
			for n, days := range [][]DueDay{c.Before, c.Days} {
				for _, d := range days {
					day := d.Day.String()
					if n == 0 {
						day = "… " + c.From.AddDays(-1).String()
					}
					if err := emit(textCell(day), textCell(string(d.Due.Currency())), countCell(d.Count),
						sumCell(d.Claimed), sumCell(d.Due), sumCell(d.Overdue), sumCell(d.Paid)); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}
