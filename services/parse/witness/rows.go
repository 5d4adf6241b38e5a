package witness

import (
	"bytes"
	"slices"
	"strings"
)

// maxColumns bounds the columns of a sheet; a template has 50.
const maxColumns = 1_000

// Rows reads the documents of a bulk file, CSV or XLSX made from a template, in the order in which
// their numbers first stand there; false as in UBL.
func Rows(b []byte) ([]Reading, bool) {
	read := csvRows
	if bytes.HasPrefix(b, []byte("PK")) {
		read = xlsxRows
	}
	rows, ok := read(b)
	rows = slices.DeleteFunc(rows, func(row []string) bool {
		return strings.TrimSpace(strings.Join(row, "")) == "" || strings.HasPrefix(strings.TrimSpace(row[0]), "#")
	})
	if !ok || len(rows) == 0 {
		return nil, ok
	}
	fields := make([]string, len(rows[0]))
	for i, title := range rows[0] {
		fields[i] = rowField(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(title), " ", "_")))
	}
	at := slices.Index(fields, "number")
	if at < 0 {
		return nil, false
	}
	return documents(rows[1:], fields, at), true
}

// documents takes the rows of one number for one document, whose fields stand in the first of them.
func documents(rows [][]string, fields []string, numberAt int) []Reading {
	var all []Reading
	known := map[string]bool{}
	for _, row := range rows {
		number := ""
		if numberAt < len(row) {
			number = strings.TrimSpace(row[numberAt])
		}
		if number == "" || known[number] {
			continue
		}
		known[number] = true
		r := Reading{}
		for i, cell := range row {
			if i >= len(fields) || fields[i] == "" {
				continue
			}
			if text := strings.Join(strings.Fields(cell), " "); fields[i] == "totals.payable" {
				r.filled(fields[i], plain(text))
			} else {
				r.filled(fields[i], text)
			}
		}
		all = append(all, r)
	}
	return all
}

// rowField is the field that a column of a template is of, "" for one that no fingerprint needs.
func rowField(column string) string {
	switch column {
	case "order_number", "invoice_number", "despatch_number", "receipt_number":
		return "number"
	case "issue_date", "currency", "order_ref":
		return column
	case "total_payable":
		return "totals.payable"
	}
	party, field, _ := strings.Cut(column, "_")
	if party != "seller" && party != "buyer" {
		return ""
	}
	switch field {
	case "name", "vat", "registration_id":
		return party + "." + field
	default:
		return ""
	}
}

// csvRows reads comma separated values (RFC 4180), and those with the other separators that
// spreadsheets write. A carriage return alone ends a row, as it does for many programs.
func csvRows(b []byte) ([][]string, bool) {
	s := string(unmarked(b))
	comma, named := commaOf(s)
	var rows [][]string
	var row []string
	for at := 0; at < len(s); {
		text, next, ok := csvCell(s, at, comma)
		if !ok {
			return nil, false
		}
		row = append(row, text)
		if len(row) > maxColumns {
			return nil, false
		}
		if next < len(s) && s[next] == comma {
			at = next + 1
			if at < len(s) {
				continue
			}
		}
		rows, row = append(rows, row), nil
		at = next + 1
		if strings.HasPrefix(s[min(next, len(s)):], "\r\n") {
			at++
		}
	}
	if named { // the row that names the separator is none
		i := slices.IndexFunc(rows, func(row []string) bool { return strings.Join(row, "") == "sep=" })
		rows = slices.Delete(rows, i, i+1)
	}
	return rows, true
}

// csvCell reads the cell that begins at a place, and finds where it ends.
func csvCell(s string, at int, comma byte) (text string, next int, ok bool) {
	ends := string(comma) + "\r\n"
	if s[at] != '"' {
		next = len(s)
		if i := strings.IndexAny(s[at:], ends); i >= 0 {
			next = at + i
		}
		return s[at:next], next, !strings.Contains(s[at:next], `"`)
	}
	var out strings.Builder
	for rest := at + 1; ; {
		i := strings.IndexByte(s[rest:], '"')
		if i < 0 {
			return "", 0, false
		}
		out.WriteString(s[rest : rest+i])
		rest += i + 1
		if rest < len(s) && s[rest] == '"' {
			out.WriteByte('"')
			rest++
			continue
		}
		return out.String(), rest, rest == len(s) || strings.IndexByte(ends, s[rest]) >= 0
	}
}

// commaOf is the separator: the one that the first line names, or else holds most of outside
// quotes; a comma where there is none.
func commaOf(s string) (comma byte, named bool) {
	line := strings.TrimLeft(s, "\r\n")
	if i := strings.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	unquoted := ""
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			unquoted += part
		}
	}
	comma = ','
	for _, c := range []byte{';', '\t'} {
		if strings.Count(unquoted, string(c)) > strings.Count(unquoted, string(comma)) {
			comma = c
		}
	}
	return comma, line == "sep="+string(comma)
}
