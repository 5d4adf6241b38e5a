package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
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

// MakeReport makes a report.
func (s *server) MakeReport(w http.ResponseWriter, r *http.Request, _ api.MakeReportParams) {
	var in api.MakeReport
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	report, err := s.app.MakeReport(r.Context(), callOf(r).actor, app.ReportInput{
		Kind: in.Kind, Subject: trade.AssetID(in.Subject), Format: in.Format, From: in.From, To: in.To,
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	file := "/v1/reports/" + string(report.ID) + "/file"
	w.Header().Set("Location", file)
	s.reply(w, r, http.StatusCreated, api.Report{
		ID: report.ID, Kind: report.Kind, Subject: report.Subject, MediaType: report.MediaType,
		Digest: report.Digest,
		Size:   report.Size, MadeAt: report.MadeAt.UTC(), FileURL: file,
	})
}

// GetReportFile gives out the file of a report.
func (s *server) GetReportFile(w http.ResponseWriter, r *http.Request, id api.ReportID) {
	report, raw, err := s.app.ReportFile(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := report.Kind + "-" + string(report.ID) + suffixOf(report.MediaType)
	sendFile(w, report.MediaType, name, string(report.Digest), raw)
}

func suffixOf(mediaType string) string {
	switch mediaType {
	case "application/pdf":
		return ".pdf"
	case "text/csv; charset=utf-8":
		return ".csv"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	}
	return ""
}

// MoveClock moves the clock of a demo node.
func (s *server) MoveClock(w http.ResponseWriter, r *http.Request, _ api.MoveClockParams) {
	var in api.MoveClock
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	now, err := s.app.MoveClock(r.Context(), callOf(r).actor, s.clock, in.Days)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ClockTime{Now: now.UTC()})
}

const plainText = "text/plain; charset=utf-8"

// GetHealth says that the process runs.
func (s *server) GetHealth(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, plainText, []byte("ok\n"))
}

const readyTime = 3 * time.Second

// GetReadiness says whether database and ledger answer.
func (s *server) GetReadiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.alarm(r, slog.LevelWarn, err)
		s.fail(w, r, fault(app.CodeUnavailable, "", "database or ledger does not answer: try again shortly"))
		return
	}
	write(w, http.StatusOK, plainText, []byte("ready\n"))
}

// GetMetrics shows the metrics.
func (s *server) GetMetrics(w http.ResponseWriter, r *http.Request) {
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
