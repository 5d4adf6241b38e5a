package parse

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// order reads a UBL Order.
func (r *ublReader) order(n *xmltree.Node) {
	r.text(n, "cbc:OrderTypeCode", "type_code", &r.doc.TypeCode)
	r.text(n, "cbc:DocumentCurrencyCode", "currency", &r.doc.Currency)
	r.party(r.Find(n, "cac:SellerSupplierParty/cac:Party"), "seller", &r.doc.Seller)
	r.party(r.Find(n, "cac:BuyerCustomerParty/cac:Party"), "buyer", &r.doc.Buyer)
	delivery := r.Find(n, "cac:Delivery*")
	r.party(r.Find(delivery, "cac:DeliveryParty*"), "consignee", &r.doc.Consignee)
	r.address(r.Find(delivery, "cac:DeliveryLocation/cac:Address"),
		"transport.place_of_delivery", &r.doc.Transport.PlaceOfDelivery)
	r.text(n, "cac:Contract*/cbc:ID", "contract_ref", &r.doc.ContractRef)
	r.adjustments(n)
	r.taxes(n)
	r.totals(r.Find(n, "cac:AnticipatedMonetaryTotal"))
	for i, line := range r.List(n, "cac:OrderLine*") {
		r.pricedLine(r.Find(line, "cac:LineItem"), indexed("lines", i), "cbc:Quantity")
	}
}

// despatch reads a UBL DespatchAdvice.
func (r *ublReader) despatch(n *xmltree.Node) {
	r.text(n, "cbc:DespatchAdviceTypeCode", "type_code", &r.doc.TypeCode)
	r.movement(n)
	r.shipment(r.Find(n, "cac:Shipment"))
	for i, node := range r.List(n, "cac:DespatchLine*") {
		key := indexed("lines", i)
		var l Line
		r.text(node, "cbc:ID", key+".id", &l.ID)
		r.text(node, "cac:OrderLineReference*/cbc:LineID", key+".order_line_ref", &l.OrderLineRef)
		r.quantity(node, "cbc:DeliveredQuantity", key, &l)
		r.item(r.Find(node, "cac:Item"), key, &l)
		r.doc.Lines = append(r.doc.Lines, l)
	}
}

// receipt reads a UBL ReceiptAdvice. The goods are received on the latest day that its lines
// name, where the shipment names none.
func (r *ublReader) receipt(n *xmltree.Node) {
	r.text(n, "cbc:ReceiptAdviceTypeCode", "type_code", &r.doc.TypeCode)
	r.movement(n)
	r.texts(n, "cac:DespatchDocumentReference*", "cbc:ID", "despatch_refs", &r.doc.DespatchRefs)
	r.shipment(r.Find(n, "cac:Shipment"))
	named := !r.doc.DeliveryDate.IsZero()
	for i, node := range r.List(n, "cac:ReceiptLine*") {
		key := indexed("lines", i)
		var l Line
		r.text(node, "cbc:ID", key+".id", &l.ID)
		r.text(node, "cac:OrderLineReference*/cbc:LineID", key+".order_line_ref", &l.OrderLineRef)
		r.quantity(node, "cbc:ReceivedQuantity", key, &l)
		r.rejected(node, key, &l)
		r.item(r.Find(node, "cac:Item*"), key, &l)
		r.doc.Lines = append(r.doc.Lines, l)
		if !named {
			r.latestReceipt(node)
		}
	}
}

func (r *ublReader) latestReceipt(line *xmltree.Node) {
	latest, place := r.doc.DeliveryDate, r.doc.Places["delivery_date"]
	var day money.Date
	r.date(line, "cbc:ReceivedDate", "delivery_date", &day)
	switch {
	case day.IsZero():
	case latest.Before(day): // the absent date comes before every day
		r.doc.DeliveryDate = day
	default:
		r.doc.Places["delivery_date"] = place
	}
}

// movement reads the parties and references that a despatch and a receipt share.
func (r *ublReader) movement(n *xmltree.Node) {
	r.firstParty("seller", &r.doc.Seller, r.Find(n, "cac:SellerSupplierParty/cac:Party"),
		r.Find(n, "cac:DespatchSupplierParty/cac:Party"))
	r.party(r.Find(n, "cac:BuyerCustomerParty/cac:Party"), "buyer", &r.doc.Buyer)
	r.party(r.Find(n, "cac:DeliveryCustomerParty/cac:Party"), "consignee", &r.doc.Consignee)
	r.text(n, "cac:OrderReference*/cbc:ID", "order_ref", &r.doc.OrderRef)
	r.additionalReferences(n)
}

// shipment reads what a cac:Shipment says of packing and carriage.
func (r *ublReader) shipment(n *xmltree.Node) {
	if n == nil {
		return
	}
	t := &r.doc.Transport
	r.weight(n, "cbc:GrossWeightMeasure", "totals.gross_kg", &r.doc.Totals.GrossKG)
	r.number(n, "cbc:TotalTransportHandlingUnitQuantity", "totals.packages", &r.doc.Totals.Packages)
	delivery := r.Find(n, "cac:Delivery")
	r.date(delivery, "cbc:ActualDeliveryDate", "delivery_date", &r.doc.DeliveryDate)
	r.address(r.Find(delivery, "cac:DeliveryAddress"), "transport.place_of_delivery", &t.PlaceOfDelivery)
	stage := r.mainStage(n)
	r.firstParty("carrier", &r.doc.Carrier, r.Find(delivery, "cac:CarrierParty"),
		r.Find(n, "cac:Consignment*/cac:CarrierParty"), r.Find(stage, "cac:CarrierParty*"))
	r.text(stage, "cac:TransportMeans/cbc:JourneyID", "transport.voyage", &t.Voyage)
	vessel := r.Find(stage, "cac:TransportMeans/cac:MaritimeTransport")
	r.text(vessel, "cbc:VesselName", "transport.vessel", &t.Vessel)
	r.text(vessel, "cbc:VesselID", "transport.imo", &t.IMO)
	r.text(stage, "cac:LoadingPortLocation/cbc:ID", "transport.port_of_loading", &t.PortOfLoading)
	r.text(stage, "cac:UnloadingPortLocation/cbc:ID", "transport.port_of_discharge", &t.PortOfDischarge)
}

// mainStage is the stage of the main carriage: the first that is neither the way to the
// port nor the way from it; the first of all where each is one of these.
func (r *ublReader) mainStage(shipment *xmltree.Node) *xmltree.Node {
	stages := r.List(shipment, "cac:ShipmentStage*")
	for _, stage := range stages {
		if !r.isTrue(stage, "cbc:PreCarriageIndicator") && !r.isTrue(stage, "cbc:OnCarriageIndicator") {
			return stage
		}
	}
	if len(stages) == 0 {
		return nil
	}
	return stages[0]
}

// rejected reads what of a received quantity was refused. In another unit it cannot be
// taken off, and how much was kept is not known.
func (r *ublReader) rejected(n *xmltree.Node, line string, to *Line) {
	found := r.number(n, "cbc:RejectedQuantity", line+".quantity_rejected", &to.QuantityRejected)
	if found == nil {
		return
	}
	if unit := found.Attr("unitCode"); unit != "" && unit != to.Unit && to.QuantityRejected.Sign() != 0 {
		r.flaw(source.CodeValue, found.Path(), "The rejected quantity is in "+source.Quoted(unit)+
			" and the received one in "+source.Quoted(to.Unit)+"; ask the receiver for both in one unit.")
	}
}

// weight reads a measure in kilograms or tonnes; in any other unit it stays absent.
func (r *ublReader) weight(n *xmltree.Node, path, key string, to **decimal.Decimal) {
	var measured *decimal.Decimal
	found := r.number(n, path, key, &measured)
	if found == nil {
		return
	}
	switch found.Attr("unitCode") {
	case "KGM":
		*to = measured
	case "TNE":
		const toKilograms = 3 // decimal places
		kilograms := measured.Shift(toKilograms)
		*to = &kilograms
	default:
		delete(r.doc.Places, key)
	}
}
