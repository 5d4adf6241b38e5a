package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// afterID sorts after every character that an id, a digest or a transaction may have.
const afterID = "~"

// startOf are the bounds of what begins with a text; with an empty one there is nothing between.
func startOf(text string) (start, past string) {
	if text == "" {
		return "", ""
	}
	return text, text + afterID
}

// partOf is the pattern of a text that stands anywhere; empty for an empty one.
func partOf(text string) string {
	if text == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

// FindReceivables finds receivables that the organisation holds.
func (t *storeTx) FindReceivables(ctx context.Context, s app.SearchTerms) ([]app.Asset, error) {
	start, past := startOf(s.Start)
	rows, err := t.lists.SearchReceivables(ctx, db.SearchReceivablesParams{
		Part: partOf(s.Part), Start: start, Past: past, Parties: texts[string](s.Parties),
		OrgID: string(s.Org), Page: small(s.Limit),
	})
	if err != nil {
		return nil, fmt.Errorf("finding receivables: %w", err)
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.SearchReceivablesRow) assetRow { return assetRow(r) }))
}

// FindFinancings finds financings that the organisation holds.
func (t *storeTx) FindFinancings(ctx context.Context, s app.SearchTerms) ([]app.Asset, error) {
	start, past := startOf(s.Start)
	rows, err := t.lists.SearchFinancings(ctx, db.SearchFinancingsParams{
		Start: start, Past: past, Receivables: texts[string](s.Of), OrgID: string(s.Org), Page: small(s.Limit),
	})
	if err != nil {
		return nil, fmt.Errorf("finding financings: %w", err)
	}
	return t.assetsOf(ctx, mapped(rows, func(r db.SearchFinancingsRow) assetRow { return assetRow(r) }))
}

// FindPacks finds packs that the organisation is a party of.
func (t *storeTx) FindPacks(ctx context.Context, s app.SearchTerms) ([]app.Hit, error) {
	start, past := startOf(s.Start)
	rows, err := t.lists.SearchPacks(ctx, db.SearchPacksParams{
		Part: partOf(s.Part), Start: start, Past: past, OrgID: string(s.Org), Page: small(s.Limit),
	})
	if err != nil {
		return nil, fmt.Errorf("finding packs: %w", err)
	}
	return mapped(rows, func(r db.SearchPacksRow) app.Hit {
		return app.Hit{ID: r.ID, Title: r.Title, At: r.CreatedAt.UTC()}
	}), nil
}

// FindDocuments finds papers that the organisation may see.
func (t *storeTx) FindDocuments(ctx context.Context, s app.SearchTerms) ([]app.Hit, error) {
	start, past := startOf(s.Start)
	digest := s.Hex
	if digest != "" {
		digest = "sha-256:" + digest
	}
	digestStart, digestPast := startOf(digest)
	rows, err := t.lists.SearchDocuments(ctx, db.SearchDocumentsParams{
		Part: partOf(s.Part), Start: start, Past: past, DigestStart: digestStart, DigestPast: digestPast,
		OrgID: string(s.Org), Page: small(s.Limit),
	})
	if err != nil {
		return nil, fmt.Errorf("finding papers: %w", err)
	}
	return mapped(rows, func(r db.SearchDocumentsRow) app.Hit {
		h := app.Hit{
			ID: r.ID, Title: present[string](r.Number), Orgs: []trade.OrgID{trade.OrgID(r.OrgID)},
			Paper: present[parse.Kind](r.Kind), At: r.UploadedAt.UTC(),
		}
		if h.Title == "" {
			h.Title = r.Filename
		}
		return h
	}), nil
}

// subjectsOfOne is how many assets one transaction may move.
const subjectsOfOne = 4

// FindTransactions finds transactions that moved what the organisation holds, each once.
func (t *storeTx) FindTransactions(ctx context.Context, s app.SearchTerms) ([]app.Hit, error) {
	start, past := startOf(s.Hex)
	block := int64(-1)
	if s.Block != nil && *s.Block <= math.MaxInt64 {
		block = height(*s.Block)
	}
	rows, err := t.lists.SearchTransactions(ctx, db.SearchTransactionsParams{
		Start: start, Past: past, Block: block, OrgID: string(s.Org), Page: small(s.Limit * subjectsOfOne),
	})
	if err != nil {
		return nil, fmt.Errorf("finding transactions: %w", err)
	}
	hits := []app.Hit{}
	for _, r := range rows { // the assets of one transaction follow each other, receivables first
		if n := len(hits); n > 0 && hits[n-1].ID == r.TxID {
			continue
		}
		number := heightOf(r.Block)
		h := app.Hit{
			ID: r.TxID, Title: r.AssetID, Act: trade.Act(r.Act), Block: &number, At: r.At.UTC(),
			Receivable: trade.AssetID(r.ReceivableID),
		}
		if trade.Kind(r.Kind) == trade.KindReceivable {
			h.Receivable = trade.AssetID(r.AssetID)
		}
		if hits = append(hits, h); len(hits) == s.Limit {
			break
		}
	}
	return hits, nil
}

// HeldOf tells which of these assets an organisation holds.
func (t *storeTx) HeldOf(
	ctx context.Context, org trade.OrgID, ids []trade.AssetID,
) ([]trade.AssetID, error) {
	rows, err := t.q.HeldOf(ctx, db.HeldOfParams{AssetIds: texts[string](ids), OrgID: string(org)})
	return texts[trade.AssetID](rows), err
}

// HashesOfBlocks reads the hashes of blocks by their numbers.
func (t *storeTx) HashesOfBlocks(ctx context.Context, numbers []uint64) (map[uint64][]byte, error) {
	rows, err := t.q.HashesOfBlocks(ctx, mapped(numbers, height))
	if err != nil {
		return nil, fmt.Errorf("hashes of blocks: %w", err)
	}
	hashes := make(map[uint64][]byte, len(rows))
	for _, r := range rows {
		hashes[heightOf(r.Number)] = r.Hash
	}
	return hashes, nil
}

// VerdictsOf lists when verdicts were taken of a pack, newest first.
func (t *storeTx) VerdictsOf(ctx context.Context, id app.PackID, limit int) ([]app.TakenVerdicts, error) {
	rows, err := t.q.VerificationsOfPack(ctx, db.VerificationsOfPackParams{
		PackID: string(id), Page: small(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("verdicts of %s: %w", id, err)
	}
	list := make([]app.TakenVerdicts, len(rows))
	for n, r := range rows {
		list[n] = app.TakenVerdicts{ID: r.ID, At: r.TakenAt.UTC()}
		if err := json.Unmarshal(r.Verdicts, &list[n].Verdicts); err != nil {
			return nil, fmt.Errorf("verdicts %s as stored: %w", r.ID, err)
		}
	}
	return list, nil
}

// LinesOf lists the lines of an organisation's statements that were matched to a receivable.
func (t *storeTx) LinesOf(
	ctx context.Context, org trade.OrgID, receivable trade.AssetID, limit int,
) ([]app.MatchedLine, error) {
	rows, err := t.q.LinesOfReceivable(ctx, db.LinesOfReceivableParams{
		ReceivableID: string(receivable), OrgID: string(org), Page: small(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("statement lines about %s: %w", receivable, err)
	}
	list := make([]app.MatchedLine, len(rows))
	for n, r := range rows {
		line, err := lineOf(db.StatementLine{
			ID: r.ID, StatementID: r.StatementID, OrgID: r.OrgID, EntryID: r.EntryID, Position: r.Position,
			Account: r.Account, BankReference: r.BankReference, BookedOn: r.BookedOn, ValueOn: r.ValueOn,
			Amount: r.Amount, Currency: r.Currency, PartyName: r.PartyName, PartyAccount: r.PartyAccount,
			Remittance: r.Remittance, Allocated: r.Allocated, ReceivableID: r.ReceivableID, Intents: r.Intents,
		})
		if err != nil {
			return nil, err
		}
		list[n] = app.MatchedLine{Line: line, At: r.ImportedAt.UTC()}
	}
	return list, nil
}

// Registered lists the papers of these bytes to which the ledger commits, the first one first.
func (t *storeTx) Registered(
	ctx context.Context, digest trade.Digest, limit int,
) ([]app.RegisteredPaper, error) {
	rows, err := t.q.RegisteredPapers(ctx, db.RegisteredPapersParams{Digest: string(digest), Page: small(limit)})
	if err != nil {
		return nil, fmt.Errorf("papers of %s: %w", digest, err)
	}
	return mapped(rows, func(r db.RegisteredPapersRow) app.RegisteredPaper {
		return app.RegisteredPaper{
			Document: app.DocumentID(r.ID), Org: trade.OrgID(r.OrgID), Kind: present[parse.Kind](r.Kind),
			MediaType: r.MediaType, Bulk: r.Bulk, At: r.At.UTC(), Superseded: r.Superseded,
		}
	}), nil
}

// ReportsOf lists the reports of these bytes, the first one first.
func (t *storeTx) ReportsOf(
	ctx context.Context, digest trade.Digest, limit int,
) ([]app.RegisteredReport, error) {
	rows, err := t.q.ReportsOfDigest(ctx, db.ReportsOfDigestParams{Digest: string(digest), Page: small(limit)})
	if err != nil {
		return nil, fmt.Errorf("reports of %s: %w", digest, err)
	}
	return mapped(rows, func(r db.ReportsOfDigestRow) app.RegisteredReport {
		return app.RegisteredReport{Org: trade.OrgID(r.OrgID), MediaType: r.MediaType, At: presentTime(r.MadeAt)}
	}), nil
}
