package main

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestRefusesWhatDiffersBetweenEndorsers(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), newAnalyzer(), "refused")
}

func TestAllowsTheLawAndItsTests(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), newAnalyzer(), "allowed")
}

func TestLeavesCommandsAlone(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), newAnalyzer(), "example/cmd/server")
}

func TestLetsTheFaceLogAndNoMore(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), newAnalyzer(), "example/internal/contract")
}
