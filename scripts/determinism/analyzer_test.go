package main

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// The packages under testdata say in comments what is to be reported where, and what is
// reported without such a comment fails the test: refused holds one example of each rule,
// allowed what the law does, and the examples a face, which may log, and a command, which may
// do anything. They are loaded together because loading takes the time.
func TestRefusesWhatDiffersBetweenEndorsersAndNothingElse(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), newAnalyzer(),
		"refused", "allowed", "example/internal/contract", "example/cmd/server")
	found := map[string]int{}
	for _, r := range results {
		found[r.Pass.Pkg.Path()] += len(r.Diagnostics)
	}
	if found["refused"] == 0 || found["allowed"] != 0 || found["example/cmd/server"] != 0 {
		t.Errorf("reports by package: %v", found)
	}
}
