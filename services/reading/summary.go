package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// Status says in a word what became of a file.
type Status string

// The statuses of a file.
const (
	Clean       Status = "clean"       // nothing fatal was found
	Violates    Status = "violates"    // a rule of its kind is broken
	Unsupported Status = "unsupported" // a format that is not read here
	Unreadable  Status = "unreadable"  // a format that is read here, and a file that cannot be
)

// The kinds of files that are no trade documents.
const (
	KindStatement parse.Kind = "statement" // of a bank
	KindBulk      parse.Kind = "bulk"      // many documents in one spreadsheet
)

// Summary is what `countersign check` says of a file.
type Summary struct {
	Kind     parse.Kind      `json:"kind,omitempty"`
	Syntax   string          `json:"syntax,omitempty"`
	Status   Status          `json:"status"`
	Findings []check.Finding `json:"findings"`
	Fields   *Fields         `json:"fields,omitempty"`
	// Entries is what a bank statement tells as booked, Documents and Rows what is in a bulk file.
	Entries   *int `json:"entries,omitempty"`
	Documents int  `json:"documents,omitempty"`
	Rows      int  `json:"rows,omitempty"`
}

// Fields are the key fields of a document, amounts and dates as texts; absent ones are empty.
type Fields struct {
	Number       string   `json:"number"`
	Type         string   `json:"type"` // UNTDID 1001
	IssueDate    string   `json:"issue_date"`
	DueDate      string   `json:"due_date"`
	SellerName   string   `json:"seller_name"`
	SellerVAT    string   `json:"seller_vat"`
	BuyerName    string   `json:"buyer_name"`
	BuyerVAT     string   `json:"buyer_vat"`
	OrderRef     string   `json:"order_ref"`
	Currency     string   `json:"currency"`
	LineTotal    string   `json:"line_total"`
	TaxExclusive string   `json:"tax_exclusive"`
	Tax          string   `json:"tax"`
	TaxInclusive string   `json:"tax_inclusive"`
	Prepaid      string   `json:"prepaid"`
	Payable      string   `json:"payable"`
	IBANs        []string `json:"ibans"` // sorted; where there is no IBAN the number that stands instead
	Lines        int      `json:"lines"`
}

// Summary reads a file of any kind, checks it as of a day and says what was found. What cannot
// be read is a status too; the error is always nil.
func (h Here) Summary(ctx context.Context, raw []byte, today money.Date) (Summary, error) {
	switch {
	case isStatement(raw):
		return h.statement(ctx, raw), nil
	case parse.IsBulk(raw):
		return bulk(raw, today), nil
	}
	doc, findings, err := h.Document(ctx, raw, today)
	if err != nil {
		return Refused(err), nil
	}
	s := Summary{
		Kind: doc.Kind, Syntax: doc.Syntax, Status: Clean, Findings: findings, Fields: fieldsOf(doc),
	}
	switch {
	case check.Violates(findings):
		s.Status = Violates
	case doc.Kind == parse.Other && doc.DCSA == nil && doc.Wrapped == nil: // kept, and nothing is read of it
		s.Status = Unsupported
	}
	if s.Findings == nil {
		s.Findings = []check.Finding{}
	}
	return s, nil
}

// isStatement tells bank statements from everything else.
func isStatement(raw []byte) bool {
	syntax := parse.Detect(raw)
	return syntax == parse.SyntaxCamt053 || syntax == parse.SyntaxCamt054
}

func (h Here) statement(ctx context.Context, raw []byte) Summary {
	s, err := h.Statement(ctx, raw)
	if err != nil {
		return Refused(err)
	}
	entries := len(s.Lines)
	return Summary{
		Kind: KindStatement, Syntax: string(parse.Detect(raw)), Status: Clean, Findings: []check.Finding{},
		Entries: &entries,
	}
}

// maxBulkFindings bounds the findings that are told of a bulk file, as package check does of a
// document. Each document is read again on its own when the file is brought in.
const maxBulkFindings = 1000

// bulk checks every document of a bulk file. Where one stands is told by its number: the rows
// of a document that could be read are no fault.
func bulk(raw []byte, today money.Date) Summary {
	docs, err := parse.ReadBulk(raw)
	s := Summary{Kind: KindBulk, Syntax: "spreadsheet", Status: Clean, Findings: []check.Finding{}}
	if f, ok := errors.AsType[*parse.Fault](err); ok && strings.HasPrefix(f.Code, "bulk.") {
		s.Status, s.Findings = Violates, Refusal(err) // it is one, and rows of it are wrong
		return s
	}
	if err != nil {
		return Refused(err)
	}
	s.Documents = len(docs)
	for _, d := range docs {
		s.Rows += len(d.Lines)
		findings := check.Document(d, today)
		if check.Violates(findings) {
			s.Status = Violates
		}
		for _, f := range findings[:min(len(findings), maxBulkFindings-len(s.Findings))] {
			f.Path, f.Offset, f.Length = source.Quoted(d.Number)+" "+f.Path, 0, 0
			s.Findings = append(s.Findings, f)
		}
	}
	return s
}

// Refused is the summary of a file that a reader gave up with a *parse.Fault.
func Refused(err error) Summary {
	s := Summary{Status: Unreadable, Findings: Refusal(err)}
	if f, ok := errors.AsType[*parse.Fault](err); ok && f.Code == source.CodeUnsupported {
		s.Status = Unsupported
	}
	return s
}

// text is an exact number as text; empty when it is absent.
func text[N interface {
	comparable
	fmt.Stringer
}](v N) string {
	var absent N
	if v == absent {
		return ""
	}
	return v.String()
}

func fieldsOf(d *parse.Document) *Fields {
	f := &Fields{
		Number: d.Number, Type: d.TypeCode, IssueDate: d.IssueDate.String(), DueDate: d.DueDate.String(),
		SellerName: d.Seller.Name, SellerVAT: d.Seller.VAT, BuyerName: d.Buyer.Name, BuyerVAT: d.Buyer.VAT,
		OrderRef: d.OrderRef, Currency: d.Currency, LineTotal: text(d.Totals.Lines),
		TaxExclusive: text(d.Totals.TaxExclusive), Tax: text(d.Totals.Tax),
		TaxInclusive: text(d.Totals.TaxInclusive),
		Prepaid:      text(d.Totals.Prepaid), Payable: text(d.Totals.Payable), IBANs: []string{},
		Lines: len(d.Lines),
	}
	for _, a := range d.Accounts {
		number := a.IBAN
		if number == "" {
			number = a.Number
		}
		if number != "" {
			f.IBANs = append(f.IBANs, strings.ReplaceAll(number, " ", ""))
		}
	}
	slices.Sort(f.IBANs)
	f.IBANs = slices.Compact(f.IBANs)
	return f
}
