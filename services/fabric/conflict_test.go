package fabric_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"

	"github.com/countersign/countersign/services/app"
)

func (p peers) concurrentCreates(t *testing.T) {
	const writers = 16
	key := "create-" + rand.Text()
	errs := make(chan error, writers)
	var group sync.WaitGroup
	for i := range writers {
		org := []string{"BankAMSP", "BankBMSP"}[i%2]
		call := p.call(t, org, []string{"BankAMSP", "BankBMSP"}, []string{"get", key}, []string{"put", key, org})
		group.Go(func() {
			_, err := p.ledger.Submit(t.Context(), call)
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	won := 0
	for err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, app.ErrConflict):
			t.Errorf("a loser got %v, want a conflict", err)
		}
	}
	if won != 1 {
		t.Fatalf("%d of %d concurrent creates of one key committed", won, writers)
	}
}

// changedKey races a change of a key's policy with writes under the old one: whoever comes
// second fails the new policy, which is a conflict and no alarm.
func (p peers) changedKey(t *testing.T) {
	key := "policy-" + rand.Text()
	two := []string{"SupplierMSP", "CoreMSP"}
	submit := func(operations ...[]string) error {
		_, err := p.ledger.Submit(t.Context(), p.call(t, "SupplierMSP", two, operations...))
		return err
	}
	if err := submit([]string{"put", key, "v"}); err != nil {
		t.Fatal(err)
	}
	p.awaitAt(t, "CoreMSP", key, "v") // or the endorsers disagree, and nothing is ordered
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			errs <- submit([]string{"get", key}, []string{"put", key, "w"}, []string{"policy", key, "BankAMSP"})
		}()
	}
	first, second := <-errs, <-errs
	if (first == nil) == (second == nil) {
		t.Fatalf("both ended alike: %v, %v", first, second)
	}
	if lost := errors.Join(first, second); !errors.Is(lost, app.ErrConflict) {
		t.Fatalf("the second got %v, want a conflict", lost)
	}
	// Now the policy stands since long: the same call has nobody else to blame. While a peer is
	// still a block behind, the endorsers disagree.
	var late error
	for range conflictTries {
		late = submit([]string{"get", key}, []string{"put", key, "x"})
		if !errors.Is(late, app.ErrConflict) {
			break
		}
		pause(t, lookAgain)
	}
	if !errors.Is(late, app.ErrEndorsement) {
		t.Fatalf("a write without the key's endorser got %v, want the alarm", late)
	}
}

// awaitAt waits until an organisation's peer has a value of the probe's.
func (p peers) awaitAt(t *testing.T, org, key, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), peerPatience)
	defer cancel()
	for {
		got, err := p.ledger.Evaluate(ctx, p.call(t, org, nil, []string{"get", key}))
		if err == nil && string(got) == `["=`+want+`"]` {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the peer of %s answers %q: %v", org, got, err)
		}
		pause(t, lookAgain)
	}
}
