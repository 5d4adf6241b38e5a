// Package semantic is the semantic model of an electronic invoice as EN 16931-1 defines it:
// business groups (BG) of business terms (BT), bound here to the two syntaxes that the standard
// names (CEN/TS 16931-3-2 for UBL 2.1, CEN/TS 16931-3-3 for UN/CEFACT CII D16B).
//
// A binding keeps what the invoice says and judges nothing. Everything is optional: a fragment
// is an invoice in which most is absent. Each group keeps the element it comes from, so that
// "the group is there and the term is missing" has a place. What the official rules reach
// wherever it stands (every code, every VAT category, every VAT identifier) is listed once, so
// that the rules are written over this model and not once for each syntax.
package semantic

import (
	"github.com/countersign/countersign/services/parse/source"
)

// Syntax is the syntax an invoice is written in. The official rules differ between the two in
// places; a rule that does says so.
type Syntax string

// The syntaxes.
const (
	UBLInvoice    Syntax = "ubl-invoice"
	UBLCreditNote Syntax = "ubl-credit-note" //nolint:gosec // G101: no credential, a credit note
	CII           Syntax = "cii"
)

// Invoice is an invoice or a credit note.
type Invoice struct {
	Syntax Syntax
	Root   Value
	// Flaws are values that cannot be trusted: one that may stand once and stands twice
	// (document.duplicate_element, the first is taken), a text cut in two
	// (document.split_text, the first piece is taken), a text with elements inside it
	// (document.malformed), a text that is not the number or the date it should be
	// (document.value), an element of a namespace that the syntax does not use
	// (document.namespace). At most maxFlaws.
	Flaws []source.Fault

	Number       Value   // BT-1
	IssueDate    Date    // BT-2
	TypeCode     Value   // BT-3
	Currency     Value   // BT-5
	TaxCurrency  Value   // BT-6
	TaxPoint     []Date  // BT-7; CII repeats it on each row of the breakdown
	TaxPointCode []Value // BT-8; likewise
	DueDate      Date    // BT-9

	BuyerReference Value      // BT-10
	Project        Value      // BT-11
	Contract       Value      // BT-12
	Order          Value      // BT-13
	SalesOrder     Value      // BT-14
	ReceiptAdvice  []Value    // BT-15
	DespatchAdvice []Value    // BT-16
	Tender         Value      // BT-17
	Object         Identifier // BT-18
	AccountingRef  Value      // BT-19
	PaymentTerms   Value      // BT-20

	Notes         []Note // BG-1
	Process       Value  // BT-23
	Specification Value  // BT-24

	Preceding []Preceding // BG-3; UBL also allows them on lines

	Seller            Party // BG-4
	Buyer             Party // BG-7
	Payee             Party // BG-10
	TaxRepresentative Party // BG-11

	Deliveries []Delivery // BG-13; one in the standard, the first in CII
	Periods    []Period   // BG-14; one in the standard

	Payments []Payment // BG-16

	Adjustments []Adjustment    // BG-20 and BG-21
	Totals      Totals          // BG-22
	TaxTotals   []TaxTotal      // BT-110 and BT-111
	Breakdown   []VATBreakdown  // BG-23, all rows of the document
	Documents   []SupportingDoc // BG-24
	Lines       []Line          // BG-25

	// What follows lists what the official rules reach wherever it stands.

	// Categories are the VAT categories of the whole tree.
	Categories []CategoryUse
	// VATIdentifiers are BT-31, BT-48, BT-63 and any other VAT identifier in the tree.
	VATIdentifiers []Value
	// Codes are the uses of codes that a rule BR-CL-* holds against a list.
	Codes []CodeUse
	// OtherPeriods are periods of something that is neither the document nor a line of it
	// (a UBL sub-line).
	OtherPeriods []Period
	// OtherAttributes are attributes of items that are no items of lines of the document.
	OtherAttributes []ItemAttribute
	// OtherDeliveries are deliveries of lines.
	OtherDeliveries []Delivery
	// LineBreakdown are rows of a VAT breakdown that stand elsewhere than in the document's own
	// (UBL allows one on a line).
	LineBreakdown []VATBreakdown
}

// maxFlaws bounds the flaws kept of one invoice; the first ones tell enough.
const maxFlaws = 100

// Note is a free text, BG-1.
type Note struct {
	Group   Value
	Subject Value // BT-21; in UBL it stands inside the text, as #CODE#
	Text    Value // BT-22
}

// Preceding names an earlier invoice, BG-3.
type Preceding struct {
	Group  Value
	Number Value // BT-25
	Date   Date  // BT-26
}

// Identifier is an identifier and the scheme it is from.
type Identifier struct {
	Value
	Scheme Value
}

// Party is the seller (BG-4), the buyer (BG-7), the payee (BG-10) or the seller's tax
// representative (BG-11).
type Party struct {
	Group Value
	// Name is the name in the register for seller and buyer (BT-27, BT-44), the name for payee
	// and representative (BT-59, BT-62).
	Name          Value
	TradingName   Value             // BT-28, BT-45
	Identifiers   []Identifier      // BT-29, BT-46, BT-60
	Legal         Identifier        // BT-30, BT-47, BT-61
	LegalInfo     Value             // BT-33
	Registrations []TaxRegistration // BT-31, BT-32, BT-48, BT-63
	Endpoint      Identifier        // BT-34, BT-49
	Address       Address           // BG-5, BG-8, BG-12
	Contact       Contact           // BG-6, BG-9
}

// VAT is the VAT identifier of the party, the zero Value when it has none.
func (p *Party) VAT() Value {
	for i := range p.Registrations {
		if p.Registrations[i].VAT && p.Registrations[i].ID.Present() {
			return p.Registrations[i].ID
		}
	}
	return Value{}
}

// TaxRegistration is a registration with a tax authority.
type TaxRegistration struct {
	Group Value
	ID    Value
	VAT   bool   // the scheme is VAT
	Other string // the scheme when it is not VAT, as the syntax writes it ("FC" in CII); "" when none is named
}

// Address is a postal address: BG-5, BG-8, BG-12, BG-15.
type Address struct {
	Group       Value
	Lines       []Value // up to three
	City        Value
	PostCode    Value
	Subdivision Value
	Country     Value // ISO 3166-1 alpha-2
}

// Contact is BG-6 or BG-9.
type Contact struct {
	Group       Value
	Name, Phone Value
	Mail        Value
}

// Delivery is BG-13 with the address BG-15.
type Delivery struct {
	Group    Value
	Name     Value      // BT-70
	Location Identifier // BT-71
	Date     Date       // BT-72
	Address  Address    // BG-15
}

// Period is BG-14 for the document, BG-26 for a line.
type Period struct {
	Group Value
	Start Date  // BT-73, BT-134
	End   Date  // BT-74, BT-135
	Code  Value // BT-8, which UBL puts here
}

// Payment is one set of payment instructions, BG-16.
type Payment struct {
	Group     Value
	Code      Value     // BT-81, UNTDID 4461
	Text      Value     // BT-82
	Reference Value     // BT-83, remittance information
	Due       Date      // where UBL puts the due date of a credit note (BT-9)
	Accounts  []Account // BG-17
	Card      Card      // BG-18
	Mandate   Mandate   // BG-19
}

// Account is where a credit transfer goes, BG-17.
type Account struct {
	Group Value
	// ID is BT-84: an IBAN or a national number. In CII it is the IBAN if there is one.
	ID   Value
	Name Value // BT-85
	BIC  Value // BT-86
	// IBAN and Proprietary are the two elements that CII has for BT-84; absent in UBL.
	IBAN, Proprietary Value
}

// Card is a payment card, BG-18.
type Card struct {
	Group  Value
	Number Value // BT-87, the last digits only
	Holder Value // BT-88
}

// Mandate is a direct debit, BG-19.
type Mandate struct {
	Group     Value
	Reference Value // BT-89
	Creditor  Value // BT-90
	Account   Value // BT-91
}

// Adjustment is an allowance or a charge: on the document (BG-20, BG-21) or on a line (BG-27,
// BG-28).
type Adjustment struct {
	Group Value
	// Indicator says charge or allowance. Charge is meaningful when Indicated: the indicator
	// is one of true, false, 1 and 0.
	Indicator  Value
	Charge     bool
	Indicated  bool
	Amount     Number // BT-92, BT-99, BT-136, BT-141
	Base       Number // BT-93, BT-100, BT-137, BT-142
	Percent    Number // BT-94, BT-101, BT-138, BT-143
	Reason     Value  // BT-97, BT-104, BT-139, BT-144
	ReasonCode Value  // BT-98, BT-105, BT-140, BT-145
	// Taxes are BT-95 and BT-96, BT-102 and BT-103; one in the standard.
	Taxes []TaxCategory
}

// TaxCategory is a VAT category with its rate.
type TaxCategory struct {
	Group Value
	Code  Value  // UNTDID 5305: BT-95, BT-102, BT-118, BT-151
	Rate  Number // BT-96, BT-103, BT-119, BT-152
	// VAT tells that the tax is VAT: the scheme (UBL) or the type (CII) is written so, in
	// capitals or not.
	VAT           bool
	Exemption     Value // BT-120
	ExemptionCode Value // BT-121
}

// Totals is BG-22. The tax totals are in Invoice.TaxTotals.
type Totals struct {
	Group      Value
	Lines      Number // BT-106
	Allowances Number // BT-107
	Charges    Number // BT-108
	WithoutVAT Number // BT-109
	WithVAT    Number // BT-112
	Paid       Number // BT-113
	Rounding   Number // BT-114
	Payable    Number // BT-115
}

// TaxTotal is BT-110, or BT-111 when it is in the accounting currency.
type TaxTotal struct {
	Group  Value // the element that holds amount and rows
	Amount Number
	// Rows are the rows of the breakdown that UBL nests in this total. CII nests none: its rows
	// belong to the total in the currency of the invoice.
	Rows []VATBreakdown
}

// VATBreakdown is one row of BG-23.
type VATBreakdown struct {
	Group    Value
	Base     Number      // BT-116
	Tax      Number      // BT-117
	Category TaxCategory // BT-118 to BT-121
}

// SupportingDoc is BG-24, and whatever else the syntax puts into the same element.
type SupportingDoc struct {
	Group       Value
	Reference   Identifier // BT-122, BT-18
	TypeCode    Value      // UNTDID 1001; 130 marks BT-18, 50 in CII BT-17
	Description Value      // BT-123
	URI         Value      // BT-124
	Attachment  Value      // BT-125, without its bytes
	MIME        Value
	FileName    Value
}

// Line is BG-25.
type Line struct {
	Group         Value
	ID            Value         // BT-126
	Note          Value         // BT-127
	Object        Identifier    // BT-128
	Quantity      Number        // BT-129 with BT-130
	Net           Number        // BT-131
	OrderLine     Value         // BT-132
	AccountingRef Value         // BT-133
	Periods       []Period      // BG-26; one in the standard
	Adjustments   []Adjustment  // BG-27 and BG-28
	Price         Price         // BG-29
	Taxes         []TaxCategory // BG-30; one in the standard
	Item          Item          // BG-31
	// Documents are references that CII allows on a line.
	Documents []SupportingDoc
}

// Price is BG-29.
type Price struct {
	Group    Value
	Net      Number // BT-146
	Discount Number // BT-147
	Gross    Number // BT-148
	Per      Number // BT-149 with BT-150
}

// Item is BG-31.
type Item struct {
	Group           Value
	Name            Value            // BT-153
	Description     Value            // BT-154
	SellerID        Value            // BT-155
	BuyerID         Value            // BT-156
	StandardID      Identifier       // BT-157
	Classifications []Classification // BT-158
	Origin          Value            // BT-159
	Attributes      []ItemAttribute  // BG-32
	Lot             Value            // of the goods; no term of the standard
}

// Classification is BT-158 with the list it is from (UNTDID 7143).
type Classification struct {
	Code Value
	List Value
}

// ItemAttribute is BG-32.
type ItemAttribute struct {
	Group Value
	Name  Value // BT-160
	Value Value // BT-161
}
