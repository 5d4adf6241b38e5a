package httpapi

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

const (
	bankAdmin       = "peng.xiu@yongjiangbank.example"
	bankAdminSecond = "dai.heng@yongjiangbank.example"
	secondChecker   = "second.checker@yongjiangbank.example"
	makerAndChecker = "maker.and.checker@yongjiangbank.example"
)

// hire enrols another person of the bank.
func (w *world) hire(id trade.PersonID, email string, roles ...trade.Role) {
	w.t.Helper()
	person := tradetest.NewPerson(w.t, "YongjiangMSP", id, roles...)
	entry := w.entry(id, email, roles...)
	entry.PublicKey = person.PublicKey(w.t).Public
	w.people[email] = person
	w.act("/v1/persons", entry, bankAdmin, bankAdminSecond)
}

// bankBodies are what the routes of this file are sent in the matrix.
func (w *world) bankBodies(bodies map[string]sent) {
	bodies["PUT /v1/programmes/{programme}/pricing"] = sent{body: w.priceRule()}
	bodies["POST /v1/financings/{financing}/return"] = sent{
		body: api.ReturnFinancing{To: app.ToSeller, Code: app.ReasonPapersMissing},
	}
	bodies["POST /v1/financings"] = sent{body: api.RequestFinancing{Pack: w.pack, Programme: w.programme}}
}

// asked asks for financing that nobody has priced.
func (w *world) asked() {
	w.t.Helper()
	var f api.Financing
	w.post(sellerMaker, "/v1/financings", api.RequestFinancing{Pack: w.pack, Programme: w.programme},
		http.StatusCreated, &f)
	w.financing = f.ID
	w.sign([]api.Intent{f.Intent}, sellerMaker)
}

func (w *world) review(email string) api.Review {
	w.t.Helper()
	var v api.Review
	w.get(email, "/v1/financings/"+string(w.financing)+"/review", &v)
	return v
}

func (w *world) stage(email string) app.Stage {
	w.t.Helper()
	return w.review(email).Financing.Stage
}

// decision finds what a person may do.
func (w *world) decision(email string, act app.DecisionAct) api.Decision {
	w.t.Helper()
	list := w.review(email).Decisions
	i := slices.IndexFunc(list, func(d api.Decision) bool { return d.Act == act })
	if i < 0 {
		w.t.Fatalf("%s is not offered %s: %+v", email, act, list)
	}
	return list[i]
}

// approval has the bank's maker prepare the approval.
func (w *world) approval(maker string) []api.Intent {
	w.t.Helper()
	bank, _ := w.set.Demo.Organisation("yongjiang")
	var prepared api.IntentList
	w.post(maker, "/v1/financings/"+string(w.financing)+"/approval",
		api.ApproveFinancing{Account: bank.Accounts[0].Number}, http.StatusCreated, &prepared)
	return prepared.Intents
}

// signs puts a person's signature under intents and gives the answer as it is.
func (w *world) signs(email string, intents []api.Intent) *httptest.ResponseRecorder {
	w.t.Helper()
	ids, digests := []trade.CommandID{}, []trade.Digest{}
	for _, i := range intents {
		ids, digests = append(ids, i.ID), append(digests, i.Digest)
	}
	s := w.people[email].Sign(w.t, digests...)
	return w.send(w.token(email), "POST", "/v1/signatures", api.SignBatch{
		Intents: ids, Signature: api.Signature{Batch: s.Batch, Value: s.Value},
	}, http.Header{"Prefer": {"wait=30"}})
}

func TestAReviewHoldsWhatEachStageNeeds(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	pricing := "/v1/programmes/" + string(w.programme) + "/pricing"
	w.want(w.send(w.token(bankMaker), "PUT", pricing, w.priceRule(), nil), http.StatusOK, nil)
	w.asked()

	v := w.review(bankMaker)
	want := w.trade().Plan.Expected.Figures
	if v.Offer.Source != app.PricePolicy || v.Offer.Terms.Cash != want.Cash || len(v.Offer.Deviates) != 0 {
		t.Errorf("the price begins with %+v, want cash %s by the policy", v.Offer, want.Cash)
	}
	if len(v.Checks) == 0 || v.Checks[len(v.Checks)-1].Outcome != app.CheckPassed {
		t.Errorf("checks %+v", v.Checks)
	}
	if !slices.ContainsFunc(v.Checks, func(c api.Check) bool {
		return c.Rule == app.RuleFactHolds && len(c.Papers) > 1 && c.Papers[0].Claim && c.Papers[0].Path != ""
	}) {
		t.Error("no fact is told with the places where the papers agree on it")
	}
	if !slices.ContainsFunc(v.Checks, func(c api.Check) bool { // 93 days after the delivery, 60 are the rule
		return c.Question == string(app.Law) && c.Outcome == app.CheckWarned && c.Claimed != "" && c.Found != ""
	}) {
		t.Error("what the law says of the term of payment is not among the checks")
	}
	if len(v.Exposure) != 4 || v.Exposure[0].Used.Sign() != 0 || v.Exposure[0].With.Used != v.Financing.Amount {
		t.Errorf("exposure %+v, before nothing and after %s", v.Exposure, v.Financing.Amount)
	}
	for _, c := range v.Conditions {
		if !c.Passed {
			t.Errorf("condition %+v", c)
		}
	}
	if d := w.decision(bankMaker, app.DecideQuote); !d.Allowed || d.Consequences[0].Amount != want.Cash {
		t.Errorf("the maker may quote: %+v", d)
	}
	if d := w.decision(bankChecker, app.DecideQuote); d.Allowed || d.Why != app.WhyRole {
		t.Errorf("a checker is told why not to quote: %+v", d)
	}

	financing := "/v1/financings/" + string(w.financing)
	w.act(financing+"/quote", w.quote(), bankMaker)
	if d := w.decision(bankMaker, app.DecideApprove); d.Allowed || d.Why != app.WhySellerFirst {
		t.Errorf("before the seller accepts: %+v", d)
	}
	var reserve api.Intent
	w.post(sellerMaker, financing+"/acceptance", api.Nothing{}, http.StatusCreated, &reserve)
	w.want(w.signs(sellerMaker, []api.Intent{reserve}), http.StatusOK, nil)
	takeUp := w.decision(bankMaker, app.DecideTakeUp)
	if d := takeUp; !d.Allowed || !slices.Equal(d.Intents, []trade.CommandID{reserve.ID}) {
		t.Errorf("the acceptance waits for the maker: %+v", d)
	}
	if got := w.stage(bankMaker); got != app.StageAccepting {
		t.Errorf("stage %s", got)
	}
	w.sign([]api.Intent{reserve}, bankMaker)
	if d := w.decision(bankChecker, app.DecideApprove); d.Allowed || d.Why != app.WhyMakerFirst {
		t.Errorf("before the maker has prepared it: %+v", d)
	}
	v = w.review(bankChecker)
	if v.Exposure[0].Used.Sign() != 0 || v.Exposure[0].With.Used != v.Financing.Amount {
		t.Errorf("what is held already is still told as before and after: %+v", v.Exposure[0])
	}
}

func TestTheMakerOfAnApprovalDoesNotApproveIt(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	w.hire("yongjiang-both", makerAndChecker, trade.Maker, trade.Checker)
	w.act("/v1/financings/"+string(w.financing)+"/acceptance", api.Nothing{}, sellerMaker, makerAndChecker)
	both := w.approval(makerAndChecker)
	w.want(w.signs(makerAndChecker, both), http.StatusOK, nil)
	if got := w.stage(bankChecker); got != app.StageChecking {
		t.Errorf("stage %s", got)
	}
	if d := w.decision(makerAndChecker, app.DecideApprove); d.Allowed || d.Why != app.WhySelf {
		t.Errorf("before the click: %+v", d)
	}
	var again api.BatchOutcome
	w.want(w.signs(makerAndChecker, both), http.StatusOK, &again)
	for _, o := range again.Outcomes {
		if o.Problem.Code != string(trade.CodeSignatureSame) || o.Problem.Status != http.StatusConflict {
			t.Errorf("by the server: %+v", o.Problem)
		}
	}
	d := w.decision(bankChecker, app.DecideApprove)
	if !d.Allowed || len(d.Intents) != 2 || d.Intents[0] != both[0].ID || d.Prepares {
		t.Errorf("another person may: %+v", d)
	}
}

func TestOfTwoCheckersAtOnceExactlyOneApproves(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	w.hire("yongjiang-second", secondChecker, trade.Checker)
	w.act("/v1/financings/"+string(w.financing)+"/acceptance", api.Nothing{}, sellerMaker, bankMaker)
	both := w.approval(bankMaker)
	w.want(w.signs(bankMaker, both), http.StatusOK, nil)

	emails := []string{bankChecker, secondChecker}
	answers := make([]*httptest.ResponseRecorder, len(emails))
	for _, email := range emails {
		w.token(email)
	}
	var at sync.WaitGroup
	for n, email := range emails {
		at.Go(func() { answers[n] = w.signs(email, both) })
	}
	at.Wait()
	won := 0
	for n, answer := range answers {
		var out api.BatchOutcome
		w.want(answer, http.StatusOK, &out)
		signed := out.Outcomes[0].Problem.Code == "" && out.Outcomes[1].Problem.Code == ""
		if signed {
			won++
			continue
		}
		for _, o := range out.Outcomes {
			if o.Problem.Status != http.StatusConflict || o.Problem.Code != string(app.CodeIntentState) {
				t.Errorf("%s is told %+v", emails[n], o.Problem)
			}
		}
	}
	if won != 1 {
		t.Errorf("%d checkers approved", won)
	}
	w.eventually("it is approved", func() bool { return w.stage(bankMaker) == app.StageApproved })
	events := w.review(bankChecker).Events
	if !slices.ContainsFunc(events, func(e api.ReviewEvent) bool {
		return e.Act == trade.FinancingApprove && len(e.By) == 2
	}) {
		t.Errorf("who approved is told: %+v", events)
	}
}

func TestADecisionOnWhatHasMovedIsRefusedAndSaysWhoMovedIt(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.asked()
	financing := "/v1/financings/" + string(w.financing)
	tag := w.send(w.token(bankMaker), "GET", financing+"/review", nil, nil).Header().Get("ETag")
	w.act(financing+"/quote", w.quote(), bankMaker)
	seen := http.Header{"If-Match": {tag}}
	for path, body := range map[string]any{
		"/quote":   w.quote(),
		"/refusal": api.RefuseFinancing{Code: app.ReasonLimit},
		"/return":  api.ReturnFinancing{To: app.ToSeller, Code: app.ReasonPrice},
	} {
		got := w.send(w.token(bankMaker), "POST", financing+path, body, seen)
		p := w.problem(got, http.StatusConflict, trade.CodeStale)
		if !strings.Contains(p.Detail, "financing.quote by Hu Jiayi") {
			t.Errorf("%s: %s", path, p.Detail)
		}
	}
	got := w.send(w.token(bankMaker), "POST", financing+"/quote", w.quote(), http.Header{"If-Match": {"3"}})
	w.problem(got, http.StatusPreconditionRequired, CodePrecondition)
}

func TestWhatTheProgrammeHasNoRoomForIsNotOffered(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	var small api.Intent
	w.post(bankMaker, "/v1/programmes", api.OpenProgramme{
		Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: w.money("1000.00"), TenorDays: 180, Agreement: "small",
	}, http.StatusCreated, &small)
	w.sign([]api.Intent{small}, bankMaker, bankChecker, sellerMaker)
	w.programme = small.Subjects[0].ID
	w.asked()
	if d := w.decision(bankMaker, app.DecideQuote); d.Allowed || d.Why != app.WhyOverLimit {
		t.Errorf("before the click: %+v", d)
	}
	v := w.review(bankMaker)
	if !slices.ContainsFunc(v.Exposure, func(e api.Exposure) bool {
		return e.By == app.ByProgramme && e.With.Alert == app.AlertOver && e.With.Free.Sign() < 0
	}) {
		t.Errorf("exposure %+v", v.Exposure)
	}
	w.refused(bankMaker, "/v1/financings/"+string(w.financing)+"/quote", w.quote(),
		http.StatusConflict, trade.CodeProgrammeLimit)
}

func TestAReturnGoesToTheMakerOrToTheSeller(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.asked()
	financing := "/v1/financings/" + string(w.financing)
	to := func(to app.ReturnTo, code app.ReasonCode) api.ReturnFinancing {
		return api.ReturnFinancing{To: to, Code: code, Note: "see the lading"}
	}
	w.refused(bankChecker, financing+"/return", to(app.ToSeller, app.ReasonScreening),
		http.StatusUnprocessableEntity, app.CodeInput)
	w.refused(bankChecker, financing+"/return", to(app.ToMaker, app.ReasonScreening),
		http.StatusConflict, app.CodeIntentState)
	w.post(bankMaker, financing+"/return", to(app.ToSeller, app.ReasonPapersMissing), http.StatusCreated, nil)
	var f api.Financing
	w.get(sellerMaker, financing, &f)
	if f.Stage != app.StageReturned || f.Returned.Code != app.ReasonPapersMissing || f.Returned.Note == "" {
		t.Errorf("the seller sees %s %+v", f.Stage, f.Returned)
	}
	w.want(w.file(sellerMaker, "/v1/packs/"+string(w.pack)+"/documents", "more.pdf", []byte(onePage)),
		http.StatusCreated, nil)
	if got := w.stage(bankMaker); got != app.StageSubmitted {
		t.Errorf("once the seller has brought more it is %s", got)
	}

	w.act(financing+"/quote", w.quote(), bankMaker)
	w.act(financing+"/acceptance", api.Nothing{}, sellerMaker, bankMaker)
	both := w.approval(bankMaker)
	w.want(w.signs(bankMaker, both), http.StatusOK, nil)
	w.post(bankChecker, financing+"/return", to(app.ToMaker, app.ReasonScreening), http.StatusCreated, nil)
	if got := w.stage(bankChecker); got != app.StageAccepted {
		t.Errorf("returned to the maker it is %s", got)
	}
	var i api.Intent
	w.get(bankMaker, "/v1/intents/"+string(both[0].ID), &i)
	if i.State != app.IntentWithdrawn {
		t.Errorf("what waited is %s", i.State)
	}
	w.get(sellerMaker, financing, &f)
	if f.Returned.Code == app.ReasonScreening {
		t.Error("the seller is told what the bank keeps to itself")
	}
	events := w.review(bankMaker).Events
	if !slices.ContainsFunc(events, func(e api.ReviewEvent) bool {
		return e.Kind == app.EventReturned && e.Return.Code == app.ReasonScreening &&
			slices.Contains(e.By, "Ren Tao")
	}) {
		t.Errorf("the maker sees who returned it and why: %+v", events)
	}
	why := api.RefuseFinancing{Code: app.ReasonBankPolicy, Reason: "as agreed"}
	w.act(financing+"/refusal", why, bankChecker)
	w.get(sellerMaker, financing, &f)
	if f.Stage != app.StageRefused || f.ReasonCode != app.ReasonBankPolicy || f.Reason != "as agreed" {
		t.Errorf("refused: %s %s %q", f.Stage, f.ReasonCode, f.Reason)
	}
}

func TestFinancingsAreFilteredSortedAndCounted(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	list := func(query string) api.FinancingList {
		var l api.FinancingList
		w.get(bankMaker, "/v1/financings?"+query, &l)
		return l
	}
	all := list("")
	if len(all.Items) != 1 || all.Items[0].Stage != app.StageQuoted || all.Items[0].Title != "Pump housings" ||
		all.Items[0].Obligor != "CangningMSP" || all.Items[0].Number == "" {
		t.Fatalf("%+v", all.Items)
	}
	due := all.Items[0].DueDate
	for query, want := range map[string]int{
		"stage=quoted": 1, "stage=submitted": 0, "stage=submitted&stage=quoted": 1, "obligor=CangningMSP": 1,
		"obligor=VestmarkenMSP": 0, "seller=LanqiaoMSP&currency=CNY": 1, "currency=EUR": 0,
		"programme=" + string(w.programme): 1, "due_from=" + due.String(): 1,
		"due_from=" + due.AddDays(1).String(): 0, "due_to=" + due.AddDays(-1).String(): 0,
		"due_to=" + due.String(): 1,
		"sort=due&order=asc":     1, "sort=amount": 1, "sort=moved&order=desc": 1,
	} {
		l := list(query)
		if len(l.Items) != want {
			t.Errorf("%s finds %d, want %d", query, len(l.Items), want)
		}
	}
	if l := list("stage=submitted"); len(l.Totals) != 1 || l.Totals[0].Count != 1 ||
		l.Totals[0].Amount != all.Items[0].Amount {
		t.Errorf("totals of every stage: %+v", l.Totals)
	}
	for _, query := range []string{
		"stage=x", "sort=x", "order=x", "due_from=x", "currency=%00", "seller=a%20b", "cursor=x",
	} {
		got := w.send(w.token(bankMaker), "GET", "/v1/financings?"+query, nil, nil)
		if got.Code != http.StatusUnprocessableEntity && got.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, got.Code, got.Body)
		}
	}
	var x api.ExposureList
	w.get(bankMaker, "/v1/exposures?with="+string(w.financing), &x)
	if len(x.Items) != 4 || x.Items[0].With.Used != all.Items[0].Amount {
		t.Errorf("what if: %+v", x.Items)
	}
}

func TestFinancingsArePagedInTheirOrder(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	for range 3 { // one asked again after each refusal
		w.asked()
		w.act("/v1/financings/"+string(w.financing)+"/refusal",
			api.RefuseFinancing{Reason: "in words of our own"}, bankChecker)
	}
	for _, order := range []string{"asc", "desc"} {
		for _, by := range []string{"requested", "moved", "due", "amount"} {
			seen, cursor := []trade.AssetID{}, ""
			for range 3 {
				var l api.FinancingList
				w.get(bankMaker, "/v1/financings?limit=1&sort="+by+"&order="+order+"&cursor="+cursor, &l)
				seen, cursor = append(seen, l.Items[0].ID), l.Next
			}
			slices.Sort(seen)
			if len(slices.Compact(seen)) != 3 || cursor != "" {
				t.Errorf("%s %s: %v and then %q", by, order, seen, cursor)
			}
		}
	}
}
