package acceptance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/fixtures/corpus"
)

// The corpus is real trade documents that nobody here wrote, with verdicts by others.
// TestCorpus gives all of them to `countersign check` and prints one table: what the program
// said against what the labels say. `go test ./services/acceptance -run Corpus -v` shows it.

const (
	perMille  = 1000
	maxShown  = 8       // disagreements that are shown of each row
	labelLine = 4 << 20 // bytes of a line of a label file, at most
)

// labels reads a file of one JSON object a line.
func labels[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "labels", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, labelLine)
	var all []T
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// said is a line of `countersign check --json`.
type said struct {
	File, Kind, Syntax, Status string
	Findings                   []finding
	Fields                     map[string]any
}

// rules are the ids of the rules of EN 16931 that a file breaks.
func (s said) rules() []string {
	list := []string{}
	for _, f := range s.Findings {
		if strings.HasPrefix(f.Rule, "BR-") && f.Severity == "fatal" {
			list = append(list, f.Rule)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// checkAll runs the program over files and gives what it said of each.
func checkAll(t *testing.T, files []string) map[string]said {
	t.Helper()
	r := run(t, fast, append([]string{"check", "--json"}, files...)...)
	all := map[string]said{}
	for line := range strings.Lines(r.stdout) {
		var s said
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("not JSON: %s: %v", line, err)
		}
		if want := files[len(all)]; s.File != want {
			t.Fatalf("%s stands where %s should: the order of the files is lost", s.File, want)
		}
		all[s.File] = s
	}
	if len(all) != len(files) {
		t.Fatalf("%d files were given and %d answered, exit %d: %s", len(files), len(all), r.code, r.stderr)
	}
	return all
}

// row is a line of the table.
type row struct {
	name          string
	passed, total int
	least         int // of 1,000 that must pass
	wrong         []string
}

// finding is one of the findings of a file.
type finding struct{ Rule, Severity, Message, Path string }

// take counts one verdict; what is wrong is said when it is.
func (r *row) take(right bool, file, format string, args ...any) {
	r.total++
	if right {
		r.passed++
		return
	}
	r.wrong = append(r.wrong, file+": "+fmt.Sprintf(format, args...))
}

func (r *row) holds() bool { return r.total > 0 && r.passed*perMille >= r.least*r.total }

// judge is a corpus with what the program said of its files.
type judge struct {
	t    *testing.T
	dir  string
	said map[string]said
}

func (j judge) of(file string) said { return j.said[filepath.Join(j.dir, file)] }

func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := corpus.Dir(t)
	categories := categoriesOf(t, dir)
	files := []string{}
	for file := range categories {
		files = append(files, filepath.Join(dir, file))
	}
	for _, label := range []string{"unit-en16931.jsonl", "dcsa-schema-validity.jsonl"} {
		for _, l := range labels[struct{ File string }](t, dir, label) {
			files = append(files, filepath.Join(dir, l.File))
		}
	}
	slices.Sort(files)
	files = slices.Compact(files)
	j := judge{t, dir, checkAll(t, files)}
	t.Logf("%d files", len(files))
	rows := []*row{j.units(), j.documents("full-documents.jsonl"), j.documents("mutants.jsonl")}
	rows = append(rows, j.fields(), j.pairs())
	rows = append(rows, j.hybrids()...)
	rows = append(rows, j.dcsaValid(), j.dcsaNegatives(), identifiers(t, dir), j.wrapped())
	rows = append(rows, j.foreign(categories))
	rows = append(rows, j.answers(categories)...)
	report(t, rows)
}

// report prints the table, and then the disagreements.
func report(t *testing.T, rows []*row) {
	t.Helper()
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-44s %6s %6s %8s\n", "category", "passed", "total", "wanted")
	for _, r := range rows {
		mark := ""
		if !r.holds() {
			mark = "  <- too few"
		}
		fmt.Fprintf(&table, "%-44s %6d %6d %6d.%d%%%s\n",
			r.name, r.passed, r.total, r.least/10, r.least%10, mark)
	}
	t.Log(table.String())
	for _, r := range rows {
		for _, w := range r.wrong[:min(len(r.wrong), maxShown)] {
			t.Logf("%s: %s", r.name, w)
		}
		if !r.holds() {
			t.Errorf("%s: %d of %d", r.name, r.passed, r.total)
		}
	}
}

// categoriesOf reads the category of every file.
func categoriesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "labels", "categories.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		category, file, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok && category != "category" {
			all[file] = category
		}
	}
	return all
}

// units are the official tests of single rules, on fragments: only the rules in scope count.
func (j judge) units() *row {
	r := &row{name: "EN 16931 unit tests", least: perMille}
	type expected struct{ Rule string }
	for _, l := range labels[struct {
		File   string
		Expect map[string][]expected
	}](j.t, j.dir, "unit-en16931.jsonl") {
		s := j.of(l.File)
		fired := map[string]bool{}
		for _, f := range s.Findings {
			fired[f.Rule] = true
		}
		right, wrong := true, ""
		judged := false
		for what, rules := range l.Expect {
			for _, e := range rules {
				if !strings.HasPrefix(e.Rule, "BR-") {
					continue
				}
				judged = true
				if fired[e.Rule] != (what != "success") {
					right, wrong = false, fmt.Sprintf("%s expects %s, fired: %t", e.Rule, what, fired[e.Rule])
				}
			}
		}
		if judged {
			r.take(right && s.Status != "unreadable" && s.Status != "unsupported", l.File, "%s (%s)", wrong, s.Status)
		}
	}
	return r
}

// business are the business rules of a list of labelled ones, in order. Those of the syntaxes
// alone are not judged.
func business(rules []string) []string {
	kept := slices.DeleteFunc(rules, func(rule string) bool { return !strings.HasPrefix(rule, "BR-") })
	slices.Sort(kept)
	return slices.Compact(kept)
}

// documents are whole documents and the fatal rules that fire on them.
func (j judge) documents(name string) *row {
	r := &row{name: "verdict and rules: " + strings.TrimSuffix(name, ".jsonl"), least: perMille}
	for _, l := range labels[struct {
		File, Status string
		Fatal        []string
	}](j.t, j.dir, name) {
		if l.Status == "unprocessable" { // the official rules have no verdict
			continue
		}
		want := business(l.Fatal)
		s := j.of(l.File)
		verdict := "clean"
		if len(want) > 0 {
			verdict = "violates"
		}
		// A document that breaks the syntax alone may be called either: restrictions of the
		// syntaxes are not judged here.
		right := s.Status == verdict || (l.Status != verdict && s.Status == l.Status)
		r.take(right && slices.Equal(s.rules(), want), l.File, "%s %v, labelled %s %v",
			s.Status, s.rules(), l.Status, want)
	}
	return r
}

// answers count the files of each other category: every one gets an answer, whichever.
func (j judge) answers(categories map[string]string) []*row {
	all := map[string]*row{}
	for file, category := range categories {
		if all[category] == nil {
			all[category] = &row{name: "answered: " + category, least: perMille}
		}
		s := j.of(file)
		broke := slices.ContainsFunc(s.Findings, func(f finding) bool {
			return f.Rule == "document.reader_failed" || f.Rule == "document.too_costly" || f.Rule == "file.unreadable"
		})
		all[category].take(s.Status != "" && !broke, file, "%s %v", s.Status, s.Findings)
	}
	rows := []*row{}
	for _, category := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, all[category])
	}
	return rows
}

// foreign are invoices of national formats that are not read here, and must not be misread.
func (j judge) foreign(categories map[string]string) *row {
	r := &row{name: "foreign syntaxes unsupported", least: perMille}
	for _, file := range slices.Sorted(maps.Keys(categories)) {
		if categories[file] == "foreign-syntaxes" {
			s := j.of(file)
			r.take(s.Status == "unsupported", file, "%s as %s %s", s.Status, s.Kind, s.Syntax)
		}
	}
	return r
}
