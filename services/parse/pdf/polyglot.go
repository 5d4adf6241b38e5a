package pdf

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/countersign/countersign/services/parse/source"
)

// header is how a PDF begins.
const header = "%PDF-"

// headerWindow is how far into a file readers look for the header (ISO 32000-1, annex H).
const headerWindow = 1024

// space is white space in a PDF (7.2.3).
const space = " \n\r\t\f\x00"

// Starts tells whether readers of PDFs take the bytes for a PDF: the header stands among the
// first 1024, whatever is before it.
func Starts(b []byte) bool {
	return bytes.Contains(b[:min(headerWindow, len(b))], []byte(header))
}

// polyglot refuses a file that is something else as well: a browser, an unpacker or another
// reader would see other content in the same bytes, and one digest would stand for both.
func polyglot(b []byte) *source.Fault {
	refuse := func(at int, what string) *source.Fault {
		return source.New(CodePolyglot, "byte "+strconv.Itoa(at),
			what+"; ask the sender for a file that is a PDF and nothing else.")
	}
	start := bytes.Index(b[:min(headerWindow, len(b))], []byte(header))
	if start < 0 {
		return source.New(CodeUnreadable, "", "The file does not begin as a PDF; choose the document again.")
	}
	if len(bytes.Trim(source.TrimBOM(b[:start]), space)) > 0 {
		return refuse(0, "Before the beginning of the PDF stand bytes of something else")
	}
	// Only the comments before the first object: attached files may hold pages of their own.
	head, _, _ := bytes.Cut(b[:min(headerWindow, len(b))], []byte(" obj"))
	head = bytes.ToLower(head)
	for _, tag := range []string{"<html", "<!doctype", "<script", "<body", "<svg"} {
		if i := bytes.Index(head, []byte(tag)); i >= 0 {
			return refuse(i, "The beginning of the PDF is also a web page")
		}
	}
	if at := zipEnd(b); at >= 0 {
		return refuse(at, "The file is a PDF and an archive (ZIP) at once")
	}
	if i := bytes.LastIndex(b, []byte("%%EOF")); i >= 0 {
		end := i + len("%%EOF")
		if len(bytes.Trim(b[end:], space)) > 0 {
			return refuse(end, "Behind the end of the PDF stand bytes of something else")
		}
	}
	return nil
}

// The end of a ZIP archive (APPNOTE 4.3.16): a record of 22 bytes and a comment.
const (
	zipEndMark   = "PK\x05\x06"
	zipEndSize   = 22
	zipComment   = 1<<16 - 1
	zipEntryMark = "PK\x01\x02"
)

// zipEnd is where a ZIP archive in the file has its end record, -1 when it is none: unpackers
// look for it in the last bytes of any file.
func zipEnd(b []byte) int {
	from := max(0, len(b)-zipEndSize-zipComment)
	for end := len(b); ; {
		i := bytes.LastIndex(b[from:end], []byte(zipEndMark))
		if i < 0 {
			return -1
		}
		at := from + i
		if at+zipEndSize <= len(b) {
			record := b[at : at+zipEndSize]
			directory := int(binary.LittleEndian.Uint32(record[12:]))
			comment := int(binary.LittleEndian.Uint16(record[20:]))
			if at+zipEndSize+comment == len(b) ||
				directory <= at && bytes.HasPrefix(b[at-directory:], []byte(zipEntryMark)) {
				return at
			}
		}
		end = at
	}
}
