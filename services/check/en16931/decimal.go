package en16931

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// cents is the number of decimals that the rules round to, whatever the currency.
const cents = 2

// round is round() of XPath 2.0 to the given decimals: half goes toward plus infinity, so that
// -2.5 becomes -2.
func round(d decimal.Decimal, places int32) decimal.Decimal {
	if d.Exponent() >= -places {
		return d
	}
	const half = 5
	return d.Add(decimal.New(half, -places-1)).RoundFloor(places)
}

// perCent is the exponent of a hundredth.
const perCent = -2

// taxOn is the absolute tax on a base at a rate in per cent, rounded to cents.
func taxOn(base, rate decimal.Decimal) decimal.Decimal {
	return round(base.Abs().Mul(rate).Shift(perCent), cents)
}

// near tells whether two amounts differ by less than one unit of the currency, which the rules
// allow where tax may have been rounded line by line.
func near(a, b decimal.Decimal) bool { return a.Sub(b).Abs().Cmp(decimal.NewFromInt(1)) < 0 }

// nearOrOne is near with a difference of exactly one let through.
func nearOrOne(a, b decimal.Decimal) bool { return a.Sub(b).Abs().Cmp(decimal.NewFromInt(1)) <= 0 }

// unreadable tells whether one of the numbers is there and is no number. The official run stops
// with an error at such an invoice; here it is a flaw of the document, and the sums over the
// number say nothing.
func unreadable(numbers ...*semantic.Number) bool {
	for _, n := range numbers {
		if n.Present() && !n.Valid {
			return true
		}
	}
	return false
}

// wrong is a breach of a sum.
func wrong(n *semantic.Number, group semantic.Value, computed decimal.Decimal) *breach {
	b := at(n.Value, group)
	b.computed = computed.String()
	return b
}

// equals holds when the number is there and equal to what is computed.
func equals(n *semantic.Number, group semantic.Value, computed decimal.Decimal) *breach {
	if n.Present() && n.Decimal.Equal(computed) {
		return nil
	}
	return wrong(n, group, computed)
}

// twoDecimals holds when a text has at most two characters after its first point. It counts
// characters of the text, as the artefacts do: 1.000 breaks it.
func twoDecimals(n *semantic.Number) *breach {
	_, fraction, _ := strings.Cut(n.Text, ".")
	if len(fraction) <= cents {
		return nil
	}
	b := &breach{at: n.Value, claimed: n.Text}
	if n.Valid {
		b.computed = round(n.Decimal, cents).StringFixed(cents)
	}
	return b
}
