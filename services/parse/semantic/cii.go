package semantic

import (
	"github.com/countersign/countersign/services/parse/xmltree"
)

// FromCII binds a UN/CEFACT Cross Industry Invoice D16B to the model, as CEN/TS 16931-3-3 does.
// Root is the element CrossIndustryInvoice. Anything in it may be absent, and what the model has
// no place for is left out.
func FromCII(root *xmltree.Node) *Invoice {
	b := ciiBinder{binder{inv: &Invoice{Syntax: CII, Root: Element(root)}}}
	b.document(root)
	trade := b.find(root, "rsm:SupplyChainTradeTransaction")
	b.agreement(b.find(trade, "ApplicableHeaderTradeAgreement"))
	b.delivery(b.find(trade, "ApplicableHeaderTradeDelivery"))
	b.settlement(b.find(trade, "ApplicableHeaderTradeSettlement"))
	lines := trade.All(RAM, "IncludedSupplyChainTradeLineItem")
	b.inv.Lines = make([]Line, 0, len(lines))
	for _, n := range lines {
		b.inv.Lines = append(b.inv.Lines, b.line(n))
	}
	b.uses(root)
	return b.inv
}

// document reads what the invoice says of itself.
func (b *ciiBinder) document(root *xmltree.Node) {
	context := b.find(root, "rsm:ExchangedDocumentContext")
	b.inv.Process = b.term(context, "BusinessProcessSpecifiedDocumentContextParameter*/ID")
	b.inv.Specification = b.term(context, "GuidelineSpecifiedDocumentContextParameter*/ID")
	n := b.find(root, "rsm:ExchangedDocument")
	b.inv.Number = b.term(n, "ID")
	b.inv.TypeCode = b.term(n, "TypeCode")
	b.inv.IssueDate = b.dated(n, "IssueDateTime")
	for _, note := range n.All(RAM, "IncludedNote") {
		b.inv.Notes = append(b.inv.Notes, Note{
			Group: Element(note), Subject: b.term(note, "SubjectCode"), Text: b.term(note, "Content*"),
		})
	}
}

// The types of supporting documents (UNTDID 1001) that are terms of their own.
const (
	typeTender = "50"
	typeObject = "130"
)

// agreement reads the parties and the papers that came before the invoice.
func (b *ciiBinder) agreement(n *xmltree.Node) {
	b.inv.BuyerReference = b.term(n, "BuyerReference")
	b.inv.Seller = b.party(b.find(n, "SellerTradeParty"))
	b.inv.Buyer = b.party(b.find(n, "BuyerTradeParty"))
	b.inv.TaxRepresentative = b.party(b.find(n, "SellerTaxRepresentativeTradeParty"))
	b.inv.SalesOrder = b.term(n, "SellerOrderReferencedDocument/IssuerAssignedID")
	b.inv.Order = b.term(n, "BuyerOrderReferencedDocument/IssuerAssignedID")
	b.inv.Contract = b.term(n, "ContractReferencedDocument/IssuerAssignedID")
	b.inv.Project = b.term(n, "SpecifiedProcuringProject/ID")
	b.inv.Documents = b.supporting(n)
	for _, d := range b.inv.Documents {
		switch d.TypeCode.Text {
		case typeTender:
			b.inv.Tender = d.Reference.Value
		case typeObject:
			b.inv.Object = d.Reference
		}
	}
}

// supporting reads the additional documents that a group names.
func (b *ciiBinder) supporting(n *xmltree.Node) []SupportingDoc {
	var all []SupportingDoc
	for _, d := range n.All(RAM, "AdditionalReferencedDocument") {
		attachment := b.find(d, "AttachmentBinaryObject*")
		all = append(all, SupportingDoc{
			Group: Element(d),
			Reference: Identifier{
				Value: b.term(d, "IssuerAssignedID"), Scheme: b.term(d, "ReferenceTypeCode"),
			},
			TypeCode: b.term(d, "TypeCode"), Description: b.term(d, "Name*"), URI: b.term(d, "URIID"),
			Attachment: withoutText(attachment), MIME: Attribute(attachment, "mimeCode"),
			FileName: Attribute(attachment, "filename"),
		})
	}
	return all
}

// withoutText is the value of an element whose text nobody needs.
func withoutText(n *xmltree.Node) Value {
	v := Element(n)
	v.Text = ""
	return v
}

// party reads a party; a nil element is an absent party.
func (b *ciiBinder) party(n *xmltree.Node) Party {
	if n == nil {
		return Party{}
	}
	legal := b.find(n, "SpecifiedLegalOrganization")
	p := Party{
		Group: Element(n), Name: b.term(n, "Name"), TradingName: b.term(legal, "TradingBusinessName"),
		Legal: b.identified(legal, "ID"), LegalInfo: b.term(n, "Description*"),
		Endpoint: b.identified(n, "URIUniversalCommunication*/URIID"),
		Address:  b.address(b.find(n, "PostalTradeAddress")),
		Contact:  b.contact(b.find(n, "DefinedTradeContact*")),
	}
	if !p.Endpoint.Present() { // an address that is there and says nothing
		p.Endpoint.Value = withoutText(b.find(n, "URIUniversalCommunication*"))
	}
	for _, name := range []string{"ID", "GlobalID"} {
		for _, id := range n.All(RAM, name) {
			p.Identifiers = append(p.Identifiers, Identifier{b.leaf(id), Attribute(id, "schemeID")})
		}
	}
	for _, r := range n.All(RAM, "SpecifiedTaxRegistration") {
		id := b.identified(r, "ID")
		registration := TaxRegistration{Group: Element(r), ID: id.Value, VAT: id.Scheme.Text == schemeVAT}
		if !registration.VAT {
			registration.Other = id.Scheme.Text
		}
		p.Registrations = append(p.Registrations, registration)
	}
	return p
}

// schemeVAT marks the VAT identifier of a party.
const schemeVAT = "VA"

// identified reads an identifier with its scheme.
func (b *ciiBinder) identified(n *xmltree.Node, path string) Identifier {
	found := b.find(n, path)
	return Identifier{b.leaf(found), Attribute(found, "schemeID")}
}

func (b *ciiBinder) address(n *xmltree.Node) Address {
	if n == nil {
		return Address{}
	}
	a := Address{
		Group: Element(n), City: b.term(n, "CityName"), PostCode: b.term(n, "PostcodeCode"),
		Subdivision: b.term(n, "CountrySubDivisionName*"), Country: b.term(n, "CountryID"),
	}
	for _, name := range []string{"LineOne", "LineTwo", "LineThree"} {
		if line := b.term(n, name); line.Present() {
			a.Lines = append(a.Lines, line)
		}
	}
	return a
}

// contact reads a contact; where no person is named, the department is.
func (b *ciiBinder) contact(n *xmltree.Node) Contact {
	if n == nil {
		return Contact{}
	}
	c := Contact{
		Group: Element(n), Name: b.term(n, "PersonName"),
		Phone: b.term(n, "TelephoneUniversalCommunication/CompleteNumber"),
		Mail:  b.term(n, "EmailURIUniversalCommunication/URIID"),
	}
	if !c.Name.Present() {
		c.Name = b.term(n, "DepartmentName")
	}
	return c
}

// delivery reads where and when the goods went.
func (b *ciiBinder) delivery(n *xmltree.Node) {
	if n == nil {
		return
	}
	to := b.find(n, "ShipToTradeParty")
	location := b.identified(to, "GlobalID*")
	if !location.Present() {
		location = b.identified(to, "ID*")
	}
	b.inv.Deliveries = []Delivery{{
		Group: Element(n), Name: b.term(to, "Name"), Location: location,
		Date:    b.dated(n, "ActualDeliverySupplyChainEvent/OccurrenceDateTime"),
		Address: b.address(b.find(to, "PostalTradeAddress")),
	}}
	b.inv.DespatchAdvice = b.listed(n, "DespatchAdviceReferencedDocument")
	b.inv.ReceiptAdvice = b.listed(n, "ReceivingAdviceReferencedDocument")
	b.inv.Documents = append(b.inv.Documents, b.supporting(n)...)
}

// listed is the number of a paper that CII names at most once and the model any number of times.
func (b *ciiBinder) listed(n *xmltree.Node, name string) []Value {
	if v := b.term(n, name+"/IssuerAssignedID"); v.Present() {
		return []Value{v}
	}
	return nil
}
