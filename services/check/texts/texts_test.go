package texts_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/countersign/countersign/services/check/ebl"
	"github.com/countersign/countersign/services/check/en16931"
	"github.com/countersign/countersign/services/check/texts"
)

func TestEveryLanguageHasTheSameRulesAndTerms(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range texts.Rules() {
		if seen[rule] {
			t.Errorf("%s has two rows", rule)
		}
		seen[rule] = true
		first, _ := texts.Of(rule, texts.English)
		for _, language := range texts.Languages() {
			text, ok := texts.Of(rule, language)
			if !ok || text.Title == "" || text.Advice == "" {
				t.Errorf("%s in %s: no words", rule, language)
			}
			if strings.ContainsAny(text.Title+text.Advice, "{}@\t") {
				t.Errorf("%s in %s: a name is missing in %q %q", rule, language, text.Title, text.Advice)
			}
			if !slices.Equal(sorted(text.Terms), sorted(first.Terms)) {
				t.Errorf("%s in %s: terms %v, in English %v", rule, language, text.Terms, first.Terms)
			}
		}
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// The 223 are the rules that the abstract models and the code lists of the official
// artefacts 1.3.16 assert for UBL and for CII alike.
func TestEveryRuleOfEN16931HasWords(t *testing.T) {
	const shared = 223
	families := map[string]int{}
	n := 0
	for _, rule := range texts.Rules() {
		if !strings.HasPrefix(rule, "BR-") {
			continue
		}
		n++
		family, _, _ := strings.Cut(strings.TrimPrefix(rule, "BR-"), "-")
		if unicode.IsDigit(rune(family[0])) {
			family = "BR"
		}
		families[family]++
		if text, _ := texts.Of(rule, texts.English); len(text.Terms) == 0 {
			t.Errorf("%s names no business term", rule)
		}
	}
	want := map[string]int{
		"BR": 58, "CO": 23, "DEC": 21, "CL": 23, "S": 10, "Z": 10, "E": 10, "AE": 10, "IC": 12, "G": 10,
		"O": 14, "AF": 10, "AG": 10, "B": 2,
	}
	for family, count := range want {
		if families[family] != count {
			t.Errorf("%d rules of %s, want %d", families[family], family, count)
		}
	}
	if n != shared {
		t.Errorf("%d rules, want %d", n, shared)
	}
}

// What the program can say of a document is found where it is said: in the sources of the
// readers and of the checks.
func TestEveryFindingOfTheProgramHasWords(t *testing.T) {
	rules, found := texts.Rules(), 0
	said := regexp.MustCompile(`"((?:CS|DCSA)-(?:[A-Z]{2}-)?[0-9]{2})"|Code[A-Z]\w* += "([a-z]+\.[a-z_]+)"`)
	for _, folder := range []string{"..", "../../parse"} {
		err := filepath.WalkDir(folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for _, match := range said.FindAllStringSubmatch(string(source), -1) {
				found++
				if rule := match[1] + match[2]; !slices.Contains(rules, rule) {
					t.Errorf("%s of %s has no words", rule, name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const atLeast = 60
	if found < atLeast {
		t.Fatalf("only %d findings were found in the sources", found)
	}
}

// An advice is an act: it begins with what to do.
func TestEveryAdviceSaysWhatToDo(t *testing.T) {
	acts := []string{
		"Ask", "Bring", "Check", "Compare", "Correct", "Do", "Have", "Look", "Open", "Pay", "Report", "Send",
		"Type",
	}
	for _, rule := range texts.Rules() {
		english, _ := texts.Of(rule, texts.English)
		if first, _, _ := strings.Cut(english.Advice, " "); !slices.Contains(acts, first) {
			t.Errorf("%s: %q", rule, english.Advice)
		}
		if chinese, _ := texts.Of(rule, texts.Chinese); !strings.HasPrefix(chinese.Advice, "请") {
			t.Errorf("%s: %q", rule, chinese.Advice)
		}
		for _, language := range texts.Languages() {
			text, _ := texts.Of(rule, language)
			for _, s := range []string{text.Title, text.Advice} {
				if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "。") || len(s) > 250 {
					t.Errorf("%s in %s: %q is no sentence of a readable length", rule, language, s)
				}
			}
		}
	}
}

func TestChineseHasNoEnglishWordsBesideCodes(t *testing.T) {
	word := regexp.MustCompile(`[A-Za-z]*[a-z][A-Za-z]+`)
	names := strings.NewReplacer("Factur-X", "", "ZUGFeRD", "")
	narrow := regexp.MustCompile(`\p{Han}[,.;:()?!]|[,;:()?!]\p{Han}`)
	for _, rule := range texts.Rules() {
		text, _ := texts.Of(rule, texts.Chinese)
		for _, s := range []string{text.Title, text.Advice} {
			if found := word.FindString(names.Replace(s)); found != "" {
				t.Errorf("%s: %q in %q", rule, found, s)
			}
			if found := narrow.FindString(s); found != "" {
				t.Errorf("%s: Latin punctuation %q in %q", rule, found, s)
			}
			if !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q is not Chinese", rule, s)
			}
		}
	}
}

func TestOfKnowsNoOtherRulesAndLanguages(t *testing.T) {
	for _, c := range [][2]string{
		{"BR-01", "xx"},
		{"BR-01", ""},
		{"BR-34", texts.English},
		{"BR-S-11", texts.English},
		{"", texts.English},
		{"@category S", texts.English},
		{"BR-{S,AF,AG}-01", texts.Chinese},
		{"BR-01\tThe", texts.English},
		{"#", texts.English},
	} {
		if text, ok := texts.Of(c[0], c[1]); ok {
			t.Errorf("%q in %q has the words %+v", c[0], c[1], text)
		}
	}
}

func TestFamiliesPutTheirNamesIn(t *testing.T) {
	for _, c := range []struct{ rule, language, title string }{
		{
			"BR-AE-03", texts.English, "There is a document level allowance that is “reverse charge”, " +
				"but a tax number of the seller or the buyer is missing.",
		},
		{"BR-S-05", texts.Chinese, "有发票行属于“标准税率”，但税率不大于零。"},
		{"BR-DEC-18", texts.English, "The amount due for payment (BT-115) has more than two decimals."},
	} {
		if text, _ := texts.Of(c.rule, c.language); text.Title != c.title {
			t.Errorf("%s: %q, want %q", c.rule, text.Title, c.title)
		}
	}
}

func TestWhereNamesTheFieldInEachLanguage(t *testing.T) {
	for _, c := range []struct{ field, english, chinese string }{
		{"lines[2].net", "line 3", "第 3 行"},
		{"lines", "the lines", "各行"},
		{"buyer.vat", "the buyer", "买方"},
		{"accounts[1].iban", "the account", "收款账户"},
		{"storage.holder.name", "the holder", "持单人"},
		{"totals.payable", "the payable amount", "应付金额"},
		{"lines[x].net", "", ""},
		{"lines[", "", ""},
		{"unheard.of", "", ""},
		{"", "", ""},
	} {
		if got := texts.Where(c.field, texts.English); got != c.english {
			t.Errorf("%q is %q, want %q", c.field, got, c.english)
		}
		if got := texts.Where(c.field, texts.Chinese); got != c.chinese {
			t.Errorf("%q is %q, want %q", c.field, got, c.chinese)
		}
	}
}

func TestOfFieldNamesTheFieldBehindTheTitle(t *testing.T) {
	for _, c := range []struct{ rule, field, language, title string }{
		{"BR-22", "lines[2].quantity", texts.Chinese, "发票行没有数量（第 3 行）。"},
		{"BR-22", "lines[2].quantity", texts.English, "A line has no quantity (line 3)."},
		{"CS-MC-02", "buyer.name", texts.Chinese, "缺少此类单据必须载明的内容（买方）。"},
		{"BR-06", "seller.name", texts.Chinese, "未注明卖方名称。"}, // the title says it already
		{"BR-02", "unheard.of", texts.Chinese, "发票没有号码。"},
		{"BR-02", "", texts.Chinese, "发票没有号码。"},
	} {
		text, ok := texts.OfField(c.rule, c.field, c.language)
		if !ok || text.Title != c.title || text.Advice == "" {
			t.Errorf("%s of %q is %+v, want %q", c.rule, c.field, text, c.title)
		}
	}
	if text, ok := texts.OfField("BR-34", "lines[2].quantity", texts.Chinese); ok {
		t.Errorf("a rule that is not there has the words %+v", text)
	}
}

func TestRulesAreThoseOfTheirPackages(t *testing.T) {
	rules := texts.Rules()
	standard := slices.DeleteFunc(slices.Clone(rules), func(rule string) bool {
		return !strings.HasPrefix(rule, "BR-")
	})
	slices.Sort(standard)
	ids := make([]string, 0, len(standard))
	for _, r := range en16931.Rules() {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(standard, ids) {
		t.Errorf("EN 16931 has the rules\n%v\nand words for\n%v", ids, standard)
	}
	for _, r := range ebl.Rules() {
		if text, _ := texts.Of(r.ID, texts.English); text.Title != r.Message || text.Advice != r.Advice {
			t.Errorf("%s says %q %q, and its words are %q %q", r.ID, r.Message, r.Advice, text.Title, text.Advice)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	for b.Loop() {
		if _, ok := texts.Of("BR-AG-10", texts.Chinese); !ok {
			b.Fatal("no words")
		}
	}
}
