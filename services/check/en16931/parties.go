package en16931

import (
	"slices"

	"github.com/countersign/countersign/services/check/codes"
	"github.com/countersign/countersign/services/parse/semantic"
)

// parties runs the rules of the parties, of what they name and of when they deliver.
func (r *run) parties() {
	inv := r.inv
	apply(r, sellerRules(), &inv.Seller)
	apply(r, buyerRules(), &inv.Buyer)
	if inv.Payee.Group.Present() {
		apply(r, payeeRules(), &inv.Payee)
	}
	if inv.TaxRepresentative.Group.Present() {
		apply(r, representativeRules(), &inv.TaxRepresentative)
	}
	each(r, precedingRules(), inv.Preceding)
	each(r, supportRules(), inv.Documents)
	each(r, deliveryRules(), inv.Deliveries)
	each(r, deliveryRules(), inv.OtherDeliveries)
	each(r, periodRules(), inv.Periods)
	each(r, periodRules(), inv.OtherPeriods)
	each(r, vatIdentifierRules(), inv.VATIdentifiers)
}

// each runs a table of rules on each part of a list.
func each[T any](r *run, rules []rule[*T], parts []T) {
	for i := range parts {
		apply(r, rules, &parts[i])
	}
}

// sellerRules are those of the seller.
func sellerRules() []rule[*semantic.Party] {
	return []rule[*semantic.Party]{
		{id: "BR-09", test: addressCountry},
		{id: "BR-62", test: endpointScheme},
		{id: "BR-CO-26", test: sellerIdentified},
	}
}

// buyerRules are those of the buyer.
func buyerRules() []rule[*semantic.Party] {
	return []rule[*semantic.Party]{
		{id: "BR-11", test: addressCountry},
		{id: "BR-63", test: endpointScheme},
	}
}

// addressCountry: an address names its country. CII asks for the country of seller and buyer
// whether there is an address or not.
func addressCountry(r *run, p *semantic.Party) *breach {
	if r.ubl && !p.Address.Group.Present() {
		return nil
	}
	if p.Address.Group.Present() {
		return filled(p.Address.Country, p.Address.Group)
	}
	return &breach{at: p.Group}
}

// endpointScheme: an electronic address names its scheme; in CII the scheme has a text.
func endpointScheme(r *run, p *semantic.Party) *breach {
	switch {
	case !p.Endpoint.Present():
		return nil
	case r.ubl:
		return exists(p.Endpoint.Scheme, p.Endpoint.Value)
	default:
		return filled(p.Endpoint.Scheme, p.Endpoint.Value)
	}
}

// sepaScheme marks a creditor identifier, which does not identify the seller in UBL.
const sepaScheme = codes.SEPA

// sellerIdentified: an identifier, a registration or a VAT identifier of the seller.
func sellerIdentified(r *run, p *semantic.Party) *breach {
	if !p.Group.Present() || p.VAT().Present() || p.Legal.Present() {
		return nil
	}
	if slices.ContainsFunc(p.Identifiers, func(id semantic.Identifier) bool {
		return !r.ubl || id.Scheme.Text != sepaScheme
	}) {
		return nil
	}
	return &breach{at: p.Group}
}

// payeeRules are those of the payee.
func payeeRules() []rule[*semantic.Party] {
	return []rule[*semantic.Party]{{id: "BR-17", test: payeeNamed}}
}

// payeeNamed: a payee is named only when it is another than the seller. UBL compares it with
// the trading name and the identifiers of the seller; CII with the name, the registration and
// the identifiers that are not global ones.
func payeeNamed(r *run, p *semantic.Party) *breach {
	seller := &r.inv.Seller
	name := seller.TradingName
	if !r.ubl {
		name = seller.Name
		if p.Legal.Present() && seller.Legal.Present() && p.Legal.Text == seller.Legal.Text {
			return at(p.Legal.Value, p.Group)
		}
	}
	if !p.Name.Present() || (name.Present() && name.Text == p.Name.Text) {
		return at(p.Name, p.Group)
	}
	ofSeller := make(map[string]bool, len(seller.Identifiers))
	for _, id := range seller.Identifiers {
		if id.Element() == "ID" {
			ofSeller[id.Text] = true
		}
	}
	for _, id := range p.Identifiers {
		if ofSeller[id.Text] && id.Element() == "ID" {
			return at(id.Value, p.Group)
		}
	}
	return nil
}

// representativeRules are those of the seller's tax representative.
func representativeRules() []rule[*semantic.Party] {
	return []rule[*semantic.Party]{
		{id: "BR-18", test: func(_ *run, p *semantic.Party) *breach { return filled(p.Name, p.Group) }},
		{id: "BR-19", test: func(_ *run, p *semantic.Party) *breach { return exists(p.Address.Group, p.Group) }},
		{id: "BR-20", test: addressCountry},
		{id: "BR-56", test: func(r *run, p *semantic.Party) *breach {
			if r.ubl {
				return exists(p.VAT(), p.Group)
			}
			return filled(p.VAT(), p.Group)
		}},
	}
}

// deliveryRules are those of a delivery.
func deliveryRules() []rule[*semantic.Delivery] {
	return []rule[*semantic.Delivery]{
		{id: "BR-57", test: func(r *run, d *semantic.Delivery) *breach {
			switch address := &d.Address; {
			case !address.Group.Present():
				return nil
			case r.ubl:
				return exists(address.Country, address.Group)
			default:
				return filled(address.Country, address.Group)
			}
		}},
	}
}

// periodRules are those of a period of the invoice.
func periodRules() []rule[*semantic.Period] {
	return []rule[*semantic.Period]{
		{id: "BR-29", test: periodInOrder},
		{id: "BR-CO-19", test: func(r *run, p *semantic.Period) *breach {
			if r.ubl && p.Code.Present() { // the code of the tax point stands here
				return nil
			}
			return either(p.Start.Value, p.End.Value, p.Group)
		}},
	}
}

// periodInOrder: a period does not end before it starts. CII compares two texts that declare
// the format of a day, and takes any others for out of order.
func periodInOrder(r *run, p *semantic.Period) *breach {
	switch {
	case !p.Start.Present() || !p.End.Present():
		return nil
	case !r.ubl && p.Start.Format == cii102 && p.End.Format == cii102 && p.End.Text >= p.Start.Text:
		return nil
	case r.ubl && (!p.Start.Valid || !p.End.Valid || !p.End.Day.Before(p.Start.Day)):
		return nil
	}
	return &breach{at: p.End.Value, claimed: p.End.Text}
}

// vatIdentifierRules are those of every VAT identifier.
func vatIdentifierRules() []rule[*semantic.Value] {
	return []rule[*semantic.Value]{{id: "BR-CO-09", test: vatPrefix}}
}

// prefixLength is that of the country in a VAT identifier.
const prefixLength = 2

// vatPrefix: a VAT identifier begins with the country that gave it. An empty one passes in UBL.
func vatPrefix(r *run, id *semantic.Value) *breach {
	prefix := id.Text
	if runes := []rune(prefix); len(runes) > prefixLength {
		prefix = string(runes[:prefixLength])
	}
	if r.ubl && (prefix == "" || codes.VATCountryPrefixUBL(prefix)) {
		return nil
	}
	if !r.ubl && codes.VATCountryPrefixCII(prefix) {
		return nil
	}
	return at(*id, r.inv.Root)
}
