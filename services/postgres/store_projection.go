package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Checkpoint says how far the projection of a channel has come.
func (t *storeTx) Checkpoint(ctx context.Context, channel string) (app.Checkpoint, error) {
	c, err := t.q.Checkpoint(ctx, channel)
	return app.Checkpoint{
		Channel: c.Channel, Block: heightOf(c.Number), Hash: c.Hash, At: c.At.UTC(),
	}, rowed(err)
}

// ClockNote is the newest mark of a moved clock; empty when there is none.
func (t *storeTx) ClockNote(ctx context.Context) (string, error) {
	note, err := t.q.ClockNote(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return note, err
}

// Asset returns an asset, whoever may see it.
func (t *storeTx) Asset(ctx context.Context, id trade.AssetID) (app.Asset, error) {
	row, err := t.q.Asset(ctx, string(id))
	if err != nil {
		return app.Asset{}, rowed(err)
	}
	a, err := assetOf(assetRow{ID: row.ID, Record: row.Record, State: row.State})
	if err != nil {
		return app.Asset{}, err
	}
	for i, org := range row.Orgs {
		a.Holders = append(a.Holders, app.Holder{
			Org: trade.OrgID(org), Consent: row.Consents[i], Hash: row.Hashes[i], Missing: row.Missing[i],
		})
	}
	return a, nil
}

// Assets lists the assets that an organisation holds, last moved first.
func (t *storeTx) Assets(ctx context.Context, f app.AssetFilter, p app.Page) ([]app.Asset, string, error) {
	from, asked, err := placeOf(p)
	if err != nil {
		return nil, "", err
	}
	rows, err := t.lists.AssetsHeldBy(ctx, db.AssetsHeldByParams{
		OrgID: string(f.Org), Kind: string(f.Kind), Phases: texts[string](f.Phases),
		Receivable: string(f.Receivable), BeforeAt: from.at.UnixMilli(), BeforeID: from.id, Page: asked,
	})
	if err != nil {
		return nil, "", err
	}
	list, err := t.assetsOf(ctx, mapped(rows, func(r db.AssetsHeldByRow) assetRow { return assetRow(r) }))
	if err != nil {
		return nil, "", err
	}
	list, next := paged(list, asked, func(a app.Asset) (time.Time, string) {
		return a.Record.Time.Time(), string(a.Record.ID)
	})
	return list, next, nil
}

// Transitions lists the steps of an asset, first to last.
func (t *storeTx) Transitions(ctx context.Context, id trade.AssetID) ([]app.Transition, error) {
	rows, err := t.q.TransitionsOfAsset(ctx, string(id))
	if err != nil {
		return nil, err
	}
	return transitionsOf(
		mapped(rows, func(r db.TransitionsOfAssetRow) transitionRow { return transitionRow(r) }),
	)
}

// TransitionsOfTx lists what a transaction did.
func (t *storeTx) TransitionsOfTx(ctx context.Context, txID string) ([]app.Transition, error) {
	rows, err := t.q.TransitionsOfTransaction(ctx, txID)
	if err != nil {
		return nil, err
	}
	return transitionsOf(
		mapped(rows, func(r db.TransitionsOfTransactionRow) transitionRow { return transitionRow(r) }),
	)
}

// assetRow and transitionRow are what every query for assets and transitions returns.
type (
	assetRow      db.AssetsPageRow
	transitionRow db.TransitionsOfAssetRow
)

// assetsOf reads assets with their holders, for all of them at once.
func (t *storeTx) assetsOf(ctx context.Context, rows []assetRow) ([]app.Asset, error) {
	list := make([]app.Asset, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = assetOf(row); err != nil {
			return nil, err
		}
	}
	return list, t.addHolders(ctx, list)
}

// addHolders reads who holds the assets.
func (t *storeTx) addHolders(ctx context.Context, list []app.Asset) error {
	at := make(map[string]*app.Asset, len(list))
	for i := range list {
		at[string(list[i].Record.ID)] = &list[i]
	}
	holders, err := t.q.HoldersOfAssets(
		ctx, mapped(list, func(a app.Asset) string { return string(a.Record.ID) }),
	)
	for _, h := range holders {
		a := at[h.AssetID]
		a.Holders = append(a.Holders, app.Holder{
			Org: trade.OrgID(h.OrgID), Consent: h.Consent, Hash: h.ValueHash, Missing: h.Missing,
		})
	}
	return err
}

// assetOf reads an asset's row. With an error it still has its id and its bytes.
func assetOf(row assetRow) (app.Asset, error) {
	a := app.Asset{RecordBytes: row.Record, StateBytes: row.State}
	err := json.Unmarshal(row.Record, &a.Record)
	if err == nil && row.State != nil {
		a.State = &trade.State{}
		err = json.Unmarshal(row.State, a.State)
	}
	if err != nil {
		a.Record.ID, a.State = trade.AssetID(row.ID), nil
		return a, fmt.Errorf("asset %s as projected: %w", row.ID, err)
	}
	return a, nil
}

func transitionsOf(rows []transitionRow) ([]app.Transition, error) {
	list := make([]app.Transition, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = transitionOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// transitionOf reads a transition's row. With an error Signed is a command that nobody gave.
func transitionOf(row transitionRow) (app.Transition, error) {
	t := app.Transition{
		Asset: trade.AssetID(row.AssetID), Version: row.Version, TxID: row.TxID, Block: heightOf(row.Block),
		At: row.At.UTC(), Act: trade.Act(row.Act), Command: trade.CommandID(row.CommandID),
		From: trade.Phase(row.FromPhase), To: trade.Phase(row.ToPhase), Actor: trade.OrgID(row.Creator),
		Endorsers: row.Endorsers,
	}
	if row.Signed == nil {
		return t, nil
	}
	t.Signed = &trade.SignedCommand{}
	if err := json.Unmarshal(row.Signed, t.Signed); err != nil {
		t.Signed = &trade.SignedCommand{}
		return t, fmt.Errorf("transition %s/%d as projected: %w", row.AssetID, row.Version, err)
	}
	return t, nil
}
