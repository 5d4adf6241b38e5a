package parse_test

import (
	"encoding/json"
	"testing"

	"github.com/countersign/countersign/schemas"
	"github.com/countersign/countersign/services/parse"
)

// exampleOf is the first example that the schema of a kind gives.
func exampleOf(t *testing.T, k parse.Kind) []byte {
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
