package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// tusAnnounced are the headers that announce a file.
func tusAnnounced(length, metadata string) http.Header {
	return http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Length": {length}, "Upload-Metadata": {metadata},
	}
}

// announce begins a file as a person.
func (w *world) announce(email string, size int, metadata string) string {
	w.t.Helper()
	got := w.send(w.token(email), "POST", "/v1/uploads", nil, tusAnnounced(decimal(size), metadata))
	w.want(got, http.StatusCreated, nil)
	return got.Header().Get("Location")
}

// part sends bytes at an offset.
func (w *world) part(email, at string, offset int, body []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.send(w.token(email), "PATCH", at, body, http.Header{
		"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {decimal(offset)}, "Content-Type": {partType},
	})
}

// offset asks where to go on.
func (w *world) offset(email, at string) int {
	w.t.Helper()
	got := w.send(w.token(email), "HEAD", at, nil, http.Header{"Tus-Resumable": {"1.0.0"}})
	w.want(got, http.StatusOK, nil)
	n, err := strconv.Atoi(got.Header().Get("Upload-Offset"))
	must(w.t, err)
	return n
}

const (
	invoiceName = "filename aW52b2ljZS54bWw=" // invoice.xml
	scanName    = "filename c2Nhbi5iaW4="     // scan.bin
)

func TestAFileThatComesInPartsIsOnePaper(t *testing.T) {
	w := newWorld(t)
	scan := bytes.Repeat([]byte("a scan of nine megabytes "), 360<<10)
	at := w.announce(sellerMaker, len(scan), scanName)
	for sent := 0; sent < len(scan); {
		piece := scan[sent:min(sent+app.MaxPart, len(scan))]
		w.want(w.part(sellerMaker, at, sent, piece), http.StatusNoContent, nil)
		again := w.part(sellerMaker, at, sent, piece) // the answer was lost
		w.problem(again, http.StatusConflict, app.CodeUploadOffset)
		sent += len(piece)
		if now := w.offset(sellerMaker, at); now != sent {
			t.Fatalf("the file is at %d, want %d", now, sent)
		}
	}
	w.want(w.part(sellerMaker, at, len(scan), nil), http.StatusNoContent, nil)
	var u api.Upload
	w.get(sellerMaker, at, &u)
	got := w.send(w.token(sellerMaker), "GET", "/v1/documents/"+string(u.Document)+"/original", nil, nil)
	if got.Code != http.StatusOK || !bytes.Equal(got.Body.Bytes(), scan) {
		t.Errorf("the original came back as %d with %d bytes, want %d", got.Code, got.Body.Len(), len(scan))
	}
	w.problem(w.send(w.token(sellerMaker), "DELETE", at, nil, http.Header{"Tus-Resumable": {"1.0.0"}}),
		http.StatusConflict, app.CodeDocumentState)

	twice := w.announce(sellerMaker, len(scan), scanName)
	for sent := 0; sent < len(scan); sent += app.MaxPart {
		piece := scan[sent:min(sent+app.MaxPart, len(scan))]
		w.want(w.part(sellerMaker, twice, sent, piece), http.StatusNoContent, nil)
	}
	var v api.Upload
	w.get(sellerMaker, twice, &v)
	if v.Document != u.Document || !v.Known || u.Known {
		t.Errorf("the same bytes are %s and %s, known %v", u.Document, v.Document, v.Known)
	}
}

func TestAFileInPartsIsGuardedAsAWholeOneIs(t *testing.T) {
	w := newWorld(t)
	at := w.announce(sellerMaker, 200<<10, scanName)
	piece := make([]byte, 64<<10)
	begin := func(email, length, metadata string) *httptest.ResponseRecorder {
		return w.send(w.token(email), "POST", "/v1/uploads", nil, tusAnnounced(length, metadata))
	}
	old := http.Header{"Tus-Resumable": {"0.2"}}
	untyped := http.Header{"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {"0"}}
	big, invalid, hidden := http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusNotFound
	for name, c := range map[string]struct {
		got    *httptest.ResponseRecorder
		status int
		code   trade.Code
	}{
		"a part too small":  {w.part(sellerMaker, at, 0, piece[1:]), invalid, app.CodeInput},
		"a part too large":  {w.part(sellerMaker, at, 0, make([]byte, app.MaxPart+1)), big, CodeTooLarge},
		"a gap":             {w.part(sellerMaker, at, 1, piece), http.StatusConflict, app.CodeUploadOffset},
		"more than told":    {w.part(sellerMaker, at, 0, make([]byte, 201<<10)), invalid, app.CodeInput},
		"another's":         {w.part(sellerChecker, at, 0, piece), hidden, app.CodeHidden},
		"too large a file":  {begin(sellerMaker, decimal(app.MaxUpload+1), scanName), big, app.CodeUploadSize},
		"an empty file":     {begin(sellerMaker, "0", scanName), invalid, app.CodeInput},
		"a length of words": {begin(sellerMaker, "many", scanName), http.StatusBadRequest, CodeMalformed},
		"no name":           {begin(sellerMaker, "9", "pack cGFjay0x"), invalid, app.CodeInput},
		"no Base64":         {begin(sellerMaker, "9", "filename ???"), invalid, app.CodeInput},
		"another's pack":    {begin(sellerMaker, "9", scanName+",pack cGFjay0x"), hidden, app.CodeHidden},
		"a checker":         {begin(sellerChecker, "9", scanName), http.StatusForbidden, app.CodeForbidden},
		"another version": {
			w.send(w.token(sellerMaker), "HEAD", at, nil, old), http.StatusPreconditionFailed, app.CodeUploadProtocol,
		},
		"another type": {
			w.send(w.token(sellerMaker), "PATCH", at, piece, untyped), http.StatusUnsupportedMediaType, CodeMediaType,
		},
	} {
		t.Run(name, func(t *testing.T) { w.in(t).problem(c.got, c.status, c.code) })
	}
	if now := w.offset(sellerMaker, at); now != 0 {
		t.Errorf("refused parts brought the file to %d", now)
	}
	w.want(w.send(w.token(sellerMaker), "DELETE", at, nil, http.Header{"Tus-Resumable": {"1.0.0"}}),
		http.StatusNoContent, nil)
	w.problem(w.part(sellerMaker, at, 0, piece), http.StatusNotFound, app.CodeHidden)
	for range app.MaxIncoming {
		w.announce(sellerMaker, 9, scanName)
	}
	w.problem(begin(sellerMaker, "9", scanName), http.StatusTooManyRequests, app.CodeTooMany)
}

// unfiled uploads a paper without a pack and waits until it is read.
func (w *world) unfiled(email, metadata string, raw []byte) api.Document {
	w.t.Helper()
	at := w.announce(email, len(raw), metadata)
	w.want(w.part(email, at, 0, raw), http.StatusNoContent, nil)
	var u api.Upload
	w.get(email, at, &u)
	var d api.Document
	w.eventually("the paper is read", func() bool {
		w.get(email, "/v1/documents/"+string(u.Document), &d)
		return d.State != app.DocumentReceived
	})
	return d
}

func TestPapersSayWhereTheyBelong(t *testing.T) {
	w := newWorld(t)
	files := w.trade().Files
	ask := func(email string, papers ...api.Document) api.Filing {
		ids := api.Papers{}
		for _, d := range papers {
			ids.Documents = append(ids.Documents, d.ID)
		}
		var f api.Filing
		w.post(email, "/v1/filings", ids, http.StatusOK, &f)
		return f
	}
	invoice := w.unfiled(sellerMaker, invoiceName, files["invoice.xml"])
	order := w.unfiled(sellerMaker, scanName, files["order.xml"])
	f := ask(sellerMaker, invoice, order)
	want := []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
	}
	if !slices.Equal(f.Parties, want) || len(f.Doubts) != 0 || f.Pack != "" || f.Title == "" {
		t.Fatalf("%+v, want %v without a doubt", f, want)
	}
	var p api.Pack
	w.post(sellerMaker, "/v1/packs", api.OpenPack{
		Title: f.Title, Parties: f.Parties, Documents: f.Documents,
	}, http.StatusCreated, &p)
	if len(p.Documents) != 2 {
		t.Errorf("the pack has %v", p.Documents)
	}
	w.eventually("what was read before it was filed is on the ledger", func() bool {
		list, _, err := w.app.AssetsOf(t.Context(), app.Actor{Org: "LanqiaoMSP"},
			app.AssetFilter{Kind: trade.KindDocument}, app.Page{Limit: 10})
		must(t, err)
		return len(list) == 2
	})
	// The buyer's own order finds the pack, and so does the seller's delivery note.
	theirs := w.unfiled(obligorMaker, scanName, files["order.xml"])
	if f = ask(obligorMaker, theirs); f.Pack != p.ID || len(f.Doubts) != 0 {
		t.Errorf("the order belongs to %q with doubts %v, want %s", f.Pack, f.Doubts, p.ID)
	}
	w.post(obligorMaker, "/v1/packs/"+string(p.ID)+"/papers", api.Papers{Documents: []app.DocumentID{theirs.ID}},
		http.StatusOK, &p)
	if len(p.Documents) != 3 {
		t.Errorf("the pack has %v", p.Documents)
	}
	scan := w.unfiled(sellerMaker, scanName, []byte(onePage))
	if f = ask(sellerMaker, scan, invoice); f.Pack != p.ID || !slices.Contains(f.Doubts, app.DoubtUnread) {
		t.Errorf("a scan is filed into %q with doubts %v", f.Pack, f.Doubts)
	}
	if f = ask(sellerMaker, scan); !slices.Contains(f.Doubts, app.DoubtObligor) {
		t.Errorf("a scan alone has doubts %v", f.Doubts)
	}
	w.refused(obligorMaker, "/v1/filings", api.Papers{Documents: []app.DocumentID{invoice.ID}},
		http.StatusUnprocessableEntity, app.CodeInput)
}

// TestARequestStandsUntilTheClaimIsConfirmed signs the claim and the request with one gesture,
// before the obligor has said anything.
func TestARequestStandsUntilTheClaimIsConfirmed(t *testing.T) {
	w := newWorld(t)
	w.open()
	ask := api.RequestFinancing{Pack: w.pack, Programme: w.programme}
	w.refused(sellerMaker, "/v1/financings", ask, http.StatusConflict, trade.CodePhase)
	var issue api.Intent
	w.eventually("the papers are on the ledger", func() bool {
		got := w.send(w.token(sellerMaker), "POST", "/v1/receivables", api.IssueReceivable{Pack: w.pack}, nil)
		return got.Code == http.StatusCreated && json.Unmarshal(got.Body.Bytes(), &issue) == nil
	})
	var f api.Financing
	w.post(sellerMaker, "/v1/financings", ask, http.StatusCreated, &f)
	if f.Intent.After != issue.ID {
		t.Fatalf("the request follows %q, want %s", f.Intent.After, issue.ID)
	}
	s := w.people[sellerMaker].Sign(t, issue.Digest, f.Intent.Digest)
	w.post(sellerMaker, "/v1/signatures", api.SignBatch{
		Intents: []trade.CommandID{issue.ID, f.Intent.ID}, Signature: api.Signature{Batch: s.Batch, Value: s.Value},
	}, http.StatusAccepted, nil)
	receivable := "/v1/receivables/" + string(issue.Subjects[0].ID)
	var r api.Receivable
	w.eventually("the claim is issued", func() bool {
		got := w.send(w.token(obligorMaker), "GET", receivable, nil, nil)
		return got.Code == http.StatusOK && json.Unmarshal(got.Body.Bytes(), &r) == nil
	})
	w.get(sellerMaker, "/v1/financings/"+string(f.ID), &f)
	if f.State != financingRequested || f.Intent.State != app.IntentReady {
		t.Fatalf("the request is %s and its command %s before the claim is confirmed", f.State, f.Intent.State)
	}
	w.act(receivable+"/confirmation", api.ConfirmReceivable{
		Amount: r.Face, Promise: trade.Acknowledgement, Text: "We owe it.",
	}, obligorMaker, obligorChecker)
	w.eventually("the request goes on its way by itself", func() bool {
		w.get(bankMaker, "/v1/financings/"+string(f.ID), &f)
		return f.State == financingOnLedger
	})
	w.estimates()
}

// estimates holds that an estimate is what the bank last quoted, and no more than a wish binds.
func (w *world) estimates() {
	w.t.Helper()
	ask := api.EstimateFinancing{Pack: w.pack, Programme: w.programme}
	var e api.Estimate
	w.post(sellerMaker, "/v1/estimates", ask, http.StatusOK, &e)
	if e.Terms.Days != 0 || e.Face.Sign() <= 0 || e.Phase != trade.Open {
		w.t.Errorf("before any quote: %+v", e)
	}
	var f api.FinancingList
	w.get(sellerMaker, "/v1/financings", &f)
	if len(f.Items) != 1 {
		w.t.Fatalf("%d financings of the receivable", len(f.Items))
	}
	w.act("/v1/financings/"+string(f.Items[0].ID)+"/quote", w.quote(), bankMaker)
	w.post(sellerMaker, "/v1/estimates", ask, http.StatusOK, &e)
	if e.Terms.AdvanceRate != 900_000 || e.Terms.Cash.Sign() <= 0 || e.Terms.DueDate != e.DueDate {
		w.t.Errorf("after a quote: %+v", e.Terms)
	}
	ask.Advance = w.money("1003440.00")
	w.post(sellerMaker, "/v1/estimates", ask, http.StatusOK, &e)
	if e.Terms.Advance != ask.Advance {
		w.t.Errorf("half of the face is %v, want %v", e.Terms.Advance, ask.Advance)
	}
	ask.Advance = w.money("99999999.00")
	w.refused(sellerMaker, "/v1/estimates", ask, http.StatusUnprocessableEntity, app.CodeInput)
}
