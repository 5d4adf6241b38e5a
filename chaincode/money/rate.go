package money

import (
	"fmt"
	"math/big"
	"slices"
)

// Rate is a yearly rate or a share in millionths: 4.35 % is 43,500.
type Rate int64

// MaxRate bounds a rate to 1,000 % (ten), far above any that a bank quotes.
const MaxRate Rate = 10_000_000

const (
	ratePlaces = 4 // decimals of a percentage that a millionth carries
	rateUnit   = 1_000_000
)

// ParsePercent reads "4.35" (per cent) exactly, with at most four decimals.
func ParsePercent(s string) (Rate, error) {
	// A percentage with four decimals is a number of millionths: read it as one.
	whole, err := parseScaled(s, ratePlaces)
	if err != nil {
		return 0, err
	}
	if whole < 0 || Rate(whole) > MaxRate {
		return 0, fmt.Errorf("%w: %.20q per cent", ErrRate, s)
	}
	return Rate(whole), nil
}

// parseScaled reads a decimal with at most places decimals as an integer of that scale.
func parseScaled(s string, places int) (int64, error) {
	dot := slices.Index([]byte(s), '.')
	digits, fraction := s, 0
	if dot >= 0 {
		fraction = len(s) - dot - 1
		digits = s[:dot] + s[dot+1:]
	}
	if digits == "" || len(digits) > 15 || fraction > places || dot == 0 || (dot > 0 && fraction == 0) {
		return 0, fmt.Errorf("%w: %.20q", ErrRate, s)
	}
	var n int64
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%w: %.20q", ErrRate, s)
		}
		n = n*10 + int64(r-'0')
	}
	for range places - fraction {
		n *= 10
	}
	return n, nil
}

// Percent writes the rate as a percentage with at least two decimals: "4.35", "0.125".
func (r Rate) Percent() string {
	n, sign := int64(r), ""
	if n < 0 {
		n, sign = -n, "-"
	}
	s := fmt.Sprintf("%s%d.%04d", sign, n/10_000, n%10_000)
	for range 2 {
		if s[len(s)-1] != '0' {
			break
		}
		s = s[:len(s)-1]
	}
	return s
}

// Of returns the share r of the amount, rounded as named.
func (r Rate) Of(a Amount, rounding Rounding) (Amount, error) {
	if r < 0 || r > MaxRate {
		return Amount{}, ErrRate
	}
	return a.MulDiv(int64(r), rateUnit, rounding)
}

// DayCount names how the days of a period become a part of a year.
type DayCount string

// The day counts in use: money markets in CNY, EUR and USD count ACT/360, in GBP and HKD
// ACT/365F (ISDA 2006 Definitions, section 4.16 (e) and (d)).
const (
	Act360  DayCount = "ACT/360"
	Act365F DayCount = "ACT/365F"
)

// DayCountFor returns the convention of the currency's money market; false when this
// package knows none: unknown is not a default.
func DayCountFor(c Currency) (DayCount, bool) {
	switch c {
	case "CNY", "EUR", "USD":
		return Act360, true
	case "GBP", "HKD":
		return Act365F, true
	}
	return "", false
}

// basis is the length of the year that the day count divides by; 0 when unknown.
func (c DayCount) basis() int64 {
	switch c {
	case Act360:
		return 360
	case Act365F:
		return 365
	}
	return 0
}

// Interest is principal × rate × days ÷ the year of the day count, for the days from the
// first (counted) to the last (not counted), rounded as named.
func Interest(principal Amount, rate Rate, c DayCount, from, to Date, r Rounding) (Amount, error) {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return Amount{}, fmt.Errorf("%w: %s to %s", ErrDateOrder, from, to)
	}
	if rate < 0 || rate > MaxRate {
		return Amount{}, ErrRate
	}
	if c.basis() == 0 {
		return Amount{}, fmt.Errorf("%w: day count %.12q", ErrFormat, string(c))
	}
	days := int64(from.DaysUntil(to))
	return principal.MulDiv(int64(rate)*days, rateUnit*c.basis(), r)
}

// Flow is money at a date, seen by one side: received is positive, paid negative.
type Flow struct {
	Date   Date
	Amount Amount
}

const (
	maxFlows = 1000
	irrSteps = 120 // halvings of the interval; it is exhausted long before
)

// fixed is the scale of the fixed-point numbers in AllInRate: forty decimals.
func fixed() *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil) }

// AllInRate is the effective annual rate of dated flows (Actual/365 exponents): the r for
// which the sum of amount ÷ (1+r)^(days/365) is zero, in millionths, rounded half up. The
// flows must be in one currency, begin with a receipt and end with payments, so that there
// is one root; ErrDateOrder, ErrCurrency or ErrRate otherwise. No float is involved: the
// daily factor is found by halving on forty decimals.
func AllInRate(flows []Flow) (Rate, error) {
	if len(flows) < 2 || len(flows) > maxFlows {
		return 0, fmt.Errorf("%w: %d flows", ErrRate, len(flows))
	}
	if err := oneSignChange(flows); err != nil {
		return 0, err
	}
	one := fixed()
	low, high := new(big.Int).Set(one), new(big.Int).Set(one)
	high.Add(high, quotient(one, big.NewInt(100), Down)) // 1 % a day: above MaxRate a year
	if presentValue(flows, low).Sign() > 0 {
		return 0, fmt.Errorf("%w: the flows give back less than was received", ErrRate)
	}
	for range irrSteps {
		mid := new(big.Int).Add(low, high)
		mid.Rsh(mid, 1)
		if presentValue(flows, mid).Sign() > 0 {
			high = mid
		} else {
			low = mid
		}
	}
	year := power(low, 365, one)
	year.Sub(year, one)
	r := quotient(year.Mul(year, big.NewInt(rateUnit)), one, HalfUp)
	if !r.IsInt64() || Rate(r.Int64()) > MaxRate {
		return 0, ErrRate
	}
	return Rate(r.Int64()), nil
}

// oneSignChange checks that the flows are ordered by date, of one currency, first receipts,
// then payments: then exactly one rate solves them.
func oneSignChange(flows []Flow) error {
	paid := false
	for i, f := range flows {
		if f.Date.IsZero() || (i > 0 && f.Date.Before(flows[i-1].Date)) {
			return fmt.Errorf("%w: flow %d", ErrDateOrder, i)
		}
		if f.Amount.currency != flows[0].Amount.currency {
			return fmt.Errorf("%w: flow %d", ErrCurrency, i)
		}
		if f.Amount.Sign() < 0 {
			paid = true
		}
		if f.Amount.Sign() > 0 && paid {
			return fmt.Errorf("%w: flow %d is received after a payment", ErrRate, i)
		}
	}
	if flows[0].Amount.Sign() <= 0 || !paid {
		return fmt.Errorf("%w: receipts then payments are wanted", ErrRate)
	}
	return nil
}

// presentValue is the sum of the flows divided by factor^days, in fixed point.
func presentValue(flows []Flow, factor *big.Int) *big.Int {
	one := fixed()
	sum := new(big.Int)
	for _, f := range flows {
		n := new(big.Int).Mul(big.NewInt(f.Amount.minor), one)
		n.Mul(n, one)
		sum.Add(sum, n.Quo(n, power(factor, flows[0].Date.DaysUntil(f.Date), one)))
	}
	return sum
}

// power is x^n in fixed point, by squaring.
func power(x *big.Int, n int, one *big.Int) *big.Int {
	result, square := new(big.Int).Set(one), new(big.Int).Set(x)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result.Quo(result.Mul(result, square), one)
		}
		square.Quo(square.Mul(square, square), one)
	}
	return result
}
