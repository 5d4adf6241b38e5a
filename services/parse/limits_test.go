package parse_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// small are limits near enough to test both sides of.
func small() parse.Limits {
	l := parse.DefaultLimits()
	l.Bytes, l.PDFBytes, l.XMLDepth, l.JSONDepth, l.Elements, l.Attributes = 4096, 1024, 5, 4, 60, 6
	l.Text, l.Lines, l.Repeats, l.Values = 100, 3, 50, 40
	return l
}

const ublOpen = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ` +
	`xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ` +
	`xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"` +
	` xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">`

func ubl(body string) []byte { return []byte(ublOpen + body + "</Invoice>") }

func nested(depth int) string {
	return strings.Repeat("<cac:Party>", depth) + strings.Repeat("</cac:Party>", depth)
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strconv.Itoa(i) + "=\"x\"")
	}
	return b.String()
}

func TestReadTakesADocumentAtEachLimitAndRefusesOnePastIt(t *testing.T) {
	l := small()
	text := func(n int) []byte { return ubl("<cbc:ID>" + strings.Repeat("x", n) + "</cbc:ID>") }
	split := func(n int) []byte { return ubl("<cbc:Note>" + strings.Repeat("x", n) + "<!-- --></cbc:Note>") }
	cases := map[string]struct {
		at, past []byte
		code     string
	}{
		"bytes": {
			pad(ubl("<cbc:ID>1</cbc:ID>"), l.Bytes), pad(ubl("<cbc:ID>1</cbc:ID>"), l.Bytes+1), source.CodeTooLarge,
		},
		"PDF bytes": {
			pad(pdftest.New().Bytes(), l.PDFBytes), pad(pdftest.New().Bytes(), l.PDFBytes+1), source.CodeTooLarge,
		},
		"depth": {ubl(nested(l.XMLDepth - 1)), ubl(nested(l.XMLDepth)), source.CodeDepth},
		"depth in an extension": {
			ubl("<ext:UBLExtensions>" + nested(l.XMLDepth-2) + "</ext:UBLExtensions>"),
			ubl("<ext:UBLExtensions>" + nested(l.XMLDepth-1) + "</ext:UBLExtensions>"), source.CodeDepth,
		},
		"elements": {
			ubl(strings.Repeat("<cbc:ID/><cbc:Note/>", l.Elements/2)[len("<cbc:ID/>"):]),
			ubl(strings.Repeat("<cbc:ID/><cbc:Note/>", l.Elements/2)), source.CodeTooLarge,
		},
		"repeats": {
			ubl("<cbc:Note/><cac:Party/>" + strings.Repeat("<cbc:Note/>", l.Repeats-1)),
			ubl("<cbc:Note/><cac:Party/>" + strings.Repeat("<cbc:Note/>", l.Repeats)), source.CodeTooLarge,
		},
		"attributes": {
			ubl("<cbc:ID" + attributes(l.Attributes) + ">1</cbc:ID>"),
			ubl("<cbc:ID" + attributes(l.Attributes+1) + ">1</cbc:ID>"), source.CodeTooLarge,
		},
		"text":             {text(l.Text), text(l.Text + 1), source.CodeTooLarge},
		"text with a tail": {split(l.Text), split(l.Text + 1), source.CodeTooLarge},
		"attribute text": {
			ubl(`<cbc:ID schemeID="` + strings.Repeat("x", l.Text) + `">1</cbc:ID>`),
			ubl(`<cbc:ID schemeID="` + strings.Repeat("x", l.Text+1) + `">1</cbc:ID>`), source.CodeTooLarge,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := parse.ReadWithin(l, c.at); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			_, err := parse.ReadWithin(l, c.past)
			wantCode(t, err, c.code)
		})
	}
}

// JSON at a limit goes on to be refused for what it says, past it for its size.
func TestReadTakesJSONAtEachLimitAndRefusesOnePastIt(t *testing.T) {
	l := small()
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	many := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }
	long := func(n int) string { return `{"a":"` + strings.Repeat("x", n) + `"}` }
	cases := map[string]struct{ at, past, code string }{
		"bytes":  {string(pad([]byte("{}"), l.Bytes)), string(pad([]byte("{}"), l.Bytes+1)), source.CodeTooLarge},
		"depth":  {deep(l.JSONDepth), deep(l.JSONDepth + 1), source.CodeDepth},
		"values": {many(l.Values - 1), many(l.Values), source.CodeTooLarge},
		"text":   {long(l.Text), long(l.Text + 1), source.CodeTooLarge},
		"key": {
			`{"` + strings.Repeat("k", l.Text) + `":1}`,
			`{"` + strings.Repeat("k", l.Text+1) + `":1}`, source.CodeTooLarge,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := parse.ReadWithin(l, []byte(c.at))
			wantCode(t, err, source.CodeUnsupported)
			_, err = parse.ReadWithin(l, []byte(c.past))
			wantCode(t, err, c.code)
		})
	}
}

// pad adds white space up to a size.
func pad(b []byte, size int) []byte {
	return append(b, []byte(strings.Repeat(" ", size-len(b)))...)
}

// The bombs of the default limits are full-sized: each must be refused, and quickly, which
// the timeout of the test binary sees to.
func TestReadRefusesFullSizeBombs(t *testing.T) {
	l := parse.DefaultLimits()
	for name, b := range map[string][]byte{
		"deep":          ubl(nested(100_000)),
		"many elements": ubl(strings.Repeat("<cbc:Note/>", l.Elements+1)),
		"many lines":    ubl(strings.Repeat("<cac:InvoiceLine/>", l.Repeats+1)),
		"many values": []byte(
			`{"schema":"countersign-invoice-1","lines":[` + strings.Repeat("0,", l.Values) + "0]}"),
		"long paths": []byte(`{"data":{"` + strings.Repeat("k", 400_000) + `":[` + strings.Repeat("1,", 1_000) +
			`1]},"signature":{"type":"SHA3MerkleProof"}}`),
		"many attributes": ubl("<cbc:ID" + attributes(500_000) + ">1</cbc:ID>"),
		"long text":       ubl("<cbc:ID>" + strings.Repeat("x", l.Text+1) + "</cbc:ID>"),
		"large":           []byte(strings.Repeat("<", l.Bytes+1)),
		"cut text":        ubl("<cbc:ID>" + strings.Repeat("x<!---->", 1_000_000) + "</cbc:ID>"),
		"deep JSON":       []byte(strings.Repeat("[", 1_000_000)),
		"deep long keys":  []byte(strings.Repeat(`{"`+strings.Repeat("k", 300_000)+`":`, 30)),
	} {
		t.Run(name, func(t *testing.T) {
			if doc, err := parse.Read(b); err == nil && len(doc.Flaws) == 0 {
				t.Error("the bomb was read")
			}
		})
	}
}

func TestReadTakesALongInvoiceWhole(t *testing.T) {
	const lines = 10_000
	var body strings.Builder
	for i := range lines {
		body.WriteString("<cac:InvoiceLine><cbc:ID>" + strconv.Itoa(i+1) + "</cbc:ID></cac:InvoiceLine>")
	}
	doc := mustRead(t, ubl(body.String()))
	if len(doc.Lines) != lines {
		t.Fatalf("%d lines were read of %d", len(doc.Lines), lines)
	}
	want := fmt.Sprintf("/Invoice/cac:InvoiceLine[%d]/cbc:ID", lines)
	if got := doc.Places[fmt.Sprintf("lines[%d].id", lines-1)].Path; got != want {
		t.Errorf("the last line is at %s, want %s", got, want)
	}
}

// TestAnAttachedFileIsBoundedByTheDocumentAlone: the base64 of a whole file (BT-125) is longer
// than any honest text.
func TestAnAttachedFileIsBoundedByTheDocumentAlone(t *testing.T) {
	l := parse.DefaultLimits()
	file := strings.Repeat("QUJD", l.Text/4+1)
	for sampled, before := range map[string]string{
		"invoice.xml":     `<cac:AccountingSupplierParty>`,
		"invoice_cii.xml": `<ram:ContractReferencedDocument>`,
	} {
		attached := `<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment>` +
			`<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">` + file +
			`</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>`
		if sampled == "invoice_cii.xml" {
			attached = `<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>A</ram:IssuerAssignedID>` +
				`<ram:AttachmentBinaryObject mimeCode="application/pdf" filename="a.pdf">` + file +
				`</ram:AttachmentBinaryObject></ram:AdditionalReferencedDocument>`
		}
		plain := string(sample(t, "read", sampled))
		if !strings.Contains(plain, before) {
			t.Fatalf("%s has no %s", sampled, before)
		}
		doc, err := parse.Read([]byte(strings.Replace(plain, before, attached+before, 1)))
		if err != nil || len(doc.Flaws) > 0 {
			t.Fatalf("%s with an attached file: %v %v", sampled, err, doc)
		}
	}
}
