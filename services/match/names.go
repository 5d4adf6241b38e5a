package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// reference makes one text of the many ways of writing a number of a paper: width folded,
// upper case, no separators but between two runs of digits, no leading zeros in a run.
// "LQ-0042", "lq 42" and "LQ42" are the same, "1-23" and "12-3" are not. It is the rule of
// the law's fingerprints.
func reference(s string) string {
	var out strings.Builder
	run, digits, before := []rune{}, false, false
	flush := func() {
		if len(run) == 0 {
			return
		}
		text := string(run)
		if digits {
			text = cmp.Or(strings.TrimLeft(text, "0"), "0")
			if before {
				out.WriteByte('.')
			}
		}
		out.WriteString(text)
		run, before = run[:0], digits
	}
	for _, r := range strings.ToUpper(norm.NFKC.String(s)) {
		letter, digit := unicode.IsLetter(r), unicode.IsDigit(r)
		if !letter && !digit || digit != digits {
			flush()
		}
		digits = digit
		if letter || digit {
			run = append(run, r)
		}
	}
	flush()
	return out.String()
}

// identifier folds width and case and drops separators, but keeps zeros: they count in
// account and registration numbers.
func identifier(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(s)))
}

// gtin folds a global trade item number: GTIN-8, -12 and -13 are GTIN-14 with zeros in front.
func gtin(s string) string { return strings.TrimLeft(identifier(s), "0") }

// legalForms are the words that say what an organisation is in law and not who it is.
func legalForms() []string {
	return []string{
		"CO", "COMPANY", "LTD", "LIMITED", "INC", "INCORPORATED", "CORP", "CORPORATION", "LLC",
		"LLP", "LP", "PLC", "GMBH", "AG", "KG", "KGAA", "OHG", "EK", "UG", "SE", "SA", "SAS",
		"SARL", "SRL", "SPA", "BV", "NV", "AS", "ASA", "APS", "AB", "OY", "OYJ", "KK", "PTE",
		"PTY", "PVT", "PRIVATE", "BHD", "SDN", "JSC", "OOO", "AND", "UND", "ET", "OG", "OCH",
	}
}

// hanForms are the same in Chinese and Japanese, longest first; they are parts of one word.
func hanForms() []string {
	return []string{"股份有限公司", "有限责任公司", "有限公司", "株式会社", "公司"}
}

// nameWords are the words of a name that tell who it is: upper case, width folded, without
// legal forms. A name of legal forms alone keeps them.
func nameWords(name string) []string {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune("./'’", r) {
			return -1 // A/S and A.S. are one word
		}
		return r
	}, strings.ToUpper(norm.NFKC.String(name)))
	for _, form := range hanForms() {
		text = strings.ReplaceAll(text, form, " ")
	}
	all := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	forms := legalForms()
	own := slices.DeleteFunc(slices.Clone(all), func(w string) bool {
		return slices.Contains(forms, w)
	})
	if len(own) == 0 {
		return all
	}
	return own
}

// script tells the writing of a name: names in two scripts cannot be compared.
func script(words []string) string {
	for _, w := range words {
		for _, r := range w {
			switch {
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
				return "han"
			case unicode.In(r, unicode.Latin):
				return "latin"
			case unicode.IsLetter(r):
				return "other"
			}
		}
	}
	return ""
}

// likeness is how two names stand to each other.
type likeness int

const (
	incomparable likeness = iota // one is absent, or they are in two scripts
	sameName                     // the same words
	shorterName                  // all words of one are in the other
	otherName                    // each has a word that the other lacks
)

func compareNames(a, b string) likeness {
	x, y := nameWords(a), nameWords(b)
	if len(x) == 0 || len(y) == 0 || script(x) != script(y) {
		return incomparable
	}
	if slices.Equal(x, y) || strings.Join(x, "") == strings.Join(y, "") {
		return sameName
	}
	within := func(a, b []string) bool {
		return !slices.ContainsFunc(a, func(w string) bool { return !slices.Contains(b, w) })
	}
	if within(x, y) || within(y, x) {
		return shorterName
	}
	return otherName
}
