package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/services/app"
)

func wantUnavailable(t *testing.T, l *Ledger) {
	t.Helper()
	_, err := l.Submit(t.Context(), propose(t, []string{"put", "k", "refused"}))
	if !errors.Is(err, app.ErrUnavailable) {
		t.Fatalf("submitted with %v, want unavailable", err)
	}
}

func TestFullDiskLeavesAReadingLedgerThatResumes(t *testing.T) {
	cfg := testConfig(t.TempDir())
	l := open(t, cfg)
	submit(t, l, []string{"put", "k", "v"})

	noRoom := &fs.PathError{Op: "write", Path: storeFile, Err: syscall.ENOSPC}
	roomy := false
	l.commitTx = func(tx *bbolt.Tx) error { return errors.Join(tx.Rollback(), noRoom) }
	l.room = func() (bool, error) { return roomy, nil }
	wantUnavailable(t, l)
	l.commitTx = (*bbolt.Tx).Commit
	wantUnavailable(t, l) // there is no room yet
	if got := evaluate(t, l, []string{"get", "k"}); got != `["=v"]` {
		t.Fatalf("read %s from a full ledger", got)
	}
	roomy = true
	receipt := submit(t, l, []string{"put", "k", "w"})
	if receipt.Block != 1 || evaluate(t, l, []string{"get", "k"}) != `["=w"]` {
		t.Fatalf("block %d after the disk had room again", receipt.Block)
	}
}

func TestFailedSyncStopsAllWriting(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Demo = true
	l := open(t, cfg)
	submit(t, l, []string{"put", "k", "v"})
	l.commitTx = func(tx *bbolt.Tx) error { return errors.Join(tx.Rollback(), syscall.EIO) }
	_, err := l.Submit(t.Context(), propose(t, []string{"put", "k", "lost"}))
	if !errors.Is(err, app.ErrOutcomeUnknown) {
		t.Fatalf("submitted with %v, want an unknown outcome", err)
	}
	l.commitTx = (*bbolt.Tx).Commit
	wantUnavailable(t, l)
	if err := l.MoveClock(1e9); !errors.Is(err, app.ErrUnavailable) {
		t.Fatalf("clock moved with %v, want unavailable", err)
	}
	if got := evaluate(t, l, []string{"get", "k"}); got != `["=v"]` {
		t.Fatalf("read %s", got)
	}
	closed(t, l)
	l = open(t, cfg) // the failure was not on disk, so opening finds all well
	submit(t, l, []string{"put", "k", "w"})
}

// A real disk that is full: 2 MiB of memory as a file system.
func TestLedgerOnARealFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("needs to mount a tmpfs, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	cfg := testConfig(filepath.Join(dir, "ledger"))
	l := open(t, cfg)
	value := strings.Repeat("v", 8<<10)
	acked := fillDisk(t, l, value, 0)
	first := acked
	checkValues(t, l, value, acked)

	closed(t, l)
	l = open(t, cfg) // a full disk does not keep it from opening
	checkValues(t, l, value, acked)
	acked = fillDisk(t, l, value, acked) // what was taken back may have left a little room
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=32m"); err != nil {
		t.Fatal(err)
	}
	receipt := submit(t, l, []string{"put", "later", "v"})
	if receipt.Block != uint64(acked) {
		t.Fatalf("block %d, want %d", receipt.Block, acked)
	}
	checkValues(t, l, value, acked)
	closed(t, l)
	open(t, cfg)
	t.Logf("%d transactions fitted, %d more after opening", first, acked-first)
}

// fillDisk submits until the ledger is unavailable and returns how many it has taken, with
// those before.
func fillDisk(t *testing.T, l *Ledger, value string, acked int) int {
	t.Helper()
	const most = 1000 // do not fit
	for ; acked < most; acked++ {
		_, err := l.Submit(t.Context(), propose(t, []string{"put", fmt.Sprintf("k%03d", acked), value}))
		if errors.Is(err, app.ErrUnavailable) {
			wantUnavailable(t, l) // the next is not tried before there is room
			return acked
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("%d transactions fitted", most)
	return 0
}

func checkValues(t *testing.T, l *Ledger, value string, acked int) {
	t.Helper()
	for i := range acked {
		if got := evaluate(t, l, []string{"get", fmt.Sprintf("k%03d", i)}); got != `["=`+value+`"]` {
			t.Fatalf("transaction %d of %d is lost", i, acked)
		}
	}
}

func TestFirstStartThatWasCutShortIsFinished(t *testing.T) {
	whole := t.TempDir()
	closed(t, open(t, testConfig(whole)))
	for _, left := range []string{
		keyFile, keyFile + ".new", storeFile + ".new", "identity/SupplierMSP/ca-key.pem",
		"identity/SupplierMSP/ca-cert.pem", "identity/SupplierMSP/key.pem",
	} {
		dir := filepath.Join(t.TempDir(), "ledger")
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, left)), 0o700); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(whole, left))
		if err != nil {
			data = []byte("torn")
		}
		if err := os.WriteFile(filepath.Join(dir, left), data, 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, testConfig(dir))
		submit(t, l, []string{"put", "k", "v"}, []string{"creator"})
		closed(t, l)
	}
}
