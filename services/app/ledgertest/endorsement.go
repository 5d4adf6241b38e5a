package ledgertest

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/services/app"
)

// endorsementCases: who must endorse what.
func (s *suite) endorsementCases() []testCase {
	return []testCase{
		{"NewKeyNeedsTwoOrganisations", s.newKeyNeedsTwo},
		{"OwnPolicyIsInvisible", s.ownPolicyIsInvisible},
		{"KeyPolicyReplacesChaincodePolicy", s.keyPolicyReplaces},
		{"KeyPolicyGuardsItself", s.keyPolicyGuardsItself},
		{"ValueOnlyWriteKeepsPolicy", s.valueOnlyWriteKeepsPolicy},
		{"DeletionDropsPolicy", s.deletionDropsPolicy},
		{"DeletionInTheSameTransactionDropsPolicy", s.deletionBeatsPolicy},
		{"EmptyPolicyRemovesIt", s.emptyPolicyRemovesIt},
		{"PolicyOnAMissingKeyHasNoEffect", s.policyOnMissingKey},
		{"CollectionNeedsItsOwner", s.collectionNeedsOwner},
		{"CopyNeedsNoReader", s.copyNeedsNoReader},
		{"PrivateKeyPolicyReplacesTheCollections", s.privateKeyPolicy},
		{"LedgerCollectsTheOrganisationsNeeded", s.ledgerCollects},
		{"TransientForTwoNeedsNamedEndorsers", s.transientNeedsNames},
		{"UnknownEndorserIsRefused", s.unknownEndorser},
		{"ReadOnlyTransactionNeedsTwoOrganisations", s.readOnlyNeedsTwo},
	}
}

func (s *suite) newKeyNeedsTwo(t *testing.T) {
	k := s.key(t, "k")
	s.refuse(t, s.call(t, []string{s.core}, []string{"put", k, "v"}), app.ErrEndorsement)
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
	s.commit(t, s.call(t, []string{s.core, s.bank}, []string{"put", k, "v"}), []string{"ok"})
	s.see(t, s.supplier, []string{"=v"}, []string{"get", k})
}

func (s *suite) ownPolicyIsInvisible(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, []string{"ok", "ok", "nil"}, []string{"put", k, "v"},
		[]string{"policy", k, s.supplier, s.bank}, []string{"policy-get", k})
	s.see(t, s.supplier, []string{"=" + s.bank + "," + s.supplier}, []string{"policy-get", k})
}

func (s *suite) keyPolicyReplaces(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.bank})
	s.refuse(t, s.call(t, []string{s.supplier, s.core}, []string{"put", k, "w"}), app.ErrEndorsement)
	s.see(t, s.supplier, []string{"=v"}, []string{"get", k})
	s.commit(t, s.call(t, []string{s.bank}, []string{"put", k, "w"}), []string{"ok"})
	s.see(t, s.supplier, []string{"=w"}, []string{"get", k})
	// A new key beside it brings the chaincode policy back.
	s.refuse(t, s.call(t, []string{s.bank}, []string{"put", k, "x"}, []string{"put", k + "-new", "x"}),
		app.ErrEndorsement)
	s.see(t, s.supplier, []string{"=w", "nil"}, []string{"get", k}, []string{"get", k + "-new"})
}

func (s *suite) keyPolicyGuardsItself(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.bank, s.core})
	s.refuse(t, s.call(t, []string{s.supplier, s.core}, []string{"policy", k, s.supplier}),
		app.ErrEndorsement)
	s.see(t, s.supplier, []string{"=" + s.bank + "," + s.core}, []string{"policy-get", k})
	s.commit(t, s.call(t, []string{s.bank, s.core}, []string{"policy", k, s.supplier}), []string{"ok"})
	s.commit(t, s.call(t, []string{s.supplier}, []string{"put", k, "w"}), []string{"ok"})
}

func (s *suite) valueOnlyWriteKeepsPolicy(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.supplier, s.core})
	receipt := s.submit(t, nil, []string{"put", k, "w"})
	s.see(t, s.supplier, []string{"=w", "=" + s.core + "," + s.supplier},
		[]string{"get", k}, []string{"policy-get", k})
	if metadata := s.tx(t, receipt).Effects.Metadata; len(metadata) != 0 {
		t.Fatalf("metadata %+v, want none for a write of the value only", metadata)
	}
}

func (s *suite) deletionDropsPolicy(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.supplier, s.core})
	s.submit(t, nil, []string{"del", k})
	s.see(t, s.supplier, []string{"nil", "nil"}, []string{"get", k}, []string{"policy-get", k})
	s.commit(t, s.call(t, []string{s.bank, s.other}, []string{"put", k, "w"}), []string{"ok"})
	s.see(t, s.supplier, []string{"=w", "nil"}, []string{"get", k}, []string{"policy-get", k})
}

func (s *suite) deletionBeatsPolicy(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"})
	s.submit(t, nil, []string{"policy", k, s.supplier}, []string{"del", k})
	s.submit(t, nil, []string{"put", k, "w"})
	s.see(t, s.supplier, []string{"=w", "nil"}, []string{"get", k}, []string{"policy-get", k})
}

func (s *suite) emptyPolicyRemovesIt(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.supplier, s.core})
	receipt := s.submit(t, []string{"ok"}, []string{"policy", k})
	s.see(t, s.supplier, []string{"=v", "nil"}, []string{"get", k}, []string{"policy-get", k})
	metadata := s.tx(t, receipt).Effects.Metadata
	if len(metadata) != 1 || metadata[0].Key != k || len(metadata[0].Endorsers) != 0 {
		t.Fatalf("metadata %+v, want the policy of one key removed", metadata)
	}
	s.commit(t, s.call(t, []string{s.bank, s.other}, []string{"put", k, "w"}), []string{"ok"})
}

func (s *suite) policyOnMissingKey(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, []string{"ok"}, []string{"policy", k, s.bank})
	s.see(t, s.supplier, []string{"nil"}, []string{"policy-get", k})
	s.submit(t, []string{"ok"}, []string{"put", k, "v"})
	s.see(t, s.supplier, []string{"=v", "nil"}, []string{"get", k}, []string{"policy-get", k})
}

func (s *suite) collectionNeedsOwner(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.bank)
	s.refuse(t, s.call(t, []string{s.supplier, s.core}, []string{"pput", c, k, "v"}), app.ErrEndorsement)
	s.see(t, s.supplier, []string{"nil"}, []string{"phash", c, k})
	s.commit(t, s.call(t, []string{s.bank}, []string{"pput", c, k, "v"}), []string{"ok"})
	s.see(t, s.bank, []string{"=v"}, []string{"pget", c, k})
}

func (s *suite) copyNeedsNoReader(t *testing.T) {
	k, c := s.key(t, "k"), copyCollection(s.bank)
	s.refuse(t, s.call(t, []string{s.supplier}, []string{"pput", c, k, "v"}), app.ErrEndorsement)
	s.see(t, s.supplier, []string{"nil"}, []string{"phash", c, k})
	s.commit(t, s.call(t, []string{s.supplier, s.core}, []string{"pput", c, k, "v"}), []string{"ok"})
	s.see(t, s.bank, []string{"=v"}, []string{"pget", c, k})
}

func (s *suite) privateKeyPolicy(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	s.commit(t, s.call(t, []string{s.supplier}, []string{"pput", c, k, "v"},
		[]string{"ppolicy", c, k, s.supplier, s.core}, []string{"ppolicy-get", c, k}),
		[]string{"ok", "ok", "nil"})
	s.see(t, s.supplier, []string{"=" + s.core + "," + s.supplier}, []string{"ppolicy-get", c, k})
	s.refuse(t, s.call(t, []string{s.supplier}, []string{"pput", c, k, "w"}), app.ErrEndorsement)
	s.see(t, s.supplier, []string{"=v"}, []string{"pget", c, k})
	s.submit(t, []string{"ok"}, []string{"pput", c, k, "w"})
	s.see(t, s.supplier, []string{"=w", "=" + s.core + "," + s.supplier},
		[]string{"pget", c, k}, []string{"ppolicy-get", c, k})
}

func (s *suite) ledgerCollects(t *testing.T) {
	k := s.key(t, "k")
	s.submit(t, nil, []string{"put", k, "v"}, []string{"policy", k, s.bank, s.other})
	receipt := s.commit(t, s.call(t, nil, []string{"put", k, "w"}), []string{"ok"})
	endorsers := s.tx(t, receipt).Endorsers
	if !slices.IsSorted(endorsers) || !slices.Contains(endorsers, s.bank) ||
		!slices.Contains(endorsers, s.other) {
		t.Fatalf("endorsers %v, want %s and %s among them, sorted", endorsers, s.bank, s.other)
	}
	receipt = s.commit(t, s.call(t, nil, []string{"put", k + "-new", "w"}), []string{"ok"})
	if endorsers := s.tx(t, receipt).Endorsers; len(endorsers) < 2 {
		t.Fatalf("endorsers %v, want two for a new key", endorsers)
	}
}

// Transient data goes to every endorser, so a ledger does not choose one that is no member
// of the collections written.
func (s *suite) transientNeedsNames(t *testing.T) {
	k, c := s.key(t, "k"), orgCollection(s.supplier)
	p := s.call(t, nil, []string{"pput-trans", c, k, "x"}, []string{"put", k, "v"})
	p.Transient = map[string][]byte{"x": []byte("secret")}
	if _, err := s.ledger.Submit(t.Context(), p); err == nil {
		t.Fatal("the ledger itself chose to whom transient data goes")
	}
	s.see(t, s.supplier, []string{"nil", "nil"}, []string{"get", k}, []string{"phash", c, k})
	p.Endorsers = []string{s.supplier, s.core}
	s.commit(t, p, []string{"ok", "ok"})
}

func (s *suite) unknownEndorser(t *testing.T) {
	k := s.key(t, "k")
	p := s.call(t, []string{s.supplier, "NobodyMSP"}, []string{"put", k, "v"})
	if _, err := s.ledger.Submit(t.Context(), p); err == nil {
		t.Fatal("an endorser that does not exist endorsed")
	}
	s.see(t, s.supplier, []string{"nil"}, []string{"get", k})
}

func (s *suite) readOnlyNeedsTwo(t *testing.T) {
	k := s.key(t, "k")
	s.refuse(t, s.call(t, []string{s.supplier}, []string{"get", k}), app.ErrEndorsement)
	s.submit(t, []string{"nil"}, []string{"get", k})
}
