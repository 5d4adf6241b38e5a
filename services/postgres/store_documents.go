package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// InsertDocument adds a paper; bytes that the organisation has already are that document.
// ErrEdited says that the paper it supersedes has another successor.
func (t *storeTx) InsertDocument(ctx context.Context, d app.Document) (app.Document, bool, error) {
	added, err := t.q.InsertDocument(ctx, db.InsertDocumentParams{
		ID: string(d.ID), OrgID: string(d.Org), UploadedBy: string(d.UploadedBy), UploadedAt: d.UploadedAt,
		Digest: string(d.Digest), Size: d.Size, MediaType: d.MediaType, Filename: d.FileName,
		Version: small(d.Version), Supersedes: optional(d.Supersedes), BulkDigest: optional(d.Bulk),
		State: string(d.State),
	})
	if violates(err, "documents_supersedes") {
		return app.Document{}, false, app.ErrEdited
	}
	if err != nil || added == 1 {
		t.Changed(app.ChangedDocument, string(d.ID))
		return d, err == nil, err
	}
	row, err := t.q.DocumentByDigest(ctx, db.DocumentByDigestParams{
		OrgID: string(d.Org), Digest: string(d.Digest),
	})
	if err != nil {
		return app.Document{}, false, err
	}
	first, err := documentOf(row)
	return first, false, err
}

// Document returns a paper.
func (t *storeTx) Document(ctx context.Context, id app.DocumentID) (app.Document, error) {
	row, err := t.q.Document(ctx, string(id))
	if err != nil {
		return app.Document{}, rowed(err)
	}
	return documentOf(row)
}

// UpdateDocument writes state, fields and findings; ErrEdited unless Edit is the row's.
func (t *storeTx) UpdateDocument(ctx context.Context, d app.Document) error {
	var fields []byte
	var err error
	if d.Fields != nil {
		if fields, err = trade.Canonical(d.Fields); err != nil {
			return fmt.Errorf("document %s: %w", d.ID, err)
		}
	}
	if d.Findings == nil {
		d.Findings = []check.Finding{}
	}
	findings, err := trade.Canonical(d.Findings)
	if err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	rows, err := t.q.UpdateDocument(ctx, db.UpdateDocumentParams{
		ID: string(d.ID), Edit: small(d.Edit), State: string(d.State), Fields: fields,
		CanonicalDigest: optional(d.CanonicalDigest), FieldsBy: optional(d.FieldsBy),
		ParsedAt: optionalTime(d.ParsedAt), Reader: optional(d.Reader), Findings: findings,
	})
	t.Changed(app.ChangedDocument, string(d.ID))
	return changed(rows, err, app.ErrEdited)
}

// InsertBulkFile keeps a spreadsheet; the same bytes again change nothing.
func (t *storeTx) InsertBulkFile(ctx context.Context, b app.BulkFile) (bool, error) {
	added, err := t.q.InsertBulkFile(ctx, db.InsertBulkFileParams{
		OrgID: string(b.Org), Digest: string(b.Digest), Size: b.Size, Filename: b.FileName,
		ImportedBy: string(b.ImportedBy), ImportedAt: b.ImportedAt,
	})
	if err != nil {
		return false, fmt.Errorf("bulk file %s: %w", b.Digest, err)
	}
	return added == 1, nil
}

// StoredBytes is how much an organisation's papers take.
func (t *storeTx) StoredBytes(ctx context.Context, org trade.OrgID) (int64, error) {
	stored, err := t.q.StoredBytes(ctx, string(org))
	if err != nil {
		return 0, fmt.Errorf("papers of %s: %w", org, err)
	}
	return stored, nil
}

// Documents lists the papers of an organisation and of the packs it is a party of.
func (t *storeTx) Documents(
	ctx context.Context, org trade.OrgID, p app.Page,
) ([]app.Document, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.q.DocumentsSeenBy(ctx, db.DocumentsSeenByParams{
		OrgID: string(org), BeforeAt: from.at, BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	rows, next := paged(rows, asked, func(d db.Document) (time.Time, string) { return d.UploadedAt, d.ID })
	list, err := documentsOf(rows)
	return list, next, err
}

// piece is how many rows are read at a time when all are.
const piece = 500

// AllDocuments calls fn for every document, by id.
func (t *storeTx) AllDocuments(ctx context.Context, fn func(app.Document) error) error {
	after := ""
	for {
		rows, err := t.q.DocumentsPage(ctx, db.DocumentsPageParams{AfterID: after, Page: piece})
		if err != nil || len(rows) == 0 {
			return err
		}
		list, err := documentsOf(rows)
		if err != nil {
			return err
		}
		for _, d := range list {
			if err := fn(d); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}

func documentsOf(rows []db.Document) ([]app.Document, error) {
	list := make([]app.Document, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = documentOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func documentOf(row db.Document) (app.Document, error) {
	d := app.Document{
		ID: app.DocumentID(row.ID), Org: trade.OrgID(row.OrgID), UploadedBy: app.UserID(row.UploadedBy),
		UploadedAt: row.UploadedAt.UTC(), Digest: trade.Digest(row.Digest), Size: row.Size,
		MediaType: row.MediaType, FileName: row.Filename, Version: int(row.Version),
		Supersedes: present[app.DocumentID](row.Supersedes), Bulk: present[trade.Digest](row.BulkDigest),
		State:           app.DocumentState(row.State),
		CanonicalDigest: present[trade.Digest](row.CanonicalDigest), FieldsBy: present[app.UserID](row.FieldsBy),
		ParsedAt: presentTime(row.ParsedAt), Reader: present[string](row.Reader), Edit: int(row.Edit),
	}
	if row.Fields != nil {
		d.Fields = &parse.Document{}
		if err := json.Unmarshal(row.Fields, d.Fields); err != nil {
			return app.Document{}, fmt.Errorf("document %s: stored fields: %w", row.ID, err)
		}
	}
	if err := json.Unmarshal(row.Findings, &d.Findings); err != nil {
		return app.Document{}, fmt.Errorf("document %s: stored findings: %w", row.ID, err)
	}
	return d, nil
}
