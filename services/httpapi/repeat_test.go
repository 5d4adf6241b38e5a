package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// dying is the memory of a process that ends between the commit of a step and its answer: it
// takes keys and does not come to keep an answer or to give a key back.
type dying struct{ requestKeys }

func (dying) FinishRequest(context.Context, app.RequestKey, app.StoredAnswer) error { return nil }

func (dying) ForgetRequest(context.Context, app.RequestKey) error { return nil }

// watching asserts that every step keeps its answer itself, before the edge does.
type watching struct {
	requestKeys

	t testing.TB
}

func (w watching) FinishRequest(ctx context.Context, k app.RequestKey, a app.StoredAnswer) error {
	route := ""
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		route = c.pattern
	}
	_, kept, err := w.BeginRequest(ctx, app.Actor{User: k.User}, k.Key, k.Digest)
	if (err != nil || kept == nil) && route != "/v1/demo/clock" { // which is in no transaction
		w.t.Errorf("%s: its step keeps no answer, so a crash would do it twice: %v", route, err)
	}
	return w.requestKeys.FinishRequest(ctx, k, a)
}

// crashed sends a request to a process that dies just after it has done it, and again with the
// same key to the next one. The second answer must be the first in everything.
func (w *world) crashed(email, path string, body any, header http.Header) *httptest.ResponseRecorder {
	w.t.Helper()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Idempotency-Key", newKey(w.t))
	living := w.server.keys
	w.server.keys = dying{living}
	first := w.send(w.token(email), "POST", path, body, header)
	w.server.keys = living
	again := w.send(w.token(email), "POST", path, body, header)
	if first.Code/100 != 2 || again.Header().Get("Idempotency-Replayed") != "true" {
		w.t.Fatalf("%s: %d %s, then %d %s", path, first.Code, first.Body, again.Code, again.Body)
	}
	if again.Code != first.Code || again.Body.String() != first.Body.String() {
		w.t.Errorf("%s: %d %s, the repeat %d %s", path, first.Code, first.Body, again.Code, again.Body)
	}
	for _, name := range []string{"Location", "ETag", "Content-Type"} {
		if first.Header().Get(name) != again.Header().Get(name) {
			w.t.Errorf("%s: %s %q, the repeat %q", path, name, first.Header().Get(name),
				again.Header().Get(name))
		}
	}
	return first
}

// aFile are the headers of an upload.
func aFile() http.Header {
	return http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Disposition": {`attachment; filename="a file"`},
	}
}

// crashes is crashed for a POST whose answer is read.
func crashes[T any](w *world, email, path string, body any) T {
	w.t.Helper()
	var v T
	must(w.t, json.Unmarshal(w.crashed(email, path, body, nil).Body.Bytes(), &v))
	return v
}

func TestWhatWasDoneBeforeACrashIsNotDoneAgain(t *testing.T) {
	w := newWorld(t)
	w.open()
	lanqiao := []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
	}
	pack := crashes[api.Pack](w, sellerMaker, "/v1/packs", api.OpenPack{
		Title: "Another", Parties: lanqiao, Programme: w.programme,
	})
	w.crashed(sellerMaker, "/v1/packs/"+string(pack.ID)+"/documents", []byte("%PDF-1.7 a scan"), aFile())
	crashes[api.Pack](w, sellerMaker, "/v1/packs/"+string(w.pack)+"/verification",
		api.VerifyPack{Programme: w.programme})
	withdrawn := crashes[api.Intent](w, bankMaker, "/v1/programmes", api.OpenProgramme{
		Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: w.money("5.00"), TenorDays: 9, Agreement: "x",
	})
	w.crashed(bankMaker, "/v1/intents/"+string(withdrawn.ID)+"/withdrawal", nil, nil)

	w.confirm()
	asked := crashes[api.Financing](w, sellerMaker, "/v1/financings",
		api.RequestFinancing{Pack: w.pack, Programme: w.programme})
	w.financing = asked.ID
	financing := "/v1/financings/" + string(asked.ID)
	s := w.people[sellerMaker].Sign(t, asked.Intent.Digest)
	signed := w.crashed(sellerMaker, "/v1/intents/"+string(asked.Intent.ID)+"/signatures",
		api.Signature{Batch: s.Batch, Value: s.Value}, nil)
	if signed.Code != http.StatusAccepted || signed.Header().Get("Location") == "" {
		t.Errorf("signed: %d at %q", signed.Code, signed.Header().Get("Location"))
	}
	w.get(sellerMaker, "/v1/intents/"+string(asked.Intent.ID)+"?wait=30s", nil)
	w.act(financing+"/quote", w.quote(), bankMaker)
	w.act(financing+"/acceptance", api.Nothing{}, sellerMaker, bankMaker)

	w.paysOut(financing)
	w.isRepaid(financing)
}

// paysOut has the bank approve and pay, crashing at each step.
func (w *world) paysOut(financing string) {
	w.t.Helper()
	bank, _ := w.set.Demo.Organisation("yongjiang")
	both := crashes[api.IntentList](w, bankMaker, financing+"/approval",
		api.ApproveFinancing{Account: bank.Accounts[0].Number})
	var about api.IntentPage
	w.get(bankMaker, "/v1/intents", &about)
	if len(about.Items) != 2 {
		w.t.Errorf("%d commands wait for the bank, approval and assignment should", len(about.Items))
	}
	ids, digests := []trade.CommandID{}, []trade.Digest{}
	for _, i := range both.Intents {
		ids, digests = append(ids, i.ID), append(digests, i.Digest)
	}
	gesture := w.people[bankMaker].Sign(w.t, digests...)
	batch := crashes[api.BatchOutcome](w, bankMaker, "/v1/signatures", api.SignBatch{
		Intents: ids, Signature: api.Signature{Batch: gesture.Batch, Value: gesture.Value},
	})
	for _, o := range batch.Outcomes {
		if o.Problem.Code != "" {
			w.t.Errorf("%s: %s", o.Intent, o.Problem.Code)
		}
	}
	w.sign(both.Intents, bankChecker)
	w.act(financing+"/disbursement", api.DisburseFinancing{Reference: "payout 1"}, bankMaker, bankChecker)
	crashes[api.Report](w, auditor, "/v1/reports",
		api.MakeReport{Kind: "dossier", Format: "pdf", Subject: string(w.financing)})
}

// isRepaid has the obligor's payment applied, crashing at each step.
func (w *world) isRepaid(financing string) {
	w.t.Helper()
	w.post(operator, "/v1/demo/clock", api.MoveClock{Days: tradeDays}, http.StatusOK, nil)
	var st api.Statement
	statement := w.crashed(bankMaker, "/v1/statements", w.trade().Files["statement.camt053.xml"], aFile())
	must(w.t, json.Unmarshal(statement.Body.Bytes(), &st))
	for _, l := range st.Lines {
		if l.Receivable != w.receivable {
			continue
		}
		applied := crashes[api.IntentList](w, bankMaker, "/v1/statement-lines/"+string(l.ID)+"/application",
			api.ApplyPayment{})
		w.sign(applied.Intents, bankChecker)
	}
	var f api.Financing
	w.get(sellerMaker, financing, &f)
	if f.Phase != trade.Repaid {
		w.t.Errorf("at the end the financing is %s", f.Phase)
	}
}

func TestAStepWhoseKeyWasTakenByAnotherDoesNothing(t *testing.T) {
	w := newWorld(t)
	parties := []app.PackParty{
		{Org: "LanqiaoMSP", Side: app.SideSeller}, {Org: "CangningMSP", Side: app.SideObligor},
	}
	actor := app.Actor{
		User: "usr-lanqiao-0", Org: "LanqiaoMSP", Kind: trade.KindSupplier, Roles: []trade.Role{trade.Maker},
	}
	lost := app.RequestKey{User: actor.User, Key: "key-of-another", CreatedAt: wall{}.Now()}
	ctx := app.Answering(t.Context(), lost, func(app.Pack) (app.StoredAnswer, error) {
		return app.StoredAnswer{Status: http.StatusCreated, ContentType: jsonType}, nil
	})
	before := w.rows()
	_, err := w.app.OpenPack(ctx, actor, app.PackInput{Title: "Late", Parties: parties})
	if code, _ := codeOf(t, err); code != app.CodeInProgress {
		t.Errorf("got %v", err)
	}
	if w.rows() != before {
		t.Error("something was written")
	}
}
