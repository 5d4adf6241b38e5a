package en16931

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// rates are rules 05 (lines), 06 (allowances) and 07 (charges) of every family: what the rate
// of a category has to be.
func (r *run) rates(present *[len(categoryCodes)]*family) {
	for i := range r.inv.Categories {
		use := &r.inv.Categories[i]
		number := rateRule(use)
		if number == "" {
			continue
		}
		if k := index(use.Code.Normal()); k >= 0 && present[k] != nil && !r.rateHolds(present[k], &use.Rate) {
			r.breaks(present[k], number, at(use.Rate.Value, use.Group))
		}
	}
}

// rateRule is the number of the rule about a rate in its place, "" where there is none.
func rateRule(use *semantic.CategoryUse) string {
	if !use.VAT {
		return ""
	}
	switch use.Of {
	case semantic.OfLine:
		return "05"
	case semantic.OfAllowance:
		return "06"
	case semantic.OfCharge:
		return "07"
	case semantic.OfSubLine, semantic.OfUnclear, semantic.OfBreakdown, semantic.OfElsewhere:
	}
	return ""
}

func (r *run) rateHolds(f *family, rate *semantic.Number) bool {
	if f.rate == rateAbsent {
		return !rate.Present()
	}
	if !rate.Valid {
		return rate.Present() // unreadable: a flaw of the document
	}
	switch f.rate {
	case ratePositive:
		return rate.Decimal.IsPositive()
	case rateNotNegative:
		// The artefact of CII wants the rate of the Canary Islands above zero.
		return rate.Decimal.IsPositive() || (rate.Decimal.IsZero() && (r.ubl || f.code != canaryIslands))
	case rateZero:
		return rate.Decimal.IsZero()
	case rateAbsent:
	}
	return true
}

// familyRow runs rules 08 to 10 on a row of the breakdown of the document.
func (r *run) familyRow(f *family, c *category, row *semantic.VATBreakdown) {
	// CII reads the rows of S and Z without looking at the tax.
	if !row.Category.VAT && (r.ubl || (f.code != standardRate && f.code != zeroRate)) {
		return
	}
	r.breaks(f, "08", r.baseOfRow(f, c, row))
	r.breaks(f, "09", r.taxInFamily(f, row))
	reason := nearest(row.Category.Exemption, row.Category.ExemptionCode)
	switch {
	case f.reasoned && !reason.Present():
		r.breaks(f, "10", &breach{at: row.Category.Group})
	case !f.reasoned && reason.Present():
		r.breaks(f, "10", at(reason, row.Group))
	}
}

// unchecked tells the rows whose base and tax the artefact of CII does not compute: its rules
// for the Canary Islands and for Ceuta and Melilla look for the rate in the wrong place.
func (r *run) unchecked(f *family) bool { return !r.ubl && f.taxed && f.code != standardRate }

// baseOfRow is rule 08: the base is what lines, charges and allowances put into the category.
func (r *run) baseOfRow(f *family, c *category, row *semantic.VATBreakdown) *breach {
	parts := &c.all
	if f.taxed {
		if !row.Category.Rate.Valid || r.unchecked(f) {
			return nil
		}
		parts = c.known(row.Category.Rate.Decimal)
	}
	if parts.unreadable() || unreadable(&row.Base) {
		return nil
	}
	want := r.partsOf(parts)
	if row.Base.Present() && r.baseHolds(f, c, row, parts, want) {
		return nil
	}
	return wrong(&row.Base, row.Group, want)
}

// partsOf is lines + charges − allowances. CII rounds each of the three sums.
func (r *run) partsOf(b *base) decimal.Decimal {
	if r.ubl {
		return b.lines.sum.Add(b.charges.sum).Sub(b.allowances.sum)
	}
	return round(b.lines.sum, cents).Add(round(b.charges.sum, cents)).Sub(round(b.allowances.sum, cents))
}

// baseHolds compares a base with its parts. The artefact of UBL lets the bases of the taxed
// categories differ by less than one and compares the others exactly; that of CII does the
// reverse, and compares those not subject to VAT exactly.
func (r *run) baseHolds(
	f *family, c *category, row *semantic.VATBreakdown, parts *base, want decimal.Decimal,
) bool {
	claimed := row.Base.Decimal
	if !r.ubl {
		if f.taxed || f.code == notSubject {
			return claimed.Equal(want)
		}
		return near(claimed, want)
	}
	if !f.taxed {
		return len(r.inv.Lines) > 0 && claimed.Equal(want)
	}
	if f.code != standardRate {
		return len(r.inv.Lines) > 0 && near(claimed, want)
	}
	// The standard rate: there must be something at the rate. The artefact tries the lines of
	// invoices and then those of credit notes, of which one document has one kind: with an
	// allowance or charge at the rate, the base of these alone passes too.
	adjusted := c.adjustedAt[row.Category.Rate.Decimal.String()]
	return ((parts.lines.count > 0 || adjusted) && near(claimed, want)) ||
		(adjusted && near(claimed, parts.charges.sum.Sub(parts.allowances.sum)))
}

// taxInFamily is rule 09: the tax is zero, or the base times the rate within one unit.
func (r *run) taxInFamily(f *family, row *semantic.VATBreakdown) *breach {
	rate := &row.Category.Rate
	if r.unchecked(f) || unreadable(&row.Base, &row.Tax, rate) {
		return nil
	}
	if !f.taxed {
		return equals(&row.Tax, row.Group, decimal.Zero)
	}
	if !row.Base.Present() || !row.Tax.Present() || !rate.Present() {
		return &breach{at: row.Group}
	}
	// CII rounds base × rate before it divides by a hundred, which is the same to the cent.
	want := taxOn(row.Base.Decimal, rate.Decimal)
	if near(row.Tax.Decimal.Abs(), want) {
		return nil
	}
	return wrong(&row.Tax, row.Group, want)
}
