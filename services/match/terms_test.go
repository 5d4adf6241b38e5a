package match_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

func terms(t *testing.T, in match.Input) match.Terms {
	t.Helper()
	out, err := match.TermsOf(in.Sources)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRenumberedTradeIsKnownByOrderGoodsAndAmount(t *testing.T) {
	s := trades(t)
	first, second, third := terms(t, input(t, s, s.Trades[0], nil)), terms(t, input(t, s, s.Trades[1], nil)),
		terms(t, input(t, s, s.Trades[2], nil))
	parts := match.Same(first, third)
	want := []match.Part{
		match.PartSeller, match.PartBuyer, match.PartYear, match.PartAmount, match.PartOrder, match.PartGoods,
	}
	if !slices.Equal(parts, want) {
		t.Errorf("the third trade shares %v, want %v", parts, want)
	}
	if kind, ok := match.Duplicate(parts); !ok || kind != trade.FingerprintTrade {
		t.Errorf("duplicate by %q, %t", kind, ok)
	}
	for _, p := range s.Trades[2].Plan.Expected.EncumberedBy {
		if !slices.Contains(parts, match.Part(p)) {
			t.Errorf("the plan expects a match of %s", p)
		}
	}
	if _, ok := match.Duplicate(match.Same(first, second)); ok {
		t.Error("two trades pass for one")
	}
}

func TestTermsAreReadOutOfTheWholePack(t *testing.T) {
	s := trades(t)
	in := input(t, s, s.Trades[0], nil)
	got := terms(t, in)
	if got.SellerID != "91330212XA1Q7K2AXU" || got.Invoice != "LQ10472" || got.Order != "PO88417" ||
		got.Payable.String() != "2006880.00 CNY" ||
		!slices.Equal(got.Goods, []string{"91330206XA2H6P5E34 HPCL4471902", "91370211XA7B8W1D37 SBWR2206"}) ||
		!slices.Equal(got.Lots, []string{"91370211XA7B8W1D37 LQH2207"}) {
		t.Errorf("%+v", got)
	}
	slices.Reverse(in.Sources)
	if again := terms(t, in); !slices.Equal(match.Same(got, again), match.Same(got, got)) {
		t.Errorf("in another order %+v", again)
	}
	c := got.Claim()
	if c.Number != got.Invoice || c.ObligorID != got.BuyerID || c.Amount != got.Payable || len(c.Goods) != 2 {
		t.Errorf("claim %+v", c)
	}
}

func TestWaysOfWritingANumberAreOneNumber(t *testing.T) {
	base := func(no string) match.Terms {
		s := simple()
		s[2].Document.Number = no
		s[2].Document.IssueDate = today(t)
		return terms(t, pack(s...))
	}
	want := base("INV-2026/00123")
	for _, no := range []string{"inv 2026 123", "INV-2026-0123", "ＩＮＶ－２０２６／１２３"} {
		if !slices.Contains(match.Same(want, base(no)), match.PartNumber) {
			t.Errorf("%q is another number", no)
		}
	}
	for _, no := range []string{"INV-2026/1230", "INV-2026/124", "INV-20261/23", "INV-2026/0/123"} {
		if slices.Contains(match.Same(want, base(no)), match.PartNumber) {
			t.Errorf("%q is the same number", no)
		}
	}
}

func TestReDatedInvoiceInAnotherYearIsStillTheSameTrade(t *testing.T) {
	s := simple()
	s[2].Document.IssueDate = today(t)
	a := terms(t, pack(s...))
	b := a
	b.IssueDate, b.Invoice = today(t).AddDays(400), "OTHER"
	if kind, ok := match.Duplicate(match.Same(a, b)); !ok || kind != trade.FingerprintTrade {
		t.Errorf("%q %t", kind, ok)
	}
	b.Goods = append(b.Goods, "WAREHOUSE 7") // one more paper about the goods does not help
	if _, ok := match.Duplicate(match.Same(a, b)); !ok {
		t.Error("one more paper makes another claim")
	}
	b.Payable = money.Amount{}
	if _, ok := match.Duplicate(match.Same(a, b)); ok {
		t.Error("an absent amount matches")
	}
}

func TestTermsNeedOneWholeInvoice(t *testing.T) {
	s := simple()
	s[2].Document.IssueDate = today(t)
	second := payable(paper(parse.Invoice, "I-2", seller, pieces("1", "100")), "1000")
	second.Document.IssueDate = today(t)
	fine := paper(parse.Invoice, "I-1", seller)
	fine.Document.IssueDate, fine.Document.Totals.Payable = today(t), number("10.005")
	for name, in := range map[string]match.Input{
		"no invoice":         pack(s[0], s[1]),
		"two invoices":       pack(s[0], s[2], second),
		"no date":            pack(simple()...),
		"fractions of cents": pack(fine),
	} {
		if _, err := match.TermsOf(in.Sources); !errors.Is(err, match.ErrTerms) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
