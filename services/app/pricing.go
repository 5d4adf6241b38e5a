package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// PriceRule is a price as a rule: what a quote begins with.
type PriceRule struct {
	AdvanceRate money.Rate     `json:"advance_rate"`
	Rate        money.Rate     `json:"rate"`
	Kind        trade.RateKind `json:"kind"`
	DayCount    money.DayCount `json:"day_count"`
	FeeRate     money.Rate     `json:"fee_rate"`
	FeeBearer   trade.Bearer   `json:"fee_bearer"`
	Recourse    bool           `json:"recourse"`
}

// Pricing is what a bank asks as a rule under one of its programmes. It is no part of the
// programme's terms: the obligor agrees to those, and prices are none of its business.
type Pricing struct {
	Programme trade.AssetID
	Bank      trade.OrgID
	Rule      PriceRule
	SetBy     UserID
	SetAt     time.Time
}

// SetPricing says what the actor's bank asks as a rule under a programme. Effects: one
// transaction with the rule and the line in the audit log.
func (a *App) SetPricing(
	ctx context.Context, actor Actor, programme trade.AssetID, rule PriceRule,
) (Pricing, error) {
	p, err := a.ownProgramme(ctx, actor, programme)
	if err != nil {
		return Pricing{}, err
	}
	if err := need(actor, trade.Maker, trade.Approver, trade.Admin); err != nil {
		return Pricing{}, err
	}
	if err := rule.check(p.Currency, money.DateOf(a.Now())); err != nil {
		return Pricing{}, err
	}
	set := Pricing{
		Programme: programme, Bank: actor.Org, Rule: rule, SetBy: actor.User, SetAt: a.wall.Now().UTC(),
	}
	return set, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.PutPricing(ctx, set); err != nil {
			return err
		}
		if err := a.audit(
			ctx, tx, actor, deed{"programme.pricing", "programme", string(programme)}, nil,
		); err != nil {
			return err
		}
		return a.answered(ctx, tx, set)
	})
}

// PricingOf returns what the actor's bank asks as a rule under a programme.
func (a *App) PricingOf(ctx context.Context, actor Actor, programme trade.AssetID) (Pricing, error) {
	if _, err := a.ownProgramme(ctx, actor, programme); err != nil {
		return Pricing{}, err
	}
	var p Pricing
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		p, err = tx.Pricing(ctx, actor.Org, programme)
		return found(err, "pricing")
	})
	return p, err
}

// ownProgramme reads a programme whose bank the actor's organisation is.
func (a *App) ownProgramme(ctx context.Context, actor Actor, id trade.AssetID) (*trade.Programme, error) {
	asset, err := a.held(ctx, actor.Org, id, trade.KindProgramme)
	if err != nil {
		return nil, err
	}
	if asset.State.Programme.Bank != actor.Org {
		return nil, fault(CodeForbidden, "", "the bank of the programme does this")
	}
	return asset.State.Programme, nil
}

// ruleDays is the tenor that a rule is tried on: a price that makes no sense over three months
// makes none.
const ruleDays = 90

// check prices a round sum by the rule, so that the law says whether it is one.
func (r PriceRule) check(c money.Currency, today money.Date) error {
	const roundSum = 100_000_000 // minor units
	face, err := money.New(roundSum, c)
	if err != nil {
		return err
	}
	_, err = r.over(face, today, today.AddDays(ruleDays)).Price()
	return err
}

// over applies the rule to a face from one day to another.
func (r PriceRule) over(face money.Amount, from, to money.Date) trade.Terms {
	return trade.Terms{
		Face: face, AdvanceRate: r.AdvanceRate, Rate: r.Rate, Kind: r.Kind, DayCount: r.DayCount,
		FeeRate: r.FeeRate, FeeBearer: r.FeeBearer, ValueDate: from, DueDate: to, Recourse: r.Recourse,
	}
}

// ruleOf is the rule that terms follow.
func ruleOf(t trade.Terms) PriceRule {
	return PriceRule{
		AdvanceRate: t.AdvanceRate, Rate: t.Rate, Kind: t.Kind, DayCount: t.DayCount, FeeRate: t.FeeRate,
		FeeBearer: t.FeeBearer, Recourse: t.Recourse,
	}
}

// PriceSource says where the price that a quote begins with comes from.
type PriceSource string

// The sources, the first that there is counts.
const (
	PriceQuoted PriceSource = "quoted"     // the quote in force
	PricePolicy PriceSource = "policy"     // what the bank asks under the programme as a rule
	PriceLast   PriceSource = "last_quote" // what it asked last under the programme
	PriceNone   PriceSource = "none"       // a person must name all of it
)

// Offer is the price of a financing, to be named or in force.
type Offer struct {
	Source PriceSource
	Rule   *PriceRule // absent for PriceNone
	// Terms are what the rule comes to; absent with Fault, which says why.
	Terms     *trade.Terms
	Fault     *trade.Fault
	ValueDate money.Date
	Lapses    time.Time
	// Policy is the bank's rule, and Deviates names what differs from it.
	Policy   *PriceRule
	Deviates []string
}

// quoteLife is how long a quote runs when nobody says otherwise.
const quoteLife = 3 * 24 * time.Hour

// offerFor finds the price of a financing.
func (a *App) offerFor(
	ctx context.Context, tx StoreTx, bank trade.OrgID, programme trade.AssetID, f Asset,
) (Offer, error) {
	o := Offer{
		Source: PriceNone, ValueDate: money.DateOf(a.Now()),
		Lapses: a.Now().Add(quoteLife).Truncate(time.Second), Deviates: []string{},
	}
	set, err := tx.Pricing(ctx, bank, programme)
	switch {
	case err == nil:
		o.Source, o.Rule, o.Policy = PricePolicy, &set.Rule, &set.Rule
	case !errors.Is(err, ErrNoRow):
		return o, err
	default:
		last, err := tx.LastQuoted(ctx, bank, programme)
		if err == nil {
			rule := ruleOf(last)
			o.Source, o.Rule = PriceLast, &rule
		} else if !errors.Is(err, ErrNoRow) {
			return o, err
		}
	}
	body := f.State.Financing
	if body.Terms != nil {
		rule := ruleOf(*body.Terms)
		o.Source, o.Rule, o.Terms, o.ValueDate = PriceQuoted, &rule, body.Terms, body.Terms.ValueDate
		o.Lapses = body.Lapses.Time()
	}
	o.Deviates = o.deviations()
	if o.Rule == nil || o.Terms != nil {
		return o, nil
	}
	face, err := money.New(body.Face, body.Currency)
	if err != nil {
		return o, err
	}
	terms, err := o.Rule.over(face, o.ValueDate, body.DueDate).Price()
	if why, refused := asFault(err); refused {
		o.Fault = why
		return o, nil
	}
	o.Terms = &terms
	return o, err
}

// deviations names the members in which the price differs from the bank's rule.
func (o Offer) deviations() []string {
	names := []string{}
	if o.Policy == nil || o.Rule == nil {
		return names
	}
	p, r := *o.Policy, *o.Rule
	for _, d := range []struct {
		name    string
		differs bool
	}{
		{"advance_rate", p.AdvanceRate != r.AdvanceRate},
		{"rate", p.Rate != r.Rate},
		{"kind", p.Kind != r.Kind},
		{"day_count", p.DayCount != r.DayCount},
		{"fee_rate", p.FeeRate != r.FeeRate},
		{"fee_bearer", p.FeeBearer != r.FeeBearer},
		{"recourse", p.Recourse != r.Recourse},
	} {
		if d.differs {
			names = append(names, d.name)
		}
	}
	return names
}
