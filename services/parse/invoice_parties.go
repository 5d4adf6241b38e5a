package parse

import (
	"strings"

	"github.com/countersign/countersign/services/parse/semantic"
)

// party takes a party over; the name in the register goes before the trading name.
func (m *invoiceMapper) party(from *semantic.Party, key string, to *Party) {
	m.text(from.Name, key+".name", &to.Name)
	m.text(from.TradingName, key+".name", &to.Name)
	for _, r := range from.Registrations {
		if r.VAT {
			m.text(r.ID, key+".vat", &to.VAT)
		}
	}
	m.identifier(from.Legal, key, to, true)
	for _, id := range from.Identifiers {
		m.identifier(id, key, to, false)
	}
	m.identifier(from.Endpoint, key, to, false)
	m.text(from.Address.Country, key+".country", &to.Country)
	m.address(&from.Address, key+".address", &to.Address)
}

// identifier files an identifier under the scheme it names. The number of the legal entity is
// the national registration number when it names no scheme that has its own field.
func (m *invoiceMapper) identifier(id semantic.Identifier, key string, to *Party, legal bool) {
	switch id.Scheme.Text {
	case icdGLN, "GLN":
		m.text(id.Value, key+".gln", &to.GLN)
	case icdLEI, "LEI":
		m.text(id.Value, key+".lei", &to.LEI)
	default:
		if legal {
			m.text(id.Value, key+".registration_id", &to.RegistrationID)
		}
	}
}

// address joins the parts of a postal address into one line.
func (m *invoiceMapper) address(from *semantic.Address, key string, to *string) {
	if *to != "" || !from.Group.Present() || !m.trusted(from.Group) {
		return
	}
	var parts []string
	for _, v := range append(from.Lines[:len(from.Lines):len(from.Lines)],
		from.PostCode, from.City, from.Subdivision) {
		if text := folded(v.Text); text != "" && m.trusted(v) {
			parts = append(parts, text)
		}
	}
	if len(parts) > 0 {
		*to = strings.Join(parts, ", ")
		m.doc.Places[key] = from.Group.Place()
	}
}
