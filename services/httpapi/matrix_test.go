package httpapi

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse"
)

// columns are who asks, in the order of the matrix. The trade is between lanqiao (seller) and
// cangning (obligor), financed by yongjiang; aldermoor is another bank, brandlhof another
// supplier, and the anonymous, expired and revoked have no session.
func columns() []string {
	return []string{
		sellerMaker, sellerChecker, obligorMaker, obligorChecker, bankMaker, bankChecker, rivalMaker, warehouse,
		carrier,
		auditor, operator, stranger, "anonymous", "expired", "revoked",
	}
}

// matrix is the whole table: route × who asks → status, in the order of columns. A mark stands for
//
//	.  done: 200, 201, 202 or 204
//	-  401, no session
//	r  403, not for this role or organisation
//	x  404, exactly as if it did not exist
//	c  409, not as things stand, which only somebody with the right is told
//	i  422, the parties, the account or the signature do not fit
//	d  done, or 409 once somebody else has done it
const matrix = `
                                                      sm sc om oc bm bc rm wh ca au op st an ex re
GET /healthz                                           .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
GET /readyz                                            .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
GET /metrics                                           .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
POST /v1/session                                       -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
GET /v1/session                                        .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/node                                           .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
GET /v1/demo                                           .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
GET /v1/verify                                         .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
GET /v1/search                                         .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/keys                                           .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/keys                                          i  i  i  i  i  i  i  i  i  i  i  i  -  -  -
POST /v1/session/nonce                                 .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
POST /v1/session/passkey                               -  -  -  -  -  -  -  -  -  -  -  -  -  -  -
GET /v1/sessions                                       .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
DELETE /v1/sessions/{session}                          x  x  x  x  x  x  x  x  x  x  x  x  -  -  -
GET /v1/codes                                          .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/codes                                         .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/codes/confirmation                            i  i  i  i  i  i  i  i  i  i  i  i  -  -  -
POST /v1/codes/removal                                 .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
DELETE /v1/sessions                                    .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/organisations                                  .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/inbox                                          .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/home                                           .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/preferences                                    .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
PUT /v1/preferences                                    .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/events                                         .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/packs                                          .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/documents                                      .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/views                                          .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/views                                         .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
DELETE /v1/views/{view}                                .  x  x  x  x  x  x  x  x  x  x  x  -  -  -
GET /v1/templates/{kind}                               .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/bulk                                          .  r  .  r  .  r  .  .  .  r  r  .  -  -  -
GET /v1/programmes                                     .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/receivables                                    .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/receivable-sums                                .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/financings                                     .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/intents                                        .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/statements                                     .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/statements/{statement}                         x  x  x  x  .  .  x  x  x  x  x  x  -  -  -
GET /v1/statement-lines                                .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/packs                                         .  r  .  r  i  r  i  i  i  r  r  i  -  -  -
GET /v1/packs/{pack}                                   .  .  .  .  .  .  x  .  .  .  x  x  -  -  -
POST /v1/packs/{pack}/verification                     .  .  .  .  .  .  x  .  .  .  x  x  -  -  -
POST /v1/packs/{pack}/papers                           .  r  i  r  i  r  x  i  i  r  r  x  -  -  -
POST /v1/packs/{pack}/paper-requests                   .  .  .  .  .  .  x  .  i  .  x  x  -  -  -
GET /v1/paper-requests                                 .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/paper-requests/{request}                       .  .  x  x  x  x  x  .  x  x  x  x  -  -  -
POST /v1/paper-requests/{request}/closing              d  d  x  x  x  x  x  r  x  x  x  x  -  -  -
POST /v1/paper-requests/{request}/decline              r  r  x  x  x  x  x  d  x  x  x  x  -  -  -
POST /v1/uploads                                       .  r  .  r  .  r  .  .  .  r  r  .  -  -  -
GET /v1/uploads/{upload}                               .  x  x  x  x  x  x  x  x  x  x  x  -  -  -
HEAD /v1/uploads/{upload}                              .  x  x  x  x  x  x  x  x  x  x  x  -  -  -
PATCH /v1/uploads/{upload}                             .  x  x  x  x  x  x  x  x  x  x  x  -  -  -
POST /v1/filings                                       .  r  i  r  i  r  i  i  i  r  r  i  -  -  -
POST /v1/packs/{pack}/documents                        .  r  .  r  .  r  x  .  .  r  r  x  -  -  -
GET /v1/documents/{document}                           .  .  .  .  .  .  x  .  .  .  x  x  -  -  -
GET /v1/documents/{document}/original                  .  .  .  .  .  .  x  .  .  .  x  x  -  -  -
PUT /v1/documents/{document}/fields                    c  r  r  r  r  r  x  r  r  r  r  x  -  -  -
POST /v1/programmes                                    r  r  r  r  .  r  .  r  r  r  r  r  -  -  -
GET /v1/programmes/{programme}                         .  .  .  .  .  .  x  x  x  .  x  x  -  -  -
GET /v1/programmes/{programme}/pricing                 r  r  r  r  .  .  x  x  x  r  x  x  -  -  -
PUT /v1/programmes/{programme}/pricing                 r  r  r  r  .  r  x  x  x  r  x  x  -  -  -
GET /v1/exposures                                      r  r  r  r  .  .  .  r  r  r  r  r  -  -  -
POST /v1/receivables                                   c  r  r  r  r  r  x  r  r  r  r  x  -  -  -
GET /v1/receivables/{receivable}                       .  .  .  .  x  x  x  x  x  .  x  x  -  -  -
GET /v1/receivables/{receivable}/trace                 .  .  .  .  x  x  x  x  x  .  x  x  -  -  -
POST /v1/receivables/{receivable}/proof                .  .  .  .  x  x  x  x  x  .  x  x  -  -  -
POST /v1/receivables/{receivable}/confirmation         r  r  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/rejection            r  r  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/withdrawal           c  c  r  r  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/dispute              .  .  .  .  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/resolution           c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/maturity             c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/overdue              c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/reservation/release  c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/reservation/expiry   c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/payee-change               i  i  r  r  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/payee-change/confirmation  r  r  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/payee-change/refusal       c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
POST /v1/receivables/{receivable}/payee-change/effect        c  c  c  c  x  x  x  r  r  r  r  x  -  -  -
GET /v1/receivables/{receivable}/messages              .  .  .  .  x  x  x  x  x  r  x  x  -  -  -
POST /v1/receivables/{receivable}/messages             .  .  .  .  x  x  x  x  x  r  x  x  -  -  -
GET /v1/financings/{financing}/messages                .  .  x  x  .  .  x  x  x  r  x  x  -  -  -
POST /v1/financings/{financing}/messages               .  .  x  x  .  .  x  x  x  r  x  x  -  -  -
POST /v1/confirmations                                 r  r  .  .  r  r  r  r  r  r  r  r  -  -  -
POST /v1/payable-lists                                 r  r  .  .  r  r  r  r  r  r  r  r  -  -  -
GET /v1/payable-lists                                  .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/payable-lists/{list}                           x  x  .  .  x  x  x  x  x  x  x  x  -  -  -
POST /v1/payable-lists/{list}/confirmation             x  x  c  c  x  x  x  r  r  r  r  x  -  -  -
GET /v1/calendar                                       .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/estimates                                     .  .  i  i  i  i  x  x  x  i  x  x  -  -  -
POST /v1/financings                                    .  r  i  r  i  r  x  r  r  r  r  x  -  -  -
GET /v1/financings/{financing}                         .  .  x  x  .  .  x  x  x  .  x  x  -  -  -
GET /v1/financings/{financing}/review                  r  r  x  x  .  .  x  x  x  r  x  x  -  -  -
POST /v1/financings/{financing}/return                 r  r  x  x  .  .  x  x  x  r  x  x  -  -  -
POST /v1/financings/{financing}/price                  .  .  x  x  .  .  x  x  x  .  x  x  -  -  -
POST /v1/financings/{financing}/quote                  r  r  x  x  .  .  x  x  x  r  x  x  -  -  -
POST /v1/financings/{financing}/refusal                r  r  x  x  .  .  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/decline                .  .  x  x  r  r  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/lapse                  c  c  x  x  c  c  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/acceptance             .  r  x  r  r  r  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/approval               r  r  x  x  c  c  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/disbursement           r  r  x  x  c  c  x  r  r  r  r  x  -  -  -
POST /v1/financings/{financing}/repayment              r  r  x  x  c  c  x  r  r  r  r  x  -  -  -
GET /v1/intents/{intent}                               .  .  .  .  x  x  x  x  x  x  x  x  -  -  -
POST /v1/intents/{intent}/signatures                   i  i  i  i  x  x  x  x  x  x  x  x  -  -  -
POST /v1/signatures                                    .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/statements                                    i  r  i  r  .  r  i  r  r  r  r  i  -  -  -
POST /v1/statement-lines/{line}/application            x  x  x  x  c  c  x  r  r  r  r  x  -  -  -
POST /v1/statement-lines/{line}/set-aside              x  x  x  x  .  .  x  r  r  r  r  x  -  -  -
POST /v1/reports                                       .  .  x  x  .  .  x  x  x  .  x  x  -  -  -
GET /v1/reports                                        .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/reports/{report}                               x  x  x  x  .  .  x  x  x  x  x  x  -  -  -
GET /v1/reports/{report}/file                          x  x  x  x  .  .  x  x  x  x  x  x  -  -  -
POST /v1/exports                                       .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
GET /v1/audit                                          r  r  r  r  r  r  r  r  r  .  .  r  -  -  -
POST /v1/audit/verification                            r  r  r  r  r  r  r  r  r  .  .  r  -  -  -
GET /v1/persons                                        .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
POST /v1/persons                                       r  r  r  r  r  r  r  r  r  r  .  r  -  -  -
GET /v1/persons/{person}                               r  r  r  r  r  r  r  r  r  r  x  r  -  -  -
POST /v1/persons/{person}/keys/{key}/revocation        i  r  r  r  r  r  r  r  r  r  i  r  -  -  -
POST /v1/persons/{person}/revocation                   r  r  r  r  r  r  r  r  r  r  i  r  -  -  -
POST /v1/keyring                                       r  r  r  r  r  r  r  r  r  r  c  r  -  -  -
POST /v1/demo/clock                                    r  r  r  r  r  r  r  r  r  r  .  r  -  -  -
POST /v1/intents/{intent}/withdrawal                   x  x  d  d  x  x  x  x  x  x  x  x  -  -  -
DELETE /v1/uploads/{upload}                            .  x  x  x  x  x  x  x  x  x  x  x  -  -  -
DELETE /v1/session                                     .  .  .  .  .  .  .  .  .  .  .  .  -  -  -
`

// last are the routes that take away what the others need.
func last() []string {
	return []string{
		"POST /v1/demo/clock", "POST /v1/intents/{intent}/withdrawal", "DELETE /v1/uploads/{upload}",
		"DELETE /v1/session",
	}
}

// marks reads the matrix.
func marks(t *testing.T) map[string][]string {
	t.Helper()
	table := map[string][]string{}
	for n, line := range strings.Split(strings.Trim(matrix, "\n"), "\n") {
		fields := strings.Fields(line)
		if n == 0 {
			continue // the names of the columns
		}
		if len(fields) != 2+len(columns()) {
			t.Fatalf("%s: %d columns, want %d", line, len(fields)-2, len(columns()))
		}
		table[fields[0]+" "+fields[1]] = fields[2:]
	}
	return table
}

// sent is what a request of the matrix carries; the body may be made anew each time.
type sent struct {
	body   any
	header http.Header
	query  string
}

// A file of two parts, of which the matrix sends the first.
const (
	matrixFile = 100 << 10
	matrixPart = 64 << 10
)

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
	case "i":
		return status == http.StatusUnprocessableEntity
	}
	return false
}

func (w *world) packingList() string {
	return `{"kind":"packing_list","fields":{"schema":"countersign-packing-list-1","number":"PL-7",` +
		`"issue_date":"` + w.set.Today.String() + `","seller":{"name":"Ningbo Lanqiao Castings Co., Ltd."},` +
		`"buyer":{"name":"Cangning Equipment Co., Ltd."},"lines":[{"name":"Pump housing","packages":"24"}]}}`
}

func TestEveryRouteIsInTheMatrix(t *testing.T) {
	table, routes := marks(t), routesOf(t, router(testServer(t, nil)))
	for _, route := range routes {
		if table[route] == nil {
			t.Errorf("%s: not in the matrix", route)
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
	a := asking{
		world: w, ids: w.objects(), tokens: w.everybody(), bodies: w.bodies(), hidden: map[string]string{},
	}
	table := marks(t)
	w.server.keys = watching{w.server.keys, t}
	ended := make(chan struct{})
	close(ended)
	w.server.ending = ended // a stream of events says how it begins and ends

	before := w.rows()
	projection, err := w.app.DigestProjection(t.Context())
	must(t, err)
	for route, row := range table {
		a.all(route, row, func(mark string) bool { return mark != "." && mark != "d" })
	}
	if after := w.rows(); after != before {
		t.Error("a refusal changed a row")
	}
	again, err := w.app.DigestProjection(t.Context())
	must(t, err)
	if again.Digest != projection.Digest {
		t.Errorf("a refusal changed the projection: %v, then %v", projection, again)
	}
	order := slices.DeleteFunc(
		slices.Sorted(maps.Keys(table)), func(r string) bool { return slices.Contains(last(), r) },
	)
	for _, route := range slices.Concat(order, last()) {
		a.all(route, table[route], func(mark string) bool { return mark == "." || mark == "d" })
	}
}

// asking sends requests of the matrix.
type asking struct {
	*world
	ids    map[string]string // by the name of the parameter
	tokens []string          // by column
	bodies map[string]sent   // by route
	hidden map[string]string // what is said of what is not there, by route
}

// all sends a route as everybody whose mark is wanted.
func (a *asking) all(route string, row []string, wanted func(mark string) bool) {
	a.t.Helper()
	for n, mark := range row {
		if !wanted(mark) {
			continue
		}
		got := a.ask(route, a.ids, a.tokens[n])
		if !statusOfCell(mark, got.Code) {
			a.t.Errorf("%s as %s: %d %s, want %s", route, columns()[n], got.Code, got.Body, mark)
		}
		if mark == "x" {
			a.sameAsMissing(route, got, a.tokens[n])
		}
	}
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// ask sends a route of the matrix about the objects of these ids.
func (a *asking) ask(route string, ids map[string]string, token string) *httptest.ResponseRecorder {
	a.t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	path := parameter.ReplaceAllStringFunc(pattern, func(p string) string { return ids[p] })
	body := a.bodies[route].body
	if anew, ok := body.(func() any); ok {
		body = anew()
	}
	return a.send(token, method, path+a.bodies[route].query, body, a.bodies[route].header)
}

var instance = regexp.MustCompile(`"instance":"[^"]*"`)

// sameAsMissing holds an answer to a stranger against that about an id that nobody has: they
// must not differ in anything but the id of the request.
func (a *asking) sameAsMissing(route string, got *httptest.ResponseRecorder, token string) {
	a.t.Helper()
	if !strings.Contains(route, "{") {
		return
	}
	if a.hidden[route] == "" {
		missing := map[string]string{}
		for _, p := range parameter.FindAllString(route, -1) {
			missing[p] = "nothing-of-this-name"
		}
		a.hidden[route] = instance.ReplaceAllString(a.ask(route, missing, token).Body.String(), "")
	}
	if said := instance.ReplaceAllString(got.Body.String(), ""); said != a.hidden[route] {
		a.t.Errorf("%s: a stranger is told %s, and of what is not there %s", route, said, a.hidden[route])
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
	var view api.View
	w.post(sellerMaker, "/v1/views", api.SaveView{Screen: "packs", Name: "Mine"}, http.StatusCreated, &view)
	w.post(bankMaker, "/v1/reports", api.MakeReport{Kind: "audit", Format: "csv"}, http.StatusCreated, &report)
	w.want(
		w.file(bankMaker, "/v1/statements", "s.xml", w.trade().Files["statement.camt053.xml"]),
		http.StatusCreated, &st,
	)
	var list api.PayableList
	w.want(w.file(obligorMaker, "/v1/payable-lists", "list.csv", []byte(oneRow)), http.StatusCreated, &list)
	w.want(w.send(
		w.token(bankMaker), "PUT", "/v1/programmes/"+string(w.programme)+"/pricing", w.priceRule(), nil,
	), http.StatusOK, nil)
	var upload api.Upload
	w.want(w.send(w.token(sellerMaker), "POST", "/v1/uploads", nil,
		tusAnnounced(decimal(matrixFile), "filename bWF0cml4")), http.StatusCreated, &upload)
	var asked api.PaperRequest
	w.post(sellerMaker, "/v1/packs/"+string(w.pack)+"/paper-requests", api.AskForPaper{
		Organisation: "ShibuMSP", Kind: parse.PackingList,
	}, http.StatusCreated, &asked)
	return map[string]string{
		"{request}": string(asked.ID),
		"{list}":    string(list.ID), "{upload}": string(upload.ID),
		"{pack}": string(w.pack), "{document}": string(w.papers["invoice.xml"]), "{programme}": string(w.programme),
		"{receivable}": string(w.receivable), "{financing}": string(w.financing), "{intent}": string(i.ID),
		"{line}": string(st.Lines[0].ID), "{statement}": string(st.ID),
		"{report}": string(report.ID), "{person}": "lanqiao-0",
		"{kind}": "invoice", "{view}": string(view.ID), "{session}": "ses-none", "{key}": "no-such-key",
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
