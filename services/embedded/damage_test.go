package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// storeOfFour makes a ledger of four blocks that uses every bucket, and closes it.
func storeOfFour(t *testing.T) Config {
	t.Helper()
	cfg := testConfig(t.TempDir())
	cfg.Demo = true
	l := open(t, cfg)
	submit(t, l, []string{"put", "a", "1"}, []string{"policy", "a", "SupplierMSP", "CoreMSP"},
		[]string{"pput", "org_SupplierMSP", "p", "secret"}, []string{"pput", "copy_CoreMSP", "p", "copy"})
	submit(t, l, []string{"put", "a", "2"}, []string{"put", "b", "1"}, []string{"event", "e", "x"})
	submit(t, l, []string{"del", "b"}, []string{"pput", "org_SupplierMSP", "p", "other"},
		[]string{"ppolicy", "org_SupplierMSP", "p", "SupplierMSP"})
	submit(t, l, []string{"put", "c", "3"}, []string{"pdel", "copy_CoreMSP", "p"})
	closed(t, l)
	return cfg
}

// contents is all that a store holds.
func contents(path string) ([]byte, error) {
	db, err := openStore(path, true)
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	err = db.View(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			err := tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
				_, err := fmt.Fprintf(&all, "%s %x %x\n", name, k, v)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all.Bytes(), errors.Join(err, db.Close())
}

// alter changes a store behind the ledger's back.
func alter(t *testing.T, dir string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := openStore(filepath.Join(dir, storeFile), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func wantDamage(t *testing.T, cfg Config, block uint64) {
	t.Helper()
	l, err := Open(t.Context(), cfg)
	var damage *DamageError
	if err == nil {
		closed(t, l)
	}
	if !errors.As(err, &damage) || damage.Block != block {
		t.Fatalf("opened with %v, want damage at block %d", err, block)
	}
}

func TestAlteredStoreDoesNotOpenAndNamesTheBlock(t *testing.T) {
	put := func(bucket string, key, value []byte) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put(key, value) }
	}
	drop := func(bucket string, key []byte) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Delete(key) }
	}
	flip := func(bucket string, key []byte) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			value := bytes.Clone(tx.Bucket([]byte(bucket)).Get(key))
			value[len(value)/2] ^= 1
			return tx.Bucket([]byte(bucket)).Put(key, value)
		}
	}
	whole := storeOfFour(t)
	secret, supplier := keyHash("p"), "org_SupplierMSP"
	for name, c := range map[string]struct {
		block  uint64
		change func(*bbolt.Tx) error
	}{
		"header changed":            {1, flip(bucketHeaders, number64(1))},
		"header missing":            {2, drop(bucketHeaders, number64(2))},
		"last header missing":       {3, drop(bucketHeaders, number64(3))},
		"signature changed":         {2, flip(bucketNotes, number64(2))},
		"signature of another":      {3, put(bucketNotes, number64(3), []byte("note"))},
		"transaction changed":       {1, flip(bucketLeaves, number64(1))},
		"transaction missing":       {3, drop(bucketLeaves, number64(3))},
		"transaction too many":      {4, put(bucketLeaves, number64(4), []byte("{}"))},
		"tree hash changed":         {1, flip(bucketTree, number64(1))},
		"index entry too many":      {4, put(bucketIDs, make([]byte, 32), place(0, 0))},
		"state changed":             {1, put(bucketState, []byte("a"), entry(1, []byte("9")))},
		"state gone back":           {1, put(bucketState, []byte("a"), entry(0, []byte("1")))},
		"state of nobody":           {4, put(bucketState, []byte("z"), entry(3, []byte("9")))},
		"state from the future":     {4, put(bucketState, []byte("a"), entry(9, []byte("9")))},
		"state missing":             {3, drop(bucketState, []byte("c"))},
		"deletion undone":           {2, put(bucketState, []byte("b"), entry(1, []byte("1")))},
		"policy changed":            {0, put(bucketPolicy, collectionKey("", "a"), entry(0, []byte("BankAMSP")))},
		"private policy missing":    {2, drop(bucketPolicy, collectionKey(supplier, secret))},
		"private hash changed":      {2, flip(bucketHashes, collectionKey(supplier, secret))},
		"private value changed":     {0, flip(bucketValues, valueKey(supplier, secret, 0))},
		"private value missing":     {2, drop(bucketValues, valueKey(supplier, secret, 2))},
		"private value too many":    {4, put(bucketValues, valueKey(supplier, secret, 3), []byte{0})},
		"private value gone back":   {2, put(bucketIndex, collectionKey(supplier, "p"), entry(0, []byte{}))},
		"demo clock changed":        {0, flip(bucketMeta, []byte(metaClock))},
		"format changed":            {0, put(bucketMeta, []byte(metaFormat), []byte("other"))},
		"store of another ledger":   {0, put(bucketMeta, []byte(metaVerifier), []byte("other+1+AA"))},
		"bucket missing":            {0, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(bucketIDs)) }},
		"entry of a malformed kind": {3, put(bucketState, []byte("c"), append(number64(3), 7))},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := whole
			cfg.Dir = t.TempDir()
			if err := os.CopyFS(cfg.Dir, os.DirFS(whole.Dir)); err != nil {
				t.Fatal(err)
			}
			alter(t, cfg.Dir, c.change)
			wantDamage(t, cfg, c.block)
		})
	}
}

func TestStoreBehindItsCheckpointDoesNotOpen(t *testing.T) {
	cfg := storeOfFour(t)
	path := filepath.Join(cfg.Dir, storeFile)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := open(t, cfg)
	submit(t, l, []string{"put", "later", "1"})
	closed(t, l)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	wantDamage(t, cfg, 4)
}

func TestTornCheckpointFileIsReplaced(t *testing.T) {
	cfg := storeOfFour(t)
	path := filepath.Join(cfg.Dir, checkpointFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	longer := append(bytes.Clone(whole), "rest of a longer one"...)
	for _, torn := range [][]byte{nil, whole[:len(whole)/2], longer} {
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, cfg)
		closed(t, l)
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, whole) {
			t.Fatalf("checkpoint is %q: %v", got, err)
		}
	}
}

func TestMissingKeyIsNotMadeAnew(t *testing.T) {
	cfg := storeOfFour(t)
	if err := os.Remove(filepath.Join(cfg.Dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(t.Context(), cfg); err == nil {
		closed(t, l)
		t.Fatal("opened without its key")
	}
}

// A file cut short at every page, and every 97th byte with one bit changed: the ledger
// refuses it, or the change lies where nothing is kept and all it holds is as before.
func TestDamagedFileIsRefusedOrUnharmed(t *testing.T) {
	cfg := storeOfFour(t)
	path := filepath.Join(cfg.Dir, storeFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := contents(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(cfg.Dir, verifierFile))
	if err != nil {
		t.Fatal(err)
	}
	verifierKey := string(bytes.TrimSuffix(text, []byte("\n")))
	refused, harmless := 0, 0
	try := func(what string, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		held, err := verify(t.Context(), path, verifierKey)
		if err == nil {
			err = checkPublished(filepath.Join(cfg.Dir, checkpointFile), verifierKey, held.head)
		}
		if err != nil {
			refused++
			return
		}
		harmless++
		if got, err := contents(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: not refused, but the store is another: %v", what, err)
		}
	}
	for size := 0; size < len(whole); size += os.Getpagesize() {
		try(fmt.Sprintf("cut to %d bytes", size), whole[:size])
	}
	const stride = 97
	for at := 0; at < len(whole); at += stride {
		data := bytes.Clone(whole)
		data[at] ^= 1 << (at / stride % 8)
		try(fmt.Sprintf("bit changed in byte %d", at), data)
	}
	t.Logf("%d bytes: %d changes refused, %d in unused places", len(whole), refused, harmless)
	if refused == 0 {
		t.Fatal("nothing was refused")
	}
}
