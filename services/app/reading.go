package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/reading"
)

// Reader turns the bytes of a file into what is in it, and a document into its findings as of a
// day. The files come from outside: whoever implements it answers for what they cost. The error
// is a *parse.Fault when the file is at fault; every other one says nothing of the file, which
// may be read again.
type Reader interface {
	Document(ctx context.Context, raw []byte, today money.Date) (*parse.Document, []check.Finding, error)
	// Typed makes a document of fields that a person typed in, JSON of our schema of the kind.
	Typed(
		ctx context.Context, kind parse.Kind, fields []byte, today money.Date,
	) (*parse.Document, []check.Finding, error)
	Statement(ctx context.Context, raw []byte) (parse.Statement, error)
	// Bulk reads many documents from a spreadsheet: all of them, or a fault whose More are the
	// others.
	Bulk(ctx context.Context, raw []byte) ([]parse.BulkDocument, error)
	// Payables reads a list of payables from the books of who owes them.
	Payables(ctx context.Context, raw []byte) (parse.PayableList, error)
	// Syntax tells how a file is written, from its content alone.
	Syntax(ctx context.Context, raw []byte) (parse.Syntax, error)
}

// parseDocument reads a paper that was uploaded. Effects: one transaction with fields,
// findings and the jobs that follow. A crash before it leaves the job, which runs again.
func (a *App) parseDocument(ctx context.Context, id DocumentID) error {
	var d Document
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		d, err = tx.Document(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("document %s: %w", id, err)
	}
	if d.State != DocumentReceived {
		return nil
	}
	raw, err := a.bytes(ctx, d.Digest) // hashed again
	if err != nil {
		return fmt.Errorf("document %s: %w", id, err)
	}
	fields, findings, err := a.reader.Document(ctx, raw, money.DateOf(a.Now()))
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		refusal := reading.Refusal(err)
		switch {
		case refusal != nil:
			d.State, d.Findings = DocumentUnreadable, refusal
			if err := changed(ctx, tx, d); err != nil {
				return err
			}
			return a.answersEverywhere(ctx, tx, d)
		case err != nil:
			return fmt.Errorf("document %s: %w", id, err)
		case fields.Kind == parse.Other:
			d.State, d.Findings = DocumentNeedsFields, findings
			if err := changed(ctx, tx, d); err != nil {
				return err
			}
			return a.notify(ctx, tx, Notice{
				Org: d.Org, Roles: typists(), Kind: NoticeWaiting, Next: string(NextTypeFields),
				SubjectKind: SubjectDocument, Subject: string(d.ID),
			})
		}
		return a.setFields(ctx, tx, d, fields, findings)
	})
}

// TypeFields gives the fields of a paper that no reader can read: a person typed them in and
// stands for them. Kind is the paper's kind, fields the JSON of our schema of that kind.
func (a *App) TypeFields(
	ctx context.Context, actor Actor, id DocumentID, edit int, kind parse.Kind, fields []byte,
) (Document, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Document{}, err
	}
	if _, err := a.Document(ctx, actor, id); err != nil {
		return Document{}, err
	}
	typed, findings, err := a.reader.Typed(ctx, kind, fields, money.DateOf(a.Now()))
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		return Document{}, faultsOf(f)
	}
	if err != nil {
		return Document{}, err
	}
	var d Document
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		d, err = visibleDocument(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if d.Org != actor.Org {
			return fault(CodeForbidden, "", "only the organisation that brought a paper types its fields in")
		}
		if d.State != DocumentNeedsFields {
			return fault(CodeDocumentState, "", "this paper is %s: upload a new version instead", d.State)
		}
		d.Edit, d.FieldsBy = edit, actor.User
		if err := a.audit(ctx, tx, actor, deed{"document.type", "document", string(id)}, nil); err != nil {
			return err
		}
		// What was found of the file itself holds whatever is typed in.
		if err := a.setFields(ctx, tx, d, typed, slices.Concat(d.Findings, findings)); err != nil {
			return err
		}
		if d, err = visibleDocument(ctx, tx, actor, id); err != nil {
			return err
		}
		return a.answered(ctx, tx, d)
	})
	if errors.Is(err, ErrEdited) {
		return Document{}, fault(CodeEdited, "", "somebody changed this paper meanwhile: look at it again")
	}
	if err != nil {
		return Document{}, err
	}
	return a.Document(ctx, actor, id)
}

// setFields stores what was read and found, and enqueues what follows.
func (a *App) setFields(
	ctx context.Context, tx StoreTx, d Document, fields *parse.Document, findings []check.Finding,
) error {
	canonical, err := trade.Canonical(fields)
	if err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	d.State, d.Fields, d.CanonicalDigest = DocumentParsed, fields, trade.DigestOf(canonical)
	d.ParsedAt, d.Reader, d.Findings = a.Now(), a.release, findings
	if err := changed(ctx, tx, d); err != nil {
		return err
	}
	a.log.LogAttrs(ctx, slog.LevelInfo, "document read", slog.String("document", string(d.ID)),
		slog.String("kind", string(fields.Kind)), slog.Int("findings", len(d.Findings)))
	packs, err := tx.PacksOf(ctx, d.ID)
	if err != nil || len(packs) == 0 {
		return err // recorded when it is filed: there is nobody yet to show it to
	}
	if err := a.answersEverywhere(ctx, tx, d); err != nil {
		return err
	}
	return tx.Enqueue(ctx, RecordJob{d.ID})
}

// changed stores a paper as it is now and enqueues the verification of the packs that hold it.
func changed(ctx context.Context, tx StoreTx, d Document) error {
	if err := tx.UpdateDocument(ctx, d); err != nil {
		return err
	}
	packs, err := tx.PacksOf(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, p := range packs {
		if err := tx.TouchPack(ctx, p); err != nil {
			return err
		}
		if err := reverify(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}
