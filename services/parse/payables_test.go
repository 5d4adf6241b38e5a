package parse_test

import (
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

const payablesHead = "invoice_number,supplier,amount,currency,due_date\n"

func readPayables(t *testing.T, text string) parse.PayableList {
	t.Helper()
	list, err := parse.ReadPayables([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPayablesAreReadInAnyOrderOfColumns(t *testing.T) {
	t.Parallel()
	list := readPayables(t, "cost centre,到期日,币种,金额,供应商,发票号\n4711,2026-06-18,cny,1480.00,甬南铸件,LQ-1\n")
	want := parse.PayableRow{Row: 2, Number: "LQ-1", Supplier: "甬南铸件"}
	got := list.Rows[0]
	if got.Number != want.Number || got.Supplier != want.Supplier || got.Row != want.Row ||
		got.Amount.String() != "1480.00 CNY" || got.DueDate.String() != "2026-06-18" || len(got.Faults) > 0 {
		t.Errorf("%+v", got)
	}
	if len(list.Ignored) != 1 || list.Ignored[0] != "cost centre" {
		t.Errorf("ignored %q, want the cost centre to be named", list.Ignored)
	}
}

func TestARowThatCannotBeReadLeavesTheOthers(t *testing.T) {
	t.Parallel()
	list := readPayables(t, payablesHead+
		"A-1,Lanqiao,10.00,CNY,2026-06-18\n"+
		"A-2,Lanqiao,ten,CNY,18.06.2026\n"+
		",Lanqiao,1.001,CNY,2026-06-18\n"+
		"A-4,Lanqiao,-1.00,CNY,2026-06-18\n")
	for n, want := range [][]string{
		{},
		{source.CodeBulkValue, source.CodeBulkValue},
		{source.CodeBulkMissing, source.CodeBulkValue},
		{source.CodeBulkValue},
	} {
		codes := []string{}
		for _, f := range list.Rows[n].Faults {
			codes = append(codes, f.Code)
		}
		if strings.Join(codes, " ") != strings.Join(want, " ") {
			t.Errorf("row %d: %v, want %v", n, codes, want)
		}
	}
}

func TestAFileThatIsNoListOfPayablesIsRefused(t *testing.T) {
	t.Parallel()
	row := "A-1,Lanqiao,10.00,CNY,2026-06-18\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":       {"", source.CodeEmpty},
		"no rows":       {payablesHead, source.CodeEmpty},
		"an invoice":    {"<Invoice/>", source.CodeUnsupported},
		"no due date":   {"invoice_number,supplier,amount,currency\nA,B,1.00,CNY\n", source.CodeBulkColumn},
		"amount twice":  {"amount," + payablesHead + "1.00," + row, source.CodeBulkColumn},
		"one too many":  {payablesHead + strings.Repeat(row, parse.MaxPayables+1), source.CodeTooLarge},
		"not in UTF-8":  {payablesHead + "\xff\xff,Lanqiao,10.00,CNY,2026-06-18\n", source.CodeEncoding},
		"old workbooks": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", source.CodeUnsupported},
	} {
		_, err := parse.ReadPayables([]byte(c.text))
		f, ok := err.(*parse.Fault) //nolint:errorlint // the very fault is wanted
		if !ok || f.Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := parse.ReadPayables([]byte(payablesHead + strings.Repeat(row, parse.MaxPayables))); err != nil {
		t.Errorf("a list at the limit: %v", err)
	}
}

func FuzzReadPayables(f *testing.F) {
	f.Add([]byte(payablesHead + "A-1,Lanqiao,10.00,CNY,2026-06-18\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parse.ReadPayables(b)
		if err != nil {
			return
		}
		for _, r := range list.Rows {
			read := r.Number != "" && r.Supplier != "" && r.Amount.Sign() > 0 && !r.DueDate.IsZero()
			if read != (len(r.Faults) == 0) {
				t.Fatalf("%+v: neither read nor at fault", r)
			}
		}
	})
}
