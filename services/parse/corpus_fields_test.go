package parse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

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

// compareFields counts the labelled fields of a document that are read equal.
func compareFields(t *testing.T, file string, doc *parse.Document, label fieldsLabel) (equal, compared int) {
	t.Helper()
	f := label.Fields
	check := func(name, got, want string) {
		compared++
		if got == strings.TrimSpace(want) {
			equal++
			return
		}
		t.Logf("%s: %s is %q, labelled %q", file, name, got, want)
	}
	var ibans []string // the label has them sorted, each once, without spaces
	for _, a := range doc.Accounts {
		ibans = append(ibans, strings.ReplaceAll(a.IBAN+a.Number, " ", ""))
	}
	slices.Sort(ibans)
	ibans = slices.Compact(ibans)
	check("number", doc.Number, f.Number)
	check("type", doc.TypeCode, f.Type)
	check("issue date", doc.IssueDate.String(), f.IssueDate[:min(len(f.IssueDate), len("2016-04-04"))])
	check("due date", doc.DueDate.String(), f.DueDate)
	check("seller name", doc.Seller.Name, f.SellerName)
	check("seller vat", doc.Seller.VAT, f.SellerVAT)
	check("buyer name", doc.Buyer.Name, f.BuyerName)
	check("buyer vat", doc.Buyer.VAT, f.BuyerVAT)
	check("order", doc.OrderRef, f.OrderRef)
	check("currency", doc.Currency, f.Currency)
	check("line total", optional(doc.Totals.Lines), number(f.LineTotal))
	check("tax exclusive", optional(doc.Totals.TaxExclusive), number(f.TaxExclusive))
	check("tax inclusive", optional(doc.Totals.TaxInclusive), number(f.TaxInclusive))
	check("prepaid", optional(doc.Totals.Prepaid), number(f.Prepaid))
	check("payable", optional(doc.Totals.Payable), number(f.Payable))
	check("tax", optional(doc.Totals.Tax), number(f.Tax))
	check("ibans", strings.Join(ibans, " "), strings.Join(f.IBANs, " "))
	check("lines", decimal.NewFromInt(int64(len(doc.Lines))).String(),
		decimal.NewFromInt(int64(f.Lines)).String())
	return equal, compared
}
