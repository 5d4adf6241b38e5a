package app

import (
	"context"
	"errors"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// SignatureInput is a person's signature over an intent's digest, or over a batch of digests
// that contains it.
type SignatureInput struct {
	Key      trade.KeyID // empty: whichever of the person's keys made it
	Batch    []trade.Digest
	Value    []byte
	WebAuthn *trade.Assertion
}

// Sign adds the actor's signature to an intent. When the last duty is fulfilled the command
// goes on its way.
//
// Effects, in this order:
//  1. one transaction: the signature, and with the last one the state ready and the job;
//  2. the job submits. A crash between leaves the job.
func (a *App) Sign(ctx context.Context, actor Actor, id trade.CommandID, in SignatureInput) (Intent, error) {
	var i Intent
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var s SignedDuty
		var err error
		if i, s, err = a.signable(ctx, tx, actor, id, in); err != nil {
			return err
		}
		if i, err = a.fulfil(ctx, tx, actor, i, s); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
	return i, err
}

// SignOutcome is what became of one intent of a batch.
type SignOutcome struct {
	ID      trade.CommandID
	Intent  Intent
	Refused *trade.Fault // nil: it is signed
}

// SignAll adds one signature of the actor to several intents. Each has its own outcome; those
// that can be signed are signed in one transaction.
func (a *App) SignAll(
	ctx context.Context, actor Actor, ids []trade.CommandID, in SignatureInput,
) ([]SignOutcome, error) {
	var outcomes []SignOutcome
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		outcomes = make([]SignOutcome, len(ids))
		for n, id := range ids {
			outcomes[n].ID = id
			i, s, err := a.signable(ctx, tx, actor, id, in)
			if f, refused := asFault(err); refused {
				outcomes[n].Refused = f
				continue
			}
			if err != nil {
				return err
			}
			if outcomes[n].Intent, err = a.fulfil(ctx, tx, actor, i, s); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, outcomes)
	})
	return outcomes, err
}

// signable locks an intent and finds the duty that the actor's signature fulfils. It writes
// nothing.
func (a *App) signable(
	ctx context.Context, tx StoreTx, actor Actor, id trade.CommandID, in SignatureInput,
) (Intent, SignedDuty, error) {
	i, err := tx.LockIntent(ctx, id)
	switch {
	case err != nil:
		return Intent{}, SignedDuty{}, found(err, "intent")
	case !i.seenBy(actor.Org):
		return Intent{}, SignedDuty{}, hidden("intent")
	case i.State != IntentOpen:
		return Intent{}, SignedDuty{}, fault(
			CodeIntentState, "", "the intent is %s: there is nothing to sign any more", i.State,
		)
	case !a.Now().Before(i.ExpiresAt):
		return Intent{}, SignedDuty{}, fault(
			CodeIntentState, "", "the intent was not signed in time: prepare it again",
		)
	}
	s, err := a.signed(ctx, tx, actor, i, in)
	return i, s, err
}

// fulfil keeps a signature; with the last one the command goes on its way.
func (a *App) fulfil(ctx context.Context, tx StoreTx, actor Actor, i Intent, s SignedDuty) (Intent, error) {
	i.Signatures = append(i.Signatures, s)
	if err := tx.AddSignature(ctx, i.ID, s); err != nil {
		return i, err
	}
	if err := a.suspend(ctx, tx, i); err != nil {
		return i, err
	}
	if err := a.audit(ctx, tx, actor, deed{"intent.sign", "intent", string(i.ID)},
		map[string]string{"digest": string(i.Digest)}); err != nil {
		return i, err
	}
	if len(i.Open()) > 0 {
		return i, nil
	}
	i.State = IntentReady
	if err := tx.SetIntent(ctx, i); err != nil {
		return i, err
	}
	if i.After != "" {
		before, err := tx.Intent(ctx, i.After)
		if err != nil {
			return i, err
		}
		if !before.Finished() {
			return i, nil // the follower enqueues it when that one is done
		}
	}
	if waits, err := stands(ctx, tx, i); err != nil || waits {
		return i, err
	}
	return i, tx.Enqueue(ctx, SubmitJob{i.ID})
}

// signed checks the signature and finds the duty that it fulfils.
func (a *App) signed(
	ctx context.Context, tx StoreTx, actor Actor, i Intent, in SignatureInput,
) (SignedDuty, error) {
	if err := isOwnStatement(ctx, tx, actor, i); err != nil {
		return SignedDuty{}, err
	}
	u, err := tx.User(ctx, actor.User)
	if err != nil {
		return SignedDuty{}, err
	}
	person, err := registered(ctx, tx, u, i)
	if err != nil {
		return SignedDuty{}, err
	}
	s := trade.Signature{
		Org:      actor.Org,
		Person:   actor.Person,
		Key:      in.Key,
		Batch:    in.Batch,
		Value:    in.Value,
		WebAuthn: in.WebAuthn,
	}
	key, err := a.keyOf(ctx, tx, u, person, &s, i.Digest)
	if err != nil {
		return SignedDuty{}, err
	}
	for _, other := range i.Signatures {
		if other.User == actor.User || slices.Equal(other.PublicKey, key.Public) {
			return SignedDuty{}, fault(
				trade.CodeSignatureSame, "", "you have signed already: another person must",
			)
		}
	}
	for _, d := range i.Open() {
		if slices.Contains(i.Duties[d].Orgs, actor.Org) && actor.Has(i.Duties[d].Roles...) {
			return SignedDuty{
				Duty: d, User: actor.User, PublicKey: key.Public, Signature: s, SignedAt: a.Now(),
			}, nil
		}
	}
	return SignedDuty{}, fault(CodeNotYourDuty, "", "no duty that is still open fits your roles")
}

// registered finds the person with the keys that the ledger has; while the organisation is still
// being registered, as its registration names it.
func registered(ctx context.Context, tx StoreTx, u User, i Intent) (trade.Person, error) {
	persons := []trade.Person(nil)
	asset, err := tx.Asset(ctx, trade.OrganisationID(u.Org))
	switch {
	case err == nil && asset.Record.Members != nil:
		persons = asset.Record.Members.Persons
	case err == nil, errors.Is(err, ErrNoRow):
		if i.Command.Act == trade.OrganisationRegister {
			args, err := trade.Decode[trade.RegisterOrganisation](i.Command.Args, "args")
			if err != nil {
				return trade.Person{}, err
			}
			persons = args.Persons
		}
	default:
		return trade.Person{}, err
	}
	for _, p := range persons {
		if p.ID == u.Person && !p.Revoked {
			return p, nil
		}
	}
	return trade.Person{}, fault(
		CodeNoKey, "", "no key of yours is registered on the ledger: ask your admins",
	)
}

// seenBy tells whether an organisation may see the intent: who prepared it and who must sign.
func (i Intent) seenBy(org trade.OrgID) bool {
	return i.Org == org ||
		slices.ContainsFunc(i.Duties, func(d Duty) bool { return slices.Contains(d.Orgs, org) })
}

// Intent returns an intent that the actor's organisation prepared or must sign.
func (a *App) Intent(ctx context.Context, actor Actor, id trade.CommandID) (Intent, error) {
	var i Intent
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		i, err = tx.Intent(ctx, id)
		if err != nil {
			return found(err, "intent")
		}
		if !i.seenBy(actor.Org) {
			return hidden("intent")
		}
		return withTerms(ctx, tx, &i)
	})
	return i, err
}

// Await waits until the intent is finished or ctx ends, and returns it as it is then. It does not
// wait for one that is open, or stands until somebody else has acted.
func (a *App) Await(ctx context.Context, actor Actor, id trade.CommandID) (Intent, error) {
	for {
		changed, leave := a.notices.of(id)
		i, moving, err := a.moving(ctx, actor, id)
		if err == nil && moving {
			select {
			case <-changed:
				continue // who told is waited for no more, so there is nothing to leave
			case <-ctx.Done():
			}
		}
		leave()
		return i, err
	}
}

// moving is Intent, and whether the intent moves on without anybody's doing.
func (a *App) moving(ctx context.Context, actor Actor, id trade.CommandID) (Intent, bool, error) {
	i, err := a.Intent(ctx, actor, id)
	if err != nil || i.Finished() || i.State == IntentOpen {
		return i, false, err
	}
	waits, err := a.standsNow(ctx, i)
	return i, !waits, err
}

// WithdrawIntent takes an open intent back; only its own organisation does.
func (a *App) WithdrawIntent(ctx context.Context, actor Actor, id trade.CommandID) (Intent, error) {
	var i Intent
	err := a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		i, err = tx.LockIntent(ctx, id)
		if err != nil {
			return found(err, "intent")
		}
		if i.Org != actor.Org {
			return hidden("intent")
		}
		if err := need(actor, trade.Maker, trade.Checker, trade.Admin); err != nil {
			return err
		}
		if i.State != IntentOpen {
			return fault(CodeIntentState, "", "the intent is %s: it cannot be withdrawn", i.State)
		}
		i.State, i.FinishedAt = IntentWithdrawn, a.Now()
		if err := a.audit(ctx, tx, actor, deed{"intent.withdraw", "intent", string(id)}, nil); err != nil {
			return err
		}
		if err := tx.SetIntent(ctx, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
	return i, err
}

// Waiting lists the open intents that the actor could sign.
func (a *App) Waiting(ctx context.Context, actor Actor, p Page) ([]Intent, string, error) {
	var list []Intent
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.Waiting(ctx, actor.Org, p)
		return err
	})
	mine := list[:0:0]
	for _, i := range list {
		if i.waitsFor(actor) {
			mine = append(mine, i)
		}
	}
	return mine, next, err
}

// waitsFor tells whether the actor could fulfil an open duty of the intent.
func (i Intent) waitsFor(actor Actor) bool {
	for _, s := range i.Signatures {
		if s.User == actor.User {
			return false
		}
	}
	return slices.ContainsFunc(i.Open(), func(d int) bool {
		return slices.Contains(i.Duties[d].Orgs, actor.Org) && actor.Has(i.Duties[d].Roles...)
	})
}
