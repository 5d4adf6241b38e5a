package source

// Limits bound what a reader takes in before it gives up with a Fault. A document at a
// limit is read; one past it is refused.
type Limits struct {
	Bytes      int // size of a document other than a PDF
	PDFBytes   int // size of a PDF
	XMLDepth   int // elements inside elements, the root counts one
	JSONDepth  int // objects and arrays inside each other, the outermost counts one
	Elements   int // elements of an XML document
	Repeats    int // elements of one name inside one element; the entries of a statement have Lines
	Values     int // values of a JSON document: a schema tells of every wrong one at once
	Attributes int // attributes of one element, namespace declarations included
	Text       int // bytes of one text or attribute value
	Lines      int // entries of one bank statement

	PDFPages     int // pages of a PDF
	PDFStream    int // bytes that one stream of a PDF unpacks to
	PDFTotal     int // bytes that all its streams unpack to
	PDFFilters   int // filters behind each other on one stream
	PDFObjects   int // objects of a PDF, those of older revisions included
	PDFRevisions int // tables of objects that follow from each other
	PDFPixels    int // pixels of one image
	PDFWork      int // bytes and values read of objects and page content, repeats included
	PDFText      int // bytes of the strings that its pages show
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
		Repeats:    20_000,
		Values:     100_000,
		Attributes: 256,
		Text:       1 << 20,
		Lines:      100_000,

		PDFPages:     500,
		PDFStream:    64 << 20,
		PDFTotal:     256 << 20,
		PDFFilters:   3,
		PDFObjects:   250_000,
		PDFRevisions: 100,
		PDFPixels:    50_000_000,
		PDFWork:      128 << 20,
		PDFText:      2 << 20,
	}
}
