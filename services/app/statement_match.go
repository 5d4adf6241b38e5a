package app

import (
	"context"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// accountsOf sums up what was read, by account and currency.
func accountsOf(read parse.Statement) ([]StatementAccount, error) {
	list := []StatementAccount{}
	for _, l := range read.Lines {
		number, currency := plainAccount(l.Account), l.Amount.Currency()
		n := slices.IndexFunc(list, func(s StatementAccount) bool {
			return s.Account == number && s.Credits.Currency() == currency
		})
		if n < 0 {
			none, err := l.Amount.Sub(l.Amount)
			if err != nil {
				return nil, err
			}
			n, list = len(list), append(list, StatementAccount{
				Account: number, From: l.Booked, To: l.Booked, Credits: none, Debits: none,
			})
		}
		if err := list[n].add(l); err != nil {
			return nil, err
		}
	}
	for n := range list {
		list[n].hear(read.Stated)
	}
	return list, nil
}

// add counts a movement.
func (s *StatementAccount) add(l parse.StatementLine) error {
	s.Lines++
	s.From, s.To = first(s.From, l.Booked), last(s.To, l.Booked)
	var err error
	if (l.Direction == parse.Credit) != l.Reversal {
		s.Credits, err = s.Credits.Add(l.Amount)
	} else {
		s.Debits, err = s.Debits.Sub(l.Amount)
	}
	return err
}

// hear takes what the bank says of the account: a file may hold a statement of each day, so the
// first balance opens and the last one closes.
func (s *StatementAccount) hear(stated []parse.Stated) {
	for _, b := range stated {
		if plainAccount(b.Account) != s.Account {
			continue
		}
		s.From, s.To = first(s.From, b.From), last(s.To, b.To)
		if s.Opening.IsAbsent() && b.Opening.Currency() == s.Credits.Currency() {
			s.Opening = b.Opening
		}
		if b.Closing.Currency() == s.Credits.Currency() {
			s.Closing = b.Closing
		}
	}
}

// first is the earlier of two dates, either of which may be absent; last is the later one.
func first(a, b money.Date) money.Date {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func last(a, b money.Date) money.Date {
	if a.IsZero() || (!b.IsZero() && a.Before(b)) {
		return b
	}
	return a
}

// openPhases are those of a receivable that can be paid.
func openPhases() []trade.Phase { return []trade.Phase{trade.Open, trade.Matured, trade.Overdue} }

// maxNumber bounds a word that may be the number of an invoice, and maxSpoken how many of them are
// looked for at once.
const (
	maxNumber = 64
	maxSpoken = 20_000
)

// wordsOf are the words by which the payer's text may name an invoice, in capitals: each reference
// as a whole, each word of the text, and each word without what people put around it.
func wordsOf(l parse.StatementLine) []string {
	return spoken(append(slices.Clone(l.References), l.Remittance)...)
}

func spoken(texts ...string) []string {
	words := []string{}
	add := func(word string) {
		if word != "" && len(word) <= maxNumber && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, text := range texts {
		text = strings.ToUpper(text)
		add(strings.TrimSpace(text))
		between := func(r rune) bool { return strings.ContainsRune(" \t\n,;:()", r) }
		for _, word := range strings.FieldsFunc(text, between) {
			add(word)
			add(strings.Trim(word, ".#/*'\""))
		}
	}
	return words
}

// named reads the receivables whose numbers stand in the texts of credits.
func (a *App) named(ctx context.Context, actor Actor, read parse.Statement) (claims, error) {
	words := []string{}
	for _, l := range read.Lines {
		words = append(words, wordsOf(l)...)
	}
	var list claims
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = numbered(ctx, tx, actor, words)
		return err
	})
	return list, err
}

// claims are receivables by the numbers of their invoices in capitals.
type claims map[string][]Asset

func (c claims) add(asset Asset) {
	if asset.State == nil || asset.State.Receivable == nil {
		return
	}
	number := strings.ToUpper(asset.State.Receivable.Claim.Number)
	if !slices.ContainsFunc(c[number], func(a Asset) bool { return a.Record.ID == asset.Record.ID }) {
		c[number] = append(c[number], asset)
	}
}

// spoken lists those whose numbers are among some words.
func (c claims) spoken(words []string) []Asset {
	list := []Asset{}
	for _, word := range words {
		list = append(list, c[word]...)
	}
	return list
}

func numbered(ctx context.Context, tx StoreTx, actor Actor, words []string) (claims, error) {
	slices.Sort(words)
	words = slices.Compact(words)
	list := claims{}
	for some := range slices.Chunk(words, maxSpoken) {
		found, err := tx.ReceivablesNumbered(ctx, actor.Org, some)
		if err != nil {
			return nil, err
		}
		for _, asset := range found {
			list.add(asset)
		}
	}
	return list, nil
}

// pays tells whether a line may pay a receivable: owed to this account, in this currency, open.
func pays(l Line, c Asset) bool {
	r := c.State.Receivable
	return r.PayTo == l.Account && r.Currency == l.Amount.Currency() &&
		slices.Contains(openPhases(), c.Record.Phase)
}

// paidBy finds the one receivable that a credit pays: due to this account, in this currency, its
// invoice number in the payer's text. Two candidates are none: a person decides.
func paidBy(line Line, words []string, known claims) trade.AssetID {
	paid := trade.AssetID("")
	for _, c := range known.spoken(words) {
		if !pays(line, c) {
			continue
		}
		if paid != "" {
			return ""
		}
		paid = c.Record.ID
	}
	return paid
}

// Unmatched says why no receivable is proposed for a credit.
type Unmatched string

// The reasons, in the order in which they are looked for.
const (
	UnmatchedSeveral  Unmatched = "several"  // open receivables of the same number
	UnmatchedSettled  Unmatched = "settled"  // the one that is named is paid, or was closed
	UnmatchedOwner    Unmatched = "owner"    // it is owed to somebody else, who has it from us
	UnmatchedAccount  Unmatched = "account"  // it is to be paid to another account
	UnmatchedCurrency Unmatched = "currency" // it is in another currency
	UnmatchedUnknown  Unmatched = "unknown"  // the text names none that is known here
)

// proposal finds the receivable that a waiting credit seems to pay as things stand now, or why
// there is none. The one it was matched to when it was read holds while it is open.
func proposal(actor Actor, l Line, known claims, before map[trade.AssetID]Asset) (*Asset, Unmatched) {
	list := known.spoken(spoken(l.Remittance))
	if matched, there := before[l.Receivable]; there {
		list = append(list, matched)
	}
	var open, others []Asset
	for n, c := range list {
		again := slices.ContainsFunc(list[:n], func(a Asset) bool { return a.Record.ID == c.Record.ID })
		if again {
			continue
		}
		if pays(l, c) && c.State.Receivable.Owner == actor.Org {
			open = append(open, c)
		} else {
			others = append(others, c)
		}
	}
	if n := slices.IndexFunc(open, func(c Asset) bool { return c.Record.ID == l.Receivable }); n >= 0 {
		return &open[n], ""
	}
	switch {
	case len(open) == 1:
		return &open[0], ""
	case len(open) > 1:
		return nil, UnmatchedSeveral
	case len(others) == 0:
		return nil, UnmatchedUnknown
	}
	return &others[0], unmatchedFor(actor, l, others[0])
}

// unmatchedFor says why a credit does not pay the receivable that its text names.
func unmatchedFor(actor Actor, l Line, c Asset) Unmatched {
	r := c.State.Receivable
	switch {
	case !slices.Contains(openPhases(), c.Record.Phase):
		return UnmatchedSettled
	case r.Owner != actor.Org:
		return UnmatchedOwner
	case r.PayTo != l.Account:
		return UnmatchedAccount
	}
	return UnmatchedCurrency
}
