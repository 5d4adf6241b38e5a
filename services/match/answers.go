package match

import (
	"github.com/countersign/countersign/services/parse"
)

// refusedOrders names the orders that their seller answered with a refusal. A later answer
// that is none takes the refusal back.
func (m *matcher) refusedOrders() {
	for i, c := range m.columns {
		if !c.doc.Refuses() || m.acceptedAfter(c.doc) {
			continue
		}
		m.matrix.Findings = append(m.matrix.Findings, Finding{
			Code: CodeRefused, Severity: Block, Fact: FactOrder, Sources: []string{c.ID},
			Found: c.doc.TypeCode, Advice: advice(CodeRefused),
			Sentence: capital(m.name(i)) + " refuses the order " + c.doc.OrderRef + ".",
		})
	}
}

// acceptedAfter tells whether a later response to the same order does not refuse it.
func (m *matcher) acceptedAfter(refusal *parse.Document) bool {
	for _, c := range m.columns {
		if c.doc.Kind == parse.OrderResponse && !c.doc.Refuses() &&
			reference(c.doc.OrderRef) == reference(refusal.OrderRef) &&
			refusal.IssueDate.Before(c.doc.IssueDate) {
			return true
		}
	}
	return false
}
