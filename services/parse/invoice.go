package parse

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// invoiceDocument makes a document of an invoice in either syntax of EN 16931. Kind is what the
// root element says; the type code may say it more exactly. B are the bytes of the file.
func invoiceDocument(b []byte, inv *semantic.Invoice, syntax Syntax, root Kind) *Document {
	m := invoiceMapper{
		inv: inv, doubtful: doubtful(inv.Flaws), doc: &Document{
			Syntax: string(syntax), Semantic: inv,
			Places: make(map[string]Place, placesOfHeader+placesOfLine*len(inv.Lines)),
		},
	}
	m.doc.Flaws = append(m.doc.Flaws, inv.Flaws...)
	if xmltree.DoubtfulEncoding(b) {
		m.doc.Flaws = append(m.doc.Flaws, *source.New(source.CodeEncoding, "", "The file says it is in ISO-8859-1 "+
			"and is not, so that programs read its letters differently; ask the sender to save it as UTF-8."))
	}
	m.header()
	m.doc.Kind = kindOfCode(m.doc.TypeCode, root)
	m.party(&inv.Seller, "seller", &m.doc.Seller)
	m.party(&inv.Buyer, "buyer", &m.doc.Buyer)
	m.party(&inv.Payee, "payee", &m.doc.Payee)
	m.references()
	m.delivery()
	m.accounts()
	m.adjustments()
	m.taxes()
	m.totals()
	for i := range inv.Lines {
		m.line(&inv.Lines[i], indexed("lines", i))
	}
	return witnessed(m.doc, b)
}

// About as many values of an invoice, and of a line of it, have a place.
const placesOfHeader, placesOfLine = 50, 12

// invoiceMapper takes the terms of an invoice over into a document. Its setters leave a field
// that is set already, so that terms can be listed in the order of preference.
type invoiceMapper struct {
	inv      *semantic.Invoice
	doc      *Document
	doubtful []doubt
}

// doubt is about the value of one element, or about everything in it too.
type doubt struct {
	path   string
	inside bool
}

// doubtful lists the elements that flaws are about: of a value that stands twice the first,
// which a binding has taken, is as doubtful as the second, which the flaw names.
func doubtful(flaws []source.Fault) []doubt {
	var doubts []doubt
	for _, f := range flaws {
		d := doubt{path: f.Path, inside: f.Code == source.CodeDuplicate}
		if i := strings.LastIndexByte(f.Path, '['); d.inside && i >= 0 {
			d.path = f.Path[:i] + "[1]"
		}
		doubts = append(doubts, d)
	}
	return doubts
}

// trusted tells whether a value may be taken over.
func (m *invoiceMapper) trusted(v semantic.Value) bool {
	if len(m.doubtful) == 0 {
		return true
	}
	path := v.Place().Path
	for _, d := range m.doubtful {
		rest, found := strings.CutPrefix(path, d.path)
		if found && (rest == "" || d.inside && rest[0] == '/') {
			return false
		}
	}
	return true
}

// folded is a text with its runs of white space made one space: they are line breaks of the
// file, not of the value.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m *invoiceMapper) text(v semantic.Value, key string, to *string) {
	if *to != "" || v.Blank() || !m.trusted(v) {
		return
	}
	if *to = folded(v.Text); *to != "" {
		m.doc.Places[key] = v.Place()
	}
}

// list adds a text to a list.
func (m *invoiceMapper) list(v semantic.Value, key string, to *[]string) {
	text := ""
	m.text(v, indexed(key, len(*to)), &text)
	if text != "" {
		*to = append(*to, text)
	}
}

func (m *invoiceMapper) date(d semantic.Date, key string, to *money.Date) {
	switch {
	case !to.IsZero() || d.Blank() || !m.trusted(d.Value):
	case d.Valid:
		*to = d.Day
		m.doc.Places[key] = d.Place()
	default:
		m.flaw(source.CodeValue, d.Value, source.Quoted(d.Text)+
			" is not a date as its syntax writes one; ask the sender for a corrected file.")
	}
}

// number tells whether it has set the field.
func (m *invoiceMapper) number(n semantic.Number, key string, to **decimal.Decimal) bool {
	switch {
	case *to != nil || n.Blank() || !m.trusted(n.Value):
		return false
	case !n.Valid:
		m.flaw(source.CodeValue, n.Value, source.Quoted(n.Text)+
			" is not a plain decimal number; ask the sender for a corrected file.")
		return false
	}
	*to = &n.Decimal
	m.doc.Places[key] = n.Place()
	return true
}

// amount is a number in the currency of the document. A document has one currency; where its
// header names none, the payable amount does, or else the first amount that does.
func (m *invoiceMapper) amount(n semantic.Number, key string, to **decimal.Decimal) {
	if !m.number(n, key, to) || n.Unit.Blank() || n.Unit.Text == m.doc.Currency {
		return
	}
	if m.doc.Currency == "" {
		m.text(n.Unit, "currency", &m.doc.Currency)
		return
	}
	m.flaw(source.CodeCurrency, n.Value, "This amount is in "+source.Quoted(n.Unit.Text)+
		" in a document in "+source.Quoted(m.doc.Currency)+"; ask the sender for one document a currency.")
}

func (m *invoiceMapper) flaw(code string, at semantic.Value, message string) {
	if len(m.doc.Flaws) < maxFlaws {
		m.doc.Flaws = append(m.doc.Flaws, *source.New(code, at.Place().Path, message))
	}
}

func (m *invoiceMapper) header() {
	inv, doc := m.inv, m.doc
	m.text(inv.Specification, "profile", &doc.Profile)
	m.text(inv.Number, "number", &doc.Number)
	m.text(inv.TypeCode, "type_code", &doc.TypeCode)
	m.text(inv.Currency, "currency", &doc.Currency)
	m.text(inv.Totals.Payable.Unit, "currency", &doc.Currency)
	m.date(inv.IssueDate, "issue_date", &doc.IssueDate)
	m.date(inv.DueDate, "due_date", &doc.DueDate)
	for _, p := range inv.Payments {
		m.date(p.Due, "due_date", &doc.DueDate)
	}
}

// kindOfCode separates the kinds that share a root element (UNTDID 1001, the subset of
// EN 16931): credit notes and debit notes.
func kindOfCode(code string, root Kind) Kind {
	switch code {
	case "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532":
		return CreditNote
	case "80", "84", "383":
		return DebitNote
	default:
		return root
	}
}

func (m *invoiceMapper) references() {
	inv, doc := m.inv, m.doc
	m.text(inv.Order, "order_ref", &doc.OrderRef)
	m.text(inv.Contract, "contract_ref", &doc.ContractRef)
	for _, p := range inv.Preceding {
		m.list(p.Number, "invoice_refs", &doc.InvoiceRefs)
	}
	for _, v := range inv.DespatchAdvice {
		m.list(v, "despatch_refs", &doc.DespatchRefs)
	}
	for _, v := range inv.ReceiptAdvice {
		m.list(v, "receipt_refs", &doc.ReceiptRefs)
	}
	for i := range inv.Documents {
		d := &inv.Documents[i]
		switch {
		case isTransportPaper(d.TypeCode.Text):
			m.list(d.Reference.Value, "transport_refs", &doc.TransportRefs)
		case isStoragePaper(d.TypeCode.Text):
			m.list(d.Reference.Value, "receipt_refs", &doc.ReceiptRefs)
		}
	}
}

func (m *invoiceMapper) delivery() {
	if len(m.inv.Deliveries) == 0 {
		return
	}
	d := &m.inv.Deliveries[0]
	m.date(d.Date, "delivery_date", &m.doc.DeliveryDate)
	m.text(d.Name, "consignee.name", &m.doc.Consignee.Name)
	m.address(&d.Address, "transport.place_of_delivery", &m.doc.Transport.PlaceOfDelivery)
}

// accounts reads where the money is to go. CII says which number is an IBAN; UBL does not.
func (m *invoiceMapper) accounts() {
	for i := range m.inv.Payments {
		for j := range m.inv.Payments[i].Accounts {
			from, key := &m.inv.Payments[i].Accounts[j], indexed("accounts", len(m.doc.Accounts))
			var a Account
			if from.IBAN.Present() || looksLikeIBAN(from.ID.Text) {
				m.text(from.ID, key+".iban", &a.IBAN)
			} else {
				m.text(from.ID, key+".number", &a.Number)
			}
			if a == (Account{}) {
				continue
			}
			m.text(from.Name, key+".holder", &a.Holder)
			m.text(from.BIC, key+".bic", &a.BIC)
			m.doc.Accounts = append(m.doc.Accounts, a)
		}
	}
}

// looksLikeIBAN tells an IBAN from a domestic number by its first four characters, two
// letters and two digits (ISO 13616-1); whether it is a right one is for package check.
func looksLikeIBAN(s string) bool {
	return len(s) >= 4 && isLetter(s[0]) && isLetter(s[1]) && isDigit(s[2]) && isDigit(s[3])
}

func isLetter(c byte) bool { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
