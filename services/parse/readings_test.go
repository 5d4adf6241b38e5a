package parse_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// disagrees tells whether the two readers of a document read some field differently.
func disagrees(doc *parse.Document) bool {
	return slices.ContainsFunc(doc.Flaws, func(f parse.Fault) bool { return f.Code == source.CodeReadings })
}

// edit is a change to a sample.
type edit struct{ name, file, from, to string }

func (e edit) of(t *testing.T) []byte {
	t.Helper()
	return replaced(t, sample(t, "read", e.file), e.from, e.to)
}

const (
	ublNumber = "<cbc:ID>TG-881</cbc:ID>"
	ciiNumber = "<ram:ID>TG-881</ram:ID>"
	payable   = ">1100.00<"
	lading    = "bill_of_lading.json"
)

func TestTwoReadingsAgreeOnOddWaysToWriteOneThing(t *testing.T) {
	for _, e := range []edit{
		{"entities", "invoice.xml", ">TG-881<", ">&#84;G&#x2D;881<"},
		{"a whole section", "invoice.xml", ublNumber, "<cbc:ID><![CDATA[TG-881]]></cbc:ID>"},
		{"a comment before", "invoice.xml", ">TG-881", "><!-- <cbc:ID>9</cbc:ID> -->TG-881"},
		{"an odd comment", "invoice.xml", ublNumber, "<!--> <cbc:ID>9</cbc:ID> -->" + ublNumber},
		{"white space", "invoice.xml", ">TG-881<", ">\r\n\tTG-881 \n<"},
		{"space in tags", "invoice.xml", ublNumber, "<cbc:ID\n >TG-881</cbc:ID\t>"},
		{"a prefix bound again", "invoice.xml", ublNumber, `<cac:ID xmlns:cac="urn:oasis:names:specification:` +
			`ubl:schema:xsd:CommonBasicComponents-2">TG-881</cac:ID>`},
		{"an empty element", "invoice.xml", "<cbc:Name>Talbruck</cbc:Name>", "<cbc:Name/>"},
		{
			"an angle in an attribute", "invoice.xml", `<cbc:PayableAmount currencyID="EUR">`,
			`<cbc:PayableAmount x=">/>" currencyID='EUR'>`,
		},
		{"plus and zeros", "invoice.xml", payable, ">+0001100.000<"},
		{"zeros in CII", "invoice_cii.xml", payable, ">01100.0<"},
		{"a mark in front", "invoice_cii.xml", "<?xml", "\xEF\xBB\xBF<?xml"},
		{
			"two orders", "despatch_advice.xml", "<cac:OrderReference>",
			"<cac:OrderReference><cbc:ID>HV-ORD-30</cbc:ID></cac:OrderReference><cac:OrderReference>",
		},
		{
			"an order without a number", "despatch_advice.xml", "<cac:OrderReference>",
			"<cac:OrderReference/><cac:OrderReference>",
		},
		{"escapes in JSON", lading, `"number"`, `"n\u0075mber"`},
	} {
		if doc := mustRead(t, e.of(t)); len(doc.Flaws) > 0 {
			t.Errorf("%s: flaws %v", e.name, doc.Flaws)
		}
	}
}

// A hostile twin is a second value that one program would take for the first. Each must cost
// the document a fatal flaw or be refused.
func TestReadTakesNoHostileTwinWithoutAFlaw(t *testing.T) {
	const olderRAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
	for _, e := range []edit{
		{"twice", "invoice.xml", ublNumber, ublNumber + "<cbc:ID>TG-882</cbc:ID>"},
		{"twice and the same", "invoice.xml", ublNumber, ublNumber + ublNumber},
		{"twice in CII", "invoice_cii.xml", ciiNumber, ciiNumber + "<ram:ID>TG-882</ram:ID>"},
		{
			"an amount twice", "invoice_cii.xml", "<ram:DuePayableAmount>",
			"<ram:DuePayableAmount>9</ram:DuePayableAmount><ram:DuePayableAmount>",
		},
		{
			"a group twice", "invoice_cii.xml", "<ram:BuyerTradeParty>",
			"<ram:BuyerTradeParty/><ram:BuyerTradeParty>",
		},
		{
			"twice in an order", "order.xml", "<cbc:ID>HV-ORD-31</cbc:ID>",
			"<cbc:ID>HV-ORD-31</cbc:ID><cbc:ID>HV-ORD-32</cbc:ID>",
		},
		{"in the namespace of the root", "order.xml", "<cbc:ID>HV-ORD-31<", "<ID>HV-ORD-32</ID><cbc:ID>HV-ORD-31<"},
		{"cut by a comment", "invoice.xml", payable, ">11<!-- -->00.00<"},
		{"cut by a section", "invoice_cii.xml", payable, ">11<![CDATA[00.00]]><"},
		{"a number cut by a section", "invoice_cii.xml", "TG-881</ram:ID>", "TG-<![CDATA[881]]></ram:ID>"},
		{"cut by an element", "invoice.xml", payable, ">1100.00<cbc:ID>9</cbc:ID><"},
		{"in no namespace", "invoice.xml", ublNumber, `<ID xmlns="">TG-882</ID>` + ublNumber},
		{"in a foreign namespace", "invoice_cii.xml", ciiNumber, `<x:ID xmlns:x="urn:x">TG-882</x:ID>` + ciiNumber},
		{
			"in the older namespace", "invoice_cii.xml", ciiNumber,
			`<x:ID xmlns:x="` + olderRAM + `">TG-882</x:ID>` + ciiNumber,
		},
		{
			"with a rebound prefix", "invoice.xml", ublNumber,
			`<cbc:ID xmlns:cbc="urn:x">TG-882</cbc:ID>` + ublNumber,
		},
		{
			"with a foreign attribute", "invoice.xml", `<cbc:PayableAmount `,
			`<cbc:PayableAmount xmlns:x="urn:x" x:currencyID="USD" `,
		},
		{"an entity", "invoice.xml", payable, ">&amount;<"},
		{"an entity of HTML", "invoice.xml", "TG-881<", "TG&ndash;881<"},
		{"in JSON", lading, `"number"`, `"number":"X-1","number"`},
		{"in JSON, escaped", lading, `"number"`, `"n\u0075mber":"X-1","number"`},
		{"in JSON, in capitals", lading, `"number"`, `"Number":"X-1","number"`},
	} {
		doc, err := parse.Read(e.of(t))
		if err == nil && len(doc.Flaws) == 0 {
			t.Errorf("%s: read as %q, %v without a flaw", e.name, doc.Number, doc.Totals.Payable)
		}
	}
}

// replaced changes a sample, and fails when there is nothing to change.
func replaced(t *testing.T, b []byte, from, to string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(from)) {
		t.Fatalf("the sample has no %q", from)
	}
	return bytes.Replace(b, []byte(from), []byte(to), 1)
}

// FuzzTwoReadings looks for documents that are read in two ways and have no other flaw: a
// difference between the readers that nothing explains. It puts what it tries into a sample, in
// the place of some bytes that follow a "<" or a quotation mark, so that most tries are read.
func FuzzTwoReadings(f *testing.F) {
	bases := [][]byte{
		sample(f, "read", "invoice.xml"), sample(f, "read", "invoice_cii.xml"),
		sample(f, "read", lading), sample(f, "read", "credit_note.xml"), sample(f, "read", "order.xml"),
		sample(f, "read", "waybill.xml"), sample(f, "read", "despatch_advice.xml"),
		sample(f, "read", "receipt_advice.xml"), sample(f, "read", "order_response.xml"),
		sample(f, "dcsa", "transport_document.json"), sample(f, "wrapped", "invoice.json"),
		sample(f, "wrapped", "bill_of_lading.json"),
	}
	for i, piece := range []string{
		"", "<cbc:ID>1</cbc:ID>", "<ram:ID>1</ram:ID>", "<!--> -->", "<![CDATA[x]]>", "<?x ?>", "&#x41;", "&amp;",
		`xmlns:cbc="urn:x"`, `<cac:PartyLegalEntity><cbc:RegistrationName/></cac:PartyLegalEntity>`,
		"<cac:PartyTaxScheme><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>",
		"<cac:OrderReference/>", "<cac:CarrierParty/>", "<cac:Consignment/>", "<cac:ShipmentStage/>",
		"<cbc:OnCarriageIndicator>1</cbc:OnCarriageIndicator>", `"values":["PO-2"],`,
		`<ram:GlobalID schemeID="0199">1</ram:GlobalID>`, `"number":"1",`, "\u00a0", "+0", "\\u0041",
	} {
		for base := range bases {
			f.Add(uint8(base), uint16(20*i), uint8(0), piece)
		}
	}
	f.Fuzz(func(t *testing.T, base uint8, at uint16, length uint8, piece string) {
		b := bases[int(base)%len(bases)]
		from := nthMark(b, int(at))
		to := min(from+int(length), len(b))
		b = slices.Concat(b[:from], []byte(piece), b[to:])
		doc, err := parse.Read(b)
		if err != nil {
			return
		}
		other := slices.ContainsFunc(doc.Flaws, func(f parse.Fault) bool { return f.Code != source.CodeReadings })
		if disagrees(doc) && !other {
			t.Fatalf("read in two ways: %v", doc.Flaws)
		}
	})
}

// nthMark is the offset of the nth "<", ">" or quotation mark of a sample, counted around.
func nthMark(b []byte, n int) int {
	var marks []int
	for i, c := range b {
		if c == '<' || c == '"' || c == '>' {
			marks = append(marks, i)
		}
	}
	return marks[n%len(marks)]
}

func FuzzReadCII(f *testing.F) {
	f.Add(sample(f, "read", "invoice_cii.xml"))
	f.Fuzz(func(t *testing.T, b []byte) { sound(t, b) })
}
