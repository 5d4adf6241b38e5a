package embedded

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"

	"github.com/countersign/countersign/services/app"
)

const (
	// MaxBlockTransactions bounds a block, and so what one sync to disk carries.
	MaxBlockTransactions = 500
	// maxQueue bounds the submissions that wait for a block; more wait to be queued.
	maxQueue = 2 * MaxBlockTransactions
	// maxOrgs bounds the organisations of one ledger.
	maxOrgs = 100
	// lockWait is how long opening waits for another process to let go of the store.
	lockWait = 2 * time.Second
)

// Names of the files in the ledger's folder; the organisations' keys are in "identity".
const (
	storeFile      = "ledger.db"
	keyFile        = "ledger.key" // signs checkpoints
	verifierFile   = "ledger.pub" // what a third party needs to check them
	checkpointFile = "checkpoint" // the newest signed checkpoint, for witnesses and backups
)

// Config says what a ledger is opened with. Dir, Orgs, Chaincode and Clock are needed.
type Config struct {
	// Dir is the folder of the ledger, made when it does not exist.
	Dir string
	// Orgs are the MSP ids of the organisations hosted here. One may be added later; their
	// number decides the chaincode policy, OutOf(2, …).
	Orgs []string
	// Channel is the name that commands are signed for, so that none is carried out on
	// another ledger. Default: "countersign".
	Channel string
	// Attributes are put into an organisation's certificate when it is made, for cid.
	Attributes map[string]map[string]string
	Chaincode  shim.Chaincode
	Clock      Clock
	// Demo allows MoveClock.
	Demo bool
	// Behind is how far behind Clock a new demo ledger begins, in whole seconds, so that moving
	// it forward comes to the day that it is: what a demonstration did weeks ago has its date.
	Behind time.Duration
	Log    *slog.Logger
	// Conflict makes tests of conflicts possible, which a serial ledger never has by itself:
	// a transaction for which it returns a code of Fabric's, such as
	// "MVCC_READ_CONFLICT", stands in its block as invalid. Nil in production.
	Conflict func(app.Proposal) string
}

// Ledger is an open ledger. Its methods may be used at the same time.
type Ledger struct {
	db          *bbolt.DB
	dir         string
	channel     string
	orgs        []string // sorted
	creators    map[string][]byte
	collections map[string]collection
	chaincode   shim.Chaincode
	conflict    func(app.Proposal) string
	clock       *DemoClock
	demo        bool
	log         *slog.Logger
	signer      note.Signer
	verifierKey string

	queue    chan *request
	closing  chan struct{}
	ended    chan struct{} // closed when the committer has ended
	stopOnce sync.Once

	mu      sync.Mutex
	head    head
	changed chan struct{} // closed and replaced with each block
	failure error         // set once when a sync failed: nothing is written any more

	full     bool                    // the disk was full at the last block; only the committer's
	commitTx func(*bbolt.Tx) error   // tests make it fail
	room     func() (bool, error)    // whether the disk has room again
	paper    func(note []byte) error // writes the newest checkpoint beside the store
}

var _ app.Ledger = (*Ledger)(nil)

// head is the newest block, or the place of the first one.
type head struct {
	blocks uint64 // the number of the next block
	header header // of the newest block
	hash   []byte
	note   []byte
}

// Open opens the ledger in cfg.Dir, or makes it. It checks the whole chain and the state
// against it, and returns a *DamageError when anything is not as it was written.
func Open(ctx context.Context, cfg Config) (*Ledger, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make ledger folder: %w", err)
	}
	signer, verifierKey, err := keys(cfg.Dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(cfg.Dir, storeFile)
	if err := create(path, verifierKey, -int64(cfg.Behind/time.Second)); err != nil {
		return nil, err
	}
	checked, err := verify(ctx, path, verifierKey)
	if err != nil {
		return nil, err
	}
	if err := checkPublished(filepath.Join(cfg.Dir, checkpointFile), verifierKey, checked.head); err != nil {
		return nil, err
	}
	l := &Ledger{
		dir: cfg.Dir, channel: cmp.Or(cfg.Channel, standardChannel),
		orgs: slices.Sorted(slices.Values(cfg.Orgs)), creators: map[string][]byte{},
		collections: collections(cfg.Orgs), chaincode: cfg.Chaincode, conflict: cfg.Conflict,
		clock: NewDemoClock(cfg.Clock, checked.clockOffset), demo: cfg.Demo, log: cfg.Log,
		signer: signer, verifierKey: verifierKey,
		queue: make(chan *request, maxQueue), closing: make(chan struct{}), ended: make(chan struct{}),
		head: checked.head, changed: make(chan struct{}),
		commitTx: (*bbolt.Tx).Commit,
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.room = func() (bool, error) { return hasRoom(l.dir) }
	for _, org := range l.orgs {
		if l.creators[org], err = identity(cfg.Dir, org, cfg.Attributes[org], cfg.Clock.Now()); err != nil {
			return nil, err
		}
	}
	if err := l.start(path); err != nil {
		return nil, err
	}
	return l, nil
}

// start opens the store for writing, as it was when it was checked, and starts the committer.
func (l *Ledger) start(path string) error {
	db, err := openStore(path, false)
	if err != nil {
		return err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		if next := tx.Bucket([]byte(bucketHeaders)).Get(number64(l.head.blocks)); next != nil {
			return errors.New("another process has written to the ledger")
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	checkpoint, err := os.OpenFile(filepath.Join(l.dir, checkpointFile), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return errors.Join(fmt.Errorf("open checkpoint: %w", err), db.Close())
	}
	l.paper = func(signed []byte) error { return overwrite(checkpoint, signed) }
	l.publish(l.head.note)
	l.db = db
	go func() {
		defer close(l.ended)
		l.commitBlocks()
		if err := checkpoint.Close(); err != nil {
			l.log.Warn("close checkpoint", slog.String("error", err.Error()))
		}
	}()
	return nil
}

func (cfg Config) check() error {
	switch {
	case cfg.Dir == "" || cfg.Chaincode == nil || cfg.Clock == nil:
		return errors.New("open ledger: folder, chaincode or clock is missing")
	case cfg.Behind < 0 || cfg.Behind > maxMove || cfg.Behind%time.Second != 0 || cfg.Behind > 0 && !cfg.Demo:
		return fmt.Errorf("open ledger: only a demo ledger begins behind, by whole seconds: %s", cfg.Behind)
	case len(cfg.Orgs) == 0 || len(cfg.Orgs) > maxOrgs:
		return fmt.Errorf("open ledger: %d organisations, want 1 to %d", len(cfg.Orgs), maxOrgs)
	}
	seen := map[string]bool{}
	for _, org := range cfg.Orgs {
		if !mspName.MatchString(org) || seen[org] {
			return fmt.Errorf("open ledger: organisation %q is named badly or twice", org)
		}
		seen[org] = true
	}
	return nil
}

// Close ends the ledger: what waits for a block is refused, the block under way is
// finished, followers end.
func (l *Ledger) Close() error {
	l.stopOnce.Do(func() { close(l.closing) })
	<-l.ended
	if err := l.db.Close(); err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}

// Checkpoint returns the signed checkpoint of the newest block, a C2SP signed note;
// app.ErrNotFound before the first.
func (l *Ledger) Checkpoint() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.blocks == 0 {
		return nil, fmt.Errorf("checkpoint: %w", app.ErrNotFound)
	}
	return slices.Clone(l.head.note), nil
}

// VerifierKey is what VerifyEvidence and any reader of C2SP notes needs to check this
// ledger's signatures.
func (l *Ledger) VerifierKey() string { return l.verifierKey }

// Channel is the name that commands are signed for.
func (l *Ledger) Channel() string { return l.channel }

// Now is the ledger's time: its clock, moved as a demo clock may be.
func (l *Ledger) Now() time.Time { return l.clock.Now() }

// MoveClock moves the demo clock forward for good. Every block from then on says so.
//
// Effects: 1. the offset is stored; 2. the clock shows it. After a crash in between the
// clock has moved.
func (l *Ledger) MoveClock(d time.Duration) error {
	if !l.demo {
		return ErrNotDemo
	}
	if err := checkMove(d); err != nil {
		return err
	}
	l.mu.Lock()
	failure := l.failure
	l.mu.Unlock()
	if failure != nil {
		return failure
	}
	err := l.db.Update(func(tx *bbolt.Tx) error {
		offset := l.clock.Offset() + int64(d/time.Second)
		if err := tx.Bucket([]byte(bucketMeta)).Put([]byte(metaClock), sealed(offset)); err != nil {
			return err
		}
		tx.OnCommit(func() { l.clock.offset.Store(offset) })
		return nil
	})
	switch {
	case isFull(err):
		return fmt.Errorf("move clock: %w: %w", app.ErrUnavailable, err)
	case err != nil:
		return l.fail(fmt.Errorf("move clock: %w", err))
	}
	return nil
}

// keys reads the key that signs checkpoints, or makes it.
func keys(dir string) (note.Signer, string, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, storeFile)); err == nil {
			return nil, "", fmt.Errorf("open ledger: %s is missing", path)
		}
		secret, verifier, err := note.GenerateKey(rand.Reader, "countersign.ledger/"+rand.Text())
		if err != nil {
			return nil, "", fmt.Errorf("make ledger key: %w", err)
		}
		text = []byte(secret + "\n" + verifier + "\n")
		if err := writeFile(path, text, 0o600); err != nil {
			return nil, "", err
		}
	} else if err != nil {
		return nil, "", fmt.Errorf("read ledger key: %w", err)
	}
	secret, verifier, _ := strings.Cut(strings.TrimSuffix(string(text), "\n"), "\n")
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", fmt.Errorf("read ledger key: %w", err)
	}
	check, err := note.NewVerifier(verifier)
	if err != nil || check.Name() != signer.Name() || check.KeyHash() != signer.KeyHash() {
		return nil, "", errors.New("read ledger key: its two halves do not belong together")
	}
	public := filepath.Join(dir, verifierFile)
	if old, err := os.ReadFile(public); err != nil || string(old) != verifier+"\n" {
		if err := writeFile(public, []byte(verifier+"\n"), 0o644); err != nil {
			return nil, "", err
		}
	}
	return signer, verifier, nil
}

// create makes an empty store. It gets its name when it is whole.
func create(path, verifierKey string, offset int64) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make ledger store: %w", err)
	}
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make ledger store: %w", err)
	}
	db, err := openStore(next, false)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta := tx.Bucket([]byte(bucketMeta))
		return errors.Join(meta.Put([]byte(metaFormat), []byte(Format)),
			meta.Put([]byte(metaVerifier), []byte(verifierKey)),
			meta.Put([]byte(metaClock), sealed(offset)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("make ledger store: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("make ledger store: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// openStore opens the bbolt file. The list of free pages is not kept on disk: it is found
// when the store is opened, so that it cannot be damaged.
func openStore(path string, readOnly bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: lockWait, ReadOnly: readOnly, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open ledger store: %w", err)
	}
	return db, nil
}
