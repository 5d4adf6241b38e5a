package witness

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
)

// entry is a file in a ZIP archive, packed.
type entry struct {
	packed  []byte
	deflate bool
}

// maxUnpacked bounds what unpacking one archive gives. The guard before allows as much.
const maxUnpacked = 200 << 20

// archive is the files of a ZIP archive by their names in lower case, as who reads it from its
// beginning finds them: the list at its end is what the first reader goes by.
type archive map[string]entry

// The signatures of ZIP, and the length of what stands after each (APPNOTE 6.3.10, 4.3).
const (
	localFile   = "PK\x03\x04"
	localLength = 30
	listEntry   = "PK\x01\x02"
	descriptor  = "PK\x07\x08"
)

// openArchive is false when the archive is not one file after another up to the list of them.
func openArchive(b []byte) (archive, bool) {
	files, left := archive{}, int64(maxUnpacked)
	for bytes.HasPrefix(b, []byte(localFile)) {
		if len(b) < localLength {
			return nil, false
		}
		streamed := b[6]&8 != 0 // its sizes stand after it
		method := binary.LittleEndian.Uint16(b[8:])
		size := binary.LittleEndian.Uint32(b[18:])
		nameEnd := localLength + int(binary.LittleEndian.Uint16(b[26:]))
		from := nameEnd + int(binary.LittleEndian.Uint16(b[28:]))
		if from > len(b) || method != 0 && method != 8 {
			return nil, false
		}
		name := strings.ToLower(string(b[localLength:nameEnd]))
		b = b[from:]
		e := entry{deflate: method == 8}
		length, ok := e.length(b, size, streamed, &left)
		if _, twice := files[name]; !ok || twice || left < 0 {
			return nil, false
		}
		e.packed, b = b[:length], b[length:]
		files[name] = e
		if streamed {
			b = afterDescriptor(b)
		}
	}
	return files, bytes.HasPrefix(b, []byte(listEntry))
}

// length is how many of the bytes that follow are the entry.
func (e entry) length(b []byte, size uint32, streamed bool, left *int64) (int, bool) {
	const inExtra = 1<<32 - 1 // the size stands elsewhere
	if !e.deflate {
		if streamed {
			return storedLength(b)
		}
		return int(min(int64(size), int64(len(b)))), int64(size) <= int64(len(b))
	}
	rest := bytes.NewReader(b) // which deflate reads no further than it needs
	unpacked := flate.NewReader(rest)
	defer unpacked.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(unpacked, *left+1))
	*left -= n
	length := len(b) - rest.Len()
	return length, err == nil && (streamed || size == inExtra || int64(size) == int64(length))
}

// storedLength finds the end of bytes that are not packed by the sizes that stand after them.
func storedLength(b []byte) (int, bool) {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte(descriptor))
		if i < 0 || at+i+len(descriptor)+8 > len(b) {
			return 0, false
		}
		at += i
		if size := binary.LittleEndian.Uint32(b[at+len(descriptor)+4:]); int64(size) == int64(at) {
			return at, true
		}
	}
}

// afterDescriptor is what follows the checksum and the sizes of an entry, which may have a
// signature, and sizes of four bytes or of eight.
func afterDescriptor(b []byte) []byte {
	for _, length := range []int{16, 24, 12, 20} {
		if length > len(b) {
			continue
		}
		next := b[length:]
		if bytes.HasPrefix(next, []byte(localFile)) || bytes.HasPrefix(next, []byte(listEntry)) {
			return next
		}
	}
	return nil
}

// part unpacks a file; false when there is none, or it is broken.
func (a archive) part(name string) ([]byte, bool) {
	e, ok := a[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if !ok || !e.deflate {
		return e.packed, ok
	}
	unpacked := flate.NewReader(bytes.NewReader(e.packed))
	defer unpacked.Close()
	b, err := io.ReadAll(io.LimitReader(unpacked, maxUnpacked))
	return b, err == nil
}
