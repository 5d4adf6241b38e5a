package trade

import (
	"strings"
	"testing"
	"unicode"
)

func TestNumbersAreTheSameHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"LQ42":       {"LQ-0042", "lq 42", "LQ42", " L.Q/42 ", "ＬＱ－００４２", "lq\u00a042"},
		"1.23":       {"1-23", "01/023", "1 23"},
		"12.3":       {"12-3", "012.3"},
		"2027.11.2":  {"2027-11-2", "2027/11/02"},
		"A0":         {"A-0", "a000"},
		"甬采字2027.12": {"甬采字2027-12号"[:len("甬采字2027-12")], "甬采字(2027)第12"[:len("甬采字(2027)")] + "12"},
		"":           {"", " -/. "},
	} {
		for _, s := range spellings {
			if got := normal(s); got != want {
				t.Errorf("normal(%q) is %q, want %q", s, got, want)
			}
		}
	}
	if squeezed("9133 0212-xa1q 7k2axu") != "91330212XA1Q7K2AXU" {
		t.Error("a registration number is not the same with punctuation")
	}
}

// FuzzNormal: a normal text is normal, and punctuation, case and width around it change
// nothing.
func FuzzNormal(f *testing.F) {
	for _, s := range []string{"LQ-0042", "1-23", "ＬＱ０", "ß", "ǅ", "\xff0", "٣-۴", "½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := normal(s)
		if twice := normal(once); twice != once {
			t.Errorf("normal(%q) is %q, and of that %q", s, once, twice)
		}
		for _, same := range []string{" " + s + "-", "(" + s + ")"} {
			if got := normal(same); got != once {
				t.Errorf("normal(%q) is %q, of %q it is %q", same, got, s, once)
			}
		}
		if strings.ContainsFunc(once, func(r rune) bool {
			return r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			t.Errorf("normal(%q) is %q", s, once)
		}
		if squeezed(squeezed(s)) != squeezed(s) {
			t.Errorf("squeezed(%q) is not squeezed", s)
		}
	})
}
