package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// BenchmarkCommitOfOne commits blocks of one transaction and, in the same run, appends the
// same bytes to a file with fdatasync, one after the other, and prints the ratio of the
// medians.
func BenchmarkCommitOfOne(b *testing.B) {
	dir := b.TempDir()
	l, err := Open(b.Context(), testConfig(filepath.Join(dir, "ledger")))
	if err != nil {
		b.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	submit(b, l, []string{"put", "warm", "up"})
	size := recordBytes(b, l)
	line := make([]byte, size)
	var ours, baseline []time.Duration
	began := time.Now //nolint:forbidigo // a benchmark measures real time
	for n := 0; b.Loop(); n++ {
		p := propose(b, []string{"put", fmt.Sprintf("key-%08d", n), "value"},
			[]string{"pput", "org_SupplierMSP", fmt.Sprintf("key-%08d", n), "private value"})
		start := began()
		if _, err := l.Submit(b.Context(), p); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
		start = began()
		if _, err := file.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
		baseline = append(baseline, time.Since(start))
	}
	report(b, median(ours), median(baseline), size)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGroupCommit has many submitters share blocks.
func BenchmarkGroupCommit(b *testing.B) {
	const submitters = 200
	l, err := Open(b.Context(), testConfig(filepath.Join(b.TempDir(), "ledger")))
	if err != nil {
		b.Fatal(err)
	}
	work := make(chan int)
	var group sync.WaitGroup
	for range submitters {
		group.Go(func() {
			for n := range work {
				p := propose(b, []string{"put", fmt.Sprintf("key-%08d", n), "value"})
				if _, err := l.Submit(b.Context(), p); err != nil {
					b.Error(err)
				}
			}
		})
	}
	n := 0
	for b.Loop() {
		work <- n
		n++
	}
	close(work)
	group.Wait()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(perSecond(n, b.Elapsed()), "tx/s")
	b.ReportMetric(perSecond(n, time.Duration(l.head.blocks)*time.Second), "tx/block")
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpen verifies a ledger of blocks of many transactions.
func BenchmarkOpen(b *testing.B) {
	cfg := testConfig(filepath.Join(b.TempDir(), "ledger"))
	l, err := Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	const transactions, submitters = 20_000, 200
	var group sync.WaitGroup
	for w := range submitters {
		group.Go(func() {
			for n := range transactions / submitters {
				p := propose(b, []string{"put", fmt.Sprint(w, "/", n%50), "value"})
				if _, err := l.Submit(b.Context(), p); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(cfg.Dir, storeFile)
	n := 0
	for b.Loop() {
		if _, err := verify(b.Context(), path, l.VerifierKey()); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(perSecond(n*transactions, b.Elapsed()), "tx/s")
}

// recordBytes is what the first transaction, its header and its signature take.
func recordBytes(b *testing.B, l *Ledger) int {
	b.Helper()
	size := 0
	err := l.db.View(func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketHeaders, bucketNotes, bucketLeaves} {
			size += len(tx.Bucket([]byte(name)).Get(number64(0)))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func report(b *testing.B, ours, baseline time.Duration, size int) {
	b.Helper()
	b.Logf("%d bytes: commit p50 %s, append and fdatasync p50 %s", size, ours, baseline)
	b.ReportMetric(ratio(ours, baseline), "ratio")
	b.ReportMetric(ratio(ours, time.Microsecond), "us/commit-p50")
	b.ReportMetric(ratio(baseline, time.Microsecond), "us/fdatasync-p50")
}

// Benchmark metrics are the one place where the testing package wants a float.

func ratio(a, b time.Duration) float64 { //nolint:forbidigo // see above
	return float64(a) / float64(max(b, 1)) //nolint:forbidigo // see above
}

func perSecond(n int, elapsed time.Duration) float64 { //nolint:forbidigo // see above
	return float64(n) / elapsed.Seconds() //nolint:forbidigo // see above
}
