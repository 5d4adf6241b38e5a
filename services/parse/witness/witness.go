// Package witness reads a document a second time, for the fields that enter a fingerprint.
//
// Two documents of one claim must give one fingerprint, and no document may be written so that
// it gives another one than a person, or another program, reads in it. So these few fields are
// read by two readers that have nothing in common: package parse has trees behind a guard, this
// one walks over the bytes, knows neither trees nor decoders, and looks at names without their
// namespaces, as careless programs do. Where they disagree, the document is not to be trusted.
// Witness runs on what the guard has let through.
package witness

import (
	"bytes"
	"maps"
	"strings"
	"unicode/utf8"
)

// Reading is what a document says, under the names that the fields have in the canonical
// document ("number", "seller.vat", "totals.payable"). Runs of white space are one space, dates
// are YYYY-MM-DD, numbers are without the zeros that say nothing. Absent fields are not there; a
// field of which there may be one and are several has all of them, between upright strokes.
type Reading map[string]string

// UBL reads a document in UBL 2; false when it meets what no guard lets through.
func UBL(b []byte) (Reading, bool) {
	r := Reading{}
	document := ublReader{fields: r}
	ok := walkXML(inUTF8(b), &document)
	document.finish()
	return settled(r, ok)
}

// CII reads a Cross Industry Invoice D16B; false as in UBL.
func CII(b []byte) (Reading, bool) {
	r := Reading{}
	ok := walkXML(inUTF8(b), &ciiReader{fields: r, reached: map[string]bool{}})
	r.identities("seller")
	r.identities("buyer")
	return settled(r, ok)
}

// JSON reads a document of our own, whose members have the names of the fields; false as in UBL.
func JSON(b []byte) (Reading, bool) {
	r := Reading{}
	ok := walkJSON(unmarked(b), func(path string, v scalar) {
		if strings.HasPrefix(path, "totals.") {
			v.text = plain(v.text)
		}
		r.filled(path, v.text)
	})
	return settled(r, ok)
}

// unmarked leaves out a byte order mark.
func unmarked(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")) }

// inUTF8 makes UTF-8 of the only other encoding that the guard lets through, in which each byte
// is the number of its character.
func inUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	var out []byte
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// settled gives fields without a value what was read for them in other places, and leaves out
// those that have none.
func settled(r Reading, ok bool) (Reading, bool) {
	r.settle("currency", "/payable", "/total", "/amount")
	r.settle("type_code", "/answer")
	maps.DeleteFunc(r, func(_, value string) bool { return value == "" })
	return r, ok
}

// first takes the first element of a field, even an empty one.
func (r Reading) first(key, value string) {
	if _, had := r[key]; !had {
		r[key] = value
	}
}

// only takes a value of which there is one. Where there is another one, the field has both.
func (r Reading) only(key, value string) {
	if had, is := r[key]; is && had != value {
		value = had + " | " + value
	}
	r[key] = value
}

// filled takes the first value of a field that may be in one of several elements.
func (r Reading) filled(key, value string) {
	if r[key] == "" {
		r[key] = value
	}
}

// settle gives a field without a value the first that was read for it in another place.
func (r Reading) settle(key string, others ...string) {
	for _, other := range others {
		r.filled(key, r[key+other])
		delete(r, key+other)
	}
}

// identities settles the name and the LEI of a party.
func (r Reading) identities(party string) {
	r.settle(party+".name", "/trading")
	r.settle(party+".lei", "/listed", "/global", "/endpoint")
	delete(r, party+".registered")
}

// identity are the fields that say who a party is.
func identity() [4]string { return [...]string{".name", ".registration_id", ".vat", ".lei"} }

// names tells whether anything says who a party is.
func (r Reading) names(party string) bool {
	for _, field := range identity() {
		if r[party+field] != "" {
			return true
		}
	}
	return false
}

// move gives a party who stands in another place of the document.
func (r Reading) move(from, to string) {
	for _, field := range identity() {
		r[to+field] = r[from+field]
		delete(r, from+field)
	}
}

// plain is a number without a plus sign, without zeros before it and without zeros that end
// its fraction; what is no number stays as it is.
func plain(s string) string {
	digits, minus := strings.CutPrefix(s, "-")
	if !minus {
		digits = strings.TrimPrefix(s, "+")
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if strings.Trim(whole+fraction, "0123456789") != "" {
		return s
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if minus && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

// day is the day of a date as XML Schema writes it, without its time zone.
func day(s string) string { return s[:min(len(s), len("2006-01-02"))] }

// compact is a day that is written without hyphens (UNTDID 2379, code 102).
func compact(s string) string {
	if len(s) != len("20060102") {
		return s
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}

// Identifier schemes of ISO/IEC 6523 that are no registration numbers.
const (
	schemeGLN = "0088"
	schemeLEI = "0199"
)

// lei takes an identifier that its scheme says is an LEI.
func (r Reading) lei(key string, l leaf) {
	if scheme := l.attribute("schemeID"); scheme == schemeLEI || scheme == "LEI" {
		r.filled(key, l.text())
	}
}

// registered takes the number of a party in a register, the first that stands where such a
// number does. It may be a number of another kind.
func (r Reading) registered(party string, l leaf) {
	if _, had := r[party+".registered"]; had {
		return
	}
	r[party+".registered"] = ""
	switch l.attribute("schemeID") {
	case schemeLEI, "LEI":
		r.filled(party+".lei", l.text())
	case schemeGLN, "GLN":
	default:
		r.filled(party+".registration_id", l.text())
	}
}
