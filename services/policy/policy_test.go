package policy_test

import (
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/policy"
)

func day(t *testing.T, s string) money.Date {
	t.Helper()
	d, err := money.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// judged gives the findings of a Chinese trade by their rules.
func judged(t *testing.T, issued, delivered, due string) map[string]policy.Finding {
	t.Helper()
	trade := policy.Trade{SellerCountry: "CN", ObligorCountry: "CN", Issued: day(t, issued), Due: day(t, due)}
	if delivered != "" {
		trade.Delivered = day(t, delivered)
	}
	found := map[string]policy.Finding{}
	for _, f := range policy.Judge(trade) {
		if f.Citation == "" || f.Claimed == "" || f.Allowed == "" || f.Advice == "" || f.Flips.IsZero() {
			t.Errorf("a finding does not explain itself: %+v", f)
		}
		found[f.Rule] = f
	}
	return found
}

func TestATermOfMoreThanAYearIsBlockedAndOfMoreThanSixMonthsWarned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ due, rule, flips string }{
		{"2027-05-20", "", ""},
		{"2027-05-21", "cn.voucher.term_usual", "2027-05-20"},
		{"2027-07-18", "cn.voucher.term_usual", "2027-05-20"}, // 240 days
		{"2027-11-20", "cn.voucher.term_usual", "2027-05-20"},
		{"2027-11-21", "cn.voucher.term_max", "2027-11-20"},
		{"2027-12-25", "cn.voucher.term_max", "2027-11-20"}, // 400 days
	} {
		found := judged(t, "2026-11-20", "", c.due)
		f, there := found[c.rule]
		if there != (c.rule != "") || there && f.Flips != day(t, c.flips) {
			t.Errorf("due %s: %+v, want %q which flips at %s", c.due, found, c.rule, c.flips)
		}
		if there && (f.Severity == policy.Block) != (c.rule == "cn.voucher.term_max") {
			t.Errorf("due %s: %s", c.due, f.Severity)
		}
	}
}

// A change is the smallest that turns the answer: one day less is refused, the day itself passes.
func TestTheFlippingDateFlips(t *testing.T) {
	t.Parallel()
	for _, issued := range []string{"2026-08-31", "2026-02-28", "2027-12-15", "2028-02-29"} {
		for rule, f := range judged(t, issued, issued, day(t, issued).AddDays(400).String()) {
			if _, still := judged(t, issued, issued, f.Flips.String())[rule]; still {
				t.Errorf("issued %s: %s does not pass at its flipping date %s", issued, rule, f.Flips)
			}
			if _, gone := judged(t, issued, issued, f.Flips.AddDays(1).String())[rule]; !gone {
				t.Errorf("issued %s: %s passes a day after its flipping date", issued, rule)
			}
		}
	}
}

func TestSmallEnterprisesArePaidWithinSixtyDaysOfDelivery(t *testing.T) {
	t.Parallel()
	f, there := judged(t, "2026-11-20", "2026-11-10", "2027-01-10")["cn.sme.payment_days"]
	if !there || f.Severity != policy.Warn || f.Flips != day(t, "2027-01-09") {
		t.Errorf("61 days: %+v", f)
	}
	if found := judged(t, "2026-11-20", "2026-11-10", "2027-01-09"); len(found) > 0 {
		t.Errorf("60 days: %+v", found)
	}
}

func TestRulesHoldFromTheirDayInTheirLand(t *testing.T) {
	t.Parallel()
	if found := judged(t, "2025-05-31", "2025-05-31", "2026-11-20"); len(found) > 0 {
		t.Errorf("before they were in force: %+v", found)
	}
	abroad := policy.Trade{
		SellerCountry: "CN", ObligorCountry: "SE", Issued: day(t, "2026-11-20"), Due: day(t, "2028-11-20"),
	}
	if found := policy.Judge(abroad); len(found) > 0 {
		t.Errorf("abroad: %+v", found)
	}
}
