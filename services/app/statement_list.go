package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// LineState says how far a line has come.
type LineState string

// The states. What was refused, withdrawn or not signed in time makes a line wait again.
const (
	LineWaiting  LineState = "waiting"   // a credit about which nobody has decided
	LinePrepared LineState = "prepared"  // its payment waits for a signature
	LineUnderway LineState = "underway"  // signed, on its way to the ledger
	LineRecorded LineState = "recorded"  // on the ledger
	LineSetAside LineState = "set_aside" // no payment of a receivable
	LineDebit    LineState = "debit"     // money that went out
)

// LineFilter narrows a list of lines; what is empty narrows nothing.
type LineFilter struct {
	Statement  StatementID
	Receivable trade.AssetID // that they were matched to when they were read, or pay
	States     []LineState
}

// SetAside is why a credit pays no receivable, and who said so; zero for one that may.
type SetAside struct {
	By     UserID
	At     time.Time
	Reason string
}

// LineCount is how many lines of a statement are in a state, and what they come to.
type LineCount struct {
	State  LineState
	Lines  int64
	Amount money.Amount
}

// StatementFacts is a statement with how far its lines have come.
type StatementFacts struct {
	Statement

	ByName   string // who imported it
	Counts   []LineCount
	Settling []SettlingLine // of the answer to an import only
}

// Known is how many lines of the file an earlier statement told of.
func (f StatementFacts) Known() int64 {
	known := int64(0)
	for _, a := range f.Accounts {
		known += int64(a.Lines)
	}
	for _, c := range f.Counts {
		known -= c.Lines
	}
	return max(known, 0)
}

// SettlingLine is a line with what it may pay, or pays.
type SettlingLine struct {
	Line

	State LineState
	// Match is the receivable that it pays, that it seems to pay, or, with Unmatched, that its text
	// names and that it cannot pay.
	Match     *Asset
	Unmatched Unmatched
	Pending   []Intent     // of its payment, open or on their way
	Refused   *trade.Fault // why the last try came to nothing
}

// Lines lists the lines of the statements of the actor's organisation.
func (a *App) Lines(ctx context.Context, actor Actor, f LineFilter, p Page) ([]SettlingLine, string, error) {
	var list []SettlingLine
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		lines, after, err := tx.Lines(ctx, actor.Org, f, p)
		if err != nil {
			return err
		}
		next = after
		list, err = settling(ctx, tx, actor, lines)
		return err
	})
	return list, next, err
}

// Statements lists the statements of the actor's organisation, newest first.
func (a *App) Statements(ctx context.Context, actor Actor, p Page) ([]StatementFacts, string, error) {
	var list []StatementFacts
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Statements(ctx, actor.Org, "", p)
		return err
	})
	return list, next, err
}

// Statement reads one statement of the actor's organisation, without its lines.
func (a *App) Statement(ctx context.Context, actor Actor, id StatementID) (StatementFacts, error) {
	var s StatementFacts
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		s, err = factsOf(ctx, tx, actor, id)
		return err
	})
	return s, err
}

func factsOf(ctx context.Context, tx StoreTx, actor Actor, id StatementID) (StatementFacts, error) {
	list, _, err := tx.Statements(ctx, actor.Org, id, Page{Limit: 1})
	switch {
	case err != nil:
		return StatementFacts{}, err
	case len(list) == 0:
		return StatementFacts{}, hidden("statement")
	}
	return list[0], nil
}

// settling adds to lines how far they have come and what they may pay, as things stand now.
func settling(ctx context.Context, tx StoreTx, actor Actor, lines []Line) ([]SettlingLine, error) {
	ids, matched, words := []trade.CommandID{}, []trade.AssetID{}, []string{}
	for _, l := range lines {
		ids = append(ids, l.Intents...)
		if l.Receivable != "" {
			matched = append(matched, l.Receivable)
		}
		if l.Amount.Sign() > 0 {
			words = append(words, spoken(l.Remittance)...)
		}
	}
	intents, err := tx.IntentsNamed(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := numbered(ctx, tx, actor, words)
	if err != nil {
		return nil, err
	}
	assets, err := tx.AssetsNamed(ctx, matched)
	if err != nil {
		return nil, err
	}
	before := map[trade.AssetID]Asset{}
	for _, asset := range assets {
		if asset.State != nil && asset.State.Receivable != nil && asset.HeldBy(actor.Org) {
			before[asset.Record.ID] = asset
		}
	}
	byID := map[trade.CommandID]Intent{}
	for _, i := range intents {
		byID[i.ID] = i
	}
	list := make([]SettlingLine, len(lines))
	for n, l := range lines {
		list[n] = settlingLine(l, byID)
		switch asset, matched := before[l.Receivable]; {
		case list[n].State == LineWaiting:
			list[n].Match, list[n].Unmatched = proposal(actor, l, known, before)
		case matched && list[n].State != LineSetAside:
			list[n].Match = &asset
		}
	}
	return list, nil
}

// settlingLine says how far a line has come by the commands that record its payment.
func settlingLine(l Line, intents map[trade.CommandID]Intent) SettlingLine {
	s := SettlingLine{Line: l, State: LineWaiting}
	recorded := false
	for _, id := range l.Intents {
		switch i := intents[id]; {
		case !i.Finished():
			s.Pending = append(s.Pending, i)
		case i.State == IntentCommitted:
			recorded = true
		case i.Fault != nil:
			s.Refused = i.Fault
		}
	}
	switch {
	case l.Amount.Sign() <= 0:
		s.State = LineDebit
	case slices.ContainsFunc(s.Pending, func(i Intent) bool { return i.State != IntentOpen }):
		s.State = LineUnderway
	case len(s.Pending) > 0:
		s.State = LinePrepared
	case recorded:
		s.State = LineRecorded
	case !l.SetAside.At.IsZero():
		s.State = LineSetAside
	}
	return s
}

const maxSetAside = 160 // of a reason, in characters

// SetAsideLine says that a credit pays no receivable, and why: it waits for nobody from then on.
// To record a payment of it takes that back. Effects: one transaction.
func (a *App) SetAsideLine(ctx context.Context, actor Actor, id LineID, reason string) (SettlingLine, error) {
	if err := need(actor, settlers()...); err != nil {
		return SettlingLine{}, err
	}
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxSetAside {
		return SettlingLine{}, fault(CodeInput, "reason", "a reason of 1 to %d characters is wanted", maxSetAside)
	}
	var s SettlingLine
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		line, _, err := ownLine(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if line.Amount.Sign() <= 0 {
			return fault(CodeNoMatch, "", "money that went out waits for nobody: there is nothing to set aside")
		}
		line.SetAside = SetAside{By: actor.User, At: a.Now(), Reason: reason}
		if err := tx.SetLine(ctx, line); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"statement.set_aside", "statement", string(line.Statement)},
			map[string]string{"line": string(line.ID), "reason": reason}); err != nil {
			return err
		}
		list, err := settling(ctx, tx, actor, []Line{line})
		if err != nil {
			return err
		}
		s = list[0]
		return a.answered(ctx, tx, s)
	})
	return s, err
}
