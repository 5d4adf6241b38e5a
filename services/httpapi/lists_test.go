package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

func TestAListOfPapersIsNarrowedSortedAndCounted(t *testing.T) {
	w := newWorld(t)
	w.open()
	list := func(query url.Values) api.PaperList {
		t.Helper()
		var got api.PaperList
		w.get(sellerMaker, "/v1/documents?"+query.Encode(), &got)
		return got
	}
	all := list(nil)
	if all.Total != len(all.Items) || all.Total != len(w.papers) {
		t.Fatalf("%d of %d papers; the pack has %d", len(all.Items), all.Total, len(w.papers))
	}
	invoices := list(url.Values{"kind": {"invoice"}})
	if invoices.Total != 1 || invoices.Items[0].ID != w.papers["invoice.xml"] {
		t.Errorf("invoices: %+v", invoices)
	}
	number := invoices.Items[0].Number
	if got := list(url.Values{"q": {number}}); got.Total == 0 || got.Items[0].Number != number {
		t.Errorf("looking for %q finds %+v", number, got)
	}
	if got := list(url.Values{"q": {"100%_"}}); got.Total != 0 {
		t.Errorf("a text that stands nowhere finds %d", got.Total)
	}
	clean := url.Values{"findings": {"none"}, "organisation": {"LanqiaoMSP"}, "state": {"parsed"}}
	if got := list(clean); got.Total == 0 {
		t.Error("the seller's clean papers are not found")
	}
	names := func(l api.PaperList) []string {
		return each(l.Items, func(p api.PaperRow) string { return p.FileName })
	}
	up, down := names(list(url.Values{"sort": {"file"}})), names(list(url.Values{"sort": {"-file"}}))
	slices.Reverse(down)
	if !slices.Equal(up, down) || !slices.IsSorted(up) {
		t.Errorf("sorted by file: %v and the other way round %v", up, down)
	}
	part := list(url.Values{"sort": {"file"}, "offset": {"2"}, "limit": {"2"}})
	if part.Total != all.Total || !slices.Equal(names(part), up[2:4]) {
		t.Errorf("a window of two: %v of %d", names(part), part.Total)
	}
	if beyond := list(url.Values{"offset": {"1000"}}); len(beyond.Items) != 0 || beyond.Total != all.Total {
		t.Errorf("beyond the end: %d of %d", len(beyond.Items), beyond.Total)
	}
	var stranger api.PaperList
	w.get(rivalMaker, "/v1/documents", &stranger)
	if stranger.Total != 0 {
		t.Errorf("a bank outside the trade sees %d papers", stranger.Total)
	}
	for _, wrong := range []string{
		"kind=novel", "state=lost", "findings=many", "sort=colour", "offset=-1", "offset=1000001", "limit=201",
	} {
		w.problem(w.send(w.token(sellerMaker), "GET", "/v1/documents?"+wrong, nil, nil),
			http.StatusUnprocessableEntity, app.CodeInput)
	}
}

func TestASavedViewIsItsOwnersUnlessShared(t *testing.T) {
	w := newWorld(t)
	save := func(v api.SaveView) api.View {
		t.Helper()
		var kept api.View
		w.post(sellerMaker, "/v1/views", v, http.StatusCreated, &kept)
		return kept
	}
	views := func(who string) []api.View {
		t.Helper()
		var list api.ViewList
		w.get(who, "/v1/views?screen=documents", &list)
		return list.Items
	}
	first := save(api.SaveView{Screen: "documents", Name: "Mine", Query: "state=parsed"})
	again := save(api.SaveView{Screen: "documents", Name: "Mine", Query: "findings=fatal"})
	if again.ID != first.ID || again.Query != "findings=fatal" {
		t.Errorf("a view of the same name is kept as %+v", again)
	}
	shared := save(api.SaveView{Screen: "documents", Name: "Ours", Query: "kind=invoice", Shared: true})
	if got := views(sellerMaker); len(got) != 2 || !got[0].Own {
		t.Errorf("the owner sees %+v", got)
	}
	if got := views(sellerChecker); len(got) != 1 || got[0].ID != shared.ID || got[0].Own {
		t.Errorf("a colleague sees %+v", got)
	}
	if got := views(obligorMaker); len(got) != 0 {
		t.Errorf("another organisation sees %+v", got)
	}
	path := "/v1/views/" + string(shared.ID)
	w.want(w.send(w.token(sellerChecker), "DELETE", path, nil, nil), http.StatusNotFound, nil)
	w.want(w.send(w.token(sellerMaker), "DELETE", path, nil, nil), http.StatusNoContent, nil)
	if got := views(sellerChecker); len(got) != 0 {
		t.Errorf("after it was taken away: %+v", got)
	}
	for _, wrong := range []api.SaveView{
		{Screen: "Documents!", Name: "x"}, {Screen: "documents"}, {Screen: "documents", Name: "x", Query: "%zz"},
	} {
		w.problem(w.send(w.token(sellerMaker), "POST", "/v1/views", wrong, nil),
			http.StatusUnprocessableEntity, app.CodeInput)
	}
}
