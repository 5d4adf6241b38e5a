package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertStatement adds a statement with those of its lines whose entries none before it told
// of. The same file again is the first statement.
func (t *storeTx) InsertStatement(ctx context.Context, s app.Statement) (app.Statement, bool, error) {
	if err := t.q.LockStatements(ctx, string(s.Org)); err != nil {
		return app.Statement{}, false, fmt.Errorf("statements of %s: %w", s.Org, err)
	}
	accounts, err := json.Marshal(s.Accounts)
	if err != nil {
		return app.Statement{}, false, fmt.Errorf("statement %s: %w", s.ID, err)
	}
	added, err := t.q.InsertStatement(ctx, db.InsertStatementParams{
		ID: string(s.ID), OrgID: string(s.Org), Digest: string(s.Digest), Syntax: s.Syntax,
		Filename: s.FileName, Accounts: accounts, ImportedBy: string(s.ImportedBy), ImportedAt: s.ImportedAt,
	})
	if err != nil {
		return app.Statement{}, false, fmt.Errorf("statement %s: %w", s.ID, err)
	}
	if added == 0 {
		first, err := t.firstStatement(ctx, s.Org, s.Digest)
		return first, false, err
	}
	t.Changed(app.ChangedStatement, string(s.ID))
	params := make([]db.InsertStatementLinesParams, len(s.Lines))
	for i, l := range s.Lines {
		if params[i], err = lineParams(s, l); err != nil {
			return app.Statement{}, false, fmt.Errorf("statement line %s: %w", l.ID, err)
		}
	}
	fresh := make([]app.Line, 0, len(s.Lines))
	var failed error
	t.q.InsertStatementLines(ctx, params).QueryRow(func(i int, _ int32, err error) {
		switch {
		case err == nil:
			fresh = append(fresh, s.Lines[i])
		case !errors.Is(err, pgx.ErrNoRows) && failed == nil:
			failed = fmt.Errorf("statement line %s: %w", s.Lines[i].ID, err)
		}
	})
	s.Lines = fresh
	return s, failed == nil, failed
}

func (t *storeTx) firstStatement(
	ctx context.Context, org trade.OrgID, digest trade.Digest,
) (app.Statement, error) {
	row, err := t.q.StatementByDigest(ctx, db.StatementByDigestParams{
		OrgID: string(org), Digest: string(digest),
	})
	if err != nil {
		return app.Statement{}, err
	}
	lines, err := t.q.LinesOfStatement(ctx, row.ID)
	if err != nil {
		return app.Statement{}, err
	}
	s, err := statementOf(row)
	if err != nil {
		return app.Statement{}, err
	}
	s.Lines, err = linesOf(lines)
	return s, err
}

func statementOf(row db.Statement) (app.Statement, error) {
	s := app.Statement{
		ID: app.StatementID(row.ID), Org: trade.OrgID(row.OrgID), Digest: trade.Digest(row.Digest),
		Syntax: row.Syntax, FileName: row.Filename, ImportedBy: app.UserID(row.ImportedBy),
		ImportedAt: row.ImportedAt.UTC(),
	}
	if err := json.Unmarshal(row.Accounts, &s.Accounts); err != nil {
		return s, fmt.Errorf("statement %s as stored: %w", row.ID, err)
	}
	return s, nil
}

func lineParams(s app.Statement, l app.Line) (db.InsertStatementLinesParams, error) {
	booked, err := day(l.BookedOn)
	if err != nil || booked == nil {
		return db.InsertStatementLinesParams{}, errors.Join(err, errors.New("a date of booking is wanted"))
	}
	value, err := day(l.ValueOn)
	return db.InsertStatementLinesParams{
		ID: string(l.ID), StatementID: string(s.ID), OrgID: string(s.Org), EntryID: string(l.Entry),
		Position: small(l.Position),
		Account:  l.Account, BankReference: l.Reference, BookedOn: *booked, ValueOn: value,
		Amount: l.Amount.Minor(), Currency: string(l.Amount.Currency()), PartyName: l.PartyName,
		PartyAccount: l.PartyAccount, Remittance: l.Remittance, Allocated: l.Allocated.Minor(),
		ReceivableID: optional(l.Receivable), Intents: texts[string](l.Intents),
	}, err
}

// Line returns a line of a statement; a writer holds it from then on.
func (t *storeTx) Line(ctx context.Context, id app.LineID) (app.Line, error) {
	read := t.q.StatementLine
	if t.writes {
		read = t.q.LockStatementLine
	}
	row, err := read(ctx, string(id))
	if err != nil {
		return app.Line{}, rowed(err)
	}
	return lineOf(row)
}

// StatementOf returns the statement of a line, without its lines.
func (t *storeTx) StatementOf(ctx context.Context, id app.LineID) (app.Statement, error) {
	row, err := t.q.StatementOfLine(ctx, string(id))
	if err != nil {
		return app.Statement{}, rowed(err)
	}
	return statementOf(row)
}

// SetLine writes what a line was matched to and how much of it was applied.
func (t *storeTx) SetLine(ctx context.Context, l app.Line) error {
	t.Changed(app.ChangedStatement, string(l.Statement))
	rows, err := t.q.SetStatementLine(ctx, db.SetStatementLineParams{
		ID: string(l.ID), Allocated: l.Allocated.Minor(), ReceivableID: optional(l.Receivable),
		Intents:    texts[string](l.Intents),
		SetAsideBy: optional(l.SetAside.By), SetAsideAt: optionalTime(l.SetAside.At),
		SetAsideReason: l.SetAside.Reason,
	})
	return changed(rows, err, app.ErrNoRow)
}

// Lines lists the lines of an organisation's statements.
func (t *storeTx) Lines(
	ctx context.Context, org trade.OrgID, f app.LineFilter, p app.Page,
) ([]app.Line, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.StatementLinesOf(ctx, db.StatementLinesOfParams{
		OrgID: string(org), StatementID: string(f.Statement), ReceivableID: string(f.Receivable),
		States:   texts[string](f.States),
		BeforeOn: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := paged(rows, asked, func(l db.StatementLine) (time.Time, string) { return l.BookedOn, l.ID })
	list, err := linesOf(rows)
	return list, next, err
}

func linesOf(rows []db.StatementLine) ([]app.Line, error) {
	list := make([]app.Line, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = lineOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func lineOf(row db.StatementLine) (app.Line, error) {
	currency := money.Currency(row.Currency)
	amount, err := money.New(row.Amount, currency)
	if err != nil {
		return app.Line{}, fmt.Errorf("statement line %s: %w", row.ID, err)
	}
	allocated, err := money.New(row.Allocated, currency)
	if err != nil {
		return app.Line{}, fmt.Errorf("statement line %s: %w", row.ID, err)
	}
	l := app.Line{
		ID: app.LineID(row.ID), Statement: app.StatementID(row.StatementID), Entry: app.EntryID(row.EntryID),
		Position: int(row.Position),
		Account:  row.Account, Reference: row.BankReference, BookedOn: money.DateOf(row.BookedOn), Amount: amount,
		PartyName: row.PartyName, PartyAccount: row.PartyAccount, Remittance: row.Remittance, Allocated: allocated,
		Receivable: present[trade.AssetID](row.ReceivableID), Intents: texts[trade.CommandID](row.Intents),
	}
	if row.SetAsideAt != nil {
		l.SetAside = app.SetAside{
			By: present[app.UserID](row.SetAsideBy), At: presentTime(row.SetAsideAt), Reason: row.SetAsideReason,
		}
	}
	if row.ValueOn != nil {
		l.ValueOn = money.DateOf(*row.ValueOn)
	}
	return l, nil
}

// Statements lists an organisation's statements, newest first, without their lines; one alone
// where the filter names it.
func (t *storeTx) Statements(
	ctx context.Context, org trade.OrgID, id app.StatementID, p app.Page,
) ([]app.StatementFacts, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.StatementsOf(ctx, db.StatementsOfParams{
		OrgID: string(org), ID: string(id), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", fmt.Errorf("statements of %s: %w", org, err)
	}
	at := func(r db.StatementsOfRow) (time.Time, string) { return r.ImportedAt, r.ID }
	rows, next := paged(rows, asked, at)
	list, err := t.factsOf(ctx, rows)
	return list, next, err
}

// StatementsThatWait lists an organisation's statements with lines that wait, oldest first.
func (t *storeTx) StatementsThatWait(
	ctx context.Context, org trade.OrgID, limit int,
) ([]app.StatementFacts, error) {
	rows, err := t.q.StatementsThatWait(ctx, db.StatementsThatWaitParams{OrgID: string(org), Page: small(limit)})
	if err != nil {
		return nil, fmt.Errorf("statements of %s that wait: %w", org, err)
	}
	return t.factsOf(ctx, mapped(rows, func(r db.StatementsThatWaitRow) db.StatementsOfRow {
		return db.StatementsOfRow(r)
	}))
}

// factsOf adds what the lines of statements have come to.
func (t *storeTx) factsOf(ctx context.Context, rows []db.StatementsOfRow) ([]app.StatementFacts, error) {
	counts, err := t.q.StatementCounts(ctx, mapped(rows, func(r db.StatementsOfRow) string { return r.ID }))
	if err != nil {
		return nil, fmt.Errorf("lines of %d statements: %w", len(rows), err)
	}
	list := make([]app.StatementFacts, len(rows))
	for n, r := range rows {
		s, err := statementOf(db.Statement{
			ID: r.ID, OrgID: r.OrgID, Digest: r.Digest, Syntax: r.Syntax, ImportedBy: r.ImportedBy,
			ImportedAt: r.ImportedAt, Filename: r.Filename, Accounts: r.Accounts,
		})
		if err != nil {
			return nil, err
		}
		list[n] = app.StatementFacts{Statement: s, ByName: r.ByName}
	}
	for _, c := range counts {
		n := slices.IndexFunc(rows, func(r db.StatementsOfRow) bool { return r.ID == c.StatementID })
		amount, err := money.New(c.Amount, money.Currency(c.Currency))
		if err != nil {
			return nil, fmt.Errorf("lines of statement %s: %w", c.StatementID, err)
		}
		list[n].Counts = append(list[n].Counts, app.LineCount{
			State: app.LineState(c.State), Lines: c.Lines, Amount: amount,
		})
	}
	return list, nil
}

// StatementsOfLines tells of which of an organisation's statements lines are: their ids and who
// imported them.
func (t *storeTx) StatementsOfLines(
	ctx context.Context, org trade.OrgID, ids []app.LineID,
) (map[app.LineID]app.Statement, error) {
	rows, err := t.q.StatementsOfLines(ctx, db.StatementsOfLinesParams{
		OrgID: string(org), Ids: texts[string](ids),
	})
	if err != nil {
		return nil, fmt.Errorf("statements of %d lines: %w", len(ids), err)
	}
	of := make(map[app.LineID]app.Statement, len(rows))
	for _, r := range rows {
		of[app.LineID(r.ID)] = app.Statement{
			ID: app.StatementID(r.StatementID), Org: org, ImportedBy: app.UserID(r.ImportedBy),
		}
	}
	return of, nil
}

// ReceivablesNumbered lists the receivables that an organisation owns or sold, by the numbers of
// their invoices in capitals.
func (t *storeTx) ReceivablesNumbered(
	ctx context.Context, org trade.OrgID, numbers []string,
) ([]app.Asset, error) {
	rows, err := t.q.ReceivablesNumbered(ctx, db.ReceivablesNumberedParams{
		OrgID: string(org), Numbers: numbers, Page: small(maxSameNumber * (len(numbers) + 1)),
	})
	if err != nil {
		return nil, fmt.Errorf("receivables of %s by %d numbers: %w", org, len(numbers), err)
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.ReceivablesNumberedRow) assetRow { return assetRow(r) }))
}

// IntentsNamed reads intents by their ids.
func (t *storeTx) IntentsNamed(ctx context.Context, ids []trade.CommandID) ([]app.Intent, error) {
	rows, err := t.q.IntentsNamed(ctx, texts[string](ids))
	if err != nil {
		return nil, fmt.Errorf("%d intents: %w", len(ids), err)
	}
	return t.intentsOf(ctx, rows)
}
