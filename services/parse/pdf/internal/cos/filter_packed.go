package cos

import (
	"bufio"
	"errors"
	"io"
)

// errPacked is damage in packed bytes.
var errPacked = errors.New("cos: damaged packed bytes")

func byteReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

// runLength undoes RunLengthDecode (7.4.5).
type runLength struct {
	r      *bufio.Reader
	count  int
	repeat bool
	value  byte
}

func (r *runLength) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.count == 0 {
			c, err := r.r.ReadByte()
			if err != nil || c == 128 { // 128 is the end
				return n, io.EOF
			}
			r.repeat, r.count = c > 128, int(c)+1
			if r.repeat {
				r.count = 257 - int(c)
				if r.value, err = r.r.ReadByte(); err != nil {
					return n, io.EOF
				}
			}
		}
		if !r.repeat {
			var err error
			if r.value, err = r.r.ReadByte(); err != nil {
				return n, io.EOF
			}
		}
		p[n] = r.value
		n, r.count = n+1, r.count-1
	}
	return n, nil
}

// The codes of LZW in a PDF (7.4.4).
const (
	lzwClear = 256
	lzwEnd   = 257
	lzwCodes = 4096
	lzwWidth = 9
)

// lzw undoes LZWDecode. The packages of the standard library change the width of the codes
// one code later than a PDF does.
type lzw struct {
	r       *bufio.Reader
	early   int
	bits    uint32
	held    int
	width   int
	next    int // the next code to be given out
	last    int // the code before, -1 for none
	prefix  [lzwCodes]uint16
	suffix  [lzwCodes]byte
	pending []byte
	scratch [lzwCodes]byte
}

func newLZW(r io.Reader, early bool) io.Reader {
	l := &lzw{r: byteReader(r), width: lzwWidth, next: lzwEnd + 1, last: -1}
	if early {
		l.early = 1
	}
	return l
}

func (l *lzw) Read(p []byte) (int, error) {
	for len(l.pending) == 0 {
		if err := l.step(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	return n, nil
}

// step takes one code in.
func (l *lzw) step() error {
	for l.held < l.width {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		l.bits, l.held = l.bits<<8|uint32(c), l.held+8
	}
	l.held -= l.width
	code := int(l.bits >> l.held & (1<<l.width - 1))
	switch {
	case code == lzwClear:
		l.width, l.next, l.last = lzwWidth, lzwEnd+1, -1
		return nil
	case code == lzwEnd:
		return io.EOF
	case l.last < 0 && code > lzwEnd, code > l.next:
		return errPacked
	}
	at := len(l.scratch)
	put := func(c byte) { at--; l.scratch[at] = c }
	chain := code
	if code == l.next { // the string before and its own first byte
		at-- // filled in below
		chain = l.last
	}
	for chain > lzwEnd {
		put(l.suffix[chain])
		chain = int(l.prefix[chain])
	}
	first := byte(chain) //nolint:gosec // below 256: codes of strings begin above lzwEnd
	put(first)
	if code == l.next {
		l.scratch[len(l.scratch)-1] = first
	}
	if l.last >= 0 && l.next < lzwCodes {
		l.prefix[l.next], l.suffix[l.next] = uint16(l.last), first //nolint:gosec // below lzwCodes
		l.next++
	}
	if l.next+l.early >= 1<<l.width && l.width < 12 {
		l.width++
	}
	l.last, l.pending = code, l.scratch[at:]
	return nil
}

// Predictors of FlateDecode and LZWDecode (7.4.4.4).
const (
	predictorTIFF = 2
	predictorPNG  = 10
	// maxRow bounds the bytes of a row, which is held in memory.
	maxRow = 1 << 20
)

// predict undoes the predictor that the parameters name, if any.
func (f *File) predict(r io.Reader, params Dict) io.Reader {
	kind, _ := f.Int(params["Predictor"])
	if kind < predictorTIFF {
		return r
	}
	number := func(key Name, absent int) int {
		if n, ok := f.Int(params[key]); ok && n > 0 && n <= maxRow {
			return n
		}
		return absent
	}
	colors, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if colors > 32 || bits > 16 {
		return r
	}
	row := (colors*bits*columns + 7) / 8
	if row > maxRow || (kind < predictorPNG && bits != 8) {
		return r // not for text: an image
	}
	step := max(1, colors*bits/8)
	return &predictor{
		r: bufio.NewReader(r), png: kind >= predictorPNG, step: step,
		row: make([]byte, row), above: make([]byte, row),
	}
}

type predictor struct {
	r          *bufio.Reader
	png        bool
	step       int // bytes between a sample and its neighbour
	row, above []byte
	pending    []byte
}

// Read fills what it is given: rows may be a byte long.
func (p *predictor) Read(to []byte) (int, error) {
	done := 0
	for done < len(to) {
		if len(p.pending) == 0 {
			if err := p.next(); err != nil {
				if done > 0 {
					return done, nil // the next call meets the same end
				}
				return 0, err
			}
		}
		n := copy(to[done:], p.pending)
		p.pending = p.pending[n:]
		done += n
	}
	return done, nil
}

func (p *predictor) next() error {
	p.row, p.above = p.above, p.row
	filter := byte(1) // the TIFF predictor is PNG's Sub without the byte in front
	if p.png {
		var err error
		if filter, err = p.r.ReadByte(); err != nil {
			return err
		}
	}
	n, err := io.ReadFull(p.r, p.row)
	if n == 0 {
		return err
	}
	clear(p.row[n:])
	for i := range p.row[:n] {
		var left, above, corner byte
		above = p.above[i]
		if i >= p.step {
			left, corner = p.row[i-p.step], p.above[i-p.step]
		}
		switch filter {
		case 1:
			p.row[i] += left
		case 2:
			p.row[i] += above
		case 3:
			p.row[i] += byte((int(left) + int(above)) / 2) //nolint:gosec // the mean of two bytes
		case 4:
			p.row[i] += paeth(left, above, corner)
		}
	}
	p.pending = p.row[:n]
	return nil
}

// paeth is PNG's choice of the neighbour nearest to left + above - corner.
func paeth(left, above, corner byte) byte {
	a, b, c := int(left), int(above), int(corner)
	distance := func(n int) int { return max(a+b-c-n, n-a-b+c) }
	switch {
	case distance(a) <= distance(b) && distance(a) <= distance(c):
		return left
	case distance(b) <= distance(c):
		return above
	default:
		return corner
	}
}
