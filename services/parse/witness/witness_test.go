package witness_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/parse/witness"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "read", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The two samples are one invoice.
func TestWitnessReadsOneInvoiceInEitherSyntax(t *testing.T) {
	want := witness.Reading{
		"type_code": "380", "number": "TG-881", "issue_date": "2026-03-01", "order_ref": "HV-ORD-31",
		"currency": "EUR", "totals.payable": "1100",
		"seller.name": "Talbruck Glaswerke GmbH", "seller.vat": "DE990417263",
		"seller.registration_id": "HRB 41172",
		"buyer.name":             "Hollevik Vinduer AS",
		"buyer.vat":              "DK99141735", "buyer.registration_id": "99141735",
	}
	ubl, ok := witness.UBL(sample(t, "invoice.xml"))
	if !ok || !maps.Equal(ubl, want) {
		t.Errorf("in UBL %v, want %v", ubl, want)
	}
	cii, ok := witness.CII(sample(t, "invoice_cii.xml"))
	if !ok || !maps.Equal(cii, want) {
		t.Errorf("in CII %v, want %v", cii, want)
	}
}

func TestWitnessReadsEscapesOfJSON(t *testing.T) {
	got, ok := witness.JSON([]byte(`{"n\u0075mber":"\u00e9\ud83d\ude00\n\"","seller":{"name":"A"},` +
		`"lines":[{"lot":"L"},{"lot":null}],"totals":{"payable":"+0012.50"}}`))
	want := witness.Reading{
		"number": "\u00e9\U0001F600\n\"", "seller.name": "A", "lines[0].lot": "L", "totals.payable": "12.5",
	}
	if !ok || !maps.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

func TestWitnessBreaksOffInWhatNoGuardLetsThrough(t *testing.T) {
	for _, b := range []string{
		"<a", "<a>", "<a></a></a>", "<!-- ", "<![CDATA[", "<?x", "<!DOCTYPE a><a/>", "<a>&x;</a>",
	} {
		if _, ok := witness.UBL([]byte(b)); ok {
			t.Errorf("%s is read", b)
		}
	}
	for _, b := range []string{"", "{", `{"a"`, `{"a":`, `{"a":"`, `{"a":"\u00`, `["`, "[1"} {
		if _, ok := witness.JSON([]byte(b)); ok {
			t.Errorf("%s is read", b)
		}
	}
}

// book is a small workbook with a text, a number, a day and a percentage.
func book(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{
		"A1": "invoice_number", "B1": "total_payable", "C1": "issue_date", "D1": "buyer_name",
		"A2": "LQ-1", "B2": 1100.10, "C2": 46101, "D2": 0.5, "A4": "LQ-1", "A5": "LQ-2",
	} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for cell, format := range map[string]int{"C2": 14, "D2": 9} {
		style, err := f.NewStyle(&excelize.Style{NumFmt: format})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWitnessReadsTheRowsOfASheet(t *testing.T) {
	want := []witness.Reading{
		{"number": "LQ-1", "totals.payable": "1100.1", "issue_date": "2026-03-20", "buyer.name": "50%"},
		{"number": "LQ-2"},
	}
	got, ok := witness.Rows(book(t))
	if !ok || !slices.EqualFunc(got, want, maps.Equal) {
		t.Errorf("of XLSX %v, want %v", got, want)
	}
	got, ok = witness.Rows([]byte("\xEF\xBB\xBF\"Invoice Number\";buyer_name;total_payable;issue_date\r\n" +
		"# a comment\nLQ-1;50%;+1100.10;2026-03-20\nLQ-1\n\n LQ-2 "))
	if !ok || !slices.EqualFunc(got, want, maps.Equal) {
		t.Errorf("of CSV %v, want %v", got, want)
	}
}

func TestWitnessBreaksOffInABrokenSheet(t *testing.T) {
	sheet := book(t)
	for name, b := range map[string][]byte{
		"half an archive": sheet[:len(sheet)/2], "its list alone": sheet[bytes.Index(sheet, []byte("PK\x01\x02")):],
		"a quote in a text": []byte("invoice_number\nA\"B"), "an open quote": []byte("invoice_number\n\"A"),
		"no number": []byte("currency\nEUR"),
	} {
		if got, ok := witness.Rows(b); ok {
			t.Errorf("%s is read as %v", name, got)
		}
	}
}

// FuzzWitness holds the second reader to ending, and without a panic, on any bytes.
func FuzzWitness(f *testing.F) {
	for _, name := range []string{"invoice.xml", "invoice_cii.xml", "bill_of_lading.json"} {
		f.Add(sample(f, name))
	}
	f.Add([]byte("sep=;\ninvoice_number;total_payable\n\"A\"\"1\";+01.50\r\n"))
	f.Add(book(f))
	f.Fuzz(func(_ *testing.T, b []byte) {
		witness.UBL(b)
		witness.CII(b)
		witness.JSON(b)
		witness.DCSA(b, "document")
		witness.Wrapped(b, true, witness.FormInvoice)
		witness.Rows(b)
	})
}

// BenchmarkWitness compares the second reading with what encoding/xml takes to show the tokens.
func BenchmarkWitness(b *testing.B) {
	raw := sample(b, "invoice_cii.xml")
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				}
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			witness.CII(raw)
		}
	})
}
