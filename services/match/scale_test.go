package match_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// large is a pack of four papers with so many lines each, all agreeing.
func large(lines int) match.Input {
	goods := make([]good, lines)
	shipped := make([]good, lines)
	for i := range goods {
		id := strconv.Itoa(i + 1)
		goods[i] = good{
			id: id, ref: id, gtin: fmt.Sprintf("95200%08d", i+1), name: "Article " + id,
			quantity: "10", unit: "H87", price: "2", net: "20",
		}
		shipped[i] = goods[i]
		shipped[i].ref, shipped[i].price, shipped[i].net = "", "", ""
	}
	total := strconv.Itoa(20 * lines)
	return pack(
		payable(paper(parse.PurchaseOrder, "O-1", buyer, goods...), total),
		paper(parse.DespatchAdvice, "D-1", seller, goods...),
		paper(parse.BillOfLading, "BL-1", carrier, shipped...),
		payable(paper(parse.Invoice, "I-1", seller, goods...), total),
	)
}

func TestThousandLinesAreMatchedLineByLine(t *testing.T) {
	const lines = 1000
	in := large(lines)
	in.Sources[2].Document.Lines[617].Quantity = number("9")
	m := matched(t, in)
	expect(t, m, match.Contradicted, "match.quantity")
	if len(m.Financeable) != lines || m.Findings[1].Goods != 618 {
		t.Errorf("%d articles, findings %+v", len(m.Financeable), m.Findings)
	}
	if got := m.FinanceableAmount.String(); got != "19998.00 EUR" {
		t.Errorf("financeable %s", got)
	}
}

// Time is for the benchmark; what is allocated is the same on every machine.
func TestWorkGrowsInStepWithTheLines(t *testing.T) {
	allocated := func(lines int) int {
		in := large(lines)
		return int(testing.AllocsPerRun(1, func() { matched(t, in) })) / lines
	}
	few, many := allocated(50), allocated(2000)
	if many > few+few/4 {
		t.Errorf("%d allocations a line at 50 lines, %d at 2,000", few, many)
	}
}

// An article at as many prices as there are lines is dear where each is held against each.
func TestWorkGrowsInStepWithThePricesOfAnArticle(t *testing.T) {
	allocated := func(lines int) int {
		papers := make([]match.Source, 0, 2)
		for n, kind := range []parse.Kind{parse.PurchaseOrder, parse.Invoice} {
			goods := make([]good, lines)
			for i := range goods {
				goods[i] = good{
					id: strconv.Itoa(i), name: "Article", quantity: "1", unit: "H87", price: strconv.Itoa(2*i + n), net: "1",
				}
			}
			org := []string{buyer, seller}[n]
			papers = append(papers, payable(paper(kind, "P-"+strconv.Itoa(n), org, goods...), "10"))
		}
		in := pack(papers...)
		return int(testing.AllocsPerRun(1, func() { matched(t, in) })) / lines
	}
	few, many := allocated(50), allocated(1000)
	if many > 2*few {
		t.Errorf("%d allocations a price at 50 prices, %d at 1,000", few, many)
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, lines := range []int{10, 100, 1000} {
		in := large(lines)
		b.Run(strconv.Itoa(lines), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := match.Match(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
