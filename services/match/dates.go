package match

import (
	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// dated is a date as one column states it.
type dated struct {
	column int
	date   money.Date
	places []parse.Place
}

// dates compares when things happened: papers may differ by the programme's days about one
// event, but goods are not delivered before they are shipped, and an order that is written
// after its goods were shipped or invoiced was written for show.
func (m *matcher) dates() {
	shipped := m.dateList("transport.shipped_on_board", func(d *parse.Document) money.Date {
		return d.Transport.ShippedOnBoard
	})
	delivered := m.dateList("delivery_date", func(d *parse.Document) money.Date {
		return d.DeliveryDate
	})
	issued := m.dateList("issue_date", func(d *parse.Document) money.Date { return d.IssueDate })
	m.issued(issued, shipped, delivered)
	m.event(FactShipped, shipped, money.Date{})
	m.event(FactDelivered, delivered, earliest(shipped))
}

func (m *matcher) dateList(path string, of func(*parse.Document) money.Date) []dated {
	out := []dated{}
	for i, c := range m.columns {
		if d := of(c.doc); !d.IsZero() {
			out = append(out, dated{i, d, place(c.doc, path)})
		}
	}
	return out
}

// earliest is the first of the dates; the absent date when there are none.
func earliest(dates []dated) money.Date {
	first := money.Date{}
	for _, d := range dates {
		if first.IsZero() || d.date.Before(first) {
			first = d.date
		}
	}
	return first
}

func (d dated) reading() reading {
	return reading{d.column, d.date.String(), d.date.String(), d.places, Measure{}}
}

// issued holds the date of each order against the first event that should follow it. The
// other papers' dates are shown and not compared: each is written on its own day.
func (m *matcher) issued(issued, shipped, delivered []dated) {
	row := m.newRow(FactIssued)
	after := append([]dated{}, shipped...)
	after = append(after, delivered...)
	for _, d := range issued {
		row.set(d.reading(), Silent)
		if m.columns[d.column].doc.Kind == parse.Invoice {
			row.set(d.reading(), Agrees)
			row.Cells[d.column].Claim = true
			after = append(after, d)
		}
	}
	first := earliest(after)
	for _, d := range issued {
		if m.columns[d.column].doc.Kind != parse.PurchaseOrder || first.IsZero() {
			continue
		}
		state := Agrees
		if first.Before(d.date) {
			state = Contradicts
			row.against, row.on = AgainstEvents, first.String()
			if first.DaysUntil(d.date) <= m.in.Tolerances.Days {
				state = Within
			}
		}
		row.set(d.reading(), state)
	}
	m.add(row, CodeDate)
}

// event compares the dates of one event; none may lie before the other event.
func (m *matcher) event(f Fact, dates []dated, notBefore money.Date) {
	row := m.newRow(f)
	readings, byColumn := []reading{}, map[int]money.Date{}
	for _, d := range dates {
		readings = append(readings, d.reading())
		byColumn[d.column] = d.date
	}
	if len(readings) == 0 {
		return
	}
	claims, _ := m.claims(readings)
	claim := byColumn[claims[0].column]
	for _, r := range claims {
		if d := byColumn[r.column]; d.Before(claim) {
			claim = d
		}
	}
	for _, r := range readings {
		d, state := byColumn[r.column], Agrees
		apart := claim.DaysUntil(d)
		switch {
		case d.Before(notBefore):
			state = Contradicts
			row.against, row.on = AgainstShipment, notBefore.String()
		case apart > m.in.Tolerances.Days || -apart > m.in.Tolerances.Days:
			state = Contradicts
		case apart != 0:
			state = Within
		}
		row.set(r, state)
	}
	m.markClaim(&row, claims)
	m.add(row, CodeDate)
}
