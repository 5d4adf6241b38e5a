package sheet_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/parse/sheet"
	"github.com/countersign/countersign/services/parse/source"
)

// rowsOf are the texts of a table.
func rowsOf(t *testing.T, b []byte) [][]string {
	t.Helper()
	table, f := sheet.Read(sheet.DefaultLimits(), b)
	if f != nil {
		t.Fatal(f)
	}
	rows := make([][]string, len(table.Rows))
	for i, r := range table.Rows {
		for _, c := range r.Cells {
			rows[i] = append(rows[i], c.Text)
		}
	}
	return rows
}

// wantRows compares rows; cells are joined by bars.
func wantRows(t *testing.T, got [][]string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows %q, want %d", len(got), got, len(want))
	}
	for i, w := range want {
		if g := strings.Join(got[i], "|"); g != w {
			t.Errorf("row %d is %q, want %q", i, g, w)
		}
	}
}

func wantCode(t *testing.T, f *source.Fault, code string) {
	t.Helper()
	if f == nil || f.Code != code || f.Message == "" {
		t.Errorf("fault is %+v, want %s", f, code)
	}
}

// book is a workbook as an honest program writes it.
func book(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t *testing.T, f *excelize.File, cell string, value any) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
}

func TestReadTakesCSVWithEachSeparatorAndMark(t *testing.T) {
	for _, text := range []string{
		"a,b\n001,\"x,y\"\n", "a;b\n001;x,y\n", "a\tb\r\n001\tx,y\r\n", "\xEF\xBB\xBFa,b\n\n001,\"x,y\"",
		"\"a\",\"b\"\n , \n 001 ,\"x,y\"\n", "sep=;\r\na;b\r\n001;x,y\r\n",
	} {
		wantRows(t, rowsOf(t, []byte(text)), "a|b", "001|x,y")
	}
}

func TestReadKeepsWhatCellsSay(t *testing.T) {
	const text = "text,number\n=1+1,00012\n\"=HYPERLINK(\"\"x\"\")\",12345678901234567890\n上海,+49 30\n"
	want := []string{"text|number", "=1+1|00012", `=HYPERLINK("x")|12345678901234567890`, "上海|+49 30"}
	wantRows(t, rowsOf(t, []byte(text)), want...)
	wantRows(t, rowsOf(t, book(t, func(f *excelize.File) {
		for cell, value := range map[string]string{
			"A1": "text", "B1": "number", "A2": "=1+1", "B2": "00012", "A3": `=HYPERLINK("x")`,
			"B3": "12345678901234567890", "A4": "上海", "B4": "+49 30",
		} {
			if err := f.SetCellStr("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
	})), want...)
}

func TestReadCountsLinesAndNamesCells(t *testing.T) {
	table, f := sheet.Read(sheet.DefaultLimits(), []byte("a\n\n\"b\nb\"\nc\n"))
	if f != nil || len(table.Rows) != 3 || table.Rows[1].Number != 3 || table.Rows[2].Number != 5 {
		t.Fatalf("%+v, %v", table, f)
	}
	if got := table.Place(table.Rows[2], 2); got != "line 5, column 3" {
		t.Errorf("a cell of CSV is %q", got)
	}
	table, f = sheet.Read(sheet.DefaultLimits(), book(t, func(f *excelize.File) { set(t, f, "AB7", "x") }))
	if f != nil || len(table.Rows) != 1 || table.Rows[0].Text(27) != "x" || table.Rows[0].Text(28) != "" {
		t.Fatalf("%+v, %v", table, f)
	}
	if got := table.Place(table.Rows[0], 27); got != "AB7" {
		t.Errorf("a cell of a workbook is %q", got)
	}
}

// What a spreadsheet writes of a number is its binary; what was typed in is meant.
func TestReadGivesNumbersOfAWorkbookAsTheyWereTyped(t *testing.T) {
	for raw, want := range map[string]string{
		"1480": "1480", "1.1000000000000001": "1.1", "1480.0999999999999": "1480.1", "-0.29999999999999999": "-0.3",
		"2006880": "2006880", "1.5E-2": "0.015", "2.1E+3": "2100", "0": "0",
		"0.33333333333333331": "0.33333333333333331",
		"999999999999999":     "999999999999999", "123456789012345.67": "123456789012345.67", ".5": "0.5",
	} {
		wantRows(t, rowsOf(t, sheetOf(t, `<row r="1"><c r="A1"><v>`+raw+`</v></c></row>`)), want)
	}
	table, f := sheet.Read(sheet.DefaultLimits(), sheetOf(t, `<row><c><v>3.9010099000055002E+18</v></c></row>`))
	if f != nil || table.Rows[0].Cells[0].Flaw != sheet.Lossy {
		t.Errorf("a number that lost digits is %+v, %v", table, f)
	}
	for _, raw := range []string{"1,5", "x", "1e", "1e999", "--1", "1.2.3", "0x10", "NaN"} {
		_, f := sheet.Read(sheet.DefaultLimits(), sheetOf(t, `<row><c><v>`+raw+`</v></c></row>`))
		wantCode(t, f, source.CodeMalformed)
	}
}

func TestReadTellsDaysFromNumbers(t *testing.T) {
	formats := map[string]string{
		"yyyy-mm-dd": "2026-03-20", `dd\.mm\.yyyy hh:mm`: "2026-03-20", `[$-804]yyyy"年"m"月"d"日"`: "2026-03-20",
		`0" days"`: "46101", "[h]:mm": "46101", "0.00": "46101", "0.0%": "4610100%", `0"%"`: "46101",
	}
	for format, want := range formats {
		wantRows(t, rowsOf(t, book(t, func(f *excelize.File) {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			set(t, f, "A1", 46101)
			if err := f.SetCellStyle("Sheet1", "A1", "A1", style); err != nil {
				t.Fatal(err)
			}
		})), want)
	}
	wantRows(t, rowsOf(t, book(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		for cell, value := range map[string]string{"A1": "61", "B1": "46101.75", "C1": "36526", "D1": "-1"} {
			if err := f.SetCellDefault("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
				t.Fatal(err)
			}
		}
	})), "1900-03-01|2026-03-20|2000-01-01|-1")
}

func TestReadTakesEveryKindOfCell(t *testing.T) {
	const sheetXML = `<row r="2"><c r="A2" t="inlineStr"><is><r><t>in </t></r><r><t>runs</t></r>` +
		`<rPh sb="0" eb="1"><t>spoken</t></rPh></is></c><c r="B2" t="b"><v>1</v></c>` +
		`<c r="C2" t="str"><f>A1&amp;"x"</f><v>kept</v></c><c r="D2"><f>1/0</f></c>` +
		`<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="F2" t="d"><v>2026-03-20T00:00:00</v></c>` +
		`<c r="G2" s="1"/></row><row r="9"><c r="A9" s="1"/></row>`
	table, f := sheet.Read(sheet.DefaultLimits(), sheetOf(t, sheetXML))
	if f != nil || len(table.Rows) != 1 {
		t.Fatalf("%+v, %v", table, f)
	}
	want := []sheet.Cell{
		{Text: "in runs"},
		{Text: "TRUE"},
		{Text: "kept"},
		{Flaw: sheet.Failed},
		{Text: "#DIV/0!", Flaw: sheet.Failed},
		{Text: "2026-03-20"},
	}
	for i, c := range table.Rows[0].Cells {
		if c != want[i] {
			t.Errorf("cell %d is %+v, want %+v", i, c, want[i])
		}
	}
}

func TestReadRefusesSheetsThatProgramsWouldReadDifferently(t *testing.T) {
	for name, xml := range map[string]string{
		"a row again":      `<row r="2"/><row r="2"/>`,
		"an earlier row":   `<row r="2"/><row r="1"/>`,
		"a cell again":     `<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`,
		"a cell elsewhere": `<row r="1"><c r="A2"><v>1</v></c></row>`,
		"two values":       `<row><c><v>1</v><v>2</v></c></row>`,
		"no such text":     `<row><c t="s"><v>7</v></c></row>`,
		"no such kind":     `<row><c t="x"><v>7</v></c></row>`,
		"a row too far":    `<row r="1048577"/>`,
		"broken XML":       `<row><c></row>`,
		"rows twice":       `</sheetData><sheetData>`,
	} {
		_, f := sheet.Read(sheet.DefaultLimits(), sheetOf(t, xml))
		if f == nil || f.Code != source.CodeMalformed {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestReadTakesAFileUpToItsLimits(t *testing.T) {
	l := sheet.DefaultLimits()
	l.Rows, l.Columns, l.Cell = 3, 2, 8
	for name, c := range map[string]struct{ at, past string }{
		"rows":    {"a\nb\nc\n", "a\nb\nc\nd\n"},
		"columns": {"a,b\n", "a,b,c\n"},
		"a cell":  {"12345678\n", "123456789\n"},
	} {
		if _, f := sheet.Read(l, []byte(c.at)); f != nil {
			t.Errorf("%s at the limit: %v", name, f)
		}
		_, f := sheet.Read(l, []byte(c.past))
		wantCode(t, f, source.CodeTooLarge)
	}
	for name, c := range map[string]struct{ at, past string }{
		"rows":    {`<row><c><v>1</v></c></row>`, `<row r="9"><c><v>1</v></c></row>`},
		"columns": {`<row><c r="B1"><v>1</v></c><c r="C1"/></row>`, `<row><c r="C1"><v>1</v></c></row>`},
		"a cell": {
			`<row><c t="str"><v>12345678</v></c></row>`, `<row><c t="str"><v>123456789</v></c></row>`,
		},
	} {
		if name == "rows" {
			full := strings.Repeat(`<row><c><v>1</v></c></row>`, l.Rows-1)
			c.at, c.past = full+c.at, full+c.at+c.past
		}
		if _, f := sheet.Read(l, sheetOf(t, c.at)); f != nil {
			t.Errorf("%s of a workbook at the limit: %v", name, f)
		}
		_, f := sheet.Read(l, sheetOf(t, c.past))
		wantCode(t, f, source.CodeTooLarge)
	}
}

func TestReadRefusesBrokenCSV(t *testing.T) {
	for text, code := range map[string]string{
		"a,b\n\"open,1\n":                  source.CodeMalformed,
		"a,b\nx\"y,1\n":                    source.CodeMalformed,
		"a,b\n\xff,1\n":                    source.CodeEncoding,
		"a,b\nx\x00,1\n":                   source.CodeEncoding,
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": source.CodeUnsupported,
		strings.Repeat("a,", 101):          source.CodeTooLarge,
		strings.Repeat("a\n", 1e6):         source.CodeTooLarge,
		strings.Repeat("a", 32_768):        source.CodeTooLarge,
	} {
		_, f := sheet.Read(sheet.DefaultLimits(), []byte(text))
		wantCode(t, f, code)
	}
}
