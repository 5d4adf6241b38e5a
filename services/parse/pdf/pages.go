package pdf

import (
	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
	"github.com/countersign/countersign/services/parse/source"
)

// maxPageDepth bounds the nodes of the page tree above a page.
const maxPageDepth = 64

// walkPages lists the pages in their order. A tree that leads back to itself is refused; a
// kid that is no page is passed over, as viewers do.
func (r *reader) walkPages() {
	seen := map[int]bool{}
	var walk func(o cos.Object, above page, depth int)
	walk = func(o cos.Object, above page, depth int) {
		number := 0
		if ref, ok := o.(cos.Ref); ok {
			number = ref.Number
			if seen[number] {
				r.refuse(CodeLoop, r.place(number),
					"The pages of the PDF lead back to themselves; ask the sender for the file again.")
			}
			seen[number] = true
		}
		node := r.Dict(o)
		if node == nil || r.done() || depth > maxPageDepth {
			return
		}
		here := page{number: number, dict: node, resources: above.resources, box: above.box}
		if own := r.Dict(node["Resources"]); own != nil {
			here.resources = own
		}
		for _, key := range []cos.Name{"MediaBox", "CropBox"} { // the second cuts the first
			if own := r.Array(node[key]); len(own) == 4 {
				here.box = own
			}
		}
		kids := r.Array(node["Kids"])
		if kids == nil {
			r.addPage(here)
			return
		}
		for _, kid := range kids {
			if r.done() {
				return
			}
			walk(kid, here, depth+1)
		}
	}
	walk(r.Catalog()["Pages"], page{}, 0)
	r.out.Pages = len(r.pages)
}

func (r *reader) addPage(p page) {
	if r.Name(p.dict["Type"]) != "Page" && p.dict["Contents"] == nil && p.dict["MediaBox"] == nil {
		return
	}
	if len(r.pages) >= r.limits.PDFPages {
		r.refused = source.TooMany(pageName(len(r.pages)+1), "pages", r.limits.PDFPages)
		return
	}
	r.pages = append(r.pages, p)
	at := len(r.pages)
	r.standsOn(p.number, at)
	for _, o := range r.Array(p.dict["Annots"]) {
		if ref, ok := o.(cos.Ref); ok {
			r.standsOn(ref.Number, at)
		}
		if ref, ok := r.Dict(o)["A"].(cos.Ref); ok {
			r.standsOn(ref.Number, at)
		}
	}
}

func (r *reader) standsOn(object, page int) {
	if _, has := r.onPage[object]; !has && object != 0 {
		r.onPage[object] = page
	}
}
