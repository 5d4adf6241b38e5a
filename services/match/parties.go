package match

import (
	"cmp"
	"slices"

	"github.com/countersign/countersign/services/parse"
)

// said is a party as one column names it.
type said struct {
	reading
	party parse.Party
}

func (m *matcher) parties() {
	m.party(FactSeller, "seller", func(d *parse.Document) parse.Party { return d.Seller })
	m.party(FactBuyer, "buyer", func(d *parse.Document) parse.Party { return d.Buyer })
}

func (m *matcher) party(f Fact, key string, of func(*parse.Document) parse.Party) {
	row := m.newRow(f)
	all, readings := []said{}, []reading{}
	for i, c := range m.columns {
		p := of(c.doc)
		id := partyID(p)
		if id == "" {
			continue
		}
		r := reading{column: i, value: cmp.Or(p.Name, id), normalised: id}
		for _, field := range []string{".name", ".registration_id", ".vat"} {
			r.places = append(r.places, place(c.doc, key+field)...)
		}
		all, readings = append(all, said{r, p}), append(readings, r)
	}
	if len(all) == 0 {
		return
	}
	kind := m.claimKind(readings)
	isClaim := func(s said) bool { return m.columns[s.column].doc.Kind == kind }
	claim := slices.MinFunc(all, func(a, b said) int {
		if isClaim(a) != isClaim(b) {
			if isClaim(a) {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.normalised, b.normalised), cmp.Compare(a.value, b.value))
	})
	for _, s := range all {
		row.set(s.reading, compareParties(claim.party, s.party))
		row.Cells[s.column].Claim = isClaim(s)
	}
	m.add(row, CodeParty)
}

// partyID is the strongest identifier of a party, with what it is: registration number, VAT
// number, LEI, GLN, at last the words of the name.
func partyID(p parse.Party) string {
	for _, id := range []struct{ scheme, value string }{
		{"reg", identifier(p.RegistrationID)},
		{"vat", identifier(p.VAT)},
		{"lei", identifier(p.LEI)},
		{"gln", identifier(p.GLN)},
	} {
		if id.value != "" {
			return id.scheme + ":" + id.value
		}
	}
	name := ""
	for _, w := range nameWords(p.Name) {
		name += " " + w
	}
	if name == "" {
		return ""
	}
	return "name:" + name[1:]
}

// compareParties holds one party against the claimed one. The first identifier that both
// bear decides: it joins names in two scripts and names cut short. But a number beside the
// name of somebody else contradicts itself, so two plainly different names never agree.
func compareParties(claim, p parse.Party) State {
	names := compareNames(claim.Name, p.Name)
	for _, id := range [][2]string{
		{claim.RegistrationID, p.RegistrationID},
		{claim.VAT, p.VAT},
		{claim.LEI, p.LEI},
		{claim.GLN, p.GLN},
	} {
		a, b := identifier(id[0]), identifier(id[1])
		if a == "" || b == "" {
			continue
		}
		if a != b || names == otherName {
			return Contradicts
		}
		return Agrees
	}
	switch names {
	case sameName:
		return Agrees
	case otherName:
		return Contradicts
	case shorterName, incomparable:
		return Silent
	}
	return Silent
}
