package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

func TestReadTakesAnHonestPaper(t *testing.T) {
	f := read(t, pdftest.New().Bytes())
	if f.Pages != 1 || len(f.Findings) != 0 || len(f.Attachments) != 0 || shows(f) != "Invoice 4711" {
		t.Errorf("read %+v", f)
	}
}

func TestReadRefusesWhatStartsAProgram(t *testing.T) {
	p := pdftest.New()
	p.Page("", "/Annots[9 0 R]")
	p.Objects[9] = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(calc.exe)>>>>"
	if at := refused(t, source.DefaultLimits(), p.Bytes(), pdf.CodeLaunch); at != "page 1" {
		t.Errorf("the place is %q", at)
	}
	// Also where no page leads to it, and inside an object stream.
	p = pdftest.New()
	p.Objects[9] = pdftest.Stream("/Type/ObjStm/N 1/First 5", "20 0 <</S/Launch/Win<</F(calc.exe)>>>>")
	refused(t, source.DefaultLimits(), pdftest.Crossed(p, map[int][3]int{20: {2, 9, 0}}), pdf.CodeLaunch)
}

func TestReadTellsOfWhatActs(t *testing.T) {
	const uri = "<</S/URI/URI(http://x.test)>>"
	form := "/AcroForm<</Fields[]/XFA 9 0 R>>"
	for name, c := range map[string]struct {
		catalog, page, object string
		code, place           string
		fatal                 bool
	}{
		"script on opening":   {"/OpenAction<</S/JavaScript/JS(x)>>", "", "", pdf.CodeJavaScript, "object 1", true},
		"script by name":      {"", "", "<</A<</S/JavaScript/JS 9 0 R>>>>", pdf.CodeJavaScript, "object 9", true},
		"script of a field":   {"", "/Annots[9 0 R]", "<</AA<</K<</JS()>>>>>>", pdf.CodeJavaScript, "page 1", true},
		"action on opening":   {"/OpenAction" + uri, "", "", pdf.CodeOpenAction, "", false},
		"action on printing":  {"/AA<</WP<</S/Named/N/Print>>>>", "", "", pdf.CodeOpenAction, "", false},
		"action of a page":    {"", "/AA<</O" + uri + ">>", "", pdf.CodeOpenAction, "page 1", false},
		"link":                {"", "/Annots[9 0 R]", "<</A" + uri + ">>", pdf.CodeLink, "page 1", false},
		"sends what is typed": {"", "/Annots[9 0 R]", "<</A<</S/SubmitForm>>>>", pdf.CodeLink, "page 1", false},
		"opens another file":  {"", "", "<</A<</S/GoToR/F(other.pdf)>>>>", pdf.CodeLink, "object 9", false},
		"pages made of forms": {form, "", "<x/>", pdf.CodeForm, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := pdftest.New()
			p.Catalog(c.catalog)
			p.Page("", c.page)
			if c.object != "" {
				p.Objects[9] = c.object
			}
			got := finding(read(t, p.Bytes()), c.code)
			if got == nil || got.Fatal != c.fatal || got.Path != c.place || got.Message == "" {
				t.Errorf("finding %+v, want %s at %q, fatal %v", got, c.code, c.place, c.fatal)
			}
		})
	}
}

// What is fatal is told however many warnings a file brings along.
func TestReadTellsOfAFormBehindManyActions(t *testing.T) {
	const pages = 100
	p := pdftest.New()
	p.Catalog("/AcroForm<</Fields[]/XFA 9 0 R>>")
	p.Objects[2] = "<</Type/Pages/Kids[" + strings.Repeat(
		"<</Type/Page/MediaBox[0 0 9 9]/AA<</O<</S/URI/URI(http://x.test)>>>>>>", pages) + "]>>"
	p.Objects[9] = "<x/>"
	f := read(t, p.Bytes())
	if finding(f, pdf.CodeForm) == nil || len(f.Findings) > pages {
		t.Errorf("%d findings, the form is %v", len(f.Findings), finding(f, pdf.CodeForm))
	}
}

func TestReadSaysNothingOfAViewOrAStructure(t *testing.T) {
	p := pdftest.New()
	p.Catalog("/OpenAction[3 0 R/Fit]/StructTreeRoot 9 0 R")
	p.Objects[9] = "<</Type/StructTreeRoot/K<</Type/StructElem/S/Launch>>>>"
	if f := read(t, p.Bytes()); len(f.Findings) != 0 {
		t.Errorf("findings %v", f.Findings)
	}
}

func TestReadRefusesAnEncryptedPaper(t *testing.T) {
	p := pdftest.New()
	p.Trailer = "/Encrypt<</Filter/Standard/V 5>>"
	refused(t, source.DefaultLimits(), p.Bytes(), pdf.CodeEncrypted)
}

func TestReadRefusesPolyglots(t *testing.T) {
	honest := string(pdftest.New().Bytes())
	end := "PK\x05\x06" + strings.Repeat("\x00", 16)
	table := "PK\x01\x02" + strings.Repeat("\x00", 42) +
		"PK\x05\x06" + strings.Repeat("\x00", 8) + "\x2E\x00\x00\x00" + "\x00\x00\x00\x00\x07\x00"
	for name, b := range map[string]string{
		"bytes before":            "GIF89a" + honest,
		"a page before":           "<html><body>" + honest,
		"an archive behind":       honest + "PK\x03\x04" + end + "\x00\x00",
		"an archive's comment":    honest[:20] + end + string(rune(0)) + honest[20:], // replaced below
		"a page behind":           honest + "<script>alert(1)</script>",
		"a page in a comment":     strings.Replace(honest, "%\xE2", "%<HTML><script>alert(1)</script>%\xE2", 1),
		"a table of an archive":   strings.Replace(honest, "xref\n0 1", "%"+table+"\nxref\n0 1", 1),
		"bytes far from the head": strings.Repeat("x", 900) + honest,
	} {
		if name == "an archive's comment" {
			comment := len(honest) - 20
			b = honest[:20] + end + string([]byte{byte(comment), byte(comment >> 8)}) + honest[20:]
		}
		t.Run(name, func(t *testing.T) { refused(t, source.DefaultLimits(), []byte(b), pdf.CodePolyglot) })
	}
}

func TestReadTakesWhiteSpaceAroundThePaper(t *testing.T) {
	b := append([]byte("\xEF\xBB\xBF\r\n"), pdftest.New().Bytes()...)
	f := read(t, append(b, "\r\n\x00\x00  \n"...))
	if shows(f) != "Invoice 4711" || finding(f, pdf.CodeRepaired) == nil {
		t.Errorf("read %+v", f)
	}
}

func TestReadRefusesLoops(t *testing.T) {
	table := pdftest.New().Bytes()
	at := strings.LastIndex(string(table), "xref\n0 1")
	selfish := pdftest.New()
	selfish.Trailer = fmt.Sprintf("/Prev %d", at)
	pages := pdftest.New()
	pages.Objects[2] = "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"
	twice := pdftest.New()
	twice.Objects[2] = "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"
	names := pdftest.New()
	names.Catalog("/Names<</EmbeddedFiles 9 0 R>>")
	names.Objects[9] = "<</Kids[9 0 R]>>"
	bundles := pdftest.New()
	bundles.Objects[9] = pdftest.Stream("/Type/ObjStm/N 1/First 5", "20 0 <</Type/Catalog>>")
	for name, b := range map[string][]byte{
		"tables":         selfish.Bytes(),
		"pages":          pages.Bytes(),
		"a page twice":   twice.Bytes(),
		"names of files": names.Bytes(),
		"an object stream inside": pdftest.Crossed(bundles, map[int][3]int{
			20: {2, 21, 0}, 21: {2, 20, 0}, 1: {2, 21, 0},
		}),
	} {
		t.Run(name, func(t *testing.T) { refused(t, source.DefaultLimits(), b, pdf.CodeLoop) })
	}
}

// What leads back to itself without a way for a reader to run in circles is read.
func TestReadEndsOnReferencesThatLeadToThemselves(t *testing.T) {
	p := pdftest.New()
	p.Objects[4] = "<</Length 4 0 R>>stream\nBT /F1 9 Tf (still there) Tj ET\nendstream"
	p.Objects[9] = "9 0 R"
	p.Objects[20] = "<</A 21 0 R>>"
	p.Objects[21] = "<</A 20 0 R>>"
	if f := read(t, p.Bytes()); shows(f) != "still there" {
		t.Errorf("the page shows %q", shows(f))
	}
}

func TestReadRefusesAFormThatDrawsWithoutEnd(t *testing.T) {
	p := pdftest.New()
	var bomb string
	for i := 20; i < 30; i++ { // each draws the next a hundred times
		bomb = strings.Repeat("/X Do ", 100)
		p.Objects[i] = pdftest.Stream(fmt.Sprintf("/Subtype/Form/Resources<</XObject<</X %d 0 R>>>>", i+1), bomb)
	}
	p.Page("/X Do", "")
	p.Objects[3] = strings.Replace(p.Objects[3], "/Font", "/XObject<</X 20 0 R>>/Font", 1)
	l := source.DefaultLimits()
	l.PDFWork = 1 << 20
	refused(t, l, p.Bytes(), source.CodeTooLarge)
	p.Objects[29] = pdftest.Stream("/Subtype/Form/Resources<</XObject<</X 29 0 R>>>>", "/X Do")
	p.Objects[20] = p.Objects[29]
	read(t, p.Bytes())
}

func TestReadRefusesWhatIsNoPaper(t *testing.T) {
	for name, b := range map[string]string{
		"only a head":     "%PDF-1.7\n%%EOF\n",
		"broken off":      string(pdftest.New().Bytes()[:30]),
		"no catalog":      "%PDF-1.7\n1 0 obj<</Type/Font>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
		"nested brackets": "%PDF-1.7\n1 0 obj" + strings.Repeat("[", 10_000) + "\n%%EOF",
		"open strings":    "%PDF-1.7\n" + strings.Repeat("1 0 obj(", 10_000),
	} {
		t.Run(name, func(t *testing.T) { refused(t, source.DefaultLimits(), []byte(b), pdf.CodeUnreadable) })
	}
}
