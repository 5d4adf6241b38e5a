package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/parse/sheet"
	"github.com/countersign/countersign/services/parse/source"
)

const (
	spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relating    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packaging   = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// parts are the least that a workbook has, with these rows.
func parts(rows string) map[string]string {
	relation := func(kind, to string) string {
		return `<Relationships xmlns="` + packaging + `"><Relationship Id="r1" Type="` + relating + "/" + kind +
			`" Target="` + to + `"/></Relationships>`
	}
	return map[string]string{
		"_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml": `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + relating +
			`"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + spreadsheet + `"><sheetData>` + rows +
			`</sheetData></worksheet>`,
	}
}

// packed is an archive of these parts, and of what add brings.
func packed(t testing.TB, parts map[string]string, add func(w *zip.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		entry(t, w, &zip.FileHeader{Name: name, Method: zip.Deflate}, []byte(text))
	}
	if add != nil {
		add(w)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func entry(t testing.TB, w *zip.Writer, h *zip.FileHeader, b []byte) {
	t.Helper()
	e, err := w.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(b); err != nil {
		t.Fatal(err)
	}
}

// sheetOf is a workbook whose one sheet has these rows.
func sheetOf(t testing.TB, rows string) []byte {
	t.Helper()
	return packed(t, parts(rows), nil)
}

const oneRow = `<row><c><v>1</v></c></row>`

func TestReadRefusesHostileArchives(t *testing.T) {
	add := func(h zip.FileHeader, b []byte) []byte {
		return packed(t, parts(oneRow), func(w *zip.Writer) { entry(t, w, &h, b) })
	}
	named := func(name string) []byte {
		return add(zip.FileHeader{Name: name, Method: zip.Deflate}, []byte("x"))
	}
	link := zip.FileHeader{Name: "xl/link", Method: zip.Deflate}
	link.SetMode(fs.ModeSymlink | 0o777)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"1,000 to 1": {
			add(zip.FileHeader{Name: "xl/x.bin", Method: zip.Deflate}, make([]byte, 1<<20)), source.CodeTooLarge,
		},
		"an archive inside":    {add(zip.FileHeader{Name: "xl/x.bin"}, sheetOf(t, "")), source.CodeArchive},
		"a gzip inside":        {add(zip.FileHeader{Name: "x"}, []byte("\x1f\x8b\x08")), source.CodeArchive},
		"a way out":            {named("../evil.xml"), source.CodeArchive},
		"a way out inside":     {named("xl/../../evil.xml"), source.CodeArchive},
		"a whole path":         {named("/etc/evil.xml"), source.CodeArchive},
		"a drive":              {named(`C:\evil.xml`), source.CodeArchive},
		"a NUL":                {named("a\x00b"), source.CodeArchive},
		"a name twice":         {named("xl/workbook.xml"), source.CodeArchive},
		"a name in other case": {named("XL/Workbook.xml"), source.CodeArchive},
		"a link":               {add(link, []byte("/etc/passwd")), source.CodeArchive},
		"a macro":              {named("xl/vbaProject.bin"), source.CodeArchive},
		"an old macro":         {named("xl/macrosheets/sheet1.xml"), source.CodeArchive},
		"macros by type": {add(zip.FileHeader{Name: "[Content_Types].xml"}, []byte(
			`<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`,
		)), source.CodeArchive},
		"a DTD": {add(zip.FileHeader{Name: "docProps/app.xml"}, []byte(
			`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`,
		)), source.CodeDTD},
		"attributes": {add(zip.FileHeader{Name: "docProps/app.xml"}, []byte(
			`<x `+strings.Repeat(`a="b" `, 300)+`/>`,
		)), source.CodeTooLarge},
		"an unknown method": {raw(t, "xl/x.bin", 99, []byte("x"), 1), source.CodeArchive},
		"a size too small":  {raw(t, "xl/x.bin", zip.Store, []byte("xxxx"), 2), source.CodeMalformed},
		"a size too large":  {raw(t, "xl/x.bin", zip.Store, []byte("xxxx"), 9), source.CodeMalformed},
		"broken off":        {sheetOf(t, oneRow)[:200], source.CodeMalformed},
		"no workbook":       {packed(t, map[string]string{"a.txt": "x"}, nil), source.CodeUnsupported},
		"UTF-16": {packed(t, map[string]string{
			"_rels/.rels": "\xff\xfe<\x00a\x00/\x00>\x00",
		}, nil), source.CodeEncoding},
		"depth": {
			sheetOf(t, strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70)), source.CodeDepth,
		},
		"too many rows": {sheetOf(t, lively(5_001)), source.CodeTooLarge},
		"a huge cell": {
			sheetOf(t, `<row><c t="str"><v>`+strings.Repeat("abcdefghij"+"0123456789", 2_000)+`</v></c></row>`),
			source.CodeTooLarge,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, f := sheet.Read(sheet.DefaultLimits(), c.file)
			wantCode(t, f, c.code)
		})
	}
}

// lively rows differ, so that they do not pack too well.
func lively(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`<row><c><v>` + strconv.Itoa(i*7919%1_000_003) + `</v></c></row>`)
	}
	return b.String()
}

// raw adds an entry whose directory says a size of its own.
func raw(t *testing.T, name string, method uint16, b []byte, size uint64) []byte {
	t.Helper()
	return packed(t, parts(oneRow), func(w *zip.Writer) {
		e, err := w.CreateRaw(&zip.FileHeader{
			Name: name, Method: method, CompressedSize64: uint64(len(b)), UncompressedSize64: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(b); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadRefusesEntriesThatShareBytes(t *testing.T) {
	b := sheetOf(t, oneRow)
	// Each record of the directory tells at byte 42 where its entry begins: let two say the same.
	first := bytes.Index(b, []byte("PK\x01\x02"))
	second := first + 4 + bytes.Index(b[first+4:], []byte("PK\x01\x02"))
	copy(b[second+42:second+46], b[first+42:first+46])
	_, f := sheet.Read(sheet.DefaultLimits(), b)
	wantCode(t, f, source.CodeArchive)
}

func TestReadTakesEntriesUpToItsLimit(t *testing.T) {
	fill := func(n int) []byte {
		return packed(t, parts(oneRow), func(w *zip.Writer) {
			for i := range n {
				entry(t, w, &zip.FileHeader{Name: "x/" + strconv.Itoa(i)}, nil)
			}
		})
	}
	l := sheet.DefaultLimits()
	if _, f := sheet.Read(l, fill(l.Entries-len(parts("")))); f != nil {
		t.Errorf("at the limit: %v", f)
	}
	for _, n := range []int{l.Entries - len(parts("")) + 1, 100_000} {
		_, f := sheet.Read(l, fill(n))
		wantCode(t, f, source.CodeTooLarge)
	}
	// An archive whose end claims fewer entries than the directory has.
	b := fill(l.Entries)
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint16(b[end+10:], 4)
	_, f := sheet.Read(l, b)
	wantCode(t, f, source.CodeTooLarge)
}

func TestReadTakesUnpackedBytesUpToItsLimits(t *testing.T) {
	file := packed(t, parts(oneRow), func(w *zip.Writer) {
		entry(t, w, &zip.FileHeader{Name: "x", Method: zip.Store}, bytes.Repeat([]byte("x"), 1_000))
	})
	total := 1_000
	for _, text := range parts(oneRow) {
		total += len(text)
	}
	l := sheet.DefaultLimits()
	l.Unpacked, l.Part = total, 1_000
	if _, f := sheet.Read(l, file); f != nil {
		t.Errorf("at the limits: %v", f)
	}
	l.Unpacked = total - 1
	_, f := sheet.Read(l, file)
	wantCode(t, f, source.CodeTooLarge)
	l.Unpacked, l.Part = total, 999
	_, f = sheet.Read(l, file)
	wantCode(t, f, source.CodeTooLarge)
}

func TestReadTakesARatioUpToItsLimit(t *testing.T) {
	file := packed(t, parts(oneRow), func(w *zip.Writer) {
		entry(t, w, &zip.FileHeader{Name: "x", Method: zip.Deflate}, bytes.Repeat([]byte("x"), 1<<20))
	})
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	part := r.File[slices.IndexFunc(r.File, func(f *zip.File) bool { return f.Name == "x" })]
	l := sheet.DefaultLimits()
	l.Ratio = int(part.UncompressedSize64/(part.CompressedSize64+1)) + 1
	if _, f := sheet.Read(l, file); f != nil {
		t.Errorf("at %d to 1: %v", l.Ratio, f)
	}
	l.Ratio--
	_, f := sheet.Read(l, file)
	wantCode(t, f, source.CodeTooLarge)
}

func TestReadFollowsNoLinkOutOfAWorkbook(t *testing.T) {
	outside := parts(oneRow)
	outside["xl/_rels/workbook.xml.rels"] = strings.Replace(outside["xl/_rels/workbook.xml.rels"],
		`Target="worksheets/sheet1.xml"`, `Target="http://127.0.0.1/x.xml" TargetMode="External"`, 1)
	_, f := sheet.Read(sheet.DefaultLimits(), packed(t, outside, nil))
	wantCode(t, f, source.CodeMalformed)
}

func TestReadTakesTheFirstSheetThatIsShown(t *testing.T) {
	wantRows(t, rowsOf(t, book(t, func(f *excelize.File) {
		set(t, f, "A1", "hidden")
		if _, err := f.NewSheet("Shown"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Shown", "A1", "shown"); err != nil {
			t.Fatal(err)
		}
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			t.Fatal(err)
		}
	})), "shown")
}

// holds what is true of every answer: rows within the limits, or a fault that can be shown.
func holds(t *testing.T, b []byte) {
	t.Helper()
	l := sheet.DefaultLimits()
	table, f := sheet.Read(l, b)
	if (f == nil) == (table == nil) {
		t.Fatalf("table %v and fault %v", table, f)
	}
	if f != nil {
		if f.Code == "" || f.Message == "" {
			t.Fatalf("not a fault that can be shown: %+v", f)
		}
		return
	}
	before := 0
	for _, r := range table.Rows {
		if r.Number <= before || len(r.Cells) > l.Columns || len(table.Rows) > l.Rows {
			t.Fatalf("row %d after %d with %d cells", r.Number, before, len(r.Cells))
		}
		before = r.Number
		for _, c := range r.Cells {
			if len(c.Text) > l.Cell || c.Text != strings.TrimSpace(c.Text) {
				t.Fatalf("cell %q", c.Text)
			}
		}
	}
}

func FuzzSheetXLSX(f *testing.F) {
	f.Add(sheetOf(f, oneRow))
	f.Add(sheetOf(f, `<row r="2"><c r="B2" t="inlineStr"><is><t>x</t></is></c><c t="e"><v>#N/A</v></c></row>`))
	f.Add(packed(f, map[string]string{"a.txt": "x"}, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		const magic = "PK\x03\x04"
		holds(t, append([]byte(magic), bytes.TrimPrefix(b, []byte(magic))...))
	})
}

// FuzzSheetRows keeps the archive around what it tries, so that the sheet itself is reached.
func FuzzSheetRows(f *testing.F) {
	f.Add(oneRow)
	f.Add(`<row r="2"><c r="B2" t="inlineStr"><is><r><t>x</t></r></is></c><c t="b"><v>1</v></c></row>`)
	f.Add(`<row><c s="1"><v>1.1000000000000001</v></c><c t="d"><v>2026-03-20</v></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) { holds(t, sheetOf(t, rows)) })
}

func FuzzSheetCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\n\"x\n\";=1\n", "\xEF\xBB\xBFa\tb\r\n", "\"", ",,,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !sheet.IsArchive(b) {
			holds(t, b)
		}
	})
}
