package parse_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
)

// TestLocateFindsWhatEveryPlaceNames: the path of a place alone leads back to its bytes.
func TestLocateFindsWhatEveryPlaceNames(t *testing.T) {
	for _, name := range []string{
		"invoice.xml", "credit_note.xml", "order.xml", "despatch_advice.xml", "receipt_advice.xml",
		"invoice_cii.xml", "bill_of_lading.json", "warehouse_receipt.json",
	} {
		doc := mustRead(t, sample(t, "read", name))
		if len(doc.Places) == 0 {
			t.Errorf("%s has no places", name)
		}
		for key, want := range doc.Places {
			if strings.Contains(want.Path, "/@") {
				want.Length = 0 // the start tag
			}
			if got, ok := doc.Locate(want.Path); !ok || got != want {
				t.Errorf("%s: %s at %s is found at %+v, want %+v", name, key, want.Path, got, want)
			}
		}
	}
}

func TestLocateKnowsNothingOfPathsThatAreNotThere(t *testing.T) {
	doc := mustRead(t, sample(t, "read", "invoice.xml"))
	for _, path := range []string{
		"", "/", "/Order", "/Invoice/cbc:Nothing", "/Invoice/cac:InvoiceLine[99]", "/Invoice/cac:InvoiceLine[x]",
		"/Invoice/cbc:ID[", "page 1", "factur-x.xml", "://",
	} {
		if place, ok := doc.Locate(path); ok {
			t.Errorf("%q is found at %+v", path, place)
		}
	}
	if _, ok := (&parse.Document{}).Locate("/Invoice"); ok {
		t.Error("a document that was not read knows places")
	}
}
