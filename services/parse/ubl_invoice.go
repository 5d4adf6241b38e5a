package parse

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/xmltree"
)

// invoice reads a UBL Invoice or CreditNote.
func (r *ublReader) invoice(n *xmltree.Node) {
	line, quantity := "cac:InvoiceLine*", "cbc:InvoicedQuantity"
	if n.Local == "CreditNote" {
		line, quantity = "cac:CreditNoteLine*", "cbc:CreditedQuantity"
	}
	r.text(n, "cbc:InvoiceTypeCode", "type_code", &r.doc.TypeCode)
	r.text(n, "cbc:CreditNoteTypeCode", "type_code", &r.doc.TypeCode)
	r.doc.Kind = kindOfCode(r.doc.TypeCode, r.doc.Kind)
	r.text(n, "cbc:DocumentCurrencyCode", "currency", &r.doc.Currency)
	r.date(n, "cbc:DueDate", "due_date", &r.doc.DueDate)
	r.party(r.Find(n, "cac:AccountingSupplierParty/cac:Party"), "seller", &r.doc.Seller)
	r.party(r.Find(n, "cac:AccountingCustomerParty/cac:Party"), "buyer", &r.doc.Buyer)
	r.party(r.Find(n, "cac:PayeeParty"), "payee", &r.doc.Payee)
	r.invoiceReferences(n)
	r.delivery(r.Find(n, "cac:Delivery*"))
	r.payment(n)
	r.adjustments(n)
	r.taxes(n)
	r.totals(r.Find(n, "cac:LegalMonetaryTotal"))
	for i, node := range r.List(n, line) {
		r.pricedLine(node, indexed("lines", i), quantity)
	}
}

// kindOfCode separates the kinds that share the root Invoice (UNTDID 1001, the subset of
// EN 16931): credit notes and debit notes.
func kindOfCode(code string, root Kind) Kind {
	switch code {
	case "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532":
		return CreditNote
	case "80", "84", "383":
		return DebitNote
	default:
		return root
	}
}

func (r *ublReader) invoiceReferences(n *xmltree.Node) {
	r.text(n, "cac:OrderReference/cbc:ID", "order_ref", &r.doc.OrderRef)
	r.text(n, "cac:ContractDocumentReference*/cbc:ID", "contract_ref", &r.doc.ContractRef)
	r.texts(n, "cac:BillingReference*", "cac:InvoiceDocumentReference/cbc:ID",
		"invoice_refs", &r.doc.InvoiceRefs)
	r.texts(n, "cac:DespatchDocumentReference*", "cbc:ID", "despatch_refs", &r.doc.DespatchRefs)
	r.texts(n, "cac:ReceiptDocumentReference*", "cbc:ID", "receipt_refs", &r.doc.ReceiptRefs)
	r.additionalReferences(n)
}

// additionalReferences files the papers that UBL has no element of its own for, by their
// type (UNTDID 1001).
func (r *ublReader) additionalReferences(n *xmltree.Node) {
	for _, reference := range r.List(n, "cac:AdditionalDocumentReference*") {
		_, code := r.Leaf(reference, "cbc:DocumentTypeCode")
		id, value := r.Leaf(reference, "cbc:ID")
		if id == nil {
			continue
		}
		switch code {
		case "700", "701", "703", "704", "705", "706", "709", "710", "711", "712", "714", "716",
			"720", "722", "730", "740", "741", "760", "761", "763", "764", "765", "766":
			r.doc.Places[indexed("transport_refs", len(r.doc.TransportRefs))] = id.Place()
			r.doc.TransportRefs = append(r.doc.TransportRefs, value)
		case "631", "632", "635": // warehouse receipt, goods receipt, warehouse warrant
			r.doc.Places[indexed("receipt_refs", len(r.doc.ReceiptRefs))] = id.Place()
			r.doc.ReceiptRefs = append(r.doc.ReceiptRefs, value)
		}
	}
}

func (r *ublReader) delivery(n *xmltree.Node) {
	r.date(n, "cbc:ActualDeliveryDate", "delivery_date", &r.doc.DeliveryDate)
	r.party(r.Find(n, "cac:DeliveryParty"), "consignee", &r.doc.Consignee)
	r.address(r.Find(n, "cac:DeliveryLocation/cac:Address"),
		"transport.place_of_delivery", &r.doc.Transport.PlaceOfDelivery)
}

func (r *ublReader) payment(n *xmltree.Node) {
	for _, means := range r.List(n, "cac:PaymentMeans*") {
		r.date(means, "cbc:PaymentDueDate", "due_date", &r.doc.DueDate)
		account := r.Find(means, "cac:PayeeFinancialAccount")
		if id, _ := r.Leaf(account, "cbc:ID"); id != nil {
			r.account(account, indexed("accounts", len(r.doc.Accounts)))
		}
	}
	for _, terms := range r.List(n, "cac:PaymentTerms*") {
		r.date(terms, "cbc:PaymentDueDate", "due_date", &r.doc.DueDate)
	}
}

func (r *ublReader) account(n *xmltree.Node, key string) {
	var a Account
	if _, id := r.Leaf(n, "cbc:ID"); looksLikeIBAN(id) {
		r.text(n, "cbc:ID", key+".iban", &a.IBAN)
	} else {
		r.text(n, "cbc:ID", key+".number", &a.Number)
	}
	r.text(n, "cbc:Name", key+".holder", &a.Holder)
	r.text(n, "cac:FinancialInstitutionBranch/cac:FinancialInstitution/cbc:ID", key+".bic", &a.BIC)
	r.text(n, "cac:FinancialInstitutionBranch/cbc:ID", key+".bic", &a.BIC)
	r.doc.Accounts = append(r.doc.Accounts, a)
}

// looksLikeIBAN tells an IBAN from a domestic number by its first four characters, two
// letters and two digits (ISO 13616-1); whether it is a right one is for package check.
func looksLikeIBAN(s string) bool {
	return len(s) >= 4 && isLetter(s[0]) && isLetter(s[1]) && isDigit(s[2]) && isDigit(s[3])
}

func isLetter(c byte) bool { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

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

// pricedLine reads a line of an invoice, a credit note or an order.
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
