package witness

import (
	"bytes"
	"strings"
)

// ublReader files the leaves of a UBL document under the fields they are of.
type ublReader struct {
	fields Reading
	tax    taxScheme
}

// taxScheme is a registration with a tax authority while it is read: number and scheme stand in
// either order.
type taxScheme struct {
	number, scheme string
	numbered       bool // the first number counts
	named          bool // the first name in a scheme counts
}

func (r *ublReader) leaf(l leaf) {
	root, rest := cutStep(l.path)
	if party, inner := ublParty(rest); party != "" {
		r.party(party, inner, l)
		return
	}
	switch string(rest) {
	case "/ID":
		r.fields.only("number", l.text())
	case "/IssueDate":
		r.fields.only("issue_date", day(l.text()))
	case "/InvoiceTypeCode", "/CreditNoteTypeCode":
		r.fields.only("type_code", l.text())
	case "/OrderReference/ID":
		if string(root) == "Invoice" || string(root) == "CreditNote" {
			r.fields.only("order_ref", l.text())
		} else { // goods may go under several orders, and the first is the document's
			r.fields.first("order_ref", l.text())
		}
	case "/DocumentCurrencyCode":
		r.fields.only("currency", l.text())
	case "/LegalMonetaryTotal/PayableAmount", "/AnticipatedMonetaryTotal/PayableAmount":
		r.fields.only("totals.payable", plain(l.text()))
		r.fields.first("currency/payable", l.attribute("currencyID"))
	default:
		if bytes.HasPrefix(rest, []byte("/LegalMonetaryTotal/")) {
			r.fields.filled("currency/total", l.attribute("currencyID"))
		}
	}
}

// cutStep takes the first step off a path.
func cutStep(path []byte) (step, rest []byte) {
	if len(path) == 0 {
		return nil, nil
	}
	if i := bytes.IndexByte(path[1:], '/'); i >= 0 {
		return path[1 : i+1], path[i+1:]
	}
	return path[1:], nil
}

// ublParty tells which party a path leads into, and the path in it.
func ublParty(path []byte) (party string, inner []byte) {
	step, rest := cutStep(path)
	switch string(step) {
	case "AccountingSupplierParty", "SellerSupplierParty":
		party = "seller"
	case "AccountingCustomerParty", "BuyerCustomerParty":
		party = "buyer"
	default:
		return "", nil
	}
	if step, rest = cutStep(rest); string(step) != "Party" || rest == nil {
		return "", nil
	}
	return party, rest
}

// party files a leaf of a party. The name in the register goes before the trading name, and the
// LEI of the register before those that stand elsewhere.
func (r *ublReader) party(party string, path []byte, l leaf) {
	switch string(path) {
	case "/PartyLegalEntity/RegistrationName":
		r.fields.first(party+".name", l.text())
	case "/PartyName/Name":
		r.fields.first(party+".name/trading", l.text())
	case "/PartyLegalEntity/CompanyID":
		r.fields.registered(party, l)
	case "/PartyIdentification/ID":
		r.fields.lei(party+".lei/listed", l)
	case "/EndpointID":
		r.fields.lei(party+".lei/endpoint", l)
	case "/PartyTaxScheme/CompanyID":
		if !r.tax.numbered {
			r.tax.number, r.tax.numbered = l.text(), true
		}
	case "/PartyTaxScheme/TaxScheme/ID":
		if !r.tax.named {
			r.tax.scheme, r.tax.named = l.code(), true
		}
	}
}

// left files a tax number once its scheme is known.
func (r *ublReader) left(path []byte) {
	_, rest := cutStep(path)
	party, inner := ublParty(rest)
	switch string(inner) {
	case "/PartyTaxScheme/TaxScheme":
		r.tax.named = false
	case "/PartyTaxScheme":
		if strings.EqualFold(r.tax.scheme, "VAT") {
			r.fields.filled(party+".vat", r.tax.number)
		}
		r.tax = taxScheme{}
	}
}
