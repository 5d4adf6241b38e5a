package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// byteOrderMark tells spreadsheets that a CSV file is UTF-8.
const byteOrderMark = "\uFEFF"

// listHeader names the columns of the list in its CSV and XLSX forms.
func listHeader() []string {
	return []string{
		"date", "financing", "receivable", "invoice", "seller", "buyer", "bank", "currency",
		"face", "advance", "due_date", "state", "block", "tx_id",
	}
}

// AuditCSV renders the rows of the auditor's list as CSV (RFC 4180, UTF-8 with a byte order
// mark). Amounts are plain decimals with all their digits; an absent one is empty. A text
// that a spreadsheet would read as a formula gets an apostrophe in front.
func (r *Renderer) AuditCSV(ctx context.Context, l app.AuditList) ([]byte, error) {
	if _, err := checkList(l); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	records := 0
	write := func(record []string) error {
		records++
		if err := w.Write(record); err != nil {
			return fmt.Errorf("report: write CSV line %d: %w", records, err)
		}
		return ctx.Err()
	}
	if err := write(listHeader()); err != nil {
		return nil, err
	}
	for _, row := range l.Rows {
		if err := write(csvRow(row)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("report: write CSV: %w", err)
	}
	return out.Bytes(), nil
}

func csvRow(r app.AuditRow) []string {
	return []string{
		r.Date.String(), inert(r.Financing), inert(r.Receivable), inert(r.Number),
		inert(r.Seller), inert(r.Buyer), inert(r.Bank), currencyOf(r),
		decimal(r.Face), decimal(r.Advance), r.DueDate.String(), inert(r.State.Word),
		strconv.FormatUint(r.Block, 10), inert(r.TxID),
	}
}

// currencyOf is the one currency of a row, or empty.
func currencyOf(r app.AuditRow) string {
	if r.Face.IsAbsent() {
		return string(r.Advance.Currency())
	}
	return string(r.Face.Currency())
}

func decimal(a money.Amount) string {
	if a.IsAbsent() {
		return ""
	}
	return a.Decimal()
}

// inert keeps a spreadsheet from reading a text as a formula: those begin with = + - @, in
// ASCII or in full width, or behind white space (OWASP, "CSV Injection").
func inert(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	visible := strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.C, r)
	})
	first, _ := utf8.DecodeRuneInString(visible)
	if strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\n") || strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + s
	}
	return s
}
