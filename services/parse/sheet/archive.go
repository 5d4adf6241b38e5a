package sheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// freeRatio is how many unpacked bytes of an entry are allowed whatever its ratio: a small
// file of blanks hurts nobody.
const freeRatio = 64 << 10

// archive is a ZIP archive whose every entry was held to the limits.
type archive struct {
	limits  Limits
	entries map[string]*zip.File
}

// openArchive holds an archive against the limits: first what its directory says, then what
// unpacking gives, entry by entry, so that neither can lie.
func openArchive(l Limits, b []byte) (*archive, *source.Fault) {
	// The directory is read as a whole, so its entries are counted before.
	if bytes.Count(b, []byte("PK\x01\x02")) > l.Entries {
		return nil, source.TooMany("", "files in the archive", l.Entries)
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, source.New(source.CodeMalformed, "",
			"The archive is broken or breaks off; send the whole file.")
	}
	a := &archive{limits: l, entries: map[string]*zip.File{}}
	if len(r.File) > l.Entries {
		return nil, source.TooMany("", "files in the archive", l.Entries)
	}
	if f := a.directory(r.File); f != nil {
		return nil, f
	}
	if f := noOverlap(r.File, len(b)); f != nil {
		return nil, f
	}
	for _, file := range r.File {
		if f := a.content(file); f != nil {
			return nil, f
		}
	}
	return a, nil
}

// directory checks what the archive says of its entries.
func (a *archive) directory(files []*zip.File) *source.Fault {
	var total uint64
	for _, file := range files {
		name := strings.ToLower(file.Name)
		switch {
		case !safeName(file.Name):
			return refused(file.Name, "has a name that leads out of the archive")
		case a.entries[name] != nil:
			return refused(file.Name, "stands in the archive twice")
		case !file.Mode().IsRegular() && !file.Mode().IsDir(), file.Mode()&fs.ModeSymlink != 0:
			return refused(file.Name, "is a link, or another thing that is no file")
		case file.Flags&1 != 0:
			return refused(file.Name, "is encrypted")
		case file.Method != zip.Store && file.Method != zip.Deflate:
			return refused(file.Name, "is packed in a way that is not read here")
		case isMacro(name):
			return refused(file.Name, "holds a macro")
		}
		total += min(file.UncompressedSize64, uint64(a.limits.Unpacked)+1) //nolint:gosec // not negative
		if total > uint64(a.limits.Unpacked) {                             //nolint:gosec // not negative
			return source.TooMany("", "bytes once unpacked", a.limits.Unpacked)
		}
		if f := a.ratio(file); f != nil {
			return f
		}
		a.entries[name] = file
	}
	return nil
}

func (a *archive) ratio(file *zip.File) *source.Fault {
	switch {
	case file.UncompressedSize64 > uint64(a.limits.Part): //nolint:gosec // not negative
		return source.TooMany(source.Cut(file.Name), "bytes in one part once unpacked", a.limits.Part)
	case file.UncompressedSize64 > freeRatio &&
		file.UncompressedSize64/uint64(a.limits.Ratio) > file.CompressedSize64: //nolint:gosec // not negative
		return source.New(source.CodeTooLarge, source.Cut(file.Name), "This part unpacks to more than "+
			strconv.Itoa(a.limits.Ratio)+" times its size, as no honest workbook does; save the workbook again.")
	}
	return nil
}

// safeName tells a name that stays inside the archive.
func safeName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsAny(name, "\\:\x00") &&
		!path.IsAbs(name) && !slices.Contains(strings.Split(name, "/"), "..")
}

// isMacro tells the parts that hold programs: VBA, and the macro sheets of Excel 4.
func isMacro(name string) bool {
	return strings.Contains(path.Base(name), "vbaproject") || strings.Contains(name, "macrosheets/")
}

// noOverlap refuses entries that share bytes, with which a small archive unpacks to a huge one.
func noOverlap(files []*zip.File, size int) *source.Fault {
	type span struct {
		from, to int64
		name     string
	}
	spans := make([]span, 0, len(files))
	for _, file := range files {
		from, err := file.DataOffset()
		if err != nil || file.CompressedSize64 > uint64(size) { //nolint:gosec // not negative
			return source.New(source.CodeMalformed, source.Cut(file.Name),
				"The archive says something else of this part than is there; send the file again, unchanged.")
		}
		to := from + int64(file.CompressedSize64) //nolint:gosec // no larger than the file
		spans = append(spans, span{from, to, file.Name})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	const localHeader = 30 // bytes, and a name
	for i, s := range spans {
		if s.to > int64(size) || (i > 0 && spans[i-1].to+localHeader > s.from) {
			return refused(s.name, "shares its bytes with another one")
		}
	}
	return nil
}

// content unpacks an entry and looks at what it is.
func (a *archive) content(file *zip.File) *source.Fault {
	b, f := a.unpack(file)
	if f != nil {
		return f
	}
	name := strings.ToLower(file.Name)
	switch {
	case isNested(b):
		return refused(file.Name, "is an archive itself")
	case !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels"):
		return nil
	case name == "[content_types].xml" && bytes.Contains(bytes.ToLower(b), []byte("macroenabled")):
		return refused(file.Name, "says that the workbook holds macros")
	}
	if dtd, crowded := xmltree.Scan(b, a.limits.Attributes); dtd >= 0 {
		return xmltree.DTDFault(source.Cut(file.Name))
	} else if crowded >= 0 {
		return source.TooMany(source.Cut(file.Name), "attributes of one element", a.limits.Attributes)
	}
	return nil
}

// isNested tells the beginnings of archives: ZIP, gzip, RAR, 7z, xz and bzip2.
func isNested(b []byte) bool {
	for _, magic := range []string{
		"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "Rar!", "7z\xbc\xaf", "\xfd7zXZ", "BZh",
	} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// unpack gives an entry, which has the size and the checksum that the directory says.
func (a *archive) unpack(file *zip.File) ([]byte, *source.Fault) {
	if strings.HasSuffix(file.Name, "/") {
		return nil, nil
	}
	wrong := source.New(source.CodeMalformed, source.Cut(file.Name),
		"This part of the archive is not what the archive says of it; send the file again, unchanged.")
	r, err := file.Open()
	if err != nil {
		return nil, wrong
	}
	defer r.Close()
	b := make([]byte, file.UncompressedSize64)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, wrong
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // it is longer, or another checksum
		return nil, wrong
	}
	return b, nil
}

// part unpacks an XML entry by name; nil when there is none.
func (a *archive) part(name string) ([]byte, *source.Fault) {
	file := a.entries[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if file == nil {
		return nil, nil
	}
	b, f := a.unpack(file)
	if f == nil {
		f = xmltree.CheckEncoding(b)
	}
	return b, f
}

func refused(name, why string) *source.Fault {
	return source.New(source.CodeArchive, source.Cut(name),
		"A part of the archive "+why+"; save the workbook again as a plain XLSX file.")
}
