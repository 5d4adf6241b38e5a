package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Dimension is what exposures are added up by.
type Dimension string

// The dimensions. Nothing is ever added up over currencies.
const (
	ByProgramme Dimension = "programme"
	ByObligor   Dimension = "obligor"
	BySeller    Dimension = "seller"
	ByCurrency  Dimension = "currency"
)

// Alert names the share of a limit that is used.
type Alert string

// The alerts, and the shares of the limit from which they hold, in per cent.
const (
	AlertNone Alert = "none"
	AlertNear Alert = "near" // from 80
	AlertHigh Alert = "high" // from 95
	AlertFull Alert = "full" // from 100
	AlertOver Alert = "over" // above 100: only what an act would lead to

	nearShare, highShare, fullShare = 80, 95, 100
)

// maxProgrammes bounds how many programmes of a bank are added up.
const maxProgrammes = 5_000

// Lent is what a bank holds and has out under a programme, in minor units.
type Lent struct {
	Reserved    int64 // face that is held and not assigned yet
	Outstanding int64 // money lent
	Overdue     int64 // of it, past its due date
	Financings  int64 // that money is out of
}

// Exposure is how much of a limit is used. Limit, used, reserved and free are of face, which is
// what programmes limit; outstanding and overdue are of money lent.
type Exposure struct {
	By          Dimension
	ID          string // of the programme, the organisation or the currency
	Limit       money.Amount
	Used        money.Amount // reserved and assigned
	Reserved    money.Amount
	Free        money.Amount
	Outstanding money.Amount
	Overdue     money.Amount
	Financings  int64
	Programmes  int
	Alert       Alert
	// With is what it would be with the case that was asked about; nil where that changes nothing.
	With *ExposureAfter
}

// ExposureAfter is an exposure as an act would leave it.
type ExposureAfter struct {
	Used  money.Amount
	Free  money.Amount // below zero: over the limit
	Alert Alert
}

// Exposures adds up what the actor's bank has given its limits for: by programme, obligor, seller
// and currency, the most used first. With a financing each line that it falls under says what it
// would be with it.
func (a *App) Exposures(ctx context.Context, actor Actor, with trade.AssetID) ([]Exposure, error) {
	if err := needKind(actor, trade.KindBank); err != nil {
		return nil, err
	}
	x, err := a.lines(ctx, actor.Org)
	if err != nil {
		return nil, err
	}
	if with == "" {
		return x.exposures("", 0)
	}
	f, err := a.held(ctx, actor.Org, with, trade.KindFinancing)
	if err != nil {
		return nil, err
	}
	counted, err := a.counted(ctx, f)
	if err != nil {
		return nil, err
	}
	adds := f.State.Financing.Face
	if counted {
		adds = 0
	}
	return x.exposures(f.State.Financing.Programme, adds)
}

// counted tells whether a financing has its part of the programme's limit already: from the
// reservation on, until it comes to nothing or is paid.
func (a *App) counted(ctx context.Context, f Asset) (bool, error) {
	switch f.Record.Phase { //nolint:exhaustive // phases of a financing in which it may be counted
	case trade.Approved, trade.Disbursed, trade.Repaid:
		return true, nil
	case trade.Quoted:
		r, err := a.asset(ctx, f.State.Financing.Receivable)
		if errors.Is(err, ErrNoRow) { // this node holds it only once it is reserved
			return false, nil
		}
		return err == nil && heldFor(r, f.Record.ID), err
	}
	return false, nil
}

// heldFor tells whether a receivable is reserved for a financing.
func heldFor(r Asset, financing trade.AssetID) bool {
	return r.State != nil && r.State.Receivable.Reservation != nil &&
		r.State.Receivable.Reservation.Financing == financing
}

// creditLines are a bank's programmes with what is lent under them.
type creditLines struct {
	programmes []Asset
	lent       map[trade.AssetID]Lent
}

func (a *App) lines(ctx context.Context, bank trade.OrgID) (creditLines, error) {
	var x creditLines
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		x = creditLines{}
		page := Page{Limit: MaxPage}
		for len(x.programmes) < maxProgrammes {
			list, next, err := tx.Assets(ctx, AssetFilter{Org: bank, Kind: trade.KindProgramme}, page)
			if err != nil {
				return err
			}
			for _, p := range list {
				if p.State != nil && p.State.Programme.Bank == bank {
					x.programmes = append(x.programmes, p)
				}
			}
			if page.Cursor = next; next == "" {
				break
			}
		}
		var err error
		x.lent, err = tx.Lent(ctx, bank, money.DateOf(a.Now()))
		return err
	})
	return x, err
}

// sums are the figures of one exposure in minor units.
type sums struct {
	Lent
	limit, used, adds int64
	programmes        int
	touched           bool
}

// exposures adds the lines up in every dimension; adds is what a case under a programme adds.
func (x creditLines) exposures(programme trade.AssetID, adds int64) ([]Exposure, error) {
	type key struct {
		by       Dimension
		id       string
		currency money.Currency
	}
	totals := map[key]*sums{}
	for _, p := range x.programmes {
		body, lent := p.State.Programme, x.lent[p.Record.ID]
		for _, k := range []key{
			{ByProgramme, string(p.Record.ID), body.Currency},
			{ByObligor, string(body.Obligor), body.Currency},
			{BySeller, string(body.Seller), body.Currency},
			{ByCurrency, string(body.Currency), body.Currency},
		} {
			s := totals[k]
			if s == nil {
				s = &sums{}
				totals[k] = s
			}
			if err := s.add(body, lent); err != nil {
				return nil, fmt.Errorf("exposure by %s %s: %w", k.by, k.id, err)
			}
			if p.Record.ID == programme {
				s.touched, s.adds = true, adds
			}
		}
	}
	list := make([]Exposure, 0, len(totals))
	for k, s := range totals {
		e, err := s.exposure(k.by, k.id, k.currency)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(e, f Exposure) int {
		return cmp.Or(
			cmp.Compare(e.By, f.By), cmp.Compare(e.Limit.Currency(), f.Limit.Currency()),
			-cmp.Compare(e.Used.Minor(), f.Used.Minor()), cmp.Compare(e.ID, f.ID),
		)
	})
	return list, nil
}

// add takes a programme into the sums.
func (s *sums) add(p *trade.Programme, lent Lent) error {
	s.programmes++
	s.Financings += lent.Financings
	for _, part := range []struct {
		to   *int64
		more int64
	}{
		{&s.limit, p.Limit},
		{&s.used, p.Used},
		{&s.Reserved, lent.Reserved},
		{&s.Outstanding, lent.Outstanding},
		{&s.Overdue, lent.Overdue},
	} {
		a, err := money.New(*part.to, p.Currency)
		if err != nil {
			return err
		}
		b, err := money.New(part.more, p.Currency)
		if err != nil {
			return err
		}
		if a, err = a.Add(b); err != nil {
			return err
		}
		*part.to = a.Minor()
	}
	return nil
}

// exposure writes the sums as amounts.
func (s *sums) exposure(by Dimension, id string, c money.Currency) (Exposure, error) {
	var failed error
	of := func(minor int64) money.Amount {
		amount, err := money.New(minor, c)
		failed = cmpError(failed, err)
		return amount
	}
	e := Exposure{
		By: by, ID: id, Limit: of(s.limit), Used: of(s.used), Reserved: of(s.Reserved), Free: of(s.limit - s.used),
		Outstanding: of(s.Outstanding), Overdue: of(s.Overdue), Financings: s.Financings, Programmes: s.programmes,
		Alert: alertOf(s.used, s.limit),
	}
	if s.touched {
		used := s.used + s.adds
		e.With = &ExposureAfter{Used: of(used), Free: of(s.limit - used), Alert: alertOf(used, s.limit)}
	}
	return e, failed
}

// cmpError keeps the first error.
func cmpError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// alertOf compares what is used with the limit. A hundredth of the limit, rounded down, is exact
// enough: no share is told, only whether it is reached.
func alertOf(used, limit int64) Alert {
	share := func(percent int64) int64 { return limit/fullShare*percent + limit%fullShare*percent/fullShare }
	switch {
	case used > limit:
		return AlertOver
	case used >= share(fullShare) && limit > 0:
		return AlertFull
	case used >= share(highShare) && limit > 0:
		return AlertHigh
	case used >= share(nearShare) && limit > 0:
		return AlertNear
	}
	return AlertNone
}
