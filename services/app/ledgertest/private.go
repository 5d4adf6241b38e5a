package ledgertest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/countersign/countersign/services/app"
)

func orgCollection(org string) string  { return "org_" + org }
func copyCollection(org string) string { return "copy_" + org }

func hashAnswer(value string) string {
	sum := sha256.Sum256([]byte(value))
	return "=" + hex.EncodeToString(sum[:])
}

// privateCases: what a transaction sees and leaves in collections.
func (s *suite) privateCases() []testCase {
	return []testCase{
		{"ReadsDoNotSeeOwnPrivateWrites", s.readsDoNotSeeOwnPrivateWrites},
		{"PrivateReadByANonMemberIsAnError", s.privateReadByNonMember},
		{"PrivateHashIsReadableEverywhere", s.privateHashIsReadable},
		{"PrivateReadByTwoEndorsersWritesNothing", s.privateReadByTwoEndorsers},
		{"EmptyPrivateValueDeletes", s.emptyPrivateValueDeletes},
		{"PrivateRangesAreInByteOrder", s.privateRanges},
		{"PrivateRangesExcludeWrites", s.privateRangesExcludeWrites},
		{"UnknownCollectionIsAnError", s.unknownCollection},
		{"TransientIsNeverStored", s.transientIsNeverStored},
	}
}

func (s *suite) readsDoNotSeeOwnPrivateWrites(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	alone := []string{s.supplier}
	s.commit(t, s.call(t, alone, []string{"pput", c, k, "first"}, []string{"pget", c, k},
		[]string{"phash", c, k}), []string{"ok", "nil", "nil"})
	s.commit(t, s.call(t, alone, []string{"pput", c, k, "lost"}, []string{"pput", c, k, "second"},
		[]string{"pget", c, k}, []string{"phash", c, k}),
		[]string{"ok", "ok", "=first", hashAnswer("first")})
	s.see(t, s.supplier, []string{"=second", hashAnswer("second")},
		[]string{"pget", c, k}, []string{"phash", c, k})
}

func (s *suite) privateReadByNonMember(t *testing.T) {
	k := s.key(t, "k")
	for _, c := range []string{orgCollection(s.supplier), copyCollection(s.supplier)} {
		s.submit(t, []string{"ok"}, []string{"pput", c, k, "v"})
		s.see(t, s.core, []string{hashAnswer("v"), "error"},
			[]string{"phash", c, k}, []string{"pget", c, k})
	}
}

func (s *suite) privateHashIsReadable(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	s.commit(t, s.call(t, []string{s.supplier}, []string{"pput", c, k, "v"}), []string{"ok"})
	for _, org := range Organisations() {
		s.see(t, org, []string{hashAnswer("v"), "nil"},
			[]string{"phash", c, k}, []string{"phash", c, k + "-none"})
	}
}

// A member's node can read the value, another endorser's cannot, so the two cannot agree.
func (s *suite) privateReadByTwoEndorsers(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	s.commit(t, s.call(t, []string{s.supplier}, []string{"pput", c, k, "v"}), []string{"ok"})
	_, err := s.ledger.Submit(t.Context(), s.call(t, []string{s.supplier, s.core},
		[]string{"pget", c, k}, []string{"put", k, "v"}))
	if err == nil {
		t.Fatal("a transaction that reads a one-organisation collection at two endorsers was committed")
	}
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
}

func (s *suite) emptyPrivateValueDeletes(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	alone := []string{s.supplier}
	s.commit(t, s.call(t, alone, []string{"pput", c, k, "v"}), []string{"ok"})
	receipt := s.commit(t, s.call(t, alone, []string{"pput", c, k, ""}), []string{"ok"})
	s.see(t, s.supplier, []string{"nil", "nil"}, []string{"pget", c, k}, []string{"phash", c, k})
	private := s.tx(t, receipt).Effects.Private
	if len(private) != 1 || !private[0].Deleted || len(private[0].ValueHash) != 0 {
		t.Fatalf("private effects %+v, want one deletion", private)
	}
}

func (s *suite) privateRanges(t *testing.T) {
	p, c := s.key(t, ""), orgCollection(s.supplier)
	s.commit(t, s.call(t, []string{s.supplier}, []string{"pput", c, p + "b", "2"},
		[]string{"pput", c, p + "a", "1"}, []string{"pput", c, p + "c", "3"}), nil)
	s.commit(t, s.call(t, []string{s.supplier}, []string{"pdel", c, p + "b"}), nil)
	s.see(t, s.supplier, []string{"=" + p + "a=1;" + p + "c=3", "=" + p + "a=1"},
		[]string{"prange", c, p, p + "~"}, []string{"prange", c, p + "a", p + "c"})
}

func (s *suite) privateRangesExcludeWrites(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	s.see(t, s.supplier, []string{"=", "error", "error", "error"},
		[]string{"prange", c, k, k + "~"}, []string{"put", k, "v"},
		[]string{"pput", c, k, "v"}, []string{"policy", k, s.supplier})
	s.see(t, s.supplier, []string{"ok", "error"},
		[]string{"put", k, "v"}, []string{"prange", c, k, k + "~"})
	s.see(t, s.supplier, []string{"ok", "error"},
		[]string{"pput", c, k, "v"}, []string{"prange", c, k, k + "~"})
}

func (s *suite) unknownCollection(t *testing.T) {
	s.see(t, s.supplier, []string{"error", "error", "error", "error"},
		[]string{"pput", "org_NobodyMSP", "k", "v"}, []string{"pget", "org_NobodyMSP", "k"},
		[]string{"phash", "org_NobodyMSP", "k"}, []string{"pput", "", "k", "v"})
}

func (s *suite) transientIsNeverStored(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	secret := rand.Text()
	p := s.call(t, []string{s.supplier, s.core},
		[]string{"pput-trans", c, k, "secret"}, []string{"put", k, "public"})
	p.Transient = map[string][]byte{"secret": []byte(secret), "unused": []byte("also " + secret)}
	receipt := s.commit(t, p, []string{"ok", "ok"})
	s.see(t, s.supplier, []string{"=" + secret, "nil"},
		[]string{"pget", c, k}, []string{"transient", "secret"})

	evidence, err := s.ledger.Evidence(t.Context(), receipt.TxID)
	if err != nil {
		t.Fatal(err)
	}
	checkAbsent(t, "evidence", evidence.Proof, secret)
	effects, err := json.Marshal(s.tx(t, receipt).Effects)
	if err != nil {
		t.Fatal(err)
	}
	checkAbsent(t, "effects", effects, secret)
}

func checkAbsent(t *testing.T, where string, data []byte, secret string) {
	t.Helper()
	for _, form := range []string{
		secret, hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte("also " + secret)),
	} {
		if bytes.Contains(data, []byte(form)) {
			t.Fatalf("the %s holds transient data", where)
		}
	}
}

// privateOf returns the private values of a transaction by collection and key.
func privateOf(tx app.Tx) map[string]string {
	values := make(map[string]string, len(tx.Private))
	for _, p := range tx.Private {
		values[p.Collection+" "+p.Key] = string(p.Value)
	}
	return values
}
