package semantic

import (
	"strings"

	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// binder fills an invoice from a tree. Each setter takes an element the first time it is met;
// once more is a flaw, except for the setters of what the syntax lets repeat. A binder without
// an invoice keeps no flaws: it reads again what has been read.
type binder struct {
	inv *Invoice
}

// value is the text of an element, with a flaw when it is not one plain text.
func (b *binder) value(n *xmltree.Node) Value {
	if !n.IsPlain() {
		if _, f := n.Value(); f != nil {
			b.flaw(n, f.Code, f.Message)
		}
	}
	return Element(n)
}

// set takes the one element of a term.
func (b *binder) set(to *Value, n *xmltree.Node) {
	if b.first(n, to) {
		*to = b.value(n)
	}
}

// setFirst takes the first of several elements that the syntax allows.
func (b *binder) setFirst(to *Value, n *xmltree.Node) {
	if !to.Present() {
		*to = b.value(n)
	}
}

// group notes the element of a group, and tells whether it is to be read: not when it is
// there twice.
func (b *binder) group(to *Value, n *xmltree.Node) bool {
	if !b.first(n, to) {
		return false
	}
	*to = Element(n)
	return true
}

// number takes a number with the attribute that says its unit; "" for a number without.
func (b *binder) number(to *Number, n *xmltree.Node, unit string) {
	if b.first(n, &to.Value) {
		*to = b.readNumber(n, unit)
	}
}

// readNumber is the number that an element holds, with a flaw when it holds something else.
func (b *binder) readNumber(n *xmltree.Node, unit string) Number {
	var u Value
	if unit != "" {
		u = Attribute(n, unit)
	}
	number := NumberOf(b.value(n), u)
	if !number.Valid && !number.Blank() {
		b.flaw(n, source.CodeValue,
			source.Quoted(number.Text)+" is not a plain decimal number; ask the sender for a corrected file.")
	}
	return number
}

// date takes a date as XML Schema writes it.
func (b *binder) date(to *Date, n *xmltree.Node) {
	if !b.first(n, &to.Value) {
		return
	}
	*to = DateOf(b.value(n))
	if !to.Valid && !to.Blank() {
		b.flaw(n, source.CodeValue,
			source.Quoted(to.Text)+" is not a date (YYYY-MM-DD); ask the sender for a corrected file.")
	}
}

func (b *binder) identifier(to *Identifier, n *xmltree.Node) {
	if b.first(n, &to.Value) {
		*to = Identifier{Value: b.value(n), Scheme: Attribute(n, "schemeID")}
	}
}

// first is false, with a flaw, when the term has been taken already.
func (b *binder) first(n *xmltree.Node, to *Value) bool {
	if !to.Present() {
		return true
	}
	b.flaw(n, source.CodeDuplicate, "This element may stand only once here; "+
		"ask the sender which value holds, and for a corrected file.")
	return false
}

func (b *binder) flaw(n *xmltree.Node, code, message string) {
	if b.inv != nil && len(b.inv.Flaws) < maxFlaws {
		b.inv.Flaws = append(b.inv.Flaws, source.Fault{Code: code, Path: n.Path(), Message: message})
	}
}

// foreign notes an element of a namespace that the syntax does not use: a program that looks at
// names alone takes it for one of the invoice.
func (b *binder) foreign(n *xmltree.Node) {
	b.flaw(n, source.CodeNamespace, "The element "+source.Quoted(n.Local)+" is of the namespace "+
		source.Quoted(n.Space)+", in which an invoice has none of that name; ask the sender to leave it out.")
}

// use lists a use of a code.
func (b *binder) use(of CodeKind, code Value) {
	b.inv.Codes = append(b.inv.Codes, CodeUse{Of: of, Code: code})
}

// isVAT tells whether a tax scheme or tax type is VAT, in capitals or not.
func isVAT(scheme string) bool {
	return len(scheme) == len("VAT") && strings.EqualFold(scheme, "VAT")
}

// boolean reads an indicator (XML Schema part 2 section 3.2.2): false, false when it is none.
func boolean(s string) (yes, ok bool) {
	switch s {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	default:
		return false, false
	}
}
