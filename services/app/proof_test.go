package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// TestAProofTellsWhatWasChangedBehindTheNodesBack changes one thing after another that a trace
// shows, where the database would take it, and looks for the line that tells of it.
func TestAProofTellsWhatWasChangedBehindTheNodesBack(t *testing.T) {
	w := begin(t, openNode(t), 0)
	w.upload()
	w.verified()
	w.issued()
	honest := w.prove()
	if honest.Outcome != app.Pass {
		t.Fatalf("of an honest trade the proof is %s: %+v", honest.Outcome, honest.Lines)
	}
	for _, check := range []app.ProofCheck{
		app.ProofChain, app.ProofHistory, app.ProofCommitment, app.ProofConsent, app.ProofCommand,
		app.ProofSignature, app.ProofOriginal, app.ProofFields,
	} {
		if !slices.ContainsFunc(honest.Lines, func(l app.ProofLine) bool { return l.Check == check }) {
			t.Errorf("nothing was compared under %s", check)
		}
	}
	for name, c := range w.changes(w.txOf(honest)) {
		if w.exec(t, c.change) != 1 {
			t.Fatalf("%s: not one row was changed", name)
		}
		changed := w.prove()
		if changed.Outcome != app.Fail || !slices.ContainsFunc(changed.Lines, func(l app.ProofLine) bool {
			return l.Check == c.check && l.Outcome == app.Fail
		}) {
			t.Errorf("%s was changed, and the proof is %s", name, changed.Outcome)
		}
		w.exec(t, c.back)
	}
	w.spoilPapers()
	if w.prove().Outcome != app.Pass {
		t.Error("what was put back does not pass")
	}
}

// tampering is something that is changed in the database, how it is put back, and what tells of it.
type tampering struct {
	change, back string
	check        app.ProofCheck
}

// replacing is a statement that replaces a text in a column of JSON of the projection.
func replacing(table, where, column, from, to string) string {
	return fmt.Sprintf("UPDATE ledger.%s SET %s = replace(%[2]s::text, '%[3]s', '%[4]s')::json WHERE %[5]s",
		table, column, from, to, where)
}

// changes are those that the database takes; confirmed is the transaction of the confirmation.
func (w *way) changes(confirmed string) map[string]tampering {
	const step = "act = 'receivable.confirm'"
	inJSON := func(table, where, column, from, to string, check app.ProofCheck) tampering {
		return tampering{
			replacing(table, where, column, from, to), replacing(table, where, column, to, from), check,
		}
	}
	tx := func(id string) string {
		return "UPDATE ledger.transactions SET tx_id = '" + id + "' WHERE (block, position) IN " +
			"(SELECT block, position FROM ledger.transitions WHERE " + step + ")"
	}
	phase := func(to string) string {
		return "UPDATE ledger.transitions SET to_phase = '" + to + "' WHERE " + step
	}
	fields := func(from, to string) string { // with the digest that the database wants beside them
		text := fmt.Sprintf("replace(fields::text, '%s', '%s')", from, to)
		return "UPDATE documents SET fields = " + text + "::json, canonical_digest = 'sha-256:' || " +
			"encode(sha256(convert_to(" + text + ", 'UTF8')), 'hex') WHERE kind = 'invoice'"
	}
	signer := string(w.buyerChecker.Person)
	return map[string]tampering{
		"the promise in the signed command": inJSON("transitions", step, "signed",
			`"acknowledgement"`, `"payment_undertaking"`, app.ProofCommand),
		"who signed": inJSON("transitions", step, "signed", signer, "nobody", app.ProofSignature),
		"the record": inJSON("assets", "id = '"+string(w.receivable)+"'", "record",
			`"OPEN"`, `"OVERDUE"`, app.ProofHistory),
		"the phase of a step":       {phase("SETTLED"), phase("OPEN"), app.ProofHistory},
		"the transaction of a step": {tx("ff" + confirmed), tx(confirmed), app.ProofChain},
		"the fields of a paper":     {fields("CNY", "EUR"), fields("EUR", "CNY"), app.ProofFields},
	}
}

// prove computes the trace again, for the auditor.
func (w *way) prove() app.Proof {
	w.t.Helper()
	p, err := w.Prove(w.t.Context(), w.auditor.Actor, w.receivable)
	ok(w.t, err)
	return p
}

// txOf is the transaction of the receivable's second step.
func (w *way) txOf(p app.Proof) string {
	w.t.Helper()
	for _, l := range p.Lines {
		if l.Check == app.ProofChain && l.Asset == w.receivable && l.Version == 2 {
			return l.Found
		}
	}
	w.t.Fatal("the receivable has no second step")
	return ""
}

// spoilPapers changes a byte of a paper, takes the paper away, and puts it back.
func (w *way) spoilPapers() {
	t := w.t
	invoice := w.trade.Files["invoice.xml"]
	file := ""
	ok(t, filepath.WalkDir(w.papers, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if bytes.Equal(content, invoice) {
			file = name
		}
		return err
	}))
	changed := slices.Clone(invoice)
	changed[len(changed)/2] ^= 1
	for note, spoil := range map[app.ProofNote]func() error{
		app.NoteDiffers: func() error { return os.WriteFile(file, changed, 0o600) },
		app.NoteMissing: func() error { return os.Remove(file) },
	} {
		ok(t, os.Chmod(file, 0o600))
		ok(t, spoil())
		lines := w.prove().Lines
		n := slices.IndexFunc(lines, func(l app.ProofLine) bool {
			return l.Check == app.ProofOriginal && l.Outcome == app.Fail
		})
		if n < 0 || lines[n].Note != note || lines[n].Kind != trade.KindDocument {
			t.Errorf("of a paper whose bytes are spoilt (%s) the proof says %+v", note, lines)
		}
		ok(t, os.WriteFile(file, invoice, 0o600))
	}
}
