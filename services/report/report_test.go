package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/report"
)

// shared is one Renderer for all tests: reading the fonts takes most of a short test.
var shared = sync.OnceValues(func() (*report.Renderer, error) { return report.New(report.Options{}) })

// renderer is the shared Renderer; it skips the test where no font is installed.
func renderer(t testing.TB) *report.Renderer {
	t.Helper()
	r, err := shared()
	if errors.Is(err, report.ErrNoFont) {
		t.Skipf("no font to draw with; would run with Debian's fonts-wqy-microhei: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func load[T any](t testing.TB, name string) T {
	t.Helper()
	var v T
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func sampleDossier(t testing.TB) app.Dossier { return load[app.Dossier](t, "trade1.dossier.json") }
func sampleList(t testing.TB) app.AuditList  { return load[app.AuditList](t, "trades.list.json") }

// keep writes a rendered file to REPORT_DIR, for a person to look at.
func keep(t testing.TB, name string, file []byte) {
	t.Helper()
	if dir := os.Getenv("REPORT_DIR"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// readBack is the text of a PDF in the order it was drawn, without any white space, as
// another program reads it.
func readBack(t testing.TB, pdf []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed; would run with Debian's poppler-utils")
	}
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return squeeze(string(out))
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// inOrder asserts that the texts stand in the report one after the other.
func inOrder(t testing.TB, whole string, texts ...string) {
	t.Helper()
	rest := whole
	for _, s := range texts {
		_, after, found := strings.Cut(rest, squeeze(s))
		if !found {
			t.Fatalf("%q is missing or out of order (elsewhere: %v)", s, strings.Contains(whole, squeeze(s)))
		}
		rest = after
	}
}

func TestDossierSaysEverythingInOrder(t *testing.T) {
	r, d := renderer(t), sampleDossier(t)
	pdf, err := r.Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "dossier.pdf", pdf)
	got := readBack(t, pdf)
	want := []string{"Financing dossier", d.Financing, d.State.Word, "2027-02-17 03:20:00 UTC"}
	want = append(want, d.TakenFor, d.ClockNote)
	for _, v := range d.Verdicts {
		want = append(want, v.Question, v.Answer.Word, v.Reason, v.RulePack)
	}
	want = append(want, "not encumbered among the registrations of 7 members at 2026-11-21 08:04:11 UTC",
		"No public registry was searched")
	for _, p := range d.Parties {
		want = append(want, p.Role, p.Name, p.MSP)
		for _, id := range p.Identifiers {
			want = append(want, id.Scheme+" "+id.Value)
		}
	}
	want = append(want, d.Receivable.ID, "2,006,880.00 CNY", d.Receivable.Number, "2026-11-20",
		d.Receivable.DueDate.String(), d.Receivable.Phase.Word, "Quote")
	want = append(want, d.Quote.Bank, "1,806,192.00 CNY", "90.00 %", "19,205.84 CNY", "4.35 %", d.Quote.RateKind,
		"2,006.88 CNY", "88 days, ACT/360", "1,784,979.28 CNY", "5.0221 %", "2026-11-21", d.Quote.Recourse)
	for _, p := range d.Papers {
		want = append(want, p.Kind, p.Number, p.Org, p.Uploader, p.ReceivedAt.Format("2006-01-02 15:04:05"))
	}
	for _, s := range d.Matrix.Sources {
		want = append(want, s.Name, s.Paper, s.By)
	}
	for _, row := range d.Matrix.Rows {
		want = append(want, row.Fact)
		for _, c := range row.Cells {
			want = append(want, c.Value)
		}
	}
	want = append(want, d.Matrix.Independence, d.Findings[0].Message, d.Findings[0].Rule, d.Findings[0].Remedy,
		d.Findings[0].Claimed, d.Findings[0].Found, d.Findings[0].Source, d.Findings[0].Place)
	for _, dec := range d.Decisions {
		want = append(want, dec.Act, dec.Outcome.Word, dec.At.Format("2006-01-02 15:04:05"))
		for _, p := range dec.Signers {
			want = append(want, p.Person, p.Role, p.Organisation, p.Signature)
		}
		want = append(want, dec.CommandID)
	}
	for _, tx := range d.Ledger {
		want = append(want, tx.Time.Format("2006-01-02 15:04:05"), tx.Act, strings.Join(tx.Endorsers, ", "))
	}
	for _, p := range d.Papers {
		want = append(want, p.Digest)
	}
	for _, dec := range d.Decisions {
		want = append(want, dec.Command)
	}
	for _, tx := range d.Ledger {
		want = append(want, tx.TxID)
	}
	inOrder(t, got, want...)
}

func TestEveryPageNamesTheInputAndTheCheckpoint(t *testing.T) {
	r, d := renderer(t), sampleDossier(t)
	pdf, err := r.Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := report.Digest(d)
	if err != nil {
		t.Fatal(err)
	}
	got := readBack(t, pdf)
	pages := strings.Count(got, squeeze("Checkpoint block 42 "+d.Checkpoint.Hash))
	if pages < 2 || strings.Count(got, digest) != pages {
		t.Fatalf("%d pages name the checkpoint, %d the input", pages, strings.Count(got, digest))
	}
	inOrder(t, got, "Page 1 of ", "Page 2 of ")
}

func TestSameInputGivesTheSameBytes(t *testing.T) {
	d, l := sampleDossier(t), sampleList(t)
	a := renderer(t)
	b, err := report.New(report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, render := range renderings(d, l) {
		first, err := render(a)
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := render(a)
		if err != nil {
			t.Fatal(name, err)
		}
		other, err := render(b)
		if err != nil {
			t.Fatal(name, err)
		}
		if !bytes.Equal(first, again) || !bytes.Equal(first, other) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
}

func renderings(d app.Dossier, l app.AuditList) map[string]func(*report.Renderer) ([]byte, error) {
	ctx := context.Background()
	return map[string]func(*report.Renderer) ([]byte, error){
		"dossier": func(r *report.Renderer) ([]byte, error) { return r.Dossier(ctx, d) },
		"pdf":     func(r *report.Renderer) ([]byte, error) { return r.AuditPDF(ctx, l) },
		"xlsx":    func(r *report.Renderer) ([]byte, error) { return r.AuditXLSX(ctx, l) },
		"csv":     func(r *report.Renderer) ([]byte, error) { return r.AuditCSV(ctx, l) },
	}
}

func TestDossierRefusesAMatrixThatIsNotRectangular(t *testing.T) {
	d := sampleDossier(t)
	d.Matrix.Rows[3].Cells = d.Matrix.Rows[3].Cells[1:]
	if _, err := renderer(t).Dossier(t.Context(), d); !errors.Is(err, app.ErrReportInput) {
		t.Fatal(err)
	}
}

func TestReportsRefuseToInventATime(t *testing.T) {
	r := renderer(t)
	for name, render := range renderings(app.Dossier{Financing: "f"}, app.AuditList{}) {
		if _, err := render(r); !errors.Is(err, app.ErrReportInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEmptyDossierSaysWhatIsNotKnown(t *testing.T) {
	d := app.Dossier{Financing: "f-1", TakenAt: sampleDossier(t).TakenAt}
	pdf, err := renderer(t).Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, readBack(t, pdf), "No verdict was taken.", "No party is named.", "No bank has quoted.",
		"No paper was received.", "No facts were compared.", "Nothing was decided.",
		"Nothing stands on the ledger.")
}

func TestUniquenessIsNeverClaimedWithoutItsBounds(t *testing.T) {
	d := sampleDossier(t)
	d.Uniqueness = app.UniquenessClaim{}
	pdf, err := renderer(t).Dossier(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	got := readBack(t, pdf)
	inOrder(t, got, "Uniqueness: not known.")
	if strings.Contains(got, squeeze("not encumbered")) {
		t.Fatal("an unknown uniqueness is shown as a pass")
	}
	d.Uniqueness = app.UniquenessClaim{
		Encumbered: true, Matched: "order, goods and amount", Members: 7, At: d.TakenAt,
		Registry: "movable property registry", SearchedOn: money.DateOf(d.TakenAt),
	}
	if pdf, err = renderer(t).Dossier(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	inOrder(t, readBack(t, pdf), "already encumbered", "order, goods and amount",
		"movable property registry searched on 2027-02-17")
}

func TestCancelledRenderingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := renderer(t).AuditPDF(ctx, sampleList(t)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
