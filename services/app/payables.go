package app

import (
	"context"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Standing is the part of an organisation in the receivables that are listed.
type Standing string

// The standings. Assigned are those that the organisation claimed and has assigned since.
const (
	StandingAny      Standing = ""
	StandingSeller   Standing = "seller"
	StandingObligor  Standing = "obligor"
	StandingOwner    Standing = "owner"
	StandingAssigned Standing = "assigned"
)

// Order is the order of a list of receivables.
type Order string

// The orders. ByMove, which is that of no order, is by the last step.
const (
	ByMove   Order = ""
	ByDue    Order = "due"
	ByAmount Order = "amount"
	ByNumber Order = "number"
)

// ReceivableFilter narrows a list of receivables; what is empty does not narrow.
type ReceivableFilter struct {
	Org          trade.OrgID // that holds the state
	Standing     Standing
	Phases       []trade.Phase
	Counterparty trade.OrgID // seller, obligor or owner
	Currency     money.Currency
	DueFrom      money.Date
	DueUntil     money.Date // the day itself included
	Disputed     bool       // only those with a dispute
	Search       string     // a part of the invoice's number
	Order        Order
	Descending   bool
}

// PhaseSum is how many receivables in one phase and currency there are, those with a
// dispute apart, and what they come to.
type PhaseSum struct {
	Phase    trade.Phase
	Disputed bool
	Count    int64
	Face     money.Amount
	Owed     money.Amount // confirmed and neither diluted nor paid
	Paid     money.Amount
	Dispute  money.Amount
}

// Payable is a receivable with what is on its way about it.
type Payable struct {
	Asset   Asset
	Pending []Intent // of those that the actor's organisation may see
}

// Receivables lists the receivables that the actor's organisation holds, each with the intents
// about it that have not ended.
func (a *App) Receivables(
	ctx context.Context, actor Actor, f ReceivableFilter, p Page,
) ([]Payable, string, error) {
	f.Org = actor.Org
	var list []Payable
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		assets, cursor, err := tx.Receivables(ctx, f, p)
		if err != nil {
			return err
		}
		next = cursor
		list, err = withPending(ctx, tx, actor, assets)
		return err
	})
	return list, next, err
}

// PhaseSums counts and sums the receivables of a filter, in every phase.
func (a *App) PhaseSums(ctx context.Context, actor Actor, f ReceivableFilter) ([]PhaseSum, error) {
	f.Org = actor.Org
	var sums []PhaseSum
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		sums, err = tx.PhaseSums(ctx, f)
		return err
	})
	return sums, err
}

// Receivable returns a receivable that the actor's organisation holds, with its history and what
// is on its way about it.
func (a *App) Receivable(ctx context.Context, actor Actor, id trade.AssetID) (Payable, []Transition, error) {
	asset, steps, err := a.Trace(ctx, actor, id, trade.KindReceivable)
	if err != nil {
		return Payable{}, nil, err
	}
	var list []Payable
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = withPending(ctx, tx, actor, []Asset{asset})
		return err
	})
	if err != nil {
		return Payable{}, nil, err
	}
	return list[0], steps, nil
}

// withPending adds to receivables what is on its way about them and the actor may see.
func withPending(ctx context.Context, tx StoreTx, actor Actor, assets []Asset) ([]Payable, error) {
	list, ids := make([]Payable, len(assets)), make([]trade.AssetID, len(assets))
	for n, asset := range assets {
		list[n].Asset, ids[n] = asset, asset.Record.ID
	}
	pending, err := tx.Pending(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, i := range pending {
		if n := slices.Index(ids, i.Command.Subjects[0].ID); n >= 0 && i.seenBy(actor.Org) {
			list[n].Pending = append(list[n].Pending, i)
		}
	}
	return list, nil
}

// DueDay is what falls due on one day in one currency.
type DueDay struct {
	Day     money.Date
	Count   int64
	Claimed money.Amount // not confirmed yet
	Due     money.Amount // owed, and the day has not passed
	Overdue money.Amount // owed, and the day has passed
	Paid    money.Amount
}

// Calendar is what falls due in a stretch of weeks, by day, and before them by currency.
type Calendar struct {
	Today  money.Date
	From   money.Date // a Monday
	Until  money.Date // a Sunday
	Weeks  []DueDay   // of each week in which anything falls due; Day is its Monday
	Days   []DueDay
	Before []DueDay // what is still owed of earlier days; Day is absent
}

// CalendarFilter says which weeks of which side a calendar shows.
type CalendarFilter struct {
	Standing Standing
	From     money.Date // absent: the current week
	Weeks    int
}

// DaysOfWeek is how many days a week has.
const DaysOfWeek = 7

// MaxWeeks bounds a calendar.
const MaxWeeks = 60

// Calendar sums what falls due from the Monday of a day on. Days are those that the obligor
// confirmed: nothing is moved to another one for a weekend or a holiday, as the ledger does not.
func (a *App) Calendar(ctx context.Context, actor Actor, f CalendarFilter) (Calendar, error) {
	if f.Weeks < 1 || f.Weeks > MaxWeeks {
		return Calendar{}, fault(CodeInput, "weeks", "1 to %d", MaxWeeks)
	}
	var c Calendar
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		c, err = a.calendarOn(ctx, tx, actor, f)
		return err
	})
	return c, err
}

// calendarOn is a calendar on a snapshot.
func (a *App) calendarOn(
	ctx context.Context, tx StoreTx, actor Actor, asked CalendarFilter,
) (Calendar, error) {
	c, from := Calendar{Today: money.DateOf(a.Now())}, asked.From
	if from.IsZero() {
		from = c.Today
	}
	c.From = monday(from)
	c.Until = c.From.AddDays(DaysOfWeek*asked.Weeks - 1)
	f := ReceivableFilter{Org: actor.Org, Standing: asked.Standing, DueFrom: c.From, DueUntil: c.Until}
	var err error
	if c.Days, err = tx.ReceivableDays(ctx, f, c.Today); err != nil {
		return c, err
	}
	f.DueFrom, f.DueUntil = firstDay(), c.From.AddDays(-1)
	earlier, err := tx.ReceivableDays(ctx, f, c.Today)
	if err != nil {
		return c, err
	}
	earlier = slices.DeleteFunc(earlier, func(d DueDay) bool {
		return d.Due.Sign() == 0 && d.Overdue.Sign() == 0
	})
	if c.Before, err = summed(earlier, func(money.Date) money.Date { return money.Date{} }); err != nil {
		return c, err
	}
	c.Weeks, err = summed(c.Days, monday)
	return c, err
}

// firstDay is before every due date.
func firstDay() money.Date {
	d, err := money.ParseDate("1900-01-01")
	if err != nil {
		return money.Date{}
	}
	return d
}

// monday is the first day of the week of a day.
func monday(d money.Date) money.Date {
	first := firstDay() // a Monday
	return d.AddDays(-((first.DaysUntil(d)%DaysOfWeek + DaysOfWeek) % DaysOfWeek))
}

// summed sums days that fall under one day, by currency, in the order in which they come.
func summed(days []DueDay, under func(money.Date) money.Date) ([]DueDay, error) {
	sums := []DueDay{}
	for _, d := range days {
		d.Day = under(d.Day)
		n := slices.IndexFunc(sums, func(s DueDay) bool {
			return s.Day == d.Day && s.Due.Currency() == d.Due.Currency()
		})
		if n < 0 {
			sums = append(sums, d)
			continue
		}
		s := &sums[n]
		s.Count += d.Count
		for _, pair := range []struct {
			to  *money.Amount
			add money.Amount
		}{{&s.Claimed, d.Claimed}, {&s.Due, d.Due}, {&s.Overdue, d.Overdue}, {&s.Paid, d.Paid}} {
			sum, err := pair.to.Add(pair.add)
			if err != nil {
				return nil, err
			}
			*pair.to = sum
		}
	}
	return sums, nil
}
