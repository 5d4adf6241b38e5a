package portal_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countersign/countersign/services/portal"
)

const script = "console.log('a script long enough that packing it saves bytes, a script long enough')"

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html": {Data: []byte(
			`<html><script type="module" src="/assets/a-1.mjs" nonce="__NONCE__"></script></html>`)},
		"assets/a-1.mjs":   {Data: []byte(strings.Repeat(script, 10))},
		"assets/b-1.js":    {Data: []byte(strings.Repeat(script, 10))},
		"assets/b-1.js.br": {Data: []byte("as the build packed it: br")},
		"assets/b-1.js.gz": {Data: []byte("as the build packed it: gzip")},
		"mark.svg":         {Data: []byte("<svg/>")},
	}
}

func serve(t *testing.T) http.Handler {
	t.Helper()
	p, err := portal.New(built(), portal.First{Cookie: "__Host-session", Paths: []string{"/v1/session"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	return portal.Beside(api, p)
}

func get(t *testing.T, h http.Handler, method, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var nonceInPage = regexp.MustCompile(`nonce="([A-Za-z0-9+/]{22})"`)

func TestEachPageHasItsOwnNonceAndAPolicyThatNamesIt(t *testing.T) {
	h := serve(t)
	seen := map[string]bool{}
	for range 5 {
		r := get(t, h, http.MethodGet, "/documents/doc-1", nil)
		found := nonceInPage.FindStringSubmatch(body(t, r))
		if len(found) == 0 {
			t.Fatal("no nonce in the page")
		}
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "'nonce-"+found[1]+"'") {
			t.Errorf("policy %q does not name the nonce of the page", policy)
		}
		for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "*"} {
			if strings.Contains(policy, unsafe) {
				t.Errorf("policy has %s", unsafe)
			}
		}
		if r.Header.Get("Cache-Control") != "no-store" {
			t.Error("a page with a nonce may be kept")
		}
		seen[found[1]] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d nonces for 5 pages", len(seen))
	}
}

func TestWhatIsAskedFirstIsNamedToWhoIsSignedIn(t *testing.T) {
	for cookie, want := range map[string]string{
		"":                             "",
		"theme=dark":                   "",
		"theme=dark; __Host-session=x": "</v1/session>; rel=preload; as=fetch; crossorigin",
	} {
		r := get(t, serve(t), http.MethodGet, "/documents", http.Header{"Cookie": {cookie}})
		if got := r.Header.Get("Link"); got != want {
			t.Errorf("cookie %q: Link %q, want %q", cookie, got, want)
		}
	}
}

func TestAssetsAreKeptForever(t *testing.T) {
	r := get(t, serve(t), http.MethodGet, "/assets/a-1.mjs", http.Header{"Accept-Encoding": {"gzip, br"}})
	if got := r.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("a module is sent as %q", got)
	}
	if !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
		t.Error("an asset under a digest's name may be kept forever")
	}
	if r.Header.Get("Content-Encoding") != "" || body(t, r) != strings.Repeat(script, 10) {
		t.Error("what the build did not pack is sent as it is")
	}
}

func TestWhatTheBuildPackedIsSentToWhoTakesIt(t *testing.T) {
	h := serve(t)
	for accepted, coding := range map[string]string{
		"gzip, deflate, br": "br", "br;q=0.5": "br", "gzip, br;q=0": "gzip", "br; q=0.0": "", "x-br": "", "": "",
	} {
		r := get(t, h, http.MethodGet, "/assets/b-1.js", http.Header{"Accept-Encoding": {accepted}})
		if got := r.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("%q: sent as %q, want %q", accepted, got, coding)
		}
		want := strings.Repeat(script, 10)
		if coding != "" {
			want = "as the build packed it: " + coding
		}
		if body(t, r) != want {
			t.Errorf("%q: the file of another coding was sent", accepted)
		}
	}
	for _, packed := range []string{"/assets/b-1.js.br", "/assets/b-1.js.gz"} {
		if r := get(t, h, http.MethodGet, packed, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s is an address of its own", packed)
		}
	}
}

func TestAnAssetOfAnotherReleaseIsNotThePage(t *testing.T) {
	if r := get(t, serve(t), http.MethodGet, "/assets/gone-2.js", nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestThePortalTakesNoWrites(t *testing.T) {
	r := get(t, serve(t), http.MethodPost, "/documents", nil)
	if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") == "" {
		t.Errorf("status %d, allow %q", r.StatusCode, r.Header.Get("Allow"))
	}
	if head := get(t, serve(t), http.MethodHead, "/", nil); body(t, head) != "" {
		t.Error("HEAD has a body")
	}
}

func TestTheAPIStaysWhereItIs(t *testing.T) {
	for _, path := range []string{"/v1/session", "/v1/no-such", "/healthz", "/readyz", "/metrics"} {
		if r := get(t, serve(t), http.MethodGet, path, nil); r.StatusCode != http.StatusTeapot {
			t.Errorf("%s: status %d, not the API's", path, r.StatusCode)
		}
	}
}

func TestAPortalThatWasNotBuiltSaysSo(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"nothing":  {},
		"no nonce": {"index.html": {Data: []byte("<html></html>")}},
	} {
		if _, err := portal.New(files, portal.First{}, nil); !errors.Is(err, portal.ErrNotBuilt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
