package acceptance

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/pdf/pdftest"
)

const notAPaper = "document.unsupported" // what a workbook is told as a paper of its own

// bookOf is the least of an XLSX file, and what add puts in besides.
func bookOf(t *testing.T, row string, add func(w *zip.Writer)) []byte {
	t.Helper()
	const (
		sheets   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		relating = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	)
	relation := func(kind, to string) string {
		return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="r1" Type="` + relating + "/" + kind + `" Target="` + to + `"/></Relationships>`
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"_rels/.rels", relation("officeDocument", "xl/workbook.xml")},
		{"xl/workbook.xml", `<workbook xmlns="` + sheets + `" xmlns:r="` + relating +
			`"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")},
		{
			"xl/worksheets/sheet1.xml",
			`<worksheet xmlns="` + sheets + `"><sheetData>` + row + `</sheetData></worksheet>`,
		},
	} {
		packInto(t, w, &zip.FileHeader{Name: part[0], Method: zip.Deflate}, []byte(part[1]))
	}
	if add != nil {
		add(w)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func packInto(t *testing.T, w *zip.Writer, h *zip.FileHeader, b []byte) {
	t.Helper()
	e, err := w.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(b); err != nil {
		t.Fatal(err)
	}
}

func hostileArchives(t *testing.T) []hostile {
	const row = `<row><c><v>1</v></c></row>`
	with := func(h zip.FileHeader, b []byte) []byte {
		return bookOf(t, row, func(w *zip.Writer) { packInto(t, w, &h, b) })
	}
	of := func(name string, b []byte, rule string) hostile { return hostile{name, b, rule, notAPaper} }
	link := zip.FileHeader{Name: "xl/link", Method: zip.Deflate}
	link.SetMode(fs.ModeSymlink | 0o777)
	many := bookOf(t, row, func(w *zip.Writer) {
		for i := range 100_000 {
			packInto(t, w, &zip.FileHeader{Name: strconv.Itoa(i)}, nil)
		}
	})
	overlapping := bookOf(t, row, nil)
	first := bytes.Index(overlapping, []byte("PK\x01\x02"))
	second := first + 4 + bytes.Index(overlapping[first+4:], []byte("PK\x01\x02"))
	copy(overlapping[second+42:second+46], overlapping[first+42:first+46]) // where an entry begins
	lying := func(size uint64) []byte {
		return bookOf(t, row, func(w *zip.Writer) {
			e, err := w.CreateRaw(&zip.FileHeader{
				Name: "x", CompressedSize64: 4, UncompressedSize64: size,
			})
			if err == nil {
				_, err = e.Write([]byte("xxxx"))
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	return []hostile{
		of("an archive of 1,000 to 1", with(zip.FileHeader{Name: "x", Method: zip.Deflate}, make([]byte,
			16<<20)),
			"document.too_large"),
		of("an archive in an archive", with(zip.FileHeader{Name: "x"}, bookOf(t, row, nil)),
			"document.archive"),
		of("entries that overlap", overlapping, "document.archive"),
		of("a zip slip", with(zip.FileHeader{Name: "../../evil.xml"}, []byte("x")), "document.archive"),
		of("a symbolic link", with(link, []byte("/etc/passwd")), "document.archive"),
		of("100,000 entries", many, "document.too_large"),
		of("a size too small", lying(2), "document.malformed"),
		of("a size too large", lying(9), "document.malformed"),
		of("a size of four gigabytes", lying(4<<30), "document.too_large"),
		of("billion laughs in a workbook", with(zip.FileHeader{Name: "docProps/app.xml"},
			[]byte(laughs+"<a>&e;</a>")),
			"document.dtd"),
		of("depth in a workbook", bookOf(t, strings.Repeat("<a>", 200)+strings.Repeat("</a>", 200), nil),
			"document.depth"),
		of("a macro", with(zip.FileHeader{Name: "xl/vbaProject.bin"}, []byte("x")), "document.archive"),
	}
}

// hybridOf is a PDF that shows lines and carries an invoice.
func hybridOf(invoice string, lines ...string) *pdftest.Paper {
	p := pdftest.New()
	p.Show(lines...)
	shown := [2]string{p.Objects[3], p.Objects[4]}
	p.Attach("factur-x.xml", []byte(invoice))
	p.Objects[3], p.Objects[4] = shown[0], shown[1]
	return p
}

func hostilePDFs() []hostile {
	of := func(name string, p *pdftest.Paper, rule string) hostile {
		return hostile{name: name, file: p.Bytes(), rule: rule}
	}
	page := func(object string) *pdftest.Paper {
		p := pdftest.New()
		p.Page("", "/Annots[9 0 R]")
		p.Objects[9] = object
		return p
	}
	catalog := func(more string) *pdftest.Paper {
		p := pdftest.New()
		p.Catalog(more)
		return p
	}
	program := pdftest.New()
	program.Attach("invoice.pdf.exe", []byte("MZ\x90"))
	honest := string(pdftest.New().Bytes())
	end := "PK\x05\x06" + strings.Repeat("\x00", 18)
	list := []hostile{
		of("a program to start", page("<</Subtype/Link/A<</S/Launch/F(calc.exe)>>>>"), "pdf.launch"),
		of("a script", catalog("/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "pdf.javascript"),
		of("a link", page("<</Subtype/Link/A<</S/URI/URI(http://x.test)>>>>"), "pdf.link"),
		of("a form for the pages", catalog("/AcroForm<</XFA 5 0 R>>"), "pdf.form"),
		of("an attached program", program, "pdf.program"),
		file("a PDF and an archive", honest+"PK\x03\x04"+end, "pdf.polyglot"),
		file("a PDF and a web page", "<html><script>alert(1)</script>"+honest, "pdf.polyglot"),
		file("a web page behind a PDF", honest+"<script>alert(1)</script>", "pdf.polyglot"),
		of("billion laughs in a PDF", hybridOf(laughs+ublOf("<cbc:ID>&e;</cbc:ID>")), "document.dtd"),
		of("lines in a PDF", hybridOf(ublOf(strings.Repeat("<cac:InvoiceLine/>", 47_000))),
			"document.too_large"),
		of("a PDF in a PDF", hybridOf(honest), "document.encoding"),
	}
	return append(append(list, hostileObjects()...), hostilePages()...)
}

// hostileObjects are PDFs whose objects want to keep a reader busy.
func hostileObjects() []hostile {
	chained, content := pdftest.New(), []byte("BT /F1 9 Tf (x) Tj ET")
	for range 4 {
		content = []byte(pdftest.Packed(content))
	}
	chained.Objects[4] = pdftest.Stream("/Filter["+strings.Repeat("/FlateDecode", 4)+"]", string(content))
	bomb := pdftest.New()
	bomb.Objects[4] = pdftest.Stream("/Filter[/FlateDecode/FlateDecode]",
		pdftest.Packed([]byte(pdftest.Packed(make([]byte, 65<<20)))))
	bundles := pdftest.New()
	bundles.Objects[9] = pdftest.Stream("/Type/ObjStm/N 1/First 5", "20 0 <</Type/Catalog>>")
	tables := pdftest.New()
	tables.Trailer = fmt.Sprintf("/Prev %d", bytes.LastIndex(tables.Bytes(), []byte("xref\n0 1")))
	kids := pdftest.New()
	kids.Objects[2] = "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"
	picture := pdftest.New()
	picture.Objects[9] = pdftest.Stream("/Subtype/Image/Width 100000/Height 100000/Filter/DCTDecode", "x")
	locked := pdftest.New()
	locked.Trailer = "/Encrypt<</Filter/Standard/V 5>>"
	return []hostile{
		{"filters behind each other", chained.Bytes(), "pdf.filter_chain", ""},
		{"a stream of 65 MiB", bomb.Bytes(), "document.too_large", ""},
		{"an object stream in itself", pdftest.Crossed(bundles, map[int][3]int{
			20: {2, 21, 0}, 21: {2, 20, 0}, 1: {2, 21, 0},
		}), "pdf.loop", ""},
		{"tables in a circle", tables.Bytes(), "pdf.loop", ""},
		{"pages in a circle", kids.Bytes(), "pdf.loop", ""},
		{"pixels without end in a PDF", picture.Bytes(), "document.too_large", ""},
		{"a PDF under lock", locked.Bytes(), "pdf.encrypted", ""},
		{
			"brackets without end", []byte("%PDF-1.7\n1 0 obj" + strings.Repeat("[", 1<<20) + "\n%%EOF"),
			"document.too_large",
			"",
		},
	}
}

// hostilePages are PDFs that show one thing and say another.
func hostilePages() []hostile {
	invoice := ublOf(`<cbc:ID>R-4711</cbc:ID><cac:PaymentMeans><cac:PayeeFinancialAccount>` +
		`<cbc:ID>DE89370400440532013000</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>` +
		`<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">1100.00</cbc:PayableAmount>` +
		`</cac:LegalMonetaryTotal>`)
	const number, total, account = "Invoice number R-4711", "Amount due EUR 1,100.00",
		"IBAN DE89370400440532013000"
	with := func(name string, lines ...string) hostile {
		return hostile{name: name, file: hybridOf(invoice, lines...).Bytes(), rule: "pdf.text_disagrees"}
	}
	saved := hybridOf(invoice, number, total, account).Bytes()
	changed := hybridOf(invoice, number, "Amount due EUR 9,100.00", account)
	return []hostile{
		with("another amount on the page", number, "Amount due EUR 9,100.00", account),
		with("another account on the page", number, total, "IBAN DE02120300000000202051"),
		with("another number on the page", "Invoice number R-9999", total, account),
		{
			"a save that changes the amount", pdftest.Update(saved, map[int]string{4: changed.Objects[4]}),
			"pdf.incremental_update", "",
		},
	}
}
