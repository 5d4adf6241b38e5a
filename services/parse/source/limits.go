package source

// Limits bound what a reader takes in before it gives up with a Fault. A document at a
// limit is read; one past it is refused.
type Limits struct {
	Bytes      int // size of a document other than a PDF
	PDFBytes   int // size of a PDF, which is kept and not parsed
	XMLDepth   int // elements inside elements, the root counts one
	JSONDepth  int // objects and arrays inside each other, the outermost counts one
	Elements   int // elements of an XML document, values of a JSON document
	Attributes int // attributes of one element, namespace declarations included
	Text       int // bytes of one text or attribute value
	Lines      int // entries of one bank statement
}

// DefaultLimits are far above the largest honest documents seen (1.1 MB, depth 11) and far
// below what would hurt a small machine.
func DefaultLimits() Limits {
	return Limits{
		Bytes:      10 << 20,
		PDFBytes:   25 << 20,
		XMLDepth:   64,
		JSONDepth:  32,
		Elements:   500_000,
		Attributes: 256,
		Text:       1 << 20,
		Lines:      100_000,
	}
}
