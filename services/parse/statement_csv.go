package parse

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
)

// StatementHeader is the first record of a bank statement in CSV (RFC 4180: comma, double
// quotes, UTF-8). Dates are YYYY-MM-DD; amount is a plain decimal without a sign; direction
// is credit or debit; all but account, booking_date, amount, currency and direction may be
// empty.
func StatementHeader() []string {
	return []string{
		"account", "booking_date", "value_date", "amount", "currency", "direction",
		"reference", "remittance", "counterparty_name", "counterparty_account",
	}
}

func readStatementCSV(l Limits, b []byte) ([]StatementLine, *Fault) {
	if !utf8.Valid(b) {
		return nil, source.New(source.CodeEncoding, "", "The file is not in UTF-8; save it as CSV UTF-8.")
	}
	records := csv.NewReader(bytes.NewReader(source.TrimBOM(b)))
	header, err := records.Read()
	if err != nil || !slices.Equal(header, StatementHeader()) {
		return nil, source.New(source.CodeUnsupported, "line 1",
			"A statement in CSV begins with the line "+strings.Join(StatementHeader(), ",")+
				"; add it or send camt.053.")
	}
	var lines []StatementLine
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, malformedCSV(err)
		}
		if len(lines) >= l.Lines {
			return nil, tooManyLines(l)
		}
		number, _ := records.FieldPos(0)
		line, f := statementRecord(record, "line "+strconv.Itoa(number))
		if f != nil {
			return nil, f
		}
		lines = append(lines, line)
	}
}

// statementRecord reads one record, whose fields are in the order of StatementHeader.
func statementRecord(record []string, place string) (StatementLine, *Fault) {
	for i, cell := range record {
		record[i] = strings.TrimSpace(cell)
		if isFormula(record[i]) {
			return StatementLine{}, source.New(source.CodeValue, place, "The column "+StatementHeader()[i]+
				" begins like a formula of a spreadsheet; correct the text.")
		}
	}
	amount, f := statementAmount(record[3], record[4], place)
	if f != nil {
		return StatementLine{}, f
	}
	booked, okBooked := parseDay(record[1])
	value, okValue := parseDay(record[2])
	if !okBooked || !okValue || booked.IsZero() {
		return StatementLine{}, source.New(source.CodeValue, place,
			"A date is missing or not YYYY-MM-DD; correct it.")
	}
	direction := Direction(record[5])
	if direction != Credit && direction != Debit {
		return StatementLine{}, source.New(source.CodeValue, place,
			"The direction is neither credit nor debit; correct it.")
	}
	if record[0] == "" {
		return StatementLine{}, source.New(source.CodeValue, place, "The account is missing; add it.")
	}
	return StatementLine{
		Account: record[0], Booked: booked, Value: value, Amount: amount, Direction: direction,
		Reference: record[6], Entry: record[6], EntryAmount: amount, Remittance: record[7],
		CounterpartyName: record[8], CounterpartyAccount: record[9],
		Place: Place{Path: place},
	}, nil
}

// parseDay reads a date that may be empty.
func parseDay(s string) (money.Date, bool) {
	if s == "" {
		return money.Date{}, true
	}
	d, err := money.ParseDate(s)
	return d, err == nil
}

// isFormula tells a text that a spreadsheet would run: it begins with = or @, or with a sign
// that no digit or space follows ("-10 %" and "+49 30" are texts of honest payers).
func isFormula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '@':
		return true
	case '+', '-':
		return len(s) > 1 && s[1] != ' ' && !isDigit(s[1])
	default:
		return false
	}
}

func malformedCSV(err error) *Fault {
	place := ""
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		place = "line " + strconv.Itoa(broken.Line)
	}
	return source.New(source.CodeMalformed, place,
		"The CSV is broken here: check the quotes and the number of columns.")
}
