package xmltree

import "bytes"

// Scan looks at the markup before any parser does. encoding/xml takes in all attributes of
// an element, and a whole document type definition, before it shows the token; Scan needs
// no memory for either. It tells the offset of the first declaration that is no comment and
// no CDATA section (a DTD), and of the first element with too many attributes, -1 for none.
// Markup that is wrong is left to the parser.
func Scan(b []byte, maxAttributes int) (dtd, crowded int) {
	dtd, crowded = -1, -1
	for at := 0; ; {
		open := bytes.IndexByte(b[at:], '<')
		if open < 0 {
			return dtd, crowded
		}
		at += open
		rest := b[at:]
		var length int
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			length = until(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			length = until(rest, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			length = until(rest, "?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			if dtd < 0 {
				dtd = at
			}
			length = len("<!")
		default:
			var attributes int
			length, attributes = scanTag(rest)
			if attributes > maxAttributes && crowded < 0 {
				crowded = at
			}
		}
		at += length
	}
}

// until is the length up to and with the terminator, or of all when there is none.
func until(b []byte, terminator string) int {
	if i := bytes.Index(b, []byte(terminator)); i >= 0 {
		return i + len(terminator)
	}
	return len(b)
}

// scanTag is the length of a tag and the number of its attributes: the equals signs that are
// not inside quotes.
func scanTag(b []byte) (length, attributes int) {
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			attributes++
		case c == '>':
			return i + 1, attributes
		}
	}
	return len(b), attributes
}
