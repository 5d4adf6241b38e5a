package dcsa

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// cursor is a value of a message with its JSON Pointer. The node is nil where the message has
// nothing; whatever is of another type than asked for reads as absent, because the schema says
// so already.
type cursor struct {
	node   *jsontree.Node
	at     string
	faults *[]source.Fault
}

func (c cursor) has() bool { return c.node != nil }

// in is a member of an object.
func (c cursor) in(key string) cursor {
	inner := cursor{at: c.at + "/" + jsontree.Escape(key), faults: c.faults}
	if c.node != nil {
		inner.node = c.node.Member(key)
	}
	return inner
}

// items are the elements of an array.
func (c cursor) items() []cursor {
	if c.node == nil || !c.node.Array {
		return nil
	}
	all := make([]cursor, len(c.node.Members))
	for i, item := range c.node.Members {
		all[i] = cursor{node: item, at: c.at + "/" + strconv.Itoa(i), faults: c.faults}
	}
	return all
}

func (c cursor) text() string {
	return textOf(c.node)
}

func textOf(n *jsontree.Node) string {
	if n == nil {
		return ""
	}
	s, _ := n.Value.(string)
	return strings.TrimSpace(s)
}

// texts are the elements of an array of texts.
func (c cursor) texts() []string {
	var all []string
	for _, item := range c.items() {
		if s := item.text(); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func (c cursor) flag() *bool {
	if c.node == nil {
		return nil
	}
	if b, ok := c.node.Value.(bool); ok {
		return &b
	}
	return nil
}

// number is an exact number; JSON has exponents, and those of an honest message are small.
func (c cursor) number() *decimal.Decimal {
	if c.node == nil || wild(c.node) {
		return nil
	}
	n, ok := c.node.Value.(json.Number)
	if !ok {
		return nil
	}
	d, err := decimal.NewFromString(n.String())
	if err != nil {
		return nil
	}
	return &d
}

// maxCount bounds the originals and copies that a message may speak of.
const maxCount = 1_000_000

func (c cursor) count() *int {
	d := c.number()
	if d == nil || !d.IsInteger() || d.IsNegative() || d.GreaterThan(decimal.NewFromInt(maxCount)) {
		return nil
	}
	n := int(d.IntPart())
	return &n
}

// day is a civil date, YYYY-MM-DD.
func (c cursor) day() money.Date {
	s := c.text()
	if s == "" {
		return money.Date{}
	}
	d, err := money.ParseDate(s)
	if err != nil {
		c.flaw("This is not a date; write it as 2026-03-20.")
		return money.Date{}
	}
	return d
}

// moment is an instant of RFC 3339. The standard's own examples put a space between the date
// and the time, which RFC 3339 section 5.6 lets parties agree on.
func (c cursor) moment() time.Time {
	s := c.text()
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	c.flaw("This is not a date with a time; write it as 2026-03-20T09:41:00Z.")
	return time.Time{}
}

// flaw notes a value that cannot be read while the rest can.
func (c cursor) flaw(message string) {
	if len(*c.faults) < maxFaults {
		*c.faults = append(*c.faults, *source.New(source.CodeValue, c.at, message))
	}
}

// The bounds of a number: more digits or a larger exponent only make arithmetic slow.
const (
	maxDigits   = 40
	maxExponent = 3 // digits of the exponent, its sign included
)

// wild tells a number that no arithmetic should touch.
func wild(n *jsontree.Node) bool {
	number, ok := n.Value.(json.Number)
	if !ok {
		return false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number.String()), "e")
	return len(mantissa) > maxDigits || len(exponent) > maxExponent
}

// unwieldy finds the first such number of a message.
func unwieldy(n *jsontree.Node, at string) (string, bool) {
	if wild(n) {
		return at, true
	}
	for i, inner := range n.Members {
		step := strconv.Itoa(i)
		if n.Object {
			step = jsontree.Escape(source.Cut(n.Keys[i]))
		}
		if found, ok := unwieldy(inner, at+"/"+step); ok {
			return found, true
		}
	}
	return "", false
}
