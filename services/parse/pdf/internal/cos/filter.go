package cos

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"errors"
	"io"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// errBound is why a chain of filters stops: one of its parts gave more than a limit allows.
var errBound = errors.New("cos: a limit of decoded bytes is passed")

// Decode undoes the filters of a stream, all of it against the limits, and keeps at most the
// given number of bytes. The answer is what came out before any damage; whole is false when
// there was damage, or a filter that is not for text (an image's), or more than was kept.
func (f *File) Decode(s *Stream, keep int) (data []byte, whole bool) {
	head := &prefix{most: keep}
	f.unpacked[s.Number] = true
	whole = f.decode(s, head)
	return head.b, whole && !head.cut
}

// prefix keeps the first bytes written to it.
type prefix struct {
	b    []byte
	most int
	cut  bool // there was more
}

func (p *prefix) Write(b []byte) (int, error) {
	n := min(len(b), p.most-len(p.b))
	p.b, p.cut = append(p.b, b[:n]...), p.cut || n < len(b)
	return len(b), nil
}

// Unpacked tells whether the stream of that number went through Decode, to whatever end.
func (f *File) Unpacked(number int) bool { return f.unpacked[number] }

func (f *File) decode(s *Stream, to io.Writer) (whole bool) {
	r, ok := f.open(s)
	if f.Fault != nil {
		return false
	}
	_, err := io.Copy(to, r)
	if errors.Is(err, errBound) {
		f.fail(source.New(source.CodeTooLarge, place(s.Number),
			"A part of the PDF unpacks to more than "+strconv.Itoa(f.limits.PDFStream)+
				" bytes, or all of it to more than "+strconv.Itoa(f.limits.PDFTotal)+"; send a smaller one."))
	}
	return ok && err == nil
}

// open is a stream behind its filters, each of which is bounded. ok is false from a filter on
// that is not undone here: what comes out is what that filter would take in.
func (f *File) open(s *Stream) (r io.Reader, ok bool) {
	names, params := f.filters(s.Dict)
	if len(names) > f.limits.PDFFilters {
		f.fail(source.New(CodeFilterChain, place(s.Number), "A part of the PDF is packed more than "+
			strconv.Itoa(f.limits.PDFFilters)+" times over; ask the sender for a PDF made in the usual way."))
		return nil, false
	}
	r = &bounded{f: f, r: bytes.NewReader(s.Raw), left: int64(f.limits.PDFBytes), raw: true}
	for i, name := range names {
		switch name {
		case "FlateDecode", "Fl":
			r = f.predict(inflate(r), params[i])
		case "LZWDecode", "LZW":
			early, given := f.Int(params[i]["EarlyChange"])
			r = f.predict(newLZW(r, !given || early != 0), params[i])
		case "ASCII85Decode", "A85":
			in := byteReader(r)
			if mark, _ := in.Peek(len("<~")); string(mark) == "<~" { // some writers begin with it
				_, _ = in.Discard(len(mark))
			}
			r = ascii85.NewDecoder(&until{r: in, stop: '~'})
		case "ASCIIHexDecode", "AHx":
			r = &hexReader{r: &until{r: r, stop: '>'}}
		case "RunLengthDecode", "RL":
			r = &runLength{r: byteReader(r)}
		case "Crypt": // the filter of a file that is not encrypted does nothing
			continue
		default:
			return r, false
		}
		r = &bounded{f: f, r: r, left: int64(f.limits.PDFStream)}
	}
	return r, true
}

func (f *File) filters(d Dict) (names []Name, params []Dict) {
	list, parms := f.Resolve(d["Filter"]), f.Resolve(d["DecodeParms"])
	if name, ok := list.(Name); ok {
		list, parms = Array{name}, Array{parms}
	}
	all, _ := list.(Array)
	with, _ := parms.(Array)
	for i, o := range all {
		names = append(names, f.Name(o))
		var p Dict
		if i < len(with) {
			p = f.Dict(with[i])
		}
		params = append(params, p)
		if len(names) > f.limits.PDFFilters {
			break // one more than allowed is enough to know
		}
	}
	return names, params
}

// bounded counts what passes against the limit of one stream and that of the whole file.
// The raw bytes count as work, so that a stream cannot be read again and again for nothing.
type bounded struct {
	f    *File
	r    io.Reader
	left int64
	raw  bool
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.raw {
		b.f.rawLeft -= n
		if b.f.rawLeft < 0 {
			return 0, errBound
		}
	} else {
		b.f.decoded -= n
		if b.f.decoded < 0 {
			return 0, errBound
		}
	}
	if b.left < 0 {
		return 0, errBound
	}
	return n, err
}

// zlibHeader is the size of what stands before the deflated bytes (RFC 1950).
const zlibHeader = 2

// inflate takes the deflated bytes as they come: many writers get the checksum wrong.
func inflate(r io.Reader) io.Reader {
	in := byteReader(r)
	var head [zlibHeader]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return bytes.NewReader(nil)
	}
	return flate.NewReader(in)
}

// until ends a stream of text at its mark.
type until struct {
	r    io.Reader
	stop byte
	done bool
}

func (u *until) Read(p []byte) (int, error) {
	if u.done {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	if i := bytes.IndexByte(p[:n], u.stop); i >= 0 {
		u.done, n, err = true, i, nil
	}
	return n, err
}

// hexReader undoes ASCIIHexDecode (7.4.2).
type hexReader struct {
	r    io.Reader
	buf  [512]byte
	half byte
	odd  bool
}

func (h *hexReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	in, err := h.r.Read(h.buf[:min(len(h.buf), len(p))])
	n := 0
	for _, c := range h.buf[:in] {
		d, ok := hexDigit(c)
		switch {
		case !ok:
		case h.odd:
			p[n], h.odd = h.half<<4|d, false
			n++
		default:
			h.half, h.odd = d, true
		}
	}
	if errors.Is(err, io.EOF) && h.odd && n < len(p) {
		p[n], h.odd = h.half<<4, false
		n++
	}
	return n, err
}
