package match_test

import (
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// refusing marks what of the first line of a paper was refused.
func refusing(s match.Source, quantity string) match.Source {
	s.Document.Lines[0].QuantityRejected = number(quantity)
	return s
}

func TestWhatAReceiptRefusesIsNotReceived(t *testing.T) {
	order := payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "40000")), "400000")
	bill := paper(parse.BillOfLading, "BL-1", carrier, moved("1", "40000"))
	receipt := refusing(paper(parse.ReceiptAdvice, "R-1", buyer, moved("1", "40000")), "40")
	whole := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "40000")), "400000")
	expect(t, matched(t, pack(order, bill, receipt, whole)), match.Contradicted, "match.quantity")
	kept := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "39960")), "399600")
	m := matched(t, pack(order, bill, receipt, kept))
	expect(t, m, match.Corroborated)
	if got := m.Financeable[0].Quantity.String(); got != "39960" {
		t.Errorf("%s may be financed, want what was kept", got)
	}
}

func TestReceiptThatRefusesMoreThanItReceivedAttestsNothing(t *testing.T) {
	receipt := refusing(paper(parse.ReceiptAdvice, "R-1", buyer, moved("1", "100")), "101")
	m := matched(t, pack(append(simple(), receipt)...))
	expect(t, m, match.Contradicted, "match.quantity")
	if got := m.Financeable[0].Quantity.String(); got != "0" {
		t.Errorf("%s may be financed, want 0", got)
	}
}

func TestReceiptInPackagesCountsThoseThatWereKept(t *testing.T) {
	packed := func(rejected string) match.Source {
		g := moved("1", "11")
		g.unit = "CT"
		s := refusing(paper(parse.ReceiptAdvice, "R-1", buyer, g), rejected)
		s.Document.Lines[0].PerPackage = number("10")
		return s
	}
	expect(t, matched(t, pack(append(simple(), packed("1"))...)), match.Corroborated)
	expect(t, matched(t, pack(append(simple(), packed("2"))...)), match.Contradicted, "match.quantity")
}

// response is the seller's answer to the order O-1.
func response(t *testing.T, code, date string, goods ...good) match.Source {
	t.Helper()
	s := paper(parse.OrderResponse, "OR-"+date, seller, goods...)
	day, err := money.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	s.Document.TypeCode, s.Document.IssueDate = code, day
	return s
}

func TestOrderAcceptedInPartIsNoMoreThanThat(t *testing.T) {
	accepted := response(t, "AP", "2026-02-02", moved("1", "100"))
	expect(t, matched(t, pack(append(simple(), accepted)...)), match.Corroborated)
	reduced := refusing(response(t, "CA", "2026-02-02", moved("1", "100")), "20")
	expect(t, matched(t, pack(append(simple(), reduced)...)), match.Contradicted, "match.quantity")
}

func TestTheLastAnswerToAnOrderCounts(t *testing.T) {
	reduced := refusing(response(t, "CA", "2026-02-02", moved("1", "100")), "20")
	whole := response(t, "AP", "2026-02-03", moved("1", "100"))
	expect(t, matched(t, pack(append(simple(), reduced, whole)...)), match.Corroborated)
	later := refusing(response(t, "CA", "2026-02-04", moved("1", "100")), "20")
	m := matched(t, pack(append(simple(), whole, later)...))
	expect(t, m, match.Contradicted, "match.quantity")
}

func TestAnswerToOneLineIsSilentAboutTheOthers(t *testing.T) {
	two := func(s match.Source) match.Source {
		other := pieces("2", "5")
		other.gtin, other.name = "9520001200021", "Cover"
		s.Document.Lines = append(s.Document.Lines, other.line())
		return s
	}
	order := two(payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "100")), "1050"))
	bill := two(paper(parse.BillOfLading, "BL-1", carrier, moved("1", "100")))
	invoice := two(payable(paper(parse.Invoice, "I-1", seller, pieces("1", "100")), "1050"))
	answer := payable(response(t, "CA", "2026-02-02", pieces("1", "100")), "1000")
	expect(t, matched(t, pack(order, bill, invoice, answer)), match.Corroborated)
}

func TestAnswerWithoutLinesIsSilentAboutGoods(t *testing.T) {
	m := matched(t, pack(append(simple(), response(t, "AP", "2026-02-02"))...))
	expect(t, m, match.Corroborated)
}

func TestRefusedOrderBlocksUntilALaterAnswerAccepts(t *testing.T) {
	papers := append(simple(), response(t, "RE", "2026-02-02"), response(t, "AP", "2026-02-01"))
	expect(t, matched(t, pack(papers...)), match.Unknown, "match.refused")
	papers = append(papers, response(t, "AP", "2026-02-03"))
	expect(t, matched(t, pack(papers...)), match.Corroborated)
}
