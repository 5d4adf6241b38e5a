package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/statebased"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest"
)

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// chaincode is a chaincode that a test writes.
type chaincode func(shim.ChaincodeStubInterface) *peer.Response

func (c chaincode) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

func (c chaincode) Invoke(stub shim.ChaincodeStubInterface) *peer.Response { return c(stub) }

func openWith(t *testing.T, run chaincode) *Ledger {
	t.Helper()
	cfg := testConfig(t.TempDir())
	cfg.Chaincode = run
	return open(t, cfg)
}

func TestChaincodeIsToldTheChannelThatCommandsAreSignedFor(t *testing.T) {
	for configured, want := range map[string]string{"trade": "trade", "": "countersign"} {
		cfg := testConfig(t.TempDir())
		cfg.Channel = configured
		cfg.Chaincode = chaincode(func(stub shim.ChaincodeStubInterface) *peer.Response {
			return shim.Success([]byte(stub.GetChannelID()))
		})
		l := open(t, cfg)
		told, err := l.Evaluate(t.Context(), app.Proposal{Org: "CoreMSP"})
		if err != nil || string(told) != want || l.Channel() != want {
			t.Errorf("configured %q: told %q, says it is %q, want %q: %v", configured, told, l.Channel(), want, err)
		}
	}
}

func TestWaitingSubmissionsShareABlock(t *testing.T) {
	running, release := make(chan struct{}, 1), make(chan struct{})
	l := openWith(t, func(stub shim.ChaincodeStubInterface) *peer.Response {
		function, _ := stub.GetFunctionAndParameters()
		if function == "first" {
			running <- struct{}{}
			<-release // until the others wait
		}
		if err := stub.PutState(function, []byte("v")); err != nil {
			return shim.Error(err.Error())
		}
		return shim.Success(nil)
	})
	const others = MaxBlockTransactions + 20
	var group sync.WaitGroup
	send := func(function string) {
		group.Go(func() {
			p := app.Proposal{Org: "CoreMSP", Function: function}
			if _, err := l.Submit(t.Context(), p); err != nil {
				t.Error(err)
			}
		})
	}
	send("first")
	<-running
	for i := range others {
		send(fmt.Sprint("k", i))
	}
	for len(l.queue) < others {
		select {
		case <-t.Context().Done():
			t.Fatal("the others never waited")
		default:
		}
	}
	close(release)
	group.Wait()
	var sizes []int
	for _, b := range allBlocks(t, l) {
		sizes = append(sizes, len(b.Txs))
	}
	if want := []int{1, MaxBlockTransactions, 20}; fmt.Sprint(sizes) != fmt.Sprint(want) {
		t.Fatalf("blocks of %v transactions, want %v", sizes, want)
	}
}

// Two increments in one block both count: the second sees the first.
func TestTransactionSeesTheOneBeforeItInItsBlock(t *testing.T) {
	running, release := make(chan struct{}, 1), make(chan struct{})
	var once sync.Once
	l := openWith(t, func(stub shim.ChaincodeStubInterface) *peer.Response {
		once.Do(func() { running <- struct{}{}; <-release })
		old, err := stub.GetState("n")
		if err != nil {
			return shim.Error(err.Error())
		}
		return writeN(stub, append(old, 'x'))
	})
	const writers = 16
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			if _, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: "f"}); err != nil {
				t.Error(err)
			}
		})
		if i == 0 {
			<-running
		}
	}
	close(release)
	group.Wait()
	got, err := l.Evaluate(t.Context(), app.Proposal{Org: "CoreMSP", Function: "f"})
	if err != nil || len(got) != writers+1 {
		t.Fatalf("%d increments, want %d: %v", len(got), writers+1, err)
	}
}

func writeN(stub shim.ChaincodeStubInterface, value []byte) *peer.Response {
	if err := stub.PutState("n", value); err != nil {
		return shim.Error(err.Error())
	}
	return shim.Success(value)
}

func TestInjectedConflictStandsInTheBlockAndChangesNothing(t *testing.T) {
	cfg := testConfig(t.TempDir())
	next := ""
	cfg.Conflict = func(app.Proposal) string { return next }
	l := open(t, cfg)
	submit(t, l, []string{"put", "k", "v"})
	for code, want := range map[string]error{
		"MVCC_READ_CONFLICT": app.ErrConflict, "PHANTOM_READ_CONFLICT": app.ErrConflict,
		"ENDORSEMENT_POLICY_FAILURE": app.ErrEndorsement,
	} {
		next = code
		_, err := l.Submit(t.Context(), propose(t, []string{"put", "k", "w"}, []string{"policy", "k", "BankAMSP"},
			[]string{"pput", "org_SupplierMSP", "p", "secret"}))
		if !errors.Is(err, want) {
			t.Fatalf("%s: %v", code, err)
		}
		blocks := allBlocks(t, l)
		tx := blocks[len(blocks)-1].Txs[0]
		if tx.Code != code || tx.Valid() || len(tx.Effects.Writes) != 1 || len(tx.Private) != 0 {
			t.Fatalf("%s stands in the block as %+v", code, tx)
		}
	}
	next = ""
	if got := evaluate(t, l, []string{"get", "k"}, []string{"policy-get", "k"},
		[]string{"phash", "org_SupplierMSP", "p"}); got != `["=v","nil","nil"]` {
		t.Fatalf("state after conflicts: %s", got)
	}
	closed(t, l)
	open(t, cfg) // such blocks verify
}

func TestPanicOfChaincodeIsARefusal(t *testing.T) {
	var log bytes.Buffer
	cfg := testConfig(t.TempDir())
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	cfg.Chaincode = chaincode(func(stub shim.ChaincodeStubInterface) *peer.Response {
		if function, _ := stub.GetFunctionAndParameters(); function == "fine" {
			return shim.Success(nil)
		} else if function == "nil" {
			return nil
		}
		_ = stub.PutState("k", []byte("v"))
		var nothing *cid.ClientID
		_, _ = nothing.GetMSPID()
		return shim.Success(nil)
	})
	l := open(t, cfg)
	for _, function := range []string{"panic", "nil"} {
		_, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: function})
		var refusal *app.ChaincodeError
		if !errors.As(err, &refusal) || refusal.Status != shim.ERROR {
			t.Fatalf("%s: %v, want a refusal", function, err)
		}
	}
	if !strings.Contains(log.String(), "chaincode panicked") {
		t.Error("the log does not say that chaincode panicked")
	}
	if _, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: "fine"}); err != nil {
		t.Fatal(err)
	}
	if got := l.head.blocks; got != 1 {
		t.Fatalf("%d blocks, want that of the fine transaction only", got)
	}
}

func TestStubIsDeadAfterItsTransaction(t *testing.T) {
	var kept shim.ChaincodeStubInterface
	var iterator shim.StateQueryIteratorInterface
	l := openWith(t, func(stub shim.ChaincodeStubInterface) *peer.Response {
		kept = stub
		_ = stub.PutState("k", []byte("v"))
		iterator, _ = stub.GetStateByRange("", "")
		return shim.Success(nil)
	})
	for range 2 {
		if _, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: "f"}); err != nil {
			t.Fatal(err)
		}
	}
	_, read := kept.GetState("k")
	_, ranged := kept.GetStateByRange("", "")
	_, next := iterator.Next()
	for what, err := range map[string]error{
		"read": read, "range": ranged, "next": next, "write": kept.PutState("k", []byte("w")),
		"private write": kept.PutPrivateData("org_CoreMSP", "k", []byte("w")),
	} {
		if err == nil {
			t.Errorf("%s works after the transaction has ended", what)
		}
	}
}

func TestUnsupportedPartsOfTheShimAreErrors(t *testing.T) {
	openWith(t, nil)
	s := newStub(view{}, nil, call{})
	_, history := s.GetHistoryForKey("k")
	_, rich := s.GetQueryResult("{}")
	_, private := s.GetPrivateDataQueryResult("c", "{}")
	_, _, page := s.GetStateByRangeWithPagination("", "", 1, "")
	_, _, rest := s.GetStateByPartialCompositeKeyWithPagination("k", nil, 1, "")
	_, _, whole := s.GetAllStatesCompositeKeyWithPagination(1, "")
	_, _, richPage := s.GetQueryResultWithPagination("{}", 1, "")
	_, proposal := s.GetSignedProposal()
	for i, err := range []error{
		history, rich, private, page, rest, whole, richPage, proposal, s.PurgePrivateData("c", "k"),
	} {
		if !errors.Is(err, errUnsupported) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if s.InvokeChaincode("other", nil, "").GetStatus() < shim.ERRORTHRESHOLD {
		t.Error("another chaincode was called")
	}
}

func TestOnlyPoliciesThatNameOrganisationsAreTaken(t *testing.T) {
	policy := func(role statebased.RoleType, orgs ...string) []byte {
		p, err := statebased.NewStateEP(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.AddOrgs(role, orgs...); err != nil {
			t.Fatal(err)
		}
		data, err := p.Policy()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	orgs, err := decodePolicy(policy(statebased.RoleTypePeer, "BMSP", "AMSP"))
	if err != nil || fmt.Sprint(orgs) != "[AMSP BMSP]" {
		t.Fatalf("policy of two decodes to %v: %v", orgs, err)
	}
	for name, bad := range map[string][]byte{
		"noise":           []byte("noise"),
		"of members":      policy(statebased.RoleTypeMember, "AMSP"),
		"of nobody":       policy(statebased.RoleTypePeer),
		"of a split name": policy(statebased.RoleTypePeer, "A\nB"),
		"with more after": append(policy(statebased.RoleTypePeer, "AMSP"), 0x38, 0x01),
	} {
		if orgs, err := decodePolicy(bad); !errors.Is(err, errPolicy) {
			t.Errorf("a policy %s decodes to %v: %v", name, orgs, err)
		}
	}
}

func TestCertificateCarriesAttributes(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Attributes = map[string]map[string]string{"BankAMSP": {"kind": "bank"}}
	cfg.Chaincode = chaincode(func(stub shim.ChaincodeStubInterface) *peer.Response {
		kind, found, err := cid.GetAttributeValue(stub, "kind")
		unit, unitErr := cid.HasOUValue(stub, "client")
		if err := errors.Join(err, unitErr); err != nil {
			return shim.Error(err.Error())
		}
		return shim.Success(fmt.Appendf(nil, "%s %t %t", kind, found, unit))
	})
	l := open(t, cfg)
	for org, want := range map[string]string{"BankAMSP": "bank true true", "CoreMSP": " false true"} {
		got, err := l.Evaluate(t.Context(), app.Proposal{Org: org, Function: "f"})
		if err != nil || string(got) != want {
			t.Errorf("%s has attribute %q, want %q: %v", org, got, want, err)
		}
	}
}

func TestClosedLedgerIsUnavailable(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	submit(t, l, []string{"put", "k", "v"})
	following := make(chan error, 1)
	seen := make(chan struct{}, 1)
	go func() {
		following <- l.Follow(t.Context(), 0, func(context.Context, app.Block) error {
			seen <- struct{}{}
			return nil
		})
	}()
	<-seen
	closed(t, l)
	_, evaluated := l.Evaluate(t.Context(), propose(t, []string{"get", "k"}))
	_, evidence := l.Evidence(t.Context(), strings.Repeat("0", 64))
	for what, err := range map[string]error{"follow": <-following, "evaluate": evaluated, "evidence": evidence} {
		if !errors.Is(err, app.ErrUnavailable) {
			t.Errorf("%s: %v, want unavailable", what, err)
		}
	}
	wantUnavailable(t, l)
}

func TestOneHostedOrganisationIsAQuorum(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Orgs = []string{"SupplierMSP"}
	l := open(t, cfg)
	p := propose(t, []string{"put", "k", "v"})
	p.Endorsers = nil
	if _, err := l.Submit(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	closed(t, l)
	cfg.Orgs = ledgertest.Organisations() // one may be added later
	l = open(t, cfg)
	submit(t, l, []string{"put", "k", "w"})
}

func TestTooLargeATransactionIsRefusedAlone(t *testing.T) {
	l := openWith(t, func(stub shim.ChaincodeStubInterface) *peer.Response {
		function, _ := stub.GetFunctionAndParameters()
		value := make([]byte, maxRecordBytes)
		switch function {
		case "public":
			_ = stub.PutState("k", value)
		case "private":
			_ = stub.PutPrivateData("org_CoreMSP", "k", value)
		case "long key":
			if err := stub.PutState(strings.Repeat("k", maxKeyBytes+1), []byte("v")); err == nil {
				return shim.Success([]byte("taken"))
			}
			return shim.Error("key is too long")
		}
		return shim.Success(nil)
	})
	for _, function := range []string{"public", "private", "long key"} {
		if _, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: function}); err == nil {
			t.Errorf("%s: committed", function)
		}
	}
	if _, err := l.Submit(t.Context(), app.Proposal{Org: "CoreMSP", Function: "small"}); err != nil {
		t.Fatal(err)
	}
}
