package acceptance

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
)

const (
	hostileUBL = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" ` +
		`xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" ` +
		`xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">`
	hostileCII = `<rsm:CrossIndustryInvoice ` +
		`xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" ` +
		`xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">`
	xmlHead = `<?xml version="1.0" encoding="UTF-8"?>`
	laughs  = `<!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c ` +

		`"&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>`
)

func ublOf(body string) string { return hostileUBL + body + "</Invoice>" }

// wide writes a text in UTF-16, the high byte of each unit first or last.
func wide(s string, high int) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		pair := []byte{byte(unit), byte(unit)}
		pair[high] = byte(unit >> 8)
		pair[1-high] = byte(unit & 0xFF)
		out = append(out, pair...)
	}
	return out
}

// file is a hostile text, and what is said of it.
func file(name, text, rule string) hostile {
	return hostile{name: name, file: []byte(text), rule: rule}
}

func hostileXML() []hostile {
	id := "<cbc:ID>1</cbc:ID>"
	long := strings.Repeat("x", 1<<20+1)
	numbered := func(form string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	return []hostile{
		file("billion laughs", xmlHead+laughs+ublOf("<cbc:ID>&e;</cbc:ID>"), "document.dtd"),
		file("billion laughs in CII", laughs+hostileCII+"&e;</rsm:CrossIndustryInvoice>", "document.dtd"),
		file("billion laughs in a statement", laughs+camt, "document.dtd"),
		file("quadratic blow-up", `<!DOCTYPE Invoice [<!ENTITY a "`+strings.Repeat("a", 50_000)+`">]>`+
			ublOf("<cbc:ID>"+strings.Repeat("&a;", 50_000)+"</cbc:ID>"), "document.dtd"),
		file("XXE of a file", `<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>`+
			ublOf("<cbc:ID>&x;</cbc:ID>"), "document.dtd"),
		file("XXE over HTTP", `<!DOCTYPE Invoice [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>`+
			ublOf("<cbc:ID>&x;</cbc:ID>"), "document.dtd"),
		file("XXE of a parameter", `<!DOCTYPE Invoice [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>`+
			ublOf(id), "document.dtd"),
		file("XInclude", ublOf(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>`),
			"document.namespace"),
		file("a DTD inside", ublOf(`<!DOCTYPE Invoice SYSTEM "x">`+id), "document.dtd"),
		file("a DTD behind", ublOf(id)+`<!DOCTYPE Invoice>`, "document.dtd"),
		file("a DTD after a byte order mark", "\xEF\xBB\xBF"+laughs+ublOf(id), "document.dtd"),
		{"UTF-16 with a mark", append([]byte{0xFF, 0xFE}, wide(ublOf(id), 1)...), "document.encoding", ""},
		{
			"UTF-16, the high byte first", append([]byte{0xFE, 0xFF}, wide(ublOf(id), 0)...), "document.encoding",
			"",
		},
		{"UTF-16 without a mark", wide(laughs+ublOf(id), 1), "document.encoding", ""},
		file("UTF-7 by declaration", `<?xml version="1.0" encoding="UTF-7"?>`+ublOf(id), "document.encoding"),
		file("UTF-7 in place of markup", "+ADw-Invoice+AD4-", "document.unsupported"),
		file("two byte order marks", "\xEF\xBB\xBF\xEF\xBB\xBF"+ublOf(id), "document.unsupported"),
		{
			"the mark of UTF-32", append([]byte{0xFF, 0xFE, 0, 0}, wide(ublOf(id), 1)...), "document.encoding",
			"",
		},
		file("depth", ublOf(strings.Repeat("<cac:Party>", 500)+strings.Repeat("</cac:Party>", 500)),
			"document.depth"),
		file("depth without an end", hostileUBL+strings.Repeat("<cac:Party>", 80_000), "document.depth"),
		file("attributes", ublOf("<cbc:ID"+numbered(` a%d=""`, 100_000)+">1</cbc:ID>"), "document.too_large"),
		file("a long attribute", ublOf(`<cbc:ID schemeID="`+long+`">1</cbc:ID>`), "document.too_large"),
		file("a long text", ublOf("<cbc:ID>"+long+"</cbc:ID>"), "document.too_large"),
		file("elements", ublOf(strings.Repeat("<cbc:ID/><cbc:Note/>", 250_000)), "document.too_large"),
		file("lines", ublOf(strings.Repeat("<cac:InvoiceLine/>", 47_000)), "document.too_large"),
		file("lines of CII", hostileCII+"<rsm:SupplyChainTradeTransaction>"+
			strings.Repeat("<ram:IncludedSupplyChainTradeLineItem/>", 24_000)+
			"</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>", "document.too_large"),
		file("a second root", ublOf(id)+ublOf("<cbc:ID>2</cbc:ID>"), "document.second_root"),
		file("a text behind the root", ublOf(id)+"pay 2", "document.second_root"),
		file("a singleton twice", ublOf(id+"<cbc:ID>2</cbc:ID>"), "document.duplicate_element"),
		file("a twin of another namespace", ublOf(id+`<e:ID xmlns:e="urn:example:e">2</e:ID>`),
			"document.namespace"),
		file("a prefix that means another", ublOf(`<cbc:ID xmlns:cbc="urn:example:e">2</cbc:ID>`+id),
			"document.namespace"),
	}
}

func hostileValues() []hostile {
	payable := func(text string) string {
		return ublOf("<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID=\"EUR\">" + text +
			"</cbc:PayableAmount></cac:LegalMonetaryTotal>")
	}
	seller := func(name string) string { return strings.Replace(cleanInvoice, `"Seller"`, `"`+name+`"`, 1) }
	return []hostile{
		file("a comment in an amount", payable("1<!-- -->00.00"), "document.split_text"),
		file("CDATA in an amount", payable("1<![CDATA[00]]>0.00"), "document.split_text"),
		file("an instruction in an amount", payable("1<?x?>00.00"), "document.split_text"),
		file("elements in an amount", payable("1<cbc:Note>0</cbc:Note>"), "document.malformed"),
		file("an exponent", payable("1e999999"), "document.value"),
		file("digits without end", payable(strings.Repeat("9", 100_000)), "document.value"),
		file("digits of another script", payable("\u0661\u0660\u0660"), "document.value"),
		file("not a number", payable("NaN"), "document.value"),
		file("a date out of the calendar", ublOf("<cbc:IssueDate>99999999</cbc:IssueDate>"), "document.value"),
		file("letters that turn the direction", seller(`Sel\u202erel`), "CS-TX-01"),
		file("letters without a width", seller(`Sel\u200bler`), "CS-TX-01"),
		file("letters that look alike", seller(`S\u0435ller`), "CS-TX-02"),
	}
}

func hostileJSON() []hostile {
	wrapped := func(data string) string {
		zero := strings.Repeat("0", 64)
		return `{"data":` + data + `,"signature":{"type":"SHA3MerkleProof","targetHash":"` + zero +
			`","proof":[],"merkleRoot":"` + zero + `"}}`
	}
	statement := func(name, more, rule string) hostile {
		return hostile{name, []byte(strings.Replace(camt, "<Acct>", more+"<Acct>", 1)), rule, notAPaper}
	}
	return []hostile{
		file("JSON without an end", strings.Repeat("[", 1<<20), "document.depth"),
		file("JSON of many values", `{"schema":"countersign-invoice-1","lines":[`+strings.Repeat("{},",
			330_000)+"{}]}",
			"document.too_large"),
		file("a member twice", `{"schema":"countersign-invoice-1"`+strings.Repeat(`,"a":1`, 2)+"}",
			"document.duplicate_element"),
		file("JSON with a key in other letters", `{"schema":"countersign-invoice-1","Number":"7"}`,
			"document.schema"),
		file("JSON that goes on", cleanInvoice+cleanInvoice, "document.second_root"),
		file("half a character", strings.Replace(cleanInvoice, "Pumps", `\ud800`, 1), "document.encoding"),
		file("a NUL", strings.Replace(cleanInvoice, "Pumps", `\u0000`, 1), "document.encoding"),
		file("an exponent in DCSA", `{"transportDocumentReference":"1","carrierCode":"X","documentParties":{},`+
			`"transportDocumentTypeCode":"BOL","consignmentItems":[],"utilizedTransportEquipments":[],`+
			`"isShippedOnBoardType":true,"declaredValue":1e999999999}`, "dcsa.schema"),
		file("paths without an end", wrapped(`{"`+strings.Repeat("k", 400_000)+`":[`+strings.Repeat("1,",
			200_000)+`1]}`),
			"document.too_large"),
		file("depth in a wrapped document", wrapped(strings.Repeat(`{"a":`, 500)+"1"+strings.Repeat("}", 500)),
			"document.depth"),
		file("values in a wrapped document", wrapped("["+strings.Repeat("0,", 450_000)+"0]"),
			"document.too_large"),
		file("a member twice in a wrapped document", wrapped(`{"total":1,"total":2}`),
			"document.duplicate_element"),
		file("a bomb in a wrapped document", wrapped(`{"xml":"`+strings.ReplaceAll(laughs, `"`, `\"`)+`"}`),
			"CS-OA-01"),
		statement("depth in a statement", strings.Repeat("<Acct>", 100), "document.depth"),
		statement("a second root in a statement", "</Stmt></BkToCstmrStmt></Document><a>",
			"document.second_root"),
		statement("elements in a statement", strings.Repeat("<Ntry/>", 500_000), "document.too_large"),
	}
}

// hostileImages are pictures whose heads speak of more pixels than anyone can hold, and other
// files that are no papers. No picture is unpacked here.
func hostileImages() []hostile {
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x06\x00\x00\x00"
	return []hostile{
		file("a PNG of 100,000 by 100,000 pixels", png, "document.unsupported"),
		file("a JPEG of 65,535 by 65,535 pixels",
			"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01",
			"document.unsupported"),
		// The file that virus scanners agree to report; in pieces, so that they leave this one alone.
		file("the test file of virus scanners",
			`X5O!P%@AP[4\PZX54(P^)7CC)7}$`+`EICAR-STANDARD-`+`ANTIVIRUS-TEST-FILE!$H+H*`,
			"document.unsupported"),
		{"bytes without a meaning", bytes.Repeat([]byte{0, 0xFF, 0x7F}, 300_000), "document.unsupported", ""},
	}
}
