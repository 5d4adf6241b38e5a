package parse

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// adjustments reads the allowances and charges of the whole document.
func (m *invoiceMapper) adjustments() {
	for i := range m.inv.Adjustments {
		from, key := &m.inv.Adjustments[i], indexed("adjustments", i)
		a := Adjustment{Charge: from.Charge}
		m.amount(from.Amount, key+".amount", &a.Amount)
		if len(from.Taxes) > 0 {
			m.text(from.Taxes[0].Code, key+".tax_category", &a.TaxCategory)
			m.number(from.Taxes[0].Rate, key+".tax_percent", &a.TaxPercent)
		}
		m.doc.Adjustments = append(m.doc.Adjustments, a)
	}
}

// taxes reads the breakdown in the document's currency; a tax total in the accounting currency
// (EN 16931 BT-111) is another amount and is left out. The rows of UBL stand in a total, those
// of CII beside all totals.
func (m *invoiceMapper) taxes() {
	totals := m.inv.TaxTotals
	own := slices.ContainsFunc(totals, m.inOwnCurrency)
	rows := m.inv.Breakdown
	if m.inv.Syntax != semantic.CII {
		rows = nil
	}
	for _, total := range totals {
		if !m.inOwnCurrency(total) && (own || m.inAccountingCurrency(total)) {
			continue
		}
		m.amount(total.Amount, "totals.tax", &m.doc.Totals.Tax)
		rows = append(rows, total.Rows...)
	}
	for _, row := range rows {
		key := indexed("taxes", len(m.doc.Taxes))
		var t Tax
		m.text(row.Category.Code, key+".category", &t.Category)
		m.number(row.Category.Rate, key+".percent", &t.Percent)
		m.amount(row.Base, key+".base", &t.Base)
		m.amount(row.Tax, key+".amount", &t.Amount)
		m.doc.Taxes = append(m.doc.Taxes, t)
	}
}

func (m *invoiceMapper) inOwnCurrency(total semantic.TaxTotal) bool {
	return !total.Amount.Blank() && total.Amount.Unit.Text == m.doc.Currency
}

// inAccountingCurrency tells a total in the currency that the invoice names for the seller's books.
func (m *invoiceMapper) inAccountingCurrency(total semantic.TaxTotal) bool {
	return !m.inv.TaxCurrency.Blank() && total.Amount.Unit.Text == m.inv.TaxCurrency.Text
}

func (m *invoiceMapper) totals() {
	from, t := &m.inv.Totals, &m.doc.Totals
	m.amount(from.Lines, "totals.lines", &t.Lines)
	m.amount(from.Allowances, "totals.allowances", &t.Allowances)
	m.amount(from.Charges, "totals.charges", &t.Charges)
	m.amount(from.WithoutVAT, "totals.tax_exclusive", &t.TaxExclusive)
	m.amount(from.WithVAT, "totals.tax_inclusive", &t.TaxInclusive)
	m.amount(from.Paid, "totals.prepaid", &t.Prepaid)
	m.amount(from.Rounding, "totals.rounding", &t.Rounding)
	m.amount(from.Payable, "totals.payable", &t.Payable)
}

func (m *invoiceMapper) line(from *semantic.Line, key string) {
	var l Line
	m.text(from.ID, key+".id", &l.ID)
	m.text(from.OrderLine, key+".order_line_ref", &l.OrderLineRef)
	if m.number(from.Quantity, key+".quantity", &l.Quantity) {
		m.text(from.Quantity.Unit, key+".unit", &l.Unit)
	}
	m.amount(from.Net, key+".net", &l.Net)
	m.lineAdjustments(from, key, &l)
	m.item(&from.Item, key, &l)
	if len(from.Taxes) > 0 {
		m.text(from.Taxes[0].Code, key+".tax_category", &l.TaxCategory)
		m.number(from.Taxes[0].Rate, key+".tax_percent", &l.TaxPercent)
	}
	m.amount(from.Price.Net, key+".unit_price", &l.UnitPrice)
	m.number(from.Price.Per, key+".price_base", &l.PriceBase)
	m.doc.Lines = append(m.doc.Lines, l)
}

// lineAdjustments sums the allowances and the charges of a line; their place is the first.
func (m *invoiceMapper) lineAdjustments(from *semantic.Line, key string, l *Line) {
	for i := range from.Adjustments {
		a := &from.Adjustments[i]
		field, sum := key+".allowances", &l.Allowances
		if a.Charge {
			field, sum = key+".charges", &l.Charges
		}
		place, had := m.doc.Places[field]
		var amount *decimal.Decimal
		m.amount(a.Amount, field, &amount)
		if amount == nil {
			continue
		}
		if *sum != nil {
			added := (*sum).Add(*amount)
			amount = &added
		}
		*sum = amount
		if had {
			m.doc.Places[field] = place
		}
	}
}

func (m *invoiceMapper) item(from *semantic.Item, key string, l *Line) {
	m.text(from.Name, key+".name", &l.Name)
	m.text(from.Description, key+".name", &l.Name)
	m.text(from.SellerID, key+".seller_item_id", &l.SellerItemID)
	m.text(from.BuyerID, key+".buyer_item_id", &l.BuyerItemID)
	switch from.StandardID.Scheme.Text {
	case icdGTIN, "GTIN":
		m.text(from.StandardID.Value, key+".gtin", &l.GTIN)
	}
	for _, class := range from.Classifications {
		if class.List.Text == listHS {
			m.text(class.Code, key+".hs", &l.HS)
		}
	}
	m.text(from.Lot, key+".lot", &l.Lot)
}

// listHS is the Harmonised System in UNTDID 7143.
const listHS = "HS"
