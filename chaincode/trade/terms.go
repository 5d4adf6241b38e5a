package trade

import "github.com/countersign/countersign/chaincode/money"

// RateKind says what the rate is taken on and when it is paid.
type RateKind string

// The kinds: a discount on the sum advanced, kept back when the cash is paid, or interest on
// the advance, paid with it at the end.
const (
	Discount RateKind = "discount"
	Interest RateKind = "interest"
)

// Bearer says who pays the fee.
type Bearer string

// The bearers of a fee.
const (
	SellerBears  Bearer = "seller"
	ObligorBears Bearer = "obligor"
)

// Terms is a price: what the bank names (the first group) and what follows from it (the
// second), which the law adds up again. Rounding: the advance is rounded down, charge and
// fee half up, to the minor unit.
type Terms struct {
	Face        money.Amount   `json:"face"`
	AdvanceRate money.Rate     `json:"advance_rate"` // share of the face, millionths
	Rate        money.Rate     `json:"rate"`         // yearly, millionths
	Kind        RateKind       `json:"kind"`
	DayCount    money.DayCount `json:"day_count"`
	FeeRate     money.Rate     `json:"fee_rate"` // share of the face, millionths
	FeeBearer   Bearer         `json:"fee_bearer"`
	ValueDate   money.Date     `json:"value_date"` // of the cash; first day in
	DueDate     money.Date     `json:"due_date"`   // last day out
	// Recourse: may the bank come back to the seller when the obligor does not pay.
	Recourse bool `json:"recourse"`

	Days      int          `json:"days"`
	Advance   money.Amount `json:"advance"`
	Charge    money.Amount `json:"charge"` // discount or interest
	Fee       money.Amount `json:"fee"`
	Cash      money.Amount `json:"cash"`      // what the seller receives on the value date
	Repayable money.Amount `json:"repayable"` // what is outstanding from then on
	AllInRate money.Rate   `json:"all_in_rate"`
}

// Price fills the second group of the terms from the first.
func (t Terms) Price() (Terms, error) {
	bad := func(path, why string) (Terms, error) { return Terms{}, refuse(CodeTerms, "terms."+path, "%s", why) }
	convention, known := money.DayCountFor(t.Face.Currency())
	switch {
	case t.Face.Sign() <= 0:
		return bad("face", "a positive face is wanted")
	case t.AdvanceRate <= 0 || t.AdvanceRate > 1_000_000:
		return bad("advance_rate", "above 0 and at most 100 % of the face")
	case t.Kind != Discount && t.Kind != Interest:
		return bad("kind", "discount or interest")
	case t.FeeBearer != SellerBears && t.FeeBearer != ObligorBears:
		return bad("fee_bearer", "seller or obligor")
	case known && t.DayCount != convention:
		return bad("day_count", "the market of the currency counts "+string(convention))
	case t.ValueDate.IsZero() || t.DueDate.IsZero() || !t.ValueDate.Before(t.DueDate):
		return bad("value_date", "the value date must be before the due date")
	}
	t.Days = t.ValueDate.DaysUntil(t.DueDate)
	var err error
	if t.Advance, err = t.AdvanceRate.Of(t.Face, money.Down); err != nil {
		return bad("advance_rate", err.Error())
	}
	t.Charge, err = money.Interest(t.Advance, t.Rate, t.DayCount, t.ValueDate, t.DueDate, money.HalfUp)
	if err != nil {
		return bad("rate", err.Error())
	}
	if t.Fee, err = t.FeeRate.Of(t.Face, money.HalfUp); err != nil {
		return bad("fee_rate", err.Error())
	}
	return t.flows()
}

// flows derives cash, repayable sum and all-in rate; the fee counts into the rate only where
// the seller bears it.
func (t Terms) flows() (Terms, error) {
	bad := func(err error) (Terms, error) { return Terms{}, refuse(CodeTerms, "terms", "%s", err.Error()) }
	cash, owed := t.Advance, t.Advance
	var err error
	if t.Kind == Discount {
		if cash, err = cash.Sub(t.Charge); err != nil {
			return bad(err)
		}
	} else if owed, err = owed.Add(t.Charge); err != nil {
		return bad(err)
	}
	if t.FeeBearer == SellerBears {
		if cash, err = cash.Sub(t.Fee); err != nil {
			return bad(err)
		}
	}
	if cash.Sign() <= 0 {
		return Terms{}, refuse(CodeTerms, "terms", "charge and fee eat up the advance")
	}
	if owed.Minor() > t.Face.Minor() {
		return Terms{}, refuse(CodeTerms, "terms", "more would be owed than the face brings")
	}
	back, err := money.New(-owed.Minor(), owed.Currency())
	if err != nil {
		return bad(err)
	}
	t.Cash, t.Repayable = cash, owed
	t.AllInRate, err = money.AllInRate([]money.Flow{
		{Date: t.ValueDate, Amount: cash}, {Date: t.DueDate, Amount: back},
	})
	if err != nil {
		return bad(err)
	}
	return t, nil
}

// Check adds the terms up again and refuses the first figure that does not follow.
func (t Terms) Check() error {
	again, err := t.Price()
	if err != nil {
		return err
	}
	if again != t {
		return refuse(CodeTerms, "args.terms", "the figures do not follow from rates, dates and face")
	}
	return nil
}
