package check

import (
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// Days that dates may lie apart before somebody should look.
const (
	clockSlack    = 1   // the day of issue may be tomorrow east of here
	maxPostdated  = 30  // a document dated further ahead is refused
	maxDelivery   = 366 // between delivery and issue
	maxCreditDays = 731 // between issue and payment
)

// dates checks the order of the dates of the document and their distance from today.
func (c *checker) dates(today money.Date) {
	d := c.doc
	if !d.IssueDate.IsZero() {
		c.issued(today)
	}
	c.notBefore("CS-DT-03", Warning, "due_date", d.DueDate, d.IssueDate,
		"Payment falls due before the document was issued.")
	if both(d.DueDate, d.IssueDate) && d.IssueDate.DaysUntil(d.DueDate) > maxCreditDays {
		c.date("CS-DT-04", Warning, "due_date", d.DueDate, "Payment falls due more than two years after issue.")
	}
	if both(d.DeliveryDate, d.IssueDate) && abs(d.IssueDate.DaysUntil(d.DeliveryDate)) > maxDelivery {
		c.date("CS-DT-05", Warning, "delivery_date", d.DeliveryDate,
			"Delivery and issue lie more than "+strconv.Itoa(maxDelivery)+" days apart.")
	}
	switch d.Kind {
	case parse.ReceiptAdvice, parse.WarehouseReceipt:
		c.notBefore("CS-DT-06", Fatal, "issue_date", d.IssueDate, d.DeliveryDate,
			"The receipt was issued before the goods were received.")
	case parse.BillOfLading:
		c.notBefore("CS-DT-07", Warning, "issue_date", d.IssueDate, d.Transport.ShippedOnBoard,
			"The bill was issued before the goods were shipped on board.")
	case parse.PurchaseOrder, parse.OrderResponse, parse.Invoice, parse.CreditNote, parse.DebitNote,
		parse.DespatchAdvice, parse.PackingList, parse.CustomsDeclaration, parse.PaymentAdvice, parse.Other:
	}
	c.notBefore("CS-DT-08", Fatal, "storage.until", d.Storage.Until, d.DeliveryDate,
		"The storage ends before it begins.")
	c.notBefore("CS-DT-09", Warning, "storage.insured_until", d.Storage.InsuredUntil, today,
		"The insurance of the stored goods has run out.")
}

func (c *checker) issued(today money.Date) {
	ahead := today.DaysUntil(c.doc.IssueDate)
	switch {
	case today.IsZero() || ahead <= clockSlack:
	case ahead > maxPostdated:
		c.date("CS-DT-01", Fatal, "issue_date", c.doc.IssueDate,
			"The document is dated more than "+strconv.Itoa(maxPostdated)+" days ahead.")
	default:
		c.date("CS-DT-02", Warning, "issue_date", c.doc.IssueDate, "The document is dated in the future.")
	}
}

// notBefore reports a date that lies before another, where both are stated.
func (c *checker) notBefore(
	rule string, s Severity, field string, date, earliest money.Date, message string,
) {
	if both(date, earliest) && date.Before(earliest) {
		c.add(Finding{
			Rule: rule, Severity: s, Field: field, Message: message,
			Claimed: date.String(), Computed: "≥ " + earliest.String(),
		})
	}
}

func (c *checker) date(rule string, s Severity, field string, date money.Date, message string) {
	c.add(Finding{
		Rule: rule, Severity: s, Field: field, Message: message, Claimed: date.String(),
	})
}

func both(a, b money.Date) bool { return !a.IsZero() && !b.IsZero() }

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
