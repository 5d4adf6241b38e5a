package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/match"
	"github.com/countersign/countersign/services/parse"
)

// termsSchema names the shape of Terms, so that their digest says how to read them.
const termsSchema = "countersign-programme-terms-1"

// Terms are what the parties of a programme agree on besides the figures that the ledger
// holds. The digest of their canonical bytes is the agreement that all of them sign into the
// programme: nobody changes a tolerance for the others, and other terms are another
// programme.
type Terms struct {
	Schema string `json:"schema"`
	// MasterAgreement is the digest of the text of the master agreement; absent in the default
	// terms, which nobody signed.
	MasterAgreement trade.Digest `json:"master_agreement,omitempty"`
	// Required are kinds of papers that a pack must hold besides those that every pack must: an
	// order, an invoice and a proof of delivery.
	Required   []parse.Kind     `json:"required_papers"`
	Tolerances match.Tolerances `json:"tolerances"`
}

// DefaultTerms hold for a pack until a programme is named for it, and for what a programme
// leaves out: quantities, prices and amounts agree exactly, weights as scales differ (2 %),
// days as ports do (5).
func DefaultTerms() Terms {
	return Terms{
		Schema: termsSchema, Required: []parse.Kind{},
		Tolerances: match.Tolerances{Weight: match.Tolerance{BasisPoints: 200}, Days: 5},
	}
}

// Digest is the digest of the terms' canonical bytes.
func (t Terms) Digest() (trade.Digest, error) {
	b, err := trade.Canonical(t)
	return trade.DigestOf(b), err
}

// wantable are the kinds of papers that terms may require.
func wantable() []parse.Kind {
	return []parse.Kind{
		parse.PurchaseOrder, parse.Invoice, parse.DespatchAdvice, parse.ReceiptAdvice, parse.BillOfLading,
		parse.WarehouseReceipt, parse.PackingList, parse.CustomsDeclaration, parse.PaymentAdvice,
	}
}

// check refuses tolerances out of range, and kinds that cannot be required or stand twice.
func (t Terms) check() error {
	if err := t.Tolerances.Check(); err != nil {
		return fault(CodeInput, "tolerances", "%s: shares are 0 to 10000 basis points, differences at most a "+
			"thousand million with at most 6 decimals, days 0 to 366", err)
	}
	for i, k := range t.Required {
		if !slices.Contains(wantable(), k) || slices.Contains(t.Required[:i], k) {
			return fault(CodeInput, fmt.Sprintf("required_papers[%d]", i), "each once, of %v", wantable())
		}
	}
	return nil
}

// termsIn reads the terms of a programme, or the default ones when none is named.
func termsIn(ctx context.Context, tx StoreTx, programme trade.AssetID) (Terms, error) {
	if programme == "" {
		return DefaultTerms(), nil
	}
	asset, err := tx.Asset(ctx, programme)
	if err != nil {
		return Terms{}, fmt.Errorf("programme %s: %w", programme, err)
	}
	if asset.State == nil || asset.State.Programme == nil {
		return Terms{}, fmt.Errorf("programme %s: its state is not here", programme)
	}
	t, err := tx.Terms(ctx, asset.State.Programme.Agreement)
	if errors.Is(err, ErrNoRow) {
		return Terms{}, fault(
			CodeTermsMissing, "programme", "the terms of programme %s have not reached this node", programme,
		)
	}
	return t, err
}

// ProgrammeTerms returns the terms of a programme that the actor's organisation holds; nil
// when they have not reached this node.
func (a *App) ProgrammeTerms(ctx context.Context, programme Asset) (*Terms, error) {
	var t Terms
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		t, err = termsIn(ctx, tx, programme.Record.ID)
		return err
	})
	if hasCode(err, CodeTermsMissing) {
		return nil, nil //nolint:nilnil // absent, which is shown as such
	}
	return &t, err
}

// withTerms gives an intent that opens a programme the terms that its signers agree on.
func withTerms(ctx context.Context, tx StoreTx, i *Intent) error {
	if i.Command.Act != trade.ProgrammeOpen {
		return nil
	}
	args, err := trade.Decode[trade.OpenProgramme](i.Command.Args, "args")
	if err != nil {
		return err
	}
	t, err := tx.Terms(ctx, args.Agreement)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	i.Terms = &t
	return err
}

// conceal takes out of a pack which programme it is verified under, unless the organisation
// holds that programme: a carrier need not know how far its figures may be off, nor one bank
// that another was asked.
func conceal(ctx context.Context, tx StoreTx, org trade.OrgID, p *Pack) error {
	holds := func(programme trade.AssetID) (bool, error) {
		if programme == "" {
			return true, nil
		}
		asset, err := tx.Asset(ctx, programme)
		if errors.Is(err, ErrNoRow) {
			return false, nil
		}
		return asset.HeldBy(org), err
	}
	held, err := holds(p.Programme)
	if err != nil {
		return err
	}
	if !held {
		p.Programme = ""
	}
	if p.Latest == nil {
		return nil
	}
	if !slices.Contains(p.Parties, PackParty{Org: org, Side: SideBank}) {
		p.Latest.Policy = nil // by how much a claim fails is the financier's to know
	}
	if held, err = holds(p.Latest.Programme); err != nil || held {
		return err
	}
	p.Latest.Programme, p.Latest.Terms = "", nil
	return nil
}

// sentence says in words what the terms let papers differ by and what they require.
func (t Terms) sentence() string {
	parts := []string{}
	for _, f := range []struct {
		name string
		match.Tolerance
	}{
		{"quantity", t.Tolerances.Quantity},
		{"price", t.Tolerances.Price},
		{"amount", t.Tolerances.Amount},
		{"weight", t.Tolerances.Weight},
	} {
		parts = append(parts, f.name+" "+allowance(f.Tolerance))
	}
	text := fmt.Sprintf("%s, dates up to %d days apart", strings.Join(parts, ", "), t.Tolerances.Days)
	if len(t.Required) > 0 {
		kinds := make([]string, len(t.Required))
		for i, k := range t.Required {
			kinds[i] = words(string(k))
		}
		text += "; required besides the minimum: " + strings.Join(kinds, ", ")
	}
	return text
}

// allowance is a tolerance in words.
func allowance(t match.Tolerance) string {
	const perCent = 2 // a basis point is a hundredth of it
	share := decimal.New(t.BasisPoints, -perCent).String() + " %"
	switch {
	case t.Absolute == nil && t.BasisPoints == 0:
		return "exact"
	case t.Absolute == nil:
		return "within " + share
	case t.BasisPoints == 0:
		return "within " + t.Absolute.String()
	}
	return "within " + share + " or " + t.Absolute.String() + ", whichever is more"
}
