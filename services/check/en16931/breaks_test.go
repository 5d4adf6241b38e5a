package en16931

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// terms are what the invoice in testdata says in a family of VAT, so that it breaks no rule.
type terms struct {
	code, rate                string // no rate: there is none
	tax, gross, due, accounts string
	reasoned                  bool
}

func termsOf(name string) terms {
	const none = "0.00"
	untaxed := terms{tax: none, gross: "160.00", due: "158.50", accounts: none, rate: "0", reasoned: true}
	switch name {
	case "S":
		return terms{code: "S", rate: "20", tax: "32.00", gross: "192.00", due: "190.50", accounts: "320.00"}
	case "AF":
		return terms{code: "L", rate: "7", tax: "11.20", gross: "171.20", due: "169.70", accounts: "112.00"}
	case "AG":
		return terms{code: "M", rate: "10", tax: "16.00", gross: "176.00", due: "174.50", accounts: "160.00"}
	case "Z":
		untaxed.code, untaxed.reasoned = "Z", false
	case "IC":
		untaxed.code = "K"
	case "O":
		untaxed.code, untaxed.rate = "O", ""
	default:
		untaxed.code = name
	}
	return untaxed
}

// rendered is the whole invoice of a syntax in a family of VAT.
func rendered(t *testing.T, syntax, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "whole_"+syntax+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	text, v := string(b), termsOf(name)
	percent := "<cbc:Percent>" + v.rate + "</cbc:Percent>"
	reason := "<cbc:TaxExemptionReason>Reason</cbc:TaxExemptionReason>"
	registration := `<cac:PartyTaxScheme><cbc:CompanyID>#</cbc:CompanyID>` +
		`<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>`
	representative := `(?s)<cac:TaxRepresentativeParty>.*</cac:TaxRepresentativeParty>`
	if syntax == "cii" {
		percent = "<ram:RateApplicablePercent>" + v.rate + "</ram:RateApplicablePercent>"
		reason = "<ram:ExemptionReason>Reason</ram:ExemptionReason>"
		registration = `<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">#</ram:ID>` +
			`</ram:SpecifiedTaxRegistration>`
		representative = `(?s)<ram:SellerTaxRepresentativeTradeParty>.*</ram:SellerTaxRepresentativeTradeParty>`
	}
	if v.rate == "" {
		percent = ""
	}
	if !v.reasoned {
		reason = ""
	}
	if v.code == notSubject { // nobody has a VAT identifier
		text, registration = regexp.MustCompile(representative).ReplaceAllLiteralString(text, ""), ""
	}
	return strings.NewReplacer(
		"{{category}}", v.code, "{{percent}}", percent, "{{reason}}", reason,
		"{{tax}}", v.tax, "{{gross}}", v.gross, "{{due}}", v.due, "{{accounting_tax}}", v.accounts,
		"{{seller_vat}}", strings.ReplaceAll(registration, "#", "SE556000000101"),
		"{{buyer_vat}}", strings.ReplaceAll(registration, "#", "NO987654321"),
		"{{representative_vat}}", strings.ReplaceAll(registration, "#", "FR12345678901"),
	).Replace(text)
}

// edited applies the edits of a row.
func edited(t *testing.T, text, edits string) string {
	t.Helper()
	for edit := range strings.SplitSeq(edits, " ;; ") {
		if edit == "" {
			continue
		}
		pattern, with, _ := strings.Cut(edit, " =>")
		with = strings.TrimPrefix(with, " ")
		pattern, all := strings.CutPrefix(pattern, "*")
		expression := regexp.MustCompile(pattern)
		place := expression.FindStringIndex(text)
		switch {
		case place == nil:
			t.Fatalf("%q is not there", pattern)
		case all:
			text = expression.ReplaceAllLiteralString(text, with)
		default:
			text = text[:place[0]] + with + text[place[1]:]
		}
	}
	return text
}

// brokenBy are the rules that an invoice breaks: fatal ones, warnings.
func brokenBy(t *testing.T, syntax, text string) (fatal, warned []string) {
	t.Helper()
	tree, f := xmltree.Parse([]byte(text), xmltree.Options{
		Limits: source.DefaultLimits(), Known: func(string) bool { return true },
	})
	if f != nil {
		t.Fatal(f)
	}
	bind := semantic.FromUBL
	if syntax == "cii" {
		bind = semantic.FromCII
	}
	for _, finding := range Check(bind(tree)) {
		if finding.Severity == Warning {
			warned = append(warned, finding.Rule)
		} else {
			fatal = append(fatal, finding.Rule)
		}
	}
	slices.Sort(fatal)
	slices.Sort(warned)
	return slices.Compact(fatal), slices.Compact(warned)
}

// silent are the rules that never fail in a syntax, see docs/decisions/0014-en16931.md.
func silent(syntax string) []string {
	undecidable := []string{"BR-CO-05", "BR-CO-06", "BR-CO-07", "BR-CO-08"}
	if syntax == "cii" {
		return append(undecidable, "BR-AF-08", "BR-AF-09", "BR-AG-08", "BR-AG-09")
	}
	return append(undecidable, "BR-DEC-13", "BR-DEC-15")
}

// Every rule that can fail does, in both syntaxes, and no other with it than the official run
// names.
func TestEachEditBreaksTheRulesThatTheOfficialRunNames(t *testing.T) {
	for _, syntax := range []string{"ubl", "cii"} {
		b, err := os.ReadFile(filepath.Join("testdata", "breaks_"+syntax+".tsv"))
		if err != nil {
			t.Fatal(err)
		}
		seen := silent(syntax)
		passed, total := 0, 0
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			cells := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "", "")
			total++
			fatal, warned := brokenBy(t, syntax, edited(t, rendered(t, syntax, cells[0]), cells[1]))
			seen = slices.Concat(seen, fatal, warned)
			if !slices.Equal(fatal, strings.Fields(cells[2])) || !slices.Equal(warned, strings.Fields(cells[3])) {
				t.Errorf("%s, %s, %s: broken %v, should be %s; warned %v, should be %s",
					syntax, cells[0], cells[1], fatal, cells[2], warned, cells[3])
				continue
			}
			passed++
		}
		t.Logf("%s: %d / %d", syntax, passed, total)
		for _, r := range Rules() {
			if !slices.Contains(seen, r.ID) {
				t.Errorf("%s: nothing breaks %s", syntax, r.ID)
			}
		}
	}
}
