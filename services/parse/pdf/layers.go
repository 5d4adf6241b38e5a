package pdf

import "github.com/countersign/countersign/services/parse/pdf/internal/cos"

// maxMarked bounds marked parts of content within each other.
const maxMarked = 256

// offLayers are the groups of optional content that a viewer does not show at first (8.11.4).
func (r *reader) offLayers() map[int]bool {
	properties := r.Dict(r.Catalog()["OCProperties"])
	usual := r.Dict(properties["D"])
	off := map[int]bool{}
	set := func(list cos.Object, to bool) {
		for _, o := range r.Array(list) {
			if ref, ok := o.(cos.Ref); ok {
				off[ref.Number] = to
			}
		}
	}
	if r.Name(usual["BaseState"]) == "OFF" {
		set(properties["OCGs"], true)
	}
	set(usual["OFF"], true)
	set(usual["ON"], false)
	return off
}

// mark follows the marked parts of a content: BMC and BDC begin one, EMC ends it.
func (c *canvas) mark(op cos.Operator, operands []cos.Object, resources cos.Dict) {
	if op == "EMC" {
		if n := len(c.marked); n > 0 {
			c.marked = c.marked[:n-1]
		}
		return
	}
	hidden := c.unseen()
	if len(operands) == 2 && operands[0] == cos.Object(cos.Name("OC")) {
		key, _ := operands[1].(cos.Name)
		hidden = hidden || c.isOff(c.Dict(resources["Properties"])[key])
	}
	if len(c.marked) < maxMarked {
		c.marked = append(c.marked, hidden)
	}
}

// unseen tells whether what is drawn now stands in a layer that is off.
func (c *canvas) unseen() bool { return len(c.marked) > 0 && c.marked[len(c.marked)-1] }

// isOff tells a group that is off, or a set of groups (8.11.2.2) of which the first is.
func (c *canvas) isOff(group cos.Object) bool {
	if ref, ok := group.(cos.Ref); ok && c.off[ref.Number] {
		return true
	}
	members := c.Dict(group)["OCGs"]
	if list := c.Array(members); len(list) > 0 {
		members = list[0]
	}
	ref, ok := members.(cos.Ref)
	return ok && c.off[ref.Number]
}
