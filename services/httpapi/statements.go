package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ImportStatement reads a bank statement.
func (s *server) ImportStatement(w http.ResponseWriter, r *http.Request, _ api.ImportStatementParams) {
	step(s, w, r, broughtStatement, func(ctx context.Context) (app.Taken[app.Statement], error) {
		st, created, err := s.app.ImportStatement(ctx, callOf(r).actor, r.Body)
		return app.Taken[app.Statement]{It: st, New: created}, err
	})
}

func broughtStatement(t app.Taken[app.Statement]) (shown, error) {
	st := t.It
	return shown{status: takenStatus(t.New), body: api.Statement{
		ID: st.ID, Organisation: st.Org, Digest: st.Digest, Syntax: st.Syntax, ImportedBy: st.ImportedBy,
		ImportedAt: st.ImportedAt.UTC(), Lines: each(st.Lines, lineView),
	}}, nil
}

// ListLines lists statement lines of the organisation.
func (s *server) ListLines(w http.ResponseWriter, r *http.Request, params api.ListLinesParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Lines(r.Context(), callOf(r).actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.LineList{Items: each(list, lineView), Next: next})
}

// ApplyPayment prepares what a line pays.
func (s *server) ApplyPayment(
	w http.ResponseWriter, r *http.Request, id api.LineID, _ api.ApplyPaymentParams,
) {
	var in api.ApplyPayment
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, preparedAll(r), func(ctx context.Context) ([]app.Intent, error) {
		return s.app.ApplyPayment(ctx, callOf(r).actor, id, in.Receivable)
	})
}
