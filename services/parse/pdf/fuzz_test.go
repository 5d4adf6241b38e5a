package pdf_test

import (
	"testing"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/pdf/pdftest"
	"github.com/countersign/countersign/services/parse/source"
)

// tight are limits that a fuzzer's file can reach.
func tight() source.Limits {
	l := source.DefaultLimits()
	l.PDFStream, l.PDFTotal, l.PDFWork, l.PDFText = 1<<16, 1<<18, 1<<18, 1<<12
	return l
}

// FuzzAttachments changes a file with an attachment, whose answer must stay within what Read
// promises.
func FuzzAttachments(f *testing.F) {
	p := pdftest.New()
	p.Attach("factur-x.xml", someXML)
	f.Add(p.Bytes())
	f.Add(pdftest.Update(pdftest.New().Bytes(), p.Objects))
	bundled := pdftest.New()
	bundled.Objects[8] = pdftest.Stream("/Filter[/ASCIIHexDecode/FlateDecode]", "789C03000000000100>")
	bundled.Objects[9] = pdftest.Stream("/Type/ObjStm/N 1/First 5", "20 0 <</F(factur-x.xml)/EF<</F 8 0 R>>>>")
	f.Add(pdftest.Crossed(bundled, map[int][3]int{20: {2, 9, 0}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := tight()
		got, fault := pdf.Read(l, b)
		_, again := pdf.Read(l, b)
		if (fault == nil) != (again == nil) || fault != nil && fault.Error() != again.Error() {
			t.Fatalf("two readings differ: %v and %v", fault, again)
		}
		if fault != nil {
			if fault.Code == "" || fault.Message == "" {
				t.Fatalf("not a fault that can be shown: %v", fault)
			}
			return
		}
		if got.Pages < 1 || got.Pages > l.PDFPages {
			t.Fatalf("%d pages", got.Pages)
		}
		for _, a := range got.Attachments {
			if len(a.Bytes) > l.PDFStream {
				t.Fatalf("an attachment of %d bytes", len(a.Bytes))
			}
		}
	})
}
