package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// MaxUpload bounds an upload in bytes.
const MaxUpload = 25 << 20

const maxFileName = 255

// Upload is a paper on its way in.
type Upload struct {
	Pack       PackID // that takes the paper; empty: none yet
	FileName   string // as given: shown, never used as a path
	Supersedes DocumentID
	Body       io.Reader
}

// Upload keeps a paper and puts it into a pack.
//
// Effects, in this order:
//  1. the bytes become a blob by digest; a crash leaves bytes that nobody names, which are
//     swept, and the uploader tries again;
//  2. one transaction: the document (received), its place in the pack and the job that reads
//     it; after it nothing is lost.
//
// The same bytes again are the same document: created is false and nothing is done twice.
func (a *App) Upload(ctx context.Context, actor Actor, u Upload) (d Document, created bool, err error) {
	return a.keepPaper(ctx, actor, u, nil)
}

// keepPaper is Upload; also is done in its transaction.
func (a *App) keepPaper(
	ctx context.Context, actor Actor, u Upload,
	also func(ctx context.Context, tx StoreTx, d Document, created bool) error,
) (d Document, created bool, err error) {
	draft, err := a.draftPaper(ctx, actor, u)
	if err != nil {
		return Document{}, false, err
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		version, err := nextVersion(ctx, tx, actor, u.Supersedes)
		if err != nil {
			return err
		}
		draft.Version = version
		d, created, err = tx.InsertDocument(ctx, draft)
		if errors.Is(err, ErrEdited) {
			return fault(CodeEdited, "supersedes", "this paper has a newer version already: supersede that one")
		}
		if err != nil {
			return err
		}
		if err := a.filed(ctx, tx, actor, u.Pack, d); err != nil {
			return err
		}
		if created {
			if err := a.received(ctx, tx, actor, d); err != nil {
				return err
			}
		}
		if also != nil {
			if err := also(ctx, tx, d, created); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, Taken[Document]{d, created})
	})
	return d, created, err
}

// draftPaper checks an upload and keeps its bytes; the paper is not stored yet.
func (a *App) draftPaper(ctx context.Context, actor Actor, u Upload) (Document, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Document{}, err
	}
	if !utf8.ValidString(u.FileName) || len(u.FileName) > maxFileName {
		return Document{}, fault(
			CodeInput, "file_name", "a file name of at most %d bytes in UTF-8", maxFileName,
		)
	}
	if u.Pack != "" {
		if err := a.canSeePack(ctx, actor, u.Pack); err != nil {
			return Document{}, err
		}
	}
	digest, size, err := a.blobs.Put(ctx, u.Body, MaxUpload)
	if err != nil {
		return Document{}, err
	}
	media, err := a.mediaType(ctx, digest)
	if err != nil {
		return Document{}, err
	}
	id, err := a.newID("doc")
	return Document{
		ID: DocumentID(id), Org: actor.Org, UploadedBy: actor.User, UploadedAt: a.Now(), Digest: digest,
		Size: size, MediaType: media, FileName: u.FileName, Supersedes: u.Supersedes,
		State: DocumentReceived, Edit: 1,
	}, err
}

// filed puts a paper into a pack, when one is named. One that is read already is recorded on the
// ledger now that there is somebody to show it to, and the verdicts are taken again. It answers who
// asked for it.
func (a *App) filed(ctx context.Context, tx StoreTx, actor Actor, pack PackID, d Document) error {
	if pack == "" {
		return nil
	}
	added, err := tx.AddDocument(ctx, pack, d.ID, actor.User, a.Now())
	if err != nil || !added || d.State != DocumentParsed {
		return err
	}
	if err := a.answers(ctx, tx, pack, d); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, RecordJob{d.ID}); err != nil {
		return err
	}
	return reverify(ctx, tx, pack)
}

// received is what follows a paper that is new to its organisation.
func (a *App) received(ctx context.Context, tx StoreTx, actor Actor, d Document) error {
	if err := a.withinQuota(ctx, tx, actor.Org); err != nil {
		return err
	}
	if err := a.audit(ctx, tx, actor, deed{"document.upload", "document", string(d.ID)},
		map[string]string{"digest": string(d.Digest)}); err != nil {
		return err
	}
	return tx.Enqueue(ctx, ParseJob{d.ID})
}

// nextVersion is the version of a paper that supersedes another of the same organisation; 1
// when it supersedes none.
func nextVersion(ctx context.Context, tx StoreTx, actor Actor, supersedes DocumentID) (int, error) {
	if supersedes == "" {
		return 1, nil
	}
	before, err := tx.Document(ctx, supersedes)
	if err == nil && before.Org != actor.Org {
		err = ErrNoRow
	}
	return before.Version + 1, found(err, "document")
}

// withinQuota refuses what would take an organisation's papers over its quota. Uploads under
// way at the same time do not see each other and may exceed it by what they bring.
func (a *App) withinQuota(ctx context.Context, tx StoreTx, org trade.OrgID) error {
	stored, err := tx.StoredBytes(ctx, org)
	if err != nil {
		return err
	}
	if stored > a.quota {
		return a.overQuota()
	}
	return nil
}

func (a *App) overQuota() error {
	return fault(CodeQuota, "", "your organisation's papers may take %d MiB: ask the operator for more room",
		a.quota>>20)
}

// mediaType tells what the bytes are by their content.
func (a *App) mediaType(ctx context.Context, d trade.Digest) (string, error) {
	raw, err := a.bytes(ctx, d)
	if err != nil {
		return "", err
	}
	syntax, err := a.reader.Syntax(ctx, raw)
	if _, ok := errors.AsType[*parse.Fault](err); err != nil && !ok {
		return "", err
	}
	switch syntax { // empty where telling it costs too much: the job that reads will say so
	case parse.SyntaxPDF:
		return "application/pdf", nil
	case parse.SyntaxUBL, parse.SyntaxCII, parse.SyntaxCamt053, parse.SyntaxCamt054:
		return "application/xml", nil
	case parse.SyntaxJSON, parse.SyntaxTyped, parse.SyntaxDCSA, parse.SyntaxWrapped2, parse.SyntaxWrapped3:
		return "application/json", nil
	case parse.SyntaxForeign:
	}
	return "application/octet-stream", nil
}

// bytes reads a blob, which is no larger than an upload or a report may be.
func (a *App) bytes(ctx context.Context, d trade.Digest) ([]byte, error) {
	r, err := a.blobs.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading blob %s: %w", d, err)
	}
	return raw, r.Close()
}

// Original returns the bytes of a paper as received.
func (a *App) Original(ctx context.Context, actor Actor, id DocumentID) (Document, []byte, error) {
	d, err := a.Document(ctx, actor, id)
	if err != nil {
		return Document{}, nil, err
	}
	raw, err := a.bytes(ctx, d.Digest)
	return d, raw, err
}

// Document returns a paper that the actor may see: its own, or of a pack it is a party of.
func (a *App) Document(ctx context.Context, actor Actor, id DocumentID) (Document, error) {
	var d Document
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		d, err = visibleDocument(ctx, tx, actor, id)
		return err
	})
	return d, err
}

func visibleDocument(ctx context.Context, tx StoreTx, actor Actor, id DocumentID) (Document, error) {
	d, err := tx.Document(ctx, id)
	if err != nil {
		return Document{}, found(err, "document")
	}
	if d.Org == actor.Org {
		return d, nil
	}
	packs, err := tx.PacksOf(ctx, id)
	if err != nil {
		return Document{}, err
	}
	for _, p := range packs {
		pack, err := tx.Pack(ctx, p)
		if err != nil {
			return Document{}, err
		}
		if pack.Seen(actor.Org) {
			return d, nil
		}
	}
	return Document{}, hidden("document")
}

// Documents lists the papers of the packs that the actor's organisation is a party of.
func (a *App) Documents(ctx context.Context, actor Actor, p Page) ([]Document, string, error) {
	var list []Document
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Documents(ctx, actor.Org, p)
		return err
	})
	return list, next, err
}
