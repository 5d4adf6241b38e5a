package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/source"
)

// readCSV reads RFC 4180 in UTF-8, with or without a byte order mark. The separator is a
// comma, a semicolon or a tab: whichever the first line holds most of. A first line "sep=;",
// which spreadsheets write for each other, names it and is no row.
func readCSV(l Limits, b []byte) (*Table, *source.Fault) {
	b = source.TrimBOM(b)
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, source.New(source.CodeEncoding, "", "The file is not in UTF-8; save it as CSV UTF-8.")
	}
	records := csv.NewReader(bytes.NewReader(b))
	records.Comma = separator(b)
	named := bytes.Equal(firstLine(b), []byte("sep="+string(records.Comma)))
	records.FieldsPerRecord = -1
	records.ReuseRecord = true
	t := &Table{}
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, brokenCSV(err)
		}
		if named {
			named = false
			continue
		}
		line, _ := records.FieldPos(0)
		row := Row{Number: line}
		if len(record) > l.Columns {
			return nil, source.TooMany("line "+strconv.Itoa(line), "columns", l.Columns)
		}
		for i, text := range record {
			if len(text) > l.Cell {
				return nil, source.TooMany(t.Place(row, i), "bytes in one cell", l.Cell)
			}
			row.Cells = append(row.Cells, Cell{Text: strings.TrimSpace(text)})
		}
		if f := t.add(l, row); f != nil {
			return nil, f
		}
	}
}

// separator is the one of the three that the first line holds most of outside quotes; a
// comma where there is none.
func separator(b []byte) rune {
	counts, quoted := map[rune]int{}, false
	for _, c := range string(firstLine(b)) {
		switch c {
		case '"':
			quoted = !quoted
		case ',', ';', '\t':
			if !quoted {
				counts[c]++
			}
		}
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func firstLine(b []byte) []byte {
	b = bytes.TrimLeft(b, "\r\n")
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		return b[:i]
	}
	return b
}

func brokenCSV(err error) *source.Fault {
	place := ""
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		place = "line " + strconv.Itoa(broken.Line)
	}
	return source.New(source.CodeMalformed, place,
		"The CSV is broken here: a quote is not closed, or stands inside a text without being doubled.")
}
