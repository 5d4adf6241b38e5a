package parse

import (
	"encoding/xml"
	"strings"

	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// readCII reads a UN/CEFACT Cross Industry Invoice D16B, the syntax of Factur-X and ZUGFeRD 2.
// It has one root for invoices and credit notes: the type code tells them apart.
func readCII(l Limits, b []byte) (*Document, *Fault) {
	tree, f := xmltree.Parse(b, xmltree.Options{
		Limits: l, Known: semantic.KnownInCII, KeepForeign: true, TakeDoubtful: true,
		Attachment: xml.Name{Space: semantic.RAM, Local: "AttachmentBinaryObject"},
	})
	if f != nil {
		return nil, f
	}
	doc := invoiceDocument(b, semantic.FromCII(tree), SyntaxCII, Invoice)
	doc.tree = tree
	return doc, nil
}

// isZUGFeRD1 tells the root of ZUGFeRD 1.0, an earlier shape of the same message from before
// the standard.
func isZUGFeRD1(root xml.Name) bool {
	return root.Local == "CrossIndustryDocument" &&
		strings.HasPrefix(root.Space, "urn:ferd:CrossIndustryDocument:")
}
