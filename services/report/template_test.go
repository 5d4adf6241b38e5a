package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/app"
)

func sampleTemplate() app.Template {
	return app.Template{Kind: "invoice", Columns: []app.TemplateColumn{
		{Name: "invoice_number", Form: "text", Required: true, About: "Number of the invoice.", Example: "00012"},
		{Name: "due_date", Form: "date", About: "Day of payment.", Example: "2026-06-18"},
		{Name: "quantity", Form: "number", Required: true, About: "Quantity.", Example: "1200"},
		{Name: "item_name", Form: "text", About: "Description of the goods.", Example: "泵壳"},
	}}
}

func TestTemplateAsCSVNamesItsColumnsAndExplainsThemInComments(t *testing.T) {
	file, err := renderer(t).TemplateCSV(t.Context(), sampleTemplate())
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(file), "\uFEFF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(rows) != 3 {
		t.Fatalf("mark %t, %d rows, %v", marked, len(rows), err)
	}
	if got := strings.Join(rows[0], " "); got != "invoice_number due_date quantity item_name" {
		t.Errorf("columns %q", got)
	}
	if !strings.HasPrefix(rows[1][0], "# ") || !strings.HasPrefix(rows[2][0], "# ") || rows[2][3] != "泵壳" ||
		!strings.Contains(rows[1][2], "Needed.") || !strings.Contains(rows[1][3], "May be empty.") {
		t.Errorf("comments %q", rows[1:])
	}
}

func TestTemplateAsWorkbookHasTextColumnsAndAReadme(t *testing.T) {
	file, err := renderer(t).TemplateXLSX(t.Context(), sampleTemplate())
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), " "); got != "Rows README" {
		t.Errorf("sheets %q", got)
	}
	rows, err := f.GetRows("Rows")
	const names = "invoice_number due_date quantity item_name"
	if err != nil || len(rows) != 1 || strings.Join(rows[0], " ") != names {
		t.Errorf("rows %q, %v", rows, err)
	}
	readme, err := f.GetRows("README")
	if err != nil || len(readme) != 5 || readme[1][1] != "yes" || readme[4][4] != "泵壳" {
		t.Errorf("readme %q, %v", readme, err)
	}
	for column, format := range map[string]int{"A": 49, "D": 49, "C": 0} {
		id, err := f.GetColStyle("Rows", column)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil || style.NumFmt != format {
			t.Errorf("column %s has format %+v, %v, want %d", column, style, err, format)
		}
	}
}

func TestTemplateWithoutColumnsIsRefused(t *testing.T) {
	_, err := renderer(t).TemplateCSV(t.Context(), app.Template{})
	if !errors.Is(err, app.ErrReportInput) {
		t.Errorf("CSV: %v", err)
	}
	if _, err := renderer(t).TemplateXLSX(t.Context(), app.Template{}); !errors.Is(err, app.ErrReportInput) {
		t.Errorf("XLSX: %v", err)
	}
}
