package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/countersign/countersign/services/app"
)

func TestEvidenceHoldsWithNothingButTheKey(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	var receipts []app.Receipt
	for i := range 20 { // trees of every shape up to 20 leaves
		receipts = append(receipts, submit(t, l, []string{"put", fmt.Sprint(i), "v"}))
	}
	for i, receipt := range receipts {
		evidence, err := l.Evidence(t.Context(), receipt.TxID)
		if err != nil {
			t.Fatal(err)
		}
		block, err := VerifyEvidence(evidence, l.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		tx := block.Txs[0]
		if block.Number != receipt.Block || tx.ID != receipt.TxID || tx.Creator != "SupplierMSP" ||
			!tx.Valid() || tx.Effects.Writes[0].Key != fmt.Sprint(i) {
			t.Fatalf("evidence proves %+v, want transaction %+v", block, receipt)
		}
	}
}

func TestEvidenceInAnotherFormOfTheSameJSONHolds(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	evidence, err := l.Evidence(t.Context(), submit(t, l, []string{"put", "k", "<v>"}).TxID)
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, evidence.Proof, "", "  "); err != nil {
		t.Fatal(err)
	}
	evidence.Proof = indented.Bytes()
	if _, err := VerifyEvidence(evidence, l.VerifierKey()); err != nil {
		t.Fatal(err)
	}
}

func TestAlteredEvidenceDoesNotHold(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	submit(t, l, []string{"put", "a", "1"})
	other := submit(t, l, []string{"put", "b", "2"})
	receipt := submit(t, l, []string{"put", "c", "3"})
	good, err := l.Evidence(t.Context(), receipt.TxID)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := l.Evidence(t.Context(), other.TxID)
	if err != nil {
		t.Fatal(err)
	}
	change := func(field string, value any) func(*app.Evidence) {
		return func(e *app.Evidence) {
			e.Proof = with(t, e.Proof, func(p map[string]json.RawMessage) { p[field] = encoded(t, value) })
		}
	}
	from := func(field string) func(*app.Evidence) {
		return func(e *app.Evidence) {
			e.Proof = with(t, e.Proof, func(p map[string]json.RawMessage) {
				p[field] = parts(t, foreign.Proof)[field]
			})
		}
	}
	inner := func(part, field string, value any) func(*app.Evidence) {
		return func(e *app.Evidence) {
			e.Proof = with(t, e.Proof, func(p map[string]json.RawMessage) {
				p[part] = with(t, p[part], func(m map[string]json.RawMessage) { m[field] = encoded(t, value) })
			})
		}
	}
	for name, spoil := range map[string]func(*app.Evidence){
		"another transaction's id":  func(e *app.Evidence) { e.TxID = other.TxID },
		"another block":             func(e *app.Evidence) { e.Block-- },
		"another format":            func(e *app.Evidence) { e.Format = "fabric-block-v1" },
		"no proof":                  func(e *app.Evidence) { e.Proof = nil },
		"another leaf":              change("leaf", 1),
		"a negative leaf":           change("leaf", -1),
		"no path":                   change("path", [][]byte{}),
		"a short hash in the path":  change("path", [][]byte{{1}}),
		"an unknown field":          change("more", 1),
		"an unsigned note":          change("checkpoint", "countersign\n"),
		"another block's header":    from("header"),
		"another block's note":      from("checkpoint"),
		"another's transaction":     from("transaction"),
		"the header's time changed": inner("header", "time", "2020-01-01T00:00:00Z"),
		"the code changed":          inner("transaction", "code", "MVCC_READ_CONFLICT"),
		"the function changed":      inner("transaction", "function", "other"),
	} {
		evidence := good
		spoil(&evidence)
		if _, err := VerifyEvidence(evidence, l.VerifierKey()); !errors.Is(err, ErrEvidence) {
			t.Errorf("evidence with %s: %v", name, err)
		}
	}
	_, stranger, err := note.GenerateKey(rand.Reader, l.signer.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{stranger, "", "no key"} {
		if _, err := VerifyEvidence(good, key); !errors.Is(err, ErrEvidence) {
			t.Errorf("evidence under key %q: %v", key, err)
		}
	}
}

func TestCheckpointIsASignedNoteOfTheNewestBlock(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	if _, err := l.Checkpoint(); !errors.Is(err, app.ErrNotFound) {
		t.Fatalf("checkpoint of an empty ledger: %v", err)
	}
	submit(t, l, []string{"put", "a", "1"})
	submit(t, l, []string{"put", "a", "2"})
	signed, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(l.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		t.Fatal(err)
	}
	blocks := allBlocks(t, l)
	if want := l.head.header.checkpoint(blocks[1].Hash); opened.Text != want || l.head.header.Size != 2 {
		t.Fatalf("checkpoint says %q, want %q", opened.Text, want)
	}
}

func parts(t *testing.T, object []byte) map[string]json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}

func with(t *testing.T, object []byte, change func(map[string]json.RawMessage)) []byte {
	t.Helper()
	fields := maps.Clone(parts(t, object))
	change(fields)
	return encoded(t, fields)
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
