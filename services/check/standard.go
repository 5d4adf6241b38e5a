package check

import (
	"maps"
	"slices"

	"github.com/countersign/countersign/services/check/en16931"
	"github.com/countersign/countersign/services/check/texts"
)

// standard holds an invoice against EN 16931. Its rules cover what an invoice must state and
// its sums, so that the rules of Countersign about these are for the other documents.
func (c *checker) standard() {
	broken := en16931.Check(c.doc.Semantic)
	if len(broken) == 0 {
		return
	}
	fields := c.fieldsByPath()
	words := map[string]texts.Text{} // a rule that is broken is often broken on every line
	for _, b := range broken {
		text, known := words[b.Rule]
		if !known {
			text, _ = texts.Of(b.Rule, texts.English)
			words[b.Rule] = text
		}
		place := b.At.Place()
		c.findings = append(c.findings, Finding{
			Rule: b.Rule, Severity: Severity(b.Severity), Message: text.Title, Advice: text.Advice,
			Field: fields[place.Path], Path: place.Path, Offset: place.Offset, Length: place.Length,
			Claimed: b.Claimed, Computed: b.Computed,
		})
	}
}

// fieldsByPath tells which field of the document was read from a place in the source; the
// first by name where several were.
func (c *checker) fieldsByPath() map[string]string {
	fields := make(map[string]string, len(c.doc.Places))
	for _, field := range slices.Backward(slices.Sorted(maps.Keys(c.doc.Places))) {
		fields[c.doc.Places[field].Path] = field
	}
	return fields
}
