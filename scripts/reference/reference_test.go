package main

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
)

func TestEveryCodeOfTheLawIsInTheReference(t *testing.T) {
	codes, err := readCodes("../..")
	if err != nil {
		t.Fatal(err)
	}
	var law []string
	for _, c := range codes {
		if c.By == "law" {
			law = append(law, c.Code)
		}
	}
	listed := make([]string, 0, len(law))
	for _, c := range trade.Codes() {
		listed = append(listed, string(c))
	}
	slices.Sort(listed)
	if !slices.Equal(law, listed) {
		t.Errorf("constants and trade.Codes differ:\n%v\n%v", law, listed)
	}
}

func TestCodeWithoutMeaningIsRefused(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "x.go",
		"package x\nconst CodeSilent = \"x.silent\"\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := codesOf(file, "law"); err == nil {
		t.Error("a code without a comment was taken")
	}
}

func TestDiagramReachesEveryPhaseOfTheTable(t *testing.T) {
	for _, kind := range kindsOf(trade.Acts()) {
		reached := []trade.Phase{start}
		for range len(trade.Acts()) { // one more phase a round at least, or all are found
			for _, a := range trade.Acts() {
				for _, e := range edgesOf(a) {
					if a.Subjects[0].Kind == kind && slices.Contains(reached, e.from) &&
						!slices.Contains(reached, e.to) {
						reached = append(reached, e.to)
					}
				}
			}
		}
		for _, a := range trade.Acts() {
			for _, phase := range a.To {
				if a.Subjects[0].Kind == kind && !slices.Contains(reached, phase) {
					t.Errorf("%s: no act leads to %s", kind, phase)
				}
			}
		}
	}
}

func TestArrowsStayOrLeave(t *testing.T) {
	act := trade.ActSpec{
		Subjects: []trade.SubjectSpec{{Access: trade.Change, From: []trade.Phase{trade.Open, trade.Matured}}},
		To:       []trade.Phase{trade.Open, trade.Matured, trade.Settled},
	}
	want := []edge{
		{trade.Open, trade.Open},
		{trade.Open, trade.Settled},
		{trade.Matured, trade.Matured},
		{trade.Matured, trade.Settled},
	}
	if got := edgesOf(act); !slices.Equal(got, want) {
		t.Errorf("arrows %v, want %v", got, want)
	}
}
