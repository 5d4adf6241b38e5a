package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/match"
)

// seenVersion reads the version of a financing that a decision was made on; 0 when none is named.
func seenVersion(tag string) (int64, error) {
	if tag == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || n < 1 || tag != etag(n) {
		return 0, fault(CodePrecondition, "If-Match", "send the ETag of the financing as it was shown")
	}
	return n, nil
}

// decodeSeen reads the body of a decision into v, and the version that it was made on.
func (s *server) decodeSeen(r *http.Request, tag string, v any) (int64, error) {
	seen, err := seenVersion(tag)
	if err == nil {
		err = s.decode(r, v)
	}
	return seen, err
}

// ReturnFinancing gives a financing back with a reason.
func (s *server) ReturnFinancing(
	w http.ResponseWriter, r *http.Request, id api.FinancingID, params api.ReturnFinancingParams,
) {
	var in api.ReturnFinancing
	seen, err := s.decodeSeen(r, params.IfMatch, &in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	by := callOf(r).actor
	show := func(f app.FinancingReturn) (shown, error) {
		return shown{status: http.StatusCreated, body: returnView(f, by.Name)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.FinancingReturn, error) {
		return s.app.Return(ctx, by, id, app.ReturnInput{To: in.To, Code: in.Code, Note: in.Note, Seen: seen})
	})
}

func returnView(f app.FinancingReturn, by string) api.FinancingReturn {
	return api.FinancingReturn{ID: f.ID, To: f.To, Code: f.Code, Note: f.Note, By: by, At: f.At.UTC()}
}

// ReviewFinancing shows all that a decision needs.
func (s *server) ReviewFinancing(w http.ResponseWriter, r *http.Request, id api.FinancingID) {
	v, err := s.app.Review(r.Context(), callOf(r).actor, id)
	s.show(w, r, func() (shown, error) { return s.reviewed(r, v) }, err)
}

func (s *server) reviewed(r *http.Request, v app.Review) (shown, error) {
	spoken := languageOf(r)
	financing, err := financingView(spoken, v.Financing)
	if err != nil {
		return shown{}, err
	}
	papers := each(v.Papers, func(d app.Document) api.Document { return documentView(spoken, d, false) })
	out := api.Review{
		Financing: financing, Pack: s.packView(spoken, v.Pack, papers),
		Conditions: each(v.Conditions, conditionView),
		Checks:     each(v.Checks, func(c app.Check) api.Check { return checkView(spoken, c) }),
		Exposure:   each(v.Exposure, exposureView),
		Accounts:   each(v.Accounts, func(a app.Account) string { return a.Number }),
		Events:     each(v.Events, func(e app.ReviewEvent) api.ReviewEvent { return eventView(spoken, e) }),
		Waiting:    intentViews(r, v.Waiting), Decisions: each(v.Decisions, decisionView),
	}
	if v.Programme != nil {
		if out.Programme, err = programmeView(*v.Programme, nil); err != nil {
			return shown{}, err
		}
	}
	if v.Receivable != nil {
		if out.Receivable, err = receivableView(*v.Receivable, nil); err != nil {
			return shown{}, err
		}
	}
	if h := v.PayeeHold; h != nil {
		out.PayeeChange = payeeView(h.PayeeChange)
		out.PayeeChange.ConfirmedBy = each(h.ConfirmedBy, func(p trade.PersonID) api.StepSigner {
			return api.StepSigner{Organisation: h.Obligor, Person: p}
		})
	}
	if v.Offer != nil {
		out.Offer = offerView(spoken, *v.Offer)
	}
	answer := shown{status: http.StatusOK, body: out}
	if v.Financing.Asset != nil {
		answer.etag = assetTag(v.Financing.Asset.Record)
	}
	return answer, nil
}

func conditionView(c app.Condition) api.Condition {
	return api.Condition{Code: c.Code, Passed: c.Passed, Actual: c.Actual, Limit: c.Limit}
}

func checkView(spoken string, c app.Check) api.Check {
	v := api.Check{
		Question: string(c.Question), Outcome: c.Outcome, Rule: c.Rule, Message: c.Message, Advice: c.Advice,
		Fact: string(c.Fact), Goods: c.Goods, Item: c.Item, Claimed: c.Claimed, Found: c.Found,
		Papers: each(c.Papers, func(p app.CheckPaper) api.CheckPaper {
			return api.CheckPaper{
				Document: p.Document, Value: valueIn(spoken, p), Claim: p.Claim, Path: p.Path, Offset: p.Offset,
				Length: p.Length,
			}
		}),
	}
	if c.Match != nil {
		told := c.Match.In(spoken)
		v.Message, v.Advice, v.Claimed, v.Found = told.Sentence, told.Advice, told.Claimed, told.Found
	}
	if c.Law != nil {
		told := c.Law.In(spoken)
		v.Message, v.Advice, v.Claimed, v.Found = told.Sentence, told.Advice, told.Claimed, told.Allowed
	}
	if c.Reason != nil {
		told := reasonIn(spoken, *c.Reason)
		v.Message, v.Advice = told.Message, told.Advice
	}
	if c.Finding != nil {
		told := findingsIn(spoken, []check.Finding{*c.Finding})[0]
		v.Message, v.Advice = told.Message, told.Advice
	}
	return v
}

func valueIn(spoken string, p app.CheckPaper) string {
	if p.Measure != (match.Measure{}) {
		return p.Measure.In(spoken)
	}
	return p.Value
}

func offerView(spoken string, o app.Offer) api.Offer {
	v := api.Offer{
		Source: o.Source, Deviates: o.Deviates, ValueDate: o.ValueDate, LapsesAt: o.Lapses.UTC(),
	}
	if o.Rule != nil {
		v.Rule = ruleView(*o.Rule)
	}
	if o.Policy != nil {
		v.Policy = ruleView(*o.Policy)
	}
	if o.Terms != nil {
		v.Terms = termsView(*o.Terms)
	}
	if o.Fault != nil {
		v.Fault = faultView(spoken, *o.Fault)
	}
	return v
}

func eventView(spoken string, e app.ReviewEvent) api.ReviewEvent {
	v := api.ReviewEvent{
		Kind: e.Kind, At: e.At.UTC(), Act: e.Act, To: e.To, Organisation: e.Org, By: listed(e.By),
		Reasons: reasonsIn(spoken, e.Reasons),
	}
	if e.Return != nil {
		v.Return = returnView(*e.Return, "")
	}
	if e.Fault != nil {
		v.Fault = faultView(spoken, *e.Fault)
	}
	return v
}

func decisionView(d app.Decision) api.Decision {
	return api.Decision{
		Act: d.Act, Allowed: d.Allowed, Why: d.Why, Roles: listed(d.Roles), Intents: listed(d.Intents),
		Prepares: d.Prepares,
		Consequences: each(d.Consequences, func(c app.Consequence) api.Consequence {
			return api.Consequence{
				Code: c.Code, Organisation: c.Org, Amount: c.Amount, Account: c.Account, Date: c.Date,
				Until: instant(c.Until),
			}
		}),
	}
}
