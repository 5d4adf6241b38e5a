package app_test

import (
	"bytes"
	"testing"

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
