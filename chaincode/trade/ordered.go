package trade

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// ordered makes canonical JSON of what json.Marshal wrote, where that takes no more than
// sorting keys: no escapes, whole numbers below 10^15, keys in ASCII. Nearly all that the
// ledger holds is of this kind, and the general way costs as much as all else that the law
// does. It gives up (false) on everything else; a fuzz test holds it to the general way.
func ordered(raw []byte) ([]byte, bool) {
	if bytes.IndexByte(raw, '\\') >= 0 || !utf8.Valid(raw) {
		return nil, false
	}
	o := orderer{in: raw, out: make([]byte, 0, len(raw))}
	end := o.value(0, 0)
	return o.out, end == len(raw)
}

const (
	maxDepth   = 32
	maxDigits  = 15 // fewer than 2^53 has: every reader keeps the number exactly
	unfamiliar = -1 // is returned instead of a position
	lastASCII  = 0x7F
)

// orderer walks over valid compact JSON and writes it with its keys sorted.
type orderer struct{ in, out []byte }

// value writes the value at a position and returns the position after it.
func (o *orderer) value(at, depth int) int {
	if at >= len(o.in) || depth > maxDepth {
		return unfamiliar
	}
	switch o.in[at] {
	case '{':
		return o.object(at+1, depth+1)
	case '[':
		return o.array(at+1, depth+1)
	case '"':
		return o.copyTo(at, o.closing(at))
	case 't', 'n':
		return o.copyTo(at, at+len("true")) // or null
	case 'f':
		return o.copyTo(at, at+len("false"))
	}
	return o.number(at)
}

// copyTo writes the input up to a position as it is.
func (o *orderer) copyTo(from, to int) int {
	if to < from || to > len(o.in) {
		return unfamiliar
	}
	o.out = append(o.out, o.in[from:to]...)
	return to
}

// closing finds the end of the text that begins at a position; there are no escapes.
func (o *orderer) closing(at int) int {
	n := bytes.IndexByte(o.in[at+1:], '"')
	if n < 0 {
		return unfamiliar
	}
	return at + 1 + n + 1
}

// number takes whole numbers only, and no minus zero.
func (o *orderer) number(at int) int {
	end := at
	if o.in[end] == '-' {
		end++
	}
	first := end
	for end < len(o.in) && o.in[end] >= '0' && o.in[end] <= '9' {
		end++
	}
	digits := o.in[first:end]
	if len(digits) == 0 || len(digits) > maxDigits || (first > at && digits[0] == '0') {
		return unfamiliar
	}
	if end < len(o.in) && bytes.IndexByte([]byte(".eE"), o.in[end]) >= 0 {
		return unfamiliar
	}
	return o.copyTo(at, end)
}

func (o *orderer) array(at, depth int) int {
	o.out = append(o.out, '[')
	if at < len(o.in) && o.in[at] == ']' {
		return o.copyTo(at, at+1)
	}
	for {
		if at = o.value(at, depth); at < 0 || at >= len(o.in) {
			return unfamiliar
		}
		o.out = append(o.out, o.in[at]) // a comma or the end
		if at++; o.in[at-1] == ']' {
			return at
		}
	}
}

// member is a key of an object and where it stands, with its value, in what was written.
type member struct {
	key      []byte
	from, to int
}

func (o *orderer) object(at, depth int) int {
	start := len(o.out)
	o.out = append(o.out, '{')
	if at < len(o.in) && o.in[at] == '}' {
		return o.copyTo(at, at+1)
	}
	members := make([]member, 0, 16)
	for {
		if at >= len(o.in) || o.in[at] != '"' {
			return unfamiliar
		}
		colon := o.closing(at)
		if colon < 0 || slices.ContainsFunc(o.in[at:colon], func(c byte) bool { return c > lastASCII }) {
			return unfamiliar
		}
		m := member{key: o.in[at+1 : colon-1], from: len(o.out)}
		if at = o.value(o.copyTo(at, colon+1), depth); at < 0 || at >= len(o.in) {
			return unfamiliar
		}
		m.to = len(o.out)
		members = append(members, m)
		o.out = append(o.out, o.in[at]) // a comma or the end
		if at++; o.in[at-1] == '}' {
			break
		}
	}
	if !o.sort(start, members) {
		return unfamiliar
	}
	return at
}

// sort puts the members of the object that was written from start on into the order of their
// keys; false when one stands there twice.
func (o *orderer) sort(start int, members []member) bool {
	byKey := func(a, b member) int { return bytes.Compare(a.key, b.key) }
	if !slices.IsSortedFunc(members, byKey) {
		slices.SortFunc(members, byKey)
		written := slices.Clone(o.out[start:])
		o.out = append(o.out[:start], '{')
		for i, m := range members {
			if i > 0 {
				o.out = append(o.out, ',')
			}
			o.out = append(o.out, written[m.from-start:m.to-start]...)
		}
		o.out = append(o.out, '}')
	}
	for i := 1; i < len(members); i++ {
		if bytes.Equal(members[i-1].key, members[i].key) {
			return false
		}
	}
	return true
}
