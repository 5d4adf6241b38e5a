package pdf

import (
	"strings"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
)

// fonts are those of a file, each read once.
type fonts struct {
	*reader
	glyphs   map[string]string
	byNumber map[int]*font
	kept     int // codes in the tables of those
}

// maxKept bounds the codes in the tables of the fonts that are kept; past it all are read anew.
const maxKept = 300_000

// font turns the codes of a string into characters and widths (9.5 to 9.10).
type font struct {
	wide    bool // two bytes a code
	unicode *cmap
	simple  [256]string
	widths  map[int]fixed
	missing fixed
	utf16   bool // the codes themselves are UTF-16
}

func (f *fonts) get(o cos.Object) *font {
	ref, isRef := o.(cos.Ref)
	if isRef {
		if known, ok := f.byNumber[ref.Number]; ok {
			return known
		}
	}
	d := f.Dict(o)
	if d == nil {
		return nil
	}
	read := f.read(d)
	if isRef {
		if f.kept > maxKept {
			f.byNumber, f.kept = map[int]*font{}, 0
		}
		f.byNumber[ref.Number] = read
		f.kept += len(read.widths) + len(read.simple)
		if read.unicode != nil {
			f.kept += len(read.unicode.single) + len(read.unicode.ranges)
		}
	}
	return read
}

// charge takes what reading a table costs off the budget of the file: a font that stands in a
// page itself is read at each use.
func (f *fonts) charge(n int) { *f.Work() -= fontCost + n*valueCost }

// What reading a font and one entry of its tables costs, in bytes of content.
const (
	fontCost  = 512
	valueCost = 8
)

func (f *fonts) read(d cos.Dict) *font {
	out := &font{widths: map[int]fixed{}}
	if s := f.Stream(d["ToUnicode"]); s != nil {
		out.unicode = readCMap(f.data(s), f.Work())
		f.Spent(s.Number)
	}
	if f.Name(d["Subtype"]) == "Type0" {
		f.composite(d, out)
		return out
	}
	f.encoding(d, out)
	f.charge(len(f.Array(d["Widths"])))
	first, _ := f.Int(d["FirstChar"])
	scale := unit / 1000
	if f.Name(d["Subtype"]) == "Type3" {
		scale = matrixOf(f.Array(d["FontMatrix"])).a
	}
	for i, w := range f.Array(d["Widths"]) {
		if i > 255 {
			break
		}
		out.widths[first+i] = mul(number(f.Resolve(w)), scale)
	}
	out.missing = unit / 2
	if strings.Contains(string(f.Name(d["BaseFont"])), "Courier") {
		out.missing = unit * 3 / 5
	}
	if w := number(f.Dict(d["FontDescriptor"])["MissingWidth"]); w > 0 {
		out.missing = w / 1000
	}
	return out
}

// maxWidths bounds the widths of a composite font: there are no more codes of two bytes.
const maxWidths = 1 << 16

// composite reads a font whose codes have two bytes (9.7).
func (f *fonts) composite(d cos.Dict, out *font) {
	out.wide = true
	name := string(f.Name(d["Encoding"]))
	out.utf16 = strings.Contains(name, "UCS2") || strings.Contains(name, "UTF16")
	inner := f.Array(d["DescendantFonts"])
	if len(inner) == 0 {
		return
	}
	descendant := f.Dict(inner[0])
	out.missing = unit
	if w, ok := f.Resolve(descendant["DW"]).(cos.Int); ok {
		out.missing = number(w) / 1000
	}
	widths := f.Array(descendant["W"])
	f.charge(len(widths))
	for i := 0; i+1 < len(widths) && len(out.widths) < maxWidths; {
		first, ok := f.Int(widths[i])
		if !ok {
			return
		}
		if list := f.Array(widths[i+1]); list != nil { // 10 [500 600]
			for n, w := range list {
				out.widths[first+n] = number(f.Resolve(w)) / 1000
			}
			i += 2
			continue
		}
		last, ok := f.Int(widths[i+1])
		if !ok || i+2 >= len(widths) { // 10 20 500
			return
		}
		w := number(f.Resolve(widths[i+2])) / 1000
		for n := first; n <= last && n-first < maxWidths; n++ {
			out.widths[n] = w
		}
		i += 3
	}
}

// encoding reads that of a font whose codes have one byte (9.6.5).
func (f *fonts) encoding(d cos.Dict, out *font) {
	base := f.Name(d["Encoding"])
	own := f.Dict(d["Encoding"])
	if own != nil {
		base = f.Name(own["BaseEncoding"])
	}
	if base == "" && f.Name(d["Subtype"]) != "TrueType" {
		base = "StandardEncoding" // of a TrueType font viewers take that of Windows
	}
	for i := range 256 {
		out.simple[i] = encoded(base, byte(i))
	}
	code := 0
	differences := f.Array(own["Differences"])
	f.charge(len(differences))
	for _, o := range differences {
		switch v := f.Resolve(o).(type) {
		case cos.Int:
			code = int(v)
		case cos.Name:
			if code >= 0 && code < 256 {
				out.simple[code] = f.glyph(string(v))
			}
			code++
		}
	}
}

// each gives the characters of a string one after another: the text, "" where the font does
// not tell it, the width in sizes of the type, and whether it is the blank that word spacing
// widens.
func (f *font) each(s string, do func(text string, width fixed, blank bool)) {
	step := 1
	if f.wide {
		step = 2
	}
	if f.unicode != nil && f.unicode.bytes > 0 && f.wide {
		step = f.unicode.bytes
	}
	for ; len(s) >= step; s = s[step:] {
		code := int(s[0])
		for _, c := range []byte(s[1:step]) {
			code = code<<8 | int(c)
		}
		width, ok := f.widths[code]
		if !ok {
			width = f.missing
		}
		do(f.text(code, s[:step]), width, step == 1 && code == ' ')
	}
}

func (f *font) text(code int, raw string) string {
	if f.unicode != nil {
		if t, ok := f.unicode.text(code); ok {
			return t
		}
	}
	switch {
	case f.utf16:
		return utf16Text(raw)
	case f.wide:
		return ""
	default:
		return f.simple[code]
	}
}
