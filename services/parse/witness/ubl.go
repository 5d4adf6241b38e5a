package witness

import (
	"bytes"
	"strings"
)

// ublSpace begins every namespace of OASIS UBL 2.
const ublSpace = "urn:oasis:names:specification:ubl:schema:xsd:"

// ublPrefix is the customary prefix of a namespace in UBL; the roots are "ubl:".
func ublPrefix(namespace string) string {
	name, ours := strings.CutPrefix(namespace, ublSpace)
	switch {
	case !ours:
		return "?:"
	case name == "CommonBasicComponents-2":
		return "cbc:"
	case name == "CommonAggregateComponents-2":
		return "cac:"
	case name == "CommonExtensionComponents-2":
		return "ext:"
	default:
		return "ubl:"
	}
}

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
	if !bytes.HasPrefix(root, []byte("ubl:")) {
		return
	}
	if party, inner := ublParty(rest); party != "" {
		r.party(party, inner, l)
		return
	}
	switch string(rest) {
	case "/cbc:ID":
		r.fields.first("number", l.text())
	case "/cbc:IssueDate":
		r.fields.first("issue_date", day(l.text()))
	case "/cbc:InvoiceTypeCode", "/cbc:CreditNoteTypeCode":
		r.fields.first("type_code", l.text())
	case "/cac:OrderReference/cbc:ID":
		r.fields.first("order_ref", l.text())
	case "/cbc:DocumentCurrencyCode":
		r.fields.first("currency", l.text())
	case "/cac:LegalMonetaryTotal/cbc:PayableAmount", "/cac:AnticipatedMonetaryTotal/cbc:PayableAmount":
		r.fields.first("totals.payable", plain(l.text()))
		r.fields.first("currency/payable", l.attribute("currencyID"))
	default:
		if bytes.HasPrefix(rest, []byte("/cac:LegalMonetaryTotal/cbc:")) {
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
	case "cac:AccountingSupplierParty", "cac:SellerSupplierParty":
		party = "seller"
	case "cac:AccountingCustomerParty", "cac:BuyerCustomerParty":
		party = "buyer"
	default:
		return "", nil
	}
	if step, rest = cutStep(rest); string(step) != "cac:Party" || rest == nil {
		return "", nil
	}
	return party, rest
}

// party files a leaf of a party. The name in the register goes before the trading name, and the
// LEI of the register before those that stand elsewhere.
func (r *ublReader) party(party string, path []byte, l leaf) {
	switch string(path) {
	case "/cac:PartyLegalEntity/cbc:RegistrationName":
		r.fields.first(party+".name", l.text())
	case "/cac:PartyName/cbc:Name":
		r.fields.first(party+".name/trading", l.text())
	case "/cac:PartyLegalEntity/cbc:CompanyID":
		r.fields.registered(party, l)
	case "/cac:PartyIdentification/cbc:ID":
		r.fields.lei(party+".lei/listed", l)
	case "/cbc:EndpointID":
		r.fields.lei(party+".lei/endpoint", l)
	case "/cac:PartyTaxScheme/cbc:CompanyID":
		if !r.tax.numbered {
			r.tax.number, r.tax.numbered = l.text(), true
		}
	case "/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID":
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
	case "/cac:PartyTaxScheme/cac:TaxScheme":
		r.tax.named = false
	case "/cac:PartyTaxScheme":
		if strings.EqualFold(r.tax.scheme, "VAT") {
			r.fields.filled(party+".vat", r.tax.number)
		}
		r.tax = taxScheme{}
	}
}
