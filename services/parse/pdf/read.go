// Package pdf guards PDFs and takes out of them what Countersign reads: the files attached to
// them, among which the invoice of a Factur-X or ZUGFeRD PDF, and the text of their pages.
//
// Nothing is run, drawn or fetched. What can hurt whoever opens the file is refused or told;
// decision 0017 says which and why.
package pdf

import (
	"strconv"

	"github.com/countersign/countersign/services/parse/pdf/internal/cos"
	"github.com/countersign/countersign/services/parse/source"
)

// The codes of a PDF that is refused, and of what a person is told about one that is read.
const (
	CodeUnreadable    = cos.CodeUnreadable       // a PDF whose objects or pages are not found
	CodeLoop          = cos.CodeLoop             // a part of the file that leads back to itself
	CodeFilterChain   = cos.CodeFilterChain      // more filters behind each other than Limits
	CodeEncrypted     = "pdf.encrypted"          // a PDF that wants a password, or says so
	CodePolyglot      = "pdf.polyglot"           // a PDF that another program takes for another format
	CodeLaunch        = "pdf.launch"             // an action that starts a program
	CodeJavaScript    = "pdf.javascript"         // a script, which can change what the page shows
	CodeForm          = "pdf.form"               // pages that a viewer makes from a form (XFA)
	CodeProgram       = "pdf.program"            // an attached program
	CodeOpenAction    = "pdf.open_action"        // something happens when the file is opened
	CodeLink          = "pdf.link"               // links and actions that lead out of the file
	CodeInvoiceUnread = "pdf.invoice_unread"     // an invoice in a syntax that is not read
	CodeTwoInvoices   = "pdf.two_invoices"       // more than one invoice in the file
	CodeTextDisagrees = "pdf.text_disagrees"     // the pages show other values than the invoice in the file
	CodeTextUnsure    = "pdf.text_unsure"        // the text of the pages is known in part only
	CodeRepaired      = "pdf.repaired"           // damaged tables, so that the bytes were searched for objects
	CodeUpdate        = "pdf.incremental_update" // saved over after signing, or with other content
)

// File is what is read of one PDF.
type File struct {
	Pages       int
	Attachments []Attachment
	Findings    []Finding
	// Lines are the lines of the text layer, top to bottom on each page.
	Lines []Line
	// TextCut is set when there is more text than the limits take.
	TextCut bool
	// Unknown counts characters of the text layer that its fonts give no meaning.
	Unknown int
}

// Finding is something that a person must know about a PDF that is read all the same.
type Finding struct {
	Fatal bool
	source.Fault
}

// Read guards a PDF and reads it. The fault says why it is refused.
//
// A panic on hostile bytes becomes pdf.unreadable here, at the edge of the package: what we
// did not foresee about one file must not take down the process that reads all others.
func Read(l source.Limits, b []byte) (file *File, fault *source.Fault) {
	defer func() {
		if recover() != nil {
			file, fault = nil, source.New(CodeUnreadable, "",
				"The PDF is damaged in a way that stops its reading; ask the sender for the file again.")
		}
	}()
	if fault := polyglot(b); fault != nil {
		return nil, fault
	}
	objects, fault := cos.Open(l, b)
	if fault != nil {
		return nil, fault
	}
	if objects.Trailer["Encrypt"] != nil {
		return nil, source.New(CodeEncrypted, "",
			"The PDF is encrypted; save it without a password or restrictions and send it again.")
	}
	r := open(l, b, objects)
	recovered := objects.Recovered
	if r.steps(); objects.Recovered != recovered { // a table turned out wrong on the way
		r = open(l, b, objects)
		r.steps()
	}
	if objects.Fault != nil {
		return nil, objects.Fault
	}
	if r.refused != nil {
		return nil, r.refused
	}
	return r.out, nil
}

func open(l source.Limits, b []byte, objects *cos.File) *reader {
	return &reader{
		File: objects, limits: l, b: b, out: &File{},
		onPage: map[int]int{}, rewrote: map[int]bool{},
	}
}

// steps reads the file; each step ends early when a limit was passed.
func (r *reader) steps() {
	if r.Recovered {
		r.find(false, CodeRepaired, "", "The PDF is damaged and was read by searching it; a viewer may show it "+
			"otherwise. Ask the sender for the file again.")
	}
	r.walkPages()
	if r.out.Pages == 0 {
		r.refuse(CodeUnreadable, "", "The PDF is damaged: it has no pages. Ask the sender for the file again.")
	}
	r.scan()
	r.attachments()
	r.text()
	r.measureRest()
	r.actionsOfDocument()
	r.updates()
}

// reader holds what the steps of Read share.
type reader struct {
	*cos.File
	limits  source.Limits
	b       []byte
	out     *File
	refused *source.Fault
	pages   []page
	onPage  map[int]int // objects that stand on a page, by the page's number
	links   links
	// What scan came across: file specifications, streams, and the last byte that a signature
	// covers, 0 without one.
	specs, streams []int
	signedEnd      int
	rewrote        map[int]bool // whether two revisions have an object with other content
}

// page is one page with what it takes over from the nodes above it (7.7.3.4).
type page struct {
	number    int // of the object, 0 when it has none of its own
	dict      cos.Dict
	resources cos.Dict
	box       cos.Array
}

// done tells whether a limit was passed, so that loops end early.
func (r *reader) done() bool { return r.Fault != nil || r.refused != nil }

func (r *reader) refuse(code, place, message string) {
	if r.refused == nil {
		r.refused = source.New(code, place, message)
	}
}

// maxPlaces bounds what is told of one kind in a file; the first ones tell enough, and never keep
// another kind from being told.
const maxPlaces = 20

func (r *reader) find(fatal bool, code, place, message string) {
	told := 0
	for i := range r.out.Findings {
		if f := &r.out.Findings[i]; f.Code == code && f.Fatal == fatal {
			told++
		}
	}
	if told < maxPlaces {
		r.out.Findings = append(r.out.Findings,
			Finding{Fatal: fatal, Fault: *source.New(code, place, message)})
	}
}

// place names an object by the page it stands on, where that is known.
func (r *reader) place(number int) string {
	if page, ok := r.onPage[number]; ok {
		return pageName(page)
	}
	if number == 0 {
		return ""
	}
	return "object " + strconv.Itoa(number)
}

func pageName(n int) string { return "page " + strconv.Itoa(n) }
