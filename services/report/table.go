package report

// column is one column of a table; share is its part of the width.
type column struct {
	title string
	share int
	right bool
}

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
	s.rule(s.y, grey())
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
	s.rule(s.y, hairline())
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
