package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/match"
)

// Dossier gathers all there is to say about a financing. It takes no state on trust: every
// step of the history is read again, its versions must follow each other and every signature
// must still verify; where they do not, there is no dossier but an error that says where.
func (a *App) Dossier(ctx context.Context, actor Actor, id trade.AssetID) (Dossier, error) {
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return Dossier{}, err
	}
	body := f.State.Financing
	r, err := a.asset(ctx, body.Receivable)
	if err != nil {
		return Dossier{}, fmt.Errorf("receivable %s: %w", body.Receivable, err)
	}
	names, err := a.names(ctx)
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{
		Financing: string(id), State: phaseMark(f.Record.Phase), TakenAt: a.Now(),
		TakenFor: actor.Name + ", " + names[actor.Org], Quote: quoteOf(body, names),
	}
	if d.Receivable, err = receivableOf(r, body, names); err != nil {
		return Dossier{}, err
	}
	if err := a.addHistory(ctx, &d, names, f, r); err != nil {
		return Dossier{}, err
	}
	if err := a.addPapers(ctx, &d, id); err != nil {
		return Dossier{}, err
	}
	if err := a.addParties(ctx, &d, body, r.State.Receivable); err != nil {
		return Dossier{}, err
	}
	d.Checkpoint, d.ClockNote, err = a.checkpoint(ctx)
	return d, err
}

// receivableOf writes the receivable with its balances.
func receivableOf(r Asset, f *trade.Financing, names map[trade.OrgID]string) (DossierReceivable, error) {
	if r.State == nil {
		return DossierReceivable{}, fmt.Errorf("receivable %s: its state is not here", r.Record.ID)
	}
	b := r.State.Receivable
	out := DossierReceivable{
		ID: string(r.Record.ID), Number: b.Claim.Number, IssueDate: b.Claim.IssueDate, DueDate: b.DueDate,
		Phase: phaseMark(r.Record.Phase), Owner: names[b.Owner],
	}
	if c := b.Confirmation; c != nil {
		out.Confirmation = map[trade.Promise]string{
			trade.Acknowledgement: "acknowledgement of debt", trade.Undertaking: "independent payment undertaking",
		}[c.Promise]
		if c.WaivesDefences {
			out.Confirmation += ", defences waived"
		}
	}
	if b.Disputed+b.HeldDisputed+b.AssignedDisputed > 0 {
		out.Overlays = append(out.Overlays, StatusMark{"dispute hold", ToneAttention})
	}
	for _, q := range []struct {
		to    *money.Amount
		minor int64
	}{
		{&out.Face, b.Face},
		{&out.Confirmed, b.Confirmed},
		{&out.Diluted, b.Diluted},
		{&out.Disputed, b.Disputed + b.HeldDisputed + b.AssignedDisputed},
		{&out.Held, b.Held},
		{&out.Assigned, b.Assigned},
		{&out.Free, b.Free()},
		{&out.Paid, b.Paid},
		{&out.Outstanding, f.Outstanding},
	} {
		amount, err := money.New(q.minor, b.Currency)
		if err != nil {
			return DossierReceivable{}, err
		}
		*q.to = amount
	}
	return out, nil
}

func quoteOf(f *trade.Financing, names map[trade.OrgID]string) *DossierQuote {
	t := f.Terms
	if t == nil {
		return nil
	}
	q := &DossierQuote{
		Bank:        names[f.Bank],
		AdvanceRate: t.AdvanceRate,
		Advance:     t.Advance,
		Rate:        t.Rate,
		DayCount:    t.DayCount,
		RateKind: map[trade.RateKind]string{
			trade.Discount: "discount on the advance", trade.Interest: "interest on the advance",
		}[t.Kind],
		From:     t.ValueDate,
		To:       t.DueDate,
		Days:     t.Days,
		Roll:     "unadjusted",
		Discount: t.Charge,
		Fees:     []DossierFee{{Name: "handling", Amount: t.Fee, Bearer: string(t.FeeBearer)}},
		AllIn:    t.AllInRate,
		Cash:     t.Cash,
		CashDate: t.ValueDate,
		Recourse: "without recourse",
		LapsesAt: f.Lapses.Time(),
	}
	if t.Recourse {
		q.Recourse = "with recourse"
	}
	return q
}

// addHistory adds decisions and transactions of the assets, checked again.
func (a *App) addHistory(
	ctx context.Context, d *Dossier, names map[trade.OrgID]string, assets ...Asset,
) error {
	steps := []Transition{}
	for _, asset := range assets {
		var history []Transition
		if err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
			var err error
			history, err = tx.Transitions(ctx, asset.Record.ID)
			return err
		}); err != nil {
			return err
		}
		if int64(len(history)) != asset.Record.Version {
			return fmt.Errorf(
				"%s stands at version %d with %d steps",
				asset.Record.ID,
				asset.Record.Version,
				len(history),
			)
		}
		steps = append(steps, history...)
	}
	slices.SortStableFunc(steps, func(x, y Transition) int { return cmp.Compare(x.Block, y.Block) })
	for _, t := range steps {
		if slices.ContainsFunc(d.Ledger, func(l DossierTransaction) bool { return l.TxID == t.TxID }) {
			continue // one transaction moved both
		}
		d.Ledger = append(d.Ledger, DossierTransaction{
			TxID: t.TxID, Block: t.Block, Time: t.At, Act: string(t.Act), Endorsers: t.Endorsers,
		})
		if t.Signed == nil {
			return fmt.Errorf("%s version %d: its signed command is not here", t.Asset, t.Version)
		}
		decision, err := a.decision(ctx, t, names)
		if err != nil {
			return err
		}
		d.Decisions = append(d.Decisions, decision)
	}
	return nil
}

// decision writes one step with who signed it; each signature is verified again.
func (a *App) decision(
	ctx context.Context, t Transition, names map[trade.OrgID]string,
) (DossierDecision, error) {
	digest, err := t.Signed.Command.Digest()
	if err != nil {
		return DossierDecision{}, err
	}
	d := DossierDecision{
		Act:       string(t.Act),
		Outcome:   phaseMark(t.To),
		At:        t.At,
		CommandID: string(t.Command),
		Command:   string(digest),
	}
	for _, s := range t.Signed.Signatures {
		signer, err := a.signer(ctx, s, digest, names)
		if err != nil {
			return DossierDecision{}, fmt.Errorf("command %s: %w", t.Command, err)
		}
		d.Signers = append(d.Signers, signer)
	}
	return d, nil
}

func (a *App) signer(
	ctx context.Context, s trade.Signature, digest trade.Digest, names map[trade.OrgID]string,
) (DossierSigner, error) {
	org, err := a.asset(ctx, trade.OrganisationID(s.Org))
	if err != nil {
		return DossierSigner{}, err
	}
	out := DossierSigner{Person: string(s.Person), Organisation: names[s.Org], Signature: "ES256"}
	if s.WebAuthn != nil {
		out.Signature = "passkey"
	}
	i := slices.IndexFunc(org.Record.Members.Persons, func(p trade.Person) bool { return p.ID == s.Person })
	if i < 0 {
		return DossierSigner{}, fmt.Errorf("%s is no registered person of %s", s.Person, s.Org)
	}
	person := org.Record.Members.Persons[i]
	key, ok := person.Key(s.Key)
	if !ok {
		return DossierSigner{}, fmt.Errorf("%s of %s has no key %s", s.Person, s.Org, s.Key)
	}
	if err := s.Verify(key, digest); err != nil {
		return DossierSigner{}, err
	}
	for n, role := range person.Roles {
		if n > 0 {
			out.Role += ", "
		}
		out.Role += string(role)
	}
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		u, err := tx.UserByPerson(ctx, s.Org, s.Person)
		if err == nil {
			out.Person = u.Name
		}
		if errors.Is(err, ErrNoRow) {
			return nil // a person of an organisation that signs in elsewhere
		}
		return err
	})
	return out, err
}

// addPapers adds papers, matrix, findings and verdicts of the pack the request was made on.
func (a *App) addPapers(ctx context.Context, d *Dossier, id trade.AssetID) error {
	var p Pack
	var papers []Document
	var verified Verification
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		r, err := tx.Request(ctx, id)
		if err != nil {
			return err
		}
		if verified, err = tx.Verification(ctx, r.Verification); err != nil {
			return fmt.Errorf("verification %s: %w", r.Verification, err)
		}
		if p, err = tx.Pack(ctx, r.Pack); err != nil {
			return err
		}
		papers, err = papersOf(ctx, tx, p)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return nil // requested on another node: the papers are there
	}
	if err != nil {
		return err
	}
	names, err := a.names(ctx)
	if err != nil {
		return err
	}
	for _, doc := range papers {
		paper := DossierPaper{
			Kind:       "paper",
			Version:    doc.Version,
			Org:        names[doc.Org],
			Digest:     string(doc.Digest),
			ReceivedAt: doc.UploadedAt,
		}
		if doc.Fields != nil {
			paper.Kind, paper.Number = words(string(doc.Fields.Kind)), doc.Fields.Number
		}
		if err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
			u, err := tx.User(ctx, doc.UploadedBy)
			paper.Uploader = u.Name
			return err
		}); err != nil {
			return err
		}
		d.Papers = append(d.Papers, paper)
	}
	return addVerification(d, verified, names)
}

// addVerification writes the three verdicts with the terms they were taken under, the matrix
// and the findings.
func addVerification(d *Dossier, v Verification, names map[trade.OrgID]string) error {
	if v.Terms != nil {
		digest, err := v.Terms.Digest()
		if err != nil {
			return err
		}
		whose := "default terms"
		if v.Programme != "" {
			whose = "terms of programme " + string(v.Programme)
		}
		d.Terms = fmt.Sprintf("Taken under the %s, %s: %s.", whose, digest, v.Terms.sentence())
	}
	marks := map[Answer]StatusMark{
		Pass: {"pass", ToneVerified}, Fail: {"fail", ToneRefused}, Unknown: {"unknown", ToneAttention},
	}
	for _, w := range v.Verdicts {
		reason := ""
		for i, r := range w.Reasons {
			if i > 0 {
				reason += "; "
			}
			reason += r.Message
		}
		d.Verdicts = append(d.Verdicts, DossierVerdict{
			Question:  string(w.Question),
			Answer:    marks[w.Answer],
			Reason:    reason,
			TakenAt:   v.TakenAt,
			ExpiresAt: v.ExpiresAt,
		})
	}
	d.Matrix = matrixOf(v.Matrix, names)
	unique := v.Verdict(Uniqueness)
	d.Uniqueness = UniquenessClaim{Encumbered: unique.Answer == Fail, Members: len(names), At: v.TakenAt}
	for _, f := range v.Matrix.Findings {
		severity := StatusMark{"warning", ToneAttention}
		if f.Severity == match.Block {
			severity = StatusMark{"blocks", ToneRefused}
		}
		d.Findings = append(d.Findings, DossierFinding{
			Rule: string(f.Code), Severity: severity, Message: f.Sentence, Source: words(string(f.Fact)),
			Claimed: f.Claimed, Found: f.Found, Remedy: f.Advice,
		})
	}
	return nil
}

// matrixOf writes the matrix with the names of who brought each paper.
func matrixOf(m match.Matrix, names map[trade.OrgID]string) DossierMatrix {
	out := DossierMatrix{}
	states := map[match.State]CellState{
		match.Agrees: CellAgrees, match.Within: CellTolerated, match.Contradicts: CellContradicts,
		match.Silent: CellSilent, match.Stale: CellStale,
	}
	for _, c := range m.Columns {
		out.Sources = append(out.Sources, DossierSource{
			Name: words(string(c.Kind)), Paper: c.Number, By: names[trade.OrgID(c.Uploader)],
		})
	}
	for _, row := range m.Rows {
		fact := DossierFact{Fact: words(string(row.Fact))}
		if row.Goods > 0 {
			fact.Fact += fmt.Sprintf(" (%d %s)", row.Goods, row.Item)
		}
		for _, c := range row.Cells {
			cell := DossierCell{State: states[c.State], Value: c.Value}
			if len(c.Places) > 0 {
				cell.Place = c.Places[0].Path
			}
			fact.Cells = append(fact.Cells, cell)
		}
		out.Rows = append(out.Rows, fact)
	}
	return out
}

// words writes a code as words: "bill_of_lading" is "bill of lading".
func words(code string) string {
	out := []rune(code)
	for i, r := range out {
		if r == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}

// addParties names who takes part with the identifiers they are known by.
func (a *App) addParties(ctx context.Context, d *Dossier, f *trade.Financing, r *trade.Receivable) error {
	return a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		d.Parties = nil
		for _, p := range []struct {
			role string
			org  trade.OrgID
		}{{"seller", f.Seller}, {"buyer", r.Obligor}, {"bank", f.Bank}} {
			o, err := tx.Organisation(ctx, p.org)
			if err != nil {
				return err
			}
			party := DossierParty{Role: p.role, Name: o.title(), MSP: string(o.ID), Country: o.Country}
			for _, id := range []DossierIdentifier{
				{registrationScheme(o.Country), o.RegistrationID}, {"LEI", o.LEI}, {"VAT", o.VAT},
			} {
				if id.Value != "" {
					party.Identifiers = append(party.Identifiers, id)
				}
			}
			d.Parties = append(d.Parties, party)
		}
		return nil
	})
}

func registrationScheme(country string) string {
	if country == "CN" {
		return "USCC"
	}
	return "registration"
}
