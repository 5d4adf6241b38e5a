package fabric_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest"
	"github.com/countersign/countersign/services/embedded"
)

// setClock is a clock that a test sets.
type setClock struct{ at time.Time }

func (c *setClock) Now() time.Time { return c.at }

// equivalence carries out on a fresh embedded ledger, one after another and at the same
// times, what was carried out on Fabric, and wants the same of each: effects, refusals, and
// what a node derives from the blocks in the end.
func (p peers) equivalence(t *testing.T) {
	c := &chain{t: t, ledger: p.ledger}
	everyAct(t, c)
	wantEveryAct(t, c)

	clock := &setClock{at: c.calls[0].at}
	l := openEmbedded(t, c.Channel(), clock)
	last := c.replay(l, clock)
	wantSameProjection(t, project(t, c.ledger, c.committed()[len(c.committed())-1].block), project(t, l, last))
	t.Run("DigestSeesWhatDiffers", func(t *testing.T) { laterDiffers(t, c) })
}

// openEmbedded opens a fresh ledger that runs the real chaincode.
func openEmbedded(t *testing.T, channel string, clock *setClock) *embedded.Ledger {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	l, err := embedded.Open(t.Context(), embedded.Config{
		Dir: t.TempDir(), Orgs: ledgertest.Organisations(), Channel: channel, Clock: clock,
		Chaincode: chaincode.New(clock.Now, log), Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close the embedded ledger: %v", err)
		}
	})
	return l
}

// wantEveryAct wants each act of the law committed, but for those that must wait for a due
// date or a cooling-off, which no test can on Fabric: peers refuse a time that is far off their own clock.
func wantEveryAct(t *testing.T, c *chain) {
	t.Helper()
	waits := []trade.Act{trade.ReceivableMature, trade.ReceivableOverdue, trade.ReceivableChangePayee}
	for _, spec := range trade.Acts() {
		done := slices.ContainsFunc(c.committed(), func(one call) bool { return one.act == spec.Act })
		if done == slices.Contains(waits, spec.Act) {
			t.Errorf("%s was committed: %t", spec.Act, done)
		}
	}
}

// replay submits each call again, prints what both ledgers made of it and returns the last
// block.
func (c *chain) replay(l *embedded.Ledger, clock *setClock) (last uint64) {
	c.t.Helper()
	var equal, refusals, different int
	for _, one := range c.calls {
		clock.at = one.at
		receipt, err := l.Submit(c.t.Context(), one.proposal)
		switch {
		case one.refused != nil:
			on, off := refusalOf(one.refused), refusalOf(err)
			if on != off {
				different++
				c.t.Errorf("%s: Fabric says %s, the embedded ledger %s", one.act, on, off)
				continue
			}
			refusals++
			c.t.Logf("%-22s refused on both: %.110s", one.act, on)
		case err != nil:
			different++
			c.t.Errorf("%s: committed on Fabric, but %v", one.act, err)
		default:
			last = receipt.Block
			if c.same(one, receipt, txAt(c.t, l, receipt)) {
				equal++
			} else {
				different++
			}
		}
	}
	c.t.Logf("%d transactions, %d equal, %d different, %d skipped; %d of them refused alike on both",
		len(c.calls), equal+refusals, different, len(c.calls)-equal-refusals-different, refusals)
	return last
}

// same compares what a transaction did on Fabric with what it did here.
func (c *chain) same(one call, receipt app.Receipt, tx app.Tx) bool {
	c.t.Helper()
	on, off := digest(c.t, one.tx.Effects), digest(c.t, tx.Effects)
	if on != off {
		c.t.Errorf("%s: effects\n%+v on Fabric\n%+v embedded", one.act, one.tx.Effects, tx.Effects)
		return false
	}
	if trade.InstantOf(one.tx.Time) != trade.InstantOf(tx.Time) || one.tx.Creator != tx.Creator ||
		!slices.Equal(one.tx.Endorsers, tx.Endorsers) {
		c.t.Errorf("%s: of %s at %s, endorsed by %v on Fabric; of %s at %s, endorsed by %v embedded", one.act,
			one.tx.Creator, one.tx.Time, one.tx.Endorsers, tx.Creator, tx.Time, tx.Endorsers)
		return false
	}
	c.t.Logf("%-22s block %3d on Fabric, %2d embedded, %.20s on both, endorsed by %s",
		one.act, one.block, receipt.Block, on, strings.Join(tx.Endorsers, " "))
	return true
}

func digest(t *testing.T, e app.Effects) string {
	t.Helper()
	d, err := app.EffectDigest(e)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// refusalOf is all that a refused submitter may go by.
func refusalOf(err error) string {
	if refused, ok := errors.AsType[*app.ChaincodeError](err); ok {
		return fmt.Sprintf("%d %s", refused.Status, refused.Message)
	}
	if errors.Is(err, app.ErrEndorsement) {
		return app.ErrEndorsement.Error()
	}
	return fmt.Sprint(err)
}

// projection is what a node knows after the last block.
type projection struct {
	assets       map[trade.AssetID]app.Asset
	fingerprints map[string]trade.Fingerprint
	transitions  []app.Transition
}

// project derives the blocks of a ledger up to the last, leaving out what names places in it.
func project(t *testing.T, l app.Ledger, last uint64) projection {
	t.Helper()
	p := projection{map[trade.AssetID]app.Asset{}, map[string]trade.Fingerprint{}, nil}
	done := errors.New("done")
	err := l.Follow(t.Context(), 0, func(_ context.Context, b app.Block) error {
		d, err := app.Derive(b)
		if err != nil {
			return err
		}
		for _, a := range d.Assets {
			slices.SortFunc(a.Holders, func(a, b app.Holder) int { return cmp.Compare(a.Org, b.Org) })
			p.assets[a.Record.ID] = a
		}
		for _, f := range d.Fingerprints {
			p.fingerprints[f.Key] = f.Value
		}
		for _, step := range d.Transitions {
			step.TxID, step.Block, step.At = "", 0, trade.InstantOf(step.At).Time()
			p.transitions = append(p.transitions, step)
		}
		if b.Number == last {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		t.Fatal(err)
	}
	return p
}

// wantSameProjection compares records and states byte by byte, and who holds them; the
// fingerprints; and every step of every asset.
func wantSameProjection(t *testing.T, on, off projection) {
	t.Helper()
	if len(on.assets) == 0 || len(on.fingerprints) == 0 || len(on.transitions) == 0 {
		t.Error("nothing was derived")
	}
	if len(on.assets) != len(off.assets) {
		t.Errorf("%d assets on Fabric, %d embedded", len(on.assets), len(off.assets))
	}
	var records, states int
	for id, a := range on.assets {
		b := off.assets[id]
		if a.State == nil || !bytes.Equal(a.RecordBytes, b.RecordBytes) ||
			!bytes.Equal(a.StateBytes, b.StateBytes) || !reflect.DeepEqual(a.Holders, b.Holders) {
			t.Errorf("%s: %+v on Fabric, %+v embedded", id, a, b)
		}
		records, states = records+len(a.RecordBytes), states+len(a.StateBytes)
	}
	if !reflect.DeepEqual(on.fingerprints, off.fingerprints) {
		t.Errorf("fingerprints %v on Fabric, %v embedded", on.fingerprints, off.fingerprints)
	}
	if !reflect.DeepEqual(on.transitions, off.transitions) {
		t.Errorf("steps %+v on Fabric, %+v embedded", on.transitions, off.transitions)
	}
	t.Logf("derived from both: %d assets (%d bytes of records, %d of states), %d fingerprints, %d steps",
		len(on.assets), records, states, len(on.fingerprints), len(on.transitions))
}

// laterDiffers carries out the first call a millisecond later: its effects are others.
func laterDiffers(t *testing.T, c *chain) {
	first := c.committed()[0]
	clock := &setClock{at: first.at.Add(time.Millisecond)}
	l := openEmbedded(t, c.Channel(), clock)
	receipt, err := l.Submit(t.Context(), first.proposal)
	if err != nil {
		t.Fatal(err)
	}
	if digest(t, txAt(t, l, receipt).Effects) == digest(t, first.tx.Effects) {
		t.Errorf("%s a millisecond later has the same effect digest", first.act)
	}
}
