package match_test

import (
	"errors"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

func pack(sources ...match.Source) match.Input { return match.Input{Sources: sources} }

func TestAgreeingPapersOfThreePartiesCorroborate(t *testing.T) {
	m := matched(t, pack(simple()...))
	expect(t, m, match.Corroborated)
	if got := m.FinanceableAmount.String(); got != "1000.00 EUR" {
		t.Errorf("financeable %s", got)
	}
}

func TestOneUploaderNeverCorroborates(t *testing.T) {
	sources := simple()
	for i := range sources {
		sources[i].Uploader = seller
	}
	expect(t, matched(t, pack(sources...)), match.Unknown, "match.uploader")
}

func TestDeliveryThatOnlyTheClaimantAttestsIsUnknown(t *testing.T) {
	sources := simple()
	sources[1].Uploader = seller
	expect(t, matched(t, pack(sources...)), match.Unknown, "match.delivery")
}

func TestFactFromOneUploaderAloneIsUncorroborated(t *testing.T) {
	sources := simple()
	sources[0].Document.Totals.Payable, sources[0].Document.Lines[0].Net = nil, nil
	expect(t, matched(t, pack(sources...)), match.Unknown, "match.uncorroborated")
}

func TestMissingPapersAreNamedAndUnknown(t *testing.T) {
	s := simple()
	expect(t, matched(t, pack(s[1], s[2])), match.Unknown, "match.missing", "match.uncorroborated")
	m := matched(t, pack(s[0], s[2]))
	expect(t, m, match.Unknown, "match.delivery", "match.missing")
	if len(m.Missing) != 1 || len(m.Missing[0]) != 3 {
		t.Errorf("missing %v, want any of three proofs of delivery", m.Missing)
	}
	if got := m.FinanceableAmount.String(); got != "0.00 EUR" {
		t.Errorf("without delivery %s may be financed", got)
	}
	in := pack(s...)
	in.Required = []parse.Kind{parse.CustomsDeclaration, parse.Invoice}
	expect(t, matched(t, in), match.Unknown, "match.missing")
	expect(t, matched(t, pack()), match.Unknown, "match.missing", "match.uploader")
}

func TestDespatchAdviceProvesDeliveryOnlyWhenTheClaimantDidNotBringIt(t *testing.T) {
	s := simple()
	own := paper(parse.DespatchAdvice, "D-1", seller, moved("1", "100"))
	expect(t, matched(t, pack(s[0], own, s[2])), match.Unknown, "match.delivery", "match.missing")
	own.Uploader = buyer
	expect(t, matched(t, pack(s[0], own, s[2])), match.Corroborated)
}

func TestPartDeliveriesAddUp(t *testing.T) {
	s := simple()
	one := paper(parse.BillOfLading, "BL-1", carrier, moved("1", "60"))
	two := paper(parse.BillOfLading, "BL-2", carrier, moved("1", "40"))
	expect(t, matched(t, pack(s[0], one, two, s[2])), match.Corroborated)
	m := matched(t, pack(s[0], one, s[2]))
	expect(t, m, match.Contradicted, "match.quantity")
	if got := m.FinanceableAmount.String(); got != "600.00 EUR" {
		t.Errorf("financeable %s", got)
	}
}

func TestInvoiceOfAPartWarnsAndPasses(t *testing.T) {
	order := payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "300")), "3000")
	s := simple()
	m := matched(t, pack(order, s[1], s[2]))
	expect(t, m, match.Corroborated)
	if len(m.Findings) != 1 || m.Findings[0].Code != match.CodePartial {
		t.Errorf("findings %+v", m.Findings)
	}
}

func TestManyLinesToOneAddUp(t *testing.T) {
	order := payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "100")), "1000")
	a, b := pieces("1", "70"), pieces("1", "30")
	invoice := payable(paper(parse.Invoice, "I-1", seller, a, b), "1000")
	expect(t, matched(t, pack(order, simple()[1], invoice)), match.Corroborated)
}

// A bill of lading knows no order lines: its one line tells of both.
func TestLineWithoutOrderLineCoversAllLinesOfItsGoods(t *testing.T) {
	order := payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "70"), pieces("2", "30")), "1000")
	invoice := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "70"), pieces("2", "30")), "1000")
	bill := paper(parse.BillOfLading, "BL-1", carrier, moved("", "100"))
	m := matched(t, pack(order, bill, invoice))
	expect(t, m, match.Corroborated)
	if len(m.Financeable) != 1 {
		t.Errorf("%d articles, want 1", len(m.Financeable))
	}
	tied := paper(parse.BillOfLading, "BL-1", carrier, moved("1", "70"), moved("2", "30"))
	if m := matched(t, pack(order, tied, invoice)); len(m.Financeable) != 2 {
		t.Errorf("%d articles, want 2: every line names its order line", len(m.Financeable))
	}
}

func TestWeakIdentifiersDoNotJoinGoodsThatStrongerOnesPartApart(t *testing.T) {
	bolt := func(gtin string) good {
		return good{id: gtin, gtin: gtin, name: "Bolt", quantity: "5", unit: "H87", price: "1", net: "5"}
	}
	order := paper(parse.PurchaseOrder, "O-1", buyer, bolt("1"), bolt("2"))
	invoice := paper(parse.Invoice, "I-1", seller, bolt("1"), bolt("2"))
	if m := matched(t, pack(order, invoice)); len(m.Financeable) != 2 {
		t.Errorf("%d articles, want 2", len(m.Financeable))
	}
}

func TestInvoicedGoodsThatAreOnNoOrderContradict(t *testing.T) {
	s := simple()
	extra := pieces("2", "1")
	extra.gtin, extra.name, extra.price, extra.net = "9520002400017", "Valve", "1", "1"
	invoice := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "100"), extra), "1001")
	m := matched(t, pack(s[0], s[1], invoice))
	if c := cell(t, m, match.FactQuantity, 2, "purchase_order-order-buyer"); c.State != match.Contradicts {
		t.Errorf("the order's cell %+v", c)
	}
	if m.Verdict != match.Contradicted {
		t.Errorf("%s", m.Verdict)
	}
	if got := m.FinanceableAmount.String(); got != "1000.00 EUR" {
		t.Errorf("financeable %s", got)
	}
}

// Without a common identifier the goods might be on the paper under another name.
func TestGoodsThatCannotBePairedAreUnknown(t *testing.T) {
	s := simple()
	bill := paper(parse.BillOfLading, "BL-1", carrier, good{name: "Machine parts", quantity: "100", unit: "H87"})
	expect(t, matched(t, pack(s[0], bill, s[2])), match.Unknown, "match.delivery")
}

func TestUnitsAreConverted(t *testing.T) {
	for _, c := range []struct{ unit, quantity string }{
		{"KGM", "2500"}, {"TNE", "2.5"}, {"GRM", "2500000"}, {"DTN", "25"},
	} {
		g := good{id: "1", ref: "1", name: "Ore", quantity: "2.5", unit: "TNE", price: "400", net: "1000"}
		order := paper(parse.PurchaseOrder, "O-1", buyer, g)
		invoice := paper(parse.Invoice, "I-1", seller, g)
		loaded := good{ref: "1", name: "Ore", quantity: c.quantity, unit: c.unit}
		bill := paper(parse.BillOfLading, "BL-1", carrier, loaded)
		m := matched(t, pack(order, bill, invoice))
		if state := cell(t, m, match.FactQuantity, 1, "bill_of_lading-BL-1-carrier").State; state != match.Agrees {
			t.Errorf("%s %s: %s", c.quantity, c.unit, state)
		}
	}
}

func TestPricesOfSeveralUnitsAreComparedPerUnit(t *testing.T) {
	s := simple()
	for _, c := range []struct {
		price, base, unit, quantity string
		want                        match.State
	}{
		{"30", "3", "H87", "100", match.Agrees},
		{"120", "", "DZN", "8.3333", match.Agrees},
		{"31", "3", "H87", "100", match.Contradicts},
	} {
		l := &s[0].Document.Lines[0]
		l.UnitPrice, l.PriceBase, l.Unit, l.Quantity = number(c.price), nil, c.unit, number(c.quantity)
		if c.base != "" {
			l.PriceBase = number(c.base)
		}
		if got := cell(t, matched(t, pack(s...)), match.FactPrice, 1, s[0].ID).State; got != c.want {
			t.Errorf("%s per %s %s: %s, want %s", c.price, c.base, c.unit, got, c.want)
		}
	}
}

func TestPackagesCountAsWhatIsInThem(t *testing.T) {
	s := simple()
	l := &s[1].Document.Lines[0]
	l.Quantity, l.Unit = number("10"), "XCR"
	l.PerPackage = number("10")
	expect(t, matched(t, pack(s...)), match.Corroborated)
	l.Quantity, l.Unit = nil, ""
	l.Packages = number("9")
	expect(t, matched(t, pack(s...)), match.Contradicted, "match.quantity")
}

func TestUnitsThatCannotBeConvertedAreSilentAndSaidSo(t *testing.T) {
	s := simple()
	s[1].Document.Lines[0].Unit = "KGM"
	m := matched(t, pack(s...))
	expect(t, m, match.Unknown, "match.delivery")
	if m.Findings[len(m.Findings)-1].Code != match.CodeUnit {
		t.Errorf("findings %+v", m.Findings)
	}
}

func TestCopiesOfAPaperCountOnceAndMustAgree(t *testing.T) {
	s := simple()
	again := s[1]
	again.ID, again.Uploader = "copy", warehouse
	expect(t, matched(t, pack(append(s, again)...)), match.Corroborated)
	altered := paper(parse.BillOfLading, "BL-1", warehouse, moved("1", "120"))
	expect(t, matched(t, pack(append(s, altered)...)), match.Contradicted, "match.quantity")
}

func TestGoodsReceiptMayTellOfLessThanWasSent(t *testing.T) {
	order := payable(paper(parse.PurchaseOrder, "O-1", buyer, pieces("1", "100")), "1000")
	bill := paper(parse.BillOfLading, "BL-1", carrier, moved("1", "100"))
	receipt := paper(parse.ReceiptAdvice, "R-1", buyer, moved("1", "90"))
	whole := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "100")), "1000")
	expect(t, matched(t, pack(order, bill, receipt, whole)), match.Contradicted, "match.quantity")
	reduced := payable(paper(parse.Invoice, "I-1", seller, pieces("1", "90")), "900")
	expect(t, matched(t, pack(order, bill, receipt, reduced)), match.Corroborated)
}

func TestOrderWrittenBeforeTaxIsHeldAgainstTheNetSum(t *testing.T) {
	s := simple()
	order, invoice := &s[0].Document.Totals, &s[2].Document.Totals
	order.Lines, invoice.TaxExclusive = number("1000"), number("1000")
	invoice.Tax, invoice.Payable = number("190"), number("1190")
	expect(t, matched(t, pack(s...)), match.Corroborated)
	order.Tax = number("0")
	expect(t, matched(t, pack(s...)), match.Contradicted, "match.amount")
}

func TestCreditNotesReduceWhatMayBeFinanced(t *testing.T) {
	credit := payable(paper(parse.CreditNote, "C-1", seller), "150.50")
	m := matched(t, pack(append(simple(), credit)...))
	if got := m.FinanceableAmount.String(); got != "849.50 EUR" {
		t.Errorf("financeable %s", got)
	}
}

func TestAccountNeedsARegister(t *testing.T) {
	s := simple()
	s[2].Document.Accounts = []parse.Account{{IBAN: "DE64 9990 0001 0042 7183 00"}}
	in := pack(s...)
	expect(t, matched(t, in), match.Unknown, "match.account")
	in.KnownAccounts = []parse.Account{{IBAN: "DE64999000010042718300"}}
	expect(t, matched(t, in), match.Corroborated)
	in.KnownAccounts[0].IBAN = "DE90999000011234567890"
	expect(t, matched(t, in), match.Contradicted, "match.account")
}

func TestPartiesInTwoScriptsAreJoinedByTheirNumberOnly(t *testing.T) {
	for _, c := range []struct {
		claim, paper parse.Party
		want         match.State
	}{
		{
			parse.Party{Name: "Lanqiao", RegistrationID: "1"},
			parse.Party{Name: "蓝桥", RegistrationID: "1"},
			match.Agrees,
		},
		{parse.Party{Name: "Lanqiao"}, parse.Party{Name: "蓝桥有限公司"}, match.Silent},
		{parse.Party{Name: "蓝桥股份有限公司"}, parse.Party{Name: "蓝桥"}, match.Agrees},
		{parse.Party{Name: "Vestmarken Handel A/S"}, parse.Party{Name: "VESTMARKEN HANDEL AS"}, match.Agrees},
		{parse.Party{Name: "Vestmarken Handel A/S"}, parse.Party{Name: "Vestmarken"}, match.Silent},
		{parse.Party{Name: "Vestmarken Handel"}, parse.Party{Name: "Østmarken Handel"}, match.Contradicts},
		{parse.Party{Name: "X", VAT: "DK1"}, parse.Party{Name: "X", RegistrationID: "7"}, match.Agrees},
		{parse.Party{Name: "X", VAT: "DK1"}, parse.Party{Name: "X", VAT: "DK2"}, match.Contradicts},
	} {
		s := simple()
		s[2].Document.Seller, s[1].Document.Seller, s[0].Document.Seller = c.claim, c.paper, parse.Party{}
		if got := cell(t, matched(t, pack(s...)), match.FactSeller, 0, s[1].ID).State; got != c.want {
			t.Errorf("%+v and %+v: %s, want %s", c.claim, c.paper, got, c.want)
		}
	}
}

func TestDatesThatExcludeEachOtherContradict(t *testing.T) {
	day := func(s string) money.Date {
		d, err := money.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	s := simple()
	s[1].Document.Transport.ShippedOnBoard = day("2026-03-10")
	s[2].Document.DeliveryDate = day("2026-03-12")
	receipt := paper(parse.WarehouseReceipt, "W-1", warehouse, moved("1", "100"))
	receipt.Document.DeliveryDate = day("2026-03-14")
	in := pack(append(s, receipt)...)
	in.Tolerances.Days = 2
	m := matched(t, in)
	expect(t, m, match.Corroborated)
	if got := cell(t, m, match.FactDelivered, 0, receipt.ID).State; got != match.Within {
		t.Errorf("two days apart: %s", got)
	}
	in.Tolerances.Days = 1
	expect(t, matched(t, in), match.Contradicted, "match.date")
	receipt.Document.DeliveryDate = day("2026-03-12")
	expect(t, matched(t, in), match.Corroborated)
	s[1].Document.Transport.ShippedOnBoard = day("2026-03-13")
	expect(t, matched(t, in), match.Contradicted, "match.date")
}

func TestVesselIsKnownByItsNumber(t *testing.T) {
	s := simple()
	s[1].Document.Transport = parse.Transport{Vessel: "Chaosheng", IMO: "9998016", PortOfLoading: "CNNGB"}
	other := paper(parse.PackingList, "P-1", seller, moved("1", "100"))
	other.Document.Transport = parse.Transport{Vessel: "CHAO SHENG", IMO: "IMO 9998016", PortOfLoading: "CN NGB"}
	m := matched(t, pack(append(s, other)...))
	if got := cell(t, m, match.FactLoading, 0, s[1].ID).State; got != match.Agrees {
		t.Errorf("port: %s", got)
	}
	if got := cell(t, m, match.FactVessel, 0, s[1].ID).State; got != match.Agrees {
		t.Errorf("vessel: %s", got)
	}
	other.Document.Transport.PortOfLoading = "CNSHA"
	expect(t, matched(t, pack(append(s, other)...)), match.Contradicted, "match.place")
}

func TestReferencesNameThePapersOfThePack(t *testing.T) {
	s := simple()
	s[2].Document.TransportRefs = []string{"bl 01", "BL-2"}
	expect(t, matched(t, pack(s...)), match.Corroborated)
	s[2].Document.TransportRefs = []string{"BL-2"}
	expect(t, matched(t, pack(s...)), match.Contradicted, "match.reference")
}

func TestInputThatCannotBeUsedIsRefused(t *testing.T) {
	s := simple()
	twice := append(simple(), s[0])
	for name, in := range map[string]match.Input{
		"two with one id": pack(twice...),
		"no document":     pack(match.Source{ID: "a", Uploader: "b"}),
		"no uploader":     pack(match.Source{ID: "a", Document: s[0].Document}),
		"too many lines": pack(match.Source{ID: "a", Uploader: "b", Document: &parse.Document{
			Kind: parse.Invoice, Lines: make([]parse.Line, 50_001),
		}}),
	} {
		if _, err := match.Match(in); !errors.Is(err, match.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tolerances := range []match.Tolerances{
		{Days: -1},
		{Price: match.Tolerance{BasisPoints: 10_001}},
		{Weight: match.Tolerance{Absolute: number("-1")}},
	} {
		in := pack(s...)
		in.Tolerances = tolerances
		if _, err := match.Match(in); !errors.Is(err, match.ErrTolerance) {
			t.Errorf("%+v: %v", tolerances, err)
		}
	}
}
