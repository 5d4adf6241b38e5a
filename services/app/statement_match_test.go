package app

import (
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

func cents(t *testing.T, minor int64) money.Amount {
	t.Helper()
	a, err := money.New(minor, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// owed is a receivable of the bank that is open and to be paid to account A.
func owed(id trade.AssetID, number string, change func(*Asset, *trade.Receivable)) Asset {
	r := &trade.Receivable{
		Claim: trade.Claim{Number: number}, Owner: "Bank", Seller: "Seller", PayTo: "A", Currency: "EUR",
		Confirmed: 10_000,
	}
	a := Asset{Record: trade.Record{ID: id, Phase: trade.Open}, State: &trade.State{Receivable: r}}
	if change != nil {
		change(&a, r)
	}
	return a
}

func TestACreditIsProposedForTheOneReceivableThatItNames(t *testing.T) {
	known := claims{}
	for _, a := range []Asset{
		owed("r1", "INV-1", nil),
		owed("r2", "INV-2", func(a *Asset, _ *trade.Receivable) { a.Record.Phase = trade.Settled }),
		owed("r3", "INV-3", func(_ *Asset, r *trade.Receivable) { r.Owner = "Other" }),
		owed("r4", "INV-4", func(_ *Asset, r *trade.Receivable) { r.PayTo = "B" }),
		owed("r5", "INV-5", func(_ *Asset, r *trade.Receivable) { r.Currency = "USD" }),
		owed("r6", "INV-6", nil), owed("r7", "INV-6", nil),
	} {
		known.add(a)
	}
	for text, want := range map[string]struct {
		pays trade.AssetID
		why  Unmatched
	}{
		"Your invoice inv-1, thanks.":   {"r1", ""},
		"Invoice (INV-1).":              {"r1", ""},
		"INV-1 and INV-2":               {"r1", ""},
		"INV-2":                         {"r2", UnmatchedSettled},
		"INV-3":                         {"r3", UnmatchedOwner},
		"INV-4":                         {"r4", UnmatchedAccount},
		"INV-5":                         {"r5", UnmatchedCurrency},
		"INV-6":                         {"", UnmatchedSeveral},
		"INV-1 INV-6":                   {"", UnmatchedSeveral},
		"INV-11 is no part of a number": {"", UnmatchedUnknown},
	} {
		l := Line{Account: "A", Amount: cents(t, 100), Remittance: text}
		match, why := proposal(Actor{Org: "Bank"}, l, known, nil)
		got := trade.AssetID("")
		if match != nil {
			got = match.Record.ID
		}
		if got != want.pays || why != want.why {
			t.Errorf("%q: %s, %s; want %s, %s", text, got, why, want.pays, want.why)
		}
	}
}

func TestAMatchOfTheImportHoldsWhileItsReceivableIsOpen(t *testing.T) {
	before := map[trade.AssetID]Asset{"r1": owed("r1", "A number with spaces", nil)}
	l := Line{Account: "A", Amount: cents(t, 100), Remittance: "A number with spaces", Receivable: "r1"}
	if match, why := proposal(Actor{Org: "Bank"}, l, claims{}, before); match == nil || why != "" {
		t.Errorf("%v, %s", match, why)
	}
	before["r1"] = owed("r1", "N", func(a *Asset, _ *trade.Receivable) { a.Record.Phase = trade.Settled })
	if match, why := proposal(Actor{Org: "Bank"}, l, claims{}, before); match == nil || why != UnmatchedSettled {
		t.Errorf("%v, %s", match, why)
	}
}

func TestAStatementIsSummedUpByAccountAndCurrency(t *testing.T) {
	day := func(text string) money.Date {
		d, err := money.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	line := func(minor int64, way parse.Direction, back bool, booked string) parse.StatementLine {
		return parse.StatementLine{
			Account: "DE 02", Amount: cents(t, minor), Direction: way, Reversal: back, Booked: day(booked),
		}
	}
	read := parse.Statement{
		Lines: []parse.StatementLine{
			line(500, parse.Credit, false, "2026-03-02"), line(200, parse.Debit, false, "2026-03-01"),
			line(100, parse.Credit, true, "2026-03-03"),
		},
		Stated: []parse.Stated{
			{Account: "DE02", From: day("2026-02-28"), Opening: cents(t, 1_000), Closing: cents(t, 1_050)},
			{Account: "DE02", Opening: cents(t, 1_050), Closing: cents(t, 1_200)},
			{Account: "DE03", Opening: cents(t, 1), Closing: cents(t, 2)},
		},
	}
	list, err := accountsOf(read)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	a := list[0]
	if a.Lines != 3 || a.Credits != cents(t, 500) || a.Debits != cents(t, -300) ||
		a.Opening != cents(t, 1_000) || a.Closing != cents(t, 1_200) ||
		a.From != day("2026-02-28") || a.To != day("2026-03-03") {
		t.Errorf("%+v", a)
	}
	if balanced, known := a.Balanced(); !balanced || !known {
		t.Error("1000 + 500 - 300 is not 1200")
	}
	a.Closing = cents(t, 1_201)
	if balanced, known := a.Balanced(); balanced || !known {
		t.Error("a balance that a line is missing for holds")
	}
	if _, known := (StatementAccount{Closing: cents(t, 1)}).Balanced(); known {
		t.Error("half of the balances are known to hold")
	}
}
