// Package money holds exact amounts, rates, civil dates and day counts.
//
// An amount is a whole number of minor units in one currency. Nothing here rounds in
// silence: a division takes its Rounding as an argument, an overflow and a mix of
// currencies are errors.
package money

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// MaxMinor bounds every amount: the largest whole number that every JSON reader keeps
// exactly (RFC 8259 section 6, RFC 8785 section 3.2.2.3). At two decimals it is 90 trillion.
const MaxMinor int64 = 1<<53 - 1

// The errors of this package. Callers match them with errors.Is.
var (
	ErrOverflow  = errors.New("money: amount out of range")
	ErrCurrency  = errors.New("money: unknown or mixed currency")
	ErrFormat    = errors.New("money: not a decimal amount in the currency's minor units")
	ErrDivision  = errors.New("money: division by zero")
	ErrDate      = errors.New("money: not a civil date (YYYY-MM-DD)")
	ErrDateOrder = errors.New("money: dates out of order")
	ErrRate      = errors.New("money: rate out of range")
)

// Amount is a number of minor units in a currency. The zero Amount is absent: it has no
// currency and is not the same as zero money.
type Amount struct {
	minor    int64
	currency Currency
}

// New makes an amount of minor units; ErrOverflow beyond ±MaxMinor, ErrCurrency for a code
// that is not in the table.
func New(minor int64, c Currency) (Amount, error) {
	if _, ok := c.Decimals(); !ok {
		return Amount{}, fmt.Errorf("%w: %q", ErrCurrency, string(c))
	}
	if minor > MaxMinor || minor < -MaxMinor {
		return Amount{}, ErrOverflow
	}
	return Amount{minor: minor, currency: c}, nil
}

// Parse reads a decimal such as "2006880.00": an optional minus sign, digits, and at most
// as many decimals as the currency has. Anything else is ErrFormat; nothing is rounded.
func Parse(decimal string, c Currency) (Amount, error) {
	places, ok := c.Decimals()
	if !ok {
		return Amount{}, fmt.Errorf("%w: %q", ErrCurrency, string(c))
	}
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 20 || (dotted && fraction == "") || len(fraction) > places {
		return Amount{}, fmt.Errorf("%w: %.40q", ErrFormat, decimal)
	}
	fraction += strings.Repeat("0", places-len(fraction))
	var minor int64
	for _, r := range whole + fraction {
		if r < '0' || r > '9' {
			return Amount{}, fmt.Errorf("%w: %.40q", ErrFormat, decimal)
		}
		if minor > MaxMinor {
			return Amount{}, ErrOverflow
		}
		minor = minor*10 + int64(r-'0')
	}
	if negative {
		minor = -minor
	}
	return New(minor, c)
}

// Minor returns the number of minor units.
func (a Amount) Minor() int64 { return a.minor }

// Currency returns the ISO 4217 code.
func (a Amount) Currency() Currency { return a.currency }

// IsAbsent tells whether this is the zero Amount, which has no currency.
func (a Amount) IsAbsent() bool { return a == Amount{} }

// IsZero is IsAbsent under the name that encoding/json's omitzero asks for: an amount of
// zero money is not omitted.
func (a Amount) IsZero() bool { return a.IsAbsent() }

// Sign is -1, 0 or 1.
func (a Amount) Sign() int {
	switch {
	case a.minor < 0:
		return -1
	case a.minor > 0:
		return 1
	}
	return 0
}

// Add returns a+b; ErrCurrency when they are of two currencies, ErrOverflow out of range.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrCurrency, a.currency, b.currency)
	}
	return New(a.minor+b.minor, a.currency) // both within 2^53: the int64 sum is exact
}

// Sub returns a-b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	b.minor = -b.minor
	return a.Add(b)
}

// Cmp is -1, 0 or 1 as a is less than, equal to or greater than b; ErrCurrency when they are
// of two currencies.
func (a Amount) Cmp(b Amount) (int, error) {
	if a.currency != b.currency {
		return 0, fmt.Errorf("%w: %s and %s", ErrCurrency, a.currency, b.currency)
	}
	return cmp.Compare(a.minor, b.minor), nil
}

// Decimal writes the amount with all the decimals of its currency: "2006880.00".
func (a Amount) Decimal() string { return decimalText(a.minor, a.currency, "-", "") }

// String is the decimal with its currency: "2006880.00 CNY".
func (a Amount) String() string { return a.Decimal() + " " + string(a.currency) }

// Grouped writes the amount for reading: "2,006,880.00", with U+2212 as the minus sign.
func (a Amount) Grouped() string { return decimalText(a.minor, a.currency, "\u2212", ",") }

func decimalText(minor int64, c Currency, minus, group string) string {
	places, _ := c.Decimals()
	sign := ""
	if minor < 0 {
		sign, minor = minus, -minor
	}
	digits := fmt.Sprintf("%0*d", places+1, minor)
	whole, fraction := digits[:len(digits)-places], digits[len(digits)-places:]
	if group != "" {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
	}
	if places == 0 {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

type amountJSON struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"amount":"2006880.00","currency":"CNY"}; the absent amount is null.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.IsAbsent() {
		return []byte("null"), nil
	}
	return json.Marshal(amountJSON{a.Decimal(), a.currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*a = Amount{}
		return nil
	}
	var in amountJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	out, err := Parse(in.Amount, in.Currency)
	if err != nil {
		return err
	}
	*a = out
	return nil
}

// Rounding names how a division ends when it does not come out even.
type Rounding int

// The roundings in use. HalfUp rounds half away from zero, as banks do; Down drops the
// fraction (towards zero); Up goes away from zero.
const (
	HalfUp Rounding = iota
	Down
	Up
)

// MulDiv returns a × num ÷ den, rounded as named.
func (a Amount) MulDiv(num, den int64, r Rounding) (Amount, error) {
	if den == 0 {
		return Amount{}, ErrDivision
	}
	n := new(big.Int).Mul(big.NewInt(a.minor), big.NewInt(num))
	q := quotient(n, big.NewInt(den), r)
	if !q.IsInt64() {
		return Amount{}, ErrOverflow
	}
	return New(q.Int64(), a.currency)
}

// quotient is n/d rounded as named; d is not zero.
func quotient(n, d *big.Int, r Rounding) *big.Int {
	q, rem := new(big.Int).QuoRem(n, d, new(big.Int))
	if rem.Sign() == 0 {
		return q
	}
	away := big.NewInt(int64(n.Sign() * d.Sign()))
	switch r {
	case Down:
		return q
	case Up:
		return q.Add(q, away)
	case HalfUp:
		twice := new(big.Int).Lsh(rem.Abs(rem), 1)
		if twice.Cmp(new(big.Int).Abs(d)) >= 0 {
			return q.Add(q, away)
		}
		return q
	}
	return q
}
