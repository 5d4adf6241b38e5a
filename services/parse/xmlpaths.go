package parse

import "strings"

// xmlPaths finds elements by paths. It keeps the first fault and finds nothing after it, so
// that a mapping reads as a list.
//
// A path names elements from the outside in: "cac:Party/cac:PartyName*/cbc:Name". The
// standard allows an element marked * several times, and the first is taken; any other one
// is refused when it stands twice.
type xmlPaths struct {
	name  func(step string) (space, local string)
	fault *Fault
}

func (r *xmlPaths) find(n *xmlNode, path string) *xmlNode {
	for path != "" && n != nil && r.fault == nil {
		var step string
		step, path, _ = strings.Cut(path, "/")
		n = r.step(n, step)
	}
	if r.fault != nil {
		return nil
	}
	return n
}

func (r *xmlPaths) step(n *xmlNode, step string) *xmlNode {
	step, repeats := strings.CutSuffix(step, "*")
	space, local := r.name(step)
	if repeats {
		for _, child := range n.children {
			if child.local == local && child.space == space {
				return child
			}
		}
		return nil
	}
	child, f := n.one(space, local)
	if f != nil {
		r.fault = f
	}
	return child
}

// list returns all the elements at a path whose last step may repeat.
func (r *xmlPaths) list(n *xmlNode, path string) []*xmlNode {
	parent, last := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, last = path[:i], path[i+1:]
	}
	space, local := r.name(strings.TrimSuffix(last, "*"))
	return r.find(n, parent).all(space, local)
}

// leaf returns the element at the path and its text, with runs of white space made one space
// (they are line breaks of the file, not of the value); nil when there is none or it is empty.
func (r *xmlPaths) leaf(n *xmlNode, path string) (*xmlNode, string) {
	found := r.find(n, path)
	if found == nil {
		return nil, ""
	}
	value, f := found.value()
	if f != nil {
		r.fault = f
	}
	if value == "" || r.fault != nil {
		return nil, ""
	}
	return found, strings.Join(strings.Fields(value), " ")
}
