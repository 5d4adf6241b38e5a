package check

import (
	"slices"
	"strings"
)

// ValidLEI tells a legal entity identifier: 18 letters and digits and two check digits, by
// ISO/IEC 7064 MOD 97-10 (ISO 17442-1:2020, section 5).
func ValidLEI(s string) bool {
	return fits(s, "18c2n") && mod97(s) == 1
}

// ValidIBAN tells an international bank account number: the length and structure of its
// country in the IBAN registry, MOD 97-10 (ISO 13616-1), and in Spain the domestic check
// digits too. Spaces, dots and small letters are taken as people write them.
func ValidIBAN(s string) bool {
	s = compact(s)
	if len(s) < len("CCDD") {
		return false
	}
	structure, known := ibanStructure(s[:2])
	if !known || !fits(s, "2a2n"+structure) {
		return false
	}
	return mod97(s[4:]+s[:4]) == 1 && (s[:2] != "ES" || validSpanishAccount(s[4:]))
}

// ValidBIC tells the shape of a business identifier code (ISO 9362): four letters or digits,
// a country, two characters of place, and optionally three of a branch.
func ValidBIC(s string) bool {
	return (fits(s, "4c2a2c") || fits(s, "4c2a5c")) && isCountry(s[4:6])
}

// ValidContainer tells a container number with its check digit (ISO 6346:2022, annex A).
func ValidContainer(s string) bool {
	s = compact(s)
	if !fits(s, "4a7n") || !strings.ContainsRune("UJZ", rune(s[3])) {
		return false
	}
	const prefix = 10
	sum := 0
	for i := range prefix {
		sum += containerValue(s[i]) << i
	}
	return sum%11%10 == int(s[prefix]-'0')
}

// containerValue leaves out the multiples of 11: A is 10, B is 12, K is 21, L is 23.
func containerValue(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	n := int(c-'A') + 10
	return n + (n-1)/10
}

// ValidIMO tells an IMO ship number: seven digits, the last of them the last of the sum of
// the others weighted 7 to 2 (IMO resolution A.1117(30)).
func ValidIMO(s string) bool {
	s = strings.TrimPrefix(compact(s), "IMO")
	if !fits(s, "7n") {
		return false
	}
	sum := 0
	for i := range 6 {
		sum += int(s[i]-'0') * (7 - i)
	}
	return sum%10 == int(s[6]-'0')
}

// usccAlphabet has no I, O, S, V and Z, which are mistaken for digits (GB 32100-2015).
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ValidUSCC tells a Chinese unified social credit code with its check character: the powers
// of three as weights, modulo 31 (GB 32100-2015, section 5.6).
func ValidUSCC(s string) bool {
	if len(s) != usccLength {
		return false
	}
	sum, weight := 0, 1
	for i := range s {
		value := strings.IndexByte(usccAlphabet, s[i])
		if value < 0 {
			return false
		}
		sum += value * weight
		weight = weight * 3 % 31
		if i == usccLength-2 {
			sum %= 31
			weight = 1 // the check character makes the sum a multiple of 31
		}
	}
	return sum%31 == 0
}

const glnLength = 13

// ValidGS1 tells a GS1 number of 8, 12, 13 or 14 digits (GTIN, GLN) by its check digit (GS1
// General Specifications, section 7.9).
func ValidGS1(s string) bool {
	if !slices.Contains([]int{8, 12, glnLength, 14}, len(s)) || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range s {
		weight := 1
		if (len(s)-i)%2 == 0 {
			weight = 3
		}
		sum += int(s[i]-'0') * weight
	}
	return sum%10 == 0
}

// ValidLOCODEShape tells the shape of a UN/LOCODE: a country and three characters of letters
// and the digits 2 to 9 (UN/ECE Recommendation 16). Whether the place exists is not known here.
func ValidLOCODEShape(s string) bool {
	return fits(s, "2a3c") && isCountry(s[:2]) && !strings.ContainsAny(s[2:], "01")
}

// mod97 is the remainder of a text whose letters count as two digits, A as 10 (ISO/IEC 7064).
func mod97(s string) int {
	n := 0
	for i := range s {
		if s[i] <= '9' {
			n = (n*10 + int(s[i]-'0')) % 97
		} else {
			n = (n*100 + int(s[i]-'A') + 10) % 97
		}
	}
	return n
}

// validSpanishAccount checks the two domestic digits of a Spanish account: one for bank and
// branch, one for the account (Consejo Superior Bancario, código cuenta cliente).
func validSpanishAccount(s string) bool {
	return spanishDigit("00"+s[:8]) == s[8] && spanishDigit(s[10:]) == s[9]
}

func spanishDigit(s string) byte {
	sum, weight := 0, 1
	for i := range s {
		sum += int(s[i]-'0') * weight
		weight = weight * 2 % 11
	}
	switch rest := 11 - sum%11; rest {
	case 11:
		return '0'
	case 10:
		return '1'
	default:
		return "0123456789"[rest]
	}
}

// fits tells whether a text has a structure of counted classes: n digits, a capital letters,
// c either. A structure such as "4a14n" is four letters and then fourteen digits; "=U" is
// the letter U itself; "|" separates alternatives.
func fits(s, structure string) bool {
	for alternative := range strings.SplitSeq(structure, "|") {
		if fitsOne(s, alternative) {
			return true
		}
	}
	return false
}

func fitsOne(s, structure string) bool {
	for structure != "" {
		if structure[0] == '=' {
			if s == "" || s[0] != structure[1] {
				return false
			}
			s, structure = s[1:], structure[2:]
			continue
		}
		count := 0
		for structure[0] >= '0' && structure[0] <= '9' {
			count = count*10 + int(structure[0]-'0')
			structure = structure[1:]
		}
		if len(s) < count {
			return false
		}
		for i := range count {
			if !ofClass(s[i], structure[0]) {
				return false
			}
		}
		s, structure = s[count:], structure[1:]
	}
	return s == ""
}

func ofClass(c, class byte) bool {
	digit, letter := c >= '0' && c <= '9', c >= 'A' && c <= 'Z'
	switch class {
	case 'n':
		return digit
	case 'a':
		return letter
	default:
		return digit || letter
	}
}
