package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// stopped is a clock that a test moves.
type stopped struct {
	mu sync.Mutex
	at time.Time
}

func newStopped() *stopped {
	return &stopped{at: time.Date(2027, time.March, 1, 10, 0, 0, 0, time.UTC)}
}

func (c *stopped) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stopped) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// memory is requestKeys in a map, as long as nothing expires.
type memory struct {
	mu      sync.Mutex
	taken   map[string]trade.Digest
	answers map[string]app.StoredAnswer
}

func newMemory() *memory {
	return &memory{taken: map[string]trade.Digest{}, answers: map[string]app.StoredAnswer{}}
}

func (m *memory) BeginRequest(
	_ context.Context, actor app.Actor, key string, digest trade.Digest,
) (app.RequestKey, *app.StoredAnswer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := app.RequestKey{User: actor.User, Key: key, Digest: digest}
	id := string(actor.User) + "/" + key
	before, known := m.taken[id]
	a, answered := m.answers[id]
	switch {
	case known && before != digest:
		return k, nil, fault(app.CodeKeyReused, "", "used for another request")
	case answered:
		return k, &a, nil
	case known:
		return k, nil, fault(app.CodeInProgress, "", "still runs")
	}
	m.taken[id] = digest
	return k, nil, nil
}

func (m *memory) FinishRequest(_ context.Context, k app.RequestKey, a app.StoredAnswer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers[string(k.User)+"/"+k.Key] = a
	return nil
}

func (m *memory) ForgetRequest(_ context.Context, k app.RequestKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.taken, string(k.User)+"/"+k.Key)
	return nil
}

// testServer is a server without an application, for what does not reach one.
func testServer(t testing.TB, keys requestKeys) *server {
	t.Helper()
	s, err := newServer(Config{Wall: newStopped(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.keys = keys
	return s
}

// failing is a handler that answers with an error.
func (s *server) failing(err error) http.Handler {
	return s.observe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, err) }))
}

func request(t testing.TB, method, target string, body io.Reader) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, target, body)
}

func answerTo(t testing.TB, h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// problemOf reads an answer as a problem document.
func problemOf(t testing.TB, w *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("%d with content type %q: %s", w.Code, got, w.Body)
	}
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("reading the problem: %v", err)
	}
	return p
}
