package match

import (
	"strconv"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

const (
	// fastestKnots is faster than container ships go: full speed in the comparison of 27 with 18
	// knots from which Wärtsilä reckoned what slow steaming saves between Asia and Europe. Ships
	// sail at 14 to 20 knots today, so whatever this bound refuses did not happen.
	fastestKnots = 27
	// vagueDays is by how much two dates may say less than the time between them: each may be
	// any hour of its day, each in the time of its own place.
	vagueDays = 2

	hoursOfDay = 24
)

// passage holds the time from port to port against the sea between them. Only a receipt of the
// goods says when they had come: an invoice may call it a delivery when they were loaded.
func (m *matcher) passage() {
	for i, c := range m.columns {
		t := c.doc.Transport
		if c.doc.Kind != parse.BillOfLading || t.PortOfLoading == "" || t.PortOfDischarge == "" ||
			t.ShippedOnBoard.IsZero() {
			continue
		}
		row := m.newRow(FactPassage)
		from, to := identifier(t.PortOfLoading), identifier(t.PortOfDischarge)
		miles, known := seaMiles(from, to)
		row.set(reading{
			column: i, measure: Measure{Ports: from + "–" + to, Boarded: t.ShippedOnBoard.String()},
			normalised: from + " " + to,
			places:     place(c.doc, "transport.shipped_on_board", "transport.port_of_loading"),
		}, judged(known))
		row.Cells[i].Claim = true
		arrived := m.arrivals(&row, t.ShippedOnBoard, miles, known)
		if !arrived {
			continue
		}
		if !known {
			m.unknownPassage(&row, i, from, to)
		}
		row.against = AgainstSea
		row.passage = Passage{From: from, To: to, Miles: miles, Days: sailingDays(miles), Knots: fastestKnots}
		m.add(row, CodePassage)
	}
}

// arrivals sets the cells of those who say when the goods had come; false when nobody does.
func (m *matcher) arrivals(row *Row, shipped money.Date, miles int64, known bool) bool {
	said := false
	for i, c := range m.columns {
		d := c.doc.DeliveryDate
		if c.doc.Kind != parse.ReceiptAdvice && c.doc.Kind != parse.WarehouseReceipt ||
			d.IsZero() || d.Before(shipped) {
			continue
		}
		took, state := shipped.DaysUntil(d), judged(known)
		if known && int64(took+vagueDays) < sailingDays(miles) {
			state = Contradicts
		}
		row.set(reading{
			column: i, measure: Measure{Came: d.String(), Later: strconv.Itoa(took)},
			normalised: d.String(), places: place(c.doc, "delivery_date"),
		}, state)
		said = true
	}
	return said
}

// judged is the state of a cell about a passage: silent where its length is not known.
func judged(known bool) State {
	if known {
		return Agrees
	}
	return Silent
}

// unknownPassage says that nothing was judged: unknown is not a pass.
func (m *matcher) unknownPassage(row *Row, column int, from, to string) {
	m.find(Finding{
		Code: CodePassage, Severity: Warn, Fact: FactPassage, Sources: []string{m.columns[column].ID},
		Said: Said{Found: row.Cells[column].Measure, Passage: Passage{From: from, To: to}},
	})
}

// sailingDays is how many days a distance takes at the fastest, rounded up.
func sailingDays(miles int64) int64 {
	const day = fastestKnots * hoursOfDay
	return (miles + day - 1) / day
}
