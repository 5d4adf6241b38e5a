package witness

import (
	"bytes"
)

// ciiReader files the leaves of a Cross Industry Invoice under the fields they are of.
type ciiReader struct {
	fields   Reading
	reached  map[string]bool // parties of which one way to reach them is read
	numbered bool            // the open tax registration has its number
}

func (r *ciiReader) leaf(l leaf) {
	path, ours := bytes.CutPrefix(l.path, []byte("/CrossIndustryInvoice"))
	if !ours {
		return
	}
	if party, inner := ciiParty(path); party != "" {
		r.party(party, inner, l)
		return
	}
	const trade = "/SupplyChainTradeTransaction"
	const settlement = trade + "/ApplicableHeaderTradeSettlement"
	switch string(path) {
	case "/ExchangedDocument/ID":
		r.fields.only("number", l.text())
	case "/ExchangedDocument/TypeCode":
		r.fields.only("type_code", l.text())
	case "/ExchangedDocument/IssueDateTime/DateTimeString",
		"/ExchangedDocument/IssueDateTime/DateString":
		r.fields.only("issue_date", compact(l.text()))
	case trade + "/ApplicableHeaderTradeAgreement/BuyerOrderReferencedDocument/IssuerAssignedID":
		r.fields.only("order_ref", l.text())
	case settlement + "/InvoiceCurrencyCode":
		r.fields.only("currency", l.text())
	case settlement + "/SpecifiedTradeSettlementHeaderMonetarySummation/DuePayableAmount":
		r.fields.only("totals.payable", plain(l.text()))
		r.fields.first("currency/payable", l.attribute("currencyID"))
	}
}

// ciiParty tells which party a path from inside the root leads into, and the path in it.
func ciiParty(path []byte) (party string, inner []byte) {
	const agreement = "/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
	inner, found := bytes.CutPrefix(path, []byte(agreement))
	if !found {
		return "", nil
	}
	step, rest := cutStep(inner)
	switch {
	case rest == nil:
		return "", nil
	case string(step) == "SellerTradeParty":
		return "seller", rest
	case string(step) == "BuyerTradeParty":
		return "buyer", rest
	default:
		return "", nil
	}
}

// party files a leaf of a party, in the order of preference that holds for UBL too.
func (r *ciiReader) party(party string, path []byte, l leaf) {
	switch string(path) {
	case "/Name":
		r.fields.first(party+".name", l.text())
	case "/SpecifiedLegalOrganization/TradingBusinessName":
		r.fields.first(party+".name/trading", l.text())
	case "/SpecifiedLegalOrganization/ID":
		r.fields.registered(party, l)
	case "/ID":
		r.fields.lei(party+".lei/listed", l)
	case "/GlobalID":
		r.fields.lei(party+".lei/global", l)
	case "/URIUniversalCommunication/URIID":
		if !r.reached[party] {
			r.fields.lei(party+".lei/endpoint", l)
		}
	case "/SpecifiedTaxRegistration/ID":
		if !r.numbered && l.attribute("schemeID") == "VA" {
			r.fields.filled(party+".vat", l.text())
		}
		r.numbered = true
	}
}

// left closes what only its first element counts of.
func (r *ciiReader) left(path []byte) {
	path, _ = bytes.CutPrefix(path, []byte("/CrossIndustryInvoice"))
	switch party, inner := ciiParty(path); string(inner) {
	case "/URIUniversalCommunication":
		r.reached[party] = true
	case "/SpecifiedTaxRegistration":
		r.numbered = false
	}
}
