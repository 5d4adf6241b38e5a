package match_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// pair names one invoice in two syntaxes, and the fields in which the two differ honestly.
type pair struct {
	CII, UBL string
	Differ   []string `json:"fields_differ"`
}

// corpusPairs reads the labels of the corpus, or skips with one line.
func corpusPairs(t *testing.T) (dir string, pairs []pair) {
	t.Helper()
	dir = corpus.Dir(t)
	file, err := os.Open(filepath.Join(dir, "labels", "equivalent-pairs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var p pair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, p)
	}
	return dir, pairs
}

// termsOf reads a file and draws the terms of its claim. A credit note makes no claim; the terms
// that would enter its fingerprints must be the same in both syntaxes all the same.
func termsOf(t *testing.T, file string) match.Terms {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parse.Read(b)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	doc.Kind = parse.Invoice
	terms, err := match.TermsOf([]match.Source{{ID: "1", Uploader: "seller", Document: doc}})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return terms
}

// fingerprinted is what the law makes the fingerprints of: an order enters one only together with
// papers of the goods.
func fingerprinted(t match.Terms) trade.Claim {
	c := t.Claim()
	if len(c.Goods) == 0 {
		c.Order = ""
	}
	return c
}

func TestOneInvoiceInTwoSyntaxesHasOneFingerprint(t *testing.T) {
	dir, pairs := corpusPairs(t)
	equal := 0
	for _, p := range pairs {
		cii, ubl := termsOf(t, filepath.Join(dir, p.CII)), termsOf(t, filepath.Join(dir, p.UBL))
		if slices.Contains(p.Differ, "buyer_name") && cii.BuyerID != ubl.BuyerID {
			t.Logf("%s: buyer %q and %q, as the label says", p.CII, cii.BuyerID, ubl.BuyerID)
			cii.BuyerID = ubl.BuyerID
		}
		if reflect.DeepEqual(fingerprinted(cii), fingerprinted(ubl)) {
			equal++
			continue
		}
		t.Errorf("%s: the terms are %+v, in UBL %+v", p.CII, cii, ubl)
	}
	t.Logf("pairs with equal terms of their fingerprints: %d / %d", equal, len(pairs))
}
