package en16931

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// sharedRules is how many rules the artefacts of UBL and of CII have in common.
const sharedRules = 223

func TestRulesListsEveryRuleOnceWithTheOfficialSeverity(t *testing.T) {
	rules := Rules()
	if len(rules) != sharedRules {
		t.Errorf("%d rules, want %d", len(rules), sharedRules)
	}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.ID] {
			t.Errorf("%s is listed twice", r.ID)
		}
		seen[r.ID] = true
		want := Rule{ID: r.ID, Severity: Fatal, InCII: Fatal}
		if r.ID == "BR-51" { // the digits of a card number
			want.Severity = Warning
		}
		if r != want {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
}

// thousandths draws a number of three decimals.
func thousandths(t *rapid.T, label string) (decimal.Decimal, int64) {
	n := rapid.Int64Range(-1e15, 1e15).Draw(t, label)
	return decimal.New(n, -3), n
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func TestRoundingTakesHalfTowardPlusInfinity(t *testing.T) {
	for _, c := range []struct {
		in     string
		places int32
		want   string
	}{
		{"2.5", 0, "3"},
		{"-2.5", 0, "-2"},
		{"-2.51", 0, "-3"},
		{"0.005", 2, "0.01"},
		{"-0.005", 2, "0"},
		{"1.005", 2, "1.01"},
		{"-1.005", 2, "-1"},
		{"12.3", 2, "12.3"},
	} {
		if got := round(decimal.RequireFromString(c.in), c.places); !got.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("round(%s, %d) = %s, want %s", c.in, c.places, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := thousandths(t, "n")
		if got, want := round(d, cents), decimal.New(floorDiv(n+5, 10), -cents); !got.Equal(want) {
			t.Fatalf("round(%s) = %s, want %s", d, got, want)
		}
	})
}

func TestRoundingIsMonotonicAndMovesByAtMostHalfACent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, _ := thousandths(t, "a")
		b, _ := thousandths(t, "b")
		if a.Cmp(b) <= 0 && round(a, cents).Cmp(round(b, cents)) > 0 {
			t.Fatalf("%s ≤ %s, but %s > %s", a, b, round(a, cents), round(b, cents))
		}
		moved := round(a, cents).Sub(a)
		if half := decimal.New(5, -3); moved.Cmp(half) > 0 || moved.Cmp(half.Neg()) <= 0 {
			t.Fatalf("round(%s) moves by %s", a, moved)
		}
	})
}

func TestToleranceIsLessThanOneUnitOnBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, n := thousandths(t, "a")
		b, m := thousandths(t, "b")
		apart := n - m
		if got, want := near(a, b), apart > -1000 && apart < 1000; got != want {
			t.Fatalf("near(%s, %s) is %v", a, b, got)
		}
		if got, want := nearOrOne(a, b), apart >= -1000 && apart <= 1000; got != want {
			t.Fatalf("nearOrOne(%s, %s) is %v", a, b, got)
		}
	})
}

func TestTaxIsExactWhateverTheSignOfItsBase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.Int64Range(-1e9, 1e9).Draw(t, "cents")
		rate := rapid.Int64Range(0, 3000).Draw(t, "hundredths of a per cent")
		absolute := base
		if base < 0 {
			absolute = -base
		}
		want := decimal.New(floorDiv(absolute*rate+5000, 10000), -cents)
		if got := taxOn(decimal.New(base, -cents), decimal.New(rate, -2)); !got.Equal(want) {
			t.Fatalf("tax on %d cents at %d is %s, want %s", base, rate, got, want)
		}
	})
}

// invoice binds a fragment of UBL.
func invoice(t testing.TB, content string) *semantic.Invoice {
	t.Helper()
	const components = "urn:oasis:names:specification:ubl:schema:xsd:Common"
	tree, f := xmltree.Parse([]byte(`<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"`+
		` xmlns:cac="`+components+`AggregateComponents-2" xmlns:cbc="`+components+`BasicComponents-2">`+
		content+`</Invoice>`), xmltree.Options{
		Limits: source.DefaultLimits(), Known: func(string) bool { return true },
	})
	if f != nil {
		t.Fatal(f)
	}
	return semantic.FromUBL(tree)
}

// breachesOf are the findings of one rule.
func breachesOf(inv *semantic.Invoice, rule string) []Finding {
	return slices.DeleteFunc(Check(inv), func(f Finding) bool { return f.Rule != rule })
}

func TestAnAbsentGroupBreaksNoRuleOfItsTerms(t *testing.T) {
	for _, f := range Check(invoice(t, "")) {
		switch f.Rule {
		case "BR-01", "BR-02", "BR-03", "BR-04", "BR-05", "BR-06", "BR-07", "BR-08", "BR-10", "BR-16", "BR-CO-18":
			if f.At.Place().Path != "/Invoice" {
				t.Errorf("%s stands at %s", f.Rule, f.At.Place().Path)
			}
		default:
			t.Errorf("an empty invoice breaks %s", f.Rule)
		}
	}
}

func TestAFindingPointsToTheTermOrToTheGroupThatLacksIt(t *testing.T) {
	inv := invoice(t, `<cac:InvoiceLine/><cac:InvoiceLine><cbc:ID> </cbc:ID></cac:InvoiceLine>`)
	got := breachesOf(inv, "BR-21")
	if len(got) != 2 || got[0].At.Place().Path != "/Invoice/cac:InvoiceLine[1]" ||
		got[1].At.Place().Path != "/Invoice/cac:InvoiceLine[2]/cbc:ID" {
		t.Errorf("findings are %+v", got)
	}
}

func TestAWrongSumSaysWhatItShouldBe(t *testing.T) {
	inv := invoice(t, `<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>10.00</cbc:LineExtensionAmount>`+
		`</cac:LegalMonetaryTotal><cac:InvoiceLine><cbc:LineExtensionAmount>9.995</cbc:LineExtensionAmount>`+
		`</cac:InvoiceLine><cac:InvoiceLine><cbc:LineExtensionAmount>0.02</cbc:LineExtensionAmount>`+
		`</cac:InvoiceLine>`)
	got := breachesOf(inv, "BR-CO-10")
	if len(got) != 1 || got[0].Claimed != "10.00" || got[0].Computed != "10.02" {
		t.Errorf("findings are %+v", got)
	}
}

func TestASumOverWhatIsNoNumberSaysNothing(t *testing.T) {
	inv := invoice(t, `<cac:LegalMonetaryTotal><cbc:LineExtensionAmount>10.00</cbc:LineExtensionAmount>`+
		`</cac:LegalMonetaryTotal><cac:InvoiceLine><cbc:LineExtensionAmount>ten</cbc:LineExtensionAmount>`+
		`</cac:InvoiceLine>`)
	if got := breachesOf(inv, "BR-CO-10"); len(got) > 0 {
		t.Errorf("findings are %+v", got)
	}
	if len(inv.Flaws) != 1 || inv.Flaws[0].Code != source.CodeValue {
		t.Errorf("flaws are %+v", inv.Flaws)
	}
}

func TestACardNumberIsNeverRepeated(t *testing.T) {
	inv := invoice(t, `<cac:PaymentMeans><cac:CardAccount><cbc:PrimaryAccountNumberID>4111111111111111`+
		`</cbc:PrimaryAccountNumberID></cac:CardAccount></cac:PaymentMeans>`)
	got := breachesOf(inv, "BR-51")
	if len(got) != 1 || got[0].Severity != Warning || got[0].Claimed != "" {
		t.Errorf("findings are %+v", got)
	}
}

func TestARuleThatIsBrokenEverywhereHidesNoOther(t *testing.T) {
	inv := invoice(t, strings.Repeat("<cac:InvoiceLine/>", 1000)+
		`<cbc:DocumentCurrencyCode>XEU</cbc:DocumentCurrencyCode>`)
	if got := len(breachesOf(inv, "BR-21")); got != maxPlaces {
		t.Errorf("%d findings of a rule, want %d", got, maxPlaces)
	}
	if got := len(breachesOf(inv, "BR-CL-04")); got != 1 {
		t.Errorf("%d findings of the last rule, want 1", got)
	}
}

func TestTheSameInvoiceGivesTheSameFindings(t *testing.T) {
	content := `<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>` +
		`<cac:TaxCategory><cbc:ID>K</cbc:ID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>` +
		`</cac:TaxCategory></cac:AllowanceCharge>` +
		`<cac:InvoiceLine><cac:Item><cac:ClassifiedTaxCategory><cbc:ID>AE</cbc:ID>` +
		`<cac:TaxScheme><cbc:ID>vat</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>` +
		`</cac:InvoiceLine>`
	ids := func() (list []string) {
		for _, f := range Check(invoice(t, content)) {
			list = append(list, f.Rule)
		}
		return list
	}
	want := ids()
	for range 20 {
		if got := ids(); !slices.Equal(got, want) {
			t.Fatalf("%v, then %v", want, got)
		}
	}
}
