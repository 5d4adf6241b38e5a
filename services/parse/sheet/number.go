package sheet

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
)

// A spreadsheet keeps a number as a binary floating point, and its file writes that with up
// to 17 digits: who typed 1.1 finds 1.1000000000000001 there. What was typed is the decimal
// of at most exactDigits digits that lies within rounding of it (ECMA-376 part 1, 18.3.1.96:
// 15 significant digits).
const exactDigits = 15

// maxNumber bounds the characters of a number, and its exponent what it stands for.
const (
	maxNumber   = 40
	maxExponent = 30
)

// epsilon is how far, in parts of the number, rounding to a binary of 53 digits may move it.
func epsilon() decimal.Decimal {
	return decimal.RequireFromString("0.00000000000000022204460492503131")
}

// plainNumber is a number of a spreadsheet as a plain decimal. It is false for what is no
// number; lossy is set for a whole number that has lost digits.
func plainNumber(raw string) (text string, lossy, ok bool) {
	d, ok := exactNumber(raw)
	if !ok {
		return "", false, false
	}
	whole := len(strings.TrimPrefix(d.Truncate(0).String(), "-"))
	if whole > exactDigits {
		return d.String(), true, true
	}
	if d.NumDigits() > exactDigits {
		short := d.Round(exactDigits - leading(d))
		if short.Sub(d).Abs().LessThanOrEqual(d.Abs().Mul(epsilon())) {
			d = short
		}
	}
	return d.String(), false, true
}

// percent is a plain number as a percentage.
func percent(plain string) string {
	const hundred = 2 // decimal places
	return decimal.RequireFromString(plain).Shift(hundred).String() + "%"
}

// leading is the position of the first digit: 4 in 1480.1, -1 in 0.05.
func leading(d decimal.Decimal) int32 {
	return int32(d.NumDigits()) + d.Exponent() //nolint:gosec // at most maxNumber digits
}

// exactNumber reads a number as XML Schema writes a double, without any loss.
func exactNumber(raw string) (decimal.Decimal, bool) {
	if len(raw) > maxNumber {
		return decimal.Decimal{}, false
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToUpper(raw), "E")
	if !isDecimal(mantissa) {
		return decimal.Decimal{}, false
	}
	shift := 0
	if scientific {
		n, ok := smallInt(exponent)
		if !ok {
			return decimal.Decimal{}, false
		}
		shift = n
	}
	d, err := decimal.NewFromString(mantissa)
	return d.Shift(int32(shift)), err == nil
}

// isDecimal tells a sign, digits, and a point.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	whole, fraction, _ := strings.Cut(s, ".")
	return whole+fraction != "" && strings.Trim(whole+fraction, "0123456789") == ""
}

// smallInt reads an exponent within maxExponent.
func smallInt(s string) (int, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	if digits == "" || len(s)-len(digits) > 1 {
		return 0, false
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' || n > maxExponent {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	if s[0] == '-' {
		n = -n
	}
	return n, n >= -maxExponent && n <= maxExponent
}

// The days of a spreadsheet's calendar (ECMA-376 part 1, 18.17.4.1): day 1 is 1 January 1900,
// and there is a 29 February of that year, which never was; so counting is safe from March on.
// A workbook may also count from 1904.
const (
	safeDay  = 61      // 1 March 1900
	lastDay  = 2958465 // 31 December 9999
	from1904 = 1462    // days between the two beginnings
)

// dayOf is the civil date of a number of days, YYYY-MM-DD; the time of the day is left out.
func dayOf(raw string, since1904 bool) (string, bool) {
	d, ok := exactNumber(raw)
	if !ok {
		return "", false
	}
	days := d.Truncate(0).IntPart()
	if since1904 {
		days += from1904
	}
	first, err := money.ParseDate("1900-03-01")
	if err != nil || d.IsNegative() || days < safeDay || days > lastDay {
		return "", false
	}
	day, err := money.ParseDate(first.AddDays(int(days - safeDay)).String())
	return day.String(), err == nil
}
