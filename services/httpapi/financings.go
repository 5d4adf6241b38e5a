package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// RequestFinancing asks for financing and shows what became of it.
func (s *server) RequestFinancing(w http.ResponseWriter, r *http.Request, _ api.RequestFinancingParams) {
	var in api.RequestFinancing
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, askedFinancing(r), func(ctx context.Context) (app.FinancingView, error) {
		return s.app.RequestFinancing(
			ctx, callOf(r).actor, app.RequestInput{Pack: in.Pack, Programme: in.Programme, Advance: in.Advance},
		)
	})
}

func askedFinancing(r *http.Request) func(app.FinancingView) (shown, error) {
	return func(f app.FinancingView) (shown, error) {
		v, err := financingView(languageOf(r), f)
		return shown{status: http.StatusCreated, location: "/v1/financings/" + string(v.ID), body: v}, err
	}
}

func financingAsItStands(r *http.Request, f app.FinancingView) (shown, error) {
	v, err := financingView(languageOf(r), f)
	out := shown{status: http.StatusOK, body: v}
	if f.Asset != nil {
		out.etag = assetTag(f.Asset.Record)
	}
	return out, err
}

// EstimateFinancing computes what financing may come to.
func (s *server) EstimateFinancing(w http.ResponseWriter, r *http.Request) {
	var in api.EstimateFinancing
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	e, err := s.app.Estimate(r.Context(), callOf(r).actor, app.EstimateInput{
		Pack: in.Pack, Programme: in.Programme, Advance: in.Advance,
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := api.Estimate{
		Programme: e.Programme, Bank: e.Bank, Face: e.Face, DueDate: e.DueDate, Available: e.Available,
		Receivable: e.Receivable, Phase: e.Phase, QuotedAt: e.Quoted, Financing: e.Financing,
		Missing: listed(e.Missing),
	}
	if e.Terms != nil {
		v.Terms = termsView(*e.Terms)
	}
	s.reply(w, r, http.StatusOK, v)
}

// ListFinancings lists what the organisation asked for, was asked for, or audits.
func (s *server) ListFinancings(w http.ResponseWriter, r *http.Request, params api.ListFinancingsParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	filter, err := financingFilter(params)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	found, err := s.app.Financings(r.Context(), callOf(r).actor, filter, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items, err := eachOrFail(found.Items, func(f app.FinancingView) (api.Financing, error) {
		return financingView(languageOf(r), f)
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.FinancingList{
		Items: items, Next: found.Next,
		Totals: each(found.Totals, func(t app.FinancingTotal) api.FinancingTotal {
			return api.FinancingTotal{Stage: t.Stage, Count: t.Count, Amount: t.Amount, Outstanding: t.Outstanding}
		}),
	})
}

// financingFilter reads how a list is narrowed and ordered.
func financingFilter(params api.ListFinancingsParams) (app.FinancingFilter, error) {
	f := app.FinancingFilter{
		Stages: params.Stage, Seller: params.Seller, Obligor: params.Obligor, Programme: params.Programme,
		Currency: params.Currency, Sort: params.Sort, Ascending: params.Order == "asc",
	}
	if params.Order != "" && !params.Order.Valid() {
		return f, fault(app.CodeInput, "order", "asc or desc")
	}
	if len(params.Stage) > len(app.Stages()) {
		return f, fault(app.CodeInput, "stage", "each once")
	}
	for _, d := range []struct {
		name, text string
		into       *money.Date
	}{{"due_from", params.DueFrom, &f.DueFrom}, {"due_to", params.DueTo, &f.DueTo}} {
		if d.text == "" {
			continue
		}
		day, err := money.ParseDate(d.text)
		if err != nil {
			return f, fault(app.CodeInput, d.name, "a date such as 2026-11-21")
		}
		*d.into = day
	}
	return f, nil
}

// GetFinancing shows a financing with its history.
func (s *server) GetFinancing(w http.ResponseWriter, r *http.Request, id api.FinancingID) {
	f, err := s.app.Financing(r.Context(), callOf(r).actor, id)
	s.show(w, r, func() (shown, error) { return financingAsItStands(r, f) }, err)
}

// quoteOf reads what a bank's maker names.
func (s *server) quoteOf(r *http.Request) (app.QuoteInput, error) {
	var in api.QuoteFinancing
	err := s.decode(r, &in)
	return app.QuoteInput{
		AdvanceRate: money.Rate(in.AdvanceRate), Rate: money.Rate(in.Rate), Kind: in.Kind, DayCount: in.DayCount,
		FeeRate: money.Rate(in.FeeRate), FeeBearer: in.FeeBearer, ValueDate: in.ValueDate, Recourse: in.Recourse,
		Lapses: in.LapsesAt,
	}, err
}

// PriceFinancing computes what a quote comes to.
func (s *server) PriceFinancing(w http.ResponseWriter, r *http.Request, id api.FinancingID) {
	in, err := s.quoteOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	terms, err := s.app.Price(r.Context(), callOf(r).actor, id, in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, termsView(terms))
}

// QuoteFinancing prepares the bank's price.
func (s *server) QuoteFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.QuoteFinancingParams,
) {
	in, err := s.quoteOf(r)
	if err == nil {
		in.Seen, err = seenVersion(params.IfMatch)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.Quote(ctx, callOf(r).actor, id, in)
	})
}

// RefuseFinancing prepares the bank's refusal.
func (s *server) RefuseFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.RefuseFinancingParams,
) {
	var in api.RefuseFinancing
	seen, err := s.decodeSeen(r, params.IfMatch, &in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.RefuseFinancing(ctx, callOf(r).actor, id, app.RefusalInput{
			Code: in.Code, Note: in.Reason, Seen: seen,
		})
	})
}

// DeclineFinancing prepares the seller's turning away.
func (s *server) DeclineFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, _ api.DeclineFinancingParams,
) {
	s.because(w, r, id, s.app.DeclineFinancing)
}

// LapseFinancing says that a quote or an approval lapsed.
func (s *server) LapseFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, _ api.LapseFinancingParams,
) {
	s.plain(w, r, id, s.app.LapseFinancing)
}

// AcceptQuote prepares the seller's acceptance.
func (s *server) AcceptQuote(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, _ api.AcceptQuoteParams,
) {
	s.plain(w, r, id, s.app.AcceptQuote)
}

// ApproveFinancing prepares the bank's approval and the assignment.
func (s *server) ApproveFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.ApproveFinancingParams,
) {
	var in api.ApproveFinancing
	seen, err := s.decodeSeen(r, params.IfMatch, &in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, preparedAll(r), func(ctx context.Context) ([]app.Intent, error) {
		return s.app.Approve(ctx, callOf(r).actor, id, in.Account, seen)
	})
}

// RepayFinancing prepares that what the obligor paid is applied.
func (s *server) RepayFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.RepayFinancingParams,
) {
	var in api.Nothing
	seen, err := s.decodeSeen(r, params.IfMatch, &in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.Repay(ctx, callOf(r).actor, id, seen)
	})
}

// DisburseFinancing prepares the record of the payout.
func (s *server) DisburseFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.DisburseFinancingParams,
) {
	var in api.DisburseFinancing
	seen, err := s.decodeSeen(r, params.IfMatch, &in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.Disburse(ctx, callOf(r).actor, id, in.Reference, seen)
	})
}
