package report

import (
	"fmt"
	"strings"

	"github.com/countersign/countersign/services/app"
)

// maxAcross is how many sources stand side by side; more go into a further table.
const maxAcross = 5

// matrixPart sets the corroboration matrix, who would have to collude, and the exact place
// of whatever contradicts or is stale.
func (s *sheet) matrixPart(m app.DossierMatrix) {
	s.section("Corroboration matrix", 100*point)
	if s.empty(min(len(m.Rows), len(m.Sources)), "No facts were compared.") {
		return
	}
	for from := 0; from < len(m.Sources); from += maxAcross {
		to := min(from+maxAcross, len(m.Sources))
		if len(m.Sources) > maxAcross {
			s.paragraph(fmt.Sprintf("Sources %d to %d of %d", from+1, to, len(m.Sources)), metaText())
		}
		s.matrixTable(m, from, to)
		s.y += small
	}
	if m.Independence != "" {
		s.paragraph("Independence: "+m.Independence, bodyText())
	}
	if len(m.Colluders) > 0 {
		s.paragraph("All of these would have to lie for the claim to be false: "+
			strings.Join(m.Colluders, ", ")+".", bodyText())
	}
	s.doubtsTable(m)
}

func (s *sheet) matrixTable(m app.DossierMatrix, from, to int) {
	columns := []column{{share: 15 * (to - from)}} // of 100 × the number of sources
	heads := []cell{{meta("Fact")}}
	for _, src := range m.Sources[from:to] {
		columns = append(columns, column{share: 85})
		heads = append(heads, cell{text(src.Name), meta(src.Paper), meta("by " + orUnknown(src.By))})
	}
	t := s.table(columns...)
	t.heads = heads
	t.begin()
	for _, row := range m.Rows {
		cells := []cell{{text(row.Fact)}}
		for _, c := range row.Cells[from:to] {
			cells = append(cells, matrixCell(c))
		}
		t.row(cells...)
	}
}

// matrixCell shows the state first; a silent source has no value to show.
func matrixCell(c app.DossierCell) cell {
	out := cell{mark(cellMark(c.State))}
	if c.Value != "" {
		out = append(out, entry{text: c.Value, style: closeText()})
	}
	return out
}

// doubtsTable points to where each contradiction and each stale value stands.
func (s *sheet) doubtsTable(m app.DossierMatrix) {
	t := s.table(
		column{title: "Fact", share: 20}, column{title: "Source", share: 22},
		column{title: "States", share: 22}, column{title: "Place in the source", share: 36},
	)
	begun := false
	for _, row := range m.Rows {
		for i, c := range row.Cells {
			if c.State != app.CellContradicts && c.State != app.CellStale {
				continue
			}
			if !begun {
				s.y += small
				s.need(80 * point)
				s.paragraph("What contradicts or is stale, and where it stands:", metaText())
				s.y += tight
				t.begin()
				begun = true
			}
			t.row(cell{text(row.Fact), mark(cellMark(c.State))},
				cell{text(m.Sources[i].Name), meta(m.Sources[i].Paper)},
				cell{text(c.Value)}, cell{{text: orUnknown(c.Place), style: monoMeta()}})
		}
	}
}
