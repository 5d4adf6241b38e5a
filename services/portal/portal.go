// Package portal serves the built portal: a page with a fresh nonce per answer, and assets that
// never change under their names. It knows nothing of the API: the page speaks to that itself.
package portal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

const (
	page       = "index.html"
	mark       = "__NONCE__" // stands in the page where the nonce goes
	nonceBytes = 16
)

// Beside puts the portal beside the API on one origin: what the API describes goes to it, all
// else to the portal. A nil portal answers everything with the API.
func Beside(api http.Handler, portal *Portal) http.Handler {
	if portal == nil {
		return api
	}
	mux := http.NewServeMux()
	for _, prefix := range []string{"/v1/", "/healthz", "/readyz", "/metrics"} {
		mux.Handle(prefix, api)
	}
	mux.Handle("/", portal)
	return mux
}

// Portal is the handler. It answers GET and HEAD for everything that is not an asset with the
// page, whose own routes then say what is there.
type Portal struct {
	page   []byte
	assets map[string]asset // by path from the root, "/assets/index-1a2b.js"
	first  First
	random io.Reader
}

// First is what the page asks the API for before all else when somebody is signed in, which their
// cookie tells: named with the page, it is on its way beside the scripts and not after them.
type First struct {
	Cookie string   // its name; without it nothing is named
	Paths  []string // of the API
}

// asset is one file as it is sent.
type asset struct {
	media  string
	plain  []byte
	gzip   []byte // as the build laid it beside the file; nil where it did not
	brotli []byte // likewise
}

// ErrNotBuilt means that there is no page with a place for a nonce among the files.
var ErrNotBuilt = errors.New("portal is not built: run scripts/portal")

// New reads the built files once; random makes nonces and is crypto/rand when nil.
func New(built fs.FS, first First, random io.Reader) (*Portal, error) {
	if random == nil {
		random = rand.Reader
	}
	p := &Portal{assets: map[string]asset{}, first: first, random: random}
	if _, err := fs.Stat(built, page); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	err := fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		p.add(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the built portal: %w", err)
	}
	if !bytes.Contains(p.page, []byte(mark)) {
		return nil, ErrNotBuilt
	}
	return p, nil
}

// add takes a file of the build: the page, an asset, or an asset as the build packed it, which comes
// after it because files are walked over in the order of their names.
func (p *Portal) add(name string, content []byte) {
	if name == page {
		p.page = content
		return
	}
	of := "/" + strings.TrimSuffix(name, path.Ext(name))
	a, there := p.assets[of]
	switch ext := path.Ext(name); {
	case there && ext == ".br":
		a.brotli = content
	case there && ext == ".gz":
		a.gzip = content
	default:
		of, a = "/"+name, asset{media: mediaType(name), plain: content}
	}
	p.assets[of] = a
}

// mediaType goes by the name: the files are ours. Go's own table depends on the machine and
// does not know .mjs everywhere.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".wasm":
		return "application/wasm"
	default:
		if t := mime.TypeByExtension(path.Ext(name)); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// ServeHTTP answers with an asset or the page.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are taken here", http.StatusMethodNotAllowed)
		return
	}
	if a, ok := p.assets[r.URL.Path]; ok {
		a.serve(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "this file is of another release: load the page again", http.StatusNotFound)
		return
	}
	p.servePage(w, r)
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // the name has a digest in it
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", a.media)
	h.Set("Vary", "Accept-Encoding")
	content := a.plain
	switch {
	case a.brotli != nil && takes(r, "br"):
		h.Set("Content-Encoding", "br")
		content = a.brotli
	case a.gzip != nil && takes(r, "gzip"):
		h.Set("Content-Encoding", "gzip")
		content = a.gzip
	}
	send(w, r, content)
}

// takes tells whether the client names a coding among those it accepts, and not with the weight
// nought (RFC 9110, 12.5.3).
func takes(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		return !ok || strings.Trim(q, "0.") != ""
	}
	return false
}

func (p *Portal) servePage(w http.ResponseWriter, r *http.Request) {
	raw := make([]byte, nonceBytes)
	if _, err := io.ReadFull(p.random, raw); err != nil {
		http.Error(w, "no randomness for this page: try again", http.StatusServiceUnavailable)
		return
	}
	nonce := base64.RawStdEncoding.EncodeToString(raw)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentPolicy(nonce))
	if _, err := r.Cookie(p.first.Cookie); err == nil {
		for _, of := range p.first.Paths {
			h.Add("Link", "<"+of+">; rel=preload; as=fetch; crossorigin")
		}
	}
	send(w, r, bytes.ReplaceAll(p.page, []byte(mark), []byte(nonce)))
}

// contentPolicy lets the page run its own scripts, style itself and speak to its own origin;
// everything else is closed.
func contentPolicy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'nonce-" + nonce + "' 'self'",
		"style-src 'nonce-" + nonce + "' 'self'",
		"img-src 'self' data: blob:",
		"font-src 'self' data:",
		"connect-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

func send(w http.ResponseWriter, r *http.Request, content []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(content) // the client has gone
}
