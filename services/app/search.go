package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// HitKind is the kind of a thing that a search finds.
type HitKind string

// The kinds, in the order in which they are shown.
const (
	HitReceivable  HitKind = "receivable"
	HitFinancing   HitKind = "financing"
	HitPack        HitKind = "pack"
	HitDocument    HitKind = "document"
	HitTransaction HitKind = "transaction"
	HitParty       HitKind = "party"
)

// Hit is one thing that a search finds, with what tells it from others of its kind.
type Hit struct {
	ID    string
	Title string // number, title, name of a file or an organisation; a transaction has none
	// Receivable is the one whose trace the hit belongs to; empty where there is none.
	Receivable trade.AssetID
	Orgs       []trade.OrgID // who is in it, or whose it is
	Phase      trade.Phase   // of a receivable or a financing
	Amount     money.Amount
	Paper      parse.Kind // of a document
	Act        trade.Act  // of a transaction
	Block      *uint64
	At         time.Time
}

// HitGroup is what a search finds of one kind.
type HitGroup struct {
	Kind HitKind
	Hits []Hit
	More bool // there are others: a longer text finds fewer
}

// SearchTerms is a text that is searched for, as the store looks for it. What is empty finds
// nothing.
type SearchTerms struct {
	Org     trade.OrgID
	Part    string        // in lower case: stands anywhere in a number, a name or a title
	Start   string        // how an id begins
	Hex     string        // how a digest or a transaction's id begins
	Block   *uint64       // the number of a block
	Parties []trade.OrgID // whose names the text is a part of
	Of      []trade.AssetID
	Limit   int
}

// SearchTx looks for things by what people know of them. Each finds at most Limit, newest first,
// of what the organisation may see.
type SearchTx interface {
	FindReceivables(ctx context.Context, s SearchTerms) ([]Asset, error)
	FindFinancings(ctx context.Context, s SearchTerms) ([]Asset, error)
	FindPacks(ctx context.Context, s SearchTerms) ([]Hit, error)
	FindDocuments(ctx context.Context, s SearchTerms) ([]Hit, error)
	FindTransactions(ctx context.Context, s SearchTerms) ([]Hit, error)
	// HeldOf tells which of these assets an organisation holds.
	HeldOf(ctx context.Context, org trade.OrgID, ids []trade.AssetID) ([]trade.AssetID, error)
}

const (
	// MaxSearch bounds what is searched for, in bytes.
	MaxSearch = 200
	// maxHits bounds what is given of each kind.
	maxHits = 8
	// minWithin is the shortest text that is looked for within others: a shorter one is in too many.
	minWithin = 3
	// minName is the shortest part of a name; in Chinese two characters are a name.
	minName = 2
	// minStart is the shortest start of an id, a digest or a transaction.
	minStart = 6
)

// Search finds what the actor's organisation may see, by numbers, names, titles, ids, digests,
// transactions, blocks and parties: scoped as the lists are.
func (a *App) Search(ctx context.Context, actor Actor, text string) ([]HitGroup, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > MaxSearch || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, fault(CodeInput, "q", "a text of 1 to %d bytes", MaxSearch)
	}
	s := termsOf(actor.Org, text)
	groups := []HitGroup{}
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		groups = groups[:0]
		parties, err := partiesNamed(ctx, tx, text)
		if err != nil {
			return err
		}
		for _, p := range parties[:min(len(parties), maxHits)] {
			s.Parties = append(s.Parties, trade.OrgID(p.ID))
		}
		finders := []struct {
			kind HitKind
			find func(ctx context.Context, s SearchTerms) ([]Hit, error)
		}{
			{HitReceivable, func(ctx context.Context, s SearchTerms) ([]Hit, error) {
				return foundAssets(ctx, s, tx.FindReceivables)
			}},
			{HitFinancing, func(ctx context.Context, s SearchTerms) ([]Hit, error) {
				return foundAssets(ctx, s, tx.FindFinancings)
			}},
			{HitPack, tx.FindPacks},
			{HitDocument, tx.FindDocuments},
			{HitTransaction, tx.FindTransactions},
			{HitParty, func(context.Context, SearchTerms) ([]Hit, error) { return parties, nil }},
		}
		for _, f := range finders {
			hits, err := f.find(ctx, s)
			if err != nil {
				return err
			}
			if f.kind == HitReceivable {
				s.Of = idsOf(hits)
			}
			if len(hits) == 0 {
				continue
			}
			g := HitGroup{Kind: f.kind, Hits: hits, More: len(hits) > maxHits}
			g.Hits = g.Hits[:min(len(hits), maxHits)]
			if err := withTraces(ctx, tx, actor.Org, g); err != nil {
				return err
			}
			groups = append(groups, g)
		}
		return nil
	})
	return groups, err
}

// termsOf reads what a text may be.
func termsOf(org trade.OrgID, text string) SearchTerms {
	s := SearchTerms{Org: org, Limit: maxHits + 1}
	if utf8.RuneCountInString(text) >= minWithin {
		s.Part = strings.ToLower(text)
	}
	if len(text) >= minStart && trade.ValidID(text) {
		s.Start = text
	}
	hex := strings.TrimPrefix(strings.ToLower(text), "sha-256:")
	if len(hex) >= minStart && len(hex) <= 64 && strings.Trim(hex, "0123456789abcdef") == "" {
		s.Hex = hex
	}
	if n, err := strconv.ParseUint(text, 10, 63); err == nil {
		s.Block = &n
	}
	return s
}

func idsOf(hits []Hit) []trade.AssetID {
	ids := make([]trade.AssetID, len(hits))
	for n, h := range hits {
		ids[n] = trade.AssetID(h.ID)
	}
	return ids
}

// partiesNamed finds organisations by their names and numbers, which everybody signed in may see.
func partiesNamed(ctx context.Context, tx StoreTx, text string) ([]Hit, error) {
	hits := []Hit{}
	if utf8.RuneCountInString(text) < minName {
		return hits, nil
	}
	all, err := tx.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	part := strings.ToLower(text)
	for _, o := range all {
		if slices.ContainsFunc(
			[]string{o.Name, o.NameLocal, string(o.ID), o.RegistrationID, o.LEI, o.VAT},
			func(name string) bool { return strings.Contains(strings.ToLower(name), part) },
		) {
			hits = append(hits, Hit{ID: string(o.ID), Title: o.Name, Orgs: []trade.OrgID{o.ID}})
		}
	}
	return hits, nil
}

// foundAssets finds receivables or financings.
func foundAssets(
	ctx context.Context, s SearchTerms, find func(context.Context, SearchTerms) ([]Asset, error),
) ([]Hit, error) {
	list, err := find(ctx, s)
	if err != nil {
		return nil, err
	}
	hits := []Hit{}
	for _, asset := range list {
		if asset.State == nil {
			continue // on its way to this node
		}
		h := Hit{ID: string(asset.Record.ID), Phase: asset.Record.Phase, At: asset.Record.Time.Time()}
		var minor int64
		var currency money.Currency
		if r := asset.State.Receivable; r != nil {
			h.Title, h.Receivable, h.Orgs = r.Claim.Number, asset.Record.ID, []trade.OrgID{r.Seller, r.Obligor}
			minor, currency = r.Face, r.Currency
		} else if f := asset.State.Financing; f != nil {
			h.Receivable, h.Orgs, minor, currency = f.Receivable, []trade.OrgID{f.Seller, f.Bank}, f.Face, f.Currency
		}
		if h.Amount, err = money.New(minor, currency); err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// withTraces adds the receivable that a pack or a paper belongs to, and takes one away that the
// organisation does not hold.
func withTraces(ctx context.Context, tx StoreTx, org trade.OrgID, g HitGroup) error {
	wanted := []trade.AssetID{}
	for n := range g.Hits {
		h := &g.Hits[n]
		switch g.Kind {
		case HitPack:
			h.Receivable = receivableID(PackID(h.ID))
		case HitDocument:
			packs, err := tx.PacksOf(ctx, DocumentID(h.ID))
			if err != nil {
				return err
			}
			if len(packs) > 0 {
				h.Receivable = receivableID(packs[0])
			}
		case HitReceivable, HitFinancing, HitTransaction, HitParty:
		}
		wanted = append(wanted, h.Receivable)
	}
	held, err := tx.HeldOf(ctx, org, wanted)
	for n := range g.Hits {
		if !slices.Contains(held, g.Hits[n].Receivable) {
			g.Hits[n].Receivable = ""
		}
	}
	return err
}
