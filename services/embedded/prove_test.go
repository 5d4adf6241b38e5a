package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/countersign/countersign/services/app"
)

func TestEveryTransactionLeadsToTheNewestCheckpoint(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	var receipts []app.Receipt
	for i := range 9 {
		receipts = append(receipts, submit(t, l, []string{"put", fmt.Sprint(i), "v"}))
	}
	newest := receipts[len(receipts)-1]
	for _, receipt := range receipts {
		proved, err := l.Prove(t.Context(), receipt.TxID)
		if err != nil {
			t.Fatal(err)
		}
		if proved.Block.Number != receipt.Block || proved.Block.Txs[0].ID != receipt.TxID ||
			proved.Head != newest.Block || len(proved.HeadHash) != hashSize {
			t.Errorf("proved %+v, want transaction %+v up to block %d", proved, receipt, newest.Block)
		}
	}
	if _, err := l.Prove(t.Context(), "00"); !errors.Is(err, app.ErrNotFound) {
		t.Errorf("of a transaction that is not there: %v", err)
	}
}

func TestWhatWasChangedInTheStoreIsNotProved(t *testing.T) {
	for name, bucket := range map[string]string{
		"a header": bucketHeaders, "a signed note": bucketNotes, "a transaction": bucketLeaves,
		"the tree": bucketTree,
	} {
		l := open(t, testConfig(t.TempDir()))
		first := submit(t, l, []string{"put", "a", "1"})
		submit(t, l, []string{"put", "b", "2"})
		submit(t, l, []string{"put", "c", "3"})
		err := l.db.Update(func(tx *bbolt.Tx) error {
			key, value := tx.Bucket([]byte(bucket)).Cursor().First()
			if bucket == bucketTree { // a hash that the proofs need
				key, value = tx.Bucket([]byte(bucket)).Cursor().Seek(leafKey(1))
			}
			return tx.Bucket([]byte(bucket)).Put(key, bytes.Replace(value, value[len(value)/2:], flipped(value), 1))
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Prove(t.Context(), first.TxID); err == nil || errors.Is(err, app.ErrNotFound) {
			t.Errorf("%s was changed, and the first transaction is proved: %v", name, err)
		}
	}
}

// flipped is the second half of a value with one bit changed.
func flipped(value []byte) []byte {
	half := bytes.Clone(value[len(value)/2:])
	half[0] ^= 1
	return half
}
