package semantic

import (
	"github.com/countersign/countersign/services/parse/xmltree"
)

func (b *ublBinder) totals(n *xmltree.Node) {
	t := &b.inv.Totals
	if !b.group(&t.Group, n) {
		return
	}
	for _, c := range n.Children {
		if c.Space != nsCBC {
			continue
		}
		switch c.Local {
		case "LineExtensionAmount":
			b.number(&t.Lines, c, currencyID)
		case "TaxExclusiveAmount":
			b.number(&t.WithoutVAT, c, currencyID)
		case "TaxInclusiveAmount":
			b.number(&t.WithVAT, c, currencyID)
		case "AllowanceTotalAmount":
			b.number(&t.Allowances, c, currencyID)
		case "ChargeTotalAmount":
			b.number(&t.Charges, c, currencyID)
		case "PrepaidAmount":
			b.number(&t.Paid, c, currencyID)
		case "PayableRoundingAmount":
			b.number(&t.Rounding, c, currencyID)
		case "PayableAmount":
			b.number(&t.Payable, c, currencyID)
		}
	}
}

func (b *ublBinder) taxTotal(n *xmltree.Node) {
	t := TaxTotal{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "TaxAmount":
			b.number(&t.Amount, c, currencyID)
		case c.Space == nsCAC && c.Local == "TaxSubtotal":
			t.Rows = append(t.Rows, b.breakdown(c))
		}
	}
	b.inv.TaxTotals = append(b.inv.TaxTotals, t)
	b.inv.Breakdown = append(b.inv.Breakdown, t.Rows...)
}

func (b *ublBinder) breakdown(n *xmltree.Node) VATBreakdown {
	row := VATBreakdown{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "TaxableAmount":
			b.number(&row.Base, c, currencyID)
		case c.Space == nsCBC && c.Local == "TaxAmount":
			b.number(&row.Tax, c, currencyID)
		case c.Space == nsCAC && c.Local == "TaxCategory" && b.first(c, &row.Category.Group):
			row.Category = b.category(c)
		}
	}
	return row
}

func (b *ublBinder) category(n *xmltree.Node) TaxCategory {
	t := TaxCategory{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "ID":
			b.set(&t.Code, c)
		case c.Space == nsCBC && c.Local == "Percent":
			b.number(&t.Rate, c, "")
		case c.Space == nsCBC && c.Local == "TaxExemptionReason":
			b.setFirst(&t.Exemption, c)
		case c.Space == nsCBC && c.Local == "TaxExemptionReasonCode":
			b.set(&t.ExemptionCode, c)
		case c.Space == nsCAC && c.Local == "TaxScheme":
			t.VAT = isVAT(b.schemeID(c))
		}
	}
	return t
}

func (b *ublBinder) adjustment(n *xmltree.Node) Adjustment {
	a := Adjustment{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC:
			b.adjustmentTerm(&a, c)
		case c.Space == nsCAC && c.Local == "TaxCategory":
			a.Taxes = append(a.Taxes, b.category(c))
		}
	}
	a.Charge, a.Indicated = boolean(a.Indicator.Text)
	return a
}

func (b *ublBinder) adjustmentTerm(a *Adjustment, n *xmltree.Node) {
	switch n.Local {
	case "ChargeIndicator":
		b.set(&a.Indicator, n)
	case "AllowanceChargeReasonCode":
		b.set(&a.ReasonCode, n)
	case "AllowanceChargeReason":
		b.setFirst(&a.Reason, n)
	case "MultiplierFactorNumeric":
		b.number(&a.Percent, n, "")
	case "Amount":
		b.number(&a.Amount, n, currencyID)
	case "BaseAmount":
		b.number(&a.Base, n, currencyID)
	}
}

func (b *ublBinder) line(n *xmltree.Node) Line {
	l := Line{Group: Element(n)}
	for _, c := range n.Children {
		switch c.Space {
		case nsCBC:
			b.lineTerm(&l, c)
		case nsCAC:
			b.linePart(&l, c)
		}
	}
	return l
}

func (b *ublBinder) lineTerm(l *Line, n *xmltree.Node) {
	switch n.Local {
	case "ID":
		b.set(&l.ID, n)
	case "Note":
		b.setFirst(&l.Note, n)
	case "InvoicedQuantity", "CreditedQuantity":
		b.number(&l.Quantity, n, unitCode)
	case "LineExtensionAmount":
		b.number(&l.Net, n, currencyID)
	case "AccountingCost":
		b.set(&l.AccountingRef, n)
	}
}

func (b *ublBinder) linePart(l *Line, n *xmltree.Node) {
	switch n.Local {
	case "InvoicePeriod":
		l.Periods = append(l.Periods, b.period(n))
	case "OrderLineReference":
		for _, c := range n.All(nsCBC, "LineID") {
			b.setFirst(&l.OrderLine, c)
		}
	case "DocumentReference":
		if doc := b.document(n); doc.TypeCode.Text == invoicedObject && !l.Object.Present() {
			l.Object = doc.Reference
		}
	case "BillingReference":
		b.inv.Preceding = append(b.inv.Preceding, b.preceding(n))
	case "AllowanceCharge":
		l.Adjustments = append(l.Adjustments, b.adjustment(n))
	case "Item":
		b.item(l, n)
	case "Price":
		b.price(&l.Price, n)
	}
}

func (b *ublBinder) price(to *Price, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "PriceAmount":
			b.number(&to.Net, c, currencyID)
		case c.Space == nsCBC && c.Local == "BaseQuantity":
			b.number(&to.Per, c, unitCode)
		case c.Space == nsCAC && c.Local == "AllowanceCharge" && !to.Gross.Present():
			discount := b.adjustment(c)
			to.Discount, to.Gross = discount.Amount, discount.Base
		}
	}
}

func (b *ublBinder) item(l *Line, n *xmltree.Node) {
	if !b.group(&l.Item.Group, n) {
		return
	}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "Name":
			b.set(&l.Item.Name, c)
		case c.Space == nsCBC && c.Local == "Description":
			b.setFirst(&l.Item.Description, c)
		case c.Space == nsCAC && c.Local == "ClassifiedTaxCategory":
			l.Taxes = append(l.Taxes, b.category(c))
		case c.Space == nsCAC:
			b.itemPart(&l.Item, c)
		}
	}
}

func (b *ublBinder) itemPart(item *Item, n *xmltree.Node) {
	switch n.Local {
	case "SellersItemIdentification":
		for _, c := range n.All(nsCBC, "ID") {
			b.set(&item.SellerID, c)
		}
	case "BuyersItemIdentification":
		for _, c := range n.All(nsCBC, "ID") {
			b.set(&item.BuyerID, c)
		}
	case "StandardItemIdentification":
		for _, c := range n.All(nsCBC, "ID") {
			b.identifier(&item.StandardID, c)
		}
	case "CommodityClassification":
		for _, c := range n.All(nsCBC, "ItemClassificationCode") {
			item.Classifications = append(item.Classifications,
				Classification{Code: b.value(c), List: Attribute(c, "listID")})
		}
	case "OriginCountry":
		for _, c := range n.All(nsCBC, "IdentificationCode") {
			b.set(&item.Origin, c)
		}
	case "AdditionalItemProperty":
		item.Attributes = append(item.Attributes, b.attribute(n))
	case "ItemInstance":
		for _, lot := range n.All(nsCAC, "LotIdentification") {
			for _, id := range lot.All(nsCBC, "LotNumberID") {
				b.setFirst(&item.Lot, id)
			}
		}
	}
}

func (b *ublBinder) attribute(n *xmltree.Node) ItemAttribute {
	a := ItemAttribute{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "Name":
			b.set(&a.Name, c)
		case c.Space == nsCBC && c.Local == "Value":
			b.setFirst(&a.Value, c)
		}
	}
	return a
}
