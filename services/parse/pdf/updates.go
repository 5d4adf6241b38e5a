package pdf

import (
	"bytes"
	"reflect"
	"strconv"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
	"github.com/countersign/countersign/services/parse/source"
)

// updates tells of a file that was saved over itself after it was signed, or so that a page
// shows other things than before, or that an attached file is another one. The digest binds
// the bytes; it does not say which of the two contents somebody saw. Adding an attachment, as
// makers of ZUGFeRD files do, changes nothing that was there and is not told.
func (r *reader) updates() {
	if end := r.signedEnd; end > 0 && len(bytes.Trim(r.b[min(end, len(r.b)):], space)) > 0 {
		r.find(false, CodeUpdate, "byte "+strconv.Itoa(end), "The PDF was changed after it was signed; "+
			"ask the signer for the file as it was signed.")
		return
	}
	for _, a := range r.out.Attachments {
		if a.Bytes != nil && (r.rewritten(a.Object) || r.rewritten(a.spec)) {
			r.find(false, CodeUpdate, r.place(a.Object), "The attached file "+source.Quoted(a.Name)+
				" was replaced in a later save, and the PDF still holds what it was before; "+
				"ask the sender for the paper as issued.")
			return
		}
	}
	for i := range r.pages {
		if r.done() {
			return
		}
		if number := r.changed(r.pages[i]); number > 0 {
			r.find(false, CodeUpdate, pageName(i+1), "This page was changed in a later save, and the file still "+
				"holds what it showed before (object "+strconv.Itoa(number)+"); ask the sender for the paper as issued.")
			return
		}
	}
}

// signature notes how far a signature reaches (12.8.1).
func (r *reader) signature(d cos.Dict) {
	if d["ByteRange"] == nil || d["Contents"] == nil {
		return
	}
	if parts := r.Array(d["ByteRange"]); len(parts) == 4 {
		from, ok := r.Int(parts[2])
		size, also := r.Int(parts[3])
		if ok && also && from >= 0 && size >= 0 && from <= len(r.b) && size <= len(r.b)-from {
			r.signedEnd = max(r.signedEnd, from+size)
		}
	}
}

// besides tells the keys of other things, which change without being seen.
func besides(key cos.Name) bool {
	switch key {
	case "Parent", "P", "Popup", "StructParent", "M", "Metadata", "LastModified":
		return true
	}
	return false
}

// shown tells the keys of a page that decide what it looks like; the rest, a structure tree or
// an attachment, may change without that.
func shown(key cos.Name) bool {
	switch key {
	case "Contents", "Resources", "MediaBox", "CropBox", "Rotate", "Annots", "Kids":
		return true
	}
	return false
}

const (
	// maxShown bounds the objects of one page that are compared with their older selves.
	maxShown = 5000
	// maxShownDepth bounds the way from a page to them.
	maxShownDepth = 12
)

// changed is the number of an object that decides what the page shows and that an older
// revision has otherwise; 0 when there is none.
func (r *reader) changed(p page) int {
	if len(r.Revisions) < 2 {
		return 0
	}
	seen := map[int]bool{}
	var walk func(o cos.Object, depth int) int
	walk = func(o cos.Object, depth int) int {
		if depth > maxShownDepth || len(seen) > maxShown || r.done() {
			return 0
		}
		switch v := o.(type) {
		case cos.Ref:
			if seen[v.Number] {
				return 0
			}
			seen[v.Number] = true
			if r.rewritten(v.Number) {
				return v.Number
			}
			return walk(r.Resolve(v), depth+1)
		case cos.Array:
			for _, item := range v {
				if n := walk(item, depth+1); n > 0 {
					return n
				}
			}
		case *cos.Stream:
			return walk(v.Dict, depth+1)
		case cos.Dict:
			for _, key := range keys(v) {
				if besides(key) || !shown(key) && depth < 1 {
					continue
				}
				if n := walk(v[key], depth+1); n > 0 {
					return n
				}
			}
		}
		return 0
	}
	if p.number > 0 && r.rewritten(p.number) {
		return p.number
	}
	return walk(p.dict, 0)
}

// rewritten tells whether two revisions have the object with other content.
func (r *reader) rewritten(number int) bool {
	known, ok := r.rewrote[number]
	if !ok {
		known = r.compare(number)
		r.rewrote[number] = known
	}
	return known
}

func (r *reader) compare(number int) bool {
	var newest cos.Object
	found := false
	for i := range r.Revisions {
		if !r.Has(i, number) {
			continue
		}
		o, ok := r.InRevision(i, number)
		switch {
		case !ok:
		case !found:
			newest, found = o, true
		case !r.sameShown(newest, o):
			return true
		}
	}
	return false
}

// sameShown compares two values of one object by what they show. What a reference leads to
// is compared where it stands.
func (r *reader) sameShown(a, b cos.Object) bool {
	if s, ok := a.(*cos.Stream); ok {
		t, ok := b.(*cos.Stream)
		return ok && bytes.Equal(s.Raw, t.Raw)
	}
	d, ok := a.(cos.Dict)
	e, also := b.(cos.Dict)
	if !ok || !also {
		return reflect.DeepEqual(a, b)
	}
	if d["EF"] != nil && e["EF"] != nil { // of a file specification only the file counts
		return reflect.DeepEqual(d["EF"], e["EF"])
	}
	isPage := r.Name(d["Type"]) == "Page" || r.Name(d["Type"]) == "Pages"
	for _, keys := range [][]cos.Name{keys(d), keys(e)} {
		for _, key := range keys {
			if isPage && !shown(key) || besides(key) || reflect.DeepEqual(d[key], e[key]) {
				continue
			}
			if key != "Annots" || !r.signed(d[key], e[key]) {
				return false
			}
		}
	}
	return true
}

// signed tells whether the annotations of a page grew by fields of signatures alone, as they
// do when a paper is signed.
func (r *reader) signed(now, before cos.Object) bool {
	list, older := r.Array(now), r.Array(before)
	if len(list) < len(older) || !reflect.DeepEqual(list[:len(older)], append(cos.Array{}, older...)) {
		return false
	}
	for _, o := range list[len(older):] {
		if d := r.Dict(o); r.Name(d["FT"]) != "Sig" {
			return false
		}
	}
	return true
}
