package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

// found are the rules that fire on a sample of package parse, once the first of a text in it
// is replaced by another; each as "rule path".
func found(t *testing.T, folder, name, from, to string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "parse", "testdata", folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), from) {
		t.Fatalf("%s is not in %s", from, name)
	}
	doc, err := parse.Read([]byte(strings.Replace(string(b), from, to, 1)))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range check.Document(doc, day(t, "2026-06-01")) {
		all = append(all, f.Rule+" "+f.Path)
	}
	return all
}

func TestDocumentFindsNothingInSoundMessages(t *testing.T) {
	for _, name := range []string{
		"transport_document.json", "issuance_request.json", "envelope.json", "shipping_instructions.json",
		"surrender_request.json", "surrender_answer.json", "endorsement_chain.json", "notification.json",
	} {
		if got := found(t, "dcsa", name, "", ""); len(got) > 0 {
			t.Errorf("%s: found %v", name, got)
		}
	}
}

func TestDocumentJudgesBillsOfLadingByTheStandard(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to string
		want           []string
	}{
		"a draft needs no date of issue": {
			"sea_waybill.json", "", "", []string{"DCSA-14 /transportDocumentStatus"},
		},
		"a waybill to order": {
			"sea_waybill.json", `"isToOrder": false`, `"isToOrder": true`,
			[]string{"DCSA-01 /isToOrder", "DCSA-05 /documentParties", "DCSA-14 /transportDocumentStatus"},
		},
		"a form that the schema refuses": {
			"transport_document.json", `"carrierCode": "NRSK"`, `"carrierCode": "NRSKX"`,
			[]string{"dcsa.schema /carrierCode"},
		},
		"a container of instructions": {
			"shipping_instructions.json", `"isShipperOwned": false,
      "equipmentReference": "CSQU3054383"`, `"isShipperOwned": false,
      "equipmentReference": "CSQU3054384"`,
			[]string{
				"DCSA-15 /consignmentItems/0/cargoItems/0/equipmentReference",
				"CS-ID-11 /utilizedTransportEquipments/0/equipmentReference",
			},
		},
		"a container of cargo": {
			"transport_document.json", `"CSQU3054383"`, `"CSQU3054384"`,
			[]string{
				"CS-ID-11 /consignmentItems/0/cargoItems/0/equipmentReference",
				"DCSA-15 /consignmentItems/0/cargoItems/0/equipmentReference",
			},
		},
		"given on by a stranger": {
			"endorsement_chain.json", `"BVT-0007"`, `"BVT-0008"`,
			[]string{"DCSA-33 /endorsementChain/1/actor", "DCSA-33 /endorsementChain/2/actor"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := found(t, "dcsa", c.file, c.from, c.to); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// Intact is no pass for who issued a document: that is not known and always said.
func TestDocumentTellsOfAWrappedDocumentThatItsIssuerIsNotKnown(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to string
		want           []string
	}{
		"intact":  {"credential.json", "", "", []string{"CS-OA-03 /proof"}},
		"changed": {"credential.json", "12.5", "13.5", []string{"CS-OA-01 /proof/targetHash", "CS-OA-03 /proof"}},
		"another root": {
			"credential.json", `"proofs": []`, `"proofs": ["` + strings.Repeat("0", 64) + `"]`,
			[]string{"CS-OA-02 /proof/merkleRoot", "CS-OA-03 /proof"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := found(t, "wrapped", c.file, c.from, c.to)
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}
