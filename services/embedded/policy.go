package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/statebased"

	"github.com/countersign/countersign/services/app"
)

// chaincodeQuorum is how many organisations the chaincode policy wants: OutOf(2, all). A
// ledger with a single organisation wants that one.
const chaincodeQuorum = 2

var errPolicy = errors.New("endorsement policy does not just name organisations whose peers must all endorse")

// decodePolicy reads what package statebased makes with the role of peer: the organisations
// that must all endorse, sorted. Nothing decodes to none, which removes a policy; any other
// policy is refused, because the ledger could not hold it as Fabric does.
func decodePolicy(policy []byte) ([]string, error) {
	if len(policy) == 0 {
		return []string{}, nil
	}
	decoded, err := statebased.NewStateEP(policy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPolicy, err)
	}
	orgs := decoded.ListOrgs()
	slices.Sort(orgs)
	again, err := encodePolicy(orgs)
	if err != nil {
		return nil, err
	}
	bad := func(org string) bool { return !mspName.MatchString(org) }
	if len(orgs) == 0 || slices.ContainsFunc(orgs, bad) || !bytes.Equal(again, policy) {
		return nil, errPolicy
	}
	return orgs, nil
}

// encodePolicy is the inverse of decodePolicy.
func encodePolicy(orgs []string) ([]byte, error) {
	if len(orgs) == 0 {
		return nil, nil
	}
	policy, err := statebased.NewStateEP(nil)
	if err != nil {
		return nil, fmt.Errorf("make endorsement policy: %w", err)
	}
	if err := policy.AddOrgs(statebased.RoleTypePeer, orgs...); err != nil {
		return nil, fmt.Errorf("make endorsement policy: %w", err)
	}
	encoded, err := policy.Policy()
	if err != nil {
		return nil, fmt.Errorf("make endorsement policy: %w", err)
	}
	return encoded, nil
}

// need is what the policies ask for that a transaction's writes fall under.
type need struct {
	all       map[string]bool // organisations that must endorse
	chaincode bool            // and the chaincode policy holds
}

// needOf goes through the writes as a Fabric peer does when it validates a transaction: a
// key's own policy, else its collection's, else the chaincode's; and the chaincode's when
// nothing is written.
func needOf(v view, collections map[string]collection, e app.Effects) (need, error) {
	n := need{all: map[string]bool{}, chaincode: len(e.Writes)+len(e.Metadata)+len(e.Private) == 0}
	add := func(name, key string) error {
		orgs, err := v.policy(name, key)
		switch {
		case err != nil:
			return err
		case orgs != nil:
			for _, org := range orgs {
				n.all[org] = true
			}
		case collections[name].endorsed:
			n.all[collections[name].owner] = true
		default:
			n.chaincode = true
		}
		return nil
	}
	for _, w := range e.Writes {
		if err := add("", w.Key); err != nil {
			return need{}, err
		}
	}
	for _, p := range e.Private {
		if err := add(p.Collection, fmt.Sprintf("%x", p.KeyHash)); err != nil {
			return need{}, err
		}
	}
	for _, m := range e.Metadata {
		if err := add(m.Collection, m.Key); err != nil {
			return need{}, err
		}
	}
	return n, nil
}

// endorsers returns who endorses a transaction, sorted: those named, or those needed.
// The error is ErrEndorsement when the policies are not satisfied or the endorsers could
// not have agreed on what they read.
func (l *Ledger) endorsers(p app.Proposal, s *stub, e app.Effects) ([]string, error) {
	n, err := needOf(s.view, l.collections, e)
	if err != nil {
		return nil, err
	}
	chosen := slices.Compact(slices.Sorted(slices.Values(p.Endorsers)))
	if len(chosen) == 0 {
		chosen = l.choose(p.Org, n)
		if len(p.Transient) > 0 {
			if err := l.checkMembers(s, chosen); err != nil {
				return nil, err
			}
		}
	}
	for _, org := range chosen {
		if l.creators[org] == nil {
			return nil, fmt.Errorf("%w: %s has no node here", app.ErrEndorsement, org)
		}
	}
	for org := range n.all {
		if !slices.Contains(chosen, org) {
			return nil, fmt.Errorf("%w: %s has not endorsed", app.ErrEndorsement, org)
		}
	}
	if quorum := min(chaincodeQuorum, len(l.orgs)); n.chaincode && len(chosen) < quorum {
		return nil, fmt.Errorf("%w: %d endorsed, not %d", app.ErrEndorsement, len(chosen), quorum)
	}
	for name := range s.valueReads {
		if other := without(chosen, l.collections[name].owner); other != "" {
			return nil, fmt.Errorf("%w: %s cannot read %s", app.ErrEndorsement, other, name)
		}
	}
	return chosen, nil
}

// choose takes the organisations that must endorse and, for the chaincode policy, the
// submitter and then the others in order.
func (l *Ledger) choose(submitter string, n need) []string {
	chosen := slices.Collect(maps.Keys(n.all))
	for _, org := range append([]string{submitter}, l.orgs...) {
		if n.chaincode && len(chosen) < chaincodeQuorum && !slices.Contains(chosen, org) {
			chosen = append(chosen, org)
		}
	}
	slices.Sort(chosen)
	return chosen
}

// checkMembers keeps the ledger from choosing to whom transient data goes: as a Fabric
// gateway it chooses only members of all collections that the transaction touches.
func (l *Ledger) checkMembers(s *stub, chosen []string) error {
	touched := slices.Concat(slices.Collect(maps.Keys(s.private)), slices.Collect(maps.Keys(s.guards)),
		slices.Collect(maps.Keys(s.valueReads)))
	for _, name := range touched {
		if other := without(chosen, l.collections[name].owner); other != "" {
			return fmt.Errorf("%w: %s is no member of %s: name the endorsers of transient data",
				app.ErrEndorsement, other, name)
		}
	}
	return nil
}

// without returns the first of orgs that is not org, or nothing.
func without(orgs []string, org string) string {
	for _, other := range orgs {
		if other != org {
			return other
		}
	}
	return ""
}
