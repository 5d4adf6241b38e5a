package match

import (
	"slices"
	"strings"

	"github.com/countersign/countersign/services/parse"
)

// reading is what one column says of a fact, before it is held against the claim.
type reading struct {
	column     int
	value      string // as the paper has it
	normalised string
	places     []parse.Place
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
	c.State, c.Value, c.Normalised, c.Places = s, in.value, in.normalised, in.places
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
		m.matrix.Findings = append(m.matrix.Findings, m.contradiction(row, code, said[found]))
	}
	return len(order) > 0
}

// contradiction words the finding of the columns that say the same against the claim.
func (m *matcher) contradiction(row *Row, code Code, columns []int) Finding {
	f := Finding{
		Code: code, Severity: Block, Fact: row.Fact, Goods: row.Goods,
		Found: row.Cells[columns[0]].Value, Advice: advice(code),
	}
	names := []string{}
	for _, i := range columns {
		f.Sources = append(f.Sources, m.columns[i].ID)
		names = append(names, m.name(i))
	}
	claimants := []string{}
	for i, c := range row.Cells {
		if c.Claim && !slices.Contains(columns, i) {
			claimants = append(claimants, m.name(i))
			f.Claimed = c.Value
		}
	}
	subject := factWords(row.Fact)
	if row.Item != "" {
		subject += " of " + row.Item
	}
	f.Sentence = capital(subject + ": " + joined(names) + say(names) + f.Found)
	if row.against != "" {
		f.Sentence += ", " + row.against
	} else if len(claimants) > 0 {
		f.Sentence += ", where " + joined(claimants) + say(claimants) + f.Claimed
	}
	f.Sentence += "."
	return f
}

// name is a column in a sentence: "the bill of lading HPCL-5520317".
func (m *matcher) name(column int) string {
	d := m.columns[column].doc
	return strings.TrimSpace("the " + words(d.Kind) + " " + d.Number)
}

func say(names []string) string {
	if len(names) > 1 {
		return " say "
	}
	return " says "
}

// joined writes "a, b and c".
func joined(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// capital raises the first letter of a sentence that begins in ASCII.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
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

// factWords names a fact in a sentence.
func factWords(f Fact) string {
	switch f {
	case FactOrder:
		return "order referred to"
	case FactDespatch:
		return "despatch advice referred to"
	case FactTransport:
		return "transport document referred to"
	case FactStorage:
		return "receipt referred to"
	case FactPrice:
		return "unit price"
	case FactNet:
		return "net amount"
	case FactNetTotal:
		return "total before tax"
	case FactPayable:
		return "amount payable"
	case FactPieces:
		return "pieces as packed"
	case FactWeight:
		return "gross weight"
	case FactIssued:
		return "date of issue"
	case FactShipped:
		return "date of shipment"
	case FactDelivered:
		return "date of delivery"
	case FactLoading:
		return "port of loading"
	case FactDischarge:
		return "port of discharge"
	case FactPassage:
		return "passage by sea"
	case FactAccount:
		return "account to be paid"
	case FactSeller, FactBuyer, FactItem, FactQuantity, FactCurrency, FactPackages, FactVessel:
		return string(f)
	}
	return string(f)
}

// advice says what to do about a finding.
func advice(c Code) string {
	switch c {
	case CodeParty:
		return "Ask who the parties are; a paper of another party proves nothing here."
	case CodeReference:
		return "Bring the paper that is referred to, or have the reference corrected."
	case CodeItem:
		return "Have the seller and whoever attested the goods say which goods they mean."
	case CodeQuantity, CodePackages, CodeWeight:
		return "Ask the seller to invoice what was delivered, or whoever attested it to look again."
	case CodePrice, CodeAmount, CodeCurrency:
		return "Ask for a corrected invoice, or for the buyer's amendment of the order."
	case CodeDate:
		return "Ask whoever wrote the later paper how it can be so."
	case CodePlace:
		return "Ask the carrier which journey the goods made."
	case CodePassage:
		return "Ask the carrier when the goods arrived, and the receiver which goods it received."
	case CodeAccount:
		return "Pay nothing; ask the seller by a channel you know, not by one this paper names."
	case CodeMissing:
		return "Ask the party that writes this paper to upload it."
	case CodeUploader, CodeUncorroborated, CodeDelivery:
		return "Ask the buyer, the carrier or the warehouse to upload its own paper."
	case CodePartial:
		return "Check that the rest is not claimed elsewhere."
	case CodeUnit:
		return "Compare by hand, or ask for a paper in the same unit."
	case CodeRefused:
		return "Ask the seller for its acceptance of the order, or for the order that replaced it."
	}
	return ""
}
