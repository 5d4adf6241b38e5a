package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/demo"
)

// problem is a refusal as it travels (RFC 9457).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`

	media string // Content-Type
	retry string // Retry-After
}

// whole says what a problem document lacks; empty when it is whole.
func (p problem) whole() string {
	switch {
	case p.media != "application/problem+json":
		return "it is " + p.media
	case p.Type != "urn:countersign:problem:"+p.Code || !strings.Contains(p.Code, "."):
		return "its type is " + p.Type
	case p.Title == "" || p.Instance == "" || p.Status < 400:
		return "title, status or instance is missing"
	case len(strings.Fields(p.Detail)) < 2:
		return "its detail says nothing"
	case p.Status >= 500 && p.retry == "":
		return "it does not say when to try again"
	}
	return ""
}

// watcher keeps the last refusal that came through it.
type watcher struct {
	next http.RoundTripper
	mu   sync.Mutex
	last problem
}

// RoundTrip implements http.RoundTripper.
func (w *watcher) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(q)
	if err != nil || answer.StatusCode < http.StatusBadRequest {
		return answer, err
	}
	raw, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	p := problem{media: answer.Header.Get("Content-Type"), retry: answer.Header.Get("Retry-After")}
	_ = json.Unmarshal(raw, &p) // whole tells
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = p
	return answer, nil
}

func (w *watcher) problem() problem {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// A PDF of one empty page, as small as it gets.
const emptyPDF = "%PDF-1.4\n" +
	"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n" +
	"trailer<</Size 4/Root 1 0 R>>\nstartxref\n160\n%%EOF\n"

// refusal is a thing that must be refused.
type refusal struct {
	name   string
	status int
	code   string
	try    func(ctx context.Context) error
}

func TestBadInputOverHTTP(t *testing.T) {
	t.Parallel()
	w := &watcher{next: &http.Transport{MaxIdleConnsPerHost: 8}}
	h := open(t, program, newData(t), w)
	ctx := t.Context()
	c, err := h.claimed(ctx, "BAD", 1)
	if err != nil {
		t.Fatal(err)
	}
	seller, buyer := h.must(t, sellerMaker), h.must(t, buyerMaker)
	receivable := "/v1/receivables/" + string(c.receivable)
	intents, err := buyer.Act(ctx, receivable+"/confirmation", map[string]any{
		"amount": c.amount, "promise": trade.Acknowledgement, "waives_defences": false,
		"consents_to_split": false, "text": "We owe it.",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := buyer.Sign(ctx, intents...); err != nil {
		t.Fatal(err)
	}
	scan := h.scanned(t)
	before := state(t, h)
	for _, r := range append(h.badRequests(t, c, scan), h.badSignatures(t, intents[0])...) {
		err := r.try(ctx)
		p := w.problem()
		t.Logf("%-36s %d %-24s %s", r.name, p.Status, p.Code, p.Detail)
		if told, ok := demo.Refused(err); !ok || told.Status != r.status || told.Code != r.code {
			t.Errorf("%s: %v, %d %s is wanted", r.name, err, r.status, r.code)
			continue
		}
		if lacks := p.whole(); lacks != "" {
			t.Errorf("%s: the problem document is not whole: %s", r.name, lacks)
		}
	}
	if after := state(t, h); after != before {
		t.Errorf("what was refused left something: %s before, %s after", before, after)
	}
	t.Run("papers that no reader can read", func(t *testing.T) { unreadable(t, h, c) })
	t.Run("the same paper twice", func(t *testing.T) {
		p := papersOf(h.set, "BAD", 1)
		again, err := h.upload(ctx, hand("lanqiao", 1), c.pack, "again.xml", p.invoice)
		if err != nil {
			t.Fatal(err)
		}
		var had pack
		if err := seller.Get(ctx, "/v1/packs/"+c.pack, &had); err != nil {
			t.Fatal(err)
		}
		same := 0
		for _, d := range had.Papers {
			if d.ID == again.ID {
				same++
			}
		}
		t.Logf("the same bytes are document %s again, which the pack has %d times", again.ID, same)
		if same != 1 {
			t.Errorf("document %s is in the pack %d times", again.ID, same)
		}
	})
	// After all that the work goes on.
	if err := h.signed(ctx, intents, buyerChecker); err != nil {
		t.Error(err)
	}
	data := h.data
	h.stop(t)
	clean(t, data)
}

// state counts what requests could leave behind.
func state(t *testing.T, h *house) string {
	t.Helper()
	return strings.Join(psql(t, h.data, `SELECT (SELECT count(*) FROM packs), (SELECT count(*) FROM documents),
		(SELECT count(*) FROM intents), (SELECT count(*) FROM intent_signatures),
		(SELECT count(*) FROM ledger.transitions);`), "; ")
}

// badRequests are requests that are wrong in themselves, or come from the wrong person.
func (h *house) badRequests(t *testing.T, c claim, scan document) []refusal {
	t.Helper()
	seller, buyer := h.must(t, sellerMaker), h.must(t, buyerMaker)
	viewer, stranger := h.must(t, auditor), h.must(t, foreigner)
	papers, receivable := "/v1/packs/"+c.pack+"/documents", "/v1/receivables/"+string(c.receivable)
	amount := func(a string) map[string]string { return map[string]string{"amount": a, "currency": "CNY"} }
	post := func(s *demo.Session, path string, body any) func(context.Context) error {
		return func(ctx context.Context) error { return s.Post(ctx, path, body, nil) }
	}
	file := func(s *demo.Session, body []byte) func(context.Context) error {
		return func(ctx context.Context) error { return s.File(ctx, papers, "paper.xml", body, nil) }
	}
	return []refusal{
		{"an upload of 26 MiB", 413, "request.too_large", file(seller, make([]byte, 26<<20))},
		{"an empty upload", 422, "blob.empty", file(seller, nil)},
		{"an upload by a viewer", 403, "access.forbidden", file(viewer, []byte("x"))},
		{"an upload by a stranger", 404, "access.not_found", file(stranger, []byte("x"))},
		{"a stranger's look", 404, "access.not_found", func(ctx context.Context) error {
			return stranger.Get(ctx, receivable, nil)
		}},
		{"a look at what is not there", 404, "access.not_found", func(ctx context.Context) error {
			return seller.Get(ctx, "/v1/receivables/rcv-none", nil)
		}},
		{"a claim by the buyer", 403, "access.forbidden", post(buyer, "/v1/receivables",
			map[string]string{"pack": c.pack})},
		{"a claim twice", 409, "asset.exists", post(seller, "/v1/receivables",
			map[string]string{"pack": c.pack})},
		{"no JSON", 400, "request.malformed", func(ctx context.Context) error {
			return seller.Send(ctx, http.MethodPost, "/v1/packs", []byte(`{"title":`),
				http.Header{"Content-Type": {"application/json"}}, nil)
		}},
		{"an unknown member", 400, "request.malformed", post(seller, "/v1/receivables",
			map[string]string{"pack": c.pack, "state": "OPEN"})},
		{"another media type", 415, "request.media_type", func(ctx context.Context) error {
			return seller.Send(ctx, http.MethodPost, "/v1/packs", []byte("title: x"),
				http.Header{"Content-Type": {"application/yaml"}}, nil)
		}},
		{"a pack of strangers", 422, "pack.party", post(seller, "/v1/packs", map[string]any{
			"title": "x", "parties": []map[string]string{
				{"organisation": "BrandlhofMSP", "side": "seller"}, {"organisation": "CangningMSP", "side": "obligor"},
			},
		})},
		{"confirming more than the face", 422, "receivable.exceeds_face", post(buyer, receivable+"/confirmation",
			map[string]any{
				"amount": amount("99999999.00"), "promise": "acknowledgement", "waives_defences": false,
				"consents_to_split": false, "text": "x",
			})},
		{"disputing more than is free", 409, "receivable.balance", post(buyer, receivable+"/dispute",
			map[string]any{"amount": amount("99999999.00"), "reason": "x"})},
		{"a wrong password", 401, "auth.failed", func(ctx context.Context) error {
			_, err := demo.SignIn(ctx, h.client, h.address, sellerMaker, &demo.Person{Password: "guessed"})
			return err
		}},
		{"nobody", 401, "auth.required", func(ctx context.Context) error {
			return demo.Nobody(h.client, h.address).Get(ctx, "/v1/organisations", nil)
		}},
		{"an edit of an older version", 412, "edit.stale", h.typed(t, scan)},
	}
}

// scanned uploads a PDF and waits until it is known that a person must type its fields in.
// The paper is returned as it was before.
func (h *house) scanned(t *testing.T) document {
	t.Helper()
	p, err := h.openPack(t.Context(), sellerMaker, "A PDF")
	if err != nil {
		t.Fatal(err)
	}
	before, err := h.upload(t.Context(), sellerMaker, p, "scan.pdf", []byte(emptyPDF))
	if err != nil {
		t.Fatal(err)
	}
	d := before
	if err := h.read(t.Context(), h.must(t, sellerMaker), &d); err != nil {
		t.Fatal(err)
	}
	if d.State != "needs_fields" || d.Edit == before.Edit {
		t.Fatalf("the PDF is %s, edit %d: %v", d.State, d.Edit, d.Findings)
	}
	return before
}

// typed types in fields of a paper as somebody saw it.
func (h *house) typed(t *testing.T, d document) func(context.Context) error {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"kind": "packing_list", "fields": json.RawMessage(h.set.Trades[1].Files["packing-list.json"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := h.must(t, sellerMaker)
	return func(ctx context.Context) error {
		return s.Send(ctx, http.MethodPut, "/v1/documents/"+d.ID+"/fields", body, http.Header{
			"Content-Type": {"application/json"}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(d.Edit))},
		}, nil)
	}
}

// read waits until a paper is read.
func (h *house) read(ctx context.Context, s *demo.Session, d *document) error {
	return eventually(ctx, func() (bool, error) {
		err := s.Get(ctx, "/v1/documents/"+d.ID, d)
		return d.State != "received", err
	})
}

// badSignatures are signatures by the wrong person; the buyer's maker signed the intent, its
// checker has not.
func (h *house) badSignatures(t *testing.T, i demo.Intent) []refusal {
	t.Helper()
	sign := func(s *demo.Session) func(context.Context) error {
		return func(ctx context.Context) error { return s.Sign(ctx, i) }
	}
	seller := h.must(t, sellerMaker)
	checker, other := *h.people.ByEmail[buyerChecker], h.people.ByEmail[buyerMaker]
	checker.Key = other.Key
	forged, err := demo.SignIn(t.Context(), h.client, h.address, buyerChecker, &checker)
	if err != nil {
		t.Fatal(err)
	}
	return []refusal{
		{"approving what one has made", 409, "signature.same_person", sign(h.must(t, buyerMaker))},
		{"a signature with another's key", 422, "signature.invalid", sign(forged)},
		{"a second maker's approval", 403, "intent.no_duty", sign(h.must(t, hand("cangning", 1)))},
		{"a stranger's signature", 404, "access.not_found", sign(h.must(t, foreigner))},
		{"the seller's signature", 404, "access.not_found", sign(h.must(t, sellerMaker))},
		{"withdrawing another's intent", 404, "access.not_found", func(ctx context.Context) error {
			return seller.Send(ctx, http.MethodPost, "/v1/intents/"+string(i.ID)+"/withdrawal",
				nil, http.Header{}, nil)
		}},
	}
}

// unreadable uploads papers that are kept, and told to be unreadable with a code and a
// sentence.
func unreadable(t *testing.T, h *house, c claim) {
	const ubl = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">`
	s := h.must(t, sellerMaker)
	for name, r := range map[string]struct{ text, rule string }{
		"an unknown type": {"MZ\x90\x00 this is a program", "document.unsupported"},
		"unknown XML":     {"<note>hello</note>", "document.unsupported"},
		"broken XML":      {ubl + "<ID>1</Invoice>", "document.malformed"},
		"a DTD": {
			`<!DOCTYPE Invoice SYSTEM "http://example.com/x.dtd">` + ubl + "</Invoice>", "document.dtd",
		},
		"an entity": {
			`<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>` + ubl + "&x;</Invoice>", "document.dtd",
		},
		"an entity that nobody declared": {ubl + "&x;</Invoice>", "document.malformed"},
		"depth": {
			ubl + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + "</Invoice>", "document.depth",
		},
	} {
		d, err := h.upload(t.Context(), sellerMaker, c.pack, "paper.bin", []byte(r.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := h.read(t.Context(), s, &d); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%-32s %s %v", name, d.State, d.Findings)
		if d.State != "unreadable" || len(d.Findings) == 0 || d.Findings[0].Rule != r.rule ||
			len(strings.Fields(d.Findings[0].Message)) < 4 {
			t.Errorf("%s: %s %v, %s is wanted", name, d.State, d.Findings, r.rule)
		}
		var original []byte
		err = s.Get(t.Context(), "/v1/documents/"+d.ID+"/original", &original)
		if err != nil || string(original) != r.text {
			t.Errorf("%s: its bytes are not given back: %v", name, err)
		}
	}
}

// TestNodeOutlivesItsDatabase ends the private PostgreSQL in three ways. Meanwhile the node
// answers 503 and says when to try again; afterwards it goes on, and nothing is lost.
func TestNodeOutlivesItsDatabase(t *testing.T) {
	t.Parallel()
	w := &watcher{next: &http.Transport{MaxIdleConnsPerHost: 8}}
	h := open(t, program, newData(t), w)
	ctx := t.Context()
	s := h.must(t, sellerMaker)
	kept := []string{}
	keep := func() {
		t.Helper()
		// A killed server's children may still answer one more read: only a write that is
		// accepted shows that it is back. Until then the client tries again, as it is told.
		if err := eventually(ctx, func() (bool, error) {
			id, err := h.openPack(ctx, sellerMaker, "Kept")
			if p, refused := demo.Refused(err); refused && p.Status == http.StatusServiceUnavailable {
				return false, nil
			}
			kept = append(kept, id)
			return true, err
		}); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	for _, way := range []struct {
		name string
		end  func() (back func())
	}{
		{"stopped", func() func() { return h.signalDatabase(t, syscall.SIGINT) }},
		{"killed", func() func() { return h.signalDatabase(t, syscall.SIGKILL) }},
		{"frozen", func() func() { return h.freezeDatabase(t) }},
	} {
		back := way.end()
		away, come := 0, false
		err := eventually(ctx, func() (bool, error) {
			err := s.Get(ctx, "/v1/packs", nil)
			p, refused := demo.Refused(err)
			if !refused {
				return come || way.name != "frozen", err
			}
			away++
			told := w.problem()
			if p.Status != http.StatusServiceUnavailable || p.Code != "service.unavailable" || told.whole() != "" {
				t.Errorf("%s: %v; %s", way.name, err, told.whole())
			}
			if !come {
				come = true
				back()
			}
			return false, nil
		})
		if err != nil {
			t.Fatalf("%s: %v", way.name, err)
		}
		t.Logf("PostgreSQL %s: %d requests were answered 503, then it went on", way.name, away)
		keep()
		h.databaseAnswers(t)
	}
	for _, id := range kept {
		if err := s.Get(ctx, "/v1/packs/"+id, nil); err != nil {
			t.Errorf("pack %s: %v", id, err)
		}
	}
	data := h.data
	h.stop(t)
	clean(t, data)
}

// databaseAnswers waits until whoever connects anew is answered. A killed server's children may
// take even a write on the connections that they have.
func (h *house) databaseAnswers(t *testing.T) {
	t.Helper()
	if err := eventually(t.Context(), func() (bool, error) {
		_, err := ask(t, h.data, "SELECT 1;")
		return err == nil, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// signalDatabase ends the server with a signal; the program brings it back itself.
func (h *house) signalDatabase(t *testing.T, s syscall.Signal) func() {
	t.Helper()
	if err := syscall.Kill(postmaster(t, h.data), s); err != nil {
		t.Fatal(err)
	}
	return func() {}
}

// freezeDatabase stops the server's first process and ends all connections, so that every
// request waits for a new one. The returned function lets it go on.
func (h *house) freezeDatabase(t *testing.T) func() {
	t.Helper()
	pid := postmaster(t, h.data)
	psql(t, h.data, fmt.Sprintf("\\! kill -STOP %d\n", pid)+
		"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "+
		"WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();")
	var once sync.Once
	back := func() { once.Do(func() { _ = syscall.Kill(pid, syscall.SIGCONT) }) }
	t.Cleanup(back)
	return back
}
