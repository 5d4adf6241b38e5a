// Package ledgertest is the conformance suite of app.Ledger. services/embedded and
// services/fabric both run it, with the chaincode of package probe, so that what the rest
// of the program relies on is true of both: what a transaction sees, what it leaves, who
// must endorse it, what followers are told. Effects are compared with one golden file, so
// the two ledgers also agree with each other.
package ledgertest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/app/ledgertest/probe"
)

// Harness is a ledger that runs the probe.
//
// It has for each organisation two collections, org_<MSP> (its members read; endorsed by
// the organisation) and copy_<MSP> (its members read; no endorsement of its own), both
// read by members only, and the chaincode policy that any two of the organisations endorse.
type Harness struct {
	Ledger app.Ledger
	// Orgs are the MSP ids, equal to Organisations(). Follow sees the private values of
	// the first.
	Orgs []string
}

// Organisations are the MSP ids the suite works with, which stand in the golden effects.
func Organisations() []string {
	return []string{"SupplierMSP", "CoreMSP", "BankAMSP", "BankBMSP", "OperatorMSP"}
}

const (
	waitLimit   = 30 * time.Second       // for anything another node must have learnt
	waitStep    = 100 * time.Millisecond // between two looks at it
	submitTries = 20                     // for a transaction that met a conflict
)

// Run runs the suite against the ledger that open gives. It may be run again on the same
// ledger: its keys are new each time, except those of the golden transactions.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	h := open(t)
	if !slices.Equal(h.Orgs, Organisations()) {
		t.Fatalf("organisations are %v, want %v", h.Orgs, Organisations())
	}
	s := &suite{
		ledger: h.Ledger, supplier: h.Orgs[0], core: h.Orgs[1], bank: h.Orgs[2], other: h.Orgs[3],
		prefix: "run-" + rand.Text() + "/",
	}
	cases := slices.Concat(s.publicCases(), s.privateCases(), s.endorsementCases(),
		s.answerCases(), s.followCases(), s.goldenCases())
	for _, c := range cases {
		t.Run(c.name, c.run)
	}
}

type testCase struct {
	name string
	run  func(t *testing.T)
}

// suite is one run: a ledger, four organisations by the part they play, and a prefix that
// makes every key new.
type suite struct {
	ledger                      app.Ledger
	supplier, core, bank, other string
	prefix                      string
}

// key makes a key of this run, unique to the test.
func (s *suite) key(t *testing.T, name string) string { return s.prefix + t.Name() + "/" + name }

// script is the argument list for a probe call.
func script(t *testing.T, operations ...[]string) []string {
	t.Helper()
	text, err := probe.Script(operations...)
	if err != nil {
		t.Fatal(err)
	}
	return []string{text}
}

// call is a proposal of the supplier, endorsed by those named.
func (s *suite) call(t *testing.T, endorsers []string, operations ...[]string) app.Proposal {
	t.Helper()
	return app.Proposal{
		Org: s.supplier, Function: probe.Function, Args: script(t, operations...), Endorsers: endorsers,
	}
}

// submit commits operations endorsed by supplier and core, and checks the answers.
func (s *suite) submit(t *testing.T, want []string, operations ...[]string) app.Receipt {
	t.Helper()
	return s.commit(t, s.call(t, []string{s.supplier, s.core}, operations...), want)
}

// commit submits p until it meets no conflict and checks its answers; nil wants no check.
func (s *suite) commit(t *testing.T, p app.Proposal, want []string) app.Receipt {
	t.Helper()
	for range submitTries {
		receipt, err := s.ledger.Submit(t.Context(), p)
		if errors.Is(err, app.ErrConflict) {
			pause(t)
			continue
		}
		if err != nil {
			t.Fatalf("submit: %v", err)
		}
		if want != nil {
			checkAnswers(t, receipt.Response, want)
		}
		return receipt
	}
	t.Fatalf("submit: still a conflict after %d tries", submitTries)
	return app.Receipt{}
}

// refuse submits p, which must be refused with an error that is target.
func (s *suite) refuse(t *testing.T, p app.Proposal, target error) {
	t.Helper()
	for range submitTries {
		_, err := s.ledger.Submit(t.Context(), p)
		if errors.Is(err, app.ErrConflict) && !errors.Is(target, app.ErrConflict) {
			pause(t)
			continue
		}
		if !errors.Is(err, target) {
			t.Fatalf("submit: %v, want %v", err, target)
		}
		return
	}
	t.Fatalf("submit: still a conflict after %d tries", submitTries)
}

// see evaluates operations as org until the answers are the wanted ones: another
// organisation's node may be a block behind.
func (s *suite) see(t *testing.T, org string, want []string, operations ...[]string) {
	t.Helper()
	p := app.Proposal{Org: org, Function: probe.Function, Args: script(t, operations...)}
	var got []string
	until(t, func() bool {
		payload, err := s.ledger.Evaluate(t.Context(), p)
		if err != nil {
			t.Fatalf("evaluate as %s: %v", org, err)
		}
		got = answers(t, payload)
		return slices.Equal(got, want)
	}, func() { t.Fatalf("evaluate as %s: %q, want %q", org, got, want) })
}

// tx finds a committed transaction by following from its block.
func (s *suite) tx(t *testing.T, receipt app.Receipt) app.Tx {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	var found *app.Tx
	stop := errors.New("found")
	err := s.ledger.Follow(ctx, receipt.Block, func(_ context.Context, b app.Block) error {
		for _, tx := range b.Txs {
			if tx.ID == receipt.TxID {
				found = &tx
				return stop
			}
		}
		return errors.New("transaction is not in the block its receipt names")
	})
	if !errors.Is(err, stop) || found == nil {
		t.Fatalf("follow to transaction %s in block %d: %v", receipt.TxID, receipt.Block, err)
	}
	return *found
}

func answers(t *testing.T, payload []byte) []string {
	t.Helper()
	var got []string
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatalf("answers %q: %v", payload, err)
	}
	return got
}

func checkAnswers(t *testing.T, payload []byte, want []string) {
	t.Helper()
	if got := answers(t, payload); !slices.Equal(got, want) {
		t.Fatalf("answers %q, want %q", got, want)
	}
}

// until looks at a condition until it holds; an in-process ledger holds it at once.
func until(t *testing.T, holds func() bool, late func()) {
	t.Helper()
	for range int(waitLimit / waitStep) {
		if holds() {
			return
		}
		pause(t)
	}
	late()
}

// pause lets another node catch up.
func pause(t *testing.T) {
	t.Helper()
	timer := time.NewTimer(waitStep)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}
