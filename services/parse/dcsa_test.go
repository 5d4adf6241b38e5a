package parse_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/attestation"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/source"
)

// Every message and wrapped document of ours has a golden file beside it with all that is
// read from it. UPDATE_GOLDEN=1 writes them anew.
func TestReadGivesTheGoldenContentOfEveryMessage(t *testing.T) {
	for _, path := range append(samples(t, "dcsa"), samples(t, "wrapped")...) {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			doc := mustRead(t, b)
			got, err := json.MarshalIndent(struct {
				Document *parse.Document
				DCSA     *dcsa.Message        `json:",omitempty"`
				Wrapped  *attestation.Verdict `json:",omitempty"`
			}{doc, doc.DCSA, doc.Wrapped}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(path+".golden", got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("read differs from %s.golden:\n%s", path, got)
			}
		})
	}
}

func TestReadPlacesOfAMessageHoldTheirValues(t *testing.T) {
	b := append([]byte("\xEF\xBB\xBF"), sample(t, "dcsa", "issuance_request.json")...)
	doc := mustRead(t, b)
	for key, want := range map[string]string{
		"number":                     `"NRSK26041187"`,
		"issue_date":                 `"2026-04-12"`,
		"seller.name":                `"Brandlhof Ventiltechnik GmbH"`,
		"seller.lei":                 `"9845BRANDLHOFVT04125"`,
		"consignee.name":             `"Vestmarken Handel AS"`,
		"transport.port_of_loading":  `"DEHAM"`,
		"transport.shipped_on_board": `"2026-04-11"`,
		"lines[1].containers[0]":     `"MSKU6011672"`,
		"lines[1].gross_kg":          `1000`,
	} {
		place := doc.Places[key]
		if got := string(b[place.Offset : place.Offset+place.Length]); got != want {
			t.Errorf("%s stands at %s as %s, want %s", key, place.Path, got, want)
		}
	}
}

func TestReadTakesOnlyATransportDocumentForABill(t *testing.T) {
	for name, kind := range map[string]parse.Kind{
		"transport_document.json": parse.BillOfLading, "sea_waybill.json": parse.BillOfLading,
		"issuance_request.json": parse.BillOfLading, "shipping_instructions.json": parse.Other,
		"surrender_request.json": parse.Other, "endorsement_chain.json": parse.Other,
		"surrender_answer.json": parse.Other, "notification.json": parse.Other,
	} {
		doc := mustRead(t, sample(t, "dcsa", name))
		if doc.Kind != kind || doc.Syntax != string(parse.SyntaxDCSA) || len(doc.Flaws) > 0 {
			t.Errorf("%s: kind %s, syntax %s, flaws %v", name, doc.Kind, doc.Syntax, doc.Flaws)
		}
		if got := parse.Detect(sample(t, "dcsa", name)); got != parse.SyntaxDCSA {
			t.Errorf("%s: detected as %s", name, got)
		}
	}
}

// edited changes one place of a sample.
func edited(t testing.TB, b []byte, from, to string) []byte {
	t.Helper()
	if bytes.Count(b, []byte(from)) == 0 {
		t.Fatalf("%s is not in the sample", from)
	}
	return bytes.Replace(b, []byte(from), []byte(to), 1)
}

func TestReadNamesTheKindOfATransportDocument(t *testing.T) {
	whole := sample(t, "dcsa", "transport_document.json")
	for name, change := range map[string][3]string{
		"to order":     {"", "", parse.TransportToOrder},
		"blank":        {`"endorsee"`, `"issuingAgent"`, parse.TransportBlank},
		"straight":     {`"isToOrder": true`, `"isToOrder": false`, parse.TransportStraight},
		"sea waybill":  {`"BOL"`, `"SWB"`, parse.TransportSeaWaybill},
		"another code": {`"BOL"`, `"XYZ"`, ""},
		"no flag":      {`"isToOrder": true`, `"isToOrder": "true"`, ""},
	} {
		if doc := mustRead(t, edited(t, whole, change[0], change[1])); doc.Transport.Type != change[2] {
			t.Errorf("%s: read as %q, want %q", name, doc.Transport.Type, change[2])
		}
	}
}

func TestReadMakesABrokenMessageFlawsAtTheirPlaces(t *testing.T) {
	whole := sample(t, "dcsa", "transport_document.json")
	for name, change := range map[string][4]string{
		"length": {`"NRSK26041187"`, `"NRSK26041187-0000000000"`, source.CodeDCSA, "/transportDocumentReference"},
		"absent": {`"carrierCode"`, `"carrierCodes"`, source.CodeDCSA, ""},
		"type": {
			`"value": 8400`, `"value": "8400"`, source.CodeDCSA,
			"/consignmentItems/0/cargoItems/0/cargoGrossWeight/value",
		},
		"any of": {`"email"`, `"mail"`, source.CodeDCSA, "/partyContactDetails/0"},
		"date":   {`"2026-04-11",`, `"11.04.2026",`, "document.value", "/shippedOnBoardDate"},
		"number": {`61250.5`, `1e999999999`, source.CodeDCSA, "/declaredValue"},
	} {
		doc := mustRead(t, edited(t, whole, change[0], change[1]))
		if len(doc.Flaws) != 1 || doc.Flaws[0].Code != change[2] || doc.Flaws[0].Path != change[3] {
			t.Errorf("%s: flaws %v, want %s at %s", name, doc.Flaws, change[2], change[3])
		}
	}
}

func TestReadRefusesHostileMessages(t *testing.T) {
	whole := sample(t, "dcsa", "transport_document.json")
	deep := strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40)
	for code, b := range map[string][]byte{
		"document.depth":             edited(t, whole, `"references": [`, `"x": `+deep+`, "references": [`),
		"document.duplicate_element": edited(t, whole, `"isElectronic"`, `"isToOrder": false, "isElectronic"`),
		"document.encoding":          edited(t, whole, `Larvik Revet`, "Larvik\xff"),
	} {
		_, err := parse.Read(b)
		wantCode(t, err, code)
	}
	// A member in other letter case is another member, and never read for the one that is meant.
	doc := mustRead(t, edited(t, whole, `"isToOrder": true`, `"IsToOrder": false, "isToOrder": true`))
	if doc.Transport.Type != parse.TransportToOrder {
		t.Errorf("a member in other case was read: %s", doc.Transport.Type)
	}
	limits := parse.DefaultLimits()
	limits.Bytes = len(whole)
	if _, err := parse.ReadWithin(limits, whole); err != nil {
		t.Errorf("a message at the limit: %v", err)
	}
	limits.Bytes--
	_, err := parse.ReadWithin(limits, whole)
	wantCode(t, err, "document.too_large")
}

func TestReadReadsAChangedDocumentAndSaysSo(t *testing.T) {
	for name, intact := range map[string]bool{
		"bill_of_lading.json": true, "invoice.json": true, "invoice_changed.json": false, "credential.json": true,
	} {
		doc := mustRead(t, sample(t, "wrapped", name))
		if doc.Wrapped == nil || doc.Wrapped.Intact() != intact {
			t.Errorf("%s: verdict %+v, want intact %t", name, doc.Wrapped, intact)
		}
	}
}

func TestReadRefusesACredentialItCannotVerify(t *testing.T) {
	_, err := parse.Read([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],` +
		`"type":["VerifiableCredential"],"credentialSubject":{"blNumber":"1"},` +
		`"proof":{"type":"DataIntegrityProof","proofValue":"z1"}}`))
	wantCode(t, err, "document.unsupported")
}

func FuzzDCSA(f *testing.F) {
	seed(f, "dcsa", ".json")
	f.Add([]byte(`{"transportDocumentStatus":"VOID"}`))
	f.Add([]byte(`{"endorsementChain":[{"actor":{"identifyingCodes":[null]},"actionDateTime":"x"},7]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		sound(t, b)
		doc, err := parse.Read(b)
		if err == nil && doc.DCSA != nil && doc.Kind != parse.Other && !doc.DCSA.Title() {
			t.Fatalf("a message that is no transport document became a %s", doc.Kind)
		}
	})
}

func FuzzReadWrapped(f *testing.F) {
	seed(f, "wrapped", ".json")
	f.Fuzz(func(t *testing.T, b []byte) { sound(t, b) })
}
