package check

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/countersign/countersign/services/parse"
)

// texts reports characters that make a text look other than it is: controls, the characters
// that turn the direction of writing or take no space, and letters of one script among those of
// another. The text itself is kept.
func (c *checker) texts() {
	d := c.doc
	c.text("number", d.Number)
	c.text("order_ref", d.OrderRef)
	c.text("contract_ref", d.ContractRef)
	for _, list := range []struct {
		key  string
		refs []string
	}{
		{"invoice_refs", d.InvoiceRefs},
		{"despatch_refs", d.DespatchRefs},
		{"transport_refs", d.TransportRefs},
		{"receipt_refs", d.ReceiptRefs},
	} {
		for i, ref := range list.refs {
			c.text(list.key+"["+strconv.Itoa(i)+"]", ref)
		}
	}
	for _, p := range c.parties() {
		c.text(p.key+".name", p.Name)
		c.text(p.key+".registration_id", p.RegistrationID)
		c.text(p.key+".vat", p.VAT)
		c.text(p.key+".address", p.Address)
	}
	for i, a := range d.Accounts {
		c.text(accountKey(i)+".holder", a.Holder)
		c.text(accountKey(i)+".number", a.Number)
	}
	for i, l := range d.Lines {
		c.text(lineKey(i)+".name", l.Name)
		c.text(lineKey(i)+".seller_item_id", l.SellerItemID)
		c.text(lineKey(i)+".buyer_item_id", l.BuyerItemID)
		c.text(lineKey(i)+".lot", l.Lot)
	}
	c.text("transport.vessel", d.Transport.Vessel)
	c.text("storage.location", d.Storage.Location)
}

func (c *checker) text(field, s string) {
	for _, r := range s {
		if deceives(r) {
			c.add(Finding{
				Rule: "CS-TX-01", Severity: Warning, Field: field, Claimed: strconv.QuoteToASCII(s),
				Message: "This text has hidden characters in it that can make it look other than it is.",
			})
			return
		}
	}
	// Names of goods are left out: units and grades such as μm and kΩ stand in them.
	if !strings.HasPrefix(field, "lines[") && mixed(s) {
		c.add(Finding{
			Rule: "CS-TX-02", Severity: Warning, Field: field, Claimed: strconv.QuoteToASCII(s),
			Message: "A word in this text mixes letters of two scripts that look alike, such as Latin and Cyrillic.",
		})
	}
}

// mixed tells a text with a word of both Latin letters and letters of a script whose letters look
// like them (Unicode Technical Standard 39, section 5.2): a name that reads like another.
func mixed(s string) bool {
	latin, alike := false, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee):
			alike = true
		case !unicode.IsMark(r): // a word ends
			latin, alike = false, false
		}
		if latin && alike {
			return true
		}
	}
	return false
}

// deceives tells the characters that hide: control characters, the bidirectional controls
// (Unicode Standard Annex 9, section 2) and those without a width. The joiners U+200C and
// U+200D are left out, because Persian and Indic scripts need them.
func deceives(r rune) bool {
	switch {
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r == '\u200B', r == '\u2060', r == '\uFEFF', r == '\u00AD', r == unicode.ReplacementChar:
		return true
	default:
		return false
	}
}

type namedParty struct {
	key string
	parse.Party
}

// parties are all the parties of the document with their keys.
func (c *checker) parties() []namedParty {
	d := c.doc
	return []namedParty{
		{"seller", d.Seller},
		{"buyer", d.Buyer},
		{"carrier", d.Carrier},
		{"warehouse", d.Warehouse},
		{"consignee", d.Consignee},
		{"payee", d.Payee},
		{"storage.holder", d.Storage.Holder},
	}
}

func accountKey(i int) string { return "accounts[" + strconv.Itoa(i) + "]" }
