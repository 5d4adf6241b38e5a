package xmltree

import (
	"strconv"
	"strings"
)

// Span finds what a path that Path made points to: the text of an element, or its start tag
// when it has none or the path ends in an attribute. The length is 0 for a start tag.
func (n *Node) Span(path string) (offset, length int, ok bool) {
	at := n.at(path)
	if at == nil {
		return 0, 0, false
	}
	place := at.Place()
	if strings.Contains(path, "/@") {
		return at.Offset, 0, true
	}
	return place.Offset, place.Length, true
}

// at is the element at a path, seen from the root; nil where there is none.
func (n *Node) at(path string) *Node {
	path, _, _ = strings.Cut(path, "/@")
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if steps[0] != stepOf(n.Space, n.Local) {
		return nil
	}
	for _, step := range steps[1:] {
		if n = n.child(step); n == nil {
			return nil
		}
	}
	return n
}

// child is the child that a step of a path names, "cbc:ID" or "cac:InvoiceLine[2]".
func (n *Node) child(step string) *Node {
	name, position := step, 0
	if open := strings.LastIndexByte(step, '['); open > 0 && strings.HasSuffix(step, "]") {
		var err error
		if position, err = strconv.Atoi(step[open+1 : len(step)-1]); err != nil {
			return nil
		}
		name = step[:open]
	}
	_, local, prefixed := strings.Cut(name, ":")
	if !prefixed {
		local = name
	}
	for _, c := range n.Children {
		if c.position == position && c.Local == local && stepOf(c.Space, c.Local) == name {
			return c
		}
	}
	return nil
}

// stepOf is how a path writes an element, but for its position.
func stepOf(space, local string) string {
	if prefix := customaryPrefix(space); prefix != "" {
		return prefix + ":" + local
	}
	return local
}
