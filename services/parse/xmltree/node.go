// Package xmltree turns the bytes of an XML document into a light tree in which every element
// knows its place. A guard stands before it: encoding/xml alone takes a second root, repeated
// attributes, any depth and any size.
package xmltree

import (
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// Node is one element of a guarded XML document. It knows where it stands in the bytes,
// so that every value read from it can be shown in its place.
type Node struct {
	Space, Local string // namespace and local name
	Attributes   []Attribute
	Parent       *Node
	Children     []*Node
	Offset       int // of the start tag
	position     int // among siblings of its name from 1; 0 when it is the only one

	text       string // the first piece of character data, without white space around it
	textOffset int    // of the first piece that is not blank
	textEnd    int
	pieces     int // pieces of character data that are not blank
}

// Attribute is one attribute of an element; declarations of namespaces are not among them.
type Attribute struct{ Space, Local, Value string }

// Attr is the value of an attribute without a namespace, "" when absent.
func (n *Node) Attr(local string) string {
	for _, a := range n.Attributes {
		if a.Space == "" && a.Local == local {
			return a.Value
		}
	}
	return ""
}

// Path is the XPath-like place of the node: element names with the customary prefix of
// their namespace, and a position where the parent holds several of the name.
func (n *Node) Path() string {
	var steps [maxSteps]byte
	return string(n.path(steps[:0]))
}

// maxSteps has room for the bytes of nearly every path.
const maxSteps = 256

func (n *Node) path(to []byte) []byte {
	if n.Parent != nil {
		to = n.Parent.path(to)
	}
	to = append(to, '/')
	if prefix := customaryPrefix(n.Space); prefix != "" {
		to = append(append(to, prefix...), ':')
	}
	to = append(to, source.Cut(n.Local)...)
	if n.position > 0 {
		to = append(strconv.AppendInt(append(to, '['), int64(n.position), 10), ']')
	}
	return to
}

// customaryPrefix is the prefix that people know a namespace by.
func customaryPrefix(space string) string {
	switch space {
	case "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2":
		return "cbc"
	case "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2":
		return "cac"
	case "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2":
		return "ext"
	case "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100":
		return "rsm"
	case "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100":
		return "ram"
	case "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100":
		return "udt"
	case "urn:un:unece:uncefact:data:standard:QualifiedDataType:100":
		return "qdt"
	default:
		return ""
	}
}

// Place points to the text of the node, or to its start tag when it has none.
func (n *Node) Place() source.Place {
	if n.pieces == 0 {
		return source.Place{Path: n.Path(), Offset: n.Offset}
	}
	return source.Place{Path: n.Path(), Offset: n.textOffset, Length: n.textEnd - n.textOffset}
}

// Value is the text of a leaf without surrounding white space. Text that a comment or a
// CDATA boundary cuts in two is refused: readers disagree on what such a value is. So is a
// leaf with elements in it.
func (n *Node) Value() (string, *source.Fault) {
	if n.pieces > 1 {
		return "", source.New(source.CodeSplitText, n.Path(),
			"A comment or CDATA section cuts this value in two; ask for a file with the value in one piece.")
	}
	if len(n.Children) > 0 {
		return "", source.New(source.CodeMalformed, n.Path(),
			"This value has elements inside it; ask the sender for a file that follows the standard.")
	}
	return n.text, nil
}

// Text is the first piece of the character data of the node, without white space around it.
// Value tells whether it is all there is.
func (n *Node) Text() string { return n.text }

// IsPlain tells whether the node is a leaf with at most one piece of text.
func (n *Node) IsPlain() bool { return n.pieces <= 1 && len(n.Children) == 0 }

// All returns the children of a namespace and name, in document order.
func (n *Node) All(space, local string) []*Node {
	var found []*Node
	if n == nil {
		return found
	}
	for _, child := range n.Children {
		if child.Local == local && child.Space == space {
			found = append(found, child)
		}
	}
	return found
}

// One returns the only child of that name, nil when there is none, a Fault when several.
func (n *Node) One(space, local string) (*Node, *source.Fault) {
	var found *Node
	if n == nil {
		return nil, nil
	}
	for _, child := range n.Children {
		if child.Local != local || child.Space != space {
			continue
		}
		if found != nil {
			return nil, source.New(source.CodeDuplicate, child.Path(),
				"This element may stand only once here; ask the sender which value holds, and for a corrected file.")
		}
		found = child
	}
	return found, nil
}
