package semantic

import "github.com/countersign/countersign/services/parse/xmltree"

// uses lists what the official rules reach wherever it stands, in the order of the document.
// Within one set of rules the first that fits an element is the only one for it, which is why
// some codes are looked for in an order.
func (b *ciiBinder) uses(n *xmltree.Node) {
	switch {
	case !ofItsNamespace(n):
		b.foreign(n)
	case n.Space == RAM:
		b.file(n)
	}
	for _, child := range n.Children {
		b.uses(child)
	}
}

// ofItsNamespace tells whether an element is of the namespace in which the standard has one of
// its name.
func ofItsNamespace(n *xmltree.Node) bool {
	switch n.Local {
	case "CrossIndustryInvoice", "ExchangedDocumentContext", "ExchangedDocument", "SupplyChainTradeTransaction":
		return n.Space == nsRSM
	case "DateTimeString":
		return n.Space == nsUDT || n.Space == nsQDT
	case "DateTime", "DateString", "Date", "Indicator", "IndicatorString":
		return n.Space == nsUDT
	default:
		return n.Space == RAM
	}
}

// file files one element.
func (b *ciiBinder) file(n *xmltree.Node) {
	switch n.Local {
	case "ID":
		b.useOfID(n)
	case "GlobalID":
		b.useOfGlobalID(n)
	case "SpecifiedTradeAllowanceCharge":
		b.useOfAdjustment(n)
	case "ApplicableTradeTax":
		b.useCategory(n, placeOfTax(n))
	case "CategoryTradeTax":
		if !childOf(n, RAM, "SpecifiedTradeAllowanceCharge") {
			b.useCategory(n, OfUnclear)
		}
	case "TypeCode":
		switch {
		case childOf(n, nsRSM, "ExchangedDocument"):
			b.use(DocumentType, Element(n))
		case childOf(n, RAM, "SpecifiedTradeSettlementPaymentMeans"):
			b.use(PaymentMeans, Element(n))
		}
	case "CategoryCode":
		switch {
		case childOf(n, RAM, "CategoryTradeTax"):
			b.use(AdjustmentCategory, Element(n))
		case childOf(n, RAM, "ApplicableTradeTax"):
			b.use(ItemCategory, Element(n))
		}
	case "URIID":
		if childOf(n, RAM, "URIUniversalCommunication") {
			b.attribute(EndpointScheme, n, "schemeID")
		}
	default:
		b.useOfSimple(n)
	}
}

// quietly is a binder whose flaws go nowhere: the structure has been read already.
func (b *ciiBinder) quietly() *ciiBinder { return &ciiBinder{} }

// useOfSimple files the codes whose element alone says what they are.
func (b *ciiBinder) useOfSimple(n *xmltree.Node) {
	switch n.Local {
	case "TaxTotalAmount":
		b.attribute(AmountCurrency, n, "currencyID")
	case "InvoiceCurrencyCode":
		b.use(InvoiceCurrency, Element(n))
	case "TaxCurrencyCode":
		b.use(AccountingCurrency, Element(n))
	case "DueDateTypeCode":
		b.use(VATDate, Element(n))
	case "ReferenceTypeCode":
		b.use(ReferenceType, Element(n))
	case "SubjectCode":
		b.use(NoteSubject, Element(n))
	case "ClassCode":
		b.attribute(Classified, n, "listID")
	case "CountryID":
		b.use(Country, Element(n))
	case "ExemptionReasonCode":
		b.use(ExemptionReason, Element(n))
	case "BasisQuantity", "BilledQuantity":
		b.attribute(Unit, n, "unitCode")
	case "AttachmentBinaryObject":
		b.attribute(MediaType, n, "mimeCode")
	}
}

func (b *ciiBinder) useOfID(n *xmltree.Node) {
	scheme := Attribute(n, "schemeID")
	if childOf(n, RAM, "SpecifiedTaxRegistration") && scheme.Text == schemeVAT {
		b.inv.VATIdentifiers = append(b.inv.VATIdentifiers, Element(n))
	}
	switch {
	case scheme.Present() && !inside(n, "SpecifiedTaxRegistration"):
		b.use(LegalScheme, scheme)
	case childOf(n, RAM, "OriginTradeCountry"):
		b.use(OriginCountry, Element(n))
	}
}

func (b *ciiBinder) useOfGlobalID(n *xmltree.Node) {
	inItem, inDelivery := inside(n, "SpecifiedTradeProduct"), inside(n, "ShipToTradeParty")
	switch {
	case !inItem && !inDelivery:
		b.attribute(PartyScheme, n, "schemeID")
	case childOf(n, RAM, "SpecifiedTradeProduct"):
		b.attribute(ItemScheme, n, "schemeID")
	case childOf(n, RAM, "ShipToTradeParty") && childOf(n.Parent, RAM, "ApplicableHeaderTradeDelivery"):
		b.attribute(LocationScheme, n, "schemeID")
	}
}

func (b *ciiBinder) useCategory(n *xmltree.Node, of CategoryPlace) {
	b.inv.Categories = append(b.inv.Categories, CategoryUse{b.quietly().category(n), of})
}

// useOfAdjustment files what depends on whether it is a charge or an allowance, which is looked
// up once and not for each code.
func (b *ciiBinder) useOfAdjustment(n *xmltree.Node) {
	kind, of := CodeKind(0), OfUnclear
	charge, ok := indicatorOf(n)
	switch {
	case ok && charge:
		kind, of = ChargeReason, OfCharge
	case ok:
		kind, of = AllowanceReason, OfAllowance
	}
	for _, c := range n.Children {
		switch {
		case c.Space != RAM:
		case c.Local == "CategoryTradeTax":
			b.useCategory(c, of)
		case c.Local == "ReasonCode" && ok:
			b.use(kind, Element(c))
		}
	}
}

// indicatorOf reads whether an element is a charge or an allowance.
func indicatorOf(n *xmltree.Node) (charge, ok bool) {
	for _, indicator := range n.All(RAM, "ChargeIndicator") {
		for _, value := range indicator.All(nsUDT, "Indicator") {
			return boolean(value.Text())
		}
	}
	return false, false
}

// placeOfTax says what an ApplicableTradeTax is of.
func placeOfTax(n *xmltree.Node) CategoryPlace {
	switch {
	case childOf(n, RAM, "ApplicableHeaderTradeSettlement"):
		return OfBreakdown
	case !childOf(n, RAM, "SpecifiedLineTradeSettlement"):
		return OfElsewhere
	case childOf(n.Parent, RAM, "IncludedSupplyChainTradeLineItem"):
		return OfLine
	default:
		return OfSubLine
	}
}

// attribute lists a use of a code that stands in an attribute, where there is the attribute.
func (b *ciiBinder) attribute(of CodeKind, n *xmltree.Node, name string) {
	if v := Attribute(n, name); v.Present() {
		b.use(of, v)
	}
}

// childOf tells whether the parent of an element has a name.
func childOf(n *xmltree.Node, space, local string) bool {
	return n.Parent != nil && n.Parent.Local == local && n.Parent.Space == space
}

// inside tells whether an element stands anywhere in one of ram with a name.
func inside(n *xmltree.Node, local string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Local == local && p.Space == RAM {
			return true
		}
	}
	return false
}
