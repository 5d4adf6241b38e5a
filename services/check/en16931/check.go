// Package en16931 holds an invoice against the business rules of EN 16931-1 (2017, with
// amendment A1 of 2019), in the form that CEN/TC 434's validation artefacts give them, release
// 1.3.16: the 223 rules that the artefacts for UBL 2.1 and for CII D16B share.
//
// The rules are written over the semantic model, once for both syntaxes. Where the artefacts
// of the two syntaxes differ, the rule follows the artefact of the invoice's syntax and says so
// in a comment: an invoice must get the verdict here that it gets everywhere else.
//
// Rules run on whatever part of an invoice is there. A rule of a group that is absent has
// nothing to say; that the group is absent is another rule's matter.
package en16931

import (
	"github.com/countersign/countersign/services/parse/semantic"
)

// Severity says whether a broken rule makes the invoice wrong.
type Severity string

// The severities of the official artefacts.
const (
	Fatal   Severity = "fatal"
	Warning Severity = "warning"
)

// Rule is one rule and its severity in each syntax.
type Rule struct {
	ID       string
	Severity Severity // in UBL
	InCII    Severity
}

// Finding is one breach of a rule.
type Finding struct {
	Rule     string
	Severity Severity
	// At is the value that breaks the rule, or the group that lacks one; the root when nothing
	// nearer is there.
	At semantic.Value
	// Claimed is what the invoice says and Computed what it should say, where that is known.
	Claimed, Computed string
}

// maxPlaces bounds the findings of one rule, and so those of an invoice: a rule that is broken
// on every one of a thousand lines must not hide that another is broken too.
const maxPlaces = 20

// Check returns the breaches of an invoice in a fixed order: document, parties, payment,
// totals, VAT, lines, codes. It returns the first maxPlaces of each rule. Its work is
// proportional to the size of the invoice.
func Check(inv *semantic.Invoice) []Finding {
	r := &run{inv: inv, ubl: inv.Syntax != semantic.CII, facts: gather(inv)}
	apply(r, documentRules(), inv)
	r.parties()
	r.payments()
	r.totals()
	r.adjustments()
	r.breakdown()
	r.families()
	r.lines()
	r.codes()
	return r.findings
}

// run is one invoice under the rules.
type run struct {
	inv      *semantic.Invoice
	ubl      bool
	facts    facts
	findings []Finding
	places   map[string]int // findings of each rule
}

// breach is how a rule is broken; nil is a rule that holds.
type breach struct {
	at                semantic.Value
	claimed, computed string
}

// rule is one rule over the part of an invoice that T is. A rule without a test cannot be
// decided by a machine: the artefacts list it and let everything pass.
type rule[T any] struct {
	id   string
	test func(*run, T) *breach
	// warns marks the rule that is a warning in UBL and fatal in CII.
	warns bool
}

// apply runs a table of rules on one part of the invoice.
func apply[T any](r *run, rules []rule[T], part T) {
	for i := range rules {
		if rules[i].test == nil {
			continue
		}
		if b := rules[i].test(r, part); b != nil {
			severity := Fatal
			if rules[i].warns && r.ubl {
				severity = Warning
			}
			r.add(rules[i].id, severity, b)
		}
	}
}

func (r *run) add(id string, severity Severity, b *breach) {
	if r.places[id] >= maxPlaces {
		return
	}
	if r.places == nil {
		r.places = map[string]int{}
	}
	r.places[id]++
	if !b.at.Present() {
		b.at = r.inv.Root
	}
	r.findings = append(r.findings, Finding{
		Rule: id, Severity: severity, At: b.at, Claimed: b.claimed, Computed: b.computed,
	})
}

// at is a breach at a value, or at the group when the value is absent.
func at(v, group semantic.Value) *breach {
	if !v.Present() {
		return &breach{at: group}
	}
	return &breach{at: v, claimed: v.Text}
}

// exists holds when the value is there, even an empty one.
func exists(v, group semantic.Value) *breach {
	if v.Present() {
		return nil
	}
	return &breach{at: group}
}

// filled holds when the value is there and has a text.
func filled(v, group semantic.Value) *breach {
	if !v.Blank() {
		return nil
	}
	return at(v, group)
}

// either holds when one of two values is there, even an empty one.
func either(a, b, group semantic.Value) *breach {
	if a.Present() || b.Present() {
		return nil
	}
	return &breach{at: group}
}
