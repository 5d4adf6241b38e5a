// Package check finds what is wrong with one document by itself: sums that do not add up,
// dates that cannot be, identifiers whose check digits fail, content that is missing.
//
// It compares a document with nothing but itself, the rules and a day; what other papers say
// is package match, what a bank accepts is package policy.
//
// Rules have stable ids. Those of Countersign begin with CS-; the rules of EN 16931 keep the
// ids of the standard (BR-...) beside them.
package check

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// Severity says whether a finding makes the document wrong.
type Severity string

// A document with a fatal finding violates its rules. A warning is for a person to look at.
const (
	Fatal   Severity = "fatal"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong, told so that a person can act on it.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Advice   string   `json:"advice,omitempty"` // what to do about it, of package texts
	// Field is the path of the value in parse.Document, "totals.payable".
	Field string `json:"field,omitempty"`
	// Path, Offset and Length are the place in the source, as in parse.Place.
	Path   string `json:"path,omitempty"`
	Offset int    `json:"offset,omitempty"`
	Length int    `json:"length,omitempty"`
	// Claimed is what the document says and Computed what it should be, where that is known.
	Claimed  string `json:"claimed,omitempty"`
	Computed string `json:"computed,omitempty"`
}

// maxPlaces bounds the findings of one rule, and so those of a document. Were all rules bounded
// together, many warnings of one could keep what is fatal from being told.
const maxPlaces = 50

// checker collects the findings of one document.
type checker struct {
	doc      *parse.Document
	findings []Finding
	places   map[breach]int // findings so far
}

// breach is a rule as it was broken: some are fatal here and a warning there.
type breach struct {
	rule     string
	severity Severity
}

// add files a finding at the place of a field. Where the field is absent the place is that
// of the nearest thing that holds it.
func (c *checker) add(f Finding) {
	b := breach{f.Rule, f.Severity}
	if c.places[b] >= maxPlaces {
		return
	}
	if c.places == nil {
		c.places = map[breach]int{}
	}
	c.places[b]++
	if place, ok := c.doc.Places[f.Field]; ok {
		f.Path, f.Offset, f.Length = place.Path, place.Offset, place.Length
	}
	c.findings = append(c.findings, f)
}

// maxClaimed bounds, in bytes, what a finding repeats of the document: a value may be a megabyte,
// and several rules may speak of it.
const maxClaimed = 400

// shorten cuts what findings repeat of the document; the whole value stands in its place.
func (c *checker) shorten() {
	for i := range c.findings {
		for _, s := range []*string{&c.findings[i].Claimed, &c.findings[i].Computed} {
			if len(*s) > maxClaimed {
				*s = strings.ToValidUTF8((*s)[:maxClaimed], "") + "…"
			}
		}
	}
}

// locate finds the bytes of findings that name their place by its path alone.
func (c *checker) locate() {
	for i := range c.findings {
		f := &c.findings[i]
		if f.Path == "" || f.Offset != 0 || f.Length != 0 {
			continue
		}
		if place, ok := c.doc.Locate(f.Path); ok {
			f.Offset, f.Length = place.Offset, place.Length
		}
	}
}

// wrongSum files a finding of the arithmetic.
func (c *checker) wrongSum(
	rule string, severity Severity, field, message string, claimed, computed decimal.Decimal,
) {
	c.add(Finding{
		Rule: rule, Severity: severity, Field: field, Message: message,
		Claimed: claimed.String(), Computed: computed.String(),
	})
}
