package verify_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/portal/verify"
)

// known is the digest that the API of these tests knows.
var known = "sha-256:" + strings.Repeat("ab", 32)

// api answers as the API does, and remembers what it was asked.
type api struct {
	t      *testing.T
	asked  []*http.Request
	status int
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asked = append(a.asked, r)
	if a.status != 0 {
		w.WriteHeader(a.status)
		return
	}
	answer := map[string]any{"registered": false}
	if r.URL.Query().Get("digest") == known {
		answer = map[string]any{
			"registered": true, "kind": "invoice", "organisation": "Lanqiao <Castings>",
			"organisation_local": "蓝桥", "since": "2026-11-21",
			"superseded": r.URL.Query().Get("code") == "OLD",
		}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		a.t.Error(err)
	}
}

func get(t *testing.T, a *api, target string, header http.Header) (*http.Response, string) {
	t.Helper()
	a.t = t
	p, err := verify.New(a, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.RemoteAddr = "192.0.2.7:1234"
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

var outcome = regexp.MustCompile(`data-outcome="(\w+)"`)

func TestThePageTellsWhatTheAPITells(t *testing.T) {
	for query, want := range map[string]string{
		"digest=" + known: "known",
		"digest=" + strings.ToUpper(strings.TrimPrefix(known, "sha-256:")): "known",
		"digest=sha256:+" + strings.Repeat("ab+", 32):                      "known",
		"digest=" + known + "&code=OLD":                                    "superseded",
		"digest=sha-256:" + strings.Repeat("cd", 32):                       "unknown",
		"digest=hello":                        "malformed",
		"digest=%00%ff":                       "malformed",
		"digest=" + strings.Repeat("a", 5000): "malformed",
	} {
		a := &api{}
		r, body := get(t, a, "/verify?"+query, nil)
		found := outcome.FindStringSubmatch(body)
		if r.StatusCode != http.StatusOK || len(found) == 0 || found[1] != want {
			t.Errorf("%.80s: %d %v, want %s", query, r.StatusCode, found, want)
		}
		for _, asked := range a.asked {
			if asked.RemoteAddr != "192.0.2.7:1234" {
				t.Errorf("the API was asked from %q: its limit would count somebody else", asked.RemoteAddr)
			}
		}
	}
	if _, body := get(t, &api{}, "/verify", nil); outcome.MatchString(body) {
		t.Error("an answer to nothing")
	}
}

func TestThePageSaysWhenThereIsNoAnswer(t *testing.T) {
	for status, want := range map[int]struct {
		status  int
		outcome string
	}{
		http.StatusTooManyRequests:     {http.StatusTooManyRequests, "busy"},
		http.StatusServiceUnavailable:  {http.StatusServiceUnavailable, "away"},
		http.StatusInternalServerError: {http.StatusServiceUnavailable, "away"},
	} {
		r, body := get(t, &api{status: status}, "/verify?digest="+known, nil)
		if found := outcome.FindStringSubmatch(body); r.StatusCode != want.status || found[1] != want.outcome {
			t.Errorf("the API says %d: the page says %d %v", status, r.StatusCode, found)
		}
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	for accepted, language := range map[string]string{
		"": "en", "zh-CN,zh;q=0.9": "zh-CN", "de, zh;q=0.5, en;q=0.3": "zh-CN", "fr": "en", "EN-gb": "en",
	} {
		_, body := get(t, &api{}, "/verify?digest="+known, http.Header{"Accept-Language": {accepted}})
		if !strings.Contains(body, `<html lang="`+language+`">`) {
			t.Errorf("%q: not in %s", accepted, language)
		}
		if strings.Contains(body, "蓝桥") != (language == "zh-CN") || strings.Contains(body, "<Castings>") {
			t.Errorf("%q: the organisation's name is told wrongly", accepted)
		}
	}
	_, body := get(t, &api{}, "/verify?lang=zh-CN&digest="+known, nil)
	if !strings.Contains(body, `lang=en`) || !regexp.MustCompile(`digest=sha-256%3[aA]abab`).MatchString(body) {
		t.Error("the way to the other language loses the answer")
	}
	if strings.Contains(body, "<no value>") {
		t.Error("a word is missing")
	}
}

func TestThePageRunsNothingButItsOwn(t *testing.T) {
	r, body := get(t, &api{}, "/verify?digest=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&code=%3Cb%3E", nil)
	policy := r.Header.Get("Content-Security-Policy")
	nonce := regexp.MustCompile(`nonce="([^"]{20,})"`).FindStringSubmatch(body)
	if len(nonce) == 0 || !strings.Contains(policy, "script-src 'nonce-"+nonce[1]+"'") {
		t.Fatalf("policy %q, nonce %v", policy, nonce)
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval", "'self' data"} {
		if strings.Contains(policy, bad) {
			t.Errorf("policy has %s", bad)
		}
	}
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>") {
		t.Error("what was typed is on the page as it was typed")
	}
	if regexp.MustCompile(`(?i)<script[^>]*>[^<]|style="|\son\w+="`).MatchString(body) {
		t.Error("a script or style stands in the page itself")
	}
	total := len(body)
	for _, at := range regexp.MustCompile(`"(/verify/[^"]+)"`).FindAllStringSubmatch(body, -1) {
		r, content := get(t, &api{}, at[1], nil)
		if r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d", at[1], r.StatusCode)
		}
		total += len(content)
	}
	if total > 50_000 {
		t.Errorf("page, style and script are %d bytes", total)
	}
	if r, _ := get(t, &api{}, "/verify/other.js", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("an asset that is not there: %d", r.StatusCode)
	}
}
