package en16931

import (
	"slices"

	"github.com/countersign/countersign/services/parse/semantic"
)

// family is what the rules of one VAT category ask. The ten rules of a family have the same
// numbers in all of them.
type family struct {
	name string // in the ids of its rules: BR-<name>-01
	code string // UNTDID 5305
	rate rateKind
	// identified says who must be identified, or must not.
	identified identification
	// taxed: the tax is base times rate, rate by rate; otherwise it is zero.
	taxed bool
	// reasoned: a row must say why there is no tax; otherwise it must not.
	reasoned bool
}

// rateKind is what a rate has to be.
type rateKind uint8

const (
	ratePositive    rateKind = iota // above zero
	rateNotNegative                 // zero or more
	rateZero
	rateAbsent
)

// identification is which registrations a category needs.
type identification uint8

const (
	sellerTaxed    identification = iota // a tax registration of the seller or its representative
	sellerVAT                            // a VAT identifier of the seller or its representative
	sellerAndBuyer                       // sellerTaxed, and the buyer's VAT or legal registration
	vatOfBoth                            // sellerVAT, and the buyer's VAT identifier
	nobodyHasVAT                         // no VAT identifier of anybody
)

// families are the categories with rules of their own. The split payment (B) has only the two
// rules BR-B-01 and BR-B-02, which are rules of the document.
func families() []family {
	return []family{
		{name: "S", code: standardRate, rate: ratePositive, identified: sellerTaxed, taxed: true},
		{name: "Z", code: zeroRate, rate: rateZero, identified: sellerTaxed},
		{name: "E", code: exempt, rate: rateZero, identified: sellerTaxed, reasoned: true},
		{name: "AE", code: reverseCharge, rate: rateZero, identified: sellerAndBuyer, reasoned: true},
		{name: "IC", code: intraUnion, rate: rateZero, identified: vatOfBoth, reasoned: true},
		{name: "G", code: export, rate: rateZero, identified: sellerVAT, reasoned: true},
		{name: "O", code: notSubject, rate: rateAbsent, identified: nobodyHasVAT, reasoned: true},
		{name: "AF", code: canaryIslands, rate: rateNotNegative, identified: sellerTaxed, taxed: true},
		{name: "AG", code: ceutaMelilla, rate: rateNotNegative, identified: sellerTaxed, taxed: true},
	}
}

// familyRules lists the rules of all families.
func familyRules() []Rule {
	var rules []Rule
	list := func(name string, numbers ...string) {
		for _, number := range numbers {
			rules = append(rules, Rule{ID: "BR-" + name + "-" + number, Severity: Fatal, InCII: Fatal})
		}
	}
	for _, f := range families() {
		list(f.name, "01", "02", "03", "04", "05", "06", "07", "08", "09", "10")
	}
	list("IC", "11", "12")
	list("O", "11", "12", "13", "14")
	return rules
}

// families runs the rules of every category that the invoice uses.
func (r *run) families() {
	var present [len(categoryCodes)]*family
	known := families()
	for i := range known {
		c := r.facts.of(known[i].code)
		if !c.used() {
			continue
		}
		present[index(known[i].code)] = &known[i]
		r.presence(&known[i], c)
		r.identifiers(&known[i], c)
	}
	r.rates(&present)
	for i := range r.inv.Breakdown {
		row := &r.inv.Breakdown[i]
		if k := index(row.Category.Code.Normal()); k >= 0 && present[k] != nil {
			r.familyRow(present[k], &r.facts.categories[k], row)
		}
	}
	r.intraUnionSupply()
	r.nothingSubject()
}

// breaks files a breach of a rule of a family; nil is none.
func (r *run) breaks(f *family, number string, b *breach) {
	if b != nil {
		r.add("BR-"+f.name+"-"+number, Fatal, b)
	}
}

// presence is rule 01: what is used has a row, and a row is of something that is used. The
// categories with one rate have exactly one row.
func (r *run) presence(f *family, c *category) {
	var holds bool
	switch {
	case f.taxed && r.ubl:
		holds = r.taxedPresence(f, c)
	case f.taxed:
		// CII counts uses and rows together: two of one and none of the other pass.
		holds = (c.items == 0 || c.items+c.rows >= 2) && (c.adjustments == 0 || c.adjustments+c.rows >= 2)
	case r.ubl:
		// Any use as VAT asks for one row; a category without VAT asks for nothing.
		used := c.itemsVAT + c.adjustmentsVAT + c.othersVAT + c.rowsVAT
		holds = used == 0 || c.rowsVAT == 1
	case f.code == notSubject:
		holds = c.rows == 0 || (c.rows == 1 && c.items+c.adjustments > 0)
	default:
		holds = c.rows+c.items+c.adjustments == 0 || (c.rows == 1 && c.items+c.adjustments > 0)
	}
	if !holds {
		r.breaks(f, "01", &breach{at: c.first, claimed: f.code})
	}
}

// taxedPresence: in UBL the standard rate counts whatever the tax, the Canary Islands' and
// Ceuta's count only VAT; of the rows of the Canary Islands, those of any tax may do.
func (r *run) taxedPresence(f *family, c *category) bool {
	used, rows, rowsVAT := c.items+c.adjustments, c.rows, c.rows
	if f.code != standardRate {
		used, rowsVAT = c.itemsVAT+c.adjustmentsVAT, c.rowsVAT
	}
	if f.code == ceutaMelilla {
		rows = c.rowsVAT
	}
	if used > 0 {
		return rows > 0
	}
	return rowsVAT == 0
}

// identifiers are rules 02 (lines), 03 (allowances) and 04 (charges): who must be identified
// when the category is used there.
func (r *run) identifiers(f *family, c *category) {
	allowance, charge := c.allowance, c.charge
	if r.ubl && f.code == notSubject { // here UBL looks at the document's own alone
		allowance, charge = c.ownAllowance, c.ownCharge
	}
	ok := r.identified(f.identified)
	if r.ubl && f.code == standardRate && c.items > 0 && c.itemsVAT == 0 {
		// The artefact of UBL holds for lines of VAT and for no lines: any others break it.
		r.breaks(f, "02", &breach{at: c.first})
	}
	if c.item.Present() && !ok {
		r.breaks(f, "02", &breach{at: c.item})
	}
	if allowance.Present() && !ok {
		r.breaks(f, "03", &breach{at: allowance})
	}
	if charge.Present() && !ok {
		r.breaks(f, "04", &breach{at: charge})
	}
}

// identified tells whether those are registered who must be. For the seller's tax
// registration UBL takes any, CII a VAT identifier or one of the tax office (FC).
func (r *run) identified(by identification) bool {
	inv := r.inv
	seller, buyer := inv.Seller.VAT().Present(), inv.Buyer.VAT().Present()
	representative := inv.TaxRepresentative.VAT().Present()
	taxed := seller || representative || slices.ContainsFunc(inv.Seller.Registrations,
		func(t semantic.TaxRegistration) bool { return t.ID.Present() && (r.ubl || t.Other == taxOffice) })
	switch by {
	case sellerTaxed:
		return taxed
	case sellerVAT:
		return seller || representative
	case sellerAndBuyer:
		return taxed && (buyer || inv.Buyer.Legal.Present())
	case vatOfBoth:
		return (seller || representative) && buyer
	case nobodyHasVAT:
		return !seller && !representative && !buyer
	}
	return false
}

// taxOffice is the scheme in CII of a registration with a tax office that is no VAT identifier.
const taxOffice = "FC"
