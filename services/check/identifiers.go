package check

import (
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
)

// usccLength is that of a unified social credit code; shorter Chinese numbers are older
// registrations, which have no check digit that is known here.
const usccLength = 18

// identifiers checks the numbers that carry a check digit or a fixed shape. A number that
// fails is a warning: sample and legacy numbers are common in honest papers, and whether one
// may stand is for the rule pack of a programme to say.
func (c *checker) identifiers() {
	if code := c.doc.Currency; code != "" {
		if _, ok := money.Currency(code).Decimals(); !ok {
			c.identifier("CS-ID-01", "currency", code, "is not a currency in use (ISO 4217)", false)
		}
	}
	for _, p := range c.parties() {
		c.identifier("CS-ID-02", p.key+".lei", p.LEI,
			"is not a legal entity identifier (ISO 17442)", ValidLEI(p.LEI))
		c.identifier("CS-ID-03", p.key+".gln", p.GLN, "is not a GS1 location number", ValidGLN(p.GLN))
		c.identifier("CS-ID-04", p.key+".vat", p.VAT,
			"is not a VAT number of its country: its shape or its check digits differ",
			!NamesEUCountry(p.VAT) || ValidEUVAT(p.VAT))
		if p.Country == "CN" && len(p.RegistrationID) == usccLength {
			c.identifier("CS-ID-05", p.key+".registration_id", p.RegistrationID,
				"is not a unified social credit code (GB 32100-2015)", ValidUSCC(p.RegistrationID))
		}
	}
	for i, a := range c.doc.Accounts {
		c.identifier("CS-ID-06", accountKey(i)+".iban", a.IBAN,
			"is not an account number (ISO 13616)", ValidIBAN(a.IBAN))
		c.identifier("CS-ID-07", accountKey(i)+".bic", a.BIC, "is not a bank code (ISO 9362)", ValidBIC(a.BIC))
	}
	t := c.doc.Transport
	c.identifier("CS-ID-08", "transport.imo", t.IMO, "is not an IMO ship number", ValidIMO(t.IMO))
	c.identifier("CS-ID-09", "transport.port_of_loading", t.PortOfLoading,
		"does not have the shape of a UN/LOCODE", ValidLOCODEShape(t.PortOfLoading))
	c.identifier("CS-ID-09", "transport.port_of_discharge", t.PortOfDischarge,
		"does not have the shape of a UN/LOCODE", ValidLOCODEShape(t.PortOfDischarge))
	for i, l := range c.doc.Lines {
		c.identifier("CS-ID-10", lineKey(i)+".gtin", l.GTIN, "is not a GS1 trade item number", ValidGS1(l.GTIN))
		c.identifier("CS-ID-12", lineKey(i)+".hs", l.HS,
			"does not have the shape of a commodity code (Harmonized System)", ValidHSShape(l.HS))
		for j, container := range l.Containers {
			c.identifier("CS-ID-11", lineKey(i)+".containers["+strconv.Itoa(j)+"]", container,
				"is not a container number (ISO 6346)", ValidContainer(container))
		}
	}
	c.references()
}

// references checks what the buyer is asked to pay under, where that means to be a creditor
// reference: RF and two digits, in one piece or in blocks of four.
func (c *checker) references() {
	if c.doc.Semantic == nil {
		return
	}
	for _, p := range c.doc.Semantic.Payments {
		text := p.Reference.Normal()
		if !meansCreditorReference(text) || ValidCreditorReference(text) {
			continue
		}
		place := p.Reference.Place()
		c.add(Finding{
			Rule: "CS-ID-13", Severity: Warning, Claimed: text,
			Path: place.Path, Offset: place.Offset, Length: place.Length,
			Message: strconv.Quote(text) + " is not a creditor reference (ISO 11649).",
		})
	}
}

func meansCreditorReference(s string) bool {
	const head, block = len("RF18"), 4
	blocks := strings.Split(s, " ")
	for i, b := range blocks {
		if last := i == len(blocks)-1; len(blocks) > 1 && (len(b) > block || len(b) < block && !last) {
			return false
		}
	}
	return len(s) > head && fits(s[:head], "=R=F2n")
}

func (c *checker) identifier(rule, field, value, what string, valid bool) {
	if value == "" || valid {
		return
	}
	c.add(Finding{
		Rule: rule, Severity: Warning, Field: field, Claimed: value,
		Message: strconv.Quote(value) + " " + what + ".",
	})
}

// compact takes out what people put between the characters of a number, and writes it in
// capitals.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ' || r == '.' || r == '-' || r == '(' || r == ')' || r == ':' || r == '/':
			return -1
		default:
			return r
		}
	}, s)
}
