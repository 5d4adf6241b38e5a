package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// longList repeats the sample's rows with their own numbers and amounts.
func longList(t testing.TB, n int) app.AuditList {
	t.Helper()
	l := sampleList(t)
	base := l.Rows
	l.Rows = nil
	for i := range n {
		r := base[i%len(base)]
		r.Number = fmt.Sprintf("%06d", i)
		r.Financing = fmt.Sprintf("fin-%06d", i)
		minor := int64(100_000_00 + i*7919)
		face, err := money.New(minor, r.Face.Currency())
		if err != nil {
			t.Fatal(err)
		}
		r.Face = face
		l.Rows = append(l.Rows, r)
	}
	return l
}

func TestListSaysEveryRowInOrderAndTotalsByCurrency(t *testing.T) {
	l := sampleList(t)
	pdf, err := renderer(t).AuditPDF(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "list.pdf", pdf)
	want := []string{
		l.For, "3 rows", l.ClockNote,
		"CNY", "4,013,760.00 CNY", "1,806,192.00 CNY", "EUR", "312,000.00 EUR",
	}
	for _, r := range l.Rows {
		want = append(want, r.Date.String(), r.Financing, r.Receivable, r.Number, r.Seller, r.Buyer, r.Bank,
			r.Face.Grouped()+" "+string(r.Face.Currency()), r.DueDate.String(), r.State.Word,
			fmt.Sprint(r.Block), r.TxID)
	}
	inOrder(t, readBack(t, pdf), want...)
}

func TestLongListRepeatsItsHeaderAndLosesNoRow(t *testing.T) {
	l := longList(t, 1000)
	pdf, err := renderer(t).AuditPDF(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "long.pdf", pdf)
	got := readBack(t, pdf)
	var want []string
	for _, r := range l.Rows {
		want = append(want, r.Financing, r.Number, r.Face.Grouped())
	}
	inOrder(t, got, want...)
	pages := strings.Count(got, squeeze("Checkpoint block"))
	if headers := strings.Count(got, squeeze("Block, transaction")); headers != pages {
		t.Fatalf("%d headers on %d pages", headers, pages)
	}
}

func TestAmountsStayWholeInNarrowColumns(t *testing.T) {
	l := sampleList(t)
	var err error
	if l.Rows[0].Face, err = money.New(money.MaxMinor-1_000_000_000, "CNY"); err != nil {
		t.Fatal(err)
	}
	if l.Rows[0].Advance, err = money.New(-1, "CNY"); err != nil {
		t.Fatal(err)
	}
	pdf, err := renderer(t).AuditPDF(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "amounts.pdf", pdf)
	inOrder(t, readBack(t, pdf), "Financings", "90,071,982,547,409.91 CNY", "\u22120.01 CNY")
}

func TestTotalsNeverAddTwoCurrencies(t *testing.T) {
	totals, err := longList(t, 30).Totals()
	if err != nil {
		t.Fatal(err)
	}
	if len(totals) != 2 || totals[0].Currency != "CNY" || totals[1].Currency != "EUR" {
		t.Fatalf("%+v", totals)
	}
	if totals[0].Rows != 20 || totals[1].Rows != 10 || totals[1].Advanced != 0 {
		t.Fatalf("%+v", totals)
	}
}

func TestTotalsRefuseWhatCannotBeSummed(t *testing.T) {
	l := sampleList(t)
	most, err := money.New(money.MaxMinor, "CNY")
	if err != nil {
		t.Fatal(err)
	}
	l.Rows[0].Face = most
	if _, err := renderer(t).AuditCSV(t.Context(), l); !errors.Is(err, app.ErrReportTooLarge) {
		t.Error(err)
	}
	l.Rows[0].Face, l.Rows[0].Advance = l.Rows[1].Face, most
	if _, err := l.Totals(); !errors.Is(err, app.ErrReportInput) {
		t.Error(err)
	}
}

func TestCSVReadsBackAsItWas(t *testing.T) {
	l := sampleList(t)
	l.Rows[0].Number = "000123"
	file, err := renderer(t).AuditCSV(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	rest, found := bytes.CutPrefix(file, []byte("\xEF\xBB\xBF"))
	if !found || !bytes.Contains(rest, []byte("\r\n")) {
		t.Fatal("no byte order mark, or lines that do not end in CRLF")
	}
	records, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil || len(records) != len(l.Rows)+1 {
		t.Fatal(len(records), err)
	}
	first := records[1]
	for i, want := range map[int]string{
		0: "2026-11-21", 3: "000123", 4: l.Rows[0].Seller, 7: "CNY",
		8: "2006880.00", 9: "1806192.00", 13: l.Rows[0].TxID,
	} {
		if first[i] != want {
			t.Errorf("%s: %q, want %q", records[0][i], first[i], want)
		}
	}
	if records[2][9] != "" {
		t.Errorf("an absent advance is %q", records[2][9])
	}
}

func TestCSVNeutralisesFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\r=1": "'\n=1",
		"  =1": "'  =1", "＝1": "'＝1", "\u200B=1": "'\u200B=1", "A=1": "A=1", "宁波": "宁波", "": "",
	} {
		l := sampleList(t)
		l.Rows[0].Seller = text
		file, err := renderer(t).AuditCSV(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil || records[1][4] != want {
			t.Errorf("%q: %q, %v, want %q", text, records[1][4], err, want)
		}
	}
}

func workbook(t *testing.T, l app.AuditList) *excelize.File {
	t.Helper()
	file, err := renderer(t).AuditXLSX(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "list.xlsx", file)
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestXLSXReadsBackAsItWas(t *testing.T) {
	l := sampleList(t)
	l.Rows[0].Number = "000123"
	huge, err := money.New(money.MaxMinor-1_000_000_000, "CNY")
	if err != nil {
		t.Fatal(err)
	}
	l.Rows[1].Face = huge
	f := workbook(t, l)
	for cell, want := range map[string]string{
		"A2": "2026-11-21", "D2": "000123", "E2": l.Rows[0].Seller, "H2": "CNY",
		"I2": "2006880.00", "J2": "1806192.00", "I3": "90071982547409.91", "J3": "",
		"N2": l.Rows[0].TxID, "M2": "42",
	} {
		got, err := f.GetCellValue("Financings", cell, excelize.Options{RawCellValue: true})
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", cell, got, err, want)
		}
	}
	if shown, err := f.GetCellValue("Financings", "I2"); err != nil || shown != "2,006,880.00" {
		t.Errorf("I2 is shown as %q, %v", shown, err)
	}
	// A numeric cell has no type attribute.
	if kind, err := f.GetCellType("Financings", "I2"); err != nil || kind != excelize.CellTypeUnset {
		t.Errorf("an amount is a cell of type %v, %v", kind, err)
	}
	if kind, err := f.GetCellType("Financings", "I3"); err != nil || kind == excelize.CellTypeUnset {
		t.Errorf("16 digits are in a cell of type %v, %v: the last would be lost", kind, err)
	}
	rows, err := f.GetRows("Financings")
	if err != nil || len(rows) != len(l.Rows)+1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if note, err := f.GetCellValue("About", "B5"); err != nil || !strings.Contains(note, l.ClockNote) {
		t.Errorf("clock note: %q, %v", note, err)
	}
}

func TestXLSXHoldsNoFormula(t *testing.T) {
	l := sampleList(t)
	for _, hostile := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "=HYPERLINK(\"http://x.example\")"} {
		l.Rows[0].Seller, l.Rows[0].Number = hostile, hostile
		f := workbook(t, l)
		for _, cell := range []string{"D2", "E2"} {
			formula, err := f.GetCellFormula("Financings", cell)
			if err != nil || formula != "" {
				t.Errorf("%q became the formula %q, %v", hostile, formula, err)
			}
			if got, err := f.GetCellValue("Financings", cell); err != nil || got != hostile {
				t.Errorf("%q is %q, %v", hostile, got, err)
			}
			id, err := f.GetCellStyle("Financings", cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := f.GetStyle(id)
			if err != nil || style.NumFmt != 49 {
				t.Errorf("%s is not of the format text: %+v, %v", cell, style, err)
			}
		}
	}
}

// What rendering allocates grows with the rows and no faster.
func TestMemoryGrowsInLineWithTheRows(t *testing.T) {
	r := renderer(t)
	allocated := func(l app.AuditList) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := r.AuditPDF(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few, many := allocated(longList(t, 200)), allocated(longList(t, 800))
	if many > 5*few {
		t.Fatalf("200 rows allocate %d bytes, 800 rows %d", few, many)
	}
}

func BenchmarkAuditPDF(b *testing.B) {
	r := renderer(b)
	for _, n := range []int{100, 1000, 10_000} {
		l := longList(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				pdf, err := r.AuditPDF(b.Context(), l)
				if err != nil {
					b.Fatal(err)
				}
				size = len(pdf)
			}
			b.ReportMetric(float64(size)/float64(n), "file-B/row") //nolint:forbidigo // a measure, not money
		})
	}
}
