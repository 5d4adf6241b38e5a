package sheet

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/source"
)

// Where the elements of a sheet stand: worksheet, sheetData, row, c, and in a cell v, f or is.
const (
	dataDepth  = 2
	rowDepth   = 3
	cellDepth  = 4
	valueDepth = 5
)

// maxRow is the last row of a spreadsheet.
const maxRow = 1_048_576

// cells reads the rows of a sheet. Rows and cells stand in their order; what comes again, or
// earlier than what was there, is refused, because programs would differ on it.
type cells struct {
	book  *workbook
	table *Table
	part  string

	names  []string
	data   bool // the rows were there
	row    Row
	column int
	cell   rawCell
}

// rawCell is a cell as the file has it.
type rawCell struct {
	kind    string // t: "s" shared text, "str" text of a formula, "inlineStr", "b", "e", "d"; "" a number
	style   int
	formula bool
	values  int // elements that hold the value
	value   strings.Builder
}

func (c *cells) open(depth int, name string, attributes []xml.Attr) *source.Fault {
	c.names = append(c.names[:depth-1], name)
	if depth < dataDepth || c.names[dataDepth-1] != "sheetData" {
		return nil
	}
	switch {
	case depth == dataDepth && c.data:
		return brokenPart(c.part)
	case depth == dataDepth:
		c.data = true
	case depth == rowDepth && name == "row":
		return c.openRow(attribute(attributes, "r"))
	case depth == cellDepth && name == "c" && c.names[rowDepth-1] == "row":
		return c.openCell(attributes)
	case depth == valueDepth && name == "f":
		c.cell.formula = true
	case depth == valueDepth && (name == "v" || name == "is"):
		if c.cell.values++; c.cell.values > 1 {
			return brokenPart(c.part)
		}
	}
	return nil
}

func (c *cells) openRow(number string) *source.Fault {
	next := c.row.Number + 1
	c.row = Row{Number: next}
	c.column = -1
	if number == "" {
		return nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < next || n > maxRow {
		return brokenPart(c.part)
	}
	c.row.Number = n
	return nil
}

func (c *cells) openCell(attributes []xml.Attr) *source.Fault {
	c.cell = rawCell{kind: attribute(attributes, "t")}
	if style := attribute(attributes, "s"); style != "" {
		n, err := strconv.Atoi(style)
		if err != nil || n < 0 {
			return brokenPart(c.part)
		}
		c.cell.style = n
	}
	c.column++
	if name := attribute(attributes, "r"); name != "" {
		column, ok := columnOf(name, c.row.Number)
		if !ok || column < c.column {
			return brokenPart(c.part)
		}
		c.column = column
	}
	return nil
}

// columnOf is the column of a cell's name, from 0; false unless the name is of that row.
func columnOf(name string, row int) (int, bool) {
	letters := strings.TrimRight(name, "0123456789")
	const maxLetters, alphabet = 3, 26
	if letters == "" || len(letters) > maxLetters || name[len(letters):] != strconv.Itoa(row) {
		return 0, false
	}
	column := 0
	for _, l := range letters {
		if l < 'A' || l > 'Z' {
			return 0, false
		}
		column = column*alphabet + int(l-'A') + 1
	}
	return column - 1, true
}

// text takes the characters of a value: of v, or of t under is, in one piece or in runs.
func (c *cells) text(depth int, chars []byte) *source.Fault {
	if depth < valueDepth || len(c.names) < depth || c.names[rowDepth-1] != "row" {
		return nil
	}
	inline := c.names[valueDepth-1] == "is" && c.names[depth-1] == "t" && c.names[valueDepth] != "rPh"
	if !inline && (depth != valueDepth || c.names[valueDepth-1] != "v") {
		return nil
	}
	if c.cell.value.Len()+len(chars) > c.book.limits.Cell {
		return source.TooMany(c.here(), "bytes in one cell", c.book.limits.Cell)
	}
	c.cell.value.Write(chars)
	return nil
}

func (c *cells) close(depth int) *source.Fault {
	name := c.names[depth-1]
	c.names = c.names[:depth-1]
	if depth < rowDepth || c.names[dataDepth-1] != "sheetData" {
		return nil
	}
	switch {
	case depth == rowDepth && name == "row":
		return c.table.add(c.book.limits, c.row)
	case depth == cellDepth && name == "c" && c.names[rowDepth-1] == "row":
		return c.closeCell()
	}
	return nil
}

// closeCell adds a cell to its row. Cells that hold nothing only have a style.
func (c *cells) closeCell() *source.Fault {
	cell, f := c.book.read(&c.cell)
	if f != nil {
		f.Path = c.here()
		return f
	}
	if cell == (Cell{}) {
		return nil
	}
	if c.column >= c.book.limits.Columns {
		return source.TooMany(c.here(), "columns", c.book.limits.Columns)
	}
	for len(c.row.Cells) < c.column {
		c.row.Cells = append(c.row.Cells, Cell{})
	}
	c.row.Cells = append(c.row.Cells, cell)
	return nil
}

func (c *cells) here() string { return columnName(c.column) + strconv.Itoa(c.row.Number) }

// read says what a cell holds (ECMA-376 part 1, 18.3.1.4 and 18.18.11).
func (w *workbook) read(raw *rawCell) (Cell, *source.Fault) {
	value := strings.TrimSpace(raw.value.String())
	if raw.formula && raw.values == 0 {
		return Cell{Flaw: Failed}, nil
	}
	if raw.values == 0 || value == "" {
		return Cell{}, nil
	}
	switch raw.kind {
	case "s":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= len(w.texts) {
			return Cell{}, brokenPart("")
		}
		return Cell{Text: strings.TrimSpace(w.texts[n])}, nil
	case "str", "inlineStr":
		return Cell{Text: value}, nil
	case "b":
		return Cell{Text: map[bool]string{true: "TRUE", false: "FALSE"}[isYes(value)]}, nil
	case "e":
		return Cell{Text: value, Flaw: Failed}, nil
	case "d": // ISO 8601, with or without the time of the day
		day, _, _ := strings.Cut(value, "T")
		return Cell{Text: day}, nil
	case "", "n":
		return w.number(value, raw.style)
	default:
		return Cell{}, brokenPart("")
	}
}

func (w *workbook) number(value string, style int) (Cell, *source.Fault) {
	form := asNumber
	if style < len(w.shows) {
		form = w.shows[style]
	}
	if day, ok := dayOf(value, w.since1904); ok && form == asDay {
		return Cell{Text: day}, nil
	}
	text, lossy, ok := plainNumber(value)
	switch {
	case !ok:
		return Cell{}, brokenPart("")
	case lossy:
		return Cell{Text: text, Flaw: Lossy}, nil
	case form == asPercent: // 13 % is kept as 0.13: who reads it must not take the one for the other
		return Cell{Text: percent(text)}, nil
	}
	return Cell{Text: text}, nil
}
