package fabric_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509/pkix"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
	"github.com/countersign/countersign/services/fabric"
	"github.com/countersign/countersign/services/fabric/fabrictest"
	"github.com/countersign/countersign/services/fabric/localnet"
)

const (
	probePackage = "github.com/countersign/countersign/services/app/ledgertest/cmd/probe"
	probeName    = "probe"

	// The real chaincode, in a program that also does what a dishonest one might.
	roguePackage  = "github.com/countersign/countersign/services/fabric/fabrictest/cmd/rogue"
	chaincodeName = "countersign"

	// The real chaincode alone, as an organisation runs it.
	lawPackage = "github.com/countersign/countersign/chaincode/cmd/chaincode"
	lawName    = "law"
)

// TestFiveFabricPeers runs everything that needs a network on one.
func TestFiveFabricPeers(t *testing.T) {
	n := fabrictest.Start(t, fabrictest.Build(t, probeName, probePackage),
		fabrictest.Build(t, chaincodeName, roguePackage), fabrictest.Build(t, lawName, lawPackage))
	ledger := fabrictest.Open(t, n.Network, probeName)
	p := peers{network: n, ledger: ledger}

	cases := &tally{}
	cases.run(t, "Conform", func(t *testing.T) {
		ledgertest.Run(t, func(*testing.T) ledgertest.Harness {
			return ledgertest.Harness{Ledger: ledger, Orgs: ledgertest.Organisations()}
		})
	})
	cases.run(t, "StrangerAtAPeerGetsNothingByEvaluate", p.strangerEvaluates)
	cases.run(t, "StrangerAtAPeerGetsNothingByStream", p.strangerStreams)
	cases.run(t, "FollowerOfOneOrganisationSeesItsValuesOnly", p.followerOfOne)
	cases.run(t, "EnrolledClientIsAccepted", p.enrolled)
	cases.run(t, "FollowerGoesOnAfterItsPeerRestarts", p.peerRestarts)
	cases.run(t, "MalformedCallsLeaveEveryServerAlive", p.malformedCalls)
	cases.run(t, "ConcurrentCreatesOfOneKeyCommitOnce", p.concurrentCreates)
	cases.run(t, "EndorsementOfAChangedKeyIsAConflict", p.changedKey)
	cases.run(t, "Trade", peers{n, fabrictest.Open(t, n.Network, chaincodeName)}.trade)
	cases.run(t, "SameEffectsOnTheEmbeddedLedger", peers{n, fabrictest.Open(t, n.Network, lawName)}.equivalence)
	t.Logf("%d cases run, %d skipped", cases.ended, cases.skipped)
	p.report(t)
}

// tally counts cases.
type tally struct{ ended, skipped int }

func (n *tally) run(t *testing.T, name string, test func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		t.Cleanup(func() {
			n.ended++
			if t.Skipped() {
				n.skipped++
			}
		})
		test(t)
	})
}

type peers struct {
	network *localnet.Network
	ledger  *fabric.Ledger
}

func (p peers) call(t *testing.T, org string, endorsers []string, operations ...[]string) app.Proposal {
	t.Helper()
	script, err := probe.Script(operations...)
	if err != nil {
		t.Fatal(err)
	}
	return app.Proposal{Org: org, Function: probe.Function, Args: []string{script}, Endorsers: endorsers}
}

// secret commits a value that only bank A may read.
func (p peers) secret(t *testing.T) (value, key string, receipt app.Receipt) {
	t.Helper()
	value, key = rand.Text(), "secret-"+rand.Text()
	call := p.call(t, "SupplierMSP", []string{"SupplierMSP", "BankAMSP"},
		[]string{"pput-trans", "org_BankAMSP", key, "v"}, []string{"pput-trans", "copy_BankAMSP", key, "v"})
	call.Transient = map[string][]byte{"v": []byte(value)}
	receipt, err := p.ledger.Submit(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	return value, key, receipt
}

// at connects to one organisation's peer with the identity of another.
func (p peers) at(t *testing.T, peer, identityOf string) *client.Network {
	t.Helper()
	host, _ := p.network.Organisation(peer)
	guest, _ := p.network.Organisation(identityOf)
	security, err := credentials.NewClientTLSFromFile(host.TLSCA, "")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(host.Endpoint, grpc.WithTransportCredentials(security))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := identity.CertificateFromPEM(read(t, guest.Cert))
	if err != nil {
		t.Fatal(err)
	}
	id, err := identity.NewX509Identity(identityOf, cert)
	if err != nil {
		t.Fatal(err)
	}
	key, err := identity.PrivateKeyFromPEM(read(t, guest.Key))
	if err != nil {
		t.Fatal(err)
	}
	sign, err := identity.NewPrivateKeySign(key)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256),
		client.WithClientConnection(conn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(gateway.Close(), conn.Close()) })
	return gateway.GetNetwork(p.network.Channel)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (p peers) strangerEvaluates(t *testing.T) {
	value, key, _ := p.secret(t)
	for _, collection := range []string{"org_BankAMSP", "copy_BankAMSP"} {
		script, err := probe.Script([]string{"pget", collection, key})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(identityOf string) ([]byte, error) {
			return p.at(t, "BankAMSP", identityOf).GetContract(probeName).EvaluateWithContext(t.Context(),
				probe.Function, client.WithArguments(script), client.WithEndorsingOrganizations("BankAMSP"))
		}
		if own, err := ask("BankAMSP"); err != nil || !bytes.Contains(own, []byte(value)) {
			t.Fatalf("bank A reads %q at its own peer, want its value: %v", own, err)
		}
		answer, err := ask("BankBMSP")
		if err != nil || string(answer) != `["error"]` {
			t.Fatalf("bank B reads %q at bank A's peer, want an error of the shim: %v", answer, err)
		}
	}
}

func (p peers) strangerStreams(t *testing.T) {
	value, _, receipt := p.secret(t)
	delivered := func(identityOf string) (plain []byte, values int) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		events, err := p.at(t, "BankAMSP", identityOf).
			BlockAndPrivateDataEvents(ctx, client.WithStartBlock(receipt.Block))
		if err != nil {
			t.Fatal(err)
		}
		block, open := <-events
		if !open {
			return nil, 0
		}
		raw, err := proto.Marshal(block)
		if err != nil {
			t.Fatal(err)
		}
		return raw, len(block.GetPrivateDataMap())
	}
	if plain, values := delivered("BankAMSP"); values != 1 || !bytes.Contains(plain, []byte(value)) {
		t.Fatalf("bank A's peer streams %d private sets to bank A, want its value", values)
	}
	if plain, values := delivered("BankBMSP"); values != 0 || bytes.Contains(plain, []byte(value)) {
		t.Fatalf("bank A's peer streams %d private sets to bank B, want none", values)
	}
}

// hosting is the network as a node sees it that hosts some of the organisations.
func (p peers) hosting(msps ...string) fabric.Network {
	n := p.network.Network
	n.Organisations = slices.DeleteFunc(slices.Clone(n.Organisations), func(o fabric.Organisation) bool {
		return !slices.Contains(msps, o.MSP)
	})
	return n
}

func (p peers) followerOfOne(t *testing.T) {
	value, key, receipt := p.secret(t)
	for _, c := range []struct {
		msps []string
		want []string
	}{
		{[]string{"BankAMSP"}, []string{"copy_BankAMSP", "org_BankAMSP"}},
		{[]string{"BankBMSP"}, nil},
		{[]string{"CoreMSP", "BankAMSP", "OperatorMSP"}, []string{"copy_BankAMSP", "org_BankAMSP"}},
	} {
		tx := txAt(t, fabrictest.Open(t, p.hosting(c.msps...), probeName), receipt)
		got := map[string]bool{}
		for _, v := range tx.Private {
			if string(v.Value) != value || v.Key != key {
				t.Fatalf("%v see %q at %q, want the value", c.msps, v.Value, v.Key)
			}
			got[v.Collection] = true
		}
		if !slices.Equal(slices.Sorted(maps.Keys(got)), c.want) || len(tx.Missing) != 0 {
			t.Fatalf("%v see %v and miss %v, want %v", c.msps, got, tx.Missing, c.want)
		}
		if len(tx.Effects.Private) != 2 {
			t.Fatalf("%v see %d hashes, want 2", c.msps, len(tx.Effects.Private))
		}
	}
}

func txAt(t *testing.T, l app.Ledger, receipt app.Receipt) app.Tx {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var found app.Tx
	done := errors.New("done")
	err := l.Follow(ctx, receipt.Block, func(_ context.Context, b app.Block) error {
		i := slices.IndexFunc(b.Txs, func(tx app.Tx) bool { return tx.ID == receipt.TxID })
		if i < 0 {
			return errors.New("the block does not hold the transaction")
		}
		found = b.Txs[i]
		return done
	})
	if !errors.Is(err, done) {
		t.Fatal(err)
	}
	return found
}

func (p peers) enrolled(t *testing.T) {
	org, err := p.network.Enrol("CoreMSP", "auditor", map[string]string{"role": "auditor"})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := identity.CertificateFromPEM(read(t, org.Cert))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool {
		return e.Id.String() == "1.2.3.4.5.6.7.8.1"
	})
	if i < 0 || string(cert.Extensions[i].Value) != `{"attrs":{"role":"auditor"}}` {
		t.Fatalf("extensions %v, want the attributes as chaincode reads them", cert.Extensions)
	}
	n := p.network.Network
	n.Organisations = []fabric.Organisation{org}
	answer, err := fabrictest.Open(t, n, probeName).
		Evaluate(t.Context(), p.call(t, "CoreMSP", nil, []string{"creator"}))
	if err != nil || string(answer) != `["=CoreMSP"]` {
		t.Fatalf("the enrolled client got %q: %v", answer, err)
	}
}

func (p peers) peerRestarts(t *testing.T) {
	const msp = "OperatorMSP"
	l := fabrictest.Open(t, p.hosting(msp), probeName)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	put := func() app.Receipt {
		receipt, err := p.ledger.Submit(ctx, p.call(t, "SupplierMSP", []string{"SupplierMSP", "CoreMSP"},
			[]string{"put", "restart-" + rand.Text(), "v"}))
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	first := put()
	numbers := make(chan uint64, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- l.Follow(ctx, first.Block, func(ctx context.Context, b app.Block) error {
			select {
			case numbers <- b.Number:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	if got := <-numbers; got != first.Block {
		t.Fatalf("followed block %d, want %d", got, first.Block)
	}
	if err := p.network.Restart(ctx, msp); err != nil {
		t.Fatal(err)
	}
	last := put()
	for want := first.Block + 1; want <= last.Block; want++ {
		select {
		case got := <-numbers:
			if got != want {
				t.Fatalf("followed block %d after the restart, want %d", got, want)
			}
		case err := <-ended:
			t.Fatalf("the follower ended when its peer restarted: %v", err)
		}
	}
	// Other tests want all organisations to have met again.
	for p.ledger.Ready(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("the restarted peer does not endorse")
		}
	}
}

// malformedCalls sends what no client of ours would, to the probe and to the real chaincode.
func (p peers) malformedCalls(t *testing.T) {
	const bad = "\xff\xfe\x00"
	huge := strings.Repeat("[", 1<<20)
	many := slices.Repeat([]string{"x"}, 1000)
	toProbe := []app.Proposal{
		{Function: probe.Function},
		{Function: probe.Function, Args: []string{""}},
		{Function: probe.Function, Args: []string{bad}},
		{Function: probe.Function, Args: []string{bad, bad}},
		{Function: probe.Function, Args: []string{`[["put","` + bad + `","v"]]`}},
		{Function: probe.Function, Args: []string{`[["range-comp","` + "\x00" + `"]]`}},
		{Function: probe.Function, Args: []string{huge}},
		{Function: probe.Function, Args: many},
		{Function: probe.Function, Args: []string{`[["panic"]]`}, Transient: map[string][]byte{"x": nil}},
	}
	var toReal []app.Proposal
	for _, function := range []string{"apply", "record", "state", "probe", "", bad, "init", "Init", "Invoke"} {
		for _, args := range [][]string{nil, {""}, {bad}, {"a\x00b"}, {"../a"}, {"{}"}, {huge}, {"a", "b"}, many} {
			toReal = append(toReal, app.Proposal{Function: function, Args: args})
		}
	}
	garbage := map[string][]byte{
		"command": []byte(bad), "state.x": nil, "key.1": []byte(huge), "claim": []byte("["),
	}
	for _, function := range []string{"apply", "probe"} {
		toReal = append(toReal, app.Proposal{Function: function, Args: []string{"a"}, Transient: garbage})
	}
	p.refuseAll(t, p.ledger, toProbe)
	p.refuseAll(t, fabrictest.Open(t, p.network.Network, chaincodeName), toReal)
	if dead := p.network.Dead(); len(dead) > 0 {
		t.Fatalf("dead after malformed calls: %v", dead)
	}
	t.Logf("%d and %d malformed calls at each organisation's chaincode servers, 0 dead",
		len(toProbe), len(toReal))
}

// refuseAll wants each call refused by the chaincode of every organisation, and all of them
// to answer still.
func (p peers) refuseAll(t *testing.T, l *fabric.Ledger, calls []app.Proposal) {
	t.Helper()
	for _, org := range ledgertest.Organisations() {
		for i, call := range calls {
			call.Org = org
			_, err := l.Evaluate(t.Context(), call)
			if _, refused := errors.AsType[*app.ChaincodeError](err); !refused {
				t.Errorf("call %d at %s got %v, want a refusal by the chaincode", i, org, err)
			}
		}
	}
	if err := l.Ready(t.Context()); err != nil {
		t.Errorf("after malformed calls: %v", err)
	}
}

// report follows the whole ledger once more and prints what is on it.
func (p peers) report(t *testing.T) {
	height := receiptBlock(t, p)
	codes := map[string]int{}
	endorsers := map[string]int{}
	var missing int
	done := errors.New("done")
	err := p.ledger.Follow(t.Context(), 0, func(_ context.Context, b app.Block) error {
		for _, tx := range b.Txs {
			codes[tx.Code]++
			endorsers[strings.Join(tx.Endorsers, "+")]++
			missing += len(tx.Missing)
		}
		if b.Number == height {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		t.Fatal(err)
	}
	t.Logf("blocks 0 to %d; transactions by code %v, by endorsers %v; %d private values missing",
		height, codes, endorsers, missing)
	if missing != 0 {
		t.Errorf("%d private values are missing", missing)
	}
}

// receiptBlock commits something and returns its block, the last of the ledger.
func receiptBlock(t *testing.T, p peers) uint64 {
	t.Helper()
	receipt, err := p.ledger.Submit(t.Context(), p.call(t, "SupplierMSP", []string{"SupplierMSP", "CoreMSP"},
		[]string{"put", "end", "v"}))
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Block
}
