package fabric_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest"
	"github.com/countersign/countersign/services/fabric"
)

// fiveParties are the organisations of the network in the parts of one trade.
func fiveParties(t *testing.T) *tradetest.Cast {
	t.Helper()
	return &tradetest.Cast{
		Seller:   tradetest.NewParty(t, "SupplierMSP", trade.KindSupplier),
		Obligor:  tradetest.NewParty(t, "CoreMSP", trade.KindCoreEnterprise),
		Bank:     tradetest.NewParty(t, "BankAMSP", trade.KindBank),
		Rival:    tradetest.NewParty(t, "BankBMSP", trade.KindBank),
		Operator: tradetest.NewParty(t, "OperatorMSP", trade.KindOperator),
	}
}

// chain lets a world of the law trade on Fabric, and keeps what it submitted.
type chain struct {
	t      *testing.T
	ledger *fabric.Ledger
	calls  []call
	said   []byte // all that was brought as transient data
}

// call is a proposal and what became of it.
type call struct {
	act      trade.Act
	proposal app.Proposal
	at       time.Time // the transaction's; of a refused one, the moment before it was sent
	block    uint64
	tx       app.Tx // as all five peers told it
	refused  error  // nil when it was committed
}

// committed are the calls that took effect.
func (c *chain) committed() []call {
	return slices.DeleteFunc(slices.Clone(c.calls), func(one call) bool { return one.refused != nil })
}

func (c *chain) Channel() string { return c.ledger.Channel() }

// Now implements tradetest.Chain: on Fabric it is the endorsers' clocks that count.
func (c *chain) Now() trade.Instant { return trade.InstantOf(wallClock()) }

func wallClock() time.Time { return time.Now() } //nolint:forbidigo // A test among real clocks.

const (
	conflictTries = 20                    // how often an act is sent that meets a conflict
	longestMove   = 10 * time.Second      // how long a test waits for an hour to come
	lookAgain     = 50 * time.Millisecond // between two looks at a peer's state
	peerPatience  = 10 * time.Second      // for a peer to have a block
)

// MoveTo waits for a moment: no clock of Fabric's can be moved.
func (c *chain) MoveTo(at trade.Instant) {
	c.t.Helper()
	wait := at.Time().Sub(wallClock())
	if wait > longestMove {
		c.t.Fatalf("%s is %s away: too long to wait for", at.Time(), wait)
	}
	pause(c.t, wait)
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

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
	slices.Sort(p.Endorsers)
	for _, name := range slices.Sorted(maps.Keys(p.Transient)) {
		c.said = append(c.said, p.Transient[name]...)
	}
	one := call{act: command.Act, proposal: p, at: wallClock()}
	receipt, err := c.send(p)
	if err != nil {
		one.refused = err
		c.calls = append(c.calls, one)
		if refused, ok := errors.AsType[*app.ChaincodeError](err); ok {
			return faultOf(refused)
		}
		return err
	}
	one.block, one.tx = receipt.Block, txAt(c.t, c.ledger, receipt)
	one.at = one.tx.Time
	c.calls = append(c.calls, one)
	return c.settle(one, command)
}

// send submits until it meets no conflict: a peer may be a block behind the others.
func (c *chain) send(p app.Proposal) (app.Receipt, error) {
	for range conflictTries {
		receipt, err := c.ledger.Submit(c.t.Context(), p)
		if !errors.Is(err, app.ErrConflict) {
			return receipt, err
		}
	}
	return app.Receipt{}, errors.New("still a conflict")
}

// faultOf reads the fault in a refusal by the chaincode.
func faultOf(refused *app.ChaincodeError) error {
	fault := &trade.Fault{}
	if err := json.Unmarshal([]byte(refused.Message), fault); err != nil {
		return fmt.Errorf("refused with %q: %w", refused.Message, err)
	}
	return fault
}

// witness is an organisation other than the given one.
func witness(org string) string {
	if org == "OperatorMSP" {
		return "BankBMSP"
	}
	return "OperatorMSP"
}

// settle checks what the peers say of a committed call, prints it, and waits until the state
// of each peer has it: a peer hands on a block a moment before.
func (c *chain) settle(one call, command trade.Command) error {
	tx := one.tx
	if !tx.Valid() || !slices.Equal(tx.Endorsers, one.proposal.Endorsers) || len(tx.Missing) > 0 {
		return fmt.Errorf("%s is %s, endorsed by %v, misses %v", one.act, tx.Code, tx.Endorsers, tx.Missing)
	}
	var held []string
	for _, v := range tx.Private {
		held = append(held, v.Collection)
	}
	slices.Sort(held)
	c.t.Logf("block %d: %s, endorsed by %s, held in %s", one.block, one.act,
		strings.Join(tx.Endorsers, " "), strings.Join(slices.Compact(held), " "))
	for _, w := range tx.Effects.Writes {
		if w.Key == string(command.Subjects[0].ID) {
			return c.await(w)
		}
	}
	return nil // a repeated command writes nothing
}

// await looks at every organisation's peer until it answers with what was written.
func (c *chain) await(w app.Write) error {
	ctx, cancel := context.WithTimeout(c.t.Context(), peerPatience)
	defer cancel()
	for _, org := range ledgertest.Organisations() {
		ask := app.Proposal{Org: org, Function: trade.FunctionRecord, Args: []string{w.Key}}
		for {
			value, err := c.ledger.Evaluate(ctx, ask)
			if err == nil && bytes.Equal(value, w.Value) {
				break
			}
			if ctx.Err() != nil {
				return fmt.Errorf("the peer of %s does not have %s: %w", org, w.Key, err)
			}
			pause(c.t, lookAgain)
		}
	}
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
