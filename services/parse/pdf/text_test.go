package pdf_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf/pdftest"
)

func TestReadLaysTheTextOutInLines(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"two lines":         {"BT /F1 10 Tf 50 700 Td (first) Tj 0 -12 Td (second) Tj ET", "first\nsecond"},
		"out of order":      {"BT /F1 10 Tf 50 600 Td (low) Tj 0 50 Td (high) Tj ET", "high\nlow"},
		"kerning is no gap": {"BT /F1 10 Tf 50 700 Td [(1.2)20(34,5)-30(6)] TJ ET", "1.234,56"},
		"a gap is a blank":  {"BT /F1 10 Tf 50 700 Td [(Total)-400(5,00)] TJ ET", "Total 5,00"},
		"columns":           {"BT /F1 10 Tf 50 700 Td (Total) Tj 300 0 Td (5,00) Tj ET", "Total  5,00"},
		"letter by letter":  {"BT /F1 10 Tf 50 700 Td (5) Tj 5 0 Td (,) Tj 5 0 Td (0) Tj ET", "5,0"},
		"next line":         {"BT /F1 10 Tf 12 TL 50 700 Td (a) Tj T* (b) Tj (c) ' 1 2 (d) \" ET", "a\nb\nc\nd"},
		"scaled":            {".1 0 0 .1 0 0 cm BT /F1 100 Tf 1 0 0 1 500 7000 Tm (far) Tj ET", "far"},
		"turned":            {"BT /F1 10 Tf 0 1 -1 0 300 50 Tm (up) Tj 30 0 Td (wards) Tj ET", "up wards"},
		"escapes": {`BT /F1 10 Tf 50 700 Td (\(5\) \200 \344\)\
x) Tj ET`, "(5) € ä)x"},
		"hexadecimal":     {"BT /F1 10 Tf 50 700 Td <35 2C 3> Tj ET", "5,0"},
		"saved state":     {"q BT /F1 10 Tf 50 700 Td (a) Tj ET Q Q Q BT 50 600 Td (no font) Tj ET", "a"},
		"an inline image": {"BI /W 1 /H 1 ID (((\nEI BT /F1 9 Tf 9 9 Td (after) Tj ET", "after"},
		"junk":            {"] >> ) } << /A [ BT /F1 10 Tf (x) Tj", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := pdftest.New()
			p.Page(c.content, "")
			if got := shows(read(t, p.Bytes())); got != c.want {
				t.Errorf("the page shows %q, want %q", got, c.want)
			}
		})
	}
}

func TestReadLeavesOutWhatNobodySees(t *testing.T) {
	for name, hidden := range map[string]string{
		"drawn in no way": "3 Tr (hidden) Tj 0 Tr", "white": "1 g (hidden) Tj 0 g",
		"white in colours": "1 1 1 rg (hidden) Tj 0 0 0 rg", "white in print": "0 0 0 0 k (hidden) Tj 0 0 0 1 k",
		"beside the page": "-500 0 Td (hidden) Tj 500 0 Td",
		"tiny":            "/F1 .1 Tf (hidden) Tj /F1 9 Tf",
	} {
		p := pdftest.New()
		p.Page("BT /F1 9 Tf 50 700 Td "+hidden+" 0 -20 Td (seen) Tj ET", "")
		if got := shows(read(t, p.Bytes())); got != "seen" {
			t.Errorf("%s: the page shows %q", name, got)
		}
	}
	p := pdftest.New() // a layer that is off
	p.Page("BT /F1 9 Tf 50 700 Td /OC /L BDC (hidden) Tj EMC /OC /M BDC /Span BMC (seen) Tj EMC EMC ET", "")
	p.Objects[3] = strings.Replace(p.Objects[3], "/Font", "/Properties<</L 8 0 R/M 9 0 R>>/Font", 1)
	p.Objects[8], p.Objects[9] = "<</Type/OCG>>", "<</Type/OCMD/OCGs[7 0 R]>>"
	p.Objects[7] = "<</Type/OCG>>"
	p.Catalog("/OCProperties<</OCGs[7 0 R 8 0 R]/D<</OFF[8 0 R]>>>>")
	if got := shows(read(t, p.Bytes())); got != "seen" {
		t.Errorf("a page with a layer that is off shows %q", got)
	}
	p = pdftest.New() // a scan has its text behind the picture
	p.Page("BT /F1 9 Tf 3 Tr 50 700 Td (scanned) Tj ET", "")
	if got := shows(read(t, p.Bytes())); got != "scanned" {
		t.Errorf("a scan shows %q", got)
	}
}

func TestReadTakesTextFromFormsAndStamps(t *testing.T) {
	p := pdftest.New()
	p.Page("/X Do", "/Annots[<</Subtype/Stamp/Rect[10 10 90 90]/AP<</N 21 0 R>>>>]")
	p.Objects[3] = strings.Replace(p.Objects[3], "/Font", "/XObject<</X 20 0 R>>/Font", 1)
	p.Objects[20] = pdftest.Stream("/Subtype/Form/Matrix[1 0 0 1 0 500]", "BT /F1 9 Tf (letterhead) Tj ET")
	p.Objects[21] = pdftest.Stream("/Subtype/Form", "BT /F1 9 Tf (paid) Tj ET")
	if got := shows(read(t, p.Bytes())); got != "letterhead\npaid" {
		t.Errorf("the page shows %q", got)
	}
}

func TestReadReadsFontsByTheirTables(t *testing.T) {
	table := "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <0035> <0002> <20AC> " +
		"endbfchar 2 beginbfrange <0010> <0019> <0030> <0020> <0021> [<0041> <00420043>] endbfrange"
	for name, c := range map[string]struct{ font, table, show, want string }{
		"composite": {
			"<</Subtype/Type0/Encoding/Identity-H/ToUnicode 9 0 R/DescendantFonts[<</DW 500/W[1[600]2 3 700]>>]>>",
			table, "<0001 0002 0015 0020 0021>", "5€5ABC",
		},
		"a composite font that says nothing": {
			"<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<<>>]>>", "", "<00010002>", "",
		},
		"unicode itself": {
			"<</Subtype/Type0/Encoding/UniGB-UCS2-H/DescendantFonts[<<>>]>>", "", "<4EF7 0035>", "价5",
		},
		"differences": {
			"<</Subtype/Type1/Encoding<</Differences[1/five/comma/Euro/uni00E4/Adieresis/x/seven.tab]>>>>", "",
			"<01020304050607>", "5,€äÄx7",
		},
		"a mac's":  {"<</Subtype/Type1/Encoding/MacRomanEncoding>>", "", "<8A DB>", "ä€"},
		"standard": {"<</Subtype/Type1>>", "", "<27 B4 FB>", "’·ß"},
		"drawn":    {"<</Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 65/Widths[50 50]>>", "", "(AB)", "AB"},
	} {
		t.Run(name, func(t *testing.T) {
			p := pdftest.New()
			p.Page("BT /F1 10 Tf 50 700 Td "+c.show+" Tj ET", "")
			p.Objects[5], p.Objects[9] = c.font, pdftest.Stream("", c.table)
			f := read(t, p.Bytes())
			if got := shows(f); got != c.want || (c.want == "") != (f.Unknown > 0) {
				t.Errorf("the page shows %q, %d unknown, want %q", got, f.Unknown, c.want)
			}
		})
	}
}
