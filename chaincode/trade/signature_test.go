package trade_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

func TestBatchIsSignedWithOneGesture(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	second := *w
	second.Again()
	second.Reach(trade.ReceivableConfirm)
	drafts := []tradetest.Draft{w.Draft(trade.ReceivableConfirm), second.Draft(trade.ReceivableConfirm)}
	digests := []trade.Digest{}
	for _, d := range drafts {
		digest, err := w.Command(d).Digest()
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, digest)
	}
	maker, checker := w.Obligor.Maker.Sign(t, digests...), w.Obligor.SecondChecker.Sign(t, digests...)
	for _, d := range drafts {
		tx := w.Bring(d, w.Command(d), []trade.Signature{maker, checker})
		if err := l.Submit(tx, w.Endorsers(d)); err != nil {
			t.Fatal(err)
		}
	}

	third := second
	third.Again()
	third.Reach(trade.ReceivableConfirm)
	d := third.Draft(trade.ReceivableConfirm)
	refused := func(name string, change func(*trade.Signature)) {
		t.Run(name, func(t *testing.T) {
			digest, err := w.Command(d).Digest()
			if err != nil {
				t.Fatal(err)
			}
			s := w.Obligor.Maker.Sign(t, digests[0], digest)
			s.Batch = slices.Clone(s.Batch)
			change(&s)
			tx := w.Bring(d, w.Command(d), []trade.Signature{s, w.Obligor.Checker.Sign(t, digest)})
			wantRefusal(t, l, tx, trade.CodeSignatureInvalid)
		})
	}
	refused("without this command", func(s *trade.Signature) { s.Batch = digests })
	refused("one added", func(s *trade.Signature) { s.Batch = append(s.Batch, digests[1]) })
	refused("reordered", func(s *trade.Signature) { slices.Reverse(s.Batch) })
	refused("alone", func(s *trade.Signature) { s.Batch = nil })
	refused("two in one text", func(s *trade.Signature) {
		s.Batch = []trade.Digest{s.Batch[0] + "\n" + s.Batch[1], s.Batch[1]}
	})
	refused("too many", func(s *trade.Signature) {
		for len(s.Batch) <= 200 {
			s.Batch = append(s.Batch, digests[0])
		}
		*s = w.Obligor.Maker.Sign(t, s.Batch...)
	})
}

// clientData is what a browser makes of a challenge.
func clientData(kind, challenge, origin string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q}`, kind, challenge, origin)
}

const home = "https://" + tradetest.RelyingParty

// confirming is a confirmation that waits for signatures, its digest, and how the obligor's
// second maker, who holds a passkey, brings a signature to it.
func confirming(t *testing.T) (
	*tradetest.World, *tradetest.Ledger, trade.Digest, func(trade.Signature) trade.Transaction,
) {
	t.Helper()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	d := w.Draft(trade.ReceivableConfirm)
	digest, err := w.Command(d).Digest()
	if err != nil {
		t.Fatal(err)
	}
	return w, l, digest, func(s trade.Signature) trade.Transaction {
		return w.Bring(d, w.Command(d), []trade.Signature{s, w.Obligor.Checker.Sign(t, digest)})
	}
}

// resigned signs a changed assertion all the same, as a careless authenticator would.
func resigned(
	t *testing.T, p *tradetest.Person, digest trade.Digest, change func(*trade.Assertion),
) trade.Signature {
	t.Helper()
	s := p.Sign(t, digest)
	change(s.WebAuthn)
	value, err := ecdsa.SignASN1(rand.Reader, p.Key, s.WebAuthn.Message())
	if err != nil {
		t.Fatal(err)
	}
	s.Value = value
	return s
}

func TestPasskeySignsByAssertion(t *testing.T) {
	t.Parallel()
	w, l, digest, bring := confirming(t)
	passkey := w.Obligor.SecondMaker
	raw, _ := digest.Bytes()
	challenge := base64.RawURLEncoding.EncodeToString(raw)
	if _, err := trade.Next(l, bring(passkey.Sign(t, digest))); err != nil {
		t.Fatal(err)
	}
	below := resigned(t, passkey, digest, func(a *trade.Assertion) {
		a.ClientData = clientData("webauthn.get", challenge, "https://portal."+tradetest.RelyingParty+":8443")
	})
	if _, err := trade.Next(l, bring(below)); err != nil {
		t.Errorf("a page of a domain below the relying party: %v", err)
	}

	changed := passkey.Sign(t, digest)
	changed.WebAuthn.AuthenticatorData[36]++
	wantRefusal(t, l, bring(changed), trade.CodeSignatureInvalid)
	without := passkey.Sign(t, digest)
	without.WebAuthn = nil
	wantRefusal(t, l, bring(without), trade.CodeSignatureInvalid)

	software := *w.Obligor.Maker // an assertion by a key that is no passkey's
	software.Passkey = true
	wantRefusal(t, l, bring(software.Sign(t, digest)), trade.CodeSignatureInvalid)
	plain := *passkey // a plain signature by a passkey's key
	plain.Passkey = false
	wantRefusal(t, l, bring(plain.Sign(t, digest)), trade.CodeSignatureInvalid)
}

func TestAssertionMadeOtherwiseIsRefused(t *testing.T) {
	t.Parallel()
	w, l, digest, bring := confirming(t)
	passkey := w.Obligor.SecondMaker
	raw, _ := digest.Bytes()
	challenge := base64.RawURLEncoding.EncodeToString(raw)
	from := func(origin string) func(*trade.Assertion) {
		return func(a *trade.Assertion) { a.ClientData = clientData("webauthn.get", challenge, origin) }
	}
	for name, change := range map[string]func(*trade.Assertion){
		"other relying party": func(a *trade.Assertion) { a.AuthenticatorData[0] ^= 1 },
		"user not verified":   func(a *trade.Assertion) { a.AuthenticatorData[32] = 0x01 },
		"user not present":    func(a *trade.Assertion) { a.AuthenticatorData[32] = 0x04 },
		"registration": func(a *trade.Assertion) {
			a.ClientData = clientData("webauthn.create", challenge, home)
		},
		"other challenge": func(a *trade.Assertion) {
			a.ClientData = clientData("webauthn.get", challenge[1:], home)
		},
		"other origin":                from("https://x.example"),
		"without TLS":                 from("http://" + tradetest.RelyingParty),
		"parent of the relying party": from("https://example"),
		"name that only ends like it": from("https://not" + tradetest.RelyingParty),
		"page within another's page": func(a *trade.Assertion) {
			a.ClientData = []byte(strings.Replace(
				string(clientData("webauthn.get", challenge, home)), "}", `,"crossOrigin":true}`, 1))
		},
		"no JSON":    func(a *trade.Assertion) { a.ClientData = []byte("{") },
		"short data": func(a *trade.Assertion) { a.AuthenticatorData = a.AuthenticatorData[:36] },
		"long data": func(a *trade.Assertion) {
			a.AuthenticatorData = append(a.AuthenticatorData, make([]byte, 4<<10)...)
		},
		"long client data": func(a *trade.Assertion) {
			a.ClientData = append(a.ClientData, strings.Repeat(" ", 4<<10)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, bring(resigned(t, passkey, digest, change)), trade.CodeSignatureInvalid)
		})
	}
}

func TestTooManySignaturesAreRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	d := w.Draft(trade.ReceivableConfirm)
	wantRefusal(t, l, w.SignedBy(d, w.Obligor.Persons()...), trade.CodeSubjects)
}

// registering drafts the entry of the newcomer with changed persons.
func registering(w *tradetest.World, change func(*trade.RegisterOrganisation)) tradetest.Draft {
	return with(w.Draft(trade.OrganisationRegister), change)
}

func TestOrganisationEntersWithPersonsThatCanStand(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := x509.MarshalPKIXPublicKey(&p384.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	type register = trade.RegisterOrganisation
	for name, c := range map[string]struct {
		change func(*register)
		want   trade.Code
	}{
		"one admin":     {func(a *register) { a.Persons = slices.Delete(a.Persons, 1, 2) }, trade.CodePersons},
		"revoked admin": {func(a *register) { a.Persons[1].Revoked = true }, trade.CodePersons},
		"one id twice":  {func(a *register) { a.Persons[3].ID = a.Persons[2].ID }, trade.CodePersons},
		"one key twice": {func(a *register) { a.Persons[3].Keys = a.Persons[2].Keys }, trade.CodePersons},
		"no role":       {func(a *register) { a.Persons[2].Roles = nil }, trade.CodePersons},
		"unknown role":  {func(a *register) { a.Persons[2].Roles = []trade.Role{"king"} }, trade.CodePersons},
		"role twice": {
			func(a *register) { a.Persons[2].Roles = []trade.Role{trade.Maker, trade.Maker} }, trade.CodePersons,
		},
		"no key":        {func(a *register) { a.Persons[2].Keys = nil }, trade.CodeKeys},
		"some bytes":    {func(a *register) { a.Persons[2].Keys[0].Public = []byte("key") }, trade.CodeKeys},
		"another curve": {func(a *register) { a.Persons[2].Keys[0].Public = other }, trade.CodeKeys},
		"key id":        {func(a *register) { a.Persons[2].Keys[0].ID = "k 1" }, trade.CodeKeys},
		"admin without a key in force": {
			func(a *register) { a.Persons[1].Keys[0].Revoked = true }, trade.CodePersons,
		},
		"id": {func(a *register) { a.Persons[2].ID = "p 3" }, trade.CodePersons},
		"relying party": {
			func(a *register) { a.Persons[2].Keys[0].RelyingParty = []byte("short") }, trade.CodeKeys,
		},
		"kind":             {func(a *register) { a.Kind = "pirate" }, trade.CodeOrgKind},
		"no name":          {func(a *register) { a.Name = "" }, trade.CodeText},
		"no registration":  {func(a *register) { a.RegistrationID = "" }, trade.CodeText},
		"only punctuation": {func(a *register) { a.RegistrationID = "--" }, trade.CodeText},
		"LEI":              {func(a *register) { a.LEI = "\x00" }, trade.CodeText},
		"salt":             {func(a *register) { a.Salt = "" }, trade.CodeSalt},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(registering(w, c.change)), c.want)
		})
	}
	many := registering(w, func(a *register) {
		for len(a.Persons) <= 200 {
			a.Persons = append(a.Persons, a.Persons[2])
		}
	})
	wantRefusal(t, l, w.Transaction(many), trade.CodePersons)
}

// padded encodes the same public key with bytes behind it that Go's reader of ASN.1 skips.
func padded(t *testing.T, der []byte) []byte {
	t.Helper()
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		t.Fatal(err)
	}
	more, err := asn1.Marshal(struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
		Padding   int
	}{info.Algorithm, info.Key, 7})
	if err != nil {
		t.Fatal(err)
	}
	return more
}

func TestOneKeyInTwoEncodingsIsNotTwoPersons(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	key := w.Newcomer.Maker.PublicKey(t).Public
	other := padded(t, key)
	if _, err := x509.ParsePKIXPublicKey(other); err != nil {
		t.Skipf("the reader of ASN.1 has become strict, so there is no second encoding: %v", err)
	}
	d := registering(w, func(a *trade.RegisterOrganisation) { a.Persons[3].Keys[0].Public = other })
	wantRefusal(t, l, w.Transaction(d), trade.CodeKeys)
}

func TestEnrolmentAndRevocationKeepTheOrganisationSound(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	same := with(w.Draft(trade.OrganisationEnrol), func(a *trade.EnrolPerson) {
		a.Person.ID = w.Seller.Viewer.ID
	})
	wantRefusal(t, l, w.Transaction(same), trade.CodePersons)
	admin := with(w.Draft(trade.OrganisationRevoke), func(a *trade.RevokePerson) {
		a.Person = w.Seller.Admin.ID
	})
	wantRefusal(t, l, w.Transaction(admin), trade.CodePersons) // one would remain
	nobody := with(w.Draft(trade.OrganisationRevoke), func(a *trade.RevokePerson) { a.Person = "nobody" })
	wantRefusal(t, l, w.Transaction(nobody), trade.CodePersons)

	w.Do(trade.OrganisationRevoke) // the second maker
	wantSubmitRefused(t, w, w.Draft(trade.OrganisationRevoke), trade.CodePersons)
	back := with(w.Draft(trade.OrganisationEnrol), func(a *trade.EnrolPerson) {
		a.Person = w.Seller.SecondMaker.Public(t)
	})
	wantRefusal(t, l, w.Transaction(back), trade.CodePersons) // nor under the old id, nor with the old key
}

func TestRevokedAdminSignsNothing(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	third := tradetest.NewPerson(t, w.Seller.Org, "third", trade.Admin)
	w.Must(with(w.Draft(trade.OrganisationEnrol), func(a *trade.EnrolPerson) { a.Person = third.Public(t) }))
	gone := w.Seller.Admin
	w.Must(with(w.Draft(trade.OrganisationRevoke), func(a *trade.RevokePerson) { a.Person = gone.ID }))
	d := w.Draft(trade.OrganisationEnrol)
	wantRefusal(t, l, w.SignedBy(d, gone, third), trade.CodeSignatureUnknown)
	if _, err := trade.Next(l, w.SignedBy(d, w.Seller.SecondAdmin, third)); err != nil {
		t.Error(err)
	}
}
