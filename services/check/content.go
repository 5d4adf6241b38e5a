package check

import "github.com/countersign/countersign/services/parse"

// requirement is a field that a kind of document cannot be judged without.
type requirement struct {
	field string
	what  string
	has   func(*parse.Document) bool
}

var (
	needsNumber = requirement{"number", "number", func(d *parse.Document) bool { return d.Number != "" }}
	needsIssue  = requirement{"issue_date", "date of issue", func(d *parse.Document) bool { return !d.IssueDate.IsZero() }}
	needsSeller = requirement{"seller.name", "seller", func(d *parse.Document) bool { return d.Seller.Name != "" }}
	needsBuyer  = requirement{"buyer.name", "buyer", func(d *parse.Document) bool { return d.Buyer.Name != "" }}
	needsLines  = requirement{"lines", "line of goods", func(d *parse.Document) bool { return len(d.Lines) > 0 }}
	needsMoney  = requirement{"currency", "currency", func(d *parse.Document) bool { return d.Currency != "" }}
	needsSum    = requirement{"totals.payable", "payable amount", func(d *parse.Document) bool { return d.Totals.Payable != nil }}
	needsTaker  = requirement{"consignee.name", "buyer or consignee", func(d *parse.Document) bool {
		return d.Consignee.Name != "" || d.Buyer.Name != ""
	}}
	needsCarrier  = requirement{"carrier.name", "carrier", func(d *parse.Document) bool { return d.Carrier.Name != "" }}
	needsOperator = requirement{"warehouse.name", "warehouse operator", func(d *parse.Document) bool { return d.Warehouse.Name != "" }}
	needsType     = requirement{"transport.type", "type of the bill", func(d *parse.Document) bool { return d.Transport.Type != "" }}
	needsArrival  = requirement{"delivery_date", "day of receipt", func(d *parse.Document) bool { return !d.DeliveryDate.IsZero() }}
	needsInvoices = requirement{"invoice_refs", "number of the invoice it is for", func(d *parse.Document) bool {
		return len(d.InvoiceRefs) > 0
	}}
)

// requirements lists what each kind needs before another paper can be held against it.
func requirements(k parse.Kind) []requirement {
	switch k {
	case parse.Invoice, parse.CreditNote, parse.DebitNote:
		return []requirement{needsNumber, needsIssue, needsSeller, needsBuyer, needsMoney, needsLines, needsSum}
	case parse.PurchaseOrder:
		return []requirement{needsNumber, needsIssue, needsSeller, needsBuyer, needsLines}
	case parse.DespatchAdvice, parse.PackingList:
		return []requirement{needsNumber, needsIssue, needsSeller, needsTaker, needsLines}
	case parse.ReceiptAdvice:
		return []requirement{needsNumber, needsIssue, needsSeller, needsTaker, needsLines, needsArrival}
	case parse.BillOfLading:
		return []requirement{needsNumber, needsIssue, needsCarrier, needsSeller, needsType, needsLines}
	case parse.WarehouseReceipt:
		return []requirement{needsNumber, needsIssue, needsOperator, needsSeller, needsLines, needsArrival}
	case parse.CustomsDeclaration:
		return []requirement{needsNumber, needsIssue, needsSeller, needsBuyer, needsLines}
	case parse.PaymentAdvice:
		return []requirement{needsNumber, needsIssue, needsBuyer, needsMoney, needsSum, needsInvoices}
	case parse.Other:
		return nil
	}
	return nil
}

// content reports what the document lacks.
func (c *checker) content() {
	if c.doc.Kind == parse.Other {
		c.add(Finding{
			Rule: "CS-MC-01", Severity: Warning, Message: "Nothing is known yet of what this paper says.",
			Advice: "Open the paper and type in its fields.",
		})
		return
	}
	for _, r := range requirements(c.doc.Kind) {
		if !r.has(c.doc) {
			c.add(Finding{
				Rule: "CS-MC-02", Severity: Fatal, Field: r.field,
				Message: "The " + r.what + " is missing.",
				Advice:  "Ask the issuer for a document that states it.",
			})
		}
	}
	for i, l := range c.doc.Lines {
		if l.Quantity == nil && l.Packages == nil && l.Net == nil {
			c.add(Finding{
				Rule: "CS-MC-03", Severity: Warning, Field: lineKey(i) + ".quantity",
				Message: "Line " + l.ID + " states neither a quantity nor an amount.",
				Advice:  "Ask the issuer how much this line is.",
			})
		}
		if l.Quantity != nil && l.Unit == "" {
			c.add(Finding{
				Rule: "CS-MC-04", Severity: Warning, Field: lineKey(i) + ".quantity",
				Message: "The quantity of line " + l.ID + " has no unit of measure.",
				Advice:  "Ask the issuer for the unit; without it the quantity cannot be compared.",
			})
		}
	}
}
