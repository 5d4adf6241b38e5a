package fabric

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// fakePeer answers as a peer's gateway would. Each function may be replaced.
type fakePeer struct {
	gateway.UnimplementedGatewayServer
	peer.UnimplementedDeliverServer

	endorse func(*gateway.EndorseRequest) (*gateway.EndorseResponse, error)
	submit  func(try int) error
	status  func(ctx context.Context, try int) (*gateway.CommitStatusResponse, error)
	answer  func(ctx context.Context, r *gateway.EvaluateRequest) ([]byte, error)
	deliver func(peer.Deliver_DeliverWithPrivateDataServer) error

	mu       sync.Mutex
	sent     []*common.Envelope
	statuses int
}

func (f *fakePeer) Endorse(_ context.Context, r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	return f.endorse(r)
}

func (f *fakePeer) Submit(_ context.Context, r *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	f.mu.Lock()
	f.sent = append(f.sent, r.GetPreparedTransaction())
	try := len(f.sent)
	f.mu.Unlock()
	if f.submit != nil {
		return &gateway.SubmitResponse{}, f.submit(try)
	}
	return &gateway.SubmitResponse{}, nil
}

func (f *fakePeer) CommitStatus(
	ctx context.Context, _ *gateway.SignedCommitStatusRequest,
) (*gateway.CommitStatusResponse, error) {
	f.mu.Lock()
	f.statuses++
	try := f.statuses
	f.mu.Unlock()
	return f.status(ctx, try)
}

func (f *fakePeer) Evaluate(
	ctx context.Context, r *gateway.EvaluateRequest,
) (*gateway.EvaluateResponse, error) {
	payload, err := f.answer(ctx, r)
	return &gateway.EvaluateResponse{Result: &peer.Response{Status: 200, Payload: payload}}, err
}

func (f *fakePeer) DeliverWithPrivateData(s peer.Deliver_DeliverWithPrivateDataServer) error {
	if _, err := s.Recv(); err != nil {
		return err
	}
	return f.deliver(s)
}

// open starts the fakes and opens a ledger that hosts one organisation at each.
func open(t *testing.T, o Options, fakes map[string]*fakePeer) *Ledger {
	t.Helper()
	dir := t.TempDir()
	certificate := selfSigned(t, dir)
	network := Network{Channel: testChannel, Chaincodes: []string{testChaincode}}
	for _, msp := range []string{"SupplierMSP", "CoreMSP"} {
		f, ok := fakes[msp]
		if !ok {
			continue
		}
		if f.endorse == nil {
			f.endorse = func(*gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
				return &gateway.EndorseResponse{PreparedTransaction: full(t).envelope(t)}, nil
			}
		}
		server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
		gateway.RegisterGatewayServer(server, f)
		peer.RegisterDeliverServer(server, f)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(server.Stop)
		network.Organisations = append(network.Organisations, Organisation{
			MSP: msp, Endpoint: listener.Addr().String(), TLSCA: filepath.Join(dir, "cert.pem"),
			Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"),
		})
	}
	l, err := Open(network, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// selfSigned makes one certificate that serves as server, authority and client.
func selfSigned(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "peer"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// failure is a gateway's error with one detail per endorser.
func failure(t *testing.T, code codes.Code, details ...string) error {
	t.Helper()
	s := status.New(code, "see attached details")
	for i, message := range details {
		detailed, err := s.WithDetails(&gateway.ErrorDetail{
			MspId: []string{"SupplierMSP", "CoreMSP"}[i%2], Message: message,
		})
		if err != nil {
			t.Fatal(err)
		}
		s = detailed
	}
	return s.Err()
}
