package parse

import (
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/jsontree"
)

// The types of a transport document, Transport.Type.
const (
	TransportToOrder    = "to_order" // to the order of Consignee
	TransportStraight   = "straight"
	TransportBlank      = "blank" // to order, endorsed in blank
	TransportSeaWaybill = "sea_waybill"
)

// readDCSA reads a message of DCSA eBL. A transport document is a bill of lading here, its
// shipper the Seller and the party that issues it the Carrier; every other message is kept as
// it is (Other, with its name as the Profile), because none of them is a document of title.
// What the standard's schema refuses are flaws.
func readDCSA(name dcsa.Name, tree *jsontree.Node, b []byte) *Document {
	m := dcsa.Read(name, tree)
	r := dcsaReader{tree: tree, doc: &Document{
		Kind: Other, Syntax: string(SyntaxDCSA), Profile: string(name), DCSA: m, Places: map[string]Place{},
		tree: tree,
	}}
	r.doc.Flaws = append(dcsa.Validate(name, tree), m.Flaws...)
	r.text("number", m.Reference, m.ReferenceAt, &r.doc.Number)
	if m.Title() {
		r.doc.Kind = BillOfLading
		r.lading(m.Lading)
		witnessed(r.doc, b)
	}
	return r.doc
}

type dcsaReader struct {
	tree *jsontree.Node
	doc  *Document
}

// place notes where in the message a field of the document stands.
func (r *dcsaReader) place(key, pointer string) {
	if n := r.tree.At(pointer); n != nil {
		r.doc.Places[key] = Place{Path: pointer, Offset: n.Start, Length: n.End - n.Start}
	}
}

func (r *dcsaReader) text(key, value, pointer string, to *string) {
	if value != "" {
		*to = value
		r.place(key, pointer)
	}
}

func (r *dcsaReader) lading(l *dcsa.Lading) {
	d := r.doc
	r.text("type_code", l.Type, l.At+"/transportDocumentTypeCode", &d.TypeCode)
	if d.IssueDate = l.Issued; !l.Issued.IsZero() {
		r.place("issue_date", l.At+"/issueDate")
	}
	r.party("seller", l.Parties.Shipper, &d.Seller)
	r.party("consignee", l.Parties.Consignee, &d.Consignee)
	if l.Parties.Consignee == nil {
		r.party("consignee", l.Parties.Endorsee, &d.Consignee)
	}
	r.party("carrier", l.Parties.Issuer, &d.Carrier)
	r.transport(l)
	r.orderRef(l)
	for i, item := range l.Items {
		for j, cargo := range item.Cargo {
			r.line(l.Items[i], item.Cargo[j], cargo.At)
		}
	}
}

// The lists of codes whose numbers have a field of their own.
const (
	listLEI = "LEI"
	taxVAT  = "VAT"
	taxUSCC = "USCC"
)

func (r *dcsaReader) party(key string, p *dcsa.Party, to *Party) {
	if p == nil {
		return
	}
	r.text(key+".name", p.Name, p.At+"/partyName", &to.Name)
	r.text(key+".country", p.Country, p.At+"/address/countryCode", &to.Country)
	r.text(key+".address", p.Address, p.AddressAt, &to.Address)
	for _, code := range p.Codes {
		if code.List == listLEI && to.LEI == "" {
			r.text(key+".lei", code.Value, code.At+"/partyCode", &to.LEI)
		}
	}
	for _, tax := range p.Taxes {
		switch {
		case tax.Type == taxVAT && to.VAT == "":
			r.text(key+".vat", tax.Value, tax.At+"/value", &to.VAT)
		case tax.Type == taxUSCC && to.RegistrationID == "":
			r.text(key+".registration_id", tax.Value, tax.At+"/value", &to.RegistrationID)
		}
	}
}

func (r *dcsaReader) transport(l *dcsa.Lading) {
	t, v := &r.doc.Transport, l.Voyage
	if kind := transportType(l); kind != "" {
		t.Type = kind
		r.place("transport.type", l.At+"/transportDocumentTypeCode")
	}
	r.text("transport.vessel", v.Vessel, v.VesselAt, &t.Vessel)
	r.text("transport.voyage", v.Number, v.NumberAt, &t.Voyage)
	r.text("transport.port_of_loading", v.Loading, v.LoadingAt, &t.PortOfLoading)
	r.text("transport.port_of_discharge", v.Discharge, v.DischargeAt, &t.PortOfDischarge)
	r.text("transport.place_of_delivery", v.Delivery, v.DeliveryAt, &t.PlaceOfDelivery)
	if t.ShippedOnBoard = l.Shipped; !l.Shipped.IsZero() {
		r.place("transport.shipped_on_board", l.At+"/shippedOnBoardDate")
	}
	if t.Originals = l.Originals(); t.Originals != nil {
		r.place("transport.originals", l.At+"/numberOfOriginalsWithoutCharges")
		r.place("transport.originals", l.At+"/numberOfOriginalsWithCharges")
	}
}

// transportType follows the standard: a bill to order that names no endorsee is blank.
func transportType(l *dcsa.Lading) string {
	switch {
	case l.Type == dcsa.SeaWaybill:
		return TransportSeaWaybill
	case l.Type != dcsa.BillOfLading || l.ToOrder == nil:
		return ""
	case !*l.ToOrder:
		return TransportStraight
	case l.Parties.Endorsee == nil:
		return TransportBlank
	default:
		return TransportToOrder
	}
}

// orderRef takes the one purchase order that the references name; of several none is the
// document's.
func (r *dcsaReader) orderRef(l *dcsa.Lading) {
	var orders []dcsa.Reference
	refs := l.References
	for _, item := range l.Items {
		refs = append(refs[:len(refs):len(refs)], item.References...)
	}
	for _, ref := range refs {
		if (ref.Type == "SPO" || ref.Type == "CPO") && ref.Value != "" {
			orders = append(orders, ref)
		}
	}
	for _, ref := range orders {
		if ref.Value != orders[0].Value {
			return
		}
	}
	if len(orders) > 0 {
		r.text("order_ref", orders[0].Value, orders[0].At, &r.doc.OrderRef)
	}
}

// A pound is 0.45359237 kg exactly (international yard and pound agreement, 1959).
const (
	poundDigits = 45359237
	poundScale  = -8
)

// line is the part of an item that is in one container.
func (r *dcsaReader) line(item dcsa.Item, cargo dcsa.Cargo, at string) {
	i := len(r.doc.Lines)
	key := indexed("lines", i)
	l := Line{ID: strconv.Itoa(i + 1)}
	r.text(key+".name", item.Description, item.At+"/descriptionOfGoods", &l.Name)
	if len(item.HS) > 0 {
		r.text(key+".hs", item.HS[0], item.At+"/HSCodes/0", &l.HS)
	}
	if cargo.Packages != nil {
		l.Packages = cargo.Packages
		r.place(key+".packages", cargo.PackageAt+"/numberOfPackages")
	}
	r.text(key+".package_unit", cargo.Package, cargo.PackageAt+"/packageCode", &l.PackageUnit)
	if kg := kilograms(cargo); kg != nil {
		l.GrossKG = kg
		r.place(key+".gross_kg", at+"/cargoGrossWeight/value")
	}
	if cargo.Container != "" {
		l.Containers = []string{cargo.Container}
		r.place(key+".containers[0]", at+"/equipmentReference")
	}
	r.doc.Lines = append(r.doc.Lines, l)
}

func kilograms(cargo dcsa.Cargo) *decimal.Decimal {
	if cargo.Gross == nil {
		return nil
	}
	switch cargo.GrossUnit {
	case "KGM":
		return cargo.Gross
	case "LBR":
		kg := cargo.Gross.Mul(decimal.New(poundDigits, poundScale))
		return &kg
	default:
		return nil
	}
}
