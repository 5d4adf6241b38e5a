package check

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/services/parse/pdf"
)

// shown compares an invoice that is attached to a PDF with what the pages show to a person:
// whoever pays by the page and whoever pays by the data must pay the same.
type shown struct {
	*checker
	lines []pdf.Line
	// unsure is set when the fonts leave much of the text without meaning, or there is too much.
	unsure bool
	// squeezed is the text of all pages without white space, in capitals.
	squeezed string
	// stated are the numbers that the invoice's XML holds anywhere.
	stated map[string]bool
	// named is the XML without anything but letters and digits, in capitals.
	named string
}

func newShown(c *checker) *shown {
	file := c.doc.PDF
	s := &shown{checker: c, stated: statedNumbers(file.Invoice.Bytes)}
	var all strings.Builder
	for _, line := range file.Lines {
		line.Text = norm.NFKC.String(line.Text) // wide digits, ligatures, all kinds of blanks
		s.lines = append(s.lines, line)
		all.WriteString(squeeze(line.Text))
	}
	s.squeezed = all.String()
	s.unsure = file.TextCut || file.Unknown*10 > len(s.squeezed)
	s.named = alphanumeric(string(file.Invoice.Bytes))
	return s
}

// doubt tells that the comparison of page and invoice is not a sure one: unknown is no pass.
func (s *shown) doubt() {
	if s.unsure {
		s.add(Finding{
			Rule: pdf.CodeTextUnsure, Severity: Warning,
			Message: "The text of the pages is known in part only; that they show what the invoice " +
				"inside says is not sure.",
		})
	}
}

// squeeze leaves white space out, for it is not always where a person sees it.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
}

func alphanumeric(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z' {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
}

// disagrees files one finding. What the fonts do not tell surely is no ground for more than a
// warning.
func (s *shown) disagrees(severity Severity, field, message, claimed, found string) {
	if s.unsure {
		severity = Warning
	}
	s.add(Finding{
		Rule: pdf.CodeTextDisagrees, Severity: severity, Field: field, Message: message,
		Claimed: claimed, Computed: found,
		Advice: "Look at the page, and ask the issuer which of the two holds before anything is paid.",
	})
}

// number looks for the number of the invoice. It may be written in any shape, so that only
// its absence can be told.
func (s *shown) number() {
	if n := squeeze(s.doc.Number); n != "" && !s.unsure && !strings.Contains(s.squeezed, n) {
		s.disagrees(Warning, "number", "The pages do not show the number of the invoice that the PDF carries.",
			s.doc.Number, "")
	}
}

// accounts compares the payee's accounts. Another account beside the invoice's own may be the
// seller's second bank: a warning. Another one in its place is what a changed payee looks
// like: fatal, since check digits are never right by chance often enough.
func (s *shown) accounts() {
	var own []string
	missing, present := "", false
	page := alphanumeric(s.squeezed)
	for _, account := range s.doc.Accounts {
		iban := alphanumeric(account.IBAN)
		if iban == "" {
			continue
		}
		own = append(own, iban)
		if strings.Contains(page, iban) {
			present = true
		} else {
			missing = iban
		}
	}
	foreign, place := "", ""
	for _, line := range s.lines {
		for _, iban := range ibansIn(line.Text) {
			if foreign == "" && !slices.Contains(own, iban) && !strings.Contains(s.named, iban) {
				foreign, place = iban, " (page "+strconv.Itoa(line.Page)+")"
			}
		}
	}
	field := "accounts[0].iban"
	switch {
	case foreign != "" && missing != "" && !present:
		s.disagrees(Fatal, field, "The pages show the account "+foreign+place+" and not "+missing+
			", which the invoice in the PDF names.", missing, foreign)
	case foreign != "" && len(own) > 0:
		s.disagrees(Warning, field, "The pages show the account "+foreign+place+
			" besides the one that the invoice in the PDF names.", strings.Join(own, ", "), foreign)
	case foreign != "":
		s.disagrees(Warning, field, "The pages show the account "+foreign+place+
			"; the invoice in the PDF names none.", "", foreign)
	case missing != "" && !s.unsure:
		s.disagrees(Warning, field, "The pages do not show the account "+missing+
			", which the invoice in the PDF names.", missing, "")
	}
}

// payable looks for the amount due: anywhere, and beside the words that announce it.
func (s *shown) payable() {
	if s.doc.Totals.Payable == nil || s.doc.Totals.Payable.IsZero() {
		return // nothing to pay is often not written at all
	}
	due := s.doc.Totals.Payable.Abs()
	present, other, place := false, "", ""
	for _, line := range s.lines {
		amounts := amountsIn(line.Text)
		here := slices.ContainsFunc(amounts, func(a writtenAmount) bool { return a.reads(due) })
		present = present || here ||
			slices.ContainsFunc(amountsIn(squeeze(line.Text)), func(a writtenAmount) bool { return a.reads(due) })
		label := announces(line.Text)
		if label < 0 {
			continue
		}
		if here {
			return
		}
		beside := slices.DeleteFunc(amountsIn(line.Text[label:]), func(a writtenAmount) bool { return !a.money })
		if len(beside) > 0 && other == "" && !slices.ContainsFunc(beside, s.states) {
			other, place = beside[len(beside)-1].text, " (page "+strconv.Itoa(line.Page)+")"
		}
	}
	switch {
	case other != "" && !present:
		s.disagrees(Fatal, "totals.payable", "The pages show "+other+" as the amount to pay"+place+
			"; the invoice in the PDF says "+s.doc.Totals.Payable.String()+".", s.doc.Totals.Payable.String(), other)
	case other != "":
		s.disagrees(Warning, "totals.payable", "The pages show "+other+" beside the words of a total"+place+
			", an amount that the invoice in the PDF does not have.", s.doc.Totals.Payable.String(), other)
	case !present && !s.unsure:
		s.disagrees(Warning, "totals.payable", "The pages do not show the amount to pay of the invoice in the PDF.",
			s.doc.Totals.Payable.String(), "")
	}
}

// states tells whether the XML holds an amount in one of its readings.
func (s *shown) states(a writtenAmount) bool {
	return slices.ContainsFunc(a.readings, func(d decimal.Decimal) bool { return s.stated[d.String()] })
}

// maxStated bounds the numbers taken from the XML.
const maxStated = 200_000

// statedNumbers are the numbers in some XML, without their signs.
func statedNumbers(b []byte) map[string]bool {
	out := map[string]bool{}
	between := func(r rune) bool { return r != '.' && (r < '0' || r > '9') }
	for word := range strings.FieldsFuncSeq(string(b), between) {
		if len(word) <= maxDigits && len(out) < maxStated {
			if d, err := decimal.NewFromString(strings.Trim(word, ".")); err == nil {
				out[d.String()] = true
			}
		}
	}
	return out
}
