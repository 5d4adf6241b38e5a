package ledgertest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

// answerCases: refusals, events, identities and times.
func (s *suite) answerCases() []testCase {
	return []testCase{
		{"StatusOf400WritesNothing", s.refusalWritesNothing},
		{"PanicWritesNothingAndTheLedgerLives", s.panicWritesNothing},
		{"ArgumentThatIsNotUTF8LeavesTheLedgerAlive", s.notUTF8},
		{"UnknownFunctionIsRefused", s.unknownFunction},
		{"EvaluateReportsARefusal", s.evaluateRefusal},
		{"LastEventWins", s.lastEventWins},
		{"EmptyEventNameIsAnError", s.emptyEventName},
		{"TransactionIDIsTheReceipts", s.transactionID},
		{"CreatorIsTheSubmitter", s.creatorIsTheSubmitter},
		{"ChaincodeSeesTheTransactionsTime", s.transactionTime},
	}
}

// wantRefusal checks that err is a chaincode's refusal with a status and message.
func wantRefusal(t *testing.T, err error, status int32, message string) {
	t.Helper()
	var refusal *app.ChaincodeError
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal by the chaincode", err)
	}
	if refusal.Status != status || (message != "" && refusal.Message != message) {
		t.Fatalf("refused with %d %q, want %d %q", refusal.Status, refusal.Message, status, message)
	}
}

func (s *suite) refusalWritesNothing(t *testing.T) {
	k := s.key(t, "k")
	message := `{"code":"probe.no","message":"nein, 不","path":"a.b"}`
	for _, status := range []int32{400, 404, 500} {
		_, err := s.ledger.Submit(t.Context(), s.call(t, []string{s.supplier, s.core},
			[]string{"put", k, "v"}, []string{"pput", orgCollection(s.supplier), k, "v"},
			[]string{"event", "never", ""}, []string{"fail", fmt.Sprint(status), message}))
		wantRefusal(t, err, status, message)
	}
	s.see(t, s.supplier, []string{"nil", "nil"},
		[]string{"get", k}, []string{"phash", orgCollection(s.supplier), k})
}

func (s *suite) panicWritesNothing(t *testing.T) {
	k := s.key(t, "k")
	_, err := s.ledger.Submit(t.Context(), s.call(t, []string{s.supplier, s.core},
		[]string{"put", k, "v"}, []string{"panic"}))
	wantRefusal(t, err, 500, "")
	for _, org := range Organisations() {
		s.see(t, org, []string{"nil"}, []string{"get", k})
	}
}

func (s *suite) notUTF8(t *testing.T) {
	p := s.call(t, []string{s.supplier, s.core})
	p.Args = []string{"[[\"put\",\"\xff\xfe\",\"v\"]]"}
	_, err := s.ledger.Submit(t.Context(), p)
	wantRefusal(t, err, 400, "")
	for _, org := range Organisations() {
		s.see(t, org, []string{"nil"}, []string{"get", s.key(t, "k")})
	}
}

func (s *suite) unknownFunction(t *testing.T) {
	_, err := s.ledger.Submit(t.Context(), app.Proposal{
		Org: s.supplier, Function: "Run", Args: script(t), Endorsers: []string{s.supplier, s.core},
	})
	wantRefusal(t, err, 400, "")
}

func (s *suite) evaluateRefusal(t *testing.T) {
	_, err := s.ledger.Evaluate(t.Context(), app.Proposal{
		Org: s.supplier, Function: probe.Function, Args: script(t, []string{"fail", "409", "busy"}),
	})
	wantRefusal(t, err, 409, "busy")
}

func (s *suite) lastEventWins(t *testing.T) {
	receipt := s.submit(t, []string{"ok", "ok", "ok"}, []string{"event", "first", "1"},
		[]string{"put", s.key(t, "k"), "v"}, []string{"event", "second", "2"})
	event := s.tx(t, receipt).Effects.Event
	if event == nil || event.Name != "second" || string(event.Payload) != "2" {
		t.Fatalf("event %+v, want the second", event)
	}
	receipt = s.submit(t, []string{"ok"}, []string{"put", s.key(t, "k"), "w"})
	if event := s.tx(t, receipt).Effects.Event; event != nil {
		t.Fatalf("event %+v, want none", event)
	}
}

func (s *suite) emptyEventName(t *testing.T) {
	s.see(t, s.supplier, []string{"error"}, []string{"event", "", "payload"})
}

func (s *suite) transactionID(t *testing.T) {
	p := s.call(t, []string{s.supplier, s.core}, []string{"tx-id"})
	first, second := s.commit(t, p, nil), s.commit(t, p, nil)
	checkAnswers(t, first.Response, []string{"=" + first.TxID})
	if raw, err := hex.DecodeString(first.TxID); err != nil || len(raw) != 32 {
		t.Fatalf("transaction id %q is not a hex SHA-256", first.TxID)
	}
	if first.TxID == second.TxID {
		t.Fatal("two transactions have one id")
	}
}

func (s *suite) creatorIsTheSubmitter(t *testing.T) {
	for _, org := range Organisations() {
		p := s.call(t, []string{s.supplier, s.core}, []string{"creator"})
		p.Org = org
		receipt := s.commit(t, p, []string{"=" + org})
		if got := s.tx(t, receipt).Creator; got != org {
			t.Fatalf("creator %s, want %s", got, org)
		}
	}
}

func (s *suite) transactionTime(t *testing.T) {
	receipt := s.submit(t, nil, []string{"tx-time"})
	tx := s.tx(t, receipt)
	checkAnswers(t, receipt.Response, []string{fmt.Sprintf("=%d", tx.Time.Unix())})
}
