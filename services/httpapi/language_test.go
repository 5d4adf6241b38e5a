package httpapi

import (
	"net/http/httptest"
	"testing"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
)

func TestLanguageIsTheOneThatTheCallerPrefers(t *testing.T) {
	for header, want := range map[string]string{
		"":                                "en",
		"zh-CN":                           "zh-CN",
		"zh":                              "zh-CN",
		"zh-Hans-SG, en;q=0.5":            "zh-CN",
		"en-GB, zh;q=0.9":                 "en",
		"de":                              "en",
		"de, zh-CN;q=0.4":                 "zh-CN",
		"*":                               "en",
		"not a language; at=all":          "en",
		"zh-CN;q=0, en":                   "en",
		"q=1, \x00, " + "zh-CN;q=notanum": "en",
	} {
		r := httptest.NewRequest("GET", "/v1/documents", nil)
		r.Header.Set("Accept-Language", header)
		if got := languageOf(r); got != want {
			t.Errorf("%q is answered in %s, want %s", header, got, want)
		}
	}
}

func TestFindingsAreToldInTheLanguageAskedFor(t *testing.T) {
	d := app.Document{Findings: []check.Finding{
		{Rule: "BR-22", Field: "lines[2].quantity", Message: "No quantity.", Advice: "Ask.", Claimed: "x"},
		{Rule: "document.dtd", Message: "The file has a DTD at byte 7."},
		{Rule: "UNHEARD-1", Message: "A rule of another release.", Advice: "Ask somebody."},
	}}
	chinese := documentView("zh-CN", d, false).Findings
	if f := chinese[0]; f.Message != "发票行没有数量（第 3 行）。" || f.Advice != "请开票方注明开票数量（BT-129）。" ||
		f.Rule != "BR-22" || f.Claimed != "x" {
		t.Errorf("in Chinese it is %+v", f)
	}
	if f := chinese[2]; f != d.Findings[2] {
		t.Errorf("what has no words became %+v", f)
	}
	english := documentView("en", d, false).Findings
	if f := english[0]; f != d.Findings[0] {
		t.Errorf("the stored finding became %+v", f)
	}
	if f := english[1]; f.Message != d.Findings[1].Message || f.Advice == "" {
		t.Errorf("what the reader refused is told as %+v", f)
	}
	if d.Findings[1].Advice != "" {
		t.Error("the stored finding was changed")
	}
}
