package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// verdictLife is how long verdicts stand before they are taken again.
const verdictLife = 7 * 24 * time.Hour

// verifyPack takes the three verdicts on a pack as it stands. Effects: one transaction with
// the matrix, findings and verdicts. A crash before it leaves the job, which runs again.
func (a *App) verifyPack(ctx context.Context, id PackID) error {
	v, err := a.verify(ctx, id)
	if err != nil {
		return fmt.Errorf("verifying pack %s: %w", id, err)
	}
	if err := a.store.Write(
		ctx, func(ctx context.Context, tx StoreTx) error { return tx.InsertVerification(ctx, v) },
	); err != nil {
		return err
	}
	a.notices.tell()
	return nil
}

// reverify enqueues the verification of a pack as it stands in the transaction.
func reverify(ctx context.Context, tx StoreTx, id PackID) error {
	p, err := tx.Pack(ctx, id)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, VerifyJob{Pack: id, Edit: p.Edit})
}

// verify compares the papers and asks the ledger whether the claim stands there already.
func (a *App) verify(ctx context.Context, id PackID) (Verification, error) {
	var p Pack
	var seller, obligor Organisation
	var accounts []Account
	var papers []Document
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if p, err = tx.Pack(ctx, id); err != nil {
			return err
		}
		if papers, err = papersOf(ctx, tx, p); err != nil {
			return err
		}
		if seller, err = tx.Organisation(ctx, p.Party(SideSeller)); err != nil {
			return err
		}
		if obligor, err = tx.Organisation(ctx, p.Party(SideObligor)); err != nil {
			return err
		}
		accounts, err = tx.Accounts(ctx, seller.ID)
		return err
	})
	if err != nil {
		return Verification{}, err
	}
	matrix, err := match.Match(matchInput(papers, accounts))
	if err != nil {
		return Verification{}, err
	}
	unique, err := a.uniqueness(ctx, p, papers, seller, obligor)
	if err != nil {
		return Verification{}, err
	}
	vid, err := a.newID("ver")
	if err != nil {
		return Verification{}, err
	}
	now := a.Now()
	return Verification{
		ID: vid, Pack: id, PackEdit: p.Edit, Matrix: *matrix, TakenAt: now, ExpiresAt: now.Add(verdictLife),
		Verdicts: []Verdict{authenticity(p, papers), corroboration(matrix), unique},
	}, nil
}

// tolerances that hold until a programme says otherwise: amounts to the cent, weights as
// scales differ, days as ports do.
func tolerances() match.Tolerances {
	return match.Tolerances{Weight: match.Tolerance{BasisPoints: 200}, Days: 5}
}

// matchInput gives the readable papers to the matcher. A paper not read yet is no source.
func matchInput(papers []Document, accounts []Account) match.Input {
	in := match.Input{Tolerances: tolerances()}
	for _, d := range papers {
		if d.Fields != nil {
			in.Sources = append(
				in.Sources,
				match.Source{ID: string(d.ID), Uploader: string(d.Org), Document: d.Fields},
			)
		}
	}
	for _, b := range accounts {
		in.KnownAccounts = append(
			in.KnownAccounts,
			parse.Account{IBAN: b.Number, Number: b.Number, BIC: b.BIC, Holder: b.Holder},
		)
	}
	return in
}

// authenticity: every paper read and free of fatal findings, and brought by the organisation
// that issues papers of its kind. A paper brought by somebody else is not known to be
// genuine, and unknown is never a pass.
func authenticity(p Pack, papers []Document) Verdict {
	v := Verdict{Question: Authenticity, Answer: Pass, Reasons: []Reason{}}
	worst := func(a Answer, code, message string) {
		v.Reasons = append(v.Reasons, Reason{code, message})
		if v.Answer == Pass || a == Fail {
			v.Answer = a
		}
	}
	if len(papers) == 0 {
		worst(Unknown, "pack.empty", "there are no papers yet")
	}
	for _, d := range papers {
		for _, f := range d.Findings {
			switch {
			case f.Severity == check.Fatal:
				worst(Fail, f.Rule, d.FileName+": "+f.Message)
			case f.Rule == check.RuleLineNet: // some issuers round so; nobody lends on it unseen
				worst(Unknown, f.Rule, d.FileName+": "+f.Message)
			}
		}
		switch {
		case d.State == DocumentReceived || d.State == DocumentNeedsFields:
			worst(Unknown, "document.unread", d.FileName+" has not been read yet")
		case d.Fields != nil && issuerOf(p, d.Fields.Kind) != d.Org:
			worst(
				Unknown,
				"document.issuer",
				d.FileName+" was not brought by the party that issues such papers",
			)
		}
	}
	return v
}

// issuerOf names the organisation in the pack that issues papers of a kind.
func issuerOf(p Pack, k parse.Kind) trade.OrgID {
	switch k {
	case parse.PurchaseOrder, parse.ReceiptAdvice, parse.DebitNote, parse.PaymentAdvice:
		return p.Party(SideObligor)
	case parse.OrderResponse, parse.Invoice, parse.CreditNote, parse.DespatchAdvice, parse.PackingList,
		parse.CustomsDeclaration:
		return p.Party(SideSeller)
	case parse.BillOfLading:
		return p.Party(SideCarrier)
	case parse.WarehouseReceipt:
		return p.Party(SideWarehouse)
	case parse.Other:
	}
	return ""
}

// corroboration takes the matcher's verdict over.
func corroboration(m *match.Matrix) Verdict {
	v := Verdict{Question: Corroboration, Answer: Unknown, Reasons: []Reason{}}
	switch m.Verdict {
	case match.Corroborated:
		v.Answer = Pass
	case match.Contradicted:
		v.Answer = Fail
	case match.Unknown:
	}
	for _, f := range m.Findings {
		if f.Severity == match.Block {
			v.Reasons = append(v.Reasons, Reason{string(f.Code), f.Sentence})
		}
	}
	return v
}

// uniqueness asks the ledger. The answer is bounded: not encumbered among these members at
// this time, as far as these papers tell. A pack whose own receivable is issued finds its
// own fingerprints, which stand in nobody's way.
func (a *App) uniqueness(
	ctx context.Context, p Pack, papers []Document, seller, obligor Organisation,
) (Verdict, error) {
	v := Verdict{Question: Uniqueness, Answer: Unknown, Reasons: []Reason{}}
	claim, _, err := claimOf(papers, seller, obligor)
	if f, ok := asFault(err); ok {
		v.Reasons = append(v.Reasons, Reason{string(f.Code), f.Message})
		return v, nil
	}
	if err != nil {
		return v, err
	}
	if own, err := a.asset(
		ctx, receivableID(p.ID),
	); err == nil && own.Record.Phase != trade.Rejected &&
		own.Record.Phase != trade.Withdrawn {
		v.Answer = Pass
		v.Reasons = append(v.Reasons, Reason{"fingerprint.own", "the claim is registered for this pack"})
		return v, nil
	}
	matches, err := a.probe(ctx, seller.ID, claim)
	if f, ok := asFault(err); ok {
		v.Reasons = append(v.Reasons, Reason{string(f.Code), f.Message})
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Answer = Pass
	for _, m := range matches {
		switch {
		case m.Rejected:
			v.Reasons = append(
				v.Reasons,
				Reason{"fingerprint.rejected", "the obligor refused the same claim before: " + m.Terms},
			)
		case v.Answer == Pass:
			v.Answer = Fail
			v.Reasons = append(
				v.Reasons, Reason{string(trade.CodeEncumbered), "already encumbered: " + m.Terms},
			)
		}
	}
	return v, nil
}

// probe asks the ledger which fingerprints of a claim stand.
func (a *App) probe(ctx context.Context, org trade.OrgID, claim trade.Claim) ([]trade.Match, error) {
	text, err := trade.Canonical(claim)
	if err != nil {
		return nil, err
	}
	transient := map[string][]byte{trade.TransientClaim: text}
	for epoch, key := range a.keys {
		transient[trade.TransientKey+strconv.FormatInt(epoch, 10)] = key
	}
	answer, err := a.ledger.Evaluate(
		ctx, Proposal{Org: string(org), Function: trade.FunctionProbe, Transient: transient},
	)
	if err != nil {
		return nil, refusal(err)
	}
	var matches []trade.Match
	if err := json.Unmarshal(answer, &matches); err != nil {
		return nil, fmt.Errorf("reading the ledger's matches: %w", err)
	}
	return matches, nil
}

// Verify takes the verdicts on a pack now.
func (a *App) Verify(ctx context.Context, actor Actor, id PackID) (Pack, error) {
	if err := a.canSeePack(ctx, actor, id); err != nil {
		return Pack{}, err
	}
	if err := a.verifyPack(ctx, id); err != nil {
		return Pack{}, err
	}
	return a.Pack(ctx, actor, id)
}

// standing returns the pack's verification if it counts now: taken of the pack as it stands
// and not expired.
func (a *App) standing(p Pack) (*Verification, error) {
	v := p.Latest
	if v == nil || v.PackEdit != p.Edit || !a.Now().Before(v.ExpiresAt) {
		return nil, fault(
			CodePackUnverified, "", "the pack has no verdict as it stands: verify it and try again",
		)
	}
	return v, nil
}

// blocking collects why a verification is no ground for financing; empty when it is one.
func (v Verification) blocking() []Reason {
	reasons := []Reason{}
	for _, q := range []Question{Authenticity, Corroboration, Uniqueness} {
		w := v.Verdict(q)
		if w.Answer == Pass {
			continue
		}
		reasons = append(reasons, w.Reasons...)
		if len(w.Reasons) == 0 {
			reasons = append(reasons, Reason{string(CodePackRefused), string(q) + " is " + string(w.Answer)})
		}
	}
	return reasons
}
