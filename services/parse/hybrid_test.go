package parse_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// hybrid is a PDF that carries files, each a name and its content.
func hybrid(files ...[]byte) []byte {
	p := pdftest.New()
	var list strings.Builder
	for i := 0; i+1 < len(files); i += 2 {
		p.Attach(string(files[i]), files[i+1])
		_, names, _ := strings.Cut(p.Objects[1], "/Names[")
		name, _, _ := strings.Cut(names, "]")
		list.WriteString(name + " ")
	}
	p.Catalog("/Names<</EmbeddedFiles<</Names[" + list.String() + "]>>>>")
	return p.Bytes()
}

func TestReadTakesTheInvoiceOutOfAPDF(t *testing.T) {
	for _, c := range []struct{ name, sample, syntax string }{
		{"factur-x.xml", "invoice_cii.xml", "pdf/cii-d16b"},
		{"ZUGFeRD-invoice.xml", "invoice_cii.xml", "pdf/cii-d16b"},
		{"XRECHNUNG.XML", "invoice.xml", "pdf/ubl-2.1"},
		{"attached 1", "credit_note.xml", "pdf/ubl-2.1"},
	} {
		plain := mustRead(t, sample(t, "read", c.sample))
		doc := mustRead(t, hybrid([]byte("terms.txt"), []byte("none"), []byte(c.name), sample(t, "read", c.sample)))
		if doc.Syntax != c.syntax || doc.Kind != plain.Kind || doc.Number != plain.Number ||
			!doc.Totals.Payable.Equal(*plain.Totals.Payable) || doc.PDF.Invoice.Name != c.name {
			t.Errorf("%s is read as %s %s %s", c.name, doc.Syntax, doc.Kind, doc.Number)
		}
		for key, place := range doc.Places {
			want := plain.Places[key]
			want.Path = c.name + ":" + want.Path
			if place != want {
				t.Errorf("the place of %s is %v, want %v", key, place, want)
			}
		}
	}
}

func TestReadPicksTheInvoiceByItsNameThenByItsContent(t *testing.T) {
	cii, ubl := sample(t, "read", "invoice_cii.xml"), sample(t, "read", "invoice.xml")
	other := sample(t, "read", "order.xml")
	const two = pdf.CodeTwoInvoices
	for name, c := range map[string]struct {
		b    []byte
		want string
		code string
	}{
		"by name":         {hybrid([]byte("a.xml"), other, []byte("factur-x.xml"), cii), "factur-x.xml", ""},
		"the newer name":  {hybrid([]byte("xrechnung.xml"), ubl, []byte("Factur-X.xml"), cii), "Factur-X.xml", two},
		"by content":      {hybrid([]byte("order.xml"), other, []byte("a.xml"), cii), "a.xml", ""},
		"the same twice":  {hybrid([]byte("factur-x.xml"), cii, []byte("factur-x.xml"), cii), "factur-x.xml", ""},
		"two of one name": {hybrid([]byte("factur-x.xml"), cii, []byte("factur-x.xml"), ubl), "factur-x.xml", two},
	} {
		t.Run(name, func(t *testing.T) {
			doc := mustRead(t, c.b)
			if doc.PDF.Invoice == nil || doc.PDF.Invoice.Name != c.want {
				t.Fatalf("the invoice is %+v", doc.PDF.Invoice)
			}
			codes := ""
			for _, f := range doc.PDF.Findings {
				codes += f.Code
				if f.Fatal != (name == "two of one name") {
					t.Errorf("%s is fatal: %v", f.Code, f.Fatal)
				}
			}
			if codes != c.code {
				t.Errorf("findings %q, want %q", codes, c.code)
			}
		})
	}
}

func TestReadGuardsTheInvoiceInAPDF(t *testing.T) {
	for _, path := range samples(t, "broken") {
		code, _, _ := strings.Cut(filepath.Base(path), "--")
		if !strings.HasSuffix(path, ".xml") || code == source.CodeUnsupported {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(hybrid([]byte("factur-x.xml"), b))
		fault, refused := errors.AsType[*parse.Fault](err)
		switch {
		case refused && (fault.Code == code || code == source.CodeEmpty):
		case err == nil && len(doc.Flaws) > 0 && doc.Flaws[0].Code == code:
			fault = &doc.Flaws[0]
		default:
			t.Errorf("%s: %v, want %s", path, err, code)
			continue
		}
		if !strings.HasPrefix(fault.Path, "factur-x.xml:") {
			t.Errorf("%s: the place is %q", path, fault.Path)
		}
	}
	l := parse.DefaultLimits()
	l.Bytes = 100
	_, err := parse.ReadWithin(l, hybrid([]byte("factur-x.xml"), sample(t, "read", "invoice_cii.xml")))
	wantCode(t, err, source.CodeTooLarge)
}

func TestReadKeepsAPDFWhoseInvoiceItDoesNotKnow(t *testing.T) {
	old := []byte(`<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0"/>`)
	for want, content := range map[string][]byte{"pdf/zugferd-1.0": old, "pdf": []byte("<order/>")} {
		doc := mustRead(t, hybrid([]byte("ZUGFeRD-invoice.xml"), content))
		if doc.Kind != parse.Other || doc.Syntax != want || len(doc.PDF.Findings) != 1 ||
			doc.PDF.Findings[0].Code != pdf.CodeInvoiceUnread || doc.PDF.Findings[0].Fatal {
			t.Errorf("read as %s %s, %+v", doc.Kind, doc.Syntax, doc.PDF)
		}
	}
}

func TestReadRefusesAPlainPDFForWhatIsFatal(t *testing.T) {
	p := pdftest.New()
	p.Catalog("/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
	_, err := parse.Read(p.Bytes())
	wantCode(t, err, pdf.CodeJavaScript)
	// With an invoice inside the person sees the whole paper with the finding.
	b := bytes.Replace(hybrid([]byte("factur-x.xml"), sample(t, "read", "invoice_cii.xml")),
		[]byte("/Type/Catalog"), []byte("/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), 1)
	if doc := mustRead(t, b); len(doc.PDF.Findings) == 0 || doc.Kind != parse.Invoice {
		t.Errorf("read as %s, %+v", doc.Kind, doc.PDF.Findings)
	}
}

func TestReadTakesNoPDFInAnotherFile(t *testing.T) {
	_, err := parse.Read([]byte("<html>" + string(pdftest.New().Bytes())))
	wantCode(t, err, pdf.CodePolyglot)
	_, err = parse.Read(hybrid([]byte("factur-x.xml"), pdftest.New().Bytes()))
	if fault := wantCode(t, err, source.CodeEncoding); fault.Path != "factur-x.xml:" {
		t.Errorf("the place is %q", fault.Path)
	}
}

type hybridLabel struct {
	File    string
	MainXML *struct {
		Name   string
		SHA256 string
	} `json:"main_xml"`
}

// A PDF that carries two invoices is labelled with the one that stands first; here it is the
// one that the PDF's own metadata name.
func TestReadFindsTheInvoicesOfTheCorpusInTheirPDFs(t *testing.T) {
	dir := corpus.Dir(t)
	found, same, hybrids, plain, plains, crashed := 0, 0, 0, 0, 0, 0
	for _, l := range labels[hybridLabel](t, dir, "pdf-hybrid.jsonl") {
		b, err := os.ReadFile(filepath.Join(dir, l.File))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(b)
		fault, refused := errors.AsType[*parse.Fault](err)
		if err != nil && !refused || refused && fault.Code == "" {
			crashed++
			t.Errorf("%s: %v", l.File, err)
			continue
		}
		if l.MainXML == nil {
			plains++
			plain++
			continue
		}
		hybrids++
		if err != nil || doc.PDF == nil || len(doc.PDF.Attachments) == 0 {
			t.Logf("%s: no invoice found: %v", l.File, err)
			continue
		}
		found++
		sums := ""
		for _, a := range doc.PDF.Attachments {
			sum := sha256.Sum256(a.Bytes)
			sums += hex.EncodeToString(sum[:]) + " "
		}
		if main := doc.PDF.Invoice; main != nil {
			sum := sha256.Sum256(main.Bytes)
			sums = hex.EncodeToString(sum[:])
		}
		if strings.Contains(sums, l.MainXML.SHA256) {
			same++
		} else {
			t.Logf("%s: another file than %s", l.File, l.MainXML.Name)
		}
	}
	t.Logf("hybrid PDFs: invoice found %d / %d, SHA-256 equal %d / %d; plain PDFs handled %d / %d; crashed %d",
		found, hybrids, same, hybrids, plain, plains, crashed)
	if found*100 < hybrids*97 || same*100 < hybrids*97 {
		t.Error("want at least 97 per cent")
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(hybrid([]byte("factur-x.xml"), sample(f, "read", "invoice_cii.xml")))
	f.Add(hybrid([]byte("xrechnung.xml"), sample(f, "read", "invoice.xml"), []byte("a.txt"), []byte("x")))
	p := pdftest.New()
	p.Show("Rechnung TG-881", "Zahlbetrag 1.100,00")
	f.Add(pdftest.Update(p.Bytes(), map[int]string{9: "<</S/URI/URI(x)>>"}))
	f.Fuzz(func(t *testing.T, b []byte) { sound(t, b) })
}
