package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/reading"
)

// task is what a worker is asked to do with the bytes of a file.
type task string

const (
	readDocument  task = "document"
	readTyped     task = "typed"
	readStatement task = "statement"
	readBulk      task = "bulk"
	readPayables  task = "payables"
	readSyntax    task = "syntax"
	readSummary   task = "summary"
)

// question is the first line of a request, as JSON; the bytes of the file follow it.
type question struct {
	Do    task       `json:"do"`
	Kind  parse.Kind `json:"kind,omitempty"` // of typed fields
	Today money.Date `json:"today,omitzero"`
}

// answer is what a worker found. What only the checks need of a document stays in the worker.
type answer struct {
	Document  *parse.Document      `json:"document,omitempty"`
	Findings  []check.Finding      `json:"findings,omitempty"`
	Statement *parse.Statement     `json:"statement,omitempty"`
	Bulk      []parse.BulkDocument `json:"bulk,omitempty"`
	Payables  *parse.PayableList   `json:"payables,omitempty"`
	Syntax    parse.Syntax         `json:"syntax,omitempty"`
	Summary   *reading.Summary     `json:"summary,omitempty"`
	Fault     *parse.Fault         `json:"fault,omitempty"`
	Unasked   string               `json:"unasked,omitempty"` // the request was none of ours
}

// Reader reads documents in the workers of a pool. It does what reading.Here does. Its errors
// are a *parse.Fault when the document is at fault, its cost included; every other error says
// nothing of the document, and it may be read again.
type Reader struct{ pool *Pool }

// NewReader reads in the workers of a pool, which run Inside with Handle.
func NewReader(p *Pool) *Reader { return &Reader{p} }

// Document reads a document and checks it as of a day.
func (r *Reader) Document(
	ctx context.Context, raw []byte, today money.Date,
) (*parse.Document, []check.Finding, error) {
	a, err := r.ask(ctx, question{Do: readDocument, Today: today}, raw)
	return a.Document, a.Findings, err
}

// Typed makes a document of fields that a person typed in and checks it as of a day.
func (r *Reader) Typed(
	ctx context.Context, kind parse.Kind, fields []byte, today money.Date,
) (*parse.Document, []check.Finding, error) {
	a, err := r.ask(ctx, question{Do: readTyped, Kind: kind, Today: today}, fields)
	return a.Document, a.Findings, err
}

// Statement reads a bank statement.
func (r *Reader) Statement(ctx context.Context, raw []byte) (parse.Statement, error) {
	a, err := r.ask(ctx, question{Do: readStatement}, raw)
	if err != nil || a.Statement == nil {
		return parse.Statement{}, err
	}
	return *a.Statement, nil
}

// Bulk reads many documents of one kind from a spreadsheet, each as our own JSON.
func (r *Reader) Bulk(ctx context.Context, raw []byte) ([]parse.BulkDocument, error) {
	a, err := r.ask(ctx, question{Do: readBulk}, raw)
	return a.Bulk, err
}

// Payables reads a list of payables from somebody's books.
func (r *Reader) Payables(ctx context.Context, raw []byte) (parse.PayableList, error) {
	a, err := r.ask(ctx, question{Do: readPayables}, raw)
	if err != nil || a.Payables == nil {
		return parse.PayableList{}, err
	}
	return *a.Payables, nil
}

// Syntax tells how a file is written, from its content alone.
func (r *Reader) Syntax(ctx context.Context, raw []byte) (parse.Syntax, error) {
	a, err := r.ask(ctx, question{Do: readSyntax}, raw)
	return a.Syntax, err
}

// Summary reads a file of any kind, checks it as of a day and says what was found. The error
// says nothing of the file.
func (r *Reader) Summary(ctx context.Context, raw []byte, today money.Date) (reading.Summary, error) {
	a, err := r.ask(ctx, question{Do: readSummary, Today: today}, raw)
	if _, ok := errors.AsType[*parse.Fault](err); ok {
		return reading.Refused(err), nil
	}
	if err != nil || a.Summary == nil {
		return reading.Summary{}, err
	}
	return *a.Summary, nil
}

func (r *Reader) ask(ctx context.Context, q question, raw []byte) (answer, error) {
	request, err := json.Marshal(q)
	if err != nil {
		return answer{}, fmt.Errorf("asking a worker: %w", err)
	}
	request = append(append(request, '\n'), raw...)
	got, err := r.pool.Do(ctx, request)
	if err != nil {
		return answer{}, faultOf(err)
	}
	var a answer
	switch err := json.Unmarshal(got, &a); {
	case err != nil:
		return answer{}, fmt.Errorf("the answer of a worker: %w", err)
	case a.Unasked != "":
		return answer{}, fmt.Errorf("a worker did not understand: %s", a.Unasked)
	case a.Fault != nil:
		return answer{}, a.Fault
	}
	return a, nil
}

// faultOf turns what a document did to its worker into a fault of the document.
func faultOf(err error) error {
	if over, ok := errors.AsType[*Overrun](err); ok {
		what := map[Resource]string{
			CPU:    fmt.Sprintf("%s of processor time", over.Budget.CPU),
			Memory: fmt.Sprintf("%d MiB of memory", over.Budget.Memory>>20),
			Time:   over.Budget.Time.String(),
		}[over.Of]
		return source.New(source.CodeTooCostly, "", "Reading this document takes more than "+what+
			"; split it, or send it in another form.")
	}
	if errors.Is(err, ErrBroke) {
		return source.New(source.CodeReaderFailed, "", "Our reader broke off at this document; the fault is ours: "+
			"send it in another form and tell the operator of this node.")
	}
	return err
}

// Handle answers one request inside a worker.
func Handle(request []byte) []byte {
	a := answer{}
	head, raw, cut := bytes.Cut(request, []byte("\n"))
	var q question
	if err := json.Unmarshal(head, &q); err != nil || !cut {
		a.Unasked = "no question"
	} else {
		a = carryOut(q, raw)
	}
	b, err := json.Marshal(a)
	if err != nil {
		b, _ = json.Marshal(answer{Unasked: err.Error()}) //nolint:errchkjson // a text always can be written
	}
	return b
}

func carryOut(q question, raw []byte) (a answer) {
	ctx, here := context.Background(), reading.Here{} // a worker ends; it is not cancelled
	var err error
	switch q.Do {
	case readDocument:
		a.Document, a.Findings, err = here.Document(ctx, raw, q.Today)
	case readTyped:
		a.Document, a.Findings, err = here.Typed(ctx, q.Kind, raw, q.Today)
	case readStatement:
		var s parse.Statement
		s, err = here.Statement(ctx, raw)
		a.Statement = &s
	case readBulk:
		a.Bulk, err = here.Bulk(ctx, raw)
	case readPayables:
		var list parse.PayableList
		list, err = here.Payables(ctx, raw)
		a.Payables = &list
	case readSyntax:
		a.Syntax, err = here.Syntax(ctx, raw)
	case readSummary:
		var s reading.Summary
		s, err = here.Summary(ctx, raw, q.Today)
		a.Summary = &s
	default:
		return answer{Unasked: "no task " + source.Quoted(string(q.Do))}
	}
	if fault, ok := errors.AsType[*parse.Fault](err); ok {
		return answer{Fault: fault}
	}
	if err != nil {
		return answer{Unasked: err.Error()}
	}
	return a
}
