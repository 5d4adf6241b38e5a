package httpapi

import (
	"cmp"
	"net/http"
	"slices"

	"golang.org/x/text/language"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/match"
)

// languageOf is the language in which the caller would like to read, of those that there are
// words in (RFC 9110, section 12.5.4).
func languageOf(r *http.Request) string {
	spoken := texts.Languages()
	tags := make([]language.Tag, len(spoken))
	for i, name := range spoken {
		tags[i] = language.Make(name)
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return spoken[0]
	}
	_, index, _ := language.NewMatcher(tags).Match(wanted...)
	return spoken[index]
}

// verificationIn tells the reasons of verdicts, and the matrix, in a language. In English it is as
// it is kept, with the particulars: requests are made on the digest of these bytes.
func verificationIn(spoken string, v app.Verification) app.Verification {
	if spoken == texts.English {
		return v
	}
	v.Verdicts = slices.Clone(v.Verdicts)
	for i, w := range v.Verdicts {
		v.Verdicts[i].Reasons = reasonsIn(spoken, w.Reasons)
	}
	v.Matrix = v.Matrix.In(spoken)
	for i := range v.Matrix.Findings {
		v.Matrix.Findings[i].Said = match.Said{}
	}
	for _, r := range v.Matrix.Rows {
		for i := range r.Cells {
			r.Cells[i].Measure = match.Measure{}
		}
	}
	return v
}

// reasonsIn tells reasons in a language. They are kept in English.
func reasonsIn(spoken string, reasons []app.Reason) []app.Reason {
	told := make([]app.Reason, len(reasons))
	for i, r := range reasons {
		told[i] = reasonIn(spoken, r)
	}
	return told
}

func reasonIn(spoken string, r app.Reason) app.Reason {
	told := app.Reason{Code: r.Code, Message: r.Message, Advice: r.Advice}
	if spoken == texts.English {
		return told
	}
	if r.Match.Code != "" {
		f := r.Match.In(spoken)
		told.Message, told.Advice = f.Sentence, f.Advice
		return told
	}
	text, known := texts.OfField(r.Code, r.Field, spoken)
	if !known {
		code := trade.Code(r.Code)
		text.Title, text.Advice = detailOf(code, spoken, ""), actionOn(code, spoken)
	}
	told.Message, told.Advice = cmp.Or(text.Title, r.Message), cmp.Or(text.Advice, r.Advice)
	if len(r.Amounts) > 1 {
		told.Message = texts.Say("@reason "+r.Code, spoken, "first", r.Amounts[0], "second", r.Amounts[1])
	}
	if r.Fingerprint != "" {
		terms := texts.Say("@fingerprint "+string(r.Fingerprint), spoken)
		told.Message = texts.Say("@because", spoken, "what", told.Message, "why", terms)
	}
	if r.File != "" {
		told.Message = texts.Say("@paper with", spoken, "paper", r.File, "what", told.Message)
	}
	return told
}

// findingsIn tells findings in a language. They are kept in English, with what is particular
// to the document in the sentence; another language has the words of the rule and the place.
func findingsIn(spoken string, findings []check.Finding) []check.Finding {
	told := slices.Clone(findings)
	for i, f := range told {
		text, known := texts.OfField(f.Rule, f.Field, spoken)
		switch {
		case !known:
		case spoken != texts.English:
			told[i].Message, told[i].Advice = text.Title, text.Advice
		case f.Advice == "":
			told[i].Advice = text.Advice
		}
	}
	return told
}
