package xmltree

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/services/parse/source"
)

// asciiSupersets are declared encodings in which a file of plain ASCII bytes is the same
// file as in UTF-8; only then are they let through.
var asciiSupersets = []string{"iso-8859-", "windows-125", "us-ascii", "ascii"}

// CheckEncoding lets through UTF-8, with or without a byte order mark, and a file in ISO 8859-1
// that says so and can be nothing else.
func CheckEncoding(b []byte) *source.Fault {
	notUTF8 := source.New(source.CodeEncoding,
		"", "The file is not in UTF-8; ask the sender to save it as UTF-8.")
	if HasUTF16Mark(b) {
		return notUTF8
	}
	declared := strings.ToLower(declaredEncoding(source.TrimBOM(b)))
	switch latin := isLatin1(b); {
	case latin && !DoubtfulEncoding(b):
		return nil
	case latin || !utf8.Valid(b):
		return notUTF8
	}
	if declared == "" || declared == "utf-8" || declared == "utf8" {
		return nil
	}
	for _, prefix := range asciiSupersets {
		if strings.HasPrefix(declared, prefix) && isASCII(b) {
			return nil
		}
	}
	return notUTF8
}

// isLatin1 tells that a file says it is in ISO 8859-1, and that this makes a difference.
func isLatin1(b []byte) bool {
	return strings.EqualFold(declaredEncoding(b), "iso-8859-1") && !isASCII(b)
}

// DoubtfulEncoding tells that a file says it is in ISO 8859-1 and that programs may yet read its
// letters differently: it is right UTF-8 too, or it has bytes from 128 to 159, control characters
// that nobody writes, and quotation marks and dashes to programs on Windows.
func DoubtfulEncoding(b []byte) bool {
	return isLatin1(b) && (utf8.Valid(b) || slices.ContainsFunc(b, func(c byte) bool {
		return c >= firstControl && c <= lastControl
	}))
}

// The control characters of ISO 8859-1 above ASCII.
const firstControl, lastControl = 0x80, 0x9F

// unicode is the content of a file in UTF-8, and the way from its bytes back to those of the
// file, for one who goes through it from the beginning to the end.
type unicode struct {
	content []byte
	mark    int  // length of the byte order mark before it
	wide    bool // characters above ASCII have one byte more here than in the file
	at      int  // how far the way is known
	more    int  // bytes more than in the file up to there
}

// unicodeOf is the content of a file whose encoding has been looked at.
func unicodeOf(b []byte) unicode {
	content := source.TrimBOM(b)
	if !isLatin1(b) {
		return unicode{content: content, mark: len(b) - len(content)}
	}
	wide := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		wide = utf8.AppendRune(wide, rune(c))
	}
	return unicode{content: wide, wide: true}
}

// inFile is the offset in the file of an offset in the content, which is never before the last.
func (u *unicode) inFile(offset int64) int {
	if !u.wide {
		return int(offset) + u.mark
	}
	for ; u.at < int(offset); u.at++ {
		if !utf8.RuneStart(u.content[u.at]) {
			u.more++
		}
	}
	return int(offset) - u.more
}

// declaredEncoding is the encoding named by the XML declaration, "" when there is none.
func declaredEncoding(b []byte) string {
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return ""
	}
	_, rest, found := strings.Cut(string(b[:end]), "encoding")
	if !found {
		return ""
	}
	rest = strings.TrimLeft(rest, Space+"=")
	if rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		return ""
	}
	name, _, _ := strings.Cut(rest[1:], rest[:1])
	return name
}

// HasUTF16Mark tells whether bytes begin as UTF-16 does, with or without a byte order mark.
func HasUTF16Mark(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xFE, 0xFF}) || bytes.HasPrefix(b, []byte{0xFF, 0xFE}) ||
		bytes.HasPrefix(b, []byte{0, '<'}) || bytes.HasPrefix(b, []byte{'<', 0})
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
