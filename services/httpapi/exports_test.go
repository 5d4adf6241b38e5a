package httpapi

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// export has a list made as a file and returns it.
func (w *world) export(who, list, query string) (api.Report, []byte) {
	w.t.Helper()
	var made api.Report
	w.post(who, "/v1/exports", api.ExportList{List: list, Query: query, Format: "csv"},
		http.StatusAccepted, &made)
	path := "/v1/reports/" + string(made.ID)
	w.eventually("the file is made", func() bool {
		w.get(who, path, &made)
		return made.State != "waiting"
	})
	if made.State != string(app.ReportMade) {
		w.t.Fatalf("%s?%s: %s %s", list, query, made.State, made.Fault)
	}
	return made, w.send(w.token(who), "GET", made.FileURL, nil, nil).Body.Bytes()
}

// table is a CSV as it was made: its titles, its rows and its comments at the foot.
type table struct {
	titles     []string
	rows, foot [][]string
}

func (w *world) table(file []byte) table {
	w.t.Helper()
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\uFEFF")))).ReadAll()
	must(w.t, err)
	n := slices.IndexFunc(records, func(r []string) bool { return strings.HasPrefix(r[0], "# ") })
	return table{records[0], records[1:n], records[n:]}
}

// ids are the ids of the rows.
func (t table) ids() []string {
	at := slices.Index(t.titles, "Id")
	return each(t.rows, func(r []string) string { return r[at] })
}

func TestAFileHasExactlyTheRowsOfItsList(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	for _, query := range []string{
		"", "kind=invoice", "kind=invoice&kind=purchase_order&sort=-number", "findings=none&state=parsed",
		"q=INV", "organisation=CangningMSP", "q=nowhere",
	} {
		var list api.PaperList
		w.get(sellerMaker, "/v1/documents?limit=200&"+query, &list)
		made, file := w.export(sellerMaker, "documents", query)
		got := w.table(file).ids()
		want := each(list.Items, func(p api.PaperRow) string { return string(p.ID) })
		if !slices.Equal(got, want) || int(*made.Rows) != list.Total {
			t.Errorf("documents?%s: the file has %v, the list %v", query, got, want)
		}
	}
	for _, query := range []string{
		"side=obligor", "side=obligor&phase=OPEN&sort=due", "side=obligor&phase=ISSUED", "disputed=true",
		"currency=CNY&sort=-amount", "due_until=2020-01-01",
	} {
		var list api.ReceivableList
		w.get(obligorMaker, "/v1/receivables?limit=200&"+query, &list)
		made, file := w.export(obligorMaker, "receivables", query)
		got := w.table(file)
		want := each(list.Items, func(r api.Receivable) string { return string(r.ID) })
		if !slices.Equal(got.ids(), want) || int(*made.Rows) != len(want) {
			t.Errorf("receivables?%s: the file has %v, the list %v", query, got.ids(), want)
		}
		w.sums(got, "Face", each(list.Items, func(r api.Receivable) money.Amount { return r.Face }))
		w.sums(got, "Still owed", each(list.Items, func(r api.Receivable) money.Amount { return r.Due }))
	}
	for _, who := range []string{sellerMaker, bankMaker, rivalMaker, auditor} {
		var list api.FinancingList
		w.get(who, "/v1/financings?limit=200", &list)
		_, file := w.export(who, "financings", "")
		got := w.table(file)
		if want := each(list.Items, func(f api.Financing) string { return string(f.ID) }); !slices.Equal(
			got.ids(), want,
		) {
			t.Errorf("financings of %s: the file has %v, the list %v", who, got.ids(), want)
		}
		w.sums(got, "Asked for", each(list.Items, func(f api.Financing) money.Amount { return f.Amount }))
	}
	var packs api.PackList
	w.get(sellerMaker, "/v1/packs", &packs)
	if _, file := w.export(sellerMaker, "packs", ""); len(w.table(file).rows) != len(packs.Items) {
		t.Errorf("%d packs in the list, in the file: %s", len(packs.Items), file)
	}
	w.calendarFile()
}

// calendarFile holds the days of a calendar against its file.
func (w *world) calendarFile() {
	w.t.Helper()
	query := "side=obligor&weeks=60"
	var c api.Calendar
	w.get(obligorMaker, "/v1/calendar?"+query, &c)
	_, file := w.export(obligorMaker, "calendar", query)
	got := w.table(file)
	days := each(slices.Concat(c.Before, c.Days), func(d api.DueSum) money.Amount { return d.Due })
	if len(got.rows) != len(days) || len(days) == 0 {
		w.t.Errorf("%d days in the calendar, in its file: %s", len(days), file)
	}
	w.sums(got, "Due and not late", days)
}

// sums holds the foot of a file against the amounts that its list shows.
func (w *world) sums(got table, title string, amounts []money.Amount) {
	w.t.Helper()
	want := map[string]money.Amount{}
	for _, a := range amounts {
		c := string(a.Currency())
		if want[c].IsAbsent() {
			want[c] = a
			continue
		}
		sum, err := want[c].Add(a)
		must(w.t, err)
		want[c] = sum
	}
	at, currency := slices.Index(got.titles, title), slices.Index(got.titles, "Currency")
	if len(got.foot) != 1+len(want) || got.foot[0][0] != "# Rows "+strconv.Itoa(len(amounts)) {
		w.t.Errorf("%s: the foot is %v for %d rows in %d currencies", title, got.foot, len(amounts), len(want))
		return
	}
	for _, line := range got.foot[1:] {
		if line[at] != want[line[currency]].Decimal() {
			w.t.Errorf("%s: %s in the file, %s in the list", title, line[at], want[line[currency]])
		}
	}
}

func TestAFileSpeaksTheLanguageOfWhoAsked(t *testing.T) {
	w := newWorld(t)
	w.open()
	var made api.Report
	w.want(w.send(w.token(sellerMaker), "POST", "/v1/exports",
		api.ExportList{List: "documents", Query: "kind=invoice", Format: "csv"},
		http.Header{"Accept-Language": {"zh-CN"}}), http.StatusAccepted, &made)
	w.eventually("the file is made", func() bool {
		w.get(sellerMaker, "/v1/reports/"+string(made.ID), &made)
		return made.State != "waiting"
	})
	got := w.table(w.send(w.token(sellerMaker), "GET", made.FileURL, nil, nil).Body.Bytes())
	if len(got.rows) != 1 || got.titles[0] != "类型" || got.rows[0][0] != "发票" ||
		got.foot[0][0] != "# 行数 1" {
		t.Errorf("the file says %v", got)
	}
}

func TestWhoMayNotReadAListHasNoFileOfIt(t *testing.T) {
	w := newWorld(t)
	w.open()
	made, _ := w.export(sellerMaker, "documents", "")
	path := "/v1/reports/" + string(made.ID)
	for _, who := range []string{stranger, obligorMaker, rivalMaker, auditor, operator} {
		for _, p := range []string{path, path + "/file"} {
			w.problem(w.send(w.token(who), "GET", p, nil, nil), http.StatusNotFound, app.CodeHidden)
		}
	}
	w.get(sellerChecker, path, &made)
	for _, who := range []string{sellerMaker, bankMaker, warehouse} {
		w.refused(who, "/v1/exports", api.ExportList{List: "audit", Format: "csv"}, http.StatusForbidden,
			app.CodeForbidden)
	}
	log, file := w.export(sellerAdmin, "audit", "source=node")
	if len(w.table(file).rows) == 0 {
		t.Error("the seller's log is empty")
	}
	w.problem(w.send(w.token(sellerMaker), "GET", "/v1/reports/"+string(log.ID)+"/file", nil, nil),
		http.StatusNotFound, app.CodeHidden)
	var seen, all api.ReportList
	w.get(sellerMaker, "/v1/reports", &seen)
	w.get(sellerAdmin, "/v1/reports", &all)
	if seen.Total != 1 || all.Total != 2 || all.Items[0].ID != log.ID || all.Items[0].RequestedBy == "" {
		t.Errorf("a maker sees %+v, an admin %+v", seen, all)
	}
	for query, wrong := range map[string]api.ExportList{
		"a filter of no list": {List: "documents", Query: "kind=novel", Format: "csv"},
		"no query":            {List: "documents", Query: "%zz", Format: "csv"},
		"an unknown list":     {List: "users", Format: "csv"},
		"an unknown form":     {List: "documents", Format: "exe"},
		"a wrong day":         {List: "calendar", Query: "from=soon", Format: "csv"},
		"a wrong stage":       {List: "financings", Query: "stage=lost", Format: "csv"},
		"a wrong order":       {List: "receivables", Query: "sort=face", Format: "csv"},
	} {
		t.Run(query, func(t *testing.T) {
			w.in(t).refused(sellerMaker, "/v1/exports", wrong, http.StatusUnprocessableEntity, app.CodeInput)
		})
	}
}
