package match_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// FuzzTerms makes terms, which a fingerprint is of, out of whatever can be read. They are the
// same for the same paper in other bytes, with white space behind it, whoever brings it.
func FuzzTerms(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("..", "parse", "testdata", "read", "*.*"))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := parse.Read(b)
		if err != nil {
			return
		}
		again, err := parse.Read(append(slices.Clone(b), '\n'))
		if doc.PDF != nil {
			return // the end of a PDF is a part of it
		}
		if err != nil {
			t.Fatalf("with a line more: %v", err)
		}
		first, err := match.TermsOf([]match.Source{{ID: "1", Uploader: seller, Document: doc}})
		if err != nil && !errors.Is(err, match.ErrTerms) {
			t.Fatalf("no error of terms: %v", err)
		}
		second, failed := match.TermsOf([]match.Source{{ID: "2", Uploader: buyer, Document: again}})
		if (err == nil) != (failed == nil) || !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v %v and %+v %v", first, err, second, failed)
		}
	})
}
