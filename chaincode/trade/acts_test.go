package trade_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/chaincode/trade/tradetest"
)

// eachAct brings a fresh trade to where an act is possible, for every act of the table, and
// hands over its draft.
func eachAct(
	t *testing.T, fn func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft),
) {
	t.Helper()
	for _, spec := range trade.Acts() {
		t.Run(string(spec.Act), func(t *testing.T) {
			t.Parallel()
			w, l := tradetest.Start(t)
			w.Reach(spec.Act)
			fn(t, w, l, w.Draft(spec.Act))
		})
	}
}

func specOf(t *testing.T, act trade.Act) trade.ActSpec {
	t.Helper()
	spec, ok := trade.SpecOf(act)
	if !ok {
		t.Fatalf("there is no act %s", act)
	}
	return spec
}

// wantRefusal checks that the law refuses with one of the codes and does nothing.
func wantRefusal(t *testing.T, view trade.View, tx trade.Transaction, codes ...trade.Code) {
	t.Helper()
	out, err := trade.Next(view, tx)
	wantCode(t, err, codes...)
	if len(out.Writes)+len(out.Policies)+len(out.Private) != 0 || out.Event != nil || out.Response != nil {
		t.Error("a refused transaction has an outcome")
	}
}

func wantCode(t *testing.T, err error, codes ...trade.Code) {
	t.Helper()
	f, ok := errors.AsType[*trade.Fault](err)
	if !ok {
		t.Fatalf("got %v, want a fault with one of %v", err, codes)
	}
	if !slices.Contains(codes, f.Code) {
		t.Errorf("refused as %s (%s: %s), want %v", f.Code, f.Path, f.Message, codes)
	}
}

// wantSubmitRefused checks that a draft is refused with one of the codes.
func wantSubmitRefused(t *testing.T, w *tradetest.World, d tradetest.Draft, codes ...trade.Code) {
	t.Helper()
	wantCode(t, w.Submit(d), codes...)
}

func TestActSucceedsAsDraftedAndMovesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		spec := specOf(t, d.Act)
		out, err := trade.Next(l, w.Transaction(d))
		if err != nil {
			t.Fatal(err)
		}
		event, err := trade.Decode[trade.Event](out.Event, "event")
		if err != nil {
			t.Fatal(err)
		}
		for _, moved := range event.Subjects {
			i := slices.IndexFunc(d.Subjects, func(s trade.Subject) bool { return s.ID == moved.ID })
			if i < 0 || spec.Subjects[i].Access == trade.Opened || spec.Subjects[i].Access == trade.Seen {
				t.Errorf("%s was moved, and the act does not name it for that", moved.ID)
			}
		}
		if !slices.Contains(spec.To, event.Subjects[0].Phase) {
			t.Errorf("left in phase %s, the table says %v", event.Subjects[0].Phase, spec.To)
		}
		if err := w.Submit(d); err != nil {
			t.Errorf("carried out with the endorsements of the parties: %v", err)
		}
	})
}

func TestActRefusesMissingSignature(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		for i := range d.Signers {
			others := slices.Delete(slices.Clone(d.Signers), i, i+1)
			wantRefusal(t, l, w.SignedBy(d, others...), trade.CodeSignatureMissing, trade.CodeSignatureSame)
		}
		if len(d.Signers) > 0 {
			wantRefusal(t, l, w.SignedBy(d), trade.CodeSignatureMissing)
		}
	})
}

func TestActRefusesSignatureByWrongPerson(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		viewers := map[trade.OrgID]*tradetest.Person{w.Newcomer.Org: w.Newcomer.Viewer}
		for _, p := range w.Parties() {
			viewers[p.Org] = p.Viewer
		}
		for i, right := range d.Signers {
			instead := func(p *tradetest.Person) []*tradetest.Person {
				signers := slices.Clone(d.Signers)
				signers[i] = p
				return signers
			}
			wantRefusal(t, l, w.SignedBy(d, instead(viewers[right.Org])...),
				trade.CodeSignatureMissing, trade.CodeSignatureSame)
			for _, stranger := range []*tradetest.Person{
				w.Rival.Maker, w.Rival.Checker, w.Rival.Approver, w.Rival.Admin,
			} {
				wantRefusal(t, l, w.SignedBy(d, instead(stranger)...),
					trade.CodeSignatureMissing, trade.CodeSignatureSame)
			}
			unregistered := tradetest.NewPerson(t, right.Org, "nobody", right.Roles...)
			wantRefusal(t, l, w.SignedBy(d, instead(unregistered)...), trade.CodeSignatureUnknown)
			impostor := tradetest.NewPerson(t, right.Org, right.ID, right.Roles...) // another key
			wantRefusal(t, l, w.SignedBy(d, instead(impostor)...), trade.CodeSignatureInvalid)
		}
	})
}

func TestActRefusesSignatureOverOtherContent(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		if len(d.Signers) == 0 {
			return
		}
		signed := w.Transaction(d)
		other := d
		other.ID = w.NewID(d.Act)
		tx := w.Transaction(other)
		tx.Signatures = signed.Signatures
		wantRefusal(t, l, tx, trade.CodeSignatureInvalid)
	})
}

func TestActRefusesOnePersonForTwoDuties(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		if len(d.Signers) == 0 {
			return
		}
		twice := append(slices.Clone(d.Signers), d.Signers[0])
		wantRefusal(t, l, w.SignedBy(d, twice...), trade.CodeSignatureSame)

		if d.Act == trade.OrganisationRegister {
			return // nobody else can enter between draft and submission
		}
		w.Newcomer.Viewer.Key = d.Signers[0].Key // the same key under an id of another organisation
		w.Register(w.Newcomer)
		both := append(slices.Clone(d.Signers), w.Newcomer.Viewer)
		wantRefusal(t, l, w.SignedBy(d, both...), trade.CodeSignatureSame)
	})
}

func TestActRefusesOnePersonWithAllRoles(t *testing.T) {
	t.Parallel()
	for _, spec := range trade.Acts() {
		t.Run(string(spec.Act), func(t *testing.T) {
			t.Parallel()
			l := tradetest.NewLedger()
			w := tradetest.NewWorld(t, l, tradetest.NewCast(t))
			for _, p := range append(w.Parties(), w.Newcomer) {
				p.Approver.Roles = trade.Roles()
			}
			w.Register(w.Parties()...)
			w.Reach(spec.Act)
			d := w.Draft(spec.Act)
			allRounders := []*tradetest.Person{}
			for _, s := range d.Signers {
				for _, p := range append(w.Parties(), w.Newcomer) {
					if p.Org == s.Org && !slices.Contains(allRounders, p.Approver) {
						allRounders = append(allRounders, p.Approver)
					}
				}
			}
			if len(allRounders) == len(d.Signers) {
				return // one duty for each organisation
			}
			wantRefusal(t, l, w.SignedBy(d, allRounders...), trade.CodeSignatureSame)
		})
	}
}

func TestActRefusesRevokedPerson(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		if spec := specOf(t, d.Act); spec.Subjects[0].Kind == trade.KindOrganisation {
			return // see TestRevokedAdminSignsNothing: the record of the organisation moves on
		}
		for _, p := range w.Parties() {
			for _, signer := range d.Signers {
				if signer.Org != p.Org || slices.Contains(signer.Roles, trade.Admin) {
					continue
				}
				then := l.Clone()
				revoke(t, w, p, signer.ID)
				wantRefusal(t, l, w.Transaction(d), trade.CodeSignatureUnknown)
				*l = *then
			}
		}
	})
}

func revoke(t *testing.T, w *tradetest.World, p *tradetest.Party, id trade.PersonID) {
	t.Helper()
	org := trade.OrganisationID(p.Org)
	w.Must(tradetest.Draft{
		ID: w.NewID(trade.OrganisationRevoke), Act: trade.OrganisationRevoke, Actor: p.Org,
		Subjects: []trade.Subject{{ID: org, Version: w.State(org).Version}},
		Args:     trade.RevokePerson{Person: id, Reason: "has left"},
		Signers:  []*tradetest.Person{p.Admin, p.SecondAdmin},
	})
}

func TestActRefusesActorThatIsNoParty(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		want := trade.CodeParty
		switch d.Act {
		case trade.DocumentRecord:
			return // whoever submits a document is its owner
		case trade.KeyringOpen:
			want = trade.CodeOrgKind
		}
		tx := w.Transaction(d) // with the states of a real party, as if they had leaked
		tx.Actor = w.Rival.Org
		wantRefusal(t, l, tx, want)
		tx.Actor = w.Auditor.Org // a reader holds copies, and moves nothing
		wantRefusal(t, l, tx, want)
	})
}

func TestActRefusesWrongPhase(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		for i, s := range specOf(t, d.Act).Subjects {
			if len(s.From) == 0 || i >= len(d.Subjects) {
				continue
			}
			want := []trade.Code{trade.CodePhase}
			if s.Access == trade.Seen { // the state stays; only its phase moves
				want = append(want, trade.CodeNotApproved)
			}
			if d.Act == trade.FinancingApprove && i == 0 { // any change undoes the acceptance
				want = append(want, trade.CodeNotAccepted)
			}
			state := w.State(d.Subjects[i].ID)
			for _, phase := range phasesOf(s.Kind) {
				if slices.Contains(s.From, phase) {
					continue
				}
				forged := state
				forged.Phase = phase
				then := l.Clone()
				l.Forge(t, forged)
				wantRefusal(t, l, w.Transaction(d), want...)
				*l = *then
			}
		}
	})
}

// phasesOf collects the phases of a kind from the table.
func phasesOf(k trade.Kind) []trade.Phase {
	phases := []trade.Phase{}
	for _, spec := range trade.Acts() {
		if spec.Subjects[0].Kind == k {
			phases = append(phases, spec.To...)
		}
		for _, s := range spec.Subjects {
			if s.Kind == k {
				phases = append(phases, s.From...)
			}
		}
	}
	slices.Sort(phases)
	return slices.Compact(phases)
}

func TestActRefusesStaleVersion(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		for i, s := range d.Subjects {
			if s.Version <= 0 {
				continue
			}
			for _, version := range []int64{s.Version - 1, s.Version + 1} {
				if version == 0 {
					continue
				}
				other := d
				other.Subjects = slices.Clone(d.Subjects)
				other.Subjects[i].Version = version
				wantRefusal(t, l, w.Transaction(other), trade.CodeStale)
			}
			if specOf(t, d.Act).Subjects[i].Access == trade.Seen {
				continue
			}
			tx := w.Transaction(d) // an old state beside the right version
			tx.States[s.ID] = bytes.Replace(tx.States[s.ID], []byte(`"version":`), []byte(`"version":9`), 1)
			wantRefusal(t, l, tx, trade.CodeStale)
			delete(tx.States, s.ID)
			wantRefusal(t, l, tx, trade.CodeStale)
		}
	})
}

func TestActRefusesEarlierLedgerTime(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		for _, s := range d.Subjects {
			record, err := l.Record(s.ID)
			if err != nil {
				t.Fatal(err)
			}
			if record == nil {
				continue
			}
			tx := w.Transaction(d)
			tx.Time = record.Time - 1
			wantRefusal(t, l, tx, trade.CodeTimeEarlier)
		}
		tx := w.Transaction(d)
		for _, never := range []trade.Instant{-1, 0, trade.InstantOf(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))} {
			tx.Time = never
			wantRefusal(t, l, tx, trade.CodeTimeWindow)
		}
	})
}

func TestActRefusesCommandForAnotherChannel(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		tx := w.Transaction(d)
		tx.Channel = "another"
		wantRefusal(t, l, tx, trade.CodeChannel)
	})
}

func TestActRepeatedAnswersWhatTheFirstAnswered(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		tx := w.Transaction(d)
		endorsers := w.Endorsers(d)
		if err := l.Submit(tx, endorsers); err != nil {
			t.Fatal(err)
		}
		first, err := trade.Decode[trade.Response](l.Outcomes[len(l.Outcomes)-1].Response, "response")
		if err != nil {
			t.Fatal(err)
		}
		wantRepeated := func(tx trade.Transaction) {
			t.Helper()
			out, err := trade.Next(l, tx)
			if err != nil {
				t.Fatal(err)
			}
			again, err := trade.Decode[trade.Response](out.Response, "response")
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Writes)+len(out.Policies)+len(out.Private) != 0 || out.Event != nil {
				t.Error("a repeat has effects")
			}
			for i := range first.Subjects {
				first.Subjects[i].From = "" // the record does not keep where it came from
			}
			if !again.Repeated || !slices.Equal(again.Subjects, first.Subjects) {
				t.Errorf("answered %+v, the first time %+v", again, first)
			}
		}
		wantRepeated(tx) // with the states of the first time, as after an unknown outcome
		for id := range tx.States {
			if state, err := l.State(d.Actor, id); err == nil && state != nil {
				tx.States[id] = state
			}
		}
		tx.Time = l.Clock
		wantRepeated(tx) // with those of now
	})
}

func TestActRepeatedWithOtherContentConflicts(t *testing.T) {
	t.Parallel()
	eachAct(t, func(t *testing.T, w *tradetest.World, l *tradetest.Ledger, d tradetest.Draft) {
		other := w.Draft(d.Act)
		other.ID = d.ID
		if slices.Equal(marshal(t, w.Command(d)), marshal(t, w.Command(other))) {
			other.Subjects = slices.Clone(d.Subjects)
			other.Subjects[0].Version += 2 // from AnyVersion to one that was seen
		}
		tx := w.Transaction(other)
		w.Must(d)
		wantRefusal(t, l, tx, trade.CodeCommandConflict)
	})
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := trade.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
