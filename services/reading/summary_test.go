package reading_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/reading"
)

const invoice = `{"schema":"countersign-invoice-1","number":"7","issue_date":"2026-01-01",` +
	`"due_date":"2026-02-01","currency":"EUR","seller":{"name":"Seller"},"buyer":{"name":"Buyer"},` +
	`"lines":[{"id":"1","name":"Pumps","quantity":"2","unit":"H87","unit_price":"5","net":"10"}],` +
	`"accounts":[{"iban":"DE89 3704 0044 0532 0130 00"},{"number":"12 34"},{"number":"1234"}],` +
	`"totals":{"lines":"10.00","tax_exclusive":"10","tax_inclusive":"10","payable":"10"}}`

func summary(t *testing.T, raw string) reading.Summary {
	t.Helper()
	today, err := money.ParseDate("2026-06-30")
	if err != nil {
		t.Fatal(err)
	}
	s, err := reading.Here{}.Summary(t.Context(), []byte(raw), today)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSummaryHasTheKeyFieldsOfADocument(t *testing.T) {
	s := summary(t, invoice)
	if s.Status != reading.Clean || s.Kind != parse.Invoice || s.Fields == nil {
		t.Fatalf("%+v", s)
	}
	f := s.Fields
	if f.Number != "7" || f.IssueDate != "2026-01-01" || f.SellerName != "Seller" || f.LineTotal != "10" ||
		f.Prepaid != "" || f.Lines != 1 {
		t.Errorf("%+v", f)
	}
	// Accounts are sorted, each once, without the spaces that people write in them.
	if got := strings.Join(f.IBANs, " "); got != "1234 DE89370400440532013000" {
		t.Errorf("accounts are %s", got)
	}
}

func TestSummaryTellsWhatBecameOfAFile(t *testing.T) {
	wrong := strings.Replace(invoice, `"payable":"10"`, `"payable":"11"`, 1)
	half := `{"schema":"countersign-invoice-1"}`
	for name, c := range map[string]struct {
		raw    string
		status reading.Status
		rule   string
	}{
		"a sum that is wrong":         {wrong, reading.Violates, "CS-"},
		"a plain PDF":                 {"%PDF-1.7\n", reading.Unreadable, "pdf."},
		"a foreign format":            {"<Faktura/>", reading.Unsupported, source.CodeUnsupported},
		"nothing":                     {"", reading.Unreadable, source.CodeEmpty},
		"a form half filled":          {half, reading.Unreadable, source.CodeSchema},
		"a sheet without its columns": {"order_number,colour\nPO-1,red\n", reading.Violates, "bulk."},
	} {
		s := summary(t, c.raw)
		if s.Status != c.status || len(s.Findings) == 0 || !strings.HasPrefix(s.Findings[0].Rule, c.rule) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestSummaryCountsWhatIsInABulkFile(t *testing.T) {
	columns, ok := parse.BulkTemplate(parse.PurchaseOrder)
	if !ok {
		t.Fatal("orders have no template")
	}
	var names, examples []string
	for _, c := range columns {
		names, examples = append(names, c.Name), append(examples, `"`+c.Example+`"`)
	}
	s := summary(t, strings.Join(names, ",")+"\n"+strings.Join(examples, ",")+"\n")
	if s.Kind != reading.KindBulk || s.Documents != 1 || s.Rows != 1 || s.Status == reading.Unreadable {
		t.Errorf("%+v", s)
	}
}

func TestSummaryOfABulkFileIsBounded(t *testing.T) {
	columns, _ := parse.BulkTemplate(parse.Invoice)
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	const documents = 900
	var file strings.Builder
	file.WriteString(strings.Join(names, ",") + "\n")
	for n := range documents {
		for i, c := range columns {
			value := c.Example
			switch {
			case i == 0:
				value = "N-" + strconv.Itoa(n)
			case c.Name == "quantity" || c.Name == "total_lines":
				value = "7" // breaks several sums
			}
			file.WriteString(`"` + value + `"` + map[bool]string{true: "\n", false: ","}[i == len(columns)-1])
		}
	}
	s := summary(t, file.String())
	if s.Documents != documents || s.Status != reading.Violates || len(s.Findings) != 1000 {
		t.Errorf("%d documents, %s, %d findings", s.Documents, s.Status, len(s.Findings))
	}
}

func TestRefusalTellsEveryFault(t *testing.T) {
	f := source.New(source.CodeSchema, "/a", "first")
	f.More = []parse.Fault{{Code: source.CodeSchema, Path: "/b", Message: "second"}}
	got := reading.Refusal(f)
	if len(got) != 2 || got[1].Path != "/b" || got[0].Severity != check.Fatal {
		t.Errorf("%+v", got)
	}
	if reading.Refusal(t.Context().Err()) != nil {
		t.Error("an error that is no fault was told to a person")
	}
}
