//go:build linux

package sandbox_test

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/fixtures/corpus"
	"github.com/countersign/countersign/services/reading"
	"github.com/countersign/countersign/services/sandbox"
)

// every leaves out most files of the corpus: the cost of one is much like that of the next.
const every = 3

// Reading in workers costs two switches of process and the writing and reading of an answer
// over reading here. The start of the workers is in it.
func TestWorkersCostLittleOverReadingHere(t *testing.T) {
	if raced {
		t.Skip("the race detector changes what things cost: run it without -race")
	}
	dir := corpus.Dir(t)
	var files [][]byte
	seen := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if seen++; seen%every != 0 {
			return nil
		}
		raw, err := os.ReadFile(path)
		files = append(files, raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	day := today(t)
	here := func() time.Duration {
		return cost(t, files, func(raw []byte) error {
			_, err := reading.Here{}.Summary(t.Context(), raw, day)
			return err
		}, func() error { return nil })
	}
	inWorkers := func() time.Duration {
		pool := open(t, sandbox.DefaultConfig(asReader, slog.New(slog.DiscardHandler)))
		r := sandbox.NewReader(pool)
		return cost(t, files, func(raw []byte) error {
			_, err := r.Summary(t.Context(), raw, day)
			return err
		}, pool.Close)
	}
	here() // what is made once is made
	before, workers, after := here(), inWorkers(), here()
	t.Logf("processor time of %d files: here %s, in workers %s, here again %s",
		len(files), before, workers, after)
	const most = 2
	if workers > most*max(before, after) {
		t.Errorf("workers cost more than %d times reading here", most)
	}
}

// cost takes files through read, several at a time, and counts the processor time of this
// process and of those it started and ended.
func cost(t *testing.T, files [][]byte, read func([]byte) error, end func() error) time.Duration {
	t.Helper()
	start := used(t)
	next := make(chan []byte)
	var all sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for raw := range next {
				if err := read(raw); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, raw := range files {
		next <- raw
	}
	close(next)
	all.Wait()
	if err := end(); err != nil {
		t.Error(err)
	}
	return used(t) - start
}

func used(t *testing.T) (sum time.Duration) {
	t.Helper()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
