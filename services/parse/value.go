package parse

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
)

// maxNumber bounds the characters of a number; no honest amount or quantity comes near.
const maxNumber = 40

// parseNumber reads a decimal as XML Schema part 2 section 3.2.3 writes it: a sign, digits, a
// point. No exponent, no grouping, no currency sign.
func parseNumber(s string) (decimal.Decimal, bool) {
	if len(s) > maxNumber {
		return decimal.Decimal{}, false
	}
	digits, points := 0, 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case (c == '-' || c == '+') && i == 0:
		default:
			return decimal.Decimal{}, false
		}
	}
	if digits == 0 || points > 1 {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

// dateLength is that of YYYY-MM-DD.
const dateLength = 10

// parseDate reads the civil date of an XML Schema date: YYYY-MM-DD, and a time zone that is
// checked for its shape and left out.
func parseDate(s string) (money.Date, bool) {
	if len(s) < dateLength || !isZone(s[dateLength:]) {
		return money.Date{}, false
	}
	d, err := money.ParseDate(s[:dateLength])
	return d, err == nil
}

func isZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != len("+00:00") || (s[0] != '+' && s[0] != '-') || s[3] != ':' {
		return false
	}
	for _, i := range []int{1, 2, 4, 5} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
