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
	file := "/v1/reports/" + string(report.ID) + "/file"
	return shown{status: http.StatusCreated, location: file, body: api.Report{
		ID: report.ID, Kind: report.Kind, Subject: report.Subject, MediaType: report.MediaType,
		Digest: report.Digest, Size: report.Size, MadeAt: report.MadeAt.UTC(), FileURL: file,
	}}, nil
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
	case app.MediaCSV:
		return ".csv"
	case app.MediaXLSX:
		return ".xlsx"
	}
	return ""
}
