package check_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/check/en16931"
	"github.com/countersign/countersign/services/check/texts"
	"github.com/countersign/countersign/services/parse"
)

// The judge of EN 16931 is what the official rules said of documents that nobody here wrote.
// Each of these tests logs passed / total and fails on every disagreement.

// labelled reads a file of labels, one JSON object a line.
func labelled[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "labels", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var labels []T
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var label T
		if err := json.Unmarshal(lines.Bytes(), &label); err != nil {
			t.Fatal(err)
		}
		labels = append(labels, label)
	}
	if err := lines.Err(); err != nil || len(labels) == 0 {
		t.Fatal("no labels:", err)
	}
	return labels
}

// rulesOf reads a file of the corpus and runs the rules on it; false for one that is refused.
func rulesOf(t *testing.T, path string) ([]en16931.Finding, bool) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parse.Read(b)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return nil, false
	}
	if doc.Semantic == nil {
		t.Errorf("%s: not read as an invoice", path)
		return nil, false
	}
	return en16931.Check(doc.Semantic), true
}

// ids are the rules of a severity that were broken, each once, in order.
func ids(findings []en16931.Finding, severity en16931.Severity) []string {
	set := []string{}
	for _, f := range findings {
		if f.Severity == severity {
			set = append(set, f.Rule)
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func TestConformanceToTheOfficialUnitTests(t *testing.T) {
	dir := corpus.Dir(t)
	type outcome struct{ Rule string }
	type label struct {
		File   string
		Expect struct{ Error, Warning, Success []outcome }
	}
	passed, total := 0, 0
	for _, l := range labelled[label](t, dir, "unit-en16931.jsonl") {
		expected := slices.Concat(l.Expect.Error, l.Expect.Warning, l.Expect.Success)
		if !slices.ContainsFunc(expected, func(o outcome) bool { return strings.HasPrefix(o.Rule, "BR-") }) {
			continue // a restriction of the syntax
		}
		total++
		findings, ok := rulesOf(t, filepath.Join(dir, l.File))
		if !ok {
			continue
		}
		fatal, warnings := ids(findings, en16931.Fatal), ids(findings, en16931.Warning)
		agrees := true
		for _, o := range l.Expect.Error {
			agrees = agrees && slices.Contains(fatal, o.Rule)
		}
		for _, o := range l.Expect.Warning {
			agrees = agrees && slices.Contains(warnings, o.Rule)
		}
		for _, o := range l.Expect.Success {
			agrees = agrees && !slices.Contains(fatal, o.Rule) && !slices.Contains(warnings, o.Rule)
		}
		if !agrees {
			t.Errorf("%s: expected %+v, broken %v, warned %v", l.File, l.Expect, fatal, warnings)
			continue
		}
		passed++
	}
	t.Logf("EN 16931 unit tests: %d / %d", passed, total)
}

// verdict is the label of a whole document. Restrictions of the syntax are among its rules and
// are not what is judged here.
type verdict struct {
	File, Syntax, Status string
	Fatal, Warning       []string
}

// core are the rules of EN 16931 among those given.
func core(rules []string) []string {
	return slices.DeleteFunc(slices.Clone(rules), func(id string) bool { return !strings.HasPrefix(id, "BR-") })
}

func agree(t *testing.T, name string, verdicts []verdict) {
	t.Helper()
	dir := corpus.Dir(t)
	passed, total := map[string]int{}, map[string]int{}
	for _, v := range verdicts {
		if v.Status != "clean" && v.Status != "violates" {
			continue // the official run gave no verdict
		}
		total[v.Syntax]++
		want := core(v.Fatal)
		slices.Sort(want)
		findings, ok := rulesOf(t, filepath.Join(dir, v.File))
		if !ok {
			continue
		}
		got := ids(findings, en16931.Fatal)
		warned, warnings := ids(findings, en16931.Warning), core(v.Warning)
		if !slices.Equal(got, want) || !slices.Equal(warned, warnings) {
			t.Errorf("%s: broken %v, should be %v; warned %v, should be %v", v.File, got, want, warned, warnings)
			continue
		}
		passed[v.Syntax]++
	}
	for _, syntax := range []string{"ubl", "cii"} {
		t.Logf("%s, %s: %d / %d", name, syntax, passed[syntax], total[syntax])
	}
}

func TestConformanceOfWholeDocuments(t *testing.T) {
	agree(t, "whole documents", labelled[verdict](t, corpus.Dir(t), "full-documents.jsonl"))
}

func TestConformanceOfMutants(t *testing.T) {
	mutants := labelled[verdict](t, corpus.Dir(t), "mutants.jsonl")
	for i := range mutants {
		if mutants[i].Warning == nil {
			mutants[i].Warning = []string{}
		}
	}
	agree(t, "mutants", mutants)
}

func TestEveryRuleOfTheStandardHasWordsInEveryLanguage(t *testing.T) {
	for _, rule := range en16931.Rules() {
		for _, language := range texts.Languages() {
			if text, ok := texts.Of(rule.ID, language); !ok || text.Title == "" || text.Advice == "" {
				t.Errorf("%s has no words in %s", rule.ID, language)
			}
		}
	}
}
