package embedded

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

const (
	identityYears = 20  // the organisations' own certificates are replaced with their ledger
	serialBits    = 120 // below the 20 octets of RFC 5280, section 4.1.2.2
)

// mspName is what an organisation may be called: it becomes part of file and collection
// names.
var mspName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$`)

// identity returns the serialized identity of an organisation's node, as GetCreator gives
// it to chaincode. Its key and certificate, and those of its own CA, are made at the first
// start and kept under dir. The ledger itself does not sign with them: it is one
// operator's, and that operator's checkpoint key signs each block.
func identity(dir, org string, attributes map[string]string, now time.Time) ([]byte, error) {
	home := filepath.Join(dir, "identity", org)
	certificate := filepath.Join(home, "cert.pem") // written last: it says all is there
	data, err := os.ReadFile(certificate)
	if errors.Is(err, fs.ErrNotExist) {
		if err := mint(home, org, attributes, now); err != nil {
			return nil, fmt.Errorf("make the identity of %s: %w", org, err)
		}
		data, err = os.ReadFile(certificate)
	}
	if err != nil {
		return nil, fmt.Errorf("read the identity of %s: %w", org, err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("identity of %s: no certificate in %s", org, certificate)
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return nil, fmt.Errorf("identity of %s: %w", org, err)
	}
	creator, err := proto.MarshalOptions{Deterministic: true}.Marshal(
		&msp.SerializedIdentity{Mspid: org, IdBytes: data})
	if err != nil {
		return nil, fmt.Errorf("identity of %s: %w", org, err)
	}
	return creator, nil
}

// mspOf names the organisation of a serialized identity.
func mspOf(creator []byte) (string, error) {
	var id msp.SerializedIdentity
	if err := proto.Unmarshal(creator, &id); err != nil {
		return "", fmt.Errorf("decode identity: %w", err)
	}
	return id.GetMspid(), nil
}

// mint makes a CA and a node certificate. A crash leaves at worst a CA without its node,
// which the next start makes anew.
func mint(home, org string, attributes map[string]string, now time.Time) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	authority := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{org}, CommonName: "ca." + org},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	authorityKey, err := issue(home, "ca", authority, nil, nil, now)
	if err != nil {
		return err
	}
	node := &x509.Certificate{
		Subject: pkix.Name{
			Organization: []string{org}, OrganizationalUnit: []string{"client"}, CommonName: "node." + org,
		},
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if len(attributes) > 0 {
		value, err := json.Marshal(map[string]map[string]string{"attrs": attributes})
		if err != nil {
			return fmt.Errorf("encode attributes: %w", err)
		}
		// The extension in which Fabric's certificates carry attributes; cid reads it.
		id := asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1}
		node.ExtraExtensions = []pkix.Extension{{Id: id, Value: value}}
	}
	_, err = issue(home, "", node, authority, authorityKey, now)
	return err
}

// issue makes a key and a certificate for it, signed by parent or by itself, and writes
// both, the certificate last. The files are named key.pem and cert.pem after the prefix.
func issue(home, prefix string, template, parent *x509.Certificate, signer *ecdsa.PrivateKey,
	now time.Time,
) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	if signer == nil {
		parent, signer = template, key
	}
	template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	template.NotBefore = now.UTC().Add(-time.Hour).Truncate(time.Second) // other clocks may be behind
	template.NotAfter = template.NotBefore.AddDate(identityYears, 0, 0)
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	if prefix != "" {
		prefix += "-"
	}
	private = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	if err := writeFile(filepath.Join(home, prefix+"key.pem"), private, 0o600); err != nil {
		return nil, err
	}
	certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	return key, writeFile(filepath.Join(home, prefix+"cert.pem"), certificate, 0o644)
}

// writeFile replaces a file whole: after a crash it is the old one or the new one.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	next := path + ".new"
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}
