package en16931

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// breakdown runs the rules that every row of a VAT breakdown has to keep.
func (r *run) breakdown() {
	rules := rowRules()
	for _, rows := range [][]semantic.VATBreakdown{r.inv.Breakdown, r.inv.LineBreakdown} {
		for i := range rows {
			if r.reachesRow(&rows[i]) {
				apply(r, rules, &rows[i])
			}
		}
	}
}

// reachesRow tells whether the rules of all rows are applied to a row. In CII the rows of the
// categories L, M and O have rules of their own in the same pattern, and the first that fits a
// row is the only one applied to it.
func (r *run) reachesRow(row *semantic.VATBreakdown) bool {
	if r.ubl || !row.Category.VAT {
		return true
	}
	switch row.Category.Code.Text {
	case canaryIslands, ceutaMelilla, notSubject:
		return false
	default:
		return true
	}
}

// rowRules are those of a row of a VAT breakdown.
func rowRules() []rule[*semantic.VATBreakdown] {
	return []rule[*semantic.VATBreakdown]{
		{id: "BR-45", test: func(_ *run, b *semantic.VATBreakdown) *breach {
			return exists(b.Base.Value, b.Group)
		}},
		{id: "BR-46", test: func(_ *run, b *semantic.VATBreakdown) *breach {
			return exists(b.Tax.Value, b.Group)
		}},
		{id: "BR-47", test: func(_ *run, b *semantic.VATBreakdown) *breach {
			if b.Category.VAT && b.Category.Code.Present() {
				return nil
			}
			return &breach{at: b.Group}
		}},
		{id: "BR-48", test: rateIsThere},
		{id: "BR-CO-17", test: taxOfRow},
		{id: "BR-DEC-19", test: func(_ *run, b *semantic.VATBreakdown) *breach { return twoDecimals(&b.Base) }},
		{id: "BR-DEC-20", test: func(_ *run, b *semantic.VATBreakdown) *breach { return twoDecimals(&b.Tax) }},
	}
}

// rateIsThere: a row has a rate, unless it is not subject to VAT.
func rateIsThere(_ *run, b *semantic.VATBreakdown) *breach {
	c := &b.Category
	if c.VAT && (c.Rate.Present() || c.Code.Normal() == notSubject) {
		return nil
	}
	return &breach{at: b.Group}
}

// taxOfRow: the tax is the base times the rate. The artefact lets it differ by less than one
// unit of the currency, in CII by one; a rate that rounds to zero, or none, asks for a tax that
// rounds to zero.
func taxOfRow(r *run, b *semantic.VATBreakdown) *breach {
	rate := &b.Category.Rate
	if unreadable(&b.Base, &b.Tax, rate) {
		return nil
	}
	if !b.Tax.Present() {
		return &breach{at: b.Group}
	}
	if !b.Category.VAT || !rate.Present() || round(rate.Decimal, 0).IsZero() {
		if round(b.Tax.Decimal, 0).IsZero() {
			return nil
		}
		return wrong(&b.Tax, b.Group, decimal.Zero)
	}
	if !b.Base.Present() {
		return &breach{at: b.Group}
	}
	want := taxOn(b.Base.Decimal, rate.Decimal)
	within := near
	if !r.ubl {
		within = nearOrOne
	}
	if within(b.Tax.Decimal.Abs(), want) {
		return nil
	}
	return wrong(&b.Tax, b.Group, want)
}
