package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/countersign/countersign/chaincode"
	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
	"github.com/countersign/countersign/services/embedded"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/httpapi/password"
	"github.com/countersign/countersign/services/jobs"
	"github.com/countersign/countersign/services/postgres"
	"github.com/countersign/countersign/services/postgres/postgrestest"
	"github.com/countersign/countersign/services/reading"
	"github.com/countersign/countersign/services/report"
)

func TestMain(m *testing.M) {
	code := postgrestest.Main(m)
	_ = os.RemoveAll(founded.ledger) // nobody to tell
	os.Exit(code)
}

// wall is the machine's clock: database, queue and ledger compare their times with it.
type wall struct{}

func (wall) Now() time.Time {
	return time.Now() //nolint:forbidigo // see above
}

// The people of the fixtures that the tests speak of.
const (
	sellerMaker    = "lin.yue@lanqiao.example"
	sellerChecker  = "shen.bo@lanqiao.example"
	obligorMaker   = "zhao.rui@cangning.example"
	obligorChecker = "gao.wen@cangning.example"
	bankMaker      = "hu.jiayi@yongjiangbank.example"
	bankChecker    = "ren.tao@yongjiangbank.example"
	rivalMaker     = "imogen.farrow@aldermoor.example"
	warehouse      = "ma.chen@shibu.example"
	carrier        = "luo.yan@haiping.example"
	auditor        = "harriet.quillon@quillonrowe.example"
	operator       = "owen.marsh@fennwick.example"
	operatorSecond = "leila.brandt@fennwick.example"
	stranger       = "katrin.obermoser@brandlhof.example"

	everybodysPassword = "correct horse battery staple"
	patience           = time.Minute
)

// renderer is shared: to load the fonts takes half a second under the race detector.
var renderer = sync.OnceValues(func() (*report.Renderer, error) { return report.New(report.Options{}) })

// world is a node with all of its real parts, and the people of the fixtures.
type world struct {
	t      testing.TB
	app    *app.App
	server *server
	hasher *password.Hasher
	mux    *chi.Mux
	set    *fixtures.Set
	people map[string]*tradetest.Person
	tokens map[string]string
	// rows tells a digest of every row of the database, expire ends a user's sessions.
	rows   func() string
	expire func(user app.UserID)
	// seed runs a statement of the database's own.
	seed func(sql string, args ...any)
	// forget lets the events of an organisation go, as time does.
	forget func(org trade.OrgID)
	store  app.Store

	pack       app.PackID
	papers     map[string]app.DocumentID // by file name
	programme  trade.AssetID
	receivable trade.AssetID
	financing  trade.AssetID
}

// founded is what a node keeps beside its database once the organisations of the fixtures are
// registered on it, and who signed in there. It is made once and only ever copied: to found a node
// takes a second under the race detector.
var founded struct {
	ledger string // a folder
	people map[string]*tradetest.Person
	tokens map[string]string
}

// found makes what others begin with.
func found(t testing.TB, pool *postgrestest.Pool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "countersign-founded-") //nolint:usetesting // it outlives the test
	must(t, err)
	founded.ledger = dir
	w, end := openWorld(t, pool, dir)
	w.found()
	end()
	founded.people, founded.tokens = w.people, w.tokens
}

// newWorld starts a node on which the organisations of the fixtures are registered; it ends with the
// test, which runs beside others from here on: most of its time it waits for blocks and jobs.
func newWorld(t testing.TB) *world {
	t.Helper()
	if test, ok := t.(*testing.T); ok {
		test.Parallel()
	}
	pool := postgrestest.NewFrom(t, "founded", func(pool *postgrestest.Pool) { found(t, pool) })
	ledger := filepath.Join(t.TempDir(), "ledger")
	must(t, os.CopyFS(ledger, os.DirFS(founded.ledger)))
	w, end := openWorld(t, pool, ledger)
	t.Cleanup(end)
	maps.Copy(w.people, founded.people)
	maps.Copy(w.tokens, founded.tokens)
	return w
}

// openWorld starts a node on a database and a ledger's folder, until end is called.
func openWorld(t testing.TB, pool *postgrestest.Pool, dir string) (w *world, end func()) {
	t.Helper()
	ctx := t.Context()
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	set, err := fixtures.Load(fixtures.Default(), money.DateOf(wall{}.Now().UTC()))
	must(t, err)
	orgs := []string{}
	for _, o := range set.Demo.Organisations {
		orgs = append(orgs, o.MSP)
	}
	slices.Sort(orgs)
	var ledger *embedded.Ledger
	now := func() time.Time { return ledger.Now() } // asked only once the ledger is open
	ledger, err = embedded.Open(ctx, embedded.Config{
		Dir: dir, Orgs: orgs, Channel: "trade", Clock: wall{}, Demo: true, Log: log,
		Chaincode: chaincode.New(now, log),
	})
	must(t, err)
	papers, err := blob.OpenURL(ctx, "file://"+t.TempDir(), t.TempDir())
	must(t, err)
	renderer, err := renderer()
	must(t, err)
	queue, err := jobs.NewQueue(pool, log)
	must(t, err)
	w = &world{
		t: t, set: set, people: map[string]*tradetest.Person{}, tokens: map[string]string{},
		papers: map[string]app.DocumentID{}, store: postgres.NewStore(pool, queue),
	}
	w.app = app.New(app.Config{
		Store: w.store, Ledger: ledger, Prover: ledger, Blobs: papers, Renderer: renderer,
		Reader: reading.Here{}, Clock: ledger, Wall: wall{}, Log: log, Channel: "trade", Release: "test",
		Keys:   map[int64][]byte{1: []byte("the first key of the consortium.")},
		Secret: []byte("a secret of this node, 32 bytes."), RelyingParty: tradetest.RelyingParty,
	})
	w.hasher, err = password.New(password.Cost{MemoryKiB: 64, Passes: 1}, rand.Reader) // not about passwords
	must(t, err)
	w.server, err = newServer(Config{
		App: w.app, Hasher: w.hasher, Clock: ledger, Wall: wall{}, Log: log,
		Limits: Limits{
			SignInsPerEmail: 1000, SignInsPerAddress: 1000, UploadsPerUser: 1000, VerifiesPerAddress: 1000,
		},
	})
	must(t, err)
	w.mux = router(w.server)
	w.rows = func() string {
		var digest string
		must(t, pool.QueryRow(context.Background(), everyRow).Scan(&digest))
		return digest
	}
	w.seed = func(sql string, args ...any) {
		_, err := pool.Exec(context.Background(), sql, args...)
		must(t, err)
	}
	w.behindTheScenes(func(query string, id any) { w.seed(query, id) })
	workers := jobs.NewWorkers(nil, log)
	must(t, doing(workers, w.app))
	runner, err := jobs.Start(ctx, pool, workers, jobs.Config{
		Node: "test", Concurrency: 4, Now: wall{}.Now, Logger: log,
	})
	must(t, err)
	listen := func(ctx context.Context) { postgres.Listen(ctx, pool, w.app.Heard, log) }
	end = w.follow(listen, runner, func() error { return errors.Join(ledger.Close(), papers.Close()) })
	return w, end
}

// behindTheScenes lets time pass in the database.
func (w *world) behindTheScenes(change func(query string, id any)) {
	w.forget = func(org trade.OrgID) { change("DELETE FROM events WHERE org_id = $1", org) }
	w.expire = func(user app.UserID) {
		change("UPDATE sessions SET created_at = created_at - interval '2 days', "+
			"expires_at = created_at - interval '1 day' WHERE user_id = $1", user)
	}
}

// follow projects the ledger until end is called, which closes all parts after it.
func (w *world) follow(listen func(context.Context), runner *jobs.Runner, closing func() error) (end func()) {
	following, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go listen(following)
	go func() {
		defer close(ended)
		if err := w.app.Follow(following); err != nil && following.Err() == nil {
			w.t.Errorf("following: %v", err)
		}
	}()
	return func() {
		if err := runner.Stop(context.Background()); err != nil {
			w.t.Errorf("stopping the jobs: %v", err)
		}
		stop()
		<-ended
		if err := closing(); err != nil {
			w.t.Errorf("closing: %v", err)
		}
	}
}

// doing has every job that the tests wait for done.
func doing(workers *jobs.Workers, a *app.App) error {
	return errors.Join(
		work[app.ParseJob](workers, a), work[app.RecordJob](workers, a), work[app.VerifyJob](workers, a),
		work[app.SubmitJob](workers, a), work[app.ReportJob](workers, a),
	)
}

func work[J app.Job](workers *jobs.Workers, a *app.App) error {
	return jobs.Handle(workers, time.Minute, func(ctx context.Context, j J) error { return a.Work(ctx, j) })
}

// everyRow digests all that the node keeps, but for sessions and attempts at them, keys of
// requests and the queue.
const everyRow = `
SELECT md5(string_agg(name || xpath_text, '' ORDER BY name)) FROM (
	SELECT table_name::text AS name,
		query_to_xml(format('SELECT count(*), md5(string_agg(t::text, '''' ORDER BY t::text)) FROM %I.%I t',
			table_schema, table_name), false, true, '')::text AS xpath_text
	FROM information_schema.tables
	WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'river%'
		AND table_name NOT LIKE 'goose%' AND table_name NOT IN ('sessions', 'idempotency_keys', 'sign_in_failures')
) AS tables`

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// found brings the organisations of the fixtures to the node; their admins register them.
func (w *world) found() {
	w.t.Helper()
	hash, err := w.hasher.Hash(w.t.Context(), everybodysPassword)
	must(w.t, err)
	setups := []app.Setup{}
	admins := map[trade.OrgID][]string{}
	for _, o := range w.set.Demo.Organisations {
		org := trade.OrgID(o.MSP)
		s := app.Setup{Organisation: app.Organisation{
			ID: org, Kind: trade.OrgKind(o.Kind), Name: o.Name, NameLocal: o.NameLocal,
			RegistrationID: o.RegistrationID,
			LEI:            o.LEI, VAT: o.VAT, Country: o.Country, CreatedAt: wall{}.Now().UTC(),
		}}
		for n, a := range o.Accounts {
			number := a.Number + a.IBAN
			s.Accounts = append(s.Accounts, app.Account{
				ID: o.ID + "-" + decimal(n), Org: org, Number: number, BIC: a.BIC, Holder: a.Holder, Currency: a.Currency,
			})
		}
		for n, p := range o.Persons {
			id := trade.PersonID(o.ID + "-" + decimal(n))
			roles := []trade.Role{}
			for _, r := range p.Roles {
				roles = append(roles, trade.Role(r))
			}
			person := tradetest.NewPerson(w.t, org, id, roles...)
			w.people[p.Email] = person
			if slices.Contains(roles, trade.Admin) {
				admins[org] = append(admins[org], p.Email)
			}
			s.Users = append(s.Users, app.User{
				ID: app.UserID("usr-" + id), Org: org, Person: id, Email: p.Email, Name: p.Name, Roles: roles,
				PasswordHash: hash, PublicKey: person.PublicKey(w.t).Public, CreatedAt: wall{}.Now().UTC(),
			})
		}
		setups = append(setups, s)
	}
	must(w.t, w.app.Bootstrap(w.t.Context(), setups))
	for _, s := range setups {
		pair := admins[s.Organisation.ID][:2]
		var waiting api.IntentPage
		w.get(pair[0], "/v1/intents", &waiting)
		w.sign(waiting.Items, pair...)
	}
}

// token signs a person in, once.
func (w *world) token(email string) string {
	w.t.Helper()
	if w.tokens[email] == "" {
		var s api.Session
		got := w.send("", "POST", "/v1/session", api.Credentials{Email: email, Password: everybodysPassword}, nil)
		if got.Code != http.StatusCreated {
			w.t.Fatalf("signing in as %s: %d %s", email, got.Code, got.Body)
		}
		must(w.t, json.Unmarshal(got.Body.Bytes(), &s))
		w.tokens[email] = s.Token
	}
	return w.tokens[email]
}

// send makes a request; body is bytes or something to encode. A write has a key of its own.
func (w *world) send(token, method, path string, body any, header http.Header) *httptest.ResponseRecorder {
	w.t.Helper()
	raw, isFile := body.([]byte)
	if body != nil && !isFile {
		var err error
		raw, err = json.Marshal(body)
		must(w.t, err)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", newKey(w.t))
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	out := httptest.NewRecorder()
	w.mux.ServeHTTP(out, r)
	return out
}

func newKey(t testing.TB) string {
	t.Helper()
	b := make([]byte, 16)
	_, err := io.ReadFull(rand.Reader, b)
	must(t, err)
	return hex.EncodeToString(b)
}

// get reads something as a person.
func (w *world) get(email, path string, into any) {
	w.t.Helper()
	w.want(w.send(w.token(email), "GET", path, nil, nil), http.StatusOK, into)
}

// post does something as a person and wants it done.
func (w *world) post(email, path string, body any, status int, into any) {
	w.t.Helper()
	w.want(w.send(w.token(email), "POST", path, body, nil), status, into)
}

func (w *world) want(got *httptest.ResponseRecorder, status int, into any) {
	w.t.Helper()
	if got.Code != status {
		w.t.Fatalf("%d, want %d: %s", got.Code, status, got.Body)
	}
	if into != nil {
		must(w.t, json.Unmarshal(got.Body.Bytes(), into))
	}
}

// refused does something as a person and wants a problem with a code.
func (w *world) refused(email, path string, body any, status int, code trade.Code) {
	w.t.Helper()
	w.problem(w.send(w.token(email), "POST", path, body, nil), status, code)
}

func (w *world) problem(got *httptest.ResponseRecorder, status int, code trade.Code) api.Problem {
	w.t.Helper()
	p := problemOf(w.t, got)
	if got.Code != status || p.Code != string(code) || p.Detail == "" || p.Action == "" {
		w.t.Errorf("%d %s (%s), want %d %s", got.Code, p.Code, p.Detail, status, code)
	}
	return p
}

// file uploads a paper as a person.
func (w *world) file(email, path, name string, body []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.send(w.token(email), "POST", path, body, http.Header{
		"Content-Type":        {"application/octet-stream"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
	})
}

// sign has people sign intents one after another with one gesture each, and waits for the
// outcome: every intent is committed.
func (w *world) sign(intents []api.Intent, emails ...string) {
	w.t.Helper()
	ids, digests := []trade.CommandID{}, []trade.Digest{}
	for _, i := range intents {
		ids, digests = append(ids, i.ID), append(digests, i.Digest)
	}
	var got api.BatchOutcome
	for _, email := range emails {
		s := w.people[email].Sign(w.t, digests...)
		body := api.SignBatch{Intents: ids, Signature: api.Signature{Batch: s.Batch, Value: s.Value}}
		answer := w.send(w.token(email), "POST", "/v1/signatures", body, http.Header{"Prefer": {"wait=30"}})
		w.want(answer, http.StatusOK, &got)
		for _, o := range got.Outcomes {
			if o.Problem.Code != "" {
				w.t.Fatalf("%s signs %s: %s: %s", email, o.Intent, o.Problem.Code, o.Problem.Detail)
			}
		}
	}
	for _, o := range got.Outcomes {
		if o.Signed.State != app.IntentCommitted {
			w.t.Fatalf("%s is %s: %s %s", o.Signed.Act, o.Signed.State, o.Signed.Fault.Code, o.Signed.Fault.Message)
		}
	}
}

// act prepares an act and has it signed and committed.
func (w *world) act(path string, body any, emails ...string) {
	w.t.Helper()
	var i api.Intent
	w.post(emails[0], path, body, http.StatusCreated, &i)
	w.sign([]api.Intent{i}, emails...)
}

// eventually waits until something is so.
func (w *world) eventually(what string, so func() bool) {
	w.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-end.C:
			w.t.Fatalf("in vain: %s", what)
		case <-look.C:
		}
	}
}
