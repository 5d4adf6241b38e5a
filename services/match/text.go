package match

import (
	"strings"

	"github.com/shopspring/decimal"
)

// grouped writes a number for reading: "2,006,880.00", with all the decimals it came with.
func grouped(d decimal.Decimal) string {
	s := d.String()
	if places := -d.Exponent(); places > 0 && places <= maxShownPlaces {
		s = d.StringFixed(places)
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "\u2212", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction
}

// maxShownPlaces bounds the decimals that are kept as the paper wrote them; longer ones come
// from a division and lose their zeros at the end.
const maxShownPlaces = 8

// numberText is a number and its unit as they are compared: plain digits, no zeros at the
// end, so that equal numbers are equal texts.
func numberText(d decimal.Decimal, unit string) string {
	s := d.String()
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if unit == several {
		unit = "of several units"
	}
	return strings.TrimSpace(s + " " + unit)
}
