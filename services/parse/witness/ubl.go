package witness

import (
	"bytes"
	"maps"
	"strconv"
	"strings"
)

// ublReader files the leaves of a UBL document under the fields they are of.
type ublReader struct {
	fields Reading
	tax    taxScheme
	root   string
	form   ublForm // of the root

	ordered   bool // the first reference to an order is read
	consigned bool // the first consignment is read
	stage     stage
	stages    int    // read so far
	carriage  string // who carries on the main carriage, once that is read
	paper     paper
}

// taxScheme is a registration with a tax authority while it is read: number and scheme stand in
// either order.
type taxScheme struct {
	number, scheme string
	numbered       bool // the first number counts
	named          bool // the first name in a scheme counts
}

// stage is a stage of a journey while it is read.
type stage struct {
	besides bool // it leads to the main carriage or goes on from it
	carried bool // its first carrier is read
}

func (r *ublReader) leaf(l leaf) {
	root, rest := cutStep(l.path)
	if r.root == "" {
		r.root = string(root)
		r.form = formOf(r.root)
	}
	r.closed(rest) // a leaf may be a group with nothing in it
	if party, inner := r.partyAt(rest); party != "" {
		r.party(party, inner, l)
		return
	}
	switch string(rest) {
	case "":
	case "/ID":
		r.fields.only("number", l.text())
	case "/IssueDate":
		r.fields.only("issue_date", day(l.text()))
	case r.form.typeCode:
		r.fields.only("type_code", l.text())
	case "/DocumentCurrencyCode":
		r.fields.only("currency", l.text())
	default:
		r.amount(rest, l)
		r.reference(rest, l)
	}
}

// amount files the payable amount, and the currencies of amounts: where the header names none,
// theirs is that of the document.
func (r *ublReader) amount(path []byte, l leaf) {
	if r.form.sums == "" {
		return
	}
	if sum, in := bytes.CutPrefix(path, []byte(r.form.sums)); in {
		if string(sum) == "PayableAmount" {
			r.fields.only("totals.payable", plain(l.text()))
			r.fields.first("currency/payable", l.attribute("currencyID"))
		} else {
			r.fields.filled("currency/total", l.attribute("currencyID"))
		}
		return
	}
	if r.form.order == ofInvoice {
		return
	}
	switch string(path) {
	case "/AllowanceCharge/Amount", "/TaxTotal/TaxAmount",
		"/TaxTotal/TaxSubtotal/TaxableAmount", "/TaxTotal/TaxSubtotal/TaxAmount",
		"/OrderLine/LineItem/LineExtensionAmount", "/OrderLine/LineItem/AllowanceCharge/Amount",
		"/OrderLine/LineItem/Price/PriceAmount":
		r.fields.filled("currency/amount", l.attribute("currencyID"))
	}
}

// closed takes note of the end of a group of which there may be several.
func (r *ublReader) closed(path []byte) {
	switch string(path) {
	case "/OrderReference":
		r.ordered = true
	case "/DocumentReference":
		r.endPaper()
	case consignment:
		r.consigned = true
	case journey + "/CarrierParty":
		r.stage.carried = true
	case journey:
		if r.carriage == "" && !r.stage.besides {
			r.carriage = stageKey(r.stages)
		}
		r.stage = stage{}
		r.stages++
	}
}

func stageKey(n int) string { return carrier + staged + strconv.Itoa(n) }

// left closes a group that holds something.
func (r *ublReader) left(path []byte) {
	_, rest := cutStep(path)
	r.closed(rest)
	party, inner := r.partyAt(rest)
	switch string(inner) {
	case "/PartyTaxScheme/TaxScheme":
		r.tax.named = false
	case "/PartyTaxScheme": // its number is filed once its scheme is known
		if strings.EqualFold(r.tax.scheme, "VAT") {
			r.fields.filled(party+".vat", r.tax.number)
		}
		r.tax = taxScheme{}
	}
}

// partyAt tells which party a path leads into, and the path in it.
func (r *ublReader) partyAt(path []byte) (party string, inner []byte) {
	for _, p := range r.form.parties {
		n := len(p.path)
		if len(path) <= n || string(path[:n]) != p.path || path[n] != '/' {
			continue
		}
		switch {
		case r.consigned && strings.HasPrefix(p.path, consignment):
			return "", nil
		case p.party != carrier+staged:
			return p.party, path[n:]
		case r.stage.carried:
			return "", nil
		default:
			return stageKey(r.stages), path[n:]
		}
	}
	return "", nil
}

// party files a leaf of a party. The name in the register goes before the trading name, and the
// LEI of the register before those that stand elsewhere.
func (r *ublReader) party(party string, path []byte, l leaf) {
	switch string(path) {
	case "/PartyLegalEntity/RegistrationName":
		r.fields.first(party+".name", l.text())
	case "/PartyName/Name":
		r.fields.first(party+".name/trading", l.text())
	case "/PartyLegalEntity/CompanyID":
		r.fields.registered(party, l)
	case "/PartyIdentification/ID":
		r.fields.lei(party+".lei/listed", l)
	case "/EndpointID":
		r.fields.lei(party+".lei/endpoint", l)
	case "/PartyTaxScheme/CompanyID":
		if !r.tax.numbered {
			r.tax.number, r.tax.numbered = l.text(), true
		}
	case "/PartyTaxScheme/TaxScheme/ID":
		if !r.tax.named {
			r.tax.scheme, r.tax.named = l.text(), true
			if r.form.order == ofInvoice { // EN 16931 compares codes as they stand
				r.tax.scheme = l.code()
			}
		}
	}
}

// finish gives each party what its first place says that names anybody.
func (r *ublReader) finish() {
	if r.carriage == "" && r.stages > 0 {
		r.carriage = stageKey(0)
	}
	for _, p := range r.form.parties {
		key := p.party
		if key == carrier+staged {
			key = r.carriage
		}
		party, another, _ := strings.Cut(key, "/")
		r.fields.identities(key)
		if another != "" && !r.fields.names(party) {
			r.fields.move(key, party)
		}
	}
	maps.DeleteFunc(r.fields, func(key, _ string) bool { return strings.HasPrefix(key, carrier+staged) })
}
