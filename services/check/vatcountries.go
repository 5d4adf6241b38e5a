package check

import "strings"

// vatAustria: the second, fourth and sixth digit count as the digits of their double, and
// four is added (Bundesministerium für Finanzen, UID-Nummer).
func vatAustria(s string) bool {
	return (luhnSum(s[:7])+4+digit(s, 7))%10 == 0
}

// vatBelgium: the last two digits make the first eight a multiple of 97. A number of nine
// digits is an old one without its leading zero (Banque-Carrefour des Entreprises).
func vatBelgium(s string) bool {
	s = strings.Repeat("0", 10-len(s)) + s
	return s[0] <= '1' && number(s[:8]) > 0 && 97-number(s[:8])%97 == number(s[8:])
}

// vatBulgaria: nine digits are a company's in the BULSTAT register, ten are a person's, a
// foreigner's, or another taxpayer's.
func vatBulgaria(s string) bool {
	if len(s) == 9 {
		check := weighted(s, 1, 2, 3, 4, 5, 6, 7, 8) % 11
		if check == 10 {
			check = weighted(s, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
		}
		return check == digit(s, 8)
	}
	last := digit(s, 9)
	person := weighted(s, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == last && bornInBulgaria(s)
	foreigner := weighted(s, 21, 19, 17, 13, 11, 9, 7, 3, 1)%10 == last
	other := (11-weighted(s, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == last
	return person || foreigner || other
}

// bornInBulgaria: the month of a birth before 1900 is counted from 20, since 2000 from 40.
func bornInBulgaria(s string) bool {
	year, month := 1900+number(s[:2]), number(s[2:4])
	switch {
	case month > 40:
		year, month = year+100, month-40
	case month > 20:
		year, month = year-100, month-20
	}
	return isDay(year, month, number(s[4:6]))
}

// vatCyprus: the digits at odd places are translated, and the sum tells the letter.
func vatCyprus(s string) bool {
	if s[:2] == "12" {
		return false
	}
	sum := 0
	for i := range 8 {
		if d := digit(s, i); i%2 == 0 {
			sum += [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}[d]
		} else {
			sum += d
		}
	}
	return s[8] == byte('A'+sum%26)
}

// vatCzechia: eight digits are a company's; nine that begin with 6 a person's without a
// birth number; otherwise it is a birth number, which has a check digit since 1954.
func vatCzechia(s string) bool {
	switch {
	case len(s) == 8:
		check := 11 - weighted(s, 8, 7, 6, 5, 4, 3, 2)%11
		return s[0] != '9' && check%10 == digit(s, 7)
	case len(s) == 9 && s[0] == '6':
		short := 11 - weighted(s[1:], 8, 7, 6, 5, 4, 3, 2)%11 // to the next multiple of 11
		return [...]int{8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8}[short-1] == digit(s, 8)
	default:
		return czechBirthNumber(s)
	}
}

// czechBirthNumber: women's months are counted from 50, and either's from 20 more where a day
// ran out of numbers. Ten digits are given since 1954, with a check digit.
func czechBirthNumber(s string) bool {
	year, checked := 1900+number(s[:2]), len(s) == 10
	switch {
	case checked && year < 1954:
		year += 100
	case !checked && year >= 1980:
		year -= 100
	case !checked && year > 1953:
		return false
	}
	if !isDay(year, number(s[2:4])%50%20, number(s[4:6])) {
		return false
	}
	return !checked || number(s[:9])%11%10 == digit(s, 9)
}

// vatGreece: powers of two as weights, modulo 11.
func vatGreece(s string) bool {
	s = strings.Repeat("0", 9-len(s)) + s
	return number(s) > 0 && weighted(s, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == digit(s, 8)
}

// spanishLetters are those of an identity card by its number modulo 23, and of an
// organisation by its check digit.
const (
	spanishLetters       = "TRWAGMYFPDXBNJZSQVHLCKE"
	spanishOrganisations = "JABCDEFGHI"
)

// vatSpain: a person's number ends in a letter, an organisation's in a digit, a letter, or
// either, as its first letter says (Real Decreto 1065/2007, articles 18 to 24; Orden
// EHA/451/2008).
func vatSpain(s string) bool {
	first, last, middle := s[0], s[8], s[1:8]
	switch {
	case first >= '0' && first <= '9':
		return spanishLetters[number(s[:8])%23] == last
	case strings.IndexByte("XYZ", first) >= 0: // foreigners
		return spanishLetters[(strings.IndexByte("XYZ", first)*1e7+number(middle))%23] == last
	case strings.IndexByte("KLM", first) >= 0: // persons without an identity card
		return spanishLetters[number(middle)%23] == last
	}
	check := (10 - luhnSum(middle+"0")%10) % 10
	asDigit, asLetter := digit(s, 8) == check, spanishOrganisations[check] == last
	switch {
	case strings.IndexByte("NPQRSW", first) >= 0:
		return asLetter
	case strings.IndexByte("ABEH", first) >= 0 && middle[:2] != "00":
		return asDigit
	case strings.IndexByte("ABCDEFGHJUV", first) >= 0:
		return asDigit || asLetter
	default:
		return false
	}
}

// frenchKeys has no I and no O.
const frenchKeys = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// vatFrance: a SIREN, which has a Luhn digit but in Monaco, behind a key of two characters
// made of it (Code général des impôts, annexe III, article 95 F, and later keys with letters).
func vatFrance(s string) bool {
	siren := s[2:]
	first, second := strings.IndexByte(frenchKeys, s[0]), strings.IndexByte(frenchKeys, s[1])
	if first < 0 || second < 0 || siren[:3] != "000" && !luhn(siren) {
		return false
	}
	switch {
	case first < 10 && second < 10:
		return number(siren+"12")%97 == first*10+second
	case first < 10:
		key := first*24 + second - 10
		return (number(siren)+1+key/11)%11 == key%11
	default:
		key := first*34 + second - 100
		return (number(siren)+1+key/11)%11 == key%11
	}
}

// vatBritain: modulo 97, in the older way or, for numbers from 100 on, the one with 55 added
// that began in 2010; three digits more name a branch. GD and HA are departments and health
// authorities.
func vatBritain(s string) bool {
	switch s[:2] {
	case "GD":
		return number(s[2:]) < 500
	case "HA":
		return number(s[2:]) >= 500
	}
	sum := weighted(s, 8, 7, 6, 5, 4, 3, 2) + number(s[7:9])
	return number(s[:7]) > 0 && (sum%97 == 0 || number(s[:3]) >= 100 && (sum+55)%97 == 0)
}

// irishLetters are the check letters by the sum modulo 23.
const irishLetters = "WABCDEFGHIJKLMNOPQRSTUV"

// vatIreland: seven digits and a letter, since 2013 a second letter that is summed too; the
// oldest have a letter or sign in the second place, which comes out, and their first digit
// moves to the end.
func vatIreland(s string) bool {
	digits, check, extra := s[:7], s[7], 0
	if s[1] < '0' || s[1] > '9' {
		digits = "0" + s[2:7] + s[:1]
	}
	if len(s) == 9 {
		extra = strings.IndexByte(irishLetters, s[8])
	}
	return extra >= 0 && irishLetters[(weighted(digits, 8, 7, 6, 5, 4, 3, 2)+9*extra)%23] == check
}

// vatItaly: seven digits, the office of the province, and a Luhn digit.
func vatItaly(s string) bool {
	office := number(s[7:10])
	known := office >= 1 && office <= 100 || office == 120 || office == 121 || office == 888 || office == 999
	return s[:7] != "0000000" && known && luhn(s)
}

// vatLithuania: nine digits are a company's, twelve a temporary number; the last but one is 1.
func vatLithuania(s string) bool {
	body := s[:len(s)-1]
	if body[len(body)-1] != '1' {
		return false
	}
	check := cyclic(body, 0) % 11
	if check == 10 {
		check = cyclic(body, 2) % 11 % 10
	}
	return check == digit(s, len(body))
}

// cyclic sums digits with the weights 1 to 9 over and over, from the one after the start.
func cyclic(s string, start int) int {
	sum := 0
	for i := range s {
		sum += digit(s, i) * (1 + (i+start)%9)
	}
	return sum
}

// vatLatvia: companies begin with 4 or more; persons with their day of birth, or with 32
// since 2017.
func vatLatvia(s string) bool {
	if s[0] > '3' {
		return weighted(s, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)%11 == 3
	}
	born := s[:2] == "32" ||
		s[6] <= '2' && isDay(1800+100*digit(s, 6)+number(s[4:6]), number(s[2:4]), number(s[:2]))
	return born && (1+weighted(s, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9))%11%10 == digit(s, 10)
}

// vatNetherlands: nine digits with a remainder by 11, or since 2020 for sole traders the
// whole number with NL by MOD 97-10; B and a serial number from 01 behind.
func vatNetherlands(s string) bool {
	s = strings.Repeat("0", len("123456789B01")-len(s)) + s
	if number(s[:9]) == 0 || number(s[10:]) == 0 {
		return false
	}
	return weighted(s, 9, 8, 7, 6, 5, 4, 3, 2)%11 == digit(s, 8) || mod97("NL"+s) == 1
}

// vatRomania: up to ten digits are a company's, thirteen a person's with the day of birth.
func vatRomania(s string) bool {
	if len(s) == 13 {
		check := weighted(s, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
		if check == 10 {
			check = 1
		}
		century := [...]int{0, 1900, 1900, 1800, 1800, 2000, 2000, 1900, 1900, 1900}[digit(s, 0)]
		county := number(s[7:9]) // 70 is any, 80 to 83 unknown
		known := county >= 1 && county <= 48 || county == 51 || county == 52 || county == 70 ||
			county >= 80 && county <= 83
		return century > 0 && known && check == digit(s, 12) &&
			isDay(century+number(s[1:3]), number(s[3:5]), number(s[5:7]))
	}
	last := len(s) - 1
	body := strings.Repeat("0", 9-last) + s[:last]
	return s[0] != '0' && weighted(body, 7, 5, 3, 2, 1, 7, 5, 3, 2)*10%11%10 == digit(s, last)
}

// vatSweden: an organisation or personal number with a Luhn digit, and the serial number of
// the taxable unit, from 01 to 94.
func vatSweden(s string) bool {
	unit := number(s[10:])
	return unit >= 1 && unit <= 94 && luhn(s[:10])
}

// vatSlovenia: weights from eight down, modulo 11; ten is written as zero, eleven is not given.
func vatSlovenia(s string) bool {
	check := 11 - weighted(s, 8, 7, 6, 5, 4, 3, 2)%11
	return s[0] != '0' && check < 11 && check%10 == digit(s, 7)
}
