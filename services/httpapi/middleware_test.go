package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/countersign/countersign/services/app"
)

// routesOf lists the routes that the router really has.
func routesOf(t *testing.T, mux *chi.Mux) []string {
	t.Helper()
	routes := []string{}
	err := chi.Walk(mux, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes = append(routes, method+" "+route)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(routes)
	return routes
}

// described lists the operations of schemas/openapi.yaml.
func described(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../schemas/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path, routes := "", []string{}
	address, operation := regexp.MustCompile(`^  (/\S*):$`), regexp.MustCompile(
		`^    (get|head|put|post|delete|patch):$`,
	)
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\n")
		if m := address.FindStringSubmatch(line); m != nil {
			path = m[1]
		}
		if m := operation.FindStringSubmatch(line); m != nil {
			routes = append(routes, strings.ToUpper(m[1])+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

func TestRoutesAreThoseThatAreDescribed(t *testing.T) {
	got, want := routesOf(t, router(testServer(t, nil))), described(t)
	if len(want) < 50 || !slices.Equal(got, want) {
		t.Errorf("router and description differ:\n%s\n\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPoliciesAreOfRoutesThatExist(t *testing.T) {
	routes := described(t)
	for route, p := range policies() {
		if !slices.Contains(routes, route) {
			t.Errorf("%s: no such route", route)
		}
		if p.timeout <= 0 || (p.takes != noBody && p.limit <= 0) {
			t.Errorf("%s: without a limit", route)
		}
	}
}

func TestOnlyOpenRoutesAnswerStrangers(t *testing.T) {
	mux := router(testServer(t, nil))
	for _, route := range described(t) {
		method, pattern, _ := strings.Cut(route, " ")
		if policyOf(method, pattern).open {
			continue
		}
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(pattern, "x-1")
		for _, r := range []*http.Request{
			request(t, method, path, nil), request(t, method, path+"?limit=zzz", strings.NewReader("{")),
		} {
			w := answerTo(t, mux, r)
			if w.Code != http.StatusUnauthorized || problemOf(t, w).Code != string(app.CodeNotSignedIn) {
				t.Errorf("%s: %d %s", route, w.Code, w.Body)
			}
			if w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no WWW-Authenticate", route)
			}
		}
	}
}

func TestUnknownAddressesAndMethodsAreProblems(t *testing.T) {
	mux := router(testServer(t, nil))
	for target, code := range map[string]string{
		"GET /": "access.not_found", "GET /v1/packs/a/b/c": "access.not_found", "GET /v2/packs": "access.not_found",
		"PATCH /v1/packs": "request.method", "PATCH /v1/statements": "request.method",
	} {
		method, path, _ := strings.Cut(target, " ")
		if got := problemOf(t, answerTo(t, mux, request(t, method, path, nil))).Code; got != code {
			t.Errorf("%s: %s, want %s", target, got, code)
		}
	}
}

func TestAnswersAreNotCachedSniffedFramedOrShared(t *testing.T) {
	w := answerTo(t, router(testServer(t, nil)), request(t, "GET", "/healthz", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d", w.Code)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "no-referrer", "Access-Control-Allow-Origin": "",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("a document could run something")
	}
	if !strings.HasPrefix(w.Header().Get("X-Request-Id"), "req-") {
		t.Error("no request id")
	}
}

func TestBrowsersOfOtherSitesAreRefused(t *testing.T) {
	mux := router(testServer(t, nil))
	for _, site := range []string{"cross-site", "same-site"} {
		r := request(t, "POST", "/v1/session", strings.NewReader("{}"))
		r.Header.Set("Sec-Fetch-Site", site)
		if w := answerTo(t, mux, r); w.Code != http.StatusForbidden ||
			problemOf(t, w).Code != string(CodeCrossOrigin) {
			t.Errorf("%s: %d %s", site, w.Code, w.Body)
		}
	}
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	var log bytes.Buffer
	s := testServer(t, nil)
	s.log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := request(
		t, "POST", "/v1/session?token=geheim", strings.NewReader(`{"email":"a@b.example","password":"geheim"`),
	)
	r.Header.Set("Authorization", "Bearer geheim")
	r.Header.Set("Cookie", SessionCookie+"=geheim")
	r.Header.Set("Content-Type", "application/json")
	answerTo(t, router(s), r)
	if !strings.Contains(log.String(), "request.malformed") || strings.Contains(log.String(), "geheim") ||
		strings.Contains(log.String(), "a@b.example") {
		t.Errorf("log: %s", log.String())
	}
}

func TestAPanicIsAProblemAndNothingMore(t *testing.T) {
	s := testServer(t, nil)
	h := s.observe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panicking(nil, w, r) }))
	w := answerTo(t, h, request(t, "GET", "/", nil))
	if p := problemOf(t, w); w.Code != http.StatusInternalServerError || p.Code != "internal" ||
		strings.Contains(w.Body.String(), "nil pointer") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestMoreRequestsThanPlacesAreTurnedAway(t *testing.T) {
	s := testServer(t, nil)
	s.places = make(chan struct{}, 1)
	entered, leave := make(chan struct{}), make(chan struct{})
	h := s.observe(s.guarded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-leave
	})))
	var first sync.WaitGroup
	first.Go(func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) })
	<-entered
	w := answerTo(t, h, request(t, "GET", "/", nil))
	close(leave)
	first.Wait()
	if p := problemOf(t, w); w.Code != http.StatusServiceUnavailable || p.Code != string(app.CodeUnavailable) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestSignInsAreCountedByAddressAndEMail(t *testing.T) {
	s := testServer(t, nil)
	s.byAddress = newLimiter(s.wall, 1, maxKeys)
	s.byAddress.take("192.0.2.1") // where httptest's requests come from
	r := request(t, "POST", "/v1/session", strings.NewReader(`{"email":"a@b.example","password":"x"}`))
	r.Header.Set("Content-Type", "application/json")
	w := answerTo(t, router(s), r)
	if p := problemOf(t, w); w.Code != http.StatusTooManyRequests || p.Code != string(app.CodeTooMany) ||
		w.Header().Get("Retry-After") == "" {
		t.Errorf("by address: %d %s", w.Code, w.Body)
	}
	s = testServer(t, nil)
	s.byEmail = newLimiter(s.wall, 1, maxKeys)
	s.byEmail.take("a@b.example")
	r = request(t, "POST", "/v1/session", strings.NewReader(`{"email":" A@b.example","password":"x"}`))
	r.Header.Set("Content-Type", "application/json")
	if w = answerTo(t, router(s), r); w.Code != http.StatusTooManyRequests {
		t.Errorf("by e-mail: %d %s", w.Code, w.Body)
	}
}

func TestSignInTakesJSONOnly(t *testing.T) {
	for _, media := range []string{
		"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "///",
	} {
		r := request(t, "POST", "/v1/session", strings.NewReader(`{"email":"a@b.example","password":"x"}`))
		r.Header.Set("Content-Type", media)
		if w := answerTo(t, router(testServer(t, nil)), r); w.Code != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d", media, w.Code)
		}
	}
}

func TestABodyAtItsLimitIsTakenAndOneByteMoreIsNot(t *testing.T) {
	for _, limit := range []int64{10, inMemory, inMemory + 10} {
		for _, more := range []int64{0, 1} {
			sent := bytes.Repeat([]byte("x"), int(limit+more))
			b, err := readBody(httptest.NewRecorder(), request(t, "POST", "/", bytes.NewReader(sent)), limit)
			if more == 1 {
				if code, _ := codeOf(t, err); code != CodeTooLarge {
					t.Errorf("%d bytes at limit %d: %v", limit+more, limit, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%d bytes at limit %d: %v", limit, limit, err)
				continue
			}
			for range 2 { // it can be read again
				from, err := b.reader()
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(from)
				if err != nil || !bytes.Equal(got, sent) {
					t.Errorf("%d bytes came back as %d, %v", limit, len(got), err)
				}
			}
			if sum := sha256.Sum256(sent); hex.EncodeToString(b.digest()) != hex.EncodeToString(sum[:]) {
				t.Error("another digest")
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestABodyThatBreaksOffHasNoEffect(t *testing.T) {
	r := request(t, "POST", "/", io.MultiReader(strings.NewReader("half"), broken{}))
	if _, err := readBody(httptest.NewRecorder(), r, maxJSON); err == nil {
		t.Fatal("it was taken")
	} else if code, _ := codeOf(t, err); code != CodeMalformed {
		t.Errorf("%v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// panicking calls a handler that is not there.
func panicking(none http.Handler, w http.ResponseWriter, r *http.Request) { none.ServeHTTP(w, r) }

// keyed sends a request with an Idempotency-Key to a handler behind once.
func keyed(t testing.TB, s *server, key, body string, handler http.HandlerFunc) *httptest.ResponseRecorder {
	t.Helper()
	h := s.observe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		callOf(r).actor.User = "u-1"
		b, err := readBody(w, r, maxJSON)
		if err != nil {
			t.Error(err)
			return
		}
		s.once(w, r, requestDigest(r, b), handler)
	}))
	r := request(t, "POST", "/v1/packs", strings.NewReader(body))
	r.Header.Set("Idempotency-Key", key)
	return answerTo(t, h, r)
}

func TestARepeatAnswersWhatTheFirstAnswered(t *testing.T) {
	s, ran := testServer(t, newMemory()), 0
	handler := func(w http.ResponseWriter, r *http.Request) {
		ran++
		s.reply(w, r, http.StatusCreated, map[string]int{"ran": ran})
	}
	first := keyed(t, s, "key-0001", "{}", handler)
	again := keyed(t, s, "key-0001", "{}", handler)
	if ran != 1 || first.Code != again.Code || first.Body.String() != again.Body.String() ||
		first.Header().Get("Content-Type") != again.Header().Get("Content-Type") {
		t.Errorf("ran %d times: %d %s, then %d %s", ran, first.Code, first.Body, again.Code, again.Body)
	}
	if again.Header().Get("Idempotency-Replayed") != "true" {
		t.Error("the repeat does not say so")
	}
	other := problemOf(t, keyed(t, s, "key-0001", `{"a":1}`, handler))
	if other.Code != string(app.CodeKeyReused) {
		t.Errorf("another body: %s", other.Code)
	}
	if keyed(t, s, "key-0002", "{}", handler); ran != 2 {
		t.Error("another key did not run")
	}
}

func TestAFailureGivesTheKeyBack(t *testing.T) {
	for name, failing := range map[string]http.HandlerFunc{
		"refused":  func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusConflict) },
		"failed":   func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"panicked": func(w http.ResponseWriter, r *http.Request) { panicking(nil, w, r) },
	} {
		s := testServer(t, newMemory())
		keyed(t, s, "key-0001", "{}", failing)
		ran := false
		keyed(
			t, s, "key-0001", "{}",
			func(w http.ResponseWriter, _ *http.Request) { ran = true; w.WriteHeader(http.StatusOK) },
		)
		if !ran {
			t.Errorf("%s: the key stays taken", name)
		}
	}
}

func TestTheSameKeyAtOnceRunsOnce(t *testing.T) {
	s := testServer(t, newMemory())
	var ran, ok atomic.Int64
	leave := make(chan struct{})
	let := sync.OnceFunc(func() { close(leave) })
	handler := func(w http.ResponseWriter, r *http.Request) {
		ran.Add(1)
		<-leave // until somebody was told to wait, which nobody waits for
		s.reply(w, r, http.StatusCreated, struct{}{})
	}
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			w := keyed(t, s, "key-0001", "{}", handler)
			if w.Code == http.StatusCreated {
				ok.Add(1)
				return
			}
			let()
			if p := problemOf(t, w); p.Code != string(app.CodeInProgress) || w.Header().Get("Retry-After") == "" {
				t.Errorf("%d: %s", n, w.Body)
			}
		})
	}
	all.Wait()
	if ran.Load() != 1 || ok.Load() < 1 {
		t.Errorf("ran %d times, %d answered", ran.Load(), ok.Load())
	}
}

func TestAKeyThatIsNoKeyIsRefused(t *testing.T) {
	for _, key := range []string{
		"", "short", strings.Repeat("x", 65), "with space", "ключ-ключ", "a\x00bcdefgh", "../../etc",
	} {
		r := request(t, "POST", "/v1/packs", nil)
		r.Header["Idempotency-Key"] = []string{key}
		if _, err := keyOf(r); err == nil {
			t.Errorf("%q is taken", key)
		}
	}
	r := request(t, "POST", "/v1/packs", nil)
	r.Header["Idempotency-Key"] = []string{"key-0001", "key-0002"}
	if _, err := keyOf(r); err == nil {
		t.Error("two keys are taken")
	}
}

func TestWaitingIsBounded(t *testing.T) {
	for prefer, want := range map[string]time.Duration{
		"wait=10": 10 * time.Second, "respond-async, wait=5": 5 * time.Second, "wait=9999": maxWait * time.Second,
		"Wait = 3": 3 * time.Second, "wait=-1": 0, "wait=": 0, "": 0, "wait=99999999999999999999": 0,
	} {
		r := request(t, "POST", "/", nil)
		r.Header.Set("Prefer", prefer)
		if got := waitOf(r); got != want {
			t.Errorf("%q: %s, want %s", prefer, got, want)
		}
	}
}

func FuzzIdempotencyKey(f *testing.F) {
	f.Add("key-0001", "{}", "key-0001", "{}")
	f.Add("key-0001", "{}", "key-0001", "{} ")
	f.Add("key-0001", "", "key-0002", "")
	f.Fuzz(func(t *testing.T, key, body, secondKey, second string) {
		s, ran := testServer(t, newMemory()), 0
		handler := func(w http.ResponseWriter, r *http.Request) {
			ran++
			s.reply(w, r, http.StatusCreated, ran)
		}
		one := keyed(t, s, key, body, handler)
		two := keyed(t, s, secondKey, second, handler)
		same := key == secondKey && body == second
		if one.Code == http.StatusCreated && same && (ran != 1 || two.Body.String() != one.Body.String()) {
			t.Fatalf("a repeat ran again: %d", ran)
		}
		if one.Code == http.StatusCreated && key == secondKey && !same &&
			two.Code != http.StatusUnprocessableEntity {
			t.Fatalf("the key was used for another body: %d", two.Code)
		}
	})
}
