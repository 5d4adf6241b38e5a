package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// AuditReport is what an audit of a node found. It is clean when Broken is empty.
type AuditReport struct {
	Blocks     int              `json:"blocks"`
	Signatures int              `json:"signatures"` // verified again
	Invariants int              `json:"invariants"` // states whose invariants were recomputed
	Documents  int              `json:"documents"`  // papers whose bytes were hashed again
	Projection ProjectionDigest `json:"projection"`
	Broken     []Break          `json:"broken"`
}

// Break is one thing that is not as it should be.
type Break struct {
	Code   string `json:"code"` // "projection.changed", "projection.missing", "projection.extra", …
	Where  string `json:"where"`
	Detail string `json:"detail"`
}

// auditor recomputes, from the ledger alone, what the node shows.
type auditor struct {
	report  *AuditReport
	derived rows
	assets  map[trade.AssetID]Asset
	persons map[trade.OrgID][]trade.Person // every key that was ever registered
}

// Audit reads the ledger from block 0 and holds everything against it: each row of the
// projection, each signature, each invariant, each paper's bytes. It changes nothing.
func (a *App) Audit(ctx context.Context) (AuditReport, error) {
	report := AuditReport{Broken: []Break{}}
	w := &auditor{
		report:  &report,
		derived: rows{},
		assets:  map[trade.AssetID]Asset{},
		persons: map[trade.OrgID][]trade.Person{},
	}
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		last, err := tx.Checkpoint(ctx, a.channel)
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.replay(ctx, last.Block, w.block); err != nil {
			return err
		}
		stored, err := storedRows(ctx, tx)
		if err != nil {
			return err
		}
		report.Projection = stored.digest()
		w.compare(stored)
		w.limits()
		return tx.AllDocuments(ctx, func(d Document) error { return a.auditDocument(ctx, w, d) })
	})
	return report, err
}

func (w *auditor) broken(code, where, format string, args ...any) {
	w.report.Broken = append(w.report.Broken, Break{code, where, fmt.Sprintf(format, args...)})
}

// block recomputes one block.
func (w *auditor) block(d Derived) error {
	w.report.Blocks++
	if err := w.derived.add(d); err != nil {
		return err
	}
	for _, a := range d.Assets {
		w.asset(a)
	}
	for _, t := range d.Transitions {
		w.signatures(t)
	}
	return nil
}

// asset checks one version of one asset: it follows the one before, its parties agreed to
// it, its invariants hold.
func (w *auditor) asset(a Asset) {
	where := fmt.Sprintf("%s version %d", a.Record.ID, a.Record.Version)
	if before := w.assets[a.Record.ID]; a.Record.Version != before.Record.Version+1 {
		w.broken("ledger.version", where, "follows version %d", before.Record.Version)
	}
	w.assets[a.Record.ID] = a
	if a.Record.Members != nil {
		org := trade.OrgID("")
		if a.State != nil {
			org = a.State.Organisation.MSP
		}
		w.persons[org] = append(w.persons[org], a.Record.Members.Persons...)
	}
	if a.State == nil {
		return
	}
	commitment, _ := a.Record.Commitment.Bytes()
	for _, p := range a.State.Parties {
		if !slices.ContainsFunc(a.Holders, func(h Holder) bool {
			return h.Org == p && h.Consent && slices.Equal(h.Hash, commitment)
		}) {
			w.broken("ledger.consent", where, "%s never agreed", p)
		}
	}
	if r := a.State.Receivable; r != nil {
		w.report.Invariants++
		if err := r.CheckInvariants(); err != nil {
			w.broken("ledger.invariant", where, "%s", err)
		}
	}
}

// signatures verifies the persons' signatures of a step again.
func (w *auditor) signatures(t Transition) {
	if t.Signed == nil {
		return
	}
	digest, err := t.Signed.Command.Digest()
	if err != nil {
		w.broken("ledger.command", t.TxID, "%s", err)
		return
	}
	for _, s := range t.Signed.Signatures {
		w.report.Signatures++
		if !slices.ContainsFunc(w.persons[s.Org], func(p trade.Person) bool {
			k, ok := p.Key(s.Key)
			return ok && p.ID == s.Person && s.Verify(k, digest) == nil
		}) {
			w.broken("ledger.signature", t.TxID, "the signature of %s of %s does not verify", s.Person, s.Org)
		}
	}
}

// compare holds the stored rows against the derived ones.
func (w *auditor) compare(stored rows) {
	for _, name := range slices.Sorted(maps.Keys(w.derived)) {
		row, ok := stored[name]
		switch {
		case !ok:
			w.broken("projection.missing", name, "the ledger has it, the database has not")
		case row != w.derived[name]:
			w.broken("projection.changed", name, "the database says other than the ledger")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if _, ok := w.derived[name]; !ok {
			w.broken("projection.extra", name, "the database has it, the ledger has not")
		}
	}
}

// limits recomputes what each programme has lent on from the receivables themselves.
func (w *auditor) limits() {
	used := map[trade.AssetID]int64{}
	for _, a := range w.assets {
		if a.State == nil || a.State.Receivable == nil {
			continue
		}
		if h := a.State.Receivable.Reservation; h != nil {
			used[h.Programme] += h.Amount
		}
		if s := a.State.Receivable.Assignment; s != nil {
			used[s.Programme] += a.State.Receivable.Assigned
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.assets)) {
		p := w.assets[id].State
		if p == nil || p.Programme == nil {
			continue
		}
		w.report.Invariants++
		if p.Programme.Used != used[id] || p.Programme.Used > p.Programme.Limit {
			w.broken("ledger.limit", string(id), "%d is used, %d is held and assigned, the limit is %d",
				p.Programme.Used, used[id], p.Programme.Limit)
		}
	}
}

// auditDocument hashes a paper's bytes again and holds them against its commitment.
func (a *App) auditDocument(ctx context.Context, w *auditor, d Document) error {
	w.report.Documents++
	raw, err := a.bytes(ctx, d.Digest)
	switch f, refused := asFault(err); {
	case refused:
		w.broken(string(f.Code), string(d.ID), "%s", f.Message)
		return nil
	case err != nil:
		return err
	case trade.DigestOf(raw) != d.Digest || int64(len(raw)) != d.Size:
		w.broken("document.changed", string(d.ID), "its bytes are not those received")
	}
	asset, recorded := w.assets[trade.AssetID(d.ID)]
	if recorded && asset.State != nil && asset.State.Document != nil &&
		asset.State.Document.Original != d.Digest {
		w.broken("document.commitment", string(d.ID), "the ledger commits to other bytes")
	}
	return nil
}
