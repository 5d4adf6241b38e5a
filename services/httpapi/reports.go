package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// MakeReport makes a report.
func (s *server) MakeReport(w http.ResponseWriter, r *http.Request, _ api.MakeReportParams) {
	var in api.MakeReport
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, madeReport, func(ctx context.Context) (app.Report, error) {
		return s.app.MakeReport(ctx, callOf(r).actor, app.ReportInput{
			Kind: in.Kind, Subject: trade.AssetID(in.Subject), Format: in.Format, From: in.From, To: in.To,
		})
	})
}

func madeReport(report app.Report) (shown, error) {
	v := reportView(report)
	return shown{status: http.StatusCreated, location: v.FileURL, body: v}, nil
}

func reportView(r app.Report) api.Report {
	v := api.Report{
		ID: r.ID, Kind: r.Kind, Subject: r.Subject, Query: r.Query, MediaType: r.MediaType, State: string(r.State),
		Fault: string(r.Fault), Rows: r.Rows, Digest: r.Digest, Size: r.Size, RequestedBy: r.By,
		RequestedAt: r.AskedAt.UTC(),
	}
	if r.State == app.ReportMade {
		v.MadeAt, v.FileURL = r.MadeAt.UTC(), "/v1/reports/"+string(r.ID)+"/file"
	}
	return v
}

// ListReports lists what the organisation has made.
func (s *server) ListReports(w http.ResponseWriter, r *http.Request, params api.ListReportsParams) {
	window := windowOf("", "asked", params.Offset, params.Limit)
	list, total, err := s.app.Reports(r.Context(), callOf(r).actor, window)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ReportList{Items: each(list, reportView), Total: total})
}

// GetReport says whether a report is made.
func (s *server) GetReport(w http.ResponseWriter, r *http.Request, id api.ReportID) {
	report, err := s.app.Report(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, reportView(report))
}

// GetReportFile gives out the file of a report.
func (s *server) GetReportFile(w http.ResponseWriter, r *http.Request, id api.ReportID) {
	report, raw, err := s.app.ReportFile(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	kind := report.Kind
	if report.Asked != nil {
		kind = report.Subject
	}
	name := kind + "-" + string(report.ID) + suffixOf(report.MediaType)
	sendFile(w, report.MediaType, name, string(report.Digest), raw)
}

func suffixOf(mediaType string) string {
	switch mediaType {
	case "application/pdf":
		return ".pdf"
	case app.MediaCSV:
		return ".csv"
	case app.MediaXLSX:
		return ".xlsx"
	}
	return ""
}
