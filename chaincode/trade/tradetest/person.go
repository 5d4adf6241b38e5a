// Package tradetest is what tests of the law and of the ledgers under it need: organisations
// with persons who sign, a ledger in a map, and a trade that can be brought to any point of
// its life. The same trade runs on every ledger that satisfies Chain.
package tradetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
)

// RelyingParty is the WebAuthn relying party id of the passkeys made here.
const RelyingParty = "countersign.example"

// Person is a person of an organisation with a key of their own.
type Person struct {
	Org     trade.OrgID
	ID      trade.PersonID
	Roles   []trade.Role
	Passkey bool // signs by WebAuthn assertions
	KeyID   trade.KeyID
	Key     *ecdsa.PrivateKey
}

// NewPerson makes a person with a fresh key.
func NewPerson(t testing.TB, org trade.OrgID, id trade.PersonID, roles ...trade.Role) *Person {
	t.Helper()
	return &Person{Org: org, ID: id, Roles: roles, KeyID: "key-1", Key: newKey(t)}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	return key
}

// With is the same person with another key, fresh, of a passkey or of software.
func (p *Person) With(t testing.TB, id trade.KeyID, passkey bool) *Person {
	t.Helper()
	other := *p
	other.KeyID, other.Passkey, other.Key = id, passkey, newKey(t)
	return &other
}

// Public is the person as an organisation registers them.
func (p *Person) Public(t testing.TB) trade.Person {
	t.Helper()
	return trade.Person{ID: p.ID, Roles: slices.Clone(p.Roles), Keys: []trade.Key{p.PublicKey(t)}}
}

// PublicKey is the person's key as it is registered.
func (p *Person) PublicKey(t testing.TB) trade.Key {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&p.Key.PublicKey)
	if err != nil {
		t.Fatalf("writing the key of %s: %v", p.ID, err)
	}
	public := trade.Key{ID: p.KeyID, Public: der}
	if p.Passkey {
		id := sha256.Sum256([]byte(RelyingParty))
		public.RelyingParty = id[:]
	}
	return public
}

// Sign signs one command digest, or several with one gesture.
func (p *Person) Sign(t testing.TB, digests ...trade.Digest) trade.Signature {
	t.Helper()
	s := trade.Signature{Org: p.Org, Person: p.ID, Key: p.KeyID}
	signed := digests[0]
	if len(digests) > 1 {
		s.Batch, signed = digests, trade.BatchDigest(digests)
	}
	message, ok := signed.Bytes()
	if !ok {
		t.Fatalf("digest %q is not well-formed", signed)
	}
	if p.Passkey {
		s.WebAuthn = assertion(t, message)
		message = s.WebAuthn.Message()
	}
	value, err := ecdsa.SignASN1(rand.Reader, p.Key, message)
	if err != nil {
		t.Fatalf("signing by %s: %v", p.ID, err)
	}
	s.Value = value
	return s
}

// assertion is what an authenticator with a verified user and a browser make of a challenge
// (WebAuthn Level 2, sections 5.8.1 and 6.1).
func assertion(t testing.TB, challenge []byte) *trade.Assertion {
	t.Helper()
	client, err := json.Marshal(map[string]any{
		"type": "webauthn.get", "challenge": base64.RawURLEncoding.EncodeToString(challenge),
		"origin": "https://" + RelyingParty, "crossOrigin": false,
	})
	if err != nil {
		t.Fatalf("writing client data: %v", err)
	}
	id := sha256.Sum256([]byte(RelyingParty))
	const present, verified = 0x01, 0x04
	data := append(id[:], present|verified, 0, 0, 0, 7) // flags and the counter of signatures
	return &trade.Assertion{AuthenticatorData: data, ClientData: client}
}

// Party is an organisation with its persons.
type Party struct {
	Org            trade.OrgID
	Kind           trade.OrgKind
	RegistrationID string
	Account        string // its own, where it is paid

	Admin, SecondAdmin         *Person
	Maker, Checker             *Person
	SecondMaker, SecondChecker *Person
	Approver, Viewer           *Person
}

// NewParty makes an organisation with persons for every duty. The second maker and the second
// checker hold passkeys, all others software keys.
func NewParty(t testing.TB, org trade.OrgID, kind trade.OrgKind) *Party {
	t.Helper()
	p := &Party{
		Org: org, Kind: kind, RegistrationID: "REG " + string(org), Account: "ACCOUNT-" + string(org),
		Admin:         NewPerson(t, org, "p1", trade.Admin),
		SecondAdmin:   NewPerson(t, org, "p2", trade.Admin),
		Maker:         NewPerson(t, org, "p3", trade.Maker),
		Checker:       NewPerson(t, org, "p4", trade.Checker),
		SecondMaker:   NewPerson(t, org, "p5", trade.Maker),
		SecondChecker: NewPerson(t, org, "p6", trade.Checker),
		Approver:      NewPerson(t, org, "p7", trade.Approver),
		Viewer:        NewPerson(t, org, "p8", trade.Viewer),
	}
	p.SecondMaker.Passkey, p.SecondChecker.Passkey = true, true
	return p
}

// Persons lists all persons of the organisation.
func (p *Party) Persons() []*Person {
	return []*Person{
		p.Admin, p.SecondAdmin, p.Maker, p.Checker, p.SecondMaker, p.SecondChecker, p.Approver, p.Viewer,
	}
}

// Cast are the organisations of one trade. Auditor may be nil: then nobody gets copies.
type Cast struct {
	Seller, Obligor, Bank, Rival, Operator, Auditor *Party
}

// NewCast makes the organisations of the first trade of the fixtures.
func NewCast(t testing.TB) *Cast {
	t.Helper()
	return &Cast{
		Seller:   NewParty(t, "LanqiaoMSP", trade.KindSupplier),
		Obligor:  NewParty(t, "CangningMSP", trade.KindCoreEnterprise),
		Bank:     NewParty(t, "YongjiangMSP", trade.KindBank),
		Rival:    NewParty(t, "AldermoorMSP", trade.KindBank),
		Operator: NewParty(t, "OperatorMSP", trade.KindOperator),
		Auditor:  NewParty(t, "QuillonMSP", trade.KindAuditor),
	}
}

// Parties lists the organisations of the cast.
func (c *Cast) Parties() []*Party {
	all := []*Party{c.Seller, c.Obligor, c.Bank, c.Rival, c.Operator, c.Auditor}
	return slices.DeleteFunc(all, func(p *Party) bool { return p == nil })
}
