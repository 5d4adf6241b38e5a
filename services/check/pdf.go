package check

import (
	"strings"
)

// pdf files what the guard of PDFs found, and where the pages of a PDF with an invoice inside
// show other values than that invoice.
func (c *checker) pdf() {
	if c.doc.PDF == nil {
		return
	}
	for _, f := range c.doc.PDF.Findings {
		severity := Warning
		if f.Fatal {
			severity = Fatal
		}
		c.add(Finding{Rule: f.Code, Severity: severity, Path: f.Path, Message: f.Message})
	}
	if c.doc.PDF.Invoice != nil && len(c.doc.PDF.Lines) > 0 {
		s := newShown(c)
		s.doubt()
		s.payable()
		s.accounts()
		s.number()
	}
}

// insidePDF names the attached file in the place of every finding about it. A rule that reads
// the invoice itself knows only the place within.
func (c *checker) insidePDF() {
	if c.doc.PDF == nil || c.doc.PDF.Invoice == nil {
		return
	}
	for i, f := range c.findings {
		if strings.HasPrefix(f.Path, "/") {
			c.findings[i].Path = c.doc.PDF.Inside(f.Path)
		}
	}
}
