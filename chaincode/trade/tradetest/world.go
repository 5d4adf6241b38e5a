package tradetest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// World is one trade on a ledger: who takes part, the ids of its assets and its figures. It
// drafts any act of the law as the trade stands.
type World struct {
	T     testing.TB
	Chain Chain
	*Cast
	Newcomer *Party // not registered; organisation.register enters it
	Recruit  *Person
	Spare    *Person          // the seller's checker with a passkey on a phone, once it is added
	Keys     map[int64][]byte // consortium keys by epoch

	Document, Programme, Receivable, Financing trade.AssetID

	Face, Limit money.Amount
	DueDate     money.Date
	Claim       trade.Claim

	done         []trade.Act
	made, trades int
}

// Start makes a world on a map ledger with everybody registered.
func Start(t testing.TB) (*World, *Ledger) {
	t.Helper()
	ledger := NewLedger()
	w := NewWorld(t, ledger, NewCast(t))
	w.Register(w.Parties()...)
	return w, ledger
}

// TenorDays is how long after the first day of the trade the receivable falls due.
const TenorDays = 88

// NewWorld makes a world over a ledger; nothing is registered yet. Asset ids are random, so
// that a ledger can carry many trades of one cast.
func NewWorld(t testing.TB, chain Chain, cast *Cast) *World {
	t.Helper()
	today := money.DateOf(chain.Now().Time())
	w := &World{
		T: t, Chain: chain, Cast: cast,
		Newcomer: NewParty(t, "NewcomerMSP", trade.KindCarrier),
		Recruit:  NewPerson(t, cast.Seller.Org, "recruit", trade.Maker),
		Spare:    cast.Seller.Checker.With(t, "phone", true),
		Keys:     map[int64][]byte{1: []byte("the first key of the consortium.")},
		Face:     Money(t, "2006880.00"), Limit: Money(t, "5000000.00"), DueDate: today.AddDays(TenorDays),
	}
	w.Again()
	return w
}

// Again begins another trade in the same world: new assets, another invoice, dated a day
// earlier than the last because one of the same parties, date and amount would be the same.
func (w *World) Again() {
	unique := Salt(w.T)[:12]
	w.Document, w.Programme = trade.AssetID("doc."+unique), trade.AssetID("prg."+unique)
	w.Receivable, w.Financing = trade.AssetID("rcv."+unique), trade.AssetID("fin."+unique)
	w.Claim = trade.Claim{
		SellerID: w.Seller.RegistrationID, ObligorID: w.Obligor.RegistrationID, Number: "LQ-" + unique,
		IssueDate: money.DateOf(w.Chain.Now().Time()).AddDays(-w.trades), Amount: w.Face, Order: "PO-" + unique,
		Goods: []string{"HAIPING HP-" + unique, "SHIBU WR-" + unique},
	}
	w.trades++
	w.done = slices.DeleteFunc(slices.Clone(w.done), func(a trade.Act) bool {
		return a != trade.KeyringOpen && a != trade.KeyringRotate && a != trade.OrganisationAddKey
	})
}

// Money makes an amount in the currency of the trade.
func Money(t testing.TB, decimal string) money.Amount {
	t.Helper()
	a, err := money.Parse(decimal, "CNY")
	if err != nil {
		t.Fatalf("amount %q: %v", decimal, err)
	}
	return a
}

// Salt makes 256 random bits in hex.
func Salt(t testing.TB) string {
	t.Helper()
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		t.Fatalf("making a salt: %v", err)
	}
	return hex.EncodeToString(b)
}

// Draft is a command that is not signed yet. A test changes what it wants to be wrong.
type Draft struct {
	ID       trade.CommandID
	Act      trade.Act
	Actor    trade.OrgID
	Subjects []trade.Subject
	Args     any
	Signers  []*Person
	// Joins are organisations that become parties by the act: they endorse it too.
	Joins []trade.OrgID
}

// Command writes the draft's command for the ledger of the world.
func (w *World) Command(d Draft) trade.Command {
	w.T.Helper()
	args, err := trade.Canonical(d.Args)
	if err != nil {
		w.T.Fatalf("%s: writing the arguments: %v", d.Act, err)
	}
	return trade.Command{ID: d.ID, Channel: w.Chain.Channel(), Act: d.Act, Subjects: d.Subjects, Args: args}
}

// Transaction signs the draft and adds the states and keys that the act needs.
func (w *World) Transaction(d Draft) trade.Transaction {
	w.T.Helper()
	return w.SignedBy(d, d.Signers...)
}

// SignedBy makes the transaction with signatures of other persons than the draft's.
func (w *World) SignedBy(d Draft, persons ...*Person) trade.Transaction {
	w.T.Helper()
	c := w.Command(d)
	digest, err := c.Digest()
	if err != nil {
		w.T.Fatalf("%s: digest: %v", d.Act, err)
	}
	signatures := []trade.Signature{}
	for _, p := range persons {
		signatures = append(signatures, p.Sign(w.T, digest))
	}
	return w.Bring(d, c, signatures)
}

// Bring makes a transaction of a command and signatures as they are.
func (w *World) Bring(d Draft, c trade.Command, signatures []trade.Signature) trade.Transaction {
	w.T.Helper()
	tx := trade.Transaction{
		Channel: w.Chain.Channel(), Actor: d.Actor, Time: w.Chain.Now(), Keys: w.Keys,
		States: map[trade.AssetID][]byte{},
	}
	var err error
	if tx.Command, err = trade.Canonical(c); err != nil {
		w.T.Fatalf("%s: writing the command: %v", d.Act, err)
	}
	if tx.Signatures, err = trade.Canonical(signatures); err != nil {
		w.T.Fatalf("%s: writing the signatures: %v", d.Act, err)
	}
	spec, _ := trade.SpecOf(d.Act)
	for i, s := range d.Subjects {
		if i >= len(spec.Subjects) || spec.Subjects[i].Access == trade.Seen {
			continue
		}
		if state := w.raw(d.Actor, s.ID); state != nil {
			tx.States[s.ID] = state
		}
	}
	return tx
}

// Endorsers are the organisations that must endorse a draft: the parties, before and after,
// of all that it changes.
func (w *World) Endorsers(d Draft) []trade.OrgID {
	w.T.Helper()
	orgs := append([]trade.OrgID{d.Actor}, d.Joins...)
	spec, _ := trade.SpecOf(d.Act)
	for i, s := range d.Subjects {
		if spec.Subjects[i].Access == trade.Change {
			orgs = append(orgs, w.held(d.Actor, s.ID).Parties...)
		}
	}
	slices.Sort(orgs)
	return slices.Compact(orgs)
}

// Submit signs a draft and carries it out.
func (w *World) Submit(d Draft) error {
	w.T.Helper()
	return w.Chain.Submit(w.Transaction(d), w.Endorsers(d))
}

// Must carries a draft out and fails the test when it is refused.
func (w *World) Must(d Draft) {
	w.T.Helper()
	if err := w.Submit(d); err != nil {
		w.T.Fatalf("%s: %v", d.Act, err)
	}
	w.done = append(w.done, d.Act)
}

// Do carries out acts, each as Draft makes it.
func (w *World) Do(acts ...trade.Act) {
	w.T.Helper()
	for _, a := range acts {
		w.Must(w.Draft(a))
	}
}

// Register enters organisations with their persons.
func (w *World) Register(parties ...*Party) {
	w.T.Helper()
	for _, p := range parties {
		w.Must(w.Registration(p))
	}
}

// Reach brings the trade to where the act is possible: everything before it is carried out,
// and the clock is moved where the act waits for it.
func (w *World) Reach(act trade.Act) {
	w.T.Helper()
	for _, before := range Before(act) {
		if !slices.Contains(w.done, before) {
			w.Reach(before)
			w.Do(before)
		}
	}
	if at := w.waitsUntil(act); at > w.Chain.Now() {
		mover, ok := w.Chain.(interface{ MoveTo(at trade.Instant) })
		if !ok {
			w.T.Fatalf("%s waits until %s, and the clock of this ledger cannot be moved", act, at.Time())
		}
		mover.MoveTo(at)
	}
}

// Before names the acts that directly lead to the point where an act is possible.
func Before(act trade.Act) []trade.Act {
	switch act {
	case trade.OrganisationRegister, trade.OrganisationEnrol, trade.OrganisationRevoke,
		trade.OrganisationAddKey, trade.KeyringOpen, trade.DocumentRecord, trade.ProgrammeOpen:
		return nil
	case trade.OrganisationRevokeKey:
		return []trade.Act{trade.OrganisationAddKey}
	case trade.KeyringRotate:
		return []trade.Act{trade.KeyringOpen}
	case trade.ReceivableIssue:
		return []trade.Act{trade.KeyringOpen, trade.DocumentRecord}
	case trade.ReceivableWithdraw, trade.ReceivableReject, trade.ReceivableConfirm:
		return []trade.Act{trade.ReceivableIssue}
	case trade.ReceivableDispute, trade.ReceivableMature, trade.ReceivableOverdue, trade.FinancingRequest,
		trade.ReceivableAskPayee:
		return []trade.Act{trade.ReceivableConfirm}
	case trade.ReceivableResolve:
		return []trade.Act{trade.ReceivableDispute}
	case trade.ReceivableConfirmPayee, trade.ReceivableRefusePayee:
		return []trade.Act{trade.ReceivableAskPayee}
	case trade.ReceivableChangePayee:
		return []trade.Act{trade.ReceivableConfirmPayee}
	case trade.FinancingQuote:
		return []trade.Act{trade.FinancingRequest}
	case trade.FinancingRefuse, trade.FinancingDecline, trade.FinancingLapse:
		return []trade.Act{trade.FinancingQuote}
	case trade.ReceivableReserve:
		return []trade.Act{trade.ProgrammeOpen, trade.FinancingQuote}
	case trade.ReceivableRelease, trade.ReceivableExpire, trade.FinancingApprove:
		return []trade.Act{trade.ReceivableReserve}
	case trade.ReceivableAssign:
		return []trade.Act{trade.FinancingApprove}
	case trade.FinancingDisburse:
		return []trade.Act{trade.ReceivableAssign}
	case trade.ReceivablePay:
		return []trade.Act{trade.FinancingDisburse}
	case trade.FinancingRepay:
		return []trade.Act{trade.ReceivablePay}
	}
	return nil
}

// waitsUntil is the ledger time before which an act is refused; zero for most.
func (w *World) waitsUntil(act trade.Act) trade.Instant {
	switch act {
	case trade.ReceivableMature:
		return Noon(w.DueDate)
	case trade.ReceivableOverdue:
		return Noon(w.DueDate.AddDays(1))
	case trade.FinancingLapse:
		return w.State(w.Financing).Financing.Lapses
	case trade.ReceivableExpire:
		return w.State(w.Receivable).Receivable.Reservation.Expires
	case trade.ReceivableChangePayee:
		if p := w.State(w.Receivable).Receivable.PayeeChange; p != nil {
			return p.Until
		}
		return 0
	default:
		return 0
	}
}

// Noon is midday UTC of a civil date.
func Noon(d money.Date) trade.Instant {
	at, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		return 0
	}
	return trade.InstantOf(at.Add(12 * time.Hour))
}

// State reads an asset as one of its parties has it.
func (w *World) State(id trade.AssetID) trade.State {
	w.T.Helper()
	for _, p := range append(w.Parties(), w.Newcomer) {
		if raw := w.raw(p.Org, id); raw != nil {
			// What a party that left still holds is old.
			if s := w.decode(raw, id); slices.Contains(s.Parties, p.Org) {
				return s
			}
		}
	}
	w.T.Fatalf("nobody holds %s", id)
	return trade.State{}
}

// held reads an asset as an organisation holds it, or as another does that holds it.
func (w *World) held(holder trade.OrgID, id trade.AssetID) trade.State {
	w.T.Helper()
	if raw := w.raw(holder, id); raw != nil {
		return w.decode(raw, id)
	}
	return w.State(id)
}

// raw reads the bytes that an organisation holds of an asset; nil when it holds none.
func (w *World) raw(holder trade.OrgID, id trade.AssetID) []byte {
	w.T.Helper()
	raw, err := w.Chain.State(holder, id)
	if err != nil {
		w.T.Fatalf("reading %s of %s: %v", id, holder, err)
	}
	return raw
}

func (w *World) decode(raw []byte, id trade.AssetID) trade.State {
	w.T.Helper()
	var s trade.State // the law holds that it is canonical, at three times the cost
	if err := json.Unmarshal(raw, &s); err != nil {
		w.T.Fatalf("reading %s: %v", id, err)
	}
	return s
}

// NewID makes a command id.
func (w *World) NewID(act trade.Act) trade.CommandID {
	w.made++
	return trade.CommandID(fmt.Sprintf("%s.%d.%s", act, w.made, Salt(w.T)[:8]))
}
