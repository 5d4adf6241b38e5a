package httpapi

import (
	"context"
	"net/http"
	"net/url"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ExportList has a list made as a file.
func (s *server) ExportList(w http.ResponseWriter, r *http.Request, _ api.ExportListParams) {
	var in api.ExportList
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	asked, err := askedOf(r, in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(report app.Report) (shown, error) {
		return shown{
			status: http.StatusAccepted, location: "/v1/reports/" + string(report.ID), body: reportView(report),
		}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Report, error) {
		return s.app.AskForList(ctx, callOf(r).actor, asked)
	})
}

// askedOf reads the query of a list with the code that reads it at the list's own address, so
// that the list and its file cannot differ.
func askedOf(r *http.Request, in api.ExportList) (app.Asked, error) {
	asked := app.Asked{
		List: app.ListName(in.List), Format: in.Format, Query: in.Query, Language: languageOf(r),
	}
	if _, err := url.ParseQuery(in.Query); err != nil {
		return asked, fault(app.CodeInput, "query", "the query of the list's address")
	}
	reading := &queryReader{asked: &asked}
	wrapper := api.ServerInterfaceWrapper{
		Handler: reading,
		ErrorHandlerFunc: func(_ http.ResponseWriter, _ *http.Request, err error) {
			reading.err = fault(CodeMalformed, "query", "%s", err)
		},
	}
	list := r.Clone(r.Context())
	list.URL = &url.URL{Path: "/", RawQuery: in.Query}
	switch asked.List {
	case app.ListDocuments:
		wrapper.ListDocuments(nil, list)
	case app.ListReceivables:
		wrapper.ListReceivables(nil, list)
	case app.ListFinancings:
		wrapper.ListFinancings(nil, list)
	case app.ListPacks:
		wrapper.ListPacks(nil, list)
	case app.ListCalendar:
		wrapper.GetCalendar(nil, list)
	case app.ListAudit:
		wrapper.ListAudit(nil, list)
	}
	return asked, reading.err
}

// queryReader takes the parameters of a list in the place of the list's handler.
type queryReader struct {
	api.ServerInterface // the other routes are never asked

	asked *app.Asked
	err   error
}

func (q *queryReader) ListDocuments(_ http.ResponseWriter, _ *http.Request, params api.ListDocumentsParams) {
	filter, window := papersAsked(params)
	window.Skip, window.Limit = 0, app.MaxPage
	q.asked.Papers, q.asked.Order = &filter, &window
}

func (q *queryReader) ListReceivables(
	_ http.ResponseWriter, _ *http.Request, params api.ListReceivablesParams,
) {
	filter, err := filterOf(params)
	q.asked.Receivables, q.err = &filter, err
}

func (q *queryReader) ListFinancings(
	_ http.ResponseWriter, _ *http.Request, params api.ListFinancingsParams,
) {
	filter, err := financingFilter(params)
	q.asked.Financings, q.err = &filter, err
}

func (q *queryReader) ListPacks(http.ResponseWriter, *http.Request, api.ListPacksParams) {}

func (q *queryReader) GetCalendar(_ http.ResponseWriter, _ *http.Request, params api.GetCalendarParams) {
	asked, err := calendarAsked(params)
	q.asked.Calendar, q.err = &asked, err
}

func (q *queryReader) ListAudit(_ http.ResponseWriter, _ *http.Request, params api.ListAuditParams) {
	filter := auditFilter(params)
	q.asked.Audit = &filter
}
