package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/source"
)

// Space is white space as XML 1.0 section 2.3 has it.
const Space = " \t\r\n"

const nsXSI = "http://www.w3.org/2001/XMLSchema-instance"

// Options say what may stand in a document.
type Options struct {
	Limits source.Limits
	// Known tells whether elements of a namespace may stand in the document.
	Known func(space string) bool
	// RootOnly is a namespace in which nothing but the root may stand, "" when there is none.
	RootOnly string
	// KeepForeign leaves an element of an unknown namespace in the tree, without what is in it,
	// instead of refusing the document. The caller has to say that it is there.
	KeepForeign bool
	// TakeDoubtful reads a file with a DoubtfulEncoding as what it says it is, instead of refusing
	// it. The caller has to say so.
	TakeDoubtful bool
	// Attachment names the element whose text is a whole file in base64 (BT-125). The size of the
	// document bounds it, not that of a text, and it is left out of the tree.
	Attachment xml.Name
	// Opaque names the element under which anything well-formed may stand; it is checked
	// for size and depth and then left out of the tree.
	Opaque xml.Name
}

// Parse reads one document into a tree.
func Parse(b []byte, o Options) (*Node, *source.Fault) {
	g := guard{Options: o}
	return g.tree(b)
}

// guard stands between the bytes and the tree.
type guard struct {
	Options

	elements int
	depth    int
	skip     int // depth of the opaque element we are in, 0 outside
	root     *Node
	current  *Node
	siblings []map[xml.Name]*Node // the last child of each name, a map for each open element
}

// tree walks the tokens once and builds the light tree of elements with their places.
func (g *guard) tree(b []byte) (*Node, *source.Fault) {
	if f := CheckEncoding(b); f != nil && (!g.TakeDoubtful || !DoubtfulEncoding(b)) {
		return nil, f
	}
	text := unicodeOf(b)
	d := newDecoder(text.content)
	for {
		start := text.inFile(d.InputOffset())
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed(err, start)
		}
		if f := g.take(token, start, text.inFile(d.InputOffset())); f != nil {
			return nil, f
		}
	}
	if g.root == nil {
		return nil, source.New(source.CodeMalformed,
			"", "There is no XML element in this file; send the whole file.")
	}
	return g.root, nil
}

func (g *guard) take(token xml.Token, start, end int) *source.Fault {
	switch t := token.(type) {
	case xml.StartElement:
		return g.open(t, start)
	case xml.EndElement:
		g.close()
		return nil
	case xml.CharData:
		return g.chars(string(t), start, end)
	case xml.Directive:
		return DTDFault(g.here(start))
	case xml.Comment, xml.ProcInst:
		return nil
	default:
		return source.New(source.CodeMalformed, g.here(start),
			"This is not XML; ask the sender for a correct file.")
	}
}

func (g *guard) open(t xml.StartElement, offset int) *source.Fault {
	if g.depth == 0 && g.root != nil {
		return source.New(source.CodeSecondRoot, "byte "+strconv.Itoa(offset),
			"The file holds a second document after the first; send each document as its own file.")
	}
	g.depth++
	g.elements++
	if g.depth > g.Limits.XMLDepth {
		return source.New(source.CodeDepth, g.here(offset),
			"Elements are nested more than "+strconv.Itoa(g.Limits.XMLDepth)+" deep, which no trade document needs.")
	}
	if g.elements > g.Limits.Elements {
		return source.TooMany(g.here(offset), "elements", g.Limits.Elements)
	}
	if f := g.checkAttributes(t, offset); f != nil {
		return f
	}
	if g.skip > 0 {
		return nil
	}
	foreign := !g.Known(t.Name.Space) && (g.root != nil || t.Name.Space != g.RootOnly)
	if foreign && !g.KeepForeign {
		return source.New(source.CodeNamespace, g.here(offset),
			"The element "+source.Quoted(t.Name.Local)+" is of the namespace "+source.Quoted(t.Name.Space)+
				", which this kind of document does not use; ask the sender to leave it out.")
	}
	if foreign || t.Name == g.Opaque {
		g.skip = g.depth
	}
	node := &Node{Space: t.Name.Space, Local: t.Name.Local, Parent: g.current, Offset: offset}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
			node.Attributes = append(node.Attributes, Attribute{a.Name.Space, a.Name.Local, a.Value})
		}
	}
	if g.current == nil {
		g.root = node
	} else {
		g.current.Children = append(g.current.Children, node)
		if g.number(node, t.Name) > g.Limits.Repeats {
			return source.TooMany(g.current.Path(), "elements "+source.Quoted(t.Name.Local), g.Limits.Repeats)
		}
	}
	g.current = node
	g.siblings = append(g.siblings, nil)
	return nil
}

// number gives siblings of one name their positions, in constant time whatever their count, and
// tells how many there are.
func (g *guard) number(node *Node, name xml.Name) int {
	top := len(g.siblings) - 1
	if g.siblings[top] == nil {
		g.siblings[top] = make(map[xml.Name]*Node)
	}
	if last := g.siblings[top][name]; last != nil {
		last.position = max(last.position, 1)
		node.position = last.position + 1
	}
	g.siblings[top][name] = node
	return max(node.position, 1)
}

func (g *guard) close() {
	if g.skip == 0 || g.skip == g.depth {
		g.current = g.current.Parent
		g.siblings = g.siblings[:len(g.siblings)-1]
		g.skip = 0
	}
	g.depth--
}

// checkAttributes refuses too many, too long and repeated attributes, and those of
// namespaces that could change the meaning of an element.
func (g *guard) checkAttributes(t xml.StartElement, offset int) *source.Fault {
	if len(t.Attr) > g.Limits.Attributes {
		return source.TooMany(g.here(offset), "attributes of one element", g.Limits.Attributes)
	}
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if len(a.Value) > g.Limits.Text {
			return source.TooMany(g.here(offset), "bytes in one attribute", g.Limits.Text)
		}
		if seen[a.Name] {
			return source.New(source.CodeMalformed, g.here(offset),
				"The element "+source.Quoted(t.Name.Local)+" has one attribute twice; ask the sender for a correct file.")
		}
		seen[a.Name] = true
		switch a.Name.Space {
		case "", "xmlns", "xml", "http://www.w3.org/XML/1998/namespace", nsXSI:
		default:
			if g.skip == 0 {
				return source.New(source.CodeNamespace, g.here(offset),
					"The attribute "+source.Quoted(a.Name.Local)+
						" is of an unknown namespace; ask the sender to leave it out.")
			}
		}
	}
	return nil
}

func (g *guard) chars(text string, start, end int) *source.Fault {
	blank := strings.Trim(text, Space) == ""
	if g.depth == 0 {
		if blank {
			return nil
		}
		return source.New(source.CodeSecondRoot, "byte "+strconv.Itoa(start),
			"There is text outside the document; send the document alone.")
	}
	n := g.current
	attached := g.skip == 0 && n.Local != "" && n.Space == g.Attachment.Space && n.Local == g.Attachment.Local
	if len(text) > g.Limits.Text && !attached {
		return source.TooMany(g.here(start), "bytes in one text", g.Limits.Text)
	}
	if blank || g.skip > 0 {
		return nil
	}
	n.pieces++
	if attached {
		n.textOffset, n.textEnd = start, end
		return nil
	}
	if n.pieces > 1 {
		return nil // Value refuses it; joining hostile pieces would be quadratic
	}
	n.text = strings.Trim(text, Space)
	n.textOffset = start + len(text) - len(strings.TrimLeft(text, Space))
	n.textEnd = end - (len(text) - len(strings.TrimRight(text, Space)))
	return nil
}

// here is the path of the element we are in, or the byte offset before the first.
func (g *guard) here(offset int) string {
	if g.current == nil {
		return "byte " + strconv.Itoa(offset)
	}
	return g.current.Path()
}

// newDecoder is encoding/xml without any entity of its own and without translation of
// character sets: the bytes are UTF-8 by now.
func newDecoder(b []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

func malformed(err error, offset int) *source.Fault {
	place := "byte " + strconv.Itoa(offset)
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		place = "line " + strconv.Itoa(syntax.Line)
	}
	return source.New(source.CodeMalformed, place,
		"The XML breaks off or is wrong here; ask the sender for the file again, unchanged.")
}

// DTDFault refuses a document type definition.
func DTDFault(place string) *source.Fault {
	return source.New(source.CodeDTD, place,
		"The file has a document type definition, which can hide content; ask the sender for a file without it.")
}

// Root reads up to the first element and returns its name; the zero name when there is none.
func Root(b []byte) xml.Name {
	d := newDecoder(source.TrimBOM(b))
	for {
		token, err := d.Token()
		if err != nil {
			return xml.Name{}
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name
		}
	}
}
