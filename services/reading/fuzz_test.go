package reading_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/reading"
)

// FuzzSummary takes any bytes the whole way of a file: told by their content, read, checked. What
// a reader lets through, no check may break at.
func FuzzSummary(f *testing.F) {
	f.Add([]byte(invoice))
	f.Add([]byte("number,issue_date\n1,2026-01-01\n"))
	for _, pattern := range []string{
		"read/*.xml", "read/*.json", "dcsa/*.json", "wrapped/*.json", "statement/*",
	} {
		paths, err := filepath.Glob(filepath.Join("..", "parse", "testdata", pattern))
		if err != nil || len(paths) == 0 {
			f.Fatalf("no samples %s: %v", pattern, err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	today, err := money.ParseDate("2026-06-30")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := reading.Here{}.Summary(t.Context(), b, today)
		if err != nil {
			t.Fatal(err)
		}
		fatal := false
		for _, found := range s.Findings {
			if found.Rule == "" || found.Message == "" || found.Severity == "" {
				t.Fatalf("a finding that says nothing: %+v", found)
			}
			fatal = fatal || found.Severity == check.Fatal
		}
		switch s.Status {
		case reading.Clean, reading.Violates:
			if fatal != (s.Status == reading.Violates) {
				t.Fatalf("%s with the findings %+v", s.Status, s.Findings)
			}
		case reading.Unsupported, reading.Unreadable:
			if len(s.Findings) == 0 {
				t.Fatalf("%s, and nobody is told why", s.Status)
			}
		default:
			t.Fatalf("the status is %q", s.Status)
		}
	})
}
