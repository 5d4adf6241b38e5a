package cos

import (
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// bundle is a decoded object stream (7.5.7): objects one after another, with their numbers
// and offsets in front.
type bundle struct {
	data    []byte
	numbers []int // in order
	offsets map[int]int
}

// maxBundle bounds an object stream, which is held in memory. Honest ones have under a megabyte.
const maxBundle = 16 << 20

// inBundle reads an object out of an object stream.
func (f *File) inBundle(in, number int) (o Object, size int, found bool) {
	b := f.bundle(in)
	if b == nil {
		return nil, 0, false
	}
	at, has := b.offsets[number]
	if !has || at < 0 || at >= len(b.data) {
		return nil, 0, false
	}
	l := NewLexer(b.data[at:], &f.work)
	defer f.checkWork(&number)
	o = l.value(0)
	switch o.(type) {
	case end, closing, Operator:
		return nil, 0, false
	}
	return o, l.pos, true
}

// bundle decodes an object stream, or answers the one that was decoded before.
func (f *File) bundle(number int) *bundle {
	if b, ok := f.bundles[number]; ok {
		return b
	}
	if e := f.entries[number]; e.in != 0 {
		f.fail(source.New(CodeLoop, place(number),
			"A part of the PDF that holds other parts is itself inside such a part; "+
				"ask the sender for the file again."))
		return nil
	}
	s, ok := f.Object(number).(*Stream)
	if !ok {
		return nil
	}
	count, ok := f.Int(s.Dict["N"])
	first, also := f.Int(s.Dict["First"])
	data, _ := f.Decode(s, maxBundle)
	if len(data) == maxBundle {
		f.fail(source.New(source.CodeTooLarge, place(number), "A part of the PDF that holds others unpacks to "+
			"more than "+strconv.Itoa(maxBundle)+" bytes; send a smaller one."))
	}
	if !ok || !also || first < 0 || first > len(data) || count < 0 {
		return nil
	}
	if count > f.limits.PDFObjects {
		f.fail(source.TooMany(place(number), "objects", f.limits.PDFObjects))
		return nil
	}
	b := &bundle{data: data, offsets: map[int]int{}}
	l := NewLexer(data[:first], &f.work)
	for range count {
		n, ok := l.value(0).(Int)
		at, also := l.value(0).(Int)
		if !ok || !also {
			break
		}
		if _, twice := b.offsets[int(n)]; !twice {
			b.numbers = append(b.numbers, int(n))
			b.offsets[int(n)] = first + int(at)
		}
	}
	if f.bundled+len(data) > maxBundled {
		f.bundles, f.bundled = map[int]*bundle{}, 0
	}
	f.bundles[number], f.bundled = b, f.bundled+len(data)
	return b
}

// enter adds the objects of a bundle that a search found to the table.
func (f *File) enter(number int) {
	b := f.bundle(number)
	if b == nil {
		return
	}
	for _, n := range b.numbers {
		if n <= 0 || n > maxNumber || n == number {
			continue
		}
		if old, has := f.entries[n]; has && old.in == 0 && old.at > f.entries[number].at {
			continue // a later object of its own overrules
		}
		if len(f.entries) >= f.limits.PDFObjects {
			f.fail(source.TooMany(place(number), "objects", f.limits.PDFObjects))
			return
		}
		f.entries[n] = entry{in: number}
	}
}
