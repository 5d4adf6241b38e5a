package semantic

import (
	"github.com/countersign/countersign/services/parse/xmltree"
)

// supplierOrCustomer reads the party inside a cac:AccountingSupplierParty or
// cac:AccountingCustomerParty.
func (b *ublBinder) supplierOrCustomer(to *Party, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for i, party := range n.All(nsCAC, "Party") {
		if i > 0 {
			b.first(party, &to.Group)
			continue
		}
		b.party(to, party)
	}
}

// namedParty reads a party that is known by its name and not by its entry in a register:
// BG-10 and BG-11.
func (b *ublBinder) namedParty(to *Party, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	b.party(to, n)
	to.Name, to.TradingName = to.TradingName, Value{}
}

// party reads a party whose name is that of its first legal entity.
func (b *ublBinder) party(to *Party, n *xmltree.Node) {
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "EndpointID":
			b.identifier(&to.Endpoint, c)
		case c.Space == nsCAC:
			b.partyPart(to, c)
		}
	}
}

func (b *ublBinder) partyPart(to *Party, n *xmltree.Node) {
	switch n.Local {
	case "PartyIdentification":
		for _, c := range n.All(nsCBC, "ID") {
			to.Identifiers = append(to.Identifiers, Identifier{Value: b.value(c), Scheme: Attribute(c, "schemeID")})
		}
	case "PartyName":
		for _, c := range n.All(nsCBC, "Name") {
			b.setFirst(&to.TradingName, c)
		}
	case "PostalAddress":
		b.address(&to.Address, n)
	case "PartyTaxScheme":
		to.Registrations = append(to.Registrations, b.registration(n))
	case "PartyLegalEntity":
		b.legalEntity(to, n)
	case "Contact":
		b.contact(&to.Contact, n)
	}
}

func (b *ublBinder) registration(n *xmltree.Node) TaxRegistration {
	r := TaxRegistration{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "CompanyID":
			b.set(&r.ID, c)
		case c.Space == nsCAC && c.Local == "TaxScheme":
			r.Other = b.schemeID(c)
		}
	}
	if r.VAT = isVAT(r.Other); r.VAT {
		r.Other = ""
	}
	return r
}

// schemeID is the name that a cac:TaxScheme gives the tax.
func (b *ublBinder) schemeID(n *xmltree.Node) string {
	for _, c := range n.Children {
		if c.Space == nsCBC && c.Local == "ID" {
			return b.value(c).Text
		}
	}
	return ""
}

// legalEntity reads the first entry that has the term: UBL lets a party have several.
func (b *ublBinder) legalEntity(to *Party, n *xmltree.Node) {
	for _, c := range n.Children {
		if c.Space != nsCBC {
			continue
		}
		switch c.Local {
		case "RegistrationName":
			b.setFirst(&to.Name, c)
		case "CompanyID":
			if !to.Legal.Present() {
				b.identifier(&to.Legal, c)
			}
		case "CompanyLegalForm":
			b.setFirst(&to.LegalInfo, c)
		}
	}
}

func (b *ublBinder) contact(to *Contact, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for _, c := range n.Children {
		if c.Space != nsCBC {
			continue
		}
		switch c.Local {
		case "Name":
			b.set(&to.Name, c)
		case "Telephone":
			b.set(&to.Phone, c)
		case "ElectronicMail":
			b.set(&to.Mail, c)
		}
	}
}

func (b *ublBinder) address(to *Address, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC:
			b.addressTerm(to, c)
		case c.Space == nsCAC && c.Local == "AddressLine":
			for _, line := range c.All(nsCBC, "Line") {
				to.Lines = append(to.Lines, b.value(line))
			}
		case c.Space == nsCAC && c.Local == "Country":
			for _, code := range c.All(nsCBC, "IdentificationCode") {
				b.set(&to.Country, code)
			}
		}
	}
}

func (b *ublBinder) addressTerm(to *Address, n *xmltree.Node) {
	switch n.Local {
	case "StreetName", "BuildingNumber", "AdditionalStreetName":
		to.Lines = append(to.Lines, b.value(n))
	case "CityName":
		b.set(&to.City, n)
	case "PostalZone":
		b.set(&to.PostCode, n)
	case "CountrySubentity":
		b.set(&to.Subdivision, n)
	}
}

func (b *ublBinder) payment(n *xmltree.Node) Payment {
	p := Payment{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "PaymentMeansCode":
			b.set(&p.Code, c)
			p.Text = Attribute(c, "name")
		case c.Space == nsCBC && c.Local == "PaymentID":
			b.setFirst(&p.Reference, c)
		case c.Space == nsCBC && c.Local == "PaymentDueDate":
			b.date(&p.Due, c)
		case c.Space == nsCAC && c.Local == "PayeeFinancialAccount":
			p.Accounts = append(p.Accounts, b.account(c))
		case c.Space == nsCAC && c.Local == "CardAccount":
			b.card(&p.Card, c)
		case c.Space == nsCAC && c.Local == "PaymentMandate":
			b.mandate(&p.Mandate, c)
		}
	}
	return p
}

func (b *ublBinder) account(n *xmltree.Node) Account {
	a := Account{Group: Element(n)}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "ID":
			b.set(&a.ID, c)
		case c.Space == nsCBC && c.Local == "Name":
			b.set(&a.Name, c)
		case c.Space == nsCAC && c.Local == "FinancialInstitutionBranch":
			for _, id := range c.All(nsCBC, "ID") {
				b.set(&a.BIC, id)
			}
			for _, bank := range c.All(nsCAC, "FinancialInstitution") {
				for _, id := range bank.All(nsCBC, "ID") {
					b.setFirst(&a.BIC, id)
				}
			}
		}
	}
	return a
}

func (b *ublBinder) card(to *Card, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "PrimaryAccountNumberID":
			b.set(&to.Number, c)
		case c.Space == nsCBC && c.Local == "HolderName":
			b.set(&to.Holder, c)
		}
	}
}

func (b *ublBinder) mandate(to *Mandate, n *xmltree.Node) {
	if !b.group(&to.Group, n) {
		return
	}
	for _, c := range n.Children {
		switch {
		case c.Space == nsCBC && c.Local == "ID":
			b.set(&to.Reference, c)
		case c.Space == nsCAC && c.Local == "PayerFinancialAccount":
			for _, id := range c.All(nsCBC, "ID") {
				b.set(&to.Account, id)
			}
		}
	}
}
