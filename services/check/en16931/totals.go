package en16931

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// totals runs the rules of the document totals and of the tax totals.
func (r *run) totals() {
	if r.inv.Totals.Group.Present() {
		apply(r, totalRules(), &r.inv.Totals)
	}
	each(r, taxTotalRules(), r.inv.TaxTotals)
}

// totalRules are those of the document totals.
func totalRules() []rule[*semantic.Totals] {
	return []rule[*semantic.Totals]{
		{id: "BR-12", test: func(_ *run, t *semantic.Totals) *breach { return exists(t.Lines.Value, t.Group) }},
		{id: "BR-13", test: func(_ *run, t *semantic.Totals) *breach {
			return exists(t.WithoutVAT.Value, t.Group)
		}},
		{id: "BR-14", test: func(_ *run, t *semantic.Totals) *breach { return exists(t.WithVAT.Value, t.Group) }},
		{id: "BR-15", test: func(_ *run, t *semantic.Totals) *breach { return exists(t.Payable.Value, t.Group) }},
		{id: "BR-CO-10", test: sumOfLines},
		{id: "BR-CO-11", test: sumOfAllowances},
		{id: "BR-CO-12", test: sumOfCharges},
		{id: "BR-CO-13", test: totalWithoutVAT},
		{id: "BR-CO-16", test: amountDue},
		{id: "BR-DEC-09", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Lines) }},
		{id: "BR-DEC-10", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Allowances) }},
		{id: "BR-DEC-11", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Charges) }},
		{id: "BR-DEC-12", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.WithoutVAT) }},
		{id: "BR-DEC-13", test: invoiceCurrencyDecimals},
		{id: "BR-DEC-14", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.WithVAT) }},
		{id: "BR-DEC-15", test: accountingCurrencyDecimals},
		{id: "BR-DEC-16", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Paid) }},
		{id: "BR-DEC-17", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Rounding) }},
		{id: "BR-DEC-18", test: func(_ *run, t *semantic.Totals) *breach { return twoDecimals(&t.Payable) }},
	}
}

// sumOfLines: BT-106 is the sum of the lines.
func sumOfLines(r *run, t *semantic.Totals) *breach {
	if unreadable(&t.Lines) || r.facts.lines.unreadable {
		return nil
	}
	return equals(&t.Lines, t.Group, round(r.facts.lines.sum, cents))
}

// sumOfAllowances: BT-107 is the sum of the allowances; it is needed when there is one.
func sumOfAllowances(r *run, t *semantic.Totals) *breach {
	return sumOfAdjustments(&t.Allowances, t.Group, &r.facts.allowances)
}

// sumOfCharges: BT-108 is the sum of the charges; it is needed when there is one.
func sumOfCharges(r *run, t *semantic.Totals) *breach {
	return sumOfAdjustments(&t.Charges, t.Group, &r.facts.charges)
}

func sumOfAdjustments(n *semantic.Number, group semantic.Value, s *sum) *breach {
	if (!n.Present() && s.count == 0) || unreadable(n) || s.unreadable {
		return nil
	}
	return equals(n, group, round(s.sum, cents))
}

// totalWithoutVAT: BT-109 is lines − allowances + charges. UBL does not round when there are
// neither allowances nor charges.
func totalWithoutVAT(r *run, t *semantic.Totals) *breach {
	if unreadable(&t.Lines, &t.Allowances, &t.Charges, &t.WithoutVAT) {
		return nil
	}
	if !t.Lines.Present() {
		return at(t.WithoutVAT.Value, t.Group)
	}
	want := t.Lines.Decimal.Sub(t.Allowances.Decimal).Add(t.Charges.Decimal)
	if !r.ubl || t.Allowances.Present() || t.Charges.Present() {
		want = round(want, cents)
	}
	return equals(&t.WithoutVAT, t.Group, want)
}

// amountDue: BT-115 is the total with VAT − what was paid + the rounding. CII compares without
// rounding; UBL rounds both sides, except where nothing was paid.
func amountDue(r *run, t *semantic.Totals) *breach {
	if unreadable(&t.WithVAT, &t.Paid, &t.Rounding, &t.Payable) {
		return nil
	}
	if !t.WithVAT.Present() || !t.Payable.Present() {
		return at(t.Payable.Value, t.Group)
	}
	want := t.WithVAT.Decimal.Sub(t.Paid.Decimal)
	due := t.Payable.Decimal.Sub(t.Rounding.Decimal)
	if r.ubl && t.Paid.Present() {
		want = round(want, cents)
	}
	if r.ubl && t.Rounding.Present() {
		due = round(due, cents)
	}
	if due.Equal(want) {
		return nil
	}
	return wrong(&t.Payable, t.Group, want.Add(t.Rounding.Decimal))
}

// invoiceCurrencyDecimals: BT-110 has two decimals. The artefact of UBL looks for the currency
// inside the amount, finds none and lets everything pass; so does this rule in UBL, where the
// number of decimals of an amount is a matter of the syntax (UBL-DT-01).
func invoiceCurrencyDecimals(r *run, _ *semantic.Totals) *breach {
	if r.ubl {
		return nil
	}
	return r.someTaxTotal(func(n *semantic.Number) bool {
		return n.Unit.Text != r.inv.Currency.Text || !n.Valid || n.Decimal.Equal(round(n.Decimal, cents))
	})
}

// accountingCurrencyDecimals is the same for BT-111.
func accountingCurrencyDecimals(r *run, _ *semantic.Totals) *breach {
	if r.ubl || !r.inv.TaxCurrency.Present() {
		return nil
	}
	return r.someTaxTotal(func(n *semantic.Number) bool {
		return n.Unit.Text == r.inv.TaxCurrency.Text && (!n.Valid || n.Decimal.Equal(round(n.Decimal, cents)))
	})
}

// someTaxTotal holds when there is no tax total, or one of them passes.
func (r *run) someTaxTotal(passes func(*semantic.Number) bool) *breach {
	totals := r.inv.TaxTotals
	for i := range totals {
		if passes(&totals[i].Amount) {
			return nil
		}
	}
	if len(totals) == 0 {
		return nil
	}
	return at(totals[0].Amount.Value, totals[0].Group)
}

// taxTotalRules are those of a tax total.
func taxTotalRules() []rule[*semantic.TaxTotal] {
	return []rule[*semantic.TaxTotal]{{id: "BR-CO-14", test: sumOfTax}}
}

// sumOfTax: a tax total is the sum of its rows. UBL asks it of each total that has rows, CII
// of the total in the currency of the invoice over all rows.
func sumOfTax(r *run, t *semantic.TaxTotal) *breach {
	rows := t.Rows
	if r.ubl && len(rows) == 0 {
		return nil
	}
	if !r.ubl {
		if !t.Amount.Present() || t.Amount.Unit.Text != r.inv.Currency.Text {
			return nil
		}
		rows = r.inv.Breakdown
	}
	total := decimal.Zero
	for i := range rows {
		if unreadable(&rows[i].Tax) {
			return nil
		}
		total = total.Add(rows[i].Tax.Decimal)
	}
	if unreadable(&t.Amount) {
		return nil
	}
	return equals(&t.Amount, t.Group, round(total, cents))
}
