package policy

import (
	"regexp"
	"testing"
	"time"
)

// TestEveryFindingIsToldInEveryLanguage finds all that the rules can find, and wants of each in each
// language what was claimed, what is allowed, the source and what to do.
func TestEveryFindingIsToldInEveryLanguage(t *testing.T) {
	trade := Trade{SellerCountry: "CN", ObligorCountry: "CN", Issued: day(2026, time.January, 5)}
	trade.Delivered = trade.Issued
	told := map[string]bool{}
	for _, days := range []int{61, 200, 400} {
		trade.Due = trade.Issued.AddDays(days)
		for _, f := range Judge(trade) {
			told[f.Rule] = true
			for _, language := range []string{English, chinese} {
				in := f.In(language)
				if in.Sentence == "" || in.Claimed == "" || in.Allowed == "" || in.Advice == "" {
					t.Errorf("%s in %s: %+v", f.Rule, language, in)
				}
				words := in.Sentence + in.Claimed + in.Allowed + in.Advice
				if language == chinese && regexp.MustCompile("[A-Za-z]").MatchString(words) {
					t.Errorf("%s: English in Chinese: %s", f.Rule, words)
				}
			}
		}
	}
	for _, rule := range []string{ruleTermMax, ruleTermUsual, rulePaymentDays} {
		if !told[rule] {
			t.Errorf("%s was not found", rule)
		}
	}
}

func TestARuleWithoutChineseWordsIsToldInEnglish(t *testing.T) {
	f := Finding{Rule: "xx.other", Sentence: "So.", Citation: "art. 1", Claimed: "1 days, due on 2026-01-01"}
	if in := f.In(chinese); in != f.In(English) {
		t.Errorf("%+v", in)
	}
}
