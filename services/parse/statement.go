package parse

import (
	"bytes"
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Direction tells which way money went over the account of a statement.
type Direction string

// The directions.
const (
	Credit Direction = "credit" // into the account
	Debit  Direction = "debit"  // out of it
)

// StatementLine is one booked movement on a bank account, as the bank states it.
type StatementLine struct {
	Account   string       `json:"account"` // IBAN or the bank's own number
	Booked    money.Date   `json:"booked,omitzero"`
	Value     money.Date   `json:"value,omitzero"`
	Amount    money.Amount `json:"amount"` // never negative
	Direction Direction    `json:"direction"`
	// Reversal marks a movement that takes back an earlier one.
	Reversal bool `json:"reversal,omitempty"`
	// Reference is the bank's own for the movement: its identity within the account, the same
	// in every message that tells of it. (The number of an entry within one message is not.)
	Reference string `json:"reference,omitempty"`
	// Entry and EntryAmount are the bank's reference and the amount of the whole entry, and
	// Part counts the lines that were made of it from 0.
	Entry       string       `json:"entry,omitempty"`
	EntryAmount money.Amount `json:"entry_amount"`
	Part        int          `json:"part,omitempty"`
	// References are those of the payer: end-to-end id, creditor reference, invoice numbers.
	References []string `json:"references,omitempty"`
	Remittance string   `json:"remittance,omitempty"` // free text of the payer

	CounterpartyName    string `json:"counterparty_name,omitempty"`
	CounterpartyAccount string `json:"counterparty_account,omitempty"`
	Place               Place  `json:"place"`
}

// Statement is what a bank says of one or more accounts: what it booked, and between which
// balances.
type Statement struct {
	Lines  []StatementLine `json:"lines"`
	Stated []Stated        `json:"stated,omitempty"`
}

// Stated is what the bank says of one account beside the movements. What it does not say, or not
// so that it can be read, is absent: it proves nothing, and is no reason to refuse the file.
type Stated struct {
	Account string       `json:"account"`
	From    money.Date   `json:"from,omitzero"`
	To      money.Date   `json:"to,omitzero"`
	Opening money.Amount `json:"opening,omitzero"` // below zero when the account was overdrawn
	Closing money.Amount `json:"closing,omitzero"`
}

// ReadStatement reads a bank statement, ISO 20022 camt.053 or CSV (see StatementHeader), or a
// notification of movements, camt.054,
// within DefaultLimits. Movements that the bank has not booked yet are left out: they prove
// no payment. The error is always a *Fault.
func ReadStatement(b []byte) (Statement, error) {
	return ReadStatementWithin(DefaultLimits(), b)
}

// ReadStatementWithin is ReadStatement with other limits.
func ReadStatementWithin(l Limits, b []byte) (Statement, error) {
	s, f := readStatement(l, b)
	if f != nil {
		return Statement{}, f
	}
	return s, nil
}

func readStatement(l Limits, b []byte) (Statement, *Fault) {
	content := bytes.TrimLeft(source.TrimBOM(b), xmltree.Space)
	switch {
	case len(content) == 0:
		return Statement{}, source.New(source.CodeEmpty, "", "The file is empty; choose the statement again.")
	case len(b) > l.Bytes:
		return Statement{}, source.TooMany("", "bytes", l.Bytes)
	case xmltree.HasUTF16Mark(b):
		return Statement{}, xmltree.CheckEncoding(b)
	case content[0] == '<':
		return readCamt(l, b)
	default:
		lines, f := readStatementCSV(l, b)
		return Statement{Lines: lines}, f
	}
}

// statementAmount reads an amount of a statement, which has no sign.
func statementAmount(decimal, currency, place string) (money.Amount, *Fault) {
	amount, err := money.Parse(decimal, money.Currency(currency))
	if err != nil || amount.Sign() < 0 {
		return money.Amount{}, source.New(source.CodeValue, place, source.Quoted(decimal+" "+currency)+
			" is not an amount in the minor units of a known currency; ask the bank for a corrected statement.")
	}
	return amount, nil
}

func tooManyLines(l Limits) *Fault {
	return source.New(source.CodeTooLarge, "", "The statement has more than "+strconv.Itoa(l.Lines)+
		" entries; ask the bank for shorter periods.")
}
