// Package source says where in the bytes of a document a value stands, what is wrong there, and
// how much of a document is taken in. Every reader of outside bytes speaks in its terms.
package source

// Fault is why a document cannot be read, said so that it may be shown to the person who
// brought it. Code is stable and matched by callers; Path is the place in the source (an
// XPath-like path, a JSON Pointer, "line 4"), or "" for the whole document; Message is one
// sentence that says what is wrong and what to do.
type Fault struct {
	Code    string `json:"code"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	// More are further faults of the same document, where a reader finds several at once.
	More []Fault `json:"more,omitempty"`
}

// Error is the code, the place and the sentence on one line.
func (f *Fault) Error() string {
	if f.Path == "" {
		return f.Code + ": " + f.Message
	}
	return f.Code + " at " + f.Path + ": " + f.Message
}

// The codes of Fault.
const (
	CodeEmpty       = "document.empty"             // no bytes, or only white space
	CodeTooLarge    = "document.too_large"         // more bytes, elements, attributes or text than Limits
	CodeDepth       = "document.depth"             // nested deeper than Limits
	CodeUnsupported = "document.unsupported"       // a format that is not read here
	CodeMalformed   = "document.malformed"         // broken XML, JSON or CSV
	CodeEncoding    = "document.encoding"          // neither UTF-8 nor plainly ISO 8859-1
	CodeDTD         = "document.dtd"               // a document type definition
	CodeSecondRoot  = "document.second_root"       // a second root, or text outside the root
	CodeNamespace   = "document.namespace"         // an element or attribute of an unknown namespace
	CodeDuplicate   = "document.duplicate_element" // a value that may stand once stands twice
	CodeSplitText   = "document.split_text"        // one value cut by a comment or a CDATA section
	CodeSchema      = "document.schema"            // JSON that our schema of its kind refuses
	CodeArchive     = "document.archive"           // a ZIP that nests, hides or doubles what it holds
	// The worker process that reads gives these two; see package sandbox.
	CodeTooCostly    = "document.too_costly"    // more processor time, memory or time than its budget
	CodeReaderFailed = "document.reader_failed" // our reader broke off: the fault is ours
)

// The codes of Document.Flaws, faults that leave the rest of the document readable.
const (
	CodeValue    = "document.value"    // not a number or not a date; the field stays absent
	CodeCurrency = "document.currency" // an amount in another currency than the document's
	CodeDCSA     = "dcsa.schema"       // a message that the schema of DCSA eBL refuses
	// Only of a field that enters a fingerprint.
	CodeReadings = "document.readings_disagree" // two readers read the same bytes differently
)

// The codes of bulk files; their path is "row 5, column quantity".
const (
	CodeBulkColumn  = "bulk.column"  // a column that the template lacks, needs, or has once
	CodeBulkMissing = "bulk.missing" // an empty cell that must be filled
	CodeBulkValue   = "bulk.value"   // a cell that is not in the form of its column
	CodeBulkRows    = "bulk.rows"    // rows of one document that contradict each other
)

// New makes a Fault.
func New(code, path, message string) *Fault {
	return &Fault{Code: code, Path: path, Message: message}
}
