package en16931

import (
	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/parse/semantic"
)

// facts are what several rules need to know of an invoice, gathered in one pass, so that no
// rule walks over all lines for each row.
type facts struct {
	lines, allowances, charges sum
	categories                 [len(categoryCodes)]category
}

// sum adds numbers up.
type sum struct {
	sum        decimal.Decimal
	count      int  // of what could have a number
	unreadable bool // one of them is no number
}

func (s *sum) add(n *semantic.Number) {
	s.count++
	switch {
	case n.Valid:
		s.sum = s.sum.Add(n.Decimal)
	case n.Present():
		s.unreadable = true
	}
}

// category is what an invoice has of one VAT category.
type category struct {
	first semantic.Value // the code where it stands first

	// How often the category stands where, whatever the tax, and of those how often as VAT.
	rows, rowsVAT               int // of the breakdown of the document
	items, itemsVAT             int // lines and sub-lines
	adjustments, adjustmentsVAT int // of anything, whatever the indicator
	othersVAT                   int

	// The first category of VAT in each place, where the rules about identifiers point to.
	item, allowance, charge semantic.Value
	// The same for allowances and charges on the document alone.
	ownAllowance, ownCharge semantic.Value

	all    base             // what the document puts into the category
	byRate map[string]*base // the same at each rate, for the categories that have several
	// adjustedAt are the rates of allowances and charges anywhere, whatever the indicator.
	adjustedAt map[string]bool
}

// base is what lines, allowances and charges put into a category, or into a rate of it.
type base struct {
	lines, allowances, charges sum
}

// The codes of VAT categories (UNTDID 5305, the subset of EN 16931).
const (
	standardRate  = "S"
	zeroRate      = "Z"
	exempt        = "E"
	reverseCharge = "AE"
	intraUnion    = "K"
	export        = "G"
	notSubject    = "O"
	canaryIslands = "L"
	ceutaMelilla  = "M"
	splitPayment  = "B"
)

// categoryCodes are the categories in the order in which facts keep them.
var categoryCodes = [...]string{
	standardRate, zeroRate, exempt, reverseCharge, intraUnion, export, notSubject,
	canaryIslands, ceutaMelilla, splitPayment,
}

// index is the place of a category in facts, -1 for a code that is none.
func index(code string) int {
	for i, known := range categoryCodes {
		if known == code {
			return i
		}
	}
	return -1
}

// of is what the invoice has of a category.
func (f *facts) of(code string) *category { return &f.categories[index(code)] }

// used tells whether the category stands anywhere.
func (c *category) used() bool { return c.first.Present() }

func gather(inv *semantic.Invoice) facts {
	var f facts
	for i := range inv.Categories {
		if k := index(inv.Categories[i].Code.Normal()); k >= 0 {
			f.categories[k].count(&inv.Categories[i])
		}
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		f.lines.add(&l.Net)
		f.share(l.Taxes, &l.Net, func(b *base) *sum { return &b.lines })
	}
	for i := range inv.Adjustments {
		a := &inv.Adjustments[i]
		if !a.Indicated {
			continue
		}
		f.point(a)
		if a.Charge {
			f.charges.add(&a.Amount)
			f.share(a.Taxes, &a.Amount, func(b *base) *sum { return &b.charges })
		} else {
			f.allowances.add(&a.Amount)
			f.share(a.Taxes, &a.Amount, func(b *base) *sum { return &b.allowances })
		}
	}
	return f
}

// count notes one use of the category.
func (c *category) count(use *semantic.CategoryUse) {
	if !c.first.Present() {
		c.first = use.Code
	}
	vat := 0
	if use.VAT {
		vat = 1
	}
	switch use.Of {
	case semantic.OfLine, semantic.OfSubLine:
		c.items++
		c.itemsVAT += vat
		note(&c.item, use)
	case semantic.OfAllowance:
		c.adjust(use, vat)
		note(&c.allowance, use)
	case semantic.OfCharge:
		c.adjust(use, vat)
		note(&c.charge, use)
	case semantic.OfUnclear:
		c.adjust(use, vat)
	case semantic.OfBreakdown:
		c.rows++
		c.rowsVAT += vat
	case semantic.OfElsewhere:
		c.othersVAT += vat
	}
}

// adjust notes the category of an allowance or charge.
func (c *category) adjust(use *semantic.CategoryUse, vat int) {
	c.adjustments++
	c.adjustmentsVAT += vat
	if !use.Rate.Valid {
		return
	}
	if c.adjustedAt == nil {
		c.adjustedAt = make(map[string]bool)
	}
	c.adjustedAt[use.Rate.Decimal.String()] = true
}

// note keeps the first category of VAT.
func note(to *semantic.Value, use *semantic.CategoryUse) {
	if use.VAT && !to.Present() {
		*to = use.Code
	}
}

// point notes the first allowance and the first charge on the document of each category.
func (f *facts) point(a *semantic.Adjustment) {
	for i := range a.Taxes {
		tax := &a.Taxes[i]
		k := index(tax.Code.Normal())
		if k < 0 || !tax.VAT {
			continue
		}
		c := &f.categories[k]
		to := &c.ownAllowance
		if a.Charge {
			to = &c.ownCharge
		}
		if !to.Present() {
			*to = tax.Code
		}
	}
}

// share adds an amount to the categories it is in, once to each and once to each rate. Of the
// scheme the rules take no notice here.
func (f *facts) share(taxes []semantic.TaxCategory, n *semantic.Number, part func(*base) *sum) {
	var done [len(categoryCodes)]bool
	for i := range taxes {
		code := taxes[i].Code.Normal()
		k := index(code)
		if k < 0 || done[k] {
			continue
		}
		done[k] = true
		c := &f.categories[k]
		part(&c.all).add(n)
		if severalRates(code) {
			c.shareRates(taxes, n, part)
		}
	}
}

// shareRates adds an amount to each rate beside it, once. Where something has several
// categories, each rate counts for each of them.
func (c *category) shareRates(taxes []semantic.TaxCategory, n *semantic.Number, part func(*base) *sum) {
	var last *base
	seen := map[*base]bool(nil)
	for i := range taxes {
		if !taxes[i].Rate.Valid {
			continue
		}
		b := c.at(taxes[i].Rate.Decimal)
		if last != nil {
			if seen == nil {
				seen = map[*base]bool{last: true}
			}
			if seen[b] {
				continue
			}
			seen[b] = true
		}
		last = b
		part(b).add(n)
	}
}

// severalRates tells the categories whose base is taken rate by rate.
func severalRates(code string) bool {
	return code == standardRate || code == canaryIslands || code == ceutaMelilla
}

// at is the base of a rate.
func (c *category) at(rate decimal.Decimal) *base {
	key := rate.String()
	b := c.byRate[key]
	if b == nil {
		b = &base{}
		if c.byRate == nil {
			c.byRate = make(map[string]*base)
		}
		c.byRate[key] = b
	}
	return b
}

// known is the base of a rate, an empty one when nothing is in it.
func (c *category) known(rate decimal.Decimal) *base {
	if b := c.byRate[rate.String()]; b != nil {
		return b
	}
	return &base{}
}

func (b *base) unreadable() bool {
	return b.lines.unreadable || b.allowances.unreadable || b.charges.unreadable
}
