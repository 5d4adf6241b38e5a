package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse/source"
)

// TestBadInputGetsAProblemWithAStableCode tries, on one trade that is confirmed and quoted,
// what people get wrong and what attackers send.
func TestBadInputGetsAProblemWithAStableCode(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	t.Run("requests", w.badRequests)
	t.Run("signatures", w.badSignatures)
	t.Run("balances", w.badBalances)
	t.Run("keys", w.repeats)
	t.Run("sessions", w.sessions)
	t.Run("papers", w.badPapers)
}

// in runs a part of the test with its own failures.
func (w *world) in(t *testing.T) *world {
	here := *w
	here.t = t
	return &here
}

func (w *world) badPapers(t *testing.T) {
	w = w.in(t)
	path := "/v1/packs/" + string(w.pack) + "/documents"
	for name, c := range map[string]struct {
		body  []byte
		state app.DocumentState
		rule  string
	}{
		"an unknown type": {[]byte("\x7fELF whatever"), app.DocumentUnreadable, source.CodeUnsupported},
		"broken XML": {
			[]byte(`<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><a>`),
			app.DocumentUnreadable, source.CodeMalformed,
		},
		"a DTD": {
			[]byte(
				`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>` +
					`<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&a;</Invoice>`,
			),
			app.DocumentUnreadable, source.CodeDTD,
		},
	} {
		var d api.Document
		w.want(w.file(sellerMaker, path, "paper", c.body), http.StatusCreated, &d)
		w.eventually(name+" is refused by its reader", func() bool {
			w.get(sellerMaker, "/v1/documents/"+string(d.ID), &d)
			return d.State != app.DocumentReceived
		})
		if d.State != c.state || len(d.Findings) != 1 || d.Findings[0].Rule != c.rule {
			t.Errorf("%s: %s %+v, want %s", name, d.State, d.Findings, c.rule)
		}
	}
	w.problem(w.file(sellerMaker, path, "empty.xml", nil), http.StatusUnprocessableEntity, blobEmpty)
	huge := bytes.Repeat([]byte("x"), app.MaxUpload+1)
	w.problem(w.file(sellerMaker, path, "huge.bin", huge), http.StatusRequestEntityTooLarge, CodeTooLarge)
	w.problem(w.send(w.token(sellerMaker), "POST", path, []byte("x"), http.Header{
		"Content-Type": {"application/octet-stream"},
	}), http.StatusBadRequest, CodeMalformed) // no file name
	w.problem(w.send(w.token(sellerMaker), "POST", path, []byte("x"), http.Header{
		"Content-Type": {"multipart/form-data; boundary=x"}, "Content-Disposition": {`attachment; filename="x"`},
	}), http.StatusUnsupportedMediaType, CodeMediaType)

	invoice := w.trade().Files["invoice.xml"]
	var twice api.Document
	w.want(w.file(sellerMaker, path, "again.xml", invoice), http.StatusOK, &twice)
	if twice.ID != w.papers["invoice.xml"] {
		t.Errorf("the same bytes are %s and %s", twice.ID, w.papers["invoice.xml"])
	}
	got := w.send(w.token(obligorMaker), "GET", "/v1/documents/"+string(twice.ID)+"/original", nil, nil)
	if got.Code != http.StatusOK || !bytes.Equal(got.Body.Bytes(), invoice) {
		t.Errorf("the original came back as %d with %d bytes, want %d", got.Code, got.Body.Len(), len(invoice))
	}
	w.typing(path)
}

// onePage is a PDF of one empty page; its tables are left out, which is taken.
const onePage = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// typing tries the fields of a paper that no reader reads.
func (w *world) typing(path string) {
	w.t.Helper()
	var d api.Document
	w.want(w.file(sellerMaker, path, "扫描件.pdf", []byte(onePage)), http.StatusCreated, &d)
	if d.FileName != "扫描件.pdf" {
		w.t.Errorf("file name %q", d.FileName)
	}
	w.eventually("the PDF waits for its fields", func() bool {
		w.get(sellerMaker, "/v1/documents/"+string(d.ID), &d)
		return d.State == app.DocumentNeedsFields
	})
	fields := "/v1/documents/" + string(d.ID) + "/fields"
	put := func(email, match, body string) (int, trade.Code) {
		header := http.Header{}
		if match != "" {
			header.Set("If-Match", match)
		}
		got := w.send(w.token(email), "PUT", fields, []byte(body), header)
		if got.Code == http.StatusOK {
			return got.Code, ""
		}
		return got.Code, trade.Code(problemOf(w.t, got).Code)
	}
	good := w.packingList()
	for name, c := range map[string]struct {
		email, match, body string
		status             int
		code               trade.Code
	}{
		"no If-Match":     {sellerMaker, "", good, http.StatusPreconditionRequired, CodePrecondition},
		"a weak If-Match": {sellerMaker, `W/"1"`, good, http.StatusPreconditionRequired, CodePrecondition},
		"a stale edit":    {sellerMaker, `"999"`, good, http.StatusPreconditionFailed, app.CodeEdited},
		"no fields": {
			sellerMaker, etag(d.Edit), `{"kind":"packing_list"}`, http.StatusUnprocessableEntity, app.CodeInput,
		},
		"another kind": {
			sellerMaker, etag(d.Edit), strings.Replace(good, `"kind":"packing_list"`, `"kind":"invoice"`, 1),
			http.StatusUnprocessableEntity, source.CodeSchema,
		},
		"no maker":         {sellerChecker, etag(d.Edit), good, http.StatusForbidden, app.CodeForbidden},
		"not its uploader": {obligorMaker, etag(d.Edit), good, http.StatusForbidden, app.CodeForbidden},
		"who sees nothing": {stranger, etag(d.Edit), good, http.StatusNotFound, app.CodeHidden},
		"an unknown member": {
			sellerMaker, etag(d.Edit), strings.Replace(good, `{"kind"`, `{"state":"parsed","kind"`, 1),
			http.StatusBadRequest, CodeMalformed,
		},
	} {
		if status, code := put(c.email, c.match, c.body); status != c.status || code != c.code {
			w.t.Errorf("%s: %d %s, want %d %s", name, status, code, c.status, c.code)
		}
	}
	if status, code := put(sellerMaker, etag(d.Edit), good); status != http.StatusOK {
		w.t.Errorf("as it should be: %d %s", status, code)
	}
	w.get(sellerMaker, "/v1/documents/"+string(d.ID), &d)
	if !slices.ContainsFunc(d.Findings, func(f check.Finding) bool { return f.Rule == "pdf.repaired" }) {
		w.t.Errorf("what was found of the file is gone once its fields are typed in: %+v", d.Findings)
	}
	if status, code := put(sellerMaker, etag(d.Edit), good); code != app.CodeDocumentState {
		w.t.Errorf("typed in again: %d %s", status, code)
	}
}

// wrong is a request that is refused, with the code it is refused by.
type wrong struct {
	email, path string
	body        any
	code        trade.Code
}

// wrongRequests are right in form.
func (w *world) wrongRequests() map[string]wrong {
	receivable, financing := "/v1/receivables/"+string(w.receivable), "/v1/financings/"+string(w.financing)
	reason, nothing := api.Because{Reason: "x"}, api.Nothing{}
	open := "/v1/packs"
	pack := func(seller, obligor trade.OrgID) api.OpenPack {
		return api.OpenPack{Title: "x", Parties: []api.PackParty{
			{Organisation: seller, Side: app.SideSeller}, {Organisation: obligor, Side: app.SideObligor},
		}}
	}
	late := api.ConfirmReceivable{Amount: w.money("1.00"), Promise: trade.Acknowledgement, Text: "x"}
	much := api.DisputeReceivable{Amount: w.money("9999999.00"), Reason: "x"}
	moon := w.quote()
	moon.DayCount = money.Act365F
	dossier := api.MakeReport{Kind: "dossier", Format: "pdf", Subject: string(w.financing)}
	account := api.ApproveFinancing{Account: "1"}
	poem := api.MakeReport{Kind: "poem", Format: "pdf"}
	return map[string]wrong{
		"wrong role":             {sellerChecker, open, pack("LanqiaoMSP", "CangningMSP"), app.CodeForbidden},
		"a pack with nobody":     {sellerMaker, open, pack("NobodyMSP", "LanqiaoMSP"), app.CodeHidden},
		"a bank as seller":       {bankMaker, open, pack("YongjiangMSP", "CangningMSP"), app.CodePackParty},
		"more than the balance":  {sellerMaker, receivable + "/dispute", much, trade.CodeBalance},
		"rejecting another's":    {sellerMaker, receivable + "/rejection", reason, app.CodeForbidden},
		"withdrawing too late":   {sellerMaker, receivable + "/withdrawal", reason, trade.CodePhase},
		"confirming twice":       {obligorMaker, receivable + "/confirmation", late, trade.CodePhase},
		"maturing too early":     {sellerMaker, receivable + "/maturity", nothing, trade.CodeNotDue},
		"releasing unseen":       {bankMaker, receivable + "/reservation/release", reason, app.CodeHidden},
		"approving unaccepted":   {bankMaker, financing + "/approval", account, trade.CodeNotAccepted},
		"quoting for the bank":   {sellerMaker, financing + "/quote", w.quote(), app.CodeForbidden},
		"another's financing":    {rivalMaker, financing + "/quote", w.quote(), app.CodeHidden},
		"another day count":      {bankMaker, financing + "/price", moon, trade.CodeTerms},
		"the keyring again":      {operator, "/v1/keyring", nothing, trade.CodeExists},
		"the clock by a bank":    {bankMaker, "/v1/demo/clock", api.MoveClock{Days: 1}, app.CodeForbidden},
		"a clock back":           {operator, "/v1/demo/clock", api.MoveClock{Days: -1}, app.CodeInput},
		"a dossier of another's": {rivalMaker, "/v1/reports", dossier, app.CodeHidden},
		"a report of no kind":    {bankMaker, "/v1/reports", poem, app.CodeInput},
	}
}

func (w *world) badRequests(t *testing.T) {
	for name, c := range w.wrongRequests() {
		t.Run(name, func(t *testing.T) {
			w.in(t).refused(c.email, c.path, c.body, w.server.statusOf(c.code), c.code)
		})
	}
	w = w.in(t)
	for path, code := range map[string]trade.Code{
		"/v1/packs?limit=201":                  app.CodeInput,
		"/v1/packs?limit=-1":                   app.CodeInput,
		"/v1/packs?limit=x":                    CodeMalformed,
		"/v1/packs?cursor=%00":                 app.CodeInput,
		"/v1/packs/" + strings.Repeat("x", 65): app.CodeHidden,
		"/v1/packs/a%00b":                      app.CodeHidden,
		"/v1/packs/a%2Fb":                      app.CodeHidden,
		"/v1/intents/cmd-x?wait=99s":           app.CodeInput,
		"/v1/receivables?side=%27%20OR%201=1":  app.CodeInput,
		"/v1/receivables?phase=%00":            app.CodeInput,
		"/v1/receivables?sort=face":            app.CodeInput,
		"/v1/receivables?currency=XQX":         app.CodeInput,
		"/v1/receivable-sums?currency=XQX":     app.CodeInput,
		"/v1/receivable-sums?side=theirs":      app.CodeInput,
		"/v1/receivables?due_from=2026-02-30":  app.CodeInput,
		"/v1/calendar?from=soon":               app.CodeInput,
		"/v1/receivables?cursor=eA":            app.CodeInput,
		"/v1/receivables?search=%00":           app.CodeInput,
		"/v1/calendar?side=theirs":             app.CodeInput,
		"/v1/calendar?weeks=61":                app.CodeInput,
		"/v1/calendar?weeks=-1":                app.CodeInput,
		"/v1/search":                           CodeMalformed,
		"/v1/verify":                           CodeMalformed,
	} {
		got := w.send(w.token(sellerMaker), "GET", path, nil, nil)
		if p := problemOf(t, got); p.Code != string(code) {
			t.Errorf("%s: %d %s, want %s", path, got.Code, p.Code, code)
		}
	}
	statement := w.trade().Files["statement.camt053.xml"] // of an account of the bank
	for _, c := range []struct {
		email string
		body  []byte
		code  trade.Code
	}{{bankMaker, []byte("nonsense"), source.CodeUnsupported}, {sellerMaker, statement, app.CodeStatement}} {
		w.problem(w.file(c.email, "/v1/statements", "s", c.body), http.StatusUnprocessableEntity, c.code)
	}
}

func (w *world) money(decimal string) money.Amount {
	w.t.Helper()
	a, err := money.Parse(decimal, "CNY")
	must(w.t, err)
	return a
}

func (w *world) badSignatures(t *testing.T) {
	w = w.in(t)
	var i, other api.Intent
	dispute := api.DisputeReceivable{Amount: w.money("10.00"), Reason: "short by a box"}
	path := "/v1/receivables/" + string(w.receivable)
	w.post(obligorMaker, path+"/dispute", dispute, http.StatusCreated, &i)
	w.post(obligorMaker, path+"/dispute", dispute, http.StatusCreated, &other)
	signatures := func(i api.Intent) string { return "/v1/intents/" + string(i.ID) + "/signatures" }
	by := func(email string, digests ...trade.Digest) api.Signature {
		s := w.people[email].Sign(t, digests...)
		return api.Signature{Batch: s.Batch, Value: s.Value}
	}
	w.refused(
		obligorMaker, signatures(i), by(obligorChecker, i.Digest), http.StatusUnprocessableEntity,
		trade.CodeSignatureInvalid,
	)
	w.refused(
		obligorMaker, signatures(i), by(obligorMaker, other.Digest), http.StatusUnprocessableEntity,
		trade.CodeSignatureInvalid,
	)
	w.refused(
		obligorMaker, signatures(i), by(obligorMaker, other.Digest, other.Digest),
		http.StatusUnprocessableEntity, trade.CodeSignatureInvalid,
	)
	w.refused(
		obligorMaker, signatures(i), api.Signature{Value: []byte("none")}, http.StatusUnprocessableEntity,
		trade.CodeSignatureInvalid,
	)
	w.refused(
		"song.kai@cangning.example", signatures(i), by("song.kai@cangning.example", i.Digest),
		http.StatusForbidden, app.CodeNotYourDuty,
	)
	w.refused(stranger, signatures(i), by(stranger, i.Digest), http.StatusNotFound, app.CodeHidden)

	// Four eyes: the maker of an act cannot be its checker.
	w.post(obligorMaker, "/v1/intents/"+string(other.ID)+"/withdrawal", nil, http.StatusOK, &other)
	if other.State != app.IntentWithdrawn {
		t.Errorf("withdrawn is %s", other.State)
	}
	w.refused(
		obligorMaker, signatures(other), by(obligorMaker, other.Digest), http.StatusConflict,
		app.CodeIntentState,
	)
	w.selfApproval()
}

// selfApproval has one person try to fulfil both duties of an act.
func (w *world) selfApproval() {
	w.t.Helper()
	limit := w.money("100.00")
	var i api.Intent
	w.post(bankMaker, "/v1/programmes", api.OpenProgramme{
		Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: limit, TenorDays: 30, Agreement: "Another agreement",
	}, http.StatusCreated, &i)
	path := "/v1/intents/" + string(i.ID) + "/signatures"
	s := w.people[bankMaker].Sign(w.t, i.Digest)
	w.post(bankMaker, path, api.Signature{Value: s.Value}, http.StatusOK, &i)
	if !i.Duties[0].Fulfilled || i.Duties[0].By.Person != w.people[bankMaker].ID || i.Duties[1].Fulfilled {
		w.t.Errorf("duties %+v", i.Duties)
	}
	again := w.people[bankMaker].Sign(w.t, i.Digest)
	w.refused(bankMaker, path, api.Signature{Value: again.Value}, http.StatusConflict, trade.CodeSignatureSame)
	var waiting api.IntentPage
	w.get(bankMaker, "/v1/intents", &waiting)
	for _, other := range waiting.Items {
		if other.ID == i.ID {
			w.t.Error("it waits for its maker again")
		}
	}
}

func (w *world) badBalances(t *testing.T) {
	w = w.in(t)
	path := "/v1/receivables/" + string(w.receivable)
	var r api.Receivable
	w.get(sellerMaker, path, &r)
	over, err := r.Free.Add(w.money("0.01"))
	must(t, err)
	w.refused(
		obligorMaker, path+"/dispute", api.DisputeReceivable{Amount: over, Reason: "x"}, http.StatusConflict,
		trade.CodeBalance,
	)
	for _, amount := range []string{"0.00", "-1.00"} {
		w.refused(obligorMaker, path+"/dispute", api.DisputeReceivable{Amount: w.money(amount), Reason: "x"},
			http.StatusUnprocessableEntity, trade.CodeAmount)
	}
	euros, err := money.Parse("1.00", "EUR")
	must(t, err)
	w.refused(obligorMaker, path+"/dispute", api.DisputeReceivable{Amount: euros, Reason: "x"},
		http.StatusUnprocessableEntity, trade.CodeAmount)
	var twice api.Financing
	w.post(
		sellerMaker, "/v1/financings", api.RequestFinancing{Pack: w.pack, Programme: w.programme},
		http.StatusCreated, &twice,
	)
	w.act("/v1/financings/"+string(w.financing)+"/acceptance", api.Nothing{}, sellerMaker, bankMaker)
	w.refused(
		sellerMaker, "/v1/financings/"+string(w.financing)+"/acceptance", api.Nothing{}, http.StatusConflict,
		trade.CodeReserved,
	)
	w.act(path+"/dispute", api.DisputeReceivable{Amount: w.money("10.00"), Reason: "x"}, obligorMaker)
	bank, _ := w.set.Demo.Organisation("yongjiang")
	w.refused(
		bankMaker, "/v1/financings/"+string(w.financing)+"/approval",
		api.ApproveFinancing{Account: bank.Accounts[0].Number}, http.StatusConflict, trade.CodeDisputed,
	)
	w.refused(
		sellerMaker, path+"/reservation/expiry", api.Nothing{}, http.StatusConflict, trade.CodeReservationAlive,
	)
}

func (w *world) repeats(t *testing.T) {
	w = w.in(t)
	body := api.OpenPack{Title: "Twice", Parties: []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
	}}
	key := http.Header{"Idempotency-Key": {newKey(t)}}
	first := w.send(w.token(sellerMaker), "POST", "/v1/packs", body, key)
	again := w.send(w.token(sellerMaker), "POST", "/v1/packs", body, key)
	if first.Code != http.StatusCreated || again.Code != http.StatusCreated ||
		first.Body.String() != again.Body.String() {
		t.Errorf("%d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	var p api.Pack
	must(t, json.Unmarshal(first.Body.Bytes(), &p))
	body.Title = "Another"
	w.problem(
		w.send(w.token(sellerMaker), "POST", "/v1/packs", body, key), http.StatusUnprocessableEntity,
		app.CodeKeyReused,
	)
	theirs := w.send(w.token(obligorMaker), "POST", "/v1/packs", body, key)
	if theirs.Code != http.StatusCreated {
		t.Errorf("another person's key of the same text: %d", theirs.Code)
	}
	w.problem(w.send(w.token(sellerMaker), "POST", "/v1/packs", body, http.Header{"Idempotency-Key": {""}}),
		http.StatusBadRequest, CodeKey)
}

func (w *world) sessions(t *testing.T) {
	w = w.in(t)
	wrong := api.Credentials{Email: "nobody@nowhere.example", Password: "x"}
	unknown := w.problem(
		w.send("", "POST", "/v1/session", wrong, nil), http.StatusUnauthorized, app.CodeWrongPassword,
	)
	wrong.Email = "colin.thackray@aldermoor.example"
	known := w.problem(
		w.send("", "POST", "/v1/session", wrong, nil), http.StatusUnauthorized, app.CodeWrongPassword,
	)
	if unknown.Detail != known.Detail {
		t.Error("the answer tells who has an account")
	}
	for range 4 {
		w.send("", "POST", "/v1/session", wrong, nil)
	}
	wrong.Password = everybodysPassword
	w.problem(w.send("", "POST", "/v1/session", wrong, nil), http.StatusTooManyRequests, app.CodeLocked)

	got := w.send(
		"", "POST", "/v1/session",
		api.Credentials{Email: "priya.venn@aldermoor.example", Password: everybodysPassword}, nil,
	)
	cookie := got.Result().Cookies()[0]
	if cookie.Name != SessionCookie || !cookie.HttpOnly || !cookie.Secure ||
		cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("cookie %+v", cookie)
	}
	header := http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}
	var who api.Actor
	w.want(w.send("", "GET", "/v1/session", nil, header), http.StatusOK, &who)
	if who.Organisation != "AldermoorMSP" || who.Kind != trade.KindBank {
		t.Errorf("%+v", who)
	}
	w.want(w.send("", "DELETE", "/v1/session", nil, header), http.StatusNoContent, nil)
	w.problem(w.send("", "GET", "/v1/session", nil, header), http.StatusUnauthorized, app.CodeNotSignedIn)
}
