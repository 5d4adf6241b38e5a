package pdf

import (
	"cmp"
	"slices"
	"strings"
)

// Line is one line of the text layer, with a blank where the page has a gap and two where the
// gap is as wide as one between columns.
type Line struct {
	Page int
	Text string
}

// layOut joins the pieces of a page to lines, top to bottom, left to right.
func layOut(pieces []piece, page int) []Line {
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(b.y, a.y) })
	var lines []Line
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[0].y-pieces[n].y < max(pieces[0].size, pieces[n].size)*2/5 {
			n++
		}
		if line := joined(pieces[:n]); line != "" {
			lines = append(lines, Line{Page: page, Text: line})
		}
		pieces = pieces[n:]
	}
	return lines
}

// joined writes the pieces of one line with a blank at each gap.
func joined(pieces []piece) string {
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.x, b.x) })
	var out strings.Builder
	for i, p := range pieces {
		if i > 0 {
			before := pieces[i-1]
			switch gap := p.x - before.end; {
			case before.text == p.text && p.x-before.x < p.size/8: // written twice to look bold
				continue
			case gap > max(p.size, before.size)*wideGap:
				out.WriteString("  ")
			case gap > max(p.size, before.size)*3/20:
				out.WriteByte(' ')
			}
		}
		out.WriteString(p.text)
	}
	return out.String()
}

// wideGap, in sizes of the type, is what sets columns of a table apart.
const wideGap = 2
