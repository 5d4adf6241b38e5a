package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

// known is one right number of each kind.
func known() map[string]struct {
	number string
	valid  func(string) bool
} {
	type kind = struct {
		number string
		valid  func(string) bool
	}
	return map[string]kind{
		"LEI":       {"5493001BD9HCE74UH411", check.ValidLEI},
		"IBAN":      {"DE89370400440532013000", check.ValidIBAN},
		"container": {"CSQU3054383", check.ValidContainer},
		"IMO":       {"9074729", check.ValidIMO},
		"USCC":      {"91310112087994932F", check.ValidUSCC},
		"GTIN":      {"7501031311309", check.ValidGS1},
	}
}

func TestIdentifiersCatchEveryWrongDigit(t *testing.T) {
	for name, k := range known() {
		if !k.valid(k.number) {
			t.Errorf("%s %s is right and was refused", name, k.number)
		}
		missed := 0
		for i := range k.number {
			for digit := '0'; digit <= '9'; digit++ {
				wrong := k.number[:i] + string(digit) + k.number[i+1:]
				if k.number[i] < '0' || k.number[i] > '9' || wrong == k.number || !k.valid(wrong) {
					continue
				}
				missed++
			}
		}
		// Of the IMO weights 6, 5, 4 and 2 share a factor with 10, so that seven wrong digits pass.
		if want := map[string]int{"IMO": 7}[name]; missed != want {
			t.Errorf("%s: %d wrong digits pass, want %d", name, missed, want)
		}
	}
}

func TestIdentifiersRefuseTheWrongLength(t *testing.T) {
	for name, k := range known() {
		for _, wrong := range []string{"", k.number[1:], k.number + "0", strings.Repeat("0", 200)} {
			if k.valid(wrong) {
				t.Errorf("%s: %q was taken", name, wrong)
			}
		}
	}
}

func TestIdentifiersTakePeoplesSpelling(t *testing.T) {
	for _, c := range []struct {
		number string
		valid  func(string) bool
		want   bool
	}{
		{"DE89 3704 0044 0532 0130 00", check.ValidIBAN, true},
		{"mc1112739000700011111000h79", check.ValidIBAN, true},
		{"ES2121000418450200051331", check.ValidIBAN, false}, // right by ISO, wrong in Spain
		{"ZZ89370400440532013000", check.ValidIBAN, false},
		{"CSQU 305438-3", check.ValidContainer, true},
		{"IMO 9074729", check.ValidIMO, true},
		{"COBADEFF", check.ValidBIC, true},
		{"COBADEFFXXX", check.ValidBIC, true},
		{"COBAQQFF", check.ValidBIC, false},
		{"cobadeff", check.ValidBIC, false},
		{"CNNGB", check.ValidLOCODEShape, true},
		{"CNNG1", check.ValidLOCODEShape, false},
		{"Ningbo", check.ValidLOCODEShape, false},
		{"NL 009122746B01", check.ValidEUVATShape, true},
		{"US123456789", check.ValidEUVATShape, false},
	} {
		if got := c.valid(c.number); got != c.want {
			t.Errorf("%q is taken as %v, want %v", c.number, got, c.want)
		}
	}
}

// longestIdentifier is the length of the longest, an IBAN.
const longestIdentifier = 34

func FuzzIdentifiers(f *testing.F) {
	for _, k := range known() {
		f.Add(k.number)
	}
	f.Add("ES9121000418450200051332")
	f.Add("NL009122746B01")
	f.Fuzz(func(t *testing.T, s string) {
		for name, valid := range map[string]func(string) bool{
			"LEI": check.ValidLEI, "IBAN": check.ValidIBAN, "BIC": check.ValidBIC, "container": check.ValidContainer,
			"IMO": check.ValidIMO, "USCC": check.ValidUSCC, "GS1": check.ValidGS1,
			"VAT": check.ValidEUVATShape, "LOCODE": check.ValidLOCODEShape,
		} {
			if !valid(s) {
				continue
			}
			bare := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" .-,():/", r) })
			if len(strings.Join(bare, "")) > longestIdentifier {
				t.Fatalf("%q of %d characters is taken as %s", s, len(bare), name)
			}
		}
	})
}

// An invoice whose sums are made of its lines has no finding; any one of its totals moved by
// a minor unit has a fatal one.
func TestDocumentAgreesWithEveryConsistentInvoiceAndWithNoneMovedByACent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		doc := goodInvoice(t)
		doc.Lines, doc.Adjustments, doc.Totals = nil, nil, parse.Totals{}
		sum := decimal.Zero
		for i := range rapid.IntRange(1, 20).Draw(r, "lines") {
			quantity := decimal.New(rapid.Int64Range(1, 1e9).Draw(r, "quantity"), -3)
			price := decimal.New(rapid.Int64Range(0, 1e9).Draw(r, "price"), -4)
			net := quantity.Mul(price).Round(2)
			sum = sum.Add(net)
			doc.Lines = append(doc.Lines, parse.Line{
				ID: fmt.Sprint(i + 1), Quantity: &quantity, Unit: "KGM", UnitPrice: &price, Net: &net,
				TaxCategory: "S", TaxPercent: dec("19"),
			})
		}
		tax := sum.Mul(decimal.New(19, -2)).Round(2)
		gross := sum.Add(tax)
		doc.Taxes = []parse.Tax{{Category: "S", Percent: dec("19"), Base: &sum, Amount: &tax}}
		doc.Totals = parse.Totals{
			Lines: &sum, TaxExclusive: &sum, Tax: &tax, TaxInclusive: &gross, Payable: &gross,
		}
		if got := check.Document(doc, day(t, today)); len(got) > 0 {
			r.Fatalf("a consistent invoice has findings %+v", got)
		}
		total := rapid.SampledFrom([]**decimal.Decimal{
			&doc.Totals.Lines, &doc.Totals.TaxExclusive, &doc.Totals.Tax,
			&doc.Totals.TaxInclusive, &doc.Totals.Payable,
		}).Draw(r, "total")
		moved := (*total).Add(decimal.New(rapid.SampledFrom([]int64{-1, 1}).Draw(r, "by"), -2))
		*total = &moved
		if !check.Violates(check.Document(doc, day(t, today))) {
			r.Fatal("a total moved by a cent has no fatal finding")
		}
	})
}
