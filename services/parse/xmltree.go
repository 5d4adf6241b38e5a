package parse

import "strconv"

// xmlNode is one element of a guarded XML document. It knows where it stands in the bytes,
// so that every value read from it can be shown in its place.
type xmlNode struct {
	space, local string
	attrs        []xmlAttr
	parent       *xmlNode
	children     []*xmlNode
	offset       int // of the start tag
	position     int // among siblings of its name from 1; 0 when it is the only one

	text       string // the first piece of character data, without white space around it
	textOffset int    // of the first piece that is not blank
	textEnd    int
	pieces     int // pieces of character data that are not blank
}

type xmlAttr struct{ space, local, value string }

// attr is the value of an attribute without a namespace, "" when absent.
func (n *xmlNode) attr(local string) string {
	for _, a := range n.attrs {
		if a.space == "" && a.local == local {
			return a.value
		}
	}
	return ""
}

// path is the XPath-like place of the node: element names with the customary prefix of
// their namespace, and a position where the parent holds several of the name.
func (n *xmlNode) path() string {
	if n.parent == nil {
		return "/" + n.name()
	}
	p := n.parent.path() + "/" + n.name()
	if n.position > 0 {
		p += "[" + strconv.Itoa(n.position) + "]"
	}
	return p
}

func (n *xmlNode) name() string {
	switch n.space {
	case nsCBC:
		return "cbc:" + cut(n.local)
	case nsCAC:
		return "cac:" + cut(n.local)
	case nsEXT:
		return "ext:" + cut(n.local)
	default:
		return cut(n.local)
	}
}

// place points to the text of the node, or to its start tag when it has none.
func (n *xmlNode) place() Place {
	if n.pieces == 0 {
		return Place{Path: n.path(), Offset: n.offset}
	}
	return Place{Path: n.path(), Offset: n.textOffset, Length: n.textEnd - n.textOffset}
}

// value is the text of a leaf without surrounding white space. Text that a comment or a
// CDATA boundary cuts in two is refused: readers disagree on what such a value is. So is a
// leaf with elements in it.
func (n *xmlNode) value() (string, *Fault) {
	if n.pieces > 1 {
		return "", fault(CodeSplitText, n.path(),
			"A comment or CDATA section cuts this value in two; ask for a file with the value in one piece.")
	}
	if len(n.children) > 0 {
		return "", fault(CodeMalformed, n.path(),
			"This value has elements inside it; ask the sender for a file that follows the standard.")
	}
	return n.text, nil
}

// all returns the children of a namespace and name, in document order.
func (n *xmlNode) all(space, local string) []*xmlNode {
	var found []*xmlNode
	if n == nil {
		return found
	}
	for _, child := range n.children {
		if child.local == local && child.space == space {
			found = append(found, child)
		}
	}
	return found
}

// one returns the only child of that name, nil when there is none, a Fault when several.
func (n *xmlNode) one(space, local string) (*xmlNode, *Fault) {
	var found *xmlNode
	if n == nil {
		return nil, nil
	}
	for _, child := range n.children {
		if child.local != local || child.space != space {
			continue
		}
		if found != nil {
			return nil, fault(CodeDuplicate, child.path(),
				"This element may stand only once here; ask the sender which value holds, and for a corrected file.")
		}
		found = child
	}
	return found, nil
}
