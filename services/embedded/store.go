package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/services/app"
)

// The buckets of the store. The first six are the chain; the next four are the state, which
// is nothing but the chain replayed; values holds the only private values.
const (
	bucketMeta    = "meta"    // format, verifier key, clock offset
	bucketHeaders = "headers" // block number → canonical header
	bucketNotes   = "notes"   // block number → signed checkpoint
	bucketLeaves  = "leaves"  // leaf number → canonical transaction
	bucketTree    = "tree"    // stored hash index (package tlog) → hash
	bucketIDs     = "ids"     // transaction id → leaf number, block number

	bucketState  = "state"  // key → entry of the value
	bucketPolicy = "policy" // collection, key or key hash → entry of the endorsers
	bucketHashes = "hashes" // collection, key hash → entry of the value hash
	bucketIndex  = "index"  // collection, key → empty entry: the leaf that wrote it
	bucketValues = "values" // collection, key hash, leaf number → key and private value
)

func buckets() []string {
	return []string{
		bucketMeta, bucketHeaders, bucketNotes, bucketLeaves, bucketTree, bucketIDs,
		bucketState, bucketPolicy, bucketHashes, bucketIndex, bucketValues,
	}
}

const (
	metaFormat   = "format"
	metaVerifier = "verifier"
	metaClock    = "clock_offset"
)

// maxKeyBytes bounds a key of public or private state; bbolt's own limit is four times that.
const maxKeyBytes = 8 << 10

var errKey = errors.New("key is empty, too long or not UTF-8")

// checkKey refuses a key that no ledger takes: the shim refuses an empty one and panics on
// one that is not UTF-8.
func checkKey(key string) error {
	if key == "" || len(key) > maxKeyBytes || !utf8.ValidString(key) {
		return errKey
	}
	return nil
}

// op is one change of a state bucket; a nil value is a deletion.
//
// Every entry names the leaf that wrote it, and a deleted key keeps its entry. So opening
// can hold the state against the chain in one pass and without a second copy: an entry that
// is older than the last operation on its key, or that no operation wrote, shows itself.
type op struct {
	bucket string
	key    []byte
	value  []byte
}

func entry(leaf int64, value []byte) []byte {
	data := append(make([]byte, 0, entryPrefix+len(value)), leafKey(leaf)...)
	if value == nil {
		return append(data, entryDeleted)
	}
	return append(append(data, entryLive), value...)
}

const (
	entryPrefix       = 9
	entryDeleted byte = 0
	entryLive    byte = 1
)

// parseEntry splits an entry; the value is nil when the key is deleted.
func parseEntry(data []byte) (leaf int64, value []byte, err error) {
	if len(data) < entryPrefix || data[8] > entryLive || (data[8] == entryDeleted && len(data) > entryPrefix) {
		return 0, nil, errors.New("entry is malformed")
	}
	leaf = leafOf(data)
	if data[8] == entryDeleted {
		return leaf, nil, nil
	}
	return leaf, data[entryPrefix:], nil
}

func collectionKey[K string | []byte](collection string, key K) []byte {
	data := make([]byte, 0, len(collection)+1+len(key))
	data = append(append(data, collection...), 0)
	return append(data, key...)
}

// policyKey is the key of a policy in its bucket: of a public key, the key; of a key in a
// collection, its hash, given in hex.
func policyKey(collection, key string) ([]byte, error) {
	if collection == "" {
		return collectionKey("", key), nil
	}
	hash, err := hex.DecodeString(key)
	if err != nil || len(hash) != hashSize {
		return nil, errors.New("policy names a private key by something else than its hash")
	}
	return collectionKey(collection, hash), nil
}

func valueKey(collection string, keyHash []byte, leaf int64) []byte {
	return append(collectionKey(collection, keyHash), leafKey(leaf)...)
}

// ops are the changes of state that a valid transaction makes; none for an invalid one.
// private are its private values, as many as it has private hashes.
func ops(t transaction, private []app.PrivateWrite) ([]op, error) {
	if t.Code != codeValid {
		return nil, nil
	}
	list := make([]op, 0, len(t.Effects.Writes)+len(t.Policies)+2*len(t.Effects.Private))
	for _, w := range t.Effects.Writes {
		o := op{bucket: bucketState, key: []byte(w.Key)}
		if !w.Deleted {
			o.value = w.Value
		}
		list = append(list, o)
	}
	for _, p := range t.Policies {
		key, err := policyKey(p.Collection, p.Key)
		if err != nil {
			return nil, err
		}
		o := op{bucket: bucketPolicy, key: key}
		if len(p.Endorsers) > 0 {
			o.value = []byte(strings.Join(p.Endorsers, "\n"))
		}
		list = append(list, o)
	}
	for _, p := range t.Effects.Private {
		o := op{bucket: bucketHashes, key: collectionKey(p.Collection, p.KeyHash)}
		if !p.Deleted {
			o.value = p.ValueHash
		}
		list = append(list, o)
	}
	for _, p := range private {
		o := op{bucket: bucketIndex, key: collectionKey(p.Collection, p.Key)}
		if !p.Deleted {
			o.value = []byte{}
		}
		list = append(list, o)
	}
	return list, nil
}

// apply makes a transaction's changes of state.
func apply(tx *bbolt.Tx, leaf int64, t transaction, private []app.PrivateWrite) error {
	list, err := ops(t, private)
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := tx.Bucket([]byte(o.bucket)).Put(o.key, entry(leaf, o.value)); err != nil {
			return fmt.Errorf("write %s: %w", o.bucket, err)
		}
	}
	values := tx.Bucket([]byte(bucketValues))
	for _, p := range private {
		hash := sha256.Sum256([]byte(p.Key))
		record := binary.AppendVarint(nil, int64(len(p.Key)))
		record = append(append(record, p.Key...), p.Value...)
		if err := values.Put(valueKey(p.Collection, hash[:], leaf), record); err != nil {
			return fmt.Errorf("write private value: %w", err)
		}
	}
	return nil
}

// view reads the store within one bbolt transaction. What it returns is valid only as long.
type view struct{ tx *bbolt.Tx }

func (v view) get(bucket string, key []byte) []byte { return v.tx.Bucket([]byte(bucket)).Get(key) }

// entry returns the value of a live entry, or nil.
func (v view) entry(bucket string, key []byte) ([]byte, error) {
	data := v.get(bucket, key)
	if data == nil {
		return nil, nil
	}
	_, value, err := parseEntry(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", bucket, err)
	}
	return value, nil
}

func (v view) state(key string) ([]byte, error) { return v.entry(bucketState, []byte(key)) }

func (v view) policy(collection, key string) ([]string, error) {
	at, err := policyKey(collection, key)
	if err != nil {
		return nil, err
	}
	value, err := v.entry(bucketPolicy, at)
	if value == nil || err != nil {
		return nil, err
	}
	return strings.Split(string(value), "\n"), nil
}

func (v view) privateHash(collection string, keyHash []byte) ([]byte, error) {
	return v.entry(bucketHashes, collectionKey(collection, keyHash))
}

// private returns the value of a key in a collection, or nil.
func (v view) private(collection, key string) ([]byte, error) {
	data := v.get(bucketIndex, collectionKey(collection, key))
	if data == nil {
		return nil, nil
	}
	leaf, live, err := parseEntry(data)
	if live == nil || err != nil {
		return nil, err
	}
	hash := sha256.Sum256([]byte(key))
	write, err := v.privateAt(app.PrivateHash{Collection: collection, KeyHash: hash[:]}, leaf)
	return write.Value, err
}

// privateAt returns what a transaction wrote to a private key; ErrNotFound when the ledger
// does not hold it.
func (v view) privateAt(hash app.PrivateHash, leaf int64) (app.PrivateWrite, error) {
	record := v.get(bucketValues, valueKey(hash.Collection, hash.KeyHash, leaf))
	if record == nil {
		return app.PrivateWrite{}, fmt.Errorf("private value of leaf %d: %w", leaf, app.ErrNotFound)
	}
	size, n := binary.Varint(record)
	if n <= 0 || size < 0 || size > int64(len(record)-n) {
		return app.PrivateWrite{}, errors.New("private value is malformed")
	}
	record = record[n:]
	write := app.PrivateWrite{
		Collection: hash.Collection, Key: string(record[:size]), Deleted: hash.Deleted,
	}
	if !hash.Deleted {
		write.Value = bytes.Clone(record[size:])
	}
	return write, nil
}

// checkPrivate holds a private value against its hashes in the block.
func checkPrivate(w app.PrivateWrite, hash app.PrivateHash) error {
	key, value := sha256.Sum256([]byte(w.Key)), sha256.Sum256(w.Value)
	if !bytes.Equal(key[:], hash.KeyHash) || (!hash.Deleted && !bytes.Equal(value[:], hash.ValueHash)) {
		return errors.New("private value does not have the hash that stands in the block")
	}
	return nil
}

func (v view) header(number uint64) (header, []byte, error) {
	data := v.get(bucketHeaders, number64(number))
	if data == nil {
		return header{}, nil, fmt.Errorf("block %d: %w", number, app.ErrNotFound)
	}
	h, err := decodeHeader(data)
	if err != nil {
		return header{}, nil, fmt.Errorf("block %d: %w", number, err)
	}
	sum := sha256.Sum256(data)
	return h, sum[:], nil
}

func (v view) leaf(leaf int64) (transaction, []byte, error) {
	data := v.get(bucketLeaves, leafKey(leaf))
	if data == nil {
		return transaction{}, nil, fmt.Errorf("transaction %d: %w", leaf, app.ErrNotFound)
	}
	t, err := decodeTransaction(data)
	if err != nil {
		return transaction{}, nil, fmt.Errorf("transaction %d: %w", leaf, err)
	}
	return t, data, nil
}

// find returns where a transaction stands.
func (v view) find(txID string) (leaf int64, block uint64, err error) {
	id, err := hex.DecodeString(txID)
	if err != nil || len(id) != hashSize || hex.EncodeToString(id) != txID {
		return 0, 0, fmt.Errorf("transaction %q: %w", txID, app.ErrNotFound)
	}
	at := v.get(bucketIDs, id)
	if at == nil {
		return 0, 0, fmt.Errorf("transaction %s: %w", txID, app.ErrNotFound)
	}
	if len(at) != 16 {
		return 0, 0, fmt.Errorf("transaction %s: index entry is malformed", txID)
	}
	return leafOf(at), binary.BigEndian.Uint64(at[8:]), nil
}

func place(leaf int64, block uint64) []byte {
	return binary.BigEndian.AppendUint64(leafKey(leaf), block)
}

// ReadHashes implements tlog.HashReader.
func (v view) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		data := v.get(bucketTree, leafKey(index))
		if len(data) != tlog.HashSize {
			return nil, fmt.Errorf("tree hash %d is missing or malformed", index)
		}
		copy(hashes[i][:], data)
	}
	return hashes, nil
}

// grow adds a leaf to the tree.
func (v view) grow(leaf int64, hash tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(leaf, hash, v)
	if err != nil {
		return fmt.Errorf("extend tree by leaf %d: %w", leaf, err)
	}
	bucket, first := v.tx.Bucket([]byte(bucketTree)), tlog.StoredHashIndex(0, leaf)
	for i, h := range hashes {
		if err := bucket.Put(leafKey(first+int64(i)), bytes.Clone(h[:])); err != nil {
			return fmt.Errorf("extend tree by leaf %d: %w", leaf, err)
		}
	}
	return nil
}

// entries iterates over the live entries of a bucket with prefix+start ≤ key < prefix+end,
// in byte order; an empty end is open within the prefix.
type entries struct {
	cursor     *bbolt.Cursor
	prefix     []byte
	end        []byte
	key, value []byte
	err        error
}

func (v view) entries(bucket string, prefix []byte, start, end string) *entries {
	e := &entries{cursor: v.tx.Bucket([]byte(bucket)).Cursor(), prefix: prefix}
	if end != "" {
		e.end = append(bytes.Clone(prefix), end...)
	}
	e.settle(e.cursor.Seek(append(bytes.Clone(prefix), start...)))
	return e
}

// settle skips deleted entries and stops at the end.
func (e *entries) settle(key, data []byte) {
	for ; key != nil; key, data = e.cursor.Next() {
		if !bytes.HasPrefix(key, e.prefix) || (e.end != nil && bytes.Compare(key, e.end) >= 0) {
			break
		}
		_, value, err := parseEntry(data)
		if err != nil || value != nil {
			e.key, e.value, e.err = key[len(e.prefix):], value, err
			return
		}
	}
	e.key, e.value = nil, nil
}

func (e *entries) next() { e.settle(e.cursor.Next()) }
