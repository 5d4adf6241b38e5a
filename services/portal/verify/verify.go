// Package verify renders the public page /verify: is a file registered here, unchanged. The file
// is hashed in the browser and stays there; the page is told only its digest. It works without
// scripts as a form for the digest, in English and Chinese, and needs nothing of the portal's build.
//
// What may be told is not decided here: the page asks the API's own route, in process, so that the
// same limits count.
package verify

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Path is where the page stands.
const Path = "/verify"

const (
	nonceBytes = 16
	maxDigest  = 200 // bytes that are looked at of what was typed
	maxCode    = 40
)

//go:embed page
var files embed.FS

// Page is the handler of the page and of its two assets.
type Page struct {
	api    http.Handler
	pages  *template.Template
	assets map[string]asset // by path
	names  map[string]string
	words  map[string]map[string]string // by language
	random io.Reader
}

type asset struct {
	media   string
	content []byte
}

// New reads the page's parts. The API answers what may be told; random makes nonces and is
// crypto/rand when nil.
func New(api http.Handler, random io.Reader) (*Page, error) {
	if random == nil {
		random = rand.Reader
	}
	p := &Page{
		api: api, random: random, assets: map[string]asset{}, names: map[string]string{},
		words: map[string]map[string]string{},
	}
	for name, media := range map[string]string{
		"verify.css": "text/css; charset=utf-8", "verify.js": "text/javascript; charset=utf-8",
	} {
		content, err := files.ReadFile("page/" + name)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		sum := sha256.Sum256(content)
		base, ext, _ := strings.Cut(name, ".")
		at := Path + "/" + base + "-" + hex.EncodeToString(sum[:6]) + "." + ext
		p.assets[at], p.names[name] = asset{media, content}, at
	}
	for _, language := range languages() {
		raw, err := files.ReadFile("page/" + language + ".json")
		if err != nil {
			return nil, fmt.Errorf("page in %s: %w", language, err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(raw, &words); err != nil {
			return nil, fmt.Errorf("page in %s: %w", language, err)
		}
		p.words[language] = words
	}
	var err error
	p.pages, err = template.ParseFS(files, "page/verify.html")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return p, nil
}

// languages are those that the page speaks, the first one to whom asks for none of them.
func languages() []string { return []string{"en", "zh-CN"} }

// ServeHTTP answers with an asset or the page.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header(), r)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are taken here", http.StatusMethodNotAllowed)
		return
	}
	if a, ok := p.assets[r.URL.Path]; ok {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // the name has a digest in it
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		w.Header().Set("Content-Type", a.media)
		send(w, r, http.StatusOK, a.content)
		return
	}
	if path.Clean(r.URL.Path) != Path {
		http.Error(w, "there is nothing at this address", http.StatusNotFound)
		return
	}
	p.serve(w, r)
}

func secure(h http.Header, r *http.Request) {
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// view is what the page shows.
type view struct {
	Nonce, Language, Other, OtherURL, Style, Script string
	T                                               map[string]string
	Digest, Code, Hash                              string
	Asked                                           bool // a digest was sent
	Outcome                                         string
	Answer                                          answer
	Kind, Owner                                     string
}

// The outcomes, each with its words.
const (
	outcomeKnown      = "known"
	outcomeSuperseded = "superseded"
	outcomeUnknown    = "unknown"
	outcomeMalformed  = "malformed"
	outcomeBusy       = "busy"
	outcomeAway       = "away"
)

// answer is what the API tells of a digest.
type answer struct {
	Registered        bool   `json:"registered"`
	Report            bool   `json:"report"`
	Kind              string `json:"kind"`
	Organisation      string `json:"organisation"`
	OrganisationLocal string `json:"organisation_local"`
	Since             string `json:"since"`
	Superseded        bool   `json:"superseded"`
}

func (p *Page) serve(w http.ResponseWriter, r *http.Request) {
	raw := make([]byte, nonceBytes)
	if _, err := io.ReadFull(p.random, raw); err != nil {
		http.Error(w, "no randomness for this page: try again", http.StatusServiceUnavailable)
		return
	}
	query := r.URL.Query()
	v := view{
		Nonce: base64.RawURLEncoding.EncodeToString(raw), Language: languageOf(r),
		Style: p.names["verify.css"], Script: p.names["verify.js"],
		Digest: cut(query.Get("digest"), maxDigest), Code: cut(query.Get("code"), maxCode),
	}
	v.Hash = v.Digest
	v.Other = languages()[0]
	if v.Language == v.Other {
		v.Other = languages()[1]
	}
	query.Set("lang", v.Other)
	v.OtherURL = Path + "?" + query.Encode()
	v.T = p.words[v.Language]
	status := http.StatusOK
	if v.Digest != "" {
		status = p.ask(r, &v)
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "60")
		}
	}
	var out bytes.Buffer
	if err := p.pages.Execute(&out, v); err != nil {
		http.Error(w, "the page cannot be shown: try again", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Language)
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", contentPolicy(v.Nonce))
	send(w, r, status, out.Bytes())
}

// contentPolicy lets the page run its one script, style itself and send its form to itself.
func contentPolicy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src 'nonce-" + nonce + "'", "style-src 'nonce-" + nonce + "'",
		"img-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
	}, "; ")
}

// ask puts the question to the API and says what the page answers with.
func (p *Page) ask(r *http.Request, v *view) int {
	v.Asked = true
	digest, ok := digestOf(v.Digest)
	if !ok {
		v.Outcome = outcomeMalformed
		return http.StatusOK
	}
	v.Digest, v.Hash = digest, strings.TrimPrefix(digest, "sha-256:")
	to := &url.URL{Path: "/v1/verify", RawQuery: url.Values{"digest": {digest}, "code": {v.Code}}.Encode()}
	question, err := http.NewRequestWithContext(r.Context(), http.MethodGet, to.String(), http.NoBody)
	if err != nil {
		v.Outcome = outcomeAway
		return http.StatusServiceUnavailable
	}
	question.RemoteAddr = r.RemoteAddr // who asks too much is stopped there
	said := &recorder{header: http.Header{}}
	p.api.ServeHTTP(said, question)
	switch {
	case said.status == http.StatusTooManyRequests:
		v.Outcome = outcomeBusy
	case said.status != http.StatusOK || json.Unmarshal(said.body.Bytes(), &v.Answer) != nil:
		v.Outcome = outcomeAway
		return http.StatusServiceUnavailable
	default:
		v.tell()
	}
	return said.status
}

// tell puts an answer into words.
func (v *view) tell() {
	switch {
	case !v.Answer.Registered:
		v.Outcome = outcomeUnknown
		return
	case v.Answer.Superseded:
		v.Outcome = outcomeSuperseded
	default:
		v.Outcome = outcomeKnown
	}
	v.Kind = v.T["kind_"+v.Answer.Kind]
	if v.Answer.Report {
		v.Kind = v.T["kind_report"]
	}
	v.Owner = v.Answer.Organisation
	if v.Language == "zh-CN" && v.Answer.OrganisationLocal != "" {
		v.Owner = v.Answer.OrganisationLocal
	}
}

// digestOf reads a SHA-256 digest as people paste it: with or without its algorithm, with spaces,
// in any case of letters.
func digestOf(text string) (string, bool) {
	hash := strings.ToLower(strings.Join(strings.Fields(text), ""))
	for _, prefix := range []string{"sha-256:", "sha256:"} {
		hash = strings.TrimPrefix(hash, prefix)
	}
	b, err := hex.DecodeString(hash)
	return "sha-256:" + hash, err == nil && len(b) == sha256.Size
}

// languageOf is the one that was chosen, or the first of the browser's that the page speaks.
func languageOf(r *http.Request) string {
	for _, language := range languages() {
		if r.URL.Query().Get("lang") == language {
			return language
		}
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		switch base, _, _ := strings.Cut(tag, "-"); base {
		case "zh":
			return "zh-CN"
		case "en":
			return "en"
		}
	}
	return languages()[0]
}

func cut(text string, limit int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "")
	}
	return text
}

// recorder keeps what the API says.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *recorder) Header() http.Header { return a.header }

func (a *recorder) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *recorder) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func send(w http.ResponseWriter, r *http.Request, status int, content []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(content) // the client has gone
}
