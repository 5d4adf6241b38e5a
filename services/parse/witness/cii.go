package witness

import (
	"bytes"
	"strings"
)

// ciiSpace begins the namespaces of UN/CEFACT messages.
const ciiSpace = "urn:un:unece:uncefact:data:standard:"

// ciiPrefix is the customary prefix of a namespace in the Cross Industry Invoice D16B.
func ciiPrefix(namespace string) string {
	name, ours := strings.CutPrefix(namespace, ciiSpace)
	switch {
	case !ours:
		return "?:"
	case name == "CrossIndustryInvoice:100":
		return "rsm:"
	case name == "ReusableAggregateBusinessInformationEntity:100":
		return "ram:"
	case name == "UnqualifiedDataType:100":
		return "udt:"
	case name == "QualifiedDataType:100":
		return "qdt:"
	default:
		return "?:"
	}
}

// ciiReader files the leaves of a Cross Industry Invoice under the fields they are of.
type ciiReader struct {
	fields   Reading
	reached  map[string]bool // parties of which one way to reach them is read
	numbered bool            // the open tax registration has its number
}

func (r *ciiReader) leaf(l leaf) {
	path, ours := bytes.CutPrefix(l.path, []byte("/rsm:CrossIndustryInvoice"))
	if !ours {
		return
	}
	if party, inner := ciiParty(path); party != "" {
		r.party(party, inner, l)
		return
	}
	const trade = "/rsm:SupplyChainTradeTransaction"
	const settlement = trade + "/ram:ApplicableHeaderTradeSettlement"
	switch string(path) {
	case "/rsm:ExchangedDocument/ram:ID":
		r.fields.first("number", l.text())
	case "/rsm:ExchangedDocument/ram:TypeCode":
		r.fields.first("type_code", l.text())
	case "/rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString":
		r.fields.first("issue_date", compact(l.text()))
	case "/rsm:ExchangedDocument/ram:IssueDateTime/qdt:DateTimeString",
		"/rsm:ExchangedDocument/ram:IssueDateTime/udt:DateString":
		r.fields.first("issue_date/other", compact(l.text()))
	case trade + "/ram:ApplicableHeaderTradeAgreement/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID":
		r.fields.first("order_ref", l.text())
	case settlement + "/ram:InvoiceCurrencyCode":
		r.fields.first("currency", l.text())
	case settlement + "/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:DuePayableAmount":
		r.fields.first("totals.payable", plain(l.text()))
		r.fields.first("currency/payable", l.attribute("currencyID"))
	}
}

// ciiParty tells which party a path from inside the root leads into, and the path in it.
func ciiParty(path []byte) (party string, inner []byte) {
	const agreement = "/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
	inner, found := bytes.CutPrefix(path, []byte(agreement))
	if !found {
		return "", nil
	}
	step, rest := cutStep(inner)
	switch {
	case rest == nil:
		return "", nil
	case string(step) == "ram:SellerTradeParty":
		return "seller", rest
	case string(step) == "ram:BuyerTradeParty":
		return "buyer", rest
	default:
		return "", nil
	}
}

// party files a leaf of a party, in the order of preference that holds for UBL too.
func (r *ciiReader) party(party string, path []byte, l leaf) {
	switch string(path) {
	case "/ram:Name":
		r.fields.first(party+".name", l.text())
	case "/ram:SpecifiedLegalOrganization/ram:TradingBusinessName":
		r.fields.first(party+".name/trading", l.text())
	case "/ram:SpecifiedLegalOrganization/ram:ID":
		r.fields.registered(party, l)
	case "/ram:ID":
		r.fields.lei(party+".lei/listed", l)
	case "/ram:GlobalID":
		r.fields.lei(party+".lei/global", l)
	case "/ram:URIUniversalCommunication/ram:URIID":
		if !r.reached[party] {
			r.fields.lei(party+".lei/endpoint", l)
		}
	case "/ram:SpecifiedTaxRegistration/ram:ID":
		if !r.numbered && l.attribute("schemeID") == "VA" {
			r.fields.filled(party+".vat", l.text())
		}
		r.numbered = true
	}
}

// left closes what only its first element counts of.
func (r *ciiReader) left(path []byte) {
	path, _ = bytes.CutPrefix(path, []byte("/rsm:CrossIndustryInvoice"))
	switch party, inner := ciiParty(path); string(inner) {
	case "/ram:URIUniversalCommunication":
		r.reached[party] = true
	case "/ram:SpecifiedTaxRegistration":
		r.numbered = false
	}
}
