package cos

import (
	"bytes"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// loadTables follows the tables from the newest to the oldest (7.5.4 to 7.5.8). It is false
// when they do not lead to a catalog.
func (f *File) loadTables() bool {
	at, ok := f.startXref()
	seen := map[int]bool{}
	for ok {
		switch {
		case seen[at]:
			f.fail(source.New(CodeLoop, "byte "+strconv.Itoa(at),
				"The tables of the PDF lead back to themselves; ask the sender for the file again."))
			return false
		case len(seen) >= f.limits.PDFRevisions:
			f.fail(source.TooMany("byte "+strconv.Itoa(at), "revisions of a PDF", f.limits.PDFRevisions))
			return false
		}
		seen[at] = true
		trailer, entries, read := f.section(at)
		if !read {
			return false
		}
		if hybrid, has := trailer["XRefStm"].(Int); has {
			// A reader of old files takes the table alone, a newer one this stream before it.
			if _, more, read := f.section(int(hybrid)); read {
				for n, e := range more {
					if old, ok := entries[n]; !ok || old.free {
						entries[n] = e
					}
				}
			}
		}
		f.addRevision(at, entries)
		for key, value := range trailer {
			if _, newer := f.Trailer[key]; !newer {
				f.Trailer[key] = value
			}
		}
		var prev Int
		prev, ok = trailer["Prev"].(Int)
		at = int(prev)
		if f.Fault != nil {
			return false
		}
	}
	return len(f.Revisions) > 0 && f.Catalog() != nil
}

// addRevision files the entries of one table below those of newer ones. A file made for the
// web begins with the first of two tables that were written together; they are one revision.
func (f *File) addRevision(at int, entries map[int]entry) {
	for n, e := range entries {
		if _, newer := f.entries[n]; !newer {
			f.entries[n] = e
		}
	}
	if f.listed += len(entries); f.listed > f.limits.PDFObjects {
		f.fail(source.TooMany("byte "+strconv.Itoa(at), "objects", f.limits.PDFObjects))
		return
	}
	if last := len(f.Revisions) - 1; last >= 0 && f.Revisions[last].Offset < at {
		for n, e := range entries {
			if _, has := f.Revisions[last].entries[n]; !has {
				f.Revisions[last].entries[n] = e
			}
		}
		f.Revisions[last].Offset = at
		return
	}
	f.Revisions = append(f.Revisions, Revision{Offset: at, entries: entries})
}

// tailSize is where the word startxref is looked for; some writers leave kilobytes behind it.
const tailSize = 4096

func (f *File) startXref() (int, bool) {
	tail := f.b[max(0, len(f.b)-tailSize):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return 0, false
	}
	n, ok := NewLexer(tail[i+len("startxref"):], &f.work).value(0).(Int)
	return int(n), ok
}

// section reads one table, of either form.
func (f *File) section(at int) (Dict, map[int]entry, bool) {
	if at < 0 || at >= len(f.b) {
		return nil, nil, false
	}
	l := &Lexer{b: f.b, pos: at, budget: &f.work}
	l.skipSpace()
	if bytes.HasPrefix(f.b[l.pos:], []byte("xref")) {
		l.pos += len("xref")
		return f.table(l)
	}
	_, o, _ := f.objectAt(at)
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return nil, nil, false
	}
	entries, ok := f.xrefStream(s)
	return s.Dict, entries, ok
}

// table reads "0 6", then a line for each object, up to the trailer.
func (f *File) table(l *Lexer) (Dict, map[int]entry, bool) {
	entries := map[int]entry{}
	for {
		number := -1
		f.checkWork(&number)
		if f.Fault != nil {
			return nil, nil, false
		}
		head := l.value(0)
		if head == Operator("trailer") {
			trailer, ok := l.value(0).(Dict)
			return trailer, entries, ok
		}
		first, ok := head.(Int)
		count, also := l.value(0).(Int)
		if !ok || !also || first < 0 || count < 0 {
			return nil, nil, false
		}
		for i := Int(0); i < count && f.work > 0; i++ {
			offset, isInt := l.value(0).(Int)
			_, also := l.value(0).(Int)
			kind, word := l.value(0).(Operator)
			if !isInt || !also || !word || len(kind) != 1 || first+i > maxNumber {
				return nil, nil, false
			}
			if len(entries) >= f.limits.PDFObjects {
				f.fail(source.TooMany("byte "+strconv.Itoa(l.pos), "objects", f.limits.PDFObjects))
				return nil, nil, false
			}
			if n := int(first + i); n != 0 {
				entries[n] = entry{at: int(offset), free: kind != "n"}
			}
		}
	}
}

// xrefStream reads a table that is a stream of numbers in columns (7.5.8).
func (f *File) xrefStream(s *Stream) (map[int]entry, bool) {
	data, _ := f.Decode(s, maxBundle)
	widths := [3]int{}
	for i, w := range f.Array(s.Dict["W"]) {
		n, ok := w.(Int)
		if !ok || n < 0 || n > 8 || i > 2 {
			return nil, false
		}
		widths[i] = int(n)
	}
	row := widths[0] + widths[1] + widths[2]
	size, ok := f.Int(s.Dict["Size"])
	index := f.Array(s.Dict["Index"])
	if index == nil {
		index = Array{Int(0), Int(size)}
	}
	if !ok || row == 0 || len(index)%2 != 0 {
		return nil, false
	}
	entries := map[int]entry{}
	for ; len(index) > 0; index = index[2:] {
		first, ok := index[0].(Int)
		count, also := index[1].(Int)
		if !ok || !also || first < 0 {
			return nil, false
		}
		for n := first; n < first+count && len(data) >= row && n <= maxNumber; n++ {
			if len(entries) >= f.limits.PDFObjects {
				f.fail(source.TooMany(place(s.Number), "objects", f.limits.PDFObjects))
				return nil, false
			}
			if n != 0 {
				entries[int(n)] = xrefRow(data[:row], widths)
			}
			data = data[row:]
		}
	}
	return entries, true
}

func xrefRow(row []byte, widths [3]int) entry {
	column := func(i, absent int) int {
		if widths[i] == 0 {
			return absent
		}
		n := 0
		for _, c := range row[:widths[i]] {
			n = (n<<8 | int(c)) & (1<<48 - 1)
		}
		row = row[widths[i]:]
		return n
	}
	kind, second, third := column(0, 1), column(1, 0), column(2, 0)
	switch kind {
	case 1:
		return entry{at: second}
	case 2:
		return entry{in: second, at: third}
	default:
		return entry{free: true}
	}
}

// search looks through the bytes for objects and trailers. Of an object that stands twice the
// last counts, as in a file that was saved again.
func (f *File) search() {
	f.Recovered, f.Revisions, f.entries = true, nil, map[int]entry{}
	f.cache, f.cached, f.bundles, f.bundled = map[int]Object{}, 0, map[int]*bundle{}, 0
	f.unpacked = map[int]bool{} // a number may stand for another stream now
	trailer := Dict{}
	var bundles []int
	for at := range positions(f.b, "obj") {
		start, number, ok := header(f.b, at)
		if !ok {
			continue
		}
		if len(f.entries) >= f.limits.PDFObjects {
			f.fail(source.TooMany(place(number), "objects", f.limits.PDFObjects))
			return
		}
		f.entries[number] = entry{at: start}
		if f.checkWork(&number); f.Fault != nil {
			return
		}
		dict := f.headOf(at + len("obj"))
		switch dict["Type"] {
		case Name("ObjStm"):
			bundles = append(bundles, number)
		case Name("XRef"):
			merge(trailer, dict)
		case Name("Catalog"):
			if _, has := trailer["Root"]; !has {
				trailer["Root"] = Ref{Number: number}
			}
		}
	}
	for at := range positions(f.b, "trailer") {
		l := &Lexer{b: f.b, pos: at + len("trailer"), budget: &f.work}
		if dict, ok := l.value(0).(Dict); ok {
			merge(trailer, dict)
		}
	}
	f.Trailer = trailer
	for _, number := range bundles {
		f.enter(number)
	}
	none := -1
	f.checkWork(&none)
	if f.Catalog() == nil {
		f.findCatalog()
	}
}

// headOf reads the dictionary of an object when it is small enough to be one that the search
// wants; its other objects are read when somebody asks for them.
func (f *File) headOf(at int) Dict {
	const most = 1024
	window := f.b[at:min(at+most, len(f.b))]
	if i := bytes.Index(window, []byte("/Type")); i < 0 {
		return nil
	}
	dict, _ := NewLexer(window, &f.work).value(0).(Dict)
	return dict
}

// merge lets a later trailer overrule, where it says something.
func merge(to, from Dict) {
	for _, key := range []Name{"Root", "Encrypt", "Info", "ID"} {
		if value, has := from[key]; has {
			to[key] = value
		}
	}
}

// header reads the number of an object backwards from the word obj.
func header(b []byte, at int) (start, number int, ok bool) {
	if at+3 < len(b) && isRegular(b[at+3]) {
		return 0, 0, false
	}
	back := func(from int) (int, int) { // the digits before some white space
		end := from
		for end > 0 && isSpace(b[end-1]) {
			end--
		}
		start := end
		for start > 0 && b[start-1] >= '0' && b[start-1] <= '9' && end-start < 10 {
			start--
		}
		return start, end
	}
	genStart, genEnd := back(at)
	if genStart == genEnd {
		return 0, 0, false
	}
	start, end := back(genStart)
	if start == end || end == genStart {
		return 0, 0, false
	}
	number, err := strconv.Atoi(string(b[start:end]))
	return start, number, err == nil && number > 0 && number <= maxNumber
}

// findCatalog looks among all objects for the one of that type.
func (f *File) findCatalog() {
	for _, number := range f.Numbers() {
		if dict, ok := f.Object(number).(Dict); ok && dict["Type"] == Name("Catalog") {
			f.Trailer["Root"] = Ref{Number: number}
		}
		if f.Fault != nil {
			return
		}
	}
}
