package report

import (
	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// maxCellLines bounds a table cell, so that a row always fits on a page; a longer text goes
// on in the appendix.
const maxCellLines = 8

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
