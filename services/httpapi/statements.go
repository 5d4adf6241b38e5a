package httpapi

import (
	"net/http"

	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ImportStatement reads a bank statement.
func (s *server) ImportStatement(w http.ResponseWriter, r *http.Request, _ api.ImportStatementParams) {
	st, created, err := s.app.ImportStatement(r.Context(), callOf(r).actor, r.Body)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	s.reply(w, r, status, api.Statement{
		ID: st.ID, Organisation: st.Org, Digest: st.Digest, Syntax: st.Syntax, ImportedBy: st.ImportedBy,
		ImportedAt: st.ImportedAt.UTC(), Lines: each(st.Lines, lineView),
	})
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
	list, err := s.app.ApplyPayment(r.Context(), callOf(r).actor, id, in.Receivable)
	s.preparedAll(w, r, list, err)
}
