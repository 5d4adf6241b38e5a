package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// sampleListing is a list with every form of column.
func sampleListing(language string) app.ListingHead {
	return app.ListingHead{
		List: app.ListReceivables, Language: language, For: "宁波兰桥铸件有限公司", By: "Lin Yue",
		Query: "phase=OPEN&sort=due", TakenAt: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		Columns: []app.ListingColumn{
			{Word: "invoice"},
			{Word: "seller", Wide: true},
			{Word: "phase"},
			{Word: "currency", Form: app.FormCurrency},
			{Word: "face", Form: app.FormAmount, Sum: true},
			{Word: "papers", Form: app.FormCount},
		},
		Checkpoint: app.LedgerCheckpoint{Ledger: "trade", Block: 7, Hash: "sha-256:00"},
	}
}

func listingRow(t testing.TB, number, seller, amount string, c money.Currency) []app.ListingCell {
	t.Helper()
	a, err := money.Parse(amount, c)
	if err != nil {
		t.Fatal(err)
	}
	three := int64(3)
	return []app.ListingCell{
		{Text: number},
		{Text: seller},
		{Word: "payables.phase.OPEN"},
		{Text: string(c)},
		{Amount: a},
		{Count: &three},
	}
}

// written writes a listing of these rows; the foot sums the amounts of one currency.
func written(
	t testing.TB, head app.ListingHead, format string, rows [][]app.ListingCell, foot app.ListingFoot,
) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := renderer(t).Listing(t.Context(), &out, format, head)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(foot); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sampleFoot(t testing.TB, rows int64, sum string) app.ListingFoot {
	t.Helper()
	a, err := money.Parse(sum, "CNY")
	if err != nil {
		t.Fatal(err)
	}
	amounts := make([]money.Amount, 6)
	amounts[4] = a
	return app.ListingFoot{Rows: rows, Sums: []app.ListingSum{{Currency: "CNY", Rows: rows, Amounts: amounts}}}
}

// formulas are texts that a spreadsheet would carry out.
func formulas() []string {
	return []string{
		`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1+1", "\r=cmd|' /C calc'!A0", ` =HYPERLINK("http://x","y")`,
		`＝1+1`, "_x003D_1+1",
	}
}

func TestACellOfAListingIsNeverAFormula(t *testing.T) {
	rows := [][]app.ListingCell{}
	for _, f := range formulas() {
		rows = append(rows, listingRow(t, f, f, "1.00", "CNY"))
	}
	foot := sampleFoot(t, int64(len(rows)), "9.00")
	records, err := csv.NewReader(bytes.NewReader(written(t, sampleListing("en"), "csv", rows, foot))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1 : len(rows)+1] {
		for _, text := range r[:2] {
			if strings.ContainsAny(strings.TrimLeft(text, " \t\r\n")[:1], "=+-@＝") {
				t.Errorf("CSV keeps %q", text)
			}
		}
	}
	book := opened(t, written(t, sampleListing("en"), "xlsx", rows, foot))
	for n, f := range formulas() {
		cell, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			t.Fatal(err)
		}
		formula, err := book.GetCellFormula("Receivables and payables", cell)
		if err != nil || formula != "" {
			t.Errorf("%s holds the formula %q: %v", cell, formula, err)
		}
		if kind, err := book.GetCellType("Receivables and payables", cell); err != nil ||
			kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of type %v: %v", cell, kind, err)
		}
		want := strings.ReplaceAll(f, "\r", "\n")
		if got, err := book.GetCellValue("Receivables and payables", cell); err != nil ||
			strings.ReplaceAll(got, "\r", "\n") != want {
			t.Errorf("%s says %q, want %q: %v", cell, got, want, err)
		}
	}
}

func opened(t testing.TB, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestAListingKeepsZerosDecimalsAndChinese(t *testing.T) {
	rows := [][]app.ListingCell{
		listingRow(t, "00012", "宁波兰桥铸件有限公司", "2006880.10", "CNY"),
		listingRow(t, "1e5", "Straße, \"A\"\nB", "90071992547409.91", "CNY"),
	}
	rows = append(rows, listingRow(t, "0", "x", "5000", "JPY"), make([]app.ListingCell, 6))
	foot := sampleFoot(t, 4, "90071992547409.91")
	records, err := csv.NewReader(
		bytes.NewReader(bytes.TrimPrefix(written(t, sampleListing("zh-CN"), "csv", rows, foot), []byte("\uFEFF"))),
	).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		row, column int
		text        string
	}{
		{0, 0, "发票号"},
		{0, 4, "账款金额"},
		{1, 0, "00012"},
		{1, 1, "宁波兰桥铸件有限公司"},
		{1, 2, "已确认"},
		{1, 4, "2006880.10"},
		{2, 0, "1e5"},
		{2, 4, "90071992547409.91"},
		{3, 4, "5000"},
		{4, 4, ""},
		{5, 0, "# 行数 4"},
		{6, 3, "CNY"},
		{6, 4, "90071992547409.91"},
	} {
		if got := records[want.row][want.column]; got != want.text {
			t.Errorf("CSV line %d column %d: %q, want %q", want.row, want.column, got, want.text)
		}
	}
	book := opened(t, written(t, sampleListing("zh-CN"), "xlsx", rows, foot))
	raw := excelize.Options{RawCellValue: true}
	for cell, want := range map[string]string{
		"A2": "00012", "B2": "宁波兰桥铸件有限公司", "E2": "2006880.10",
		"A3": "1e5", "E3": "90071992547409.91",
		"E4": "5000", "F2": "3",
	} {
		if got, err := book.GetCellValue("应收应付账款", cell, raw); err != nil || got != want {
			t.Errorf("%s says %q, want %q: %v", cell, got, want, err)
		}
	}
	for cell, want := range map[string]string{"B2": "4", "A3": "CNY", "C3": "90071992547409.91"} {
		if got, err := book.GetCellValue("合计", cell, raw); err != nil || got != want {
			t.Errorf("totals %s say %q, want %q: %v", cell, got, want, err)
		}
	}
	if !slices.Equal(book.GetSheetList(), []string{"应收应付账款", "合计"}) {
		t.Errorf("sheets %v", book.GetSheetList())
	}
}

func TestAPrintedListingSaysRowsAndSums(t *testing.T) {
	rows := [][]app.ListingCell{}
	for range 60 {
		rows = append(rows, listingRow(t, "00012", "宁波兰桥铸件有限公司", "10.10", "CNY"))
	}
	pdf := written(t, sampleListing("zh-CN"), "pdf", rows, sampleFoot(t, 60, "606.00"))
	keep(t, "listing.pdf", pdf)
	inOrder(t, readBack(t, pdf), "应收应付账款", "60", "606.00 CNY", "00012", "10.10 CNY", "已确认")
}

func TestAListingThatIsTooLongIsRefused(t *testing.T) {
	w, err := renderer(t).Listing(t.Context(), io.Discard, "pdf", sampleListing("en"))
	if err != nil {
		t.Fatal(err)
	}
	row := listingRow(t, "1", "x", "1.00", "CNY")
	for range 5000 {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Row(row); !errors.Is(err, app.ErrReportTooLarge) {
		t.Errorf("one row too many: %v", err)
	}
	if err := w.Row(row[:2]); !errors.Is(err, app.ErrReportInput) {
		t.Errorf("a short row: %v", err)
	}
}

// What texts a list holds, its CSV and its workbook say the same.
func TestBothFormsOfAListingSayTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0019aZ=+-@_x<>&\"', \n宁波ß€")), 0, 40, -1)
		rows, want := [][]app.ListingCell{}, []string{}
		for range rapid.IntRange(1, 5).Draw(rt, "rows") {
			s := text.Draw(rt, "text")
			rows, want = append(rows, listingRow(t, s, "x", "1.00", "CNY")), append(want, s)
		}
		foot := sampleFoot(t, int64(len(rows)), "1.00")
		records, err := csv.NewReader(bytes.NewReader(written(t, sampleListing("en"), "csv", rows, foot))).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		book := opened(t, written(t, sampleListing("en"), "xlsx", rows, foot))
		for i, s := range want {
			cell, _ := excelize.CoordinatesToCellName(1, i+2)
			got, err := book.GetCellValue("Receivables and payables", cell)
			if inCSV := records[i+1][0]; err != nil || got != s || inCSV != s && inCSV != "'"+s {
				rt.Fatalf("%q is %q in CSV and %q in the workbook: %v", s, inCSV, got, err)
			}
		}
	})
}
