package check

import (
	"strings"

	"github.com/countersign/countersign/services/check/codes"
)

// ibanStructures are the structures of the account number behind country code and check
// digits (SWIFT IBAN Registry, release 101), in the notation of fits.
const ibanStructures = "" +
	" AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c " +
	"BY:4c4n16c CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n EE:16n EG:25n " +
	"ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c " +
	"HN:4a20n HR:17n HU:24n IE:4a14n IL:19n IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c " +
	"KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n MD:20c " +
	"ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c " +
	"PK:4a16c PL:24n PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a " +
	"SD:14n SE:20n SI:15n SK:20n SM:1a10n12c SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c " +
	"UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c "

// vatStructures are the structures of VAT numbers behind their prefix (European Commission,
// VIES, structure of VAT numbers). XI is Northern Ireland, EL and GR Greece. Belgium's ten
// digits began as nine, Greece's nine as eight, and the Netherlands write theirs with leading
// zeros or without.
const vatStructures = "" +
	" AT:=U8n BE:9n|10n BG:9n|10n CY:8n1a CZ:8n|9n|10n DE:9n DK:8n EE:9n EL:8n|9n ES:1c7n1c FI:8n " +
	"FR:2c9n GB:9n|12n|=G=D3n|=H=A3n GR:8n|9n HR:11n HU:8n " +
	"IE:7n1a|7n2a|1n1a5n1a|1n=+5n1a|1n=*5n1a IT:11n LT:9n|12n LU:8n LV:11n MT:8n " +
	"NL:7n=B2n|8n=B2n|9n=B2n PL:10n PT:9n RO:2n|3n|4n|5n|6n|7n|8n|9n|10n|13n SE:12n SI:8n SK:10n " +
	"XI:9n|12n|=G=D3n|=H=A3n "

// structureOf finds the structure of a country in one of the tables.
func structureOf(table, country string) (string, bool) {
	if len(country) != len("CC") || !fits(country, "2a") {
		return "", false
	}
	_, rest, found := strings.Cut(table, " "+country+":")
	structure, _, _ := strings.Cut(rest, " ")
	return structure, found
}

// isCountry tells a code of ISO 3166-1 alpha-2, or XK as banks use it for Kosovo. The list
// of EN 16931 has two more, of its own: 1A is Kosovo too, XI Northern Ireland.
func isCountry(code string) bool {
	return code == "XK" || codes.CountryUBL(code) && code != "1A" && code != "XI"
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
