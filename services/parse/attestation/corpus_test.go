package attestation_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse/attestation"
)

// label is what the corpus says of a wrapped document: of version 2 both checks, of version 3
// the type of the proof and whether a signature stands in it.
type label struct {
	File       string
	Schema     string
	TargetHash *bool `json:"targetHash_ok"`
	MerkleRoot *bool `json:"merkleRoot_ok"`
	Signature  *bool
}

func TestVerifyAgreesWithTheLabelsOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t)
	lines, err := os.ReadFile(filepath.Join(dir, "labels", "tradetrust-integrity.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	right, total := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(lines)) {
		var l label
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, l.File))
		if err != nil {
			t.Fatal(err)
		}
		v := verify(t, b)
		total[l.Schema]++
		good := l.TargetHash == nil || *l.TargetHash == v.TargetHash
		good = good && (l.MerkleRoot == nil || *l.MerkleRoot == v.MerkleRoot)
		good = good && (l.Signature == nil || *l.Signature == v.Signed)
		if l.TargetHash == nil { // the label states no hash: all of them are as they were wrapped
			good = good && v.Version == attestation.V3 && v.Intact()
		}
		if !good {
			t.Errorf("%s: %+v, labelled %s", l.File, v, line)
			continue
		}
		right[l.Schema]++
	}
	for schema, n := range total {
		t.Logf("%s: integrity as labelled %d / %d", schema, right[schema], n)
	}
}
