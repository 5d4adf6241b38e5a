package parse_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/schemas"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// nativeKinds are the kinds that have a schema.
func nativeKinds() []parse.Kind {
	return []parse.Kind{
		parse.PurchaseOrder, parse.Invoice, parse.CreditNote, parse.DebitNote, parse.DespatchAdvice,
		parse.ReceiptAdvice, parse.BillOfLading, parse.WarehouseReceipt, parse.PackingList,
		parse.CustomsDeclaration, parse.PaymentAdvice,
	}
}

// exampleOf is the first example that the schema of a kind gives.
func exampleOf(t testing.TB, k parse.Kind) []byte {
	t.Helper()
	b, err := schemas.Documents.ReadFile(string(k) + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Examples []json.RawMessage }
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Examples) == 0 {
		t.Fatalf("the schema of %s has no example", k)
	}
	return schema.Examples[0]
}

func TestReadTakesTheExampleOfEverySchema(t *testing.T) {
	for _, k := range nativeKinds() {
		doc, err := parse.Read(exampleOf(t, k))
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		if doc.Kind != k || doc.Syntax != string(parse.SyntaxJSON) || doc.Profile != parse.SchemaID(k) {
			t.Errorf("%s is read as %s, %s, %s", k, doc.Kind, doc.Syntax, doc.Profile)
		}
	}
}

// Every member that a schema allows must arrive in the Document: a member without a field of
// its name would be lost in silence.
func TestEveryMemberOfTheExamplesArrivesInTheDocument(t *testing.T) {
	for _, k := range nativeKinds() {
		var want, got map[string]any
		example := exampleOf(t, k)
		if err := json.Unmarshal(example, &want); err != nil {
			t.Fatal(err)
		}
		delete(want, "schema")
		written, err := json.Marshal(mustRead(t, example))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatal(err)
		}
		missing(t, string(k), want, got)
	}
}

// missing reports what is in want and not in got; decimals are compared as numbers.
func missing(t *testing.T, path string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		for key, value := range w {
			missing(t, path+"."+key, value, g[key])
		}
	case []any:
		g, _ := got.([]any)
		if len(g) != len(w) {
			t.Errorf("%s has %d of %d items", path, len(g), len(w))
			return
		}
		for i := range w {
			missing(t, path, w[i], g[i])
		}
	case string:
		if g, _ := got.(string); g != w && number(g) != number(w) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	default:
		if want != got {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// The schemas allow members that no example uses; each must be a field of Document too.
func TestEveryMemberOfTheSchemasIsAFieldOfTheDocument(t *testing.T) {
	b, err := schemas.Documents.ReadFile("definitions.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var shared struct {
		Defs map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(b, &shared); err != nil {
		t.Fatal(err)
	}
	for _, k := range nativeKinds() {
		b, err := schemas.Documents.ReadFile(string(k) + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if err := json.Unmarshal(b, &schema); err != nil {
			t.Fatal(err)
		}
		instance, ok := specimen(schema, shared.Defs).(map[string]any)
		if !ok {
			t.Fatalf("the schema of %s is no object", k)
		}
		delete(instance, "schema")
		b, err = json.Marshal(instance)
		if err != nil {
			t.Fatal(err)
		}
		var doc parse.Document
		decoder := json.NewDecoder(bytes.NewReader(b))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&doc); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
}

// specimen makes a value with every member that a schema names, whether or not it is valid.
func specimen(schema map[string]any, defs map[string]map[string]any) any {
	if ref, ok := schema["$ref"].(string); ok {
		_, name, _ := strings.Cut(ref, "#/$defs/")
		return specimen(defs[name], defs)
	}
	if values, ok := schema["enum"].([]any); ok {
		return values[0]
	}
	switch schema["type"] {
	case "object":
		properties, _ := schema["properties"].(map[string]any)
		made := map[string]any{}
		for name, inner := range properties {
			if s, ok := inner.(map[string]any); ok {
				made[name] = specimen(s, defs)
			}
		}
		return made
	case "array":
		items, _ := schema["items"].(map[string]any)
		return []any{specimen(items, defs)}
	case "integer":
		return 1
	case "boolean":
		return true
	default:
		if schema["format"] == "date" {
			return "2026-03-02"
		}
		return "1"
	}
}

func TestTypedListsEveryWrongFieldAtOnce(t *testing.T) {
	_, err := parse.Typed(parse.PaymentAdvice, []byte(`{"schema":"countersign-payment-advice-1",
		"number":"P-1","issue_date":"18.06.2026","currency":"yuan","buyer":{"name":"A","colour":"red"},
		"seller":{"name":"B"},"invoice_refs":["1"],"totals":{"payable":1}}`))
	fault := wantCode(t, err, source.CodeSchema)
	paths := []string{fault.Path}
	for _, more := range fault.More {
		paths = append(paths, more.Path)
	}
	want := []string{"/buyer/colour", "/currency", "/issue_date", "/totals/payable"}
	if !slices.Equal(paths, want) {
		t.Errorf("faults are at %v, want %v", paths, want)
	}
}

func TestTypedRefusesTheFieldsOfAnotherKind(t *testing.T) {
	_, err := parse.Typed(parse.Invoice, exampleOf(t, parse.BillOfLading))
	wantCode(t, err, source.CodeSchema)
}

func TestTypedMarksWhatAPersonTyped(t *testing.T) {
	doc, err := parse.Typed(parse.BillOfLading, exampleOf(t, parse.BillOfLading))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Syntax != string(parse.SyntaxTyped) || doc.Kind != parse.BillOfLading {
		t.Errorf("typed fields are read as %s, %s", doc.Syntax, doc.Kind)
	}
}

func TestReadRefusesAStraightBillWithoutAConsignee(t *testing.T) {
	b := bytes.Replace(exampleOf(t, parse.BillOfLading), []byte(`"to_order"`), []byte(`"straight"`), 1)
	b = bytes.Replace(b, []byte(`"consignee"`), []byte(`"buyer"`), 1)
	_, err := parse.Read(b)
	if fault := wantCode(t, err, source.CodeSchema); fault.Path != "/consignee" {
		t.Errorf("the fault is at %s, want /consignee", fault.Path)
	}
}
