package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// PutTerms keeps the terms of a programme by their digest.
func (t *storeTx) PutTerms(ctx context.Context, terms app.Terms) error {
	body, err := trade.Canonical(terms)
	if err != nil {
		return fmt.Errorf("terms of a programme: %w", err)
	}
	return t.q.PutTerms(ctx, db.PutTermsParams{Digest: string(trade.DigestOf(body)), Body: body})
}

// Terms returns the terms of a digest.
func (t *storeTx) Terms(ctx context.Context, digest trade.Digest) (app.Terms, error) {
	body, err := t.q.Terms(ctx, string(digest))
	if err != nil {
		return app.Terms{}, rowed(err)
	}
	var terms app.Terms
	if err := json.Unmarshal(body, &terms); err != nil {
		return app.Terms{}, fmt.Errorf("stored terms %s: %w", digest, err)
	}
	return terms, nil
}

// PutRequest inserts or replaces a request; who asked whom, when and for which pack stays.
func (t *storeTx) PutRequest(ctx context.Context, r app.FinancingRequest) error {
	if r.Reasons == nil {
		r.Reasons = []app.Reason{}
	}
	reasons, err := trade.Canonical(r.Reasons)
	if err != nil {
		return fmt.Errorf("request %s: %w", r.ID, err)
	}
	t.Changed(app.ChangedFinancing, string(r.ID))
	var wanted *int64
	if !r.Wanted.IsAbsent() {
		minor := r.Wanted.Minor()
		wanted = &minor
	}
	return t.q.PutFinancingRequest(ctx, db.PutFinancingRequestParams{
		ID: string(r.ID), SellerID: string(r.Seller), BankID: string(r.Bank), PackID: string(r.Pack),
		ReceivableID: optional(r.Receivable), ProgrammeID: string(r.Programme),
		VerificationID: r.Verification, Amount: r.Amount.Minor(), Currency: string(r.Amount.Currency()),
		State: string(r.State), CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt, Reasons: reasons,
		IntentID: optional(r.Intent), Wanted: wanted,
	})
}

// Request returns a request.
func (t *storeTx) Request(ctx context.Context, id trade.AssetID) (app.FinancingRequest, error) {
	row, err := t.q.FinancingRequest(ctx, string(id))
	if err != nil {
		return app.FinancingRequest{}, rowed(err)
	}
	return requestOf(row)
}

// Requests lists what the organisation asked for or was asked.
func (t *storeTx) Requests(
	ctx context.Context, org trade.OrgID, p app.Page,
) ([]app.FinancingRequest, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.FinancingRequestsOf(ctx, db.FinancingRequestsOfParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := paged(
		rows, asked, func(r db.FinancingRequest) (time.Time, string) { return r.CreatedAt, r.ID },
	)
	list := make([]app.FinancingRequest, len(rows))
	for i, row := range rows {
		if list[i], err = requestOf(row); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

func requestOf(row db.FinancingRequest) (app.FinancingRequest, error) {
	r := app.FinancingRequest{
		ID: trade.AssetID(row.ID), Seller: trade.OrgID(row.SellerID), Bank: trade.OrgID(row.BankID),
		Pack: app.PackID(row.PackID), Receivable: present[trade.AssetID](row.ReceivableID),
		Programme: trade.AssetID(row.ProgrammeID), Verification: row.VerificationID,
		State:     app.RequestState(row.State),
		CreatedBy: app.UserID(row.CreatedBy), CreatedAt: row.CreatedAt.UTC(),
		Intent: present[trade.CommandID](row.IntentID),
	}
	var err error
	if r.Amount, err = money.New(row.Amount, money.Currency(row.Currency)); err != nil {
		return app.FinancingRequest{}, fmt.Errorf("request %s: %w", row.ID, err)
	}
	if row.Wanted != nil {
		if r.Wanted, err = money.New(*row.Wanted, money.Currency(row.Currency)); err != nil {
			return app.FinancingRequest{}, fmt.Errorf("request %s: %w", row.ID, err)
		}
	}
	if err := json.Unmarshal(row.Reasons, &r.Reasons); err != nil {
		return app.FinancingRequest{}, fmt.Errorf("request %s: stored reasons: %w", row.ID, err)
	}
	return r, nil
}

// InsertStatement adds a statement with those of its lines whose entries none before it told
// of. The same file again is the first statement.
func (t *storeTx) InsertStatement(ctx context.Context, s app.Statement) (app.Statement, bool, error) {
	if err := t.q.LockStatements(ctx, string(s.Org)); err != nil {
		return app.Statement{}, false, fmt.Errorf("statements of %s: %w", s.Org, err)
	}
	added, err := t.q.InsertStatement(ctx, db.InsertStatementParams{
		ID: string(s.ID), OrgID: string(s.Org), Digest: string(s.Digest), Syntax: s.Syntax,
		ImportedBy: string(s.ImportedBy), ImportedAt: s.ImportedAt,
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
	s := statementOf(row)
	s.Lines, err = linesOf(lines)
	return s, err
}

func statementOf(row db.Statement) app.Statement {
	return app.Statement{
		ID: app.StatementID(row.ID), Org: trade.OrgID(row.OrgID), Digest: trade.Digest(row.Digest),
		Syntax: row.Syntax, ImportedBy: app.UserID(row.ImportedBy), ImportedAt: row.ImportedAt.UTC(),
	}
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
	return statementOf(row), rowed(err)
}

// SetLine writes what a line was matched to and how much of it was applied.
func (t *storeTx) SetLine(ctx context.Context, l app.Line) error {
	t.Changed(app.ChangedStatement, string(l.Statement))
	rows, err := t.q.SetStatementLine(ctx, db.SetStatementLineParams{
		ID: string(l.ID), Allocated: l.Allocated.Minor(), ReceivableID: optional(l.Receivable),
		Intents: texts[string](l.Intents),
	})
	return changed(rows, err, app.ErrNoRow)
}

// Lines lists the lines of an organisation's statements.
func (t *storeTx) Lines(ctx context.Context, org trade.OrgID, p app.Page) ([]app.Line, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.StatementLinesOf(ctx, db.StatementLinesOfParams{
		OrgID: string(org), BeforeOn: from.at, BeforeID: from.id, Page: asked,
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
	if row.ValueOn != nil {
		l.ValueOn = money.DateOf(*row.ValueOn)
	}
	return l, nil
}
