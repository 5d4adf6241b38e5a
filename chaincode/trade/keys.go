package trade

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
)

// Key is one of a person's keys: of an authenticator (a passkey), or held by software. A key
// stays listed when it is revoked, so that it never comes back under another id or person.
type Key struct {
	ID KeyID `json:"id"`
	// Public is the public key: PKIX, ASN.1 DER, P-256.
	Public []byte `json:"public"`
	// RelyingParty is the SHA-256 of the WebAuthn relying party id that the passkey was made
	// for; absent for software keys. The law needs no other configuration to know which pages
	// the key may sign on.
	RelyingParty []byte `json:"relying_party,omitempty"`
	Revoked      bool   `json:"revoked,omitempty"`
}

// Passkey tells whether the key is held by an authenticator.
func (k Key) Passkey() bool { return k.RelyingParty != nil }

// MaxKeys is how many keys of one person may be in force.
const MaxKeys = 5

// maxKeysOfOrg bounds all keys of an organisation, revoked ones too, so that its record stays
// within MaxInput and can always be changed.
const maxKeysOfOrg = 500

// AddKey is the argument of organisation.add_key.
type AddKey struct {
	Person PersonID `json:"person"`
	Key    Key      `json:"key"`
}

// RevokeKey is the argument of organisation.revoke_key.
type RevokeKey struct {
	Person PersonID `json:"person"`
	Key    KeyID    `json:"key"`
	Reason string   `json:"reason"`
}

// keyDomain keeps a proof that somebody holds a key from passing for any other signature.
const keyDomain = "countersign/key/v1\n"

// Proof is the digest that a new key signs to prove that its holder has it: for which person
// of which organisation on which ledger it is registered. It is proved to whoever prepares the
// registration; the ledger takes the two admins' word, because nobody gains by a key that they
// cannot sign with.
func (k Key) Proof(channel string, org OrgID, person PersonID) Digest {
	b := []byte(keyDomain)
	for _, line := range []string{
		channel, string(org), string(person), string(k.ID), base64.StdEncoding.EncodeToString(k.Public),
	} {
		b = append(b, line...)
		b = append(b, '\n')
	}
	return DigestOf(b)
}

// Key finds a key of the person, revoked ones too: signatures of before stay verifiable.
func (p Person) Key(id KeyID) (Key, bool) {
	i := slices.IndexFunc(p.Keys, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, false
	}
	return p.Keys[i], true
}

// InForce finds a key of the person that may sign.
func (p Person) InForce(id KeyID) (Key, bool) {
	k, ok := p.Key(id)
	if !ok || k.Revoked || p.Revoked {
		return Key{}, false
	}
	return k, true
}

// keysInForce counts the keys with which the person may sign.
func (p Person) keysInForce() int {
	n := 0
	for _, k := range p.Keys {
		if !k.Revoked && !p.Revoked {
			n++
		}
	}
	return n
}

func (d *decision) addKey(a AddKey) error {
	next := d.change(0)
	p, err := inOffice(next.Organisation, a.Person)
	if err != nil {
		return err
	}
	if a.Key.Revoked {
		return refuse(CodeKeys, "args.key", "a key that is added is in force")
	}
	p.Keys = append(slices.Clone(p.Keys), a.Key)
	return d.setOrganisation(*next)
}

func (d *decision) revokeKey(a RevokeKey) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	next := d.change(0)
	p, err := inOffice(next.Organisation, a.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Keys, func(k Key) bool { return k.ID == a.Key && !k.Revoked })
	if i < 0 {
		return refuse(CodeKeys, "args.key", "the person has no such key in force")
	}
	p.Keys = slices.Clone(p.Keys)
	p.Keys[i].Revoked = true
	return d.setOrganisation(*next)
}

// inOffice finds a person who is not revoked, for changing.
func inOffice(o *Organisation, id PersonID) (*Person, error) {
	i := slices.IndexFunc(o.Persons, func(p Person) bool { return p.ID == id && !p.Revoked })
	if i < 0 {
		return nil, refuse(CodePersons, "args.person", "there is no such person in office")
	}
	return &o.Persons[i], nil
}

// checkKeys refuses a person without a key, with too many, and keys that cannot be used. Each
// id is the person's own; each key is one person's for ever, see checkPersons.
func (p Person) checkKeys(path string) error {
	bad := func(format string, args ...any) error { return refuse(CodeKeys, path, format, args...) }
	if len(p.Keys) == 0 {
		return bad("a person enters with a key")
	}
	if p.keysInForce() > MaxKeys {
		return bad("at most %d keys of one person are in force", MaxKeys)
	}
	for i, k := range p.Keys {
		if !ValidID(string(k.ID)) || slices.ContainsFunc(p.Keys[:i], func(o Key) bool { return o.ID == k.ID }) {
			return bad("each key has an id of its own, [A-Za-z0-9._-]{1,64}")
		}
		if _, err := k.publicKey(); err != nil {
			return bad("a P-256 public key in its shortest PKIX form is wanted")
		}
		if k.RelyingParty != nil && len(k.RelyingParty) != sha256.Size {
			return bad("the SHA-256 of the relying party id is wanted")
		}
	}
	return nil
}

// publicKey reads the key; only P-256 is accepted, and only in the one encoding that we would
// write: keys are compared as bytes to tell persons apart, and the reader of ASN.1 lets bytes
// pass that change nothing.
func (k Key) publicKey() (*ecdsa.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(k.Public)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("the key is not ECDSA P-256")
	}
	again, err := x509.MarshalPKIXPublicKey(key)
	if err != nil || !bytes.Equal(again, k.Public) {
		return nil, fmt.Errorf("the key is not in its shortest form")
	}
	return key, nil
}
