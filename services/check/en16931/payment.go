package en16931

import (
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/semantic"
)

// payments runs the rules of the payment instructions.
func (r *run) payments() {
	for i := range r.inv.Payments {
		p := &r.inv.Payments[i]
		apply(r, paymentRules(), p)
		if r.isTransfer(p) {
			for k := range p.Accounts {
				apply(r, accountRules(), &p.Accounts[k])
			}
		}
		if p.Card.Group.Present() {
			apply(r, cardRules(), &p.Card)
		}
	}
}

// isTransfer tells the means that are a credit transfer (UNTDID 4461): 30, and 58 for SEPA.
func (r *run) isTransfer(p *semantic.Payment) bool {
	return p.Code.Text == "30" || p.Code.Text == "58"
}

// paymentRules are those of a set of payment instructions.
func paymentRules() []rule[*semantic.Payment] {
	return []rule[*semantic.Payment]{
		{id: "BR-49", test: func(_ *run, p *semantic.Payment) *breach { return exists(p.Code, p.Group) }},
		{id: "BR-61", test: transferAccount},
	}
}

// transferAccount: a credit transfer says which account. CII asks it of an account that is
// there, and not of instructions without any.
func transferAccount(r *run, p *semantic.Payment) *breach {
	if !r.isTransfer(p) {
		return nil
	}
	if !r.ubl {
		for i := range p.Accounts {
			if a := &p.Accounts[i]; !a.IBAN.Present() && !a.Proprietary.Present() {
				return &breach{at: a.Group}
			}
		}
		return nil
	}
	for i := range p.Accounts {
		if p.Accounts[i].ID.Present() {
			return nil
		}
	}
	return &breach{at: p.Group}
}

// accountRules are those of the account of a credit transfer.
func accountRules() []rule[*semantic.Account] {
	return []rule[*semantic.Account]{
		{id: "BR-50", test: func(_ *run, a *semantic.Account) *breach {
			if !a.IBAN.Blank() || !a.Proprietary.Blank() {
				return nil
			}
			return filled(a.ID, a.Group)
		}},
	}
}

// cardDigits are as many digits of a card number as an invoice may show.
const cardDigits = 10

// cardRules are those of a payment card.
func cardRules() []rule[*semantic.Card] {
	return []rule[*semantic.Card]{
		{id: "BR-51", warns: true, test: func(_ *run, c *semantic.Card) *breach {
			if utf8.RuneCountInString(c.Number.Normal()) <= cardDigits {
				return nil
			}
			return &breach{at: c.Number} // never repeats the number
		}},
	}
}
