package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/demo"
)

const (
	receivables = 200
	racedOffers = 6 // receivables of them under the race detector as well
	perBank     = 8 // competing offers of each of two banks
	atOnce      = 8 // receivables prepared side by side
)

// bank is a bank that competes.
type bank struct {
	org            trade.OrgID
	maker, checker string
	account        string
}

func banks() []bank {
	return []bank{
		{"YongjiangMSP", bankMaker, bankChecker, "3901009900005500017"},
		{"AldermoorMSP", otherMaker, otherChecker, "9990014271830200041"},
	}
}

// contest is one receivable and the reservations that compete for it, signed by the seller;
// the bank's signature is what is missing.
type contest struct {
	claim   claim
	entries []entry
	winner  *entry
}

// entry is one competing reservation.
type entry struct {
	bank      bank
	financing trade.AssetID
	intent    demo.Intent
	outcome   demo.Intent
}

// TestSixteenOffersOneAssignment lets sixteen offers for each receivable race, eight from the
// session of each of two banks. An offer is a reservation of the whole balance for a bank's
// quote, which the seller signed; with the bank's signature it goes to the ledger. Each bank
// quotes once for each receivable, or with ACCEPTANCE=full eight times.
func TestSixteenOffersOneAssignment(t *testing.T) {
	t.Parallel()
	compete(t, fast, receivables)
}

func TestSixteenOffersUnderTheRaceDetectorOneAssignment(t *testing.T) {
	t.Parallel()
	if !raced {
		t.Skip("the node is built with the race detector when these tests are: run them with -race")
	}
	compete(t, program, racedOffers)
}

// compete lets sixteen offers for each of some receivables race.
func compete(t *testing.T, by build, many int) {
	t.Helper()
	h := open(t, by, newData(t), nil)
	contests := make([]contest, many)
	err := each(len(contests), atOnce, func(i int) error { return h.prepare(t, &contests[i], i+1) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d receivables confirmed, %d offers signed by the seller", many, many*2*perBank)

	// Two receivables at once, so that not only offers for one compete.
	if err := each(len(contests), 2, func(i int) error { return h.race(t, &contests[i]) }); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i, c := range contests {
		won := 0
		for _, e := range c.entries {
			code := e.outcome.State
			if e.outcome.Fault != nil {
				code = string(e.outcome.Fault.Code)
			}
			count[code]++
			if e.outcome.State == "committed" {
				won++
				contests[i].winner = &e
			}
		}
		if won != 1 {
			t.Errorf("receivable %s: %d offers won", c.claim.receivable, won)
		}
	}
	t.Logf("offers by outcome: %v", count)
	for code := range count {
		if code != "committed" && code != "receivable.reserved" && code != "receivable.assigned" {
			t.Errorf("%d offers ended with %s", count[code], code)
		}
	}
	if t.Failed() {
		return
	}

	if err := each(len(contests), atOnce, func(i int) error { return h.tooLate(t, &contests[i]) }); err != nil {
		t.Error(err)
	}
	h.countAssigned(t, contests)
	data := h.data
	h.stop(t)
	clean(t, data)
}

// prepare brings a receivable to where both banks have quoted and the seller has signed the
// acceptances.
func (h *house) prepare(t *testing.T, c *contest, n int) error {
	ctx := t.Context()
	programmes, err := h.programmes(ctx)
	if err != nil {
		return err
	}
	if c.claim, err = h.claimed(ctx, "RACE", n); err != nil {
		return err
	}
	if err := h.confirmed(ctx, c.claim); err != nil {
		return err
	}
	seller, err := h.as(ctx, sellerMaker)
	if err != nil {
		return err
	}
	quotes := 1
	if full() {
		quotes = perBank
	}
	intents := []demo.Intent{}
	for _, b := range banks() {
		financings := make([]trade.AssetID, quotes)
		for i := range financings {
			if financings[i], err = h.requested(ctx, c.claim, programmes[b.org]); err != nil {
				return err
			}
			if err := h.quoted(ctx, financings[i], b.maker); err != nil {
				return err
			}
		}
		for i := range perBank {
			f := financings[i%quotes]
			prepared, err := seller.Act(ctx, "/v1/financings/"+string(f)+"/acceptance", struct{}{})
			if err != nil {
				return err
			}
			intents = append(intents, prepared...)
			c.entries = append(c.entries, entry{bank: b, financing: f, intent: prepared[0]})
		}
	}
	return seller.Sign(ctx, intents...)
}

// race has the banks sign all offers for a receivable at once and waits for the outcomes. The
// bank that wins approves and assigns at once, while others still wait for theirs.
func (h *house) race(t *testing.T, c *contest) error {
	start := make(chan struct{})
	errs := make(chan error, len(c.entries))
	var group sync.WaitGroup
	for i := range c.entries {
		e := &c.entries[i]
		s, err := h.as(t.Context(), e.bank.maker)
		if err != nil {
			return err
		}
		group.Go(func() {
			<-start
			if err := s.Sign(t.Context(), e.intent); err != nil {
				errs <- err
				return
			}
			var err error
			e.outcome, err = s.Outcome(t.Context(), e.intent.ID)
			if _, lost := demo.Refused(err); lost {
				return
			}
			if err == nil {
				err = h.assign(t, e)
			}
			if err != nil {
				errs <- err
			}
		})
	}
	close(start)
	group.Wait()
	close(errs)
	return <-errs
}

// assign has the winner's maker and checker approve the financing and assign the receivable.
func (h *house) assign(t *testing.T, e *entry) error {
	b := e.bank
	return h.act(t.Context(), "/v1/financings/"+string(e.financing)+"/approval",
		map[string]string{"account": b.account}, b.maker, b.checker)
}

// tooLate accepts the quote of a bank that lost, after the assignment.
func (h *house) tooLate(t *testing.T, c *contest) error {
	i := slices.IndexFunc(c.entries, func(e entry) bool { return e.bank.org != c.winner.bank.org })
	s, err := h.as(t.Context(), sellerMaker)
	if err != nil {
		return err
	}
	_, err = s.Act(t.Context(), "/v1/financings/"+string(c.entries[i].financing)+"/acceptance", struct{}{})
	if p, ok := demo.Refused(err); !ok || p.Code != "receivable.assigned" {
		return fmt.Errorf("an offer after the assignment: receivable.assigned is wanted, not %w", err)
	}
	return nil
}

// countAssigned asks the database and the API how many receivables belong to whom.
func (h *house) countAssigned(t *testing.T, contests []contest) {
	t.Helper()
	byBank := map[string]int{}
	for _, row := range psql(t, h.data, `SELECT state -> 'receivable' ->> 'owner' FROM ledger.assets
		WHERE kind = 'receivable' AND state -> 'receivable' -> 'assignment' IS NOT NULL;`) {
		byBank[row]++
	}
	won := map[string]int{}
	for _, c := range contests {
		won[string(c.winner.bank.org)]++
	}
	steps := psql(t, h.data, "SELECT count(*) FROM ledger.transitions WHERE act = 'receivable.assign' "+
		"AND asset_id IN (SELECT id FROM ledger.assets WHERE kind = 'receivable');")
	t.Logf("assigned by owner: %v, steps of assignment: %s", byBank, steps)
	if !maps.Equal(byBank, won) || byBank["YongjiangMSP"]+byBank["AldermoorMSP"] != len(contests) ||
		!slices.Equal(steps, []string{fmt.Sprint(len(contests))}) {
		t.Errorf("%d assignments are wanted, by winner %v", len(contests), won)
	}
}
