package parse

import (
	"maps"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/xmltree"
)

// Identifier schemes of ISO/IEC 6523 that have their own field (Peppol code list, ICD).
const (
	icdGLN  = "0088"
	icdLEI  = "0199"
	icdGTIN = "0160"
)

func indexed(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }

// party reads a cac:Party; the legal name goes before the trading name.
func (r *ublReader) party(n *xmltree.Node, key string, to *Party) {
	if n == nil {
		return
	}
	r.firstText(r.List(n, "cac:PartyLegalEntity*"), "cbc:RegistrationName", key+".name", &to.Name)
	r.firstText(r.List(n, "cac:PartyName*"), "cbc:Name", key+".name", &to.Name)
	for _, scheme := range r.List(n, "cac:PartyTaxScheme*") {
		if _, id := r.Leaf(scheme, "cac:TaxScheme/cbc:ID"); strings.EqualFold(id, "VAT") {
			r.text(scheme, "cbc:CompanyID", key+".vat", &to.VAT)
		}
	}
	for _, entity := range r.List(n, "cac:PartyLegalEntity*") {
		if r.Find(entity, "cbc:CompanyID") != nil {
			r.partyID(entity, "cbc:CompanyID", key, to, true)
			break
		}
	}
	for _, id := range r.List(n, "cac:PartyIdentification*") {
		r.partyID(id, "cbc:ID", key, to, false)
	}
	r.partyID(n, "cbc:EndpointID", key, to, false)
	address := r.Find(n, "cac:PostalAddress")
	r.text(address, "cac:Country/cbc:IdentificationCode", key+".country", &to.Country)
	r.address(address, key+".address", &to.Address)
}

// firstParty reads the first of several parties that says who it is: two of them are never mixed.
func (r *ublReader) firstParty(key string, to *Party, from ...*xmltree.Node) {
	for _, n := range from {
		if n == nil || to.Name != "" || to.RegistrationID != "" || to.VAT != "" || to.LEI != "" {
			continue
		}
		*to = Party{}
		maps.DeleteFunc(r.doc.Places, func(field string, _ Place) bool { return strings.HasPrefix(field, key+".") })
		r.party(n, key, to)
	}
}

// isTrue tells whether an indicator is there and says yes (XML Schema part 2, boolean).
func (r *ublReader) isTrue(n *xmltree.Node, path string) bool {
	_, indicator := r.Leaf(n, path)
	return indicator == "true" || indicator == "1"
}

// firstText reads a text from the first of several elements that has it, even an empty one.
func (r *ublReader) firstText(among []*xmltree.Node, path, key string, to *string) {
	for _, n := range among {
		if r.Find(n, path) != nil {
			r.text(n, path, key, to)
			return
		}
	}
}

// partyID files an identifier under the scheme it names. The number of the legal entity is
// the national registration number when it names no scheme that has its own field.
func (r *ublReader) partyID(n *xmltree.Node, path, key string, to *Party, legal bool) {
	found, _ := r.Leaf(n, path)
	if found == nil {
		return
	}
	switch found.Attr("schemeID") {
	case icdGLN, "GLN":
		r.text(n, path, key+".gln", &to.GLN)
	case icdLEI, "LEI":
		r.text(n, path, key+".lei", &to.LEI)
	default:
		if legal {
			r.text(n, path, key+".registration_id", &to.RegistrationID)
		}
	}
}

// address joins the parts of a postal address into one line, in the order of UBL.
func (r *ublReader) address(n *xmltree.Node, key string, to *string) {
	if n == nil || *to != "" {
		return
	}
	var parts []string
	for _, path := range []string{
		"cbc:StreetName", "cbc:BuildingNumber", "cbc:AdditionalStreetName", "cac:AddressLine*/cbc:Line",
		"cbc:PostalZone", "cbc:CityName", "cbc:CountrySubentity",
	} {
		if _, value := r.Leaf(n, path); value != "" {
			parts = append(parts, value)
		}
	}
	if len(parts) > 0 {
		*to = strings.Join(parts, ", ")
		r.doc.Places[key] = Place{Path: n.Path(), Offset: n.Offset}
	}
}

// item reads a cac:Item into a line.
func (r *ublReader) item(n *xmltree.Node, key string, to *Line) {
	r.text(n, "cbc:Name", key+".name", &to.Name)
	r.text(n, "cbc:Description*", key+".name", &to.Name)
	r.text(n, "cac:SellersItemIdentification/cbc:ID", key+".seller_item_id", &to.SellerItemID)
	r.text(n, "cac:BuyersItemIdentification/cbc:ID", key+".buyer_item_id", &to.BuyerItemID)
	if id, _ := r.Leaf(n, "cac:StandardItemIdentification/cbc:ID"); id != nil {
		switch id.Attr("schemeID") {
		case icdGTIN, "GTIN":
			r.text(n, "cac:StandardItemIdentification/cbc:ID", key+".gtin", &to.GTIN)
		}
	}
	for _, class := range r.List(n, "cac:CommodityClassification*") {
		// UNTDID 7143: HS is the Harmonised System.
		if code, _ := r.Leaf(class, "cbc:ItemClassificationCode*"); code != nil && code.Attr("listID") == "HS" {
			r.text(class, "cbc:ItemClassificationCode*", key+".hs", &to.HS)
		}
	}
	r.text(n, "cac:ItemInstance*/cac:LotIdentification/cbc:LotNumberID", key+".lot", &to.Lot)
	tax := r.Find(n, "cac:ClassifiedTaxCategory*")
	r.text(tax, "cbc:ID", key+".tax_category", &to.TaxCategory)
	r.number(tax, "cbc:Percent", key+".tax_percent", &to.TaxPercent)
}

// price reads a cac:Price into a line.
func (r *ublReader) price(n *xmltree.Node, key string, to *Line) {
	r.amount(n, "cbc:PriceAmount", key+".unit_price", &to.UnitPrice)
	r.number(n, "cbc:BaseQuantity", key+".price_base", &to.PriceBase)
}

// additionalReferences files the papers that UBL has no element of its own for, by their type.
func (r *ublReader) additionalReferences(n *xmltree.Node) {
	for _, reference := range r.List(n, "cac:AdditionalDocumentReference*") {
		_, code := r.Leaf(reference, "cbc:DocumentTypeCode")
		id, value := r.Leaf(reference, "cbc:ID")
		if id == nil {
			continue
		}
		switch {
		case isTransportPaper(code):
			r.doc.Places[indexed("transport_refs", len(r.doc.TransportRefs))] = id.Place()
			r.doc.TransportRefs = append(r.doc.TransportRefs, value)
		case isStoragePaper(code):
			r.doc.Places[indexed("receipt_refs", len(r.doc.ReceiptRefs))] = id.Place()
			r.doc.ReceiptRefs = append(r.doc.ReceiptRefs, value)
		}
	}
}

// isTransportPaper tells the types of papers that goods travel under (UNTDID 1001).
func isTransportPaper(code string) bool {
	switch code {
	case "700", "701", "703", "704", "705", "706", "709", "710", "711", "712", "714", "716",
		"720", "722", "730", "740", "741", "760", "761", "763", "764", "765", "766":
		return true
	default:
		return false
	}
}

// isStoragePaper tells the types of papers that goods lie under (UNTDID 1001): warehouse
// receipt, goods receipt, warehouse warrant.
func isStoragePaper(code string) bool { return code == "631" || code == "632" || code == "635" }
