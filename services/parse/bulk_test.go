package parse_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// bulk is a bulk file in the making: the template of a kind with rows of its examples.
type bulk struct {
	t       *testing.T
	columns []parse.BulkColumn
	rows    [][]string
}

// bulkOf begins a file of a kind with one row of examples.
func bulkOf(t *testing.T, k parse.Kind) *bulk {
	t.Helper()
	columns, ok := parse.BulkTemplate(k)
	if !ok {
		t.Fatalf("no template of %s", k)
	}
	b := &bulk{t: t, columns: columns}
	b.add(nil)
	return b
}

// add adds a row of examples with other values in some columns.
func (b *bulk) add(other map[string]string) *bulk {
	row := make([]string, len(b.columns))
	for i, c := range b.columns {
		row[i] = c.Example
	}
	b.rows = append(b.rows, row)
	for name, value := range other {
		b.set(len(b.rows)-1, name, value)
	}
	return b
}

func (b *bulk) set(row int, name, value string) *bulk {
	b.t.Helper()
	i := slices.IndexFunc(b.columns, func(c parse.BulkColumn) bool { return c.Name == name })
	if i < 0 {
		b.t.Fatalf("no column %s", name)
	}
	b.rows[row][i] = value
	return b
}

func (b *bulk) names() []string {
	names := make([]string, len(b.columns))
	for i, c := range b.columns {
		names[i] = c.Name
	}
	return names
}

func (b *bulk) csv() []byte {
	b.t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(append([][]string{b.names()}, b.rows...)); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

// xlsx writes the file as a spreadsheet in which every cell is a text.
func (b *bulk) xlsx() []byte {
	b.t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range append([][]string{b.names()}, b.rows...) {
		for j, text := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = f.SetCellStr("Sheet1", cell, text)
			}
			if err != nil {
				b.t.Fatal(err)
			}
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

func mustReadBulk(t *testing.T, b []byte) []*parse.Document {
	t.Helper()
	docs, err := parse.ReadBulk(b)
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func TestReadBulkReadsTheExamplesOfEveryTemplate(t *testing.T) {
	for _, k := range parse.BulkKinds() {
		b := bulkOf(t, k)
		if !b.columns[0].Required {
			t.Errorf("%s: the number is not needed", k)
		}
		for name, file := range map[string][]byte{"csv": b.csv(), "xlsx": b.xlsx()} {
			docs := mustReadBulk(t, file)
			if len(docs) != 1 || docs[0].Kind != k || len(docs[0].Lines) != 1 || !parse.IsBulk(file) {
				t.Errorf("%s as %s is read as %+v", k, name, docs)
			}
		}
		seen := map[string]bool{}
		for _, c := range b.columns {
			if seen[c.Name] || c.About == "" || (c.Required && c.Example == "") {
				t.Errorf("%s: column %q stands twice, is not explained, or has no example", k, c.Name)
			}
			seen[c.Name] = true
		}
	}
}

func TestReadBulkGivesTheSameDocumentAsItsOwnJSON(t *testing.T) {
	file := bulkOf(t, parse.Invoice).csv()
	all, err := parse.ReadBulkJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	d := mustReadBulk(t, file)[0]
	want, err := json.Marshal(mustRead(t, all[0].JSON))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(d)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s\nwant %s (%v)", got, want, err)
	}
	if d.Number != "LQ-10472" || all[0].Number != d.Number || all[0].Kind != parse.Invoice ||
		d.Seller.Name == "" || d.Lines[0].Quantity.String() != "1200" ||
		d.Totals.Payable.String() != "2006880" || d.Accounts[0].Number != "3901009900005500017" {
		t.Errorf("%+v", d)
	}
}

func TestReadBulkGroupsRowsByNumber(t *testing.T) {
	b := bulkOf(t, parse.Invoice).
		add(map[string]string{"line_id": "2", "seller_name": "", "total_payable": ""}).
		add(map[string]string{"invoice_number": "00012", "item_name": "=1+1 泵壳", "quantity": "1.5"})
	for _, file := range [][]byte{b.csv(), b.xlsx()} {
		docs := mustReadBulk(t, file)
		if len(docs) != 2 || len(docs[0].Lines) != 2 || docs[0].Lines[1].ID != "2" {
			t.Fatalf("%d documents: %+v", len(docs), docs)
		}
		if l := docs[1].Lines[0]; docs[1].Number != "00012" || l.Name != "=1+1 泵壳" || l.Quantity.String() != "1.5" {
			t.Errorf("%+v", docs[1])
		}
	}
}

func TestReadBulkTellsEveryFaultWithItsRowAndColumn(t *testing.T) {
	b := bulkOf(t, parse.Invoice).
		add(map[string]string{"invoice_number": "2", "quantity": "1,5", "issue_date": "20.03.2026"}).
		add(map[string]string{"invoice_number": "3", "currency": "", "seller_country": "CHN"}).
		add(map[string]string{
			"invoice_number": "3", "line_net": "", "buyer_name": "Another", "quantity": "-1",
			"currency": "", "seller_country": "",
		}).
		add(map[string]string{"invoice_number": ""}).
		add(map[string]string{"invoice_number": "5", "seller_country": "CHN", "quantity": "-1"})
	_, err := parse.ReadBulk(b.csv())
	fault := wantCode(t, err, source.CodeBulkValue)
	got := []string{}
	for _, f := range append([]parse.Fault{fault}, fault.More...) {
		if f.Message == "" {
			t.Errorf("%s has no sentence", f.Path)
		}
		got = append(got, f.Code+" "+f.Path)
	}
	want := []string{
		"bulk.value row 3, column issue_date", "bulk.value row 3, column quantity",
		"bulk.missing row 4, column currency",
		"bulk.rows row 5, column buyer_name", "bulk.missing row 5, column line_net",
		"bulk.missing row 6, column invoice_number",
		"bulk.value row 7, column quantity", "bulk.value row 7, column seller_country",
	}
	// The country of row 4 is wrong too, but its document has faults already: its schema is
	// asked when these are mended.
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReadBulkRefusesColumnsThatTheTemplateDoesNotHave(t *testing.T) {
	text := string(bulkOf(t, parse.Invoice).csv())
	for name, c := range map[string]struct{ file, code string }{
		"an unknown column": {strings.Replace(text, "due_date", "due_day", 1), source.CodeBulkColumn},
		"a column twice":    {strings.Replace(text, "due_date", "issue_date", 1), source.CodeBulkColumn},
		"a column missing":  {strings.Replace(text, "currency", "", 1), source.CodeBulkColumn},
		"no template":       {"a,b\n1,2\n", source.CodeUnsupported},
		"names alone":       {strings.SplitAfter(text, "\n")[0], source.CodeEmpty},
		"comments alone":    {strings.SplitAfter(text, "\n")[0] + "# nothing\n", source.CodeEmpty},
		"nothing":           {"", source.CodeEmpty},
		"blank rows":        {"\n,,\n", source.CodeEmpty},
		"broken quotes":     {text + "\"open", source.CodeMalformed},
		"not UTF-8":         {text + "\xff", source.CodeEncoding},
		"a document":        {"<Invoice a=\"b\"/>", source.CodeUnsupported},
		"an archive":        {"PK\x03\x04", source.CodeMalformed},
	} {
		_, err := parse.ReadBulk([]byte(c.file))
		if fault := wantCode(t, err, c.code); fault.Message == "" {
			t.Errorf("%s: no sentence", name)
		}
	}
}

func TestReadBulkTakesColumnsInAnyOrderAndLeavesCommentsOut(t *testing.T) {
	b := bulkOf(t, parse.PurchaseOrder)
	slices.Reverse(b.columns)
	slices.Reverse(b.rows[0])
	text := bytes.ReplaceAll(b.csv(), []byte("total_payable"), []byte("Total payable"))
	text = append(text, "# a comment,,\n"...)
	if docs := mustReadBulk(t, text); len(docs) != 1 || docs[0].Totals.Payable == nil {
		t.Errorf("%+v", docs)
	}
}

// What a spreadsheet makes of numbers must not become another number.
func TestReadBulkNeverTakesOneNumberForAnother(t *testing.T) {
	for name, c := range map[string]struct {
		column string
		value  any
		format int
		want   string // of the fault's path; "" for none
	}{
		"a long account number": {"account_number", 3901009900005500017, 0, "row 2, column account_number"},
		"a percentage":          {"tax_percent", 0.13, 9, "row 2, column tax_percent"},
		"a day":                 {"issue_date", 46101, 14, ""},
		"a number of a day":     {"issue_date", 46101, 0, "row 2, column issue_date"},
	} {
		b := bulkOf(t, parse.Invoice)
		f, err := excelize.OpenReader(bytes.NewReader(b.xlsx()))
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(b.columns, func(column parse.BulkColumn) bool { return column.Name == c.column })
		cell, err := excelize.CoordinatesToCellName(at+1, 2)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.NewStyle(&excelize.Style{NumFmt: c.format})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Sheet1", cell, c.value); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
		out, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		docs, err := parse.ReadBulk(out.Bytes())
		if c.want == "" {
			if err != nil || docs[0].IssueDate.String() != "2026-03-20" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if fault := wantCode(t, err, source.CodeBulkValue); fault.Path != c.want {
			t.Errorf("%s: %v, want %s", name, fault, c.want)
		}
	}
}

func FuzzReadBulk(f *testing.F) {
	for _, k := range parse.BulkKinds() {
		columns, _ := parse.BulkTemplate(k)
		names, examples := make([]string, len(columns)), make([]string, len(columns))
		for i, c := range columns {
			names[i], examples[i] = c.Name, strings.ReplaceAll(c.Example, ",", "")
		}
		f.Add([]byte(strings.Join(names, ",") + "\n" + strings.Join(examples, ",") + "\n"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := parse.ReadBulkJSON(b)
		if err != nil {
			fault, ok := errors.AsType[*parse.Fault](err)
			if !ok || fault.Code == "" || fault.Message == "" {
				t.Fatalf("not a fault that can be shown: %v", err)
			}
			if fault.Code == source.CodeReadings && bytes.Count(b, []byte("\r")) == bytes.Count(b, []byte("\r\n")) {
				t.Fatalf("read in two ways: %v", err)
			}
			return
		}
		for _, d := range all {
			if again, err := parse.Read(d.JSON); err != nil || again.Number != d.Number {
				t.Fatalf("its own JSON is read as %+v, %v", again, err)
			}
		}
	})
}
