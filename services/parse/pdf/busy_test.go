package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// Files of a megabyte made to keep a reader busy: each is answered, which the timeout of
// the test binary sees to; how is not the point.
func TestReadEndsOnFilesMadeToKeepItBusy(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	head := "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]>>endobj " +
		"3 0 obj<</Type/Page/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Encoding" +
		"<</Differences[" + strings.Repeat("1/five ", 2_000) + "]>>>>>>>>>>endobj\n"
	numbered := func(s string) string {
		var b strings.Builder
		for i := 10; b.Len() < size; i++ {
			fmt.Fprintf(&b, "%d 0 obj%s", i, s)
		}
		return b.String()
	}
	page := func(content string) string {
		p := pdftest.New()
		p.Objects[4] = pdftest.Stream("/Filter/FlateDecode", pdftest.Packed([]byte(content)))
		return string(p.Bytes())
	}
	for name, s := range map[string]string{
		"strings that never end":   head + numbered("("),
		"streams in each other":    head + numbered("<<>>stream\n") + "endstream",
		"objects":                  head + numbered("<</A[1 2]/B<</C/D>>>>endobj\n"),
		"one object again":         head + fill("9 0 obj/Type "),
		"the word obj":             head + fill("obj "),
		"ends of streams":          head + fill("endstream"),
		"trailers":                 head + fill("trailer<</Root 1 0 R>>"),
		"dictionaries":             head + "9 0 obj[" + fill("<</A 1>>"),
		"a table without end":      head + "xref\n0 99999999\n" + fill("0000000000 00000 n \n"),
		"a font again":             head + "4 0 obj<<>>stream\n" + fill("/F1 1 Tf ") + "\nendstream",
		"blanks":                   page("BT /F1 9 Tf (" + fill(" ") + ") Tj"),
		"letters":                  page("BT /F1 9 Tf " + fill("(a)Tj ")),
		"letters far apart":        page("BT /F1 9 Tf [" + fill("(a)-500") + "] TJ"),
		"matrices":                 page(fill("1 0 0 1 0 0 cm ")),
		"pictures within the page": page(fill("BI ID EI ")),
		"saved states":             page(fill("q ")),
	} {
		t.Run(name, func(t *testing.T) {
			l := source.DefaultLimits()
			l.PDFWork /= 8 // the same for a shorter time
			_, fault := pdf.Read(l, []byte(s))
			if fault != nil && fault.Code != source.CodeTooLarge {
				t.Errorf("refused as %v", fault)
			}
		})
	}
}
