package semantic

import (
	"strings"

	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// collect walks the whole tree for what the official rules of UBL reach wherever it stands.
// The depth is bounded by the guard that made the tree.
func (b *ublBinder) collect(n *xmltree.Node) {
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC:
			b.collectTerm(n, c)
			if len(c.Children) > 0 {
				b.misplaced(c)
			}
		case c.Space == nsCAC:
			b.collectPart(n, c)
			b.collect(c)
			if c.Text() != "" {
				b.misplaced(c)
			}
		case c.Space == nsEXT && c.Local == "UBLExtensions": // extensions are left out
		default:
			b.foreign(c)
		}
	}
}

// misplaced notes a basic component that holds elements, or an aggregate one that holds text: of
// UBL they are neither, and programs that look at names alone take them for what they are called.
func (b *ublBinder) misplaced(n *xmltree.Node) {
	b.flaw(n, source.CodeMalformed, "This element holds what UBL does not let it hold; "+
		"ask the sender for a file that follows the standard.")
}

// collectTerm lists the codes. parent is the element that holds n.
func (b *ublBinder) collectTerm(parent, n *xmltree.Node) {
	switch n.Local {
	case "Amount", "BaseAmount", "PriceAmount", "TaxAmount", "TaxableAmount", "LineExtensionAmount",
		"TaxExclusiveAmount", "TaxInclusiveAmount", "AllowanceTotalAmount", "ChargeTotalAmount",
		"PrepaidAmount", "PayableRoundingAmount", "PayableAmount":
		code := Attribute(n, currencyID)
		if !code.Present() {
			code = Value{node: n} // an amount without its currency breaks the rule too
		}
		b.use(AmountCurrency, code)
	case "InvoicedQuantity", "CreditedQuantity", "BaseQuantity":
		b.useAttribute(Unit, n, unitCode)
	case "ID":
		b.collectID(parent, n)
	case "CompanyID":
		if parent.Local == "PartyLegalEntity" {
			b.useAttribute(LegalScheme, n, "schemeID")
		}
	case "EndpointID":
		b.useAttribute(EndpointScheme, n, "schemeID")
	case "EmbeddedDocumentBinaryObject":
		b.useAttribute(MediaType, n, "mimeCode")
	case "ItemClassificationCode":
		if parent.Local == "CommodityClassification" {
			b.useAttribute(Classified, n, "listID")
		}
	default:
		b.collectCode(parent, n)
	}
}

func (b *ublBinder) collectCode(parent, n *xmltree.Node) {
	switch n.Local {
	case "InvoiceTypeCode", "CreditNoteTypeCode":
		b.use(DocumentType, Element(n))
	case "DocumentCurrencyCode":
		b.use(InvoiceCurrency, Element(n))
	case "TaxCurrencyCode":
		b.use(AccountingCurrency, Element(n))
	case "TaxExemptionReasonCode":
		b.use(ExemptionReason, Element(n))
	case "DescriptionCode":
		if parent.Local == "InvoicePeriod" {
			b.use(VATDate, Element(n))
		}
	case "PaymentMeansCode":
		if parent.Local == "PaymentMeans" {
			b.use(PaymentMeans, Element(n))
		}
	case "IdentificationCode":
		switch parent.Local {
		case "Country":
			b.use(Country, Element(n))
		case "OriginCountry":
			b.use(OriginCountry, Element(n))
		}
	}
}

// collectID lists the code that an identifier uses, which depends on what it identifies.
func (b *ublBinder) collectID(parent, n *xmltree.Node) {
	switch parent.Local {
	case "TaxCategory":
		b.use(AdjustmentCategory, Element(n))
	case "ClassifiedTaxCategory":
		b.use(ItemCategory, Element(n))
	case "StandardItemIdentification":
		b.useAttribute(ItemScheme, n, "schemeID")
	case "DeliveryLocation":
		b.useAttribute(LocationScheme, n, "schemeID")
	case "PartyIdentification":
		kind := PartyScheme
		if under(n, "AccountingSupplierParty") || under(n, "PayeeParty") {
			kind = CreditorScheme
		}
		b.useAttribute(kind, n, "schemeID")
	}
}

func (b *ublBinder) useAttribute(of CodeKind, n *xmltree.Node, local string) {
	if code := Attribute(n, local); code.Present() {
		b.use(of, code)
	}
}

// collectPart lists the groups.
func (b *ublBinder) collectPart(parent, n *xmltree.Node) {
	inv := b.inv
	switch n.Local {
	case "ClassifiedTaxCategory":
		of := OfSubLine
		if parent.Local == "Item" && isLine(parent.Parent) {
			of = OfLine
		}
		b.useCategory(n, of)
	case "AllowanceCharge":
		b.collectAdjustment(n)
	case "TaxCategory":
		if parent.Local != "AllowanceCharge" {
			b.useCategory(n, placeOf(parent))
		}
	case "PartyTaxScheme":
		if r := again().registration(n); r.VAT && r.ID.Present() {
			inv.VATIdentifiers = append(inv.VATIdentifiers, r.ID)
		}
	case "AdditionalDocumentReference", "DocumentReference":
		if d := again().document(n); d.TypeCode.Text == invoicedObject && d.Reference.Scheme.Present() {
			b.use(ReferenceType, d.Reference.Scheme)
		}
	case "TaxSubtotal":
		if parent.Local == "TaxTotal" && !isOwn(parent) {
			inv.LineBreakdown = append(inv.LineBreakdown, b.breakdown(n))
		}
	case "InvoicePeriod":
		if !isOwn(n) && !isLine(parent) {
			inv.OtherPeriods = append(inv.OtherPeriods, b.period(n))
		}
	case "AdditionalItemProperty":
		if parent.Local != "Item" || !isLine(parent.Parent) {
			inv.OtherAttributes = append(inv.OtherAttributes, b.attribute(n))
		}
	case "Delivery":
		if !isOwn(n) {
			inv.OtherDeliveries = append(inv.OtherDeliveries, b.delivery(n))
		}
	}
}

// again reads what has been read along the structure, without finding its flaws once more.
func again() *ublBinder { return &ublBinder{} }

func (b *ublBinder) useCategory(n *xmltree.Node, of CategoryPlace) {
	b.inv.Categories = append(b.inv.Categories, CategoryUse{TaxCategory: again().category(n), Of: of})
}

// collectAdjustment lists the codes whose list depends on whether it is a charge.
func (b *ublBinder) collectAdjustment(n *xmltree.Node) {
	a := again().adjustment(n)
	of := OfUnclear
	switch {
	case a.Indicated && a.Charge:
		of = OfCharge
	case a.Indicated:
		of = OfAllowance
	}
	for _, tax := range a.Taxes {
		b.inv.Categories = append(b.inv.Categories, CategoryUse{TaxCategory: tax, Of: of})
	}
	if !a.ReasonCode.Present() || !a.Indicated {
		return
	}
	if a.Charge {
		b.use(ChargeReason, a.ReasonCode)
	} else {
		b.use(AllowanceReason, a.ReasonCode)
	}
}

// placeOf tells what a cac:TaxCategory in the given element is the category of; those of
// allowances and charges are told by collectAdjustment.
func placeOf(parent *xmltree.Node) CategoryPlace {
	if parent.Local == "TaxSubtotal" && parent.Parent.Local == "TaxTotal" && isOwn(parent.Parent) {
		return OfBreakdown
	}
	return OfElsewhere
}

// isOwn tells whether an element stands in the document itself and not inside a part of it.
func isOwn(n *xmltree.Node) bool { return n.Parent != nil && n.Parent.Parent == nil }

func isLine(n *xmltree.Node) bool {
	return n != nil && (n.Local == "InvoiceLine" || n.Local == "CreditNoteLine")
}

func under(n *xmltree.Node, local string) bool {
	for ; n != nil; n = n.Parent {
		if n.Local == local {
			return true
		}
	}
	return false
}

// subjectLength is that of a code of UNTDID 4451.
const subjectLength = 3

// noteSubject is the subject code that a text begins with, between two number signs. What is
// between the first two, and is not three characters long, is no code.
func noteSubject(text string) (string, bool) {
	_, rest, _ := strings.Cut(text, "#")
	code, _, closed := strings.Cut(rest, "#")
	return code, closed && len([]rune(code)) == subjectLength
}
