package en16931

import (
	"strings"

	"github.com/countersign/countersign/services/check/codes"
	"github.com/countersign/countersign/services/parse/semantic"
)

// noteSubjectRule is the one code rule whose code is a part of a text in UBL.
const noteSubjectRule = "BR-CL-08"

// codeRule is the rule that a kind of code is on its list.
func codeRule(kind semantic.CodeKind) string {
	switch kind {
	case semantic.DocumentType:
		return "BR-CL-01"
	case semantic.AmountCurrency:
		return "BR-CL-03"
	case semantic.InvoiceCurrency:
		return "BR-CL-04"
	case semantic.AccountingCurrency:
		return "BR-CL-05"
	case semantic.VATDate:
		return "BR-CL-06"
	case semantic.ReferenceType:
		return "BR-CL-07"
	case semantic.NoteSubject:
		return noteSubjectRule
	case semantic.PartyScheme, semantic.CreditorScheme:
		return "BR-CL-10"
	case semantic.LegalScheme:
		return "BR-CL-11"
	case semantic.Classified:
		return "BR-CL-13"
	case semantic.Country:
		return "BR-CL-14"
	case semantic.OriginCountry:
		return "BR-CL-15"
	case semantic.PaymentMeans:
		return "BR-CL-16"
	case semantic.AdjustmentCategory:
		return "BR-CL-17"
	case semantic.ItemCategory:
		return "BR-CL-18"
	case semantic.AllowanceReason:
		return "BR-CL-19"
	case semantic.ChargeReason:
		return "BR-CL-20"
	case semantic.ItemScheme:
		return "BR-CL-21"
	case semantic.ExemptionReason:
		return "BR-CL-22"
	case semantic.Unit:
		return "BR-CL-23"
	case semantic.MediaType:
		return "BR-CL-24"
	case semantic.EndpointScheme:
		return "BR-CL-25"
	case semantic.LocationScheme:
		return "BR-CL-26"
	}
	return ""
}

// codeRules lists the rules of all kinds of codes.
func codeRules() []Rule {
	var rules []Rule
	for kind := semantic.DocumentType; codeRule(kind) != ""; kind++ {
		rules = append(rules, Rule{ID: codeRule(kind), Severity: Fatal, InCII: Fatal})
	}
	return rules
}

// codes holds every code against its list. A code is compared as it is written; white space
// around it does not count.
func (r *run) codes() {
	last, passed := semantic.CodeUse{}, false // amounts and units repeat the same code again and again
	for _, use := range r.inv.Codes {
		if passed && use.Of == last.Of && use.Code.Text == last.Code.Text {
			continue
		}
		last, passed = use, r.onList(use.Of, use.Code.Text)
		if !passed {
			r.add(codeRule(use.Of), Fatal, &breach{at: use.Code, claimed: use.Code.Text})
		}
	}
}

// onList tells whether a code is on the list of its kind in the syntax of the invoice.
func (r *run) onList(kind semantic.CodeKind, code string) bool {
	switch kind {
	case semantic.DocumentType:
		return r.isDocumentType(code)
	case semantic.AmountCurrency, semantic.InvoiceCurrency, semantic.AccountingCurrency:
		return codes.Currency(code)
	case semantic.VATDate:
		return r.choose(codes.VATDateCodeUBL, codes.VATDateCodeCII)(code)
	case semantic.ReferenceType:
		return codes.ReferenceQualifier(code)
	case semantic.NoteSubject:
		return r.choose(codes.NoteSubjectUBL, codes.NoteSubjectCII)(code)
	case semantic.CreditorScheme:
		return code == sepaScheme || codes.ICD(code)
	case semantic.PartyScheme, semantic.LegalScheme, semantic.ItemScheme, semantic.LocationScheme:
		return codes.ICD(code)
	case semantic.Classified:
		return codes.ItemClassification(code)
	case semantic.Country, semantic.OriginCountry:
		return r.choose(codes.CountryUBL, codes.CountryCII)(code)
	case semantic.PaymentMeans:
		return codes.PaymentMeans(code)
	case semantic.AdjustmentCategory, semantic.ItemCategory:
		return codes.VATCategory(code)
	case semantic.AllowanceReason:
		return codes.AllowanceReason(code)
	case semantic.ChargeReason:
		return codes.ChargeReason(code)
	case semantic.ExemptionReason:
		return codes.VATEX(strings.ToUpper(code)) // in small letters too
	case semantic.Unit:
		return codes.Unit(code)
	case semantic.MediaType:
		return codes.MIME(code)
	case semantic.EndpointScheme:
		return codes.EAS(code)
	}
	return false
}

func (r *run) choose(ubl, cii func(string) bool) func(string) bool {
	if r.ubl {
		return ubl
	}
	return cii
}

// isDocumentType: UBL has a list for each of its two documents, CII one for both.
func (r *run) isDocumentType(code string) bool {
	switch r.inv.Syntax {
	case semantic.UBLInvoice:
		return codes.InvoiceType(code)
	case semantic.UBLCreditNote:
		return codes.CreditNoteType(code)
	case semantic.CII:
		return codes.DocumentTypeCII(code)
	}
	return false
}
