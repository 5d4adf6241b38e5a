package app

import (
	"context"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

const maxTitle = 200

// PackInput is a pack to be opened.
type PackInput struct {
	Title   string
	Parties []PackParty
	// Programme is the one that the trade is to be financed under, where the seller knows it.
	Programme trade.AssetID
	// Documents are papers of the actor's organisation that lie in it from the start.
	Documents []DocumentID
}

// OpenPack opens a trade pack. Each party sees it and may add its own papers; auditors and
// regulators read. The bank joins when it is asked for financing.
func (a *App) OpenPack(ctx context.Context, actor Actor, in PackInput) (Pack, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Pack{}, err
	}
	if in.Title == "" || len(in.Title) > maxTitle {
		return Pack{}, fault(CodeInput, "title", "a title of 1 to %d bytes", maxTitle)
	}
	if len(in.Documents) > MaxFiled {
		return Pack{}, fault(CodeInput, "documents", "at most %d papers", MaxFiled)
	}
	id, err := a.newID("pack")
	if err != nil {
		return Pack{}, err
	}
	p := Pack{
		ID: PackID(id), Org: actor.Org, Title: in.Title, CreatedBy: actor.User, CreatedAt: a.Now(), Edit: 1,
		Parties: in.Parties, Programme: in.Programme,
	}
	if in.Programme != "" {
		if _, err := a.frame(ctx, actor, p, in.Programme); err != nil {
			return Pack{}, err
		}
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := checkParties(ctx, tx, actor, in.Parties); err != nil {
			return err
		}
		if err := tx.InsertPack(ctx, p); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"pack.open", "pack", id}, nil); err != nil {
			return err
		}
		if len(in.Documents) > 0 {
			if p, err = a.fileInto(ctx, tx, actor, p.ID, in.Documents); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, p)
	})
	return p, err
}

// kindsOf says which kinds of organisations may stand on a side.
func kindsOf(side PackSide) []trade.OrgKind {
	switch side {
	case SideSeller:
		return []trade.OrgKind{trade.KindSupplier, trade.KindCoreEnterprise}
	case SideObligor:
		return []trade.OrgKind{trade.KindCoreEnterprise}
	case SideBank:
		return []trade.OrgKind{trade.KindBank}
	case SideWarehouse:
		return []trade.OrgKind{trade.KindWarehouse}
	case SideCarrier:
		return []trade.OrgKind{trade.KindCarrier}
	case SideReader:
		return []trade.OrgKind{trade.KindAuditor, trade.KindRegulator}
	}
	return nil
}

const maxPackParties = 8

// checkParties wants one seller, one obligor, everybody once and of the right kind, and the
// actor's organisation among them.
func checkParties(ctx context.Context, tx StoreTx, actor Actor, parties []PackParty) error {
	p := Pack{Parties: parties}
	if p.Party(SideSeller) == "" || p.Party(SideObligor) == "" || !p.Seen(actor.Org) ||
		len(parties) > maxPackParties {
		return fault(
			CodePackParty,
			"parties",
			"a seller, an obligor and yourself, at most %d in all",
			maxPackParties,
		)
	}
	for i, q := range parties {
		if slices.ContainsFunc(parties[:i], func(r PackParty) bool {
			return r.Org == q.Org || (r.Side == q.Side && q.Side != SideReader)
		}) {
			return fault(CodePackParty, "parties", "an organisation or a side is named twice")
		}
		o, err := tx.Organisation(ctx, q.Org)
		if err != nil {
			return found(err, "organisation")
		}
		if !slices.Contains(kindsOf(q.Side), o.Kind) {
			return fault(CodePackParty, "parties", "%s is a %s and cannot be the %s", q.Org, o.Kind, q.Side)
		}
	}
	return nil
}

// Pack returns a pack that the actor's organisation is a party of.
func (a *App) Pack(ctx context.Context, actor Actor, id PackID) (Pack, error) {
	var p Pack
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		p, err = tx.Pack(ctx, id)
		if err != nil {
			return found(err, "pack")
		}
		if !p.Seen(actor.Org) {
			return hidden("pack")
		}
		return conceal(ctx, tx, actor.Org, &p)
	})
	return p, err
}

func (a *App) canSeePack(ctx context.Context, actor Actor, id PackID) error {
	_, err := a.Pack(ctx, actor, id)
	return err
}

// Packs lists the packs that the actor's organisation is a party of.
func (a *App) Packs(ctx context.Context, actor Actor, p Page) ([]Pack, string, error) {
	var list []Pack
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Packs(ctx, actor.Org, p)
		for i := range list {
			if err == nil {
				err = conceal(ctx, tx, actor.Org, &list[i])
			}
		}
		return err
	})
	return list, next, err
}

// PackPapers returns the pack with its papers, as they stood at one moment: a verdict that
// stands is about these papers and no others.
func (a *App) PackPapers(ctx context.Context, actor Actor, id PackID) (Pack, []Document, error) {
	var p Pack
	var papers []Document
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if p, err = tx.Pack(ctx, id); err != nil {
			return found(err, "pack")
		}
		if !p.Seen(actor.Org) {
			return hidden("pack")
		}
		if papers, err = papersOf(ctx, tx, p); err != nil {
			return err
		}
		return conceal(ctx, tx, actor.Org, &p)
	})
	return p, papers, err
}

// papersOf reads the papers of a pack.
func papersOf(ctx context.Context, tx StoreTx, p Pack) ([]Document, error) {
	papers := make([]Document, 0, len(p.Documents))
	for _, id := range p.Documents {
		d, err := tx.Document(ctx, id)
		if err != nil {
			return nil, err
		}
		papers = append(papers, d)
	}
	return papers, nil
}
