package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// intentLife is how long an intent may wait for signatures.
const intentLife = 14 * 24 * time.Hour

// draft is a command to be prepared.
type draft struct {
	act      trade.Act
	subjects []trade.Subject
	args     any
	// sides resolves duties where no asset says who stands on a side: for an asset that the
	// command creates, and for a new financier.
	sides map[trade.Side]trade.OrgID
	// endorsers are organisations that become parties by this command.
	endorsers []trade.OrgID
	after     trade.CommandID
}

// prepare makes a draft into an intent and stores it. A command that nobody must sign is ready
// at once.
func (a *App) prepare(ctx context.Context, actor Actor, d draft) (Intent, error) {
	i, err := a.drafted(ctx, actor, d)
	if err != nil {
		return Intent{}, err
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
	return i, err
}

// drafted makes a draft into an intent that is not stored yet. The law is asked without
// signatures: only a missing signature lets an intent stand. What follows another command is
// not asked about, because that one has not been carried out.
func (a *App) drafted(ctx context.Context, actor Actor, d draft) (Intent, error) {
	i, err := a.compose(ctx, actor, d)
	if err != nil {
		return Intent{}, err
	}
	if d.after == "" {
		if err := a.dryRun(ctx, i); err != nil && !isMissingSignature(err) {
			return Intent{}, err
		}
	}
	return i, nil
}

// keepAll stores intents that belong together, all or none; also is done with them.
func (a *App) keepAll(
	ctx context.Context, actor Actor, list []Intent, also func(context.Context, StoreTx) error,
) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		for _, i := range list {
			if err := a.keepIntent(ctx, tx, actor, i); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, list)
	})
}

// compose builds the command of a draft and resolves who must sign it.
func (a *App) compose(ctx context.Context, actor Actor, d draft) (Intent, error) {
	id, err := a.newID("cmd")
	if err != nil {
		return Intent{}, err
	}
	args, err := trade.Canonical(d.args)
	if err != nil {
		return Intent{}, err
	}
	c := trade.Command{
		ID:       trade.CommandID(id),
		Channel:  a.channel,
		Act:      d.act,
		Subjects: d.subjects,
		Args:     json.RawMessage(args),
	}
	bytes, err := trade.Canonical(c)
	if err != nil {
		return Intent{}, err
	}
	digest, err := c.Digest()
	if err != nil {
		return Intent{}, err
	}
	duties, err := a.duties(ctx, d)
	if err != nil {
		return Intent{}, err
	}
	now := a.Now()
	i := Intent{
		ID: c.ID, Org: actor.Org, Command: c, Bytes: bytes, Digest: digest, Duties: duties,
		Endorsers: d.endorsers, After: d.after, State: IntentOpen, CreatedBy: actor.User,
		CreatedAt: now, ExpiresAt: now.Add(intentLife), Edit: 1,
	}
	if len(duties) == 0 {
		i.State = IntentReady
	}
	return i, nil
}

// keepIntent stores an intent; one that needs no signature goes on its way.
func (a *App) keepIntent(ctx context.Context, tx StoreTx, actor Actor, i Intent) error {
	if err := tx.InsertIntent(ctx, i); err != nil {
		return err
	}
	if err := a.audit(ctx, tx, actor, deed{"intent.prepare", "intent", string(i.ID)},
		map[string]string{"act": string(i.Command.Act), "digest": string(i.Digest)}); err != nil {
		return err
	}
	if i.State == IntentReady {
		return tx.Enqueue(ctx, SubmitJob{i.ID})
	}
	return a.notifySigners(ctx, tx, i)
}

// duties resolves the needs of the act to organisations.
func (a *App) duties(ctx context.Context, d draft) ([]Duty, error) {
	spec, ok := trade.SpecOf(d.act)
	if !ok {
		return nil, fmt.Errorf("no act %s", d.act)
	}
	var state *trade.State
	if d.subjects[0].Version != 0 {
		asset, err := a.asset(ctx, d.subjects[0].ID)
		if err != nil {
			return nil, err
		}
		state = asset.State
	}
	duties := make([]Duty, len(spec.Needs))
	for i, n := range spec.Needs {
		duties[i].Roles = n.Roles
		for _, side := range n.Sides {
			org := trade.OrgID("")
			if state != nil {
				org = state.Side(side)
			}
			if org == "" {
				org = d.sides[side]
			}
			if org == "" {
				return nil, fmt.Errorf("%s: nobody is %s", d.act, side)
			}
			duties[i].Orgs = append(duties[i].Orgs, org)
		}
	}
	return duties, nil
}

// asset reads an asset from the projection, whoever may see it.
func (a *App) asset(ctx context.Context, id trade.AssetID) (Asset, error) {
	var asset Asset
	err := a.store.Look(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		asset, err = tx.Asset(ctx, id)
		return err
	})
	return asset, err
}

// held reads an asset that the organisation holds; everything else does not exist for it.
func (a *App) held(ctx context.Context, org trade.OrgID, id trade.AssetID, kind trade.Kind) (Asset, error) {
	asset, err := a.asset(ctx, id)
	if errors.Is(err, ErrNoRow) || (err == nil && (asset.Record.Kind != kind || !asset.HeldBy(org))) {
		return Asset{}, hidden(string(kind))
	}
	if err == nil && asset.State == nil {
		return Asset{}, fault(
			CodeUnavailable, "", "the state of %s has not reached this node yet: try again", id,
		)
	}
	return asset, err
}

// proposal is what is submitted to the ledger for an intent, with the states of its subjects
// as the projection has them now.
func (a *App) proposal(ctx context.Context, i Intent) (Proposal, error) {
	tx := trade.Transaction{Command: i.Bytes, States: map[trade.AssetID][]byte{}}
	signatures := make([]trade.Signature, len(i.Signatures))
	for n, s := range i.Signatures {
		signatures[n] = s.Signature
	}
	var err error
	if tx.Signatures, err = trade.Canonical(signatures); err != nil {
		return Proposal{}, err
	}
	spec, ok := trade.SpecOf(i.Command.Act)
	if !ok {
		return Proposal{}, fmt.Errorf("no act %s", i.Command.Act)
	}
	if takesFingerprints(i.Command.Act) {
		tx.Keys = a.keys
	}
	endorsers := slices.Clone(i.Endorsers)
	for n, s := range i.Command.Subjects {
		if spec.Subjects[n].Access == trade.Create || spec.Subjects[n].Access == trade.Seen {
			continue
		}
		asset, err := a.asset(ctx, s.ID)
		if errors.Is(err, ErrNoRow) {
			continue // the law says that there is no such asset
		}
		if err != nil {
			return Proposal{}, err
		}
		tx.States[s.ID] = asset.StateBytes
		if asset.State != nil && spec.Subjects[n].Access == trade.Change {
			endorsers = append(endorsers, asset.State.Parties...)
		}
	}
	p := Proposal{
		Org:       string(i.Org),
		Function:  trade.FunctionApply,
		Args:      []string{string(i.ID)},
		Transient: tx.Transient(),
	}
	slices.Sort(endorsers)
	for _, o := range slices.Compact(endorsers) {
		p.Endorsers = append(p.Endorsers, string(o))
	}
	return p, nil
}

// takesFingerprints tells whether the act needs the consortium keys.
func takesFingerprints(act trade.Act) bool {
	return act == trade.ReceivableIssue || act == trade.ReceivableWithdraw || act == trade.ReceivableReject
}

// dryRun asks the ledger what it would say of the intent now. Nothing is written. While the
// projection lags behind the ledger it asks again.
func (a *App) dryRun(ctx context.Context, i Intent) error {
	for range submitTries - 1 {
		changed := a.notices.next()
		err := a.evaluate(ctx, i)
		if !broughtOld(err) || ctx.Err() != nil {
			return err
		}
		await(ctx, changed)
	}
	return a.evaluate(ctx, i)
}

func (a *App) evaluate(ctx context.Context, i Intent) error {
	p, err := a.proposal(ctx, i)
	if err != nil {
		return err
	}
	p.Endorsers = nil
	_, err = a.ledger.Evaluate(ctx, p)
	return refusal(err)
}

// refusal turns the chaincode's refusal into the law's Fault.
func refusal(err error) error {
	refused, ok := errors.AsType[*ChaincodeError](err)
	if !ok {
		return err
	}
	var f trade.Fault
	if json.Unmarshal([]byte(refused.Message), &f) != nil || f.Code == "" || f.Code == trade.CodeInternal {
		return err
	}
	return &f
}

func isMissingSignature(err error) bool { return hasCode(err, trade.CodeSignatureMissing) }

// hasCode tells whether an error is a Fault with one of the codes.
func hasCode(err error, codes ...trade.Code) bool {
	f, ok := errors.AsType[*trade.Fault](err)
	return ok && slices.Contains(codes, f.Code)
}
