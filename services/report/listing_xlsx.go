package report

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// xlsxListing writes a workbook (ECMA-376) straight into the archive: a row is written and
// forgotten, so that a file may be of any length. The first sheet has the rows. Texts are inline
// strings of format "text", which no spreadsheet reads as a formula or takes leading zeros from;
// amounts are numbers written as exact decimals. The second sheet has the number of rows, the
// sums in each currency and what the list was taken from.
type xlsxListing struct {
	listing

	archive *zip.Writer
	sheet   *bufio.Writer
	line    int
	err     error
}

// The formats of cells, in the order of the styles below. Those of amounts follow, by decimals.
const (
	stylePlain = iota
	styleText
	styleHead
	styleWhole
)

// maxDecimals is the most that a currency has (ISO 4217).
const maxDecimals = 4

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spread  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	office  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packed  = "http://schemas.openxmlformats.org/package/2006/"

	contentTypes = xmlHead + `<Types xmlns="` + packed + `content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + sheetType + `sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheetType + `worksheet+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet2.xml" ContentType="` + sheetType + `worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + sheetType + `styles+xml"/></Types>`
	sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	rootRels = xmlHead + `<Relationships xmlns="` + packed + `relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = xmlHead + `<Relationships xmlns="` + packed + `relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + office + `/worksheet" Target="worksheets/sheet2.xml"/>` +
		`<Relationship Id="rId3" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`
	styles = xmlHead + `<styleSheet xmlns="` + spread + `"><numFmts count="4">` +
		`<numFmt numFmtId="164" formatCode="#,##0.0"/><numFmt numFmtId="165" formatCode="#,##0.00"/>` +
		`<numFmt numFmtId="166" formatCode="#,##0.000"/>` +
		`<numFmt numFmtId="167" formatCode="#,##0.0000"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>` +
		`<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill>` +
		`<fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
		`<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

func (l listing) xlsx(w io.Writer) (app.ListingWriter, error) {
	x := &xlsxListing{listing: l, archive: zip.NewWriter(w)}
	x.part("[Content_Types].xml", contentTypes)
	x.part("_rels/.rels", rootRels)
	x.part("xl/workbook.xml", xmlHead+`<workbook xmlns="`+spread+`" xmlns:r="`+office+`"><sheets>`+
		`<sheet name="`+sheetName(l.say("export.list."+string(l.head.List)))+`" sheetId="1" r:id="rId1"/>`+
		`<sheet name="`+sheetName(l.say("export.totals"))+`" sheetId="2" r:id="rId2"/></sheets></workbook>`)
	x.part("xl/_rels/workbook.xml.rels", bookRels)
	x.part("xl/styles.xml", styles)
	widths := make([]int, len(l.head.Columns))
	for i, c := range l.head.Columns {
		if widths[i] = 16; c.Wide {
			widths[i] = 36
		}
	}
	x.begin("xl/worksheets/sheet1.xml", widths)
	x.texts(styleHead, l.titles()...)
	return x, x.err
}

// sheetName is a name within what sheets may be called: 31 letters, none of \ / ? * [ ] :.
func sheetName(s string) string {
	runes := []rune(regexp.MustCompile(`[\\/?*\[\]:]`).ReplaceAllString(s, " "))
	return escaped(string(runes[:min(len(runes), 31)]))
}

// part writes a whole part of the archive.
func (x *xlsxListing) part(name, content string) {
	if x.err != nil {
		return
	}
	var w io.Writer
	if w, x.err = x.archive.Create(name); x.err == nil {
		_, x.err = io.WriteString(w, content)
	}
}

const sheetBuffer = 64 << 10

// begin begins a sheet whose first row stays in view.
func (x *xlsxListing) begin(name string, widths []int) {
	if x.err != nil {
		return
	}
	w, err := x.archive.Create(name)
	if err != nil {
		x.err = err
		return
	}
	x.sheet, x.line = bufio.NewWriterSize(w, sheetBuffer), 0
	x.write(xmlHead + `<worksheet xmlns="` + spread + `"><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	for i, width := range widths {
		n := strconv.Itoa(i + 1)
		x.write(`<col min="` + n + `" max="` + n + `" width="` + strconv.Itoa(width) + `" customWidth="1"/>`)
	}
	x.write(`</cols><sheetData>`)
}

func (x *xlsxListing) end() {
	x.write(`</sheetData></worksheet>`)
	if x.err == nil {
		x.err = x.sheet.Flush()
	}
}

func (x *xlsxListing) write(s string) {
	if x.err == nil {
		_, x.err = x.sheet.WriteString(s)
	}
}

// row writes a row, each cell by its function.
func (x *xlsxListing) row(cells int, put func(i int, name string)) {
	x.line++
	n := strconv.Itoa(x.line)
	x.write(`<row r="` + n + `">`)
	for i := range cells {
		put(i, columnName(i)+n)
	}
	x.write(`</row>`)
}

// columnName is A, B, …, Z, AA, ….
func columnName(i int) string {
	const letters = 26
	name := ""
	for i++; i > 0; i = (i - 1) / letters {
		name = string(rune('A'+(i-1)%letters)) + name
	}
	return name
}

func (x *xlsxListing) texts(style int, list ...string) {
	x.row(len(list), func(i int, name string) { x.text(name, style, list[i]) })
}

func (x *xlsxListing) text(name string, style int, s string) {
	if s == "" {
		return
	}
	if runes := []rune(s); len(runes) > maxCellRunes/2 {
		s = string(runes[:maxCellRunes/2-len(cutMark)]) + cutMark
	}
	x.write(`<c r="` + name + `" s="` + strconv.Itoa(style) + `" t="inlineStr"><is><t xml:space="preserve">`)
	x.write(escaped(s))
	x.write(`</t></is></c>`)
}

func (x *xlsxListing) number(name string, style int, exact string) {
	x.write(`<c r="` + name + `" s="` + strconv.Itoa(style) + `"><v>` + exact + `</v></c>`)
}

// amount writes an exact decimal; one of more digits than a spreadsheet keeps is a text.
func (x *xlsxListing) amount(name string, a money.Amount) {
	if a.IsAbsent() {
		return
	}
	places, _ := a.Currency().Decimals()
	if len(strconv.FormatInt(max(a.Minor(), -a.Minor()), 10)) > exactDigits || places > maxDecimals {
		x.text(name, styleText, a.Decimal())
		return
	}
	x.number(name, styleWhole+places, a.Decimal())
}

// Row writes a row.
func (x *xlsxListing) Row(cells []app.ListingCell) error {
	if err := x.next(cells, maxListing); err != nil {
		return err
	}
	x.row(len(cells), func(i int, name string) {
		switch c := cells[i]; {
		case c.Count != nil:
			x.number(name, styleWhole, strconv.FormatInt(*c.Count, 10))
		case !c.Amount.IsAbsent():
			x.amount(name, c.Amount)
		default:
			x.text(name, styleText, x.listing.text(c))
		}
	})
	return x.failed()
}

// Close writes the second sheet and ends the archive.
func (x *xlsxListing) Close(foot app.ListingFoot) error {
	x.end()
	widths := []int{28, 16}
	titles := []string{x.say("export.column.currency"), x.say("export.foot.rows")}
	summed := []int{}
	for i, c := range x.head.Columns {
		if c.Sum {
			summed, widths = append(summed, i), append(widths, 20)
			titles = append(titles, x.say("export.column."+c.Word))
		}
	}
	x.begin("xl/worksheets/sheet2.xml", widths)
	x.texts(styleHead, titles...)
	x.row(2, func(i int, name string) {
		if i == 0 {
			x.text(name, styleText, x.say("export.foot.all"))
			return
		}
		x.number(name, styleWhole, strconv.FormatInt(foot.Rows, 10))
	})
	for _, sum := range foot.Sums {
		x.row(2+len(summed), func(i int, name string) {
			switch i {
			case 0:
				x.text(name, styleText, string(sum.Currency))
			case 1:
				x.number(name, styleWhole, strconv.FormatInt(sum.Rows, 10))
			default:
				x.amount(name, sum.Amounts[summed[i-2]])
			}
		})
	}
	x.texts(stylePlain)
	for _, line := range x.about() {
		x.texts(styleText, line[0], line[1])
	}
	x.end()
	if x.err == nil {
		x.err = x.archive.Close()
	}
	return x.failed()
}

func (x *xlsxListing) failed() error {
	if x.err != nil {
		return fmt.Errorf("report: write the workbook: %w", x.err)
	}
	return nil
}

// escaped is a text as XML has it. What XML cannot say becomes U+FFFD; what spreadsheets would
// read as one of their escapes (_x0041_) is escaped by one.
func escaped(s string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(s)) // a buffer takes everything
	b := out.Bytes()
	if bytes.Contains(b, []byte("_x")) {
		b = spreadsheetEscape().ReplaceAll(b, []byte("_x005F$0"))
	}
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte(string(utf8.RuneError)))
	}
	return string(b)
}

func spreadsheetEscape() *regexp.Regexp { return regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`) }
