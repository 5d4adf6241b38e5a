package fabric

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"
)

const (
	// maxMessageBytes is what a peer accepts and sends by default; a block may be as large.
	maxMessageBytes = 100 << 20

	keepaliveEvery   = 2 * time.Minute
	keepaliveTimeout = 20 * time.Second
)

// connection is one organisation's way into the channel: its peer's gateway, in the name of
// one client identity.
type connection struct {
	org      Organisation
	conn     *grpc.ClientConn
	gateway  *client.Gateway
	network  *client.Network
	contract *client.Contract
	queries  *client.Contract // Fabric's own query chaincode
	sign     identity.Sign
	slots    chan struct{} // one per call in flight
}

func dial(channel, chaincode string, org Organisation, inFlight int) (*connection, error) {
	id, sign, err := readIdentity(org)
	if err != nil {
		return nil, fmt.Errorf("identity of %s: %w", org.MSP, err)
	}
	ca, err := os.ReadFile(org.TLSCA)
	if err != nil {
		return nil, fmt.Errorf("TLS authority of %s: %w", org.MSP, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("TLS authority of %s: no certificate in %s", org.MSP, org.TLSCA)
	}
	security := credentials.NewTLS(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	reconnect := backoff.DefaultConfig
	reconnect.MaxDelay = 2 * time.Second // By default a peer that is back is left alone for 2 min.
	conn, err := grpc.NewClient(org.Endpoint,
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: reconnect.MaxDelay}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveEvery, Timeout: keepaliveTimeout}),
	)
	if err != nil {
		return nil, fmt.Errorf("peer of %s: %w", org.MSP, err)
	}
	gateway, err := client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256),
		client.WithClientConnection(conn))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("gateway of %s: %w", org.MSP, err), conn.Close())
	}
	network := gateway.GetNetwork(channel)
	return &connection{
		org: org, conn: conn, gateway: gateway, network: network, sign: sign,
		contract: network.GetContract(chaincode), queries: network.GetContract("qscc"),
		slots: make(chan struct{}, inFlight),
	}, nil
}

func readIdentity(org Organisation) (*identity.X509Identity, identity.Sign, error) {
	certPEM, err := os.ReadFile(org.Cert)
	if err != nil {
		return nil, nil, err
	}
	cert, err := identity.CertificateFromPEM(certPEM)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate %s: %w", org.Cert, err)
	}
	id, err := identity.NewX509Identity(org.MSP, cert)
	if err != nil {
		return nil, nil, err
	}
	keyPEM, err := os.ReadFile(org.Key)
	if err != nil {
		return nil, nil, err
	}
	key, err := identity.PrivateKeyFromPEM(keyPEM)
	if err != nil {
		return nil, nil, fmt.Errorf("key %s: %w", org.Key, err)
	}
	sign, err := identity.NewPrivateKeySign(key)
	if err != nil {
		return nil, nil, fmt.Errorf("key %s: %w", org.Key, err)
	}
	return id, sign, nil
}

func (c *connection) close() error {
	return errors.Join(c.gateway.Close(), c.conn.Close())
}

// enter waits for a free slot: a peer's gateway refuses calls above its own limit, and
// those that wait for a commit count too.
func (c *connection) enter(ctx context.Context) (leave func(), err error) {
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// query asks the organisation's own peer for something of the ledger.
func (c *connection) query(ctx context.Context, function string, args ...string) ([]byte, error) {
	return c.queries.EvaluateWithContext(ctx, function, client.WithArguments(args...))
}

// open starts the delivery of blocks with the private data that the organisation's peer
// may show to this identity, from a block on. The gateway's own stream is not used: it ends
// without saying why, and a reader that stops leaves it waiting for ever.
func (c *connection) open(ctx context.Context, from uint64) (
	peer.Deliver_DeliverWithPrivateDataClient, error,
) {
	request, err := c.network.NewBlockAndPrivateDataEventsRequest(client.WithStartBlock(from))
	if err != nil {
		return nil, fmt.Errorf("request blocks: %w", err)
	}
	raw, err := request.Bytes()
	if err != nil {
		return nil, fmt.Errorf("request blocks: %w", err)
	}
	envelope := &common.Envelope{}
	if err := proto.Unmarshal(raw, envelope); err != nil {
		return nil, fmt.Errorf("request blocks: %w", err)
	}
	if envelope.Signature, err = c.sign(request.Digest()); err != nil {
		return nil, fmt.Errorf("sign request for blocks: %w", err)
	}
	s, err := peer.NewDeliverClient(c.conn).DeliverWithPrivateData(ctx)
	if err != nil {
		return nil, fmt.Errorf("open stream of blocks: %w", err)
	}
	if err := s.Send(envelope); err != nil {
		return nil, fmt.Errorf("open stream of blocks: %w", err)
	}
	return s, nil
}
