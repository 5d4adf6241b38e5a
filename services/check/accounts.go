package check

import "strings"

// domesticDigits checks the check digits that an account number has by itself, inside of an
// IBAN (European Committee for Banking Standards, TR 201, register of account numbers). A
// number that somebody made up with a right IBAN is often wrong here.
func domesticDigits(country, account string) bool {
	switch country {
	case "BA", "ME", "MK", "PT", "RS", "SI": // ISO/IEC 7064, MOD 97-10
		return mod97(account) == 1
	case "BE":
		return belgianAccount(account)
	case "ES":
		return spanishAccount(account)
	case "FR", "MC":
		return frenchAccount(account)
	case "NO":
		return norwegianAccount(account)
	default:
		return true
	}
}

// belgianAccount ends with the remainder by 97 of what is before, 97 for none.
func belgianAccount(s string) bool {
	rest := number(s[:10]) % 97
	if rest == 0 {
		rest = 97
	}
	return rest == number(s[10:])
}

// frenchAccount: bank, branch, account and key, whose letters count as digits, make a multiple
// of 97 (relevé d'identité bancaire).
func frenchAccount(s string) bool {
	var bare strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'S':
			bare.WriteByte((c-'S')%9 + '2')
		case c >= 'A':
			bare.WriteByte((c-'A')%9 + '1')
		default:
			bare.WriteByte(c)
		}
	}
	return mod97(bare.String()) == 0
}

// norwegianAccount ends with a digit that makes it a multiple of 11. Where the fifth and sixth
// digit are zero the first four are left out.
func norwegianAccount(s string) bool {
	if s[4:6] == "00" {
		s = "0000" + s[4:]
	}
	return weighted(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// spanishAccount has two check digits, one for bank and branch, one for the account (Consejo
// Superior Bancario, código cuenta cliente).
func spanishAccount(s string) bool {
	return spanishDigit("00"+s[:8]) == s[8] && spanishDigit(s[10:]) == s[9]
}

func spanishDigit(s string) byte {
	sum, weight := 0, 1
	for i := range s {
		sum += digit(s, i) * weight
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
