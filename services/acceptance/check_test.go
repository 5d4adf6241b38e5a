package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cleanInvoice is an invoice in our own form that nothing is wrong with, and wrongInvoice the
// same with a payable amount that is not its sum.
const (
	cleanInvoice = `{"schema":"countersign-invoice-1","number":"7","issue_date":"2026-01-01",` +
		`"due_date":"2026-02-01","currency":"EUR","seller":{"name":"Seller"},"buyer":{"name":"Buyer"},` +
		`"lines":[{"id":"1","name":"Pumps","quantity":"2","unit":"H87","unit_price":"5","net":"10"}],` +
		`"totals":{"lines":"10","tax_exclusive":"10","tax_inclusive":"10","payable":"10"}}`
	camt = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>` +
		`<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>` +
		`<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
		`<BookgDt><Dt>2026-02-01</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef></Ntry>` +
		`</Stmt></BkToCstmrStmt></Document>`
)

func wrongInvoice() string {
	return strings.Replace(cleanInvoice, `"payable":"10"`, `"payable":"11"`, 1)
}

// filesOf writes files into a folder and gives their paths in the order of the names.
func filesOf(t *testing.T, contents map[string]string, names ...string) []string {
	t.Helper()
	dir, paths := scratch(t), []string{}
	for _, name := range names {
		path := filepath.Join(dir, name)
		paths = append(paths, path)
		content, ok := contents[name]
		if !ok {
			continue // a file that is not there
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func TestCheckSaysOfEachFileWhatItIs(t *testing.T) {
	t.Parallel()
	contents := map[string]string{
		"clean.json": cleanInvoice, "wrong.json": wrongInvoice(), "statement.xml": camt,
		"foreign.xml": "<Faktura/>", "empty": "",
		"broken.xml": `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">`,
	}
	for _, c := range []struct {
		file, status, kind, rule string
		code                     int
	}{
		{"clean.json", "clean", "invoice", "", 0},
		{"wrong.json", "violates", "invoice", "CS-AR-", 1},
		{"statement.xml", "clean", "statement", "", 0},
		{"foreign.xml", "unsupported", "", "document.unsupported", 2},
		{"broken.xml", "unreadable", "", "document.malformed", 2},
		{"empty", "unreadable", "", "document.empty", 2},
		{"absent", "unreadable", "", "file.unreadable", 2},
	} {
		r := run(t, fast, append([]string{"check", "--json"}, filesOf(t, contents, c.file)...)...)
		var s said
		if err := json.Unmarshal([]byte(r.stdout), &s); err != nil {
			t.Fatalf("%s: %v: %s %s", c.file, err, r.stdout, r.stderr)
		}
		rules := fmt.Sprint(s.Findings)
		if s.Status != c.status || s.Kind != c.kind || !strings.Contains(rules, c.rule) || r.code != c.code {
			t.Errorf("%s: exit %d, %s", c.file, r.code, r.stdout)
		}
		for _, f := range s.Findings {
			if f.Severity == "" || f.Message == "" {
				t.Errorf("%s: an empty finding %+v", c.file, f)
			}
		}
	}
}

func TestCheckEndsWithTheWorstOfItsFiles(t *testing.T) {
	t.Parallel()
	contents := map[string]string{"clean": cleanInvoice, "wrong": wrongInvoice(), "foreign": "<Faktura/>"}
	for _, c := range []struct {
		files []string
		code  int
	}{
		{[]string{"clean", "clean"}, 0},
		{[]string{"clean", "wrong"}, 1},
		{[]string{"wrong", "foreign", "clean"}, 2},
	} {
		r := run(t, fast, append([]string{"check"}, filesOf(t, contents, c.files...)...)...)
		if r.code != c.code {
			t.Errorf("%v: exit %d, want %d: %s", c.files, r.code, c.code, r.stderr)
		}
	}
}

func TestCheckKeepsTheOrderOfItsFiles(t *testing.T) {
	t.Parallel()
	contents, names := map[string]string{}, []string{}
	for i := range 200 {
		name := fmt.Sprintf("%03d.json", i)
		names = append(names, name)
		contents[name] = cleanInvoice
		if i%10 == 0 { // takes longer than the next ones
			contents[name] = `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + `]}`
		}
	}
	files := filesOf(t, contents, names...)
	checkAll(t, files) // asserts it
}

func TestCheckSpeaksPlainTextToAPipe(t *testing.T) {
	hostile := strings.Replace(cleanInvoice, `"number":"7"`, `"number":"7\u001b[2J\u202e"`, 1)
	r := run(t, fast, append([]string{"check"},
		filesOf(t, map[string]string{"a": hostile, "b": wrongInvoice()}, "a", "b")...)...)
	for _, bad := range []string{"\x1b", "\u202e", "\r"} {
		if strings.Contains(r.stdout+r.stderr, bad) {
			t.Errorf("%q is in what a terminal would obey: %s%s", bad, r.stdout, r.stderr)
		}
	}
	for _, wanted := range []string{"violates (invoice, countersign-json)", "fatal    CS-AR-", "2 files: "} {
		if !strings.Contains(r.stdout, wanted) {
			t.Errorf("%q is not in: %s", wanted, r.stdout)
		}
	}
	if r.stderr != "" {
		t.Errorf("nobody looks, and a bar is shown: %q", r.stderr)
	}
}

func TestCheckReadsStandardInput(t *testing.T) {
	t.Parallel()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), file, "check", "--json", "-")
	cmd.Stdin = strings.NewReader(wrongInvoice())
	out, err := cmd.Output()
	if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != 1 {
		t.Errorf("exit %v", err)
	}
	if !bytes.Contains(out, []byte(`"file":"-"`)) || !bytes.Contains(out, []byte(`"violates"`)) {
		t.Errorf("%s", out)
	}
}

// What costs too much is refused, and the files around it are not hurt.
func TestCheckRefusesWhatCostsMoreThanItsBudget(t *testing.T) {
	contents := map[string]string{"a": cleanInvoice, "heavy": heavy(), "z": cleanInvoice}
	files := filesOf(t, contents, "a", "heavy", "z")
	for _, flag := range []string{"--read-cpu=150ms", "--read-time=50ms"} {
		// Small budgets are for the heavy one: the others cost about a millisecond.
		r := run(t, fast, append([]string{"check", "--json", flag}, files...)...)
		lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
		if len(lines) != len(files) || r.code != 2 || !strings.Contains(lines[1], "document.too_costly") {
			t.Fatalf("%s: exit %d: %s%s", flag, r.code, r.stdout, r.stderr)
		}
		around := lines[0] + lines[2]
		if flag == "--read-cpu=150ms" && strings.Count(around, `"clean"`) != 2 {
			t.Errorf("%s: the files around it: %s", flag, around)
		}
	}
}
