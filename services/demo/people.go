package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
	"github.com/countersign/countersign/services/app"
)

// People are the demonstration's people with what only they know. The node never has it.
type People struct {
	ByEmail map[string]*Person `json:"by_email"`
}

// Person is how one person signs in and signs.
type Person struct {
	ID       trade.PersonID `json:"id"`
	Password string         `json:"password"`
	Key      []byte         `json:"key"` // PKCS #8
}

const passwordBytes = 12

// LoadPeople reads the people of a demonstration from a file that only its owner can read,
// and adds those that the folder names and the file does not know.
func LoadPeople(path string, d fixtures.Demo) (*People, error) {
	p := &People{ByEmail: map[string]*Person{}}
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("reading the demo's people: %w", err)
	default:
		if err := json.Unmarshal(raw, p); err != nil {
			return nil, fmt.Errorf("reading the demo's people in %s: %w", path, err)
		}
	}
	for _, o := range d.Organisations {
		for n, person := range o.Persons {
			if p.ByEmail[person.Email] != nil {
				continue
			}
			made, err := newPerson(fmt.Sprintf("%s-%d", o.ID, n+1))
			if err != nil {
				return nil, err
			}
			p.ByEmail[person.Email] = made
		}
	}
	for n, e := range d.Staff {
		if p.ByEmail[e.Person.Email] != nil {
			continue
		}
		made, err := newPerson(fmt.Sprintf("%s-new-%d", e.Organisation, n+1))
		if err != nil {
			return nil, err
		}
		p.ByEmail[e.Person.Email] = made
	}
	out, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(path, out, 0o600)
}

func newPerson(id string) (*Person, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	password := make([]byte, passwordBytes)
	if _, err := rand.Read(password); err != nil {
		return nil, err
	}
	return &Person{
		ID:       trade.PersonID(id),
		Password: base64.RawURLEncoding.EncodeToString(password),
		Key:      der,
	}, nil
}

func (p *Person) private() (*ecdsa.PrivateKey, error) {
	k, err := x509.ParsePKCS8PrivateKey(p.Key)
	if err != nil {
		return nil, fmt.Errorf("the key of %s: %w", p.ID, err)
	}
	key, ok := k.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the key of %s is of another kind", p.ID)
	}
	return key, nil
}

// sign signs the digest of a batch, or of one command.
func (p *Person) sign(digests ...trade.Digest) (value []byte, batch []trade.Digest, err error) {
	signed := digests[0]
	if len(digests) > 1 {
		signed, batch = trade.BatchDigest(digests), digests
	}
	digest, ok := signed.Bytes()
	if !ok {
		return nil, nil, fmt.Errorf("%q is no digest", signed)
	}
	key, err := p.private()
	if err != nil {
		return nil, nil, err
	}
	value, err = ecdsa.SignASN1(rand.Reader, key, digest)
	return value, batch, err
}

// Setups is what the operator of the demo node brings to it: organisations, accounts, people
// with hashed passwords and public keys.
func (p *People) Setups(
	ctx context.Context, d fixtures.Demo, h app.PasswordHasher, now time.Time,
) ([]app.Setup, error) {
	setups := make([]app.Setup, 0, len(d.Organisations))
	for _, o := range d.Organisations {
		s := app.Setup{Organisation: app.Organisation{
			ID: trade.OrgID(o.MSP), Kind: trade.OrgKind(o.Kind), Name: o.Name, NameLocal: o.NameLocal,
			RegistrationID: o.RegistrationID, LEI: o.LEI, VAT: o.VAT, Country: o.Country, CreatedAt: now,
		}}
		for n, a := range o.Accounts {
			number := a.Number
			if a.IBAN != "" {
				number = a.IBAN
			}
			s.Accounts = append(s.Accounts, app.Account{
				ID:       fmt.Sprintf("acc-%s-%d", o.ID, n+1),
				Org:      s.Organisation.ID,
				Number:   strings.ReplaceAll(number, " ", ""),
				BIC:      a.BIC,
				Holder:   a.Holder,
				Currency: a.Currency,
			})
		}
		for _, person := range o.Persons {
			u, err := p.user(ctx, s.Organisation.ID, person, h, now)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", person.Email, err)
			}
			s.Users = append(s.Users, u)
		}
		setups = append(setups, s)
	}
	return setups, nil
}

// userOf is how a person signs in at the demonstration's node.
func userOf(id trade.PersonID) app.UserID { return app.UserID("usr-" + id) }

func (p *People) user(
	ctx context.Context, org trade.OrgID, f fixtures.Person, h app.PasswordHasher, now time.Time,
) (app.User, error) {
	secret := p.ByEmail[f.Email]
	key, err := secret.private()
	if err != nil {
		return app.User{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return app.User{}, err
	}
	hash, err := h.Hash(ctx, secret.Password)
	if err != nil {
		return app.User{}, err
	}
	u := app.User{
		ID: userOf(secret.ID), Org: org, Person: secret.ID, Email: f.Email, Name: f.Name,
		PasswordHash: hash, PublicKey: public, CreatedAt: now,
	}
	if f.NameLocal != "" {
		u.Name += " " + f.NameLocal
	}
	for _, r := range f.Roles {
		u.Roles = append(u.Roles, trade.Role(r))
	}
	return u, nil
}
