package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/fabric/fabrictest"
)

const (
	chaincodePackage = "github.com/countersign/countersign/chaincode/cmd/chaincode"
	chaincodeName    = "countersign"
)

// seats gives the organisations of the first trade the nodes of the local Fabric network. The
// trade has one bank; the carrier, whose word the bank relies on, has the other's node.
func seats() map[string]string {
	return map[string]string{
		"lanqiao": "SupplierMSP", "cangning": "CoreMSP", "yongjiang": "BankAMSP", "haiping": "BankBMSP",
		"fennwick": "OperatorMSP",
	}
}

func TestTheProgramSettlesATradeOnFiveFabricPeers(t *testing.T) {
	t.Parallel()
	n := fabrictest.Start(t, fabrictest.Build(t, chaincodeName, chaincodePackage))
	folder := scratch(t)
	seated(t, folder)
	dir := scratch(t)
	r := run(t, fast, "demo", "--exit", "--trades", "first", "--data", dir,
		"--listen", "127.0.0.1:0", "--fixtures", folder,
		"--ledger", n.DescriptionPath())
	if r.code != 0 || !strings.Contains(r.stdout, "settled") {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	t.Log("\n" + r.stdout)
	var acts []trade.Act
	for _, step := range steps(t, fabrictest.Open(t, n.Network, chaincodeName)) {
		acts = append(acts, step.Act)
		t.Logf("block %d: %s of %s by %s, endorsed by %s", step.Block, step.Act, step.Asset, step.Actor,
			strings.Join(step.Endorsers, " "))
	}
	for _, want := range []trade.Act{
		trade.OrganisationRegister, trade.KeyringOpen, trade.ProgrammeOpen, trade.DocumentRecord,
		trade.ReceivableIssue, trade.ReceivableConfirm, trade.FinancingRequest, trade.FinancingQuote,
		trade.ReceivableReserve, trade.FinancingApprove, trade.ReceivableAssign, trade.FinancingDisburse,
		trade.ReceivablePay, trade.FinancingRepay,
	} {
		if !slices.Contains(acts, want) {
			t.Errorf("no %s stands on the ledger", want)
		}
	}
	for _, command := range []string{"audit", "rebuild"} {
		again := run(t, fast, command, "--data", demoFolder(t, dir), "--ledger", n.DescriptionPath())
		t.Logf("%s: %s", command, strings.Join(strings.Fields(again.stdout), " "))
		if again.code != 0 {
			t.Errorf("%s of the node ended with %d: %s", command, again.code, again.stderr)
		}
	}
}

// seated writes a folder with the first trade among the organisations that have a seat. All
// its days are today: nobody moves the clock of a Fabric network.
func seated(t *testing.T, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, fixtures.Default()); err != nil {
		t.Fatal(err)
	}
	set, err := fixtures.Load(fixtures.Default(), today())
	if err != nil {
		t.Fatal(err)
	}
	d := set.Demo
	d.Cast = nil // nobody looks
	d.Organisations = slices.DeleteFunc(d.Organisations, func(o fixtures.Organisation) bool {
		return seats()[o.ID] == ""
	})
	for i, o := range d.Organisations {
		d.Organisations[i].MSP = seats()[o.ID]
	}
	d.Programmes = slices.DeleteFunc(d.Programmes, func(p fixtures.Programme) bool {
		return seats()[p.Seller] == "" || seats()[p.Buyer] == "" || seats()[p.Bank] == ""
	})
	writeJSON(t, filepath.Join(dir, "demo.json"), d)
	for _, one := range set.Trades {
		folder := filepath.Join(dir, "trades", one.Name)
		if one.Name != pumps {
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
			continue
		}
		plan := one.Plan
		plan.Documents = slices.DeleteFunc(plan.Documents, func(p fixtures.Paper) bool {
			if seats()[p.Uploader] != "" {
				return false
			}
			if err := os.Remove(filepath.Join(folder, p.File)); err != nil {
				t.Fatal(err)
			}
			return true
		})
		plan.Steps = slices.DeleteFunc(plan.Steps, func(s fixtures.Step) bool { return s.Act == "report" })
		for i := range plan.Steps {
			plan.Steps[i].Day = 0
		}
		writeJSON(t, filepath.Join(folder, "trade.json"), plan)
		alter(t, filepath.Join(folder, "statement.camt053.xml"), "{{day +88}}", "{{day +0}}")
	}
}

func writeJSON(t *testing.T, file string, value any) {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// steps derives from a ledger what the program did, up to the repayment.
func steps(t *testing.T, l app.Ledger) []app.Transition {
	t.Helper()
	var all []app.Transition
	done := errors.New("done")
	err := l.Follow(t.Context(), 0, func(_ context.Context, b app.Block) error {
		d, err := app.Derive(b)
		if err != nil {
			return err
		}
		all = append(all, d.Transitions...)
		if slices.ContainsFunc(d.Transitions, func(s app.Transition) bool { return s.To == trade.Repaid }) {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		t.Fatal(err)
	}
	return all
}
