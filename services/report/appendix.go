package report

import "strconv"

// appendix collects the full values of what a table shows shortened.
type appendix struct {
	entries []struct{ full, label string }
	number  map[string]int
}

// ref gives the reference of a value; the same value has one reference.
func (a *appendix) ref(full, label string) string {
	if a.number == nil {
		a.number = map[string]int{}
	}
	n, ok := a.number[full]
	if !ok {
		a.entries = append(a.entries, struct{ full, label string }{full, label})
		n = len(a.entries)
		a.number[full] = n
	}
	return "A" + strconv.Itoa(n)
}

// appendixPart prints the full values and what could not be drawn. It comes last.
func (s *sheet) appendixPart() {
	if len(s.appendix.entries) > 0 {
		s.section("Full values", 40*point)
		s.paragraph("What the tables shorten, under the reference that stands beside it.", metaText())
		s.y += tight
	}
	const refWidth, labelWidth = 28 * point, 132 * point
	x := margin + refWidth + labelWidth
	for i, e := range s.appendix.entries {
		label := s.lines(s.clean(e.label, metaText()), metaText(), labelWidth-small)[0]
		st := monoText()
		for k, line := range s.lines(s.clean(e.full, st), st, s.width-margin-x) {
			s.need(st.line())
			if k == 0 {
				s.put(margin, s.y, "A"+strconv.Itoa(i+1), metaText())
				s.put(margin+refWidth, s.y, label, metaText())
			}
			s.put(x, s.y, line, st)
			s.y += st.line()
		}
	}
	if len(s.missing.runes) > 0 {
		s.section("Characters not drawn", 40*point)
		s.paragraph("The report's font has no sign for these characters, or they are invisible; "+
			string(s.fonts.replacement)+" stands in their place. "+
			"The digest below covers the texts as they came.", metaText())
		s.paragraph(s.missing.String(), monoText())
	}
}
