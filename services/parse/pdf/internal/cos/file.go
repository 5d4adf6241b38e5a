package cos

import (
	"bytes"
	"iter"
	"slices"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// Codes of a file whose objects are not taken in.
const (
	CodeUnreadable  = "pdf.unreadable"   // no PDF whose objects can be found
	CodeLoop        = "pdf.loop"         // a part of the file that leads back to itself
	CodeFilterChain = "pdf.filter_chain" // more filters behind each other than Limits
)

// File is the object layer of one PDF. After any call Fault is the first limit that the file
// passed; what was answered since then means nothing.
type File struct {
	Fault *source.Fault
	// Trailer is that of the newest revision.
	Trailer Dict
	// Revisions are the tables of the file, newest first. A file that had to be searched for
	// its objects has none.
	Revisions []Revision
	// Recovered is set when the tables are broken and the bytes were searched for objects.
	Recovered bool

	b       []byte
	limits  source.Limits
	work    int // bytes and values that may still be read
	decoded int // bytes that may still come out of filters
	rawLeft int // bytes that may still go into filters
	entries map[int]entry
	listed  int // entries of all tables
	cache   map[int]Object
	cached  int // bytes of the source of what cache holds
	bundles map[int]*bundle
	bundled int // bytes that bundles hold
	// unpacked are the streams that Decode took.
	unpacked map[int]bool
	active   []int // objects that are being read, to notice one that leads to itself
	ends     []int // where the word endstream stands, found at its first use
}

// Revision is what one save of the file wrote.
type Revision struct {
	Offset  int // of its table
	entries map[int]entry
}

// entry says where an object stands: at a byte of the file, or in an object stream.
type entry struct {
	in   int // number of the object stream, 0 for none
	at   int // byte of "12 0 obj", or the index in the object stream
	free bool
}

const (
	// maxCached bounds the bytes of the source whose values are kept for a second use.
	maxCached = 2 << 20
	// maxCachedObject is above fonts and pages; larger values are read again.
	maxCachedObject = 64 << 10
	// maxBundled bounds the decoded object streams that are kept.
	maxBundled = 32 << 20
	// maxActive bounds references that lead to references.
	maxActive = 64
)

// Open finds the objects of a file that begins with its header.
func Open(l source.Limits, b []byte) (*File, *source.Fault) {
	f := &File{
		b: b, limits: l, work: l.PDFWork, decoded: l.PDFTotal, rawLeft: l.PDFTotal,
		entries: map[int]entry{}, cache: map[int]Object{}, bundles: map[int]*bundle{}, Trailer: Dict{},
		unpacked: map[int]bool{},
	}
	if !f.loadTables() && f.Fault == nil {
		f.search()
	}
	if f.Fault == nil && f.Dict(f.Catalog()["Pages"]) == nil && !f.Recovered {
		f.search()
	}
	if f.Fault == nil && f.Catalog() == nil {
		f.fail(source.New(CodeUnreadable, "",
			"The PDF is damaged: its catalog is not found. Ask the sender for the file again."))
	}
	return f, f.Fault
}

// Catalog is the root of the document, nil when there is none.
func (f *File) Catalog() Dict { return f.Dict(f.Trailer["Root"]) }

// Numbers are the numbers of all objects in order of where they stand, so that an object
// stream is decoded once for all that it holds.
func (f *File) Numbers() []int {
	out := make([]int, 0, len(f.entries))
	for n, e := range f.entries {
		if !e.free {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b int) int {
		if d := f.entries[a].in - f.entries[b].in; d != 0 {
			return d
		}
		return a - b
	})
	return out
}

// fail keeps the first fault.
func (f *File) fail(fault *source.Fault) {
	if f.Fault == nil {
		f.Fault = fault
	}
}

// Object is the object of a number, nil when there is none.
func (f *File) Object(number int) Object {
	if o, ok := f.cache[number]; ok {
		return o
	}
	if f.Fault != nil || len(f.active) >= maxActive || slices.Contains(f.active, number) {
		return nil
	}
	e, ok := f.entries[number]
	if !ok || e.free {
		return nil
	}
	f.active = append(f.active, number)
	defer func() { f.active = f.active[:len(f.active)-1] }()
	o, size, found := f.readEntry(f.entries, number)
	if !found && !f.Recovered {
		f.search() // a table that is wrong in one place may be wrong in others
		o, size, found = f.readEntry(f.entries, number)
	}
	if !found {
		return nil
	}
	if size <= maxCachedObject && f.cached+size <= maxCached {
		f.cache[number], f.cached = o, f.cached+size
	}
	return o
}

// readEntry reads an object by one table and tells the bytes it took.
func (f *File) readEntry(entries map[int]entry, number int) (o Object, size int, found bool) {
	e, ok := entries[number]
	switch {
	case !ok || e.free:
		return nil, 0, false
	case e.in != 0:
		return f.inBundle(e.in, number)
	default:
		n, o, size := f.objectAt(e.at)
		return o, size, n == number
	}
}

// InRevision is an object as the revision of that index wrote it, false when it did not.
func (f *File) InRevision(index, number int) (Object, bool) {
	o, _, found := f.readEntry(f.Revisions[index].entries, number)
	return o, found
}

// Has tells whether the revision of that index wrote the object.
func (f *File) Has(index, number int) bool {
	e, ok := f.Revisions[index].entries[number]
	return ok && !e.free
}

// objectAt reads "12 0 obj" and what follows; number is -1 when that does not stand there.
func (f *File) objectAt(offset int) (number int, o Object, size int) {
	if offset < 0 || offset >= len(f.b) {
		return -1, nil, 0
	}
	l := &Lexer{b: f.b, pos: offset, budget: &f.work}
	defer f.checkWork(&number)
	n, isInt := l.value(0).(Int)
	if _, also := l.value(0).(Int); !isInt || !also || n < 0 || n > maxNumber || l.value(0) != Operator("obj") {
		return -1, nil, 0
	}
	number = int(n)
	o = l.value(0)
	if _, none := o.(end); none {
		return number, nil, 0
	}
	if l.values > maxValues {
		f.fail(source.TooMany(place(number), "values in one object", maxValues))
	}
	dict, isDict := o.(Dict)
	if !isDict {
		switch o.(type) {
		case closing, Operator:
			o = nil
		}
		return number, o, l.pos - offset
	}
	size = l.pos - offset
	l.skipSpace()
	if rest := l.b[l.pos:]; bytes.HasPrefix(rest, []byte("stream")) {
		return number, &Stream{Dict: dict, Raw: f.raw(dict, l.pos+len("stream")), Number: number}, size
	}
	return number, o, size
}

// checkWork turns a spent budget into the fault of the file.
func (f *File) checkWork(number *int) {
	if f.work <= 0 {
		f.fail(source.New(source.CodeTooLarge, place(*number),
			"The PDF holds more than "+strconv.Itoa(f.limits.PDFWork)+
				" bytes of objects and page content; send a smaller one."))
	}
}

// Work is the budget that a lexer of the file's own content draws from; call Spent after it.
func (f *File) Work() *int { return &f.work }

// Spent notes whether the budget of Work is at its end.
func (f *File) Spent(number int) bool {
	f.checkWork(&number)
	return f.Fault != nil
}

func place(number int) string {
	if number < 0 {
		return ""
	}
	return "object " + strconv.Itoa(number)
}

// raw are the bytes of a stream that begins after the word at from. The length that the
// dictionary tells counts when the word endstream follows it; else the next such word ends it.
func (f *File) raw(dict Dict, from int) []byte {
	if from < len(f.b) && f.b[from] == '\r' {
		from++
	}
	if from < len(f.b) && f.b[from] == '\n' {
		from++
	}
	if n, ok := f.Int(dict["Length"]); ok && n >= 0 && n <= len(f.b)-from {
		if bytes.HasPrefix(bytes.TrimLeft(f.b[from+n:min(from+n+16, len(f.b))], "\r\n \t"), []byte("endstream")) {
			return f.b[from : from+n]
		}
	}
	if f.ends == nil {
		f.ends = slices.AppendSeq([]int{}, positions(f.b, "endstream"))
	}
	i, _ := slices.BinarySearch(f.ends, from)
	if i == len(f.ends) {
		return f.b[min(from, len(f.b)):]
	}
	return bytes.TrimRight(f.b[from:f.ends[i]], "\r\n")
}

// positions are the places of a word in order.
func positions(b []byte, word string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := 0; ; {
			i := bytes.Index(b[at:], []byte(word))
			if i < 0 || !yield(at+i) {
				return
			}
			at += i + len(word)
		}
	}
}

// Resolve follows references to the value itself.
func (f *File) Resolve(o Object) Object {
	for range maxActive {
		ref, ok := o.(Ref)
		if !ok {
			return o
		}
		o = f.Object(ref.Number)
	}
	return nil
}

// Dict is a value as a dictionary, that of a stream included; nil when it is none.
func (f *File) Dict(o Object) Dict {
	switch v := f.Resolve(o).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	default:
		return nil
	}
}

// Array is a value as an array, nil when it is none.
func (f *File) Array(o Object) Array {
	a, _ := f.Resolve(o).(Array)
	return a
}

// Name is a value as a name, "" when it is none.
func (f *File) Name(o Object) Name {
	n, _ := f.Resolve(o).(Name)
	return n
}

// Text is a value as the bytes of a string, "" when it is none.
func (f *File) Text(o Object) string {
	s, _ := f.Resolve(o).(String)
	return string(s)
}

// Int is a value as a whole number.
func (f *File) Int(o Object) (int, bool) {
	n, ok := f.Resolve(o).(Int)
	return int(n), ok
}

// Stream is a value as a stream, nil when it is none.
func (f *File) Stream(o Object) *Stream {
	s, _ := f.Resolve(o).(*Stream)
	return s
}
