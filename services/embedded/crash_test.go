package embedded

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

const (
	crashDir     = "COUNTERSIGN_CRASH_DIR" // set in the process that is to be killed
	crashSeeds   = 6
	crashKills   = 3 // for each seed, on one ledger
	crashWriters = 4
	crashMost    = 60 // acknowledgements before a kill, at most
)

// TestMain lets the test binary play the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(dir)
		os.Exit(1) // it should have been killed
	}
	os.Exit(m.Run())
}

// writeUntilKilled submits and prints "key txid block" for what was acknowledged.
func writeUntilKilled(dir string) {
	ctx := context.Background()
	l, err := Open(ctx, testConfig(dir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var group sync.WaitGroup
	var out sync.Mutex
	for writer := range crashWriters {
		group.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d/%d/%d", os.Getpid(), writer, n)
				receipt, err := write(ctx, l, key)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				out.Lock()
				_, _ = fmt.Fprintln(os.Stdout, key, receipt.TxID, receipt.Block)
				out.Unlock()
			}
		})
	}
	group.Wait()
}

func write(ctx context.Context, l *Ledger, key string) (app.Receipt, error) {
	text, err := probe.Script([]string{"put", key, "v"}, []string{"pput", "org_SupplierMSP", key, "private"})
	if err != nil {
		return app.Receipt{}, err
	}
	return l.Submit(ctx, app.Proposal{
		Org: "SupplierMSP", Function: probe.Function, Args: []string{text},
		Endorsers: []string{"SupplierMSP", "CoreMSP"},
	})
}

func TestNothingAcknowledgedIsLostWhenKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(crashSeeds) {
		random := rand.New(rand.NewPCG(seed, seed))
		dir := t.TempDir()
		acked := map[string]string{} // key → transaction id and block
		for range crashKills {
			killAfter(t, self, dir, 1+random.IntN(crashMost), acked)
		}
		l := open(t, testConfig(dir))
		for key, place := range acked {
			got := evaluate(t, l, []string{"get", key}, []string{"pget", "org_SupplierMSP", key})
			if got != `["=v","=private"]` {
				t.Fatalf("seed %d: what transaction %s wrote is lost: %s", seed, place, got)
			}
			id, block, _ := strings.Cut(place, " ")
			evidence, err := l.Evidence(t.Context(), id)
			if err != nil || strconv.FormatUint(evidence.Block, 10) != block {
				t.Fatalf("seed %d: transaction %s is in block %d: %v", seed, place, evidence.Block, err)
			}
		}
		submit(t, l, []string{"put", "after", "v"})
		t.Logf("seed %d: %d kills, %d acknowledged, 0 lost, %d blocks", seed, crashKills, len(acked), l.head.blocks)
		closed(t, l)
	}
}

// killAfter runs the writing process until it has acknowledged n transactions, kills it and
// takes down all it acknowledged.
func killAfter(t *testing.T, self, dir string, n int, acked map[string]string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for read := 0; lines.Scan(); read++ {
		if read == n {
			if err := child.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
		}
		key, place, found := strings.Cut(lines.Text(), " ")
		if found && strings.Count(place, " ") == 1 && lines.Err() == nil {
			acked[key] = place
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() == 1 {
		t.Fatalf("the writing process ended by itself: %v", err)
	}
	if len(acked) == 0 {
		t.Fatal("nothing was acknowledged")
	}
}
