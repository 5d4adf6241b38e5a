package witness

import (
	"strings"
)

// DCSA reads a transport document of DCSA eBL that stands in a member of a message, or is all of
// it when the name of the member is ""; false as in UBL.
func DCSA(b []byte, within string) (Reading, bool) {
	d := dcsaReader{fields: Reading{}, kinds: map[string]string{}}
	if within != "" {
		within += "."
	}
	ok := walkJSON(unmarked(b), func(path string, v scalar) {
		if inner, in := strings.CutPrefix(path, within); in && v.string {
			d.text(inner, strings.Join(strings.Fields(v.text), " "))
		}
	})
	for _, n := range d.numbers {
		d.numbered(n)
	}
	if len(d.orders) == 1 { // of several none is the document's
		d.fields["order_ref"] = d.orders[0]
	}
	return settled(d.fields, ok)
}

// dcsaReader files the texts of a transport document under the fields they are of.
type dcsaReader struct {
	fields  Reading
	kinds   map[string]string // what an item of a list says it is, by the path of the item
	numbers []itemText
	orders  []string // all different
}

// itemText is a number in an item of a list, whose kind may stand after it.
type itemText struct {
	item, member, text string
}

func (d *dcsaReader) text(path, text string) {
	switch path {
	case "transportDocumentReference":
		d.fields.first("number", text)
	case "transportDocumentTypeCode":
		d.fields.first("type_code", text)
	case "issueDate":
		d.fields.first("issue_date", text)
	case "documentParties.shipper.partyName":
		d.fields.first("seller.name", text)
	case "documentParties.issuingParty.partyName":
		d.fields.first("carrier.name", text)
	}
	item, member := path, ""
	if i := strings.LastIndex(path, "]."); i >= 0 {
		item, member = path[:i+1], path[i+len("]."):]
	}
	if strings.HasSuffix(path, "]") { // one of several values
		i := strings.LastIndexByte(path, '.') + 1
		values := path[i : i+max(strings.IndexByte(path[i:], '['), 0)]
		item, member = strings.TrimSuffix(path[:i], "."), values
	}
	switch member {
	case "type", "codeListName":
		d.kinds[item] = text
	case "value", "values", "partyCode":
		d.numbers = append(d.numbers, itemText{item, member, text})
	}
}

// numbered files a number by the list that it stands in and by what its item says it is.
func (d *dcsaReader) numbered(n itemText) {
	kind := d.kinds[n.item]
	switch list := unnumbered(n.item); list {
	case "references[]", "consignmentItems[].references[]":
		if (kind == "SPO" || kind == "CPO") && n.member != "partyCode" {
			d.order(n.text)
		}
	case "documentParties.shipper.identifyingCodes[]":
		d.code("seller", kind, n)
	case "documentParties.issuingParty.identifyingCodes[]":
		d.code("carrier", kind, n)
	case "documentParties.shipper.taxLegalReferences[]":
		d.tax("seller", kind, n)
	case "documentParties.issuingParty.taxLegalReferences[]":
		d.tax("carrier", kind, n)
	}
}

func (d *dcsaReader) order(number string) {
	for _, had := range d.orders {
		if had == number {
			return
		}
	}
	if number != "" {
		d.orders = append(d.orders, number)
	}
}

func (d *dcsaReader) code(party, kind string, n itemText) {
	if kind == "LEI" && n.member == "partyCode" {
		d.fields.filled(party+".lei", n.text)
	}
}

func (d *dcsaReader) tax(party, kind string, n itemText) {
	switch {
	case n.member != "value":
	case kind == "VAT":
		d.fields.filled(party+".vat", n.text)
	case kind == "USCC":
		d.fields.filled(party+".registration_id", n.text)
	}
}

// unnumbered is a path without the numbers of items.
func unnumbered(path string) string {
	var out strings.Builder
	inside := false
	for _, c := range path {
		if c == ']' {
			inside = false
		}
		if !inside {
			out.WriteRune(c)
		}
		if c == '[' {
			inside = true
		}
	}
	return out.String()
}
