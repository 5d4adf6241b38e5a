package report

import (
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// maxCellLines bounds a table cell, so that a row always fits on a page; a longer text goes
// on in the appendix.
const maxCellLines = 8

// column is one column of a table; share is its part of the width.
type column struct {
	title string
	share int
	right bool
}

// cell is the content of a table cell: entries one below the other.
type cell []entry

// entry is one text of a cell. Texts are as they came; the table makes them drawable.
type entry struct {
	text   string
	style  style
	kind   entryKind
	tone   app.Tone // of a mark
	amount money.Amount
	label  string // of a value that the appendix repeats in full
}

type entryKind int

const (
	plainEntry  entryKind = iota // wraps
	valueEntry                   // a digest or id: shortened, in full in the appendix
	amountEntry                  // right-aligned, never wraps
	markEntry                    // shape and word
)

// unknown is how an absent value is shown: never as zero, never as nothing.
const unknown = "—"

func text(s string) entry {
	if s == "" {
		return entry{text: unknown, style: metaText()}
	}
	return entry{text: s, style: bodyText()}
}

func meta(s string) entry { return entry{text: s, style: metaText()} }

func value(s, label string) entry {
	if s == "" {
		return text("")
	}
	return entry{text: s, style: monoText(), kind: valueEntry, label: label}
}

func amount(a money.Amount) entry { return entry{style: bodyText(), kind: amountEntry, amount: a} }

func mark(m app.StatusMark) entry {
	if m.Word == "" {
		m = app.StatusMark{Word: "unknown", Tone: app.ToneAttention}
	}
	return entry{text: m.Word, style: metaText(), kind: markEntry, tone: m.Tone}
}

// cellLine is one line of a cell as it is drawn.
type cellLine struct {
	text, suffix string // the suffix is small and grey: a currency, a reference
	style        style
	right        bool
	mark         markPart
	tone         app.Tone
}

// markPart says what of a status a line shows.
type markPart int

const (
	noMark   markPart = iota
	pill              // shape and word on a ground
	markHead          // shape and first words, when the word needs several lines
	markTail          // the further words, under the first
)

// table sets rows under a header that every page repeats. Without titles there is no header.
type table struct {
	sheet   *sheet
	columns []column
	x       []length // left edge of each column; one more for the right edge
	heads   []cell   // set as the header in place of the titles, when there are any
}

func (s *sheet) table(columns ...column) *table {
	t := &table{sheet: s, columns: columns}
	total, sum := 0, 0
	for _, c := range columns {
		total += c.share
	}
	for _, c := range columns {
		t.x = append(t.x, margin+s.content()*length(sum)/length(total))
		sum += c.share
	}
	t.x = append(t.x, margin+s.content())
	return t
}

// begin draws the header.
func (t *table) begin() {
	s, st := t.sheet, metaText()
	if t.heads != nil {
		set, height := t.measure(t.heads)
		t.drawCells(set)
		s.y += height + tight/2
	}
	header := false
	for i, c := range t.columns {
		if c.title == "" {
			continue
		}
		header = true
		x := t.x[i]
		if c.right {
			x = t.inner(i) - s.measure(c.title, st)
		}
		s.put(x, s.y, c.title, st)
	}
	if header {
		s.y += st.line() + tight/2
	}
	s.rule(margin, s.y, s.content(), grey())
	s.y += tight
}

// inner is where the content of a column ends.
func (t *table) inner(i int) length {
	if i == len(t.columns)-1 {
		return t.x[i+1]
	}
	return t.x[i+1] - small
}

// row draws one row, on a new page under a new header when it does not fit on this one.
func (t *table) row(cells ...cell) {
	s := t.sheet
	if s.err != nil {
		return
	}
	set, height := t.measure(cells)
	if s.need(height + 2*tight) {
		t.begin()
	}
	t.drawCells(set)
	s.y += height + tight
	s.rule(margin, s.y, s.content(), hairline())
	s.y += tight
}

// measure makes the lines of each cell and tells how high the tallest is, when their first
// lines share one base line.
func (t *table) measure(cells []cell) ([][]cellLine, length) {
	set := make([][]cellLine, len(cells))
	for i, c := range cells {
		set[i] = t.set(c, t.inner(i)-t.x[i], t.columns[i].right)
	}
	var height length
	for _, lines := range set {
		h := sink(set, lines)
		for _, line := range lines {
			h += line.height()
		}
		height = max(height, h)
	}
	return set, height
}

// sink is how far the lines of a cell begin below the top of the row, so that its first
// base line is that of the cell with the largest type.
func sink(set [][]cellLine, lines []cellLine) length {
	var largest length
	for _, other := range set {
		if len(other) > 0 {
			largest = max(largest, other[0].style.size)
		}
	}
	if len(lines) == 0 {
		return 0
	}
	return (largest - lines[0].style.size) * 11 / 10
}

func (t *table) drawCells(set [][]cellLine) {
	for i, lines := range set {
		y := t.sheet.y + sink(set, lines)
		for _, line := range lines {
			t.drawLine(t.x[i], t.inner(i), y, line)
			y += line.height()
		}
	}
}

func (l cellLine) height() length {
	if l.mark != noMark {
		return l.style.line() + tight/2
	}
	return l.style.line()
}

func (t *table) drawLine(left, right, y length, l cellLine) {
	s := t.sheet
	switch l.mark {
	case pill:
		s.mark(left, y, l.text, l.tone, l.style, true)
		return
	case markHead:
		s.mark(left, y, l.text, l.tone, l.style, false)
		return
	case markTail:
		left += markIndent(l.style)
		l.style.colour = lookOf(l.tone).text
	case noMark:
	}
	beside := metaText()
	beside.size = min(beside.size, l.style.size*4/5)
	gap := length(0)
	if l.suffix != "" && l.text != "" {
		gap = l.style.size / 4
	}
	width := s.measure(l.text, l.style)
	x := left
	if l.right {
		x = right - width - gap - s.measure(l.suffix, beside)
	}
	s.put(x, y, l.text, l.style)
	s.put(x+width+gap, y+(l.style.size-beside.size)*11/10, l.suffix, beside)
}

// set makes the lines of a cell.
func (t *table) set(c cell, width length, right bool) []cellLine {
	var out []cellLine
	for _, e := range c {
		switch e.kind {
		case amountEntry:
			out = append(out, t.setAmount(e, width)...)
		case markEntry:
			out = append(out, t.setMark(e, width)...)
		case valueEntry:
			out = append(out, t.setValue(e, width)...)
		case plainEntry:
			if e.text != "" {
				out = append(out, t.setText(e, width, right)...)
			}
		}
	}
	return out
}

func (t *table) setText(e entry, width length, right bool) []cellLine {
	s := t.sheet
	lines := s.lines(s.clean(e.text, e.style), e.style, width)
	suffix := ""
	if len(lines) > maxCellLines {
		lines = lines[:maxCellLines]
		room := s.lines(lines[maxCellLines-1], e.style, width-24*point)
		lines[maxCellLines-1] = room[0] + "…"
		suffix = s.appendix.ref(e.text, "text cut short in a table")
	}
	out := make([]cellLine, len(lines))
	for i, line := range lines {
		out[i] = cellLine{text: line, style: e.style, right: right}
	}
	out[len(out)-1].suffix = suffix
	return out
}

func (t *table) setValue(e entry, width length) []cellLine {
	s := t.sheet
	short, cut := shorten(s.clean(e.text, e.style))
	if !cut {
		return t.setText(entry{text: short, style: e.style}, width, false)
	}
	suffix := s.appendix.ref(e.text, e.label)
	lines := s.lines(short, e.style, width-16*point)
	out := make([]cellLine, len(lines))
	for i, line := range lines {
		out[i] = cellLine{text: line, style: e.style}
	}
	out[len(out)-1].suffix = suffix
	return out
}

// setAmount never breaks an amount: a narrow column gets the currency below and, at need,
// smaller figures.
func (t *table) setAmount(e entry, width length) []cellLine {
	if e.amount.IsAbsent() {
		return []cellLine{{text: unknown, style: metaText(), right: true}}
	}
	s, figures, code := t.sheet, e.amount.Grouped(), string(e.amount.Currency())
	codeWidth := s.measure(code, metaText()) + e.style.size/4
	if s.measure(figures, e.style)+codeWidth <= width {
		return []cellLine{{text: figures, suffix: code, style: e.style, right: true}}
	}
	for e.style.size > 4*point && s.measure(figures, e.style) > width {
		e.style.size -= point / 2
	}
	return []cellLine{
		{text: figures, style: e.style, right: true},
		{text: code, style: metaText(), right: true},
	}
}

// setMark puts a word that is too long for the pill on several lines without a ground.
func (t *table) setMark(e entry, width length) []cellLine {
	s := t.sheet
	lines := s.lines(s.clean(e.text, e.style), e.style, width-markIndent(e.style)-tight)
	if len(lines) == 1 {
		return []cellLine{{text: lines[0], style: e.style, mark: pill, tone: e.tone}}
	}
	suffix := ""
	if len(lines) > maxCellLines {
		lines = lines[:maxCellLines]
		room := s.lines(lines[maxCellLines-1], e.style, width-markIndent(e.style)-24*point)
		lines[maxCellLines-1] = room[0] + "…"
		suffix = s.appendix.ref(e.text, "text cut short in a table")
	}
	out := make([]cellLine, len(lines))
	for i, line := range lines {
		out[i] = cellLine{text: line, style: e.style, mark: markTail, tone: e.tone}
	}
	out[0].mark = markHead
	out[len(out)-1].suffix = suffix
	return out
}

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
			string(s.fonts.replacement)+" stands in their place. The digest below covers the texts as they came.", metaText())
		s.paragraph(s.missing.String(), monoText())
	}
}
