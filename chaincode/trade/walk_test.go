package trade_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// walker draws acts at random over two receivables that share the programmes of two banks.
type walker struct {
	t           *rapid.T
	w           *tradetest.World
	l           *tradetest.Ledger
	receivables []trade.AssetID
	financings  []trade.AssetID
	accepted    map[trade.Act]int
}

// TestRandomWalksKeepTheInvariants tries acts by random actors with random amounts, versions
// and times. Most are refused; whatever is accepted must leave a ledger that adds up.
func TestRandomWalksKeepTheInvariants(t *testing.T) {
	t.Parallel()
	w, l, receivables := twoReceivables(t)
	accepted := map[trade.Act]int{}
	rapid.Check(t, func(rt *rapid.T) {
		world, cast := *w, *w.Cast
		world.Cast = &cast
		walk := walker{t: rt, w: &world, l: l.Clone(), receivables: receivables, accepted: accepted}
		walk.w.Chain = walk.l
		for range rapid.IntRange(60, 140).Draw(rt, "steps") {
			walk.step()
		}
	})
	for _, act := range []trade.Act{
		trade.ReceivableReserve, trade.ReceivableAssign, trade.FinancingRepay, trade.ReceivableChangePayee,
	} {
		if accepted[act] == 0 {
			t.Errorf("no walk ever came through %s", act)
		}
	}
	t.Logf("accepted: %v", accepted)
}

// twoReceivables confirms two receivables under programmes of two banks; the limit of either
// is less than both together.
func twoReceivables(t *testing.T) (*tradetest.World, *tradetest.Ledger, []trade.AssetID) {
	t.Helper()
	w, l := tradetest.Start(t)
	w.Limit, w.DueDate = tradetest.Money(t, "3000000.00"), money.DateOf(l.Clock.Time()).AddDays(12)
	for range 2 {
		w.Bank, w.Rival = w.Rival, w.Bank
		w.Programme = "prg." + trade.AssetID(w.Bank.Org)
		w.Do(trade.ProgrammeOpen)
	}
	w.Reach(trade.FinancingRequest)
	first := w.Receivable
	w.Again()
	w.Reach(trade.FinancingRequest)
	return w, l, []trade.AssetID{first, w.Receivable}
}

// walkActs are the acts of the walk: all that move money or rights.
func walkActs() []trade.Act {
	return []trade.Act{
		trade.ReceivableDispute, trade.ReceivableResolve, trade.ReceivableMature, trade.ReceivableOverdue,
		trade.ReceivableReserve, trade.ReceivableRelease, trade.ReceivableExpire, trade.ReceivableAssign,
		trade.ReceivableAskPayee, trade.ReceivableConfirmPayee, trade.ReceivableRefusePayee,
		trade.ReceivableChangePayee,
		trade.ReceivablePay, trade.FinancingRequest, trade.FinancingQuote, trade.FinancingRefuse,
		trade.FinancingDecline, trade.FinancingLapse, trade.FinancingApprove, trade.FinancingDisburse,
		trade.FinancingRepay,
	}
}

// next is the act that leads the chosen financing on, so that walks get to the end.
func (k *walker) next() trade.Act {
	f, r := k.w.State(k.w.Financing), k.w.State(k.w.Receivable).Receivable
	held := r.Reservation != nil && r.Reservation.Financing == f.ID
	switch p := r.PayeeChange; {
	case p != nil && p.Confirmed == 0:
		ends := []trade.Act{trade.ReceivableConfirmPayee, trade.ReceivableRefusePayee}
		return rapid.SampledFrom(ends).Draw(k.t, "payee")
	case p != nil:
		return trade.ReceivableChangePayee
	case f.Phase == trade.Submitted:
		return trade.FinancingQuote
	case f.Phase == trade.Quoted && held:
		return trade.FinancingApprove
	case f.Phase == trade.Quoted:
		return trade.ReceivableReserve
	case f.Phase == trade.Approved && held:
		return trade.ReceivableAssign
	case f.Phase == trade.Approved:
		return trade.FinancingDisburse
	case f.Phase == trade.Disbursed && rapid.Bool().Draw(k.t, "repay"):
		return trade.FinancingRepay
	}
	return trade.ReceivablePay
}

func (k *walker) step() {
	w, act := k.w, rapid.SampledFrom(walkActs()).Draw(k.t, "act")
	k.choose(act)
	if act != trade.FinancingRequest && rapid.IntRange(0, 9).Draw(k.t, "on") < 6 {
		act = k.next()
	}
	if (act == trade.FinancingQuote || act == trade.ReceivableReserve) &&
		!money.DateOf(k.l.Clock.Time()).Before(w.DueDate) {
		return // nothing can be priced any more
	}
	d := w.Draft(act)
	d.Args = k.args(d.Args)
	if rapid.IntRange(0, 9).Draw(k.t, "odd") == 0 {
		k.distort(&d)
	}
	tx := w.Transaction(d)
	out, err := trade.Next(k.l, tx)
	if rapid.IntRange(0, 3).Draw(k.t, "twice") == 0 {
		again, err2 := trade.Next(k.l, tx)
		if !slices.Equal(outcome(out), outcome(again)) || (err == nil) != (err2 == nil) {
			k.t.Fatalf("%s is decided differently when asked twice", act)
		}
	}
	if err != nil {
		if _, ok := errors.AsType[*trade.Fault](err); !ok {
			k.t.Fatalf("%s: %v is no fault", act, err)
		}
		if len(outcome(out)) > 0 {
			k.t.Fatalf("%s was refused and has an outcome", act)
		}
	} else {
		k.financedWhileChanging(act)
		k.l.Apply(out)
		k.accepted[act]++
		if act == trade.FinancingRequest {
			k.financings = append(k.financings, d.Subjects[0].ID)
		}
		k.check(out)
	}
	k.l.Clock += trade.Instant(rapid.SampledFrom([]time.Duration{
		time.Second, time.Second, time.Second, time.Second, time.Second, time.Second, time.Hour, time.Hour,
		25 * time.Hour, 8 * 24 * time.Hour,
	}).Draw(k.t, "pause").Milliseconds())
}

// financedWhileChanging fails when what is about to be carried out finances a receivable whose payee
// account is being changed.
func (k *walker) financedWhileChanging(act trade.Act) {
	switch act {
	case trade.FinancingRequest, trade.ReceivableReserve, trade.FinancingApprove, trade.ReceivableAssign:
		if k.w.State(k.w.Receivable).Receivable.PayeeChange != nil {
			k.t.Fatalf("%s while the payee account is being changed", act)
		}
	}
}

// choose picks the bank, the receivable and the financing of the next act.
func (k *walker) choose(act trade.Act) {
	w := k.w
	bank := rapid.SampledFrom([]*tradetest.Party{w.Bank, w.Rival}).Draw(k.t, "bank")
	w.Receivable = rapid.SampledFrom(k.receivables).Draw(k.t, "receivable")
	if act == trade.FinancingRequest || len(k.financings) == 0 {
		k.lender(bank.Org)
		w.Financing = trade.AssetID("fin." + tradetest.Salt(w.T)[:12])
		if act != trade.FinancingRequest {
			k.begin()
		}
		return
	}
	w.Financing = k.financings[max(0, len(k.financings)-1-rapid.IntRange(0, 2).Draw(k.t, "financing"))]
	f := w.State(w.Financing).Financing
	k.lender(f.Bank)
	if rapid.IntRange(0, 9).Draw(k.t, "stray") > 0 {
		w.Receivable = f.Receivable
	}
}

// lender makes one of the two banks the bank of the next act, with its programme.
func (k *walker) lender(bank trade.OrgID) {
	if k.w.Bank.Org != bank {
		k.w.Bank, k.w.Rival = k.w.Rival, k.w.Bank
	}
	k.w.Programme = "prg." + trade.AssetID(bank)
}

// begin asks for a first financing, where the receivable still allows one.
func (k *walker) begin() {
	out, err := trade.Next(k.l, k.w.Transaction(k.w.Draft(trade.FinancingRequest)))
	if err != nil {
		k.t.Skip("nothing to finance any more")
	}
	k.l.Apply(out)
	k.financings = append(k.financings, k.w.Financing)
}

// args draws other amounts into the arguments.
func (k *walker) args(args any) any {
	some := func(a money.Amount) money.Amount {
		minor := a.Minor()
		switch rapid.IntRange(0, 9).Draw(k.t, "amount") {
		case 0:
			minor = rapid.Int64Range(-1, 300_000_000).Draw(k.t, "minor")
		case 1:
			minor = rapid.SampledFrom([]int64{minor - 1, minor + 1, minor / 2, 0, money.MaxMinor}).Draw(k.t, "near")
		}
		b, err := money.New(minor, "CNY")
		if err != nil {
			return a
		}
		return b
	}
	switch a := args.(type) {
	case trade.DisputeReceivable:
		a.Amount = some(a.Amount)
		return a
	case trade.ResolveDispute:
		a.Amount, a.Diluted = some(a.Amount), some(a.Diluted)
		return a
	case trade.ReserveReceivable:
		a.Amount = some(a.Amount)
		return a
	case trade.PayReceivable:
		a.ID, a.Amount = tradetest.Salt(k.w.T)[:8], some(a.Amount)
		return a
	case trade.RequestFinancing:
		a.Face = some(a.Face)
		return a
	case trade.RepayFinancing:
		a.Amount = some(a.Amount)
		return a
	}
	return args
}

// distort makes the draft wrong in one of the ways that must not matter to the ledger.
func (k *walker) distort(d *tradetest.Draft) {
	parties := k.w.Parties()
	switch rapid.IntRange(0, 3).Draw(k.t, "distortion") {
	case 0:
		d.Actor = rapid.SampledFrom(parties).Draw(k.t, "actor").Org
	case 1:
		d.Signers = rapid.SampledFrom(parties).Draw(k.t, "signers").Persons()[:4]
	case 2:
		i := rapid.IntRange(0, len(d.Subjects)-1).Draw(k.t, "subject")
		d.Subjects[i].Version = rapid.Int64Range(-1, 12).Draw(k.t, "version")
	case 3:
		i := rapid.IntRange(0, len(d.Subjects)-1).Draw(k.t, "subject")
		d.Subjects[i].ID = rapid.SampledFrom(slices.Concat(k.receivables, k.financings)).Draw(k.t, "id")
	}
}

// check recomputes, from what the parties hold, all that must always be true.
func (k *walker) check(out trade.Outcome) {
	for _, p := range out.Private {
		record, err := k.l.Record(trade.AssetID(p.Key))
		if err != nil || record == nil || record.Commitment != trade.DigestOf(p.Value) {
			k.t.Fatalf("%s: what %s holds is not what the record commits to", p.Key, p.Collection)
		}
		state, err := trade.Decode[trade.State](p.Value, p.Key)
		if err != nil {
			k.t.Fatalf("%s: %v", p.Key, err)
		}
		if again, err := trade.Canonical(state); err != nil || !bytes.Equal(again, p.Value) {
			k.t.Fatalf("%s does not decode to itself", p.Key)
		}
	}
	receivables := map[trade.AssetID]*trade.Receivable{}
	used := map[trade.AssetID]int64{}
	lent := map[trade.AssetID]int{}
	for _, id := range k.receivables {
		r := k.w.State(id).Receivable
		receivables[id] = r
		k.receivable(r)
		if r.Reservation != nil {
			used[r.Reservation.Programme] += r.Held
		}
		if r.Assignment != nil {
			used[r.Assignment.Programme] += r.Assigned
		}
	}
	for _, bank := range []*tradetest.Party{k.w.Bank, k.w.Rival} {
		id := "prg." + trade.AssetID(bank.Org)
		if p := k.w.State(id).Programme; p.Used != used[id] || p.Used > p.Limit {
			k.t.Fatalf("%s: used %d of %d, held and assigned under it are %d", id, p.Used, p.Limit, used[id])
		}
	}
	for _, id := range k.financings {
		if record, err := k.l.Record(id); err != nil ||
			(record.Phase != trade.Disbursed && record.Phase != trade.Repaid) {
			continue
		}
		state := k.w.State(id)
		f, r := state.Financing, receivables[state.Financing.Receivable]
		if lent[f.Receivable]++; lent[f.Receivable] > 1 || r.Owner != f.Bank || r.Assignment.Financing != id {
			k.t.Fatalf("%s is lent on twice, or to another than its owner", f.Receivable)
		}
		repaid, paid := f.Terms.Repayable.Minor()-f.Outstanding, r.Paid-r.Assignment.PaidBefore
		if f.Received != repaid+f.Surplus || f.Received > paid {
			k.t.Fatalf("%s: received %d of %d, repaid %d, surplus %d", id, f.Received, paid, repaid, f.Surplus)
		}
		if state.Phase == trade.Repaid && (f.Outstanding != 0 || r.Due() != 0) {
			k.t.Fatalf("%s is closed with %d outstanding and %d due", id, f.Outstanding, r.Due())
		}
	}
}

// receivable holds a receivable to I1, I2, I4 and its payments.
func (k *walker) receivable(r *trade.Receivable) {
	free := r.Confirmed - r.Diluted - r.Paid - r.Assigned - r.Held - r.Disputed
	for _, q := range []int64{free, r.Assigned, r.Held, r.Disputed, r.Diluted, r.Paid, r.AssignedDisputed} {
		if q < 0 {
			k.t.Fatalf("I2: a quantity is below zero: %+v", *r)
		}
	}
	paid := int64(0)
	for _, p := range r.Payments {
		paid += p.Amount
	}
	switch {
	case r.Confirmed > r.Face || r.Assigned+r.Held > r.Confirmed:
		k.t.Fatalf("I1: more than the face, or more financed than confirmed: %+v", *r)
	case r.AssignedDisputed > r.Assigned || r.HeldDisputed > r.Held || r.HeldDisputed < 0:
		k.t.Fatalf("I2: more is disputed than assigned, or than held: %+v", *r)
	case (r.Owner == r.Seller) != (r.Assignment == nil) || (r.Held > 0) != (r.Reservation != nil):
		k.t.Fatalf("I4: owner, reservation and assignment do not agree: %+v", *r)
	case r.PayeeChange != nil && (r.Owner != r.Seller || r.PayeeChange.Account == r.PayTo):
		k.t.Fatalf("the payee account is being changed of what is another's, or to the same: %+v", *r)
	case paid != r.Paid:
		k.t.Fatalf("paid %d, the payments come to %d", r.Paid, paid)
	}
}

// outcome flattens an outcome for comparing.
func outcome(o trade.Outcome) []string {
	flat := []string{}
	for _, w := range o.Writes {
		flat = append(flat, w.Key, string(w.Value))
	}
	for _, p := range o.Policies {
		flat = append(flat, p.Key)
		for _, org := range p.Orgs {
			flat = append(flat, string(org))
		}
	}
	for _, p := range o.Private {
		flat = append(flat, p.Collection, p.Key, string(p.Value))
	}
	if o.Event != nil || o.Response != nil {
		flat = append(flat, string(o.Event), string(o.Response))
	}
	return flat
}
