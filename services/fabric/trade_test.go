package fabric_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/fabric"
)

// chain lets a world of the law trade on Fabric.
type chain struct {
	t      *testing.T
	ledger *fabric.Ledger
	acts   int
	last   app.Tx
	said   []byte // all that was brought as transient data
}

func (c *chain) Channel() string { return c.ledger.Channel() }

// Now implements tradetest.Chain: on Fabric it is the endorsers' clocks that count.
func (c *chain) Now() trade.Instant {
	return trade.InstantOf(time.Now()) //nolint:forbidigo // A test among real clocks.
}

// conflictTries bounds how often an act is sent again that met a conflict.
const conflictTries = 20

// Submit implements tradetest.Chain. It waits until every organisation's peer has the block,
// because the next act may ask any of them.
func (c *chain) Submit(tx trade.Transaction, endorsers []trade.OrgID) error {
	command, err := trade.Decode[trade.Command](tx.Command, "command")
	if err != nil {
		return err
	}
	p := app.Proposal{
		Org: string(tx.Actor), Function: trade.FunctionApply, Args: []string{string(command.ID)},
		Transient: tx.Transient(),
	}
	for _, org := range endorsers {
		p.Endorsers = append(p.Endorsers, string(org))
	}
	if len(endorsers) == 1 { // The chaincode policy wants two for a new record: one witnesses.
		p.Endorsers = append(p.Endorsers, witness(p.Org))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Transient)) {
		c.said = append(c.said, p.Transient[name]...)
	}
	for range conflictTries {
		receipt, err := c.ledger.Submit(c.t.Context(), p)
		if refused, ok := errors.AsType[*app.ChaincodeError](err); ok {
			fault := &trade.Fault{}
			if err := json.Unmarshal([]byte(refused.Message), fault); err != nil {
				return fmt.Errorf("refused with %q: %w", refused.Message, err)
			}
			return fault
		}
		if errors.Is(err, app.ErrConflict) {
			continue
		}
		if err != nil {
			return err
		}
		return c.settle(command, receipt, p.Endorsers)
	}
	return errors.New("still a conflict")
}

// witness is an organisation other than the given one.
func witness(org string) string {
	if org == "OperatorMSP" {
		return "BankBMSP"
	}
	return "OperatorMSP"
}

// settle waits for all peers and prints what they say of the transaction.
func (c *chain) settle(command trade.Command, receipt app.Receipt, endorsers []string) error {
	tx := txAt(c.t, c.ledger, receipt)
	slices.Sort(endorsers)
	if !tx.Valid() || !slices.Equal(tx.Endorsers, endorsers) || len(tx.Missing) > 0 {
		return fmt.Errorf("%s is %s, endorsed by %v, misses %v", command.Act, tx.Code, tx.Endorsers, tx.Missing)
	}
	var held []string
	for _, v := range tx.Private {
		held = append(held, v.Collection)
	}
	slices.Sort(held)
	c.acts++
	c.last = tx
	c.t.Logf("block %d: %s, endorsed by %s, held in %s", receipt.Block, command.Act,
		strings.Join(tx.Endorsers, " "), strings.Join(slices.Compact(held), " "))
	return nil
}

// State implements tradetest.Chain.
func (c *chain) State(holder trade.OrgID, id trade.AssetID) ([]byte, error) {
	value, err := c.ledger.Evaluate(c.t.Context(), app.Proposal{
		Org: string(holder), Function: trade.FunctionState, Args: []string{string(id)},
	})
	if _, none := errors.AsType[*app.ChaincodeError](err); none {
		return nil, nil
	}
	return value, err
}

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
	cast := &tradetest.Cast{
		Seller:   tradetest.NewParty(t, "SupplierMSP", trade.KindSupplier),
		Obligor:  tradetest.NewParty(t, "CoreMSP", trade.KindCoreEnterprise),
		Bank:     tradetest.NewParty(t, "BankAMSP", trade.KindBank),
		Rival:    tradetest.NewParty(t, "BankBMSP", trade.KindBank),
		Operator: tradetest.NewParty(t, "OperatorMSP", trade.KindOperator),
	}
	w := tradetest.NewWorld(t, c, cast)
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
	t.Logf("%d acts committed on five peers", c.acts)
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
