package parse_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// Odd, but one thing to everybody.
func TestTwoReadingsAgreeOnOddWaysToWriteASheet(t *testing.T) {
	text := string(bulkOf(t, parse.Invoice).csv())
	for name, file := range map[string]string{
		"lines of Windows":   strings.ReplaceAll(text, "\n", "\r\n"),
		"a mark in front":    "\xEF\xBB\xBF" + text,
		"a named separator":  "sep=,\n" + text,
		"no end of line":     strings.TrimSuffix(text, "\n"),
		"a quoted number":    strings.Replace(text, "LQ-10472", `"LQ-10472"`, 1),
		"a line in a text":   strings.Replace(text, "LQ-10472", "\"LQ-10\n472\"", 1),
		"a quote in a text":  strings.Replace(text, "LQ-10472", `"LQ-""10472"`, 1),
		"space around":       strings.Replace(text, "LQ-10472", "  LQ-10472 ", 1),
		"blank lines":        "\n\n" + strings.Replace(text, "\n", "\n\n,,\n", 1),
		"zeros of an amount": strings.ReplaceAll(text, "2006880.00", "2006880.0"),
	} {
		if docs := mustReadBulk(t, []byte(file)); len(docs) != 1 {
			t.Errorf("%s: %d documents", name, len(docs))
		}
	}
}

func TestTwoReadingsAgreeOnWhatASpreadsheetKeeps(t *testing.T) {
	runs := []excelize.RichTextRun{{Text: "LQ-"}, {Text: "9"}}
	for name, c := range map[string]struct {
		want   string
		value  any
		format int
		own    string
	}{
		"a number that is a number":    {value: 10472, want: "10472"},
		"one with a fraction":          {value: 1.1, want: "1.1"},
		"one that a binary misses":     {value: 1.1000000000000001, want: "1.1"},
		"one with many digits":         {value: 0.30000000000000004, want: "0.3"},
		"a small one":                  {value: 1e-7, want: "0.0000001"},
		"a large one":                  {value: 1e14, want: "100000000000000"},
		"a negative one":               {value: -7, want: "-7"},
		"a percentage":                 {value: 0.135, format: 10, want: "13.5%"},
		"a percentage of its own":      {value: 2, own: `"d"0.0%`, want: "200%"},
		"a day":                        {value: 46101, format: 14, want: "2026-03-20"},
		"a day of its own":             {value: 46101.75, own: `[$-409]dd/mm/yyyy`, want: "2026-03-20"},
		"no day":                       {value: 60, format: 14, want: "60"},
		"a flag":                       {value: true, want: "TRUE"},
		"a text in runs":               {value: runs, want: "LQ-9"},
		"a text that begins with an =": {value: "'=1", want: "'=1"},
	} {
		b := bulkOf(t, parse.Invoice)
		docs := mustReadBulk(t, rewrittenBook(t, b.xlsx(), func(f *excelize.File) {
			if runs, rich := c.value.([]excelize.RichTextRun); rich {
				must(t, f.SetCellRichText("Sheet1", "A2", runs))
				return
			}
			must(t, f.SetCellValue("Sheet1", "A2", c.value))
			style := &excelize.Style{NumFmt: c.format}
			if c.own != "" {
				style = &excelize.Style{CustomNumFmt: &c.own}
			}
			id, err := f.NewStyle(style)
			must(t, err)
			must(t, f.SetCellStyle("Sheet1", "A2", "A2", id))
		}))
		if docs[0].Number != c.want {
			t.Errorf("%s is read as %q, want %q", name, docs[0].Number, c.want)
		}
	}
}

// Whatever digits a program writes for a number, both readers make one number of them.
func TestTwoReadingsAgreeOnEveryNumberOfASpreadsheet(t *testing.T) {
	sheet := rewrittenBook(t, bulkOf(t, parse.Invoice).xlsx(), func(f *excelize.File) {
		must(t, f.SetCellValue("Sheet1", "A2", 987654321))
	})
	rapid.Check(t, func(r *rapid.T) {
		value := rapid.OneOf(
			rapid.StringMatching(`[1-9]{0,3}\.[0-9]{1,3}(0{10,12}|9{10,12})[0-9]{1,3}(E-?[0-9])?`),
			rapid.StringMatching(`-?[1-9][0-9]{14}(\.[0-9]{1,2})?`),
			rapid.StringMatching(`[+-]?[0-9]{0,17}(\.[0-9]{0,17})?(E[+-]?[0-9]{1,2})?`),
		).Draw(r, "value")
		b := repacked(t, sheet, func(_ string, b []byte) []byte {
			return bytes.Replace(b, []byte("<v>987654321</v>"), []byte("<v>"+value+"</v>"), 1)
		})
		_, err := parse.ReadBulk(b)
		if fault, ok := errors.AsType[*parse.Fault](err); ok && fault.Code == source.CodeReadings {
			r.Fatalf("%s: %v", value, err)
		}
	})
}

// A hostile sheet says one thing to one program and another thing to another one.
func TestReadBulkTakesNoSheetThatIsReadInTwoWays(t *testing.T) {
	text := string(bulkOf(t, parse.Invoice).csv())
	sheet := bulkOf(t, parse.Invoice).xlsx()
	rewritten := func(from, to string) []byte {
		return repacked(t, sheet, func(_ string, b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(from), []byte(to))
		})
	}
	for name, file := range map[string][]byte{
		"a row that ends within a line": []byte(strings.Replace(text, "LQ-10472", "LQ-10472\rLQ-10473", 1)),
		"a foreign twin of a value": rewritten("<si><t>LQ-10472</t></si>",
			`<si><x:t xmlns:x="urn:x">LQ-99999</x:t><t>LQ-10472</t></si>`),
		"an archive within the archive's gaps": hidden(t, sheet),
	} {
		_, err := parse.ReadBulk(file)
		wantCode(t, err, source.CodeReadings)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rewrittenBook changes a workbook as an honest program does.
func rewrittenBook(t *testing.T, b []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	must(t, err)
	defer f.Close()
	change(f)
	out, err := f.WriteToBuffer()
	must(t, err)
	return out.Bytes()
}

// repacked changes the files of an archive.
func repacked(t *testing.T, b []byte, change func(name string, b []byte) []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, file := range r.File {
		from, err := file.Open()
		must(t, err)
		content, err := io.ReadAll(from)
		must(t, err)
		to, err := w.Create(file.Name)
		must(t, err)
		_, err = to.Write(change(file.Name, content))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

// hidden puts bytes that the list of an archive does not name in front of its files.
func hidden(t *testing.T, b []byte) []byte {
	t.Helper()
	other := repacked(t, b, func(_ string, content []byte) []byte {
		return bytes.ReplaceAll(content, []byte("LQ-10472"), []byte("LQ-99999"))
	})
	files := bytes.Index(other, []byte("PK\x01\x02"))
	return append(bytes.Clone(other[:files]), b...)
}
