package httpapi

import (
	"net/http"
	"slices"

	"golang.org/x/text/language"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/check/texts"
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
