package witness

import "strings"

// ublForm is where a kind of document has the fields.
type ublForm struct {
	typeCode string
	sums     string // the group of the payable amount
	order    orderForm
	parties  []ublPlace // of one party in the order of preference
}

// orderForm is how a kind of document names the order it belongs to.
type orderForm int

const (
	ofOrder   orderForm = iota // it is one itself
	ofInvoice                  // in a reference of which there is one
	ofGoods                    // goods may go under several orders, and the first is the document's
	ofWaybill                  // among the papers that it names
)

// ublPlace is where a party may stand.
type ublPlace struct{ path, party string }

// The keys of a party in its further places.
const (
	second  = "/second"
	third   = "/third"
	staged  = "/stage" // and its number
	carrier = "carrier"
)

// The groups of a waybill of which there may be several.
const (
	consignment = "/Shipment/Consignment"
	journey     = "/Shipment/ShipmentStage"
)

func formOf(root string) ublForm {
	switch root {
	case "Invoice", "CreditNote":
		return ublForm{"/" + root + "TypeCode", "/LegalMonetaryTotal/", ofInvoice, []ublPlace{
			{"/AccountingSupplierParty/Party", "seller"},
			{"/AccountingCustomerParty/Party", "buyer"},
		}}
	case "Order":
		return ublForm{"/OrderTypeCode", "/AnticipatedMonetaryTotal/", ofOrder, traders()}
	case "OrderResponse", "OrderResponseSimple":
		return ublForm{"/OrderResponseCode", "/LegalMonetaryTotal/", ofGoods, traders()}
	case "DespatchAdvice", "ReceiptAdvice":
		return ublForm{"/" + root + "TypeCode", "", ofGoods, append(traders(), ublPlace{
			"/DespatchSupplierParty/Party", "seller" + second,
		})}
	case "Waybill":
		return ublForm{"", "", ofWaybill, []ublPlace{
			{"/ConsignorParty", "seller"},
			{consignment + "/ConsignorParty", "seller" + second},
			{"/CarrierParty", carrier},
			{"/Shipment/Delivery/CarrierParty", carrier + second},
			{consignment + "/CarrierParty", carrier + third},
			{journey + "/CarrierParty", carrier + staged},
		}}
	default:
		return ublForm{}
	}
}

func traders() []ublPlace {
	return []ublPlace{{"/SellerSupplierParty/Party", "seller"}, {"/BuyerCustomerParty/Party", "buyer"}}
}

// reference files the order of a document, the answer to one, and what tells the stages of a
// journey apart.
func (r *ublReader) reference(path []byte, l leaf) {
	switch string(path) {
	case "/OrderReference/ID":
		switch {
		case r.form.order == ofInvoice:
			r.fields.only("order_ref", l.text())
		case r.form.order == ofGoods && !r.ordered:
			r.fields.first("order_ref", l.text())
		}
	case "/AcceptedIndicator":
		if strings.HasPrefix(r.root, "OrderResponse") {
			r.fields.first("type_code/answer", answer(l.text()))
		}
	case journey + "/PreCarriageIndicator", journey + "/OnCarriageIndicator":
		if said := l.text(); said == "true" || said == "1" {
			r.stage.besides = true
		}
	case "/DocumentReference/ID":
		r.paper.id.first(l)
	case "/DocumentReference/DocumentTypeCode":
		r.paper.code.first(l)
	case "/DocumentReference/DocumentType":
		r.paper.name.first(l)
	}
}

// answer is the code (UNTDID 4343) of a plain yes or no.
func answer(said string) string {
	switch said {
	case "true", "1":
		return "AP"
	case "false", "0":
		return "RE"
	default:
		return ""
	}
}

// paper is a reference to another document while it is read.
type paper struct{ id, code, name firstText }

// firstText is the text of the first element of several, even an empty one.
type firstText struct {
	text string
	had  bool
}

func (f *firstText) first(l leaf) {
	if !f.had {
		f.text, f.had = l.text(), true
	}
}

// endPaper files the number of an order that a waybill names by its code (UNTDID 1001), or in
// words where it has none.
func (r *ublReader) endPaper() {
	p := r.paper
	r.paper = paper{}
	const order = "220"
	called := strings.Join(strings.Fields(p.name.text), "")
	isOrder := p.code.text == order || p.code.text == "" && strings.EqualFold(called, "order")
	if r.form.order == ofWaybill && isOrder {
		r.fields.filled("order_ref", p.id.text)
	}
}
