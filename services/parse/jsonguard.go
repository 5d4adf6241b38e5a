package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonNode is one value of a guarded JSON document, with its bytes from start to end.
type jsonNode struct {
	value   any      // string, json.Number, bool or nil; for the others see members
	object  bool     // keys belong to members
	array   bool     // members have no keys
	keys    []string // in the order of the file
	members []*jsonNode
	start   int
	end     int
}

// jsonGuard reads JSON into a tree. encoding/json alone matches keys in any case, lets the
// last of two equal keys win, replaces broken characters, and has no limits.
type jsonGuard struct {
	limits   Limits
	source   []byte
	offset   int // of the decoder's first byte in the file
	decoder  *json.Decoder
	elements int
	path     []string // steps to the value being read; written out only for a fault
}

// tree reads one document; several roots, and anything that is not exactly JSON, are refused.
func (g *jsonGuard) tree(b []byte) (*jsonNode, *Fault) {
	if !utf8.Valid(b) {
		return nil, fault(CodeEncoding, "", "The file is not in UTF-8; ask the sender to save it as UTF-8.")
	}
	g.source = trimBOM(b)
	g.offset = len(b) - len(g.source)
	g.decoder = json.NewDecoder(bytes.NewReader(g.source))
	g.decoder.UseNumber()
	root, f := g.next(1)
	if f != nil {
		return nil, f
	}
	if rest := bytes.TrimLeft(g.source[g.decoder.InputOffset():], xmlSpace); len(rest) > 0 {
		return nil, fault(CodeSecondRoot, "",
			"The file goes on after the document; send each document as its own file.")
	}
	if !json.Valid(g.source) {
		return nil, fault(CodeMalformed, "", "This is not correct JSON; send the file again, unchanged.")
	}
	return root, nil
}

// pointer is the JSON Pointer of the value being read.
func (g *jsonGuard) pointer() string {
	var p strings.Builder
	for _, step := range g.path {
		p.WriteString("/" + escapePointer(cut(step)))
	}
	return p.String()
}

// within reads the next value one step further in.
func (g *jsonGuard) within(step string, depth int) (*jsonNode, *Fault) {
	g.path = append(g.path, step)
	node, f := g.next(depth)
	g.path = g.path[:len(g.path)-1]
	return node, f
}

// next reads the next value, with everything inside it.
func (g *jsonGuard) next(depth int) (*jsonNode, *Fault) {
	token, start, f := g.token()
	if f != nil {
		return nil, f
	}
	g.elements++
	if g.elements > g.limits.Elements {
		return nil, tooMany(g.pointer(), "values", g.limits.Elements)
	}
	node := &jsonNode{start: start}
	delim, nested := token.(json.Delim)
	if !nested {
		node.value = token
		node.end = int(g.decoder.InputOffset()) + g.offset
		return node, nil
	}
	if depth > g.limits.JSONDepth {
		return nil, fault(CodeDepth, g.pointer(), "Values are nested more than "+
			strconv.Itoa(g.limits.JSONDepth)+" deep, which no trade document needs.")
	}
	node.object, node.array = delim == '{', delim == '['
	if node.object {
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
	node.end = int(g.decoder.InputOffset()) + g.offset
	return node, nil
}

func (g *jsonGuard) members(node *jsonNode, depth int) *Fault {
	seen := map[string]bool{}
	for g.decoder.More() {
		token, _, f := g.token()
		if f != nil {
			return f
		}
		key, ok := token.(string)
		if !ok {
			return fault(CodeMalformed, g.pointer(), "This is not correct JSON; send the file again, unchanged.")
		}
		if seen[key] {
			return fault(CodeDuplicate, g.pointer()+"/"+escapePointer(cut(key)),
				"This member stands twice; ask the sender which value holds, and for a corrected file.")
		}
		seen[key] = true
		member, f := g.within(key, depth+1)
		if f != nil {
			return f
		}
		node.keys = append(node.keys, key)
		node.members = append(node.members, member)
	}
	return nil
}

func (g *jsonGuard) items(node *jsonNode, depth int) *Fault {
	for g.decoder.More() {
		item, f := g.within(strconv.Itoa(len(node.members)), depth+1)
		if f != nil {
			return f
		}
		node.members = append(node.members, item)
	}
	return nil
}

// token reads one token and tells where in the file it starts.
func (g *jsonGuard) token() (json.Token, int, *Fault) {
	before := int(g.decoder.InputOffset())
	token, err := g.decoder.Token()
	if err != nil {
		return nil, 0, malformedJSON(err, g.pointer(), before+g.offset)
	}
	after := int(g.decoder.InputOffset())
	raw := g.source[before:after]
	start := after - len(bytes.TrimLeft(raw, xmlSpace+",:"))
	if text, ok := token.(string); ok {
		if len(text) > g.limits.Text {
			return nil, 0, tooMany(g.pointer(), "bytes in one text", g.limits.Text)
		}
		if !honestEscapes(string(g.source[start:after])) {
			return nil, 0, fault(CodeEncoding, g.pointer(),
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

// plain is the value as encoding/json would have it, for the schema to judge.
func (n *jsonNode) plain() any {
	switch {
	case n.object:
		m := make(map[string]any, len(n.keys))
		for i, key := range n.keys {
			m[key] = n.members[i].plain()
		}
		return m
	case n.array:
		list := make([]any, len(n.members))
		for i, item := range n.members {
			list[i] = item.plain()
		}
		return list
	default:
		return n.value
	}
}

// member is the value of a key, nil when there is none.
func (n *jsonNode) member(key string) *jsonNode {
	for i, k := range n.keys {
		if k == key {
			return n.members[i]
		}
	}
	return nil
}

// escapePointer writes a key as a step of a JSON Pointer (RFC 6901, section 3).
func escapePointer(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

func malformedJSON(err error, pointer string, offset int) *Fault {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset += int(syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault(CodeMalformed, pointer, "The JSON breaks off here; send the whole file.")
	}
	return fault(CodeMalformed, pointer, "The JSON is wrong near byte "+strconv.Itoa(offset)+
		"; send the file again, unchanged.")
}
