package parse_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
)

// manyLines is a sample with its one line written n times.
func manyLines(b *testing.B, file, element string, n int) []byte {
	b.Helper()
	raw := string(sample(b, "read", file))
	from := strings.Index(raw, "<"+element+">")
	to := strings.Index(raw, "</"+element+">") + len("</"+element+">")
	if from < 0 || to < from {
		b.Fatalf("%s has no %s", file, element)
	}
	return []byte(raw[:from] + strings.Repeat(raw[from:to], n) + raw[to:])
}

// BenchmarkRead reads whole invoices of about 20 kB with the places of all values and both
// readings; the floor is what encoding/xml takes to show the tokens of the same file.
func BenchmarkRead(b *testing.B) {
	const lines = 8
	ubl := manyLines(b, "invoice.xml", "cac:InvoiceLine", lines)
	cii := manyLines(b, "invoice_cii.xml", "ram:IncludedSupplyChainTradeLineItem", lines)
	for _, c := range []struct {
		name string
		raw  []byte
	}{{"UBL", ubl}, {"CII", cii}} {
		b.Run(c.name+"/floor", func(b *testing.B) {
			for b.Loop() {
				d := xml.NewDecoder(bytes.NewReader(c.raw))
				for {
					if _, err := d.Token(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(c.name+"/read", func(b *testing.B) {
			for b.Loop() {
				if _, err := parse.Read(c.raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
