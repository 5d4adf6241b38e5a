package parse_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// sample is one file under testdata.
func sample(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// samples are the files of a folder under testdata.
func samples(t testing.TB, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples in %s: %v", folder, err)
	}
	return paths
}

func mustRead(t testing.TB, b []byte) *parse.Document {
	t.Helper()
	doc, err := parse.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// wantCode fails unless the error is a Fault of the code.
func wantCode(t *testing.T, err error, code string) parse.Fault {
	t.Helper()
	fault, ok := errors.AsType[*parse.Fault](err)
	if !ok {
		t.Fatalf("error is %v, want a Fault %s", err, code)
	}
	if fault.Code != code {
		t.Fatalf("fault is %v, want %s", fault, code)
	}
	return *fault
}

// Every sample that can be read has a golden file beside it with everything read from it but
// the places. UPDATE_GOLDEN=1 writes them anew.
func TestReadGivesTheGoldenFieldsOfEverySample(t *testing.T) {
	for _, path := range samples(t, "read") {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc := mustRead(t, b)
			doc.Places = nil
			got, err := json.MarshalIndent(doc, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(path+".golden", got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("read differs from %s.golden:\n%s", path, got)
			}
		})
	}
}

// faultOf is why a document is refused, or else the first of its flaws.
func faultOf(t *testing.T, b []byte) parse.Fault {
	t.Helper()
	doc, err := parse.Read(b)
	if fault, ok := errors.AsType[*parse.Fault](err); ok {
		return *fault
	}
	if err != nil || len(doc.Flaws) == 0 {
		t.Fatalf("read without a fault: %v", err)
	}
	return doc.Flaws[0]
}

// The part of a broken sample's name before the two dashes is the code of its fault.
func TestReadNamesTheFaultOfEveryBrokenSample(t *testing.T) {
	for _, path := range samples(t, "broken") {
		code, _, _ := strings.Cut(filepath.Base(path), "--")
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if fault := faultOf(t, b); fault.Code != code || fault.Message == "" {
				t.Errorf("the fault is %+v, want one %s", fault, code)
			}
		})
	}
}

// The two samples are one invoice, written in UBL and in CII.
func TestReadGivesOneDocumentForOneInvoiceInEitherSyntax(t *testing.T) {
	fields := func(name string) string {
		doc := mustRead(t, sample(t, "read", name))
		doc.Syntax, doc.Places = "", nil
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if ubl, cii := fields("invoice.xml"), fields("invoice_cii.xml"); ubl != cii {
		t.Errorf("the invoice is read from UBL as\n%s\nand from CII as\n%s", ubl, cii)
	}
}

func TestReadPointsAtTheBytesOfEveryValue(t *testing.T) {
	for _, path := range samples(t, "read") {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc := mustRead(t, b)
		for key, want := range map[string]string{
			"number": doc.Number, "issue_date": doc.IssueDate.String(), "seller.name": doc.Seller.Name,
			"lines[0].name": doc.Lines[0].Name, "lines[0].quantity": doc.Lines[0].Quantity.String(),
		} {
			place, ok := doc.Places[key]
			if !ok || place.Path == "" {
				t.Errorf("%s: %s has no place", path, key)
				continue
			}
			text := html.UnescapeString(string(b[place.Offset : place.Offset+place.Length]))
			if key == "issue_date" && doc.Syntax == string(parse.SyntaxCII) {
				want = strings.ReplaceAll(want, "-", "") // as CII writes a day
			}
			if !strings.HasPrefix(strings.Trim(text, `"`), want) {
				t.Errorf("%s: the place of %s holds %q, want %q", path, key, text, want)
			}
		}
	}
}

func TestReadPlacesCountTheByteOrderMark(t *testing.T) {
	for _, name := range []string{"invoice.xml", "bill_of_lading.json"} {
		b := append([]byte("\xEF\xBB\xBF"), sample(t, "read", name)...)
		doc := mustRead(t, b)
		place := doc.Places["number"]
		if got := strings.Trim(string(b[place.Offset:place.Offset+place.Length]), `"`); got != doc.Number {
			t.Errorf("%s: the place of the number holds %q", name, got)
		}
	}
}

func TestReadPathsHavePositionsOnlyWhereNamesRepeat(t *testing.T) {
	doc := mustRead(t, sample(t, "read", "invoice.xml"))
	for key, want := range map[string]string{
		"totals.payable":     "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
		"accounts[1].number": "/Invoice/cac:PaymentMeans[2]/cac:PayeeFinancialAccount/cbc:ID",
		"lines[0].unit":      "/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode",
	} {
		if got := doc.Places[key].Path; got != want {
			t.Errorf("the path of %s is %s, want %s", key, got, want)
		}
	}
}

func TestReadKeepsAPDFWithoutFields(t *testing.T) {
	doc := mustRead(t, pdftest.New().Bytes())
	if doc.Kind != parse.Other || doc.Syntax != string(parse.SyntaxPDF) || doc.Number != "" {
		t.Errorf("a PDF is read as %+v", doc)
	}
}

func TestReadKeepsASingleCDATASection(t *testing.T) {
	b := bytes.Replace(sample(t, "read", "invoice.xml"), []byte("<cbc:ID>TG-881</cbc:ID>"),
		[]byte("<cbc:ID>\n  <![CDATA[TG-881 & Co]]>\n</cbc:ID>"), 1)
	if doc := mustRead(t, b); doc.Number != "TG-881 & Co" {
		t.Errorf("the number is %q", doc.Number)
	}
}

func TestReadKeepsAWrongValueOutAndSaysSo(t *testing.T) {
	for _, wrong := range []string{"1.100,00", "1e3", "12 EUR", "--5", "0x10", strings.Repeat("9", 41)} {
		b := bytes.Replace(sample(t, "read", "invoice.xml"), []byte(">1100.00<"), []byte(">"+wrong+"<"), 1)
		doc := mustRead(t, b)
		if doc.Totals.Payable != nil || len(doc.Flaws) != 1 || doc.Flaws[0].Code != source.CodeValue {
			t.Errorf("%q is read as %v with flaws %v", wrong, doc.Totals.Payable, doc.Flaws)
		}
	}
}

// What stands twice is absent, the rest of the document is there.
func TestReadLeavesOutWhatStandsTwiceAndNothingElse(t *testing.T) {
	again := map[string]string{
		"invoice.xml": "cbc:PayableAmount", "invoice_cii.xml": "ram:DuePayableAmount",
		"order.xml": "cbc:PayableAmount",
	}
	for name, amount := range again {
		b := sample(t, "read", name)
		doc := mustRead(t, replaced(t, b, "<"+amount, "<"+amount+">9</"+amount+"><"+amount))
		if len(doc.Flaws) != 1 || doc.Flaws[0].Code != source.CodeDuplicate {
			t.Errorf("%s: the flaws are %v", name, doc.Flaws)
		}
		if doc.Totals.Payable != nil || doc.Totals.Lines == nil || doc.Seller.Name == "" {
			t.Errorf("%s: read as %+v", name, doc.Totals)
		}
	}
	twice := replaced(t, sample(t, "read", "invoice.xml"), "<cac:AccountingSupplierParty>",
		"<cac:AccountingSupplierParty/><cac:AccountingSupplierParty>")
	if doc := mustRead(t, twice); doc.Seller != (parse.Party{}) || doc.Buyer.Name == "" || len(doc.Flaws) != 1 {
		t.Errorf("a seller twice: %+v, flaws %v", doc.Seller, doc.Flaws)
	}
}

func TestReadReportsAnAmountInAnotherCurrency(t *testing.T) {
	b := bytes.Replace(sample(t, "read", "invoice.xml"), []byte(`<cbc:PayableAmount currencyID="EUR">`),
		[]byte(`<cbc:PayableAmount currencyID="USD">`), 1)
	doc := mustRead(t, b)
	if len(doc.Flaws) != 1 || doc.Flaws[0].Code != source.CodeCurrency {
		t.Errorf("flaws are %v, want one %s", doc.Flaws, source.CodeCurrency)
	}
}

func TestReadTakesISO88591WhereItCanBeNothingElse(t *testing.T) {
	utf := bytes.Replace(sample(t, "read", "invoice.xml"), []byte("UTF-8"), []byte("ISO-8859-1"), 1)
	mustRead(t, utf) // plain ASCII is the same file in both
	with := func(letter string) []byte {
		return bytes.ReplaceAll(utf, []byte("Talbruck Glaswerke"), []byte("Talbr"+letter+"ck Glaswerke"))
	}
	latin := with("\xFC")
	doc := mustRead(t, latin)
	if doc.Seller.Name != "Talbr\u00fcck Glaswerke GmbH" || len(doc.Flaws) > 0 {
		t.Errorf("the seller is %q, flaws %v", doc.Seller.Name, doc.Flaws)
	}
	for key, want := range map[string]string{
		"seller.name": "Talbr\xFCck Glaswerke GmbH", "totals.payable": "1100.00", "buyer.vat": "DK99141735",
	} {
		place := doc.Places[key]
		if got := string(latin[place.Offset : place.Offset+place.Length]); got != want {
			t.Errorf("the place of %s holds %q, want %q", key, got, want)
		}
	}
	for name, b := range map[string][]byte{
		"letters in UTF-8":     with("\u00fc"),
		"quotation of Windows": with("\x93"),
		"a byte order mark":    append([]byte("\xEF\xBB\xBF"), latin...),
		"not declared":         bytes.Replace(latin, []byte("ISO-8859-1"), []byte("UTF-8"), 1),
		"declared otherwise":   bytes.Replace(latin, []byte("ISO-8859-1"), []byte("ISO-8859-2"), 1),
	} {
		if fault := faultOf(t, b); fault.Code != source.CodeEncoding {
			t.Errorf("%s: the fault is %v, want %s", name, fault, source.CodeEncoding)
		}
	}
}

func TestReadKeepsDeceivingNamesAsTheyAre(t *testing.T) {
	name := "Talbruck \u202eHbmG\u202c"
	b := bytes.ReplaceAll(sample(t, "read", "invoice.xml"), []byte("Talbruck Glaswerke GmbH"), []byte(name))
	if doc := mustRead(t, b); doc.Seller.Name != name {
		t.Errorf("the seller is %q, want %q", doc.Seller.Name, name)
	}
}

func TestDetectTellsSyntaxesByContent(t *testing.T) {
	for _, c := range []struct {
		want parse.Syntax
		b    []byte
	}{
		{parse.SyntaxUBL, sample(t, "read", "order.xml")},
		{parse.SyntaxCII, sample(t, "read", "invoice_cii.xml")},
		{parse.SyntaxJSON, sample(t, "read", "bill_of_lading.json")},
		{parse.SyntaxPDF, []byte("%PDF-1.4")},
		{parse.SyntaxCamt053, sample(t, "statement", "camt053-08.xml")},
		{parse.SyntaxForeign, []byte("<Invoice/>")},
	} {
		if got := parse.Detect(c.b); got != c.want {
			t.Errorf("detected %s, want %s", got, c.want)
		}
	}
	for _, b := range []string{"", "<", "{", "<!DOCTYPE", "PK\x03\x04", "{}"} {
		if got := parse.Detect([]byte(b)); got != parse.SyntaxForeign {
			t.Errorf("%q is detected as %s", b, got)
		}
	}
}

func TestReadRefusesZUGFeRD1ByName(t *testing.T) {
	_, err := parse.Read([]byte(`<rsm:CrossIndustryDocument ` +
		`xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"></rsm:CrossIndustryDocument>`))
	if fault := wantCode(t, err, source.CodeUnsupported); !strings.Contains(fault.Message, "ZUGFeRD 1.0") {
		t.Errorf("the fault does not name the format: %v", fault)
	}
}

func TestReadRefusesAStatementAsADocument(t *testing.T) {
	_, err := parse.Read(sample(t, "statement", "camt053-08.xml"))
	wantCode(t, err, source.CodeUnsupported)
}
