package tradetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// Channel is the name of the channel of a Ledger.
const Channel = "trade"

// ErrEndorsement says that an organisation whose consent is needed has not endorsed.
var ErrEndorsement = errors.New("tradetest: endorsement policy not satisfied")

// Chain is a ledger that a World runs on.
type Chain interface {
	// Channel is the name that commands are signed for.
	Channel() string
	// Now is the ledger time of the next transaction.
	Now() trade.Instant
	// Submit carries a transaction out, endorsed by the named organisations. A refusal by the
	// law is a *trade.Fault.
	Submit(tx trade.Transaction, endorsers []trade.OrgID) error
	// State returns the canonical private state of an asset as an organisation holds it; nil
	// when it holds none.
	State(holder trade.OrgID, id trade.AssetID) ([]byte, error)
}

// Ledger is a ledger in a map: it runs the law, wants the endorsements that Fabric would
// want, and applies outcomes whole or not at all.
type Ledger struct {
	Clock    trade.Instant
	Public   map[string][]byte
	Private  map[string]map[string][]byte // collection, key
	Policies map[string][]trade.OrgID
	// Outcomes are all that took effect, in order.
	Outcomes []trade.Outcome
}

// NewLedger makes an empty ledger whose clock stands at ten o'clock on a day in March.
func NewLedger() *Ledger {
	return &Ledger{
		Clock:  trade.InstantOf(time.Date(2027, time.March, 1, 10, 0, 0, 0, time.UTC)),
		Public: map[string][]byte{}, Private: map[string]map[string][]byte{}, Policies: map[string][]trade.OrgID{},
	}
}

// Channel implements Chain.
func (l *Ledger) Channel() string { return Channel }

// Now implements Chain.
func (l *Ledger) Now() trade.Instant { return l.Clock }

// MoveTo moves the clock.
func (l *Ledger) MoveTo(at trade.Instant) { l.Clock = at }

// Get implements trade.View.
func (l *Ledger) Get(key string) ([]byte, error) { return slices.Clone(l.Public[key]), nil }

// PrivateHash implements trade.View.
func (l *Ledger) PrivateHash(collection, key string) ([]byte, error) {
	value, ok := l.Private[collection][key]
	if !ok {
		return nil, nil
	}
	sum := sha256.Sum256(value)
	return sum[:], nil
}

// State implements Chain.
func (l *Ledger) State(holder trade.OrgID, id trade.AssetID) ([]byte, error) {
	for _, collection := range []string{trade.ConsentCollection(holder), trade.CopyCollection(holder)} {
		if value, ok := l.Private[collection][string(id)]; ok {
			return slices.Clone(value), nil
		}
	}
	return nil, nil
}

// Submit implements Chain; each transaction moves the clock by a second.
func (l *Ledger) Submit(tx trade.Transaction, endorsers []trade.OrgID) error {
	out, err := trade.Next(l, tx)
	if err != nil {
		return err
	}
	for _, w := range out.Writes {
		for _, o := range l.Policies[w.Key] {
			if !slices.Contains(endorsers, o) {
				return fmt.Errorf("%w: %s must endorse the change of %s", ErrEndorsement, o, w.Key)
			}
		}
	}
	for _, w := range out.Private {
		for _, o := range OrgsOf(w.Collection) {
			if !slices.Contains(endorsers, o) {
				return fmt.Errorf("%w: %s must endorse %s", ErrEndorsement, o, w.Key)
			}
		}
	}
	l.Apply(out)
	l.Clock += trade.Instant(time.Second.Milliseconds())
	return nil
}

// OrgsOf names the organisation that must endorse a write into a collection: none for copies.
func OrgsOf(collection string) []trade.OrgID {
	prefix := trade.ConsentCollection("")
	if len(collection) > len(prefix) && collection[:len(prefix)] == prefix {
		return []trade.OrgID{trade.OrgID(collection[len(prefix):])}
	}
	return nil
}

// Apply writes an outcome, whoever endorsed it.
func (l *Ledger) Apply(out trade.Outcome) {
	for _, w := range out.Writes {
		l.Public[w.Key] = slices.Clone(w.Value)
	}
	for _, p := range out.Policies {
		l.Policies[p.Key] = slices.Clone(p.Orgs)
	}
	for _, w := range out.Private {
		if l.Private[w.Collection] == nil {
			l.Private[w.Collection] = map[string][]byte{}
		}
		l.Private[w.Collection][w.Key] = slices.Clone(w.Value)
	}
	l.Outcomes = append(l.Outcomes, out)
}

// Forge writes a state and its record as a quorum would that does not ask the law. Only the
// consenting organisations hold the state afterwards; without any, all its parties do.
func (l *Ledger) Forge(t testing.TB, s trade.State, consenting ...trade.OrgID) {
	t.Helper()
	if len(consenting) == 0 {
		consenting = s.Parties
	}
	record, err := l.Record(s.ID)
	if err != nil {
		t.Fatalf("reading %s: %v", s.ID, err)
	}
	if record == nil {
		record = &trade.Record{}
	}
	value, err := trade.Canonical(s)
	if err != nil {
		t.Fatalf("writing the state of %s: %v", s.ID, err)
	}
	record.ID, record.Kind, record.Version, record.Phase, record.Time = s.ID, s.Kind, s.Version, s.Phase, s.Time
	record.Commitment = trade.DigestOf(value)
	for _, o := range consenting {
		l.Apply(trade.Outcome{Private: []trade.PrivateWrite{{
			Collection: trade.ConsentCollection(o), Key: string(s.ID), Value: value,
		}}})
	}
	public, err := trade.Canonical(record)
	if err != nil {
		t.Fatalf("writing the record of %s: %v", s.ID, err)
	}
	l.Apply(trade.Outcome{Writes: []trade.Write{{Key: string(s.ID), Value: public}}})
}

// Keys lists the public keys in order.
func (l *Ledger) Keys() []string { return slices.Sorted(maps.Keys(l.Public)) }

// Record reads the public record of an asset; nil when there is none.
func (l *Ledger) Record(id trade.AssetID) (*trade.Record, error) {
	raw := l.Public[string(id)]
	if raw == nil {
		return nil, nil
	}
	r, err := trade.Decode[trade.Record](raw, string(id))
	return &r, err
}

// Clone copies the ledger, so that a test can try something on the copy.
func (l *Ledger) Clone() *Ledger {
	c := &Ledger{
		Clock: l.Clock, Public: maps.Clone(l.Public), Private: map[string]map[string][]byte{},
		Policies: maps.Clone(l.Policies), Outcomes: slices.Clone(l.Outcomes),
	}
	for collection, values := range l.Private {
		c.Private[collection] = maps.Clone(values)
	}
	return c
}
