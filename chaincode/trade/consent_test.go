package trade_test

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// forgedReceivable is a confirmed receivable of the cast that only an untruthful quorum could
// have written: the seller did issue it, but the obligor never confirmed.
func forgedReceivable(w *tradetest.World) trade.State {
	forged := w.State(w.Receivable)
	r := *forged.Receivable
	r.Confirmed = r.Face
	forged.Receivable, forged.Phase, forged.Version = &r, trade.Open, forged.Version+1
	return forged
}

func TestOutsidersRecordOfConfirmedReceivableIsRefusedByEveryLaterAct(t *testing.T) {
	t.Parallel()
	for _, spec := range trade.Acts() {
		if spec.Subjects[0].Kind != trade.KindReceivable && len(spec.Subjects) == 1 {
			continue
		}
		t.Run(string(spec.Act), func(t *testing.T) {
			t.Parallel()
			w, l := tradetest.Start(t)
			w.Reach(spec.Act)
			d := w.Draft(spec.Act)
			for i, s := range specOf(t, spec.Act).Subjects {
				if s.Access == trade.Create || i >= len(d.Subjects) {
					continue
				}
				state := w.State(d.Subjects[i].ID)
				for _, victim := range state.Parties {
					if s.Access == trade.Seen && victim != w.Seller.Org && victim != w.Bank.Org {
						continue
					}
					then := l.Clone()
					forged := state
					forged.Salt = tradetest.Salt(t) // whatever the quorum writes, the victim has not agreed to it
					consenting := []trade.OrgID{w.Rival.Org}
					for _, p := range state.Parties {
						if p != victim {
							consenting = append(consenting, p)
						}
					}
					l.Forge(t, forged, consenting...)
					tx := w.Transaction(d)
					if s.Access != trade.Seen {
						tx.States[state.ID] = marshal(t, forged)
					}
					wantRefusal(t, l, tx, trade.CodeNoConsent)
					*l = *then
				}
			}
		})
	}
}

// A quorum of outsiders makes a record with parties of its own, who all agree to it, and
// names an obligor in it that knows nothing.
func TestRecordThatNamesAnObligorBesideItsPartiesIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingRequest)
	forged := forgedReceivable(w)
	forged.ID = "rcv.forged"
	forged.Parties = []trade.OrgID{w.Seller.Org, w.Rival.Org}
	l.Forge(t, forged)
	d := w.Draft(trade.FinancingRequest)
	d.Subjects[1].ID = forged.ID
	wantSubmitRefused(t, w, d, trade.CodeNoConsent)
}

func TestRecordWithoutTheBodyOfItsKindIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.FinancingRequest)
	state, d := w.State(w.Receivable), w.Draft(trade.FinancingRequest)
	for name, forge := range map[string]func(*trade.State){
		"none":      func(s *trade.State) { s.Receivable = nil },
		"another":   func(s *trade.State) { s.Receivable, s.Programme = nil, &trade.Programme{} },
		"two":       func(s *trade.State) { s.Programme = &trade.Programme{} },
		"no party":  func(s *trade.State) { s.Parties = nil },
		"kind":      func(s *trade.State) { s.Kind = trade.KindDocument },
		"unbounded": func(s *trade.State) { s.Kind = "receivable " },
	} {
		t.Run(name, func(t *testing.T) {
			then := l.Clone()
			forged := state
			forge(&forged)
			l.Forge(t, forged, w.Seller.Org, w.Obligor.Org)
			wantRefusal(t, l, w.Transaction(d), trade.CodeNoConsent, trade.CodeNotFound)
			*l = *then
		})
	}
}

func TestRecordWhosePhaseIsNotItsStatesIsRefused(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	record, err := l.Record(w.Receivable)
	if err != nil {
		t.Fatal(err)
	}
	d := w.Draft(trade.ReceivableConfirm)
	tx := w.Transaction(d)
	record.Phase = trade.Open
	l.Public[string(w.Receivable)] = marshal(t, record)
	wantRefusal(t, l, tx, trade.CodeNoConsent)
}

// The keys of an organisation's persons stand on its public record: a record that it has not
// agreed to names nobody.
func TestForgedOrganisationSignsNothing(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	w.Reach(trade.ReceivableConfirm)
	d := w.Draft(trade.ReceivableConfirm)
	id := trade.OrganisationID(w.Obligor.Org)
	record, err := l.Record(id)
	if err != nil {
		t.Fatal(err)
	}
	mallory := tradetest.NewPerson(t, w.Obligor.Org, "mallory", trade.Maker)
	record.Members.Persons = append(record.Members.Persons, mallory.Public(t))
	record.Commitment = trade.DigestOf([]byte("a state the obligor never saw"))
	l.Public[string(id)] = marshal(t, record)
	wantRefusal(t, l, w.SignedBy(d, mallory, w.Obligor.Checker), trade.CodeNoConsent)
}

func TestNobodyTakesTheNameOfAnOrganisationOrOfTheKeyring(t *testing.T) {
	t.Parallel()
	w, l := tradetest.Start(t)
	for _, id := range []trade.AssetID{trade.OrganisationID(w.Newcomer.Org), trade.KeyringID, "org."} {
		d := w.Draft(trade.DocumentRecord)
		d.Subjects[0].ID = id
		wantRefusal(t, l, w.Transaction(d), trade.CodeID)
	}
	d := w.Draft(trade.OrganisationRegister)
	d.Subjects[0].ID = "somebody"
	wantRefusal(t, l, w.Transaction(d), trade.CodeID)
	d.Subjects[0].ID = trade.OrganisationID(w.Rival.Org + "2")
	wantRefusal(t, l, w.Transaction(d), trade.CodeParty)
}

func TestAssetIsCreatedOnce(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, _ *tradetest.Ledger, d tradetest.Draft) {
		if d.Subjects[0].Version != 0 {
			return
		}
		w.Must(d)
		d.ID = w.NewID(d.Act)
		wantSubmitRefused(t, w, d, trade.CodeExists)
	})
}

// Whoever must agree to a change is told by the outcome: the law writes into the collection
// of every party, and the policy of the record names the parties of the last version.
func TestOutcomeWritesForEveryPartyAndNamesThemInThePolicy(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		w.Must(d)
		for i, s := range d.Subjects {
			if access := specOf(t, d.Act).Subjects[i].Access; access == trade.Seen || access == trade.Opened {
				continue
			}
			state := w.State(s.ID)
			record, err := l.Record(s.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Policies[string(s.ID)]; !slices.Equal(got, state.Parties) {
				t.Errorf("%s must be endorsed by %v, its parties are %v", s.ID, got, state.Parties)
			}
			for n, p := range state.Parties {
				if ok, err := trade.Consented(l, record, p); err != nil || !ok {
					t.Errorf("%s has not agreed to %s: %v", p, s.ID, err)
				}
				if record.Parties[n] != trade.Pseudonym(state.Salt, p) {
					t.Errorf("party %d of %s has not its pseudonym", n, s.ID)
				}
			}
			for _, r := range state.Readers {
				if l.Private[trade.CopyCollection(r)][string(s.ID)] == nil {
					t.Errorf("reader %s has no copy of %s", r, s.ID)
				}
			}
		}
	})
}
