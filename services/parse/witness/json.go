package witness

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonWalker goes over JSON byte by byte. It relies on the guard that has let the file through:
// it is exactly JSON, no member stands twice, and its depth is bounded.
type jsonWalker struct {
	src  []byte
	at   int
	show func(path string, v scalar)
}

// scalar is a string or a number of JSON.
type scalar struct {
	text   string
	string bool
}

// walkJSON shows every string and number of a document under the path of members to it, items
// of a list under their number; false when it meets what no guarded file holds. What looks like
// a path in the name of a member is written otherwise there.
func walkJSON(src []byte, show func(path string, v scalar)) bool {
	w := jsonWalker{src: src, show: show}
	return w.value("")
}

// value reads one value at a path.
func (w *jsonWalker) value(path string) bool {
	switch w.next() {
	case '{':
		return w.members(path)
	case '[':
		return w.items(path)
	case '"':
		text, ok := w.text()
		w.show(path, scalar{text, true})
		return ok
	case 0:
		return false
	default:
		from := w.at
		for w.at < len(w.src) && !strings.ContainsRune(",]}"+space, rune(w.src[w.at])) {
			w.at++
		}
		if word := string(w.src[from:w.at]); word != "null" && word != "true" && word != "false" {
			w.show(path, scalar{text: word})
		}
		return w.at > from
	}
}

// next is the first byte that is not white space, 0 at the end.
func (w *jsonWalker) next() byte {
	for w.at < len(w.src) && strings.IndexByte(space, w.src[w.at]) >= 0 {
		w.at++
	}
	if w.at == len(w.src) {
		return 0
	}
	return w.src[w.at]
}

// members reads an object.
func (w *jsonWalker) members(path string) bool {
	for w.at++; w.next() != '}'; {
		if w.src[min(w.at, len(w.src)-1)] == ',' {
			w.at++
			w.next()
		}
		name, ok := w.text()
		if !ok || w.next() != ':' {
			return false
		}
		w.at++
		if strings.ContainsAny(name, ".[") {
			name = strings.NewReplacer(".", "~1", "[", "~2").Replace(name)
		}
		if path != "" {
			name = path + "." + name
		}
		if !w.value(name) {
			return false
		}
	}
	w.at++
	return true
}

// items reads a list.
func (w *jsonWalker) items(path string) bool {
	n := 0
	for w.at++; w.next() != ']'; n++ {
		if w.src[min(w.at, len(w.src)-1)] == ',' {
			w.at++
		}
		if !w.value(path + "[" + strconv.Itoa(n) + "]") {
			return false
		}
	}
	w.at++
	return true
}

// text reads a string with its escapes (RFC 8259 section 7) written out.
func (w *jsonWalker) text() (string, bool) {
	if w.at >= len(w.src) || w.src[w.at] != '"' {
		return "", false
	}
	var out []byte
	for rest := w.src[w.at+1:]; ; {
		i := bytes.IndexAny(rest, `"\`)
		if i < 0 {
			return "", false
		}
		out = append(out, rest[:i]...)
		if rest[i] == '"' {
			w.at = len(w.src) - len(rest) + i + 1
			return string(out), true
		}
		char, length := escape(rest[i:])
		if length == 0 {
			return "", false
		}
		out, rest = utf8.AppendRune(out, char), rest[i+length:]
	}
}

// escape is the character of the escape that a text starts with, and the length of the escape;
// 0 when it is none.
func escape(s []byte) (char rune, length int) {
	const short, long = len(`\n`), len(`\u0000`)
	if len(s) < short {
		return 0, 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, s[1]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), short
	}
	first, ok := unit(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, long
	}
	second, _ := unit(s[long:])
	if whole := utf16.DecodeRune(first, second); whole != utf8.RuneError {
		return whole, long + long
	}
	return utf8.RuneError, long
}

// unit is the UTF-16 code unit of an escape with four digits.
func unit(s []byte) (rune, bool) {
	const long = len(`\u0000`)
	if len(s) < long || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	code, err := strconv.ParseUint(string(s[2:long]), 16, 16)
	return rune(code), err == nil
}
