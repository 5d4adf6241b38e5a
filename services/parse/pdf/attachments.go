package pdf

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
	"github.com/countersign/countersign/services/parse/source"
)

// Attachment is a file inside the PDF.
type Attachment struct {
	Name   string
	Object int // number of the object that holds its bytes
	spec   int // number of its file specification, 0 when that has none
	// Bytes are those of XML files only: nothing else is read. One byte more than a document
	// may have is enough to refuse it.
	Bytes []byte
}

const (
	// maxTreeDepth bounds nodes above each other in a tree of names.
	maxTreeDepth = 32
	// maxAttachments bounds the files that are looked at in one PDF.
	maxAttachments = 1000
	// headSize is enough of a file to tell what it is.
	headSize = 1024
)

// attachments lists the files that the PDF names anywhere: in the tree of names, as associated
// files of the document and of its pages, on a page as an annotation, and, since many writers
// get all of these wrong, as any file specification among the objects. Nothing is validated:
// a reader that insists on the rules finds a third fewer invoices.
func (r *reader) attachments() {
	seen := map[int]bool{}
	add := func(o cos.Object, name string) { r.attach(o, name, seen) }
	catalog := r.Catalog()
	r.nameTree(r.Dict(catalog["Names"])["EmbeddedFiles"], add)
	for _, list := range []cos.Object{catalog["AF"]} {
		r.each(list, add)
	}
	for _, p := range r.pages {
		r.each(p.dict["AF"], add)
		for _, annotation := range r.Array(p.dict["Annots"]) {
			if d := r.Dict(annotation); r.Name(d["Subtype"]) == "FileAttachment" {
				add(d["FS"], "")
			}
		}
	}
	for _, number := range r.specs {
		add(cos.Ref{Number: number}, "")
	}
}

// each adds the items of an array, or the one thing that stands in its place.
func (r *reader) each(list cos.Object, add func(cos.Object, string)) {
	if items := r.Array(list); items != nil {
		for _, item := range items {
			add(item, "")
		}
		return
	}
	add(list, "")
}

// nameTree walks a tree of names (7.9.6). Each node is visited once.
func (r *reader) nameTree(root cos.Object, add func(cos.Object, string)) {
	seen := map[int]bool{}
	var walk func(o cos.Object, depth int)
	walk = func(o cos.Object, depth int) {
		if ref, ok := o.(cos.Ref); ok {
			if seen[ref.Number] {
				r.refuse(CodeLoop, r.place(ref.Number),
					"The list of files in the PDF leads back to itself; ask the sender for the file again.")
				return
			}
			seen[ref.Number] = true
		}
		node := r.Dict(o)
		if node == nil || depth > maxTreeDepth || r.done() {
			return
		}
		names := r.Array(node["Names"])
		for i := 0; i+1 < len(names); i += 2 {
			add(names[i+1], text(r.Text(names[i])))
		}
		for _, kid := range r.Array(node["Kids"]) {
			walk(kid, depth+1)
		}
	}
	walk(root, 0)
}

// attach adds the file of a specification (7.11.3). Some writers leave the specification out
// and point at the bytes themselves.
func (r *reader) attach(o cos.Object, name string, seen map[int]bool) {
	s, spec := r.Stream(o), r.Dict(o)
	if s == nil {
		files := r.Dict(spec["EF"])
		for _, key := range []cos.Name{"F", "UF", "DOS", "Unix", "Mac"} {
			if s = r.Stream(files[key]); s != nil {
				break
			}
		}
		for _, key := range []cos.Name{"F", "UF", "DOS", "Unix", "Mac"} { // the last that is there names it
			if n := text(r.Text(spec[key])); n != "" && (key != "DOS" && key != "Mac" || name == "") {
				name = n
			}
		}
	}
	if s == nil || seen[s.Number] || len(r.out.Attachments) >= maxAttachments {
		return
	}
	seen[s.Number] = true
	a := Attachment{Name: name, Object: s.Number}
	if ref, ok := o.(cos.Ref); ok {
		a.spec = ref.Number
	}
	content, _ := r.Decode(s, r.limits.Bytes+1)
	head := content[:min(len(content), headSize)]
	switch {
	case program(name, head):
		r.find(true, CodeProgram, r.place(s.Number), "The PDF carries a program, "+source.Quoted(name)+
			"; do not open it, and ask the sender for the paper alone.")
	case looksLikeXML(head) || strings.HasSuffix(strings.ToLower(name), ".xml"):
		a.Bytes = slices.Clip(content)
	}
	r.out.Attachments = append(r.out.Attachments, a)
}

// looksLikeXML takes any encoding: what is wrong with it the reader of XML says.
func looksLikeXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(source.TrimBOM(head), []byte("\xFF\xFE")), " \n\r\t\x00\xFE\xFF")
	return bytes.HasPrefix(head, []byte("<"))
}

// text is a string meant for people (7.9.2.2): UTF-16 or UTF-8 with their marks, otherwise
// PDFDocEncoding, of which only the part that is Latin-1 matters here.
func text(s string) string {
	if rest, ok := strings.CutPrefix(s, "\xEF\xBB\xBF"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(s, "\xFE\xFF"); ok {
		return utf16Text(rest)
	}
	out := make([]rune, 0, len(s))
	for i := range len(s) {
		out = append(out, rune(s[i]))
	}
	return string(out)
}

func utf16Text(s string) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
