package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// TestATradeIsFoundAndTracedByWhoMaySeeIt asks for one trade by all that it is known by: those who
// may see it find it, and for strangers there is nothing.
func TestATradeIsFoundAndTracedByWhoMaySeeIt(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	t.Run("search", w.searched)
	t.Run("trace", w.tracedAndProved)
	t.Run("verify", w.askedInPublic)
}

// searchFor searches as a person and tells of which kinds there is something.
func (w *world) searchFor(email, text string) map[app.HitKind][]api.SearchHit {
	w.t.Helper()
	var got api.SearchResult
	w.get(email, "/v1/search?q="+url.QueryEscape(text), &got)
	kinds := map[app.HitKind][]api.SearchHit{}
	for _, g := range got.Groups {
		kinds[g.Kind] = g.Hits
	}
	return kinds
}

func (w *world) searched(t *testing.T) {
	w = w.in(t)
	var r api.Trace
	w.get(auditor, "/v1/receivables/"+string(w.receivable)+"/trace", &r)
	last := r.Events[len(r.Events)-1].Step
	number := r.Receivable.Number
	for text, kind := range map[string]app.HitKind{
		number: app.HitReceivable, strings.ToLower(number[1:]): app.HitReceivable,
		string(w.receivable): app.HitReceivable, string(w.receivable)[:10]: app.HitReceivable,
		string(w.financing): app.HitFinancing, string(w.pack): app.HitPack, "pump hous": app.HitPack,
		string(r.Papers[0].Digest): app.HitDocument, string(r.Papers[0].Digest)[8:20]: app.HitDocument,
		"invoice.xml": app.HitDocument, last.Transaction: app.HitTransaction,
		last.Transaction[:9]: app.HitTransaction, decimal(int64(last.Block)): app.HitTransaction,
		"蓝桥": app.HitParty, "lanqiao": app.HitReceivable,
	} {
		hits := w.searchFor(auditor, text)[kind]
		if len(hits) == 0 {
			t.Errorf("the auditor finds no %s by %q", kind, text)
			continue
		}
		if kind != app.HitParty && !slices.ContainsFunc(hits, func(h api.SearchHit) bool {
			return h.Receivable == w.receivable
		}) {
			t.Errorf("by %q the auditor finds %+v, nothing of which leads to the trace", text, hits)
		}
		for _, outsider := range []string{stranger, rivalMaker, operator} {
			found := w.searchFor(outsider, text)
			delete(found, app.HitParty)             // names of organisations are everybody's who is signed in
			if len(found[app.HitTransaction]) > 0 { // its own registration stands in some block
				found[app.HitTransaction] = slices.DeleteFunc(found[app.HitTransaction], func(h api.SearchHit) bool {
					return h.Receivable == "" && strings.HasPrefix(h.Title, "org.")
				})
			}
			for kind, hits := range found {
				if len(hits) > 0 {
					t.Errorf("%s finds a %s by %q: %+v", outsider, kind, text, hits)
				}
			}
		}
	}
	if hits := w.searchFor(bankMaker, number)[app.HitReceivable]; len(hits) > 0 {
		t.Errorf("a bank that was only asked finds the receivable: %+v", hits)
	}
	if hits := w.searchFor(obligorMaker, string(w.financing)); len(hits) > 0 {
		t.Errorf("the obligor finds the financing: %+v", hits)
	}
	if found := w.searchFor(auditor, `100%_\`); len(found) > 0 {
		t.Errorf("characters of patterns stand for others: %+v", found)
	}
	for _, text := range []string{"", "%20", strings.Repeat("x", app.MaxSearch+1), "a%00b"} {
		got := w.send(w.token(auditor), "GET", "/v1/search?q="+text, nil, nil)
		w.problem(got, http.StatusUnprocessableEntity, app.CodeInput)
	}
}

func (w *world) tracedAndProved(t *testing.T) {
	w = w.in(t)
	path := "/v1/receivables/" + string(w.receivable)
	var of api.Trace
	w.get(auditor, path+"/trace", &of)
	if len(of.Papers) != len(w.trade().Plan.Documents) || len(of.Financings) != 1 || len(of.Notes) == 0 {
		t.Fatalf("the trace has %d papers, %d financings and the notes %+v",
			len(of.Papers), len(of.Financings), of.Notes)
	}
	for _, p := range of.Papers {
		if !p.Shown || !p.Recorded || p.Digest == "" || p.CheckCode == "" {
			t.Errorf("of a paper the auditor is told %+v", p)
		}
	}
	acts := []trade.Act{}
	for _, e := range of.Events {
		acts = append(acts, e.Step.Act)
		if e.BlockHash == "" || e.Step.Transaction == "" || len(e.Step.Endorsers) == 0 {
			t.Errorf("a step without its proof: %+v", e)
		}
	}
	for _, act := range []trade.Act{
		trade.DocumentRecord, trade.ReceivableIssue, trade.ReceivableConfirm, trade.FinancingQuote,
	} {
		if !slices.Contains(acts, act) {
			t.Errorf("%s is not in the trace: %v", act, acts)
		}
	}
	// An auditor knows all who signed, anybody else their colleagues.
	for email, knows := range map[string]func(trade.OrgID) bool{
		auditor:      func(trade.OrgID) bool { return true },
		obligorMaker: func(org trade.OrgID) bool { return org == of.Receivable.Obligor },
	} {
		var told api.Trace
		w.get(email, path+"/trace", &told)
		for _, e := range told.Events {
			for _, s := range e.Step.Signers {
				if (s.Name != "") != knows(s.Organisation) {
					t.Errorf("%s is told that %q of %s signed", email, s.Name, s.Organisation)
				}
			}
		}
	}
	w.get(obligorMaker, path+"/trace", &of)
	if len(of.Financings) > 0 || slices.ContainsFunc(of.Events, func(e api.TraceEvent) bool {
		return e.Kind == trade.KindFinancing
	}) {
		t.Errorf("the obligor is told of a financing: %+v", of.Financings)
	}
	for _, who := range []string{auditor, obligorMaker} {
		var proof api.Proof
		w.want(w.send(w.token(who), "POST", path+"/proof", nil, nil), http.StatusOK, &proof)
		if proof.Outcome != app.Pass || proof.HeadHash == "" {
			t.Errorf("for %s the proof is %s", who, proof.Outcome)
		}
		for _, l := range proof.Lines {
			if l.Outcome != app.Pass {
				t.Errorf("%+v", l)
			}
		}
	}
}

func (w *world) askedInPublic(t *testing.T) {
	w = w.in(t)
	var of api.Trace
	w.get(sellerMaker, "/v1/receivables/"+string(w.receivable)+"/trace", &of)
	paper := of.Papers[slices.IndexFunc(of.Papers, func(p api.TracePaper) bool {
		return p.ID == w.papers["invoice.xml"]
	})]
	another := of.Papers[(slices.Index(of.Papers, paper)+1)%len(of.Papers)]
	ask := func(digest trade.Digest, code string) api.Registration {
		t.Helper()
		var got api.Registration
		w.want(w.send("", "GET", "/v1/verify?digest="+string(digest)+"&code="+url.QueryEscape(code), nil, nil),
			http.StatusOK, &got)
		return got
	}
	bytes := w.trade().Files["invoice.xml"]
	known := ask(trade.DigestOf(bytes), strings.ToLower(paper.CheckCode))
	if !known.Registered || known.Kind != "invoice" || known.Since.IsZero() || known.Superseded ||
		known.Organisation != "Ningbo Lanqiao Castings Co., Ltd." {
		t.Errorf("who has the bytes and the code is told %+v", known)
	}
	for what, told := range map[string]api.Registration{
		"no code":             ask(trade.DigestOf(bytes), ""),
		"another code":        ask(trade.DigestOf(bytes), "AAAA-AAAA-AAAA-AAAA"),
		"one byte changed":    ask(trade.DigestOf(append([]byte("x"), bytes...)), paper.CheckCode),
		"the code of another": ask(trade.DigestOf(bytes), another.CheckCode),
	} {
		if told != (api.Registration{}) {
			t.Errorf("with %s somebody is told %+v", what, told)
		}
	}
	var r api.Report
	w.post(sellerMaker, "/v1/reports", api.MakeReport{
		Kind: "dossier", Format: "pdf", Subject: string(w.financing),
	}, http.StatusCreated, &r)
	if told := ask(r.Digest, ""); !told.Registered || !told.Report {
		t.Errorf("who has a report is told %+v", told)
	}
	for _, bad := range []string{"", "abc", "sha-256:" + strings.Repeat("G", 64), strings.Repeat("a", 64)} {
		got := w.send("", "GET", "/v1/verify?digest="+bad, nil, nil)
		w.problem(got, http.StatusUnprocessableEntity, app.CodeInput)
	}
	w.server.byVerifier = newLimiter(newStopped(), 3, maxKeys)
	for range 3 {
		ask(trade.DigestOf(bytes), "")
	}
	got := w.send("", "GET", "/v1/verify?digest="+string(trade.DigestOf(bytes)), nil, nil)
	w.problem(got, http.StatusTooManyRequests, app.CodeTooMany)
	if wait, err := time.ParseDuration(got.Header().Get("Retry-After") + "s"); err != nil || wait <= 0 {
		t.Errorf("it says to come again after %q", got.Header().Get("Retry-After"))
	}
}
