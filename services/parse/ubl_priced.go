package parse

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/xmltree"
)

// adjustments reads the allowances and charges of the whole document.
func (r *ublReader) adjustments(n *xmltree.Node) {
	for _, node := range r.List(n, "cac:AllowanceCharge*") {
		key := indexed("adjustments", len(r.doc.Adjustments))
		a := Adjustment{Charge: r.isCharge(node)}
		r.amount(node, "cbc:Amount", key+".amount", &a.Amount)
		r.text(node, "cac:TaxCategory*/cbc:ID", key+".tax_category", &a.TaxCategory)
		r.number(node, "cac:TaxCategory*/cbc:Percent", key+".tax_percent", &a.TaxPercent)
		r.doc.Adjustments = append(r.doc.Adjustments, a)
	}
}

func (r *ublReader) isCharge(n *xmltree.Node) bool {
	return r.isTrue(n, "cbc:ChargeIndicator")
}

// taxes reads the breakdown in the document's currency; a tax total in the accounting
// currency (EN 16931 BT-111) is another amount and is left out.
func (r *ublReader) taxes(n *xmltree.Node) {
	totals := r.List(n, "cac:TaxTotal*")
	own := slices.ContainsFunc(totals, r.inOwnCurrency)
	for _, total := range totals {
		if own && !r.inOwnCurrency(total) {
			continue
		}
		r.amount(total, "cbc:TaxAmount", "totals.tax", &r.doc.Totals.Tax)
		for _, row := range r.List(total, "cac:TaxSubtotal*") {
			key := indexed("taxes", len(r.doc.Taxes))
			var t Tax
			r.text(row, "cac:TaxCategory/cbc:ID", key+".category", &t.Category)
			r.number(row, "cac:TaxCategory/cbc:Percent", key+".percent", &t.Percent)
			r.amount(row, "cbc:TaxableAmount", key+".base", &t.Base)
			r.amount(row, "cbc:TaxAmount", key+".amount", &t.Amount)
			r.doc.Taxes = append(r.doc.Taxes, t)
		}
	}
}

func (r *ublReader) inOwnCurrency(taxTotal *xmltree.Node) bool {
	sum, _ := r.Leaf(taxTotal, "cbc:TaxAmount")
	return sum != nil && sum.Attr("currencyID") == r.doc.Currency
}

func (r *ublReader) totals(n *xmltree.Node) {
	t := &r.doc.Totals
	r.amount(n, "cbc:LineExtensionAmount", "totals.lines", &t.Lines)
	r.amount(n, "cbc:AllowanceTotalAmount", "totals.allowances", &t.Allowances)
	r.amount(n, "cbc:ChargeTotalAmount", "totals.charges", &t.Charges)
	r.amount(n, "cbc:TaxExclusiveAmount", "totals.tax_exclusive", &t.TaxExclusive)
	r.amount(n, "cbc:TaxInclusiveAmount", "totals.tax_inclusive", &t.TaxInclusive)
	r.amount(n, "cbc:PrepaidAmount", "totals.prepaid", &t.Prepaid)
	r.amount(n, "cbc:PayableRoundingAmount", "totals.rounding", &t.Rounding)
	r.amount(n, "cbc:PayableAmount", "totals.payable", &t.Payable)
}

// pricedLine reads a line of an order or of an answer to one.
func (r *ublReader) pricedLine(n *xmltree.Node, key, quantity string) {
	var l Line
	r.text(n, "cbc:ID", key+".id", &l.ID)
	r.text(n, "cac:OrderLineReference*/cbc:LineID", key+".order_line_ref", &l.OrderLineRef)
	r.quantity(n, quantity, key, &l)
	r.amount(n, "cbc:LineExtensionAmount", key+".net", &l.Net)
	r.lineAdjustments(n, key, &l)
	r.item(r.Find(n, "cac:Item"), key, &l)
	r.price(r.Find(n, "cac:Price"), key, &l)
	r.doc.Lines = append(r.doc.Lines, l)
}

// lineAdjustments sums the allowances and the charges of a line; their place is the first.
func (r *ublReader) lineAdjustments(n *xmltree.Node, key string, l *Line) {
	for _, node := range r.List(n, "cac:AllowanceCharge*") {
		field, sum := key+".allowances", &l.Allowances
		if r.isCharge(node) {
			field, sum = key+".charges", &l.Charges
		}
		place, had := r.doc.Places[field]
		var amount *decimal.Decimal
		r.amount(node, "cbc:Amount", field, &amount)
		if amount == nil {
			continue
		}
		if *sum != nil {
			added := (*sum).Add(*amount)
			amount = &added
		}
		*sum = amount
		if had {
			r.doc.Places[field] = place
		}
	}
}
