package semantic

import "github.com/countersign/countersign/services/parse/xmltree"

// line reads one line of goods or services.
func (b *ciiBinder) line(n *xmltree.Node) Line {
	document := b.find(n, "AssociatedDocumentLineDocument")
	agreement := b.find(n, "SpecifiedLineTradeAgreement")
	settlement := b.find(n, "SpecifiedLineTradeSettlement")
	l := Line{
		Group: Element(n), ID: b.term(document, "LineID"),
		Note:      b.term(document, "IncludedNote*/Content*"),
		Quantity:  b.quantity(n, "SpecifiedLineTradeDelivery/BilledQuantity"),
		OrderLine: b.term(agreement, "BuyerOrderReferencedDocument/LineID"),
		Price:     b.price(agreement), Item: b.item(b.find(n, "SpecifiedTradeProduct")),
		Net:           b.amount(settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
		AccountingRef: b.term(settlement, "ReceivableSpecifiedTradeAccountingAccount*/ID"),
		Periods:       b.periods(settlement), Adjustments: b.adjustments(settlement),
		Documents: append(b.supporting(agreement), b.supporting(settlement)...),
	}
	for _, tax := range settlement.All(RAM, "ApplicableTradeTax") {
		l.Taxes = append(l.Taxes, b.category(tax))
	}
	for _, d := range l.Documents {
		if d.TypeCode.Text == typeObject {
			l.Object = d.Reference
		}
	}
	return l
}

// price reads the net price and what it was made of. The quantity it is for stands with the net
// price, or else with the gross price.
func (b *ciiBinder) price(agreement *xmltree.Node) Price {
	net := b.find(agreement, "NetPriceProductTradePrice")
	gross := b.find(agreement, "GrossPriceProductTradePrice")
	p := Price{
		Group: Element(net), Net: b.amount(net, "ChargeAmount"), Gross: b.amount(gross, "ChargeAmount"),
		Discount: b.amount(gross, "AppliedTradeAllowanceCharge*/ActualAmount"),
		Per:      b.quantity(net, "BasisQuantity"),
	}
	if !p.Per.Present() {
		p.Per = b.quantity(gross, "BasisQuantity")
	}
	return p
}

// item reads what was sold.
func (b *ciiBinder) item(n *xmltree.Node) Item {
	i := Item{
		Group: Element(n), Name: b.term(n, "Name*"), Description: b.term(n, "Description"),
		SellerID: b.term(n, "SellerAssignedID"), BuyerID: b.term(n, "BuyerAssignedID"),
		StandardID: b.identified(n, "GlobalID"), Origin: b.term(n, "OriginTradeCountry/ID"),
		Lot: b.term(n, "IndividualTradeProductInstance*/BatchID"),
	}
	for _, class := range n.All(RAM, "DesignatedProductClassification") {
		code := b.find(class, "ClassCode")
		i.Classifications = append(i.Classifications, Classification{b.leaf(code), Attribute(code, "listID")})
	}
	for _, a := range n.All(RAM, "ApplicableProductCharacteristic") {
		i.Attributes = append(i.Attributes, ItemAttribute{
			Group: Element(a), Name: b.term(a, "Description*"), Value: b.term(a, "Value*"),
		})
	}
	return i
}
