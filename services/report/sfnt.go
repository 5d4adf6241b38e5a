package report

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Limits on a font file. The collections that Debian ships have up to 17 MB and three faces.
const (
	maxFontBytes  = 64 << 20
	maxFontFaces  = 64
	maxFontTables = 64
)

// errFont: the bytes are no TrueType font that a report can use.
var errFont = errors.New("not a usable TrueType font")

// face is one TrueType face as a file of its own, with what the layout needs to know of it.
type face struct {
	name       string // family under which the PDF library knows it
	ttf        []byte
	unitsPerEm int
	advances   []uint16 // by glyph, in font units; the last one holds for all further glyphs
	glyphs     []uint16 // by code point of the basic multilingual plane; 0: none
	outlined   []bool   // by glyph: it draws something
}

// faceCount tells how many faces a font file has: 1 for a plain font.
func faceCount(file []byte) (int, error) {
	if len(file) < 12 || len(file) > maxFontBytes {
		return 0, fmt.Errorf("%w: %d bytes", errFont, len(file))
	}
	if string(file[:4]) != "ttcf" {
		return 1, nil
	}
	n := int(binary.BigEndian.Uint32(file[8:]))
	if n < 1 || n > maxFontFaces || len(file) < 12+4*n {
		return 0, fmt.Errorf("%w: a collection of %d faces", errFont, n)
	}
	return n, nil
}

// cutFace copies one face out of a TrueType font or collection (OpenType 1.9, "Organization
// of an OpenType Font") into a font file that stands alone, because the PDF library reads
// no collections. It keeps only the tables that an embedded font needs.
func cutFace(file []byte, index int) (face, error) {
	n, err := faceCount(file)
	if err != nil {
		return face{}, err
	}
	if index < 0 || index >= n {
		return face{}, fmt.Errorf("%w: no face %d of %d", errFont, index, n)
	}
	start := 0
	if string(file[:4]) == "ttcf" {
		start = int(binary.BigEndian.Uint32(file[12+4*index:]))
	}
	tables, err := readTables(file, start)
	if err != nil {
		return face{}, err
	}
	f, err := readFace(tables)
	if err != nil {
		return face{}, err
	}
	f.ttf = joinTables(tables)
	return f, nil
}

// fontTable is one table of a face: its tag, the checksum the file states, and its bytes.
type fontTable struct {
	tag      string
	checksum uint32
	data     []byte
}

// needed lists the tables of an embedded TrueType font; the last three are hinting programs
// that a font may lack.
func needed() []string {
	return []string{
		"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post",
		"cvt ", "fpgm", "prep",
	}
}

const hintingTables = 3

func readTables(file []byte, start int) ([]fontTable, error) {
	if start < 0 || start > len(file)-12 {
		return nil, fmt.Errorf("%w: face begins at %d of %d bytes", errFont, start, len(file))
	}
	switch version := binary.BigEndian.Uint32(file[start:]); version {
	case 0x00010000, 0x74727565: // TrueType, "true"
	default:
		return nil, fmt.Errorf("%w: outlines of type %08x", errFont, version)
	}
	count := int(binary.BigEndian.Uint16(file[start+4:]))
	if count > maxFontTables || start+12+16*count > len(file) {
		return nil, fmt.Errorf("%w: %d tables", errFont, count)
	}
	var tables []fontTable
	for i := range count {
		entry := file[start+12+16*i:]
		tag := string(entry[:4])
		if !slices.Contains(needed(), tag) {
			continue
		}
		if slices.ContainsFunc(tables, func(t fontTable) bool { return t.tag == tag }) {
			return nil, fmt.Errorf("%w: table %q twice", errFont, tag)
		}
		from, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		if uint64(from)+uint64(size) > uint64(len(file)) {
			return nil, fmt.Errorf("%w: table %q ends after the file", errFont, tag)
		}
		tables = append(tables, fontTable{
			tag, binary.BigEndian.Uint32(entry[4:]), file[from : from+size : from+size],
		})
	}
	for _, tag := range needed()[:len(needed())-hintingTables] {
		if find(tables, tag) == nil {
			return nil, fmt.Errorf("%w: no table %q", errFont, tag)
		}
	}
	slices.SortFunc(tables, func(a, b fontTable) int {
		if a.tag < b.tag {
			return -1
		}
		return 1
	})
	return tables, nil
}

func find(tables []fontTable, tag string) []byte {
	for _, t := range tables {
		if t.tag == tag {
			return t.data
		}
	}
	return nil
}

// joinTables writes the tables as a font file: header, directory, tables padded to four bytes.
func joinTables(tables []fontTable) []byte {
	log := 0
	for 2<<log <= len(tables) {
		log++
	}
	search := 16 << log
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tables), search, log, 16*len(tables) - search} {
		out = binary.BigEndian.AppendUint16(out, uint16(v)) //nolint:gosec // at most 13 tables
	}
	at := 12 + 16*len(tables)
	for _, t := range tables {
		out = append(out, t.tag...)
		for _, v := range []int{int(t.checksum), at, len(t.data)} {
			out = binary.BigEndian.AppendUint32(out, uint32(v)) //nolint:gosec // bounded by maxFontBytes
		}
		at += (len(t.data) + 3) &^ 3
	}
	out = slices.Grow(out, at-len(out))
	for _, t := range tables {
		out = append(out, t.data...)
		out = append(out, make([]byte, -len(t.data)&3)...)
	}
	return out
}

// readFace reads the measures of a face and refuses one whose tables contradict each other.
func readFace(tables []fontTable) (face, error) {
	head, hhea, maxp := find(tables, "head"), find(tables, "hhea"), find(tables, "maxp")
	if len(head) < 54 || len(hhea) < 36 || len(maxp) < 6 {
		return face{}, fmt.Errorf("%w: head, hhea or maxp is cut short", errFont)
	}
	f := face{unitsPerEm: int(binary.BigEndian.Uint16(head[18:]))}
	if f.unitsPerEm < 16 || f.unitsPerEm > 16384 { // the bounds of the standard
		return face{}, fmt.Errorf("%w: %d units per em", errFont, f.unitsPerEm)
	}
	glyphs := int(binary.BigEndian.Uint16(maxp[4:]))
	metrics := int(binary.BigEndian.Uint16(hhea[34:]))
	hmtx := find(tables, "hmtx")
	if glyphs < 1 || metrics < 1 || metrics > glyphs || len(hmtx) < 4*metrics+2*(glyphs-metrics) {
		return face{}, fmt.Errorf("%w: %d glyphs, %d widths", errFont, glyphs, metrics)
	}
	for i := range metrics {
		f.advances = append(f.advances, binary.BigEndian.Uint16(hmtx[4*i:]))
	}
	var err error
	if f.outlined, err = readOutlines(tables, glyphs, binary.BigEndian.Uint16(head[50:])); err != nil {
		return face{}, err
	}
	f.glyphs, err = readCharacters(find(tables, "cmap"), glyphs)
	return f, err
}

// readOutlines tells from the table of glyph offsets which glyphs draw something.
func readOutlines(tables []fontTable, glyphs int, format uint16) ([]bool, error) {
	loca, limit := find(tables, "loca"), len(find(tables, "glyf"))
	width := 2
	if format == 1 {
		width = 4
	}
	if format > 1 || len(loca) < width*(glyphs+1) {
		return nil, fmt.Errorf("%w: glyph offsets in format %d", errFont, format)
	}
	at := func(i int) int {
		if width == 2 {
			return 2 * int(binary.BigEndian.Uint16(loca[2*i:]))
		}
		return int(binary.BigEndian.Uint32(loca[4*i:]))
	}
	outlined := make([]bool, glyphs)
	for i := range outlined {
		if at(i) > at(i+1) || at(i+1) > limit {
			return nil, fmt.Errorf("%w: glyph %d lies outside of the outlines", errFont, i)
		}
		outlined[i] = at(i) < at(i+1)
	}
	return outlined, nil
}

// readCharacters reads the character map for Windows and Unicode's basic plane (platform 3,
// encoding 1, format 4), the one that the PDF library reads too. It checks all of it, since
// that library indexes by its values without a check.
func readCharacters(cmap []byte, glyphs int) ([]uint16, error) {
	sub, err := unicodeMap(cmap)
	if err != nil {
		return nil, err
	}
	length, segments := int(binary.BigEndian.Uint16(sub[2:])), int(binary.BigEndian.Uint16(sub[6:]))/2
	if segments < 1 || length < 16+8*segments || length > len(sub) {
		return nil, fmt.Errorf("%w: character map of %d segments in %d bytes", errFont, segments, length)
	}
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(sub[at:])) }
	ends, starts := 14, 16+2*segments
	deltas, ranges := starts+2*segments, starts+4*segments
	out := make([]uint16, 1<<16)
	next := 0 // first code point that no segment has covered
	for s := range segments {
		first, last, offset := u16(starts+2*s), u16(ends+2*s), u16(ranges+2*s)
		if first < next || first > last {
			return nil, fmt.Errorf("%w: character map segment %d out of order", errFont, s)
		}
		next = last + 1
		for c := first; c <= last; c++ {
			glyph := c
			if offset != 0 {
				at := ranges + 2*s + offset + 2*(c-first)
				if offset%2 != 0 || at < ranges+2*segments || at+2 > length {
					return nil, fmt.Errorf("%w: character map points outside of itself", errFont)
				}
				if glyph = u16(at); glyph == 0 {
					continue
				}
			}
			glyph = (glyph + u16(deltas+2*s)) & 0xFFFF
			if glyph < glyphs {
				out[c] = uint16(glyph) // masked to 16 bits above
			}
		}
	}
	if next != 1<<16 {
		return nil, fmt.Errorf("%w: character map ends before U+FFFF", errFont)
	}
	return out, nil
}

// unicodeMap finds the subtable of platform 3, encoding 1 and checks that it is of format 4.
func unicodeMap(cmap []byte) ([]byte, error) {
	if len(cmap) < 4 {
		return nil, fmt.Errorf("%w: no character map", errFont)
	}
	n := int(binary.BigEndian.Uint16(cmap[2:]))
	if n > maxFontTables || len(cmap) < 4+8*n {
		return nil, fmt.Errorf("%w: %d character maps", errFont, n)
	}
	for i := range n {
		record := cmap[4+8*i:]
		if binary.BigEndian.Uint32(record) != 3<<16|1 {
			continue
		}
		at := binary.BigEndian.Uint32(record[4:])
		if uint64(at)+16 > uint64(len(cmap)) || binary.BigEndian.Uint16(cmap[at:]) != 4 {
			break
		}
		return cmap[at:], nil
	}
	return nil, fmt.Errorf("%w: no Unicode character map of format 4", errFont)
}

// draws tells whether the face shows something for the character, a space included.
func (f *face) draws(r rune) bool {
	if r == ' ' {
		return f.glyphs[' '] != 0
	}
	return r > ' ' && int(r) < len(f.glyphs) && f.glyphs[r] != 0 && f.outlined[f.glyphs[r]]
}

// width is the width of a text in thousandths of the font size, rounded down per glyph as
// the PDF states it.
func (f *face) width(s string) int {
	w := 0
	for _, r := range s {
		w += f.advance(r)
	}
	return w
}

func (f *face) advance(r rune) int {
	g := 0
	if r >= 0 && int(r) < len(f.glyphs) {
		g = int(f.glyphs[r])
	}
	return int(f.advances[min(g, len(f.advances)-1)]) * 1000 / f.unitsPerEm
}
