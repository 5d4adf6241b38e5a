package semantic

// CategoryUse is a VAT category and what it is the category of.
type CategoryUse struct {
	TaxCategory
	Of CategoryPlace
}

// CategoryPlace is where in an invoice a VAT category stands.
type CategoryPlace uint8

// The places of VAT categories.
const (
	OfLine      CategoryPlace = iota // an item of a line of the document
	OfSubLine                        // an item elsewhere (a UBL sub-line)
	OfAllowance                      // an allowance, of the document or of anything in it
	OfCharge                         // a charge, likewise
	OfUnclear                        // an allowance or charge whose indicator says neither
	OfBreakdown                      // a row of the VAT breakdown of the document
	OfElsewhere                      // a row of another breakdown
)

// CodeUse is one use of a code that has to be in a list.
type CodeUse struct {
	Of   CodeKind
	Code Value
}

// CodeKind is what a code says; each has one rule BR-CL-*. A binding lists a use exactly where
// the official rule of its syntax looks: some look only at codes that are there, some also
// complain of an absent one (UBL about an amount without its currency), which is then a use
// with a blank text that stands at the element.
type CodeKind uint8

// The kinds of codes, in the order of their rules.
const (
	DocumentType       CodeKind = iota // BR-CL-01, UNTDID 1001
	AmountCurrency                     // BR-CL-03, ISO 4217
	InvoiceCurrency                    // BR-CL-04, ISO 4217
	AccountingCurrency                 // BR-CL-05, ISO 4217
	VATDate                            // BR-CL-06, UNTDID 2005 in UBL, 2475 in CII
	ReferenceType                      // BR-CL-07, UNTDID 1153
	NoteSubject                        // BR-CL-08, UNTDID 4451
	PartyScheme                        // BR-CL-10, ISO 6523
	CreditorScheme                     // BR-CL-10, ISO 6523 or SEPA: of the seller or payee in UBL
	LegalScheme                        // BR-CL-11, ISO 6523
	Classified                         // BR-CL-13, UNTDID 7143
	Country                            // BR-CL-14, ISO 3166-1
	OriginCountry                      // BR-CL-15, ISO 3166-1
	PaymentMeans                       // BR-CL-16, UNTDID 4461
	AdjustmentCategory                 // BR-CL-17, UNTDID 5305
	ItemCategory                       // BR-CL-18, UNTDID 5305
	AllowanceReason                    // BR-CL-19, UNTDID 5189
	ChargeReason                       // BR-CL-20, UNTDID 7161
	ItemScheme                         // BR-CL-21, ISO 6523
	ExemptionReason                    // BR-CL-22, VATEX
	Unit                               // BR-CL-23, UN/ECE Rec 20 and 21
	MediaType                          // BR-CL-24
	EndpointScheme                     // BR-CL-25, EAS
	LocationScheme                     // BR-CL-26, ISO 6523
)
