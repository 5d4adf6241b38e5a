package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// ProjectionDigest is a digest over every row of the projection, and how many rows each of
// its kinds has.
type ProjectionDigest struct {
	Digest trade.Digest   `json:"digest"`
	Rows   map[string]int `json:"rows"`
}

// rows holds the digest of each row of a projection by its name ("asset/rcv-1"): two
// projections are equal when their rows are.
type rows map[string][sha256.Size]byte

// put names a row and digests its canonical bytes. A later row of the same name replaces an
// earlier one, as a later block does.
func (r rows) put(kind, key string, value any) error {
	b, err := trade.Canonical(value)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, key, err)
	}
	r[kind+"/"+key] = sha256.Sum256(b)
	return nil
}

// add digests what a block, or a piece of a stored projection, derives. Instants count in
// microseconds: databases keep no more.
func (r rows) add(d Derived) error {
	if d.Hash != nil {
		if err := r.put(
			"block", fmt.Sprint(d.Number), []any{d.Hash, d.At.UnixMicro(), d.ClockNote},
		); err != nil {
			return err
		}
	}
	for i, t := range d.Transactions { // by place: an invalid one may bear any id
		if err := r.put("transaction", fmt.Sprintf("%d/%d", d.Number, i), []any{
			t.ID, t.Code, t.Time.UnixMicro(), t.Creator, t.Endorsers,
		}); err != nil {
			return err
		}
	}
	for _, a := range d.Assets {
		holders := slices.SortedFunc(slices.Values(a.Holders), func(x, y Holder) int {
			return compareText(fmt.Sprint(x.Org, x.Consent), fmt.Sprint(y.Org, y.Consent))
		})
		if err := r.put(
			"asset",
			string(a.Record.ID),
			[]any{string(a.RecordBytes), string(a.StateBytes), holders},
		); err != nil {
			return err
		}
	}
	for _, t := range d.Transitions {
		if err := r.put("transition", fmt.Sprintf("%s/%d", t.Asset, t.Version), []any{
			t.TxID, t.Block, t.At.UnixMicro(), t.Act, t.Command, t.From, t.To, t.Actor, t.Endorsers, t.Signed,
		}); err != nil {
			return err
		}
	}
	for _, f := range d.Fingerprints {
		if err := r.put("fingerprint", f.Key, []any{f.Value, f.TxID}); err != nil {
			return err
		}
	}
	return nil
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// digest is over all rows in the order of their names.
func (r rows) digest() ProjectionDigest {
	sum, count := sha256.New(), map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(r)) {
		row := r[name]
		sum.Write([]byte(name + "\n"))
		sum.Write(row[:])
		kind := name[:slices.Index([]byte(name), '/')]
		count[kind]++
	}
	return ProjectionDigest{Digest: trade.Digest("sha-256:" + hex.EncodeToString(sum.Sum(nil))), Rows: count}
}

// DigestProjection reads the whole projection on one snapshot.
func (a *App) DigestProjection(ctx context.Context) (ProjectionDigest, error) {
	var d ProjectionDigest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		stored, err := storedRows(ctx, tx)
		d = stored.digest()
		return err
	})
	return d, err
}

func storedRows(ctx context.Context, tx StoreTx) (rows, error) {
	stored := rows{}
	return stored, tx.Projected(ctx, stored.add)
}

// Rebuild clears the projection and derives it again from block 0 up to the block that the
// live one had reached. It returns the digests before and after: they are equal unless a row
// had been changed. Everything is one transaction: readers see the old rows until it is done.
func (a *App) Rebuild(ctx context.Context) (before, after ProjectionDigest, err error) {
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		last, err := tx.Checkpoint(ctx, a.channel)
		if err != nil {
			return err
		}
		stored, err := storedRows(ctx, tx)
		if err != nil {
			return err
		}
		before = stored.digest()
		if err := tx.ClearProjection(ctx); err != nil {
			return err
		}
		if err := a.replay(
			ctx, last.Block, func(d Derived) error { return tx.Apply(ctx, a.channel, d) },
		); err != nil {
			return err
		}
		stored, err = storedRows(ctx, tx)
		after = stored.digest()
		return err
	})
	return before, after, err
}

// replay derives the ledger's blocks from 0 to last.
func (a *App) replay(ctx context.Context, last uint64, fn func(Derived) error) error {
	following, stop := context.WithCancel(ctx)
	defer stop()
	done := false
	err := a.ledger.Follow(following, 0, func(_ context.Context, b Block) error {
		if done {
			return nil
		}
		d, err := Derive(b)
		if err != nil {
			return err
		}
		if err := fn(d); err != nil {
			return err
		}
		if b.Number >= last {
			done = true
			stop()
		}
		return nil
	})
	if done {
		return nil
	}
	return err
}
