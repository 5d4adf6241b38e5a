package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// Statement is a bank statement that a holder of an account uploaded.
type Statement struct {
	ID         StatementID
	Org        trade.OrgID
	Digest     trade.Digest
	Syntax     string // "camt.053", "camt.054" or "csv"
	ImportedBy UserID
	ImportedAt time.Time
	Lines      []Line
}

// Line is a line of a statement. What is not allocated stays unapplied cash.
type Line struct {
	ID           LineID
	Statement    StatementID
	Entry        EntryID // what the bank booked, of which this is a line
	Position     int
	Account      string // the statement's account number
	Reference    string // the bank's
	BookedOn     money.Date
	ValueOn      money.Date
	Amount       money.Amount // credit above zero
	PartyName    string
	PartyAccount string
	Remittance   string
	Allocated    money.Amount
	// Receivable is what it was matched to, with the intents that apply it.
	Receivable trade.AssetID
	Intents    []trade.CommandID
}

const (
	maxStatement      = 10 << 20
	maxStatementLines = 10_000
	matchPage         = MaxPage
)

// ImportStatement reads a bank statement of an account of the actor's organisation and
// suggests which receivable each credit pays.
//
// Effects, in this order: the file as a blob; one transaction with statement and lines. The
// same file again is the same statement; a movement that an earlier one told of is not money
// twice, whichever message told of it (see movements).
func (a *App) ImportStatement(ctx context.Context, actor Actor, body io.Reader) (Statement, bool, error) {
	if err := need(actor, trade.Maker); err != nil {
		return Statement{}, false, err
	}
	digest, _, err := a.blobs.Put(ctx, body, maxStatement)
	if err != nil {
		return Statement{}, false, err
	}
	raw, err := a.bytes(ctx, digest)
	if err != nil {
		return Statement{}, false, err
	}
	read, err := a.reader.Statement(ctx, raw)
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		return Statement{}, false, fault(trade.Code(f.Code), f.Path, "%s", f.Message)
	}
	if err != nil {
		return Statement{}, false, err
	}
	if len(read) == 0 || len(read) > maxStatementLines {
		return Statement{}, false, fault(CodeStatement, "", "1 to %d booked lines", maxStatementLines)
	}
	s, err := a.statement(ctx, actor, digest, raw, read)
	if err != nil {
		return Statement{}, false, err
	}
	created, kept := false, Statement{}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		kept, created, err = tx.InsertStatement(ctx, s)
		if err != nil {
			return err
		}
		if created {
			if err := a.audit(ctx, tx, actor, deed{"statement.import", "statement", string(s.ID)},
				map[string]string{"digest": string(digest)}); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, Taken[Statement]{kept, created})
	})
	return kept, created, err
}

// statement makes the rows of a statement, each credit with the receivable it seems to pay.
func (a *App) statement(
	ctx context.Context, actor Actor, digest trade.Digest, raw []byte, read []parse.StatementLine,
) (Statement, error) {
	var accounts []Account
	if err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		accounts, err = tx.Accounts(ctx, actor.Org)
		return err
	}); err != nil {
		return Statement{}, err
	}
	id, err := a.newID("stm")
	if err != nil {
		return Statement{}, err
	}
	s := Statement{
		ID:         StatementID(id),
		Org:        actor.Org,
		Digest:     digest,
		Syntax:     "csv",
		ImportedBy: actor.User,
		ImportedAt: a.Now(),
	}
	syntax, err := a.reader.Syntax(ctx, raw)
	if err != nil {
		return Statement{}, err
	}
	if syntax == parse.SyntaxCamt053 || syntax == parse.SyntaxCamt054 {
		s.Syntax = string(syntax)
	}
	candidates, _, err := a.AssetsOf(ctx, actor, AssetFilter{
		Kind: trade.KindReceivable, Phases: []trade.Phase{trade.Open, trade.Matured, trade.Overdue},
	}, Page{Limit: matchPage})
	if err != nil {
		return Statement{}, err
	}
	told := movements{}
	for n, l := range read {
		number := plainAccount(l.Account)
		if !slices.ContainsFunc(accounts, func(b Account) bool { return b.Number == number }) {
			return Statement{}, fault(
				CodeStatement,
				l.Place.Path,
				"the statement is of an account that is not your organisation's",
			)
		}
		if l.Booked.IsZero() {
			return Statement{}, fault(CodeStatement, l.Place.Path, "this entry has no date of booking: "+
				"ask the bank for a corrected file")
		}
		line, fresh, err := told.line(s, n, number, l)
		if err != nil {
			return Statement{}, err
		}
		if !fresh {
			continue
		}
		if line.Amount.Sign() > 0 {
			line.Receivable = paidBy(line, l, candidates)
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// paidBy finds the one receivable that a credit pays: due to this account, in this currency,
// its invoice number in the payer's text. Two candidates are none: a person decides.
func paidBy(line Line, l parse.StatementLine, candidates []Asset) trade.AssetID {
	paid := trade.AssetID("")
	for _, c := range candidates {
		r := c.State.Receivable
		if r.PayTo != line.Account || r.Currency != line.Amount.Currency() || !mentions(l, r.Claim.Number) {
			continue
		}
		if paid != "" {
			return ""
		}
		paid = c.Record.ID
	}
	return paid
}

// mentions tells whether the payer's text names an invoice number, as a word of its own.
func mentions(l parse.StatementLine, number string) bool {
	if slices.ContainsFunc(
		l.References,
		func(r string) bool { return strings.EqualFold(strings.TrimSpace(r), number) },
	) {
		return true
	}
	words := strings.FieldsFunc(
		l.Remittance, func(r rune) bool { return strings.ContainsRune(" \t\n,;:()", r) },
	)
	return slices.ContainsFunc(
		words, func(w string) bool { return strings.EqualFold(strings.TrimRight(w, "."), number) },
	)
}

// ApplyPayment prepares what a matched line does: the receivable is paid, and after it the
// financing is repaid, if there is one. The rest of the line stays unapplied cash. Effects:
// one transaction with the intents and what the line was matched to.
func (a *App) ApplyPayment(
	ctx context.Context, actor Actor, id LineID, receivable trade.AssetID,
) ([]Intent, error) {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return nil, err
	}
	var line Line
	var digest trade.Digest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		line, digest, err = ownLine(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if receivable == "" {
		receivable = line.Receivable
	}
	if receivable == "" {
		return nil, fault(CodeNoMatch, "", "the line names no receivable of yours: say which one it pays")
	}
	r, err := a.held(ctx, actor.Org, receivable, trade.KindReceivable)
	if err != nil {
		return nil, err
	}
	body := r.State.Receivable
	amount, err := payable(line, body)
	if err != nil {
		return nil, err
	}
	subjects := []trade.Subject{{ID: receivable, Version: r.Record.Version}}
	if body.Assignment != nil {
		subjects = append(subjects, trade.Subject{ID: body.Assignment.Programme, Version: trade.AnyVersion})
	}
	pay, err := a.drafted(ctx, actor, draft{
		act: trade.ReceivablePay, subjects: subjects,
		args: trade.PayReceivable{
			ID: string(line.ID), Amount: amount, ValueDate: line.ValueOn, Account: line.Account,
			Evidence: digest,
		},
	})
	if err != nil {
		return nil, err
	}
	intents := []Intent{pay}
	if body.Assignment != nil {
		repay, err := a.repayment(ctx, actor, r, amount, pay.ID)
		if err != nil {
			return nil, err
		}
		intents = append(intents, repay)
	}
	line.Receivable, line.Allocated = receivable, amount
	line.Intents = nil
	for _, i := range intents {
		line.Intents = append(line.Intents, i.ID)
	}
	return intents, a.keepAll(ctx, actor, intents, func(ctx context.Context, tx StoreTx) error {
		if _, _, err := ownLine(ctx, tx, actor, id); err != nil { // nobody applied it meanwhile
			return err
		}
		return tx.SetLine(ctx, line)
	})
}

// repayment prepares that a payment of the receivable repays its financing.
func (a *App) repayment(
	ctx context.Context, actor Actor, r Asset, amount money.Amount, after trade.CommandID,
) (Intent, error) {
	f, err := a.held(ctx, actor.Org, r.State.Receivable.Assignment.Financing, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	return a.drafted(ctx, actor, draft{
		act: trade.FinancingRepay,
		subjects: []trade.Subject{
			{ID: f.Record.ID, Version: f.Record.Version}, {ID: r.Record.ID, Version: trade.AnyVersion},
		},
		args: trade.RepayFinancing{Amount: amount}, after: after,
	})
}

// ownLine reads a line of a statement of the actor's organisation, not yet applied, and the
// digest of the statement's file.
func ownLine(ctx context.Context, tx StoreTx, actor Actor, id LineID) (Line, trade.Digest, error) {
	line, err := tx.Line(ctx, id)
	if err != nil {
		return Line{}, "", found(err, "statement line")
	}
	s, err := tx.StatementOf(ctx, id)
	if err != nil {
		return Line{}, "", err
	}
	if s.Org != actor.Org {
		return Line{}, "", hidden("statement line")
	}
	for _, i := range line.Intents {
		intent, err := tx.Intent(ctx, i)
		if err != nil {
			return Line{}, "", err
		}
		if !intent.Finished() || intent.State == IntentCommitted {
			return Line{}, "", fault(trade.CodePaymentTwice, "", "the line was applied already, by %s", i)
		}
	}
	return line, s.Digest, nil
}

// payable is what of a line pays the receivable: at most what is due.
func payable(line Line, r *trade.Receivable) (money.Amount, error) {
	if line.Amount.Sign() <= 0 || line.Amount.Currency() != r.Currency {
		return money.Amount{}, fault(CodeNoMatch, "", "only a credit in %s pays this receivable", r.Currency)
	}
	return money.New(min(line.Amount.Minor(), r.Due()), r.Currency)
}

// Lines lists the lines of the statements of the actor's organisation.
func (a *App) Lines(ctx context.Context, actor Actor, p Page) ([]Line, string, error) {
	var list []Line
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Lines(ctx, actor.Org, p)
		return err
	})
	return list, next, err
}
