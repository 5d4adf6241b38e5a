//go:build linux

package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/parse/source"
	"github.com/countersign/countersign/services/reading"
	"github.com/countersign/countersign/services/sandbox"
)

// asReader is the argument with which this test binary becomes a worker as the program has them.
const asReader = "run-as-a-reader"

func reader(t *testing.T) *sandbox.Reader {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return sandbox.NewReader(open(t, sandbox.DefaultConfig(asReader, log)))
}

func today(t *testing.T) money.Date {
	t.Helper()
	d, err := money.ParseDate("2026-06-30")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// papers are files to read: our own samples and, where it is there, the corpus.
func papers(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"nothing": {}, "garbage": {0xff, 0xfe, 0x00}, "a text": []byte("hello")}
	folders := []string{filepath.Join("..", "..", "fixtures"), filepath.Join("..", "parse", "testdata")}
	if dir, there := corpus.Find(); there {
		for _, name := range []string{"en16931", "mutants", "dcsa-openapi", "akretion-factur-x", "tradetrust"} {
			folders = append(folders, filepath.Join(dir, name))
		}
	}
	const enough = 300
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || (err == nil && entry.IsDir()) || len(all) >= enough {
				return nil
			}
			if err != nil {
				return err
			}
			all[path], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestReaderReadsWhatAReaderInThisProcessReads(t *testing.T) {
	r, here := reader(t), reading.Here{}
	read := 0
	for name, raw := range papers(t) {
		doc, findings, err := r.Document(t.Context(), raw, today(t))
		wantDoc, wantFindings, wantErr := here.Document(t.Context(), raw, today(t))
		same(t, name+": document", doc, wantDoc)
		if len(findings)+len(wantFindings) > 0 {
			same(t, name+": findings", findings, wantFindings)
		}
		same(t, name+": fault", err, wantErr)
		summary, err := r.Summary(t.Context(), raw, today(t))
		wantSummary, wantErr := here.Summary(t.Context(), raw, today(t))
		same(t, name+": summary", summary, wantSummary)
		same(t, name+": fault of the summary", err, wantErr)
		syntax, _ := r.Syntax(t.Context(), raw)
		if syntax != parse.Detect(raw) {
			t.Errorf("%s: syntax %s", name, syntax)
		}
		statement, err := r.Statement(t.Context(), raw)
		wantStatement, wantErr := here.Statement(t.Context(), raw)
		same(t, name+": statement", statement, wantStatement)
		same(t, name+": fault of the statement", err, wantErr)
		bulk, err := r.Bulk(t.Context(), raw)
		wantBulk, wantErr := here.Bulk(t.Context(), raw)
		same(t, name+": bulk file", bulk, wantBulk)
		same(t, name+": fault of the bulk file", err, wantErr)
		payables, err := r.Payables(t.Context(), raw)
		wantPayables, wantErr := here.Payables(t.Context(), raw)
		same(t, name+": list of payables", payables, wantPayables)
		same(t, name+": fault of the list of payables", err, wantErr)
		if doc != nil {
			read++
		}
	}
	t.Logf("%d documents read in a worker and here", read)
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	w, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(g, w) {
		t.Errorf("%s:\nin a worker %s\nhere        %s", what, g, w)
	}
}

func TestReaderTakesTypedFields(t *testing.T) {
	fields := []byte(`{"schema":"countersign-invoice-1"}`)
	_, _, err := reader(t).Typed(t.Context(), parse.Invoice, fields, today(t))
	f, ok := errors.AsType[*parse.Fault](err)
	if !ok || f.Code != source.CodeSchema || len(f.More) == 0 {
		t.Errorf("%v, want every field that is missing", err)
	}
}

func TestReaderCallsAnOverrunAndABrokenReaderFaultsOfTheDocument(t *testing.T) {
	c := config(t)
	c.Budget.Time = 200 * time.Millisecond
	for kind, code := range map[string]string{
		"wait 60000": source.CodeTooCostly, "panic 1": source.CodeReaderFailed,
	} {
		c.Command = []string{c.Command[0], asWorker, kind}
		r := sandbox.NewReader(open(t, c))
		_, _, err := r.Document(t.Context(), []byte("<x/>"), today(t))
		if f, ok := errors.AsType[*parse.Fault](err); !ok || f.Code != code {
			t.Errorf("%s: %v, want %s", kind, err, code)
		}
		s, err := r.Summary(t.Context(), []byte("<x/>"), today(t))
		if err != nil || s.Status != reading.Unreadable || len(s.Findings) != 1 || s.Findings[0].Rule != code {
			t.Errorf("%s: summary %+v, %v", kind, s, err)
		}
	}
}

func TestHandleRefusesWhatIsNoQuestion(t *testing.T) {
	unknown := `{"do":"format the disk"}` + "\n<x/>"
	for _, request := range []string{"", "\n", "{}", "{}\n", unknown, "\xff\xfe\n"} {
		var a struct{ Unasked string }
		if err := json.Unmarshal(sandbox.Handle([]byte(request)), &a); err != nil || a.Unasked == "" {
			t.Errorf("%q was carried out: %v", request, err)
		}
	}
}
