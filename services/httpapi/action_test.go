package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/blob"
	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/match"
)

// TestEveryCodeSaysWhatToDo walks every code that a problem can carry.
func TestEveryCodeSaysWhatToDo(t *testing.T) {
	for _, spoken := range texts.Languages() {
		for _, code := range slices.Concat(
			mirrored(t), trade.Codes(), app.Codes(), Codes(),
			[]trade.Code{blob.CodeTooLarge, blob.CodeEmpty, blob.CodeNotFound, blob.CodeCorrupt},
		) {
			action := actionOn(code, spoken)
			if action == "" || action == actionOn(otherReasons, spoken) {
				t.Errorf("%s: nobody is told what to do, in %s", code, spoken)
			}
		}
	}
}

func TestEveryStatusHasATitle(t *testing.T) {
	for status := range codesByStatus() {
		for _, spoken := range texts.Languages() {
			title := titleOf(status, spoken)
			if title == "" || (spoken != texts.English && title == http.StatusText(status)) {
				t.Errorf("%d is called %q in %s", status, title, spoken)
			}
		}
	}
}

// TestEveryCodeSaysWhatIsWrong wants a sentence of its own for each code that a problem can carry, where
// the fault's own, in English, is not shown.
func TestEveryCodeSaysWhatIsWrong(t *testing.T) {
	for _, code := range mirrored(t) {
		said := detailOf(code, texts.Chinese, "")
		if said == "" || said == actionRow(detailsChinese, otherDetails) {
			t.Errorf("%s: nobody is told what is wrong, in %s", code, texts.Chinese)
		}
	}
}

func TestTheActionsAreOfCodesThatThereAre(t *testing.T) {
	known := mirrored(t)
	for line := range strings.Lines(actionsEnglish) {
		code, _, found := strings.Cut(line, "\t")
		if found && code != otherReasons && !slices.Contains(known, trade.Code(code)) {
			t.Errorf("%s: there is no such code any more", code)
		}
		if found && actionRow(actionsChinese, code) == "" {
			t.Errorf("%s: nothing in Chinese", code)
		}
	}
}

func TestReasonsOfVerdictsSayWhatToDoToo(t *testing.T) {
	for _, code := range []trade.Code{trade.Code(match.CodeQuantity), "BR-CO-15", "CS-NONE"} {
		for _, spoken := range texts.Languages() {
			if actionOn(code, spoken) == "" {
				t.Errorf("%s: nothing in %s", code, spoken)
			}
		}
	}
}

func TestAProblemSaysWhatToDoInTheReadersLanguage(t *testing.T) {
	s := testServer(t, nil)
	for wanted, spoken := range map[string]string{
		"": texts.English, "de": texts.English, "zh-CN,zh;q=0.9,en;q=0.8": texts.Chinese,
	} {
		r := request(t, http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", wanted)
		p := problemOf(t, answerTo(t, s.failing(faults{
			{Code: app.CodeInput, Path: "a", Message: "one"}, {Code: app.CodeInput, Path: "b", Message: "two"},
		}), r))
		if want := actionOn(app.CodeInput, spoken); p.Action != want || len(p.Errors) != 2 ||
			p.Errors[1].Action != want {
			t.Errorf("asked for %q: %+v", wanted, p)
		}
		if p.Title == http.StatusText(p.Status) == (spoken == texts.Chinese) {
			t.Errorf("asked for %q the title is %q", wanted, p.Title)
		}
	}
}
