package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

// testClock is a clock that a test sets.
type testClock struct{ at time.Time }

func (c *testClock) Now() time.Time { return c.at }

func testConfig(dir string) Config {
	return Config{
		Dir: dir, Orgs: ledgertest.Organisations(), Chaincode: probe.Chaincode{},
		Clock: &testClock{at: time.Date(2026, 5, 4, 8, 30, 0, 123_456_789, time.UTC)},
	}
}

func open(t *testing.T, cfg Config) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// closed closes a ledger that is opened again; closing twice is harmless.
func closed(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func script(t testing.TB, operations ...[]string) []string {
	t.Helper()
	text, err := probe.Script(operations...)
	if err != nil {
		t.Fatal(err)
	}
	return []string{text}
}

func propose(t testing.TB, operations ...[]string) app.Proposal {
	t.Helper()
	return app.Proposal{
		Org: "SupplierMSP", Function: probe.Function, Args: script(t, operations...),
		Endorsers: []string{"SupplierMSP", "CoreMSP"},
	}
}

func submit(t testing.TB, l *Ledger, operations ...[]string) app.Receipt {
	t.Helper()
	receipt, err := l.Submit(t.Context(), propose(t, operations...))
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func evaluate(t testing.TB, l *Ledger, operations ...[]string) string {
	t.Helper()
	payload, err := l.Evaluate(t.Context(), propose(t, operations...))
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

// allBlocks reads the ledger as a follower does.
func allBlocks(t testing.TB, l *Ledger) []app.Block {
	t.Helper()
	var blocks []app.Block
	end := errors.New("end")
	if l.head.blocks == 0 {
		return nil
	}
	err := l.Follow(t.Context(), 0, func(_ context.Context, b app.Block) error {
		blocks = append(blocks, b)
		if b.Number+1 == l.head.blocks {
			return end
		}
		return nil
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
	return blocks
}

func TestLedgerConforms(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Harness {
		t.Helper()
		return ledgertest.Harness{
			Ledger: open(t, testConfig(t.TempDir())), Orgs: ledgertest.Organisations(),
		}
	})
}

func TestOpenRefusesABadConfiguration(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"no folder":        func(c *Config) { c.Dir = "" },
		"no chaincode":     func(c *Config) { c.Chaincode = nil },
		"no clock":         func(c *Config) { c.Clock = nil },
		"no organisation":  func(c *Config) { c.Orgs = nil },
		"one twice":        func(c *Config) { c.Orgs = []string{"AMSP", "AMSP"} },
		"a path as a name": func(c *Config) { c.Orgs = []string{"../AMSP"} },
	} {
		cfg := testConfig(filepath.Join(t.TempDir(), "ledger"))
		spoil(&cfg)
		if l, err := Open(t.Context(), cfg); err == nil {
			t.Errorf("%s: opened", name)
			closed(t, l)
		}
	}
}

func TestReopenedLedgerGoesOn(t *testing.T) {
	cfg := testConfig(t.TempDir())
	l := open(t, cfg)
	first := submit(t, l, []string{"put", "k", "v"}, []string{"policy", "k", "SupplierMSP", "CoreMSP"},
		[]string{"pput", "org_SupplierMSP", "p", "secret"})
	submit(t, l, []string{"put", "gone", "v"})
	submit(t, l, []string{"del", "gone"})
	before := allBlocks(t, l)
	closed(t, l)

	l = open(t, cfg)
	got := evaluate(t, l, []string{"get", "k"}, []string{"policy-get", "k"},
		[]string{"pget", "org_SupplierMSP", "p"}, []string{"get", "gone"})
	if got != `["=v","=CoreMSP,SupplierMSP","=secret","nil"]` {
		t.Fatalf("state after reopening: %s", got)
	}
	last := submit(t, l, []string{"put", "k", "w"})
	if last.Block != first.Block+3 {
		t.Fatalf("block %d, want %d", last.Block, first.Block+3)
	}
	after := allBlocks(t, l)
	if len(after) != len(before)+1 || after[2].Txs[0].ID != before[2].Txs[0].ID {
		t.Fatalf("%d blocks after reopening, %d before", len(after), len(before))
	}
}

func TestSecondProcessIsKeptOut(t *testing.T) {
	cfg := testConfig(t.TempDir())
	open(t, cfg)
	if second, err := Open(t.Context(), cfg); err == nil {
		closed(t, second)
		t.Fatal("opened a ledger that is open")
	}
}

func TestKeysAreForTheOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	open(t, testConfig(dir))
	keys, err := filepath.Glob(filepath.Join(dir, "identity", "*", "*key.pem"))
	if err != nil || len(keys) != 2*len(ledgertest.Organisations()) {
		t.Fatalf("keys %v: %v", keys, err)
	}
	for _, path := range append(keys, filepath.Join(dir, keyFile)) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", path, mode)
		}
	}
}
