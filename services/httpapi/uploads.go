package httpapi

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// The upload protocol: tus 1.0.0 with its creation and termination extensions.
const (
	tusVersion = "1.0.0"
	partType   = "application/offset+octet-stream"
)

// speaksTus refuses another version of the protocol.
func speaksTus(w http.ResponseWriter, version string) error {
	w.Header().Set("Tus-Resumable", tusVersion)
	if version == tusVersion {
		return nil
	}
	w.Header().Set("Tus-Version", tusVersion)
	return fault(app.CodeUploadProtocol, "Tus-Resumable", "version %s is spoken here", tusVersion)
}

// BeginUpload announces a file that comes in parts.
func (s *server) BeginUpload(w http.ResponseWriter, r *http.Request, params api.BeginUploadParams) {
	if err := speaksTus(w, params.TusResumable); err != nil {
		s.fail(w, r, err)
		return
	}
	in, err := announced(params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(i app.Incoming) (shown, error) {
		return shown{status: http.StatusCreated, location: "/v1/uploads/" + string(i.ID), body: uploadView(i)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Incoming, error) {
		return s.app.BeginUpload(ctx, callOf(r).actor, in)
	})
}

const maxMetadata = 2000

// announced reads what a client says of a file.
func announced(params api.BeginUploadParams) (app.IncomingInput, error) {
	in := app.IncomingInput{Size: params.UploadLength}
	bad := func(why string) error { return fault(app.CodeInput, "Upload-Metadata", "%s", why) }
	if len(params.UploadMetadata) > maxMetadata {
		return in, bad("at most 2000 bytes")
	}
	seen := map[string]string{}
	for pair := range strings.SplitSeq(params.UploadMetadata, ",") {
		name, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.DecodeString(encoded)
		if _, twice := seen[name]; err != nil || twice {
			return in, bad("pairs of a name, each once, and a value in Base64")
		}
		seen[name] = string(value)
	}
	in.FileName = lastName(seen["filename"])
	if !usable(in.FileName) {
		return in, bad("filename: the name of the file, in UTF-8")
	}
	in.Pack, in.Supersedes = app.PackID(seen["pack"]), app.DocumentID(seen["supersedes"])
	for _, id := range []string{seen["pack"], seen["supersedes"]} {
		if id != "" && !trade.ValidID(id) {
			return in, bad("pack and supersedes are ids")
		}
	}
	return in, nil
}

// lastName is the last part of a name: no folder of the client's is anybody's business.
func lastName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// usable tells whether a file may be shown under a name.
func usable(name string) bool {
	return name != "" && name != "." && name != ".." && utf8.ValidString(name) && !strings.ContainsFunc(
		name, func(c rune) bool { return !unicode.IsPrint(c) },
	)
}

func uploadView(i app.Incoming) api.Upload {
	return api.Upload{
		ID: i.ID, FileName: i.FileName, Size: i.Size, Received: i.Received, Pack: i.Pack, Document: i.Document,
		Known: i.Known, CreatedAt: i.CreatedAt.UTC(), ExpiresAt: i.ExpiresAt.UTC(),
	}
}

// GetUpload shows how far a file is.
func (s *server) GetUpload(w http.ResponseWriter, r *http.Request, id api.UploadID) {
	i, err := s.app.Incoming(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, uploadView(i))
}

// ResumeUpload says where to go on.
func (s *server) ResumeUpload(
	w http.ResponseWriter, r *http.Request, id api.UploadID, params api.ResumeUploadParams,
) {
	if err := speaksTus(w, params.TusResumable); err != nil {
		s.fail(w, r, err)
		return
	}
	i, err := s.app.Incoming(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Upload-Offset", decimal(i.Received))
	w.Header().Set("Upload-Length", decimal(i.Size))
	w.WriteHeader(http.StatusOK)
}

// SendPart takes the next part of a file.
func (s *server) SendPart(
	w http.ResponseWriter, r *http.Request, id api.UploadID, params api.SendPartParams,
) {
	if err := speaksTus(w, params.TusResumable); err != nil {
		s.fail(w, r, err)
		return
	}
	part, err := io.ReadAll(r.Body)
	if err != nil {
		s.fail(w, r, brokenOff(err))
		return
	}
	i, err := s.app.ReceivePart(r.Context(), callOf(r).actor, id, params.UploadOffset, part)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Upload-Offset", decimal(i.Received))
	if i.Whole() {
		w.Header().Set("Content-Location", "/v1/documents/"+string(i.Document))
	}
	w.WriteHeader(http.StatusNoContent)
}

// CancelUpload forgets a file that is not whole.
func (s *server) CancelUpload(
	w http.ResponseWriter, r *http.Request, id api.UploadID, params api.CancelUploadParams,
) {
	if err := speaksTus(w, params.TusResumable); err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.app.CancelUpload(r.Context(), callOf(r).actor, id); err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ProposeFiling says where papers belong.
func (s *server) ProposeFiling(w http.ResponseWriter, r *http.Request) {
	var in api.Papers
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	f, err := s.app.ProposeFiling(r.Context(), callOf(r).actor, in.Documents)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.Filing{
		Pack: f.Pack, Title: f.Open.Title, Programme: f.Open.Programme, Documents: listed(f.Documents),
		Unread: listed(f.Unread), SellerNamed: f.SellerNamed, ObligorNamed: f.ObligorNamed,
		Doubts: listed(f.Doubts),
		Parties: each(f.Open.Parties, func(q app.PackParty) api.PackParty {
			return api.PackParty{Organisation: q.Org, Side: q.Side}
		}),
	})
}

// FilePapers puts papers into a pack.
func (s *server) FilePapers(w http.ResponseWriter, r *http.Request, id api.PackID, _ api.FilePapersParams) {
	var in api.Papers
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(p app.Pack) (shown, error) {
		return shown{status: http.StatusOK, etag: etag(p.Edit), body: s.packView(languageOf(r), p, nil)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Pack, error) {
		return s.app.FilePapers(ctx, callOf(r).actor, id, in.Documents)
	})
}
