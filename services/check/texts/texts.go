// Package texts holds the words of every finding, in each language that people read them in:
// the rules of EN 16931 (BR-), those of Countersign (CS-) and of DCSA, and what a reader
// refuses or finds (document., pdf., dcsa.). One file a language; the rules of the VAT
// categories are made of one row for many, so that the same thing is called the same
// everywhere.
package texts

import (
	_ "embed" // the files of the languages
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The languages, as BCP 47 writes them.
const (
	English = "en"
	Chinese = "zh-CN"
)

// Languages lists them; the first is what is read where another is not known.
func Languages() []string { return []string{English, Chinese} }

// Text is what a person is told of a finding.
type Text struct {
	Title  string // what is wrong, a sentence
	Advice string // what to do about it
	// Terms are the business terms and groups of EN 16931 that it is about, "BT-1", "BG-25",
	// in the order in which the text names them; none for other rules.
	Terms []string
}

// Of returns the words for a rule, or false for a rule or a language that is not known.
func Of(rule, language string) (Text, bool) {
	words, known := file(language)
	if !known || !isRule(rule) || strings.Contains(rule, "{") {
		return Text{}, false
	}
	title, advice, found := row(words, rule)
	if !found {
		return Text{}, false
	}
	title, advice = fill(words, title, rule), fill(words, advice, rule)
	return Text{title, advice, termsOf(title + advice)}, true
}

// OfField is Of with the name of a field behind the title, so that of ten lines with one
// fault each says which it is. A field without a name leaves the title as it is.
func OfField(rule, field, language string) (Text, bool) {
	text, known := Of(rule, language)
	where := Where(field, language)
	if !known || where == "" || strings.Contains(text.Title, where) {
		return text, known
	}
	words, _ := file(language)
	behind, _, _ := row(words, "@behind title")
	_, size := utf8.DecodeLastRuneInString(behind) // its full stop takes the place of the title's
	text.Title = strings.TrimSuffix(text.Title, behind[len(behind)-size:]) +
		strings.Replace(behind, "#", where, 1)
	return text, known
}

// Where says what part of a document a field is, by its path in parse.Document: "line 3" for
// lines[2].net, "the buyer" for buyer.vat. It is empty where there are no words for it.
func Where(field, language string) string {
	words, known := file(language)
	if !known || strings.ContainsAny(field, "\t\r\n{") {
		return ""
	}
	if rest, ok := strings.CutPrefix(field, "lines["); ok {
		index, _, _ := strings.Cut(rest, "]")
		n, err := strconv.Atoi(index)
		if err != nil {
			return ""
		}
		said, _, _ := row(words, "@where line")
		return strings.Replace(said, "#", strconv.Itoa(n+1), 1)
	}
	for field != "" {
		bare, _, _ := strings.Cut(field, "[")
		if said, _, found := row(words, "@where "+bare); found {
			return said
		}
		field = field[:max(0, strings.LastIndexByte(field, '.'))]
	}
	return ""
}

// Say is a phrase that sentences are made of, "" when there is none under the key. Names in
// braces in it are filled in from pairs of a name and what stands for it.
func Say(key, language string, particulars ...string) string {
	words, known := file(language)
	if !known || strings.ContainsAny(key, "\t\r\n{") {
		return ""
	}
	said, _, _ := row(words, key)
	if len(particulars) == 0 || !strings.Contains(said, "{") {
		return said
	}
	pairs := make([]string, len(particulars))
	for i, p := range particulars {
		pairs[i] = p
		if i%2 == 0 {
			pairs[i] = "{" + p + "}"
		}
	}
	return strings.NewReplacer(pairs...).Replace(said)
}

// Rules lists every rule that has words, in the order of the files.
func Rules() []string {
	var rules []string
	for line := range strings.Lines(english) {
		if key, _, found := strings.Cut(line, "\t"); found && isRule(key) {
			rules = append(rules, expand(key)...)
		}
	}
	return rules
}

//go:embed en.tsv
var english string

//go:embed zh-CN.tsv
var chinese string

func file(language string) (string, bool) {
	switch language {
	case English:
		return english, true
	case Chinese:
		return chinese, true
	default:
		return "", false
	}
}

// isRule keeps apart the rows of rules and those of names and remarks.
func isRule(key string) bool {
	return key != "" && !strings.HasPrefix(key, "@") && !strings.ContainsAny(key, "\t\r\n")
}

// row finds the row of a key: its own, or the first that stands for it with others.
func row(words, key string) (title, advice string, found bool) {
	if _, rest, ok := strings.Cut(words, "\n"+key+"\t"); ok {
		return cells(rest)
	}
	for line := range strings.Lines(words) {
		pattern, rest, ok := strings.Cut(line, "\t")
		if ok && matches(pattern, key) {
			return cells(rest)
		}
	}
	return "", "", false
}

func cells(rest string) (title, advice string, found bool) {
	line, _, _ := strings.Cut(rest, "\n")
	title, advice, found = strings.Cut(line, "\t")
	return title, strings.TrimSpace(advice), found
}

// matches tells whether a key is one of those that a pattern is written out as.
func matches(pattern, key string) bool {
	before, rest, ok := strings.Cut(pattern, "{")
	if !ok {
		return pattern == key
	}
	key, ok = strings.CutPrefix(key, before)
	if !ok {
		return false
	}
	list, after, _ := strings.Cut(rest, "}")
	for item := range strings.SplitSeq(list, ",") {
		if tail, ok := strings.CutPrefix(key, item); ok && matches(after, tail) {
			return true
		}
	}
	return false
}

// expand writes out a key with lists in braces: "BR-{S,Z}-01" is BR-S-01 and BR-Z-01.
func expand(pattern string) []string {
	before, rest, ok := strings.Cut(pattern, "{")
	if !ok {
		return []string{pattern}
	}
	list, after, ok := strings.Cut(rest, "}")
	if !ok {
		return nil
	}
	var keys []string
	for item := range strings.SplitSeq(list, ",") {
		for _, tail := range expand(after) {
			keys = append(keys, before+item+tail)
		}
	}
	return keys
}

// fill puts the names of the rule's category and number in place of the braces.
func fill(words, text, rule string) string {
	for {
		before, rest, ok := strings.Cut(text, "{")
		if !ok {
			return text
		}
		name, after, _ := strings.Cut(rest, "}")
		said, _, _ := row(words, "@"+name+" "+argument(rule, name))
		text = before + said + after
	}
}

// argument is what a name depends on: of BR-AE-05 the category AE or the number 05.
func argument(rule, name string) string {
	parts := strings.Split(rule, "-")
	if name == "category" {
		return parts[max(0, len(parts)-2)]
	}
	return parts[len(parts)-1]
}

// termsOf finds BT- and BG- with their numbers.
func termsOf(text string) []string {
	var terms []string
	for i := range text {
		if rest := text[i:]; strings.HasPrefix(rest, "BT-") || strings.HasPrefix(rest, "BG-") {
			end := len("BT-")
			for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
				end++
			}
			if term := rest[:end]; !slices.Contains(terms, term) {
				terms = append(terms, term)
			}
		}
	}
	return terms
}
