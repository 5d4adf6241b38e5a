// Package localnet runs a Fabric network of five organisations on one machine, from the
// programs of a Fabric release: one peer each, one Raft orderer, TLS everywhere, on
// 127.0.0.1, with chaincode as a service. It is for tests, measurements and trying things
// out; nothing of it is fit for production, where each organisation runs its own peer and
// guards its own keys.
package localnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/services/fabric"
)

// readyPatience is how long the peers get to meet; on two cores they need 2 to 10 s.
const readyPatience = 45 * time.Second

// Chaincode is a chaincode server's program and the name it is committed under.
type Chaincode struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

// chaincodeName is narrower than what Fabric allows, because it also names files.
var chaincodeName = regexp.MustCompile(`^[a-z][a-z0-9]{0,31}$`)

// Options say what to bring up and where.
type Options struct {
	Dir        string // holds everything: certificates, blocks, logs; made when missing
	Binaries   Binaries
	Chaincodes []Chaincode // at least one; the first is the default of the description
	// DieWithParent binds the servers to the life of this process, for tests (Linux only).
	DieWithParent bool
	Log           *slog.Logger
}

// Network is a network that runs.
type Network struct {
	fabric.Network

	layout    *layout
	binaries  Binaries
	processes *processes
	log       *slog.Logger
}

// Up brings a network up and returns when an endorsement by all organisations succeeds.
// In a folder where one was brought up before it starts what does not run, on the same
// ports and with the same ledger; a network whose making was interrupted is made anew.
func Up(ctx context.Context, o Options) (*Network, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	unlock, err := lock(o.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()

	n, made, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := n.bringUp(ctx, made); err != nil {
		// Nothing is left running that nobody knows of.
		return nil, errors.Join(err, n.processes.stop(context.WithoutCancel(ctx)))
	}
	return n, nil
}

func (o *Options) check() error {
	if len(o.Chaincodes) == 0 {
		return errors.New("bring up a network: at least one chaincode is needed")
	}
	for i := range o.Chaincodes {
		c := &o.Chaincodes[i]
		if !chaincodeName.MatchString(c.Name) {
			return fmt.Errorf("chaincode name %q: want %s", c.Name, chaincodeName)
		}
		path, err := filepath.Abs(c.Path)
		if err != nil {
			return fmt.Errorf("program of chaincode %s: %w", c.Name, err)
		}
		c.Path = path
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("folder of the network: %w", err)
	}
	o.Dir = dir
	return nil
}

// lock keeps two runs out of one folder.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the network: %w", err)
	}
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the network's folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("folder %s is in use by another run: %w", dir, err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// open finds the network in the folder; made is false when it has yet to be made.
func open(ctx context.Context, o Options) (n *Network, made bool, err error) {
	ps, err := readProcesses(o.Dir)
	if err != nil {
		return nil, false, err
	}
	ps.dieWithParent = o.DieWithParent
	n = &Network{binaries: o.Binaries, processes: ps, log: o.Log}

	_, err = os.Stat(filepath.Join(o.Dir, descriptionFile))
	switch {
	case err == nil:
		n.layout, err = readLayout(o.Dir)
		if err == nil && !slices.Equal(n.layout.Chaincodes, o.Chaincodes) {
			err = fmt.Errorf("the network in %s runs other chaincodes: %v", o.Dir, n.layout.Chaincodes)
		}
		made = true
	case errors.Is(err, fs.ErrNotExist):
		if err = clear(ctx, o.Dir, ps); err == nil {
			n.layout, err = newLayout(o.Dir, o.Chaincodes)
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("open network: %w", err)
	}
	n.layout.Builder = o.Binaries.Builder
	n.Network = n.describe()
	return n, made, nil
}

// clear removes an unfinished network, and refuses a folder that holds anything else.
func clear(ctx context.Context, dir string, ps *processes) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "lock" })
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, layoutFile)); err != nil {
		return fmt.Errorf("folder %s is not empty and holds no network", dir)
	}
	if err := ps.stop(ctx); err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// bringUp makes the network if needed and starts it. Its effects, in order; network.json is
// written last, so that after a crash anywhere before it the next run begins again:
// layout.json, certificates and genesis block; servers; channel; chaincodes; network.json.
func (n *Network) bringUp(ctx context.Context, made bool) error {
	steps := []struct {
		name string
		skip bool
		run  func(context.Context) error
	}{
		{"generate certificates and genesis block", made, n.generate},
		{"start orderer and peers", false, n.startNodes},
		{"join channel", made, n.join},
		{"start chaincode servers", false, n.startChaincodes},
		{"approve and commit chaincodes", made, n.deploy},
		{"wait until all organisations endorse", false, n.ready},
		{"write description", made, n.save},
	}
	for _, s := range steps {
		if s.skip {
			continue
		}
		n.log.InfoContext(ctx, "bring network up", slog.String("step", s.name))
		if err := s.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (n *Network) startNodes(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return n.processes.start(ctx, program{
			name: "orderer", path: n.binaries.Orderer, env: n.env("orderer"),
			ports: []int{n.layout.Orderer.Port, n.layout.Orderer.AdminPort},
		})
	})
	for _, p := range n.layout.Peers {
		builderConfig, err := json.Marshal(p.serverAddresses())
		if err != nil {
			return fmt.Errorf("encode the chaincode addresses of %s: %w", p.MSP, err)
		}
		g.Go(func() error {
			return n.processes.start(ctx, program{
				name: p.Name(), path: n.binaries.Peer, args: []string{"node", "start"}, ports: []int{p.Port},
				env: append(n.env(p.Name()), "CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG="+string(builderConfig)),
			})
		})
	}
	return g.Wait()
}

func (n *Network) startChaincodes(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range n.layout.Chaincodes {
		id, err := n.layout.packageID(c.Name)
		if err != nil {
			return err
		}
		for _, p := range n.layout.Peers {
			g.Go(func() error {
				return n.processes.start(ctx, program{
					name: c.Name + "." + p.Domain, path: c.Path, ports: []int{p.Servers[c.Name]},
					env: []string{
						"CHAINCODE_ID=" + id,
						"CHAINCODE_SERVER_ADDRESS=" + localhost(p.Servers[c.Name]),
					},
				})
			})
		}
	}
	return g.Wait()
}

// env is the whole environment of a Fabric program: its configuration folder and a place
// for temporary files, so that nothing is written outside the network's folder.
func (n *Network) env(config string) []string {
	return []string{
		"FABRIC_CFG_PATH=" + n.layout.config(config),
		"TMPDIR=" + n.layout.path("tmp"),
		"FABRIC_LOGGING_SPEC=warning",
	}
}

// ready waits until every organisation's peer knows the others and every chaincode answers.
func (n *Network) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for _, c := range n.layout.Chaincodes {
		if err := n.chaincodeReady(ctx, c.Name); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) chaincodeReady(ctx context.Context, chaincode string) error {
	ledger, err := fabric.Open(n.Network, fabric.Options{Chaincode: chaincode, Log: n.log})
	if err != nil {
		return err
	}
	defer ledger.Close()
	var last error
	err = poll(ctx, func() (bool, error) {
		last = ledger.Ready(ctx)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("chaincode %s: %w: %w", chaincode, err, last)
	}
	return nil
}

// describe says how to reach the network, with each organisation's node identity.
func (n *Network) describe() fabric.Network {
	d := fabric.Network{Channel: channel}
	for _, c := range n.layout.Chaincodes {
		d.Chaincodes = append(d.Chaincodes, c.Name)
	}
	for _, p := range n.layout.Peers {
		cert, key := n.layout.clientFiles(p, nodeClient)
		d.Organisations = append(d.Organisations, fabric.Organisation{
			MSP: p.MSP, Endpoint: p.endpoint(), TLSCA: n.layout.node(p, "tls", "ca.crt"),
			Cert: cert, Key: key,
		})
	}
	return d
}

func (n *Network) save(context.Context) error {
	raw, err := json.MarshalIndent(n.Network, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", descriptionFile, err)
	}
	return write(n.DescriptionPath(), append(raw, '\n'))
}

// DescriptionPath is the file that fabric.ReadNetwork reads.
func (n *Network) DescriptionPath() string { return n.layout.path(descriptionFile) }

// Dead lists the servers that were started and run no more: none, in a healthy network.
func (n *Network) Dead() []string { return n.processes.dead() }

// Restart kills an organisation's peer, as a crash would, and starts it again.
func (n *Network) Restart(ctx context.Context, msp string) error {
	for _, p := range n.layout.Peers {
		if p.MSP == msp {
			if err := n.processes.kill(ctx, p.Name()); err != nil {
				return fmt.Errorf("restart the peer of %s: %w", msp, err)
			}
			return n.startNodes(ctx)
		}
	}
	return fmt.Errorf("restart a peer: no organisation %s", msp)
}

// Down stops the network and keeps its folder.
func (n *Network) Down(ctx context.Context) error { return n.processes.stop(ctx) }

// Down stops the processes of the network in dir, and no others. It keeps the folder, so
// that Up continues where it stopped; remove the folder to begin anew.
func Down(ctx context.Context, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, layoutFile)); err != nil {
		return fmt.Errorf("no network in %s: %w", dir, err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	ps, err := readProcesses(dir)
	if err != nil {
		return err
	}
	return ps.stop(ctx)
}
