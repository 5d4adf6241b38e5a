package httpapi

import (
	"context"
	"net/http"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// payeeBodies are what the routes about the payee account are sent: for the seller an account that is
// none of its own.
func payeeBodies() map[string]sent {
	const change = "POST /v1/receivables/{receivable}/payee-change"
	return map[string]sent{
		change:                   {body: api.AskPayee{Account: "1", Reason: "as the test says"}},
		change + "/confirmation": {body: api.ConfirmPayee{Account: "1", CallBack: "as the test says"}},
		change + "/refusal":      {body: api.Because{Reason: "as the test says"}},
		change + "/effect":       {body: api.Nothing{}},
	}
}

func TestAChangedAccountIsHeldUntilTheObligorHasConfirmedItAndItHasCooledOff(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.quoted()
	const account = "3901209904172630901"
	must(t, w.store.Write(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
		return tx.PutAccount(ctx, app.Account{ // as the operator of a node registers it
			ID: "acc-lanqiao-second", Org: "LanqiaoMSP", Number: account, BIC: "YJCBCN2N",
			Holder: "Ningbo Lanqiao Castings Co., Ltd.", Currency: "CNY",
		})
	}))
	at := "/v1/receivables/" + string(w.receivable)
	change, accept := at+"/payee-change", "/v1/financings/"+string(w.financing)+"/acceptance"

	var i api.Intent
	ask := api.AskPayee{Account: account, Reason: "our bank has merged"}
	w.post(sellerMaker, change, ask, http.StatusCreated, &i)
	w.sign([]api.Intent{i}, sellerMaker)
	w.refused(sellerMaker, accept, api.Nothing{}, http.StatusConflict, trade.CodePayeeChange)
	if item, mine := w.itemOf(obligorMaker, true, app.PaperRequestID(w.receivable)); !mine ||
		item.Next != app.NextConfirmPayee {
		t.Errorf("the obligor sees %+v (%v)", item, mine)
	}
	w.refused(obligorMaker, change+"/confirmation", api.ConfirmPayee{Account: "2", CallBack: "x"},
		http.StatusUnprocessableEntity, trade.CodePayee)
	w.post(obligorMaker, change+"/confirmation",
		api.ConfirmPayee{Account: account, CallBack: "called +86 574 5550 118, spoke to the treasurer"},
		http.StatusCreated, &i)
	w.sign([]api.Intent{i}, obligorMaker, obligorChecker)

	var r api.Receivable
	w.get(sellerMaker, at, &r)
	cools := r.PayeeChange.HeldUntil.Sub(r.PayeeChange.ConfirmedAt)
	if r.PayTo == account || r.PayeeChange.Account != account || cools != trade.PayeeCoolingOff {
		t.Errorf("paid to %s, change %+v", r.PayTo, r.PayeeChange)
	}
	var v api.Review
	w.get(bankMaker, "/v1/financings/"+string(w.financing)+"/review", &v)
	if v.PayeeChange.HeldUntil != r.PayeeChange.HeldUntil || len(v.PayeeChange.ConfirmedBy) != 2 {
		t.Errorf("the bank sees %+v", v.PayeeChange)
	}
	w.refused(sellerMaker, accept, api.Nothing{}, http.StatusConflict, trade.CodePayeeChange)
	w.refused(sellerMaker, change+"/effect", api.Nothing{}, http.StatusConflict, trade.CodePayeeChange)

	w.post(operator, "/v1/demo/clock", api.MoveClock{Days: 4}, http.StatusOK, nil)
	if item, mine := w.itemOf(sellerMaker, true, app.PaperRequestID(w.receivable)); !mine ||
		item.Next != app.NextChangePayee {
		t.Errorf("the seller sees %+v (%v)", item, mine)
	}
	w.post(sellerMaker, change+"/effect", api.Nothing{}, http.StatusCreated, &i)
	w.eventually("the new account is in force", func() bool {
		w.get(sellerMaker, at, &r)
		return r.PayTo == account
	})
	w.refused(sellerMaker, accept, api.Nothing{}, http.StatusUnprocessableEntity, trade.CodePayee)
}
