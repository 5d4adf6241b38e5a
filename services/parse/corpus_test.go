package parse_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
)

// maxLabelLine bounds a line of a label file of the corpus.
const maxLabelLine = 4 << 20

// labels reads a file of one JSON object a line.
func labels[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "labels", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLabelLine)
	var all []T
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

type fieldsLabel struct {
	File, Syntax string
	Fields       struct {
		Number       string
		Type         string
		IssueDate    string `json:"issue_date"`
		DueDate      string `json:"due_date"`
		SellerName   string `json:"seller_name"`
		SellerVAT    string `json:"seller_vat"`
		BuyerName    string `json:"buyer_name"`
		BuyerVAT     string `json:"buyer_vat"`
		OrderRef     string `json:"order_ref"`
		Currency     string
		LineTotal    string `json:"line_total"`
		TaxExclusive string `json:"tax_exclusive"`
		TaxInclusive string `json:"tax_inclusive"`
		Prepaid      string
		Payable      string
		Tax          string
		IBANs        []string `json:"ibans"`
		Lines        int
	}
}

type fullLabel struct{ File, Syntax, Status string }

// Nothing that others wrote makes the reader crash, and none of it is read in two ways.
func TestReadTakesEveryFileOfTheCorpusWithoutACrash(t *testing.T) {
	dir := corpus.Dir(t)
	counts := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := parse.Read(b)
		fault, isFault := errors.AsType[*parse.Fault](err)
		switch {
		case err == nil:
			if disagrees(doc) {
				t.Errorf("%s is read in two ways: %v", path, doc.Flaws)
			}
			counts["read as "+string(doc.Kind)+" "+doc.Syntax]++
		case isFault:
			counts[fault.Code]++
			if fault.Code != source.CodeUnsupported {
				t.Logf("%s: %v", path, err)
			}
		default:
			t.Errorf("%s: an error that is no Fault: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", counts)
}

func TestReadRefusesForeignSyntaxesAsUnsupported(t *testing.T) {
	dir := corpus.Dir(t)
	b, err := os.ReadFile(filepath.Join(dir, "labels", "categories.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	passed, total := 0, 0
	for line := range strings.Lines(string(b)) {
		name, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "foreign-syntaxes\t")
		if !found {
			continue
		}
		total++
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parse.Read(content)
		if fault, ok := errors.AsType[*parse.Fault](err); ok && fault.Code == source.CodeUnsupported {
			passed++
		} else {
			t.Errorf("%s: %v, want %s", name, err, source.CodeUnsupported)
		}
	}
	t.Logf("foreign syntaxes refused as unsupported: %d / %d", passed, total)
}
