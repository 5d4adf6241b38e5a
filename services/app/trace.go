package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// TracedAsset is an asset with every step it took.
type TracedAsset struct {
	Asset Asset
	Steps []Transition
}

// TracedPaper is a paper that a receivable rests on. Document is nil where this node has no such
// paper, or it is not the actor's to see.
type TracedPaper struct {
	ID       DocumentID
	Recorded *TracedAsset
	Document *Document
	// CheckCode lets whoever has the paper's bytes ask in public whether they are registered.
	CheckCode string
}

// Kind is what the paper is: as it was read here, or as the ledger has it.
func (t TracedPaper) Kind() parse.Kind {
	switch {
	case t.Document != nil && t.Document.Fields != nil:
		return t.Document.Fields.Kind
	case t.Recorded != nil && t.Recorded.Asset.State != nil:
		return parse.Kind(t.Recorded.Asset.State.Document.Kind)
	}
	return ""
}

// TakenVerdicts are the verdicts of one verification of a pack.
type TakenVerdicts struct {
	ID       string
	At       time.Time
	Verdicts []Verdict
}

// MatchedLine is a line of a bank statement that was matched to a receivable, and when the
// statement was imported.
type MatchedLine struct {
	Line Line
	At   time.Time
}

// Provenance is all that led to a receivable as it stands, as far as the actor may see it.
type Provenance struct {
	Receivable TracedAsset
	Papers     []TracedPaper
	Financings []TracedAsset
	Verdicts   []TakenVerdicts // of the pack, the newest ones
	Lines      []MatchedLine   // of the actor's own statements
	Blocks     map[uint64][]byte
	// Signers are who signed the steps, with their names as far as the actor may know them.
	Signers    map[Signer]string
	Checkpoint LedgerCheckpoint
	ClockNote  string
}

// Signer is a person as signatures name one.
type Signer struct {
	Org    trade.OrgID
	Person trade.PersonID
}

// TraceTx reads what a trace tells besides assets and papers.
type TraceTx interface {
	// HashesOfBlocks reads the hashes of blocks by their numbers.
	HashesOfBlocks(ctx context.Context, numbers []uint64) (map[uint64][]byte, error)
	// VerdictsOf lists when verdicts were taken of a pack, newest first.
	VerdictsOf(ctx context.Context, id PackID, limit int) ([]TakenVerdicts, error)
	// NamesOf tells the names of those who are of this node.
	NamesOf(ctx context.Context, persons []Signer) (map[Signer]string, error)
	// LinesOf lists the lines of an organisation's statements that were matched to a receivable.
	LinesOf(ctx context.Context, org trade.OrgID, receivable trade.AssetID, limit int) ([]MatchedLine, error)
	// Registered lists the papers of these bytes to which the ledger commits, the first one first.
	Registered(ctx context.Context, digest trade.Digest, limit int) ([]RegisteredPaper, error)
	// ReportsOf lists the reports of these bytes, the first one first.
	ReportsOf(ctx context.Context, digest trade.Digest, limit int) ([]RegisteredReport, error)
}

// What a trace has at most beside the steps and papers of its receivable.
const (
	maxTracedFinancings = 50
	maxTracedVerdicts   = 20
	maxTracedLines      = 50
)

// Provenance traces a receivable that the actor's organisation holds: its own steps, the papers
// it rests on, the financings on it that the organisation holds too, and what happened off the
// ledger.
func (a *App) Provenance(ctx context.Context, actor Actor, id trade.AssetID) (Provenance, error) {
	asset, err := a.held(ctx, actor.Org, id, trade.KindReceivable)
	if err != nil {
		return Provenance{}, err
	}
	p := Provenance{}
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		p = Provenance{}
		// read again: all that is shown is of one moment
		if asset, err = tx.Asset(ctx, id); err != nil {
			return err
		}
		if p.Receivable, err = traced(ctx, tx, asset); err != nil {
			return err
		}
		for _, paper := range asset.State.Receivable.Documents {
			t, err := a.tracedPaper(ctx, tx, actor, DocumentID(paper))
			if err != nil {
				return err
			}
			p.Papers = append(p.Papers, t)
		}
		if err := p.gather(ctx, tx, actor); err != nil {
			return err
		}
		if p.Signers, err = tx.NamesOf(ctx, p.signersKnownTo(actor)); err != nil {
			return err
		}
		p.Blocks, err = tx.HashesOfBlocks(ctx, p.blockNumbers())
		return err
	})
	if err != nil {
		return Provenance{}, err
	}
	p.Checkpoint, p.ClockNote, err = a.checkpoint(ctx)
	return p, err
}

// traced reads every step of an asset.
func traced(ctx context.Context, tx StoreTx, asset Asset) (TracedAsset, error) {
	steps, err := tx.Transitions(ctx, asset.Record.ID)
	return TracedAsset{Asset: asset, Steps: steps}, err
}

// tracedPaper reads a paper and its commitment. A bank that was asked sees a paper without
// holding its commitment, an auditor may hold a commitment without the paper being here.
func (a *App) tracedPaper(
	ctx context.Context, tx StoreTx, actor Actor, id DocumentID,
) (TracedPaper, error) {
	t := TracedPaper{ID: id}
	d, err := visibleDocument(ctx, tx, actor, id)
	switch {
	case err == nil:
		t.Document, t.CheckCode = &d, a.checkCode(id)
	case !hasCode(err, CodeHidden):
		return t, err
	}
	asset, err := tx.Asset(ctx, trade.AssetID(id))
	if errors.Is(err, ErrNoRow) {
		return t, nil
	}
	if err != nil || (t.Document == nil && !asset.HeldBy(actor.Org)) {
		return t, err
	}
	recorded, err := traced(ctx, tx, asset)
	t.Recorded = &recorded
	return t, err
}

// gather adds the financings on the receivable, and what happened off the ledger.
func (p *Provenance) gather(ctx context.Context, tx StoreTx, actor Actor) error {
	id := p.Receivable.Asset.Record.ID
	list, _, err := tx.Assets(ctx, AssetFilter{
		Org: actor.Org, Kind: trade.KindFinancing, Receivable: id,
	}, Page{Limit: maxTracedFinancings})
	if err != nil {
		return err
	}
	for _, f := range list {
		t, err := traced(ctx, tx, f)
		if err != nil {
			return err
		}
		p.Financings = append(p.Financings, t)
	}
	if p.Lines, err = tx.LinesOf(ctx, actor.Org, id, maxTracedLines); err != nil {
		return err
	}
	pack, err := tx.Pack(ctx, PackOf(id))
	if errors.Is(err, ErrNoRow) || (err == nil && !pack.Seen(actor.Org)) {
		return nil // the papers were put together on another node
	}
	if err != nil {
		return err
	}
	p.Verdicts, err = tx.VerdictsOf(ctx, pack.ID, maxTracedVerdicts)
	return err
}

// assets are all of them, the receivable first.
func (p *Provenance) assets() []TracedAsset {
	list := []TracedAsset{p.Receivable}
	for _, paper := range p.Papers {
		if paper.Recorded != nil {
			list = append(list, *paper.Recorded)
		}
	}
	return append(list, p.Financings...)
}

// signersKnownTo are those who signed whose names an actor may know: an auditor knows everybody's,
// anybody else those of colleagues. Who acted for another organisation is that organisation's own.
func (p *Provenance) signersKnownTo(actor Actor) []Signer {
	all := actor.Kind == trade.KindAuditor || actor.Kind == trade.KindRegulator
	known := []Signer{}
	for _, t := range p.assets() {
		for _, step := range t.Steps {
			if step.Signed == nil {
				continue
			}
			for _, s := range step.Signed.Signatures {
				who := Signer{s.Org, s.Person}
				if (all || s.Org == actor.Org) && !slices.Contains(known, who) {
					known = append(known, who)
				}
			}
		}
	}
	return known
}

func (p *Provenance) blockNumbers() []uint64 {
	numbers := []uint64{}
	for _, t := range p.assets() {
		for _, s := range t.Steps {
			if !slices.Contains(numbers, s.Block) {
				numbers = append(numbers, s.Block)
			}
		}
	}
	return numbers
}
