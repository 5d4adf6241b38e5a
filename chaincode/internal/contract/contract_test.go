package contract_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/countersign/countersign/chaincode/internal/contract"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

const window = 2 * time.Minute

// stub is as much of a peer as the chaincode touches, over a ledger in a map. A text that is
// not UTF-8 panics, as it does in the shim when the message is written.
type stub struct {
	shim.ChaincodeStubInterface
	ledger    *tradetest.Ledger
	function  string
	args      []string
	transient map[string][]byte
	creator   []byte
	member    trade.OrgID // whose peer this is
	time      time.Time
	broken    error // answered by every read

	writes   map[string][]byte
	private  map[string][]byte // collection and key
	policies []string
	events   []string
}

func text(s string) string {
	if !utf8.ValidString(s) {
		panic("string field contains invalid UTF-8") //nolint:forbidigo // as the shim does
	}
	return s
}

func (s *stub) GetFunctionAndParameters() (string, []string) { return s.function, s.args }
func (s *stub) GetChannelID() string                         { return tradetest.Channel }
func (s *stub) GetCreator() ([]byte, error)                  { return s.creator, nil }
func (s *stub) GetTransient() (map[string][]byte, error)     { return s.transient, nil }

func (s *stub) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	return timestamppb.New(s.time), nil
}

func (s *stub) GetState(key string) ([]byte, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	return s.ledger.Get(text(key))
}

func (s *stub) GetPrivateDataHash(collection, key string) ([]byte, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	return s.ledger.PrivateHash(text(collection), text(key))
}

func (s *stub) GetPrivateData(collection, key string) ([]byte, error) {
	own := []string{trade.ConsentCollection(s.member), trade.CopyCollection(s.member)}
	if !slices.Contains(own, collection) {
		return nil, errors.New("tx creator does not have read access permission on privatedata")
	}
	return s.ledger.Private[collection][text(key)], nil
}

func (s *stub) PutState(key string, value []byte) error {
	s.writes[text(key)] = value
	return nil
}

func (s *stub) PutPrivateData(collection, key string, value []byte) error {
	s.private[text(collection)+"/"+text(key)] = value
	return nil
}

func (s *stub) SetStateValidationParameter(key string, _ []byte) error {
	s.policies = append(s.policies, text(key))
	return nil
}

func (s *stub) SetEvent(name string, _ []byte) error {
	s.events = append(s.events, text(name))
	return nil
}

// creator is the identity of a client of an organisation.
func creator(t testing.TB, org trade.OrgID) []byte {
	t.Helper()
	key := tradetest.NewPerson(t, org, "client").Key
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(&msp.SerializedIdentity{
		Mspid: string(org), IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newStub makes the call of the peer of an organisation by a client of its own.
func newStub(t testing.TB, l *tradetest.Ledger, org trade.OrgID, function string, args ...string) *stub {
	t.Helper()
	return &stub{
		ledger: l, function: function, args: args, creator: creator(t, org), member: org, time: l.Clock.Time(),
		writes: map[string][]byte{}, private: map[string][]byte{},
	}
}

func newContract(l *tradetest.Ledger) *contract.Contract {
	return contract.New(func() time.Time { return l.Clock.Time() }, window, slog.New(slog.DiscardHandler))
}

// applying is the call that carries a transaction out.
func applying(t testing.TB, l *tradetest.Ledger, tx trade.Transaction) *stub {
	t.Helper()
	c, err := trade.Decode[trade.Command](tx.Command, "command")
	if err != nil {
		t.Fatal(err)
	}
	s := newStub(t, l, tx.Actor, trade.FunctionApply, string(c.ID))
	s.transient = tx.Transient()
	return s
}

func wantFault(t *testing.T, r *peer.Response, status int32, code trade.Code) {
	t.Helper()
	var f trade.Fault
	if err := json.Unmarshal([]byte(r.GetMessage()), &f); err != nil {
		t.Fatalf("status %d, and %q is no fault: %v", r.GetStatus(), r.GetMessage(), err)
	}
	if r.GetStatus() != status || f.Code != code {
		t.Errorf("status %d, %s (%s), want %d, %s", r.GetStatus(), f.Code, f.Message, status, code)
	}
}

func (s *stub) wantNoWrites(t *testing.T) {
	t.Helper()
	if len(s.writes)+len(s.private)+len(s.policies)+len(s.events) != 0 {
		t.Errorf("a refused call wrote %v", slices.Sorted(maps.Keys(s.writes)))
	}
}

func TestApplyPlaysTheOutcomeOnTheStub(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableReserve)
	tx := w.Transaction(w.Draft(trade.ReceivableReserve))
	want, err := trade.Next(l, tx)
	if err != nil {
		t.Fatal(err)
	}
	s := applying(t, l, tx)
	r := newContract(l).Invoke(s)
	if r.GetStatus() != shim.OK || string(r.GetPayload()) != string(want.Response) {
		t.Fatalf("status %d, %s, %s", r.GetStatus(), r.GetMessage(), r.GetPayload())
	}
	for _, p := range want.Writes {
		if string(s.writes[p.Key]) != string(p.Value) {
			t.Errorf("%s was not written", p.Key)
		}
	}
	for _, p := range want.Private {
		if string(s.private[p.Collection+"/"+p.Key]) != string(p.Value) {
			t.Errorf("%s was not written into %s", p.Key, p.Collection)
		}
	}
	if len(s.policies) != len(want.Policies) || !slices.Equal(s.events, []string{trade.EventName}) {
		t.Errorf("policies %v, events %v", s.policies, s.events)
	}
	for _, v := range s.writes {
		if strings.Contains(string(v), w.Claim.Number) {
			t.Error("an invoice number stands in public state")
		}
	}
}

func TestWrongCallsAreRefusedAndWriteNothing(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	tx := w.Transaction(w.Draft(trade.ReceivableConfirm))
	for name, c := range map[string]struct {
		change func(*stub)
		status int32
		code   trade.Code
	}{
		"no function":          {func(s *stub) { s.function = "" }, 400, trade.CodeUnknownAct},
		"unknown function":     {func(s *stub) { s.function = "Apply" }, 400, trade.CodeUnknownAct},
		"no argument":          {func(s *stub) { s.args = nil }, 400, trade.CodeID},
		"two arguments":        {func(s *stub) { s.args = append(s.args, "x") }, 400, trade.CodeID},
		"empty id":             {func(s *stub) { s.args[0] = "" }, 400, trade.CodeID},
		"id that is not UTF-8": {func(s *stub) { s.args[0] = "a\xff" }, 400, trade.CodeID},
		"long id":              {func(s *stub) { s.args[0] = strings.Repeat("a", 65) }, 400, trade.CodeID},
		"another command's id": {func(s *stub) { s.args[0] = "another" }, 400, trade.CodeMalformed},
		"no transient data":    {func(s *stub) { s.transient = nil }, 400, trade.CodeMalformed},
		"no command": {
			func(s *stub) { delete(s.transient, trade.TransientCommand) }, 400, trade.CodeMalformed,
		},
		"no signatures": {
			func(s *stub) { delete(s.transient, trade.TransientSignatures) }, 400, trade.CodeMalformed,
		},
		"no state": {
			func(s *stub) { delete(s.transient, trade.TransientState+string(w.Receivable)) }, 400, trade.CodeStale,
		},
		"huge command": {
			func(s *stub) { s.transient[trade.TransientCommand] = make([]byte, trade.MaxInput+1) },
			400, trade.CodeMalformed,
		},
		"much transient data": {
			func(s *stub) {
				for i := range 24 {
					s.transient[trade.TransientState+strconv.Itoa(i)] = nil
				}
			}, 400, trade.CodeMalformed,
		},
		"key of no epoch": {
			func(s *stub) { s.transient[trade.TransientKey+"one"] = nil }, 400, trade.CodeKey,
		},
		"second key of an epoch": {
			func(s *stub) { s.transient[trade.TransientKey+"01"] = nil }, 400, trade.CodeKey,
		},
		"time behind the window":   {func(s *stub) { s.time = s.time.Add(-window - 1) }, 400, trade.CodeTimeWindow},
		"time ahead of the window": {func(s *stub) { s.time = s.time.Add(window + 1) }, 400, trade.CodeTimeWindow},
		"no creator":               {func(s *stub) { s.creator = nil }, 500, trade.CodeInternal},
		"creator that is nobody":   {func(s *stub) { s.creator = []byte("nobody") }, 500, trade.CodeInternal},
		"outsider":                 {func(s *stub) { s.creator = creator(t, "OutsiderMSP") }, 400, trade.CodeParty},
		"broken ledger":            {func(s *stub) { s.broken = errors.New("disk") }, 500, trade.CodeInternal},
		"panic":                    {func(s *stub) { s.ledger = nil }, 500, trade.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			s := applying(t, l, tx)
			c.change(s)
			wantFault(t, newContract(l).Invoke(s), c.status, c.code)
			s.wantNoWrites(t)
		})
	}
}

func TestInternalFaultTellsNothing(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	s := applying(t, l, w.Transaction(w.Draft(trade.DocumentRecord)))
	s.broken = errors.New("password of the database")
	if r := newContract(l).Invoke(s); strings.Contains(r.GetMessage(), "password") {
		t.Errorf("says %q", r.GetMessage())
	}
}

func TestRecordIsForEveryMemberAndStateForWhoHoldsIt(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	c, id := newContract(l), string(w.Receivable)
	for _, p := range w.Parties() {
		r := c.Invoke(newStub(t, l, p.Org, trade.FunctionRecord, id))
		if string(r.GetPayload()) != string(l.Public[id]) {
			t.Errorf("%s: record: %s", p.Org, r.GetMessage())
		}
	}
	for _, p := range []*tradetest.Party{w.Seller, w.Obligor, w.Auditor} {
		if r := c.Invoke(newStub(t, l, p.Org, trade.FunctionState, id)); len(r.GetPayload()) == 0 {
			t.Errorf("%s: state: %s", p.Org, r.GetMessage())
		}
	}
	for _, p := range []*tradetest.Party{w.Bank, w.Rival, w.Operator} {
		wantFault(t, c.Invoke(newStub(t, l, p.Org, trade.FunctionState, id)), 400, trade.CodeNotFound)
		elsewhere := newStub(t, l, p.Org, trade.FunctionState, id)
		elsewhere.member = w.Seller.Org // asked at the seller's peer
		wantFault(t, c.Invoke(elsewhere), 400, trade.CodeNotFound)
	}
	wantFault(t, c.Invoke(newStub(t, l, w.Seller.Org, trade.FunctionRecord, "nowhere")), 400, trade.CodeNotFound)
}

func TestProbeTellsWhatMatchesAndNeverWhose(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	claim := w.Claim
	claim.Number = "RENUMBERED-1"
	raw, err := trade.Canonical(claim)
	if err != nil {
		t.Fatal(err)
	}
	s := newStub(t, l, w.Rival.Org, trade.FunctionProbe)
	s.transient = trade.Transaction{Keys: w.Keys}.Transient()
	s.transient[trade.TransientClaim] = raw
	r := newContract(l).Invoke(s)
	const want = `[{"kind":"trade","terms":"order, goods and amount match"},` +
		`{"kind":"content","terms":"parties, date and amount match"}]`
	if string(r.GetPayload()) != want {
		t.Errorf("answers %s %s, want %s", r.GetPayload(), r.GetMessage(), want)
	}
	delete(s.transient, trade.TransientClaim)
	wantFault(t, newContract(l).Invoke(s), 400, trade.CodeMalformed)
	s.transient = map[string][]byte{trade.TransientClaim: raw}
	wantFault(t, newContract(l).Invoke(s), 400, trade.CodeKey)
	s.wantNoWrites(t)
}

// FuzzContractInvoke calls any function with any argument and transient data: it always
// answers, a refusal is a fault that says so in JSON, and a refusal writes nothing.
func FuzzContractInvoke(f *testing.F) {
	w, l := tradetest.Start(f)
	w.Reach(trade.ReceivableConfirm)
	tx := w.Transaction(w.Draft(trade.ReceivableConfirm))
	right := applying(f, l, tx)
	name := trade.TransientState + string(w.Receivable)
	for _, function := range []string{
		trade.FunctionApply, trade.FunctionRecord, trade.FunctionState, trade.FunctionProbe, "", "Apply", "\xff",
	} {
		f.Add(function, right.args[0], uint8(1), tx.Command, tx.Signatures, name, tx.States[w.Receivable])
		f.Add(function, "\xff\xfe", uint8(1), []byte(nil), []byte(nil), "", []byte(nil))
		id, key := string(w.Receivable), trade.TransientKey+"1"
		f.Add(function, id, uint8(3), []byte("{}"), []byte("[]"), key, []byte("k"))
		long, null := strings.Repeat("a", 1<<16), []byte("null")
		f.Add(function, long, uint8(0), null, null, trade.TransientClaim, []byte("{}"))
	}
	c := newContract(l)
	f.Fuzz(func(
		t *testing.T, function, arg string, n uint8, command, signatures []byte, key string, value []byte,
	) {
		s := newStub(t, l, w.Obligor.Org, function)
		for range n % 4 {
			s.args = append(s.args, arg)
		}
		s.transient = map[string][]byte{
			trade.TransientCommand: command, trade.TransientSignatures: signatures, key: value,
		}
		r := c.Invoke(s)
		if r.GetStatus() < shim.ERRORTHRESHOLD {
			return
		}
		var fault trade.Fault
		if err := json.Unmarshal([]byte(r.GetMessage()), &fault); err != nil || fault.Code == "" {
			t.Errorf("refused with %q: %v", r.GetMessage(), err)
		}
		if fault.Code == trade.CodeInternal {
			t.Errorf("an argument of the client is an internal fault: %s(%.80q)", function, arg)
		}
		text(r.GetMessage())
		s.wantNoWrites(t)
	})
}
