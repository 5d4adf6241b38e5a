package semantic

import (
	"github.com/countersign/countersign/services/parse/xmltree"
)

// settlement reads what is to be paid, how and when.
func (b *ciiBinder) settlement(n *xmltree.Node) {
	inv := b.inv
	inv.Currency = b.term(n, "InvoiceCurrencyCode")
	inv.TaxCurrency = b.term(n, "TaxCurrencyCode")
	inv.AccountingRef = b.term(n, "ReceivableSpecifiedTradeAccountingAccount*/ID")
	inv.Payee = b.party(b.find(n, "PayeeTradeParty"))
	inv.Periods = b.periods(n)
	inv.Adjustments = b.adjustments(n)
	for _, row := range n.All(RAM, "ApplicableTradeTax") {
		inv.Breakdown = append(inv.Breakdown, b.breakdown(row))
	}
	for _, earlier := range n.All(RAM, "InvoiceReferencedDocument") {
		inv.Preceding = append(inv.Preceding, Preceding{
			Group: Element(earlier), Number: b.term(earlier, "IssuerAssignedID"),
			Date: b.dated(earlier, "FormattedIssueDateTime"),
		})
	}
	terms := n.All(RAM, "SpecifiedTradePaymentTerms")
	for _, t := range terms {
		if !inv.PaymentTerms.Present() {
			inv.PaymentTerms = b.term(t, "Description*")
		}
		if !inv.DueDate.Present() {
			inv.DueDate = b.dated(t, "DueDateDateTime")
		}
	}
	common := Payment{Reference: b.term(n, "PaymentReference*")}
	common.Mandate.Creditor = b.term(n, "CreditorReferenceID")
	for _, t := range terms {
		if !common.Mandate.Reference.Present() {
			common.Mandate.Reference = b.term(t, "DirectDebitMandateID*")
		}
	}
	for _, means := range n.All(RAM, "SpecifiedTradeSettlementPaymentMeans") {
		inv.Payments = append(inv.Payments, b.payment(common, means))
	}
	b.totals(b.find(n, "SpecifiedTradeSettlementHeaderMonetarySummation"))
}

// payment reads one way of paying into what CII states once for all of them.
func (b *ciiBinder) payment(p Payment, n *xmltree.Node) Payment {
	p.Group, p.Code, p.Text = Element(n), b.term(n, "TypeCode"), b.term(n, "Information*")
	if account := b.find(n, "PayeePartyCreditorFinancialAccount"); account != nil {
		a := Account{
			Group: Element(account), IBAN: b.term(account, "IBANID"),
			Proprietary: b.term(account, "ProprietaryID"), Name: b.term(account, "AccountName"),
			BIC: b.term(n, "PayeeSpecifiedCreditorFinancialInstitution/BICID"),
		}
		if a.ID = a.IBAN; a.ID.Blank() {
			a.ID = a.Proprietary
		}
		p.Accounts = []Account{a}
	}
	card := b.find(n, "ApplicableTradeSettlementFinancialCard")
	p.Card = Card{Group: Element(card), Number: b.term(card, "ID"), Holder: b.term(card, "CardholderName")}
	debtor := b.find(n, "PayerPartyDebtorFinancialAccount")
	p.Mandate.Group, p.Mandate.Account = Element(debtor), b.term(debtor, "IBANID")
	return p
}

// totals reads BG-22. The schema allows each amount several times, the standard once; only the
// total of VAT may stand in two currencies.
func (b *ciiBinder) totals(n *xmltree.Node) {
	b.inv.Totals = Totals{
		Group: Element(n), Lines: b.amount(n, "LineTotalAmount"),
		Allowances: b.amount(n, "AllowanceTotalAmount"), Charges: b.amount(n, "ChargeTotalAmount"),
		WithoutVAT: b.ownAmount(n, "TaxBasisTotalAmount"), WithVAT: b.ownAmount(n, "GrandTotalAmount"),
		Paid: b.amount(n, "TotalPrepaidAmount"), Rounding: b.amount(n, "RoundingAmount"),
		Payable: b.amount(n, "DuePayableAmount"),
	}
	for _, tax := range n.All(RAM, "TaxTotalAmount") {
		b.inv.TaxTotals = append(b.inv.TaxTotals, TaxTotal{
			Group: Element(n), Amount: b.readNumber(tax, "currencyID"),
		})
	}
}

// ownAmount is a total that Factur-X in its extended profile may state in a second currency too:
// of two the one in the currency of the invoice.
func (b *ciiBinder) ownAmount(n *xmltree.Node, name string) Number {
	all, own := n.All(RAM, name), []*xmltree.Node{}
	for _, amount := range all {
		if currency := amount.Attr("currencyID"); currency == "" || currency == b.inv.Currency.Text {
			own = append(own, amount)
		}
	}
	const inTwo = 2
	if len(all) == inTwo && len(own) == 1 {
		return b.readNumber(own[0], "currencyID")
	}
	return b.amount(n, name)
}

func (b *ciiBinder) breakdown(n *xmltree.Node) VATBreakdown {
	if point := b.dated(n, "TaxPointDate"); point.Present() {
		b.inv.TaxPoint = append(b.inv.TaxPoint, point)
	}
	if code := b.term(n, "DueDateTypeCode"); code.Present() {
		b.inv.TaxPointCode = append(b.inv.TaxPointCode, code)
	}
	return VATBreakdown{
		Group: Element(n), Base: b.amount(n, "BasisAmount"), Tax: b.amount(n, "CalculatedAmount"),
		Category: b.category(n),
	}
}

// category reads the VAT category that a tax states.
func (b *ciiBinder) category(n *xmltree.Node) TaxCategory {
	return TaxCategory{
		Group: Element(n), Code: b.term(n, "CategoryCode"),
		Rate:          b.measured(n, "RateApplicablePercent", ""),
		VAT:           isVAT(b.term(n, "TypeCode").Text),
		Exemption:     b.term(n, "ExemptionReason"),
		ExemptionCode: b.term(n, "ExemptionReasonCode"),
	}
}

// periods reads the period of the document or of a line.
func (b *ciiBinder) periods(n *xmltree.Node) []Period {
	var all []Period
	if p := b.find(n, "BillingSpecifiedPeriod"); p != nil {
		all = append(all, Period{
			Group: Element(p), Start: b.dated(p, "StartDateTime"), End: b.dated(p, "EndDateTime"),
		})
	}
	return all
}

// adjustments reads the allowances and charges of the document or of a line.
func (b *ciiBinder) adjustments(n *xmltree.Node) []Adjustment {
	var all []Adjustment
	for _, a := range n.All(RAM, "SpecifiedTradeAllowanceCharge") {
		adjustment := Adjustment{
			Group: Element(a), Indicator: b.term(a, "ChargeIndicator/udt:Indicator"),
			Amount: b.amount(a, "ActualAmount"), Base: b.amount(a, "BasisAmount"),
			Percent: b.measured(a, "CalculationPercent", ""),
			Reason:  b.term(a, "Reason"), ReasonCode: b.term(a, "ReasonCode"),
		}
		adjustment.Charge, adjustment.Indicated = boolean(adjustment.Indicator.Text)
		for _, tax := range a.All(RAM, "CategoryTradeTax") {
			adjustment.Taxes = append(adjustment.Taxes, b.category(tax))
		}
		all = append(all, adjustment)
	}
	return all
}
