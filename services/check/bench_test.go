package check_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/services/check/en16931"
	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// linesOf20kB makes the invoice of quality goal P13.
const linesOf20kB = 16

// bigInvoice is a UBL invoice of n lines in two VAT rates that breaks no rule.
func bigInvoice(n int) []byte {
	var lines strings.Builder
	for i := range n {
		rate := 19
		if i%2 == 1 {
			rate = 7
		}
		fmt.Fprintf(&lines, invoiceLine, i+1, i+1, i+1, i, rate)
	}
	odd, even := n/2, n-n/2
	base19, base7 := even*100, odd*100 // every line is 10 at 10.00
	tax19, tax7 := even*19, odd*7
	return fmt.Appendf(nil, invoiceHead, tax19+tax7, base19, tax19, base7, tax7,
		n*100, n*100, n*100+tax19+tax7, n*100+tax19+tax7, lines.String())
}

const (
	invoiceHead = `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>R-2026-1017</cbc:ID>
  <cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:DueDate>2026-04-01</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:Note>Delivered in good order, see the despatch advice.</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference>
  <cac:OrderReference><cbc:ID>B-4711</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty>
    <cac:Party>
      <cbc:EndpointID schemeID="EM">seller@example.com</cbc:EndpointID>
      <cac:PartyName><cbc:Name>Seller trading name</cbc:Name></cac:PartyName>
      <cac:PostalAddress>
        <cbc:StreetName>Harbour Street 1</cbc:StreetName>
        <cbc:CityName>Hamburg</cbc:CityName>
        <cbc:PostalZone>20457</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyTaxScheme>
        <cbc:CompanyID>DE123456789</cbc:CompanyID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:PartyTaxScheme>
      <cac:PartyLegalEntity><cbc:RegistrationName>Seller GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
      <cac:Contact><cbc:Name>Kim</cbc:Name><cbc:Telephone>+49 40 1234</cbc:Telephone></cac:Contact>
    </cac:Party>
  </cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>
    <cac:Party>
      <cbc:EndpointID schemeID="EM">buyer@example.com</cbc:EndpointID>
      <cac:PostalAddress>
        <cbc:CityName>Lyon</cbc:CityName>
        <cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyLegalEntity><cbc:RegistrationName>Buyer SA</cbc:RegistrationName></cac:PartyLegalEntity>
    </cac:Party>
  </cac:AccountingCustomerParty>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
    <cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">%d.00</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">%d.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">%d.00</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>19</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">%d.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">%d.00</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>7</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">%d.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">%d.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">%d.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">%d.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
%s</Invoice>
`
	invoiceLine = `  <cac:InvoiceLine>
    <cbc:ID>%d</cbc:ID>
    <cbc:Note>Packed on pallets, ten to a layer.</cbc:Note>
    <cbc:InvoicedQuantity unitCode="H87">10</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>%d0</cbc:LineID></cac:OrderLineReference>
    <cac:Item>
      <cbc:Description>Pump housing of ductile iron, coated inside and outside</cbc:Description>
      <cbc:Name>Pump housing DN %d</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>PH-%d</cbc:ID></cac:SellersItemIdentification>
      <cac:CommodityClassification>
        <cbc:ItemClassificationCode listID="HS">841391</cbc:ItemClassificationCode>
      </cac:CommodityClassification>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>%d</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">10.00</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
`
)

// tokens is the floor: encoding/xml reads every token and nothing is done with it.
func tokens(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// full is what the standard costs: guard, tree, binding and all rules.
func full(b []byte) ([]en16931.Finding, *source.Fault) {
	tree, f := xmltree.Parse(b, xmltree.Options{
		Limits: source.DefaultLimits(), Known: func(string) bool { return true },
	})
	if f != nil {
		return nil, f
	}
	return en16931.Check(semantic.FromUBL(tree)), nil
}

func TestTheInvoiceOfTheBenchmarkBreaksNoRule(t *testing.T) {
	for _, n := range []int{2, linesOf20kB, 1000} {
		findings, f := full(bigInvoice(n))
		if f != nil || len(findings) > 0 {
			t.Errorf("%d lines: %v, %v", n, f, findings)
		}
	}
}

// BenchmarkFull measures the full rule set on an invoice of 20 kB and, one after the other in
// the same run, the floor; it prints the ratio of the medians (quality goal P13: at most 3).
func BenchmarkFull(b *testing.B) {
	const batch = 10
	raw := bigInvoice(linesOf20kB)
	var ours, floor []time.Duration
	for b.Loop() {
		floor = append(floor, cpu(b, batch, func() error { return tokens(raw) }))
		ours = append(ours, cpu(b, batch, func() error { return checked(raw) }))
	}
	b.Logf("%d bytes: CPU of the floor %v, of the full rule set %v", len(raw), middle(floor), middle(ours))
	hold(b, middle(ours), middle(floor), 300)
}

// hold prints a ratio in hundredths and fails on one past its limit.
func hold(b *testing.B, ours, baseline time.Duration, limit int64) {
	b.Helper()
	ratio := int64(100 * ours / baseline)
	b.Logf("ratio in hundredths %d, at most %d", ratio, limit)
	if ratio > limit {
		b.Errorf("too slow by the ratio to the baseline of this run")
	}
}

// BenchmarkFullByLines measures the CPU time of a line in invoices of 10 and of 1,000 lines
// (quality goal P15: within 1.3 of each other).
func BenchmarkFullByLines(b *testing.B) {
	const few, many = 10, 1000
	head, short, long := bigInvoice(0), bigInvoice(few), bigInvoice(many)
	var ofHead, ofShort, ofLong []time.Duration
	for b.Loop() {
		ofHead = append(ofHead, cpu(b, many/few, func() error { return checked(head) }))
		ofShort = append(ofShort, cpu(b, many/few, func() error { return checked(short) }))
		ofLong = append(ofLong, cpu(b, 1, func() error { return checked(long) }))
	}
	shortLine := (middle(ofShort) - middle(ofHead)) / few
	longLine := (middle(ofLong) - middle(ofHead)) / many
	b.Logf("CPU of a line among %d: %v, among %d: %v", few, shortLine, many, longLine)
	hold(b, longLine, shortLine, 130)
}

func checked(raw []byte) error {
	if _, f := full(raw); f != nil {
		return f
	}
	return nil
}

// cpu is the CPU time that doing something takes, the garbage collector's share included, in
// the mean of a batch. Wall time would measure what else the machine does.
func cpu(b *testing.B, batch int, what func() error) time.Duration {
	b.Helper()
	start := used(b)
	for range batch {
		if err := what(); err != nil {
			b.Fatal(err)
		}
	}
	return (used(b) - start) / time.Duration(batch)
}

func used(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func middle(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}
