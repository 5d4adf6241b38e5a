package witness

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// xlsxRows reads the first sheet of a workbook that a person sees (ECMA-376 part 1).
func xlsxRows(b []byte) ([][]string, bool) {
	files, ok := openArchive(b)
	if !ok {
		return nil, false
	}
	book := workbook{files: files}
	main, ok := book.target("", func(kind, _ string) bool { return kind == "officeDocument" })
	if !ok || !book.walk(main, leafReader(book.sheets)) {
		return nil, false
	}
	for kind, r := range map[string]reader{
		"sharedStrings": &textReader{book: &book}, "styles": &styleReader{book: &book},
	} {
		name, is := book.target(main, func(k, _ string) bool { return k == kind })
		if is && !book.walk(name, r) {
			return nil, false
		}
	}
	sheet, ok := book.target(main, func(kind, id string) bool { return kind == "worksheet" && id == book.sheet })
	cells := cellReader{book: &book}
	ok = ok && book.walk(sheet, &cells) && !cells.broken
	return cells.rows, ok
}

// workbook is what cells refer to.
type workbook struct {
	files     archive
	sheet     string // the relation to the first sheet
	since1904 bool
	texts     []string
	formats   []format // of each style
}

func (w *workbook) walk(name string, r reader) bool {
	b, ok := w.files.part(name)
	return ok && walkXML(inUTF8(unmarked(b)), r)
}

// target is the part that another one refers to.
func (w *workbook) target(from string, wanted func(kind, id string) bool) (string, bool) {
	found := ""
	ok := w.walk(path.Join(path.Dir(from), "_rels", path.Base("/"+from)+".rels"), leafReader(func(l leaf) {
		if found == "" && lastStep(l.path) == "Relationship" && l.attribute("TargetMode") != "External" &&
			wanted(path.Base(l.attribute("Type")), l.attribute("Id")) {
			found = l.attribute("Target")
		}
	}))
	if !strings.HasPrefix(found, "/") && found != "" {
		found = path.Join(path.Dir(from), found)
	}
	return found, ok && found != ""
}

func lastStep(p []byte) string { return path.Base(string(p)) }

// leafReader is a reader that looks at leaves alone.
type leafReader func(l leaf)

func (r leafReader) leaf(l leaf) { r(l) }
func (r leafReader) left([]byte) {}

// sheets finds the first sheet that is not hidden.
func (w *workbook) sheets(l leaf) {
	switch lastStep(l.path) {
	case "workbookPr":
		w.since1904 = yes(l.attribute("date1904"))
	case "sheet":
		if state := l.attribute("state"); w.sheet == "" && (state == "" || state == "visible") {
			eachAttribute(l.tag, func(name, value []byte) {
				if strings.HasSuffix(string(name), ":id") { // one without a prefix is the sheet's own number
					w.sheet = string(value)
				}
			})
		}
	}
}

func yes(s string) bool { return s == "1" || s == "true" || s == "on" }

// textReader reads the texts that cells share; how they are read aloud is no part of them.
type textReader struct {
	book *workbook
	text strings.Builder
}

func (r *textReader) leaf(l leaf) {
	switch string(l.path) {
	case "/sst/si":
		r.left(l.path)
	case "/sst/si/t", "/sst/si/r/t":
		r.text.Write(l.raw)
	}
}

func (r *textReader) left(p []byte) {
	if string(p) == "/sst/si" {
		r.book.texts = append(r.book.texts, r.text.String())
		r.text.Reset()
	}
}

// format is what a style shows a number as.
type format int

const (
	showsNumber format = iota
	showsDay
	showsPercent
)

// styleReader reads what each style shows a number as.
type styleReader struct {
	book *workbook
	own  map[string]format // formats of the workbook's own, by number
}

func (r *styleReader) leaf(l leaf)   {}
func (r *styleReader) left(p []byte) {}

func (r *styleReader) opened(l leaf) {
	switch string(l.path) {
	case "/styleSheet/numFmts/numFmt":
		if r.own == nil {
			r.own = map[string]format{}
		}
		r.own[l.attribute("numFmtId")] = formatOf(l.attribute("formatCode"))
	case "/styleSheet/cellXfs/xf":
		id := l.attribute("numFmtId")
		f := r.own[id]
		switch n, err := strconv.Atoi(id); {
		case err != nil:
			f = showsNumber
		case n == 9 || n == 10:
			f = showsPercent
		case n >= 14 && n <= 17, n == 22, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 58:
			f = showsDay // ECMA-376 part 1, 18.8.30
		}
		r.book.formats = append(r.book.formats, f)
	}
}

// formatOf looks for a day, a year or a percentage in a format, outside what is shown as it is.
func formatOf(code string) format {
	for code = strings.ToLower(code); code != ""; code = code[1:] {
		switch code[0] {
		case 'y', 'd':
			return showsDay
		case '%':
			return showsPercent
		case '\\', '_', '*': // and the character after it
			_, size := firstRune(code[1:])
			code = code[size:]
		case '"':
			code = code[endOf(code[1:], '"'):]
		case '[':
			code = code[endOf(code[1:], ']'):]
		}
	}
	return showsNumber
}

// endOf is the length of a text up to a closing character and with it, all of it without one.
func endOf(s string, closing byte) int {
	if i := strings.IndexByte(s, closing); i >= 0 {
		return i + 1
	}
	return len(s)
}

func firstRune(s string) (rune, int) {
	for _, c := range s {
		return c, len(string(c))
	}
	return 0, 0
}

// cellReader reads the rows of a sheet.
type cellReader struct {
	book   *workbook
	rows   [][]string
	row    []string
	column int
	kind   string // of the open cell
	style  string
	name   string
	text   strings.Builder
	broken bool
}

const (
	sheetRow  = "/worksheet/sheetData/row"
	sheetCell = sheetRow + "/c"
)

func (r *cellReader) opened(l leaf) {
	switch string(l.path) {
	case sheetRow:
		r.row, r.column = nil, -1
	case sheetCell:
		r.kind, r.style, r.name = l.attribute("t"), l.attribute("s"), l.attribute("r")
		r.text.Reset()
	}
}

func (r *cellReader) leaf(l leaf) {
	switch p := string(l.path); {
	case p == sheetRow || p == sheetCell:
		r.left(l.path)
	case p == sheetCell+"/v":
		r.text.Write(l.raw)
	case strings.HasPrefix(p, sheetCell+"/is/") && strings.HasSuffix(p, "/t") && !strings.Contains(p, "/rPh/"):
		r.text.Write(l.raw)
	}
}

func (r *cellReader) left(p []byte) {
	switch string(p) {
	case sheetRow:
		r.rows = append(r.rows, r.row)
		r.row = nil
	case sheetCell:
		r.column++
		if r.name != "" {
			r.column = columnNamed(r.name)
		}
		text, ok := r.cell()
		r.broken = r.broken || !ok || r.column < 0 || text != "" && r.column >= maxColumns
		if r.broken || text == "" {
			return
		}
		for len(r.row) <= r.column {
			r.row = append(r.row, "")
		}
		r.row[r.column] = text
	}
}

// columnNamed is the column of a cell such as "C5", from 0; -1 when it is none.
func columnNamed(cell string) int {
	column := 0
	for _, c := range strings.TrimRight(cell, "0123456789") {
		if c < 'A' || c > 'Z' || column > maxColumns {
			return -1
		}
		column = 26*column + int(c-'A') + 1
	}
	return column - 1
}

// cell is what the open cell says (ECMA-376 part 1, 18.18.11).
func (r *cellReader) cell() (string, bool) {
	text := strings.TrimSpace(r.text.String())
	switch r.kind {
	case "s":
		if text == "" {
			return "", true
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(r.book.texts) {
			return "", false
		}
		return strings.TrimSpace(r.book.texts[n]), true
	case "b":
		return map[string]string{"": "", "1": "TRUE", "true": "TRUE", "on": "TRUE"}[text], true
	case "d":
		day, _, _ := strings.Cut(text, "T")
		return day, true
	case "", "n":
		return r.number(text)
	default:
		return text, true
	}
}

func (r *cellReader) number(text string) (string, bool) {
	if text == "" {
		return "", true
	}
	n, ok := readDouble(text)
	if !ok {
		return "", false
	}
	form := showsNumber
	if i, err := strconv.Atoi(r.style); err == nil && i >= 0 && i < len(r.book.formats) {
		form = r.book.formats[i]
	}
	switch day, is := r.day(n); {
	case form == showsDay && is:
		return day, true
	case form == showsPercent:
		n.point += 2
		return n.String() + "%", true
	default:
		return n.String(), true
	}
}

// day is the day of a number: 1 is 1 January 1900, and there is a 29 February of that year, so
// that counting is good from March on; or 0 is 1 January 1904 (ECMA-376 part 1, 18.17.4.1).
func (r *cellReader) day(n double) (string, bool) {
	const march1900, year9999, from1904 = 61, 2958465, 1462
	days, ok := n.whole(len("2958465"))
	if r.book.since1904 {
		days += from1904
	}
	if !ok || days < march1900 || days > year9999 {
		return "", false
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days).Format(time.DateOnly), true
}
