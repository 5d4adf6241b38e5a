package parse

import (
	"strings"

	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/witness"
)

// witnessed has the fields that enter a fingerprint read a second time, by a reader that has
// nothing in common with the first, and makes a flaw of each field on which they disagree.
func witnessed(doc *Document, b []byte) *Document {
	second, ok := secondReading(doc, b)
	if !ok {
		doc.disagree("document", "one of them breaks off")
		return doc
	}
	for _, f := range fingerprintFields(doc) {
		switch other := second[f.key]; {
		case squeezed(f.text) == squeezed(other):
		case f.text == "" && len(doc.Flaws) > 0:
			// A value that is not to be trusted is absent, and a flaw says so already.
		default:
			doc.disagree(f.key, source.Quoted(f.text)+" and "+source.Quoted(other))
		}
	}
	return doc
}

// secondReading is false when the second reader breaks off in what the first has read.
func secondReading(doc *Document, b []byte) (witness.Reading, bool) {
	switch doc.Syntax {
	case string(SyntaxUBL):
		return witness.UBL(b)
	case string(SyntaxCII):
		return witness.CII(b)
	case string(SyntaxDCSA):
		return witness.DCSA(b, memberOfTitle(doc))
	case string(attestation.V2), string(attestation.V3):
		return witness.Wrapped(b, doc.Syntax == string(attestation.V2), formOf(doc))
	default:
		return witness.JSON(b)
	}
}

// memberOfTitle is the member of a message that is the transport document, "" for a message that
// is one itself.
func memberOfTitle(doc *Document) string {
	switch doc.Profile {
	case string(dcsa.IssuanceRequest):
		return "document"
	case string(dcsa.Envelope):
		return "transportDocument"
	default:
		return ""
	}
}

func formOf(doc *Document) witness.Form {
	if doc.Kind == BillOfLading {
		return witness.FormBill
	}
	if doc.Kind == Invoice {
		return witness.FormInvoice
	}
	return witness.FormOther
}

// squeezed makes one space of each run of white space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func (d *Document) disagree(field, what string) {
	f := source.New(source.CodeReadings, d.Places[field].Path, "Two readings of the field "+field+
		" differ ("+what+"): the file is written so that programs read it differently; do not rely on it.")
	d.Flaws = append(d.Flaws, *f)
}

// fingerprintField is a field of a document that enters a fingerprint, as text.
type fingerprintField struct{ key, text string }

// fingerprintFields are what the terms of a claim are made of, see match.TermsOf.
func fingerprintFields(d *Document) []fingerprintField {
	fields := []fingerprintField{
		{"type_code", d.TypeCode},
		{"number", d.Number},
		{"issue_date", d.IssueDate.String()},
		{"order_ref", d.OrderRef},
	}
	if payable := d.Totals.Payable; payable != nil { // the currency is that of the amount
		fields = append(fields,
			fingerprintField{"totals.payable", payable.String()}, fingerprintField{"currency", d.Currency})
	} else {
		fields = append(fields, fingerprintField{"totals.payable", ""})
	}
	fields = append(fields, partyFields("seller", &d.Seller)...)
	fields = append(fields, partyFields("buyer", &d.Buyer)...)
	if d.Kind == BillOfLading {
		fields = append(fields, partyFields("carrier", &d.Carrier)...)
	}
	if d.Kind == WarehouseReceipt {
		fields = append(fields, partyFields("warehouse", &d.Warehouse)...)
		for i := range d.Lines {
			fields = append(fields, fingerprintField{indexed("lines", i) + ".lot", d.Lines[i].Lot})
		}
	}
	return fields
}

func partyFields(key string, p *Party) []fingerprintField {
	return []fingerprintField{
		{key + ".registration_id", p.RegistrationID},
		{key + ".vat", p.VAT},
		{key + ".lei", p.LEI},
		{key + ".name", p.Name},
	}
}
