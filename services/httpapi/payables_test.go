package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
	"github.com/countersign/countersign/services/parse/source"
)

const payablesHead = "invoice_number,supplier,amount,currency,due_date\n"

// claimed is the receivable as its obligor sees it.
func (w *world) claimed() api.Receivable {
	w.t.Helper()
	var r api.Receivable
	w.get(obligorMaker, "/v1/receivables/"+string(w.receivable), &r)
	return r
}

// books is a list of payables in which the claim stands rightly, and three rows that do not.
func (w *world) books(r api.Receivable) []byte {
	row := func(number, supplier, amount string) string {
		return strings.Join([]string{number, `"` + supplier + `"`, amount, "CNY", r.DueDate.String()}, ",") + "\n"
	}
	return []byte(payablesHead + row(r.Number, "ningbo lanqiao  castings co., ltd.", r.Face.Decimal()) +
		row(r.Number, "Ningbo Lanqiao Castings Co., Ltd.", r.Face.Decimal()) +
		row("NO-SUCH-1", "Ningbo Lanqiao Castings Co., Ltd.", "1.00") +
		row("NO-SUCH-2", "Ningbo Lanqiao Castings Co., Ltd.", "one"))
}

func results(l api.PayableList) string {
	list := []string{}
	for _, r := range l.Rows {
		list = append(list, string(r.Result))
	}
	return strings.Join(list, " ")
}

func TestAListFromTheBooksConfirmsWhatMatchesAndNamesTheFileInEachCommand(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.issue()
	claim := w.claimed()
	wrong := strings.Replace(string(w.books(claim)), claim.Face.Decimal(), "1.00", 1)
	var list api.PayableList
	w.want(w.file(obligorMaker, "/v1/payable-lists", "wrong.csv", []byte(wrong)), http.StatusCreated, &list)
	if d := list.Rows[0].Differences; results(list) != "differs repeated unknown unreadable" || len(d) != 1 ||
		d[0].Field != "amount" || d[0].Listed != "1.00 CNY" || d[0].Claimed != claim.Face.String() {
		t.Fatalf("%s: %+v", results(list), list.Rows)
	}
	promise := api.Promised{Promise: trade.Acknowledgement, Text: "We owe what our list says."}
	w.refused(obligorMaker, "/v1/payable-lists/"+string(list.ID)+"/confirmation", promise,
		http.StatusConflict, app.CodeNoPayable)

	file := w.books(claim)
	w.want(w.file(obligorMaker, "/v1/payable-lists", "应付.csv", file), http.StatusCreated, &list)
	if results(list) != "matches repeated unknown unreadable" || list.FileName != "应付.csv" ||
		list.Unlisted != 0 {
		t.Fatalf("%s: %+v", results(list), list)
	}
	confirmation := "/v1/payable-lists/" + string(list.ID) + "/confirmation"
	var first, second api.PreparedList
	w.post(obligorMaker, confirmation, promise, http.StatusOK, &first)
	w.post(obligorChecker, confirmation, promise, http.StatusOK, &second)
	if len(first.Items) != 1 || first.Items[0].Receivable != w.receivable ||
		first.Items[0].Stood || !second.Items[0].Stood ||
		second.Items[0].Intent.ID != first.Items[0].Intent.ID {
		t.Fatalf("%+v, then %+v", first, second)
	}
	if !strings.Contains(first.Items[0].Intent.Command, string(trade.DigestOf(file))) {
		t.Errorf("the file's digest is not what is signed: %s", first.Items[0].Intent.Command)
	}
	other := api.ConfirmReceivables{
		Receivables: []trade.AssetID{w.receivable, "rcv-none"}, Promise: trade.Undertaking, Text: "We pay.",
	}
	w.post(obligorMaker, "/v1/confirmations", other, http.StatusOK, &second)
	if second.Items[0].Problem.Code != string(app.CodeIntentPending) ||
		second.Items[1].Problem.Code != string(app.CodeHidden) {
		t.Errorf("other words, and what is not there: %+v", second.Items)
	}
	w.want(w.file(obligorChecker, "/v1/payable-lists", "again.csv", file), http.StatusOK, &list)
	if results(list) != "prepared repeated unknown unreadable" || list.FileName != "应付.csv" ||
		len(list.Rows[0].Pending) != 1 {
		t.Errorf("while it waits: %s", results(list))
	}
	w.sign([]api.Intent{first.Items[0].Intent}, obligorMaker, obligorChecker)
	if c := w.claimed().Confirmation; c.Source != trade.DigestOf(file) {
		t.Errorf("confirmed with the source %q", c.Source)
	}
	w.get(obligorMaker, "/v1/payable-lists/"+string(list.ID), &list)
	if results(list) != "confirmed repeated unknown unreadable" {
		t.Errorf("afterwards: %s", results(list))
	}
	w.refused(obligorMaker, confirmation, promise, http.StatusConflict, app.CodeNoPayable)
	w.problem(w.file(obligorMaker, "/v1/payable-lists", "no.csv", []byte("a,b\n1,2\n")),
		http.StatusUnprocessableEntity, source.CodeBulkColumn)
}

func TestManyAreConfirmedByOneGestureOfEachOfTwoPersons(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.issue()
	body := api.ConfirmReceivables{
		Receivables: []trade.AssetID{w.receivable}, Promise: trade.Acknowledgement, Text: "We owe it.",
	}
	var got api.PreparedList
	w.post(obligorMaker, "/v1/confirmations", body, http.StatusOK, &got)
	intent := got.Items[0].Intent
	s := w.people[obligorMaker].Sign(t, intent.Digest)
	sign := api.SignBatch{
		Intents: []trade.CommandID{intent.ID}, Signature: api.Signature{Batch: s.Batch, Value: s.Value},
	}
	var outcome api.BatchOutcome
	w.post(obligorMaker, "/v1/signatures", sign, http.StatusOK, &outcome)
	w.post(obligorMaker, "/v1/signatures", sign, http.StatusOK, &outcome)
	if outcome.Outcomes[0].Problem.Code != string(trade.CodeSignatureSame) {
		t.Errorf("a second signature of one person: %+v", outcome)
	}
	var list api.ReceivableList
	w.get(obligorChecker, "/v1/receivables?side=obligor&phase=ISSUED", &list)
	if len(list.Items) != 1 || len(list.Items[0].Pending) != 1 || list.Items[0].Pending[0].ID != intent.ID {
		t.Fatalf("what waits does not stand beside the payable: %+v", list)
	}
	w.post(obligorChecker, "/v1/confirmations", body, http.StatusOK, &got)
	w.sign([]api.Intent{got.Items[0].Intent}, obligorChecker)
	w.post(obligorMaker, "/v1/confirmations", body, http.StatusOK, &got)
	if got.Items[0].Problem.Code != string(trade.CodePhase) {
		t.Errorf("confirming again: %+v", got.Items)
	}
}

func TestReceivablesAreFilteredSortedAndSummed(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	w.act("/v1/receivables/"+string(w.receivable)+"/dispute", api.DisputeReceivable{
		Amount: w.money("3.00"), Code: "quality", Reason: "three castings are cracked",
		Evidence: w.papers["invoice.xml"],
	}, obligorMaker)
	claim := w.claimed()
	step := claim.History[len(claim.History)-1]
	if claim.ReasonCode != "quality" || claim.Reason != "three castings are cracked" ||
		step.ReasonCode != "quality" || step.Amount != w.money("3.00") || step.Evidence == "" {
		t.Errorf("%s %q, %+v", claim.ReasonCode, claim.Reason, step)
	}
	number, due := claim.Number[1:], claim.DueDate
	for query, want := range map[string]int{
		"side=obligor&disputed=true&sort=due":              1,
		"side=seller":                                      0,
		"phase=OPEN&sort=-amount":                          1,
		"phase=ISSUED":                                     0,
		"counterparty=LanqiaoMSP&currency=CNY&sort=number": 1,
		"counterparty=YongjiangMSP":                        0,
		"currency=EUR":                                     0,
		"search=" + strings.ToLower(number):                1,
		"search=%25":                                       0,
		"due_from=" + due.String() + "&due_until=" + due.String():  1,
		"due_from=" + due.AddDays(1).String():                      0,
		"due_until=" + due.AddDays(-1).String() + "&sort=-number":  0,
		"side=obligor&phase=OPEN&phase=SETTLED&sort=moved&limit=1": 1,
	} {
		var list api.ReceivableList
		w.get(obligorMaker, "/v1/receivables?"+query, &list)
		if len(list.Items) != want || list.Next != "" {
			t.Errorf("%s: %d, want %d", query, len(list.Items), want)
		}
	}
	var sums api.ReceivableSums
	w.get(obligorMaker, "/v1/receivable-sums?side=obligor", &sums)
	if s := sums.Sums; len(s) != 1 || s[0].Count != 1 || !s[0].Disputed || s[0].Due != claim.Due ||
		s[0].InDispute != w.money("3.00") || s[0].Phase != trade.Open {
		t.Errorf("sums %+v", s)
	}
	for query, want := range map[string]int64{
		"side=owner":                            0,
		"counterparty=LanqiaoMSP&currency=CNY":  1,
		"currency=EUR":                          0,
		"search=%25":                            0,
		"search=" + strings.ToLower(number):     1,
		"due_from=" + due.String():              1,
		"due_until=" + due.AddDays(-1).String(): 0,
	} {
		w.get(obligorMaker, "/v1/receivable-sums?"+query, &sums)
		var count int64
		for _, s := range sums.Sums {
			count += s.Count
		}
		if count != want {
			t.Errorf("%s: sums of %d, want %d", query, count, want)
		}
	}
	var theirs api.ReceivableList
	w.get(stranger, "/v1/receivables", &theirs)
	w.get(stranger, "/v1/receivable-sums", &sums)
	if len(theirs.Items)+len(sums.Sums) != 0 {
		t.Errorf("a stranger is told %+v and %+v", theirs, sums)
	}
}

func TestTheCalendarSumsWeeksByCurrencyAndStrangersSeeNothing(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.confirm()
	claim := w.claimed()
	var c api.Calendar
	w.get(obligorMaker, "/v1/calendar?side=obligor&weeks=30", &c)
	if len(c.Weeks) != 1 || c.Weeks[0].Due != claim.Due || c.Weeks[0].Count != 1 || len(c.Before) != 0 ||
		claim.DueDate.Before(c.Weeks[0].From) || c.Weeks[0].Until.Before(claim.DueDate) ||
		c.Days[0].From != claim.DueDate {
		t.Errorf("%+v", c)
	}
	if days := c.From.DaysUntil(c.Until); days != 30*7-1 || c.Today.Before(c.From) {
		t.Errorf("from %s until %s", c.From, c.Until)
	}
	w.get(obligorMaker, "/v1/calendar?side=obligor&from="+claim.DueDate.AddDays(14).String(), &c)
	if len(c.Weeks) != 0 || len(c.Before) != 1 || c.Before[0].Due != claim.Due {
		t.Errorf("later: %+v", c)
	}
	w.get(sellerMaker, "/v1/calendar?side=owner&weeks=30", &c)
	if len(c.Weeks) != 1 {
		t.Errorf("to the seller it is owed: %+v", c)
	}
	w.get(stranger, "/v1/calendar?weeks=60", &c)
	if len(c.Weeks)+len(c.Before) != 0 {
		t.Errorf("a stranger is told %+v", c)
	}
}
