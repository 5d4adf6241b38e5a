package semantic

import (
	"github.com/countersign/countersign/services/parse/xmltree"
)

// The namespaces of UBL 2 components.
const (
	nsCBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
	nsCAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	nsEXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
)

// The attributes that say the unit of a number.
const (
	currencyID = "currencyID"
	unitCode   = "unitCode"
)

// FromUBL binds a UBL 2.1 Invoice or CreditNote by its root element (CEN/TS 16931-3-2). Only
// elements of the two component namespaces are looked at.
func FromUBL(root *xmltree.Node) *Invoice {
	inv := &Invoice{Syntax: UBLInvoice, Root: Element(root)}
	if root.Local == "CreditNote" {
		inv.Syntax = UBLCreditNote
	}
	b := ublBinder{binder{inv: inv}}
	inv.Lines = make([]Line, 0, countLines(root)) // a line is large: none is copied while the list grows
	for _, n := range root.Children {
		switch n.Space {
		case nsCBC:
			b.term(n)
		case nsCAC:
			b.part(n)
		}
	}
	b.collect(root)
	return inv
}

func countLines(root *xmltree.Node) int {
	count := 0
	for _, n := range root.Children {
		if n.Space == nsCAC && isLine(n) {
			count++
		}
	}
	return count
}

// ublBinder reads a tree twice: along the structure that the standard binds, and then every
// element for what the rules reach wherever it stands.
type ublBinder struct {
	binder
}

// term reads a basic component of the document.
func (b *ublBinder) term(n *xmltree.Node) {
	inv := b.inv
	switch n.Local {
	case "CustomizationID":
		b.set(&inv.Specification, n)
	case "ProfileID":
		b.set(&inv.Process, n)
	case "ID":
		b.set(&inv.Number, n)
	case "IssueDate":
		b.date(&inv.IssueDate, n)
	case "DueDate":
		b.date(&inv.DueDate, n)
	case "InvoiceTypeCode", "CreditNoteTypeCode":
		b.set(&inv.TypeCode, n)
	case "Note":
		b.note(n)
	case "TaxPointDate":
		inv.TaxPoint = append(inv.TaxPoint, DateOf(b.value(n)))
	case "DocumentCurrencyCode":
		b.set(&inv.Currency, n)
	case "TaxCurrencyCode":
		b.set(&inv.TaxCurrency, n)
	case "AccountingCost":
		b.set(&inv.AccountingRef, n)
	case "BuyerReference":
		b.set(&inv.BuyerReference, n)
	}
}

// part reads an aggregate component of the document.
func (b *ublBinder) part(n *xmltree.Node) {
	inv := b.inv
	switch n.Local {
	case "InvoicePeriod":
		p := b.period(n)
		if p.Code.Present() {
			inv.TaxPointCode = append(inv.TaxPointCode, p.Code)
		}
		inv.Periods = append(inv.Periods, p)
	case "BillingReference":
		inv.Preceding = append(inv.Preceding, b.preceding(n))
	case "AccountingSupplierParty":
		b.supplierOrCustomer(&inv.Seller, n)
	case "AccountingCustomerParty":
		b.supplierOrCustomer(&inv.Buyer, n)
	case "PayeeParty":
		b.namedParty(&inv.Payee, n)
	case "TaxRepresentativeParty":
		b.namedParty(&inv.TaxRepresentative, n)
	case "Delivery":
		inv.Deliveries = append(inv.Deliveries, b.delivery(n))
	case "PaymentMeans":
		inv.Payments = append(inv.Payments, b.payment(n))
	case "PaymentTerms":
		for _, c := range n.All(nsCBC, "Note") {
			b.setFirst(&inv.PaymentTerms, c)
		}
		for _, c := range n.All(nsCBC, "PaymentDueDate") {
			if !inv.DueDate.Present() {
				inv.DueDate = DateOf(b.value(c))
			}
		}
	case "AllowanceCharge":
		inv.Adjustments = append(inv.Adjustments, b.adjustment(n))
	case "TaxTotal":
		b.taxTotal(n)
	case "LegalMonetaryTotal":
		b.totals(n)
	case "InvoiceLine", "CreditNoteLine":
		inv.Lines = append(inv.Lines, b.line(n))
	default:
		b.reference(n)
	}
}

// reference reads what names another document.
func (b *ublBinder) reference(n *xmltree.Node) {
	inv := b.inv
	switch n.Local {
	case "OrderReference":
		for _, c := range n.Children {
			switch {
			case c.Space == nsCBC && c.Local == "ID":
				b.set(&inv.Order, c)
			case c.Space == nsCBC && c.Local == "SalesOrderID":
				b.set(&inv.SalesOrder, c)
			}
		}
	case "DespatchDocumentReference":
		inv.DespatchAdvice = b.appendID(inv.DespatchAdvice, n)
	case "ReceiptDocumentReference":
		inv.ReceiptAdvice = b.appendID(inv.ReceiptAdvice, n)
	case "OriginatorDocumentReference":
		b.firstID(&inv.Tender, n)
	case "ContractDocumentReference":
		b.firstID(&inv.Contract, n)
	case "ProjectReference":
		b.firstID(&inv.Project, n)
	case "AdditionalDocumentReference":
		doc := b.document(n)
		if doc.TypeCode.Text == invoicedObject && !inv.Object.Present() {
			inv.Object = doc.Reference
		}
		inv.Documents = append(inv.Documents, doc)
	}
}

// invoicedObject marks the reference that is BT-18 or BT-128 (UNTDID 1001).
const invoicedObject = "130"

func (b *ublBinder) appendID(to []Value, n *xmltree.Node) []Value {
	for _, c := range n.All(nsCBC, "ID") {
		to = append(to, b.value(c))
	}
	return to
}

func (b *ublBinder) firstID(to *Value, n *xmltree.Node) {
	for _, c := range n.All(nsCBC, "ID") {
		b.setFirst(to, c)
	}
}

// note reads BG-1. UBL has no element for the subject: it is put before the text, as #CODE#.
func (b *ublBinder) note(n *xmltree.Node) {
	note := Note{Group: Element(n), Text: b.value(n)}
	if code, ok := noteSubject(note.Text.Text); ok {
		note.Subject = note.Text
		note.Subject.Text = code
		b.use(NoteSubject, note.Subject)
	}
	b.inv.Notes = append(b.inv.Notes, note)
}

func (b *ublBinder) preceding(n *xmltree.Node) Preceding {
	p := Preceding{Group: Element(n)}
	for _, ref := range n.All(nsCAC, "InvoiceDocumentReference") {
		for _, c := range ref.Children {
			switch {
			case c.Space == nsCBC && c.Local == "ID":
				b.set(&p.Number, c)
			case c.Space == nsCBC && c.Local == "IssueDate":
				b.date(&p.Date, c)
			}
		}
	}
	return p
}

func (b *ublBinder) period(n *xmltree.Node) Period {
	p := Period{Group: Element(n)}
	for _, c := range n.Children {
		if c.Space != nsCBC {
			continue
		}
		switch c.Local {
		case "StartDate":
			b.date(&p.Start, c)
		case "EndDate":
			b.date(&p.End, c)
		case "DescriptionCode":
			b.setFirst(&p.Code, c)
		}
	}
	return p
}

func (b *ublBinder) document(n *xmltree.Node) SupportingDoc {
	d := SupportingDoc{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "ID":
			b.identifier(&d.Reference, c)
		case c.Space == nsCBC && c.Local == "DocumentTypeCode":
			b.set(&d.TypeCode, c)
		case c.Space == nsCBC && c.Local == "DocumentDescription":
			b.setFirst(&d.Description, c)
		case c.Space == nsCAC && c.Local == "Attachment":
			b.attachment(&d, c)
		}
	}
	return d
}

func (b *ublBinder) attachment(d *SupportingDoc, n *xmltree.Node) {
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "EmbeddedDocumentBinaryObject":
			d.Attachment = Element(c)
			d.MIME = Attribute(c, "mimeCode")
			d.FileName = Attribute(c, "filename")
		case c.Space == nsCAC && c.Local == "ExternalReference":
			for _, uri := range c.All(nsCBC, "URI") {
				b.set(&d.URI, uri)
			}
		}
	}
}

func (b *ublBinder) delivery(n *xmltree.Node) Delivery {
	d := Delivery{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "ActualDeliveryDate":
			b.date(&d.Date, c)
		case c.Space == nsCAC && c.Local == "DeliveryLocation":
			for _, part := range c.Children {
				switch {
				case part.Space == nsCBC && part.Local == "ID":
					b.identifier(&d.Location, part)
				case part.Space == nsCAC && part.Local == "Address":
					b.address(&d.Address, part)
				}
			}
		case c.Space == nsCAC && c.Local == "DeliveryParty":
			for _, name := range c.All(nsCAC, "PartyName") {
				for _, text := range name.All(nsCBC, "Name") {
					b.setFirst(&d.Name, text)
				}
			}
		}
	}
	return d
}
