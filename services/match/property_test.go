package match_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

func kinds() []parse.Kind {
	return []parse.Kind{
		parse.PurchaseOrder, parse.DespatchAdvice, parse.PackingList, parse.BillOfLading,
		parse.OrderResponse, parse.WarehouseReceipt, parse.ReceiptAdvice, parse.CustomsDeclaration, parse.Invoice,
		parse.CreditNote, parse.DebitNote, parse.PaymentAdvice, parse.Other,
	}
}

// drawPack makes up papers that agree in places and contradict in others.
func drawPack(t *rapid.T) []match.Source {
	line := rapid.Custom(func(t *rapid.T) good {
		return good{
			id:       rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id"),
			ref:      rapid.SampledFrom([]string{"", "1", "2", "9"}).Draw(t, "ref"),
			gtin:     rapid.SampledFrom([]string{"", "100", "200"}).Draw(t, "gtin"),
			name:     rapid.SampledFrom([]string{"Housing", "Valve", ""}).Draw(t, "name"),
			quantity: rapid.SampledFrom([]string{"", "10", "20", "12.5"}).Draw(t, "quantity"),
			unit:     rapid.SampledFrom([]string{"H87", "DZN", "KGM", ""}).Draw(t, "unit"),
			price:    rapid.SampledFrom([]string{"", "5", "6"}).Draw(t, "price"),
			net:      rapid.SampledFrom([]string{"", "50", "60"}).Draw(t, "net"),
		}
	})
	sources := []match.Source{}
	for i := range rapid.IntRange(0, 8).Draw(t, "papers") {
		s := paper(
			rapid.SampledFrom(kinds()).Draw(t, "kind"),
			rapid.SampledFrom([]string{"O-1", "N-1", "N-2", ""}).Draw(t, "number"),
			rapid.SampledFrom([]string{seller, buyer, carrier}).Draw(t, "uploader"),
			rapid.SliceOfN(line, 0, 4).Draw(t, "lines")...,
		)
		s.ID = fmt.Sprint("paper ", i)
		s.Document.Currency = rapid.SampledFrom([]string{"EUR", "USD", ""}).Draw(t, "currency")
		s.Document.Seller.Name = rapid.SampledFrom([]string{"", "Lanqiao Ltd", "Brandlhof GmbH"}).Draw(t, "seller")
		s.Document.TransportRefs = rapid.SliceOfN(rapid.SampledFrom([]string{"N-1", "N-2"}), 0, 2).Draw(t, "refs")
		if rapid.Bool().Draw(t, "total") {
			s.Document.Totals.Payable = number(rapid.SampledFrom([]string{"100", "110"}).Draw(t, "payable"))
		}
		sources = append(sources, s)
	}
	return sources
}

func drawn(t *rapid.T, sources []match.Source) *match.Matrix {
	m, err := match.Match(match.Input{Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOrderOfSourcesNeverChangesTheOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sources := drawPack(t)
		one, err := json.Marshal(drawn(t, sources))
		if err != nil {
			t.Fatal(err)
		}
		other, err := json.Marshal(drawn(t, rapid.Permutation(sources).Draw(t, "permuted")))
		if err != nil {
			t.Fatal(err)
		}
		if string(one) != string(other) {
			t.Fatalf("permuted:\n%s\n%s", one, other)
		}
	})
}

func TestSilentSourceChangesNoCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sources := drawPack(t)
		before := drawn(t, sources)
		silent := match.Source{
			ID: "silent", Uploader: rapid.SampledFrom([]string{seller, "nobody"}).Draw(t, "silent uploader"),
			Document: &parse.Document{Kind: rapid.SampledFrom(kinds()).Draw(t, "silent kind")},
		}
		after := drawn(t, append(sources, silent))
		if a, b := cells(t, before), cells(t, after); a != b {
			t.Fatalf("cells were\n%s\nand are\n%s", a, b)
		}
		if before.Verdict != after.Verdict {
			t.Fatalf("verdict was %s and is %s", before.Verdict, after.Verdict)
		}
	})
}

// cells writes all cells but those of the silent source.
func cells(t *rapid.T, m *match.Matrix) string {
	text := ""
	for _, r := range m.Rows {
		for i, c := range r.Cells {
			if m.Columns[i].Source == "silent" {
				if c.State != match.Silent {
					t.Fatalf("the silent source says %+v of %s", c, r.Fact)
				}
				continue
			}
			text += fmt.Sprintf("%s %d %s %s %+v\n", r.Fact, r.Goods, r.State, m.Columns[i].Source, c)
		}
	}
	return text
}

func TestCorroboratedFactsHaveTwoIndependentSources(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t, drawPack(t))
		for _, r := range m.Rows {
			orgs := map[string]bool{}
			for i, c := range r.Cells {
				if c.State == match.Agrees || c.State == match.Within {
					orgs[m.Columns[i].Uploader] = true
				}
				if c.State == match.Contradicts && r.State != match.Contradicted {
					t.Fatalf("%s is %s though a source contradicts", r.Fact, r.State)
				}
			}
			if r.State == match.Corroborated && len(orgs) < 2 {
				t.Fatalf("%s is corroborated by %v", r.Fact, orgs)
			}
		}
		if m.Verdict == match.Corroborated && len(m.Missing) > 0 {
			t.Fatalf("corroborated without %v", m.Missing)
		}
	})
}

func TestNeverMoreIsFinanceableThanInvoicedOrDelivered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, f := range drawn(t, drawPack(t)).Financeable {
			if f.Quantity.GreaterThan(f.Invoiced) || f.Quantity.IsNegative() {
				t.Fatalf("%+v", f)
			}
		}
	})
}
