package localnet

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/services/fabric"
)

// nodeClient is the identity under which an organisation's node submits. Its attributes
// are those of Enrol with role "node".
const nodeClient = "node"

// attributeExtension is where Fabric's certificate authority, and so the chaincode's client
// identity library, keeps a certificate's attributes: JSON {"attrs":{"name":"value"}}.
func attributeExtension() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}
}

// Enrol makes a client certificate of an organisation with the given attributes, signed with
// the key of the organisation's own certificate authority, and returns the organisation's
// entry of the description with that identity in place of the node's.
func (n *Network) Enrol(msp, name string, attrs map[string]string) (fabric.Organisation, error) {
	for _, p := range n.layout.Peers {
		if p.MSP != msp {
			continue
		}
		if err := n.layout.enrol(p, name, attrs); err != nil {
			return fabric.Organisation{}, fmt.Errorf("enrol %s of %s: %w", name, msp, err)
		}
		org, _ := n.Organisation(msp)
		org.Cert, org.Key = n.layout.clientFiles(p, name)
		return org, nil
	}
	return fabric.Organisation{}, fmt.Errorf("enrol %s: no organisation %s", name, msp)
}

func (l *layout) clientFiles(p peer, name string) (cert, key string) {
	return l.path("clients", p.MSP, name, "cert.pem"), l.path("clients", p.MSP, name, "key.pem")
}

func (l *layout) enrol(p peer, name string, attrs map[string]string) error {
	ca, caKey, err := l.authority(p)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	extension, err := json.Marshal(map[string]any{"attrs": attrs})
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial,
		// With node OUs a client is told by its unit; the authority's own validity is taken
		// over, so that no clock is needed.
		Subject:   pkix.Name{CommonName: name + "@" + p.Domain, OrganizationalUnit: []string{"client"}},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: attributeExtension(), Value: extension}},
	}, ca, key.Public(), caKey)
	if err != nil {
		return fmt.Errorf("sign certificate: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	certFile, keyFile := l.clientFiles(p, name)
	if err := write(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})); err != nil {
		return err
	}
	return write(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// authority reads the certificate and key of an organisation's certificate authority.
func (l *layout) authority(p peer) (*x509.Certificate, any, error) {
	block, err := readPEM(l.org(p, "ca", "ca."+p.Domain+"-cert.pem"))
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(block)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate of %s's authority: %w", p.MSP, err)
	}
	if block, err = readPEM(l.org(p, "ca", "priv_sk")); err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, nil, fmt.Errorf("key of %s's authority: %w", p.MSP, err)
	}
	return cert, key, nil
}

func readPEM(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s: no PEM block", filepath.Base(path))
	}
	return block.Bytes, nil
}
