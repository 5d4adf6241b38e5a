package dcsa_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/dcsa"
)

func TestValidateHasTheWhiteSpaceOfECMAScript(t *testing.T) {
	for reference, valid := range map[string]bool{
		"A1": true, "A": true, "A 1": true, "Ä": true, " A1": false, "A1 ": false, "": false,
		"A1\u00a0": false, "\u3000A1": false, "\ufeffA1": false, "A\n1": false, "A\r1": false, "A\u20281": false,
	} {
		message := fmt.Sprintf(`{"surrenderRequestReference":%s,"action":"SURR"}`, quoted(reference))
		faults := dcsa.Validate(dcsa.SurrenderAnswer, parsed(t, []byte(message)))
		if (len(faults) == 0) != valid {
			t.Errorf("%q: faults %v, want valid %t", reference, faults, valid)
		}
	}
}

// quoted writes a text in JSON with its line ends as escapes.
func quoted(s string) string {
	return `"` + strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

func TestValidateSaysWhatIsWrongAndWhere(t *testing.T) {
	for message, want := range map[string]string{
		`{"surrenderRequestReference":"S1","action":"YES"}`: "/action: Use one of SURR, SREJ.",
		`{"surrenderRequestReference":7,"action":"SURR"}`: "/surrenderRequestReference: " +
			"This is a number; write it as string.",
		`{"surrenderRequestReference":"S1"}`: ": The member action is missing; add it.",
		`{"surrenderRequestReference":"S1","action":"SURR","feedbackElements":[{"message":true}]}`: "" +
			"/feedbackElements/0/message: This is a boolean; write it as string.",
	} {
		tree := parsed(t, []byte(message))
		name, ok := dcsa.Detect(tree)
		faults := dcsa.Validate(name, tree)
		if !ok || len(faults) != 1 || faults[0].Path+": "+faults[0].Message != want {
			t.Errorf("%s: faults %v, want %s", message, faults, want)
		}
	}
}

func TestValidateBoundsWhatItTells(t *testing.T) {
	entries := strings.Repeat(`{"actionCode":7},`, 300)
	entries = strings.TrimSuffix(entries, ",")
	message := `{"transportDocumentReference":"N1","endorsementChain":[` + entries + `]}`
	if faults := dcsa.Validate(dcsa.EndorsementChain, parsed(t, []byte(message))); len(faults) != 100 {
		t.Errorf("%d faults are told", len(faults))
	}
}

func TestDetectTellsEveryMessage(t *testing.T) {
	for message, want := range map[string]dcsa.Name{
		`{"document":{},"issueTo":{}}`:                                      dcsa.IssuanceRequest,
		`{"transportDocument":{},"envelopeTransferChain":[]}`:               dcsa.Envelope,
		`{"transportDocumentReference":"1","issuanceResponseCode":"ISSU"}`:  dcsa.IssuanceResponse,
		`{"surrenderRequestCode":"SREQ"}`:                                   dcsa.SurrenderRequest,
		`{"surrenderRequestReference":"1","action":"SURR"}`:                 dcsa.SurrenderAnswer,
		`{"endorsementChain":[]}`:                                           dcsa.EndorsementChain,
		`{"transportDocumentStatus":"APPROVED"}`:                            dcsa.ApproveTransportDraft,
		`{"updatedShippingInstructionsStatus":"x"}`:                         dcsa.CancelInstructions,
		`{"shippingInstructionsReference":"x"}`:                             dcsa.InstructionsCreated,
		`{"amendedTransportDocumentStatus":"x"}`:                            dcsa.TransportDocumentAmend,
		`{"httpMethod":"GET","statusCode":404,"errors":[],"requestUri":""}`: dcsa.ErrorAnswer,
		`{"specversion":"1.0","source":"s","time":"t","data":{"transportDocumentStatus":"x"}}`: dcsa.
			TransportDocumentNotice,
		`{"specversion":"1.0","source":"s","type":"org.dcsa.shipping-instructions.v3","data":{}}`: dcsa.
			InstructionsNotice,
		`{"specversion":"1.0","source":"s","type":"org.dcsa.booking.v2","data":{}}`: "",
		`[{"endorsementChain":[]}]`: dcsa.EndorsementChains, `[{"x":1}]`: "", `[7]`: "",
		`{"errors":[]}`: "", `{}`: "", `[]`: "", `{"transportdocumentstatus":"x"}`: "", `{"type":"x"}`: "",
		`{"isToOrder":true,"isElectronic":true,"consignmentItems":[]}`: "",
	} {
		if got, _ := dcsa.Detect(parsed(t, []byte(message))); got != want {
			t.Errorf("%s: told as %q, want %q", message, got, want)
		}
	}
}

func TestStatusAndActionHaveOneSpelling(t *testing.T) {
	for written, want := range map[string]dcsa.Status{
		"ISSUED": dcsa.IssuedStatus, "VOID": dcsa.Voided, "VOIDED": dcsa.Voided,
		"SURRENDERED FOR DELIVERY":       dcsa.SurrenderedForDelivery,
		"surrendered_for_amendment":      dcsa.SurrenderedForAmendment,
		"PENDING SURRENDER FOR DELIVERY": dcsa.PendingSurrenderForDelivery,
	} {
		if got := dcsa.StatusOf(written); got != want || !got.Known() {
			t.Errorf("%s: read as %s", written, got)
		}
	}
	for written, want := range map[string]dcsa.Action{
		"BLANK ENDORSE": dcsa.BlankEndorse, "ENDORSE_TO_ORDER": dcsa.EndorseToOrder, "SACC": dcsa.Surrendered,
	} {
		if got := dcsa.ActionOf(written); got != want || !got.Known() {
			t.Errorf("%s: read as %s", written, got)
		}
	}
}
