package check_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

func day(t testing.TB, s string) money.Date {
	t.Helper()
	d, err := money.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dec(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

const today = "2026-03-20"

// goodInvoice has no finding: 1,200 housings at CNY 1,480 with 13 % tax, one allowance and
// one charge.
func goodInvoice(t testing.TB) *parse.Document {
	t.Helper()
	return &parse.Document{
		Kind: parse.Invoice, Number: "LQ-1", Currency: "CNY",
		IssueDate: day(t, "2026-03-01"), DueDate: day(t, "2026-05-30"), DeliveryDate: day(t, "2026-02-26"),
		Seller: parse.Party{Name: "Ningbo Lanqiao Castings", Country: "CN"},
		Buyer:  parse.Party{Name: "Cangning Equipment", Country: "CN"},
		Lines: []parse.Line{{
			ID: "1", Quantity: dec("1200"), Unit: "H87", UnitPrice: dec("148000"), PriceBase: dec("100"),
			Net: dec("1776090.00"), Allowances: dec("10"), Charges: dec("100"),
			TaxCategory: "S", TaxPercent: dec("13"),
		}},
		Adjustments: []parse.Adjustment{
			{Amount: dec("190.00"), TaxCategory: "S", TaxPercent: dec("13.0")},
			{Charge: true, Amount: dec("100.00"), TaxCategory: "S", TaxPercent: dec("13")},
		},
		Taxes: []parse.Tax{
			{Category: "S", Percent: dec("13.00"), Base: dec("1776000.00"), Amount: dec("230880.00")},
		},
		Totals: parse.Totals{
			Lines: dec("1776090.00"), Allowances: dec("190.00"), Charges: dec("100.00"),
			TaxExclusive: dec("1776000.00"), Tax: dec("230880.00"), TaxInclusive: dec("2006880.00"),
			Prepaid: dec("6880.40"), Rounding: dec("0.40"), Payable: dec("2000000.00"),
		},
		Places: map[string]parse.Place{"totals.payable": {Path: "/Invoice/pay", Offset: 7, Length: 10}},
	}
}

// rules are the ids of the findings of a document, each once and sorted.
func rules(t testing.TB, doc *parse.Document) []string {
	t.Helper()
	var ids []string
	for _, f := range check.Document(doc, day(t, today)) {
		ids = append(ids, f.Rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestDocumentFindsNothingInAGoodInvoice(t *testing.T) {
	if got := check.Document(goodInvoice(t), day(t, today)); len(got) > 0 {
		t.Errorf("findings are %+v", got)
	}
}

// faulty is a change to the good invoice and the rules that it breaks.
type faulty struct {
	change func(d *parse.Document)
	want   []string
}

func wantRules(t *testing.T, cases map[string]faulty) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := goodInvoice(t)
			c.change(doc)
			if got := rules(t, doc); !slices.Equal(got, c.want) {
				t.Errorf("rules are %v, want %v", got, c.want)
			}
		})
	}
}

func TestDocumentFindsMissingContentAndWrongSums(t *testing.T) {
	wantRules(t, map[string]faulty{
		"a value that was not read": {func(d *parse.Document) {
			d.Flaws = []parse.Fault{{Code: source.CodeValue, Path: "/x", Message: "wrong"}}
		}, []string{source.CodeValue}},
		"no number": {func(d *parse.Document) { d.Number = "" }, []string{"CS-MC-02"}},
		"no seller": {func(d *parse.Document) {
			d.Seller = parse.Party{}
		}, []string{"CS-MC-02"}},
		"no unit": {func(d *parse.Document) {
			d.Lines[0].Unit = ""
		}, []string{"CS-MC-04"}},
		"line two cents off": {func(d *parse.Document) {
			d.Lines[0].Charges = dec("100.02")
		}, []string{"CS-AR-01"}},
		"line one cent off": {func(d *parse.Document) {
			d.Lines[0].Charges = dec("100.01")
		}, nil},
		"price for nothing": {func(d *parse.Document) {
			d.Lines[0].PriceBase = dec("0")
		}, []string{"CS-AR-02"}},
		"sum of lines": {func(d *parse.Document) {
			d.Totals.Lines = dec("1776090.01")
		}, []string{"CS-AR-03", "CS-AR-06"}},
		"sum of allowances": {func(d *parse.Document) {
			d.Totals.Allowances = dec("190.01")
		}, []string{"CS-AR-04", "CS-AR-06"}},
		"sum of charges": {func(d *parse.Document) {
			d.Totals.Charges = dec("99.99")
		}, []string{"CS-AR-05", "CS-AR-06"}},
		"amount without tax": {func(d *parse.Document) {
			d.Totals.TaxExclusive = dec("1776001")
		}, []string{"CS-AR-06", "CS-AR-09"}},
		"tax of a row": {func(d *parse.Document) {
			d.Taxes[0].Amount = dec("230881")
		}, []string{"CS-AR-07", "CS-AR-08"}},
		"tax of a row in tolerance": {func(d *parse.Document) {
			d.Taxes[0].Amount = dec("230880.99")
		}, []string{"CS-AR-08"}},
		"sum of tax": {func(d *parse.Document) {
			d.Totals.Tax = dec("230880.01")
		}, []string{"CS-AR-08", "CS-AR-09"}},
		"amount with tax": {func(d *parse.Document) {
			d.Totals.TaxInclusive = dec("2006880.01")
		}, []string{"CS-AR-09", "CS-AR-10"}},
		"payable": {func(d *parse.Document) {
			d.Totals.Payable = dec("2000000.01")
		}, []string{"CS-AR-10"}},
		"negative payable": {func(d *parse.Document) {
			d.Totals.Payable = dec("-1")
		}, []string{"CS-AR-10", "CS-AR-11"}},
		"base of a row": {func(d *parse.Document) {
			d.Lines[0].TaxPercent = dec("9")
		}, []string{"CS-AR-12"}},
		"packages": {func(d *parse.Document) {
			d.Lines[0].Packages, d.Lines[0].PerPackage = dec("119"), dec("10")
			d.Totals.Packages, d.Totals.GrossKG, d.Lines[0].GrossKG = dec("120"), dec("8400"), dec("7350")
		}, []string{"CS-AR-13", "CS-AR-14", "CS-AR-15"}},
	})
}

func TestDocumentFindsWrongDatesIdentifiersAndTexts(t *testing.T) {
	wantRules(t, map[string]faulty{
		"issued tomorrow": {func(d *parse.Document) { d.IssueDate = day(t, "2026-03-21") }, nil},
		"issued in two days": {func(d *parse.Document) {
			d.IssueDate = day(t, "2026-03-22")
		}, []string{"CS-DT-02"}},
		"issued far ahead": {func(d *parse.Document) {
			d.IssueDate = day(t, "2026-04-20")
		}, []string{"CS-DT-01"}},
		"due before issue": {func(d *parse.Document) {
			d.DueDate = day(t, "2026-02-28")
		}, []string{"CS-DT-03"}},
		"due in three years": {func(d *parse.Document) {
			d.DueDate = day(t, "2029-03-01")
		}, []string{"CS-DT-04"}},
		"delivered long ago": {func(d *parse.Document) {
			d.DeliveryDate = day(t, "2024-03-01")
		}, []string{"CS-DT-05"}},
		"unknown currency": {func(d *parse.Document) { d.Currency = "XQX" }, []string{"CS-ID-01"}},
		"LEI": {func(d *parse.Document) {
			d.Buyer.LEI = "5493001BD9HCE74UH412"
		}, []string{"CS-ID-02"}},
		"GLN": {func(d *parse.Document) {
			d.Buyer.GLN = "9520000100008"
		}, []string{"CS-ID-03"}},
		"VAT number": {func(d *parse.Document) {
			d.Seller.VAT = "DE12345678"
		}, []string{"CS-ID-04"}},
		"VAT number from outside": {func(d *parse.Document) { d.Seller.VAT = "NO123456785MVA" }, nil},
		"USCC": {func(d *parse.Document) {
			d.Seller.RegistrationID = "91310112087994932G"
		}, []string{"CS-ID-05"}},
		"IBAN and BIC": {func(d *parse.Document) {
			d.Accounts = []parse.Account{{IBAN: "DE89370400440532013001", BIC: "COBADEF"}}
		}, []string{"CS-ID-06", "CS-ID-07"}},
		"hidden characters": {func(d *parse.Document) {
			d.Seller.Name = "Lanqiao\u202e gnitsaC"
		}, []string{"CS-TX-01"}},
		"control character": {func(d *parse.Document) {
			d.Lines[0].Name = "Housing\u0007"
		}, []string{"CS-TX-01"}},
		"letters of two scripts": {func(d *parse.Document) {
			d.Seller.Name = "L\u0430nqiao Casting" // its second letter is Cyrillic
		}, []string{"CS-TX-02"}},
		"a number with a letter of another script": {func(d *parse.Document) {
			d.Number = "\u0391B-17" // a Greek capital Alpha
		}, []string{"CS-TX-02"}},
		"scripts in words of their own": {func(d *parse.Document) {
			d.Seller.Name = "Lanqiao Ланьцяо 兰桥 Ελλάς"
			d.Lines[0].Name = "Resistor 4.7 kΩ 10 μm"
		}, nil},
	})
}

// A paper could hide what is fatal behind a thousand warnings.
func TestManyWarningsHideNothingFatal(t *testing.T) {
	d := &parse.Document{Kind: parse.Invoice, Totals: parse.Totals{Lines: dec("1"), TaxExclusive: dec("7")}}
	for range 2000 {
		d.Lines = append(d.Lines, parse.Line{
			Name: "a\u202e", Quantity: dec("1"), UnitPrice: dec("2"), Net: dec("3"),
		})
	}
	warnings, sums := 0, 0
	for _, f := range check.Document(d, day(t, "2026-04-01")) {
		if f.Severity == check.Warning {
			warnings++
		}
		if f.Rule == "CS-AR-03" || f.Rule == "CS-AR-06" {
			sums++
		}
	}
	if warnings < 50 || warnings > 500 || sums != 2 {
		t.Errorf("%d warnings, %d findings of the sums", warnings, sums)
	}
}

func TestFindingRepeatsOnlySoMuchOfTheDocument(t *testing.T) {
	doc := &parse.Document{Kind: parse.Invoice, Number: strings.Repeat("\u4e2d", 300_000) + "\u202e"}
	for _, f := range check.Document(doc, day(t, "2026-04-01")) {
		if len(f.Claimed) > 500 || !utf8.ValidString(f.Claimed) {
			t.Errorf("%s repeats %d bytes", f.Rule, len(f.Claimed))
		}
	}
}

func TestDocumentFindsTheFaultsOfTransportAndStorage(t *testing.T) {
	no := false
	bill := &parse.Document{
		Kind: parse.BillOfLading, Number: "B", IssueDate: day(t, "2026-03-01"),
		Carrier: parse.Party{Name: "C"}, Seller: parse.Party{Name: "S"},
		Transport: parse.Transport{
			Type: "to_order", IMO: "9074728", PortOfLoading: "Hamburg", PortOfDischarge: "NOLAR",
			ShippedOnBoard: day(t, "2026-03-02"),
		},
		Lines: []parse.Line{{Packages: dec("1"), Containers: []string{"CSQU3054384"}, GTIN: "7501031311308"}},
	}
	want := []string{"CS-DT-07", "CS-ID-08", "CS-ID-09", "CS-ID-10", "CS-ID-11"}
	if got := rules(t, bill); !slices.Equal(got, want) {
		t.Errorf("rules of the bill are %v, want %v", got, want)
	}
	receipt := &parse.Document{
		Kind: parse.WarehouseReceipt, Number: "W",
		IssueDate: day(t, "2026-03-01"), DeliveryDate: day(t, "2026-03-02"),
		Warehouse: parse.Party{Name: "W"}, Seller: parse.Party{Name: "S"},
		Lines: []parse.Line{{Quantity: dec("1"), Unit: "H87"}},
		Storage: parse.Storage{
			Insured: &no, Until: day(t, "2026-03-01"), InsuredUntil: day(t, "2026-03-19"),
		},
	}
	want = []string{"CS-DT-06", "CS-DT-08", "CS-DT-09"}
	if got := rules(t, receipt); !slices.Equal(got, want) {
		t.Errorf("rules of the receipt are %v, want %v", got, want)
	}
}

func TestDocumentSaysThatAKeptPDFIsNotKnownYet(t *testing.T) {
	got := check.Document(&parse.Document{Kind: parse.Other, Syntax: "pdf"}, day(t, today))
	if len(got) != 1 || got[0].Rule != "CS-MC-01" || check.Violates(got) {
		t.Errorf("findings are %+v", got)
	}
}

func TestFindingPointsAtItsPlaceWithBothAmounts(t *testing.T) {
	doc := goodInvoice(t)
	doc.Totals.Payable = dec("2000000.01")
	got := check.Document(doc, day(t, today))
	want := check.Finding{
		Rule: "CS-AR-10", Severity: check.Fatal,
		Field: "totals.payable", Path: "/Invoice/pay", Offset: 7, Length: 10,
		Claimed: "2000000.01", Computed: "2000000",
	}
	if len(got) != 1 {
		t.Fatalf("findings are %+v", got)
	}
	if got[0].Message == "" || got[0].Advice == "" {
		t.Error("the finding does not say what is wrong and what to do")
	}
	got[0].Message, got[0].Advice = "", ""
	if got[0] != want {
		t.Errorf("the finding is %+v, want %+v", got[0], want)
	}
}

func TestDocumentRoundsToTheMinorUnitOfTheCurrency(t *testing.T) {
	line := func(currency, net string) *parse.Document {
		doc := goodInvoice(t)
		doc.Currency, doc.Adjustments, doc.Taxes, doc.Totals = currency, nil, nil, parse.Totals{Payable: dec(net)}
		doc.Lines = []parse.Line{{ID: "1", Quantity: dec("3"), Unit: "H87", UnitPrice: dec("0.5"), Net: dec(net)}}
		return doc
	}
	for _, c := range []struct {
		currency, net string
		want          []string
	}{
		{"JPY", "2", nil},
		{"JPY", "3", nil},
		{"JPY", "4", []string{"CS-AR-01"}},
		{"EUR", "1.50", nil},
		{"EUR", "1.52", []string{"CS-AR-01"}},
	} {
		if got := rules(t, line(c.currency, c.net)); !slices.Equal(got, c.want) {
			t.Errorf("%s %s: rules are %v, want %v", c.currency, c.net, got, c.want)
		}
	}
}
