package check

import "strings"

// ibanStructure is the structure of the account number behind country code and check digits
// (SWIFT IBAN Registry, release 99), in the notation of fits.
func ibanStructure(country string) (string, bool) {
	s, ok := map[string]string{
		"AD": "8n12c", "AE": "19n", "AL": "8n16c", "AT": "16n", "AZ": "4a20c", "BA": "16n", "BE": "12n",
		"BG": "4a6n8c", "BH": "4a14c", "BI": "23n", "BR": "23n1a1c", "BY": "4c4n16c", "CH": "5n12c",
		"CR": "18n", "CY": "8n16c", "CZ": "20n", "DE": "18n", "DJ": "23n", "DK": "14n", "DO": "4c20n",
		"EE": "16n", "EG": "25n", "ES": "20n", "FI": "14n", "FK": "2a12n", "FO": "14n", "FR": "10n11c2n",
		"GB": "4a14n", "GE": "2a16n", "GI": "4a15c", "GL": "14n", "GR": "7n16c", "GT": "24c", "HN": "4a20n",
		"HR": "17n", "HU": "24n", "IE": "4a14n", "IL": "19n", "IQ": "4a15n", "IS": "22n", "IT": "1a10n12c",
		"JO": "4a4n18c", "KW": "4a22c", "KZ": "3n13c", "LB": "4n20c", "LC": "4a24c", "LI": "5n12c",
		"LT": "16n", "LU": "3n13c", "LV": "4a13c", "LY": "21n", "MC": "10n11c2n", "MD": "20c", "ME": "18n",
		"MK": "3n10c2n", "MN": "16n", "MR": "23n", "MT": "4a5n18c", "MU": "4a19n3a", "NI": "4a20n",
		"NL": "4a10n", "NO": "11n", "OM": "3n16c", "PK": "4a16c", "PL": "24n", "PS": "4a21c", "PT": "21n",
		"QA": "4a21c", "RO": "4a16c", "RS": "18n", "RU": "14n15c", "SA": "2n18c", "SC": "4a20n3a",
		"SD": "14n", "SE": "20n", "SI": "15n", "SK": "20n", "SM": "1a10n12c", "SO": "19n", "ST": "21n",
		"SV": "4a20n", "TL": "19n", "TN": "20n", "TR": "6n16c", "UA": "6n19c", "VA": "18n", "VG": "4a16n",
		"XK": "16n", "YE": "4a4n18c",
	}[country]
	return s, ok
}

// euVATStructure is the structure of a VAT number behind its prefix (European Commission,
// VIES, structure of VAT numbers); XI is Northern Ireland, EL Greece.
func euVATStructure(prefix string) (string, bool) {
	s, ok := map[string]string{
		"AT": "=U8n", "BE": "9n|10n", "BG": "9n|10n", "CY": "8n1a", "CZ": "8n|9n|10n", "DE": "9n", "DK": "8n",
		"EE": "9n", "EL": "9n",
		"ES": "1c7n1c", "FI": "8n", "FR": "2c9n", "GR": "9n", "HR": "11n", "HU": "8n",
		"IE": "7n1a|7n2a|1n1c5n1a", "IT": "11n", "LT": "9n|12n", "LU": "8n", "LV": "11n", "MT": "8n",
		"NL": "7n=B2n|8n=B2n|9n=B2n", "PL": "10n", "PT": "9n",
		"RO": "2n|3n|4n|5n|6n|7n|8n|9n|10n|13n", "SE": "10n=0=1",
		"SI": "8n", "SK": "10n", "XI": "9n|12n|2a3n",
	}[prefix]
	return s, ok
}

// NamesEUCountry tells whether a VAT number begins with a prefix whose structure is known.
func NamesEUCountry(vat string) bool {
	vat = compact(vat)
	if len(vat) < len("CC") {
		return false
	}
	_, ok := euVATStructure(vat[:2])
	return ok
}

// ValidEUVATShape tells whether a VAT number has the structure of its country; it does not
// compute check digits, which differ in each country, nor ask whether the number is in use.
func ValidEUVATShape(vat string) bool {
	vat = compact(vat)
	if len(vat) < len("CC") {
		return false
	}
	structure, ok := euVATStructure(vat[:2])
	return ok && fits(vat[2:], structure)
}

// countries are the codes of ISO 3166-1 alpha-2, and XK as banks use it for Kosovo.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO " +
	"BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ " +
	"EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY " +
	"HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB " +
	"LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA " +
	"NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA " +
	"SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT " +
	"TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

func isCountry(code string) bool {
	return len(code) == len("CC") && strings.Contains(countries, code)
}
