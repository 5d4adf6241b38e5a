package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
)

// attached is the invoice in the PDFs of these tests: 1234.56 to pay to one account.
const attached = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ` +
	`xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ` +
	`xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">` +
	`<cbc:ID>TG-881</cbc:ID><cac:PaymentMeans><cac:PayeeFinancialAccount>` +
	`<cbc:ID>DE89370400440532013000</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>` +
	`<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">1037.45</cbc:TaxExclusiveAmount>` +
	`<cbc:PayableAmount currencyID="EUR">1234.56</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>`

// shownFindings are what is said of a PDF that shows these lines and carries the invoice.
func shownFindings(t *testing.T, xml string, lines ...string) []check.Finding {
	t.Helper()
	p := pdftest.New()
	p.Show(lines...)
	p.Attach("factur-x.xml", []byte(xml))
	doc, err := parse.Read(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var out []check.Finding
	for _, f := range check.Document(doc, day(t, today)) {
		if f.Rule == pdf.CodeTextDisagrees {
			out = append(out, f)
		}
	}
	return out
}

const (
	theNumber  = "Rechnung TG-881"
	theAmount  = "Zahlbetrag 1.234,56 EUR"
	theAccount = "IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX"
)

func TestDocumentTakesTheValuesOfThePageAsPeopleWriteThem(t *testing.T) {
	for _, amount := range []string{
		"1.234,56", "1,234.56", "1 234,56", "1'234.56", "1234.56", "EUR1.234,56", "1.234,56€", "-1.234,56",
		"3 1 234,56",
	} {
		if got := shownFindings(t, attached, theNumber, "Zu zahlen: "+amount, theAccount); len(got) != 0 {
			t.Errorf("%s: %+v", amount, got)
		}
	}
	for _, account := range []string{
		"IBAN: DE89370400440532013000", "DE 89 3704 0044 0532 0130 00", "IBANDE89370400440532013000BIC",
	} {
		if got := shownFindings(t, attached, "rechnung tg - 881", theAmount, account); len(got) != 0 {
			t.Errorf("%s: %+v", account, got)
		}
	}
}

func TestDocumentTellsWhereThePageDisagreesWithTheInvoiceInside(t *testing.T) {
	foreign := "IBANGB82 WEST 1234 5698 7654 32BIC"
	for name, c := range map[string]struct {
		lines    []string
		field    string
		severity check.Severity
		found    string
	}{
		"another amount to pay": {
			[]string{theNumber, "Zahlbetrag  9.234,56 EUR", theAccount}, "totals.payable", check.Fatal, "9.234,56",
		},
		"another amount besides": {
			[]string{theNumber, "Amount due 9,234.56", "1,234.56", theAccount},
			"totals.payable", check.Warning,
			"9,234.56",
		},
		"no amount": {[]string{theNumber, theAccount}, "totals.payable", check.Warning, ""},
		"other totals": {
			[]string{theNumber, "Gesamtbetrag 1.037,45", theAccount}, "totals.payable", check.Warning, "",
		},
		"another account in its place": {
			[]string{theNumber, theAmount, foreign}, "accounts[0].iban", check.Fatal, "GB82WEST12345698765432",
		},
		"another account besides": {
			[]string{theNumber, theAmount, theAccount, foreign},
			"accounts[0].iban", check.Warning,
			"GB82WEST12345698765432",
		},
		"no account": {[]string{theNumber, theAmount}, "accounts[0].iban", check.Warning, ""},
		"an account with a slip": {
			[]string{theNumber, theAmount, "IBAN DE89 3704 0044 0532 0130 01"}, "accounts[0].iban", check.Warning, "",
		},
		"no number": {[]string{theAmount, theAccount}, "number", check.Warning, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := shownFindings(t, attached, c.lines...)
			if len(got) != 1 || got[0].Field != c.field || got[0].Severity != c.severity ||
				got[0].Computed != c.found ||
				!strings.HasPrefix(got[0].Path, "factur-x.xml:/Invoice/") {
				t.Errorf("findings %+v", got)
			}
		})
	}
}

func TestDocumentTakesNoAccountOfThePageThatTheInvoiceNamesElsewhere(t *testing.T) {
	xml := strings.Replace(attached, "<cbc:ID>TG-881</cbc:ID>",
		"<cbc:ID>TG-881</cbc:ID><cbc:Note>We debit GB82 WEST 1234 5698 7654 32</cbc:Note>", 1)
	if got := shownFindings(t, xml, theNumber, theAmount, theAccount, "GB82WEST12345698765432"); len(got) != 0 {
		t.Errorf("findings %+v", got)
	}
}

// A value that only a machine sees is not shown.
func TestDocumentDoesNotTakeHiddenTextForShown(t *testing.T) {
	p := pdftest.New()
	p.Page("BT /F1 9 Tf 50 700 Td (Zahlbetrag 9.234,56) Tj 0 -20 Td (TG-881) Tj 0 -20 Td ("+theAccount+
		") Tj 1 1 1 rg 0 -20 Td (1.234,56) Tj ET", "")
	p.Attach("factur-x.xml", []byte(attached))
	doc, err := parse.Read(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	fatal := 0
	for _, f := range check.Document(doc, day(t, today)) {
		if f.Rule == pdf.CodeTextDisagrees && f.Severity == check.Fatal {
			fatal++
		}
	}
	if fatal != 1 {
		t.Errorf("%d fatal findings, want that of the amount", fatal)
	}
}

func TestDocumentComparesNothingWithoutATextLayer(t *testing.T) {
	if got := shownFindings(t, attached); len(got) != 0 {
		t.Errorf("findings %+v", got)
	}
}

func TestDocumentFilesWhatTheGuardOfPDFsFound(t *testing.T) {
	p := pdftest.New()
	p.Page("", "/Annots[<</A<</S/URI/URI(http://x.test)>>>><</A<</S/JavaScript/JS(x)>>>>]")
	p.Attach("factur-x.xml", []byte(attached))
	doc, err := parse.Read(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]check.Severity{}
	for _, f := range check.Document(doc, day(t, today)) {
		got[f.Rule] = f.Severity
		if strings.HasPrefix(f.Path, "/") {
			t.Errorf("%s is at %s, not inside the PDF", f.Rule, f.Path)
		}
	}
	if got[pdf.CodeLink] != check.Warning || got[pdf.CodeJavaScript] != check.Fatal {
		t.Errorf("findings %v", got)
	}
}

// The PDFs of the corpus are genuine, or have planted errors in their XML or their format, not
// in what they show.
func TestDocumentFindsNoFatalDisagreementInThePDFsOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	hybrids, withText, silent, warned := 0, 0, 0, 0
	for _, label := range labelled[struct{ File string }](t, dir, "pdf-hybrid.jsonl") {
		b, err := os.ReadFile(filepath.Join(dir, label.File))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(b)
		if err != nil || doc.PDF == nil || doc.PDF.Invoice == nil {
			continue
		}
		hybrids++
		if len(doc.PDF.Lines) > 0 {
			withText++
		}
		said := 0
		for _, f := range check.Document(doc, day(t, today)) {
			if f.Rule != pdf.CodeTextDisagrees {
				continue
			}
			said++
			t.Logf("%s: %s: %s", label.File, f.Severity, f.Message)
			if f.Severity == check.Fatal {
				t.Errorf("%s: fatal", label.File)
			}
		}
		if said == 0 {
			silent++
		} else {
			warned++
		}
	}
	t.Logf("PDFs with an invoice that is read: %d, with text %d; pages agree %d, warned of %d, fatal 0",
		hybrids, withText, silent, warned)
}

func TestDocumentSaysWhenThePagesAreKnownInPartOnly(t *testing.T) {
	p := pdftest.New()
	p.Show("Invoice TG-881", "To pay 1234.56 EUR", "Account DE89 3704 0044 0532 0130 00")
	p.Attach("factur-x.xml", []byte(attached))
	for text, want := range map[int]int{parse.DefaultLimits().PDFText: 0, 20: 1} {
		l := parse.DefaultLimits()
		l.PDFText = text
		doc, err := parse.ReadWithin(l, p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, f := range check.Document(doc, day(t, today)) {
			if f.Rule == pdf.CodeTextUnsure && f.Severity == check.Warning {
				told++
			}
		}
		if told != want {
			t.Errorf("with %d bytes of text it is told %d times, want %d", text, told, want)
		}
	}
}
