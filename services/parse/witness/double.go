package witness

import (
	"math/big"
	"strconv"
	"strings"
)

// double is a number as a spreadsheet keeps it, exactly: 0.DIGITS times ten to the power of point.
type double struct {
	minus  bool
	digits string // neither begins nor ends with 0
	point  int
}

// Bounds of a number, so that writing it out stays short.
const (
	maxDouble   = 40 // characters
	maxExponent = 30
)

// readDouble reads a number as XML Schema writes it and takes what programs add to it off again: a
// file has up to 17 digits of a binary that keeps 15. The decimal of 15 digits is what was typed,
// when it is no further off than rounding to that binary is.
func readDouble(s string) (double, bool) {
	if len(s) > maxDouble {
		return double{}, false
	}
	mantissa, power, scientific := strings.Cut(strings.ToLower(s), "e")
	d := double{}
	if scientific {
		n, err := strconv.Atoi(power)
		if err != nil || n > maxExponent || n < -maxExponent {
			return double{}, false
		}
		d.point = n
	}
	unsigned, minus := strings.CutPrefix(mantissa, "-")
	if !minus {
		unsigned = strings.TrimPrefix(unsigned, "+")
	}
	whole, fraction, _ := strings.Cut(unsigned, ".")
	all := whole + fraction
	if all == "" || strings.Trim(all, "0123456789") != "" {
		return double{}, false
	}
	d.digits = strings.TrimLeft(all, "0")
	d.point += len(whole) - (len(all) - len(d.digits))
	d.digits = strings.TrimRight(d.digits, "0")
	d.minus = minus && d.digits != ""
	return d.typed(), true
}

// typed is the number that was typed in.
func (d double) typed() double {
	const exact, bits = 15, 52
	if len(d.digits) <= exact {
		return d
	}
	short, _ := new(big.Int).SetString(d.digits[:exact], 10)
	if d.digits[exact] >= '5' {
		short.Add(short, big.NewInt(1))
	}
	kept, _ := new(big.Int).SetString(d.digits, 10)
	ten := big.NewInt(10)
	rounded := new(big.Int).Mul(short, ten.Exp(ten, big.NewInt(int64(len(d.digits)-exact)), nil))
	off := new(big.Int).Sub(rounded, kept)
	if off.Abs(off).Lsh(off, bits).Cmp(kept) > 0 {
		return d
	}
	text := short.String()
	d.point += len(text) - exact // one more when rounding carried over
	d.digits = strings.TrimRight(text, "0")
	return d
}

// String writes the number out, without zeros that say nothing.
func (d double) String() string {
	whole, fraction := d.digits, ""
	switch {
	case d.digits == "":
		return "0"
	case d.point <= 0:
		whole, fraction = "0", strings.Repeat("0", -d.point)+d.digits
	case d.point >= len(d.digits):
		whole += strings.Repeat("0", d.point-len(d.digits))
	default:
		whole, fraction = d.digits[:d.point], d.digits[d.point:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if d.minus {
		whole = "-" + whole
	}
	return whole
}

// whole is the whole number before the point; false when it is negative or has more digits.
func (d double) whole(maxDigits int) (int, bool) {
	if d.minus || d.point > maxDigits {
		return 0, false
	}
	if d.point <= 0 || d.digits == "" {
		return 0, true
	}
	digits := d.digits + strings.Repeat("0", max(d.point-len(d.digits), 0))
	n, err := strconv.Atoi(digits[:d.point])
	return n, err == nil
}
