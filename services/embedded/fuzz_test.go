package embedded

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/countersign/countersign/services/app"
)

// seeds returns the stored headers, transactions and one proof of a small ledger.
func seeds(f *testing.F) (records [][]byte, evidence app.Evidence, verifierKey string) {
	f.Helper()
	dir, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := Open(f.Context(), testConfig(filepath.Join(dir, "ledger")))
	if err != nil {
		f.Fatal(err)
	}
	submit(f, l, []string{"put", "a", "1"}, []string{"policy", "a", "SupplierMSP", "CoreMSP"})
	receipt := submit(f, l, []string{"del", "a"}, []string{"event", "e", ""},
		[]string{"pput", "org_SupplierMSP", "p", "secret"})
	evidence, err = l.Evidence(f.Context(), receipt.TxID)
	if err != nil {
		f.Fatal(err)
	}
	err = l.db.View(func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketHeaders, bucketLeaves} {
			if err := tx.Bucket([]byte(name)).ForEach(func(_, v []byte) error {
				records = append(records, bytes.Clone(v))
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, l.Close()); err != nil {
		f.Fatal(err)
	}
	return records, evidence, l.VerifierKey()
}

// FuzzBlockReader: whatever bytes stand in the store, reading them gives an error or a
// record whose canonical form reads the same again.
func FuzzBlockReader(f *testing.F) {
	records, _, _ := seeds(f)
	for _, record := range records {
		f.Add(record)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := decodeHeader(data); err == nil {
			again, err := canonical(h)
			if err != nil || !bytes.Equal(again, data) {
				t.Fatalf("header %q encodes to %q: %v", data, again, err)
			}
		}
		first, err := decodeTransaction(data)
		if err != nil {
			return
		}
		form, err := canonical(first)
		if err != nil {
			return // larger in its canonical form than a record may be
		}
		second, err := decodeTransaction(form)
		if err != nil {
			t.Fatalf("transaction %q does not read again: %v", form, err)
		}
		again, err := canonical(second)
		if err != nil || !bytes.Equal(again, form) {
			t.Fatalf("transaction %q encodes to %q: %v", form, again, err)
		}
		if list, err := ops(first, nil); err == nil && first.Code != codeValid && len(list) > 0 {
			t.Fatalf("an invalid transaction changes state: %+v", list)
		}
	})
}

// FuzzVerifyEvidence: no change of a proof is accepted, but one of its form, or of the
// checkpoint's signatures by others.
func FuzzVerifyEvidence(f *testing.F) {
	_, evidence, verifierKey := seeds(f)
	want := withoutCheckpoint(f, evidence.Proof)
	f.Add(evidence.Proof)
	f.Fuzz(func(t *testing.T, data []byte) {
		changed := evidence
		changed.Proof = data
		if _, err := VerifyEvidence(changed, verifierKey); err != nil {
			return
		}
		if got := withoutCheckpoint(t, data); !bytes.Equal(got, want) {
			t.Fatalf("a forged proof was accepted: %q", data)
		}
	})
}

func withoutCheckpoint(t testing.TB, data []byte) []byte {
	t.Helper()
	var p proof
	if err := decodeStrict(data, &p); err != nil {
		t.Fatal(err)
	}
	p.Checkpoint = ""
	form, err := canonical(p)
	if err != nil {
		t.Fatal(err)
	}
	return form
}
