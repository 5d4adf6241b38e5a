package parse

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
)

// The second reader is held against a first one that has misread one field at a time.
func TestADisagreementOfTheTwoReadersIsAFlawThatNamesTheField(t *testing.T) {
	for _, file := range []string{
		"invoice.xml", "invoice_cii.xml", "order.xml", "order_response.xml", "despatch_advice.xml",
		"receipt_advice.xml", "waybill.xml", "bill_of_lading.json",
	} {
		b, err := os.ReadFile("testdata/read/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for field, misread := range map[string]func(*Document){
			"number":                 func(d *Document) { d.Number += "0" },
			"issue_date":             func(d *Document) { d.IssueDate = money.DateOf(time.Unix(0, 0)) },
			"seller.name":            func(d *Document) { d.Seller.Name = strings.ToUpper(d.Seller.Name) + "." },
			"buyer.name":             func(d *Document) { d.Buyer.Name += "." },
			"seller.registration_id": func(d *Document) { d.Seller.RegistrationID = "1" },
		} {
			doc, err := Read(b)
			if err != nil || len(doc.Flaws) > 0 {
				t.Fatalf("%s: %v", file, err)
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
