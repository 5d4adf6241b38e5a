package parse

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// The namespaces of OASIS UBL 2 (UBL 2.1, sections 2 and 3).
const (
	nsUBL = "urn:oasis:names:specification:ubl:schema:xsd:"
	nsCBC = nsUBL + "CommonBasicComponents-2"
	nsCAC = nsUBL + "CommonAggregateComponents-2"
	nsEXT = nsUBL + "CommonExtensionComponents-2"
)

// ublKind tells the kind of document from the root element; false for one we do not read.
func ublKind(root xml.Name) (Kind, bool) {
	if root.Space != nsUBL+root.Local+"-2" {
		return "", false
	}
	switch root.Local {
	case "Invoice":
		return Invoice, true
	case "CreditNote":
		return CreditNote, true
	case "Order":
		return PurchaseOrder, true
	case "OrderResponse", "OrderResponseSimple":
		return OrderResponse, true
	case "DespatchAdvice":
		return DespatchAdvice, true
	case "ReceiptAdvice":
		return ReceiptAdvice, true
	case "Waybill":
		return BillOfLading, true
	default:
		return "", false
	}
}

func readUBL(l Limits, b []byte, root xml.Name) (*Document, *Fault) {
	kind, _ := ublKind(root)
	isInvoice := kind == Invoice || kind == CreditNote
	tree, f := xmltree.Parse(b, xmltree.Options{
		Limits: l,
		Known: func(space string) bool {
			return isInvoice && space == root.Space || space == nsCBC || space == nsCAC || space == nsEXT
		},
		RootOnly:     root.Space,
		Opaque:       xml.Name{Space: nsEXT, Local: "UBLExtensions"},
		Attachment:   xml.Name{Space: nsCBC, Local: "EmbeddedDocumentBinaryObject"},
		KeepForeign:  isInvoice, // and its binding makes a flaw of it
		TakeDoubtful: isInvoice,
	})
	if f != nil {
		return nil, f
	}
	if isInvoice {
		doc := invoiceDocument(b, semantic.FromUBL(tree), SyntaxUBL, kind)
		doc.tree = tree
		return doc, nil
	}
	r := ublReader{
		paths: xmltree.Paths{Name: ublName},
		doc:   &Document{Kind: kind, Syntax: string(SyntaxUBL), Places: map[string]Place{}, tree: tree},
	}
	r.header(tree)
	switch kind {
	case PurchaseOrder:
		r.order(tree)
	case OrderResponse:
		r.orderResponse(tree)
	case DespatchAdvice:
		r.despatch(tree)
	case ReceiptAdvice:
		r.receipt(tree)
	case BillOfLading:
		r.waybill(tree)
	case Invoice, CreditNote, DebitNote, WarehouseReceipt, PackingList, CustomsDeclaration, PaymentAdvice,
		Other:
		// invoices are done, and no UBL root of the others is read
	}
	return witnessed(r.doc, b), nil
}

// ublReader maps the elements of a UBL document other than an invoice to the fields of a
// Document.
type ublReader struct {
	paths xmltree.Paths
	doc   *Document
}

// Find, List and Leaf are those of xmltree.Paths, but for what they make of a fault: a value
// that cannot be trusted is absent, with a flaw, and the rest of the document is read.

// Find returns the element at a path, nil when there is none.
func (r *ublReader) Find(n *xmltree.Node, path string) *xmltree.Node {
	found := r.paths.Find(n, path)
	r.settle()
	return found
}

// List returns all the elements at a path whose last step may repeat.
func (r *ublReader) List(n *xmltree.Node, path string) []*xmltree.Node {
	found := r.paths.List(n, path)
	r.settle()
	return found
}

// Leaf returns the element at a path and its text; nil when there is none or it is empty.
func (r *ublReader) Leaf(n *xmltree.Node, path string) (*xmltree.Node, string) {
	found, text := r.paths.Leaf(n, path)
	r.settle()
	return found, text
}

// settle makes a flaw of the fault of a path, once for each element.
func (r *ublReader) settle() {
	f := r.paths.Fault
	r.paths.Fault = nil
	if f == nil || slices.ContainsFunc(r.doc.Flaws, func(had Fault) bool {
		return had.Code == f.Code && had.Path == f.Path
	}) {
		return
	}
	r.flaw(f.Code, f.Path, f.Message)
}

// ublName resolves the customary prefixes of UBL.
func ublName(step string) (space, local string) {
	if local, ok := strings.CutPrefix(step, "cbc:"); ok {
		return nsCBC, local
	}
	return nsCAC, strings.TrimPrefix(step, "cac:")
}

// header reads what every UBL document has.
func (r *ublReader) header(n *xmltree.Node) {
	r.text(n, "cbc:CustomizationID", "profile", &r.doc.Profile)
	r.text(n, "cbc:ID", "number", &r.doc.Number)
	r.date(n, "cbc:IssueDate", "issue_date", &r.doc.IssueDate)
}

// text sets an absent text; one that is already set stays, so that sources can be listed in
// the order of preference. So do number, amount and date.
func (r *ublReader) text(n *xmltree.Node, path, key string, to *string) {
	if *to != "" {
		return
	}
	if found, value := r.Leaf(n, path); found != nil {
		*to = value
		r.doc.Places[key] = found.Place()
	}
}

// texts collects the texts of a list of elements.
func (r *ublReader) texts(n *xmltree.Node, list, path, key string, to *[]string) {
	for _, item := range r.List(n, list) {
		if found, value := r.Leaf(item, path); found != nil {
			r.doc.Places[indexed(key, len(*to))] = found.Place()
			*to = append(*to, value)
		}
	}
}

func (r *ublReader) date(n *xmltree.Node, path, key string, to *money.Date) {
	if !to.IsZero() {
		return
	}
	found, value := r.Leaf(n, path)
	if found == nil {
		return
	}
	d, ok := parseDate(value)
	if !ok {
		r.flaw(source.CodeValue, found.Path(),
			source.Quoted(value)+" is not a date (YYYY-MM-DD); ask the sender for a corrected file.")
		return
	}
	*to = d
	r.doc.Places[key] = found.Place()
}

func (r *ublReader) number(n *xmltree.Node, path, key string, to **decimal.Decimal) *xmltree.Node {
	if *to != nil {
		return nil
	}
	found, value := r.Leaf(n, path)
	if found == nil {
		return nil
	}
	d, ok := parseNumber(value)
	if !ok {
		r.flaw(source.CodeValue, found.Path(),
			source.Quoted(value)+" is not a plain decimal number; ask the sender for a corrected file.")
		return nil
	}
	*to = &d
	r.doc.Places[key] = found.Place()
	return found
}

// amount is a number in the currency of the document. A document has one currency; where
// its header names none, the amounts do.
func (r *ublReader) amount(n *xmltree.Node, path, key string, to **decimal.Decimal) {
	found := r.number(n, path, key, to)
	if found == nil {
		return
	}
	currency := found.Attr("currencyID")
	switch {
	case currency == "" || currency == r.doc.Currency:
	case r.doc.Currency == "":
		r.doc.Currency = currency
		r.doc.Places["currency"] = Place{Path: found.Path() + "/@currencyID", Offset: found.Offset}
	default:
		r.flaw(source.CodeCurrency, found.Path(), "This amount is in "+source.Quoted(currency)+
			" in a document in "+source.Quoted(r.doc.Currency)+"; ask the sender for one document a currency.")
	}
}

// maxFlaws bounds the flaws kept of one document; the first ones tell enough.
const maxFlaws = 100

func (r *ublReader) flaw(code, path, message string) {
	if len(r.doc.Flaws) < maxFlaws {
		r.doc.Flaws = append(r.doc.Flaws, *source.New(code, path, message))
	}
}

// quantity reads the quantity of a line with its unit of measure.
func (r *ublReader) quantity(n *xmltree.Node, path, line string, to *Line) {
	found := r.number(n, path, line+".quantity", &to.Quantity)
	if found == nil || found.Attr("unitCode") == "" {
		return
	}
	to.Unit = found.Attr("unitCode")
	r.doc.Places[line+".unit"] = Place{Path: found.Path() + "/@unitCode", Offset: found.Offset}
}
