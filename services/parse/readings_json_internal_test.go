package parse

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/source"
)

// The second reader is held against a first one that has misread one field at a time, or has not
// seen it.
func TestAMessageOrAWrappedDocumentIsReadTwice(t *testing.T) {
	for _, file := range []string{
		"dcsa/transport_document.json", "dcsa/envelope.json", "dcsa/issuance_request.json",
		"wrapped/bill_of_lading.json", "wrapped/invoice.json",
	} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for field, misread := range map[string]func(*Document){
			"number":      func(d *Document) { d.Number += "0" },
			"issue_date":  func(d *Document) { d.IssueDate = d.IssueDate.AddDays(1) },
			"seller.name": func(d *Document) { d.Seller.Name = "" },
			"buyer.lei":   func(d *Document) { d.Buyer.LEI = "9845BRANDLHOFVT04125" },
		} {
			doc, err := Read(b)
			if err != nil || len(doc.Flaws) > 0 {
				t.Fatalf("%s: %v %v", file, err, doc.Flaws)
			}
			misread(doc)
			witnessed(doc, b)
			if !slices.ContainsFunc(doc.Flaws, func(f Fault) bool {
				return f.Code == source.CodeReadings && strings.Contains(f.Message, "field "+field+" ")
			}) {
				t.Errorf("%s: %s misread gives the flaws %v", file, field, doc.Flaws)
			}
		}
	}
}
