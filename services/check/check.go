package check

import (
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// Document checks one document on the day given and returns its findings in a fixed order:
// what could not be read, what is missing, sums, dates, identifiers, texts, and what a PDF
// shows or does. The same document and day always give the same findings.
func Document(doc *parse.Document, today money.Date) []Finding {
	c := &checker{doc: doc}
	for _, flaw := range doc.Flaws {
		c.findings = append(c.findings, Finding{
			Rule: flaw.Code, Severity: Fatal, Path: flaw.Path, Message: flaw.Message,
		})
	}
	if doc.Semantic != nil {
		c.standard()
	} else {
		c.content()
	}
	c.lines()
	c.totals()
	c.packing()
	c.dates(today)
	c.identifiers()
	c.texts()
	c.pdf()
	c.insidePDF()
	c.shipping()
	c.wrapped()
	c.shorten()
	c.locate()
	c.advise()
	return c.findings
}

// Violates tells whether one of the findings is fatal.
func Violates(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Fatal {
			return true
		}
	}
	return false
}

func lineKey(i int) string { return "lines[" + strconv.Itoa(i) + "]" }

func taxKey(i int) string { return "taxes[" + strconv.Itoa(i) + "]" }
