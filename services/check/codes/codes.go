// Package codes holds the code lists that EN 16931 binds an invoice to: each is a function
// that tells whether a code is on the list. The codes are those of the official validation
// artefacts; the files in lists name agency and date, and scripts/codes writes tables.go.
//
// A code is compared as it is, capitals and all, without the white space around it: the
// caller trims. Where the artefacts hold UBL and CII to different codes there is one function
// for each.
package codes

// DocumentTypeCII tells whether a code is a type of document in CII, where one element holds
// what UBL separates into invoices and credit notes (UNTDID 1001, BR-CL-01).
func DocumentTypeCII(code string) bool { return InvoiceType(code) || CreditNoteType(code) }

// VATCountryPrefixUBL tells whether two letters may begin a VAT identifier in UBL: a country,
// or EL for Greece (BR-CO-09).
func VATCountryPrefixUBL(prefix string) bool { return prefix == greece || CountryUBL(prefix) }

// VATCountryPrefixCII is the same for CII.
func VATCountryPrefixCII(prefix string) bool { return prefix == greece || CountryCII(prefix) }

const greece = "EL"

// SEPA is the scheme of a creditor identifier, which UBL takes beside those of ICD for the
// seller and the payee (BR-CL-10).
const SEPA = "SEPA"
