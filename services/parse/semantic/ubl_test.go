package semantic

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

const ublRoot = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"` +
	` xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"` +
	` xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">`

func bound(t *testing.T, content string) *Invoice {
	t.Helper()
	tree, f := xmltree.Parse([]byte(ublRoot+content+`</Invoice>`), xmltree.Options{
		Limits: source.DefaultLimits(), KeepForeign: true,
		Known: func(space string) bool { return space != "" && space != "urn:x" },
	})
	if f != nil {
		t.Fatal(f)
	}
	return FromUBL(tree)
}

func flawCodes(inv *Invoice) []string {
	var codes []string
	for _, f := range inv.Flaws {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestAnEmptyInvoiceIsBoundWithoutAFlaw(t *testing.T) {
	inv := bound(t, "")
	if inv.Number.Present() || len(inv.Flaws) > 0 || inv.Root.Place().Path != "/Invoice" {
		t.Errorf("%+v", inv)
	}
}

func TestWhatStandsTwiceIsAFlawAndTheFirstIsTaken(t *testing.T) {
	for name, content := range map[string]string{
		"a term":            `<cbc:ID>1</cbc:ID><cbc:ID>2</cbc:ID>`,
		"a term, the same":  `<cbc:ID>1</cbc:ID><cbc:ID>1</cbc:ID>`,
		"a term and an end": `<cbc:ID>1</cbc:ID><cbc:ID/>`,
		"the seller": `<cbc:ID>1</cbc:ID><cac:AccountingSupplierParty/>` +
			`<cac:AccountingSupplierParty><cac:Party/></cac:AccountingSupplierParty>`,
		"the party of the seller": `<cbc:ID>1</cbc:ID><cac:AccountingSupplierParty><cac:Party/><cac:Party/>` +
			`</cac:AccountingSupplierParty>`,
		"a total": `<cbc:ID>1</cbc:ID><cac:LegalMonetaryTotal><cbc:PayableAmount>1</cbc:PayableAmount>` +
			`<cbc:PayableAmount>2</cbc:PayableAmount></cac:LegalMonetaryTotal>`,
	} {
		inv := bound(t, content)
		if inv.Number.Text != "1" || !slices.Equal(flawCodes(inv), []string{source.CodeDuplicate}) {
			t.Errorf("%s: number %q, flaws %v", name, inv.Number.Text, inv.Flaws)
		}
	}
}

func TestWhatMayRepeatIsNoFlaw(t *testing.T) {
	inv := bound(t, `<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note><cac:PayeeParty>`+
		`<cac:PartyIdentification><cbc:ID>1</cbc:ID></cac:PartyIdentification>`+
		`<cac:PartyIdentification><cbc:ID>2</cbc:ID></cac:PartyIdentification></cac:PayeeParty>`+
		`<cac:PaymentMeans/><cac:PaymentMeans/><cac:TaxTotal/><cac:TaxTotal/>`)
	if len(inv.Flaws) > 0 || len(inv.Notes) != 2 || len(inv.Payee.Identifiers) != 2 || len(inv.Payments) != 2 {
		t.Errorf("%+v, flaws %v", inv, inv.Flaws)
	}
}

func TestAnElementOfAForeignNamespaceIsAFlawAndNoValue(t *testing.T) {
	inv := bound(t, `<x:ID xmlns:x="urn:x">9<x:more/></x:ID><cbc:ID>1</cbc:ID><ID xmlns="">8</ID>`)
	want := []string{source.CodeNamespace, source.CodeNamespace}
	if inv.Number.Text != "1" || !slices.Equal(flawCodes(inv), want) {
		t.Errorf("number %q, flaws %v", inv.Number.Text, inv.Flaws)
	}
}

func TestFlawsAreBounded(t *testing.T) {
	content := ""
	for range maxFlaws + 2 {
		content += `<cbc:ID>1</cbc:ID>`
	}
	if got := len(bound(t, content).Flaws); got != maxFlaws {
		t.Errorf("%d flaws, want %d", got, maxFlaws)
	}
}

func TestAValueKnowsItsPlaceInTheBytes(t *testing.T) {
	content := `<cac:InvoiceLine><cbc:InvoicedQuantity unitCode="H87"> 12 </cbc:InvoicedQuantity>` +
		`</cac:InvoiceLine>`
	quantity := bound(t, content).Lines[0].Quantity
	place := quantity.Place()
	if got := (ublRoot + content)[place.Offset : place.Offset+place.Length]; got != "12" {
		t.Errorf("the place holds %q", got)
	}
	if got := quantity.Unit.Place().Path; got != "/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode" {
		t.Errorf("the unit stands at %s", got)
	}
}
