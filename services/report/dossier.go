package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/app"
)

// Dossier renders the report of one financing as PDF, A4 upright.
func (r *Renderer) Dossier(ctx context.Context, d app.Dossier) ([]byte, error) {
	if err := checkDossier(d); err != nil {
		return nil, err
	}
	s, err := r.begin(ctx, a4Short, a4Long, "Financing dossier "+d.Financing, d, d.Checkpoint)
	if err != nil {
		return nil, err
	}
	s.dossierTitle(d)
	s.verdictsPart(d.Verdicts, d.Terms, d.Uniqueness)
	s.partiesPart(d.Parties)
	s.receivablePart(d.Receivable)
	s.quotePart(d.Quote)
	s.papersPart(d.Papers)
	s.matrixPart(d.Matrix)
	s.findingsPart(d.Findings)
	s.decisionsPart(d.Decisions)
	s.ledgerPart(d.Ledger, d.Checkpoint)
	s.appendixPart()
	return r.printer.print(s, d.TakenAt)
}

// checkDossier refuses what would make the report say something wrong.
func checkDossier(d app.Dossier) error {
	if d.Financing == "" || d.TakenAt.IsZero() {
		return fmt.Errorf("%w: a dossier needs the financing's id and the time it was taken", app.ErrReportInput)
	}
	for _, n := range []int{
		len(d.Parties), len(d.Papers), len(d.Verdicts), len(d.Findings), len(d.Decisions), len(d.Ledger),
		len(d.Matrix.Rows), len(d.Matrix.Sources),
	} {
		if n > maxRows {
			return fmt.Errorf("%w: %d rows in a part of dossier %s", app.ErrReportTooLarge, n, d.Financing)
		}
	}
	for i, row := range d.Matrix.Rows {
		if len(row.Cells) != len(d.Matrix.Sources) {
			return fmt.Errorf("%w: matrix row %d has %d cells for %d sources in dossier %s",
				app.ErrReportInput, i, len(row.Cells), len(d.Matrix.Sources), d.Financing)
		}
	}
	return nil
}

func (s *sheet) dossierTitle(d app.Dossier) {
	s.put(margin, s.y, "Financing dossier", titleText())
	s.y += titleText().line()
	id := monoText()
	id.size = 900
	for _, line := range s.lines(s.clean(d.Financing, id), id, s.content()) {
		s.put(margin, s.y, line, id)
		s.y += id.line()
	}
	s.y += tight
	t := s.table(column{share: 20}, column{share: 80})
	t.begin()
	t.row(cell{meta("State")}, cell{mark(d.State)})
	t.row(cell{meta("Taken")}, cell{text(instant(d.TakenAt)), meta("for " + orUnknown(d.TakenFor))})
	s.y += tight
	if d.ClockNote != "" {
		s.banner(clockText(d.ClockNote), app.ToneAttention)
	}
}

func (s *sheet) verdictsPart(verdicts []app.DossierVerdict, terms string, u app.UniquenessClaim) {
	s.section("Verdicts", 60*point)
	if s.empty(len(verdicts), "No verdict was taken.") {
		return
	}
	t := s.table(
		column{title: "Question", share: 17}, column{title: "Answer", share: 18},
		column{title: "Reason", share: 42}, column{title: "Taken, valid until", share: 23},
	)
	t.begin()
	for _, v := range verdicts {
		var rules entry
		if v.RulePack != "" {
			rules = meta("rules " + v.RulePack)
		}
		t.row(cell{text(v.Question)}, cell{mark(v.Answer)}, cell{text(v.Reason), rules},
			cell{meta(instant(v.TakenAt)), meta(instant(v.ExpiresAt))})
	}
	if terms != "" {
		s.paragraph(terms, metaText())
	}
	s.paragraph(claimText(u), metaText())
}

// claimText words what may be said of uniqueness: bounded by members, time and registry.
func claimText(u app.UniquenessClaim) string {
	among := fmt.Sprintf("among the registrations of %d members at %s", u.Members, instant(u.At))
	if u.Members == 0 || u.At.IsZero() {
		return "Uniqueness: not known. No registrations were compared."
	}
	claim := "Uniqueness: not encumbered " + among + "."
	if u.Encumbered {
		claim = "Uniqueness: already encumbered " + among + "; matched: " + orUnknown(u.Matched) + "."
	}
	if u.Registry == "" || u.SearchedOn.IsZero() {
		return claim + " No public registry was searched."
	}
	return claim + " Public registry " + u.Registry + " searched on " + u.SearchedOn.String() + "."
}

func (s *sheet) partiesPart(parties []app.DossierParty) {
	s.section("Parties", 60*point)
	if s.empty(len(parties), "No party is named.") {
		return
	}
	t := s.table(
		column{title: "Role", share: 17}, column{title: "Name", share: 40}, column{title: "Identifiers", share: 43},
	)
	t.begin()
	for _, p := range parties {
		on := []string{}
		if p.Country != "" {
			on = append(on, p.Country)
		}
		if p.MSP != "" {
			on = append(on, "on the ledger as "+p.MSP)
		}
		ids := cell{}
		for _, id := range p.Identifiers {
			ids = append(ids, text(id.Scheme+" "+id.Value))
		}
		if len(ids) == 0 {
			ids = cell{text("")}
		}
		t.row(cell{text(p.Role)}, cell{text(p.Name), meta(strings.Join(on, ", "))}, ids)
	}
}

// pair is a label and what stands beside it.
type pair struct {
	label string
	value cell
}

// pairs sets two lists side by side: words on the left, amounts on the right.
func (s *sheet) pairs(words, amounts []pair) {
	t := s.table(column{share: 17}, column{share: 37}, column{share: 20}, column{share: 26, right: true})
	t.begin()
	for i := range max(len(words), len(amounts)) {
		row := make([]cell, 4)
		if i < len(words) {
			row[0], row[1] = cell{meta(words[i].label)}, words[i].value
		}
		if i < len(amounts) {
			row[2], row[3] = cell{meta(amounts[i].label)}, amounts[i].value
		}
		t.row(row...)
	}
}

func (s *sheet) receivablePart(r app.DossierReceivable) {
	s.section("Receivable", 80*point)
	phase := cell{mark(r.Phase)}
	for _, o := range r.Overlays {
		phase = append(phase, mark(o))
	}
	s.pairs([]pair{
		{"Id", cell{value(r.ID, "receivable")}},
		{"Invoice", cell{text(r.Number)}},
		{"Issued", cell{text(r.IssueDate.String())}},
		{"Due", cell{text(r.DueDate.String())}},
		{"Phase", phase},
		{"Owner", cell{text(r.Owner)}},
		{"Confirmation", cell{text(r.Confirmation)}},
	}, []pair{
		{"Face", cell{amount(r.Face)}},
		{"Confirmed", cell{amount(r.Confirmed)}},
		{"Diluted", cell{amount(r.Diluted)}},
		{"Disputed", cell{amount(r.Disputed)}},
		{"Held", cell{amount(r.Held)}},
		{"Assigned", cell{amount(r.Assigned)}},
		{"Free", cell{amount(r.Free)}},
		{"Paid", cell{amount(r.Paid)}},
		{"Lent, outstanding", cell{amount(r.Outstanding)}},
	})
}

func (s *sheet) quotePart(q *app.DossierQuote) {
	s.section("Quote", 80*point)
	if q == nil {
		s.empty(0, "No bank has quoted.")
		return
	}
	figures := []pair{{"Advance", cell{amount(q.Advance)}}, {"Discount", cell{amount(q.Discount)}}}
	for _, f := range q.Fees {
		figures = append(figures, pair{f.Name + ", borne by " + orUnknown(f.Bearer), cell{amount(f.Amount)}})
	}
	figures = append(figures, pair{"Cash to the seller", cell{amount(q.Cash)}})
	words := []pair{
		{"Bank", cell{text(q.Bank)}},
		{"Advance rate", cell{text(percent(q.AdvanceRate) + " of the face")}},
		{"Rate", cell{text(percent(q.Rate) + " a year"), meta(q.RateKind)}},
		{"Days", cell{
			text(strconv.Itoa(q.Days) + " days, " + orUnknown(string(q.DayCount))),
			meta(orUnknown(q.From.String()) + " (counted) to " + orUnknown(q.To.String()) + " (not counted)"),
			meta(q.Roll),
		}},
		{"All-in rate", cell{
			text(percent(q.AllIn) + " effective a year"),
			meta("internal rate of return of the dated flows, fees included"),
		}},
		{"Cash on", cell{text(q.CashDate.String())}},
		{"Recourse", cell{text(q.Recourse)}},
		{"Lapses", cell{text(instant(q.LapsesAt))}},
	}
	s.pairs(words, figures)
}

func percent(r money.Rate) string { return r.Percent() + " %" }

func (s *sheet) papersPart(papers []app.DossierPaper) {
	s.section("Papers", 60*point)
	if s.empty(len(papers), "No paper was received.") {
		return
	}
	t := s.table(
		column{title: "Paper", share: 25}, column{title: "Brought by", share: 28},
		column{title: "Received", share: 22}, column{title: "Digest of the bytes", share: 28},
	)
	t.begin()
	for _, p := range papers {
		number := orUnknown(p.Number)
		if p.Version > 1 {
			number += ", version " + strconv.Itoa(p.Version)
		}
		t.row(cell{text(p.Kind), meta(number)}, cell{text(p.Org), meta(p.Uploader)},
			cell{meta(instant(p.ReceivedAt))}, cell{value(p.Digest, p.Kind+" "+p.Number)})
	}
}

// empty sets a sentence in place of a table without rows; it tells whether it did.
func (s *sheet) empty(rows int, sentence string) bool {
	if rows == 0 {
		s.paragraph(sentence, bodyText())
	}
	return rows == 0
}

func (s *sheet) findingsPart(findings []app.DossierFinding) {
	s.section("Findings", 60*point)
	if s.empty(len(findings), "The checks that ran found nothing. "+
		"A check that did not run is no pass: see the verdicts.") {
		return
	}
	t := s.table(
		column{title: "Severity", share: 15}, column{title: "Finding", share: 43},
		column{title: "Claimed, found", share: 20}, column{title: "Source", share: 22},
	)
	t.begin()
	for _, f := range findings {
		remedy := entry{}
		if f.Remedy != "" {
			remedy = meta("To do: " + f.Remedy)
		}
		t.row(cell{mark(f.Severity)}, cell{text(f.Message), meta("rule " + orUnknown(f.Rule)), remedy},
			cell{text(f.Claimed), text(f.Found)}, cell{text(f.Source), {text: f.Place, style: monoMeta()}})
	}
}

func (s *sheet) decisionsPart(decisions []app.DossierDecision) {
	s.section("Decisions", 60*point)
	if s.empty(len(decisions), "Nothing was decided.") {
		return
	}
	t := s.table(
		column{title: "Act", share: 22}, column{title: "When", share: 19},
		column{title: "Signed by", share: 33}, column{title: "Command", share: 29},
	)
	t.begin()
	for _, d := range decisions {
		act := cell{text(d.Act), mark(d.Outcome)}
		if d.Reason != "" {
			act = append(act, meta("Reason: "+d.Reason))
		}
		if d.RulePack != "" {
			act = append(act, meta("rules "+d.RulePack))
		}
		signed := cell{}
		for _, p := range d.Signers {
			signed = append(signed, text(p.Person), meta(p.Role+", "+p.Organisation+", "+p.Signature))
		}
		if len(signed) == 0 {
			signed = cell{meta("no person: by ledger time")}
		}
		t.row(act, cell{meta(instant(d.At))}, signed,
			cell{value(d.Command, "command "+d.CommandID), {text: d.CommandID, style: monoMeta()}})
	}
}

func (s *sheet) ledgerPart(txs []app.DossierTransaction, c app.LedgerCheckpoint) {
	s.section("Ledger transactions", 60*point)
	if !s.empty(len(txs), "Nothing stands on the ledger.") {
		t := s.table(
			column{title: "Block", share: 8, right: true}, column{title: "Time", share: 21},
			column{title: "Act", share: 20}, column{title: "Endorsed by", share: 27},
			column{title: "Transaction", share: 26},
		)
		t.begin()
		for _, tx := range txs {
			block := text(strconv.FormatUint(tx.Block, 10))
			t.row(cell{block}, cell{meta(instant(tx.Time))}, cell{text(tx.Act)},
				cell{text(strings.Join(tx.Endorsers, ", "))}, cell{value(tx.TxID, "transaction, "+tx.Act)})
		}
	}
	s.paragraph("Taken from "+orUnknown(c.Ledger)+", up to block "+strconv.FormatUint(c.Block, 10)+
		" of "+instant(c.Time)+", whose hash stands at the foot of each page.", metaText())
}
