package match_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/match"
)

// flipped lists the rows whose state is not what it was.
func flipped(before, after *match.Matrix) []string {
	key := func(r match.Row) string { return fmt.Sprintf("%s %d %s", r.Fact, r.Goods, r.State) }
	out := []string{}
	for _, r := range after.Rows {
		if !slices.ContainsFunc(before.Rows, func(b match.Row) bool { return key(b) == key(r) }) {
			out = append(out, string(r.Fact))
		}
	}
	slices.Sort(out)
	return out
}

// alteration is one change of one paper and what must come of it.
type alteration struct {
	name            string
	trade           int
	file, old, with string // without old the bill of lading is put right
	rows, codes     []string
	verdict         match.Verdict
}

// otherUSCC is the number of the warehouse operator.
const otherUSCC = "91370211XA7B8W1D37"

// alteredGoods are changes of what was ordered, sent and taken in.
func alteredGoods() []alteration {
	return []alteration{
		{
			"ordered less than invoiced",
			0, "order.xml", `"H87">1200<`, `"H87">1100<`,
			[]string{"pieces", "quantity"},
			[]string{"match.quantity"},
			match.Contradicted,
		},
		{
			"invoiced more than delivered",
			0, "invoice.xml", `"H87">1200<`, `"H87">1300<`,
			[]string{"pieces", "quantity"},
			[]string{"match.quantity"},
			match.Contradicted,
		},
		{
			"bill of lading carries less",
			0, "bill-of-lading.json", `"quantity": "1200"`, `"quantity": "1190"`,
			[]string{"quantity"},
			[]string{"match.quantity"},
			match.Contradicted,
		},
		{
			"warehouse took in more than was sent",
			0, "warehouse-receipt.json", `"quantity": "1200"`, `"quantity": "1210"`,
			[]string{"quantity"},
			[]string{"match.quantity"},
			match.Contradicted,
		},
		{
			"crates",
			0, "bill-of-lading.json", `"packages": "120", "gross`, `"packages": "119", "gross`,
			[]string{"packages"},
			[]string{"match.packages"},
			match.Contradicted,
		},
		{
			"weight beyond tolerance",
			0, "bill-of-lading.json", `"gross_kg": "22200"}`, `"gross_kg": "21700"}`,
			[]string{"gross_weight"},
			[]string{"match.weight"},
			match.Contradicted,
		},
		{
			"weight within tolerance",
			0, "bill-of-lading.json", `"gross_kg": "22200"}`, `"gross_kg": "21900"}`,
			[]string{},
			[]string{},
			match.Corroborated,
		},
		{
			"other goods",
			0, "bill-of-lading.json", "9520001200014", "9520002400017",
			[]string{"item"},
			[]string{"match.item"},
			match.Contradicted,
		},
		{
			"the bill of lading put right",
			1, "bill-of-lading.json", "", "",
			[]string{"gross_weight", "packages", "pieces", "quantity"},
			[]string{},
			match.Corroborated,
		},
	}
}

// alteredParties are changes of who sold, who owes and who is paid.
func alteredParties() []alteration {
	return []alteration{
		{
			"account of somebody else",
			0, "invoice.xml", "3901209904172630018", "3901209904172630026",
			[]string{"payee_account"},
			[]string{"match.account"},
			match.Contradicted,
		},
		{
			"IBAN of somebody else",
			1, "invoice.xml", "DE64999000010042718300", "DE90999000011234567890",
			[]string{"payee_account"},
			[]string{"match.account", "match.packages", "match.quantity", "match.weight"},
			match.Contradicted,
		},
		{
			"registration number of another seller",
			0, "invoice.xml", "91330212XA1Q7K2AXU", otherUSCC,
			[]string{"seller"},
			[]string{"match.party"},
			match.Contradicted,
		},
		{
			"name of another seller beside the right number",
			0, "invoice.xml", "Lanqiao Castings", "Lanqiao Trading",
			[]string{"seller"},
			[]string{"match.party"},
			match.Contradicted,
		},
		{
			"same seller in capitals, without legal form",
			0, "bill-of-lading.json", "Ningbo Lanqiao Castings Co., Ltd.", "ＮＩＮＧＢＯ LANQIAO CASTINGS",
			[]string{},
			[]string{},
			match.Corroborated,
		},
		{
			"order placed with another seller",
			0, "order.xml", "91330212XA1Q7K2AXU", otherUSCC,
			[]string{"seller"},
			[]string{"match.party"},
			match.Contradicted,
		},
		{
			"another buyer",
			0, "invoice.xml", "91370211XA3C9M4B8L", otherUSCC,
			[]string{"buyer"},
			[]string{"match.party"},
			match.Contradicted,
		},
	}
}

// alteredTerms are changes of prices, references and dates.
func alteredTerms() []alteration {
	return []alteration{
		{
			"price above the order's",
			0, "order.xml", ">1480.00</cbc:PriceAmount>", ">1380.00</cbc:PriceAmount>",
			[]string{"unit_price"},
			[]string{"match.price"},
			match.Contradicted,
		},
		{
			"payable above the order's",
			0, "order.xml", ">2006880.00</cbc:PayableAmount>", ">1906880.00</cbc:PayableAmount>",
			[]string{"payable"},
			[]string{"match.amount"},
			match.Contradicted,
		},
		{
			"another order",
			0, "warehouse-receipt.json", `"order_ref": "PO-88417"`, `"order_ref": "PO-88418"`,
			[]string{"order"},
			[]string{"match.reference"},
			match.Contradicted,
		},
		{
			"in store before it was shipped",
			0, "warehouse-receipt.json", `"delivery_date": "2026-11-16"`, `"delivery_date": "2026-11-11"`,
			[]string{"delivered"},
			[]string{"match.date"},
			match.Contradicted,
		},
		{
			"ordered after it was invoiced",
			0, "order.xml", "2026-10-12", "2026-11-20",
			[]string{"issued"},
			[]string{"match.date"},
			match.Contradicted,
		},
	}
}

func TestOneAlterationFlipsExactlyTheRowsItConcerns(t *testing.T) {
	for _, c := range slices.Concat(alteredGoods(), alteredParties(), alteredTerms()) {
		s := trades(t)
		before := matched(t, input(t, s, s.Trades[c.trade], nil))
		after := matched(t, input(t, s, s.Trades[c.trade], c.apply(t)))
		if rows := flipped(before, after); !slices.Equal(rows, c.rows) {
			t.Errorf("%s: flipped %v, want %v", c.name, rows, c.rows)
		}
		if codes := blocking(after); !slices.Equal(codes, c.codes) {
			t.Errorf("%s: blocked by %v, want %v", c.name, codes, c.codes)
		}
		if after.Verdict != c.verdict {
			t.Errorf("%s: %s, want %s", c.name, after.Verdict, c.verdict)
		}
	}
}

// apply changes the bytes of the paper that the alteration concerns.
func (c alteration) apply(t *testing.T) func(file string, raw []byte) []byte {
	return func(file string, raw []byte) []byte {
		if file != c.file {
			return raw
		}
		if c.old == "" {
			for old, with := range map[string]string{`"210"`: `"240"`, `"21"`: `"24"`, `"7350"`: `"8400"`} {
				raw = bytes.ReplaceAll(raw, []byte(old), []byte(with))
			}
			return raw
		}
		out := bytes.ReplaceAll(raw, []byte(c.old), []byte(c.with))
		if bytes.Equal(out, raw) {
			t.Fatalf("%s: %s does not hold %q", c.name, c.file, c.old)
		}
		return out
	}
}
