package en16931

import (
	"strings"

	"github.com/countersign/countersign/services/parse/semantic"
)

// cii102 is the format of a date in CII: YYYYMMDD (UNTDID 2379).
const cii102 = "102"

// documentRules are those of the invoice as a whole.
func documentRules() []rule[*semantic.Invoice] {
	return []rule[*semantic.Invoice]{
		{id: "BR-01", test: func(_ *run, i *semantic.Invoice) *breach { return filled(i.Specification, i.Root) }},
		{id: "BR-02", test: func(_ *run, i *semantic.Invoice) *breach { return filled(i.Number, i.Root) }},
		{id: "BR-03", test: issueDate},
		{id: "BR-04", test: func(_ *run, i *semantic.Invoice) *breach { return filled(i.TypeCode, i.Root) }},
		{id: "BR-05", test: func(_ *run, i *semantic.Invoice) *breach { return filled(i.Currency, i.Root) }},
		{id: "BR-06", test: func(_ *run, i *semantic.Invoice) *breach {
			return filled(i.Seller.Name, i.Seller.Group)
		}},
		{id: "BR-07", test: func(_ *run, i *semantic.Invoice) *breach {
			return filled(i.Buyer.Name, i.Buyer.Group)
		}},
		{id: "BR-08", test: func(_ *run, i *semantic.Invoice) *breach {
			return exists(i.Seller.Address.Group, i.Seller.Group)
		}},
		{id: "BR-10", test: func(_ *run, i *semantic.Invoice) *breach {
			return exists(i.Buyer.Address.Group, i.Buyer.Group)
		}},
		{id: "BR-16", test: func(_ *run, i *semantic.Invoice) *breach {
			if len(i.Lines) == 0 {
				return &breach{at: i.Root}
			}
			return nil
		}},
		{id: "BR-53", test: accountingCurrencyTotal},
		{id: "BR-CO-03", test: taxPoint},
		{id: "BR-CO-15", test: totalWithVAT},
		{id: "BR-CO-18", test: hasBreakdown},
		{id: "BR-B-01", test: splitPaymentInItaly},
		{id: "BR-B-02", test: splitPaymentAlone},
	}
}

// issueDate: CII must also declare the format of the date.
func issueDate(r *run, i *semantic.Invoice) *breach {
	if !r.ubl && i.IssueDate.Format != cii102 {
		return at(i.IssueDate.Value, i.Root)
	}
	return filled(i.IssueDate.Value, i.Root)
}

// accountingCurrencyTotal: with an accounting currency there must be a tax total in it. UBL
// looks at all totals of the tree; CII also wants it to differ from the invoice's currency.
func accountingCurrencyTotal(r *run, i *semantic.Invoice) *breach {
	if !i.TaxCurrency.Present() || (!r.ubl && !i.Totals.Group.Present()) {
		return nil
	}
	if !r.ubl && i.TaxCurrency.Text == i.Currency.Text {
		return at(i.TaxCurrency, i.Root)
	}
	for k := range i.TaxTotals {
		if amount := &i.TaxTotals[k].Amount; amount.Present() && amount.Unit.Text == i.TaxCurrency.Text {
			return nil
		}
	}
	return at(i.TaxCurrency, i.Root)
}

// taxPoint: the date of the tax point, or the code for one, not both. CII asks once for each
// row of the breakdown, so never of an invoice without rows.
func taxPoint(r *run, i *semantic.Invoice) *breach {
	if len(i.TaxPoint) == 0 || len(i.TaxPointCode) == 0 {
		return nil
	}
	if !r.ubl && !anyRow(i, r.reachesRow) {
		return nil
	}
	return at(i.TaxPoint[0].Value, i.Root)
}

func anyRow(i *semantic.Invoice, reaches func(*semantic.VATBreakdown) bool) bool {
	for k := range i.Breakdown {
		if reaches(&i.Breakdown[k]) {
			return true
		}
	}
	return false
}

// totalWithVAT: the total with VAT is the total without plus the one tax total in the currency
// of the invoice. CII also takes a total with VAT that equals the one without.
func totalWithVAT(r *run, i *semantic.Invoice) *breach {
	t := &i.Totals
	if !i.Currency.Present() || unreadable(&t.WithVAT, &t.WithoutVAT) {
		return nil
	}
	if !r.ubl && t.WithVAT.Present() && t.WithoutVAT.Present() && t.WithVAT.Decimal.Equal(t.WithoutVAT.Decimal) {
		return nil
	}
	var tax *semantic.Number
	count := 0
	for k := range i.TaxTotals {
		if amount := &i.TaxTotals[k].Amount; amount.Present() && amount.Unit.Text == i.Currency.Text {
			tax = amount
			count++
		}
	}
	if count != 1 || !t.WithoutVAT.Present() {
		return at(t.WithVAT.Value, t.Group)
	}
	if unreadable(tax) {
		return nil
	}
	return equals(&t.WithVAT, t.Group, round(t.WithoutVAT.Decimal.Add(tax.Decimal), cents))
}

// hasBreakdown: CII asks for the breakdown line by line, so never of an invoice without lines.
func hasBreakdown(r *run, i *semantic.Invoice) *breach {
	if len(i.Breakdown) > 0 || (!r.ubl && len(i.Lines) == 0) {
		return nil
	}
	return &breach{at: i.Root}
}

// noteRules are those of a note. In UBL the subject stands inside the text; CII has an element
// for it, which is a code like any other.
func noteRules() []rule[*semantic.Note] {
	return []rule[*semantic.Note]{{id: noteSubjectRule}}
}

// precedingRules are those of a reference to an earlier invoice. In UBL the reference may be
// empty, in CII not.
func precedingRules() []rule[*semantic.Preceding] {
	return []rule[*semantic.Preceding]{
		{id: "BR-55", test: func(r *run, p *semantic.Preceding) *breach {
			if r.ubl {
				return exists(p.Number, p.Group)
			}
			return filled(p.Number, p.Group)
		}},
	}
}

// supportRules are those of a supporting document.
func supportRules() []rule[*semantic.SupportingDoc] {
	return []rule[*semantic.SupportingDoc]{
		{id: "BR-52", test: func(_ *run, d *semantic.SupportingDoc) *breach {
			return filled(d.Reference.Value, d.Group)
		}},
	}
}

// splitPaymentInItaly: category B is the Italian split payment; every country in such an
// invoice is Italy. UBL looks at the origins of items too.
func splitPaymentInItaly(r *run, i *semantic.Invoice) *breach {
	if !r.facts.of(splitPayment).used() {
		return nil
	}
	for _, use := range i.Codes {
		if use.Of != semantic.Country && (!r.ubl || use.Of != semantic.OriginCountry) {
			continue
		}
		if use.Code.Text != "IT" {
			return &breach{at: use.Code, claimed: use.Code.Text, computed: "IT"}
		}
	}
	return nil
}

// splitPaymentAlone: no standard rated category beside the split payment.
func splitPaymentAlone(r *run, _ *semantic.Invoice) *breach {
	standard := r.facts.of(standardRate)
	if !r.facts.of(splitPayment).used() || !standard.used() {
		return nil
	}
	return &breach{at: standard.first, claimed: strings.TrimSpace(standard.first.Text)}
}
