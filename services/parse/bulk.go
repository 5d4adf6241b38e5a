package parse

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/sheet"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/witness"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Limits of a bulk file beside those of package sheet.
const (
	maxBulkDocuments = 1_000
	maxBulkFaults    = 500 // that are told of one file
)

// BulkDocument is one document of a bulk file.
type BulkDocument struct {
	Kind   Kind   `json:"kind"`
	Number string `json:"number"`
	// JSON is the document in our own JSON: what is kept as its original.
	JSON json.RawMessage `json:"json"`
}

// ReadBulk reads many documents of one kind from a spreadsheet, CSV or XLSX, made from the
// template of the kind (BulkTemplate). It gives all of them or none: the error is a *Fault
// whose More are the others, each with the row and the column that it stands in.
//
// The first row names the columns, in any order; unknown ones are refused, and those that are
// not needed may be left out. Rows with one number are one document, and what tells of the
// whole document stands in the first of them; later ones repeat it or leave it empty. A row
// whose first cell begins with # is a comment.
func ReadBulk(b []byte) ([]*Document, error) {
	docs := []*Document{}
	f := readBulk(DefaultLimits(), sheet.DefaultLimits(), b, func(d *Document, _ []byte) {
		docs = append(docs, d)
	})
	if f != nil {
		return nil, f
	}
	return docs, nil
}

// ReadBulkJSON is ReadBulk for who keeps each document as a file of its own, in our own JSON.
func ReadBulkJSON(b []byte) ([]BulkDocument, error) {
	all := []BulkDocument{}
	f := readBulk(DefaultLimits(), sheet.DefaultLimits(), b, func(d *Document, text []byte) {
		all = append(all, BulkDocument{Kind: d.Kind, Number: d.Number, JSON: text})
	})
	if f != nil {
		return nil, f
	}
	return all, nil
}

// IsBulk tells whether bytes may be a bulk file: an archive, or text that begins with the name
// of a column. It promises nothing about the rest.
func IsBulk(b []byte) bool {
	switch {
	case sheet.IsArchive(b):
		return true
	case isDocument(b):
		return false
	}
	line, _, _ := bytes.Cut(bytes.TrimLeft(source.TrimBOM(b), "\r\n"), []byte("\n"))
	table, f := sheet.Read(sheet.DefaultLimits(), line)
	if f != nil || len(table.Rows) == 0 {
		return false
	}
	_, ok := kindOfHeader(table.Rows[0])
	return ok
}

// readBulk calls keep for every document that is right; when there is a fault, what was kept
// counts for nothing.
func readBulk(l Limits, sheets sheet.Limits, b []byte, keep func(d *Document, text []byte)) *Fault {
	switch {
	case len(b) == 0:
		return source.New(source.CodeEmpty, "", "The file is empty; choose it again.")
	case len(b) > l.Bytes:
		return source.TooMany("", "bytes", l.Bytes)
	case isDocument(b):
		return source.New(source.CodeUnsupported, "",
			"This is no spreadsheet; send CSV or XLSX made from a template, or upload it as a paper of its own.")
	}
	table, f := sheet.Read(sheets, b)
	if f != nil {
		return f
	}
	rows := slices.DeleteFunc(table.Rows, func(r sheet.Row) bool { return strings.HasPrefix(r.Text(0), "#") })
	if len(rows) == 0 {
		return source.New(source.CodeEmpty, "", "There are no rows in this file; fill the template.")
	}
	r := bulkReader{limits: l}
	if f := r.header(rows[0]); f != nil {
		return f
	}
	if len(rows) == 1 {
		return source.New(source.CodeEmpty, "", "There are no rows below the names of the columns.")
	}
	for _, row := range rows[1:] {
		if f := r.row(row); f != nil {
			return f
		}
	}
	second, ok := witness.Rows(b)
	if !ok || len(second) != len(r.drafts) {
		r.fault(rows[0].Number, "", source.CodeReadings, "Two readings of this file differ: it is written so that "+
			"programs read it differently; save it again from your spreadsheet.")
		return listedFaults(r.faults)
	}
	r.finish(second, keep)
	if len(r.faults) > 0 {
		return listedFaults(r.faults)
	}
	return nil
}

// isDocument tells XML, JSON and PDF from CSV.
func isDocument(b []byte) bool {
	b = bytes.TrimLeft(source.TrimBOM(b), xmltree.Space)
	return bytes.HasPrefix(b, []byte("<")) || bytes.HasPrefix(b, []byte("{")) ||
		bytes.HasPrefix(b, []byte("%PDF-"))
}

// listedFaults is the first of many faults, which carries the others, in the order of rows.
func listedFaults(faults []bulkFault) *Fault {
	slices.SortStableFunc(faults, func(a, b bulkFault) int { return a.row - b.row })
	if len(faults) > maxBulkFaults {
		faults = faults[:maxBulkFaults]
	}
	first := faults[0].Fault
	for _, f := range faults[1:] {
		first.More = append(first.More, f.Fault)
	}
	return &first
}

// bulkFault is a fault with its row, to list them in order.
type bulkFault struct {
	Fault
	row int
}

type bulkReader struct {
	limits  Limits
	kind    Kind
	columns []placedColumn
	drafts  []*bulkDraft
	byKey   map[string]*bulkDraft
	faults  []bulkFault
}

// placedColumn is a column of the template and where it stands in the file; -1 when it does
// not.
type placedColumn struct {
	BulkColumn
	at int
}

// bulkDraft is a document on its way: its JSON, and where each value of it came from.
type bulkDraft struct {
	first  int // row
	json   map[string]any
	lines  []any
	rows   []int // of the lines
	broken bool  // it has faults already
}

// header finds out which template this is and where its columns stand.
func (r *bulkReader) header(row sheet.Row) *Fault {
	kind, ok := kindOfHeader(row)
	if !ok {
		return source.New(source.CodeUnsupported, "row "+strconv.Itoa(row.Number),
			"The first row names no columns of a template; download the template and fill it.")
	}
	r.kind, r.byKey = kind, map[string]*bulkDraft{}
	template, _ := BulkTemplate(kind)
	for _, c := range template {
		r.columns = append(r.columns, placedColumn{c, -1})
	}
	for at, cell := range row.Cells {
		i := slices.IndexFunc(r.columns, func(c placedColumn) bool { return c.Name == columnKey(cell.Text) })
		switch {
		case cell.Text == "":
		case i < 0:
			r.fault(row.Number, cell.Text, source.CodeBulkColumn,
				"The template of "+string(kind)+" has no column of this name; correct the name or remove the column.")
		case r.columns[i].at >= 0:
			r.fault(row.Number, cell.Text, source.CodeBulkColumn, "This column stands twice; remove one of them.")
		default:
			r.columns[i].at = at
		}
	}
	for _, c := range r.columns {
		if c.Required && c.at < 0 {
			r.fault(row.Number, c.Name, source.CodeBulkColumn, "This column is needed; add it as in the template.")
		}
	}
	if len(r.faults) > 0 {
		return listedFaults(r.faults)
	}
	return nil
}

// columnKey is the name of a column as a person may write it.
func columnKey(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "_")) }

// kindOfHeader tells the template by the column that holds the number of the document.
func kindOfHeader(row sheet.Row) (Kind, bool) {
	for _, k := range BulkKinds() {
		template, _ := BulkTemplate(k)
		isNumber := func(c sheet.Cell) bool { return columnKey(c.Text) == template[0].Name }
		if slices.ContainsFunc(row.Cells, isNumber) {
			return k, true
		}
	}
	return "", false
}

// row takes one row: a line of a document that it begins or goes on with.
func (r *bulkReader) row(row sheet.Row) *Fault {
	number := row.Text(r.columns[0].at)
	if number == "" {
		r.fault(row.Number, r.columns[0].Name, source.CodeBulkMissing,
			"This cell is empty; every row needs the number of its document.")
		return nil
	}
	d := r.byKey[number]
	begins := d == nil
	if begins {
		if len(r.drafts) >= maxBulkDocuments {
			return source.TooMany("row "+strconv.Itoa(row.Number), "documents", maxBulkDocuments)
		}
		d = &bulkDraft{first: row.Number, json: map[string]any{"schema": SchemaID(r.kind)}}
		r.drafts, r.byKey[number] = append(r.drafts, d), d
	}
	line := map[string]any{}
	for _, c := range r.columns {
		value, ok := r.value(d, row, c)
		switch {
		case !ok:
		case value == "":
			if c.Required && (begins || c.ofLine()) {
				r.broken(d, row.Number, c.Name, source.CodeBulkMissing, "This cell is empty; fill it.")
			}
		case c.ofLine():
			line[c.path[1]] = value
		case begins:
			put(d.json, c.path, value)
		case at(d.json, c.path) != value:
			r.broken(d, row.Number, c.Name, source.CodeBulkRows, "This differs from row "+strconv.Itoa(d.first)+
				", which has the same number; make them equal, or give the other document a number of its own.")
		}
	}
	d.lines, d.rows = append(d.lines, line), append(d.rows, row.Number)
	return nil
}

// value reads a cell in the form of its column; false when it has a fault.
func (r *bulkReader) value(d *bulkDraft, row sheet.Row, c placedColumn) (string, bool) {
	if c.at < 0 || c.at >= len(row.Cells) {
		return "", true
	}
	cell := row.Cells[c.at]
	switch {
	case cell.Flaw == sheet.Lossy:
		r.broken(d, row.Number, c.Name, source.CodeBulkValue, "A spreadsheet keeps 15 digits of a number and this "+
			"one had more; format the column as text and enter it again.")
		return "", false
	case cell.Flaw == sheet.Failed:
		r.broken(d, row.Number, c.Name, source.CodeBulkValue,
			"This is a formula without a result; put the value itself into the cell.")
		return "", false
	case cell.Text == "":
		return "", true
	}
	switch c.Form {
	case FormDate:
		if _, err := money.ParseDate(cell.Text); err != nil {
			r.broken(d, row.Number, c.Name, source.CodeBulkValue,
				source.Quoted(cell.Text)+" is not a date; write it as 2026-03-20.")
			return "", false
		}
	case FormNumber:
		if _, ok := parseNumber(cell.Text); !ok {
			r.broken(d, row.Number, c.Name, source.CodeBulkValue,
				source.Quoted(cell.Text)+" is not a plain decimal number; write it as 1480.00.")
			return "", false
		}
	case FormText:
	}
	return cell.Text, true
}

// put sets a value in the JSON of a document; accounts is a list of one.
func put(in map[string]any, path []string, value string) {
	if len(path) == 1 {
		in[path[0]] = value
		return
	}
	group, ok := in[path[0]].(map[string]any)
	if !ok {
		group = map[string]any{}
		in[path[0]] = group
	}
	group[path[1]] = value
}

func at(in map[string]any, path []string) any {
	if len(path) == 1 {
		return in[path[0]]
	}
	group, _ := in[path[0]].(map[string]any)
	return group[path[1]]
}

// finish makes documents of the drafts, and holds them against the schema of their kind and
// against what the second reader has found in the file.
func (r *bulkReader) finish(second []witness.Reading, keep func(d *Document, text []byte)) {
	for i, d := range r.drafts {
		if d.broken {
			continue
		}
		d.json["lines"] = d.lines
		if account, ok := d.json["accounts"]; ok {
			d.json["accounts"] = []any{account}
		}
		text, err := json.Marshal(d.json)
		if err != nil { // texts in maps and lists always encode
			r.broken(d, d.first, "", source.CodeBulkValue, "This document cannot be written as JSON.")
			continue
		}
		tree, f := jsontree.Parse(text, r.limits)
		var doc *Document
		if f == nil {
			doc, f = nativeDocument(r.kind, tree, text)
		}
		if f != nil {
			r.schema(d, f)
			continue
		}
		for _, field := range fingerprintFields(doc) {
			if other := second[i][field.key]; squeezed(field.text) != squeezed(other) {
				r.broken(d, d.first, r.columnOf(field.key), source.CodeReadings, "Two readings of this cell differ ("+
					source.Quoted(field.text)+" and "+source.Quoted(other)+"): the file is written so that programs "+
					"read it differently; save it again from your spreadsheet.")
			}
		}
		if !d.broken {
			keep(doc, text)
		}
	}
}

// columnOf is the column that a field of the document comes from, "" when it is of no column.
func (r *bulkReader) columnOf(field string) string {
	for _, c := range r.columns {
		if strings.Join(c.path, ".") == field {
			return c.Name
		}
	}
	return ""
}

// schema tells the faults of a document in terms of rows and columns.
func (r *bulkReader) schema(d *bulkDraft, f *Fault) {
	for _, one := range append([]Fault{*f}, f.More...) {
		steps := strings.Split(strings.TrimPrefix(one.Path, "/"), "/")
		row := d.first
		if steps[0] == "lines" && len(steps) > 1 {
			if n, err := strconv.Atoi(steps[1]); err == nil && n < len(d.rows) {
				row = d.rows[n]
			}
		}
		// The number of an item of a list is no part of the path of a column.
		steps = slices.DeleteFunc(steps, func(s string) bool { _, err := strconv.Atoi(s); return err == nil })
		column := ""
		for _, c := range r.columns {
			if slices.Equal(c.path, steps) {
				column = c.Name
			}
		}
		r.broken(d, row, column, source.CodeBulkValue, one.Message)
	}
}

func (r *bulkReader) broken(d *bulkDraft, row int, column, code, message string) {
	d.broken = true
	r.fault(row, column, code, message)
}

// fault notes a fault with its row and column.
func (r *bulkReader) fault(row int, column, code, message string) {
	place := "row " + strconv.Itoa(row)
	if column != "" {
		place += ", column " + source.Cut(column)
	}
	if len(r.faults) < maxBulkFaults {
		r.faults = append(r.faults, bulkFault{*source.New(code, place, message), row})
	}
}
