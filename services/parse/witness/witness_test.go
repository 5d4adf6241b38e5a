package witness_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

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

// FuzzWitness holds the second reader to ending, and without a panic, on any bytes.
func FuzzWitness(f *testing.F) {
	for _, name := range []string{"invoice.xml", "invoice_cii.xml", "bill_of_lading.json"} {
		f.Add(sample(f, name))
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		witness.UBL(b)
		witness.CII(b)
		witness.JSON(b)
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
