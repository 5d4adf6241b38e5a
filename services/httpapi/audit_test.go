package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

const (
	obligorAdmin = "song.kai@cangning.example"
	rivalAdmin   = "priya.venn@aldermoor.example"
)

// log is the audit log as somebody sees it.
func (w *world) log(who string, query url.Values) api.AuditWindow {
	w.t.Helper()
	query.Set("limit", "200")
	var got api.AuditWindow
	w.get(who, "/v1/audit?"+query.Encode(), &got)
	return got
}

// acts are the acts of one source that somebody sees of an organisation.
func (w *world) acts(who, source string, org trade.OrgID) []string {
	w.t.Helper()
	got := w.log(who, url.Values{"source": {source}, "organisation": {string(org)}})
	return each(got.Items, func(e api.AuditEntry) string { return e.Act })
}

func TestTheAuditLogShowsEachWhatIsTheirs(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	w.token(sellerAdmin)
	for name, c := range map[string]struct {
		who, source string
		org         trade.OrgID
		see, not    []string
	}{
		"an organisation's own log": {
			sellerAdmin, "node", "LanqiaoMSP", []string{"session.open", "document.upload", "intent.sign"}, nil,
		},
		"another's log":               {obligorAdmin, "node", "LanqiaoMSP", nil, []string{"*"}},
		"the ledger of a trade":       {obligorAdmin, "ledger", "LanqiaoMSP", []string{"receivable.issue"}, nil},
		"the ledger of others' trade": {rivalAdmin, "ledger", "LanqiaoMSP", nil, []string{"*"}},
		"papers of an engagement": {
			auditor, "node", "LanqiaoMSP", []string{"document.upload"}, []string{"session.open", "intent.sign"},
		},
		"the ledger of an engagement": {auditor, "ledger", "LanqiaoMSP", []string{"receivable.issue"}, nil},
		"doors of the node": {
			operator, "node", "LanqiaoMSP",
			[]string{"session.open"},
			[]string{"document.upload", "intent.sign", "intent.prepare", "financing.request"},
		},
		"keys and roles of the node": {
			operator, "ledger", "LanqiaoMSP",
			[]string{"organisation.register"},
			[]string{"receivable.issue", "document.record", "financing.request"},
		},
	} {
		seen := w.acts(c.who, c.source, c.org)
		for _, act := range c.see {
			if !slices.Contains(seen, act) {
				t.Errorf("%s: %s does not see %s among %v", name, c.who, act, seen)
			}
		}
		for _, act := range c.not {
			if slices.Contains(seen, act) || act == "*" && len(seen) > 0 {
				t.Errorf("%s: %s sees %v", name, c.who, seen)
			}
		}
	}
	for _, who := range []string{sellerMaker, bankChecker, carrier, stranger} {
		w.problem(w.send(w.token(who), "GET", "/v1/audit", nil, nil), http.StatusForbidden, app.CodeForbidden)
	}
	w.narrowedLog()
}

// narrowedLog narrows the log in every way, and holds its file against it.
func (w *world) narrowedLog() {
	w.t.Helper()
	all := w.log(sellerAdmin, url.Values{})
	if all.Total != len(all.Items) || all.Total == 0 {
		w.t.Fatalf("%d of %d entries", len(all.Items), all.Total)
	}
	upload := all.Items[slices.IndexFunc(all.Items, func(e api.AuditEntry) bool {
		return e.Act == "document.upload"
	})]
	if upload.Name == "" || len(upload.Persons) != 1 || upload.Persons[0].Name == "" || len(upload.Proof) != 64 {
		w.t.Errorf("an entry says %+v", upload)
	}
	issue := w.log(sellerAdmin, url.Values{"act": {"receivable.issue"}})
	if issue.Total != 1 || issue.Items[0].Source != app.SourceLedger || issue.Items[0].Name == "" ||
		issue.Items[0].Object != string(w.receivable) || issue.Items[0].Persons[0].Name == "" {
		w.t.Errorf("the claim's issue is %+v", issue)
	}
	for name, query := range map[string]url.Values{
		"an act":       {"act": {"document.upload", "receivable.issue"}},
		"a person":     {"organisation": {"LanqiaoMSP"}, "person": {string(upload.Persons[0].Person)}},
		"an object":    {"object": {upload.Object}},
		"a name":       {"q": {upload.Name}},
		"a proof":      {"q": {upload.Proof}},
		"no name":      {"q": {"100%_"}},
		"from then on": {"since": {upload.At.Format(time.RFC3339Nano)}},
		"before":       {"until": {upload.At.Format(time.RFC3339Nano)}},
	} {
		got := w.log(sellerAdmin, query)
		want := slices.DeleteFunc(slices.Clone(all.Items), func(e api.AuditEntry) bool {
			return !kept(query, e)
		})
		if name != "a name" && got.Total != len(want) || got.Total == all.Total {
			w.t.Errorf("narrowed by %s: %d entries, want %d", name, got.Total, len(want))
		}
		query.Del("limit")
		rows := got.Total
		if query.Has("since") {
			rows++ // asking for the file is an act, too
		}
		if _, file := w.export(sellerAdmin, "audit", query.Encode()); len(w.table(file).rows) != rows {
			w.t.Errorf("narrowed by %s: %d in the list, %d in its file", name, rows, len(w.table(file).rows))
		}
		// What taking the file out left in the log is not looked at again.
		all = w.log(sellerAdmin, url.Values{})
	}
	for _, wrong := range []string{"source=both", "person=x", "object=a%20b", "act=", "offset=-1", "limit=201"} {
		w.problem(w.send(w.token(sellerAdmin), "GET", "/v1/audit?"+wrong, nil, nil),
			http.StatusUnprocessableEntity, app.CodeInput)
	}
}

// kept tells whether an entry is within a filter, as the test reads it.
func kept(query url.Values, e api.AuditEntry) bool {
	person := slices.ContainsFunc(e.Persons, func(p api.AuditPerson) bool {
		return string(p.Person) == query.Get("person")
	})
	at := func(name string) time.Time {
		t, _ := time.Parse(time.RFC3339Nano, query.Get(name))
		return t
	}
	switch {
	case query.Has("act"):
		return slices.Contains(query["act"], e.Act)
	case query.Has("person"):
		return person
	case query.Has("object"):
		return e.Object == query.Get("object")
	case query.Has("q"):
		return e.Proof == query.Get("q")
	case query.Has("since"):
		return !e.At.Before(at("since"))
	}
	return e.At.Before(at("until"))
}

func TestABrokenChainIsFound(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.token(sellerAdmin)
	verify := func(who string) api.ChainReport {
		t.Helper()
		var got api.ChainReport
		w.post(who, "/v1/audit/verification", api.Nothing{}, http.StatusOK, &got)
		return got
	}
	whole := verify(sellerAdmin)
	if !whole.Whole || len(whole.Chains) != 2 || whole.Chains[0].Head < 1 || len(whole.Chains[1].Hash) != 64 {
		t.Fatalf("an untouched log: %+v", whole)
	}
	if all := verify(operator); !all.Whole || len(all.Chains) != 1+len(w.set.Demo.Organisations) {
		t.Errorf("the operator's chains: %+v", all)
	}
	w.seed("ALTER TABLE audit_log DISABLE TRIGGER audit_refuse")
	found := func(name, want string, at int64) {
		t.Helper()
		got := verify(sellerAdmin)
		if c := got.Chains[1]; got.Whole || c.Whole || c.Break != want || c.BreakAt != at {
			t.Errorf("%s: %+v, want %s at %d", name, c, want, at)
		}
	}
	w.seed("UPDATE audit_log SET user_id = NULL WHERE org_id = 'LanqiaoMSP' AND seq = 2")
	found("a changed entry", app.BreakChanged, 2)
	w.seed("DELETE FROM audit_log WHERE org_id = 'LanqiaoMSP' AND seq = 2")
	found("a removed entry", app.BreakMissing, 2)
	w.seed(`DELETE FROM audit_log WHERE org_id = 'CangningMSP' AND seq = (
		SELECT max(seq) FROM audit_log WHERE org_id = 'CangningMSP')`)
	cut := verify(obligorAdmin)
	if c := cut.Chains[1]; c.Whole {
		t.Errorf("a log whose last entry was removed is whole: %+v", c)
	}
	w.seed("UPDATE ledger.blocks SET hash = sha256(hash) WHERE number = 1")
	if c := verify(operator).Chains[0]; c.Whole || c.Break != app.BreakChanged || c.BreakAt != 1 {
		t.Errorf("a changed block: %+v", c)
	}
}
