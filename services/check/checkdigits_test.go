package check_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/services/check"
)

// scheme is a kind of number: what one looks like, and what its standard promises of a
// mistake in one character, and of two neighbours that changed places.
type scheme struct {
	name string
	// mask has # for a digit, @ for a letter, * for either, % for a character of a USCC, ? for
	// a check digit and ! for a check letter. All else stands for itself.
	mask  string
	valid func(string) bool
	// missed is how many wrong characters in a hundred may pass; swapped how many neighbours,
	// -1 where nothing is promised of them.
	missed, swapped int
}

const (
	digits   = "0123456789"
	letters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	ofUSCC   = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	unstated = -1
)

func schemes() []scheme {
	vat := check.ValidEUVAT
	return []scheme{
		{"LEI", "******************??", check.ValidLEI, 0, 0},
		{"IBAN of Germany", "DE??##################", check.ValidIBAN, 0, 0},
		{"IBAN of Britain", "GB??@@@@##############", check.ValidIBAN, 0, 0},
		{"creditor reference", "RF??*****************", check.ValidCreditorReference, 0, 0},
		{"USCC", "%%######%%%%%%%%%?", check.ValidUSCC, 0, 0},
		{"GTIN-8", "#######?", check.ValidGS1, 0, unstated},
		{"GTIN-12", "###########?", check.ValidGS1, 0, unstated},
		{"GTIN-14", "#############?", check.ValidGS1, 0, unstated},
		{"GLN", "############?", check.ValidGLN, 0, unstated},
		{"SSCC", "#################?", check.ValidSSCC, 0, unstated},
		{"container", "@@@U######?", check.ValidContainer, 10, unstated}, // letters 11 apart, ten as zero
		{"IMO ship", "######?", check.ValidIMO, 20, unstated},            // weights share factors with ten
		{"IMO company", "######?", check.ValidIMOCompany, 6, unstated},   // ten and eleven as zero and one
		{"VAT AT", "ATU#######?", vat, 0, unstated},
		{"VAT BE", "BE07######??", vat, 0, 0},
		{"VAT BG", "BG########?", vat, 6, unstated},
		{"VAT CY", "CY0#######!", vat, 0, unstated},
		{"VAT CZ", "CZ1######?", vat, 6, unstated},
		{"VAT DE", "DE1#######?", vat, 0, unstated},
		{"VAT DK", "DK1######?", vat, 0, 0},
		{"VAT EE", "EE########?", vat, 0, unstated},
		{"VAT EL", "EL########?", vat, 6, unstated},
		{"VAT ES", "ES########!", vat, 0, 0},
		{"VAT FI", "FI#######?", vat, 0, 0},
		{"VAT FR", "FR??########?", vat, 0, 0},
		{"VAT HR", "HR##########?", vat, 0, unstated},
		{"VAT HU", "HU#######?", vat, 0, unstated},
		{"VAT IE", "IE#######!", vat, 0, 0},
		{"VAT IT", "IT#######040?", vat, 0, unstated},
		{"VAT LT", "LT#######1?", vat, 6, unstated},
		{"VAT LU", "LU######??", vat, 0, 0},
		{"VAT LV", "LV4#########?", vat, 0, unstated},
		{"VAT MT", "MT1#####??", vat, 0, unstated},
		{"VAT NL", "NL########?B01", vat, 6, unstated},
		{"VAT PL", "PL########??", vat, 0, unstated},
		{"VAT PT", "PT1#######?", vat, 6, unstated},
		{"VAT RO", "RO1#######?", vat, 6, unstated},
		{"VAT SE", "SE#########?01", vat, 20, unstated}, // the last two only count units
		{"VAT SI", "SI1######?", vat, 6, unstated},
		{"VAT SK", "SK1#2######?", vat, 0, 0},
		{"VAT XI", "XI#######??", vat, 6, unstated}, // two remainders are right
	}
}

// drawn is a right number of the scheme, or none where the body has no check digit.
func (s scheme) drawn(r *rapid.T) (string, bool) {
	number := []byte(s.mask)
	var open []int
	for i, c := range number {
		switch c {
		case '#':
			number[i] = rapid.SampledFrom([]byte(digits)).Draw(r, "digit")
		case '@':
			number[i] = rapid.SampledFrom([]byte(letters)).Draw(r, "letter")
		case '*':
			number[i] = rapid.SampledFrom([]byte(digits+letters)).Draw(r, "either")
		case '%':
			number[i] = rapid.SampledFrom([]byte(ofUSCC)).Draw(r, "character")
		case '?', '!':
			open = append(open, i)
		}
	}
	return s.closed(number, open)
}

// closed tries every check digit in the open places.
func (s scheme) closed(number []byte, open []int) (string, bool) {
	if len(open) == 0 {
		return string(number), s.valid(string(number))
	}
	alphabet := digits
	switch {
	case s.mask[open[0]] == '!':
		alphabet = letters
	case s.name == "USCC":
		alphabet = ofUSCC
	}
	for _, c := range []byte(alphabet) {
		number[open[0]] = c
		if found, ok := s.closed(number, open[1:]); ok {
			return found, true
		}
	}
	return "", false
}

// mistakable are the characters that the one at a place could be mistaken for: of its own
// kind, because a letter counts as two digits and promises hold for either alone.
func (s scheme) mistakable(number string, i int) string {
	switch s.mask[i] {
	case '#', '@', '*', '?', '!', '%':
	default:
		return ""
	}
	switch {
	case s.name == "USCC":
		return ofUSCC
	case strings.IndexByte(digits, number[i]) >= 0:
		return digits
	default:
		return letters
	}
}

func TestNumberWithOneWrongCharacterIsFoundAsFarAsItsSchemePromises(t *testing.T) {
	for _, s := range schemes() {
		t.Run(s.name, func(t *testing.T) {
			tried, missed := 0, 0
			rapid.Check(t, func(r *rapid.T) {
				number, ok := s.drawn(r)
				if !ok {
					r.Skip("no check digit for this one")
				}
				for i := range number {
					for _, c := range []byte(s.mistakable(number, i)) {
						wrong := number[:i] + string(c) + number[i+1:]
						if wrong == number {
							continue
						}
						if tried++; s.valid(wrong) {
							missed++
							if s.missed == 0 {
								r.Fatalf("%s became %s and was taken", number, wrong)
							}
						}
					}
				}
			})
			if missed*100 > tried*s.missed {
				t.Errorf("%d of %d wrong characters pass, at most %d in a hundred may", missed, tried, s.missed)
			}
		})
	}
}

func TestNumberWithSwappedNeighboursIsFoundWhereItsSchemePromisesIt(t *testing.T) {
	for _, s := range schemes() {
		if s.swapped == unstated {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				number, ok := s.drawn(r)
				if !ok {
					r.Skip("no check digit for this one")
				}
				for i := range len(number) - 1 {
					a, b := number[i], number[i+1]
					kind := s.mistakable(number, i)
					if a == b || kind == "" || kind != s.mistakable(number, i+1) {
						continue
					}
					if wrong := number[:i] + string(b) + string(a) + number[i+2:]; s.valid(wrong) {
						r.Fatalf("%s became %s and was taken", number, wrong)
					}
				}
			})
		})
	}
}

func TestNumberIsTakenWithTheSpacesPeopleWrite(t *testing.T) {
	for _, s := range schemes() {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				number, ok := s.drawn(r)
				if !ok {
					r.Skip("no check digit for this one")
				}
				at := rapid.IntRange(1, len(number)-1).Draw(r, "at")
				if spaced := " " + strings.ToLower(number[:at]) + " " + number[at:]; !s.valid(spaced) {
					r.Fatalf("%q was refused", spaced)
				}
			})
		})
	}
}

// Whoever makes an account number up can make its IBAN right. The account's own digits are
// then wrong, in the countries that have some.
func TestAccountWithAWrongDigitAndARightIBANIsFoundWhereTheCountryHasItsOwnDigits(t *testing.T) {
	for _, right := range []string{ // examples of the IBAN registry
		"BA391290079401028494", "BE68539007547034", "ES9121000418450200051332",
		"FR1420041010050500013M02606", "MC5811222000010123456789030", "ME25505000012345678951",
		"MK07250120000058984", "NO9386011117947", "PT50000201231234567890154",
		"RS35260005601001611379", "SI56263300012039086",
	} {
		if !check.ValidIBAN(right) {
			t.Errorf("%s is right and was refused", right)
			continue
		}
		for i := len("CCDD"); i < len(right); i++ {
			if strings.IndexByte(letters, right[i]) >= 0 {
				continue
			}
			made := right[4:i] + string((right[i]-'0'+1)%10+'0') + right[i+1:]
			for both := range 100 {
				iban := right[:2] + string(rune('0'+both/10)) + string(rune('0'+both%10)) + made
				if check.ValidIBAN(iban) {
					t.Errorf("%s was made up of %s and taken", iban, right)
				}
			}
		}
	}
}
