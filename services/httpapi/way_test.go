package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

func TestATradeGoesAllTheWay(t *testing.T) {
	w := newWorld(t)
	account := w.paidOut()
	financing := "/v1/financings/" + string(w.financing)
	var f api.Financing
	w.get(sellerMaker, financing, &f)
	want := w.trade().Plan.Expected.Figures
	if f.Phase != trade.Disbursed || f.Terms.Cash != want.Cash || f.Terms.Charge != want.Discount ||
		f.Terms.Fee != want.Fee {
		t.Errorf("%s, terms %+v, want %+v", f.Phase, f.Terms, want)
	}
	if len(f.History) != 4 || len(f.History[2].Signers) != 2 {
		t.Errorf("history %+v", f.History)
	}
	var list api.FinancingList
	w.get(auditor, "/v1/financings", &list)
	if len(list.Items) != 1 || list.Items[0].ID != w.financing {
		t.Errorf("the auditor sees %+v", list.Items)
	}
	var report api.Report
	w.post(auditor, "/v1/reports", api.MakeReport{Kind: "dossier", Format: "pdf", Subject: string(w.financing)},
		http.StatusCreated, &report)
	file := w.send(w.token(auditor), "GET", report.FileURL, nil, nil)
	if file.Code != http.StatusOK || !strings.HasPrefix(file.Body.String(), "%PDF-") ||
		!strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the report: %d %.20q", file.Code, file.Body)
	}
	if got := w.send(w.token(sellerMaker), "GET", report.FileURL, nil, nil); got.Code != http.StatusNotFound {
		t.Errorf("another organisation's report: %d", got.Code)
	}
	var inbox api.Inbox
	w.get(bankMaker, "/v1/inbox", &inbox)
	for _, i := range inbox.Mine {
		if i.Next == app.NextSign {
			t.Errorf("still waiting: %+v", i)
		}
	}
	var r api.Receivable
	w.get(bankMaker, "/v1/receivables/"+string(w.receivable), &r)
	if r.Owner != "YongjiangMSP" || r.Assigned != r.Face || r.Free.Sign() != 0 ||
		r.PayTo != account {
		t.Errorf("receivable %+v", r)
	}
	w.settle()
	w.get(bankMaker, "/v1/receivables/"+string(w.receivable), &r)
	w.get(sellerMaker, financing, &f)
	if r.Phase != trade.Settled || f.Phase != trade.Repaid || f.Outstanding.Sign() != 0 ||
		f.Surplus.Sign() <= 0 {
		t.Errorf(
			"at the end: receivable %s, financing %s, outstanding %s, surplus %s", r.Phase, f.Phase, f.Outstanding,
			f.Surplus,
		)
	}
}

// A repayment that was withdrawn leaves what the obligor paid unapplied: the review offers to apply it.
func TestWhatRepaidNothingYetIsAppliedLater(t *testing.T) {
	w := newWorld(t)
	w.paidOut()
	path := "/v1/financings/" + string(w.financing)
	w.refused(bankMaker, path+"/repayment", api.Nothing{}, http.StatusConflict, trade.CodeRepayment)
	before := w.review(bankMaker)
	if len(before.Decisions) != 0 || len(before.Exposure) == 0 {
		t.Errorf("before anything was paid: %+v", before)
	}
	for _, e := range before.Exposure {
		if e.Used == e.With.Used {
			t.Errorf("what is paid out takes up nothing of the limit by %s", e.By)
		}
	}
	_, both := w.applied()
	w.post(bankMaker, "/v1/intents/"+string(both[1].ID)+"/withdrawal", nil, http.StatusOK, nil)
	w.sign(both[:1], bankChecker)

	var inbox api.Inbox
	w.get(bankMaker, "/v1/inbox", &inbox)
	if !slices.ContainsFunc(inbox.Mine, func(i api.InboxItem) bool {
		return i.Next == app.NextRepay && i.Subject == string(w.financing)
	}) {
		t.Errorf("the inbox does not name it: %+v", inbox.Mine)
	}
	for _, e := range w.review(bankMaker).Exposure {
		if e.Used != e.With.Used {
			t.Errorf("what is paid takes up nothing of the limit by %s: %s, with it %s", e.By, e.Used, e.With.Used)
		}
	}
	repay := w.decision(bankMaker, app.DecideRepay)
	want := w.trade().Plan.Expected.Figures
	codes := []string{}
	for _, c := range repay.Consequences {
		codes = append(codes, c.Code)
	}
	if !repay.Allowed || !slices.Equal(codes, []string{app.ThenApplied, app.ThenSurplus, app.ThenRepaid}) ||
		repay.Consequences[0].Amount != want.Advance {
		t.Errorf("the decision is %+v", repay)
	}
	w.act(path+"/repayment", api.Nothing{}, bankMaker)
	var f api.Financing
	w.get(bankMaker, path, &f)
	if f.Phase != trade.Repaid || f.Outstanding.Sign() != 0 || f.Surplus != repay.Consequences[1].Amount {
		t.Errorf("%s, outstanding %s, surplus %s", f.Phase, f.Outstanding, f.Surplus)
	}
	w.refused(bankMaker, path+"/repayment", api.Nothing{}, http.StatusConflict, trade.CodePhase)
}

// paidOut brings the first trade to where the bank has paid the seller, and says to which of the
// bank's accounts the obligor pays.
func (w *world) paidOut() (account string) {
	w.t.Helper()
	w.open()
	w.confirm()
	w.quoted()
	financing := "/v1/financings/" + string(w.financing)
	w.act(financing+"/acceptance", api.Nothing{}, sellerMaker, bankMaker)
	bank, _ := w.set.Demo.Organisation("yongjiang")
	account = bank.Accounts[0].Number
	var approved api.IntentList
	w.post(
		bankMaker, financing+"/approval", api.ApproveFinancing{Account: account}, http.StatusCreated, &approved,
	)
	w.sign(approved.Intents, bankMaker, bankChecker)
	w.act(financing+"/disbursement", api.DisburseFinancing{Reference: "payout 1"}, bankMaker, bankChecker)
	return account
}

// settle moves the clock to the due date and applies the line of the bank's statement that pays.
func (w *world) settle() {
	w.t.Helper()
	path, both := w.applied()
	w.sign(both, bankChecker)
	w.refused(bankMaker, path, api.ApplyPayment{}, http.StatusConflict, trade.CodePaymentTwice)
}

// applied moves the clock to the due date, imports the bank's statement and prepares what its line does.
func (w *world) applied() (path string, intents []api.Intent) {
	w.t.Helper()
	var now api.ClockTime
	w.post(operator, "/v1/demo/clock", api.MoveClock{Days: tradeDays}, http.StatusOK, &now)
	statement := w.trade().Files["statement.camt053.xml"]
	var st, again api.Statement
	w.want(w.file(bankMaker, "/v1/statements", "statement.xml", statement), http.StatusCreated, &st)
	w.want(w.file(bankMaker, "/v1/statements", "statement.xml", statement), http.StatusOK, &again)
	if again.ID != st.ID {
		w.t.Errorf("the same file is statement %s and %s", st.ID, again.ID)
	}
	for _, l := range st.Lines {
		if l.Receivable != w.receivable {
			continue
		}
		var applied api.IntentList
		path := "/v1/statement-lines/" + string(l.ID) + "/application"
		w.post(bankMaker, path, api.ApplyPayment{}, http.StatusCreated, &applied)
		return path, applied.Intents
	}
	w.t.Fatalf("no line pays %s: %+v", w.receivable, st.Lines)
	return "", nil
}

// tradeDays is how long after the day of the show the first trade falls due.
const tradeDays = 88
