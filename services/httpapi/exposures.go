package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListExposures tells how much of the bank's limits is used.
func (s *server) ListExposures(w http.ResponseWriter, r *http.Request, params api.ListExposuresParams) {
	list, err := s.app.Exposures(r.Context(), callOf(r).actor, params.With)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ExposureList{Items: each(list, exposureView)})
}

func exposureView(e app.Exposure) api.Exposure {
	v := api.Exposure{
		By: e.By, ID: e.ID, Limit: e.Limit, Used: e.Used, Reserved: e.Reserved, Free: e.Free,
		Outstanding: e.Outstanding, Overdue: e.Overdue, Financings: e.Financings, Programmes: e.Programmes,
		Alert: e.Alert,
	}
	if e.With != nil {
		v.With = api.ExposureAfter{Used: e.With.Used, Free: e.With.Free, Alert: e.With.Alert}
	}
	return v
}

// GetPricing shows the price that quotes under a programme begin with.
func (s *server) GetPricing(w http.ResponseWriter, r *http.Request, id api.ProgrammeID) {
	p, err := s.app.PricingOf(r.Context(), callOf(r).actor, id)
	s.show(w, r, func() (shown, error) { return shownPricing(p) }, err)
}

// SetPricing takes the price that quotes under a programme begin with.
func (s *server) SetPricing(
	w http.ResponseWriter, r *http.Request, id api.ProgrammeID, _ api.SetPricingParams,
) {
	var in api.PriceRule
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, shownPricing, func(ctx context.Context) (app.Pricing, error) {
		return s.app.SetPricing(ctx, callOf(r).actor, id, app.PriceRule{
			AdvanceRate: money.Rate(in.AdvanceRate), Rate: money.Rate(in.Rate), Kind: in.Kind, DayCount: in.DayCount,
			FeeRate: money.Rate(in.FeeRate), FeeBearer: in.FeeBearer, Recourse: in.Recourse,
		})
	})
}

func shownPricing(p app.Pricing) (shown, error) {
	return shown{status: http.StatusOK, body: api.Pricing{
		Programme: p.Programme, Rule: ruleView(p.Rule), SetBy: p.SetBy, SetAt: p.SetAt.UTC(),
	}}, nil
}

func ruleView(r app.PriceRule) api.PriceRule {
	return api.PriceRule{
		AdvanceRate: api.Rate(r.AdvanceRate), Rate: api.Rate(r.Rate), Kind: r.Kind, DayCount: r.DayCount,
		FeeRate: api.Rate(r.FeeRate), FeeBearer: r.FeeBearer, Recourse: r.Recourse,
	}
}
