package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// AskForPaper asks another party of a pack for a paper.
func (s *server) AskForPaper(w http.ResponseWriter, r *http.Request, id api.PackID, _ api.AskForPaperParams) {
	var in api.AskForPaper
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(q app.PaperRequest) (shown, error) {
		at := "/v1/paper-requests/" + string(q.ID)
		return shown{status: http.StatusCreated, location: at, body: paperRequestView(q)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.PaperRequest, error) {
		return s.app.AskForPaper(ctx, callOf(r).actor, id, app.PaperRequestInput{
			Asked: in.Organisation, Kind: in.Kind, Due: in.Due, Note: in.Note,
		})
	})
}

// ListPaperRequests lists what the organisation asked for and was asked.
func (s *server) ListPaperRequests(
	w http.ResponseWriter, r *http.Request, params api.ListPaperRequestsParams,
) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.PaperRequests(r.Context(), callOf(r).actor, app.PaperRequestFilter{
		Pack: params.Pack, State: params.State,
	}, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.PaperRequestList{Items: each(list, paperRequestView), Next: next})
}

// GetPaperRequest shows a request for a paper.
func (s *server) GetPaperRequest(w http.ResponseWriter, r *http.Request, id api.PaperRequestID) {
	q, err := s.app.PaperRequest(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, paperRequestView(q))
}

// DeclinePaper says that a paper will not come, and why.
func (s *server) DeclinePaper(
	w http.ResponseWriter, r *http.Request, id api.PaperRequestID, _ api.DeclinePaperParams,
) {
	var in api.DeclinePaper
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, endedRequest, func(ctx context.Context) (app.PaperRequest, error) {
		return s.app.DeclinePaper(ctx, callOf(r).actor, id, in.Reason)
	})
}

// ClosePaperRequest ends a request from the side that asked.
func (s *server) ClosePaperRequest(
	w http.ResponseWriter, r *http.Request, id api.PaperRequestID, _ api.ClosePaperRequestParams,
) {
	if err := s.decode(r, &api.Nothing{}); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, endedRequest, func(ctx context.Context) (app.PaperRequest, error) {
		return s.app.CloseRequest(ctx, callOf(r).actor, id)
	})
}

func endedRequest(q app.PaperRequest) (shown, error) {
	return shown{status: http.StatusOK, body: paperRequestView(q)}, nil
}

func paperRequestView(q app.PaperRequest) api.PaperRequest {
	return api.PaperRequest{
		ID: q.ID, Pack: q.Pack, Title: q.Title, Organisation: q.Org, Asked: q.Asked, Kind: q.Kind, Due: q.Due,
		Note: q.Note, AskedAt: q.At.UTC(), State: q.State, Paper: q.Paper, Refused: q.Refused, Reason: q.Reason,
		EndedAt: q.EndedAt.UTC(),
	}
}
