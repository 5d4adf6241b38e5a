package trade_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// addKey drafts that a person of the seller gets one more key.
func addKey(w *tradetest.World, p *tradetest.Person) tradetest.Draft {
	return with(w.Draft(trade.OrganisationAddKey), func(a *trade.AddKey) {
		a.Person, a.Key = p.ID, p.PublicKey(w.T)
	})
}

func revokeKey(w *tradetest.World, person trade.PersonID, id trade.KeyID) tradetest.Draft {
	return with(w.Draft(trade.OrganisationRevokeKey), func(a *trade.RevokeKey) {
		a.Person, a.Key = person, id
	})
}

func TestPersonSignsWithEachKeyInForceAndWithNoOther(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	first := w.Seller.Maker
	phone, laptop := first.With(t, "phone", true), first.With(t, "laptop", true)
	w.Must(addKey(w, phone))
	w.Reach(trade.ReceivableIssue)
	d := w.Draft(trade.ReceivableIssue)
	for _, p := range []*tradetest.Person{first, phone} {
		if _, err := trade.Next(l, w.SignedBy(d, p)); err != nil {
			t.Errorf("%s: %v", p.KeyID, err)
		}
	}
	wantRefusal(t, l, w.SignedBy(d, laptop), trade.CodeSignatureUnknown) // not registered
	swapped := *phone
	swapped.KeyID = first.KeyID
	wantRefusal(t, l, w.SignedBy(d, &swapped), trade.CodeSignatureInvalid) // the one said to be the other
	wantRefusal(t, l, w.SignedBy(d, first, phone), trade.CodeSignatureSame)

	w.Must(revokeKey(w, first.ID, first.KeyID))
	wantRefusal(t, l, w.SignedBy(d, first), trade.CodeSignatureUnknown)
	if _, err := trade.Next(l, w.SignedBy(d, phone)); err != nil {
		t.Errorf("the key that stays: %v", err)
	}
	w.Must(revokeKey(w, first.ID, phone.KeyID))
	wantRefusal(t, l, w.SignedBy(d, phone), trade.CodeSignatureUnknown)
	w.Must(addKey(w, laptop)) // who lost all keys gets a new one from the admins
	if _, err := trade.Next(l, w.SignedBy(d, laptop)); err != nil {
		t.Errorf("the new key: %v", err)
	}
}

func TestTwoKeysOfOnePersonAreNotFourEyes(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	other := w.Seller.Admin.With(t, "other", true)
	w.Must(addKey(w, other))
	wantRefusal(t, l, w.SignedBy(w.Draft(trade.OrganisationEnrol), w.Seller.Admin, other),
		trade.CodeSignatureSame)
}

func TestKeyThatCannotStandIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	d := w.Draft(trade.OrganisationAddKey)
	own, theirs := w.Seller.Checker.PublicKey(t).Public, w.Seller.Maker.PublicKey(t).Public
	for name, c := range map[string]struct {
		change func(*trade.AddKey)
		want   trade.Code
	}{
		"nobody":          {func(a *trade.AddKey) { a.Person = "nobody" }, trade.CodePersons},
		"its id again":    {func(a *trade.AddKey) { a.Key.ID = w.Seller.Checker.KeyID }, trade.CodeKeys},
		"no id":           {func(a *trade.AddKey) { a.Key.ID = "" }, trade.CodeKeys},
		"revoked":         {func(a *trade.AddKey) { a.Key.Revoked = true }, trade.CodeKeys},
		"no key":          {func(a *trade.AddKey) { a.Key.Public = nil }, trade.CodeKeys},
		"relying party":   {func(a *trade.AddKey) { a.Key.RelyingParty = []byte("x") }, trade.CodeKeys},
		"another's key":   {func(a *trade.AddKey) { a.Key.Public = theirs }, trade.CodePersons},
		"own key, new id": {func(a *trade.AddKey) { a.Key.Public = own }, trade.CodePersons},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, l, w.Transaction(with(d, c.change)), c.want)
		})
	}
	wantRefusal(t, l, w.Transaction(revokeKey(w, "nobody", "key-1")), trade.CodePersons)
	wantRefusal(t, l, w.Transaction(revokeKey(w, w.Seller.Maker.ID, "phone")), trade.CodeKeys)
}

func TestRevokedKeyNeverComesBack(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	phone := w.Seller.Maker.With(t, "phone", true)
	w.Must(addKey(w, phone))
	w.Must(revokeKey(w, phone.ID, phone.KeyID))
	wantRefusal(t, l, w.Transaction(addKey(w, phone)), trade.CodeKeys)
	renamed := *phone
	renamed.KeyID = "again"
	wantRefusal(t, l, w.Transaction(addKey(w, &renamed)), trade.CodePersons)
	wantRefusal(t, l, w.Transaction(revokeKey(w, phone.ID, phone.KeyID)), trade.CodeKeys)
}

func TestPersonHasAtMostSoManyKeysInForce(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	p := w.Seller.Maker
	for n := 1; n < trade.MaxKeys; n++ {
		w.Must(addKey(w, p.With(t, trade.KeyID(fmt.Sprintf("spare-%d", n)), n%2 == 0)))
	}
	more := p.With(t, "one-more", false)
	wantRefusal(t, l, w.Transaction(addKey(w, more)), trade.CodeKeys)
	w.Must(revokeKey(w, p.ID, "spare-1"))
	w.Must(addKey(w, more))
}

func TestLastKeysOfTwoAdminsStay(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	admin := w.Seller.Admin
	wantRefusal(t, l, w.Transaction(revokeKey(w, admin.ID, admin.KeyID)), trade.CodePersons)
	w.Must(addKey(w, admin.With(t, "laptop", true)))
	w.Must(revokeKey(w, admin.ID, admin.KeyID))
}

func TestOrganisationHasAtMostSoManyKeysAndCanStillRevoke(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	d := registering(w, func(a *trade.RegisterOrganisation) {
		for keys := len(a.Persons); keys+trade.MaxKeys <= 500; keys += trade.MaxKeys {
			id := trade.PersonID(fmt.Sprintf("q%d", keys))
			p := tradetest.NewPerson(t, w.Newcomer.Org, id, trade.Maker)
			entry := p.Public(t)
			for k := 1; k < trade.MaxKeys; k++ {
				entry.Keys = append(entry.Keys, p.With(t, trade.KeyID(fmt.Sprintf("k%d", k)), true).PublicKey(t))
			}
			a.Persons = append(a.Persons, entry)
		}
	})
	w.Must(d)
	own := func(d tradetest.Draft) tradetest.Draft {
		org := trade.OrganisationID(w.Newcomer.Org)
		d.Actor, d.Signers = w.Newcomer.Org, []*tradetest.Person{w.Newcomer.Admin, w.Newcomer.SecondAdmin}
		d.Subjects = []trade.Subject{{ID: org, Version: w.State(org).Version}}
		return d
	}
	maker := w.Newcomer.Maker
	for n := range 2 {
		w.Must(own(addKey(w, maker.With(t, trade.KeyID(fmt.Sprintf("more-%d", n)), true))))
	}
	wantRefusal(t, l, w.Transaction(own(addKey(w, maker.With(t, "one-too-many", true)))), trade.CodeKeys)
	w.Must(own(revokeKey(w, maker.ID, "more-0")))
}

// TestRandomKeysKeepTheOrganisationSound adds and revokes keys of random persons. Whatever is
// accepted leaves each key with one person, few enough in force, and two admins who can sign.
func TestRandomKeysKeepTheOrganisationSound(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	persons := w.Seller.Persons()
	rapid.Check(t, func(rt *rapid.T) {
		world := *w
		ledger := l.Clone()
		world.Chain = ledger
		made := []*tradetest.Person{}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			p := rapid.SampledFrom(persons).Draw(rt, "person")
			d := revokeKey(&world, p.ID, rapid.SampledFrom([]trade.KeyID{"key-1", "a", "b", "c"}).Draw(rt, "key"))
			if rapid.Bool().Draw(rt, "add") {
				more := p.With(t, rapid.SampledFrom([]trade.KeyID{"a", "b", "c", "d", "e"}).Draw(rt, "id"), true)
				if len(made) > 0 && rapid.IntRange(0, 4).Draw(rt, "again") == 0 {
					more.Key = rapid.SampledFrom(made).Draw(rt, "used").Key
				}
				made = append(made, more)
				d = addKey(&world, more)
			}
			if out, err := trade.Next(ledger, world.Transaction(d)); err == nil {
				ledger.Apply(out)
			}
			checkRegister(rt, world.State(trade.OrganisationID(w.Seller.Org)).Organisation.Persons)
		}
	})
}

func checkRegister(t *rapid.T, persons []trade.Person) {
	held := map[string]trade.PersonID{}
	able := 0
	for _, p := range persons {
		inForce := 0
		for _, k := range p.Keys {
			if other, ok := held[string(k.Public)]; ok {
				t.Fatalf("%s and %s have one key", p.ID, other)
			}
			held[string(k.Public)] = p.ID
			if _, ok := p.InForce(k.ID); ok {
				inForce++
			}
		}
		if inForce > trade.MaxKeys {
			t.Fatalf("%s has %d keys in force", p.ID, inForce)
		}
		if inForce > 0 && slices.Contains(p.Roles, trade.Admin) {
			able++
		}
	}
	if able < 2 {
		t.Fatalf("only %d admins can sign", able)
	}
}

// FuzzAssertion: whatever an authenticator and a browser are said to have made, only what the
// key signed for this page passes, and nothing brings the law down.
func FuzzAssertion(f *testing.F) {
	key := tradetest.NewPerson(f, "FuzzMSP", "p", trade.Maker).With(f, "k", true)
	digest := trade.DigestOf([]byte("a command"))
	good := key.Sign(f, digest)
	f.Add(good.WebAuthn.AuthenticatorData, good.WebAuthn.ClientData)
	raw, _ := digest.Bytes()
	challenge := base64.RawURLEncoding.EncodeToString(raw)
	for _, origin := range []string{
		"https://", "http://localhost:1", "https://a.b..countersign.example", "null",
	} {
		f.Add(good.WebAuthn.AuthenticatorData, fmt.Appendf(nil,
			`{"type":"webauthn.get","challenge":%q,"origin":%q}`, challenge, origin))
	}
	public := key.PublicKey(f)
	f.Fuzz(func(t *testing.T, data, client []byte) {
		a := &trade.Assertion{AuthenticatorData: data, ClientData: client}
		value, err := ecdsa.SignASN1(rand.Reader, key.Key, a.Message())
		if err != nil {
			t.Fatal(err)
		}
		s := trade.Signature{Org: "FuzzMSP", Person: "p", Key: "k", Value: value, WebAuthn: a}
		if s.Verify(public, digest) != nil {
			return
		}
		id := sha256.Sum256([]byte(tradetest.RelyingParty))
		if !slices.Equal(data[:sha256.Size], id[:]) || data[sha256.Size]&5 != 5 {
			t.Errorf("accepted: %x %s", data, client)
		}
	})
}
