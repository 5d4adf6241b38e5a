package match

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// keySet is a set of kinds of identifiers.
type keySet uint8

const (
	byOrderLine keySet = 1 << iota
	byGTIN
	bySellerID
	byBuyerID
)

// listedKeys tells, for each kind of paper in the pack, by which kinds of identifiers every
// one of its lines is identified. An invoiced article that bears one of them and yet pairs
// with no line of that kind is not on those papers; without such an identifier it might be
// there under a name we cannot pair, and the papers count as silent.
func (m *matcher) listedKeys() map[parse.Kind]keySet {
	out := make(map[parse.Kind]keySet)
	for _, c := range m.columns {
		if c.doc.Kind != parse.PurchaseOrder && !delivers(c.doc.Kind) {
			continue
		}
		for _, l := range c.doc.Lines {
			keys := keysOf(l)
			if c.doc.Kind == parse.PurchaseOrder && l.ID != "" {
				keys |= byOrderLine
			}
			if before, ok := out[c.doc.Kind]; ok {
				keys &= before
			}
			out[c.doc.Kind] = keys
		}
	}
	return out
}

// keysOf are the kinds of identifiers that a line bears.
func keysOf(l parse.Line) keySet {
	keys := keySet(0)
	if l.OrderLineRef != "" {
		keys |= byOrderLine
	}
	if l.GTIN != "" {
		keys |= byGTIN
	}
	if l.SellerItemID != "" {
		keys |= bySellerID
	}
	if l.BuyerItemID != "" {
		keys |= byBuyerID
	}
	return keys
}

// notListed marks the papers that list their goods and do not list this article, and tells
// whether there are any.
func (m *matcher) notListed(a *article, row *Row, unit string, listed map[parse.Kind]keySet) bool {
	own, found := keySet(0), make(map[parse.Kind]bool)
	for _, at := range a.lines {
		c := m.columns[at.column]
		found[c.doc.Kind] = true
		if c.doc.Kind == parse.Invoice {
			own |= keysOf(c.doc.Lines[at.index])
		}
	}
	missing := false
	for i, c := range m.columns {
		if found[c.doc.Kind] || listed[c.doc.Kind]&own == 0 || len(c.doc.Lines) == 0 {
			continue
		}
		none := numberText(decimal.Decimal{}, unit)
		row.set(reading{column: i, measure: Measure{Unlisted: true}, normalised: none}, Contradicts)
		missing = true
	}
	return missing
}
