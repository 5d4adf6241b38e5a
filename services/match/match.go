// Package match compares the papers of one trade with each other, fact by fact, and says
// which facts independent parties agree on.
//
// The outcome is a corroboration matrix: rows are facts, columns are papers. What the
// seller's invoice states is the claim; every other paper agrees with it, contradicts it or
// is silent. Matching is pure: the order in which papers are given never matters, and a
// paper that says nothing changes nothing.
//
// Corroboration is one of three verdicts about a trade. Whether a paper is genuine and
// whether the claim was used before are decided elsewhere.
package match

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// Source is one paper of a trade pack. Uploader is the organisation that brought it: two
// papers of one uploader count once.
type Source struct {
	ID       string
	Uploader string
	Document *parse.Document
}

// Input is all that the outcome depends on.
type Input struct {
	Sources    []Source
	Tolerances Tolerances
	// KnownAccounts are the accounts that the seller is registered with. The invoice may name
	// no other.
	KnownAccounts []parse.Account
	// Required are kinds that the programme asks for beyond the minimum set.
	Required []parse.Kind
}

const (
	maxSources = 100
	maxLines   = 50_000 // over all papers
)

// ErrInput means a source without id, uploader or document, two with one id, or more than
// maxSources papers or maxLines lines.
var ErrInput = errors.New("match: unusable input")

// Match compares the papers. The error wraps ErrInput or ErrTolerance.
func Match(in Input) (*Matrix, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	m := newMatcher(in)
	m.parties()
	m.references()
	m.goods()
	m.totals()
	m.packing()
	m.dates()
	m.journey()
	m.passage()
	m.account()
	m.judge()
	return m.matrix, nil
}

func (in Input) check() error {
	if len(in.Sources) > maxSources {
		return fmt.Errorf("%w: more than %d papers", ErrInput, maxSources)
	}
	seen, lines := map[string]bool{}, 0
	for i, s := range in.Sources {
		if s.ID == "" || s.Uploader == "" || s.Document == nil || seen[s.ID] {
			return fmt.Errorf("%w: source %d: an own id, an uploader and a document are wanted", ErrInput, i)
		}
		seen[s.ID] = true
		lines += len(s.Document.Lines)
	}
	if lines > maxLines {
		return fmt.Errorf("%w: more than %d lines", ErrInput, maxLines)
	}
	return in.Tolerances.Check()
}

// matcher carries the work of one Match.
type matcher struct {
	in      Input
	columns []column // in the order of the matrix
	matrix  *Matrix
	// currency is the claim's; amounts in another are not compared.
	currency string
	articles []article // what was traded, set by goods
	// payable is what the invoices claim together; nil when they do not say.
	payable *decimal.Decimal
}

// column is a source with what is used of it again and again.
type column struct {
	Source
	doc *parse.Document
	// paper groups copies: the same kind and number brought more than once.
	paper string
}

func newMatcher(in Input) *matcher {
	m := &matcher{in: in, matrix: &Matrix{
		Columns: []Column{}, Rows: []Row{}, Findings: []Finding{}, Uploaders: []string{},
	}}
	for _, s := range in.Sources {
		number := reference(s.Document.Number)
		if number == "" {
			number = "/" + s.ID // without a number nothing is a copy of anything
		}
		c := column{Source: s, doc: s.Document, paper: string(s.Document.Kind) + "/" + number}
		m.columns = append(m.columns, c)
	}
	slices.SortFunc(m.columns, compareColumns)
	for _, c := range m.columns {
		m.matrix.Columns = append(m.matrix.Columns, Column{
			Source: c.ID, Uploader: c.Uploader, Kind: c.doc.Kind, Number: c.doc.Number,
		})
	}
	return m
}
