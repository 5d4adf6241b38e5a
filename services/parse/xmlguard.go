package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlSpace is white space as XML 1.0 section 2.3 has it.
const xmlSpace = " \t\r\n"

const nsXSI = "http://www.w3.org/2001/XMLSchema-instance"

// xmlGuard stands between the bytes and the mapping to fields. encoding/xml alone takes a
// second root, repeated attributes, any depth and any size; the guard refuses them.
type xmlGuard struct {
	limits Limits
	// known tells whether elements of a namespace may stand in the document.
	known func(space string) bool
	// opaque names the element under which anything well-formed may stand; it is checked
	// for size and depth and then left out of the tree.
	opaque xml.Name

	elements int
	depth    int
	skip     int // depth of the opaque element we are in, 0 outside
	root     *xmlNode
	current  *xmlNode
	siblings []map[xml.Name]*xmlNode // the last child of each name, a map for each open element
}

// tree walks the tokens once and builds the light tree of elements with their places.
func (g *xmlGuard) tree(b []byte) (*xmlNode, *Fault) {
	if f := checkXMLEncoding(b); f != nil {
		return nil, f
	}
	bom := len(b) - len(trimBOM(b))
	d := newXMLDecoder(trimBOM(b))
	for {
		start := int(d.InputOffset()) + bom
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformedXML(err, start)
		}
		if f := g.take(token, start, int(d.InputOffset())+bom); f != nil {
			return nil, f
		}
	}
	if g.root == nil {
		return nil, fault(CodeMalformed, "", "There is no XML element in this file; send the whole file.")
	}
	return g.root, nil
}

func (g *xmlGuard) take(token xml.Token, start, end int) *Fault {
	switch t := token.(type) {
	case xml.StartElement:
		return g.open(t, start)
	case xml.EndElement:
		g.close()
		return nil
	case xml.CharData:
		return g.chars(string(t), start, end)
	case xml.Directive:
		return dtdFault(g.here(start))
	case xml.Comment, xml.ProcInst:
		return nil
	default:
		return fault(CodeMalformed, g.here(start), "This is not XML; ask the sender for a correct file.")
	}
}

func (g *xmlGuard) open(t xml.StartElement, offset int) *Fault {
	if g.depth == 0 && g.root != nil {
		return fault(CodeSecondRoot, "byte "+strconv.Itoa(offset),
			"The file holds a second document after the first; send each document as its own file.")
	}
	g.depth++
	g.elements++
	if g.depth > g.limits.XMLDepth {
		return fault(CodeDepth, g.here(offset),
			"Elements are nested more than "+strconv.Itoa(g.limits.XMLDepth)+" deep, which no trade document needs.")
	}
	if g.elements > g.limits.Elements {
		return tooMany(g.here(offset), "elements", g.limits.Elements)
	}
	if f := g.checkAttributes(t, offset); f != nil {
		return f
	}
	if g.skip > 0 {
		return nil
	}
	if !g.known(t.Name.Space) {
		return fault(CodeNamespace, g.here(offset),
			"The element "+quoted(t.Name.Local)+" is of the namespace "+quoted(t.Name.Space)+
				", which this kind of document does not use; ask the sender to leave it out.")
	}
	if t.Name == g.opaque {
		g.skip = g.depth
	}
	node := &xmlNode{space: t.Name.Space, local: t.Name.Local, parent: g.current, offset: offset}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
			node.attrs = append(node.attrs, xmlAttr{a.Name.Space, a.Name.Local, a.Value})
		}
	}
	if g.current == nil {
		g.root = node
	} else {
		g.current.children = append(g.current.children, node)
		g.number(node, t.Name)
	}
	g.current = node
	g.siblings = append(g.siblings, nil)
	return nil
}

// number gives siblings of one name their positions, in constant time whatever their count.
func (g *xmlGuard) number(node *xmlNode, name xml.Name) {
	top := len(g.siblings) - 1
	if g.siblings[top] == nil {
		g.siblings[top] = make(map[xml.Name]*xmlNode)
	}
	if last := g.siblings[top][name]; last != nil {
		last.position = max(last.position, 1)
		node.position = last.position + 1
	}
	g.siblings[top][name] = node
}

func (g *xmlGuard) close() {
	if g.skip == 0 || g.skip == g.depth {
		g.current = g.current.parent
		g.siblings = g.siblings[:len(g.siblings)-1]
		g.skip = 0
	}
	g.depth--
}

// checkAttributes refuses too many, too long and repeated attributes, and those of
// namespaces that could change the meaning of an element.
func (g *xmlGuard) checkAttributes(t xml.StartElement, offset int) *Fault {
	if len(t.Attr) > g.limits.Attributes {
		return tooMany(g.here(offset), "attributes of one element", g.limits.Attributes)
	}
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if len(a.Value) > g.limits.Text {
			return tooMany(g.here(offset), "bytes in one attribute", g.limits.Text)
		}
		if seen[a.Name] {
			return fault(CodeMalformed, g.here(offset),
				"The element "+quoted(t.Name.Local)+" has one attribute twice; ask the sender for a correct file.")
		}
		seen[a.Name] = true
		switch a.Name.Space {
		case "", "xmlns", "xml", "http://www.w3.org/XML/1998/namespace", nsXSI:
		default:
			if g.skip == 0 {
				return fault(CodeNamespace, g.here(offset),
					"The attribute "+quoted(a.Name.Local)+" is of an unknown namespace; ask the sender to leave it out.")
			}
		}
	}
	return nil
}

func (g *xmlGuard) chars(text string, start, end int) *Fault {
	blank := strings.Trim(text, xmlSpace) == ""
	if g.depth == 0 {
		if blank {
			return nil
		}
		return fault(CodeSecondRoot, "byte "+strconv.Itoa(start),
			"There is text outside the document; send the document alone.")
	}
	if len(text) > g.limits.Text {
		return tooMany(g.here(start), "bytes in one text", g.limits.Text)
	}
	if blank || g.skip > 0 {
		return nil
	}
	n := g.current
	n.pieces++
	if n.pieces > 1 {
		return nil // value() refuses it; joining hostile pieces would be quadratic
	}
	n.text = strings.Trim(text, xmlSpace)
	n.textOffset = start + len(text) - len(strings.TrimLeft(text, xmlSpace))
	n.textEnd = end - (len(text) - len(strings.TrimRight(text, xmlSpace)))
	return nil
}

// here is the path of the element we are in, or the byte offset before the first.
func (g *xmlGuard) here(offset int) string {
	if g.current == nil {
		return "byte " + strconv.Itoa(offset)
	}
	return g.current.path()
}

// newXMLDecoder is encoding/xml without any entity of its own and without translation of
// character sets: checkXMLEncoding has made sure that the bytes are UTF-8.
func newXMLDecoder(b []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// asciiSupersets are declared encodings in which a file of plain ASCII bytes is the same
// file as in UTF-8; only then are they let through.
var asciiSupersets = []string{"iso-8859-", "windows-125", "us-ascii", "ascii"}

// checkXMLEncoding lets through UTF-8, with or without a byte order mark, and nothing else.
func checkXMLEncoding(b []byte) *Fault {
	notUTF8 := fault(CodeEncoding, "", "The file is not in UTF-8; ask the sender to save it as UTF-8.")
	if hasUTF16Mark(b) || !utf8.Valid(b) {
		return notUTF8
	}
	declared := strings.ToLower(declaredEncoding(trimBOM(b)))
	if declared == "" || declared == "utf-8" || declared == "utf8" {
		return nil
	}
	for _, prefix := range asciiSupersets {
		if strings.HasPrefix(declared, prefix) && isASCII(b) {
			return nil
		}
	}
	return notUTF8
}

// declaredEncoding is the encoding named by the XML declaration, "" when there is none.
func declaredEncoding(b []byte) string {
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return ""
	}
	_, rest, found := strings.Cut(string(b[:end]), "encoding")
	if !found {
		return ""
	}
	rest = strings.TrimLeft(rest, xmlSpace+"=")
	if rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		return ""
	}
	name, _, _ := strings.Cut(rest[1:], rest[:1])
	return name
}

func hasUTF16Mark(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xFE, 0xFF}) || bytes.HasPrefix(b, []byte{0xFF, 0xFE}) ||
		bytes.HasPrefix(b, []byte{0, '<'}) || bytes.HasPrefix(b, []byte{'<', 0})
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func trimBOM(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")) }

func malformedXML(err error, offset int) *Fault {
	place := "byte " + strconv.Itoa(offset)
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		place = "line " + strconv.Itoa(syntax.Line)
	}
	return fault(CodeMalformed, place,
		"The XML breaks off or is wrong here; ask the sender for the file again, unchanged.")
}

func dtdFault(place string) *Fault {
	return fault(CodeDTD, place,
		"The file has a document type definition, which can hide content; ask the sender for a file without it.")
}

func tooMany(place, what string, limit int) *Fault {
	return fault(CodeTooLarge, place,
		"There are more than "+strconv.Itoa(limit)+" "+what+"; split the document or send a smaller one.")
}

// maxQuoted bounds, in characters, what a fault repeats of a hostile name.
const maxQuoted = 60

// cut shortens a name from the source.
func cut(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	runes := []rune(s)
	if len(runes) <= maxQuoted {
		return s
	}
	return string(runes[:maxQuoted]) + "…"
}

// quoted repeats a name from the source, cut and without anything that does not print.
func quoted(s string) string { return strconv.QuoteToGraphic(cut(s)) }
