package semantic

import (
	"encoding/xml"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// The namespaces of the Cross Industry Invoice, D16B. RAM holds nearly all of its elements.
const (
	nsUNECE = "urn:un:unece:uncefact:data:standard:"
	nsRSM   = nsUNECE + "CrossIndustryInvoice:100"
	RAM     = nsUNECE + "ReusableAggregateBusinessInformationEntity:100"
	nsUDT   = nsUNECE + "UnqualifiedDataType:100"
	nsQDT   = nsUNECE + "QualifiedDataType:100"
)

// ciiName resolves the customary prefixes of CII; a name without one is of ram.
func ciiName(step string) (space, local string) {
	prefix, local, found := strings.Cut(step, ":")
	switch {
	case !found:
		return RAM, step
	case prefix == "rsm":
		return nsRSM, local
	case prefix == "udt":
		return nsUDT, local
	case prefix == "qdt":
		return nsQDT, local
	default:
		return RAM, local
	}
}

// IsCII tells the root element of a Cross Industry Invoice D16B.
func IsCII(root xml.Name) bool {
	return root.Space == nsRSM && root.Local == "CrossIndustryInvoice"
}

// KnownInCII tells whether elements of a namespace may stand in a Cross Industry Invoice.
func KnownInCII(space string) bool {
	return space == RAM || space == nsUDT || space == nsQDT || space == nsRSM
}

// ciiBinder fills an invoice from the elements of CII. Names are of ram where they have no
// prefix. An element marked * may repeat in the standard, and its first is taken; of any other
// one that stands twice the first is taken too, and the second is a flaw.
type ciiBinder struct {
	binder
}

// find is the element at a path, nil when there is none.
func (b *ciiBinder) find(n *xmltree.Node, path string) *xmltree.Node {
	for path != "" && n != nil {
		var step string
		step, path, _ = strings.Cut(path, "/")
		n = b.step(n, step)
	}
	return n
}

func (b *ciiBinder) step(n *xmltree.Node, step string) *xmltree.Node {
	step, repeats := strings.CutSuffix(step, "*")
	space, local := ciiName(step)
	var found *xmltree.Node
	for _, child := range n.Children {
		switch {
		case child.Local != local || child.Space != space:
		case found == nil:
			found = child
			if repeats {
				return found
			}
		default:
			b.first(child, &Value{node: found})
			return found
		}
	}
	return found
}

// term is the text at a path.
func (b *ciiBinder) term(n *xmltree.Node, path string) Value { return b.leaf(b.find(n, path)) }

// leaf is the text of an element; absent for nil.
func (b *ciiBinder) leaf(n *xmltree.Node) Value {
	if n == nil {
		return Value{}
	}
	return b.value(n)
}

// measured is the number at a path, with what stands beside it as its unit.
func (b *ciiBinder) measured(n *xmltree.Node, path, unit string) Number {
	found := b.find(n, path)
	if found == nil {
		return Number{}
	}
	return b.readNumber(found, unit)
}

// amount is a number whose unit is a currency, where the syntax names one.
func (b *ciiBinder) amount(n *xmltree.Node, path string) Number {
	return b.measured(n, path, "currencyID")
}

// quantity is a number with a unit of measure.
func (b *ciiBinder) quantity(n *xmltree.Node, path string) Number {
	return b.measured(n, path, "unitCode")
}

// dated is the day in an element for a point in time, which holds one of the elements for a
// text. Where it holds none, the value is the element itself: it is there and says nothing.
func (b *ciiBinder) dated(n *xmltree.Node, path string) Date {
	found := b.find(n, path)
	if found == nil {
		return Date{}
	}
	for _, name := range []string{"udt:DateTimeString", "qdt:DateTimeString", "udt:DateString"} {
		if text := b.find(found, name); text != nil {
			return compactDate(b.leaf(text), text.Attr("format"))
		}
	}
	return Date{Value: Element(found)}
}

// formatDay is UNTDID 2379's code for YYYYMMDD, the only one that EN 16931 allows.
const formatDay = "102"

// compactDate reads a day in the format 102.
func compactDate(v Value, format string) Date {
	d := Date{Value: v, Format: format}
	if format != formatDay || len(v.Text) != len("YYYYMMDD") {
		return d
	}
	day, err := money.ParseDate(v.Text[:4] + "-" + v.Text[4:6] + "-" + v.Text[6:])
	d.Day, d.Valid = day, err == nil
	return d
}
