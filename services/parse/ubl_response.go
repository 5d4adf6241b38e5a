package parse

import "github.com/countersign/countersign/services/parse/xmltree"

// lineNotAccepted is the status of a line of an order response that the seller will not
// deliver (UNTDID 1229).
const lineNotAccepted = "7"

// orderResponse reads a UBL OrderResponse or OrderResponseSimple. The second kind has no
// lines and answers with a yes or a no.
func (r *ublReader) orderResponse(n *xmltree.Node) {
	r.text(n, "cbc:OrderResponseCode", "type_code", &r.doc.TypeCode)
	if found, answer := r.Leaf(n, "cbc:AcceptedIndicator"); found != nil && r.doc.TypeCode == "" {
		r.answer(found, answer)
	}
	r.text(n, "cbc:DocumentCurrencyCode", "currency", &r.doc.Currency)
	r.text(n, "cac:OrderReference*/cbc:ID", "order_ref", &r.doc.OrderRef)
	r.party(r.Find(n, "cac:SellerSupplierParty/cac:Party"), "seller", &r.doc.Seller)
	r.party(r.Find(n, "cac:BuyerCustomerParty/cac:Party"), "buyer", &r.doc.Buyer)
	r.text(n, "cac:Contract*/cbc:ID", "contract_ref", &r.doc.ContractRef)
	r.adjustments(n)
	r.taxes(n)
	r.totals(r.Find(n, "cac:LegalMonetaryTotal"))
	for i, line := range r.List(n, "cac:OrderLine*") {
		key := indexed("lines", i)
		item := r.Find(line, "cac:LineItem")
		r.pricedLine(item, key, "cbc:Quantity")
		if len(r.doc.Lines) <= i {
			return // the reading ended with a fault
		}
		l := &r.doc.Lines[i]
		r.text(line, "cac:OrderLineReference*/cbc:LineID", key+".order_line_ref", &l.OrderLineRef)
		status, code := r.Leaf(item, "cbc:LineStatusCode")
		if code == lineNotAccepted && l.Quantity != nil {
			refused := *l.Quantity
			l.QuantityRejected = &refused
			r.doc.Places[key+".quantity_rejected"] = status.Place()
		}
	}
}

func (r *ublReader) answer(n *xmltree.Node, indicator string) {
	switch indicator {
	case "true", "1":
		r.doc.TypeCode = ResponseAccepted
	case "false", "0":
		r.doc.TypeCode = ResponseRejected
	default:
		return
	}
	r.doc.Places["type_code"] = n.Place()
}
