package check

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
)

// Every comparison rounds what it computes half up (away from zero) to the decimals of the
// currency. Sums must then be equal to the minor unit. Two tolerances apply:
//
//   - the net amount of a line may differ by lineTolerance minor units, because the price on
//     paper is itself a rounded number;
//   - a tax amount and its base may differ by less than taxTolerance units of the currency,
//     as EN 16931 BR-CO-17 and BR-S-08 allow for tax computed line by line.
const lineTolerance = 1

// taxTolerance is one whole unit of the currency; see lineTolerance.
func taxTolerance() decimal.Decimal { return decimal.NewFromInt(1) }

// defaultDecimals rounds where the currency is not known: most have two.
const defaultDecimals = 2

func (c *checker) decimals() int32 {
	if n, ok := money.Currency(c.doc.Currency).Decimals(); ok {
		return int32(n) //nolint:gosec // at most four, ISO 4217
	}
	return defaultDecimals
}

// or is the number, or zero where the document is silent: an absent allowance takes nothing
// off. It is used only in sums.
func or(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}

// RuleLineNet is the rule that the net amount of a line is its quantity times its price.
// Issuers break it by rounding, so it only warns; but a quantity that was changed afterwards
// shows nowhere else when it became smaller.
const RuleLineNet = "CS-AR-01"

// lines checks net = quantity × price ÷ base − allowances + charges.
func (c *checker) lines() {
	for i, l := range c.doc.Lines {
		if l.Net == nil || l.Quantity == nil || l.UnitPrice == nil {
			continue
		}
		gross := l.Quantity.Mul(*l.UnitPrice)
		if l.PriceBase != nil {
			if l.PriceBase.Sign() <= 0 {
				c.add(Finding{
					Rule: "CS-AR-02", Severity: Fatal, Field: lineKey(i) + ".price_base", Claimed: l.PriceBase.String(),
					Message: "The price of line " + l.ID + " is for a quantity that is not above zero.",
				})
				continue
			}
			gross = divide(gross, *l.PriceBase)
		}
		want := gross.Sub(or(l.Allowances)).Add(or(l.Charges)).Round(c.decimals())
		minor := decimal.New(lineTolerance, -c.decimals())
		if want.Sub(*l.Net).Abs().GreaterThan(minor) {
			c.wrongSum(RuleLineNet, Warning, lineKey(i)+".net", "The net amount of line "+l.ID+
				" is not quantity × price − allowances + charges.", *l.Net, want)
		}
	}
}

// divisionDigits are kept of a quotient before it is rounded to the minor unit.
const divisionDigits = 20

func divide(a, b decimal.Decimal) decimal.Decimal { return a.DivRound(b, divisionDigits) }

// totals checks the sums of the document, unless the rules of EN 16931 do.
func (c *checker) totals() {
	if c.doc.Semantic == nil {
		c.sums()
	}
	if payable := c.doc.Totals.Payable; payable != nil && payable.IsNegative() {
		c.add(Finding{
			Rule: "CS-AR-11", Severity: Warning, Field: "totals.payable", Claimed: payable.String(),
			Message: "The payable amount is below zero, so that the seller owes the buyer.",
		})
	}
}

// sums checks each sum where both sides of it are stated.
func (c *checker) sums() {
	t := c.doc.Totals
	if sum, ok := c.sumOfLines(); ok {
		c.equal("CS-AR-03", "totals.lines", t.Lines, sum, "The sum of the lines is not what the lines add up to.")
	}
	allowances, charges := c.sumOfAdjustments()
	if len(c.doc.Adjustments) > 0 {
		c.equal("CS-AR-04", "totals.allowances", t.Allowances, allowances,
			"The sum of the allowances is not what they add up to.")
		c.equal("CS-AR-05", "totals.charges", t.Charges, charges,
			"The sum of the charges is not what they add up to.")
	}
	if t.Lines != nil {
		want := t.Lines.Sub(or(t.Allowances)).Add(or(t.Charges))
		c.equal("CS-AR-06", "totals.tax_exclusive", t.TaxExclusive, want,
			"The amount without tax is not lines − allowances + charges.")
	}
	c.taxes()
	if t.TaxExclusive != nil && (t.Tax != nil || len(c.doc.Taxes) == 0) {
		c.equal("CS-AR-09", "totals.tax_inclusive", t.TaxInclusive, t.TaxExclusive.Add(or(t.Tax)),
			"The amount with tax is not the amount without tax plus the tax.")
	}
	if t.TaxInclusive != nil {
		c.equal("CS-AR-10", "totals.payable", t.Payable, t.TaxInclusive.Sub(or(t.Prepaid)).Add(or(t.Rounding)),
			"The payable amount is not the amount with tax − prepaid + rounding.")
	}
}

func (c *checker) equal(
	rule, field string, claimed *decimal.Decimal, computed decimal.Decimal, message string,
) {
	if claimed == nil {
		return
	}
	computed = computed.Round(c.decimals())
	if !claimed.Equal(computed) {
		c.wrongSum(rule, Fatal, field, message, *claimed, computed)
	}
}

// sumOfLines is false when a line does not state its net amount.
func (c *checker) sumOfLines() (decimal.Decimal, bool) {
	sum := decimal.Zero
	for _, l := range c.doc.Lines {
		if l.Net == nil {
			return sum, false
		}
		sum = sum.Add(*l.Net)
	}
	return sum, len(c.doc.Lines) > 0
}

func (c *checker) sumOfAdjustments() (allowances, charges decimal.Decimal) {
	for _, a := range c.doc.Adjustments {
		if a.Charge {
			charges = charges.Add(or(a.Amount))
		} else {
			allowances = allowances.Add(or(a.Amount))
		}
	}
	return allowances, charges
}

// taxes checks each row of the breakdown and their sum.
func (c *checker) taxes() {
	if len(c.doc.Taxes) == 0 {
		return
	}
	sum := decimal.Zero
	for i, row := range c.doc.Taxes {
		sum = sum.Add(or(row.Amount))
		if row.Percent == nil || row.Base == nil || row.Amount == nil {
			continue
		}
		const perCent = -2
		want := row.Base.Mul(*row.Percent).Shift(perCent).Round(c.decimals())
		if !want.Sub(*row.Amount).Abs().LessThan(taxTolerance()) {
			c.wrongSum("CS-AR-07", Fatal, taxKey(i)+".amount",
				"The tax of this row is not its base × its rate.", *row.Amount, want)
		}
	}
	c.equal("CS-AR-08", "totals.tax", c.doc.Totals.Tax, sum, "The tax is not the sum of the breakdown.")
	c.taxBases()
}

// taxBases checks that the base of each category and rate is what lines, allowances and
// charges put into it. It needs every line to name its category.
func (c *checker) taxBases() {
	bases := map[string]decimal.Decimal{}
	for _, l := range c.doc.Lines {
		if l.TaxCategory == "" || l.Net == nil {
			return
		}
		key := taxGroup(l.TaxCategory, l.TaxPercent)
		bases[key] = bases[key].Add(*l.Net)
	}
	for _, a := range c.doc.Adjustments {
		if a.TaxCategory == "" || a.Amount == nil {
			return
		}
		key := taxGroup(a.TaxCategory, a.TaxPercent)
		if a.Charge {
			bases[key] = bases[key].Add(*a.Amount)
		} else {
			bases[key] = bases[key].Sub(*a.Amount)
		}
	}
	claimed := map[string]decimal.Decimal{}
	for _, row := range c.doc.Taxes {
		key := taxGroup(row.Category, row.Percent)
		claimed[key] = claimed[key].Add(or(row.Base))
	}
	for i, row := range c.doc.Taxes {
		key := taxGroup(row.Category, row.Percent)
		want, known := bases[key]
		if row.Base == nil || !known || want.Sub(claimed[key]).Abs().LessThan(taxTolerance()) {
			continue
		}
		c.wrongSum("CS-AR-12", Fatal, taxKey(i)+".base",
			"The base of this tax row is not what its lines add up to.", claimed[key], want)
	}
}

// taxGroup puts a category without a rate together with the rate zero.
func taxGroup(category string, percent *decimal.Decimal) string {
	return category + " " + or(percent).String()
}

// packing checks packages × pieces in each = quantity, and the totals of a packing.
func (c *checker) packing() {
	packages, weight := decimal.Zero, decimal.Zero
	allPacked, allWeighed := len(c.doc.Lines) > 0, len(c.doc.Lines) > 0
	for i, l := range c.doc.Lines {
		if l.Packages != nil && l.PerPackage != nil && l.Quantity != nil && countsPieces(l.Unit) {
			if want := l.Packages.Mul(*l.PerPackage); !want.Equal(*l.Quantity) {
				c.wrongSum("CS-AR-13", Warning, lineKey(i)+".quantity", "The quantity of line "+l.ID+
					" is not the number of packages × the pieces in each.", *l.Quantity, want)
			}
		}
		allPacked = allPacked && l.Packages != nil
		allWeighed = allWeighed && l.GrossKG != nil
		packages, weight = packages.Add(or(l.Packages)), weight.Add(or(l.GrossKG))
	}
	t := c.doc.Totals
	if allPacked && t.Packages != nil && !t.Packages.Equal(packages) {
		c.wrongSum("CS-AR-14", Warning, "totals.packages",
			"The number of packages is not what the lines add up to.", *t.Packages, packages)
	}
	if allWeighed && t.GrossKG != nil && !t.GrossKG.Equal(weight) {
		c.wrongSum("CS-AR-15", Warning, "totals.gross_kg",
			"The gross weight is not what the lines add up to.", *t.GrossKG, weight)
	}
}

// countsPieces tells the units of UN/ECE Recommendation 20 that count single things.
func countsPieces(unit string) bool {
	switch unit {
	case "H87", "C62", "EA", "NAR", "NIU", "PCE":
		return true
	default:
		return false
	}
}
