package check_test

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/parse"
)

func TestIdentifiersOfTheCorpusAreToldRightFromWrong(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t), "labels", "identifiers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var labels map[string]json.RawMessage
	if err := json.Unmarshal(b, &labels); err != nil {
		t.Fatal(err)
	}
	for name, valid := range map[string]func(string) bool{
		"lei": check.ValidLEI, "iban": check.ValidIBAN, "bic": check.ValidBIC, "iso6346": check.ValidContainer,
		"imo": check.ValidIMO, "imo_company": check.ValidIMOCompany, "cn_uscc": check.ValidUSCC,
		"gs1": check.ValidGS1, "eu_vat": check.ValidEUVAT,
	} {
		t.Run(name, func(t *testing.T) {
			var label struct{ Valid, Invalid []string }
			if err := json.Unmarshal(labels[name], &label); err != nil {
				t.Fatal(err)
			}
			passed, total := 0, len(label.Valid)+len(label.Invalid)
			if total == 0 {
				t.Fatal("no labels")
			}
			for _, id := range label.Valid {
				if valid(id) {
					passed++
				} else {
					t.Errorf("%q is valid and was refused", id)
				}
			}
			for _, id := range label.Invalid {
				if valid(id) {
					t.Errorf("%q is invalid and was taken", id)
				} else {
					passed++
				}
			}
			t.Logf("%s: %d / %d", name, passed, total)
		})
	}
}

// A document that the official rules call clean must not be called wrong by ours: they are
// stricter in warnings only.
func TestCleanInvoicesOfTheCorpusHaveNoFatalFinding(t *testing.T) {
	dir := corpus.Dir(t)
	file, err := os.Open(filepath.Join(dir, "labels", "full-documents.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	today, err := money.ParseDate("2026-12-31")
	if err != nil {
		t.Fatal(err)
	}
	clean, total, warnings := 0, 0, map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var label struct{ File, Syntax, Status string }
		if err := json.Unmarshal(lines.Bytes(), &label); err != nil {
			t.Fatal(err)
		}
		if label.Status != "clean" {
			continue
		}
		total++
		b, err := os.ReadFile(filepath.Join(dir, label.File))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := parse.Read(b)
		if err != nil {
			t.Errorf("%s: %v", label.File, err)
			continue
		}
		findings := check.Document(doc, today)
		if !check.Violates(findings) {
			clean++
		}
		for _, f := range findings {
			if f.Severity == check.Fatal {
				t.Errorf("%s: %+v", label.File, f)
			}
			warnings[f.Rule]++
		}
	}
	t.Logf("clean documents without a fatal finding: %d / %d; warnings %v", clean, total, warnings)
}

func TestDocumentTakesEveryReadableFileOfTheCorpus(t *testing.T) {
	today := day(t, today)
	read, findings := 0, 0
	err := filepath.WalkDir(corpus.Dir(t), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := parse.Read(b)
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is the matter of package parse
		}
		read++
		for _, f := range check.Document(doc, today) {
			findings++
			if f.Rule == "" || f.Message == "" || f.Advice == "" || f.Severity == "" {
				t.Errorf("%s: an empty finding %+v", path, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents checked, %d findings", read, findings)
}
