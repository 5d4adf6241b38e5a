package money_test

import (
	"encoding/json"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/chaincode/money"
)

func amount(t *testing.T, s string, c money.Currency) money.Amount {
	t.Helper()
	a, err := money.Parse(s, c)
	if err != nil {
		t.Fatalf("Parse(%q, %s): %v", s, c, err)
	}
	return a
}

func date(t *testing.T, s string) money.Date {
	t.Helper()
	d, err := money.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseRefusesWhatIsNotExact(t *testing.T) {
	for in, want := range map[string]error{
		"": money.ErrFormat, ".": money.ErrFormat, "1.": money.ErrFormat, ".5": money.ErrFormat,
		"1.234": money.ErrFormat, "1e3": money.ErrFormat, "+1": money.ErrFormat, "1,000.00": money.ErrFormat,
		"--1": money.ErrFormat, "１": money.ErrFormat, "90071992547409.92": money.ErrOverflow,
		"99999999999999999999.00": money.ErrOverflow,
	} {
		if _, err := money.Parse(in, "CNY"); !errors.Is(err, want) {
			t.Errorf("Parse(%q): %v, want %v", in, err, want)
		}
	}
	if _, err := money.Parse("1", "XXX"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("unknown currency: %v", err)
	}
}

func TestAmountWritesWhatItReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"CNY", "JPY", "KWD"}).Draw(t, "currency")
		a, err := money.New(rapid.Int64Range(-money.MaxMinor, money.MaxMinor).Draw(t, "minor"), c)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back money.Amount
		if err := json.Unmarshal(text, &back); err != nil || back != a {
			t.Fatalf("%s: %v, %v", text, back, err)
		}
	})
}

func TestAddAndSubAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		half := money.MaxMinor / 2
		a, _ := money.New(rapid.Int64Range(-half, half).Draw(t, "a"), "EUR")
		b, _ := money.New(rapid.Int64Range(-half, half).Draw(t, "b"), "EUR")
		sum, err := a.Add(b)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := sum.Sub(b); err != nil || back != a {
			t.Fatalf("%v + %v - %v = %v, %v", a, b, b, back, err)
		}
	})
}

func TestCurrenciesNeverMix(t *testing.T) {
	if _, err := amount(t, "1.00", "EUR").Add(amount(t, "1.00", "USD")); !errors.Is(err, money.ErrCurrency) {
		t.Fatal(err)
	}
}

func TestRoundingIsTheOneNamed(t *testing.T) {
	a := amount(t, "0.05", "EUR")
	for r, want := range map[money.Rounding]string{money.HalfUp: "0.03", money.Down: "0.02", money.Up: "0.03"} {
		if got, err := a.MulDiv(1, 2, r); err != nil || got.Decimal() != want {
			t.Errorf("0.05/2 rounded %d = %v, %v, want %s", r, got, err, want)
		}
	}
	if got, err := amount(t, "-0.05", "EUR").MulDiv(1, 2, money.HalfUp); err != nil || got.Decimal() != "-0.03" {
		t.Errorf("-0.05/2 = %v, %v", got, err)
	}
	if _, err := a.MulDiv(1, 0, money.Down); !errors.Is(err, money.ErrDivision) {
		t.Error(err)
	}
}

// The figures of the first trade: advance 90 %, discount 4.35 % ACT/360 over 88 days.
func TestDiscountOfTheFirstTrade(t *testing.T) {
	face := amount(t, "2006880.00", "CNY")
	share, err := money.ParsePercent("90")
	if err != nil {
		t.Fatal(err)
	}
	advance, err := share.Of(face, money.Down)
	if err != nil || advance.Decimal() != "1806192.00" {
		t.Fatal(advance, err)
	}
	rate, err := money.ParsePercent("4.35")
	if err != nil {
		t.Fatal(err)
	}
	from := date(t, "2026-11-21")
	discount, err := money.Interest(advance, rate, money.Act360, from, from.AddDays(88), money.HalfUp)
	if err != nil || discount.Decimal() != "19205.84" {
		t.Fatal(discount, err)
	}
	cash := amount(t, "1784979.28", "CNY")
	owed, _ := money.New(-advance.Minor(), "CNY")
	allIn, err := money.AllInRate([]money.Flow{{from, cash}, {from.AddDays(88), owed}})
	if err != nil || allIn.Percent() != "5.0221" {
		t.Fatal(allIn.Percent(), err)
	}
}

func TestAllInRateOfAKnownYearIsExact(t *testing.T) {
	from := date(t, "2025-03-01")
	r, err := money.AllInRate([]money.Flow{
		{from, amount(t, "1000.00", "EUR")}, {from.AddDays(365), amount(t, "-1100.00", "EUR")},
	})
	if err != nil || r != 100_000 {
		t.Fatal(r, err)
	}
	if _, err := money.AllInRate([]money.Flow{
		{from, amount(t, "1000.00", "EUR")}, {from.AddDays(3), amount(t, "-900.00", "EUR")},
	}); !errors.Is(err, money.ErrRate) {
		t.Fatal(err)
	}
}

func TestDateRefusesDaysThatDoNotExist(t *testing.T) {
	for _, s := range []string{
		"2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "1899-12-31",
	} {
		if _, err := money.ParseDate(s); !errors.Is(err, money.ErrDate) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("2006880.00")
	f.Add("-0.01")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s, "CNY")
		if err != nil {
			return
		}
		if back, err := money.Parse(a.Decimal(), "CNY"); err != nil || back != a {
			t.Fatalf("%q read as %v, back as %v, %v", s, a, back, err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-02-28", "2199-12-31")
	f.Add("99999999", "2026-02-30")
	f.Fuzz(func(t *testing.T, s, u string) {
		d, err := money.ParseDate(s)
		if err != nil {
			return
		}
		if len(s) != len("2006-01-02") || d.String() != s || d.Year() < 1900 || d.Year() > 2199 {
			t.Fatalf("%q read as %s", s, d)
		}
		e, err := money.ParseDate(u)
		if err != nil {
			return
		}
		if n := d.DaysUntil(e); d.AddDays(n) != e || (n > 0) != d.Before(e) {
			t.Fatalf("%d days from %s to %s", n, d, e)
		}
	})
}

func FuzzParsePercent(f *testing.F) {
	f.Add("4.35")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := money.ParsePercent(s)
		if err != nil {
			return
		}
		if back, err := money.ParsePercent(r.Percent()); err != nil || back != r {
			t.Fatalf("%q read as %d, back as %d, %v", s, r, back, err)
		}
	})
}
