package semantic

import (
	"encoding/xml"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// boundCII binds an invoice with the given content.
func boundCII(t *testing.T, content string) *Invoice {
	t.Helper()
	root, f := xmltree.Parse([]byte(`<rsm:CrossIndustryInvoice xmlns:rsm="`+nsRSM+`" xmlns:ram="`+RAM+
		`" xmlns:udt="`+nsUDT+`" xmlns:qdt="`+nsQDT+`">`+content+`</rsm:CrossIndustryInvoice>`),
		xmltree.Options{Limits: source.DefaultLimits(), Known: KnownInCII, KeepForeign: true})
	if f != nil {
		t.Fatal(f)
	}
	if !IsCII(xml.Name{Space: root.Space, Local: root.Local}) {
		t.Fatal("the root is not told")
	}
	return FromCII(root)
}

// settled puts content into the settlement of an invoice.
func settled(content string) string {
	return "<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeSettlement>" + content +
		"</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>"
}

func TestAnEmptyCIIIsBoundWithoutAFlaw(t *testing.T) {
	for _, content := range []string{
		"", "<rsm:ExchangedDocument/>", "<rsm:SupplyChainTradeTransaction/>", settled(""),
		"<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem/>" +
			"</rsm:SupplyChainTradeTransaction>",
	} {
		if inv := boundCII(t, content); len(inv.Flaws) > 0 || inv.Number.Present() || inv.Totals.Payable.Present() {
			t.Errorf("%q is bound as %+v", content, inv)
		}
	}
}

func TestADateOfCIIIsReadInTheFormatItDeclares(t *testing.T) {
	for text, valid := range map[string]bool{
		`<udt:DateTimeString format="102">20260301</udt:DateTimeString>`:     true,
		`<udt:DateTimeString format="102"> 20260301 </udt:DateTimeString>`:   true,
		`<udt:DateTimeString format="102">20260230</udt:DateTimeString>`:     false,
		`<udt:DateTimeString format="102">2026-03-01</udt:DateTimeString>`:   false,
		`<udt:DateTimeString format="610">202603</udt:DateTimeString>`:       false,
		`<udt:DateTimeString>20260301</udt:DateTimeString>`:                  false,
		`<udt:DateTimeString format="203">202603011200</udt:DateTimeString>`: false,
		`<udt:DateTimeString format="102"></udt:DateTimeString>`:             false,
	} {
		inv := boundCII(t, "<rsm:ExchangedDocument><ram:IssueDateTime>"+text+
			"</ram:IssueDateTime></rsm:ExchangedDocument>")
		if inv.IssueDate.Valid != valid || !inv.IssueDate.Present() {
			t.Errorf("%s is read as %+v", text, inv.IssueDate)
		}
		if valid && inv.IssueDate.Day.String() != "2026-03-01" {
			t.Errorf("%s is read as %s", text, inv.IssueDate.Day)
		}
	}
}

func TestWhatStandsTwiceInCIIIsAFlawAndTheFirstIsTaken(t *testing.T) {
	inv := boundCII(t, settled("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"+
		"<ram:InvoiceCurrencyCode>USD</ram:InvoiceCurrencyCode>"))
	if inv.Currency.Text != "EUR" || !slices.Equal(flawCodes(inv), []string{source.CodeDuplicate}) {
		t.Errorf("bound as %q with %v", inv.Currency.Text, inv.Flaws)
	}
}

func TestTheTaxTotalsOfCIIMayBeInTwoCurrencies(t *testing.T) {
	inv := boundCII(t, settled("<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"+
		`<ram:TaxTotalAmount currencyID="EUR">1</ram:TaxTotalAmount>`+
		`<ram:TaxTotalAmount currencyID="DKK">7</ram:TaxTotalAmount>`+
		"</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"))
	if len(inv.Flaws) > 0 || len(inv.TaxTotals) != 2 || inv.TaxTotals[1].Amount.Unit.Text != "DKK" {
		t.Errorf("bound as %+v", inv.TaxTotals)
	}
}

func TestOfATotalInTwoCurrenciesTheOneOfTheInvoiceCounts(t *testing.T) {
	totals := func(currency string) *Invoice {
		return boundCII(t, settled("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"+
			"<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"+
			`<ram:GrandTotalAmount currencyID="`+currency+`">7</ram:GrandTotalAmount>`+
			`<ram:GrandTotalAmount currencyID="EUR">1</ram:GrandTotalAmount>`+
			"</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"))
	}
	if inv := totals("DKK"); len(inv.Flaws) > 0 || inv.Totals.WithVAT.Text != "1" {
		t.Errorf("bound as %q with %v", inv.Totals.WithVAT.Text, inv.Flaws)
	}
	if inv := totals("EUR"); !slices.Equal(flawCodes(inv), []string{source.CodeDuplicate}) {
		t.Errorf("two in the same currency have the flaws %v", inv.Flaws)
	}
}

func TestTheVATCategoriesOfCIIKnowWhatTheyAreOf(t *testing.T) {
	allowance := func(indicator string) string {
		return "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>" + indicator +
			"</udt:Indicator></ram:ChargeIndicator><ram:CategoryTradeTax><ram:TypeCode>vat</ram:TypeCode>" +
			"</ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>"
	}
	inv := boundCII(t, "<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>"+
		"<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax/></ram:SpecifiedLineTradeSettlement>"+
		"</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeSettlement><ram:ApplicableTradeTax/>"+
		allowance("false")+allowance("true")+allowance("maybe")+
		"</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>")
	var places []CategoryPlace
	for _, use := range inv.Categories {
		places = append(places, use.Of)
	}
	want := []CategoryPlace{OfLine, OfBreakdown, OfAllowance, OfCharge, OfUnclear}
	if !slices.Equal(places, want) {
		t.Errorf("the categories are of %v, want %v", places, want)
	}
	if !inv.Categories[2].VAT {
		t.Error("VAT in small letters is no VAT")
	}
}

// A scheme of an identifier is held against the list of what it identifies, once.
func TestTheSchemesOfCIIAreOfWhatTheyIdentify(t *testing.T) {
	global := `<ram:GlobalID schemeID="0088">1</ram:GlobalID>`
	inv := boundCII(t, "<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>"+
		"<ram:SpecifiedTradeProduct>"+global+"</ram:SpecifiedTradeProduct></ram:IncludedSupplyChainTradeLineItem>"+
		"<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>"+global+
		`<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">1</ram:ID></ram:SpecifiedLegalOrganization>`+
		`<ram:URIUniversalCommunication><ram:URIID schemeID="EM">a</ram:URIID></ram:URIUniversalCommunication>`+
		`<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE1</ram:ID></ram:SpecifiedTaxRegistration>`+
		"</ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery>"+
		"<ram:ShipToTradeParty>"+global+"</ram:ShipToTradeParty></ram:ApplicableHeaderTradeDelivery>"+
		"</rsm:SupplyChainTradeTransaction>")
	var kinds []CodeKind
	for _, use := range inv.Codes {
		kinds = append(kinds, use.Of)
	}
	want := []CodeKind{ItemScheme, PartyScheme, LegalScheme, EndpointScheme, LocationScheme}
	if !slices.Equal(kinds, want) {
		t.Errorf("the schemes are of %v, want %v", kinds, want)
	}
	if len(inv.VATIdentifiers) != 1 || inv.Seller.VAT().Text != "DE1" {
		t.Errorf("the VAT identifiers are %v", inv.VATIdentifiers)
	}
}

func TestAnAccountOfCIIIsItsIBANOrElseItsOwnNumber(t *testing.T) {
	inv := boundCII(t, settled("<ram:PaymentReference>R 1</ram:PaymentReference>"+
		"<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>"+
		"<ram:IBANID>DE1</ram:IBANID><ram:ProprietaryID>9</ram:ProprietaryID>"+
		"</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"+
		"<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>"+
		"<ram:ProprietaryID>9</ram:ProprietaryID></ram:PayeePartyCreditorFinancialAccount>"+
		"</ram:SpecifiedTradeSettlementPaymentMeans>"))
	if len(inv.Payments) != 2 || inv.Payments[0].Accounts[0].ID.Text != "DE1" ||
		inv.Payments[1].Accounts[0].ID.Text != "9" || inv.Payments[1].Reference.Text != "R 1" {
		t.Errorf("the payments are %+v", inv.Payments)
	}
}

func TestAnElementOfAForeignNamespaceInCIIIsAFlawAndNoValue(t *testing.T) {
	inv := boundCII(t, `<rsm:ExchangedDocument><x:ID xmlns:x="urn:x">2</x:ID></rsm:ExchangedDocument>`)
	if inv.Number.Present() || !slices.Equal(flawCodes(inv), []string{source.CodeNamespace}) {
		t.Errorf("bound as %q with %v", inv.Number.Text, inv.Flaws)
	}
}
