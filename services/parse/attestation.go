package parse

import (
	"encoding/json"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// readWrapped reads a document wrapped by OpenAttestation. What the data inside are is told by
// their members, as TradeTrust's forms name them: a bill of lading, an invoice, or else a paper
// of another kind, of which only the verdict on its integrity is known. Data that are not as
// they were wrapped are read all the same, so that a person sees what was changed.
func readWrapped(version attestation.Version, tree *jsontree.Node, b []byte) *Document {
	verdict := attestation.Verify(version, tree)
	r := wrappedReader{at: verdict.Subject, doc: &Document{
		Kind: Other, Syntax: string(version), Wrapped: &verdict, Places: map[string]Place{},
		tree: tree,
	}}
	subject := attestation.Subject(version, tree)
	if subject == nil || !subject.Object {
		return r.doc
	}
	switch {
	case ladesGoods(subject):
		r.bill(subject)
	case billsSomebody(subject):
		r.invoice(subject)
	default:
		r.text(subject, "id", "number", &r.doc.Number)
	}
	return witnessed(r.doc, b)
}

// ladesGoods tells TradeTrust's bill of lading: the number and the carrier's code must be there.
func ladesGoods(n *jsontree.Node) bool {
	return jsonText(n.Member("blNumber")) != "" && n.Member("scac") != nil
}

// billsSomebody tells TradeTrust's invoice, by who bills whom and a total that is an amount.
func billsSomebody(n *jsontree.Node) bool {
	_, ok := jsonNumber(n.Member("total"))
	return ok && jsonText(n.Member("id")) != "" && n.Member("billFrom") != nil && n.Member("billTo") != nil
}

// jsonText is a text, or "" where there is none.
func jsonText(n *jsontree.Node) string {
	if n == nil {
		return ""
	}
	s, _ := n.Value.(string)
	return s
}

// jsonNumber reads an amount that a form keeps as a text or a number.
func jsonNumber(n *jsontree.Node) (decimal.Decimal, bool) {
	s := jsonText(n)
	if n != nil {
		if number, ok := n.Value.(json.Number); ok {
			s = number.String()
		}
	}
	return parseNumber(s)
}

// wrappedReader maps the data inside to a document. at is the pointer of the data.
type wrappedReader struct {
	at  string
	doc *Document
}

func (r *wrappedReader) place(key, pointer string, n *jsontree.Node) {
	r.doc.Places[key] = Place{Path: r.at + pointer, Offset: n.Start, Length: n.End - n.Start}
}

// text reads a member, given as a path of names, into a field.
func (r *wrappedReader) text(n *jsontree.Node, path, key string, to *string) {
	value := n.At("/" + path)
	if s := jsonText(value); s != "" {
		*to = s
		r.place(key, "/"+path, value)
	}
}

func (r *wrappedReader) date(n *jsontree.Node, path, key string, to *money.Date) {
	value := n.At("/" + path)
	if s := jsonText(value); s != "" {
		if d, ok := parseDate(s); ok {
			*to = d
			r.place(key, "/"+path, value)
			return
		}
		r.flaw(path, "This is not a date; write it as 2026-03-20.")
	}
}

func (r *wrappedReader) number(n *jsontree.Node, path, key string, to **decimal.Decimal) {
	value := n.At("/" + path)
	if value == nil {
		return
	}
	if d, ok := jsonNumber(value); ok {
		*to = &d
		r.place(key, "/"+path, value)
		return
	}
	if jsonText(value) != "" {
		r.flaw(path, "This is not a number; write it as 1480.00.")
	}
}

func (r *wrappedReader) flaw(path, message string) {
	if len(r.doc.Flaws) < maxFlaws {
		r.doc.Flaws = append(r.doc.Flaws, Fault{Code: source.CodeValue, Path: r.at + "/" + path, Message: message})
	}
}

func (r *wrappedReader) bill(n *jsontree.Node) {
	d, t := r.doc, &r.doc.Transport
	d.Kind = BillOfLading
	r.text(n, "blNumber", "number", &d.Number)
	r.date(n, "dateOfIssueBL", "issue_date", &d.IssueDate)
	r.text(n, "carrierName", "carrier.name", &d.Carrier.Name)
	r.text(n, "shipper/name", "seller.name", &d.Seller.Name)
	r.text(n, "shipper/address/street", "seller.address", &d.Seller.Address)
	r.text(n, "consignee/name", "consignee.name", &d.Consignee.Name)
	r.text(n, "vessel", "transport.vessel", &t.Vessel)
	r.text(n, "voyageNo", "transport.voyage", &t.Voyage)
	r.text(n, "portOfLoading", "transport.port_of_loading", &t.PortOfLoading)
	r.text(n, "portOfDischarge", "transport.port_of_discharge", &t.PortOfDischarge)
	r.text(n, "placeOfDelivery", "transport.place_of_delivery", &t.PlaceOfDelivery)
	r.date(n, "shippedOnBoardDate", "transport.shipped_on_board", &t.ShippedOnBoard)
	r.billType(n)
	packages := n.Member("packages")
	if packages == nil || !packages.Array {
		return
	}
	for i := range packages.Members {
		key, path := indexed("lines", i), "packages/"+strconv.Itoa(i)
		l := Line{ID: strconv.Itoa(i + 1)}
		r.text(n, path+"/description", key+".name", &l.Name)
		d.Lines = append(d.Lines, l)
	}
}

// billType reads the words before the consignee: to the order of somebody, or to order alone,
// which is in blank. Without such words the form does not say which kind of bill it is.
func (r *wrappedReader) billType(n *jsontree.Node) {
	words := n.At("/consignee/toOrderOfText")
	if jsonText(words) == "" {
		return
	}
	r.doc.Transport.Type = TransportToOrder
	if r.doc.Consignee.Name == "" {
		r.doc.Transport.Type = TransportBlank
	}
	r.place("transport.type", "/consignee/toOrderOfText", words)
}

func (r *wrappedReader) invoice(n *jsontree.Node) {
	d := r.doc
	d.Kind = Invoice
	r.text(n, "id", "number", &d.Number)
	r.date(n, "date", "issue_date", &d.IssueDate)
	r.text(n, "currency", "currency", &d.Currency)
	r.text(n, "billFrom/name", "seller.name", &d.Seller.Name)
	r.text(n, "billFrom/streetAddress", "seller.address", &d.Seller.Address)
	r.text(n, "billTo/name", "buyer.name", &d.Buyer.Name)
	r.text(n, "billTo/company/name", "buyer.name", &d.Buyer.Name)
	r.text(n, "billTo/company/streetAddress", "buyer.address", &d.Buyer.Address)
	r.number(n, "subtotal", "totals.tax_exclusive", &d.Totals.TaxExclusive)
	r.number(n, "taxTotal", "totals.tax", &d.Totals.Tax)
	r.number(n, "total", "totals.payable", &d.Totals.Payable)
	items := n.Member("billableItems")
	if items == nil || !items.Array {
		return
	}
	for i := range items.Members {
		key, path := indexed("lines", i), "billableItems/"+strconv.Itoa(i)
		l := Line{ID: strconv.Itoa(i + 1)}
		r.text(n, path+"/description", key+".name", &l.Name)
		r.number(n, path+"/quantity", key+".quantity", &l.Quantity)
		r.number(n, path+"/unitPrice", key+".unit_price", &l.UnitPrice)
		r.number(n, path+"/amount", key+".net", &l.Net)
		d.Lines = append(d.Lines, l)
	}
}
