package app

import (
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// claimOf draws the terms of the seller's claim from the papers of a pack: what enters the
// ledger's fingerprints. The parties are the registered organisations, not what a paper
// calls them; goods are the papers they travel or lie under.
func claimOf(papers []Document, seller, obligor Organisation) (trade.Claim, *parse.Document, error) {
	invoice := (*parse.Document)(nil)
	goods := []string{}
	for _, d := range papers {
		if d.Fields == nil {
			continue
		}
		switch d.Fields.Kind {
		case parse.Invoice:
			if invoice != nil {
				return trade.Claim{}, nil, fault(CodePackPapers, "documents", "a pack has one invoice: open another pack for the other")
			}
			invoice = d.Fields
		case parse.BillOfLading:
			goods = append(goods, issuer(d.Fields.Carrier)+" "+d.Fields.Number)
		case parse.WarehouseReceipt:
			goods = append(goods, issuer(d.Fields.Warehouse)+" "+d.Fields.Number)
		case parse.PurchaseOrder, parse.CreditNote, parse.DebitNote, parse.DespatchAdvice, parse.ReceiptAdvice,
			parse.PackingList, parse.CustomsDeclaration, parse.PaymentAdvice, parse.Other:
		}
	}
	if invoice == nil {
		return trade.Claim{}, nil, fault(CodePackPapers, "documents", "the invoice is missing: upload it")
	}
	if invoice.Totals.Payable == nil || invoice.Number == "" || invoice.IssueDate.IsZero() {
		return trade.Claim{}, nil, fault(CodePackPapers, "documents", "the invoice lacks a number, a date or a payable amount")
	}
	amount, err := money.Parse(invoice.Totals.Payable.String(), money.Currency(invoice.Currency))
	if err != nil {
		return trade.Claim{}, nil, fault(CodePackPapers, "documents", "the payable amount is not one of its currency: %s", err)
	}
	return trade.Claim{
		SellerID: seller.RegistrationID, ObligorID: obligor.RegistrationID, Number: invoice.Number,
		IssueDate: invoice.IssueDate, Amount: amount, Order: invoice.OrderRef, Goods: goods,
	}, invoice, nil
}

// issuer is the best identifier a paper gives of who issued it.
func issuer(p parse.Party) string {
	for _, id := range []string{p.RegistrationID, p.LEI, p.VAT, p.Name} {
		if strings.TrimSpace(id) != "" {
			return id
		}
	}
	return ""
}
