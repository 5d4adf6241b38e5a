package check

import "strings"

// ValidLEI tells a legal entity identifier: 18 letters and digits and two check digits, by
// ISO/IEC 7064 MOD 97-10 (ISO 17442-1:2020, section 5). Spaces are passed over.
func ValidLEI(s string) bool {
	s = compact(s)
	return fits(s, "18c2n") && mod97(s) == 1 && canBeMod97(s[18:])
}

// ValidIBAN tells an international bank account number: the length and structure of its
// country in the IBAN registry, MOD 97-10 (ISO 13616-1), and the check digits that the country
// itself has, as far as they are known here. Spaces, dots and small letters are taken as
// people write them.
func ValidIBAN(s string) bool {
	s = compact(s)
	if len(s) < len("CCDD") {
		return false
	}
	structure, known := structureOf(ibanStructures, s[:2])
	if !known || !fits(s, "2a2n"+structure) {
		return false
	}
	return mod97(s[4:]+s[:4]) == 1 && canBeMod97(s[2:4]) && domesticDigits(s[:2], s[4:])
}

// ValidCreditorReference tells a structured creditor reference: RF, two check digits by MOD
// 97-10, and up to 21 letters and digits (ISO 11649:2009, section 5). Spaces are passed over.
func ValidCreditorReference(s string) bool {
	s = compact(s)
	const head, longest = len("RF18"), 25
	if len(s) <= head || len(s) > longest || s[:2] != "RF" || !fits(s[2:head], "2n") {
		return false
	}
	for i := range s {
		if !ofClass(s[i], 'c') {
			return false
		}
	}
	return mod97(s[head:]+s[:head]) == 1 && canBeMod97(s[2:head])
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
	return sum%11%10 == digit(s, prefix)
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
	return fits(s, "7n") && weighted(s, 7, 6, 5, 4, 3, 2)%10 == digit(s, 6)
}

// ValidIMOCompany tells the number of a company or registered owner of ships: seven digits,
// the last by the weights 8, 6, 4, 2, 9 and 7, modulo 11 and then 10 (IMO resolution
// MSC.160(78)).
func ValidIMOCompany(s string) bool {
	s = strings.TrimPrefix(compact(s), "IMO")
	return fits(s, "7n") && (11-weighted(s, 8, 6, 4, 2, 9, 7)%11)%10 == digit(s, 6)
}

// usccAlphabet has no I, O, S, V and Z, which are mistaken for digits (GB 32100-2015).
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ValidUSCC tells a Chinese unified social credit code with its check character: the powers
// of three as weights, modulo 31 (GB 32100-2015, section 5.6). Spaces are passed over.
func ValidUSCC(s string) bool {
	s = compact(s)
	if len(s) != usccLength || !fits(s[2:8], "6n") { // the third to eighth name a district
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

// ValidGS1 tells a trade item number (GTIN) of 8, 12, 13 or 14 digits by its check digit (GS1
// General Specifications, section 7.9). Spaces and hyphens are passed over.
func ValidGS1(s string) bool { return gs1Number(s, "8n|12n|13n|14n") }

// ValidGLN tells a global location number: 13 digits, checked as the others.
func ValidGLN(s string) bool { return gs1Number(s, "13n") }

// ValidSSCC tells a serial shipping container code: 18 digits, checked as the others.
func ValidSSCC(s string) bool { return gs1Number(s, "18n") }

// gs1Number weighs the digits with 1 and 3 in turn from the right.
func gs1Number(s, structure string) bool {
	s = compact(s)
	if !fits(s, structure) {
		return false
	}
	sum := 0
	for i := range s {
		weight := 1
		if (len(s)-i)%2 == 0 {
			weight = 3
		}
		sum += digit(s, i) * weight
	}
	return sum%10 == 0
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

// canBeMod97 tells two check digits that MOD 97-10 gives: 98 less a remainder, so that 00, 01
// and 99, which have the remainders of 97, 98 and 02, are never right (ISO/IEC 7064).
func canBeMod97(s string) bool { return s != "00" && s != "01" && s != "99" }
