package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// MaxFiled bounds the papers that are filed with one request.
const MaxFiled = 50

// maxCandidates bounds the packs that are looked at for papers of one order.
const maxCandidates = 10

// Doubt is what a person is to decide before papers are filed.
type Doubt string

// The doubts about where papers belong.
const (
	DoubtUnread        Doubt = "unread"         // a paper is not read, or waits for its fields
	DoubtSeller        Doubt = "seller"         // nobody here is the seller that the papers name
	DoubtObligor       Doubt = "obligor"        // nobody here is the buyer that the papers name
	DoubtName          Doubt = "name"           // a party is known by its name alone
	DoubtSeveralTrades Doubt = "several_trades" // the papers speak of several orders or parties
	DoubtSeveralPacks  Doubt = "several_packs"  // several packs hold papers of this order
)

// Filing is where papers belong, as they themselves say: into a pack that is there, or into one
// that is to be opened so.
type Filing struct {
	Pack      PackID // empty: none is there yet
	Open      PackInput
	Documents []DocumentID
	Unread    []DocumentID // of them, those that say nothing yet
	// SellerNamed and ObligorNamed are what the papers call the parties; shown where in doubt.
	SellerNamed, ObligorNamed string
	Doubts                    []Doubt
}

// ProposeFiling reads off papers of the actor's organisation to which trade they belong: parties
// by their registered numbers, and the order that all of them speak of. It writes nothing.
func (a *App) ProposeFiling(ctx context.Context, actor Actor, ids []DocumentID) (Filing, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Filing{}, err
	}
	if len(ids) == 0 || len(ids) > MaxFiled {
		return Filing{}, fault(CodeInput, "documents", "1 to %d papers", MaxFiled)
	}
	var f Filing
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		papers, err := ownPapers(ctx, tx, actor, ids)
		if err != nil {
			return err
		}
		known, err := tx.Organisations(ctx)
		if err != nil {
			return err
		}
		p := proposing{actor: actor, known: known, filing: Filing{Documents: ids}}
		p.read(papers)
		if err := p.findPack(ctx, tx); err != nil {
			return err
		}
		f = p.filing
		return nil
	})
	if err != nil || f.Pack != "" {
		return f, err
	}
	f.Open.Programme, err = a.onlyProgramme(ctx, actor, f.Open)
	return f, err
}

// ownPapers reads papers that the actor's organisation brought. Of others it does not tell
// whether they exist.
func ownPapers(ctx context.Context, tx StoreTx, actor Actor, ids []DocumentID) ([]Document, error) {
	papers := make([]Document, len(ids))
	for n, id := range ids {
		d, err := tx.Document(ctx, id)
		switch {
		case errors.Is(err, ErrNoRow), err == nil && d.Org != actor.Org:
			return nil, fault(CodeInput, fmt.Sprintf("documents[%d]", n), "name papers that your organisation brought")
		case err != nil:
			return nil, err
		}
		papers[n] = d
	}
	return papers, nil
}

// proposing collects what papers say of their trade.
type proposing struct {
	actor           Actor
	known           []Organisation
	filing          Filing
	orders, numbers []string // of orders, and of invoices
	seller, obligor trade.OrgID
}

func (p *proposing) doubt(d Doubt) {
	if !slices.Contains(p.filing.Doubts, d) {
		p.filing.Doubts = append(p.filing.Doubts, d)
	}
}

// read takes from each paper its parties and the order that it speaks of.
func (p *proposing) read(papers []Document) {
	for _, d := range papers {
		if d.Fields == nil {
			p.filing.Unread = append(p.filing.Unread, d.ID)
			p.doubt(DoubtUnread)
			continue
		}
		order := d.Fields.OrderRef
		if d.Fields.Kind == parse.PurchaseOrder {
			order = d.Fields.Number
		}
		addNew(&p.orders, order)
		if d.Fields.Kind == parse.Invoice {
			addNew(&p.numbers, d.Fields.Number)
		}
		p.party(d.Fields.Seller, &p.seller, &p.filing.SellerNamed)
		p.party(d.Fields.Buyer, &p.obligor, &p.filing.ObligorNamed)
	}
	if len(p.orders) > 1 || len(p.numbers) > 1 {
		p.doubt(DoubtSeveralTrades)
	}
	p.sides()
	p.title()
}

// addNew appends a text that is not there yet.
func addNew(list *[]string, text string) {
	if text = strings.TrimSpace(text); text != "" && !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}

// party finds a party of a paper among the registered organisations: by a number that only it
// has, or else by its name, which is worth a question.
func (p *proposing) party(named parse.Party, at *trade.OrgID, as *string) {
	if *as == "" {
		*as = named.Name
	}
	id, sure := identify(named, p.known)
	if id == "" {
		return
	}
	if !sure {
		p.doubt(DoubtName)
	}
	if *at != "" && *at != id {
		p.doubt(DoubtSeveralTrades)
		return
	}
	*at = id
}

// identify finds the organisation that a paper names. It is sure where a number says so.
func identify(named parse.Party, known []Organisation) (id trade.OrgID, sure bool) {
	same := func(a, b string) bool { return a != "" && strings.EqualFold(plainAccount(a), plainAccount(b)) }
	for _, o := range known {
		if same(named.RegistrationID, o.RegistrationID) || same(named.VAT, o.VAT) || same(named.LEI, o.LEI) {
			return o.ID, true
		}
	}
	for _, o := range known {
		if same(named.Name, o.Name) || same(named.Name, o.NameLocal) {
			return o.ID, false
		}
	}
	return "", false
}

// sides puts everybody in place: who brings the papers is the seller when they name nobody else
// and it sells, the buyer when it buys.
func (p *proposing) sides() {
	own := p.actor.Org
	if p.seller == "" && p.filing.SellerNamed == "" && p.actor.Kind == trade.KindSupplier {
		p.seller = own
	}
	buys := p.actor.Kind == trade.KindCoreEnterprise && p.seller != own
	if p.obligor == "" && p.filing.ObligorNamed == "" && buys {
		p.obligor = own
	}
	parties := &p.filing.Open.Parties
	if p.seller == "" {
		p.doubt(DoubtSeller)
	} else {
		*parties = append(*parties, PackParty{Org: p.seller, Side: SideSeller})
	}
	if p.obligor == "" || p.obligor == p.seller {
		p.doubt(DoubtObligor)
	} else {
		*parties = append(*parties, PackParty{Org: p.obligor, Side: SideObligor})
	}
	if own == p.seller || own == p.obligor {
		return
	}
	switch p.actor.Kind {
	case trade.KindWarehouse:
		*parties = append(*parties, PackParty{Org: own, Side: SideWarehouse})
	case trade.KindCarrier:
		*parties = append(*parties, PackParty{Org: own, Side: SideCarrier})
	case trade.KindSupplier, trade.KindCoreEnterprise, trade.KindBank, trade.KindAuditor, trade.KindRegulator,
		trade.KindOperator:
		p.doubt(DoubtSeller) // it stands on no side of the trade that the papers speak of
	}
}

// title names the trade by its order, or else its invoice, and the other side.
func (p *proposing) title() {
	other := p.obligor
	if other == p.actor.Org || other == "" {
		other = p.seller
	}
	parts := []string{}
	switch {
	case len(p.orders) > 0:
		parts = append(parts, p.orders[0])
	case len(p.numbers) > 0:
		parts = append(parts, p.numbers[0])
	}
	if n := slices.IndexFunc(p.known, func(o Organisation) bool { return o.ID == other }); n >= 0 {
		parts = append(parts, p.known[n].Name)
	}
	title := strings.Join(parts, " · ")
	for len(title) > maxTitle {
		runes := []rune(title)
		title = string(runes[:len(runes)-1])
	}
	p.filing.Open.Title = title
}

// findPack looks for a pack that holds papers of the same order between the same parties, and no
// other invoice: one pack is one claim.
func (p *proposing) findPack(ctx context.Context, tx StoreTx) error {
	if len(p.orders) != 1 {
		return nil
	}
	ids, err := tx.PacksOfOrders(ctx, p.actor.Org, p.orders, maxCandidates)
	if err != nil {
		return fmt.Errorf("looking for packs of order %s: %w", p.orders[0], err)
	}
	for _, id := range ids {
		fits, err := p.fits(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case !fits:
		case p.filing.Pack == "":
			p.filing.Pack = id
		default:
			p.doubt(DoubtSeveralPacks)
		}
	}
	return nil
}

func (p *proposing) fits(ctx context.Context, tx StoreTx, id PackID) (bool, error) {
	pack, err := tx.Pack(ctx, id)
	if err != nil {
		return false, err
	}
	other := func(side PackSide, named trade.OrgID) bool { return named != "" && pack.Party(side) != named }
	if other(SideSeller, p.seller) || other(SideObligor, p.obligor) {
		return false, nil
	}
	papers, err := papersOf(ctx, tx, pack)
	if err != nil {
		return false, err
	}
	for _, d := range papers {
		if d.Fields != nil && d.Fields.Kind == parse.Invoice && len(p.numbers) > 0 &&
			!slices.Contains(p.numbers, d.Fields.Number) {
			return false, nil
		}
	}
	return true, nil
}

// onlyProgramme is the one programme that the actor sells under to the obligor of a pack; empty
// when there are several, or none.
func (a *App) onlyProgramme(ctx context.Context, actor Actor, in PackInput) (trade.AssetID, error) {
	p := Pack{Parties: in.Parties}
	if p.Party(SideSeller) != actor.Org || p.Party(SideObligor) == "" {
		return "", nil
	}
	list, _, err := a.AssetsOf(ctx, actor, AssetFilter{Kind: trade.KindProgramme}, Page{Limit: MaxPage})
	if err != nil {
		return "", err
	}
	only := trade.AssetID("")
	for _, asset := range list {
		if asset.State == nil || asset.State.Programme.Seller != actor.Org ||
			asset.State.Programme.Obligor != p.Party(SideObligor) {
			continue
		}
		if only != "" {
			return "", nil
		}
		only = asset.Record.ID
	}
	return only, nil
}

// FilePapers puts papers of the actor's organisation into a pack. Those that lie in it already
// stay; the verdicts are taken again when one that is read came in. Effects: one transaction.
func (a *App) FilePapers(ctx context.Context, actor Actor, id PackID, papers []DocumentID) (Pack, error) {
	if err := need(actor, trade.Maker, trade.Operator); err != nil {
		return Pack{}, err
	}
	if len(papers) == 0 || len(papers) > MaxFiled {
		return Pack{}, fault(CodeInput, "documents", "1 to %d papers", MaxFiled)
	}
	if err := a.canSeePack(ctx, actor, id); err != nil {
		return Pack{}, err
	}
	var p Pack
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if p, err = a.fileInto(ctx, tx, actor, id, papers); err != nil {
			return err
		}
		return a.answered(ctx, tx, p)
	})
	return p, err
}

// fileInto puts papers into a pack and returns it as it then is for the actor.
func (a *App) fileInto(
	ctx context.Context, tx StoreTx, actor Actor, id PackID, ids []DocumentID,
) (Pack, error) {
	papers, err := ownPapers(ctx, tx, actor, ids)
	if err != nil {
		return Pack{}, err
	}
	for _, d := range papers {
		if err := a.filed(ctx, tx, actor, id, d); err != nil {
			return Pack{}, err
		}
		if err := a.audit(ctx, tx, actor, deed{"pack.file", "pack", string(id)},
			map[string]string{"document": string(d.ID)}); err != nil {
			return Pack{}, err
		}
	}
	p, err := tx.Pack(ctx, id)
	if err != nil {
		return Pack{}, err
	}
	return p, conceal(ctx, tx, actor.Org, &p)
}
