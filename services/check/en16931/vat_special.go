package en16931

import (
	"github.com/countersign/countersign/services/parse/semantic"
)

// minimalText: the artefact of UBL takes a date or a country for absent when it has fewer
// characters.
const minimalText = 2

// intraUnionSupply are BR-IC-11 and BR-IC-12: with a row of this category the invoice says when
// and to which country it was delivered.
func (r *run) intraUnionSupply() {
	row := r.rowOf(intraUnion)
	if row == nil {
		return
	}
	if !r.deliveryDated() {
		r.add("BR-IC-11", Fatal, &breach{at: row.Group})
	}
	for i := range r.inv.Deliveries {
		country := r.inv.Deliveries[i].Address.Country
		if country.Present() && (!r.ubl || len(country.Text) >= minimalText) {
			return
		}
	}
	r.add("BR-IC-12", Fatal, &breach{at: row.Group})
}

// rowOf is the first row of the document in a category of VAT.
func (r *run) rowOf(code string) *semantic.VATBreakdown {
	for i := range r.inv.Breakdown {
		row := &r.inv.Breakdown[i]
		if row.Category.VAT && row.Category.Code.Normal() == code {
			return row
		}
	}
	return nil
}

// deliveryDated: a date of delivery or a period. UBL takes any content of a period, CII its
// start or its end.
func (r *run) deliveryDated() bool {
	for i := range r.inv.Deliveries {
		date := r.inv.Deliveries[i].Date
		if date.Present() && (!r.ubl || len(date.Text) >= minimalText) {
			return true
		}
	}
	for i := range r.inv.Periods {
		p := &r.inv.Periods[i]
		if p.Start.Present() || p.End.Present() || (r.ubl && p.Group.HasContent()) {
			return true
		}
	}
	return false
}

// nothingSubject are BR-O-11 to BR-O-14: with a row that is not subject to VAT there is no
// other category, in rows (11), lines (12), allowances (13) and charges (14). UBL counts only
// categories of VAT, but also those without a code; CII counts codes whatever the tax, rows and
// lines together, allowances and charges together.
func (r *run) nothingSubject() {
	if r.rowOf(notSubject) == nil {
		return
	}
	var others [semantic.OfElsewhere + 1]*semantic.CategoryUse
	for i := range r.inv.Categories {
		use := &r.inv.Categories[i]
		counts := use.VAT
		if !r.ubl {
			counts = use.Code.Present()
		}
		if counts && use.Code.Normal() != notSubject && others[use.Of] == nil {
			others[use.Of] = use
		}
	}
	rows := others[semantic.OfBreakdown]
	items := first(others[semantic.OfLine], others[semantic.OfSubLine])
	allowances, charges := others[semantic.OfAllowance], others[semantic.OfCharge]
	if !r.ubl {
		rows = first(rows, items)
		items = rows
		allowances = first(allowances, charges, others[semantic.OfUnclear])
		charges = allowances
	}
	r.another("BR-O-11", rows)
	r.another("BR-O-12", items)
	r.another("BR-O-13", allowances)
	r.another("BR-O-14", charges)
}

func first(uses ...*semantic.CategoryUse) *semantic.CategoryUse {
	for _, use := range uses {
		if use != nil {
			return use
		}
	}
	return nil
}

func (r *run) another(id string, use *semantic.CategoryUse) {
	if use != nil {
		r.add(id, Fatal, at(use.Code, use.Group))
	}
}
