package match

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"
)

// Tolerances are what a programme lets papers differ by before they contradict each other.
// The zero value lets nothing differ.
type Tolerances struct {
	Quantity Tolerance `json:"quantity"` // in the unit of the goods
	Price    Tolerance `json:"price"`    // per unit, in the currency of the order
	Amount   Tolerance `json:"amount"`   // line nets and totals, in their currency
	Weight   Tolerance `json:"weight"`   // in kilograms
	// Days is how far apart two papers may put the same event.
	Days int `json:"days"`
}

// Tolerance is a share of the value asked for, an absolute difference, or both: then the
// larger one counts.
type Tolerance struct {
	BasisPoints int64            `json:"basis_points,omitempty"` // 100 is one per cent
	Absolute    *decimal.Decimal `json:"absolute,omitempty"`
}

const (
	maxBasisPoints = 10_000 // the whole
	maxDays        = 366

	maxDifference = 1_000_000_000 // a difference allowed; beyond it nothing would be compared
	maxDecimals   = 6
)

// ErrTolerance means that a tolerance is negative or beyond its bound.
var ErrTolerance = errors.New("match: tolerance out of range")

// Check tells whether the tolerances are within their bounds: shares between 0 and 100 %,
// differences between 0 and maxDifference with at most maxDecimals decimals, days between 0
// and 366. The error wraps ErrTolerance.
func (t Tolerances) Check() error {
	for _, f := range []struct {
		name string
		Tolerance
	}{{"quantity", t.Quantity}, {"price", t.Price}, {"amount", t.Amount}, {"weight", t.Weight}} {
		if f.BasisPoints < 0 || f.BasisPoints > maxBasisPoints {
			return fmt.Errorf("%w: %s of %d basis points", ErrTolerance, f.name, f.BasisPoints)
		}
		if f.Absolute != nil && !f.inBounds() {
			return fmt.Errorf("%w: %s by another difference", ErrTolerance, f.name)
		}
	}
	if t.Days < 0 || t.Days > maxDays {
		return fmt.Errorf("%w: %d days", ErrTolerance, t.Days)
	}
	return nil
}

// inBounds tells whether an absolute difference is one that may be allowed. The exponent comes
// first: a number such as 1e999999999 must not be written out.
func (t Tolerance) inBounds() bool {
	d := *t.Absolute
	const maxExponent = 9
	return d.Exponent() >= -maxDecimals && d.Exponent() <= maxExponent && !d.IsNegative() &&
		d.LessThanOrEqual(decimal.NewFromInt(maxDifference))
}

// within tells whether got is as near to want as the tolerance asks.
func (t Tolerance) within(want, got decimal.Decimal) bool {
	difference := want.Sub(got).Abs()
	if t.Absolute != nil && difference.LessThanOrEqual(*t.Absolute) {
		return true
	}
	// difference ÷ want ≤ basis points ÷ 10,000, without dividing.
	share := want.Abs().Mul(decimal.NewFromInt(t.BasisPoints))
	return difference.Mul(decimal.NewFromInt(maxBasisPoints)).LessThanOrEqual(share)
}
