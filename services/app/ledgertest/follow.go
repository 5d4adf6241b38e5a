package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/countersign/countersign/services/app"
)

// followCases: blocks as a follower sees them, and evidence.
func (s *suite) followCases() []testCase {
	return []testCase{
		{"FollowDeliversEveryBlockOnceInOrder", s.followInOrder},
		{"FollowDeliversPrivateValues", s.followPrivate},
		{"FollowEndsWithItsContext", s.followEnds},
		{"FollowReturnsTheCallersError", s.followError},
		{"ConcurrentSubmissionsAllCommit", s.concurrent},
		{"EvidenceNamesItsBlock", s.evidence},
		{"EvidenceOfAnUnknownTransactionIsNotFound", s.noEvidence},
		{"EndedContextSubmitsNothing", s.endedContext},
	}
}

func (s *suite) followInOrder(t *testing.T) {
	first := s.submit(t, nil, []string{"put", s.key(t, "k"), "1"})
	last := s.submit(t, nil, []string{"put", s.key(t, "k"), "2"})
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	done := errors.New("done")
	next := uint64(0)
	var seen []string
	err := s.ledger.Follow(ctx, next, func(_ context.Context, b app.Block) error {
		if b.Number != next {
			return fmt.Errorf("block %d, want %d", b.Number, next)
		}
		// Fabric has no block time but those its clients set, so blocks need not be in order.
		if len(b.Hash) != 32 || b.Time.IsZero() {
			return fmt.Errorf("block %d has no hash or no time", b.Number)
		}
		next++
		for _, tx := range b.Txs {
			if tx.ID == first.TxID || tx.ID == last.TxID {
				seen = append(seen, tx.ID)
			}
			if tx.ID == last.TxID {
				return done
			}
		}
		return nil
	})
	if !errors.Is(err, done) || !slices.Equal(seen, []string{first.TxID, last.TxID}) {
		t.Fatalf("followed to block %d, saw %v: %v", next, seen, err)
	}
}

func (s *suite) followPrivate(t *testing.T) {
	a, b := s.key(t, "a"), s.key(t, "b")
	c, copied := orgCollection(s.supplier), copyCollection(s.supplier)
	receipt := s.submit(t, nil, []string{"pput", c, a, "value"},
		[]string{"pput", copied, b, "copy"}, []string{"put", a, "public"})
	tx := s.tx(t, receipt)
	want := map[string]string{c + " " + a: "value", copied + " " + b: "copy"}
	if got := privateOf(tx); !maps.Equal(got, want) || len(tx.Missing) != 0 {
		t.Fatalf("private values %v, missing %v, want %v", got, tx.Missing, want)
	}
	if len(tx.Effects.Private) != 2 || !tx.Valid() {
		t.Fatalf("private effects %v of a %s transaction", tx.Effects.Private, tx.Code)
	}
	receipt = s.commit(t, s.call(t, []string{s.supplier}, []string{"pdel", c, a}), nil)
	tx = s.tx(t, receipt)
	if len(tx.Private) != 1 || !tx.Private[0].Deleted || tx.Private[0].Key != a {
		t.Fatalf("private values %v, want one deletion", tx.Private)
	}
}

func (s *suite) followEnds(t *testing.T) {
	receipt := s.submit(t, nil, []string{"put", s.key(t, "k"), "1"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := s.ledger.Follow(ctx, receipt.Block, func(context.Context, app.Block) error {
		cancel() // while the follower would wait for the next block
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("follow ended with %v, want its context's error", err)
	}
}

func (s *suite) followError(t *testing.T) {
	receipt := s.submit(t, nil, []string{"put", s.key(t, "k"), "1"})
	own := errors.New("own")
	err := s.ledger.Follow(t.Context(), receipt.Block,
		func(context.Context, app.Block) error { return own })
	if !errors.Is(err, own) {
		t.Fatalf("follow ended with %v, want the caller's error", err)
	}
}

func (s *suite) concurrent(t *testing.T) {
	const writers = 16
	p := s.key(t, "")
	var group sync.WaitGroup
	failed := make(chan error, writers)
	for i := range writers {
		proposal := s.call(t, []string{s.supplier, s.core},
			[]string{"put", fmt.Sprintf("%s%02d", p, i), "v"})
		group.Go(func() {
			if _, err := s.ledger.Submit(t.Context(), proposal); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		t.Errorf("submit: %v", err)
	}
	want := "="
	for i := range writers {
		if i > 0 {
			want += ";"
		}
		want += fmt.Sprintf("%s%02d=v", p, i)
	}
	s.see(t, s.supplier, []string{want}, []string{"range", p, p + "~"})
}

func (s *suite) evidence(t *testing.T) {
	receipt := s.submit(t, nil, []string{"put", s.key(t, "k"), "1"})
	evidence, err := s.ledger.Evidence(t.Context(), receipt.TxID)
	if err != nil {
		t.Fatal(err)
	}
	if evidence.TxID != receipt.TxID || evidence.Block != receipt.Block ||
		evidence.Format == "" || len(evidence.Proof) == 0 {
		t.Fatalf("evidence %s of block %d in %q with %d bytes, want that of %+v",
			evidence.TxID, evidence.Block, evidence.Format, len(evidence.Proof), receipt)
	}
}

func (s *suite) noEvidence(t *testing.T) {
	for _, id := range []string{"", "x", "00", fmt.Sprintf("%064d", 0)} {
		if _, err := s.ledger.Evidence(t.Context(), id); !errors.Is(err, app.ErrNotFound) {
			t.Errorf("evidence of %q: %v, want not found", id, err)
		}
	}
}

func (s *suite) endedContext(t *testing.T) {
	k := s.key(t, "k")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := s.call(t, []string{s.supplier, s.core}, []string{"put", k, "v"})
	if _, err := s.ledger.Submit(ctx, p); err == nil {
		t.Fatal("submitted after the context had ended")
	}
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
}
