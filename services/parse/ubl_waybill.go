package parse

import (
	"strings"

	"github.com/countersign/countersign/services/parse/xmltree"
)

// waybill reads a UBL Waybill, of any mode of transport.
func (r *ublReader) waybill(n *xmltree.Node) {
	shipment := r.Find(n, "cac:Shipment")
	consignment := r.Find(shipment, "cac:Consignment*")
	r.firstParty("seller", &r.doc.Seller, r.Find(n, "cac:ConsignorParty"),
		r.Find(consignment, "cac:ConsignorParty"))
	r.firstParty("carrier", &r.doc.Carrier, r.Find(n, "cac:CarrierParty"))
	r.party(r.Find(consignment, "cac:ConsigneeParty"), "consignee", &r.doc.Consignee)
	r.waybillType(r.mainStage(shipment))
	r.shipment(shipment)
	r.waybillReferences(n)
	for i, node := range r.List(shipment, "cac:GoodsItem*") {
		r.goodsItem(node, indexed("lines", i))
	}
}

// waybillType tells the waybill by the mode of its main carriage (UN/ECE Recommendation 19),
// or by the means of transport where no mode is stated.
func (r *ublReader) waybillType(stage *xmltree.Node) {
	r.doc.Transport.Type = TypeWaybill
	mode, code := r.Leaf(stage, "cbc:TransportModeCode")
	if mode != nil {
		r.doc.Places["transport.type"] = mode.Place()
	} else {
		code = r.modeOfMeans(r.Find(stage, "cac:TransportMeans"))
	}
	switch code {
	case "1":
		r.doc.Transport.Type = TypeSeaWaybill
	case "2":
		r.doc.Transport.Type = TypeRailWaybill
	case "3":
		r.doc.Transport.Type = TypeRoadWaybill
	case "4":
		r.doc.Transport.Type = TypeAirWaybill
	}
}

// modeOfMeans is the mode in which the means of transport is one.
func (r *ublReader) modeOfMeans(means *xmltree.Node) string {
	for _, m := range [...]struct{ element, mode string }{
		{"cac:MaritimeTransport", "1"},
		{"cac:RailTransport", "2"},
		{"cac:RoadTransport", "3"},
		{"cac:AirTransport", "4"},
	} {
		if r.Find(means, m.element) != nil {
			return m.mode
		}
	}
	return ""
}

// waybillReferences files the papers that a waybill names, by their type (UNTDID 1001), or by
// the name of the document where no code is given.
func (r *ublReader) waybillReferences(n *xmltree.Node) {
	for _, reference := range r.List(n, "cac:DocumentReference*") {
		_, code := r.Leaf(reference, "cbc:DocumentTypeCode")
		_, name := r.Leaf(reference, "cbc:DocumentType*")
		id, value := r.Leaf(reference, "cbc:ID")
		named := func(want string) bool {
			return code == "" && strings.EqualFold(strings.ReplaceAll(name, " ", ""), want)
		}
		switch {
		case id == nil:
		case code == "220" || named("Order"):
			r.text(reference, "cbc:ID", "order_ref", &r.doc.OrderRef)
		case code == "351" || named("DespatchAdvice"):
			r.doc.Places[indexed("despatch_refs", len(r.doc.DespatchRefs))] = id.Place()
			r.doc.DespatchRefs = append(r.doc.DespatchRefs, value)
		}
	}
}

// goodsItem reads a line of goods of a waybill.
func (r *ublReader) goodsItem(n *xmltree.Node, key string) {
	var l Line
	r.text(n, "cbc:ID", key+".id", &l.ID)
	r.quantity(n, "cbc:Quantity", key, &l)
	r.weight(n, "cbc:GrossWeightMeasure", key+".gross_kg", &l.GrossKG)
	r.item(r.Find(n, "cac:Item*"), key, &l)
	r.text(n, "cbc:Description*", key+".name", &l.Name)
	if packages := r.List(n, "cac:ContainingPackage*"); len(packages) == 1 {
		r.number(packages[0], "cbc:Quantity", key+".packages", &l.Packages)
		r.text(packages[0], "cbc:PackagingTypeCode", key+".package_unit", &l.PackageUnit)
	}
	r.texts(n, "cac:GoodsItemContainer*", "cbc:ID", key+".containers", &l.Containers)
	r.doc.Lines = append(r.doc.Lines, l)
}
