package app_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// programme opens another programme between the parties of the way, under other terms.
func (w *way) programmeWith(t match.Tolerances, required ...parse.Kind) trade.AssetID {
	w.t.Helper()
	opened, err := w.OpenProgramme(w.t.Context(), w.bank.Actor, app.ProgrammeInput{
		Seller: w.seller.Org, Obligor: w.buyer.Org, Limit: w.programme.Limit, TenorDays: w.programme.TenorDays,
		Agreement: "another master agreement", Readers: []trade.OrgID{w.auditor.Org},
		Tolerances: &t, Required: append([]parse.Kind{}, required...),
	})
	ok(w.t, err)
	w.sign([]app.Intent{opened}, w.bank, w.bankChecker, w.seller)
	return opened.Command.Subjects[0].ID
}

// oneMissing is a trade of whose 1,200 pieces the warehouse counted 1,199, 0.08 % less; its pack
// is opened before any programme is named.
func oneMissing(t *testing.T) *way {
	t.Helper()
	w := begin(t, openNode(t), 0)
	const receipt = "warehouse-receipt.json"
	before := w.trade.Files[receipt]
	w.trade.Files[receipt] = bytes.Replace(before, []byte(`"quantity": "1200"`), []byte(`"quantity": "1199"`), 1)
	if bytes.Equal(before, w.trade.Files[receipt]) {
		t.Fatal("the warehouse receipt has no such quantity")
	}
	strict := w.frame
	w.frame = ""
	w.upload()
	w.frame = strict
	return w
}

// request asks for financing under a programme.
func (w *way) request(programme trade.AssetID) *app.FinancingRequest {
	w.t.Helper()
	asked, err := w.RequestFinancing(
		w.t.Context(), w.seller.Actor, app.RequestInput{Pack: w.pack, Programme: programme},
	)
	ok(w.t, err)
	return asked.Request
}

func TestWhatOneProgrammeToleratesAnotherRefuses(t *testing.T) {
	w := oneMissing(t)
	tolerant := w.programmeWith(match.Tolerances{
		Quantity: match.Tolerance{BasisPoints: 10}, Weight: match.Tolerance{BasisPoints: 200}, Days: 5,
	})
	pack := w.verified()
	if v := pack.Latest.Verdict(app.Corroboration); v.Answer != app.Fail || pack.Latest.Programme != "" {
		t.Fatalf("under the default terms: %s under %q, %v", v.Answer, pack.Latest.Programme, v.Reasons)
	}
	_, err := w.IssueReceivable(t.Context(), w.seller.Actor, w.pack)
	wantCode(t, err, trade.Code(match.CodeQuantity))

	named, err := w.Verify(t.Context(), w.seller.Actor, w.pack, tolerant)
	ok(t, err)
	if v := named.Latest.Verdict(app.Corroboration); v.Answer != app.Pass || !w.VerdictsStand(named) ||
		named.Programme != tolerant || named.Latest.Terms.Tolerances.Quantity.BasisPoints != 10 {
		t.Fatalf("under the tolerant terms: %+v, %v", named.Latest.Terms, v.Reasons)
	}
	w.issued()

	refused := w.request(w.frame)
	if refused.State != app.RequestRefused || refused.Reasons[0].Code != string(match.CodeQuantity) {
		t.Errorf("under strict terms the request is %s, %v", refused.State, refused.Reasons)
	}
	taken := w.request(tolerant) // the verdicts are taken again by themselves
	if taken.State != app.RequestSubmitted || taken.Verification == refused.Verification {
		t.Fatalf("under tolerant terms the request is %s, %v", taken.State, taken.Reasons)
	}
	w.financing = taken.ID
	i, err := w.Intent(t.Context(), w.seller.Actor, taken.Intent)
	ok(t, err)
	w.sign([]app.Intent{i}, w.seller)
	w.request(w.frame) // names the strict one again: what was asked before keeps its verdict
	d, err := w.Dossier(t.Context(), w.bank.Actor, w.financing)
	ok(t, err)
	if !strings.Contains(d.Terms, "quantity within 0.1 %") || !strings.Contains(d.Terms, string(tolerant)) {
		t.Errorf("the dossier speaks of the terms as %q", d.Terms)
	}
}

func TestWhoDoesNotHoldAProgrammeIsNotShownItsTerms(t *testing.T) {
	w := oneMissing(t)
	w.verified()
	_, err := w.Verify(t.Context(), w.seller.Actor, w.pack, w.frame)
	ok(t, err)
	for _, who := range []struct {
		person

		shown bool
	}{
		{w.seller, true},
		{w.buyer, true},
		{w.auditor, true},
		{w.people["ma.chen@shibu.example"], false},
		{w.people["luo.yan@haiping.example"], false},
	} {
		p, err := w.Pack(t.Context(), who.Actor, w.pack)
		ok(t, err)
		if shown := p.Programme != "" && p.Latest.Programme != "" && p.Latest.Terms != nil; shown != who.shown {
			t.Errorf("%s: the terms are shown: %t", who.Name, shown)
		}
		if !w.VerdictsStand(p) {
			t.Errorf("%s: the verdicts do not stand", who.Name)
		}
	}
}

// By how much a claim fails a rule of law is the bank's to know: the trade is due 93 days after its
// delivery, and small enterprises in China are paid within 60.
func TestOnlyTheBankThatWasAskedReadsWhatTheLawSays(t *testing.T) {
	w := begin(t, openNode(t), 0)
	w.upload()
	w.verified()
	w.issued()
	if asked := w.request(w.frame); asked.State != app.RequestSubmitted {
		t.Fatalf("the request is %s, %v", asked.State, asked.Reasons)
	}
	for _, who := range []struct {
		actor app.Actor
		shown bool
	}{{w.seller.Actor, false}, {w.buyer.Actor, false}, {w.bank.Actor, true}} {
		p, err := w.Pack(t.Context(), who.actor, w.pack)
		ok(t, err)
		if shown := len(p.Latest.Policy) > 0; shown != who.shown {
			t.Errorf("%s reads %+v", who.actor.Org, p.Latest.Policy)
		}
	}
}

func TestPapersThatAProgrammeRequiresAreMissed(t *testing.T) {
	w := begin(t, openNode(t), 0)
	w.upload()
	w.verified()
	w.issued()
	wanting := w.programmeWith(app.DefaultTerms().Tolerances, parse.ReceiptAdvice)
	refused := w.request(wanting)
	if refused.State != app.RequestRefused || refused.Reasons[0].Code != string(match.CodeMissing) {
		t.Errorf("without a goods receipt the request is %s, %v", refused.State, refused.Reasons)
	}
	if taken := w.request(w.frame); taken.State != app.RequestSubmitted {
		t.Errorf("where none is required the request is %s, %v", taken.State, taken.Reasons)
	}
}

func TestTheTermsOfAProgrammeAreWhatItsPartiesSign(t *testing.T) {
	w := begin(t, openNode(t), 0)
	in := app.ProgrammeInput{
		Seller: w.seller.Org, Obligor: w.buyer.Org, Limit: w.programme.Limit, TenorDays: 90, Agreement: "text",
	}
	opened, err := w.OpenProgramme(t.Context(), w.bank.Actor, in)
	ok(t, err)
	defaults := app.DefaultTerms()
	defaults.MasterAgreement = trade.DigestOf([]byte("text"))
	want, err := defaults.Digest()
	ok(t, err)
	seen, err := w.Intent(t.Context(), w.seller.Actor, opened.ID) // before the seller signs
	ok(t, err)
	for _, i := range []app.Intent{opened, seen} {
		got, err := i.Terms.Digest()
		ok(t, err)
		args, err := trade.Decode[trade.OpenProgramme](i.Command.Args, "args")
		ok(t, err)
		if got != want || args.Agreement != want {
			t.Errorf("shown %s, signed %s, the defaults are %s", got, args.Agreement, want)
		}
	}
	w.sign([]app.Intent{opened}, w.bank, w.bankChecker, w.seller)
	asset, _, err := w.Trace(t.Context(), w.buyer.Actor, opened.Command.Subjects[0].ID, trade.KindProgramme)
	ok(t, err)
	kept, err := w.ProgrammeTerms(t.Context(), asset)
	ok(t, err)
	if got, err := kept.Digest(); err != nil || got != asset.State.Programme.Agreement {
		t.Errorf("kept %s, signed %s: %v", got, asset.State.Programme.Agreement, err)
	}

	huge := decimal.New(1, 1<<30)
	for name, spoil := range map[string]func(*app.ProgrammeInput){
		"share":      func(in *app.ProgrammeInput) { in.Tolerances.Quantity.BasisPoints = 10_001 },
		"days":       func(in *app.ProgrammeInput) { in.Tolerances.Days = -1 },
		"difference": func(in *app.ProgrammeInput) { in.Tolerances.Amount.Absolute = &huge },
		"kind":       func(in *app.ProgrammeInput) { in.Required = []parse.Kind{parse.Other} },
		"twice":      func(in *app.ProgrammeInput) { in.Required = []parse.Kind{parse.Invoice, parse.Invoice} },
	} {
		t.Run(name, func(t *testing.T) {
			bad := in
			bad.Tolerances = &match.Tolerances{}
			spoil(&bad)
			_, err := w.OpenProgramme(t.Context(), w.bank.Actor, bad)
			wantCode(t, err, app.CodeInput)
		})
	}
}

func TestOnlyTheSellerNamesAProgrammeAndOnlyOneForItsTrade(t *testing.T) {
	n := openNode(t)
	other := begin(t, n, 1) // another seller's
	w := begin(t, n, 0)
	w.upload()
	w.verified()
	_, err := n.Verify(t.Context(), w.buyer.Actor, w.pack, w.programmeWith(match.Tolerances{}))
	wantCode(t, err, trade.CodeProgramme)
	_, err = n.Verify(t.Context(), w.seller.Actor, w.pack, other.frame)
	wantCode(t, err, app.CodeHidden)
}
