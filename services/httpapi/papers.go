package httpapi

import (
	"context"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// OpenPack opens a trade pack.
func (s *server) OpenPack(w http.ResponseWriter, r *http.Request, _ api.OpenPackParams) {
	var in api.OpenPack
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	parties := each(in.Parties, func(p api.PackParty) app.PackParty {
		return app.PackParty{Org: p.Organisation, Side: p.Side}
	})
	show := func(p app.Pack) (shown, error) {
		at := "/v1/packs/" + string(p.ID)
		return shown{http.StatusCreated, at, etag(p.Edit), s.packView(languageOf(r), p, nil)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Pack, error) {
		return s.app.OpenPack(ctx, callOf(r).actor, app.PackInput{
			Title: in.Title, Parties: parties, Programme: in.Programme, Documents: in.Documents,
		})
	})
}

// ListPacks lists the packs of the organisation.
func (s *server) ListPacks(w http.ResponseWriter, r *http.Request, params api.ListPacksParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Packs(r.Context(), callOf(r).actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.PackList{
		Items: each(list, func(p app.Pack) api.Pack { return s.packView(languageOf(r), p, nil) }), Next: next,
	})
}

// GetPack shows a pack with its papers and verdicts.
func (s *server) GetPack(w http.ResponseWriter, r *http.Request, id api.PackID) {
	p, papers, err := s.app.PackPapers(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("ETag", etag(p.Edit))
	spoken := languageOf(r)
	s.reply(w, r, http.StatusOK, s.packView(languageOf(r), p, each(papers, func(d app.Document) api.Document {
		return documentView(spoken, d, true)
	})))
}

// VerifyPack takes the verdicts now, under a programme when one is named.
func (s *server) VerifyPack(w http.ResponseWriter, r *http.Request, id api.PackID, _ api.VerifyPackParams) {
	var in api.VerifyPack
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(p app.Pack) (shown, error) {
		return shown{status: http.StatusOK, etag: etag(p.Edit), body: s.packView(languageOf(r), p, nil)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Pack, error) {
		return s.app.Verify(ctx, callOf(r).actor, id, in.Programme)
	})
}

// UploadDocument keeps a paper.
func (s *server) UploadDocument(
	w http.ResponseWriter, r *http.Request, id api.PackID, params api.UploadDocumentParams,
) {
	name, err := fileName(r.Header.Get("Content-Disposition"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, broughtPaper(r), func(ctx context.Context) (app.Taken[app.Document], error) {
		d, created, err := s.app.Upload(ctx, callOf(r).actor, app.Upload{
			Pack: id, FileName: name, Supersedes: params.Supersedes, Body: r.Body,
		})
		return app.Taken[app.Document]{It: d, New: created}, err
	})
}

func broughtPaper(r *http.Request) func(app.Taken[app.Document]) (shown, error) {
	return func(d app.Taken[app.Document]) (shown, error) {
		at := "/v1/documents/" + string(d.It.ID)
		return shown{takenStatus(d.New), at, etag(d.It.Edit), documentView(languageOf(r), d.It, true)}, nil
	}
}

// takenStatus is 201 for what is new and 200 for what was there already.
func takenStatus(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// fileName reads the name that a client gives a file. Only its last part is kept: no folder
// of the client's is anybody's business.
func fileName(disposition string) (string, error) {
	kind, params, err := mime.ParseMediaType(disposition)
	name := lastName(params["filename"])
	if err != nil || kind != "attachment" || !usable(name) {
		return "", fault(app.CodeInput, "Content-Disposition",
			`name the file: attachment; filename="invoice.xml", or filename*=UTF-8''... beyond ASCII`)
	}
	return name, nil
}

// GetDocument shows a paper with what was read from it.
func (s *server) GetDocument(w http.ResponseWriter, r *http.Request, id api.DocumentID) {
	d, err := s.app.Document(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("ETag", etag(d.Edit))
	s.reply(w, r, http.StatusOK, documentView(languageOf(r), d, true))
}

// GetOriginal gives out the bytes as they were received.
func (s *server) GetOriginal(w http.ResponseWriter, r *http.Request, id api.DocumentID) {
	d, raw, err := s.app.Original(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sendFile(w, d.MediaType, d.FileName, string(d.Digest), raw)
}

// sendFile sends bytes that a browser keeps and never shows.
func sendFile(w http.ResponseWriter, mediaType, name, digest string, raw []byte) {
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name})
	if disposition == "" {
		disposition = "attachment"
	}
	w.Header().Set("Content-Disposition", disposition)
	w.Header().Set("ETag", `"`+digest+`"`)
	write(w, http.StatusOK, mediaType, raw)
}

// TypeFields takes the fields of a paper that a person typed in.
func (s *server) TypeFields(
	w http.ResponseWriter, r *http.Request, id api.DocumentID, params api.TypeFieldsParams,
) {
	edit, err := strconv.Atoi(strings.Trim(params.IfMatch, `"`))
	if err != nil || params.IfMatch != etag(edit) {
		s.fail(w, r, fault(CodePrecondition, "If-Match", "send the ETag of the paper as it was shown"))
		return
	}
	var in api.TypeFields
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(d app.Document) (shown, error) {
		return shown{status: http.StatusOK, etag: etag(d.Edit), body: documentView(languageOf(r), d, true)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Document, error) {
		return s.app.TypeFields(ctx, callOf(r).actor, id, edit, in.Kind, in.Fields)
	})
}

// packView shows a pack, its verdicts in a language; papers is nil in lists.
func (s *server) packView(spoken string, p app.Pack, papers []api.Document) api.Pack {
	v := api.Pack{
		ID: p.ID, Organisation: p.Org, Title: p.Title, CreatedBy: p.CreatedBy, CreatedAt: p.CreatedAt.UTC(),
		Edit: p.Edit, Programme: p.Programme, Documents: listed(p.Documents), VerdictsStand: s.app.VerdictsStand(p),
		Parties: each(p.Parties, func(q app.PackParty) api.PackParty {
			return api.PackParty{Organisation: q.Org, Side: q.Side}
		}),
		Papers: papers,
	}
	if p.Latest != nil {
		v.Verification = verificationIn(spoken, *p.Latest)
	}
	return v
}

// documentView shows a paper, with its fields where they are wanted; its findings in a language.
func documentView(spoken string, d app.Document, whole bool) api.Document {
	v := api.Document{
		ID: d.ID, Organisation: d.Org, UploadedBy: d.UploadedBy, UploadedAt: d.UploadedAt.UTC(), Digest: d.Digest,
		Size: d.Size, MediaType: d.MediaType, FileName: d.FileName, Version: d.Version, Supersedes: d.Supersedes,
		Bulk:  d.Bulk,
		State: d.State, CanonicalDigest: d.CanonicalDigest, FieldsBy: d.FieldsBy, ParsedAt: d.ParsedAt.UTC(),
		Findings: listed(findingsIn(spoken, d.Findings)), Edit: d.Edit,
	}
	if d.Fields != nil {
		v.Kind, v.Number = d.Fields.Kind, d.Fields.Number
		if whole {
			v.Fields = *d.Fields
		}
	}
	return v
}
