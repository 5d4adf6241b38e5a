package postgres_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/postgrestest"
)

// chain makes blocks as a ledger would, and knows what the projection of all of them is.
type chain struct {
	t            testing.TB
	next         uint64
	blocks       map[uint64]app.Derived
	assets       map[trade.AssetID]app.Asset
	transitions  map[string]app.Transition
	fingerprints map[string]app.FingerprintRow
}

func newChain(t testing.TB) *chain {
	return &chain{
		t: t, blocks: map[uint64]app.Derived{}, assets: map[trade.AssetID]app.Asset{},
		transitions: map[string]app.Transition{}, fingerprints: map[string]app.FingerprintRow{},
	}
}

// fill puts one block's rows in.
func (c *chain) fill(d app.Derived) {
	if d.Hash != nil {
		c.blocks[d.Number] = app.Derived{
			Number: d.Number, Hash: d.Hash, At: d.At, ClockNote: d.ClockNote, Transactions: d.Transactions,
		}
	}
	for _, a := range d.Assets {
		a.Holders = slices.Clone(a.Holders)
		slices.SortFunc(a.Holders, func(x, y app.Holder) int { return cmp.Compare(x.Org, y.Org) })
		c.assets[a.Record.ID] = a
	}
	for _, s := range d.Transitions {
		c.transitions[fmt.Sprintf("%s/%d", s.Asset, s.Version)] = s
	}
	for _, f := range d.Fingerprints {
		c.fingerprints[f.Key] = f
	}
}

// block draws the next block: transactions, some of them invalid, and what the valid ones did
// to some of a few assets.
func (c *chain) block(r *rapid.T) app.Derived {
	at := time.Date(2026, 3, 2, 0, 0, int(c.next), 123456000, time.UTC)
	d := app.Derived{
		Number: c.next, Hash: fmt.Appendf(nil, "hash %d", c.next), At: at,
		ClockNote: rapid.SampledFrom([]string{"", "moved"}).Draw(r, "note"),
	}
	c.next++
	free := rapid.Permutation([]trade.AssetID{"a", "b", "c", "d", "e", "f"}).Draw(r, "assets")
	for n := range rapid.IntRange(0, 4).Draw(r, "transactions") {
		tx := app.Tx{
			ID:   fmt.Sprintf("tx-%d-%d", d.Number, n),
			Code: rapid.SampledFrom([]string{"VALID", "MVCC_READ_CONFLICT"}).Draw(r, "code"),
			Time: at.Add(-time.Millisecond), Creator: "SellerMSP",
			Endorsers: rapid.SampledFrom([][]string{{}, {"BankMSP"}, {"BankMSP", "SellerMSP"}}).Draw(r, "endorsers"),
		}
		if !tx.Valid() { // it may say anything, as that it is one that came before
			tx.ID = rapid.SampledFrom([]string{"", "tx-0-0", tx.ID, strings.Repeat("x", 9000)}).Draw(r, "id")
			tx.Creator = rapid.SampledFrom([]string{"", "a b", "SellerMSP"}).Draw(r, "creator")
		}
		d.Transactions = append(d.Transactions, tx)
		if !tx.Valid() {
			continue
		}
		c.step(r, &d, tx, free[n])
		if rapid.Bool().Draw(r, "fingerprint") {
			d.Fingerprints = append(d.Fingerprints, app.FingerprintRow{
				Key: rapid.SampledFrom([]string{"fp.1", "fp.2"}).Draw(r, "key"), TxID: tx.ID,
				Value: trade.Fingerprint{Asset: free[n], Freed: rapid.Bool().Draw(r, "freed")},
			})
		}
	}
	c.fill(d)
	return d
}

// step draws what one transaction did to an asset.
func (c *chain) step(r *rapid.T, d *app.Derived, tx app.Tx, id trade.AssetID) {
	before := c.assets[id].Record
	phase := rapid.SampledFrom([]trade.Phase{trade.Open, trade.Settled}).Draw(r, "phase")
	state := &trade.State{
		ID: id, Kind: trade.KindReceivable, Version: before.Version + 1, Phase: phase,
		Parties: []trade.OrgID{"SellerMSP"},
		Salt:    rapid.StringMatching("[0-9a-f]{64}").Draw(r, "salt"), Time: trade.InstantOf(d.At),
	}
	text := rapid.SampledFrom([]string{"x", "长宁", `\n`, "é"}).Draw(r, "text")
	state.By.Command = trade.Command{
		ID: trade.CommandID("cmd-" + tx.ID), Channel: "trade", Act: trade.ReceivablePay,
		Subjects: []trade.Subject{{ID: id, Version: before.Version}},
		Args:     json.RawMessage(`{"text":"` + text + `"}`),
	}
	state.By.Signatures = []trade.Signature{{Org: "SellerMSP", Person: "p", Value: []byte{1, 2, 3}}}
	bytes := canonical(c.t, state)
	record := trade.Record{
		ID: id, Kind: state.Kind, Version: state.Version, Phase: phase, Parties: []string{"x"},
		Commitment: trade.DigestOf(bytes), Time: state.Time, Done: []trade.Done{},
	}
	a := app.Asset{Record: record, RecordBytes: canonical(c.t, record)}
	step := app.Transition{
		Asset: id, Version: record.Version, TxID: tx.ID, Block: d.Number, At: tx.Time, Act: trade.ReceivablePay,
		Command: state.By.Command.ID, From: before.Phase, To: phase, Actor: trade.OrgID(tx.Creator),
		Endorsers: tx.Endorsers,
	}
	if rapid.Bool().Draw(r, "held") {
		a.State, a.StateBytes, step.Signed = state, bytes, &state.By
		orgs := []trade.OrgID{"SellerMSP", "BankMSP", "AuditMSP"}
		for _, org := range rapid.Permutation(orgs).Draw(r, "holders") {
			a.Holders = append(a.Holders, app.Holder{
				Org: org, Consent: org != "AuditMSP", Hash: make([]byte, 32), Missing: rapid.Bool().Draw(r, "missing"),
			})
		}
	}
	d.Assets = append(d.Assets, a)
	d.Transitions = append(d.Transitions, step)
}

func canonical(t testing.TB, v any) []byte {
	t.Helper()
	b, err := trade.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s shelf) apply(d app.Derived) error {
	return s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.Apply(ctx, "trade", d) })
}

// projected reads the whole projection back.
func (s shelf) projected(ctx context.Context) *chain {
	s.t.Helper()
	c := newChain(s.t)
	ok(s.t, s.Read(ctx, func(ctx context.Context, tx app.StoreTx) error {
		return tx.Projected(ctx, func(d app.Derived) error { c.fill(d); return nil })
	}))
	return c
}

func (c *chain) same(got *chain) {
	c.t.Helper()
	for what, pair := range map[string][2]any{
		"blocks": {got.blocks, c.blocks}, "assets": {got.assets, c.assets},
		"transitions": {got.transitions, c.transitions}, "fingerprints": {got.fingerprints, c.fingerprints},
	} {
		if g, w := string(canonical(c.t, listed(pair[0]))), string(canonical(c.t, listed(pair[1]))); g != w {
			c.t.Fatalf("%s: got %s\nwant %s", what, g, w)
		}
	}
}

// listed is a value that canonical JSON has a form for: maps with text keys.
func listed(v any) any {
	if blocks, is := v.(map[uint64]app.Derived); is {
		named := map[string]app.Derived{}
		for n, d := range blocks {
			named[fmt.Sprint(n)] = d
		}
		return named
	}
	return v
}

func TestTheProjectionGivesBackWhatWasApplied(t *testing.T) {
	s := open(t, postgrestest.New(t))
	rapid.Check(t, func(r *rapid.T) {
		ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error { return tx.ClearProjection(ctx) }))
		c := newChain(t)
		note := ""
		for range rapid.IntRange(1, 6).Draw(r, "blocks") {
			d := c.block(r)
			ok(t, s.apply(d))
			if d.ClockNote != "" {
				note = d.ClockNote
			}
		}
		c.same(s.projected(t.Context()))
		ok(t, s.Read(t.Context(), func(ctx context.Context, tx app.StoreTx) error {
			at, err := tx.Checkpoint(ctx, "trade")
			last := c.blocks[c.next-1]
			same(t, err, at, app.Checkpoint{Channel: "trade", Block: last.Number, Hash: last.Hash, At: last.At})
			kept, err := tx.ClockNote(ctx)
			same(t, err, kept, note)
			for id, a := range c.assets {
				got, err := tx.Asset(ctx, id)
				slices.SortFunc(got.Holders, func(x, y app.Holder) int { return cmp.Compare(x.Org, y.Org) })
				same(t, err, got, a)
				steps, err := tx.Transitions(ctx, id)
				ok(t, err)
				if int64(len(steps)) != a.Record.Version || steps[len(steps)-1].Version != a.Record.Version {
					t.Fatalf("%s version %d has %d steps", id, a.Record.Version, len(steps))
				}
			}
			return nil
		}))
	})
}

func TestBlocksComeInOrderOnceAndWhole(t *testing.T) {
	s := open(t, postgrestest.New(t))
	c := newChain(t)
	blocks := []app.Derived{c.blockOf(t, 0, "a"), c.blockOf(t, 1, "b"), c.blockOf(t, 2, "a"), c.blockOf(t, 3)}
	if s.apply(blocks[1]) == nil {
		t.Error("the second block came first")
	}
	ok(t, s.apply(blocks[0]))
	if s.apply(blocks[0]) == nil {
		t.Error("a block came twice")
	}
	if s.apply(blocks[2]) == nil {
		t.Error("a block was left out")
	}
	gone := errors.New("gone")
	want(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		return errors.Join(tx.Apply(ctx, "trade", blocks[1]), gone)
	}), gone)
	for _, d := range blocks[1:] {
		ok(t, s.apply(d))
	}
	c.same(s.projected(t.Context()))
}

func TestAnAssetsVersionOnlyGrows(t *testing.T) {
	s := open(t, postgrestest.New(t))
	c := newChain(t)
	first := c.blockOf(t, 1, "a")
	ok(t, s.apply(first))
	again := app.Derived{Number: 1, Hash: []byte("h"), At: at(1), Assets: first.Assets}
	if s.apply(again) == nil {
		t.Error("the same version came twice")
	}
	c.same(s.projected(t.Context()))
}

// blockOf makes the next block: each asset is stepped in a transaction of its own, and held
// by the seller alone.
func (c *chain) blockOf(t testing.TB, minutes int, ids ...trade.AssetID) app.Derived {
	t.Helper()
	d := app.Derived{
		Number: c.next, Hash: fmt.Appendf(nil, "hash %d", c.next),
		At: at(0).Add(time.Duration(minutes) * time.Minute),
	}
	c.next++
	for n, id := range ids {
		before := c.assets[id].Record
		tx := app.Tx{
			ID: fmt.Sprintf("tx-%d-%d", d.Number, n), Code: "VALID", Time: d.At, Creator: "SellerMSP",
			Endorsers: []string{},
		}
		state := &trade.State{
			ID: id, Kind: trade.KindFinancing, Version: before.Version + 1, Phase: trade.Quoted,
			Time:    trade.InstantOf(d.At),
			Parties: []trade.OrgID{"SellerMSP"}, Financing: &trade.Financing{Receivable: "r" + id},
		}
		state.By = trade.SignedCommand{Command: trade.Command{Args: json.RawMessage("{}")}}
		bytes := canonical(t, state)
		record := trade.Record{
			ID: id, Kind: state.Kind, Version: state.Version, Phase: state.Phase,
			Commitment: trade.DigestOf(bytes), Time: state.Time,
		}
		d.Transactions = append(d.Transactions, tx)
		d.Assets = append(d.Assets, app.Asset{
			Record: record, State: state, RecordBytes: canonical(t, record), StateBytes: bytes,
			Holders: []app.Holder{{Org: "SellerMSP", Consent: true, Hash: make([]byte, 32)}},
		})
		d.Transitions = append(d.Transitions, app.Transition{
			Asset: id, Version: record.Version, TxID: tx.ID, Block: d.Number, At: d.At,
			Act: trade.FinancingQuote, Command: "c",
			From: before.Phase, To: record.Phase, Actor: "SellerMSP", Endorsers: []string{}, Signed: &state.By,
		})
	}
	c.fill(d)
	return d
}

func TestAssetsAreListedForTheirHoldersLastMovedFirst(t *testing.T) {
	s := open(t, postgrestest.New(t))
	c := newChain(t)
	ok(t, s.apply(c.blockOf(t, 0, "a", "b", "c")))
	ok(t, s.apply(c.blockOf(t, 1, "a")))
	list := func(f app.AssetFilter) []string {
		return walk(s, 2, func(a app.Asset) string { return string(a.Record.ID) },
			func(ctx context.Context, tx app.StoreTx, p app.Page) ([]app.Asset, string, error) {
				return tx.Assets(ctx, f, p)
			})
	}
	f := app.AssetFilter{Org: "SellerMSP", Kind: trade.KindFinancing}
	same(t, nil, list(f), []string{"a", "c", "b"})
	f.Phases = []trade.Phase{trade.Submitted, trade.Quoted}
	same(t, nil, list(f), []string{"a", "c", "b"})
	f.Receivable = "rb"
	same(t, nil, list(f), []string{"b"})
	f.Phases = []trade.Phase{trade.Submitted}
	same(t, nil, list(f), []string{})
	same(t, nil, list(app.AssetFilter{Org: "BankMSP", Kind: trade.KindFinancing}), []string{})
	steps := read(s, func(ctx context.Context, tx app.StoreTx) ([]app.Transition, error) {
		return tx.TransitionsOfTx(ctx, "tx-1-0")
	})
	if len(steps) != 1 || steps[0].Asset != "a" || steps[0].Version != 2 || steps[0].Signed == nil {
		t.Errorf("the transaction did %+v", steps)
	}
}

func TestABlockOfFiveHundredTransactionsTakesAFewStatements(t *testing.T) {
	s := open(t, postgrestest.New(t))
	c := newChain(t)
	ids := make([]trade.AssetID, 500)
	for n := range ids {
		ids[n] = trade.AssetID(fmt.Sprintf("a%03d", n))
	}
	for n := range 3 {
		ok(t, s.apply(c.blockOf(t, n, ids...)))
	}
	c.same(s.projected(t.Context()))
}

func TestAReaderGoesOnSeeingTheOldProjectionWhileItIsRebuilt(t *testing.T) {
	s := open(t, postgrestest.New(t))
	c := newChain(t)
	first := c.blockOf(t, 0, "a")
	ok(t, s.apply(first))
	ok(t, s.write(func(ctx context.Context, tx app.StoreTx) error {
		ok(t, tx.ClearProjection(ctx))
		c.same(s.projected(ctx))
		return tx.Apply(ctx, "trade", first)
	}))
	c.same(s.projected(t.Context()))
}
