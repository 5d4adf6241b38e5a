package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse"
)

// paperRequestBodies are what the routes about papers asked for are sent: each time for another
// kind, because the same is asked once.
func paperRequestBodies() map[string]sent {
	turn := 0
	return map[string]sent{
		"POST /v1/packs/{pack}/paper-requests": {body: func() any {
			kinds := slices.DeleteFunc(parse.Kinds(), func(k parse.Kind) bool { return k == parse.Other })
			turn++
			return api.AskForPaper{Organisation: "HaipingMSP", Kind: kinds[turn%len(kinds)]}
		}},
		"POST /v1/paper-requests/{request}/decline": {body: api.DeclinePaper{Reason: "as the test says"}},
		"POST /v1/paper-requests/{request}/closing": {body: api.Nothing{}},
	}
}

// asks has somebody ask another party of the pack.
func (w *world) asks(email string, in api.AskForPaper) api.PaperRequest {
	w.t.Helper()
	var r api.PaperRequest
	w.post(email, "/v1/packs/"+string(w.pack)+"/paper-requests", in, http.StatusCreated, &r)
	return r
}

func (w *world) request(email string, id app.PaperRequestID) api.PaperRequest {
	w.t.Helper()
	var r api.PaperRequest
	w.get(email, "/v1/paper-requests/"+string(id), &r)
	return r
}

// itemOf finds what waits about a request in one of the lists of a person.
func (w *world) itemOf(email string, mine bool, id app.PaperRequestID) (api.InboxItem, bool) {
	w.t.Helper()
	var in api.Inbox
	w.get(email, "/v1/inbox", &in)
	list := in.Others
	if mine {
		list = in.Mine
	}
	n := slices.IndexFunc(list, func(i api.InboxItem) bool { return i.Subject == string(id) })
	if n < 0 {
		return api.InboxItem{}, false
	}
	return list[n], true
}

const receipt = `{"schema":"countersign-warehouse-receipt-1","number":"SB-1","issue_date":"ISSUED",
"delivery_date":"CAME","seller":{"name":"Ningbo Lanqiao Castings Co., Ltd."},
"buyer":{"name":"Cangning Equipment Co., Ltd."},"warehouse":{"name":"Qingdao Shibu Storage Co., Ltd."},
"storage":{"negotiable":false,"deliver_to":"named","holder":{"name":"Cangning Equipment Co., Ltd."},
"location":"Hall 2","commingled":false,"quantity_as_stated":false,"charges":"CNY 1","operator_interest":false,
"insured":false,"signed_by":"Ma Chen"},
"lines":[{"id":"1","name":"Pump housing","quantity":"9","unit":"H87","lot":"L-1","storage_place":"Hall 2"}]}`

// receiptOf is a warehouse receipt that was issued on one day for goods that came on another.
func receiptOf(issued, came money.Date) []byte {
	return []byte(strings.NewReplacer("ISSUED", issued.String(), "CAME", came.String()).Replace(receipt))
}

func TestAPaperThatIsAskedForWaitsUntilItIsDelivered(t *testing.T) {
	w := newWorld(t)
	w.open()
	today := w.set.Today
	r := w.asks(sellerMaker, api.AskForPaper{
		Organisation: "ShibuMSP", Kind: parse.WarehouseReceipt, Due: today.AddDays(5), Note: "for the bank",
	})
	item, mine := w.itemOf(warehouse, true, r.ID)
	if !mine || item.Next != app.NextDeliver || item.Paper != parse.WarehouseReceipt ||
		item.Counterparty != "LanqiaoMSP" {
		t.Errorf("the warehouse sees %+v (%v)", item, mine)
	}
	if item, theirs := w.itemOf(sellerMaker, false, r.ID); !theirs || item.Counterparty != "ShibuMSP" {
		t.Errorf("the seller waits for %+v (%v)", item, theirs)
	}

	path := "/v1/packs/" + string(w.pack) + "/documents"
	var wrong, right api.Document
	early := receiptOf(today.AddDays(-3), today)
	w.want(w.file(warehouse, path, "early.json", early), http.StatusCreated, &wrong)
	w.eventually("a receipt that breaks its rules is named and does not count", func() bool {
		return w.request(warehouse, r.ID).Refused == wrong.ID
	})
	if got := w.request(sellerMaker, r.ID); got.State != app.RequestOpen {
		t.Errorf("after a wrong paper the request is %s", got.State)
	}
	w.want(w.file(warehouse, path, "right.json", receiptOf(today, today)), http.StatusCreated, &right)
	w.eventually("the receipt is delivered", func() bool {
		return w.request(sellerMaker, r.ID).State == app.RequestDelivered
	})
	if got := w.request(sellerMaker, r.ID); got.Paper != right.ID || got.EndedAt.IsZero() {
		t.Errorf("delivered as %+v", got)
	}
	if _, waits := w.itemOf(warehouse, true, r.ID); waits {
		t.Error("what was delivered still waits")
	}
	w.refused(warehouse, "/v1/paper-requests/"+string(r.ID)+"/decline", api.DeclinePaper{Reason: "too late"},
		http.StatusConflict, app.CodePaperRequest)
}

func TestAPaperThatIsDeclinedWaitsForWhoAskedUntilTheyLeaveItAtThat(t *testing.T) {
	w := newWorld(t)
	w.open()
	r := w.asks(auditor, api.AskForPaper{Organisation: "HaipingMSP", Kind: parse.CustomsDeclaration})
	at := "/v1/paper-requests/" + string(r.ID)
	w.refused(carrier, at+"/decline", api.DeclinePaper{Reason: "   "},
		http.StatusUnprocessableEntity, app.CodeInput)
	w.post(carrier, at+"/decline", api.DeclinePaper{Reason: "the broker has it"}, http.StatusOK, &r)
	if r.State != app.RequestDeclined || r.Reason != "the broker has it" {
		t.Errorf("declined as %+v", r)
	}
	item, mine := w.itemOf(auditor, true, r.ID)
	if !mine || item.Next != app.NextReconsider {
		t.Errorf("the auditor sees %+v (%v)", item, mine)
	}
	w.post(auditor, at+"/closing", api.Nothing{}, http.StatusOK, &r)
	if _, waits := w.itemOf(auditor, true, r.ID); waits || r.State != app.RequestSettled {
		t.Errorf("settled as %s, still waiting: %v", r.State, waits)
	}
	w.refused(auditor, at+"/closing", api.Nothing{}, http.StatusConflict, app.CodePaperRequest)

	var list api.PaperRequestList
	w.get(auditor, "/v1/paper-requests?state=settled&pack="+string(w.pack), &list)
	if len(list.Items) != 1 || list.Items[0].ID != r.ID {
		t.Errorf("settled ones are %+v", list.Items)
	}
	w.get(carrier, "/v1/paper-requests?state=open", &list)
	if len(list.Items) != 0 {
		t.Errorf("open ones are %+v", list.Items)
	}
}

func TestWhatCannotBeAskedForIsRefused(t *testing.T) {
	w := newWorld(t)
	w.open()
	at := "/v1/packs/" + string(w.pack) + "/paper-requests"
	for name, in := range map[string]api.AskForPaper{
		"a party that only reads": {Organisation: "QuillonMSP", Kind: parse.Invoice},
		"nobody of the trade":     {Organisation: "BrandlhofMSP", Kind: parse.Invoice},
		"oneself":                 {Organisation: "LanqiaoMSP", Kind: parse.Invoice},
		"a paper of no kind":      {Organisation: "ShibuMSP", Kind: parse.Other},
		"a poem":                  {Organisation: "ShibuMSP", Kind: "poem"},
		"a day that has passed":   {Organisation: "ShibuMSP", Kind: parse.Invoice, Due: w.set.Today.AddDays(-1)},
		"a day too far ahead":     {Organisation: "ShibuMSP", Kind: parse.Invoice, Due: w.set.Today.AddDays(400)},
		"a note too long": {
			Organisation: "ShibuMSP", Kind: parse.Invoice, Note: strings.Repeat("的", app.MaxRequestNote/3+1),
		},
	} {
		got := w.send(w.token(sellerMaker), "POST", at, in, nil)
		if got.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
	w.asks(sellerMaker, api.AskForPaper{Organisation: "ShibuMSP", Kind: parse.PackingList})
	w.refused(sellerChecker, at, api.AskForPaper{Organisation: "ShibuMSP", Kind: parse.PackingList},
		http.StatusConflict, app.CodePaperRequest)
}
