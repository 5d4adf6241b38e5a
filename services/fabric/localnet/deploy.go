package localnet

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	commandPatience = 30 * time.Second

	// A chaincode's definition is committed once; another one means another network.
	definitionVersion  = "1.0"
	definitionSequence = "1"

	// endorsementsNeeded of the five organisations make a transaction valid when no
	// collection and no key asks for more.
	endorsementsNeeded = 2
)

// generate makes keys, certificates, configuration files and the channel's genesis block.
func (n *Network) generate(ctx context.Context) error {
	l := n.layout
	if err := l.save(); err != nil {
		return err
	}
	for _, f := range []struct {
		template, file string
		data           any
	}{
		{"crypto-config.yaml", l.config("crypto-config.yaml"), l},
		{"configtx.yaml", l.config("configtx.yaml"), l},
		{"orderer.yaml", l.path("config", "orderer", "orderer.yaml"), l},
	} {
		if err := render(f.template, f.file, f.data); err != nil {
			return err
		}
	}
	for _, p := range l.Peers {
		data := struct {
			Peer                peer
			Node, Data, Builder string
		}{p, l.node(p), l.path("data", p.Name()), l.Builder}
		if err := render("core.yaml", l.path("config", p.Name(), "core.yaml"), data); err != nil {
			return err
		}
	}
	for _, c := range l.Chaincodes {
		archive, err := pack(c.Name)
		if err != nil {
			return fmt.Errorf("pack chaincode %s: %w", c.Name, err)
		}
		if err := write(l.packageFile(c.Name), archive); err != nil {
			return err
		}
	}
	if err := write(l.path("tmp", "README"), []byte("Temporary files of the network.\n")); err != nil {
		return err
	}
	if _, err := run(ctx, nil, n.binaries.Cryptogen, "generate",
		"--config", l.config("crypto-config.yaml"), "--output", l.path("crypto")); err != nil {
		return err
	}
	if _, err := run(ctx, []string{"FABRIC_CFG_PATH=" + l.path("config")}, n.binaries.Configtxgen,
		"-profile", "Channel", "-channelID", channel, "-outputBlock", l.path("genesis.block")); err != nil {
		return err
	}
	for _, p := range l.Peers {
		if err := l.enrol(p, nodeClient, map[string]string{"role": nodeClient}); err != nil {
			return fmt.Errorf("enrol the node of %s: %w", p.MSP, err)
		}
	}
	return nil
}

// join has the orderer and every peer join the channel.
func (n *Network) join(ctx context.Context) error {
	l := n.layout
	out, err := run(ctx, nil, n.binaries.Osnadmin, "channel", "join",
		"--channelID", channel, "--config-block", l.path("genesis.block"),
		"-o", localhost(l.Orderer.AdminPort), "--ca-file", l.OrdererNode()+"/tls/ca.crt",
		"--client-cert", l.ordererAdmin()+"/tls/client.crt",
		"--client-key", l.ordererAdmin()+"/tls/client.key")
	if err != nil {
		return err
	}
	// It reports a refusal with exit code 0.
	if !strings.Contains(out, "Status: 201") {
		return fmt.Errorf("the orderer did not join the channel: %s", out)
	}
	return n.eachPeer(ctx, func(ctx context.Context, p peer) error {
		return n.admin(ctx, p, "channel", "join", "-b", l.path("genesis.block"))
	})
}

// deploy installs, approves and commits every chaincode.
func (n *Network) deploy(ctx context.Context) error {
	for _, c := range n.layout.Chaincodes {
		if err := n.deployOne(ctx, c.Name); err != nil {
			return fmt.Errorf("chaincode %s: %w", c.Name, err)
		}
	}
	return nil
}

func (n *Network) deployOne(ctx context.Context, name string) error {
	id, err := n.layout.packageID(name)
	if err != nil {
		return err
	}
	collectionsFile := n.layout.config(name + ".collections.json")
	if err := n.writeCollections(collectionsFile); err != nil {
		return err
	}
	definition := []string{
		"-o", localhost(n.layout.Orderer.Port),
		"--tls", "--cafile", n.layout.OrdererNode() + "/tls/ca.crt",
		"--channelID", channel, "--name", name,
		"--version", definitionVersion, "--sequence", definitionSequence,
		"--signature-policy", n.chaincodePolicy(), "--collections-config", collectionsFile,
	}
	err = n.eachPeer(ctx, func(ctx context.Context, p peer) error {
		if err := n.admin(ctx, p, "lifecycle", "chaincode", "install", n.layout.packageFile(name)); err != nil {
			return err
		}
		approve := append([]string{"lifecycle", "chaincode", "approveformyorg", "--package-id", id}, definition...)
		return n.ordered(ctx, p, approve...)
	})
	if err != nil {
		return err
	}
	commit := append([]string{"lifecycle", "chaincode", "commit"}, definition...)
	for _, p := range n.layout.Peers {
		commit = append(commit, "--peerAddresses", p.endpoint(),
			"--tlsRootCertFiles", n.layout.node(p, "tls", "ca.crt"))
	}
	return n.ordered(ctx, n.layout.Peers[0], commit...)
}

// chaincodePolicy counts explicitly: that is faster than a majority found through the
// channel's policies, and nobody outside a trade need see what is brought along.
func (n *Network) chaincodePolicy() string {
	peers := make([]string, len(n.layout.Peers))
	for i, p := range n.layout.Peers {
		peers[i] = "'" + p.MSP + ".peer'"
	}
	return fmt.Sprintf("OutOf(%d, %s)", endorsementsNeeded, strings.Join(peers, ", "))
}

// collection is Fabric's description of a private data collection.
type collection struct {
	Name              string             `json:"name"`
	Policy            string             `json:"policy"`
	RequiredPeerCount int                `json:"requiredPeerCount"`
	MaxPeerCount      int                `json:"maxPeerCount"`
	BlockToLive       int                `json:"blockToLive"`
	MemberOnlyRead    bool               `json:"memberOnlyRead"`
	MemberOnlyWrite   bool               `json:"memberOnlyWrite"`
	EndorsementPolicy *endorsementPolicy `json:"endorsementPolicy,omitempty"`
}

type endorsementPolicy struct {
	SignaturePolicy string `json:"signaturePolicy"`
}

// writeCollections gives each organisation two collections that only it may read.
//
// org_<MSP> holds what the organisation has agreed to: a write needs the endorsement of its
// own peer, which so has the value already, and no peer pushes it anywhere. copy_<MSP>
// holds what it may read without being asked: the endorsers push it to its peer. Neither is
// memberOnlyWrite, because that asks for the submitting client's membership, and a trade's
// transaction writes to the collections of all its parties.
func (n *Network) writeCollections(file string) error {
	var cs []collection
	for _, p := range n.layout.Peers {
		member := fmt.Sprintf("OR('%s.member')", p.MSP)
		cs = append(cs,
			collection{
				Name: "org_" + p.MSP, Policy: member, MemberOnlyRead: true,
				EndorsementPolicy: &endorsementPolicy{SignaturePolicy: fmt.Sprintf("OR('%s.peer')", p.MSP)},
			},
			collection{Name: "copy_" + p.MSP, Policy: member, MemberOnlyRead: true, MaxPeerCount: 1})
	}
	raw, err := json.MarshalIndent(cs, "", "  ")
	if err != nil {
		return fmt.Errorf("encode collections: %w", err)
	}
	return write(file, raw)
}

func (n *Network) eachPeer(ctx context.Context, do func(context.Context, peer) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range n.layout.Peers {
		g.Go(func() error {
			if err := do(ctx, p); err != nil {
				return fmt.Errorf("%s: %w", p.MSP, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// admin runs Fabric's peer command as the administrator of p's organisation.
func (n *Network) admin(ctx context.Context, p peer, args ...string) error {
	env := append(n.env(p.Name()),
		"CORE_PEER_MSPCONFIGPATH="+n.layout.org(p, "users", "Admin@"+p.Domain, "msp"))
	_, err := run(ctx, env, n.binaries.Peer, args...)
	return err
}

// noLeader is how the orderer refuses while it has not elected itself yet.
const noLeader = "no Raft leader"

// ordered runs a peer command that sends a transaction, again while there is no leader.
func (n *Network) ordered(ctx context.Context, p peer, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	return poll(ctx, func() (bool, error) {
		err := n.admin(ctx, p, args...)
		if err != nil && strings.Contains(err.Error(), noLeader) {
			return false, nil
		}
		return true, err
	})
}

// run runs a command to its end and returns all that it printed.
func run(ctx context.Context, env []string, path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // G204: a program of the release.
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(append([]string{path}, args[:min(3, len(args))]...), " "),
			err, out[max(0, len(out)-logTail):])
	}
	return string(out), nil
}

// serverAddresses maps each chaincode to the address of its server for this organisation.
// The builder fills it into the package's address template.
func (p peer) serverAddresses() map[string]string {
	addresses := make(map[string]string, len(p.Servers))
	for name, port := range p.Servers {
		addresses[name] = localhost(port)
	}
	return addresses
}

func (l *layout) packageFile(chaincode string) string { return l.config(chaincode + ".tar.gz") }

// packageID is how peers name an installed package: its label and the digest of its bytes.
func (l *layout) packageID(chaincode string) (string, error) {
	archive, err := os.ReadFile(l.packageFile(chaincode))
	if err != nil {
		return "", fmt.Errorf("read package of chaincode %s: %w", chaincode, err)
	}
	digest := sha256.Sum256(archive)
	return chaincode + ":" + hex.EncodeToString(digest[:]), nil
}

// pack makes a chaincode's package, the same for each organisation: the address that
// differs is filled in by each peer's builder.
func pack(chaincode string) ([]byte, error) {
	connection, err := json.Marshal(map[string]any{
		"address": "{{." + chaincode + "}}", "dial_timeout": "10s", "tls_required": false,
	})
	if err != nil {
		return nil, err
	}
	code, err := tarball(entry{"connection.json", connection})
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(map[string]string{"type": "ccaas", "label": chaincode})
	if err != nil {
		return nil, err
	}
	return tarball(entry{"code.tar.gz", code}, entry{"metadata.json", metadata})
}

type entry struct {
	name    string
	content []byte
}

// tarball packs entries without times, owners or anything else that would differ.
func tarball(entries ...entry) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.content)), Format: tar.FormatUSTAR}
		if err := tape.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := tape.Write(e.content); err != nil {
			return nil, err
		}
	}
	for _, c := range []io.Closer{tape, zip} {
		if err := c.Close(); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
