package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ImportBulk keeps the documents of a spreadsheet.
func (s *server) ImportBulk(w http.ResponseWriter, r *http.Request, params api.ImportBulkParams) {
	name, err := fileName(r.Header.Get("Content-Disposition"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, broughtBulk(r), func(ctx context.Context) (app.Taken[app.BulkImport], error) {
		return s.app.ImportBulk(ctx, callOf(r).actor, app.BulkInput{
			Pack: params.Pack, FileName: name, Body: r.Body,
		})
	})
}

func broughtBulk(r *http.Request) func(app.Taken[app.BulkImport]) (shown, error) {
	return func(t app.Taken[app.BulkImport]) (shown, error) {
		return shown{status: takenStatus(t.New), body: api.BulkImport{
			Digest: t.It.File.Digest, FileName: t.It.File.FileName, New: t.It.New,
			Documents: each(t.It.Documents, func(d app.Document) api.Document {
				return documentView(languageOf(r), d, false)
			}),
		}}, nil
	}
}

// GetTemplate gives out the template of a bulk file.
func (s *server) GetTemplate(
	w http.ResponseWriter, r *http.Request, kind api.DocumentKind, params api.GetTemplateParams,
) {
	out, media, err := s.app.BulkTemplate(r.Context(), kind, params.Format)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sendFile(w, media, string(kind)+suffixOf(media), string(trade.DigestOf(out)), out)
}
