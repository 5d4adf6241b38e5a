// Package fabric is the shared ledger on Hyperledger Fabric: app.Ledger through the gateway
// of each hosted organisation's own peer.
//
// What it relies on, beside the chaincode: explicit collections org_<MSP> and copy_<MSP>
// for each organisation (services/fabric/localnet shows their definition), and one peer
// endpoint per organisation, which may stand for several peers.
package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign/countersign/services/app"
)

// Options are what a node may set. Zero values mean the defaults.
type Options struct {
	Chaincode string // default: the first of the network
	// Timeouts of the four calls. The client library has none of its own.
	Evaluate time.Duration // default 10 s
	Endorse  time.Duration // default 15 s
	Submit   time.Duration // default 10 s
	// Commit is how long a commit status is waited for before the same envelope is sent
	// again: the orderer's batch timeout and one to three seconds. Default 4 s.
	Commit time.Duration
	// InFlight bounds the calls under way per organisation. Default 256; a peer refuses
	// more than 500 of all its clients together.
	InFlight int
	Log      *slog.Logger // default: nothing is logged
}

func (o Options) withDefaults(n Network) (Options, error) {
	if o.Chaincode == "" {
		if len(n.Chaincodes) == 0 {
			return o, errors.New("the network description names no chaincode")
		}
		o.Chaincode = n.Chaincodes[0]
	}
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&o.Evaluate, 10 * time.Second},
		{&o.Endorse, 15 * time.Second},
		{&o.Submit, 10 * time.Second},
		{&o.Commit, 4 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.standard
		}
	}
	if o.InFlight == 0 {
		o.InFlight = 256
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// Ledger is the ledger as seen from a node that hosts the organisations of its network
// description. It implements app.Ledger.
type Ledger struct {
	network     Network
	options     Options
	connections []*connection // in the order of the description; the first is asked first
}

var _ app.Ledger = (*Ledger)(nil)

// Open prepares the connections to the peers of the network's organisations. It does not
// wait for them: a call to a peer that is down fails with app.ErrUnavailable.
func Open(n Network, o Options) (*Ledger, error) {
	o, err := o.withDefaults(n)
	if err != nil {
		return nil, fmt.Errorf("open fabric ledger: %w", err)
	}
	if len(n.Organisations) == 0 {
		return nil, errors.New("open fabric ledger: the network description names no organisation")
	}
	l := &Ledger{network: n, options: o}
	for _, org := range n.Organisations {
		c, err := dial(n.Channel, o.Chaincode, org, o.InFlight)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open fabric ledger: %w", err), l.Close())
		}
		l.connections = append(l.connections, c)
	}
	return l, nil
}

// Close ends all connections. Calls under way fail.
func (l *Ledger) Close() error {
	var errs []error
	for _, c := range l.connections {
		errs = append(errs, c.close())
	}
	return errors.Join(errs...)
}

// Channel is the name of the channel: commands are signed for it.
func (l *Ledger) Channel() string { return l.network.Channel }

func (l *Ledger) connection(msp string) (*connection, error) {
	for _, c := range l.connections {
		if c.org.MSP == msp {
			return c, nil
		}
	}
	return nil, fmt.Errorf("organisation %q is not hosted by this node", msp)
}

// Evaluate runs a function on the organisation's own peer and writes nothing.
func (l *Ledger) Evaluate(ctx context.Context, p app.Proposal) ([]byte, error) {
	c, err := l.connection(p.Org)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", p.Function, err)
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", p.Function, err)
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, l.options.Evaluate)
	defer cancel()
	// Naming the organisation keeps the gateway from asking another's, higher, peer.
	answer, err := c.contract.EvaluateWithContext(ctx, p.Function,
		client.WithArguments(p.Args...), client.WithTransient(p.Transient),
		client.WithEndorsingOrganizations(p.Org))
	if err != nil {
		return nil, fmt.Errorf("evaluate %s for %s: %w", p.Function, p.Org, refusal(err))
	}
	return answer, nil
}

// Ready asks every organisation of the network description, through the gateway of each, to
// endorse a call that writes nothing, and succeeds when each one's chaincode has answered.
// Until the peers have met, and for some seconds after one was restarted, that fails.
func (l *Ledger) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.options.Endorse)
	defer cancel()
	var all []string
	for _, org := range l.network.Organisations {
		all = append(all, org.MSP)
	}
	for _, c := range l.connections {
		proposal, err := c.contract.NewProposal(readyFunction, client.WithEndorsingOrganizations(all...))
		if err != nil {
			return fmt.Errorf("prepare endorsement by all: %w", err)
		}
		if _, err = proposal.EndorseWithContext(ctx); err != nil && !refusedByAll(err, all) {
			return fmt.Errorf("endorsement by all organisations through the gateway of %s: %w",
				c.org.MSP, refusal(err))
		}
	}
	return nil
}

// readyFunction is in no chaincode's table: each answers it with a refusal.
const readyFunction = "ready?"
