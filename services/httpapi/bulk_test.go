package httpapi

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse/source"
)

// sheetRows fills the template of invoices, as a person downloads it, with one row for each
// map of values; the other cells are those of the template's example.
func (w *world) sheetRows(rows ...map[string]string) []byte {
	w.t.Helper()
	got := w.send(w.token(sellerMaker), "GET", "/v1/templates/invoice?format=csv", nil, nil)
	w.want(got, http.StatusOK, nil)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.Body.String(), "\uFEFF"))).ReadAll()
	must(w.t, err)
	names, example := lines[0], slices.Clone(lines[2])
	example[0] = strings.TrimPrefix(example[0], "# ")
	for _, values := range rows {
		row := slices.Clone(example)
		for name, value := range values {
			row[slices.Index(names, name)] = value
		}
		lines = append(lines, row)
	}
	var out bytes.Buffer
	must(w.t, csv.NewWriter(&out).WriteAll(lines))
	return out.Bytes()
}

// spreadsheet is a bulk file with invoices of these numbers.
func (w *world) spreadsheet(numbers ...string) []byte {
	w.t.Helper()
	rows := []map[string]string{}
	for _, n := range numbers {
		rows = append(rows, map[string]string{"invoice_number": n, "item_name": "泵壳 =1+1"})
	}
	return w.sheetRows(rows...)
}

func TestASpreadsheetBecomesPapersOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	var got, again api.BulkImport
	file := w.spreadsheet("00012", "00013")
	w.want(w.file(sellerMaker, "/v1/bulk", "发票.csv", file), http.StatusCreated, &got)
	if got.New != 2 || len(got.Documents) != 2 || got.Digest != trade.DigestOf(file) ||
		got.FileName != "发票.csv" {
		t.Fatalf("%+v", got)
	}
	for i, number := range []string{"00012", "00013"} {
		d := got.Documents[i]
		if d.Bulk != got.Digest || d.FileName != "invoice-"+number+".json" {
			t.Errorf("%+v", d)
		}
		w.eventually("the paper is read", func() bool {
			w.get(sellerMaker, "/v1/documents/"+string(d.ID), &d)
			return d.State == app.DocumentParsed
		})
		if d.Number != number || d.Fields.Lines[0].Name != "泵壳 =1+1" || d.Fields.Syntax != "countersign-json" {
			t.Errorf("read as %s %+v", d.Number, d.Fields)
		}
		original := w.send(w.token(sellerMaker), "GET", "/v1/documents/"+string(d.ID)+"/original", nil, nil)
		if !json.Valid(original.Body.Bytes()) || trade.DigestOf(original.Body.Bytes()) != d.Digest {
			t.Errorf("the original is %s", original.Body)
		}
	}
	w.want(w.file(sellerMaker, "/v1/bulk", "again.csv", file), http.StatusOK, &again)
	if again.New != 0 || again.Documents[0].ID != got.Documents[0].ID {
		t.Errorf("the same file again: %+v", again)
	}
	more := w.spreadsheet("00013", "00014")
	w.want(w.file(sellerMaker, "/v1/bulk", "more.csv", more), http.StatusCreated, &again)
	if again.New != 1 || again.Documents[0].ID != got.Documents[1].ID || again.Documents[0].Bulk != got.Digest {
		t.Errorf("a file with one more: %+v", again)
	}
}

func TestASpreadsheetWithAFaultLeavesNothing(t *testing.T) {
	w := newWorld(t)
	good, wrong := w.spreadsheet("00012"), w.sheetRows(
		map[string]string{"invoice_number": "1"},
		map[string]string{"invoice_number": "2", "quantity": "1,5", "currency": ""},
		map[string]string{"invoice_number": "3", "seller_country": "CHN"},
	)
	before := w.rows()
	p := w.problem(w.file(sellerMaker, "/v1/bulk", "x.csv", wrong), http.StatusUnprocessableEntity,
		source.CodeBulkMissing)
	places := []string{}
	for _, f := range p.Errors {
		places = append(places, f.Code+" "+f.Path)
		if f.Message == "" {
			t.Errorf("%s says nothing", f.Path)
		}
	}
	slices.Sort(places)
	want := []string{
		"bulk.missing row 5, column currency", "bulk.value row 5, column quantity",
		"bulk.value row 6, column seller_country",
	}
	if !slices.Equal(places, want) {
		t.Errorf("got %q, want %q", places, want)
	}
	for name, c := range map[string]struct {
		body []byte
		code trade.Code
	}{
		"a zip":      {[]byte("PK\x03\x04"), source.CodeMalformed},
		"a document": {w.trade().Files["invoice.xml"], source.CodeUnsupported},
		"nothing":    {nil, "blob.empty"},
	} {
		if p := problemOf(t, w.file(sellerMaker, "/v1/bulk", "x", c.body)); p.Code != string(c.code) {
			t.Errorf("%s: %s, want %s", name, p.Code, c.code)
		}
	}
	hidden := w.file(sellerMaker, "/v1/bulk?pack=nobodys", "x.csv", good)
	w.problem(hidden, http.StatusNotFound, app.CodeHidden)
	if w.rows() != before {
		t.Error("a refused spreadsheet changed a row")
	}
}

func TestASpreadsheetGoesIntoAPack(t *testing.T) {
	w := newWorld(t)
	w.open()
	var got api.BulkImport
	w.want(w.file(sellerMaker, "/v1/bulk?pack="+string(w.pack), "x.csv", w.spreadsheet("00012")),
		http.StatusCreated, &got)
	w.eventually("the pack has the paper, read", func() bool {
		var p api.Pack
		w.get(sellerMaker, "/v1/packs/"+string(w.pack), &p)
		return slices.ContainsFunc(p.Papers, func(d api.Document) bool {
			return d.ID == got.Documents[0].ID && d.State == app.DocumentParsed
		})
	})
}

func TestTemplatesAreThereForEveryBulkKindAndNoOther(t *testing.T) {
	w := newWorld(t)
	for path, status := range map[string]int{
		"/v1/templates/invoice": http.StatusOK, "/v1/templates/purchase_order?format=xlsx": http.StatusOK,
		"/v1/templates/despatch_advice": http.StatusOK, "/v1/templates/receipt_advice?format=csv": http.StatusOK,
		"/v1/templates/bill_of_lading": http.StatusNotFound, "/v1/templates/x": http.StatusNotFound,
		"/v1/templates/invoice?format=pdf": http.StatusUnprocessableEntity,
	} {
		got := w.send(w.token(auditor), "GET", path, nil, nil)
		if got.Code != status {
			t.Errorf("%s: %d %s, want %d", path, got.Code, got.Body, status)
		}
		if status == http.StatusOK { // its columns are known, and there is nothing in it
			empty := w.file(sellerMaker, "/v1/bulk", "x", got.Body.Bytes())
			w.problem(empty, http.StatusUnprocessableEntity, source.CodeEmpty)
		}
	}
}
