package jobs

import (
	"testing"
	"time"
)

func TestBackoffGrowsToItsLimit(t *testing.T) {
	total := time.Duration(0)
	for n := range attemptLimit {
		wait := backoff(n + 1)
		if wait < backoffFirst || wait > backoffLimit || wait < backoff(n) {
			t.Fatalf("after attempt %d: %s", n+1, wait)
		}
		total += wait
	}
	if total < 9*time.Hour || total > 12*time.Hour {
		t.Fatalf("a job is tried for %s", total)
	}
}
