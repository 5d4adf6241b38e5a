package dcsa

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
)

// The codes of a transport document's type.
const (
	BillOfLading = "BOL"
	SeaWaybill   = "SWB"
)

// Lading is a transport document, or as much of one as shipping instructions give. An absent
// text is "", an absent number or flag nil, an absent date the zero Date.
type Lading struct {
	At           string
	Number       string // transportDocumentReference
	SubReference string
	Instructions string // shippingInstructionsReference
	Type         string // BillOfLading or SeaWaybill
	Status       Status

	Electronic *bool
	ToOrder    *bool
	OnBoard    *bool // isShippedOnBoardType: shipped on board, not merely received

	// Originals and copies, of each kind those with and without charges on them.
	OriginalsWith, OriginalsWithout *int
	CopiesWith, CopiesWithout       *int

	Issued   money.Date
	Shipped  money.Date // on board
	Received money.Date // for shipment

	CarrierCode   string // SMDG or NMFTA code
	Freight       string // "PRE" prepaid, "COL" collect
	DeclaredValue *decimal.Decimal
	ValueCurrency string // ISO 4217, of DeclaredValue
	Parties       Parties
	Voyage        Voyage
	Items         []Item
	Equipment     []Equipment
	References    []Reference
}

// Parties are the parties of a transport document by function; nil where there is none.
type Parties struct {
	At        string
	Shipper   *Party
	Consignee *Party
	Endorsee  *Party
	Issuer    *Party // the carrier, or who issues in its name
	Seller    *Party // only in shipping instructions
	Buyer     *Party // only in shipping instructions
	Notify    []Party
}

// Party is a party as a message names it.
type Party struct {
	At       string
	Name     string
	Platform string // eBL platform, in endorsement chains
	Codes    []Code
	Taxes    []Tax
	// Address is on one line; Country is ISO 3166-1 alpha-2.
	Address   string
	AddressAt string
	Country   string
	// Represented is who the party acts for, in endorsement chains.
	Represented *Party
	Notified    bool // isNotifyParty
}

// Code identifies a party in a list, such as "GLEIF", "LEI".
type Code struct {
	At             string
	Provider, List string
	Value          string
}

// Tax is a number with a tax office or a register.
type Tax struct {
	At            string
	Type, Country string
	Value         string
}

// Voyage is the journey: the ports are UN/LOCODEs where the message has them, else names.
type Voyage struct {
	At                   string
	Vessel, VesselAt     string
	Number, NumberAt     string // of the carrier's export voyage
	Loading, LoadingAt   string
	Discharge            string
	DischargeAt          string
	Delivery, DeliveryAt string // place of delivery
	Departure, Arrival   money.Date
}

// Item is goods under one booking.
type Item struct {
	At          string
	Booking     string
	Description string
	HS          []string
	Cargo       []Cargo
	References  []Reference
}

// Cargo is the part of an item in one container.
type Cargo struct {
	At        string
	Container string
	Gross     *decimal.Decimal
	GrossUnit string // "KGM" or "LBR"
	Packages  *decimal.Decimal
	PackageAt string
	Package   string // UN/ECE Rec 21
	Packing   string // in words
}

// Equipment is a container of the shipment.
type Equipment struct {
	At          string
	Container   string
	ContainerAt string
	Shippers    *bool // owned by the shipper
}

// Reference is another paper's number, by the standard's code: "SPO" the shipper's purchase
// order, "CPO" the consignee's. At is the place of the number itself.
type Reference struct {
	At    string
	Type  string
	Value string
}

func readLading(c cursor) *Lading {
	l := &Lading{
		At:               c.at,
		Number:           c.in("transportDocumentReference").text(),
		SubReference:     c.in("transportDocumentSubReference").text(),
		Instructions:     c.in("shippingInstructionsReference").text(),
		Type:             c.in("transportDocumentTypeCode").text(),
		Status:           StatusOf(c.in("transportDocumentStatus").text()),
		Electronic:       c.in("isElectronic").flag(),
		ToOrder:          c.in("isToOrder").flag(),
		OnBoard:          c.in("isShippedOnBoardType").flag(),
		OriginalsWith:    c.in("numberOfOriginalsWithCharges").count(),
		OriginalsWithout: c.in("numberOfOriginalsWithoutCharges").count(),
		CopiesWith:       c.in("numberOfCopiesWithCharges").count(),
		CopiesWithout:    c.in("numberOfCopiesWithoutCharges").count(),
		Issued:           c.in("issueDate").day(),
		Shipped:          c.in("shippedOnBoardDate").day(),
		Received:         c.in("receivedForShipmentDate").day(),
		CarrierCode:      c.in("carrierCode").text(),
		Freight:          c.in("freightPaymentTermCode").text(),
		DeclaredValue:    c.in("declaredValue").number(),
		ValueCurrency:    c.in("declaredValueCurrency").text(),
		Parties:          readParties(c.in("documentParties")),
		Voyage:           readVoyage(c.in("transports")),
		References:       readReferences(c.in("references")),
	}
	for _, item := range c.in("consignmentItems").items() {
		l.Items = append(l.Items, readItem(item))
	}
	for _, e := range c.in("utilizedTransportEquipments").items() {
		l.Equipment = append(l.Equipment, readEquipment(e))
	}
	return l
}

// Originals is the number of originals of either kind, nil when the message says nothing.
func (l *Lading) Originals() *int {
	if l.OriginalsWith == nil && l.OriginalsWithout == nil {
		return nil
	}
	n := 0
	for _, part := range []*int{l.OriginalsWith, l.OriginalsWithout} {
		if part != nil {
			n += *part
		}
	}
	return &n
}

func readParties(c cursor) Parties {
	p := Parties{
		At:        c.at,
		Shipper:   partyIn(c.in("shipper")),
		Consignee: partyIn(c.in("consignee")),
		Endorsee:  partyIn(c.in("endorsee")),
		Issuer:    partyIn(c.in("issuingParty")),
		Seller:    partyIn(c.in("seller")),
		Buyer:     partyIn(c.in("buyer")),
	}
	for _, n := range c.in("notifyParties").items() {
		p.Notify = append(p.Notify, *readParty(n))
	}
	return p
}

func partyIn(c cursor) *Party {
	if !c.has() {
		return nil
	}
	return readParty(c)
}

func readParty(c cursor) *Party {
	p := &Party{
		At: c.at, Name: c.in("partyName").text(), Platform: c.in("eblPlatform").text(),
		Country: c.in("address").in("countryCode").text(), Represented: partyIn(c.in("representedParty")),
	}
	if notified := c.in("isNotifyParty").flag(); notified != nil {
		p.Notified = *notified
	}
	for _, code := range c.in("identifyingCodes").items() {
		p.Codes = append(p.Codes, Code{
			At: code.at, Provider: code.in("codeListProvider").text(), List: code.in("codeListName").text(),
			Value: code.in("partyCode").text(),
		})
	}
	for _, tax := range c.in("taxLegalReferences").items() {
		p.Taxes = append(p.Taxes, Tax{
			At: tax.at, Type: tax.in("type").text(), Country: tax.in("countryCode").text(),
			Value: tax.in("value").text(),
		})
	}
	p.Address, p.AddressAt = address(c)
	return p
}

// address puts the lines of an address after each other: those for display, which are what a
// paper bill shows, else the unstructured ones, else the parts.
func address(c cursor) (line, at string) {
	for _, member := range []string{"displayedAddress", "addressLines"} {
		if lines := c.in(member).texts(); len(lines) > 0 {
			return strings.Join(lines, ", "), c.in(member).at
		}
	}
	a := c.in("address")
	var parts []string
	for _, members := range [][]string{
		{"street", "streetNumber"}, {"floor"}, {"postCode", "city"}, {"stateRegion"},
	} {
		var words []string
		for _, member := range members {
			if s := a.in(member).text(); s != "" {
				words = append(words, s)
			}
		}
		if len(words) > 0 {
			parts = append(parts, strings.Join(words, " "))
		}
	}
	return strings.Join(parts, ", "), a.at
}

func readVoyage(c cursor) Voyage {
	v := Voyage{
		At: c.at, Departure: c.in("plannedDepartureDate").day(), Arrival: c.in("plannedArrivalDate").day(),
	}
	if vessels := c.in("vesselVoyages").items(); len(vessels) > 0 {
		first := vessels[0]
		v.Vessel, v.VesselAt = first.in("vesselName").text(), first.in("vesselName").at
		number := first.in("carrierExportVoyageNumber")
		v.Number, v.NumberAt = number.text(), number.at
	}
	v.Loading, v.LoadingAt = place(c.in("portOfLoading"))
	v.Discharge, v.DischargeAt = place(c.in("portOfDischarge"))
	v.Delivery, v.DeliveryAt = place(c.in("placeOfDelivery"))
	return v
}

// place is the UN/LOCODE of a location, else its name, else its city.
func place(c cursor) (string, string) {
	for _, part := range []cursor{
		c.in("UNLocationCode"), c.in("locationName"), c.in("facilityName"), c.in("city").in("city"),
		c.in("address").in("city"),
	} {
		if s := part.text(); s != "" {
			return s, part.at
		}
	}
	return "", c.at
}

func readItem(c cursor) Item {
	item := Item{
		At: c.at, Booking: c.in("carrierBookingReference").text(),
		Description: strings.Join(c.in("descriptionOfGoods").texts(), " "),
		HS:          c.in("HSCodes").texts(), References: readReferences(c.in("references")),
	}
	for _, cargo := range c.in("cargoItems").items() {
		packing := cargo.in("outerPackaging")
		item.Cargo = append(item.Cargo, Cargo{
			At: cargo.at, Container: cargo.in("equipmentReference").text(),
			Gross:     cargo.in("cargoGrossWeight").in("value").number(),
			GrossUnit: cargo.in("cargoGrossWeight").in("unit").text(),
			Packages:  packing.in("numberOfPackages").number(), PackageAt: packing.at,
			Package: packing.in("packageCode").text(), Packing: packing.in("description").text(),
		})
	}
	return item
}

// readEquipment reads a container, which stands in an object of its own or, when the carrier
// owns it, in shipping instructions by its number alone.
func readEquipment(c cursor) Equipment {
	e := Equipment{At: c.at, Shippers: c.in("isShipperOwned").flag()}
	number := c.in("equipment").in("equipmentReference")
	if !number.has() {
		number = c.in("equipmentReference")
	}
	e.Container, e.ContainerAt = number.text(), number.at
	return e
}

func readReferences(c cursor) []Reference {
	var all []Reference
	for _, r := range c.items() {
		of := r.in("type").text()
		if one := r.in("value"); one.has() {
			all = append(all, Reference{At: one.at, Type: of, Value: one.text()})
		}
		for _, one := range r.in("values").items() {
			all = append(all, Reference{At: one.at, Type: of, Value: one.text()})
		}
	}
	return all
}
