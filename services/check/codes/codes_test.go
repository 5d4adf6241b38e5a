package codes_test

import (
	"embed"
	"io/fs"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/check/codes"
)

//go:embed lists/*.txt
var lists embed.FS

// functions are the look-ups by the names that the lists give them.
func functions() map[string]func(string) bool {
	return map[string]func(string) bool{
		"Currency": codes.Currency, "CountryUBL": codes.CountryUBL, "CountryCII": codes.CountryCII,
		"VATCategory": codes.VATCategory, "PaymentMeans": codes.PaymentMeans, "Unit": codes.Unit,
		"ICD": codes.ICD, "EAS": codes.EAS, "VATEX": codes.VATEX, "MIME": codes.MIME,
		"AllowanceReason": codes.AllowanceReason, "ChargeReason": codes.ChargeReason,
		"ItemClassification": codes.ItemClassification, "ReferenceQualifier": codes.ReferenceQualifier,
		"NoteSubjectUBL": codes.NoteSubjectUBL, "NoteSubjectCII": codes.NoteSubjectCII,
		"InvoiceType": codes.InvoiceType, "CreditNoteType": codes.CreditNoteType,
		"VATDateCodeUBL": codes.VATDateCodeUBL, "VATDateCodeCII": codes.VATDateCodeCII,
	}
}

func TestEveryCodeOfAListIsFoundAndNoOther(t *testing.T) {
	all := map[string][]string{}
	names, err := fs.Glob(lists, "lists/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := lists.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(text), "\n\n")
		function, _, _ := strings.Cut(strings.TrimPrefix(head, "function: "), "\n")
		all[function] = strings.Fields(body)
	}
	if len(all) != len(functions()) {
		t.Errorf("%d lists, %d functions", len(all), len(functions()))
	}
	for name, has := range functions() {
		on := map[string]bool{}
		for _, code := range all[name] {
			on[code] = true
			for _, near := range []string{code + " ", " " + code, code + "\x00"} {
				if has(near) {
					t.Errorf("%s takes %q", name, near)
				}
			}
		}
		for _, list := range all {
			for _, code := range append(list, "", "QQQ", "-", "eur") {
				if has(code) != on[code] {
					t.Errorf("%s takes %q as %v, the list says %v", name, code, has(code), on[code])
				}
			}
		}
		if len(on) == 0 {
			t.Errorf("%s: no list of that name", name)
		}
	}
}

func TestSyntaxesDifferWhereTheArtefactsDo(t *testing.T) {
	for _, c := range []struct {
		name string
		got  bool
		want bool
	}{
		{"South Sudan in UBL", codes.CountryUBL("SS"), true},
		{"South Sudan in CII", codes.CountryCII("SS"), false},
		{"Netherlands Antilles in UBL", codes.CountryUBL("AN"), false},
		{"Netherlands Antilles in CII", codes.CountryCII("AN"), true},
		{"Kosovo", codes.CountryUBL("1A") && codes.CountryCII("1A"), true},
		{"Greece as a country", codes.CountryUBL("EL") || codes.CountryCII("EL"), false},
		{"Greece before a VAT number", codes.VATCountryPrefixUBL("EL") && codes.VATCountryPrefixCII("EL"), true},
		{"Northern Ireland before a VAT number", codes.VATCountryPrefixUBL("XI"), true},
		{"credit note as an invoice in UBL", codes.InvoiceType("381"), false},
		{"credit note in CII", codes.DocumentTypeCII("381") && codes.DocumentTypeCII("380"), true},
		{"due at delivery in UBL", codes.VATDateCodeUBL("35") && !codes.VATDateCodeUBL("29"), true},
		{"due at delivery in CII", codes.VATDateCodeCII("29") && !codes.VATDateCodeCII("35"), true},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func BenchmarkUnit(b *testing.B) {
	for b.Loop() {
		if !codes.Unit("XPX") {
			b.Fatal("XPX is a unit")
		}
	}
}
