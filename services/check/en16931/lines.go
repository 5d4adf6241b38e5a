package en16931

import (
	"github.com/countersign/countersign/services/parse/semantic"
)

// lines runs the rules of the lines and of what they hold.
func (r *run) lines() {
	ofLine, ofPeriod, ofSupport := lineRules(), linePeriodRules(), supportRules()
	ofAllowance, ofCharge := lineAllowanceRules(), lineChargeRules()
	ofClass, ofAttribute := classificationRules(), attributeRules()
	for i := range r.inv.Lines {
		l := &r.inv.Lines[i]
		apply(r, ofLine, l)
		each(r, ofPeriod, l.Periods)
		each(r, ofSupport, l.Documents)
		for k := range l.Adjustments {
			if charge, ok := r.direction(&l.Adjustments[k]); ok && charge {
				apply(r, ofCharge, &l.Adjustments[k])
			} else if ok {
				apply(r, ofAllowance, &l.Adjustments[k])
			}
		}
		each(r, ofClass, l.Item.Classifications)
		each(r, ofAttribute, l.Item.Attributes)
	}
	each(r, ofAttribute, r.inv.OtherAttributes)
}

// lineRules are those of a line.
func lineRules() []rule[*semantic.Line] {
	return []rule[*semantic.Line]{
		{id: "BR-21", test: func(_ *run, l *semantic.Line) *breach { return filled(l.ID, l.Group) }},
		{id: "BR-22", test: func(_ *run, l *semantic.Line) *breach { return exists(l.Quantity.Value, l.Group) }},
		{id: "BR-23", test: func(_ *run, l *semantic.Line) *breach {
			if l.Quantity.Present() {
				return exists(l.Quantity.Unit, l.Quantity.Value)
			}
			return &breach{at: l.Group}
		}},
		{id: "BR-24", test: func(_ *run, l *semantic.Line) *breach { return exists(l.Net.Value, l.Group) }},
		{id: "BR-25", test: func(_ *run, l *semantic.Line) *breach {
			return filled(l.Item.Name, nearest(l.Item.Group, l.Group))
		}},
		{id: "BR-26", test: func(_ *run, l *semantic.Line) *breach {
			return exists(l.Price.Net.Value, nearest(l.Price.Group, l.Group))
		}},
		{id: "BR-27", test: netPriceSign},
		{id: "BR-28", test: grossPriceSign},
		{id: "BR-64", test: itemScheme},
		{id: "BR-CO-04", test: func(_ *run, l *semantic.Line) *breach { return hasVATCategory(l.Taxes, l.Group) }},
		{id: "BR-DEC-23", test: func(_ *run, l *semantic.Line) *breach { return twoDecimals(&l.Net) }},
	}
}

// nearest is the first group that is there.
func nearest(inner, outer semantic.Value) semantic.Value {
	if inner.Present() {
		return inner
	}
	return outer
}

// netPriceSign: the net price is not below zero. An absent price breaks this rule too.
func netPriceSign(_ *run, l *semantic.Line) *breach {
	price := &l.Price.Net
	if unreadable(price) || (price.Present() && !price.Decimal.IsNegative()) {
		return nil
	}
	return at(price.Value, nearest(l.Price.Group, l.Group))
}

// grossPriceSign: the gross price is not below zero.
func grossPriceSign(_ *run, l *semantic.Line) *breach {
	if l.Price.Gross.Valid && l.Price.Gross.Decimal.IsNegative() {
		return at(l.Price.Gross.Value, l.Price.Group)
	}
	return nil
}

// itemScheme: a standard identifier names its scheme; in CII the scheme has a text.
func itemScheme(r *run, l *semantic.Line) *breach {
	switch id := &l.Item.StandardID; {
	case !id.Present():
		return nil
	case r.ubl:
		return exists(id.Scheme, id.Value)
	default:
		return filled(id.Scheme, id.Value)
	}
}

// linePeriodRules are those of the period of a line.
func linePeriodRules() []rule[*semantic.Period] {
	return []rule[*semantic.Period]{
		{id: "BR-30", test: periodInOrder},
		{id: "BR-CO-20", test: func(_ *run, p *semantic.Period) *breach {
			return either(p.Start.Value, p.End.Value, p.Group)
		}},
	}
}

// classificationRules are those of a classification of an item.
func classificationRules() []rule[*semantic.Classification] {
	return []rule[*semantic.Classification]{
		{id: "BR-65", test: func(r *run, c *semantic.Classification) *breach {
			switch {
			case !c.Code.Present():
				return nil
			case r.ubl:
				return exists(c.List, c.Code)
			default:
				return filled(c.List, c.Code)
			}
		}},
	}
}

// attributeRules are those of an attribute of an item.
func attributeRules() []rule[*semantic.ItemAttribute] {
	return []rule[*semantic.ItemAttribute]{
		{id: "BR-54", test: func(_ *run, a *semantic.ItemAttribute) *breach {
			if a.Name.Present() && a.Value.Present() {
				return nil
			}
			return &breach{at: a.Group}
		}},
	}
}
