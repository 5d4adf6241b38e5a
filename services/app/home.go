package app

import (
	"context"
	"errors"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Figure is a number that a person wants to see first.
type Figure string

// The figures.
const (
	FigureAvailable   Figure = "available"   // seller: confirmed, free to be financed
	FigureInProgress  Figure = "in_progress" // seller: asked for and not paid out yet
	FigureReceiving   Figure = "receiving"   // seller: due to it within soonDays, or overdue
	FigureInReview    Figure = "in_review"   // bank: asked of it and not paid out yet
	FigureOutstanding Figure = "outstanding" // bank: lent and not repaid
	FigureRepaying    Figure = "repaying"    // bank: of that, due within soonDays, or overdue
	FigureToConfirm   Figure = "to_confirm"  // obligor: claimed and not confirmed
	FigureConfirmed   Figure = "confirmed"   // obligor: confirmed and not paid
	FigurePaying      Figure = "paying"      // obligor: of that, due within soonDays, or overdue
)

// Total is a figure in one currency, and of how many things.
type Total struct {
	Amount money.Amount
	Items  int64
}

// FigureLine is a figure in each currency that there is something in.
type FigureLine struct {
	Figure Figure
	Totals []Total
}

// OnboardingStep is a step that an organisation takes once.
type OnboardingStep string

// The steps of an organisation that begins.
const (
	StepKey       OnboardingStep = "key"       // the actor's key is registered on the ledger
	StepProgramme OnboardingStep = "programme" // a programme is open
	StepPack      OnboardingStep = "pack"
	StepDocument  OnboardingStep = "document"
)

// Step is a step with whether it is done.
type Step struct {
	Step OnboardingStep
	Done bool
}

// Home is what a person sees first, besides the inbox.
type Home struct {
	Figures []FigureLine
	Steps   []Step
}

// ReceivableSum adds up receivables of one phase and currency. The quantities of Total are sums;
// what the law derives from them linearly holds for the sums too.
type ReceivableSum struct {
	Phase trade.Phase
	Sold  bool // the organisation is their seller
	Soon  bool
	Items int64
	Total trade.Receivable
}

// FinancingSum adds up financings in which the organisation has the same part, in the same way.
type FinancingSum struct {
	Phase      trade.Phase
	Sold, Lent bool // the organisation is seller, bank
	Soon       bool
	Items      int64
	Total      trade.Financing
}

// LivePhases are the phases that figures are drawn from.
func LivePhases(kind trade.Kind) []trade.Phase {
	if kind == trade.KindFinancing {
		return []trade.Phase{trade.Submitted, trade.Quoted, trade.Approved, trade.Disbursed}
	}
	return []trade.Phase{trade.Issued, trade.Open, trade.Matured, trade.Overdue}
}

// soonDays is how far ahead "soon" looks.
const soonDays = 30

// Home gathers the figures of the actor's organisation and the steps that it begins with.
func (a *App) Home(ctx context.Context, actor Actor) (Home, error) {
	var h Home
	today := money.DateOf(a.Now())
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		counts, standing := figuresOf(actor.Kind)
		var claims []ReceivableSum
		var loans []FinancingSum
		var err error
		if slices.ContainsFunc(counts, func(c counted) bool { return c.claim != nil }) {
			claims, err = tx.ReceivableSums(ctx, actor.Org, standing, today.AddDays(soonDays))
			if err != nil {
				return err
			}
		}
		if slices.ContainsFunc(counts, func(c counted) bool { return c.loan != nil }) {
			if loans, err = tx.FinancingSums(ctx, actor.Org, today.AddDays(soonDays)); err != nil {
				return err
			}
		}
		if h.Figures, err = figures(counts, claims, loans); err != nil {
			return err
		}
		h.Steps, err = steps(ctx, tx, actor)
		return err
	})
	return h, err
}

// counted says what of a sum a figure counts; false leaves it out.
type counted struct {
	figure Figure
	claim  func(ReceivableSum) (int64, bool)
	loan   func(FinancingSum) (int64, bool)
}

// figuresOf are the figures of a kind of organisation, the three that it works by or none, and its
// part in the receivables that they are drawn from.
func figuresOf(kind trade.OrgKind) ([]counted, Standing) {
	confirmed := func(s ReceivableSum) bool { return s.Phase != trade.Issued }
	asked := func(s FinancingSum) bool { return s.Phase != trade.Disbursed }
	switch kind {
	case trade.KindSupplier:
		return []counted{
			{figure: FigureAvailable, claim: func(s ReceivableSum) (int64, bool) {
				return s.Total.Free(), s.Sold && s.Phase == trade.Open
			}},
			{figure: FigureInProgress, loan: func(s FinancingSum) (int64, bool) {
				return s.Total.Face, s.Sold && asked(s)
			}},
			{figure: FigureReceiving, claim: func(s ReceivableSum) (int64, bool) {
				return s.Total.Due(), s.Soon && confirmed(s)
			}},
		}, StandingOwner
	case trade.KindBank:
		return []counted{
			{figure: FigureInReview, loan: func(s FinancingSum) (int64, bool) {
				return s.Total.Face, s.Lent && asked(s)
			}},
			{figure: FigureOutstanding, loan: func(s FinancingSum) (int64, bool) {
				return s.Total.Outstanding, s.Lent && !asked(s)
			}},
			{figure: FigureRepaying, loan: func(s FinancingSum) (int64, bool) {
				return s.Total.Outstanding, s.Lent && !asked(s) && s.Soon
			}},
		}, ""
	case trade.KindCoreEnterprise:
		return []counted{
			{figure: FigureToConfirm, claim: func(s ReceivableSum) (int64, bool) {
				return s.Total.Face, !confirmed(s)
			}},
			{figure: FigureConfirmed, claim: func(s ReceivableSum) (int64, bool) {
				return s.Total.Due(), confirmed(s)
			}},
			{figure: FigurePaying, claim: func(s ReceivableSum) (int64, bool) {
				return s.Total.Due(), confirmed(s) && s.Soon
			}},
		}, StandingObligor
	case trade.KindWarehouse, trade.KindCarrier, trade.KindAuditor, trade.KindRegulator, trade.KindOperator:
		return nil, ""
	}
	return nil, ""
}

// figures adds up what each figure counts, by currency.
func figures(counts []counted, claims []ReceivableSum, loans []FinancingSum) ([]FigureLine, error) {
	lines := []FigureLine{}
	for _, c := range counts {
		line := FigureLine{Figure: c.figure, Totals: []Total{}}
		if c.claim != nil {
			for _, s := range claims {
				if minor, counts := c.claim(s); counts {
					if err := line.add(minor, s.Total.Currency, s.Items); err != nil {
						return nil, err
					}
				}
			}
		}
		if c.loan != nil {
			for _, s := range loans {
				if minor, counts := c.loan(s); counts {
					if err := line.add(minor, s.Total.Currency, s.Items); err != nil {
						return nil, err
					}
				}
			}
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// add counts more of one currency; currencies are never added to each other.
func (l *FigureLine) add(minor int64, currency money.Currency, items int64) error {
	more, err := money.New(minor, currency)
	if err != nil {
		return err
	}
	for n, t := range l.Totals {
		if t.Amount.Currency() != currency {
			continue
		}
		l.Totals[n].Items += items
		l.Totals[n].Amount, err = t.Amount.Add(more)
		return err
	}
	l.Totals = append(l.Totals, Total{Amount: more, Items: items})
	return nil
}

// steps tells how far the actor's organisation has come with beginning.
func steps(ctx context.Context, tx StoreTx, actor Actor) ([]Step, error) {
	list := []Step{}
	for _, s := range stepsOf(actor.Kind) {
		done, err := stepDone(ctx, tx, actor, s)
		if err != nil {
			return nil, err
		}
		list = append(list, Step{Step: s, Done: done})
	}
	return list, nil
}

// stepsOf are the steps that a kind of organisation begins with.
func stepsOf(kind trade.OrgKind) []OnboardingStep {
	switch kind {
	case trade.KindSupplier, trade.KindCoreEnterprise:
		return []OnboardingStep{StepKey, StepProgramme, StepPack, StepDocument}
	case trade.KindBank:
		return []OnboardingStep{StepKey, StepProgramme}
	case trade.KindWarehouse, trade.KindCarrier:
		return []OnboardingStep{StepKey, StepDocument}
	case trade.KindAuditor, trade.KindRegulator, trade.KindOperator:
		return []OnboardingStep{StepKey}
	}
	return nil
}

func stepDone(ctx context.Context, tx StoreTx, actor Actor, s OnboardingStep) (bool, error) {
	first := Page{Limit: 1}
	switch s {
	case StepKey:
		asset, err := tx.Asset(ctx, trade.OrganisationID(actor.Org))
		if errors.Is(err, ErrNoRow) || (err == nil && asset.Record.Members == nil) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(asset.Record.Members.Persons, func(p trade.Person) bool {
			return p.ID == actor.Person && !p.Revoked
		}), nil
	case StepProgramme:
		list, _, err := tx.Assets(ctx, AssetFilter{Org: actor.Org, Kind: trade.KindProgramme}, first)
		return len(list) > 0, err
	case StepPack:
		list, _, err := tx.Packs(ctx, actor.Org, first)
		return len(list) > 0, err
	case StepDocument:
		list, _, err := tx.Documents(ctx, actor.Org, first)
		return len(list) > 0, err
	}
	return false, nil
}
