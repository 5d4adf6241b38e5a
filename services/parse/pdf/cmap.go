package pdf

import (
	"slices"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
)

// cmap tells the characters of codes (9.10.3).
type cmap struct {
	bytes  int // of a code, 0 when not said
	single map[int]string
	ranges []codeRange
}

type codeRange struct {
	first, last int
	to          string // of the first; the last character counts up
}

// maxCodes bounds what one table lists.
const maxCodes = 1 << 16

// readCMap reads the operators of a ToUnicode table; what it does not know it passes over.
func readCMap(b []byte, work *int) *cmap {
	out := &cmap{single: map[int]string{}}
	l := cos.NewLexer(b, work)
	var operands []cos.Object
	for {
		o, more := l.Next()
		if !more {
			slices.SortStableFunc(out.ranges, func(a, b codeRange) int { return a.first - b.first })
			return out
		}
		op, isOperator := o.(cos.Operator)
		if !isOperator {
			if len(operands) < maxOperandsOfCMap {
				operands = append(operands, o)
			}
			continue
		}
		switch op {
		case "endcodespacerange":
			if len(operands) > 0 {
				if s, ok := operands[0].(cos.String); ok && len(s) <= 4 {
					out.bytes = len(s)
				}
			}
		case "endbfchar":
			for ; len(operands) >= 2; operands = operands[2:] {
				out.add(operands[0], operands[1])
			}
		case "endbfrange":
			for ; len(operands) >= 3; operands = operands[3:] {
				out.addRange(operands[0], operands[1], operands[2])
			}
		}
		operands = operands[:0]
	}
}

// maxOperandsOfCMap is above the 100 entries that a block may have, and what some writers do.
const maxOperandsOfCMap = 3 * maxCodes

func code(o cos.Object) (int, bool) {
	s, ok := o.(cos.String)
	if !ok || len(s) == 0 || len(s) > 4 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	return n, true
}

func (c *cmap) add(from, to cos.Object) {
	n, ok := code(from)
	t, also := to.(cos.String)
	if ok && also && len(c.single) < maxCodes {
		c.single[n] = utf16Text(string(t))
	}
}

func (c *cmap) addRange(from, until, to cos.Object) {
	first, ok := code(from)
	last, also := code(until)
	if !ok || !also || last < first || len(c.ranges) >= maxCodes {
		return
	}
	switch t := to.(type) {
	case cos.String:
		c.ranges = append(c.ranges, codeRange{first: first, last: last, to: utf16Text(string(t))})
	case cos.Array:
		for i, item := range t {
			if s, ok := item.(cos.String); ok && first+i <= last && len(c.single) < maxCodes {
				c.single[first+i] = utf16Text(string(s))
			}
		}
	}
}

func (c *cmap) text(n int) (string, bool) {
	if t, ok := c.single[n]; ok {
		return t, true
	}
	i, exact := slices.BinarySearchFunc(c.ranges, n, func(r codeRange, n int) int { return r.first - n })
	if !exact {
		i--
	}
	if i < 0 || n > c.ranges[i].last || c.ranges[i].to == "" {
		return "", false
	}
	runes := []rune(c.ranges[i].to)
	runes[len(runes)-1] += rune(n - c.ranges[i].first) //nolint:gosec // bounded by the range of codes
	return string(runes), true
}
