package dcsa_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse/dcsa"
	"github.com/countersign/countersign/services/parse/jsontree"
	"github.com/countersign/countersign/services/parse/source"
)

// verdict is a line of a label file: the message and what JSON Schema refuses in it.
type verdict struct {
	File   string
	Schema string
	Errors [][2]string // keyword and place, steps joined by slashes
}

// maxLabelLine bounds a line of a label file of the corpus.
const maxLabelLine = 1 << 20

func verdicts(t *testing.T, dir, name string) []verdict {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "labels", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLabelLine)
	var all []verdict
	for lines.Scan() {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, dir, name string) *jsontree.Node {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, b)
}

func parsed(t testing.TB, b []byte) *jsontree.Node {
	t.Helper()
	tree, f := jsontree.Parse(b, source.DefaultLimits())
	if f != nil {
		t.Fatal(f)
	}
	return tree
}

// places are the places of the label as JSON Pointers, each once.
func places(v verdict) map[string]bool {
	all := map[string]bool{}
	for _, e := range v.Errors {
		pointer := ""
		if e[1] != "" {
			pointer = "/" + e[1]
		}
		all[pointer] = true
	}
	return all
}

// sound tells whether the faults are at exactly the labelled places.
func sound(v verdict, faults []source.Fault) bool {
	want, got := places(v), map[string]bool{}
	for _, f := range faults {
		got[f.Path] = true
	}
	if len(got) != len(want) {
		return false
	}
	for p := range want {
		if !got[p] {
			return false
		}
	}
	return true
}

func TestValidateAgreesWithTheLabelsOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	for _, name := range []string{"dcsa-schema-validity.jsonl", "dcsa-negatives.jsonl"} {
		told, right, total := 0, 0, 0
		for _, v := range verdicts(t, dir, name) {
			if v.Schema == "" {
				continue // the label names no schema for it
			}
			total++
			tree := read(t, dir, v.File)
			message, ok := dcsa.Detect(tree)
			if !ok || string(message) != v.Schema {
				t.Errorf("%s: told as %q, labelled %s", v.File, message, v.Schema)
				continue
			}
			told++
			if faults := dcsa.Validate(message, tree); sound(v, faults) {
				right++
			} else {
				t.Errorf("%s: faults %v, labelled %v", v.File, faults, v.Errors)
			}
		}
		t.Logf("%s: told %d / %d, verdict and place right %d / %d", name, told, total, right, total)
	}
}

// The messages of the corpus that are of other standards of DCSA, and so not read here.
func TestDetectLeavesOtherStandardsOfDCSAAlone(t *testing.T) {
	dir := corpus.Dir(t)
	left, total := 0, 0
	for _, standard := range []string{"arrival-notice", "booking", "tnt", "vgm", "ovs-test"} {
		files, err := filepath.Glob(filepath.Join(dir, "dcsa-conformance", standard, "messages", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.Contains(file, "error-message") {
				continue // all standards share the shape of their errors
			}
			total++
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if name, ok := dcsa.Detect(parsed(t, b)); ok {
				t.Errorf("%s: told as %s", file, name)
			} else {
				left++
			}
		}
	}
	t.Logf("messages of other standards left alone: %d / %d", left, total)
}
