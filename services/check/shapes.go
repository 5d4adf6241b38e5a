package check

import "strings"

// ValidLOCODEShape tells the shape of a UN/LOCODE: a country and three characters of letters
// and the digits 2 to 9 (UN/ECE Recommendation 16). Whether the place exists is not known here.
func ValidLOCODEShape(s string) bool {
	return fits(s, "2a3c") && isCountry(s[:2]) && !strings.ContainsAny(s[2:], "01")
}

// ValidHSShape tells the shape of a commodity code of the Harmonized System: six digits, or
// up to ten where a country divides further, in one of the chapters 01 to 97 (77 is kept for
// later). Points and spaces are passed over; whether the heading exists is not known here.
func ValidHSShape(s string) bool {
	s = compact(s)
	if !fits(s, "6n|7n|8n|9n|10n") {
		return false
	}
	chapter := s[:2]
	return chapter >= "01" && chapter <= "97" && chapter != "77"
}

// ValidFapiaoNumber tells the shape of the number of a Chinese invoice: twenty digits of one
// that is wholly electronic (State Taxation Administration, announcement 11 of 2024: year,
// region, channel, serial number), or the eight of the older ones, which a code of
// ValidFapiaoCode belongs to. It has no check digit.
func ValidFapiaoNumber(s string) bool { return fits(s, "8n|20n") }

// ValidFapiaoCode tells the shape of the code before the number of an older Chinese invoice:
// ten digits of a special VAT invoice on paper, twelve of the others.
func ValidFapiaoCode(s string) bool { return fits(s, "10n|12n") }
