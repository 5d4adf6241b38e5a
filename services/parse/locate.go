package parse

import "strings"

// located is the tree that a document was read from.
type located interface {
	// Span is where in the bytes the value at a path of the tree stands; false where there is
	// none.
	Span(path string) (offset, length int, ok bool)
}

// Locate finds the bytes of a place that is known by its path alone, such as that of a flaw.
// It knows them right after reading, while the tree is there: a document that was stored and
// loaded again has only its Places.
func (d *Document) Locate(path string) (Place, bool) {
	if d.tree == nil {
		return Place{}, false
	}
	within := path
	if file := strings.Index(path, ":/"); file > 0 { // in a file that a PDF carries
		within = path[file+1:]
	}
	offset, length, ok := d.tree.Span(within)
	return Place{Path: path, Offset: offset, Length: length}, ok
}
