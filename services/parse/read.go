package parse

import (
	"bytes"
	"strconv"

	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Read turns the bytes of one document into its fields, within DefaultLimits. The error is
// always a *Fault that may be shown to the person who brought the document.
func Read(b []byte) (*Document, error) {
	return ReadWithin(DefaultLimits(), b)
}

// ReadWithin is Read with other limits.
func ReadWithin(l Limits, b []byte) (*Document, error) {
	doc, f := read(l, b)
	if f != nil {
		return nil, f
	}
	return doc, nil
}

func read(l Limits, b []byte) (*Document, *Fault) {
	if len(bytes.TrimSpace(source.TrimBOM(b))) == 0 {
		return nil, source.New(source.CodeEmpty, "", "The file is empty; choose the document again.")
	}
	if pdf.Starts(b) {
		return readPDF(l, b)
	}
	if len(b) > l.Bytes {
		return nil, source.New(source.CodeTooLarge, "",
			"The file is larger than "+strconv.Itoa(l.Bytes)+" bytes; split it or send a smaller one.")
	}
	if xmltree.HasUTF16Mark(b) {
		return nil, xmltree.CheckEncoding(b)
	}
	switch content := bytes.TrimLeft(source.TrimBOM(b), xmltree.Space); content[0] {
	case '<':
		return readXML(l, b)
	case '{', '[':
		return readJSON(l, b)
	default:
		return nil, unsupported("This kind of file is not read here")
	}
}

func readXML(l Limits, b []byte) (*Document, *Fault) {
	dtd, crowded := xmltree.Scan(b, l.Attributes)
	if crowded >= 0 {
		return nil, source.TooMany("byte "+strconv.Itoa(crowded), "attributes of one element", l.Attributes)
	}
	syntax, root := sniff(b)
	switch {
	case syntax != SyntaxForeign && dtd >= 0:
		return nil, xmltree.DTDFault("byte " + strconv.Itoa(dtd))
	case syntax == SyntaxUBL:
		return readUBL(l, b, root)
	case syntax == SyntaxCII:
		return readCII(l, b)
	case isZUGFeRD1(root):
		return nil, source.New(source.CodeUnsupported, "", "This is ZUGFeRD 1.0, which EN 16931 has replaced; "+
			"ask the sender for Factur-X or ZUGFeRD 2, or type its fields in.")
	case syntax == SyntaxCamt053, syntax == SyntaxCamt054:
		return nil, unsupported("This is a bank statement, not a trade document")
	case root.Local == "":
		if f := xmltree.CheckEncoding(b); f != nil {
			return nil, f
		}
		return nil, source.New(source.CodeMalformed,
			"", "The XML is broken before its first element; send the whole file.")
	default:
		return nil, unsupported("XML of the kind " + source.Quoted(root.Local) + " in the namespace " +
			source.Quoted(root.Space) + " is not read here")
	}
}

func unsupported(what string) *Fault {
	return source.New(source.CodeUnsupported, "", what+
		"; send UBL 2.1 or CII D16B XML, our own JSON, or a PDF whose fields you type in.")
}
