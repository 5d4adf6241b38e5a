package match

import (
	"cmp"
	"slices"

	"github.com/countersign/countersign/services/parse"
)

// displayOrder is the order of the columns: the way of the goods, then the claim.
func displayOrder() []parse.Kind {
	return []parse.Kind{
		parse.PurchaseOrder, parse.OrderResponse, parse.DespatchAdvice, parse.PackingList, parse.BillOfLading,
		parse.WarehouseReceipt, parse.ReceiptAdvice, parse.CustomsDeclaration, parse.Invoice,
		parse.CreditNote, parse.DebitNote, parse.PaymentAdvice, parse.Other,
	}
}

// claimOrder is who makes the claim of a fact: the first kind that states it. The invoice
// claims; where it is silent, the seller's other papers do.
func claimOrder() []parse.Kind {
	return []parse.Kind{
		parse.Invoice, parse.DespatchAdvice, parse.PackingList, parse.BillOfLading,
		parse.WarehouseReceipt, parse.CustomsDeclaration, parse.ReceiptAdvice,
		parse.OrderResponse, parse.PurchaseOrder, parse.CreditNote, parse.DebitNote,
		parse.PaymentAdvice, parse.Other,
	}
}

// rank is the position of a kind in an order; an unknown kind comes last.
func rank(order []parse.Kind, k parse.Kind) int {
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}

func compareColumns(a, b column) int {
	order := displayOrder()
	return cmp.Or(
		cmp.Compare(rank(order, a.doc.Kind), rank(order, b.doc.Kind)),
		cmp.Compare(a.doc.Number, b.doc.Number),
		cmp.Compare(a.Uploader, b.Uploader),
		cmp.Compare(a.ID, b.ID),
	)
}

// delivers tells whether a kind tells of goods that moved.
func delivers(k parse.Kind) bool {
	switch k {
	case parse.DespatchAdvice, parse.PackingList, parse.BillOfLading, parse.WarehouseReceipt,
		parse.ReceiptAdvice, parse.CustomsDeclaration:
		return true
	case parse.PurchaseOrder, parse.OrderResponse, parse.Invoice, parse.CreditNote,
		parse.DebitNote, parse.PaymentAdvice, parse.Other:
		return false
	}
	return false
}

// measures tells whether the goods of a kind are compared in numbers. Credit notes, debit
// notes and payments tell of other quantities than those traded.
func measures(k parse.Kind) bool {
	return k == parse.Invoice || k == parse.PurchaseOrder || k == parse.OrderResponse || delivers(k)
}
