package en16931

import (
	"github.com/countersign/countersign/services/parse/semantic"
)

// adjustments runs the rules of allowances and charges on the document.
func (r *run) adjustments() {
	for i := range r.inv.Adjustments {
		a := &r.inv.Adjustments[i]
		if charge, ok := r.direction(a); ok && charge {
			apply(r, chargeRules(), a)
		} else if ok {
			apply(r, allowanceRules(), a)
		}
	}
}

// direction tells whether an adjustment is a charge; false, false when it does not say. CII
// knows only the words true and false here.
func (r *run) direction(a *semantic.Adjustment) (charge, ok bool) {
	if !r.ubl && a.Indicator.Text != "true" && a.Indicator.Text != "false" {
		return false, false
	}
	return a.Charge, a.Indicated
}

func amountIsThere(_ *run, a *semantic.Adjustment) *breach { return exists(a.Amount.Value, a.Group) }

// categoryIsThere: the VAT category of an adjustment on the document.
func categoryIsThere(_ *run, a *semantic.Adjustment) *breach {
	return hasVATCategory(a.Taxes, a.Group)
}

// hasVATCategory holds when one of the categories is of VAT and has a code.
func hasVATCategory(taxes []semantic.TaxCategory, group semantic.Value) *breach {
	for i := range taxes {
		if taxes[i].VAT && taxes[i].Code.Present() {
			return nil
		}
	}
	return &breach{at: group}
}

func reasonIsThere(_ *run, a *semantic.Adjustment) *breach {
	return either(a.Reason, a.ReasonCode, a.Group)
}

func amountDecimals(_ *run, a *semantic.Adjustment) *breach { return twoDecimals(&a.Amount) }

func baseDecimals(_ *run, a *semantic.Adjustment) *breach { return twoDecimals(&a.Base) }

// allowanceRules are those of an allowance on the document. Whether its reason and its code
// mean the same is for a person to say (BR-CO-05, and likewise BR-CO-06 to BR-CO-08).
func allowanceRules() []rule[*semantic.Adjustment] {
	return []rule[*semantic.Adjustment]{
		{id: "BR-31", test: amountIsThere},
		{id: "BR-32", test: categoryIsThere},
		{id: "BR-33", test: reasonIsThere},
		{id: "BR-CO-05"},
		{id: "BR-CO-21", test: reasonIsThere},
		{id: "BR-DEC-01", test: amountDecimals},
		{id: "BR-DEC-02", test: baseDecimals},
	}
}

// chargeRules are those of a charge on the document.
func chargeRules() []rule[*semantic.Adjustment] {
	return []rule[*semantic.Adjustment]{
		{id: "BR-36", test: amountIsThere},
		{id: "BR-37", test: categoryIsThere},
		{id: "BR-38", test: reasonIsThere},
		{id: "BR-CO-06"},
		{id: "BR-CO-22", test: reasonIsThere},
		{id: "BR-DEC-05", test: amountDecimals},
		{id: "BR-DEC-06", test: baseDecimals},
	}
}

// lineAllowanceRules are those of an allowance on a line.
func lineAllowanceRules() []rule[*semantic.Adjustment] {
	return []rule[*semantic.Adjustment]{
		{id: "BR-41", test: amountIsThere},
		{id: "BR-42", test: reasonIsThere},
		{id: "BR-CO-07"},
		{id: "BR-CO-23", test: reasonIsThere},
		{id: "BR-DEC-24", test: amountDecimals},
		{id: "BR-DEC-25", test: baseDecimals},
	}
}

// lineChargeRules are those of a charge on a line.
func lineChargeRules() []rule[*semantic.Adjustment] {
	return []rule[*semantic.Adjustment]{
		{id: "BR-43", test: amountIsThere},
		{id: "BR-44", test: reasonIsThere},
		{id: "BR-CO-08"},
		{id: "BR-CO-24", test: reasonIsThere},
		{id: "BR-DEC-27", test: amountDecimals},
		{id: "BR-DEC-28", test: baseDecimals},
	}
}
