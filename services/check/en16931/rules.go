package en16931

import (
	"cmp"
	"slices"
)

// Rules lists every rule with its severity, by id.
func Rules() []Rule {
	all := slices.Concat(
		listed(documentRules()), listed(noteRules()), listed(precedingRules()), listed(supportRules()),
		listed(sellerRules()), listed(buyerRules()), listed(payeeRules()), listed(representativeRules()),
		listed(deliveryRules()), listed(periodRules()), listed(vatIdentifierRules()),
		listed(paymentRules()), listed(accountRules()), listed(cardRules()),
		listed(totalRules()), listed(taxTotalRules()), listed(rowRules()),
		listed(allowanceRules()), listed(chargeRules()),
		listed(lineRules()), listed(linePeriodRules()), listed(classificationRules()),
		listed(attributeRules()), listed(lineAllowanceRules()), listed(lineChargeRules()),
		familyRules(), codeRules(),
	)
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b Rule) bool { return a.ID == b.ID })
}

func listed[T any](rules []rule[T]) []Rule {
	list := make([]Rule, len(rules))
	for i, r := range rules {
		list[i] = Rule{ID: r.id, Severity: Fatal, InCII: Fatal}
		if r.warns {
			list[i].Severity = Warning
		}
	}
	return list
}
