package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/check"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
	"github.com/countersign/countersign/services/policy"
)

// verdictLife is how long verdicts stand before they are taken again.
const verdictLife = 7 * 24 * time.Hour

// verifyPack takes the three verdicts on a pack as it stands, under the terms of the programme
// that is named for it. Effects: one transaction with the matrix, findings and verdicts; also
// is done in it. A crash before it leaves the job, which runs again.
func (a *App) verifyPack(
	ctx context.Context, id PackID, also func(context.Context, StoreTx) error,
) (Verification, error) {
	g, err := a.grounds(ctx, id, nil)
	if err != nil {
		return Verification{}, fmt.Errorf("verifying pack %s: %w", id, err)
	}
	v, err := a.verdicts(ctx, g)
	if err != nil {
		return Verification{}, fmt.Errorf("verifying pack %s: %w", id, err)
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.InsertVerification(ctx, v); err != nil || also == nil {
			return err
		}
		return also(ctx, tx)
	})
	return v, err
}

// verifyUnder names the programme that a pack is to be financed under and takes the verdicts
// under its terms. Effects: one transaction with the programme, which counts as an edit of the
// pack, and the matrix, findings and verdicts of it; also is done in it.
func (a *App) verifyUnder(
	ctx context.Context, actor Actor, p Pack, programme trade.AssetID, also func(context.Context, StoreTx) error,
) (Verification, error) {
	changed := fault(CodePackUnverified, "pack", "papers came in meanwhile: look at the pack and ask again")
	g, err := a.grounds(ctx, p.ID, &programme)
	if err != nil {
		return Verification{}, err
	}
	if g.pack.Edit != p.Edit {
		return Verification{}, changed
	}
	g.pack.Edit++
	v, err := a.verdicts(ctx, g)
	if err != nil {
		return Verification{}, fmt.Errorf("verifying pack %s: %w", p.ID, err)
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		err := tx.SetPackProgramme(ctx, p.ID, programme, p.Edit)
		if errors.Is(err, ErrEdited) {
			return changed
		}
		if err != nil {
			return err
		}
		if err := tx.InsertVerification(ctx, v); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"pack.programme", "pack", string(p.ID)},
			map[string]string{"programme": string(programme)}); err != nil || also == nil {
			return err
		}
		return also(ctx, tx)
	})
	return v, err
}

// reverify enqueues the verification of a pack as it stands in the transaction.
func reverify(ctx context.Context, tx StoreTx, id PackID) error {
	p, err := tx.Pack(ctx, id)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, VerifyJob{Pack: id, Edit: p.Edit})
}

// grounds are all that verdicts are taken on, read at one moment.
type grounds struct {
	pack            Pack
	papers          []Document
	seller, obligor Organisation
	accounts        []Account // of the seller
	terms           Terms
}

// grounds reads what verdicts are taken on; under another programme than the pack's when one
// is given.
func (a *App) grounds(ctx context.Context, id PackID, programme *trade.AssetID) (grounds, error) {
	var g grounds
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if g.pack, err = tx.Pack(ctx, id); err != nil {
			return err
		}
		if programme != nil {
			g.pack.Programme = *programme
		}
		if g.terms, err = termsIn(ctx, tx, g.pack.Programme); err != nil {
			return err
		}
		if g.papers, err = papersOf(ctx, tx, g.pack); err != nil {
			return err
		}
		if g.seller, err = tx.Organisation(ctx, g.pack.Party(SideSeller)); err != nil {
			return err
		}
		if g.obligor, err = tx.Organisation(ctx, g.pack.Party(SideObligor)); err != nil {
			return err
		}
		g.accounts, err = tx.Accounts(ctx, g.seller.ID)
		return err
	})
	return g, err
}

// verdicts compares the papers and asks the ledger whether the claim stands there already.
func (a *App) verdicts(ctx context.Context, g grounds) (Verification, error) {
	matrix, err := match.Match(matchInput(g))
	if err != nil {
		return Verification{}, err
	}
	unique, err := a.uniqueness(ctx, g.pack, g.papers, g.seller, g.obligor)
	if err != nil {
		return Verification{}, err
	}
	id, err := a.newID("ver")
	if err != nil {
		return Verification{}, err
	}
	now := a.Now()
	return Verification{
		ID: id, Pack: g.pack.ID, PackEdit: g.pack.Edit, Programme: g.pack.Programme, Terms: &g.terms,
		Matrix: *matrix, TakenAt: now, ExpiresAt: now.Add(verdictLife),
		Verdicts: []Verdict{authenticity(g.pack, g.papers), corroboration(matrix), unique},
		Policy:   policy.Judge(judgedTrade(g)),
	}, nil
}

// judgedTrade is what the rules of law look at: the invoice's days, and when the goods came.
func judgedTrade(g grounds) policy.Trade {
	t := policy.Trade{SellerCountry: g.seller.Country, ObligorCountry: g.obligor.Country}
	for _, d := range g.papers {
		switch {
		case d.Fields == nil:
		case d.Fields.Kind == parse.Invoice:
			t.Issued, t.Due = d.Fields.IssueDate, d.Fields.DueDate
		case d.Fields.Kind == parse.ReceiptAdvice || d.Fields.Kind == parse.WarehouseReceipt:
			t.Delivered = d.Fields.DeliveryDate
		}
	}
	return t
}

// forbidden collects the rules that keep a bank from financing. The reasons are for the seller
// too: they say what is the matter, not by how much.
func (v Verification) forbidden() []Reason {
	reasons := []Reason{}
	for _, f := range v.Policy {
		if f.Severity == policy.Block {
			reasons = append(reasons, Reason{
				Code: f.Rule, Message: f.Sentence,
				Advice: "Agree on a term that the rules on payment allow, and ask again.",
			})
		}
	}
	return reasons
}

// sourcesOf are the readable papers: one that is not read yet is no source.
func sourcesOf(papers []Document) []match.Source {
	sources := []match.Source{}
	for _, d := range papers {
		if d.Fields != nil {
			sources = append(sources, match.Source{ID: string(d.ID), Uploader: string(d.Org), Document: d.Fields})
		}
	}
	return sources
}

// matchInput is what the matcher is given.
func matchInput(g grounds) match.Input {
	in := match.Input{
		Sources: sourcesOf(g.papers), Tolerances: g.terms.Tolerances, Required: g.terms.Required,
	}
	for _, b := range g.accounts {
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
	worst := func(a Answer, r Reason) {
		v.Reasons = append(v.Reasons, r)
		if v.Answer == Pass || a == Fail {
			v.Answer = a
		}
	}
	if len(papers) == 0 {
		worst(Unknown, Reason{
			Code: "pack.empty", Message: "there are no papers yet", Advice: "Upload the papers of the trade.",
		})
	}
	for _, d := range papers {
		for _, f := range d.Findings {
			r := Reason{
				Code: f.Rule, Message: d.FileName + ": " + f.Message, Advice: f.Advice, File: d.FileName, Field: f.Field,
			}
			switch {
			case f.Severity == check.Fatal:
				worst(Fail, r)
			case f.Rule == check.RuleLineNet: // some issuers round so; nobody lends on it unseen
				worst(Unknown, r)
			}
		}
		switch {
		case d.State == DocumentNeedsFields && d.Org == p.Party(SideObligor):
			// what the obligor shows without saying it, such as an inspection: no claim rests on it
		case d.State == DocumentReceived || d.State == DocumentNeedsFields:
			worst(Unknown, Reason{
				Code: "document.unread", Message: d.FileName + " has not been read yet", File: d.FileName,
				Advice: "Wait until it is read; when it waits for its fields, type them in.",
			})
		case d.Fields != nil && issuerOf(p, d.Fields.Kind) != d.Org && !broughtByIssuer(p, papers, *d.Fields):
			worst(Unknown, Reason{
				Code: "document.issuer", File: d.FileName,
				Message: d.FileName + " was not brought by the party that issues such papers",
				Advice:  "Have the party that issues it bring it.",
			})
		}
	}
	return v
}

// broughtByIssuer tells whether the issuer of a paper brought it too: then the copy of another
// proves nothing and harms nothing. Where the two differ, the matrix contradicts.
func broughtByIssuer(p Pack, papers []Document, copied parse.Document) bool {
	return slices.ContainsFunc(papers, func(d Document) bool {
		return d.Fields != nil && d.Org == issuerOf(p, copied.Kind) && d.Fields.Kind == copied.Kind &&
			d.Fields.Number == copied.Number
	})
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
			v.Reasons = append(v.Reasons, Reason{
				Code: string(f.Code), Message: f.Sentence, Advice: f.Advice, Match: f,
			})
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
		v.Reasons = append(v.Reasons, Reason{Code: string(f.Code), Message: f.Message})
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
		v.Reasons = append(v.Reasons, Reason{
			Code: "fingerprint.own", Message: "the claim is registered for this pack",
		})
		return v, nil
	}
	matches, err := a.probe(ctx, seller.ID, claim)
	if f, ok := asFault(err); ok {
		v.Reasons = append(v.Reasons, Reason{Code: string(f.Code), Message: f.Message})
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Answer = Pass
	for _, m := range matches {
		switch {
		case m.Rejected:
			v.Reasons = append(v.Reasons, Reason{
				Code: "fingerprint.rejected", Message: "the obligor refused the same claim before: " + m.Terms,
				Advice: "Ask the obligor why before anybody lends on it.", Fingerprint: m.Kind,
			})
		case v.Answer == Pass:
			v.Answer = Fail
			v.Reasons = append(v.Reasons, Reason{
				Code: string(trade.CodeEncumbered), Message: "already encumbered: " + m.Terms,
				Advice: "Do not lend on it; when it is another claim, show the operator why.", Fingerprint: m.Kind,
			})
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

// Verify takes the verdicts on a pack now. With a programme it names the one that the pack is
// to be financed under; the seller does that, with one for itself and the pack's obligor.
func (a *App) Verify(ctx context.Context, actor Actor, id PackID, programme trade.AssetID) (Pack, error) {
	p, err := a.Pack(ctx, actor, id)
	if err != nil {
		return Pack{}, err
	}
	var seen Pack
	also := func(ctx context.Context, tx StoreTx) error {
		var err error
		if seen, err = tx.Pack(ctx, id); err != nil {
			return err
		}
		if err := conceal(ctx, tx, actor.Org, &seen); err != nil {
			return err
		}
		return a.answered(ctx, tx, seen)
	}
	if programme == "" || programme == p.Programme {
		_, err = a.verifyPack(ctx, id, also)
		return seen, err
	}
	if _, err := a.frame(ctx, actor, p, programme); err != nil {
		return Pack{}, err
	}
	_, err = a.verifyUnder(ctx, actor, p, programme, also)
	return seen, err
}

// frame reads a programme that the actor's organisation sells under, and refuses one that is
// not for the seller and the obligor of the pack.
func (a *App) frame(ctx context.Context, actor Actor, p Pack, id trade.AssetID) (*trade.Programme, error) {
	asset, err := a.held(ctx, actor.Org, id, trade.KindProgramme)
	if err != nil {
		return nil, err
	}
	terms := asset.State.Programme
	if p.Party(SideSeller) != actor.Org || terms.Seller != actor.Org || terms.Obligor != p.Party(SideObligor) {
		return nil, fault(trade.CodeProgramme, "programme", "the programme is for another seller or obligor")
	}
	return terms, nil
}

// standing returns the pack's verification if it counts now: taken of the pack as it stands
// and not expired. Naming another programme is an edit of the pack.
func (a *App) standing(p Pack) (*Verification, error) {
	v := p.Latest
	if v == nil || v.PackEdit != p.Edit || !a.Now().Before(v.ExpiresAt) {
		return nil, fault(
			CodePackUnverified, "", "the pack has no verdict as it stands: verify it and try again",
		)
	}
	return v, nil
}

// verdictUnder returns a verification of the pack under a programme's terms. When the one that
// stands was taken under other terms, or has expired, it is taken again; when papers are still
// being read there is none.
func (a *App) verdictUnder(
	ctx context.Context, actor Actor, p Pack, programme trade.AssetID,
) (Verification, error) {
	v, err := a.standing(p)
	switch {
	case p.Latest == nil || p.Latest.PackEdit != p.Edit:
		return Verification{}, err
	case p.Programme != programme:
		return a.verifyUnder(ctx, actor, p, programme, nil)
	case err != nil:
		return a.verifyPack(ctx, p.ID, nil)
	}
	return a.whole(ctx, v.ID)
}

// whole reads a verification with what is not for everybody to see.
func (a *App) whole(ctx context.Context, id string) (Verification, error) {
	var v Verification
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		v, err = tx.Verification(ctx, id)
		return err
	})
	if err != nil {
		return Verification{}, fmt.Errorf("verification %s: %w", id, err)
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
			reasons = append(reasons, Reason{
				Code: string(CodePackRefused), Message: string(q) + " is " + string(w.Answer),
			})
		}
	}
	return reasons
}
