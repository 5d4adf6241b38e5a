package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// OpenProgramme prepares a programme.
func (s *server) OpenProgramme(w http.ResponseWriter, r *http.Request, _ api.OpenProgrammeParams) {
	var in api.OpenProgramme
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.OpenProgramme(ctx, callOf(r).actor, app.ProgrammeInput{
			Seller: in.Seller, Obligor: in.Obligor, Limit: in.Limit, TenorDays: in.TenorDays, Agreement: in.Agreement,
			Tolerances: in.Tolerances, Required: in.RequiredPapers,
			Readers: in.Readers,
		})
	})
}

// ListProgrammes lists the programmes that the organisation holds.
func (s *server) ListProgrammes(w http.ResponseWriter, r *http.Request, params api.ListProgrammesParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.AssetsOf(
		r.Context(), callOf(r).actor, app.AssetFilter{Kind: trade.KindProgramme}, page,
	)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items, err := eachOrFail(
		present(list), func(a app.Asset) (api.Programme, error) { return programmeView(a, nil) },
	)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ProgrammeList{Items: items, Next: next})
}

// GetProgramme shows a programme with its history.
func (s *server) GetProgramme(w http.ResponseWriter, r *http.Request, id api.ProgrammeID) {
	a, steps, err := s.app.Trace(r.Context(), callOf(r).actor, id, trade.KindProgramme)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := programmeView(a, steps)
	if err == nil {
		v.Terms, err = s.app.ProgrammeTerms(r.Context(), a)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("ETag", assetTag(a.Record))
	s.reply(w, r, http.StatusOK, v)
}

// present leaves out assets whose state has not reached this node.
func present(list []app.Asset) []app.Asset {
	there := make([]app.Asset, 0, len(list))
	for _, a := range list {
		if a.State != nil {
			there = append(there, a)
		}
	}
	return there
}
