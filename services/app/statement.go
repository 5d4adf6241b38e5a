package app

import (
	"context"
	"errors"
	"io"
	"slices"
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
	FileName   string // as whoever brought it calls it; may be empty
	Accounts   []StatementAccount
	ImportedBy UserID
	ImportedAt time.Time
	Lines      []Line
}

// StatementAccount is what a statement says of one account in one currency: all that was read,
// movements that an earlier statement told of included.
type StatementAccount struct {
	Account string       `json:"account"`
	From    money.Date   `json:"from,omitzero"`
	To      money.Date   `json:"to,omitzero"`
	Opening money.Amount `json:"opening,omitzero"` // absent where the bank does not say
	Closing money.Amount `json:"closing,omitzero"`
	Lines   int          `json:"lines"`
	Credits money.Amount `json:"credits"`
	Debits  money.Amount `json:"debits"` // below zero
}

// Balanced tells whether the movements lead from the opening to the closing balance; the second
// answer is false where the bank does not state both.
func (s StatementAccount) Balanced() (balanced, known bool) {
	if s.Opening.IsAbsent() || s.Closing.IsAbsent() {
		return false, false
	}
	end, err := s.Opening.Add(s.Credits)
	if err != nil {
		return false, true
	}
	if end, err = end.Add(s.Debits); err != nil {
		return false, true
	}
	order, err := end.Cmp(s.Closing)
	return err == nil && order == 0, true
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
	SetAside   SetAside
}

const (
	maxStatement      = 10 << 20
	maxStatementLines = 10_000
)

// ImportStatement reads a bank statement of an account of the actor's organisation and
// suggests which receivable each credit pays.
//
// Effects, in this order: the file as a blob; one transaction with statement and lines. The
// same file again is the same statement; a movement that an earlier one told of is not money
// twice, whichever message told of it (see movements).
func (a *App) ImportStatement(
	ctx context.Context, actor Actor, name string, body io.Reader,
) (StatementFacts, bool, error) {
	if err := need(actor, trade.Maker); err != nil {
		return StatementFacts{}, false, err
	}
	digest, _, err := a.blobs.Put(ctx, body, maxStatement)
	if err != nil {
		return StatementFacts{}, false, err
	}
	raw, err := a.bytes(ctx, digest)
	if err != nil {
		return StatementFacts{}, false, err
	}
	read, err := a.reader.Statement(ctx, raw)
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		return StatementFacts{}, false, fault(trade.Code(f.Code), f.Path, "%s", f.Message)
	}
	if err != nil {
		return StatementFacts{}, false, err
	}
	if len(read.Lines) == 0 || len(read.Lines) > maxStatementLines {
		return StatementFacts{}, false, fault(CodeStatement, "", "1 to %d booked lines", maxStatementLines)
	}
	s, err := a.statement(ctx, actor, digest, raw, read)
	if err != nil {
		return StatementFacts{}, false, err
	}
	s.FileName = name
	created, facts := false, StatementFacts{}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var kept Statement
		var err error
		if kept, created, err = tx.InsertStatement(ctx, s); err != nil {
			return err
		}
		if facts, err = factsOf(ctx, tx, actor, kept.ID); err != nil {
			return err
		}
		facts.Lines = kept.Lines
		if facts.Settling, err = settling(ctx, tx, actor, kept.Lines); err != nil {
			return err
		}
		if created {
			if err := a.audit(ctx, tx, actor, deed{"statement.import", "statement", string(s.ID)},
				map[string]string{"digest": string(digest)}); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, Taken[StatementFacts]{facts, created})
	})
	return facts, created, err
}

// statement makes the rows of a statement, each credit with the receivable it seems to pay.
func (a *App) statement(
	ctx context.Context, actor Actor, digest trade.Digest, raw []byte, read parse.Statement,
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
	if s.Accounts, err = accountsOf(read); err != nil {
		return Statement{}, err
	}
	candidates, err := a.named(ctx, actor, read)
	if err != nil {
		return Statement{}, err
	}
	told := movements{}
	for n, l := range read.Lines {
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
			line.Receivable = paidBy(line, wordsOf(l), candidates)
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}
