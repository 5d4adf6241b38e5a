package acceptance

import "testing"

// The maker of the bank prices three requests, of which one is approved by another person.
func TestABankDecidesOnOneScreen(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	ctx := t.Context()
	programmes, err := h.programmes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{bankMaker, bankChecker, sellerMaker}
	for n := range 3 {
		c, err := h.claimed(ctx, "bank", n)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.confirmed(ctx, c); err != nil {
			t.Fatal(err)
		}
		financing, err := h.requested(ctx, c, programmes["YongjiangMSP"])
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, string(financing))
	}
	drive(t, h, "bank.mjs", args...)
}
