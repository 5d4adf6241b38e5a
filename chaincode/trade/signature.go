package trade

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// Signature is a person's consent to a command: ES256 (ECDSA P-256, SHA-256, ASN.1) over
// the command's digest, or over the digest of a batch that contains it. A passkey signs the
// same digest as the challenge of a WebAuthn assertion.
type Signature struct {
	Org    OrgID    `json:"org"`
	Person PersonID `json:"person"`
	// Batch lists the digests that were signed together; absent when it is one command.
	Batch    []Digest   `json:"batch,omitempty"`
	Value    []byte     `json:"value"`
	WebAuthn *Assertion `json:"webauthn,omitempty"`
}

// Assertion is what an authenticator adds to the signature (W3C WebAuthn Level 2, 7.2).
type Assertion struct {
	AuthenticatorData []byte `json:"authenticator_data"`
	ClientData        []byte `json:"client_data"`
}

// Person is a registered person of an organisation, as the whole channel sees it: an id that
// is no name, a public key, and the duties the person may fulfil.
type Person struct {
	ID    PersonID `json:"id"`
	Roles []Role   `json:"roles"`
	// Key is the public key: PKIX, ASN.1 DER, P-256.
	Key []byte `json:"key"`
	// RelyingParty is the SHA-256 of the WebAuthn relying party id; absent for software keys.
	RelyingParty []byte `json:"relying_party,omitempty"`
	Revoked      bool   `json:"revoked,omitempty"`
}

// Role is a duty that a person may have in an organisation.
type Role string

// The roles. A person with several roles still fulfils only one duty in one act.
const (
	Maker    Role = "maker"
	Checker  Role = "checker"
	Approver Role = "approver"
	Viewer   Role = "viewer"
	Admin    Role = "admin"
	Operator Role = "operator"
)

// Roles lists every role.
func Roles() []Role { return []Role{Maker, Checker, Approver, Viewer, Admin, Operator} }

// publicKey reads the person's key; only P-256 is accepted, and only in the one encoding that
// we would write: keys are compared as bytes to tell persons apart, and the reader of ASN.1
// lets bytes pass that change nothing.
func (p Person) publicKey() (*ecdsa.PublicKey, error) {
	k, err := x509.ParsePKIXPublicKey(p.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, ok := k.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("the key is not ECDSA P-256")
	}
	again, err := x509.MarshalPKIXPublicKey(key)
	if err != nil || !bytes.Equal(again, p.Key) {
		return nil, fmt.Errorf("the key is not in its shortest form")
	}
	return key, nil
}

// Verify tells whether the signature is this person's over the command digest: nil, or a
// Fault with CodeSignatureInvalid.
func (s Signature) Verify(p Person, command Digest) error {
	bad := func(why string) error {
		return refuse(CodeSignatureInvalid, "signatures", "the signature of %s does not verify: %s", s.Person, why)
	}
	signed := command
	if len(s.Batch) > 0 {
		if len(s.Batch) > maxBatch || !slices.Contains(s.Batch, command) {
			return bad("the batch does not contain this command")
		}
		if !wellFormed(s.Batch) {
			return bad("a digest of the batch is not well-formed")
		}
		signed = BatchDigest(s.Batch)
	}
	digest, ok := signed.Bytes()
	if !ok {
		return bad("the digest is not well-formed")
	}
	key, err := p.publicKey()
	if err != nil {
		return bad(err.Error())
	}
	if s.WebAuthn == nil {
		if p.RelyingParty != nil {
			return bad("this key belongs to a passkey")
		}
		if !ecdsa.VerifyASN1(key, digest, s.Value) {
			return bad("wrong key or other content")
		}
		return nil
	}
	if err := s.WebAuthn.check(p, digest); err != nil {
		return bad(err.Error())
	}
	if !ecdsa.VerifyASN1(key, s.WebAuthn.Message(), s.Value) {
		return bad("wrong key or other content")
	}
	return nil
}

// wellFormed refuses a batch in which one text passes for two digests.
func wellFormed(batch []Digest) bool {
	return !slices.ContainsFunc(batch, func(d Digest) bool {
		_, ok := d.Bytes()
		return !ok
	})
}

// Message is the digest that the authenticator signs (WebAuthn Level 2, 6.3.3 step 11): SHA-256
// of the authenticator data and the SHA-256 of the client data.
func (a *Assertion) Message() []byte {
	client := sha256.Sum256(a.ClientData)
	message := sha256.Sum256(append(slices.Clone(a.AuthenticatorData), client[:]...))
	return message[:]
}

// Flags of authenticator data (WebAuthn Level 2, section 6.1).
const (
	flagUserPresent  = 0x01
	flagUserVerified = 0x04
	minAuthData      = 37
	maxAssertionPart = 4 << 10
)

// check holds the assertion against the person's key and the digest that was to be signed:
// the relying party, presence and verification of the user, the type and the challenge.
func (a *Assertion) check(p Person, digest []byte) error {
	if len(a.AuthenticatorData) < minAuthData || len(a.AuthenticatorData) > maxAssertionPart ||
		len(a.ClientData) > maxAssertionPart {
		return fmt.Errorf("the assertion has a wrong size")
	}
	if p.RelyingParty == nil || !bytes.Equal(a.AuthenticatorData[:sha256.Size], p.RelyingParty) {
		return fmt.Errorf("the assertion is for another relying party")
	}
	const wanted = flagUserPresent | flagUserVerified
	if a.AuthenticatorData[sha256.Size]&wanted != wanted {
		return fmt.Errorf("the user was not verified")
	}
	var client struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(a.ClientData, &client); err != nil {
		return fmt.Errorf("the client data is no JSON")
	}
	if client.Type != "webauthn.get" || client.Challenge != base64.RawURLEncoding.EncodeToString(digest) {
		return fmt.Errorf("another challenge was signed")
	}
	return nil
}
