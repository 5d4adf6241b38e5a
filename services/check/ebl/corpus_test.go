package ebl_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/check/ebl"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

func read(t testing.TB, b []byte) *dcsa.Message {
	t.Helper()
	tree, f := jsontree.Parse(b, source.DefaultLimits())
	if f != nil {
		t.Fatal(f)
	}
	name, ok := dcsa.Detect(tree)
	if !ok {
		t.Fatalf("no message: %s", b)
	}
	return dcsa.Read(name, tree)
}

// The standard's own examples keep its rules.
func TestCheckFindsNothingFatalInMessagesThatAreLabelledValid(t *testing.T) {
	dir := corpus.Dir(t)
	lines, err := os.ReadFile(filepath.Join(dir, "labels", "dcsa-schema-validity.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	clean, total := 0, 0
	for line := range strings.Lines(string(lines)) {
		var label struct {
			File  string
			Valid bool
		}
		if err := json.Unmarshal([]byte(line), &label); err != nil {
			t.Fatal(err)
		}
		if !label.Valid {
			continue
		}
		total++
		b, err := os.ReadFile(filepath.Join(dir, label.File))
		if err != nil {
			t.Fatal(err)
		}
		fatal := 0
		for _, f := range ebl.Check(read(t, b)) {
			if f.Severity == ebl.Fatal {
				fatal++
				t.Errorf("%s: %s at %s", label.File, f.Rule, f.Path)
			} else {
				t.Logf("%s: %s at %s", label.File, f.Rule, f.Path)
			}
		}
		if fatal == 0 {
			clean++
		}
	}
	t.Logf("valid messages without a fatal finding: %d / %d", clean, total)
}
