package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/countersign/countersign/chaincode/trade"
)

// ProjectionDigest is a digest over every row of the projection, and how many rows each of
// its tables has.
type ProjectionDigest struct {
	Digest trade.Digest   `json:"digest"`
	Rows   map[string]int `json:"rows"`
}

// DigestProjection reads the whole projection on one snapshot.
func (a *App) DigestProjection(ctx context.Context) (ProjectionDigest, error) {
	var d ProjectionDigest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		d, err = digestRows(ctx, tx)
		return err
	})
	return d, err
}

func digestRows(ctx context.Context, tx StoreTx) (ProjectionDigest, error) {
	sum, rows := sha256.New(), map[string]int{}
	err := tx.ProjectionRows(ctx, func(table string, row []byte) error {
		rows[table]++
		return addRow(sum, table, row)
	})
	return ProjectionDigest{Digest: trade.Digest("sha-256:" + hex.EncodeToString(sum.Sum(nil))), Rows: rows}, err
}

// addRow feeds one row: its table, its length and its bytes, so that rows cannot run together.
func addRow(sum hash.Hash, table string, row []byte) error {
	_, err := fmt.Fprintf(sum, "%s %d\n%s\n", table, len(row), row)
	return err
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
		if before, err = digestRows(ctx, tx); err != nil {
			return err
		}
		if err := tx.ClearProjection(ctx); err != nil {
			return err
		}
		if err := a.replay(ctx, last.Block, func(d Derived) error { return tx.Apply(ctx, a.channel, d) }); err != nil {
			return err
		}
		after, err = digestRows(ctx, tx)
		return err
	})
	return before, after, err
}

// replay derives the ledger's blocks from 0 to last.
func (a *App) replay(ctx context.Context, last uint64, fn func(Derived) error) error {
	following, stop := context.WithCancel(ctx)
	defer stop()
	err := a.ledger.Follow(following, 0, func(_ context.Context, b Block) error {
		if b.Number > last {
			stop()
			return nil
		}
		d, err := Derive(b)
		if err != nil {
			return err
		}
		if err := fn(d); err != nil {
			return err
		}
		if b.Number == last {
			stop()
		}
		return nil
	})
	if ctx.Err() == nil && following.Err() != nil {
		return nil // stopped by ourselves
	}
	return err
}
