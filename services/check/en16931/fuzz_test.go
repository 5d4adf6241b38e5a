package en16931

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/services/parse/semantic"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/parse/xmltree"
)

// Whatever a tree holds, either binding takes it and the rules say something about a place in
// it: an invoice is outside bytes up to here.
func FuzzRulesRunOnAnyTree(f *testing.F) {
	for _, name := range []string{"invoice.xml", "invoice_cii.xml", "credit_note.xml"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "parse", "testdata", "read", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	known := map[string]bool{}
	for _, r := range Rules() {
		known[r.ID] = true
	}
	limits := source.DefaultLimits()
	limits.Elements = 2000
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, fault := xmltree.Parse(b, xmltree.Options{
			Limits: limits, Known: func(string) bool { return true },
		})
		if fault != nil {
			return
		}
		for _, bind := range []func(*xmltree.Node) *semantic.Invoice{semantic.FromUBL, semantic.FromCII} {
			for _, finding := range Check(bind(tree)) {
				if !known[finding.Rule] || finding.At.Place().Path == "" {
					t.Fatalf("%+v", finding)
				}
			}
		}
	})
}
