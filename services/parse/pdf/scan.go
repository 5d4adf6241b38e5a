package pdf

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
	"github.com/countersign/countersign/services/parse/source"
)

// scan looks at every object of the file, whether a page leads to it or not: another viewer
// may find a way to it that this one does not see.
func (r *reader) scan() {
	for _, number := range r.Numbers() {
		if r.done() {
			return
		}
		o := r.Object(number)
		r.inspect(o, number, 0)
		switch v := o.(type) {
		case *cos.Stream:
			r.streams = append(r.streams, number)
		case cos.Dict:
			if v["EF"] != nil {
				r.specs = append(r.specs, number)
			}
			r.signature(v)
		}
	}
}

// measureRest unpacks every stream whose content nobody wanted so far.
func (r *reader) measureRest() {
	for _, number := range r.streams {
		if s, ok := r.Object(number).(*cos.Stream); ok && !r.done() {
			r.measure(s)
		}
	}
}

// maxInspected bounds how deep dictionaries inside an object are looked at; values themselves
// are never deeper.
const maxInspected = 64

// inspect looks for actions in a value and all that it holds itself.
func (r *reader) inspect(o cos.Object, number, depth int) {
	if depth > maxInspected || r.done() {
		return
	}
	switch v := o.(type) {
	case cos.Array:
		for _, item := range v {
			r.inspect(item, number, depth+1)
		}
	case *cos.Stream:
		r.inspect(v.Dict, number, depth+1)
	case cos.Dict:
		r.action(v, number)
		for _, key := range keys(v) {
			switch item := v[key].(type) {
			case cos.Array, cos.Dict:
				r.inspect(item, number, depth+1)
			}
		}
	}
}

// keys are those of a dictionary in order, so that the same file always gets the same answer.
func keys(d cos.Dict) []cos.Name { return slices.Sorted(maps.Keys(d)) }

// links counts what leads out of the file; one finding tells of all.
type links struct {
	count int
	place string
	first string
	kinds map[cos.Name]bool
}

// action judges one dictionary (12.6.4). Structure elements use the same key for their type.
func (r *reader) action(d cos.Dict, number int) {
	if r.Name(d["Type"]) == "StructElem" {
		return
	}
	kind := r.Name(d["S"])
	switch kind {
	case "Launch":
		r.refuse(CodeLaunch, r.place(number),
			"The PDF starts a program when it is clicked or opened; no trade paper needs that. "+
				"Do not open it, and ask the sender what it is.")
	case "JavaScript":
		r.script(number)
	case "URI":
		if d["URI"] != nil {
			r.link(kind, r.Text(d["URI"]), number)
		}
	case "SubmitForm", "ImportData", "GoToR", "GoToE", "Thread", "Rendition", "Movie", "Sound",
		"RichMediaExecute":
		r.link(kind, r.Text(d["F"]), number)
	default:
		if d["JS"] != nil {
			r.script(number)
		}
	}
}

// script is fatal and no refusal: honest forms carry scripts, and the person should see all
// else that is to be said of the paper. It cannot pass, because a script can show each reader
// another amount under the same digest.
func (r *reader) script(number int) {
	for _, f := range r.out.Findings {
		if f.Code == CodeJavaScript {
			return
		}
	}
	r.find(true, CodeJavaScript, r.place(number), "The PDF carries a script (JavaScript), which can change "+
		"what it shows; ask the sender to print it to a new PDF.")
}

func (r *reader) link(kind cos.Name, to string, number int) {
	if r.links.kinds == nil {
		r.links = links{place: r.place(number), first: to, kinds: map[cos.Name]bool{}}
	}
	r.links.count++
	r.links.kinds[kind] = true
}

// actionsOfDocument tells of links, of what happens on opening, and of forms that make pages.
func (r *reader) actionsOfDocument() {
	if n := r.links.count; n > 0 {
		message := "The PDF leads out of itself in " + strconv.Itoa(n) + " places"
		if n == 1 {
			message = "The PDF leads out of itself in one place"
		}
		if r.links.first != "" {
			message += ", first to " + source.Quoted(r.links.first)
		}
		if r.links.kinds["SubmitForm"] || r.links.kinds["ImportData"] {
			message += ", and can send what is typed into it"
		}
		r.find(false, CodeLink, r.links.place, message+"; follow no link whose target you do not know.")
	}
	catalog := r.Catalog()
	if action := r.Dict(catalog["OpenAction"]); action != nil && !harmless(r.Name(action["S"])) {
		r.find(false, CodeOpenAction, "", "Opening the PDF sets off an action ("+
			source.Cut(string(r.Name(action["S"])))+"); open it only in a viewer that asks before it acts.")
	}
	if r.Dict(catalog["AA"]) != nil {
		r.find(false, CodeOpenAction, "", "The PDF acts by itself when it is printed, saved or closed; "+
			"open it only in a viewer that asks before it acts.")
	}
	for i, p := range r.pages {
		if len(r.Dict(p.dict["AA"])) > 0 {
			r.find(false, CodeOpenAction, pageName(i+1), "Turning to this page sets off an action; "+
				"open the PDF only in a viewer that asks before it acts.")
			break
		}
	}
	if r.Dict(catalog["AcroForm"])["XFA"] != nil {
		r.find(true, CodeForm, "", "The pages of this PDF are made by the viewer from a form (XFA) and differ "+
			"from viewer to viewer; ask the sender to print it to a new PDF.")
	}
}

// harmless are actions that only move the view.
func harmless(kind cos.Name) bool { return kind == "GoTo" || kind == "Named" || kind == "" }

// measure unpacks a stream and throws the bytes away, so that a bomb is found before any
// viewer meets it. An image that only a viewer unpacks is bounded by its pixels.
func (r *reader) measure(s *cos.Stream) {
	if r.Name(s.Dict["Subtype"]) == "Image" {
		width, _ := r.Int(s.Dict["Width"])
		height, _ := r.Int(s.Dict["Height"])
		if width < 0 || height < 0 || (height > 0 && width > r.limits.PDFPixels/height) {
			r.refused = source.TooMany(r.place(s.Number), "pixels in an image", r.limits.PDFPixels)
			return
		}
	}
	if !r.Unpacked(s.Number) {
		r.Decode(s, 0)
	}
}

// program tells whether a file that is attached would run when somebody opens it.
func program(name string, head []byte) bool {
	for _, mark := range []string{"MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe"} {
		if strings.HasPrefix(string(head), mark) {
			return true
		}
	}
	lower := strings.ToLower(strings.TrimRight(name, " ."))
	for _, ending := range []string{
		".exe", ".scr", ".com", ".bat", ".cmd", ".msi", ".lnk", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta",
		".ps1", ".jar", ".sh",
	} {
		if strings.HasSuffix(lower, ending) {
			return true
		}
	}
	return false
}
