package xmltree

import (
	"strings"

	"github.com/countersign/countersign/services/parse/source"
)

// Paths finds elements by paths. It keeps the first fault and finds nothing after it, so
// that a mapping reads as a list.
//
// A path names elements from the outside in: "cac:Party/cac:PartyName*/cbc:Name". The
// standard allows an element marked * several times, and the first is taken; any other one
// is refused when it stands twice.
type Paths struct {
	Name  func(step string) (space, local string) // resolves a step
	Fault *source.Fault
}

// Find returns the element at a path, nil when there is none.
func (r *Paths) Find(n *Node, path string) *Node {
	for path != "" && n != nil && r.Fault == nil {
		var step string
		step, path, _ = strings.Cut(path, "/")
		n = r.step(n, step)
	}
	if r.Fault != nil {
		return nil
	}
	return n
}

func (r *Paths) step(n *Node, step string) *Node {
	step, repeats := strings.CutSuffix(step, "*")
	space, local := r.Name(step)
	if repeats {
		for _, child := range n.Children {
			if child.Local == local && child.Space == space {
				return child
			}
		}
		return nil
	}
	child, f := n.One(space, local)
	if f != nil {
		r.Fault = f
	}
	return child
}

// List returns all the elements at a path whose last step may repeat.
func (r *Paths) List(n *Node, path string) []*Node {
	parent, last := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, last = path[:i], path[i+1:]
	}
	space, local := r.Name(strings.TrimSuffix(last, "*"))
	return r.Find(n, parent).All(space, local)
}

// Leaf returns the element at the path and its text, with runs of white space made one space
// (they are line breaks of the file, not of the value); nil when there is none or it is empty.
func (r *Paths) Leaf(n *Node, path string) (*Node, string) {
	found := r.Find(n, path)
	if found == nil {
		return nil, ""
	}
	value, f := found.Value()
	if f != nil {
		r.Fault = f
	}
	if value == "" || r.Fault != nil {
		return nil, ""
	}
	return found, strings.Join(strings.Fields(value), " ")
}
