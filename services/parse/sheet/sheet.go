// Package sheet reads the rows of a spreadsheet, CSV or XLSX, as texts, behind a guard.
//
// A cell is what it says, never what it might do: formulas are not evaluated (their last
// value, which the sender's program kept, is read), and a text that begins like one is a
// text. Numbers keep every digit; dates become YYYY-MM-DD. An XLSX file is a ZIP archive of
// XML, so its archive is held to limits before any of it is unpacked.
package sheet

import (
	"bytes"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// Table is the rows of one sheet that hold anything.
type Table struct {
	// Spreadsheet is set for XLSX, whose cells are named by letters ("C5"); the columns of CSV
	// have only their numbers.
	Spreadsheet bool
	Rows        []Row
}

// Row is one row; Cells are from the first column to the last that holds anything.
type Row struct {
	Number int // from 1, as a spreadsheet or an editor counts
	Cells  []Cell
}

// Cell is one cell. Its text is without white space at its ends.
type Cell struct {
	Text string
	Flaw Flaw
}

// Flaw is why the text of a cell cannot be taken for what the sender meant.
type Flaw string

// The flaws.
const (
	// Lossy is a whole number of more digits than a spreadsheet keeps (15): it was one the
	// sender typed in, and its last digits are lost.
	Lossy Flaw = "lossy"
	// Failed is the result of a formula that went wrong, or of one without a result.
	Failed Flaw = "failed"
)

// Limits bound what is read. A file at a limit is read; one past it is refused.
type Limits struct {
	Rows    int // that hold anything
	Columns int
	Cell    int // bytes of the text of a cell

	// Of an XLSX file, as an archive:
	Entries  int // files in the archive
	Unpacked int // bytes of all of them
	Part     int // bytes of one of them
	Ratio    int // unpacked bytes for each packed one

	// and of the XML in it:
	Depth      int // elements inside elements
	Attributes int // of one element
	Texts      int // texts that cells share
}

// DefaultLimits let a template of 50 columns be read with about a second of processor time.
func DefaultLimits() Limits {
	return Limits{
		Rows: 5_000, Columns: 100, Cell: 32_767,
		Entries: 1_000, Unpacked: 200 << 20, Part: 64 << 20, Ratio: 100,
		Depth: 64, Attributes: 256, Texts: 500_000,
	}
}

// IsArchive tells whether bytes begin as a ZIP archive does.
func IsArchive(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// Read reads the first sheet of an XLSX file, or CSV, told apart by content.
func Read(l Limits, b []byte) (*Table, *source.Fault) {
	switch {
	case IsArchive(b):
		return readXLSX(l, b)
	case bytes.HasPrefix(b, []byte(compound)):
		return nil, source.New(source.CodeUnsupported, "",
			"This workbook has a password, or is of an old format; save it as XLSX without a password.")
	}
	return readCSV(l, b)
}

// compound begins the files of old office programs, and new ones that are encrypted.
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// Place names a cell for a person: "C5" in a spreadsheet, "line 5, column 3" in CSV. Column
// counts from 0.
func (t *Table) Place(row Row, column int) string {
	if t.Spreadsheet {
		return columnName(column) + strconv.Itoa(row.Number)
	}
	return "line " + strconv.Itoa(row.Number) + ", column " + strconv.Itoa(column+1)
}

// Text is the text of a cell; "" beyond the last one.
func (r Row) Text(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column].Text
}

// isEmpty tells whether no cell of a row holds anything.
func (r Row) isEmpty() bool {
	for _, c := range r.Cells {
		if c.Text != "" || c.Flaw != "" {
			return false
		}
	}
	return true
}

// add keeps a row that holds anything.
func (t *Table) add(l Limits, r Row) *source.Fault {
	if r.isEmpty() {
		return nil
	}
	if len(t.Rows) >= l.Rows {
		return source.TooMany("row "+strconv.Itoa(r.Number), "rows", l.Rows)
	}
	t.Rows = append(t.Rows, r)
	return nil
}

// columnName is the name of a column in letters: 0 is A, 26 is AA.
func columnName(column int) string {
	const letters = 26
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / letters {
		name = string(rune('A'+(n-1)%letters)) + name
	}
	return name
}
