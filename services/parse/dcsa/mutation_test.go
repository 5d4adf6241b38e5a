package dcsa_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/jsontree"
)

// gone stands for a value that is taken out.
type gone struct{}

// mutate gives every copy of a message in which one value is another: f gets the pointer of
// the object or array that holds the value, and the changed message.
func mutate(t *testing.T, name string, to any, f func(holder, at string, tree *jsontree.Node)) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "dcsa", name))
	if err != nil {
		t.Fatal(err)
	}
	root := parsed(t, b).Plain()
	changed := func(holder, at string) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		f(holder, at, parsed(t, b))
	}
	var walk func(v any, at string)
	walk = func(v any, at string) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				was, inner := v[key], at+"/"+jsontree.Escape(key)
				if v[key] = to; to == (gone{}) {
					delete(v, key)
				}
				changed(at, inner)
				v[key] = was
				walk(was, inner)
			}
		case []any:
			for i, was := range v {
				inner := at + "/" + strconv.Itoa(i)
				if to != (gone{}) {
					v[i] = to
					changed(at, inner)
					v[i] = was
				}
				walk(was, inner)
			}
		}
	}
	walk(root, "")
}

func messages() []string {
	return []string{"issuance_request.json", "shipping_instructions.json", "surrender_request.json"}
}

// A member that is missing is the fault of the object that lacks it, or of an object around it
// of which an alternative is not given any more.
func TestValidatePlacesAMissingMemberWhereItIsMissing(t *testing.T) {
	refused := 0
	for _, name := range messages() {
		mutate(t, name, gone{}, func(holder, at string, tree *jsontree.Node) {
			message, ok := dcsa.Detect(tree)
			if !ok {
				t.Errorf("%s without %s: not told", name, at)
				return
			}
			for _, f := range dcsa.Validate(message, tree) {
				refused++
				if holder != f.Path && !strings.HasPrefix(holder, f.Path+"/") {
					t.Errorf("%s without %s: a fault at %s", name, at, f.Path)
				}
			}
		})
	}
	if refused == 0 {
		t.Error("nothing was missed")
	}
}

// A value of another type reads as absent; the schema says what is wrong, and nothing else in
// the message changes its meaning by it.
func TestReadTakesAnyValueOfAnotherType(t *testing.T) {
	for _, name := range messages() {
		for _, other := range []any{nil, json.Number("-7"), map[string]any{}} {
			mutate(t, name, other, func(_, at string, tree *jsontree.Node) {
				message, ok := dcsa.Detect(tree)
				if !ok {
					t.Errorf("%s with another %s: not told", name, at)
					return
				}
				if m := dcsa.Read(message, tree); m.Name != message {
					t.Errorf("%s with another %s: read as %s", name, at, m.Name)
				}
			})
		}
	}
}
