package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// Changed notes that a thing changed, until the end of the transaction.
func (t *storeTx) Changed(kind, id string) {
	t.kinds, t.ids = append(t.kinds, kind), append(t.ids, id)
}

// tellChanged writes the events of the transaction. They come after all that they tell of,
// because from then on other writers of the same organisations wait.
func (t *storeTx) tellChanged(ctx context.Context) error {
	if len(t.ids) == 0 {
		return nil
	}
	if _, err := t.q.TellChanged(ctx, db.TellChangedParams{Kinds: t.kinds, Ids: t.ids}); err != nil {
		return fmt.Errorf("telling what changed: %w", err)
	}
	return nil
}

// ChangeHead is the number of the newest change of an organisation.
func (t *storeTx) ChangeHead(ctx context.Context, org trade.OrgID) (int64, error) {
	return t.q.EventHead(ctx, string(org))
}

// Changes lists an organisation's changes after a number, oldest first.
func (t *storeTx) Changes(
	ctx context.Context, org trade.OrgID, after int64, limit int,
) ([]app.Change, error) {
	rows, err := t.q.EventsAfter(ctx, db.EventsAfterParams{
		OrgID: string(org), AfterSeq: after, Page: small(limit),
	})
	return mapped(rows, func(e db.EventsAfterRow) app.Change {
		return app.Change{Seq: e.Seq, Kind: e.Kind, Subject: e.SubjectID}
	}), err
}

// listenPause is how long to wait before listening again on another connection.
const listenPause = time.Second

// Listen calls heard with each organisation that something changed for, whichever program on
// this database changed it, until ctx ends. After the connection was lost it listens on
// another one and calls heard with no organisation: anything may have changed meanwhile.
func Listen(ctx context.Context, pool *pgxpool.Pool, heard func(trade.OrgID), log *slog.Logger) {
	for ctx.Err() == nil {
		err := listen(ctx, pool, heard)
		if ctx.Err() != nil {
			return
		}
		log.LogAttrs(ctx, slog.LevelWarn, "listening for changes again", slog.String("error", err.Error()))
		pause := time.NewTimer(listenPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

func listen(ctx context.Context, pool *pgxpool.Pool, heard func(trade.OrgID)) error {
	taken, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := taken.Hijack() // it keeps listening: nobody else may have it afterwards
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		_ = conn.Close(closing) // it may be lost already
	}()
	if _, err := conn.Exec(ctx, "LISTEN countersign_changes"); err != nil {
		return err
	}
	heard("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		heard(trade.OrgID(n.Payload))
	}
}

// OpenIntents lists open intents that an organisation prepared or must sign.
func (t *storeTx) OpenIntents(ctx context.Context, org trade.OrgID, limit int) ([]app.Intent, error) {
	rows, err := t.q.OpenIntentsOf(ctx, db.OpenIntentsOfParams{OrgID: string(org), Page: small(limit)})
	if err != nil {
		return nil, err
	}
	return t.intentsOf(ctx, rows)
}

// ClaimsThatWait lists receivables that are unconfirmed, disputed or overdue.
func (t *storeTx) ClaimsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]app.Asset, error) {
	rows, err := t.q.ClaimsThatWait(ctx, db.ClaimsThatWaitParams{OrgID: string(org), Page: small(limit)})
	if err != nil {
		return nil, err
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.ClaimsThatWaitRow) assetRow { return assetRow(r) }))
}

// FinancingsThatWait lists financings that are not decided or paid out.
func (t *storeTx) FinancingsThatWait(ctx context.Context, org trade.OrgID, limit int) ([]app.Asset, error) {
	rows, err := t.q.FinancingsThatWait(ctx, db.FinancingsThatWaitParams{OrgID: string(org), Page: small(limit)})
	if err != nil {
		return nil, err
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.FinancingsThatWaitRow) assetRow { return assetRow(r) }))
}

// UntypedDocuments lists papers whose fields a person must type in.
func (t *storeTx) UntypedDocuments(ctx context.Context, org trade.OrgID, limit int) ([]app.Document, error) {
	rows, err := t.q.UntypedDocuments(ctx, db.UntypedDocumentsParams{OrgID: string(org), Page: small(limit)})
	if err != nil {
		return nil, err
	}
	return documentsOf(rows)
}

// AssetsNamed reads assets; what is not there is left out.
func (t *storeTx) AssetsNamed(ctx context.Context, ids []trade.AssetID) ([]app.Asset, error) {
	rows, err := t.q.AssetsNamed(ctx, texts[string](ids))
	if err != nil {
		return nil, err
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.AssetsNamedRow) assetRow { return assetRow(r) }))
}

// ReceivableSums adds up the live receivables in which an organisation has a part.
func (t *storeTx) ReceivableSums(
	ctx context.Context, org trade.OrgID, part app.Standing, until money.Date,
) ([]app.ReceivableSum, error) {
	rows, err := t.lists.ReceivableSums(ctx, db.ReceivableSumsParams{
		OrgID: string(org), Side: string(part), Until: until.String(),
		Phases: texts[string](app.LivePhases(trade.KindReceivable)),
	})
	return mapped(rows, func(r db.ReceivableSumsRow) app.ReceivableSum {
		return app.ReceivableSum{
			Phase: trade.Phase(r.Phase), Sold: r.Sold, Soon: r.Soon, Items: r.Items,
			Total: trade.Receivable{
				Currency: money.Currency(r.Currency), Face: r.Face, Confirmed: r.Confirmed, Diluted: r.Diluted,
				Disputed: r.Disputed, Held: r.Held, Assigned: r.Assigned, Paid: r.Paid,
			},
		}
	}), err
}

// FinancingSums adds up an organisation's live financings.
func (t *storeTx) FinancingSums(
	ctx context.Context, org trade.OrgID, until money.Date,
) ([]app.FinancingSum, error) {
	rows, err := t.lists.FinancingSums(ctx, db.FinancingSumsParams{
		OrgID: string(org), Until: until.String(), Phases: texts[string](app.LivePhases(trade.KindFinancing)),
	})
	return mapped(rows, func(r db.FinancingSumsRow) app.FinancingSum {
		return app.FinancingSum{
			Phase: trade.Phase(r.Phase), Sold: r.Sold, Lent: r.Lent, Soon: r.Soon, Items: r.Items,
			Total: trade.Financing{
				Currency: money.Currency(r.Currency), Face: r.Face, Outstanding: r.Outstanding,
			},
		}
	}), err
}
