package check

import (
	"strings"
	"time"
)

// ValidEUVAT tells a VAT identification number of a member state of the European Union, of
// Northern Ireland (XI) or of the United Kingdom (GB): the structure of its country
// (European Commission, VIES, structure of VAT numbers) and its check digits, as the tax
// authority of the country defines them. Greece is EL or GR. What people put between the
// digits is passed over. Whether the number is in use is not known here.
func ValidEUVAT(vat string) bool {
	vat, ok := bareVAT(vat)
	if !ok {
		return false
	}
	structure, known := structureOf(vatStructures, vat[:2])
	return known && fits(vat[2:], structure) && vatDigits(vat[:2], vat[2:])
}

// NamesEUCountry tells whether a VAT number begins with a prefix that ValidEUVAT knows.
func NamesEUCountry(vat string) bool {
	vat, ok := bareVAT(vat)
	if !ok {
		return false
	}
	_, known := structureOf(vatStructures, vat[:2])
	return known
}

// bareVAT is the number without punctuation, and whether it has room for a prefix.
func bareVAT(vat string) (string, bool) {
	vat = compact(vat)
	return vat, len(vat) > len("CC")
}

// vatDigits checks the digits of a number that has the structure of its country.
func vatDigits(prefix, s string) bool {
	switch prefix {
	case "AT":
		return vatAustria(s[1:])
	case "BE":
		return vatBelgium(s)
	case "BG":
		return vatBulgaria(s)
	case "CY":
		return vatCyprus(s)
	case "CZ":
		return vatCzechia(s)
	case "DE", "HR":
		return (prefix == "HR" || s[0] != '0') && mod11x10(s)
	case "DK":
		return s[0] != '0' && weighted(s, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
	case "EE":
		return weighted(s, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
	case "EL", "GR":
		return vatGreece(s)
	case "ES":
		return vatSpain(s)
	case "FI":
		return weighted(s, 7, 9, 10, 5, 8, 4, 2, 1)%11 == 0
	case "FR":
		return vatFrance(s)
	case "GB", "XI":
		return vatBritain(s)
	case "HU":
		return weighted(s, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0
	case "IE":
		return vatIreland(s)
	case "IT":
		return vatItaly(s)
	case "LT":
		return vatLithuania(s)
	case "LU":
		return number(s[:6])%89 == number(s[6:])
	case "LV":
		return vatLatvia(s)
	case "MT":
		return s[0] != '0' && weighted(s, 3, 4, 6, 7, 8, 9, 10, 1)%37 == 0
	case "NL":
		return vatNetherlands(s)
	case "PL":
		return weighted(s[:9], 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == digit(s, 9)
	case "PT":
		return s[0] != '0' && (11-weighted(s[:8], 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 == digit(s, 8)
	case "RO":
		return vatRomania(s)
	case "SE":
		return vatSweden(s)
	case "SI":
		return vatSlovenia(s)
	case "SK":
		return s[0] != '0' && strings.ContainsRune("234789", rune(s[2])) && number(s)%11 == 0
	default:
		return false
	}
}

// weighted is the sum of the digits times their weights.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, weight := range weights {
		sum += digit(s, i) * weight
	}
	return sum
}

func digit(s string, i int) int { return int(s[i] - '0') }

// number is the value of a text of digits, at most 18 of them.
func number(s string) int {
	n := 0
	for i := range s {
		n = n*10 + digit(s, i)
	}
	return n
}

// luhn tells whether a text of digits ends with its check digit (ISO/IEC 7812-1, annex B).
func luhn(s string) bool { return luhnSum(s)%10 == 0 }

// luhnSum doubles each second digit from the right, the last one not, and sums the digits.
func luhnSum(s string) int {
	sum := 0
	for i := range s {
		d := digit(s, i)
		if (len(s)-i)%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum
}

// mod11x10 tells whether a text of digits ends with its check digit by the hybrid system of
// ISO/IEC 7064, MOD 11,10.
func mod11x10(s string) bool {
	p := 10
	for i := range len(s) - 1 {
		if p = (p + digit(s, i)) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return (p+digit(s, len(s)-1))%10 == 1
}

// isDay tells whether the calendar has such a day.
func isDay(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t.Month() == time.Month(month) && t.Day() == day
}
