package embedded

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/services/app"
)

// request is a submission that waits for a block.
type request struct {
	ctx      context.Context //nolint:containedctx // it is the submitter's own and ends with its wait
	proposal app.Proposal
	done     chan result // holds one
}

type result struct {
	receipt app.Receipt
	err     error
}

// Submit implements app.Ledger. It returns when the block is on disk. When ctx ends before
// the transaction is executed, nothing is written; after that Submit waits for the block.
func (l *Ledger) Submit(ctx context.Context, p app.Proposal) (app.Receipt, error) {
	if l.creators[p.Org] == nil {
		return app.Receipt{}, fmt.Errorf("submit: organisation %q is not hosted here", p.Org)
	}
	r := &request{ctx: ctx, proposal: p, done: make(chan result, 1)}
	if err := ctx.Err(); err != nil {
		return app.Receipt{}, fmt.Errorf("submit: %w", err)
	}
	select {
	case l.queue <- r:
	case <-ctx.Done():
		return app.Receipt{}, fmt.Errorf("submit: %w", ctx.Err())
	case <-l.closing:
		return app.Receipt{}, errClosed
	}
	select {
	case done := <-r.done:
		return done.receipt, done.err
	case <-l.ended:
	}
	select { // the committer may have answered before it ended
	case done := <-r.done:
		return done.receipt, done.err
	default:
		return app.Receipt{}, errClosed
	}
}

var errClosed = fmt.Errorf("%w: the ledger is closed", app.ErrUnavailable)

// Evaluate implements app.Ledger.
func (l *Ledger) Evaluate(ctx context.Context, p app.Proposal) ([]byte, error) {
	if l.creators[p.Org] == nil {
		return nil, fmt.Errorf("evaluate: organisation %q is not hosted here", p.Org)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	l.mu.Lock()
	at := l.now(l.head)
	l.mu.Unlock()
	var payload []byte
	err := l.view(func(v view) error {
		var err error
		payload, _, err = l.execute(v, p, at)
		return err
	})
	return payload, err
}

// view runs fn on a snapshot of the store.
func (l *Ledger) view(fn func(v view) error) error {
	tx, err := l.db.Begin(false)
	if err != nil {
		return fmt.Errorf("%w: %w", app.ErrUnavailable, err)
	}
	defer func() { _ = tx.Rollback() }() // it was only read
	return fn(view{tx})
}

// now is the time of a block after head: the clock's, but never before head's.
func (l *Ledger) now(h head) time.Time {
	now := l.clock.Now().UTC().Truncate(time.Microsecond)
	if h.blocks > 0 && now.Before(h.header.Time) {
		return h.header.Time
	}
	return now
}

// execute runs the chaincode once. The stub holds what it did.
func (l *Ledger) execute(v view, p app.Proposal, at time.Time) ([]byte, *stub, error) {
	nonce := make([]byte, nonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, nil, fmt.Errorf("make nonce: %w", err)
	}
	s := newStub(v, l.collections, call{
		channel: l.channel, org: p.Org, creator: l.creators[p.Org], nonce: nonce, function: p.Function,
		args: slices.Clone(p.Args), transient: maps.Clone(p.Transient), time: at,
	})
	response := l.invoke(s)
	s.finished = true
	switch {
	case response == nil:
		return nil, nil, &app.ChaincodeError{Status: shim.ERROR, Message: "chaincode gave no answer"}
	case response.GetStatus() >= shim.ERRORTHRESHOLD:
		return nil, nil, &app.ChaincodeError{Status: response.GetStatus(), Message: response.GetMessage()}
	}
	return slices.Clone(response.GetPayload()), s, nil
}

// invoke calls the chaincode, which may panic: on Fabric its server would die.
func (l *Ledger) invoke(s *stub) (response *peer.Response) {
	defer func() {
		if cause := recover(); cause != nil {
			l.log.Error("chaincode panicked", slog.String("function", s.call.function),
				slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			response = shim.Error("chaincode panicked")
		}
	}()
	return l.chaincode.Invoke(s)
}

// commitBlocks makes blocks of what is queued until the ledger closes.
func (l *Ledger) commitBlocks() {
	for {
		select {
		case <-l.closing:
			return
		case first := <-l.queue:
			batch := []*request{first}
			for waiting := true; waiting && len(batch) < MaxBlockTransactions; {
				select {
				case next := <-l.queue:
					batch = append(batch, next)
				default:
					waiting = false
				}
			}
			for i, done := range l.commit(batch) {
				batch[i].done <- done
			}
		}
	}
}

// commit executes a batch in order and writes what was accepted as one block.
//
// Effects: 1. the store's new pages are synced; 2. its root is synced: from here on the
// block stands; 3. followers are told; 4. the checkpoint is written beside the store, not
// synced; 5. the submitters are answered. The package comment says what a crash leaves.
func (l *Ledger) commit(batch []*request) []result {
	if err := l.writable(); err != nil {
		return all(batch, err)
	}
	tx, err := l.db.Begin(true)
	if err != nil {
		return all(batch, fmt.Errorf("%w: %w", app.ErrUnavailable, err))
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	l.mu.Lock()
	previous := l.head
	l.mu.Unlock()
	results, next, err := l.fill(tx, previous, batch)
	switch {
	case err != nil:
		l.log.Error("make block", slog.Uint64("block", previous.blocks), slog.String("error", err.Error()))
		return all(batch, fmt.Errorf("make block %d: %w", previous.blocks, err))
	case next.blocks == previous.blocks:
		return results // nothing was accepted
	}
	switch err := l.commitTx(tx); {
	case isFull(err):
		l.full = true
		l.log.Error("disk is full, the ledger only reads", slog.String("error", err.Error()))
		return all(batch, fmt.Errorf("%w: %w", app.ErrUnavailable, err))
	case err != nil:
		return l.unknown(results, l.fail(err))
	}
	l.mu.Lock()
	l.head = next
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.publish(next.note)
	return results
}

// fill writes a batch into tx, with the header and the checkpoint of the block when any of
// it was accepted. An error is a fault of the store: nothing of the batch is kept.
func (l *Ledger) fill(tx *bbolt.Tx, previous head, batch []*request) ([]result, head, error) {
	h := header{
		Format: Format, Ledger: l.signer.Name(), Number: previous.blocks,
		Previous: make([]byte, hashSize), First: previous.header.Size, Size: previous.header.Size,
		ClockOffset: l.clock.Offset(), Time: l.now(previous),
	}
	if previous.blocks > 0 {
		h.Previous = previous.hash
	}
	results := make([]result, len(batch))
	for i, r := range batch {
		d, err := l.decide(view{tx}, r, h.Time)
		if err != nil {
			results[i] = result{err: err}
			continue
		}
		if err := d.record(tx, h.Size, h.Number); err != nil {
			return nil, head{}, err
		}
		h.Size++
		results[i].err = invalid(d.Code)
		if results[i].err == nil {
			results[i].receipt = app.Receipt{TxID: d.ID, Block: h.Number, Response: d.Effects.Response}
		}
	}
	if h.Size == h.First {
		return results, previous, nil
	}
	root, err := tlog.TreeHash(h.Size, view{tx})
	if err != nil {
		return nil, head{}, fmt.Errorf("root of the tree: %w", err)
	}
	h.Root = root[:]
	next, err := l.seal(tx, h)
	return results, next, err
}

// seal writes a header and its signed checkpoint.
func (l *Ledger) seal(tx *bbolt.Tx, h header) (head, error) {
	data, err := canonical(h)
	if err != nil {
		return head{}, err
	}
	sum := sha256.Sum256(data)
	hash := sum[:]
	signed, err := note.Sign(&note.Note{Text: h.checkpoint(hash)}, l.signer)
	if err != nil {
		return head{}, fmt.Errorf("sign checkpoint: %w", err)
	}
	number := number64(h.Number)
	if err := errors.Join(tx.Bucket([]byte(bucketHeaders)).Put(number, data),
		tx.Bucket([]byte(bucketNotes)).Put(number, signed)); err != nil {
		return head{}, fmt.Errorf("write header: %w", err)
	}
	return head{blocks: h.Number + 1, header: h, hash: hash, note: signed}, nil
}

// decided is a transaction to record: itself, its canonical bytes, its private values.
type decided struct {
	transaction
	data    []byte
	private []app.PrivateWrite
}

// decide executes one request. The error is why the submitter is refused and nothing is
// recorded.
func (l *Ledger) decide(v view, r *request, at time.Time) (*decided, error) {
	p := r.proposal
	if err := r.ctx.Err(); err != nil {
		return nil, fmt.Errorf("submit: %w", err)
	}
	payload, s, err := l.execute(v, p, at)
	if err != nil {
		return nil, err
	}
	for _, text := range append([]string{p.Function}, p.Args...) {
		if !utf8.ValidString(text) {
			return nil, errors.New("submit: an argument is not UTF-8 and cannot stand in a block")
		}
	}
	effects, private := s.effects(payload)
	endorsers, err := l.endorsers(p, s, effects)
	if err != nil {
		return nil, err
	}
	policies, err := s.changes(effects)
	if err != nil {
		return nil, err
	}
	d := &decided{private: private, transaction: transaction{
		ID: s.txID, Nonce: s.call.nonce, Creator: s.call.creator, Function: p.Function, Args: s.call.args,
		Endorsers: endorsers, Code: codeValid, Effects: effects, Policies: policies,
	}}
	if l.conflict != nil {
		if code := l.conflict(p); code != "" {
			d.Code, d.Policies, d.private = code, []policyChange{}, nil
		}
	}
	if size := privateBytes(private); size > maxRecordBytes {
		return nil, fmt.Errorf("submit: %d bytes of private values, more than %d", size, maxRecordBytes)
	}
	if d.data, err = canonical(d.transaction); err != nil {
		return nil, fmt.Errorf("submit: %w", err)
	}
	return d, nil
}

// invalid is what the submitter of a transaction with a code is told.
func invalid(code string) error {
	switch code {
	case codeValid:
		return nil
	case codeMVCC, codePhantom:
		return fmt.Errorf("%w: %s", app.ErrConflict, code)
	case codeEndorsement:
		return fmt.Errorf("%w: %s", app.ErrEndorsement, code)
	default:
		return fmt.Errorf("transaction is invalid: %s", code)
	}
}

func privateBytes(private []app.PrivateWrite) int {
	size := 0
	for _, p := range private {
		size += len(p.Key) + len(p.Value)
	}
	return size
}

// record writes a transaction: its bytes, its place, its leaf of the tree, its state.
func (d *decided) record(tx *bbolt.Tx, leaf int64, block uint64) error {
	id := transactionHash(d.Nonce, d.Creator)
	if err := errors.Join(tx.Bucket([]byte(bucketLeaves)).Put(leafKey(leaf), d.data),
		tx.Bucket([]byte(bucketIDs)).Put(id, place(leaf, block))); err != nil {
		return fmt.Errorf("write transaction %s: %w", d.ID, err)
	}
	if err := (view{tx}).grow(leaf, leafHash(d.data)); err != nil {
		return err
	}
	return apply(tx, leaf, d.transaction, d.private)
}

func all(batch []*request, err error) []result {
	results := make([]result, len(batch))
	for i := range results {
		results[i].err = err
	}
	return results
}

// unknown answers a batch whose sync failed: what was accepted may or may not be on disk.
func (l *Ledger) unknown(results []result, failure error) []result {
	for i := range results {
		if results[i].err == nil {
			results[i] = result{err: fmt.Errorf("%w: %w", app.ErrOutcomeUnknown, failure)}
		}
	}
	return results
}

// fail stops all writing after a sync failed: what a second sync says is worth nothing.
// Opening the ledger again finds out what is on disk.
func (l *Ledger) fail(cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure == nil {
		l.failure = fmt.Errorf("%w: writing has stopped: %w", app.ErrUnavailable, cause)
		l.log.Error("ledger stops writing", slog.String("error", cause.Error()))
	}
	return l.failure
}

// writable tells why no block can be made now, if so.
func (l *Ledger) writable() error {
	l.mu.Lock()
	failure := l.failure
	l.mu.Unlock()
	if failure != nil || !l.full {
		return failure
	}
	roomy, err := l.room()
	if err != nil || !roomy {
		return fmt.Errorf("%w: disk is full: %w", app.ErrUnavailable, errors.Join(err, syscall.ENOSPC))
	}
	l.full = false
	l.log.Info("disk has room again, the ledger writes")
	return nil
}

// roomWanted is how much must be free before a ledger that met a full disk writes again: a
// large block and the growth of the file.
const roomWanted = 4 << 20

func hasRoom(dir string) (bool, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return false, fmt.Errorf("look for room on disk: %w", err)
	}
	block := uint64(stat.Bsize) //nolint:gosec // the kernel's block size is not negative
	return stat.Bavail*block >= roomWanted, nil
}

// isFull tells a write that found no room from a sync that failed: bbolt returns the first
// as a path error, and has then taken everything back.
func isFull(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT))
}

// publish writes the newest checkpoint beside the store. It may fail: the store has it.
func (l *Ledger) publish(signed []byte) {
	if len(signed) == 0 {
		return
	}
	if err := l.paper(signed); err != nil {
		l.log.Warn("write checkpoint", slog.String("error", err.Error()))
	}
}

// overwrite replaces what a file holds, in one write.
func overwrite(file *os.File, data []byte) error {
	if _, err := file.WriteAt(data, 0); err != nil {
		return fmt.Errorf("overwrite: %w", err)
	}
	if err := file.Truncate(int64(len(data))); err != nil {
		return fmt.Errorf("overwrite: %w", err)
	}
	return nil
}
