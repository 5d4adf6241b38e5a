package parse_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse"
)

// wantedShare is the part, in per cent, of the labelled fields that must be read right.
const wantedShare = 99

// tally counts, of each field, how many documents were read as labelled.
type tally struct {
	names         []string
	passed, total map[string]int
}

func (c *tally) count(name string, equal bool) {
	if c.total == nil {
		c.passed, c.total = map[string]int{}, map[string]int{}
	}
	if c.total[name] == 0 {
		c.names = append(c.names, name)
	}
	c.total[name]++
	if equal {
		c.passed[name]++
	}
}

// report prints the counts and fails below the wanted share.
func (c *tally) report(t *testing.T) {
	t.Helper()
	passed, total := 0, 0
	for _, name := range c.names {
		t.Logf("%-14s %4d / %d", name, c.passed[name], c.total[name])
		passed, total = passed+c.passed[name], total+c.total[name]
	}
	t.Logf("%-14s %4d / %d", "all", passed, total)
	if total == 0 || passed*100 < total*wantedShare {
		t.Errorf("%d of %d fields are as labelled, want at least %d per cent", passed, total, wantedShare)
	}
}

func TestReadGetsTheLabelledFieldsOfTheCorpusRight(t *testing.T) {
	dir := corpus.Dir(t)
	processable := map[string]bool{}
	for _, l := range labels[fullLabel](t, dir, "full-documents.jsonl") {
		processable[l.File] = l.Status == "clean" || l.Status == "violates"
	}
	for _, syntax := range []string{"ubl", "cii"} {
		t.Run(syntax, func(t *testing.T) {
			counts := tally{}
			for _, l := range labels[fieldsLabel](t, dir, "fields.jsonl") {
				if l.Syntax != syntax || !processable[l.File] {
					continue
				}
				b, err := os.ReadFile(filepath.Join(dir, l.File))
				if err != nil {
					t.Fatal(err)
				}
				doc, err := parse.Read(b)
				if err != nil {
					t.Logf("%s: %v", l.File, err)
					doc = &parse.Document{}
				}
				compareFields(t, l, doc, &counts)
			}
			counts.report(t)
		})
	}
}

// number writes a decimal text the way decimal.Decimal does, so that 95.00 equals 95.
func number(s string) string {
	d, err := decimal.NewFromString(strings.TrimSpace(s))
	if err != nil {
		return s
	}
	return d.String()
}

func optional(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// accountsOf are the accounts of a document, sorted, each once, without spaces.
func accountsOf(doc *parse.Document) string {
	var all []string
	for _, a := range doc.Accounts {
		all = append(all, strings.ReplaceAll(a.IBAN+a.Number, " ", ""))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// keyFields are the fields of a document that the corpus labels, by name.
func keyFields(doc *parse.Document) map[string]string {
	return map[string]string{
		"number": doc.Number, "type": doc.TypeCode, "issue date": doc.IssueDate.String(),
		"due date": doc.DueDate.String(), "seller name": doc.Seller.Name, "seller vat": doc.Seller.VAT,
		"buyer name": doc.Buyer.Name, "buyer vat": doc.Buyer.VAT, "order": doc.OrderRef,
		"currency": doc.Currency, "line total": optional(doc.Totals.Lines),
		"tax exclusive": optional(doc.Totals.TaxExclusive), "tax": optional(doc.Totals.Tax),
		"tax inclusive": optional(doc.Totals.TaxInclusive), "prepaid": optional(doc.Totals.Prepaid),
		"payable": optional(doc.Totals.Payable), "ibans": accountsOf(doc),
		"lines": strconv.Itoa(len(doc.Lines)),
	}
}

// compareFields counts the labelled fields of a document that are read equal.
func compareFields(t *testing.T, label fieldsLabel, doc *parse.Document, counts *tally) {
	t.Helper()
	f := label.Fields
	want := map[string]string{
		"number": f.Number, "type": f.Type, "issue date": f.IssueDate[:min(len(f.IssueDate), len("2016-04-04"))],
		"due date": f.DueDate, "seller name": f.SellerName, "seller vat": f.SellerVAT,
		"buyer name": f.BuyerName, "buyer vat": f.BuyerVAT, "order": f.OrderRef, "currency": f.Currency,
		"line total": number(f.LineTotal), "tax exclusive": number(f.TaxExclusive), "tax": number(f.Tax),
		"tax inclusive": number(f.TaxInclusive), "prepaid": number(f.Prepaid), "payable": number(f.Payable),
		"ibans": strings.Join(f.IBANs, " "), "lines": strconv.Itoa(f.Lines),
	}
	for name, got := range keyFields(doc) {
		equal := got == strings.TrimSpace(want[name])
		counts.count(name, equal)
		if !equal {
			t.Logf("%s: %s is %q, labelled %q", label.File, name, got, want[name])
		}
	}
}
