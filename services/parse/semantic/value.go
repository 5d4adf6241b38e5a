package semantic

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Value is one text of an invoice, or the element of a group, and where it stands. The zero
// Value is one that the invoice does not have. A path is only made when it is asked for: most
// values never need one.
type Value struct {
	// Text is without white space around it; "" for the element of a group.
	Text string
	node *xmltree.Node
	// attribute is the position of an attribute of node, counted from 1; 0 is the node itself.
	attribute int16
}

// Element is the value of an element; the zero Value for nil.
func Element(n *xmltree.Node) Value {
	if n == nil {
		return Value{}
	}
	return Value{Text: n.Text(), node: n}
}

// Attribute is the value of an attribute without a namespace; the zero Value when the element
// has none of that name.
func Attribute(n *xmltree.Node, local string) Value {
	if n == nil {
		return Value{}
	}
	position := int16(0)
	for i := range n.Attributes {
		position++ // a guard lets few attributes through
		if a := &n.Attributes[i]; a.Local == local && a.Space == "" {
			return Value{Text: strings.Trim(a.Value, xmltree.Space), node: n, attribute: position}
		}
	}
	return Value{}
}

// Present tells whether the invoice has the element or attribute, even an empty one.
func (v Value) Present() bool { return v.node != nil }

// Element is the name of the element that the value is or stands in, without its namespace; ""
// for an absent one.
func (v Value) Element() string {
	if v.node == nil {
		return ""
	}
	return v.node.Local
}

// Blank tells whether there is no text: the value is absent or empty.
func (v Value) Blank() bool { return v.Text == "" }

// HasContent tells whether the element holds other elements.
func (v Value) HasContent() bool { return v.node != nil && len(v.node.Children) > 0 }

// Normal is the text with each run of white space made one space, as normalize-space() of
// XPath does.
func (v Value) Normal() string {
	if strings.IndexFunc(v.Text, isLongSpace) < 0 && !strings.Contains(v.Text, "  ") {
		return v.Text
	}
	return strings.Join(strings.Fields(v.Text), " ")
}

func isLongSpace(c rune) bool { return c == '\t' || c == '\r' || c == '\n' }

// Place is where the value stands in the source; the zero Place for an absent one.
func (v Value) Place() source.Place {
	switch {
	case v.node == nil:
		return source.Place{}
	case v.attribute > 0:
		return source.Place{
			Path:   v.node.Path() + "/@" + source.Cut(v.node.Attributes[v.attribute-1].Local),
			Offset: v.node.Offset,
		}
	default:
		return v.node.Place()
	}
}

// Number is an amount, a quantity, a price or a percentage. Its text is kept, because rules
// count decimals.
type Number struct {
	Value
	Decimal decimal.Decimal // meaningful when Valid
	Valid   bool            // Text is a plain decimal number
	// Unit is the currency of an amount or the unit of a quantity, where the syntax puts it
	// beside the number.
	Unit Value
}

// NumberOf reads a value as a number.
func NumberOf(v, unit Value) Number {
	n := Number{Value: v, Unit: unit}
	if v.Present() {
		n.Decimal, n.Valid = parseNumber(v.Text)
	}
	return n
}

// maxNumber bounds the characters of a number; no honest amount or quantity comes near.
const maxNumber = 40

// parseNumber reads a decimal as XML Schema part 2 section 3.2.3 writes it: a sign, digits, a
// point. No exponent, no grouping, no currency sign.
func parseNumber(s string) (decimal.Decimal, bool) {
	if len(s) > maxNumber {
		return decimal.Decimal{}, false
	}
	digits, points, small := 0, 0, int64(0)
	exponent := int32(0)
	for i, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits++
			if digits <= smallDigits {
				small = small*10 + int64(c-'0')
			}
			if points > 0 {
				exponent--
			}
		case c == '.':
			points++
		case (c == '-' || c == '+') && i == 0:
		default:
			return decimal.Decimal{}, false
		}
	}
	if digits == 0 || points > 1 {
		return decimal.Decimal{}, false
	}
	if digits > smallDigits {
		d, err := decimal.NewFromString(s)
		return d, err == nil
	}
	if s[0] == '-' {
		small = -small
	}
	return decimal.New(small, exponent), true
}

// smallDigits fit an int64 whatever they are.
const smallDigits = 18

// Date is a civil date and the format that the syntax declares for it, if it does.
type Date struct {
	Value
	Day   money.Date // meaningful when Valid
	Valid bool
	// Format is the code of the format (UNTDID 2379) that CII declares, "102" for YYYYMMDD.
	Format string
}

// DateOf reads a value as XML Schema writes a date: YYYY-MM-DD, and a time zone that is
// checked for its shape and left out.
func DateOf(v Value) Date {
	d := Date{Value: v}
	if !v.Present() || len(v.Text) < dateLength || !isZone(v.Text[dateLength:]) {
		return d
	}
	day, err := money.ParseDate(v.Text[:dateLength])
	d.Day, d.Valid = day, err == nil
	return d
}

// dateLength is that of YYYY-MM-DD.
const dateLength = 10

func isZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != len("+00:00") || (s[0] != '+' && s[0] != '-') || s[3] != ':' {
		return false
	}
	for _, i := range []int{1, 2, 4, 5} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
