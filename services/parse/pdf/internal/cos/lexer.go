package cos

import (
	"bytes"
	"strconv"
)

// maxDepth bounds arrays and dictionaries inside each other. Honest files have under ten.
const maxDepth = 64

// maxValues bounds what one value holds, all levels together.
const maxValues = 500_000

// Lexer reads values from bytes, one after another. Budget falls with each byte and each
// value taken; at its end the lexer says so and takes nothing more.
type Lexer struct {
	b      []byte
	pos    int
	budget *int
	values int // of the value that is being read, those inside it included
}

// NewLexer reads b from its start.
func NewLexer(b []byte, budget *int) *Lexer { return &Lexer{b: b, budget: budget} }

// end is what next answers when there is no further value.
type end struct{}

// closing is the end of an array or a dictionary.
type closing byte

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

// Next is the next value or operator; false at the end of the bytes, or of the budget.
func (l *Lexer) Next() (Object, bool) {
	for {
		o := l.value(0)
		switch o.(type) {
		case end:
			return nil, false
		case closing: // one too many is passed over
			continue
		}
		return o, true
	}
}

// spend takes n off the budget and tells whether there is any left.
func (l *Lexer) spend(n int) bool {
	*l.budget -= n
	return *l.budget > 0
}

func (l *Lexer) skipSpace() {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; {
		case isSpace(c):
			l.pos++
		case c == '%':
			for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

// valueCost is what one value takes off the budget besides its bytes: what it holds in memory.
const valueCost = 8

func (l *Lexer) value(depth int) Object {
	if depth == 0 {
		l.values = 0
	}
	if l.values++; l.values > maxValues {
		return end{}
	}
	start := l.pos
	l.skipSpace()
	if !l.spend(l.pos-start+valueCost) || l.pos >= len(l.b) || depth > maxDepth {
		return end{}
	}
	start = l.pos
	o := l.token(depth)
	switch o.(type) {
	case Array, Dict: // their parts have been counted
	default:
		l.spend(l.pos - start)
	}
	return o
}

func (l *Lexer) token(depth int) Object {
	c := l.b[l.pos]
	switch {
	case c == '/':
		l.pos++
		return l.name()
	case c == '(':
		return l.literal()
	case c == '<' && l.at(1) == '<':
		l.pos += 2
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case c == '[':
		l.pos++
		return l.array(depth)
	case c == '>' && l.at(1) == '>':
		l.pos += 2
		return closing('>')
	case c == ']':
		l.pos++
		return closing(']')
	case isDelimiter(c):
		l.pos++
		return Operator(c)
	default:
		return l.word()
	}
}

func (l *Lexer) at(n int) byte {
	if l.pos+n < len(l.b) {
		return l.b[l.pos+n]
	}
	return 0
}

func (l *Lexer) regular() []byte {
	start := l.pos
	for l.pos < len(l.b) && isRegular(l.b[l.pos]) {
		l.pos++
	}
	return l.b[start:l.pos]
}

func (l *Lexer) word() Object {
	w := l.regular()
	if n, ok := number(w); ok {
		return n
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return Operator(w)
}

// number reads a whole number or one with a fraction; signs that other readers take, "--5",
// are taken too.
func number(w []byte) (Object, bool) {
	negative, digits, point := false, 0, -1
	whole, fraction, scale := int64(0), int64(0), int64(1)
	for i, c := range w {
		switch {
		case c >= '0' && c <= '9':
			digits++
			if point < 0 {
				if whole < maxFixed {
					whole = whole*10 + int64(c-'0')
				}
			} else if scale < 1e9 {
				fraction, scale = fraction*10+int64(c-'0'), scale*10
			}
		case c == '.' && point < 0:
			point = i
		case (c == '-' || c == '+') && digits == 0 && point < 0:
			negative = negative || c == '-'
		case c == '-' && digits > 0: // "12-3", which some writers make of rounding errors
			continue
		default:
			return nil, false
		}
	}
	if digits == 0 {
		return nil, false
	}
	if point < 0 {
		if negative {
			whole = -whole
		}
		return Int(whole), true
	}
	fixed := min(whole, maxFixed/one)*one + fraction*one/scale
	if negative {
		fixed = -fixed
	}
	return Fixed(fixed), true
}

func (l *Lexer) name() Object {
	w := l.regular()
	if bytes.IndexByte(w, '#') < 0 {
		return Name(w)
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if n, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return Name(out)
}

// literal reads a string in parentheses (7.3.4.2).
func (l *Lexer) literal() Object {
	l.pos++
	var out []byte
	for depth := 1; l.pos < len(l.b); l.pos++ {
		c := l.b[l.pos]
		switch c {
		case '\\':
			out = l.escape(out)
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.pos++
				return String(out)
			}
		case '\r': // any end of line is a line feed
			if l.at(1) == '\n' {
				continue
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return String(out)
}

// escape reads what follows a backslash and leaves the position on its last byte.
func (l *Lexer) escape(out []byte) []byte {
	l.pos++
	c := l.at(0)
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c >= '0' && c <= '7':
		n := 0
		for i := range 3 {
			d := l.at(i)
			if d < '0' || d > '7' {
				l.pos += i - 1
				return append(out, byte(n)) // the standard ignores an overflow
			}
			n = n*8 + int(d-'0')
		}
		l.pos += 2
		return append(out, byte(n)) // the standard ignores an overflow
	case c == '\r':
		if l.at(1) == '\n' {
			l.pos++
		}
		return out
	case c == '\n' || l.pos >= len(l.b):
		return out
	default:
		return append(out, c)
	}
}

// hex reads a string in angle brackets (7.3.4.3).
func (l *Lexer) hex() Object {
	l.pos++
	var out []byte
	half, odd := byte(0), false
	for ; l.pos < len(l.b) && l.b[l.pos] != '>'; l.pos++ {
		d, ok := hexDigit(l.b[l.pos])
		switch {
		case !ok:
		case odd:
			out, odd = append(out, half<<4|d), false
		default:
			half, odd = d, true
		}
	}
	if odd {
		out = append(out, half<<4)
	}
	l.pos = min(l.pos+1, len(l.b))
	return String(out)
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	default:
		return 0, false
	}
}

func (l *Lexer) array(depth int) Object {
	out := Array{}
	for {
		o := l.value(depth + 1)
		switch o := o.(type) {
		case end, closing:
			return out
		case Operator:
			if o == "R" {
				out = reference(out)
				continue
			}
			if o == "endobj" || o == "endstream" { // the bracket is missing
				return out
			}
		}
		out = append(out, o)
	}
}

func (l *Lexer) dict(depth int) Object {
	out := Dict{}
	var pending []Object // what stands after the last key
	var key Name
	flush := func() {
		if key != "" && len(pending) > 0 {
			out[key] = pending[0]
		}
	}
	for {
		o := l.value(depth + 1)
		switch v := o.(type) {
		case end, closing:
			flush()
			return out
		case Operator:
			if v == "R" {
				pending = reference(pending)
				continue
			}
			if v == "endobj" || v == "stream" { // the brackets are missing
				l.pos -= len(v)
				flush()
				return out
			}
		case Name:
			if key == "" || len(pending) > 0 {
				flush()
				key, pending = v, pending[:0]
				continue
			}
		}
		if len(pending) < 2 {
			pending = append(pending, o)
		}
	}
}

// reference makes the last two numbers a Ref.
func reference(list []Object) []Object {
	if len(list) < 2 {
		return list
	}
	number, ok := list[len(list)-2].(Int)
	generation, also := list[len(list)-1].(Int)
	if !ok || !also || number < 0 || number > maxNumber {
		return list
	}
	return append(list[:len(list)-2], Ref{Number: int(number), Generation: int(generation)})
}

// maxNumber bounds the number of an object (ISO 32000-1, annex C).
const maxNumber = 8_388_607

// SkipImage passes over the bytes of an inline image after its operator ID, up to EI.
func (l *Lexer) SkipImage() {
	start := l.pos
	for at := l.pos; ; {
		i := bytes.Index(l.b[at:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.b)
			break
		}
		at += i
		after := at + len("EI")
		if at > start && isSpace(l.b[at-1]) && (after == len(l.b) || !isRegular(l.b[after])) {
			l.pos = after
			break
		}
		at = after
	}
	l.spend(l.pos - start)
}
