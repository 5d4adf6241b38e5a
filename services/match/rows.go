package match

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/parse"
)

// reading is what one column says of a fact, before it is held against the claim.
type reading struct {
	column     int
	value      string // as the paper has it
	normalised string
	places     []parse.Place
	measure    Measure
}

// newRow is a row in which every source is silent.
func (m *matcher) newRow(f Fact) Row {
	r := Row{Fact: f, State: Unknown, Cells: make([]Cell, len(m.columns))}
	for i := range r.Cells {
		r.Cells[i].State = Silent
	}
	return r
}

func (r *Row) set(in reading, s State) {
	c := &r.Cells[in.column]
	c.State, c.Value, c.Normalised, c.Places, c.Measure = s, in.value, in.normalised, in.places, in.measure
	if in.measure != (Measure{}) {
		c.Value = in.measure.In(texts.English)
	}
}

// claimKind is the kind that makes the claim among readings; empty when there are none.
func (m *matcher) claimKind(readings []reading) parse.Kind {
	for _, k := range claimOrder() {
		for _, r := range readings {
			if m.columns[r.column].doc.Kind == k {
				return k
			}
		}
	}
	return ""
}

// claims splits readings into those that make the claim and the others.
func (m *matcher) claims(readings []reading) (claims, others []reading) {
	kind := m.claimKind(readings)
	for _, r := range readings {
		if m.columns[r.column].doc.Kind == kind {
			claims = append(claims, r)
		} else {
			others = append(others, r)
		}
	}
	return claims, others
}

// compareTexts fills a row with texts that must be equal once normalised. Where several
// papers claim, the least text in byte order is the claim, so that order never matters.
func (m *matcher) compareTexts(row *Row, readings []reading) {
	if len(readings) == 0 {
		return
	}
	claims, _ := m.claims(readings)
	claim := slices.MinFunc(claims, func(a, b reading) int {
		return strings.Compare(a.normalised, b.normalised)
	})
	for _, r := range readings {
		state := Agrees
		if r.normalised != claim.normalised {
			state = Contradicts
		}
		row.set(r, state)
	}
	m.markClaim(row, claims)
}

func (m *matcher) markClaim(row *Row, claims []reading) {
	for _, r := range claims {
		row.Cells[r.column].Claim = true
	}
}

// add closes a row: its state follows from its cells, each contradiction becomes a finding.
// A row in which every source is silent is left out.
func (m *matcher) add(row Row, code Code) Row {
	if !slices.ContainsFunc(row.Cells, func(c Cell) bool { return c.Value != "" }) {
		return row
	}
	if m.contradictions(&row, code) {
		row.State = Contradicted
	} else if len(m.supporters(row)) > 1 {
		row.State = Corroborated
	}
	m.matrix.Rows = append(m.matrix.Rows, row)
	return row
}

// supporters are the organisations that state the claim of a row or agree with it.
func (m *matcher) supporters(row Row) []string {
	orgs := []string{}
	for i, c := range row.Cells {
		if c.State == Agrees || c.State == Within {
			orgs = append(orgs, m.columns[i].Uploader)
		}
	}
	slices.Sort(orgs)
	return slices.Compact(orgs)
}

// contradictions makes one finding of all sources that contradict in the same way.
func (m *matcher) contradictions(row *Row, code Code) bool {
	said := map[string][]int{}
	order := []string{}
	for i, c := range row.Cells {
		if c.State != Contradicts {
			continue
		}
		if _, ok := said[c.Normalised]; !ok {
			order = append(order, c.Normalised)
		}
		said[c.Normalised] = append(said[c.Normalised], i)
	}
	slices.Sort(order)
	for _, found := range order {
		m.find(m.contradiction(row, code, said[found]))
	}
	return len(order) > 0
}

// contradiction is the finding of the columns that say the same against the claim.
func (m *matcher) contradiction(row *Row, code Code, columns []int) Finding {
	said := Said{
		Item: row.Item, Found: row.Cells[columns[0]].Measure, Against: row.against, On: row.on,
		Passage: row.passage,
	}
	f := Finding{
		Code: code, Severity: Block, Fact: row.Fact, Goods: row.Goods,
		Found: row.Cells[columns[0]].Value,
	}
	for _, i := range columns {
		f.Sources = append(f.Sources, m.columns[i].ID)
		said.Papers = append(said.Papers, m.paper(i))
	}
	for i, c := range row.Cells {
		if c.Claim && !slices.Contains(columns, i) {
			said.Claimants = append(said.Claimants, m.paper(i))
			f.Claimed, said.Claimed = c.Value, c.Measure
		}
	}
	f.Said = said
	return f
}

// paper is a column as a sentence names it.
func (m *matcher) paper(column int) Paper {
	d := m.columns[column].doc
	return Paper{d.Kind, d.Number}
}

// find adds a finding, with its sentence in English.
func (m *matcher) find(f Finding) {
	m.matrix.Findings = append(m.matrix.Findings, f.In(texts.English))
}

// place returns where the first of the paths that the reader noted stands, as a list of one
// or none.
func place(d *parse.Document, paths ...string) []parse.Place {
	for _, p := range paths {
		if at, ok := d.Places[p]; ok {
			return []parse.Place{at}
		}
	}
	return nil
}
