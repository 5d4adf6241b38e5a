// Package jsontree turns the bytes of a JSON document into a tree in which every value knows its
// place. A guard stands before it: encoding/json alone matches keys in any case, lets the last
// of two equal keys win, replaces broken characters, and has no limits.
package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/source"
)

// space is white space as RFC 8259 section 2 has it.
const space = " \t\r\n"

// Node is one value of a guarded JSON document, with its bytes from start to end.
type Node struct {
	Value   any      // string, json.Number, bool or nil; for the others see Members
	Object  bool     // Keys belong to Members
	Array   bool     // Members have no keys
	Keys    []string // in the order of the file
	Members []*Node
	Start   int
	End     int
}

// Parse reads one document into a tree; several roots, and anything that is not exactly JSON,
// are refused.
func Parse(b []byte, l source.Limits) (*Node, *source.Fault) {
	g := guard{limits: l}
	return g.tree(b)
}

type guard struct {
	limits   source.Limits
	source   []byte
	offset   int // of the decoder's first byte in the file
	decoder  *json.Decoder
	elements int
	path     []string // steps to the value being read; written out only for a fault
}

// tree reads one document; several roots, and anything that is not exactly JSON, are refused.
func (g *guard) tree(b []byte) (*Node, *source.Fault) {
	if !utf8.Valid(b) {
		return nil, source.New(source.CodeEncoding,
			"", "The file is not in UTF-8; ask the sender to save it as UTF-8.")
	}
	g.source = source.TrimBOM(b)
	g.offset = len(b) - len(g.source)
	g.decoder = json.NewDecoder(bytes.NewReader(g.source))
	g.decoder.UseNumber()
	root, f := g.next(1)
	if f != nil {
		return nil, f
	}
	if rest := bytes.TrimLeft(g.source[g.decoder.InputOffset():], space); len(rest) > 0 {
		return nil, source.New(source.CodeSecondRoot, "",
			"The file goes on after the document; send each document as its own file.")
	}
	if !json.Valid(g.source) {
		return nil, source.New(source.CodeMalformed,
			"", "This is not correct JSON; send the file again, unchanged.")
	}
	return root, nil
}

// pointer is the JSON Pointer of the value being read.
func (g *guard) pointer() string {
	var p strings.Builder
	for _, step := range g.path {
		p.WriteString("/" + Escape(source.Cut(step)))
	}
	return p.String()
}

// within reads the next value one step further in.
func (g *guard) within(step string, depth int) (*Node, *source.Fault) {
	g.path = append(g.path, step)
	node, f := g.next(depth)
	g.path = g.path[:len(g.path)-1]
	return node, f
}

// next reads the next value, with everything inside it.
func (g *guard) next(depth int) (*Node, *source.Fault) {
	token, start, f := g.token()
	if f != nil {
		return nil, f
	}
	g.elements++
	if g.elements > g.limits.Values {
		return nil, source.TooMany(g.pointer(), "values", g.limits.Values)
	}
	node := &Node{Start: start}
	delim, nested := token.(json.Delim)
	if !nested {
		node.Value = token
		node.End = int(g.decoder.InputOffset()) + g.offset
		return node, nil
	}
	if depth > g.limits.JSONDepth {
		return nil, source.New(source.CodeDepth, g.pointer(), "Values are nested more than "+
			strconv.Itoa(g.limits.JSONDepth)+" deep, which no trade document needs.")
	}
	node.Object, node.Array = delim == '{', delim == '['
	if node.Object {
		f = g.members(node, depth)
	} else {
		f = g.items(node, depth)
	}
	if f != nil {
		return nil, f
	}
	if _, _, f := g.token(); f != nil { // the closing bracket
		return nil, f
	}
	node.End = int(g.decoder.InputOffset()) + g.offset
	return node, nil
}

func (g *guard) members(node *Node, depth int) *source.Fault {
	seen := map[string]bool{}
	for g.decoder.More() {
		token, _, f := g.token()
		if f != nil {
			return f
		}
		key, ok := token.(string)
		if !ok {
			return source.New(source.CodeMalformed, g.pointer(),
				"This is not correct JSON; send the file again, unchanged.")
		}
		if seen[key] {
			return source.New(source.CodeDuplicate, g.pointer()+"/"+Escape(source.Cut(key)),
				"This member stands twice; ask the sender which value holds, and for a corrected file.")
		}
		seen[key] = true
		member, f := g.within(key, depth+1)
		if f != nil {
			return f
		}
		node.Keys = append(node.Keys, key)
		node.Members = append(node.Members, member)
	}
	return nil
}

func (g *guard) items(node *Node, depth int) *source.Fault {
	for g.decoder.More() {
		item, f := g.within(strconv.Itoa(len(node.Members)), depth+1)
		if f != nil {
			return f
		}
		node.Members = append(node.Members, item)
	}
	return nil
}

// token reads one token and tells where in the file it starts.
func (g *guard) token() (json.Token, int, *source.Fault) {
	before := int(g.decoder.InputOffset())
	token, err := g.decoder.Token()
	if err != nil {
		return nil, 0, malformedJSON(err, g.pointer(), before+g.offset)
	}
	after := int(g.decoder.InputOffset())
	raw := g.source[before:after]
	start := after - len(bytes.TrimLeft(raw, space+",:"))
	if text, ok := token.(string); ok {
		if len(text) > g.limits.Text {
			return nil, 0, source.TooMany(g.pointer(), "bytes in one text", g.limits.Text)
		}
		if !honestEscapes(string(g.source[start:after])) {
			return nil, 0, source.New(source.CodeEncoding, g.pointer(),
				"This text has half a character or a NUL in it; ask the sender for a corrected file.")
		}
	}
	return token, start + g.offset, nil
}

// escapeLength is that of \uXXXX.
const escapeLength = 6

// honestEscapes refuses the escapes that decode to no character: half of a surrogate pair,
// which encoding/json replaces in silence, and NUL, which PostgreSQL does not hold.
func honestEscapes(raw string) bool {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			i++
			continue
		}
		unit, ok := escapedUnit(raw[i:])
		if !ok {
			i += 2 // a short escape such as \n
			continue
		}
		i += escapeLength
		switch {
		case unit == 0 || isLowSurrogate(unit):
			return false
		case unit >= 0xD800 && unit < 0xDC00:
			low, ok := escapedUnit(raw[i:])
			if !ok || !isLowSurrogate(low) {
				return false
			}
			i += escapeLength
		}
	}
	return true
}

func isLowSurrogate(unit uint64) bool { return unit >= 0xDC00 && unit <= 0xDFFF }

func escapedUnit(s string) (uint64, bool) {
	if len(s) < escapeLength || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(s[2:escapeLength], 16, 16)
	return unit, err == nil
}

// Plain is the value as encoding/json would have it, for the schema to judge.
func (n *Node) Plain() any {
	switch {
	case n.Object:
		m := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			m[key] = n.Members[i].Plain()
		}
		return m
	case n.Array:
		list := make([]any, len(n.Members))
		for i, item := range n.Members {
			list[i] = item.Plain()
		}
		return list
	default:
		return n.Value
	}
}

// Member is the value of a key, nil when there is none.
func (n *Node) Member(key string) *Node {
	for i, k := range n.Keys {
		if k == key {
			return n.Members[i]
		}
	}
	return nil
}

// At is the value at a JSON Pointer (RFC 6901), nil when there is none.
func (n *Node) At(pointer string) *Node {
	if pointer == "" {
		return n
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n == nil {
			return nil
		}
		key := Unescape(step)
		if !n.Array {
			n = n.Member(key)
			continue
		}
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(n.Members) {
			return nil
		}
		n = n.Members[i]
	}
	return n
}

// Span is where the value at a JSON Pointer stands in the bytes.
func (n *Node) Span(pointer string) (offset, length int, ok bool) {
	at := n.At(pointer)
	if at == nil {
		return 0, 0, false
	}
	return at.Start, at.End - at.Start, true
}

// Escape writes a key as a step of a JSON Pointer (RFC 6901, section 3).
func Escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// Unescape reads a step of a JSON Pointer as a key.
func Unescape(step string) string {
	return strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
}

func malformedJSON(err error, pointer string, offset int) *source.Fault {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset += int(syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return source.New(source.CodeMalformed, pointer, "The JSON breaks off here; send the whole file.")
	}
	return source.New(source.CodeMalformed, pointer, "The JSON is wrong near byte "+strconv.Itoa(offset)+
		"; send the file again, unchanged.")
}
