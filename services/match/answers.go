package match

import (
	"github.com/countersign/countersign/services/parse"
)

// refusedOrders names the orders that their seller answered with a refusal.
func (m *matcher) refusedOrders() {
	for i, c := range m.columns {
		if !c.doc.Refuses() || m.answeredAgain(c.doc) {
			continue
		}
		m.find(Finding{
			Code: CodeRefused, Severity: Block, Fact: FactOrder, Sources: []string{c.ID}, Found: c.doc.TypeCode,
			Said: Said{Papers: []Paper{m.paper(i)}, Order: c.doc.OrderRef},
		})
	}
}

// answeredAgain tells whether a later response to the same order took the place of this one:
// the last answer counts, and earlier ones are silent.
func (m *matcher) answeredAgain(d *parse.Document) bool {
	if d.Kind != parse.OrderResponse {
		return false
	}
	for _, c := range m.columns {
		if c.doc.Kind == parse.OrderResponse && reference(c.doc.OrderRef) == reference(d.OrderRef) &&
			d.IssueDate.Before(c.doc.IssueDate) {
			return true
		}
	}
	return false
}
