package fabric_test

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
)

func wantFault(t *testing.T, err error, codes ...trade.Code) {
	t.Helper()
	fault, ok := errors.AsType[*trade.Fault](err)
	if !ok || !slices.Contains(codes, fault.Code) {
		t.Errorf("got %v, want a refusal with one of %v", err, codes)
	}
}

// trade carries a receivable from issue to the last payment, with the real law, and tries on
// the way what must not succeed.
func (p peers) trade(t *testing.T) {
	c := &chain{t: t, ledger: p.ledger}
	w := tradetest.NewWorld(t, c, fiveParties(t))
	w.Register(w.Parties()...)

	w.Reach(trade.ReceivableConfirm)
	t.Run("OperatorAloneCannotConfirm", func(t *testing.T) { operatorConfirms(t, w) })
	w.Do(trade.ReceivableConfirm)
	t.Run("OutsidersCannotMakeAConfirmedReceivable", func(t *testing.T) { p.outsidersForge(t, w) })
	w.Reach(trade.FinancingRepay)
	w.Do(trade.FinancingRepay)

	if phase := w.State(w.Receivable).Phase; phase != trade.Settled {
		t.Errorf("the receivable is %s, want settled", phase)
	}
	if phase := w.State(w.Financing).Phase; phase != trade.Repaid {
		t.Errorf("the financing is %s, want repaid", phase)
	}
	t.Run("BlocksHoldNothingConfidential", func(t *testing.T) { p.searchBlocks(t, w, c) })
	t.Logf("%d acts committed on five peers", len(c.committed()))
	if dead := p.network.Dead(); len(dead) > 0 {
		t.Errorf("dead: %v", dead)
	}
}

// operatorConfirms tries what an operator can that hosts others' nodes and has no people of
// theirs, and what it can with its own peer alone.
func operatorConfirms(t *testing.T, w *tradetest.World) {
	operator, bystander := w.Operator.Org, w.Rival.Org
	confirm := w.Draft(trade.ReceivableConfirm)
	both := []trade.OrgID{w.Seller.Org, w.Obligor.Org}

	own := w.Transaction(confirm)
	own.Actor = operator
	wantFault(t, w.Chain.Submit(own, both), trade.CodeParty)
	unsigned := w.SignedBy(confirm, w.Operator.Maker, w.Operator.Checker)
	wantFault(t, w.Chain.Submit(unsigned, both), trade.CodeSignatureUnknown, trade.CodeSignatureMissing,
		trade.CodeSignatureInvalid)
	// Even the true act, endorsed without its parties, does not come about.
	err := w.Chain.Submit(w.Transaction(confirm), []trade.OrgID{operator, bystander})
	if !errors.Is(err, app.ErrEndorsement) {
		t.Errorf("endorsed by the operator and a bystander: %v, want the policy not satisfied", err)
	}
	if phase := w.State(w.Receivable).Phase; phase != trade.Issued {
		t.Errorf("the receivable is %s after attempts to confirm it", phase)
	}
}

// outsidersForge has two organisations outside the trade run a program of their own. They
// write a confirmed receivable of the obligor's into the ledger; the law wants none of it.
func (p peers) outsidersForge(t *testing.T, w *tradetest.World) {
	forger := tradetest.NewWorld(t, w.Chain, &tradetest.Cast{
		Seller: w.Rival, Obligor: w.Obligor, Bank: w.Bank, Rival: w.Seller, Operator: w.Operator,
	})
	state := w.State(w.Receivable)
	state.ID, state.Parties = forger.Receivable, []trade.OrgID{w.Obligor.Org, w.Rival.Org}
	slices.Sort(state.Parties)
	body := *state.Receivable
	body.Seller, body.Owner, body.PayTo, body.Claim = w.Rival.Org, w.Rival.Org, w.Rival.Account, forger.Claim
	state.Receivable = &body
	scratch := tradetest.NewLedger()
	scratch.Forge(t, state)
	id := string(state.ID)
	record, value := scratch.Public[id], scratch.Private[trade.ConsentCollection(w.Rival.Org)][id]

	write := func(operations ...[]string) (app.Receipt, error) {
		call := p.call(t, "BankBMSP", []string{"BankBMSP", "OperatorMSP"}, operations...)
		call.Transient = map[string][]byte{"state": value}
		return p.ledger.Submit(t.Context(), call)
	}
	public := []string{"put", id, string(record)}
	own := []string{"pput-trans", trade.ConsentCollection(w.Rival.Org), id, "state"}
	obligors := []string{"pput-trans", trade.ConsentCollection(w.Obligor.Org), id, "state"}
	if _, err := write(public, own, obligors); !errors.Is(err, app.ErrEndorsement) {
		t.Fatalf("writing the obligor's consent without it: %v, want the policy not satisfied", err)
	}
	receipt, err := write(public, own)
	if err != nil {
		t.Fatalf("two organisations cannot create a record at all: %v", err)
	}
	txAt(t, p.ledger, receipt) // All peers have it now.
	t.Logf("block %d: a forged record that says %s stands on the ledger", receipt.Block, state.Phase)
	wantFault(t, forger.Submit(forger.Draft(trade.FinancingRequest)), trade.CodeNoConsent)
}

// searchBlocks searches every block of the channel for what only the parties may know.
func (p peers) searchBlocks(t *testing.T, w *tradetest.World, c *chain) {
	query := p.at(t, "OperatorMSP", "OperatorMSP").GetContract("qscc")
	last := receiptBlock(t, p)
	var blocks []byte
	for number := uint64(0); number <= last; number++ {
		raw, err := query.EvaluateWithContext(t.Context(), "GetBlockByNumber",
			client.WithArguments(c.Channel(), strconv.FormatUint(number, 10)))
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, raw...)
	}
	terms := w.State(w.Financing).Financing.Terms
	secrets := []string{
		w.Claim.Number, w.Claim.Order, w.Face.Decimal(), w.Limit.Decimal(), terms.Cash.Decimal(),
		`"advance_rate"`, `"rate"`, `"amount"`, "REG SupplierMSP", "ACCOUNT-", "Name of ", w.DueDate.String(),
	}
	secrets = append(secrets, w.Claim.Goods...)
	for _, secret := range secrets {
		if !bytes.Contains(c.said, []byte(secret)) {
			t.Errorf("%q was never said, so it proves nothing that it is in no block", secret)
		}
		if bytes.Contains(blocks, []byte(secret)) {
			t.Errorf("a block holds %q", secret)
		}
	}
	if !bytes.Contains(blocks, []byte(w.Receivable)) {
		t.Error("the blocks do not even name the receivable: they are not those of the trade")
	}
	t.Logf("searched %d bytes of blocks 0 to %d for %d confidential texts",
		len(blocks), last, len(secrets))
}
