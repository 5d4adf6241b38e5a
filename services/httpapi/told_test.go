package httpapi

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// latin is a word in Latin letters that is no code: it has a small letter.
var latin = regexp.MustCompile(`[A-Za-z]*[a-z][A-Za-z]*`)

func inChinese(t *testing.T, s string, own ...string) {
	t.Helper()
	bare := s
	for _, word := range slices.Concat(own, []string{"ETag", "docs/lifecycles.md"}) {
		bare = strings.ReplaceAll(bare, word, "")
	}
	if found := latin.FindString(bare); found != "" || s == "" {
		t.Errorf("%q in %q", found, s)
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		t.Errorf("%q has characters that are none", s)
	}
}

// Every reason that a verdict can have, with the paper's own words as papers have them.
func TestNoReasonOfAVerdictIsInEnglishForAChineseReader(t *testing.T) {
	said := match.Said{
		Papers: []match.Paper{
			{Kind: parse.BillOfLading, Number: "B-1"}, {Kind: parse.ReceiptAdvice, Number: "R-1"},
		},
		Claimants: []match.Paper{{Kind: parse.Invoice, Number: "I-1"}},
		Kinds:     []parse.Kind{parse.BillOfLading, parse.WarehouseReceipt, parse.ReceiptAdvice},
		Item:      "Gate valve", Order: "O-1", On: "2026-03-01",
		Claimed: match.Measure{Number: "1,200", Unit: "H87"},
		Passage: match.Passage{From: "CNNGB", To: "SEGOT", Miles: 11000, Days: 17, Knots: 27},
		Found:   match.Measure{Number: "39", Unit: "piece", Whole: "40", Refused: "1"},
	}
	reasons := []app.Reason{
		{Code: "pack.empty", Message: "there are no papers yet"},
		{Code: "document.unread", File: "发票.xml"},
		{Code: "document.issuer", File: "发票.xml"},
		{Code: "BR-CO-15", File: "发票.xml", Field: "lines[2].net"},
		{Code: "CS-AR-01", File: "发票.xml"},
		{Code: "financing.basis", Amounts: []string{"1,200.00 CNY", "1,300.00"}},
		{Code: "fingerprint.own"},
		{Code: "fingerprint.rejected", Fingerprint: trade.FingerprintNumber},
		{Code: string(trade.CodeEncumbered), Fingerprint: trade.FingerprintContent},
		{Code: string(trade.CodeEncumbered), Fingerprint: trade.FingerprintTrade},
		{Code: string(app.CodePackPapers), Message: "the invoice is missing: upload it"},
		{Code: string(app.CodePackRefused), Message: "authenticity is unknown"},
		{Code: string(match.CodeQuantity), Message: "of an earlier day, without particulars"},
	}
	for _, code := range match.Codes() {
		for _, fact := range match.Facts() {
			for _, against := range []match.Against{
				"", match.AgainstNothing, match.AgainstRegister, match.AgainstEvents, match.AgainstShipment,
				match.AgainstSea,
			} {
				said.Against = against
				f := match.Finding{Code: code, Fact: fact, Said: said}
				reasons = append(reasons, app.Reason{Code: string(code), Match: f})
				f.Said = match.Said{Kinds: said.Kinds[:1]}
				reasons = append(reasons, app.Reason{Code: string(code), Match: f})
			}
		}
	}
	for _, r := range reasonsIn(texts.Chinese, reasons) {
		inChinese(t, strings.ReplaceAll(r.Message, ".xml", ""), said.Item)
		inChinese(t, r.Advice)
		if strings.ContainsAny(r.Message+r.Advice, "{}@") {
			t.Errorf("a name is missing in %q", r.Message)
		}
	}
	for _, r := range reasonsIn(texts.English, reasons) {
		if r.Match.Code != "" || r.File != "" || r.Field != "" || r.Fingerprint != "" || r.Amounts != nil {
			t.Errorf("%+v shows what its sentence is made of", r)
		}
	}
}

func TestUnitsAreToldInWords(t *testing.T) {
	for _, code := range []string{
		"H87", "C62", "EA", "SET", "PR", "DZN", "KGM", "TNE", "GRM", "MTR", "MTK", "LTR", "MTQ", "HUR", "DAY",
		"KWH", "CT", "PX", "XPX", "DR", "piece", "kg", "m2", "l",
	} {
		m := match.Measure{Number: "1,200", Unit: code}
		inChinese(t, m.In(texts.Chinese))
		if english := m.In(texts.English); english == "1,200 "+code && code != "kg" || english == "1,200" {
			t.Errorf("%s is %q in English", code, english)
		}
	}
	if got := (match.Measure{Number: "3", Unit: "4X"}).In(texts.Chinese); got != "3 4X" {
		t.Errorf("a unit without words is told as %q", got)
	}
}

func TestEveryCodeSaysWhatIsWrongInChinese(t *testing.T) {
	for _, code := range slices.Concat(
		mirrored(t), trade.Codes(), app.Codes(), Codes(),
		[]trade.Code{blob.CodeTooLarge, blob.CodeEmpty, blob.CodeNotFound, blob.CodeCorrupt},
	) {
		if said := detailOf(code, texts.Chinese, ""); said == "" {
			t.Errorf("%s: nothing in Chinese", code)
		} else {
			inChinese(t, said)
		}
		if detailOf(code, texts.English, "own") != "own" {
			t.Errorf("%s: a sentence of its own is lost in English", code)
		}
	}
}
