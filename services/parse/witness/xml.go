package witness

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// space is white space in XML and JSON.
const space = " \t\r\n"

// leaf is an element of XML without elements in it: the path of element names to it, its start
// tag as it stands, and its text. Names are without prefixes: this reader is one of those that
// look at names alone. Its bytes are good until the reader returns.
type leaf struct {
	path, tag, raw []byte
}

// text is the text of a leaf with its runs of white space made one space, and none around it.
func (l leaf) text() string { return strings.Join(strings.Fields(string(l.raw)), " ") }

// code is the text of a leaf as it stands, without white space of XML around it.
func (l leaf) code() string { return strings.Trim(string(l.raw), space) }

// walker goes over markup byte by byte. It relies on the guard that has let the file through:
// tags are balanced, attributes are quoted, entities are the five of XML, there is no DTD.
type walker struct {
	src     []byte
	at      int
	reader  reader
	opener  opener // the same one, when it looks at start tags too
	marks   []int  // length of path before each open element
	path    []byte
	tag     []byte // of the element opened last, nil once one is closed
	text    []byte
	literal bool // false once an entity could not be read
}

// reader is what a walker shows a document to.
type reader interface {
	leaf(l leaf)
	// left tells that an element which holds others is read to its end. Path is good for the call.
	left(path []byte)
}

// opener is a reader that is shown each start tag when it is read.
type opener interface {
	opened(l leaf)
}

// walkXML shows a document to a reader; false when it meets what no guarded file holds.
func walkXML(src []byte, r reader) bool {
	w := walker{src: src, reader: r, literal: true}
	w.opener, _ = r.(opener)
	for w.at < len(src) {
		open := bytes.IndexByte(src[w.at:], '<')
		if open < 0 {
			break
		}
		w.take(src[w.at : w.at+open])
		w.at += open
		if !w.markup() {
			return false
		}
	}
	return len(w.marks) == 0 && w.literal
}

// markup reads what starts at a "<".
func (w *walker) markup() bool {
	rest := w.src[w.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return w.skip("<!--", "-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		from := w.at + len("<![CDATA[")
		if !w.skip("<![CDATA[", "]]>") {
			return false
		}
		w.keep(w.src[from : w.at-len("]]>")])
		return true
	case bytes.HasPrefix(rest, []byte("<?")):
		return w.skip("<?", "?>")
	case bytes.HasPrefix(rest, []byte("</")):
		return w.skip("</", ">") && w.close()
	case bytes.HasPrefix(rest, []byte("<!")):
		return false
	default:
		return w.open()
	}
}

// skip goes past the terminator of what starts with an opening.
func (w *walker) skip(opening, terminator string) bool {
	w.at += len(opening)
	i := bytes.Index(w.src[w.at:], []byte(terminator))
	if i < 0 {
		return false
	}
	w.at += i + len(terminator)
	return true
}

// open reads a start tag, and closes it at once when it is of an empty element.
func (w *walker) open() bool {
	end, quote := -1, byte(0)
	for i := w.at; i < len(w.src) && end < 0; i++ {
		switch c := w.src[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '>':
			end = i
		}
	}
	if end < 0 {
		return false
	}
	tag := w.src[w.at+1 : end]
	w.at = end + 1
	empty := bytes.HasSuffix(tag, []byte("/"))
	if empty {
		tag = tag[:len(tag)-1]
	}
	w.marks = append(w.marks, len(w.path))
	w.path = append(append(w.path, '/'), localName(tag)...)
	w.tag, w.text = tag, w.text[:0]
	if w.opener != nil {
		w.opener.opened(leaf{path: w.path, tag: tag})
	}
	return !empty || w.close()
}

// localName is the name of a tag without its prefix.
func localName(tag []byte) []byte {
	if i := bytes.IndexAny(tag, space); i >= 0 {
		tag = tag[:i]
	}
	return tag[bytes.LastIndexByte(tag, ':')+1:]
}

// close ends the element opened last; when no other was opened in it, it is a leaf.
func (w *walker) close() bool {
	last := len(w.marks) - 1
	if last < 0 {
		return false
	}
	if w.tag != nil {
		w.reader.leaf(leaf{path: w.path, tag: w.tag, raw: w.text})
	} else {
		w.reader.left(w.path)
	}
	w.path, w.marks = w.path[:w.marks[last]], w.marks[:last]
	w.tag = nil
	return true
}

// take adds character data, its entities written out, to the text of the open leaf.
func (w *walker) take(data []byte) {
	if w.tag == nil || len(data) == 0 {
		return
	}
	if bytes.IndexByte(data, '&') < 0 {
		w.keep(data)
		return
	}
	text, ok := unescaped(w.text, data)
	w.text, w.literal = text, w.literal && ok
}

// keep adds text as it stands.
func (w *walker) keep(data []byte) {
	if w.tag != nil {
		w.text = append(w.text, data...)
	}
}

// attribute is the value of an attribute of a start tag, "" when it has none of the name.
func (l leaf) attribute(name string) string {
	value := ""
	eachAttribute(l.tag, func(n, v []byte) {
		if string(n) == name {
			text, _ := unescaped(nil, v)
			value = strings.Trim(string(text), space)
		}
	})
	return value
}

// eachAttribute shows the attributes of a start tag, their values as they stand.
func eachAttribute(tag []byte, show func(name, value []byte)) {
	i := bytes.IndexAny(tag, space)
	for i >= 0 {
		tag = bytes.TrimLeft(tag[i:], space)
		name, rest, found := bytes.Cut(tag, []byte("="))
		rest = bytes.TrimLeft(rest, space)
		if !found || len(rest) == 0 {
			return
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return
		}
		show(bytes.TrimRight(name, space), rest[1:end+1])
		tag, i = rest, end+len(`""`)
	}
}

// unescaped adds text to a buffer with its entities written out (XML 1.0 section 4.6 and
// section 4.1); false when one is not of XML itself.
func unescaped(to, text []byte) ([]byte, bool) {
	for {
		before, rest, found := bytes.Cut(text, []byte("&"))
		to = append(to, before...)
		if !found {
			return to, true
		}
		name, after, closed := bytes.Cut(rest, []byte(";"))
		char := entity(string(name))
		if !closed || char < 0 {
			return to, false
		}
		to, text = utf8.AppendRune(to, char), after
	}
}

// entity is the character of an entity or of a character reference, -1 when there is none. A
// surrogate becomes the replacement character when it is written.
func entity(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hex, is := strings.CutPrefix(digits, "x"); is {
		digits, base = hex, 16
	}
	code, err := strconv.ParseInt(digits, base, 32)
	if !numeric || err != nil || code > utf8.MaxRune {
		return -1
	}
	return rune(code)
}

// cutStep takes the first step off a path.
func cutStep(path []byte) (step, rest []byte) {
	if len(path) == 0 {
		return nil, nil
	}
	if i := bytes.IndexByte(path[1:], '/'); i >= 0 {
		return path[1 : i+1], path[i+1:]
	}
	return path[1:], nil
}
