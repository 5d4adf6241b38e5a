package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

// known is one right number of each kind that has one length and a check digit.
func known() map[string]struct {
	number string
	valid  func(string) bool
} {
	type kind = struct {
		number string
		valid  func(string) bool
	}
	return map[string]kind{
		"LEI":         {"5493001BD9HCE74UH411", check.ValidLEI},
		"IBAN":        {"DE89370400440532013000", check.ValidIBAN},
		"container":   {"CSQU3054383", check.ValidContainer},
		"IMO":         {"9074729", check.ValidIMO},
		"IMO company": {"1234565", check.ValidIMOCompany},
		"USCC":        {"91310112087994932F", check.ValidUSCC},
		"GTIN":        {"7501031311309", check.ValidGS1},
		"GLN":         {"4006381333931", check.ValidGLN},
		"SSCC":        {"106141412345678908", check.ValidSSCC},
		"VAT":         {"DE136695976", check.ValidEUVAT},
	}
}

// shaped are the schemes without a check digit, or of many lengths.
func shaped() map[string]func(string) bool {
	return map[string]func(string) bool{
		"BIC": check.ValidBIC, "creditor reference": check.ValidCreditorReference,
		"LOCODE": check.ValidLOCODEShape, "HS": check.ValidHSShape,
		"fapiao number": check.ValidFapiaoNumber, "fapiao code": check.ValidFapiaoCode,
	}
}

func TestIdentifiersTakeOneRightNumberOfEachKind(t *testing.T) {
	for name, k := range known() {
		if !k.valid(k.number) {
			t.Errorf("%s %s is right and was refused", name, k.number)
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
		{"NL 009122746B01", check.ValidEUVAT, true},
		{"US123456789", check.ValidEUVAT, false},
		{"EL 094259216", check.ValidEUVAT, true},
		{"GR094259216", check.ValidEUVAT, true},
		{"EL 94259216", check.ValidEUVAT, true}, // the leading zero is often left out
		{"GBGD001", check.ValidEUVAT, true},
		{"GBHA001", check.ValidEUVAT, false}, // health authorities begin at 500
		{"NL009122746B00", check.ValidEUVAT, false},
		{"RF18 5390 0754 7034", check.ValidCreditorReference, true},
		{"RF19539007547034", check.ValidCreditorReference, false},
		{"RF18", check.ValidCreditorReference, false},
		{"7208.51", check.ValidHSShape, true},
		{"7208 51 20 10", check.ValidHSShape, true},
		{"7208", check.ValidHSShape, false},
		{"770100", check.ValidHSShape, false}, // chapter 77 is kept for later
		{"000100", check.ValidHSShape, false},
		{"980100", check.ValidHSShape, false},
		{"24332000000123456789", check.ValidFapiaoNumber, true},
		{"12345678", check.ValidFapiaoNumber, true},
		{"123456789", check.ValidFapiaoNumber, false},
		{"3302214130", check.ValidFapiaoCode, true},
		{"033022141301", check.ValidFapiaoCode, true},
		{"03302214130", check.ValidFapiaoCode, false},
	} {
		if got := c.valid(c.number); got != c.want {
			t.Errorf("%q is taken as %v, want %v", c.number, got, c.want)
		}
	}
}

func TestDocumentWarnsOfNumbersWithWrongCheckDigits(t *testing.T) {
	doc := goodInvoice(t)
	doc.Seller.VAT = "DE136695977"
	doc.Lines[0].HS = "7208"
	doc.Lines[0].Containers = []string{"CSQU3054384"}
	findings := check.Document(doc, day(t, today))
	got := make([]string, 0, len(findings))
	for _, f := range findings {
		if f.Severity != check.Warning || f.Claimed == "" || f.Advice == "" {
			t.Errorf("%s is %+v", f.Rule, f)
		}
		got = append(got, f.Rule+" "+f.Field)
	}
	want := []string{
		"CS-ID-04 seller.vat", "CS-ID-12 lines[0].hs", "CS-ID-11 lines[0].containers[0]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings are %v, want %v", got, want)
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
	f.Add("RF18539007547034")
	f.Add("7208.51")
	f.Fuzz(func(t *testing.T, s string) {
		all := shaped()
		for name, k := range known() {
			all[name] = k.valid
		}
		for name, valid := range all {
			if !valid(s) {
				continue
			}
			bare := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" .-():/", r) })
			if len(strings.Join(bare, "")) > longestIdentifier {
				t.Fatalf("%q of %d characters is taken as %s", s, len(s), name)
			}
		}
		if check.ValidEUVAT(s) && !check.NamesEUCountry(s) {
			t.Fatalf("%q is a VAT number of no country", s)
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

func TestDocumentWarnsOfAWrongCreditorReference(t *testing.T) {
	const invoice = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ` +
		`xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ` +
		`xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">` +
		`<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>%s</cbc:PaymentID>` +
		`</cac:PaymentMeans></Invoice>`
	for reference, want := range map[string]bool{
		"RF18 5390 0754 7034": false,
		"RF18539007547034":    false,
		"RF19 5390 0754 7034": true,
		"RF19539007547034":    true,
		"RF19 invoices":       false, // words, not a reference
		"Invoice 4711":        false,
		"RF19":                false,
	} {
		doc, err := parse.Read([]byte(fmt.Sprintf(invoice, reference)))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(check.Document(doc, day(t, today)), func(f check.Finding) bool {
			return f.Rule == "CS-ID-13" && f.Severity == check.Warning && f.Length > 0 && f.Advice != ""
		})
		if found != want {
			t.Errorf("%q is warned of: %v, want %v", reference, found, want)
		}
	}
}
