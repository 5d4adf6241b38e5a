// Package ebl holds a message of DCSA eBL 3.0 against the rules that the standard states in
// prose, beyond what a JSON Schema can say: which bill may name whom, how many originals there
// may be, and in which order a bill may pass from hand to hand.
//
// A rule is fatal where the standard says must or where a breach makes the right to the goods
// doubtful, and a warning where it says should, or where the standard's own examples break it.
package ebl

import (
	"slices"

	"github.com/countersign/countersign/services/parse/dcsa"
)

// Severity says whether a broken rule makes the message wrong.
type Severity string

// The severities, in the words of package check.
const (
	Fatal   Severity = "fatal"
	Warning Severity = "warning"
)

// Finding is one breach of a rule, told so that a person can act on it. Path is the JSON
// Pointer of the value that breaks it, or of the object that lacks one.
type Finding struct {
	Rule     string
	Severity Severity
	Path     string
	Message  string
	Advice   string
	Claimed  string
}

// maxPlaces bounds the findings of one rule, and so those of a message: many breaches of one rule
// never keep the breach of another from being told.
const maxPlaces = 20

// Check returns the breaches of a message in a fixed order: the document, the surrender, the
// chain, what was signed. The same message always gives the same findings.
func Check(m *dcsa.Message) []Finding {
	r := &run{rules: rules()}
	if m.Lading != nil {
		r.document(m)
	}
	r.surrender(m)
	var toOrder *bool
	if m.Lading != nil {
		toOrder = m.Lading.ToOrder
	}
	for _, c := range m.Chains {
		r.chain(&c, toOrder)
	}
	r.oneLive(m.Chains)
	r.signed(m)
	return r.findings
}

// Chain checks an endorsement chain by itself. Whether the bill is to order is known when the
// bill is at hand, else nil, and then what only such a bill takes is not judged.
func Chain(chain *dcsa.Chain, toOrder *bool) []Finding {
	r := &run{rules: rules()}
	r.chain(chain, toOrder)
	return r.findings
}

// run collects the findings of one message.
type run struct {
	rules    []Rule
	findings []Finding
	places   map[string]int // findings of each rule so far
}

// breach files the breach of a rule.
func (r *run) breach(id, path, claimed string) {
	i := slices.IndexFunc(r.rules, func(rule Rule) bool { return rule.ID == id })
	if i < 0 || r.places[id] >= maxPlaces {
		return
	}
	if r.places == nil {
		r.places = map[string]int{}
	}
	r.places[id]++
	rule := r.rules[i]
	r.findings = append(r.findings, Finding{
		Rule: id, Severity: rule.Severity, Path: path, Message: rule.Message, Advice: rule.Advice,
		Claimed: claimed,
	})
}

func is(flag *bool, want bool) bool { return flag != nil && *flag == want }
