package parse

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/pdf"
	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Syntax is the way a document is written down.
type Syntax string

// The syntaxes that are told apart. Foreign is anything else.
const (
	SyntaxUBL      Syntax = "ubl-2.1"          // OASIS UBL, versions 2.0 to 2.4 share their namespaces
	SyntaxCII      Syntax = "cii-d16b"         // UN/CEFACT Cross Industry Invoice, Factur-X and ZUGFeRD 2
	SyntaxJSON     Syntax = "countersign-json" // our own, see schemas/
	SyntaxPDF      Syntax = "pdf"
	SyntaxTyped    Syntax = "typed" // our own JSON made of what a person typed in from a PDF
	SyntaxCamt053  Syntax = "camt.053"
	SyntaxCamt054  Syntax = "camt.054"
	SyntaxDCSA     Syntax = "dcsa-ebl-3.0"         // a message of DCSA eBL, its name is the document's Profile
	SyntaxWrapped2 Syntax = Syntax(attestation.V2) // a document wrapped by OpenAttestation
	SyntaxWrapped3 Syntax = Syntax(attestation.V3)
	SyntaxForeign  Syntax = "foreign"
)

// Detect tells the syntax from the content alone. It promises nothing about the rest of the
// file: a broken invoice is still detected as what it began to be.
func Detect(b []byte) Syntax {
	syntax, _ := sniff(b)
	return syntax
}

// sniff is Detect together with the name of the XML root element, when there is one.
func sniff(b []byte) (Syntax, xml.Name) {
	if pdf.Starts(b) {
		return SyntaxPDF, xml.Name{}
	}
	content := bytes.TrimLeft(source.TrimBOM(b), xmltree.Space)
	switch {
	case bytes.HasPrefix(content, []byte("<")):
		root := xmltree.Root(b)
		return xmlSyntax(root), root
	case bytes.HasPrefix(content, []byte("{")), bytes.HasPrefix(content, []byte("[")):
		return jsonSyntax(content), xml.Name{}
	default:
		return SyntaxForeign, xml.Name{}
	}
}

func xmlSyntax(root xml.Name) Syntax {
	if _, ok := ublKind(root); ok {
		return SyntaxUBL
	}
	if semantic.IsCII(root) {
		return SyntaxCII
	}
	for _, m := range camtMessages() {
		if strings.HasPrefix(root.Space, m.space) && root.Local == "Document" {
			return m.syntax
		}
	}
	return SyntaxForeign
}
