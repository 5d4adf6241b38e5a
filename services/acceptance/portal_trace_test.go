package acceptance

import "testing"

// An auditor finds a claim that a bank was asked to finance, follows it and has it computed again.
func TestAnAuditorFindsTracesAndVerifies(t *testing.T) {
	t.Parallel()
	needPortal(t)
	h := open(t, fast, newData(t), nil)
	ctx := t.Context()
	programmes, err := h.programmes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.claimed(ctx, "trace", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.confirmed(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := h.requested(ctx, c, programmes["YongjiangMSP"]); err != nil {
		t.Fatal(err)
	}
	drive(t, h, "trace.mjs", auditor, sellerMaker)
}
