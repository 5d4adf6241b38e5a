package ebl_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/check/ebl"
	"github.com/countersign/countersign/services/parse/dcsa"
)

// bill is an electronic bill to the order of an endorsee, issued and in force.
func bill() map[string]any {
	return map[string]any{
		"transportDocumentReference": "NRSK26041187", "transportDocumentStatus": "ISSUED",
		"transportDocumentTypeCode": "BOL", "isShippedOnBoardType": true, "isElectronic": true,
		"isToOrder": true, "numberOfOriginalsWithoutCharges": 1, "shippedOnBoardDate": "2026-04-11",
		"issueDate": "2026-04-12", "termsAndConditions": "as printed", "carrierCode": "NRSK",
		"transports": map[string]any{
			"plannedDepartureDate": "2026-04-11", "plannedArrivalDate": "2026-04-16",
		},
		"documentParties": map[string]any{
			"shipper":  map[string]any{"partyName": "Brandlhof Ventiltechnik GmbH"},
			"endorsee": map[string]any{"partyName": "Vestmarken Handel AS", "isNotifyParty": true},
		},
		"consignmentItems": []any{map[string]any{
			"cargoItems": []any{map[string]any{"equipmentReference": "CSQU3054383"}},
		}},
		"utilizedTransportEquipments": []any{
			map[string]any{"equipment": map[string]any{"equipmentReference": "CSQU3054383"}},
		},
	}
}

// with sets members of a bill, given as "path=JSON"; "path=" drops one.
func with(t *testing.T, changes ...string) *dcsa.Message {
	t.Helper()
	doc := bill()
	for _, change := range changes {
		path, value, _ := strings.Cut(change, "=")
		steps := strings.Split(path, ".")
		at := doc
		for _, step := range steps[:len(steps)-1] {
			inner, ok := at[step].(map[string]any)
			if !ok {
				t.Fatalf("%s is no object", step)
			}
			at = inner
		}
		last := steps[len(steps)-1]
		if value == "" {
			delete(at, last)
			continue
		}
		at[last] = json.RawMessage(value)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, b)
}

// told are the rules and places of findings, in their order.
func told(findings []ebl.Finding) []string {
	all := make([]string, len(findings))
	for i, f := range findings {
		all[i] = f.Rule + " " + f.Path
	}
	return all
}

func TestCheckFindsNothingInASoundBill(t *testing.T) {
	if got := told(ebl.Check(with(t))); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// ruling is a change of the sound bill and what must be found then.
type ruling struct {
	changes []string
	want    []string
}

func hold(t *testing.T, rulings map[string]ruling) {
	t.Helper()
	for name, c := range rulings {
		t.Run(name, func(t *testing.T) {
			if got := told(ebl.Check(with(t, c.changes...))); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestCheckHoldsABillToTheRulesOfItsKind(t *testing.T) {
	swb := `transportDocumentTypeCode="SWB"`
	consignee := `documentParties.consignee={"partyName":"Vestmarken Handel AS"}`
	hold(t, map[string]ruling{
		"a waybill to order": {
			[]string{swb, "numberOfOriginalsWithoutCharges="},
			[]string{"DCSA-01 /isToOrder"},
		},
		"a straight bill without a consignee": {
			[]string{"isToOrder=false", "documentParties.endorsee="},
			[]string{"DCSA-02 /documentParties"},
		},
		"a straight bill": {[]string{"isToOrder=false", "documentParties.endorsee=", consignee}, nil},
		"consignee and endorsee": {
			[]string{consignee}, []string{"DCSA-03 /documentParties/endorsee"},
		},
		"an endorsee of a straight bill": {
			[]string{"isToOrder=false", consignee},
			[]string{"DCSA-03 /documentParties/endorsee", "DCSA-04 /documentParties/endorsee"},
		},
		"a bill in blank with a notify party": {
			[]string{"documentParties.endorsee=", `documentParties.notifyParties=[{"partyName":"Agent"}]`}, nil,
		},
		"nobody to notify": {
			[]string{"documentParties.endorsee="}, []string{"DCSA-05 /documentParties"},
		},
		"a waybill with originals": {
			[]string{swb, "isToOrder=false", "documentParties.endorsee=", consignee},
			[]string{"DCSA-09 /numberOfOriginalsWithoutCharges"},
		},
	})
}

func TestCheckHoldsABillToItsDatesAndNumbers(t *testing.T) {
	hold(t, map[string]ruling{
		"neither shipped nor received": {[]string{"shippedOnBoardDate="}, []string{"DCSA-06 "}},
		"shipped and received": {
			[]string{`receivedForShipmentDate="2026-04-10"`}, []string{"DCSA-06 "},
		},
		"a draft has no date yet": {
			[]string{"shippedOnBoardDate=", "issueDate=", `transportDocumentStatus="DRAFT"`},
			[]string{"DCSA-14 /transportDocumentStatus"},
		},
		"shipped, of the other kind": {
			[]string{"isShippedOnBoardType=false"}, []string{"DCSA-07 /shippedOnBoardDate"},
		},
		"received, of the other kind": {
			[]string{"shippedOnBoardDate=", `receivedForShipmentDate="2026-04-10"`},
			[]string{"DCSA-07 /receivedForShipmentDate"},
		},
		"issued without a date": {[]string{"issueDate="}, []string{"DCSA-08 "}},
		"two electronic originals": {
			[]string{"numberOfOriginalsWithCharges=1"}, []string{"DCSA-10 /numberOfOriginalsWithCharges"},
		},
		"three originals on paper": {[]string{"numberOfOriginalsWithoutCharges=3", "isElectronic=false"}, nil},
		"copies of an electronic bill": {
			[]string{"numberOfCopiesWithoutCharges=2"}, []string{"DCSA-11 /numberOfCopiesWithoutCharges"},
		},
		"a value without a currency": {[]string{"declaredValue=5.5"}, []string{"DCSA-12 /declaredValue"}},
		"a currency without a value": {
			[]string{`declaredValueCurrency="EUR"`}, []string{"DCSA-12 /declaredValueCurrency"},
		},
		"a status that is not known": {
			[]string{`transportDocumentStatus="LOST"`}, []string{"DCSA-13 /transportDocumentStatus"},
		},
		"void in the old spelling": {
			[]string{`transportDocumentStatus="VOID"`}, []string{"DCSA-14 /transportDocumentStatus"},
		},
		"surrendered in the old spelling": {
			[]string{`transportDocumentStatus="SURRENDERED FOR DELIVERY"`},
			[]string{"DCSA-14 /transportDocumentStatus"},
		},
		"awaiting an answer": {[]string{`transportDocumentStatus="PENDING SURRENDER FOR AMENDMENT"`}, nil},
		"cargo in another container": {
			[]string{`utilizedTransportEquipments=[{"equipment":{"equipmentReference":"MSKU6011672"}}]`},
			[]string{"DCSA-15 /consignmentItems/0/cargoItems/0/equipmentReference"},
		},
		"there before it left": {
			[]string{`transports.plannedArrivalDate="2026-04-01"`}, []string{"DCSA-16 /transports/plannedArrivalDate"},
		},
	})
}

// entry writes one entry of a chain: "08:00 ISSUE carrier>shipper"; "…>" has no recipient and
// "…>-" the standard's placeholder.
func entry(t *testing.T, s string) string {
	t.Helper()
	var clock, action, parties string
	if _, err := fmt.Sscanf(s, "%s %s %s", &clock, &action, &parties); err != nil {
		t.Fatal(err)
	}
	actor, recipient, _ := strings.Cut(parties, ">")
	party := func(name string) string {
		if name == "-" {
			return `{"partyName":"NONE","eblPlatform":"NONE","identifyingCodes":` +
				`[{"codeListProvider":"NONE","partyCode":"NONE"}]}`
		}
		return `{"partyName":"` + name + `","eblPlatform":"WAVE","identifyingCodes":` +
			`[{"codeListProvider":"WAVE","partyCode":"` + name + `"}]}`
	}
	end := ""
	if recipient != "" {
		end = `,"recipient":` + party(recipient)
	}
	return `{"actionDateTime":"2026-04-12T` + clock + `:00Z","actionCode":"` + action + `","actor":` +
		party(actor) + end + `}`
}

func chainOf(t *testing.T, entries ...string) *dcsa.Message {
	t.Helper()
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = entry(t, e)
	}
	return read(t, []byte(`{"transportDocumentReference":"N1","endorsementChain":[`+strings.Join(all, ",")+`]}`))
}

func TestCheckFollowsTheChainFromHandToHand(t *testing.T) {
	for name, c := range map[string]struct {
		entries []string
		want    []string
	}{
		"issued, pledged, surrendered": {[]string{
			"08:00 ISSUE carrier>shipper", "08:10 ENDORSE_TO_ORDER shipper>bank", "08:11 TRANSFER shipper>bank",
			"08:20 SIGN bank>-", "08:30 BLANK_ENDORSE bank>", "08:31 TRANSFER bank>buyer",
			"09:00 SURRENDER_FOR_DELIVERY buyer>carrier", "09:30 SURRENDERED carrier>",
		}, nil},
		"refused and passed on": {[]string{
			"08:00 ISSUE carrier>shipper", "08:10 SURRENDER_FOR_AMENDMENT shipper>carrier",
			"08:20 TRANSFER shipper>bank", "08:30 SURRENDER-FOR-DELIVERY bank>carrier",
		}, nil},
		"from the middle": {
			[]string{"08:00 TRANSFER shipper>bank", "08:10 TRANSFER bank>buyer"},
			[]string{"DCSA-31 /endorsementChain/0"},
		},
		"issued twice": {
			[]string{"08:00 ISSUE carrier>shipper", "08:10 ISSUE carrier>bank", "08:20 TRANSFER bank>buyer"},
			[]string{"DCSA-32 /endorsementChain/1"},
		},
		"given on by a stranger": {
			[]string{"08:00 ISSUE carrier>shipper", "08:10 TRANSFER thief>bank"},
			[]string{"DCSA-33 /endorsementChain/1/actor"},
		},
		"given on twice": {
			[]string{
				"08:00 ISSUE carrier>shipper", "08:10 ENDORSE shipper>bank", "08:20 TRANSFER shipper>bank",
				"08:30 TRANSFER shipper>buyer",
			},
			[]string{"DCSA-33 /endorsementChain/3/actor"},
		},
		"surrendered by another carrier": {
			[]string{
				"08:00 ISSUE carrier>shipper", "08:10 SURRENDER_FOR_DELIVERY shipper>carrier",
				"08:20 SURRENDERED thief>",
			},
			[]string{"DCSA-33 /endorsementChain/2/actor"},
		},
		"back in time": {
			[]string{"08:00 ISSUE carrier>shipper", "07:59 TRANSFER shipper>bank"},
			[]string{"DCSA-34 /endorsementChain/1/actionDateTime"},
		},
		"after the end": {
			[]string{
				"08:00 ISSUE carrier>shipper", "08:10 SURRENDER_FOR_DELIVERY shipper>carrier",
				"08:20 SURRENDERED carrier>", "08:30 TRANSFER shipper>bank", "08:40 SIGN bank>",
			},
			[]string{"DCSA-35 /endorsementChain/3", "DCSA-35 /endorsementChain/4"},
		},
		"to nobody": {
			[]string{"08:00 ISSUE carrier>shipper", "08:10 TRANSFER shipper>-", "08:20 SIGN bank>"},
			[]string{"DCSA-36 /endorsementChain/1"},
		},
		"an action of its own": {
			[]string{"08:00 ISSUE carrier>shipper", "08:10 PLEDGE shipper>bank", "08:20 SIGN bank>"},
			[]string{"DCSA-30 /endorsementChain/1/actionCode"},
		},
		"nothing yet": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(ebl.Check(chainOf(t, c.entries...))); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestChainRefusesToEndorseABillThatIsNotToOrder(t *testing.T) {
	chain := chainOf(t,
		"08:00 ISSUE carrier>shipper", "08:10 ENDORSE shipper>bank", "08:11 TRANSFER shipper>bank")
	straight, toOrder := false, true
	want := []string{"DCSA-37 /endorsementChain/1/actionCode"}
	if got := told(ebl.Chain(&chain.Chains[0], &straight)); !slices.Equal(got, want) {
		t.Errorf("of a straight bill: found %v, want %v", got, want)
	}
	for _, flag := range []*bool{&toOrder, nil} {
		if got := told(ebl.Chain(&chain.Chains[0], flag)); len(got) > 0 {
			t.Errorf("found %v", got)
		}
	}
}

func TestCheckHoldsASurrenderAgainstItsChain(t *testing.T) {
	request := func(code, reason string, action string) []byte {
		return []byte(`{"surrenderRequestReference":"S1","transportDocumentReference":"N1",` +
			`"surrenderRequestCode":"` + code + `"` + reason + `,"endorsementChain":[` +
			entry(t, "08:00 ISSUE carrier>shipper") + `,` +
			entry(t, "08:10 "+action+" shipper>carrier") + `]}`)
	}
	for name, c := range map[string]struct {
		message []byte
		want    []string
	}{
		"for delivery":  {request("SREQ", "", "SURRENDER_FOR_DELIVERY"), nil},
		"for amendment": {request("AREQ", `,"reasonCode":"SWTP"`, "SURRENDER_FOR_AMENDMENT"), nil},
		"a reason for delivery": {
			request("SREQ", `,"reasonCode":"SWTP"`, "SURRENDER_FOR_DELIVERY"), []string{"DCSA-20 /reasonCode"},
		},
		"the chain says otherwise": {
			request("AREQ", "", "SURRENDER_FOR_DELIVERY"), []string{"DCSA-22 /surrenderRequestCode"},
		},
		"refused without a word": {
			[]byte(`{"surrenderRequestReference":"S1","action":"SREJ"}`), []string{"DCSA-21 "},
		},
		"refused with a reason": {
			[]byte(`{"surrenderRequestReference":"S1","action":"SREJ","comments":"freight open"}`), nil,
		},
		"accepted": {[]byte(`{"surrenderRequestReference":"S1","action":"SURR"}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(ebl.Check(read(t, c.message))); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestEveryRuleIsNamedOnceAndSaysWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	last := ""
	for _, r := range ebl.Rules() {
		if seen[r.ID] || r.ID < last || !strings.HasPrefix(r.ID, "DCSA-") {
			t.Errorf("%s: twice, out of order, or of another name", r.ID)
		}
		seen[r.ID], last = true, r.ID
		if r.Message == "" || r.Advice == "" || r.Source == "" ||
			(r.Severity != ebl.Fatal && r.Severity != ebl.Warning) {
			t.Errorf("%s: not whole", r.ID)
		}
	}
}

// sample is a message of ours, with the first of a text in it replaced by another.
func sample(t *testing.T, name, from, to string) *dcsa.Message {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "parse", "testdata", "dcsa", name))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(from)) {
		t.Fatalf("%s is not in %s", from, name)
	}
	return read(t, bytes.Replace(b, []byte(from), []byte(to), 1))
}

func TestCheckHoldsWhatWasSignedAgainstTheMessage(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to string
		want           []string
	}{
		"issued as signed": {"issuance_request.json", "", "", nil},
		"another weight than signed": {
			"issuance_request.json", "8400", "9400", []string{"DCSA-40 /issuanceManifestSignedContent"},
		},
		"issued to another": {
			"issuance_request.json", "BVT-0007", "BVT-0008", []string{"DCSA-40 /issuanceManifestSignedContent"},
		},
		"only written in another way": {"issuance_request.json", "8400,", "8.4e3 ,", nil},
		"passed on as signed":         {"envelope.json", "", "", nil},
		"not signed in three parts": {
			"issuance_request.json", ".c2ln", "", []string{"DCSA-41 /issuanceManifestSignedContent"},
		},
		"another document in the envelope": {"envelope.json", `"NOLAR"`, `"NOOSL"`, []string{
			"DCSA-40 /envelopeManifestSignedContent", "DCSA-40 /envelopeTransferChain/0",
			"DCSA-40 /envelopeTransferChain/1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(ebl.Check(sample(t, c.file, c.from, c.to))); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestCheckFollowsTheChainThatPlatformsSigned(t *testing.T) {
	m := sample(t, "envelope.json", `"isToOrder": true`, `"isToOrder": false`)
	want := []string{
		"DCSA-04 /transportDocument/documentParties/endorsee", "DCSA-02 /transportDocument/documentParties",
		"DCSA-37 /envelopeTransferChain/1",
	}
	got := told(ebl.Check(m))
	for _, finding := range want {
		if !slices.Contains(got, finding) {
			t.Errorf("%s is not among %v", finding, got)
		}
	}
}

func TestCheckRefusesTwoVersionsOfOneBillInForce(t *testing.T) {
	chain := func(reference, version string, entries ...string) string {
		all := make([]string, len(entries))
		for i, e := range entries {
			all[i] = entry(t, e)
		}
		return `{"transportDocumentReference":"` + reference + `","transportDocumentSubReference":"` + version +
			`","endorsementChain":[` + strings.Join(all, ",") + `]}`
	}
	issued := []string{"08:00 ISSUE carrier>shipper"}
	given := append(issued, "08:10 SURRENDER_FOR_AMENDMENT shipper>carrier", "08:20 SURRENDERED carrier>")
	for name, c := range map[string]struct {
		chains []string
		want   []string
	}{
		"amended":        {[]string{chain("N1", "1", given...), chain("N1", "2", issued...)}, nil},
		"two bills":      {[]string{chain("N1", "1", issued...), chain("N2", "1", issued...)}, nil},
		"not yet issued": {[]string{chain("N1", "1", issued...), chain("N1", "2")}, nil},
		"both still at work": {
			[]string{chain("N1", "1", issued...), chain("N1", "2", issued...)},
			[]string{"DCSA-38 /1/endorsementChain"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, []byte("["+strings.Join(c.chains, ",")+"]"))
			if got := told(ebl.Check(m)); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}
