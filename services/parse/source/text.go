package source

import (
	"bytes"
	"strconv"
)

// Place points to a value in its source: an XPath-like path with position predicates for
// XML, a JSON Pointer for JSON, "page 1" for a PDF, and behind the name of an attached file and
// a colon the place in that file; Offset and Length are bytes where known, of the file that the
// path is in.
type Place struct {
	Path   string `json:"path"`
	Offset int    `json:"offset,omitempty"`
	Length int    `json:"length,omitempty"`
}

// TooMany is the Fault for more of something than Limits allow.
func TooMany(place, what string, limit int) *Fault {
	return New(CodeTooLarge, place,
		"There are more than "+strconv.Itoa(limit)+" "+what+"; split the document or send a smaller one.")
}

// TrimBOM leaves a byte order mark of UTF-8 out.
func TrimBOM(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")) }

// maxQuoted bounds, in characters, what a fault repeats of a hostile name.
const maxQuoted = 60

// Cut shortens a name from the source.
func Cut(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	runes := []rune(s)
	if len(runes) <= maxQuoted {
		return s
	}
	return string(runes[:maxQuoted]) + "…"
}

// Quoted repeats a name from the source, cut and without anything that does not print.
func Quoted(s string) string { return strconv.QuoteToGraphic(Cut(s)) }
