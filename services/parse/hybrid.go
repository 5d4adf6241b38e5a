package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// readPDF reads the invoice that a Factur-X or ZUGFeRD PDF carries, by the same readers as any
// other. A PDF without one is kept: its fields are typed in by a person (Typed), and since
// they could not weigh what is fatal about it, such a PDF is refused.
func readPDF(l Limits, b []byte) (*Document, *Fault) {
	if len(b) > l.PDFBytes {
		return nil, source.New(source.CodeTooLarge, "",
			"The PDF is larger than "+strconv.Itoa(l.PDFBytes)+" bytes; send a smaller one.")
	}
	file, f := pdf.Read(l, b)
	if f != nil {
		return nil, f
	}
	main := mainInvoice(file)
	if main == nil {
		return plainPDF(file, SyntaxPDF)
	}
	file.Findings = append(file.Findings, otherInvoices(file, main)...)
	root := xmltree.Root(main.Bytes)
	if isZUGFeRD1(root) || root.Local != "" && xmlSyntax(root) == SyntaxForeign {
		syntax, what := SyntaxPDF, "XML of the kind "+source.Quoted(root.Local)
		if isZUGFeRD1(root) {
			syntax, what = SyntaxPDF+"/zugferd-1.0", "a ZUGFeRD 1.0 invoice"
		}
		file.Findings = append(file.Findings, pdf.Finding{Fault: *source.New(pdf.CodeInvoiceUnread,
			inside(main, ""), "The PDF carries "+what+", which is not read here; type the fields in.")})
		return plainPDF(file, syntax)
	}
	doc, f := readAttached(l, main.Bytes)
	if f != nil {
		return nil, source.New(f.Code, inside(main, f.Path), f.Message)
	}
	doc.Syntax = string(SyntaxPDF) + "/" + doc.Syntax
	doc.PDF = &PDF{File: file, Invoice: main}
	for key, place := range doc.Places {
		place.Path = inside(main, place.Path)
		doc.Places[key] = place
	}
	for i := range doc.Flaws {
		doc.Flaws[i].Path = inside(main, doc.Flaws[i].Path)
	}
	return doc, nil
}

// PDF is what is known of the PDF that a document was read from.
type PDF struct {
	*pdf.File
	// Invoice is the attachment that was read, nil for a PDF without one.
	Invoice *pdf.Attachment
}

// readAttached reads an attached file as XML, whatever its bytes begin with.
func readAttached(l Limits, b []byte) (*Document, *Fault) {
	switch {
	case len(b) > l.Bytes:
		return nil, source.New(source.CodeTooLarge, "", "The invoice in the PDF is larger than "+
			strconv.Itoa(l.Bytes)+" bytes; split it or send a smaller one.")
	case xmltree.HasUTF16Mark(b):
		return nil, xmltree.CheckEncoding(b)
	default:
		return readXML(l, b)
	}
}

// Inside is the place of something in the attached invoice: its name, a colon, and the place
// as in any other file. Offset and length of such a Place count the bytes of the attached file
// as it is taken out of the PDF.
func (p *PDF) Inside(path string) string { return inside(p.Invoice, path) }

// plainPDF keeps a PDF whose fields nobody reads.
func plainPDF(file *pdf.File, syntax Syntax) (*Document, *Fault) {
	for _, f := range file.Findings {
		if f.Fatal {
			return nil, &f.Fault
		}
	}
	return &Document{Kind: Other, Syntax: string(syntax), PDF: &PDF{File: file}}, nil
}

// invoiceNames are the names of the embedded invoice, the newest first: Factur-X 1.0 and
// ZUGFeRD 2.1, ZUGFeRD 1.0 and 2.0 (which differ in case), XRechnung.
const invoiceNames = "factur-x.xml zugferd-invoice.xml xrechnung.xml"

// mainInvoice picks the invoice among the attached files: by the names of the standards in
// any case, otherwise by what the XML is. nil when there is none.
func mainInvoice(file *pdf.File) *pdf.Attachment {
	for known := range strings.FieldsSeq(invoiceNames) {
		if i := slices.IndexFunc(file.Attachments, func(a pdf.Attachment) bool {
			own := strings.TrimSpace(a.Name)
			return strings.EqualFold(own[strings.LastIndexAny(own, `/\`)+1:], known) // some name a path
		}); i >= 0 {
			return &file.Attachments[i]
		}
	}
	if i := slices.IndexFunc(file.Attachments, isInvoice); i >= 0 {
		return &file.Attachments[i]
	}
	return nil
}

// otherInvoices tells of a second invoice in the file: readers differ in which they take. Two
// of one name are fatal, for then nothing says which is meant.
func otherInvoices(file *pdf.File, main *pdf.Attachment) []pdf.Finding {
	for i := range file.Attachments {
		a := &file.Attachments[i]
		if a == main || bytes.Equal(a.Bytes, main.Bytes) || !isInvoice(*a) {
			continue
		}
		return []pdf.Finding{{
			Fatal: strings.EqualFold(a.Name, main.Name),
			Fault: *source.New(pdf.CodeTwoInvoices, inside(a, ""), "The PDF carries two invoices, of which "+
				name(main)+" was read; ask the sender for a PDF with one."),
		}}
	}
	return nil
}

// isInvoice tells an attached invoice by its root element.
func isInvoice(a pdf.Attachment) bool {
	root := xmltree.Root(a.Bytes)
	kind, isUBL := ublKind(root)
	return xmlSyntax(root) == SyntaxCII || isZUGFeRD1(root) ||
		isUBL && (kind == Invoice || kind == CreditNote)
}

// inside is PDF.Inside for any attached file.
func inside(a *pdf.Attachment, path string) string {
	return name(a) + ":" + path
}

// name is that of an attached file as it may be shown.
func name(a *pdf.Attachment) string {
	if a.Name == "" {
		return "object " + strconv.Itoa(a.Object)
	}
	return strings.Trim(source.Quoted(a.Name), `"`)
}
