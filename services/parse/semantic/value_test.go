package semantic

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestNumbersAreReadAsTheDecimalLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[-+]?[0-9]{1,24}(\.[0-9]{0,12})?`).Draw(t, "number")
		got, ok := parseNumber(text)
		want, err := decimal.NewFromString(text)
		if err != nil || !ok || !got.Equal(want) {
			t.Fatalf("%q is %s, %v; want %s, %v", text, got, ok, want, err)
		}
	})
}

func TestWhatIsNoPlainDecimalIsNoNumber(t *testing.T) {
	for _, text := range []string{
		"", " ", "-", "+", ".", "-.", "1e3", "1,000.00", "1 000", "1.2.3", "--1", "1-", "0x10", "٣", "NaN", "INF",
		"1€",
		"12345678901234567890123456789012345678901",
	} {
		if d, ok := parseNumber(text); ok {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestEdgesOfANumber(t *testing.T) {
	for text, want := range map[string]string{
		".5": "0.5", "5.": "5", "-0.00": "0", "+7": "7", "000000000000000000000001.10": "1.1",
		"999999999999999999": "999999999999999999", "-9999999999999999999.9": "-9999999999999999999.9",
	} {
		if got, ok := parseNumber(text); !ok || !got.Equal(decimal.RequireFromString(want)) {
			t.Errorf("%q is %s, %v; want %s", text, got, ok, want)
		}
	}
}

func TestASubjectIsWhatStandsBetweenTheFirstTwoNumberSigns(t *testing.T) {
	for text, want := range map[string]string{
		"#AAI#text": "AAI", "see #1": "", "#AAIA#": "", "": "", "text #REG# more": "REG", "##AAI#": "",
	} {
		got, ok := noteSubject(text)
		if ok != (want != "") || (ok && got != want) {
			t.Errorf("%q has the subject %q, %v; want %q", text, got, ok, want)
		}
	}
}
