package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Apply adds what one block means and moves the checkpoint to it. Blocks come in order and
// without gaps, and an asset's version only grows: everything else is an error.
func (t *storeTx) Apply(ctx context.Context, channel string, d app.Derived) error {
	number := height(d.Number)
	err := t.q.InsertBlock(ctx, db.InsertBlockParams{
		Number: number, Hash: d.Hash, At: d.At, ClockNote: d.ClockNote,
	})
	if err != nil {
		return fmt.Errorf("block %d: %w", d.Number, err)
	}
	moved, err := t.q.MoveCheckpoint(ctx, db.MoveCheckpointParams{Channel: channel, Block: number})
	if err := changed(moved, err, errors.New("it does not follow the checkpoint")); err != nil {
		return fmt.Errorf("block %d: %w", d.Number, err)
	}
	for _, add := range []func(context.Context, app.Derived) error{
		t.addTransactions, t.addAssets, t.addTransitions, t.addFingerprints,
	} {
		if err := add(ctx, d); err != nil {
			return fmt.Errorf("block %d: %w", d.Number, err)
		}
	}
	return nil
}

func (t *storeTx) addTransactions(ctx context.Context, d app.Derived) error {
	rows := make([]db.InsertTransactionsParams, len(d.Transactions))
	for i, tx := range d.Transactions {
		rows[i] = db.InsertTransactionsParams{
			TxID: tx.ID, Block: height(d.Number), Position: small(i), Code: tx.Code, At: tx.Time,
			Creator: tx.Creator, Endorsers: texts[string](tx.Endorsers),
		}
	}
	if _, err := t.q.InsertTransactions(ctx, rows); err != nil {
		return fmt.Errorf("transactions: %w", err)
	}
	return nil
}

// addAssets replaces assets and their holders with what the block left.
func (t *storeTx) addAssets(ctx context.Context, d app.Derived) error {
	var put db.PutAssetsParams
	var holders []db.InsertHoldersParams
	for id, a := range last(d.Assets, func(a app.Asset) trade.AssetID { return a.Record.ID }) {
		put.Ids = append(put.Ids, string(id))
		put.Records = append(put.Records, string(a.RecordBytes))
		put.States = append(put.States, string(a.StateBytes))
		for _, h := range a.Holders {
			holders = append(holders, db.InsertHoldersParams{
				AssetID: string(id), OrgID: string(h.Org), Consent: h.Consent, ValueHash: h.Hash, Missing: h.Missing,
			})
		}
	}
	if len(put.Ids) == 0 {
		return nil
	}
	written, err := t.q.PutAssets(ctx, put)
	if err != nil {
		return fmt.Errorf("assets: %w", err)
	}
	if written != int64(len(put.Ids)) {
		return fmt.Errorf(
			"assets: %d of %d stand at this version or a later one", int64(len(put.Ids))-written,
			len(put.Ids),
		)
	}
	if err := t.q.DeleteHolders(ctx, put.Ids); err != nil {
		return fmt.Errorf("holders: %w", err)
	}
	if _, err := t.q.InsertHolders(ctx, holders); err != nil {
		return fmt.Errorf("holders: %w", err)
	}
	return nil
}

// positions says where in a block each valid transaction stands. The id of an invalid one may
// be any, so none is looked up.
func positions(d app.Derived) map[string]int32 {
	at := make(map[string]int32, len(d.Transactions))
	for i, tx := range d.Transactions {
		if tx.Valid() {
			at[tx.ID] = small(i)
		}
	}
	return at
}

func (t *storeTx) addTransitions(ctx context.Context, d app.Derived) error {
	at := positions(d)
	rows := make([]db.InsertTransitionsParams, len(d.Transitions))
	for i, s := range d.Transitions {
		rows[i] = db.InsertTransitionsParams{
			AssetID: string(s.Asset), Version: s.Version, Block: height(d.Number), Position: at[s.TxID],
			Act: string(s.Act), CommandID: string(s.Command), FromPhase: string(s.From), ToPhase: string(s.To),
		}
		if s.Signed == nil {
			continue
		}
		var err error
		if rows[i].Signed, err = trade.Canonical(s.Signed); err != nil {
			return fmt.Errorf("transition %s/%d: %w", s.Asset, s.Version, err)
		}
	}
	if _, err := t.q.InsertTransitions(ctx, rows); err != nil {
		return fmt.Errorf("transitions: %w", err)
	}
	return nil
}

func (t *storeTx) addFingerprints(ctx context.Context, d app.Derived) error {
	at, put := positions(d), db.PutFingerprintsParams{Block: height(d.Number)}
	for key, f := range last(d.Fingerprints, func(f app.FingerprintRow) string { return f.Key }) {
		put.Keys = append(put.Keys, key)
		put.AssetIds = append(put.AssetIds, string(f.Value.Asset))
		put.Freed = append(put.Freed, f.Value.Freed)
		put.Rejected = append(put.Rejected, f.Value.Rejected)
		put.Positions = append(put.Positions, at[f.TxID])
	}
	if len(put.Keys) == 0 {
		return nil
	}
	if err := t.q.PutFingerprints(ctx, put); err != nil {
		return fmt.Errorf("fingerprints: %w", err)
	}
	return nil
}

// last keeps the last of the rows with the same key, as one block may write a key twice and
// one statement may not.
func last[K comparable, R any](rows []R, key func(R) K) map[K]R {
	kept := make(map[K]R, len(rows))
	for _, r := range rows {
		kept[key(r)] = r
	}
	return kept
}

// ClearProjection empties the projection; readers see the old one until the commit.
func (t *storeTx) ClearProjection(ctx context.Context) error { return t.q.ClearProjection(ctx) }

// Projected gives the whole projection back. A row that somebody damaged so that it cannot
// be read comes with its name and what is left of it, so that a comparison finds it.
func (t *storeTx) Projected(ctx context.Context, fn func(app.Derived) error) error {
	for _, give := range []func(context.Context, func(app.Derived) error) error{
		t.giveBlocks, t.giveAssets, t.giveTransitions, t.giveFingerprints,
	} {
		if err := give(ctx, fn); err != nil {
			return err
		}
	}
	return nil
}

// giveBlocks gives each block with its transactions.
func (t *storeTx) giveBlocks(ctx context.Context, fn func(app.Derived) error) error {
	after := int64(-1)
	for {
		rows, err := t.q.BlocksPage(ctx, db.BlocksPageParams{AfterNumber: after, Page: piece})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Number
		txs, err := t.q.TransactionsOfBlocks(ctx, db.TransactionsOfBlocksParams{First: rows[0].Number, Last: after})
		if err != nil {
			return err
		}
		of := map[int64][]app.Tx{}
		for _, r := range txs {
			of[r.Block] = append(of[r.Block], app.Tx{
				ID: r.TxID, Code: r.Code, Time: r.At.UTC(), Creator: r.Creator, Endorsers: r.Endorsers,
			})
		}
		for _, b := range rows {
			d := app.Derived{
				Number: heightOf(b.Number), Hash: b.Hash, At: b.At.UTC(), ClockNote: b.ClockNote,
				Transactions: of[b.Number],
			}
			if err := fn(d); err != nil {
				return err
			}
		}
	}
}

func (t *storeTx) giveAssets(ctx context.Context, fn func(app.Derived) error) error {
	after := ""
	for {
		rows, err := t.q.AssetsPage(ctx, db.AssetsPageParams{AfterID: after, Page: piece})
		if err != nil || len(rows) == 0 {
			return err
		}
		d := app.Derived{Assets: mapped(rows, func(r db.AssetsPageRow) app.Asset {
			a, _ := assetOf(assetRow(r)) // damaged: id and bytes
			return a
		})}
		if err := t.addHolders(ctx, d.Assets); err != nil {
			return err
		}
		if err := fn(d); err != nil {
			return err
		}
		after = rows[len(rows)-1].ID
	}
}

func (t *storeTx) giveTransitions(ctx context.Context, fn func(app.Derived) error) error {
	from := db.TransitionsPageParams{Page: piece}
	for {
		rows, err := t.q.TransitionsPage(ctx, from)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := fn(app.Derived{Transitions: mapped(rows, func(r db.TransitionsPageRow) app.Transition {
			s, _ := transitionOf(transitionRow(r)) // damaged: without its command
			return s
		})}); err != nil {
			return err
		}
		from.AfterAsset, from.AfterVersion = rows[len(rows)-1].AssetID, rows[len(rows)-1].Version
	}
}

func (t *storeTx) giveFingerprints(ctx context.Context, fn func(app.Derived) error) error {
	after := ""
	for {
		rows, err := t.q.FingerprintsPage(ctx, db.FingerprintsPageParams{AfterKey: after, Page: piece})
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := fn(app.Derived{Fingerprints: mapped(rows, func(r db.FingerprintsPageRow) app.FingerprintRow {
			value := trade.Fingerprint{Asset: trade.AssetID(r.AssetID), Freed: r.Freed, Rejected: r.Rejected}
			return app.FingerprintRow{Key: r.Key, Value: value, TxID: r.TxID}
		})}); err != nil {
			return err
		}
		after = rows[len(rows)-1].Key
	}
}
