package trade

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Signature is a person's consent to a command: ES256 (ECDSA P-256, SHA-256, ASN.1) over
// the command's digest, or over the digest of a batch that contains it. A passkey signs the
// same digest as the challenge of a WebAuthn assertion.
type Signature struct {
	Org    OrgID    `json:"org"`
	Person PersonID `json:"person"`
	Key    KeyID    `json:"key"` // with which of the person's keys
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
// is no name, public keys, and the duties the person may fulfil.
type Person struct {
	ID      PersonID `json:"id"`
	Roles   []Role   `json:"roles"`
	Keys    []Key    `json:"keys"`
	Revoked bool     `json:"revoked,omitempty"`
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

// Verify tells whether the signature is made with this key over the command digest: nil, or a
// Fault with CodeSignatureInvalid. That the key is the person's is for the caller to see.
func (s Signature) Verify(k Key, command Digest) error {
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
	if err := k.verify(signed, s.Value, s.WebAuthn); err != nil {
		return bad(err.Error())
	}
	return nil
}

// verify checks one signature of the key over a digest.
func (k Key) verify(signed Digest, value []byte, assertion *Assertion) error {
	digest, ok := signed.Bytes()
	if !ok {
		return fmt.Errorf("the digest is not well-formed")
	}
	key, err := k.publicKey()
	if err != nil {
		return err
	}
	message := digest
	switch {
	case assertion != nil:
		if err := assertion.check(k, digest); err != nil {
			return err
		}
		message = assertion.Message()
	case k.Passkey():
		return fmt.Errorf("this key belongs to a passkey")
	}
	if !ecdsa.VerifyASN1(key, message, value) {
		return fmt.Errorf("wrong key or other content")
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
	maxHost          = 253 // of a domain name (RFC 1035, 2.3.4)
)

// check holds the assertion against the key and the digest that was to be signed: the relying
// party, presence and verification of the user, the type, the challenge and the origin. The
// counter of signatures is not looked at: a passkey that is kept on several devices has none.
func (a *Assertion) check(k Key, digest []byte) error {
	if len(a.AuthenticatorData) < minAuthData || len(a.AuthenticatorData) > maxAssertionPart ||
		len(a.ClientData) > maxAssertionPart {
		return fmt.Errorf("the assertion has a wrong size")
	}
	if !k.Passkey() || !bytes.Equal(a.AuthenticatorData[:sha256.Size], k.RelyingParty) {
		return fmt.Errorf("the assertion is for another relying party")
	}
	const wanted = flagUserPresent | flagUserVerified
	if a.AuthenticatorData[sha256.Size]&wanted != wanted {
		return fmt.Errorf("the user was not verified")
	}
	var client struct {
		Type        string `json:"type"`
		Challenge   string `json:"challenge"`
		Origin      string `json:"origin"`
		CrossOrigin bool   `json:"crossOrigin"`
	}
	if err := json.Unmarshal(a.ClientData, &client); err != nil {
		return fmt.Errorf("the client data is no JSON")
	}
	if client.Type != "webauthn.get" || client.Challenge != base64.RawURLEncoding.EncodeToString(digest) {
		return fmt.Errorf("another challenge was signed")
	}
	if client.CrossOrigin || !within(client.Origin, k.RelyingParty) {
		return fmt.Errorf("it was signed on a page of another origin")
	}
	return nil
}

// within tells whether an origin belongs to the relying party: its host, or a domain above the
// host, is the relying party's id. Only a page of this very machine does without TLS.
func within(origin string, relyingParty []byte) bool {
	host, secure := strings.CutPrefix(origin, "https://")
	if !secure {
		var plain bool
		if host, plain = strings.CutPrefix(origin, "http://"); !plain {
			return false
		}
	}
	host, _, _ = strings.Cut(host, ":")
	if !secure && host != "localhost" || len(host) > maxHost {
		return false
	}
	for host != "" { // at most maxHost labels
		id := sha256.Sum256([]byte(host))
		if bytes.Equal(id[:], relyingParty) {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}
