package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// columns are who asks, in the order of the matrix. The trade is between lanqiao (seller) and
// cangning (obligor), financed by yongjiang; aldermoor is another bank, brandlhof another
// supplier, and the anonymous, expired and revoked have no session.
func columns() []string {
	return []string{
		sellerMaker, sellerChecker, obligorMaker, obligorChecker, bankMaker, bankChecker, rivalMaker, warehouse, carrier,
		auditor, operator, stranger, "anonymous", "expired", "revoked",
	}
}

// cell is one row of the matrix: what is sent, and the status each column gets. A digit is
// the last of its hundred that matters: see statusOfCell.
type cell struct {
	body   any
	header http.Header
	want   string
}

// matrix is the whole table: route × who asks → status. "." is a right without refusal
// (200, 201 or 204), "-" 401, "r" 403 by role or kind, "x" 404 as if it did not exist, "c" a
// 409 that only somebody with the right is told, "p" and "i" a 422: the parties, the account,
// the signature do not fit. "d" is a right that can be used once: done, or 409 for the next.
//
//	sm sc om oc bm bc rm wh ca au op st an ex re
func (w *world) matrix() map[string]cell {
	nothing, reason := api.Nothing{}, api.Because{Reason: "as the test says"}
	disposition := http.Header{
		"Content-Type": {"application/octet-stream"}, "Content-Disposition": {`attachment; filename="x"`},
	}
	signature := api.Signature{Value: []byte("no signature")}
	return map[string]cell{
		"GET /healthz": {want: ". . . . . . . . . . . . . . ."},
		"GET /readyz":  {want: ". . . . . . . . . . . . . . ."},
		"GET /metrics": {want: ". . . . . . . . . . . . . . ."},
		"POST /v1/session": {
			body: api.Credentials{Email: "nobody@nowhere.example", Password: "x"}, want: "- - - - - - - - - - - - - - -",
		},
		"GET /v1/session":       {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/organisations": {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/inbox":         {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/packs":         {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/documents":     {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/programmes":    {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/receivables":   {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/financings":    {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/intents":       {want: ". . . . . . . . . . . . - - -"},
		"GET /v1/statement-lines": {
			want: ". . . . . . . . . . . . - - -",
		},

		"POST /v1/packs": {
			body: api.OpenPack{Title: "Matrix", Parties: []api.PackParty{
				{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
			}},
			want: ". r . r p r p p p r r p - - -",
		},
		"GET /v1/packs/{pack}":                  {want: ". . . . . . x . . . x x - - -"},
		"POST /v1/packs/{pack}/verification":    {want: ". . . . . . x . . . x x - - -"},
		"POST /v1/packs/{pack}/documents":       {body: []byte("%PDF-1.7 matrix"), header: disposition, want: ". r . r . r x . . r r x - - -"},
		"GET /v1/documents/{document}":          {want: ". . . . . . x . . . x x - - -"},
		"GET /v1/documents/{document}/original": {want: ". . . . . . x . . . x x - - -"},
		"PUT /v1/documents/{document}/fields": {
			body: json.RawMessage(w.packingList()), header: http.Header{"If-Match": {`"1"`}},
			want: "c r r r r r x r r r r x - - -",
		},

		"POST /v1/programmes": {
			body: api.OpenProgramme{
				Seller: "LanqiaoMSP", Obligor: "CangningMSP", Limit: w.money("5.00"), TenorDays: 9, Agreement: "x",
			},
			want: "r r r r . r . r r r r r - - -",
		},
		"GET /v1/programmes/{programme}": {want: ". . . . . . x x x . x x - - -"},

		"POST /v1/receivables":                                  {body: api.IssueReceivable{Pack: w.pack}, want: "c r r r r r x r r r r x - - -"},
		"GET /v1/receivables/{receivable}":                      {want: ". . . . x x x x x . x x - - -"},
		"POST /v1/receivables/{receivable}/confirmation":        {body: w.confirmation(), want: "r r c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/rejection":           {body: reason, want: "r r c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/withdrawal":          {body: reason, want: "c c r r x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/dispute":             {body: api.DisputeReceivable{Amount: w.money("1.00"), Reason: "x"}, want: ". . . . x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/resolution":          {body: api.ResolveDispute{Amount: w.money("1.00"), Diluted: w.money("0.00"), Reason: "x"}, want: "c c c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/maturity":            {body: nothing, want: "c c c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/overdue":             {body: nothing, want: "c c c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/reservation/release": {body: reason, want: "c c c c x x x r r r r x - - -"},
		"POST /v1/receivables/{receivable}/reservation/expiry":  {body: nothing, want: "c c c c x x x r r r r x - - -"},

		"POST /v1/financings":                          {body: api.RequestFinancing{Pack: w.pack, Programme: w.programme}, want: ". r i r i r x r r r r x - - -"},
		"GET /v1/financings/{financing}":               {want: ". . x x . . x x x . x x - - -"},
		"POST /v1/financings/{financing}/price":        {body: w.quote(), want: ". . x x . . x x x . x x - - -"},
		"POST /v1/financings/{financing}/quote":        {body: w.quote(), want: "r r x x . . x x x r x x - - -"},
		"POST /v1/financings/{financing}/refusal":      {body: reason, want: "r r x x . . x r r r r x - - -"},
		"POST /v1/financings/{financing}/decline":      {body: reason, want: ". . x x r r x r r r r x - - -"},
		"POST /v1/financings/{financing}/acceptance":   {body: nothing, want: ". r x r r r x r r r r x - - -"},
		"POST /v1/financings/{financing}/approval":     {body: api.ApproveFinancing{Account: "1"}, want: "r r x x c c x r r r r x - - -"},
		"POST /v1/financings/{financing}/disbursement": {body: api.DisburseFinancing{Reference: "x"}, want: "r r x x c c x r r r r x - - -"},

		"GET /v1/intents/{intent}":             {want: ". . . . x x x x x x x x - - -"},
		"POST /v1/intents/{intent}/signatures": {body: signature, want: "i i i i x x x x x x x x - - -"},
		"POST /v1/signatures": {
			body: api.SignBatch{Intents: []trade.CommandID{"cmd-none"}, Signature: signature},
			want: ". . . . . . . . . . . . - - -", // each outcome is a refusal of its own
		},

		"POST /v1/statements": {
			body: w.trade().Files["statement.camt053.xml"], header: disposition, want: "i r i r . r i r r r r i - - -",
		},
		"POST /v1/statement-lines/{line}/application": {body: api.ApplyPayment{}, want: "x x x x c c x r r r r x - - -"},
		"POST /v1/reports":                            {body: api.MakeReport{Kind: "dossier", Format: "pdf", Subject: string(w.financing)}, want: ". . x x . . x x x . x x - - -"},
		"GET /v1/reports/{report}/file":               {want: "x x x x . . x x x x x x - - -"},
		"POST /v1/keyring":                            {body: nothing, want: "r r r r r r r r r r c r - - -"},
		"POST /v1/demo/clock":                         {body: api.MoveClock{Days: 1}, want: "r r r r r r r r r r . r - - -"},
		// Last: they end what the others need.
		"POST /v1/intents/{intent}/withdrawal": {want: "x x d d x x x x x x x x - - -"},
		"DELETE /v1/session":                   {want: ". . . . . . . . . . . . - - -"},
	}
}

// statusOfCell tells whether a status is what a mark of the matrix stands for.
func statusOfCell(mark string, status int) bool {
	switch mark {
	case ".":
		return status/100 == 2
	case "-":
		return status == http.StatusUnauthorized
	case "r":
		return status == http.StatusForbidden
	case "x":
		return status == http.StatusNotFound
	case "c":
		return status == http.StatusConflict
	case "d":
		return status == http.StatusOK || status == http.StatusConflict
	case "p", "i": // not for these parties or this account; not this person's signature
		return status == http.StatusUnprocessableEntity
	}
	return false
}

func (w *world) confirmation() api.ConfirmReceivable {
	return api.ConfirmReceivable{Amount: w.money("1.00"), Promise: trade.Acknowledgement, Text: "We owe it."}
}

func (w *world) packingList() string {
	return `{"kind":"packing_list","fields":{"schema":"countersign-packing-list-1","number":"PL-7","issue_date":"` +
		w.set.Today.String() + `","seller":{"name":"Ningbo Lanqiao Castings Co., Ltd."},` +
		`"buyer":{"name":"Cangning Equipment Co., Ltd."},"lines":[{"name":"Pump housing","packages":"24"}]}}`
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	w := &world{t: t, mux: router(testServer(t, nil))}
	set, err := fixtures.Load(fixtures.Default(), money.DateOf(wall{}.Now().UTC()))
	must(t, err)
	w.set = set
	table := w.matrix()
	routes := routesOf(t, w.mux)
	for _, route := range routes {
		row, ok := table[route]
		if !ok {
			t.Errorf("%s: not in the matrix", route)
			continue
		}
		if n := len(strings.Fields(row.want)); n != len(columns()) {
			t.Errorf("%s: %d columns, want %d", route, n, len(columns()))
		}
	}
	for route := range table {
		if !slices.Contains(routes, route) {
			t.Errorf("%s: in the matrix, but no route", route)
		}
	}
}

// TestAuthorisationMatrix sends every route as everybody. First everything that is to be
// refused: nothing may have changed afterwards, in any row of the database or on the ledger.
// Then what is allowed.
func TestAuthorisationMatrix(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	ids := w.objects()
	tokens := w.everybody()
	table := w.matrix()

	before := w.rows()
	projection, err := w.app.DigestProjection(t.Context())
	must(t, err)
	hidden := map[string]string{} // the answer about what is not there, by route
	for route, row := range table {
		for n, mark := range strings.Fields(row.want) {
			if mark == "." || mark == "d" {
				continue
			}
			got := w.ask(route, row, ids, tokens[n])
			if !statusOfCell(mark, got.Code) {
				t.Errorf("%s as %s: %d %s, want %s", route, columns()[n], got.Code, got.Body, mark)
			}
			if mark == "x" {
				w.sameAsMissing(route, row, got, tokens[n], hidden)
			}
		}
	}
	if after := w.rows(); after != before {
		t.Error("a refusal changed a row")
	}
	again, err := w.app.DigestProjection(t.Context())
	must(t, err)
	if again.Digest != projection.Digest || again.Rows["assets"] == 0 && len(again.Rows) == 0 {
		t.Errorf("a refusal changed the projection: %v, then %v", projection, again)
	}
	last := []string{"POST /v1/demo/clock", "POST /v1/intents/{intent}/withdrawal", "DELETE /v1/session"}
	order := slices.DeleteFunc(slices.Sorted(maps.Keys(table)), func(r string) bool { return slices.Contains(last, r) })
	for _, route := range slices.Concat(order, last) {
		for n, mark := range strings.Fields(table[route].want) {
			if mark != "." && mark != "d" {
				continue
			}
			if got := w.ask(route, table[route], ids, tokens[n]); !statusOfCell(mark, got.Code) {
				t.Errorf("%s as %s: %d %s, want it done", route, columns()[n], got.Code, got.Body)
			}
		}
	}
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// ask sends a route of the matrix with the ids of the objects.
func (w *world) ask(route string, row cell, ids map[string]string, token string) *httptest.ResponseRecorder {
	w.t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	path := parameter.ReplaceAllStringFunc(pattern, func(p string) string { return ids[p] })
	return w.send(token, method, path, row.body, row.header)
}

var instance = regexp.MustCompile(`"instance":"[^"]*"`)

// sameAsMissing holds an answer to a stranger against that about an id that nobody has: they
// must not differ in anything but the id of the request.
func (w *world) sameAsMissing(
	route string, row cell, got *httptest.ResponseRecorder, token string, hidden map[string]string,
) {
	w.t.Helper()
	if !strings.Contains(route, "{") {
		return
	}
	if hidden[route] == "" {
		missing := map[string]string{}
		for _, p := range parameter.FindAllString(route, -1) {
			missing[p] = "nothing-of-this-name"
		}
		hidden[route] = instance.ReplaceAllString(w.ask(route, row, missing, token).Body.String(), "")
	}
	if said := instance.ReplaceAllString(got.Body.String(), ""); said != hidden[route] {
		w.t.Errorf("%s: a stranger is told %s, and of what is not there %s", route, said, hidden[route])
	}
}

// objects makes one object of each kind of id.
func (w *world) objects() map[string]string {
	w.t.Helper()
	var i api.Intent
	w.post(obligorMaker, "/v1/receivables/"+string(w.receivable)+"/dispute",
		api.DisputeReceivable{Amount: w.money("3.00"), Reason: "a box is missing"}, http.StatusCreated, &i)
	var st api.Statement
	var report api.Report
	w.post(bankMaker, "/v1/reports", api.MakeReport{Kind: "audit", Format: "csv"}, http.StatusCreated, &report)
	w.want(w.file(bankMaker, "/v1/statements", "s.xml", w.trade().Files["statement.camt053.xml"]), http.StatusCreated, &st)
	return map[string]string{
		"{pack}": string(w.pack), "{document}": string(w.papers["invoice.xml"]), "{programme}": string(w.programme),
		"{receivable}": string(w.receivable), "{financing}": string(w.financing), "{intent}": string(i.ID),
		"{line}": string(st.Lines[0].ID), "{report}": string(report.ID),
	}
}

// everybody gives the tokens of the columns.
func (w *world) everybody() []string {
	w.t.Helper()
	tokens := make([]string, len(columns()))
	for n, who := range columns() {
		switch who {
		case "anonymous":
		case "expired":
			tokens[n] = w.freshToken("yin.hao@shibu.example")
			w.expire("usr-shibu-2")
		case "revoked":
			tokens[n] = w.freshToken("bai.lei@haiping.example")
			w.want(w.send(tokens[n], "DELETE", "/v1/session", nil, nil), http.StatusNoContent, nil)
		default:
			tokens[n] = w.token(who)
		}
	}
	return tokens
}

func (w *world) freshToken(email string) string {
	w.t.Helper()
	delete(w.tokens, email)
	return w.token(email)
}
