package report

import (
	"context"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// Sheets of the workbook.
const (
	rowsSheet   = "Financings"
	totalsSheet = "Totals"
	aboutSheet  = "About"
)

// Spreadsheets keep numbers as binary floating points of 15 significant digits (ECMA-376
// part 1, 18.3.1.96): a longer amount is written as text, so that no digit is lost.
const (
	exactDigits  = 15
	maxCellRunes = 32_767 // of one cell, in UTF-16 units; half of it is always safe
)

// book writes a workbook; after the first error it does nothing more.
type book struct {
	file   *excelize.File
	plain  int            // style of texts: format "text", so that an edit makes no formula
	head   int            // style of the header
	number map[string]int // style of an amount, by number format
	err    error
}

// AuditXLSX renders the auditor's list as a workbook: the rows, the totals for each
// currency, and what the list was taken from. Texts are cells of type text, never formulas,
// and stay texts when a person edits them; amounts are numeric cells that hold the exact
// decimal; dates are texts YYYY-MM-DD.
func (r *Renderer) AuditXLSX(ctx context.Context, l app.AuditList) ([]byte, error) {
	totals, err := checkList(l)
	if err != nil {
		return nil, err
	}
	digest, err := Digest(l)
	if err != nil {
		return nil, err
	}
	b, err := newBookOf(rowsSheet, totalsSheet, aboutSheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = b.file.Close() }() // in memory: nothing is left behind
	b.header(rowsSheet, listHeader())
	for i, row := range l.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.auditRow(i+2, row)
	}
	b.totals(totals)
	b.about(l, digest)
	b.try(b.file.SetColWidth(rowsSheet, "A", "D", 16), "set widths")
	b.try(b.file.SetColWidth(rowsSheet, "E", "J", 26), "set widths")
	b.try(b.file.SetColWidth(rowsSheet, "K", "M", 16), "set widths")
	b.try(b.file.SetColWidth(rowsSheet, "N", "N", 68), "set widths")
	b.try(b.file.SetColWidth(totalsSheet, "A", "E", 22), "set widths")
	b.try(b.file.SetColWidth(aboutSheet, "A", "B", 40), "set widths")
	if b.err != nil {
		return nil, b.err
	}
	out, err := b.file.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("report: write the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// newBookOf begins a workbook of these sheets.
func newBookOf(first string, others ...string) (*book, error) {
	b := &book{file: excelize.NewFile(), number: map[string]int{}}
	b.try(b.file.SetSheetName("Sheet1", first), "name sheet")
	for _, name := range others {
		_, err := b.file.NewSheet(name)
		b.try(err, "add sheet")
	}
	const textFormat = 49 // "@" (ECMA-376 part 1, 18.8.30)
	b.plain = b.style(&excelize.Style{NumFmt: textFormat})
	b.head = b.style(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if b.err != nil {
		return nil, b.err
	}
	// What a leading apostrophe does in a spreadsheet: the cell's text is never read as a formula.
	b.file.Styles.CellXfs.Xf[b.plain].QuotePrefix = new(true)
	return b, nil
}

func (b *book) try(err error, doing string) {
	if b.err == nil && err != nil {
		b.err = fmt.Errorf("report: workbook: %s: %w", doing, err)
	}
}

func (b *book) style(s *excelize.Style) int {
	id, err := b.file.NewStyle(s)
	b.try(err, "make style")
	return id
}

// at is the name of a cell; column and row count from one.
func (b *book) at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	b.try(err, "name cell")
	return name
}

// text writes a text cell as it is; a text longer than a cell may hold is cut and says so.
func (b *book) text(sheet string, column, row int, s string, style int) {
	if runes := []rune(s); len(runes) > maxCellRunes/2 {
		s = string(runes[:maxCellRunes/2-len(cutMark)]) + cutMark
	}
	name := b.at(column, row)
	b.try(b.file.SetCellStr(sheet, name, s), "set text")
	b.try(b.file.SetCellStyle(sheet, name, name, style), "set style")
}

// count writes a whole number.
func (b *book) count(sheet string, column, row, n int) {
	b.try(b.file.SetCellInt(sheet, b.at(column, row), int64(n)), "set number")
}

// amount writes the exact decimal as a number, formatted with the currency's decimals; an
// absent amount leaves the cell empty.
func (b *book) amount(sheet string, column, row int, a money.Amount) {
	if a.IsAbsent() {
		return
	}
	digits := len(strconv.FormatInt(max(a.Minor(), -a.Minor()), 10))
	if digits > exactDigits {
		b.text(sheet, column, row, a.Decimal(), b.plain)
		return
	}
	name := b.at(column, row)
	b.try(b.file.SetCellDefault(sheet, name, a.Decimal()), "set amount")
	b.try(b.file.SetCellStyle(sheet, name, name, b.numberStyle(a.Currency())), "set style")
}

func (b *book) numberStyle(c money.Currency) int {
	format := "#,##0"
	places, _ := c.Decimals()
	for i := range places {
		if i == 0 {
			format += "."
		}
		format += "0"
	}
	id, ok := b.number[format]
	if !ok {
		id = b.style(&excelize.Style{CustomNumFmt: &format})
		b.number[format] = id
	}
	return id
}

func (b *book) header(sheet string, titles []string) {
	for i, title := range titles {
		b.text(sheet, i+1, 1, title, b.head)
	}
	b.try(b.file.SetPanes(sheet, &excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
	}), "freeze header")
}

func (b *book) auditRow(row int, r app.AuditRow) {
	for i, s := range []string{
		r.Date.String(), r.Financing, r.Receivable, r.Number, r.Seller, r.Buyer, r.Bank, currencyOf(r),
	} {
		b.text(rowsSheet, i+1, row, s, b.plain)
	}
	b.amount(rowsSheet, 9, row, r.Face)
	b.amount(rowsSheet, 10, row, r.Advance)
	for i, s := range []string{r.DueDate.String(), r.State.Word, strconv.FormatUint(r.Block, 10), r.TxID} {
		b.text(rowsSheet, 11+i, row, s, b.plain)
	}
}

func (b *book) totals(totals []app.AuditTotal) {
	b.header(totalsSheet, []string{"Currency", "Rows", "Face", "Rows with an advance", "Advance"})
	for i, t := range totals {
		row := i + 2
		b.text(totalsSheet, 1, row, string(t.Currency), b.plain)
		b.count(totalsSheet, 2, row, t.Rows)
		b.amount(totalsSheet, 3, row, t.Face)
		b.count(totalsSheet, 4, row, t.Advanced)
		b.amount(totalsSheet, 5, row, t.Advance)
	}
}

func (b *book) about(l app.AuditList, digest string) {
	lines := [][2]string{
		{"List", listText(l)},
		{"Ledger", l.Checkpoint.Ledger},
		{"Checkpoint", checkpointText(l.Checkpoint)},
		{"Input", digest},
	}
	if l.ClockNote != "" {
		lines = append(lines, [2]string{"Clock", clockText(l.ClockNote)})
	}
	for i, line := range lines {
		b.text(aboutSheet, 1, i+1, line[0], b.head)
		b.text(aboutSheet, 2, i+1, line[1], b.plain)
	}
}
