package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/services/app"
)

// Sheets of the template of a bulk file.
const (
	fillSheet   = "Rows"
	readmeSheet = "README"
)

// comment begins the first cell of a row that readers of bulk files leave out.
const comment = "# "

// TemplateCSV renders the template of a bulk file as CSV (UTF-8 with a byte order mark): the
// names of the columns, and two comments below them, what each holds and an example.
func (r *Renderer) TemplateCSV(ctx context.Context, t app.Template) ([]byte, error) {
	names, about, examples := []string{}, []string{}, []string{}
	for _, c := range t.Columns {
		names = append(names, c.Name)
		about = append(about, aboutColumn(c))
		examples = append(examples, c.Example)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: a template without columns", app.ErrReportInput)
	}
	about[0], examples[0] = comment+about[0], comment+examples[0]
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.WriteAll([][]string{names, about, examples}); err != nil {
		return nil, fmt.Errorf("report: write a template: %w", err)
	}
	return out.Bytes(), ctx.Err()
}

// aboutColumn says what a column holds and whether it is needed.
func aboutColumn(c app.TemplateColumn) string {
	needed := "May be empty."
	if c.Required {
		needed = "Needed."
	}
	return c.About + " " + formWords(c.Form) + needed
}

func formWords(form string) string {
	switch form {
	case "date":
		return "YYYY-MM-DD. "
	case "number":
		return "A plain decimal, such as 1480.00. "
	}
	return ""
}

// TemplateXLSX renders the template of a bulk file as a workbook: one sheet to be filled, and
// one that says what its columns hold. The columns of texts are formatted as text, so that
// leading zeros and long numbers stay what they are.
func (r *Renderer) TemplateXLSX(ctx context.Context, t app.Template) ([]byte, error) {
	if len(t.Columns) == 0 {
		return nil, fmt.Errorf("%w: a template without columns", app.ErrReportInput)
	}
	b, err := newBookOf(fillSheet, readmeSheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = b.file.Close() }() // in memory: nothing is left behind
	format := "yyyy-mm-dd"
	day := b.style(&excelize.Style{CustomNumFmt: &format})
	names := []string{}
	for i, c := range t.Columns {
		names = append(names, c.Name)
		column, err := excelize.ColumnNumberToName(i + 1)
		b.try(err, "name column")
		switch c.Form {
		case "text":
			b.try(b.file.SetColStyle(fillSheet, column, b.plain), "format column")
		case "date":
			b.try(b.file.SetColStyle(fillSheet, column, day), "format column")
		}
		b.try(b.file.SetColWidth(fillSheet, column, column, 18), "set widths")
		needed := "no"
		if c.Required {
			needed = "yes"
		}
		for n, s := range []string{c.Name, needed, c.Form, c.About, c.Example} {
			b.text(readmeSheet, n+1, i+2, s, b.plain)
		}
	}
	b.header(fillSheet, names)
	b.header(readmeSheet, []string{"column", "needed", "form", "what it holds", "example"})
	b.try(b.file.SetColWidth(readmeSheet, "A", "C", 22), "set widths")
	b.try(b.file.SetColWidth(readmeSheet, "D", "E", 60), "set widths")
	if b.err != nil {
		return nil, b.err
	}
	out, err := b.file.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("report: write a template: %w", err)
	}
	return out.Bytes(), ctx.Err()
}
