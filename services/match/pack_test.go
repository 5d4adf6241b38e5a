package match_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// The parties of the packs that tests make up.
const (
	seller    = "seller"
	buyer     = "buyer"
	carrier   = "carrier"
	warehouse = "warehouse"
)

func number(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// good is a line as tests write it.
type good struct {
	id, ref, gtin, name string
	quantity, unit      string
	price, net          string
}

func (g good) line() parse.Line {
	l := parse.Line{ID: g.id, OrderLineRef: g.ref, GTIN: g.gtin, Name: g.name, Unit: g.unit}
	for _, f := range []struct {
		text string
		to   **decimal.Decimal
	}{{g.quantity, &l.Quantity}, {g.price, &l.UnitPrice}, {g.net, &l.Net}} {
		if f.text != "" {
			*f.to = number(f.text)
		}
	}
	return l
}

// paper is a document of the order O-1 between the seller and the buyer.
func paper(kind parse.Kind, no, uploader string, goods ...good) match.Source {
	d := &parse.Document{
		Kind: kind, Number: no, Currency: "EUR",
		Seller: parse.Party{RegistrationID: "S1"}, Buyer: parse.Party{RegistrationID: "B1"},
	}
	if kind == parse.PurchaseOrder {
		no = "order"
	} else {
		d.OrderRef = "O-1"
	}
	for _, g := range goods {
		d.Lines = append(d.Lines, g.line())
	}
	return match.Source{ID: string(kind) + "-" + no + "-" + uploader, Uploader: uploader, Document: d}
}

// payable sets what a paper comes to.
func payable(s match.Source, amount string) match.Source {
	s.Document.Totals.Payable = number(amount)
	return s
}

// pieces is a line of one article at 10.00 a piece.
func pieces(ref, quantity string) good {
	net := decimal.RequireFromString(quantity).Mul(decimal.NewFromInt(10)).String()
	return good{
		id: ref, ref: ref, gtin: "9520001200014", name: "Housing",
		quantity: quantity, unit: "H87", price: "10", net: net,
	}
}

// moved is the same without money, as delivery papers have it.
func moved(ref, quantity string) good {
	g := pieces(ref, quantity)
	g.price, g.net = "", ""
	return g
}

// simple is a pack in which everything agrees: 100 pieces for 1,000.00.
func simple() []match.Source {
	return []match.Source{
		payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "100")), "1000"),
		paper(parse.BillOfLading, "BL-1", carrier, moved("1", "100")),
		payable(paper(parse.Invoice, "I-1", seller, pieces("1", "100")), "1000"),
	}
}

func cell(t *testing.T, m *match.Matrix, f match.Fact, goods int, source string) match.Cell {
	t.Helper()
	column := -1
	for i, c := range m.Columns {
		if c.Source == source {
			column = i
		}
	}
	for _, r := range m.Rows {
		if r.Fact == f && r.Goods == goods && column >= 0 {
			return r.Cells[column]
		}
	}
	t.Fatalf("no cell %s %d of %s in %s", f, goods, source, rowsOf(m))
	return match.Cell{}
}

func rowsOf(m *match.Matrix) string {
	text := ""
	for _, r := range m.Rows {
		text += fmt.Sprintf("\n%s %d %s", r.Fact, r.Goods, r.State)
	}
	return text
}

func expect(t *testing.T, m *match.Matrix, verdict match.Verdict, codes ...string) {
	t.Helper()
	got := blocking(m)
	if m.Verdict != verdict || fmt.Sprint(got) != fmt.Sprint(append([]string{}, codes...)) {
		t.Errorf("%s %v, want %s %v%s", m.Verdict, got, verdict, codes, rowsOf(m))
	}
}
