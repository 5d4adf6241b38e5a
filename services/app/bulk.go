package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// MaxBulk bounds a bulk file in bytes.
const MaxBulk = 10 << 20

// BulkInput is a spreadsheet with many documents of one kind, made from a template.
type BulkInput struct {
	Pack     PackID // that takes the documents; empty: none
	FileName string // as given: shown, never used as a path
	Body     io.Reader
}

// BulkFile is a spreadsheet that was imported; its bytes are a blob.
type BulkFile struct {
	Org        trade.OrgID
	Digest     trade.Digest
	Size       int64
	FileName   string
	ImportedBy UserID
	ImportedAt time.Time
}

// BulkImport is what came of a bulk file: its documents in the order of its rows, those that
// the organisation had already among them.
type BulkImport struct {
	File      BulkFile
	Documents []Document
	New       int // of the documents
}

// ImportBulk reads a spreadsheet and keeps each of its documents as a paper of its own, whose
// original is our own JSON of it. When anything in the file is wrong nothing is kept: the
// error is Faults, each with row and column.
//
// Effects, in this order:
//  1. the file and each document become blobs by digest; a crash leaves bytes that nobody
//     names;
//  2. one transaction: the file, its documents (received), their places in the pack, and the
//     jobs that read them; after it nothing is lost.
//
// The same file again, or one that repeats documents, adds what is new.
func (a *App) ImportBulk(ctx context.Context, actor Actor, in BulkInput) (Taken[BulkImport], error) {
	none := Taken[BulkImport]{}
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return none, err
	}
	if !utf8.ValidString(in.FileName) || len(in.FileName) > maxFileName {
		return none, fault(CodeInput, "file_name", "a file name of at most %d bytes in UTF-8", maxFileName)
	}
	if in.Pack != "" {
		if err := a.canSeePack(ctx, actor, in.Pack); err != nil {
			return none, err
		}
	}
	digest, size, err := a.blobs.Put(ctx, in.Body, MaxBulk)
	if err != nil {
		return none, err
	}
	raw, err := a.bytes(ctx, digest)
	if err != nil {
		return none, err
	}
	read, err := a.reader.Bulk(ctx, raw)
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		return none, faultsOf(f)
	}
	if err != nil {
		return none, err
	}
	b := BulkImport{File: BulkFile{
		Org: actor.Org, Digest: digest, Size: size, FileName: in.FileName, ImportedBy: actor.User,
		ImportedAt: a.Now(),
	}}
	if b.Documents, err = a.bulkPapers(ctx, b.File, read); err != nil {
		return none, err
	}
	drafts, taken := b.Documents, none
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		b.Documents, b.New = slices.Clone(drafts), 0
		fresh, err := tx.InsertBulkFile(ctx, b.File)
		if err != nil {
			return err
		}
		if err := a.keepBulk(ctx, tx, actor, in.Pack, &b); err != nil {
			return err
		}
		if taken = (Taken[BulkImport]{b, fresh || b.New > 0}); taken.New {
			if err := a.withinQuota(ctx, tx, actor.Org); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, taken)
	})
	return taken, err
}

// bulkPapers makes papers of the documents of a file; each one's bytes are a blob.
func (a *App) bulkPapers(
	ctx context.Context, file BulkFile, read []parse.BulkDocument,
) ([]Document, error) {
	papers := make([]Document, len(read))
	for i, d := range read {
		text, err := trade.Canonical(d.JSON)
		if err != nil {
			return nil, fmt.Errorf("document %q of a bulk file: %w", d.Number, err)
		}
		digest, size, err := a.blobs.Put(ctx, bytes.NewReader(text), MaxUpload)
		if err != nil {
			return nil, err
		}
		id, err := a.newID("doc")
		if err != nil {
			return nil, err
		}
		papers[i] = Document{
			ID: DocumentID(id), Org: file.Org, UploadedBy: file.ImportedBy, UploadedAt: file.ImportedAt,
			Digest: digest, Size: size, MediaType: "application/json", FileName: bulkName(d), Version: 1,
			State: DocumentReceived, Edit: 1, Bulk: file.Digest,
		}
	}
	return papers, nil
}

// bulkName names a document after its kind and number.
func bulkName(d parse.BulkDocument) string {
	return string(d.Kind) + "-" + strings.NewReplacer("/", "-", `\`, "-").Replace(d.Number) + ".json"
}

// keepBulk inserts the papers of a bulk file; those that the organisation has take the place
// of their drafts.
func (a *App) keepBulk(ctx context.Context, tx StoreTx, actor Actor, pack PackID, b *BulkImport) error {
	// One order for all, so that files which share documents never wait for each other in a ring.
	order := make([]int, len(b.Documents))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Compare(b.Documents[i].Digest, b.Documents[j].Digest)
	})
	verify := false
	for _, i := range order {
		d, created, err := tx.InsertDocument(ctx, b.Documents[i])
		if err != nil {
			return err
		}
		b.Documents[i] = d
		if pack != "" {
			added, err := tx.AddDocument(ctx, pack, d.ID, actor.User, a.Now())
			if err != nil {
				return err
			}
			verify = verify || (added && d.State == DocumentParsed)
		}
		if !created {
			continue
		}
		b.New++
		if err := tx.Enqueue(ctx, ParseJob{d.ID}); err != nil {
			return err
		}
	}
	if verify {
		if err := reverify(ctx, tx, pack); err != nil {
			return err
		}
	}
	hash, _ := strings.CutPrefix(string(b.File.Digest), "sha-256:")
	return a.audit(ctx, tx, actor, deed{"bulk.import", "bulk_file", hash}, map[string]string{
		"digest": string(b.File.Digest), "documents": strconv.Itoa(len(b.Documents)), "new": strconv.Itoa(b.New),
	})
}

// Faults are several refusals of one request, in the order in which a person looks at them;
// the first one gives the answer its code.
type Faults []trade.Fault

func (f Faults) Error() string { return f[0].Error() }

// faultsOf are the faults of a reader that found several.
func faultsOf(f *parse.Fault) Faults {
	all := Faults{{Code: trade.Code(f.Code), Path: f.Path, Message: f.Message}}
	for _, more := range f.More {
		all = append(all, trade.Fault{Code: trade.Code(more.Code), Path: more.Path, Message: more.Message})
	}
	return all
}

// Template is the empty form of a bulk file.
type Template struct {
	Kind    parse.Kind
	Columns []TemplateColumn
}

// TemplateColumn is a column of a template, with what stands in it.
type TemplateColumn struct {
	Name     string
	Form     string // "text", "date" or "number"
	Required bool
	About    string
	Example  string
}

// BulkTemplate makes the template of a kind as "csv" (when no format is named) or "xlsx", with
// its media type.
func (a *App) BulkTemplate(
	ctx context.Context, kind parse.Kind, format string,
) (out []byte, media string, err error) {
	columns, ok := parse.BulkTemplate(kind)
	if string(kind) == parse.PayablesTemplate {
		columns, ok = parse.PayableColumns(), true
	}
	if !ok {
		return nil, "", hidden("template")
	}
	t := Template{Kind: kind}
	for _, c := range columns {
		t.Columns = append(t.Columns, TemplateColumn{
			Name: c.Name, Form: string(c.Form), Required: c.Required, About: c.About, Example: c.Example,
		})
	}
	switch format {
	case "xlsx":
		out, err = a.renderer.TemplateXLSX(ctx, t)
		return out, MediaXLSX, err
	case "", "csv":
		out, err = a.renderer.TemplateCSV(ctx, t)
		return out, MediaCSV, err
	}
	return nil, "", fault(CodeInput, "format", "csv or xlsx")
}
