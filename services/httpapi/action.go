package httpapi

import (
	_ "embed" // the words of each language
	"net/http"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// What to do about each code, one file a language: code, tab, action.
//
//go:embed actions/en.tsv
var actionsEnglish string

//go:embed actions/zh-CN.tsv
var actionsChinese string

// What is wrong by each code, in the languages other than that of the faults' own sentences:
// code, tab, sentence.
//
//go:embed actions/details.zh-CN.tsv
var detailsChinese string

// detailOf says what is wrong. A fault's own sentence tells of the very case, in English; another
// language has one sentence for each code.
func detailOf(code trade.Code, spoken, own string) string {
	if spoken == texts.English {
		return own
	}
	if said := actionRow(detailsChinese, string(code)); said != "" {
		return said
	}
	if text, known := texts.Of(string(code), spoken); known {
		return text.Title
	}
	return actionRow(detailsChinese, otherDetails)
}

// titleOf is a status in words.
func titleOf(status int, spoken string) string {
	if spoken == texts.Chinese {
		if said := actionRow(detailsChinese, "@"+strconv.Itoa(status)); said != "" {
			return said
		}
	}
	return http.StatusText(status)
}

// otherDetails is the row for codes that have no sentence of their own there.
const otherDetails = "@other"

// otherReasons is the row for the codes of findings, which have no words of their own here.
const otherReasons = "@reason"

// actionOn says what to do about a refusal. A fault's sentence says what is wrong in the very
// case; this says what next, and is the same for every refusal with the code.
func actionOn(code trade.Code, spoken string) string {
	words := actionsEnglish
	if spoken == texts.Chinese {
		words = actionsChinese
	}
	if said := actionRow(words, string(code)); said != "" {
		return said
	}
	if text, known := texts.Of(string(code), spoken); known { // what readers and rules find
		return text.Advice
	}
	return actionRow(words, otherReasons)
}

// actionRow finds the row of a code; empty when there is none.
func actionRow(words, code string) string {
	_, rest, found := strings.Cut(words, "\n"+code+"\t")
	if !found {
		return ""
	}
	said, _, _ := strings.Cut(rest, "\n")
	return said
}

// faultView shows a refusal with what to do about it.
func faultView(spoken string, f trade.Fault) api.Fault {
	return api.Fault{
		Code: string(f.Code), Path: f.Path, Message: detailOf(f.Code, spoken, f.Message),
		Action: actionOn(f.Code, spoken),
	}
}
