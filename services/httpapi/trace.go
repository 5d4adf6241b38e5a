package httpapi

import (
	"cmp"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// Search finds anything that the organisation may see.
func (s *server) Search(w http.ResponseWriter, r *http.Request, params api.SearchParams) {
	groups, err := s.app.Search(r.Context(), callOf(r).actor, params.Q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.SearchResult{Groups: each(groups, func(g app.HitGroup) api.SearchGroup {
		return api.SearchGroup{Kind: g.Kind, More: g.More, Hits: each(g.Hits, hitView)}
	})})
}

func hitView(h app.Hit) api.SearchHit {
	v := api.SearchHit{
		ID: h.ID, Title: h.Title, Receivable: h.Receivable, Organisations: h.Orgs, Phase: h.Phase,
		Amount: h.Amount, Paper: h.Paper, Act: h.Act, Block: h.Block,
	}
	if !h.At.IsZero() {
		v.At = h.At.UTC()
	}
	return v
}

// VerifyDigest tells anybody whether a file is registered here.
func (s *server) VerifyDigest(w http.ResponseWriter, r *http.Request, params api.VerifyDigestParams) {
	if wait, ok := s.byVerifier.take(addressOf(r.RemoteAddr)); !ok {
		s.fail(w, r, tooMany(w, wait, "questions from your address"))
		return
	}
	found, err := s.app.Registration(r.Context(), params.Digest, params.Code)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := api.Registration{Registered: found.Registered}
	if found.Registered {
		v.Report, v.Kind, v.Superseded = found.Report, found.Kind, found.Superseded
		v.Organisation, v.OrganisationLocal = found.Org.Name, found.Org.NameLocal
		v.Since = money.DateOf(found.Since)
	}
	s.reply(w, r, http.StatusOK, v)
}

// TraceReceivable shows all that led to a receivable.
func (s *server) TraceReceivable(w http.ResponseWriter, r *http.Request, id api.ReceivableID) {
	p, err := s.app.Provenance(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	receivable, err := receivableView(p.Receivable.Asset, p.Receivable.Steps)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c := p.Checkpoint
	s.reply(w, r, http.StatusOK, api.Trace{
		Receivable: receivable, Papers: each(p.Papers, tracePaperView),
		Financings: each(p.Financings, func(t app.TracedAsset) api.TraceFinancing {
			f := api.TraceFinancing{ID: t.Asset.Record.ID, Phase: t.Asset.Record.Phase}
			if t.Asset.State != nil {
				f.Seller, f.Bank = t.Asset.State.Financing.Seller, t.Asset.State.Financing.Bank
			}
			return f
		}),
		Events: traceEvents(p), Notes: traceNotes(p),
		Checkpoint: api.Checkpoint{
			Ledger: c.Ledger, Block: c.Block, Hash: trade.Digest(c.Hash), At: c.Time.UTC(), ClockNote: p.ClockNote,
		},
	})
}

func tracePaperView(t app.TracedPaper) api.TracePaper {
	v := api.TracePaper{
		ID: t.ID, Shown: t.Document != nil, Recorded: t.Recorded != nil, CheckCode: t.CheckCode, Kind: t.Kind(),
	}
	if t.Recorded != nil && t.Recorded.Asset.State != nil {
		d := t.Recorded.Asset.State.Document
		v.Organisation, v.Digest = d.Owner, d.Original
	}
	if d := t.Document; d != nil {
		v.Organisation, v.Digest, v.Version = d.Org, d.Digest, d.Version
		if d.Fields != nil {
			v.Number = d.Fields.Number
		}
	}
	return v
}

// traceEvents are the steps of all assets, in the order of the ledger.
func traceEvents(p app.Provenance) []api.TraceEvent {
	events := []api.TraceEvent{}
	add := func(t app.TracedAsset) {
		for _, step := range t.Steps {
			view := stepView(step)
			for i, s := range view.Signers {
				view.Signers[i].Name = p.Signers[app.Signer{Org: s.Organisation, Person: s.Person}]
			}
			events = append(events, api.TraceEvent{
				Kind: t.Asset.Record.Kind, Asset: t.Asset.Record.ID, Step: view,
				BlockHash: trade.Digest("sha-256:" + hex.EncodeToString(p.Blocks[step.Block])),
			})
		}
	}
	for _, paper := range p.Papers {
		if paper.Recorded != nil {
			add(*paper.Recorded)
		}
	}
	add(p.Receivable)
	for _, f := range p.Financings {
		add(f)
	}
	slices.SortStableFunc(events, func(x, y api.TraceEvent) int {
		return cmp.Compare(x.Step.Block, y.Step.Block)
	})
	return events
}

// traceNotes are what happened off the ledger, in the order of time.
func traceNotes(p app.Provenance) []api.TraceNote {
	notes := []api.TraceNote{}
	for _, paper := range p.Papers {
		if d := paper.Document; d != nil {
			notes = append(notes, api.TraceNote{
				What: "uploaded", At: d.UploadedAt.UTC(), Organisation: d.Org, Document: d.ID,
			})
		}
	}
	for _, v := range p.Verdicts {
		notes = append(notes, api.TraceNote{
			What: "verified", At: v.At.UTC(),
			Verdicts: each(v.Verdicts, func(w app.Verdict) api.NotedVerdict {
				return api.NotedVerdict{Question: w.Question, Answer: w.Answer}
			}),
		})
	}
	for _, l := range p.Lines {
		notes = append(notes, api.TraceNote{
			What: "statement_line", At: l.At.UTC(), Amount: l.Line.Amount, Reference: l.Line.Reference,
		})
	}
	slices.SortStableFunc(notes, func(x, y api.TraceNote) int { return x.At.Compare(y.At) })
	return notes
}

// ProveReceivable computes a trace again.
func (s *server) ProveReceivable(w http.ResponseWriter, r *http.Request, id api.ReceivableID) {
	p, err := s.app.Prove(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := api.Proof{Outcome: p.Outcome, Head: p.Head, Lines: each(p.Lines, proofLineView)}
	if p.HeadHash != nil {
		v.HeadHash = "sha-256:" + hex.EncodeToString(p.HeadHash)
	}
	s.reply(w, r, http.StatusOK, v)
}

func proofLineView(l app.ProofLine) api.ProofLine {
	return api.ProofLine{
		Check: l.Check, Outcome: l.Outcome, Note: l.Note, Kind: l.Kind, Asset: l.Asset, Version: l.Version,
		Organisation: l.Org, Person: l.Person, Claimed: l.Claimed, Found: l.Found,
	}
}
