package check

import "github.com/countersign/countersign/services/parse"

// content reports what the document lacks: each kind has fields without which no other paper
// can be held against it.
func (c *checker) content() {
	d := c.doc
	if d.Kind == parse.Other && (d.DCSA != nil || d.Wrapped != nil) {
		return // a message without a kind of its own: what is known of it is judged elsewhere
	}
	if d.Kind == parse.Other {
		c.add(Finding{
			Rule: "CS-MC-01", Severity: Warning, Message: "Nothing is known yet of what this paper says.",
		})
		return
	}
	c.require(d.Number != "", "number", "number")
	if d.DCSA == nil { // a draft of DCSA eBL has no date of issue yet: DCSA-08
		c.require(!d.IssueDate.IsZero(), "issue_date", "date of issue")
	}
	switch d.Kind {
	case parse.Invoice, parse.CreditNote, parse.DebitNote:
		c.require(d.Buyer.Name != "", "buyer.name", "buyer")
		c.require(d.Currency != "", "currency", "currency")
		c.require(d.Totals.Payable != nil, "totals.payable", "payable amount")
	case parse.PurchaseOrder, parse.CustomsDeclaration:
		c.require(d.Buyer.Name != "", "buyer.name", "buyer")
	case parse.OrderResponse:
		c.require(d.Buyer.Name != "", "buyer.name", "buyer")
		c.require(d.Seller.Name != "", "seller.name", "seller")
		c.require(d.OrderRef != "", "order_ref", "number of the order that is answered")
		c.lineContent()
		return // an answer to the order as a whole has no lines
	case parse.DespatchAdvice, parse.PackingList:
		c.require(d.Buyer.Name != "" || d.Consignee.Name != "", "consignee.name", "buyer or consignee")
	case parse.ReceiptAdvice:
		c.require(d.Buyer.Name != "" || d.Consignee.Name != "", "consignee.name", "buyer or consignee")
		c.require(!d.DeliveryDate.IsZero(), "delivery_date", "day of receipt")
	case parse.BillOfLading:
		c.require(d.Carrier.Name != "", "carrier.name", "carrier")
		c.require(d.Transport.Type != "", "transport.type", "type of the bill")
	case parse.WarehouseReceipt:
		c.require(d.Warehouse.Name != "", "warehouse.name", "warehouse operator")
		c.require(!d.DeliveryDate.IsZero(), "delivery_date", "day of receipt")
	case parse.PaymentAdvice:
		c.require(d.Buyer.Name != "", "buyer.name", "payer")
		c.require(d.Currency != "", "currency", "currency")
		c.require(d.Totals.Payable != nil, "totals.payable", "amount paid")
		c.require(len(d.InvoiceRefs) > 0, "invoice_refs", "number of the invoice that is paid")
		return
	case parse.Other: // answered above
	}
	c.require(d.Seller.Name != "", "seller.name", "seller")
	c.require(len(d.Lines) > 0, "lines", "line of goods")
	c.lineContent()
}

// require reports a field that is not there.
func (c *checker) require(there bool, field, what string) {
	if !there {
		c.add(Finding{
			Rule: "CS-MC-02", Severity: Fatal, Field: field,
			Message: "The " + what + " is missing.",
		})
	}
}

func (c *checker) lineContent() {
	for i, l := range c.doc.Lines {
		if l.Quantity == nil && l.Packages == nil && l.Net == nil {
			c.add(Finding{
				Rule: "CS-MC-03", Severity: Warning, Field: lineKey(i) + ".quantity",
				Message: "Line " + l.ID + " states neither a quantity nor an amount.",
			})
		}
		if l.Quantity != nil && l.Unit == "" {
			c.add(Finding{
				Rule: "CS-MC-04", Severity: Warning, Field: lineKey(i) + ".quantity",
				Message: "The quantity of line " + l.ID + " has no unit of measure.",
			})
		}
	}
}
