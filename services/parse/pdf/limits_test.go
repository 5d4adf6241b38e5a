package pdf_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// sized is the paper with a stream of so many bytes besides its page.
func sized(n int) []byte {
	p := pdftest.New()
	p.Objects[9] = pdftest.Stream("/Filter/FlateDecode", pdftest.Packed(make([]byte, n)))
	return p.Bytes()
}

func pages(n int) []byte {
	p := pdftest.New()
	p.Objects[2] = "<</Type/Pages/Kids[" + strings.Repeat("<</Type/Page/MediaBox[0 0 9 9]>>", n) + "]>>"
	return p.Bytes()
}

func chained(n int) []byte {
	p := pdftest.New()
	content := []byte("BT /F1 9 Tf (x) Tj ET")
	for range n {
		content = []byte(pdftest.Packed(content))
	}
	p.Objects[4] = pdftest.Stream("/Filter["+strings.Repeat("/FlateDecode", n)+"]", string(content))
	return p.Bytes()
}

func image(width, height int) []byte {
	p := pdftest.New()
	keys := fmt.Sprintf("/Subtype/Image/Width %d/Height %d/Filter/DCTDecode", width, height)
	p.Objects[9] = pdftest.Stream(keys, "x")
	return p.Bytes()
}

func saved(n int) []byte {
	b := pdftest.New().Bytes()
	for range n - 1 {
		b = pdftest.Update(b, map[int]string{9: "null"})
	}
	return b
}

func many(n int) []byte { // the paper itself has five
	p := pdftest.New()
	for i := range n - 5 {
		p.Objects[100+i] = "null"
	}
	return p.Bytes()
}

func TestReadTakesAPaperAtEachLimitAndRefusesOnePastIt(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(l *source.Limits, n int)
		make  func(n int) []byte
		limit int
		code  string
		place string
	}{
		"pages": {func(l *source.Limits, n int) { l.PDFPages = n }, pages, 7, source.CodeTooLarge, "page 8"},
		"a stream": {
			func(l *source.Limits, n int) { l.PDFStream = n }, sized, 5000, source.CodeTooLarge, "object 9",
		},
		"filters": {
			func(l *source.Limits, n int) { l.PDFFilters = n }, chained, 3, pdf.CodeFilterChain, "object 4",
		},
		"revisions": {func(l *source.Limits, n int) { l.PDFRevisions = n }, saved, 4, source.CodeTooLarge, ""},
		"objects":   {func(l *source.Limits, n int) { l.PDFObjects = n }, many, 20, source.CodeTooLarge, ""},
		"pixels": {
			func(l *source.Limits, n int) { l.PDFPixels = n },
			func(n int) []byte { return image(n/10, 10) }, 1000, source.CodeTooLarge, "object 9",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := source.DefaultLimits()
			c.set(&l, c.limit)
			if _, fault := pdf.Read(l, c.make(c.limit)); fault != nil {
				t.Errorf("at the limit: %v", fault)
			}
			past := c.limit + 1
			if name == "pixels" {
				past += 9
			}
			if at := refused(t, l, c.make(past), c.code); c.place != "" && at != c.place {
				t.Errorf("the place is %q, want %q", at, c.place)
			}
		})
	}
	t.Run("all streams together", func(t *testing.T) {
		l := source.DefaultLimits()
		// The raw content of the page counts as one filter that does nothing.
		l.PDFTotal = 5000
		p := pdftest.New()
		p.Objects[8] = pdftest.Stream("/Filter/FlateDecode", pdftest.Packed(make([]byte, 2000)))
		p.Objects[9] = pdftest.Stream("/Filter/FlateDecode", pdftest.Packed(make([]byte, 3000)))
		if _, fault := pdf.Read(l, p.Bytes()); fault != nil {
			t.Errorf("at the limit: %v", fault)
		}
		p.Objects[9] = pdftest.Stream("/Filter/FlateDecode", pdftest.Packed(make([]byte, 3001)))
		refused(t, l, p.Bytes(), source.CodeTooLarge)
	})
}

// The text layer ends at its limit; the paper is read all the same.
func TestReadTakesNoMoreTextThanTheLimit(t *testing.T) {
	p := pdftest.New()
	p.Page("BT /F1 9 Tf "+strings.Repeat("(word) Tj 0 -10 Td ", 100)+"ET", "")
	l := source.DefaultLimits()
	l.PDFText = 40
	f, fault := pdf.Read(l, p.Bytes())
	if fault != nil || len(shows(f)) > 50 || !f.TextCut {
		t.Errorf("the text is %q, fault %v", shows(f), fault)
	}
}

// bomb unpacks to much more than the tests of bombs allow, out of a few kilobytes.
func bomb(n int) string { return pdftest.Packed(make([]byte, n)) }

// Bombs, each in a few kilobytes; the first is one of the default limits.
func TestReadRefusesBombs(t *testing.T) {
	l := source.DefaultLimits()
	p := pdftest.New()
	p.Objects[9] = pdftest.Stream("/Filter/FlateDecode", bomb(l.PDFStream+1))
	refused(t, l, p.Bytes(), source.CodeTooLarge)

	l.PDFStream, l.PDFTotal = 1<<20, 4<<20
	flat := bomb(l.PDFStream + 1)
	for name, objects := range map[string]map[int]string{
		"an image that calls itself a table": {
			9: pdftest.Stream("/Type/XRef/Subtype/Image/Width 1/Height 1/Filter/Fl", flat),
		},
		"packed twice": {9: pdftest.Stream("/Filter[/FlateDecode/Fl]", pdftest.Packed([]byte(flat)))},
		"many streams": {
			20: pdftest.Stream("/Filter/Fl", bomb(l.PDFStream)), 21: pdftest.Stream("/Filter/Fl", bomb(l.PDFStream)),
			22: pdftest.Stream("/Filter/Fl", bomb(l.PDFStream)), 23: pdftest.Stream("/Filter/Fl", bomb(l.PDFStream)),
			24: pdftest.Stream("/Filter/Fl", bomb(1)),
		},
		"a page": {4: pdftest.Stream("/Filter/Fl", flat)},
	} {
		t.Run(name, func(t *testing.T) {
			p := pdftest.New()
			maps.Copy(p.Objects, objects)
			refused(t, l, p.Bytes(), source.CodeTooLarge)
		})
	}
	p = pdftest.New()
	p.Objects[9] = pdftest.Stream("/Type/ObjStm/N 1/First 5/Filter/FlateDecode", flat)
	refused(t, l, pdftest.Crossed(p, map[int][3]int{20: {2, 9, 0}}), source.CodeTooLarge)
	p = pdftest.New()
	p.Objects[9] = "[" + strings.Repeat("0 ", 600_000) + "]"
	refused(t, l, p.Bytes(), source.CodeTooLarge)
}
