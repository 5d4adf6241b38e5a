package app_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// notification makes of a statement the notification that the bank sent of the same booking.
func notification(statement []byte) []byte {
	for old, replaced := range map[string]string{
		"camt.053.001": "camt.054.001", "BkToCstmrStmt": "BkToCstmrDbtCdtNtfctn", "<Stmt>": "<Ntfctn>",
		"</Stmt>": "</Ntfctn>", "<NtryRef>1<": "<NtryRef>81<",
	} {
		statement = bytes.ReplaceAll(statement, []byte(old), []byte(replaced))
	}
	return statement
}

func TestAPaymentToldByNotificationAndByStatementIsMoneyOnce(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	statement := w.trade.Files["statement.camt053.xml"]
	notice := bytes.NewReader(notification(statement))
	told, _, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml", notice)
	ok(t, err)
	if told.Syntax != "camt.054" || len(told.Lines) == 0 {
		t.Fatalf("the notification is %+v", told)
	}
	again, created, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml", bytes.NewReader(statement))
	ok(t, err)
	if !created || again.Syntax != "camt.053" || len(again.Lines) != 0 {
		t.Errorf("the statement after it: created %t, lines %+v", created, again.Lines)
	}
	lines, _, err := w.Lines(t.Context(), w.bank.Actor, app.LineFilter{}, app.Page{Limit: app.MaxPage})
	ok(t, err)
	if len(lines) != len(told.Lines) {
		t.Errorf("%d lines are kept, want %d", len(lines), len(told.Lines))
	}
}

func TestAnEntryWithoutADateOfBookingIsRefused(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	statement := w.trade.Files["statement.camt053.xml"]
	from, to := bytes.Index(statement, []byte("<BookgDt>")), bytes.Index(statement, []byte("</BookgDt>"))
	if from < 0 || to < from {
		t.Fatal("the statement of the fixtures has no date of booking")
	}
	bare := append(bytes.Clone(statement[:from]), statement[to+len("</BookgDt>"):]...)
	_, _, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml", bytes.NewReader(bare))
	wantCode(t, err, app.CodeStatement)
}

// dueDay imports the bank's statement of the due date and gives the line that pays the receivable.
func (w *way) dueDay() app.LineID {
	t := w.t
	ok(t, w.ledger.MoveClock(88*24*time.Hour))
	s, _, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml",
		bytes.NewReader(w.trade.Files["statement.camt053.xml"]))
	ok(t, err)
	i := slices.IndexFunc(s.Lines, func(l app.Line) bool { return l.Receivable == w.receivable })
	if i < 0 {
		t.Fatalf("no line of %+v was matched to the receivable", s.Lines)
	}
	return s.Lines[i].ID
}

func TestAPaymentWaitsUntilThePayoutIsRecorded(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	w.upload()
	w.verified()
	w.issued()
	w.approved()
	line := w.dueDay()
	_, err := w.ApplyPayment(t.Context(), w.bank.Actor, line, "")
	wantCode(t, err, app.CodeBeforePayout)
	w.disbursed()
	pay, err := w.ApplyPayment(t.Context(), w.bank.Actor, line, "")
	ok(t, err)
	w.settled(pay, line)
	w.stands(w.financing, trade.KindFinancing, trade.Repaid)
}

func TestALineIsSetAsideWithAReasonThatTheLogKeeps(t *testing.T) {
	n := openNode(t)
	w := begin(t, n, 0)
	s, _, err := w.ImportStatement(t.Context(), w.bank.Actor, "a.xml",
		bytes.NewReader(w.trade.Files["statement.camt053.xml"]))
	ok(t, err)
	line := s.Lines[0].ID
	_, err = w.SetAsideLine(t.Context(), w.bank.Actor, line, " \t")
	wantCode(t, err, app.CodeInput)
	aside, err := w.SetAsideLine(t.Context(), w.bank.Actor, line, " Interest\n")
	ok(t, err)
	if aside.State != app.LineSetAside || aside.SetAside.Reason != "Interest" {
		t.Errorf("the line is %s, because of %q", aside.State, aside.SetAside.Reason)
	}
	reader := w.bank.Actor
	reader.Roles = append(slices.Clone(reader.Roles), trade.Approver)
	log, _, err := w.AuditLog(t.Context(), reader, app.AuditFilter{Acts: []string{"statement.set_aside"}},
		app.Window{Limit: 10})
	ok(t, err)
	if len(log) != 1 || log[0].Reason != "Interest" {
		t.Errorf("the log says %+v", log)
	}
}
