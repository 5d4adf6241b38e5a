package match

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse"
)

// stated is a number that one column states, in the unit of the row.
type stated struct {
	reading
	number decimal.Decimal
}

// tally adds up what the papers of one kind state. Copies of a paper count once: of an
// invoice the copy that claims most, of any other the one that attests least.
type tally struct {
	papers map[string]decimal.Decimal
	total  decimal.Decimal
}

func (m *matcher) tallies(all []stated) map[parse.Kind]*tally {
	out := make(map[parse.Kind]*tally)
	for _, s := range all {
		c := m.columns[s.column]
		t := out[c.doc.Kind]
		if t == nil {
			t = &tally{papers: map[string]decimal.Decimal{}}
			out[c.doc.Kind] = t
		}
		before, copied := t.papers[c.paper]
		if copied && s.number.GreaterThan(before) != (c.doc.Kind == parse.Invoice) {
			continue
		}
		t.papers[c.paper] = s.number
		t.total = t.total.Sub(before).Add(s.number)
	}
	return out
}

// with is the sum over the papers of the kind when this column's own number counts for its
// paper: the same as the total unless copies differ.
func (t *tally) with(paper string, number decimal.Decimal) decimal.Decimal {
	return t.total.Sub(t.papers[paper]).Add(number)
}

// comparison is the outcome of compareSums that the caller goes on with.
type comparison struct {
	claim decimal.Decimal
	// partial is set when a source ordered or delivered more than is claimed.
	partial bool
	// least is the smallest of the claim, what was ordered and what each kind delivered.
	least decimal.Decimal
	// delivered is set when at least one kind of paper tells of the delivery.
	delivered bool
}

// compareSums fills a row with numbers that add up by kind. What is claimed may not be more
// than what was ordered, nor more than what any kind of paper says was delivered; and papers
// of one delivery must tell of the same goods, but for a receipt, which may tell of less.
func (m *matcher) compareSums(row *Row, all []stated, tolerance Tolerance) comparison {
	if len(all) == 0 {
		return comparison{}
	}
	readings := make([]reading, len(all))
	for i, s := range all {
		readings[i] = s.reading
	}
	kind := m.claimKind(readings)
	sums := m.tallies(all)
	out := comparison{claim: sums[kind].total, least: sums[kind].total}
	shipped := (*tally)(nil) // what the first kind of delivery paper tells of
	for _, k := range claimOrder() {
		if sums[k] != nil && delivers(k) {
			shipped = sums[k]
			break
		}
	}
	for k, t := range sums {
		out.least = decimal.Min(out.least, t.total)
		out.delivered = out.delivered || delivers(k)
	}
	for _, s := range all {
		c := m.columns[s.column]
		sum := sums[c.doc.Kind].with(c.paper, s.number)
		state := Agrees
		switch {
		case c.doc.Kind == kind:
			state = equal(out.claim, sum, Tolerance{})
		case sum.GreaterThan(out.claim):
			out.partial = out.partial || !tolerance.within(out.claim, sum)
		default:
			state = equal(out.claim, sum, tolerance)
		}
		if delivers(c.doc.Kind) && state != Contradicts {
			state = worse(state, sameDelivery(c.doc.Kind, shipped.total, sum, tolerance))
		}
		row.set(s.reading, state)
		row.Cells[s.column].Claim = c.doc.Kind == kind
	}
	return out
}

func sameDelivery(k parse.Kind, shipped, sum decimal.Decimal, t Tolerance) State {
	if k == parse.ReceiptAdvice && sum.LessThan(shipped) {
		return Agrees
	}
	return equal(shipped, sum, t)
}

// equal compares two numbers within a tolerance.
func equal(want, got decimal.Decimal, t Tolerance) State {
	switch {
	case want.Equal(got):
		return Agrees
	case t.within(want, got):
		return Within
	}
	return Contradicts
}

// worse is the state that says less in favour of the claim.
func worse(a, b State) State {
	if a == Contradicts || b == Contradicts {
		return Contradicts
	}
	if a == Within || b == Within {
		return Within
	}
	return a
}
