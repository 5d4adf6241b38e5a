package parse

import (
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/witness"
)

// witnessedThere is witnessed for JSON whose members have other names than our fields: the
// second reader is asked what stands at the place where the first found a field. A salt before
// a value of a wrapped document is no part of it.
func witnessedThere(doc *Document, tree *jsontree.Node, b []byte) {
	second, ok := witness.JSON(b)
	if !ok {
		doc.disagree("document", "one of them breaks off")
		return
	}
	for _, f := range fingerprintFields(doc) {
		place, ok := doc.Places[f.key]
		if !ok || f.text == "" {
			continue
		}
		other := second[dotted(tree, place.Path)]
		if doc.Syntax == string(SyntaxWrapped2) && squeezed(f.text) != squeezed(other) {
			other = unsalted(other)
		}
		if f.key == "totals.payable" {
			if d, ok := parseNumber(other); ok {
				other = d.String()
			}
		}
		if squeezed(f.text) != squeezed(other) {
			doc.disagree(f.key, source.Quoted(f.text)+" and "+source.Quoted(other))
		}
	}
}

// dotted writes a JSON Pointer as the second reader names its paths.
func dotted(tree *jsontree.Node, pointer string) string {
	path, at := "", ""
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		holder := tree.At(at)
		at += "/" + step
		switch i, err := strconv.Atoi(step); {
		case err == nil && holder != nil && holder.Array:
			path = indexed(path, i)
		case path == "":
			path = jsontree.Unescape(step)
		default:
			path += "." + jsontree.Unescape(step)
		}
	}
	return path
}

// unsalted leaves out the salt and the type before a value, "<uuid>:string:EUR".
func unsalted(s string) string {
	if _, typed, ok := strings.Cut(s, ":"); ok {
		if _, value, ok := strings.Cut(typed, ":"); ok {
			return value
		}
	}
	return s
}

// squeezed makes one space of each run of white space.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
