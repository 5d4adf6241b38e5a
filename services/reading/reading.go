// Package reading turns the bytes of a file into a document and its findings: a reader and the
// checks, one after the other. The program does this in a worker process (package sandbox);
// tests and tools may do it Here.
package reading

import (
	"context"
	"errors"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

// Here reads in this process. Its errors are *parse.Fault: they may be shown to whoever brought
// the file. It is the one implementation of reading; package sandbox puts a process around it.
type Here struct{}

// Document reads a document and checks it as of a day.
func (Here) Document(
	_ context.Context, raw []byte, today money.Date,
) (*parse.Document, []check.Finding, error) {
	doc, err := parse.Read(raw)
	if err != nil {
		return nil, nil, err
	}
	return doc, check.Document(doc, today), nil
}

// Typed makes a document of the fields that a person typed in, JSON of our schema of the kind,
// and checks it as of a day.
func (Here) Typed(
	_ context.Context, kind parse.Kind, fields []byte, today money.Date,
) (*parse.Document, []check.Finding, error) {
	doc, err := parse.Typed(kind, fields)
	if err != nil {
		return nil, nil, err
	}
	return doc, check.Document(doc, today), nil
}

// Statement reads a bank statement.
func (Here) Statement(_ context.Context, raw []byte) (parse.Statement, error) {
	return parse.ReadStatement(raw)
}

// Bulk reads many documents of one kind from a spreadsheet: all of them, or a fault whose More
// are the others. Of each only our own JSON is told; it is read again as a document.
func (Here) Bulk(_ context.Context, raw []byte) ([]parse.BulkDocument, error) {
	return parse.ReadBulkJSON(raw)
}

// Payables reads a list of payables from somebody's books.
func (Here) Payables(_ context.Context, raw []byte) (parse.PayableList, error) {
	return parse.ReadPayables(raw)
}

// Syntax tells how a file is written, from its content alone.
func (Here) Syntax(_ context.Context, raw []byte) (parse.Syntax, error) {
	return parse.Detect(raw), nil
}

// Refusal tells why a file cannot be read as findings, one for each fault; none of an error
// that is not for the eyes of a person.
func Refusal(err error) []check.Finding {
	f, ok := errors.AsType[*parse.Fault](err)
	if !ok {
		return nil
	}
	findings := []check.Finding{finding(*f)}
	for _, more := range f.More {
		findings = append(findings, finding(more))
	}
	return findings
}

func finding(f parse.Fault) check.Finding {
	return check.Finding{Rule: f.Code, Severity: check.Fatal, Message: f.Message, Path: f.Path}
}
