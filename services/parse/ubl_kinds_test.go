package parse_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// ublOf puts a body into the envelope of a kind of UBL document.
func ublOf(root, body string) []byte {
	return []byte(`<` + root + ` xmlns="urn:oasis:names:specification:ubl:schema:xsd:` + root + `-2"` +
		` xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"` +
		` xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">` +
		`<cbc:ID>1</cbc:ID>` + body + `</` + root + `>`)
}

func TestReadTakesTheYesOrNoOfASimpleOrderResponse(t *testing.T) {
	for indicator, want := range map[string]string{
		"true": parse.ResponseAccepted, "false": parse.ResponseRejected, "perhaps": "",
	} {
		doc := mustRead(t, ublOf("OrderResponseSimple", `<cbc:AcceptedIndicator>`+indicator+
			`</cbc:AcceptedIndicator><cac:OrderReference><cbc:ID>O-1</cbc:ID></cac:OrderReference>`))
		if doc.Kind != parse.OrderResponse || doc.TypeCode != want || doc.OrderRef != "O-1" {
			t.Errorf("%s: %s with answer %q to %q", indicator, doc.Kind, doc.TypeCode, doc.OrderRef)
		}
		if doc.Refuses() != (indicator == "false") {
			t.Errorf("%s: refuses %t", indicator, doc.Refuses())
		}
	}
}

// A waybill is told by its main carriage, and never takes the type of a document of title.
func TestReadTellsAWaybillByTheModeOfItsMainCarriage(t *testing.T) {
	stage := func(body string) string { return `<cac:ShipmentStage>` + body + `</cac:ShipmentStage>` }
	mode := func(code string) string { return `<cbc:TransportModeCode>` + code + `</cbc:TransportModeCode>` }
	truck := stage(mode("3") + `<cbc:PreCarriageIndicator>true</cbc:PreCarriageIndicator>`)
	for body, want := range map[string]string{
		truck + stage(mode("1")): parse.TypeSeaWaybill,
		stage(mode("2")):         parse.TypeRailWaybill,
		truck + stage(mode("4")): parse.TypeAirWaybill,
		truck:                    parse.TypeRoadWaybill,
		stage(mode("6")):         parse.TypeWaybill,
		"":                       parse.TypeWaybill,
		stage(`<cac:TransportMeans><cac:MaritimeTransport><cbc:VesselName>A</cbc:VesselName>` +
			`</cac:MaritimeTransport></cac:TransportMeans>`): parse.TypeSeaWaybill,
	} {
		doc := mustRead(t, ublOf("Waybill", `<cac:Shipment><cbc:ID>1</cbc:ID>`+body+`</cac:Shipment>`))
		if doc.Kind != parse.BillOfLading || doc.Transport.Type != want {
			t.Errorf("%s %q, want %q, of %s", doc.Kind, doc.Transport.Type, want, body)
		}
	}
}

func TestReadNeverMixesTwoCarriers(t *testing.T) {
	doc := mustRead(t, sample(t, "read", "waybill.xml"))
	if doc.Carrier != (parse.Party{Name: "Skagen Linjer AS"}) {
		t.Errorf("carrier %+v", doc.Carrier)
	}
}

func TestReadFlagsARefusalInAnotherUnit(t *testing.T) {
	line := func(unit string) []byte {
		return ublOf("ReceiptAdvice", `<cac:ReceiptLine><cbc:ID>1</cbc:ID>`+
			`<cbc:ReceivedQuantity unitCode="H87">40</cbc:ReceivedQuantity>`+
			`<cbc:RejectedQuantity unitCode="`+unit+`">1</cbc:RejectedQuantity></cac:ReceiptLine>`)
	}
	if doc := mustRead(t, line("H87")); len(doc.Flaws) != 0 {
		t.Errorf("flaws %+v", doc.Flaws)
	}
	doc := mustRead(t, line("CT"))
	if len(doc.Flaws) != 1 || doc.Flaws[0].Code != source.CodeValue {
		t.Errorf("flaws %+v, want one %s", doc.Flaws, source.CodeValue)
	}
}

// Every UBL document of the corpus is read as what its root says, or refused as unsupported.
func TestReadTakesEveryKindOfUBLOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	kinds := map[string]parse.Kind{
		"Order": parse.PurchaseOrder, "OrderResponse": parse.OrderResponse,
		"OrderResponseSimple": parse.OrderResponse, "DespatchAdvice": parse.DespatchAdvice,
		"ReceiptAdvice": parse.ReceiptAdvice, "Waybill": parse.BillOfLading,
	}
	read, refused := map[parse.Kind]int{}, 0
	for _, folder := range []string{"oasis-ubl", "ph-ubl-testfiles"} {
		err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".xml") {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			root := rootOf(b)
			want, logistics := kinds[root]
			doc, err := parse.Read(b)
			fault, _ := errors.AsType[*parse.Fault](err)
			switch {
			case logistics && err != nil:
				t.Errorf("%s: %v", path, err)
			case logistics && doc.Kind != want:
				t.Errorf("%s: %s, want %s", path, doc.Kind, want)
			case logistics && disagrees(doc):
				t.Errorf("%s: %v", path, doc.Flaws)
			case logistics:
				read[want]++
			case root == "Invoice" || root == "CreditNote": // held against their labels elsewhere
			case fault == nil || fault.Code != source.CodeUnsupported:
				t.Errorf("%s: %v, want %s", path, err, source.CodeUnsupported)
			default:
				refused++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("read: %v; other kinds refused as unsupported: %d", read, refused)
}

var rootElement = regexp.MustCompile(`<(?:\w+:)?(\w+)[\s>]`)

// rootOf is the local name of the root element, in any encoding.
func rootOf(b []byte) string {
	if found := rootElement.FindSubmatch(b); found != nil {
		return string(found[1])
	}
	return ""
}

// named is a party that has a name and nothing else, in an element.
func named(element, name string) string {
	return `<cac:` + element + `><cac:PartyName><cbc:Name>` + name + `</cbc:Name></cac:PartyName></cac:` +
		element + `>`
}

// Papers of logistics name their parties and their order in many ways, and both readers know them.
func TestTwoReadingsAgreeOnWhoCarriesAndWhoSends(t *testing.T) {
	in := func(element, body string) string { return `<cac:` + element + `>` + body + `</cac:` + element + `>` }
	before := `<cbc:PreCarriageIndicator>true</cbc:PreCarriageIndicator>`
	address := in("Party", in("PostalAddress", `<cbc:CityName>Steyr</cbc:CityName>`))
	party := in("Party", `<cac:PartyName><cbc:Name>B</cbc:Name></cac:PartyName>`)
	reference := func(id, of string) string {
		return in("DocumentReference", `<cbc:ID>`+id+`</cbc:ID>`+of)
	}
	for _, c := range []struct{ root, body, seller, carrier, order string }{
		{"Waybill", in("Shipment", in("Delivery", named("CarrierParty", "D"))+
			in("Consignment", named("CarrierParty", "C"))), "", "D", ""},
		{"Waybill", in("Shipment", in("Consignment", named("CarrierParty", "C")+named("ConsignorParty", "S"))+
			in("Consignment", named("CarrierParty", "X")+named("ConsignorParty", "X"))), "S", "C", ""},
		{"Waybill", in("Shipment", `<cac:Consignment/>`+in("Consignment", named("CarrierParty", "X"))), "", "", ""},
		{"Waybill", in("CarrierParty", in("PostalAddress", `<cbc:CityName>Steyr</cbc:CityName>`)) +
			in("Shipment", in("ShipmentStage", before+named("CarrierParty", "T"))+
				in("ShipmentStage", named("CarrierParty", "M")+named("CarrierParty", "N"))), "", "M", ""},
		{"Waybill", in("Shipment", in("ShipmentStage", named("CarrierParty", "T")+before)), "", "T", ""},
		{"Waybill", in("Shipment", `<cac:ShipmentStage/>`+
			in("ShipmentStage", named("CarrierParty", "T"))), "", "", ""},
		{"Waybill", reference("D-1", `<cbc:DocumentTypeCode>351</cbc:DocumentTypeCode>`) +
			reference("O-1", `<cbc:DocumentType> OR DER</cbc:DocumentType>`) +
			reference("O-2", `<cbc:DocumentTypeCode>220</cbc:DocumentTypeCode>`), "", "", "O-1"},
		{"DespatchAdvice", in("SellerSupplierParty", address) + in("DespatchSupplierParty", party), "B", "", ""},
		{"ReceiptAdvice", in("DespatchSupplierParty", party) + `<cac:OrderReference/>` +
			in("OrderReference", `<cbc:ID>O-9</cbc:ID>`), "B", "", ""},
		{"Order", in("SellerSupplierParty", party) +
			in("AccountingSupplierParty", named("Party", "A")), "B", "", ""},
	} {
		doc := mustRead(t, ublOf(c.root, c.body))
		if doc.Seller.Name != c.seller || doc.Carrier.Name != c.carrier || doc.OrderRef != c.order {
			t.Errorf("seller %q, carrier %q, order %q of %s", doc.Seller.Name, doc.Carrier.Name, doc.OrderRef, c.body)
		}
		if len(doc.Flaws) > 0 {
			t.Errorf("flaws %v of %s", doc.Flaws, c.body)
		}
	}
}
