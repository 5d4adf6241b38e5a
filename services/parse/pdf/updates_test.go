package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
)

func TestReadTellsOfASaveThatChangesThePage(t *testing.T) {
	first := pdftest.New().Bytes()
	other := "BT /F1 12 Tf 50 700 Td (Invoice 9999) Tj ET"
	page := pdftest.New()
	page.Page("", "")
	changed := bytes.Replace([]byte(page.Objects[3]), []byte("4 0 R"), []byte("9 0 R"), 1)
	for name, objects := range map[string]map[int]string{
		"other content":   {4: pdftest.Stream("", other)},
		"another content": {3: string(changed), 9: pdftest.Stream("", other)},
		"another font":    {5: "<</Type/Font/Subtype/Type3>>"},
		"a stamp": {
			3: strings.TrimSuffix(pdftest.New().Objects[3], ">>") + "/Annots[9 0 R]>>", 9: "<</Subtype/Stamp>>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := finding(read(t, pdftest.Update(first, objects)), pdf.CodeUpdate)
			if got == nil || got.Fatal || got.Path != "page 1" {
				t.Errorf("finding %+v", got)
			}
		})
	}
}

func TestReadSaysNothingOfASaveThatLeavesThePagesAlone(t *testing.T) {
	first := pdftest.New().Bytes()
	p := pdftest.New()
	p.Attach("factur-x.xml", someXML)
	delete(p.Objects, 2)
	page := p.Objects[3][:len(p.Objects[3])-2]
	p.Objects[3] = page + "/AF[12 0 R]/StructParents 4>>"
	if f := read(t, pdftest.Update(first, p.Objects)); len(f.Findings) != 0 || len(f.Attachments) != 1 {
		t.Errorf("read %+v", f)
	}
	signed := map[int]string{3: page + "/Annots[9 0 R]>>", 9: "<</Subtype/Widget/FT/Sig/V 8 0 R>>"}
	if f := read(t, pdftest.Update(first, signed)); len(f.Findings) != 0 {
		t.Errorf("a signature is told as %+v", f.Findings)
	}
}

func TestReadTellsOfASaveThatReplacesAnAttachedInvoice(t *testing.T) {
	p := pdftest.New()
	p.Attach("factur-x.xml", someXML)
	other := pdftest.Stream("/Type/EmbeddedFile", "<other/>")
	for name, objects := range map[string]map[int]string{
		"its bytes":          {11: other},
		"what leads to them": {12: "<</Type/Filespec/F(factur-x.xml)/EF<</F 20 0 R>>>>", 20: other},
	} {
		got := finding(read(t, pdftest.Update(p.Bytes(), objects)), pdf.CodeUpdate)
		if got == nil || got.Fatal || got.Path == "" {
			t.Errorf("%s: finding %+v", name, got)
		}
	}
	described := map[int]string{12: "<</Type/Filespec/F(factur-x.xml)/Desc(new)/EF<</F 11 0 R>>>>"}
	if f := read(t, pdftest.Update(p.Bytes(), described)); len(f.Findings) != 0 {
		t.Errorf("a new description is told as %+v", f.Findings)
	}
}

func TestReadTellsOfASaveAfterSigning(t *testing.T) {
	p := pdftest.New()
	sign := func(end int) []byte {
		p.Objects[9] = fmt.Sprintf("<</Type/Sig/ByteRange[0 100 200 %06d]/Contents<00>>>", end)
		return p.Bytes()
	}
	b := sign(0)
	signed := sign(len(b) - 200)
	if f := read(t, signed); len(f.Findings) != 0 {
		t.Errorf("a signed paper: %+v", f.Findings)
	}
	got := finding(read(t, pdftest.Update(signed, map[int]string{20: "null"})), pdf.CodeUpdate)
	if got == nil || got.Fatal {
		t.Errorf("finding %+v", got)
	}
}
