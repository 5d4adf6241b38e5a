package embedded

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"

	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/services/app"
)

// DamageError says that a store is not as it was written. The ledger does not open; what
// to do is to restore a backup.
type DamageError struct {
	// Block is the first block that is damaged, or the one being checked when the damage
	// was met.
	Block uint64
	cause error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("ledger is damaged at block %d: %v", e.Block, e.cause)
}

func (e *DamageError) Unwrap() error { return e.cause }

// checked is what an intact store holds.
type checked struct {
	head        head
	clockOffset int64
}

// verify checks a store from the first block to the last, and its state against them, in
// one pass over the blocks and one over the store, holding no more than a block in memory.
func verify(ctx context.Context, path, verifierKey string) (c checked, err error) {
	check := &verification{ctx: ctx, verifierKey: verifierKey, found: map[string]int64{}}
	check.verifier, err = note.NewVerifier(verifierKey)
	if err != nil {
		return checked{}, fmt.Errorf("check ledger: %w", err)
	}
	// A damaged file can make bbolt panic, or read where the file has no bytes.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if cause := recover(); cause != nil {
			err = &DamageError{Block: check.number, cause: fmt.Errorf("store cannot be read: %v", cause)}
		}
	}()
	if err := checkPages(path); err != nil {
		return checked{}, &DamageError{cause: err}
	}
	db, err := openStore(path, true)
	if err != nil {
		return checked{}, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		check.v = view{tx}
		return check.all()
	})
	if cause := ctx.Err(); cause != nil {
		return checked{}, errors.Join(cause, db.Close())
	}
	if err != nil {
		return checked{}, errors.Join(&DamageError{Block: check.number, cause: err}, db.Close())
	}
	return checked{check.head, check.clockOffset}, db.Close()
}

// verification is the state of one check. found counts, bucket by bucket, the entries that
// the blocks account for; at the end there must be no others.
type verification struct {
	ctx         context.Context //nolint:containedctx // the check is one call
	v           view
	verifierKey string
	verifier    note.Verifier
	number      uint64 // of the block under way
	head        head
	clockOffset int64
	found       map[string]int64
}

func (c *verification) all() error {
	if err := c.meta(); err != nil {
		return err
	}
	for ; c.ctx.Err() == nil; c.number++ {
		data := c.v.get(bucketHeaders, number64(c.number))
		if data == nil {
			break
		}
		if err := c.block(data); err != nil {
			return err
		}
	}
	if c.number > 0 && c.clockOffset < c.head.header.ClockOffset {
		return errors.New("demo clock is behind the last block's")
	}
	return c.counts()
}

func (c *verification) meta() error {
	for _, name := range buckets() {
		if c.v.tx.Bucket([]byte(name)) == nil {
			return fmt.Errorf("bucket %s is missing", name)
		}
	}
	if format := c.v.get(bucketMeta, []byte(metaFormat)); string(format) != Format {
		return fmt.Errorf("store has format %q, want %q", format, Format)
	}
	if key := c.v.get(bucketMeta, []byte(metaVerifier)); string(key) != c.verifierKey {
		return fmt.Errorf("store is of the ledger with key %q, not %q", key, c.verifierKey)
	}
	var err error
	c.clockOffset, err = unseal(c.v.get(bucketMeta, []byte(metaClock)))
	c.found[bucketMeta] = 3
	return err
}

// block checks a block against the one before, its signature, and all it has brought.
func (c *verification) block(data []byte) error {
	h, err := decodeHeader(data)
	if err != nil {
		return err
	}
	previous := make([]byte, hashSize)
	if c.number > 0 {
		previous = c.head.hash
	}
	last := c.head.header
	if h.Number != c.number || !bytes.Equal(h.Previous, previous) || h.First != last.Size ||
		h.Time.Before(last.Time) || c.number > 0 && h.ClockOffset < last.ClockOffset {
		return errors.New("header does not follow the one before")
	}
	sum := sha256.Sum256(data)
	signed := c.v.get(bucketNotes, number64(c.number))
	if err := checkNote(signed, c.verifier, h, sum[:]); err != nil {
		return err
	}
	for leaf := h.First; leaf < h.Size; leaf++ {
		if err := c.transaction(leaf); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(h.Size, c.v)
	if err != nil {
		return err
	}
	if !bytes.Equal(root[:], h.Root) {
		return errors.New("transactions do not have the root that stands in the header")
	}
	c.found[bucketHeaders]++
	c.found[bucketNotes]++
	c.head = head{blocks: c.number + 1, header: h, hash: sum[:], note: bytes.Clone(signed)}
	return nil
}

func (c *verification) transaction(leaf int64) error {
	t, data, err := c.v.leaf(leaf)
	if err != nil {
		return err
	}
	hashes, err := tlog.StoredHashesForRecordHash(leaf, leafHash(data), c.v)
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, leaf)
	for i, hash := range hashes {
		if stored := c.v.get(bucketTree, leafKey(first+int64(i))); !bytes.Equal(stored, hash[:]) {
			return fmt.Errorf("transaction %d does not have the hash that stands in the tree", leaf)
		}
	}
	id := transactionHash(t.Nonce, t.Creator)
	if at := c.v.get(bucketIDs, id); !bytes.Equal(at, place(leaf, c.number)) {
		return fmt.Errorf("transaction %s is not where its index says", t.ID)
	}
	c.found[bucketLeaves]++
	c.found[bucketTree] += int64(len(hashes))
	c.found[bucketIDs]++
	return c.state(leaf, t)
}

// state checks what a transaction wrote: each entry is the transaction's own, or a later one's.
func (c *verification) state(leaf int64, t transaction) error {
	if t.Code != codeValid {
		return nil
	}
	private := make([]app.PrivateWrite, 0, len(t.Effects.Private))
	for _, hash := range t.Effects.Private {
		write, err := c.v.privateAt(hash, leaf)
		if err != nil {
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		if err := checkPrivate(write, hash); err != nil {
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		c.found[bucketValues]++
		private = append(private, write)
	}
	list, err := ops(t, private)
	if err != nil {
		return err
	}
	for _, o := range list {
		stored := c.v.get(o.bucket, o.key)
		at, _, err := parseEntry(stored)
		if err != nil {
			return fmt.Errorf("transaction %s: entry in %s: %w", t.ID, o.bucket, err)
		}
		switch {
		case at < leaf, at == leaf && !bytes.Equal(stored, entry(leaf, o.value)):
			return fmt.Errorf("transaction %s: %s does not hold what it wrote", t.ID, o.bucket)
		case at == leaf:
			c.found[o.bucket]++
		}
	}
	return nil
}

// counts checks that the store holds nothing that the blocks do not account for.
func (c *verification) counts() error {
	for _, name := range buckets() {
		var entries int64
		cursor := c.v.tx.Bucket([]byte(name)).Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			entries++
		}
		if entries != c.found[name] {
			return fmt.Errorf("%s holds %d entries, the blocks account for %d", name, entries, c.found[name])
		}
	}
	return nil
}

// sealed is the stored form of the clock's offset, with its own hash: no block covers it.
func sealed(offset int64) []byte {
	data := leafKey(offset)
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

func unseal(data []byte) (int64, error) {
	if len(data) != 8+hashSize {
		return 0, errors.New("clock offset is malformed")
	}
	offset := leafOf(data)
	if !bytes.Equal(sealed(offset), data) {
		return 0, errors.New("clock offset does not have its hash")
	}
	return offset, nil
}

// checkPublished refuses a store that is behind the checkpoint beside it: that was written
// after its block was on disk, so blocks have been lost. A checkpoint that cannot be read
// says nothing: it is written without a sync.
func checkPublished(path, verifierKey string, h head) error {
	signed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return nil //nolint:nilerr // torn by a crash: the next block replaces it
	}
	lines := strings.Split(opened.Text, "\n")
	var number uint64
	if len(lines) < 4 {
		return nil
	}
	if _, err := fmt.Sscanf(lines[3], "block %d ", &number); err != nil {
		return nil //nolint:nilerr // as above
	}
	if number >= h.blocks {
		return &DamageError{Block: h.blocks, cause: fmt.Errorf("it is missing, block %d was published", number)}
	}
	return nil
}
