package app

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// EstimateInput asks what financing of a pack's claim may come to.
type EstimateInput struct {
	Pack      PackID
	Programme trade.AssetID
	// Advance is what the seller would like to have advanced; absent: as much as was last quoted.
	Advance money.Amount
}

// Estimate is what a financing may come to before the bank has named its price: it is what the
// bank last quoted this seller under the programme, on this claim and these dates. It binds
// nobody.
type Estimate struct {
	Programme trade.AssetID
	Bank      trade.OrgID
	Face      money.Amount
	DueDate   money.Date
	Available money.Amount // of the programme's limit
	// Missing are kinds of papers that the programme requires and the pack does not hold.
	Missing []parse.Kind
	// Receivable is the claim's asset; its phase is empty while it is not issued.
	Receivable trade.AssetID
	Phase      trade.Phase
	// Terms are nil when the bank never quoted under the programme, or the claim is due too soon.
	Terms *trade.Terms
	// Quoted and Financing say where the rates come from.
	Quoted    time.Time
	Financing trade.AssetID
}

// Estimate computes what financing of a pack's claim may come to. It writes nothing.
func (a *App) Estimate(ctx context.Context, actor Actor, in EstimateInput) (Estimate, error) {
	p, papers, err := a.PackPapers(ctx, actor, in.Pack)
	if err != nil {
		return Estimate{}, err
	}
	programme, err := a.frame(ctx, actor, p, in.Programme)
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{Programme: in.Programme, Bank: programme.Bank, Receivable: receivableID(p.ID)}
	if e.Available, err = money.New(max(programme.Limit-programme.Used, 0), programme.Currency); err != nil {
		return Estimate{}, err
	}
	if e.Missing, err = a.missingPapers(ctx, in.Programme, papers); err != nil {
		return Estimate{}, err
	}
	claim, err := a.claimNow(ctx, actor, p, papers)
	if err != nil {
		return Estimate{}, err
	}
	e.Face, e.DueDate, e.Phase = claim.face, claim.due, claim.phase
	last, err := a.lastQuote(ctx, actor, in.Programme)
	if err != nil || last == nil {
		return e, err
	}
	terms := *last.State.Financing.Terms
	terms.Face, terms.DueDate = e.Face, e.DueDate
	terms.ValueDate = money.DateOf(a.Now()).AddDays(1)
	if !in.Advance.IsAbsent() {
		if terms.AdvanceRate, err = shareOf(in.Advance, e.Face, terms.AdvanceRate); err != nil {
			return Estimate{}, err
		}
	}
	priced, err := terms.Price()
	if _, refused := errors.AsType[*trade.Fault](err); refused {
		return e, nil // such terms make no price on these dates: none is shown
	}
	e.Terms, e.Quoted, e.Financing = &priced, last.State.Financing.Quoted.Time(), last.Record.ID
	return e, err
}

// missingPapers are kinds of papers that the programme's terms require and that are not among
// those that were read.
func (a *App) missingPapers(
	ctx context.Context, programme trade.AssetID, papers []Document,
) ([]parse.Kind, error) {
	var terms Terms
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		terms, err = termsIn(ctx, tx, programme)
		return err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(terms.Required), func(k parse.Kind) bool {
		return slices.ContainsFunc(papers, func(d Document) bool { return d.Fields != nil && d.Fields.Kind == k })
	}), nil
}

// shareOf is the share of the face that an advance is, rounded down to a millionth. It is no more
// than the bank advances.
func shareOf(advance, face money.Amount, most money.Rate) (money.Rate, error) {
	const whole = 1_000_000
	if advance.Currency() != face.Currency() || advance.Sign() <= 0 || advance.Minor() > face.Minor() {
		return 0, fault(CodeInput, "advance", "above zero and at most the face, %s", face)
	}
	high, low := bits.Mul64(uint64(advance.Minor()), whole) //nolint:gosec // above zero
	share, _ := bits.Div64(high, low, uint64(face.Minor())) //nolint:gosec // above the advance
	return min(money.Rate(share), most), nil                //nolint:gosec // at most a million
}

// claimAt is the claim of a pack as it can be financed now.
type claimAt struct {
	face    money.Amount // that is free to be financed
	whole   money.Amount // as the invoice claims it
	due     money.Date
	payTo   string
	noPayee error       // why payTo is empty
	phase   trade.Phase // empty: it is not issued
}

// claimNow reads the claim off its receivable, or off the papers while there is none.
func (a *App) claimNow(ctx context.Context, actor Actor, p Pack, papers []Document) (claimAt, error) {
	asset, err := a.held(ctx, actor.Org, receivableID(p.ID), trade.KindReceivable)
	if err == nil {
		r := asset.State.Receivable
		minor := r.Free()
		if asset.Record.Phase == trade.Issued {
			minor = r.Face
		}
		c := claimAt{due: r.DueDate, payTo: r.PayTo, phase: asset.Record.Phase}
		if c.face, err = money.New(minor, r.Currency); err != nil {
			return claimAt{}, err
		}
		c.whole, err = money.New(r.Face, r.Currency)
		return c, err
	}
	if !hasCode(err, CodeHidden) {
		return claimAt{}, err
	}
	var seller, obligor Organisation
	var accounts []Account
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if seller, err = tx.Organisation(ctx, p.Party(SideSeller)); err != nil {
			return err
		}
		if obligor, err = tx.Organisation(ctx, p.Party(SideObligor)); err != nil {
			return err
		}
		accounts, err = tx.Accounts(ctx, seller.ID)
		return err
	})
	if err != nil {
		return claimAt{}, err
	}
	claim, invoice, err := claimOf(papers, seller, obligor)
	if err != nil {
		return claimAt{}, err
	}
	c := claimAt{face: claim.Amount, whole: claim.Amount, due: invoice.DueDate}
	if p.Latest != nil {
		if part := p.Latest.borneOut(claim.Amount); !part.IsAbsent() {
			c.face = part
		}
	}
	c.payTo, c.noPayee = payee(invoice, accounts)
	return c, nil
}

// lastQuote is the newest financing under a programme that was quoted; nil when none was.
func (a *App) lastQuote(ctx context.Context, actor Actor, programme trade.AssetID) (*Asset, error) {
	list, _, err := a.AssetsOf(ctx, actor, AssetFilter{Kind: trade.KindFinancing}, Page{Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	var last *Asset
	for n, f := range list {
		if f.State == nil || f.State.Financing.Programme != programme || f.State.Financing.Terms == nil {
			continue
		}
		if last == nil || f.State.Financing.Quoted > last.State.Financing.Quoted {
			last = &list[n]
		}
	}
	return last, nil
}
