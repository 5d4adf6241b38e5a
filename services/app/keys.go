package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// KeyHolder is what holds a private key.
type KeyHolder string

// The holders of keys. A browser holds one only on a demo node.
const (
	HeldByAuthenticator KeyHolder = "authenticator" // a passkey
	HeldByBrowser       KeyHolder = "browser"       // for trying out where there is no authenticator
	HeldByFile          KeyHolder = "file"          // software of the person's own
)

// KeyRow is what this node knows of a person's key beside the ledger.
type KeyRow struct {
	User       UserID
	ID         trade.KeyID
	Name       string // as its person calls it
	Holder     KeyHolder
	Credential []byte // WebAuthn credential id; of passkeys only
	Public     []byte // PKIX, P-256
	Intent     trade.CommandID
	CreatedAt  time.Time
	UsedAt     time.Time // zero: never, as far as this node saw
	// RevokedBy is the revocation that stops it on this node while that is on its way.
	RevokedBy trade.CommandID
}

// KeyState says whether a key may sign.
type KeyState string

// The states of a key.
const (
	KeyWaiting   KeyState = "waiting" // two admins have not signed its registration
	KeyActive    KeyState = "active"
	KeySuspended KeyState = "suspended" // stopped on this node; its revocation waits for two admins
	KeyRevoked   KeyState = "revoked"
	KeyRefused   KeyState = "refused" // its registration did not come about
)

// PersonKey is a key of a person as the person and the admins see it.
type PersonKey struct {
	KeyRow
	State   KeyState
	Passkey bool
}

// AddKeyInput is a new key with the proof that its holder has it.
type AddKeyInput struct {
	ID         trade.KeyID
	Name       string
	Holder     KeyHolder
	Credential []byte
	Public     []byte
	Proof      SignatureInput // over trade.Key.Proof
}

const (
	maxKeyName    = 60
	maxCredential = 1023 // WebAuthn Level 2, 4: at most 1,023 bytes
)

func (in AddKeyInput) check(demo bool) error {
	switch {
	case in.Name == "" || len(in.Name) > maxKeyName:
		return fault(CodeInput, "name", "a name of 1 to %d bytes", maxKeyName)
	case !trade.ValidID(string(in.ID)):
		return fault(CodeInput, "id", "an id of [A-Za-z0-9._-]{1,64}, made anew for each key")
	case in.Holder == HeldByBrowser && !demo:
		return fault(CodeInput, "holder", "a browser holds keys on a demonstration node only")
	case (in.Holder == HeldByAuthenticator) != (len(in.Credential) > 0) || len(in.Credential) > maxCredential:
		return fault(CodeInput, "credential", "the credential id of a passkey, and of nothing else")
	}
	return nil
}

// RelyingParty is the WebAuthn relying party id of this node's portal.
func (a *App) RelyingParty() string { return a.party }

// Channel is the ledger's channel, which commands and proofs are signed for.
func (a *App) Channel() string { return a.channel }

// AddKey prepares that one more key of the actor is registered; two admins of the organisation
// sign it. Whoever asks proves to hold the key: the law's own check of a signature does it.
//
// Effects: one transaction with the key's row and the intent.
func (a *App) AddKey(ctx context.Context, actor Actor, in AddKeyInput) (Intent, error) {
	if err := in.check(a.demo); err != nil {
		return Intent{}, err
	}
	key := trade.Key{ID: in.ID, Public: in.Public}
	if in.Holder == HeldByAuthenticator {
		id := sha256.Sum256([]byte(a.party))
		key.RelyingParty = id[:]
	}
	proof := trade.Signature{
		Org: actor.Org, Person: actor.Person, Key: in.ID, Value: in.Proof.Value, WebAuthn: in.Proof.WebAuthn,
	}
	if err := proof.Verify(key, key.Proof(a.channel, actor.Org, actor.Person)); err != nil {
		return Intent{}, err
	}
	i, err := a.onOrganisation(ctx, actor, trade.OrganisationAddKey, trade.AddKey{
		Person: actor.Person, Key: key,
	})
	if err != nil {
		return Intent{}, err
	}
	return i, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		if err := tx.InsertKey(ctx, KeyRow{
			User: actor.User, ID: in.ID, Name: in.Name, Holder: in.Holder, Credential: in.Credential,
			Public: in.Public, Intent: i.ID, CreatedAt: a.wall.Now().UTC(),
		}); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
}

// Keys lists the keys of the actor.
func (a *App) Keys(ctx context.Context, actor Actor) ([]PersonKey, error) {
	var list []PersonKey
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		u, err := tx.User(ctx, actor.User)
		if err != nil {
			return err
		}
		list, err = keysOf(ctx, tx, u)
		return err
	})
	return list, err
}

// keysOf joins what the ledger and what this node know of a person's keys: first those of the
// ledger in its order, then those that wait.
func keysOf(ctx context.Context, tx StoreTx, u User) ([]PersonKey, error) {
	rows, err := tx.KeysOf(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	person, err := onLedger(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	list := []PersonKey{}
	for _, k := range person.Keys {
		row := KeyRow{User: u.ID, ID: k.ID, Holder: HeldByFile, Public: k.Public, CreatedAt: u.CreatedAt}
		if n := slices.IndexFunc(rows, func(r KeyRow) bool { return r.ID == k.ID }); n >= 0 {
			row = rows[n]
		}
		state := KeyActive
		stopped, err := stops(ctx, tx, row.RevokedBy)
		if err != nil {
			return nil, err
		}
		if _, ok := person.InForce(k.ID); !ok {
			state = KeyRevoked
		} else if stopped {
			state = KeySuspended
		}
		list = append(list, PersonKey{KeyRow: row, State: state, Passkey: k.Passkey()})
	}
	for _, row := range rows {
		if _, ok := person.Key(row.ID); ok {
			continue
		}
		if row.Intent == "" {
			continue
		}
		i, err := tx.Intent(ctx, row.Intent)
		if err != nil {
			return nil, err
		}
		state := KeyWaiting
		if i.Finished() && i.State != IntentCommitted {
			state = KeyRefused
		}
		list = append(list, PersonKey{KeyRow: row, State: state, Passkey: row.Holder == HeldByAuthenticator})
	}
	return list, nil
}

// onLedger finds a person as the ledger has them; an empty one when it has not.
func onLedger(ctx context.Context, tx StoreTx, u User) (trade.Person, error) {
	asset, err := tx.Asset(ctx, trade.OrganisationID(u.Org))
	if errors.Is(err, ErrNoRow) || (err == nil && asset.Record.Members == nil) {
		return trade.Person{}, nil
	}
	if err != nil {
		return trade.Person{}, err
	}
	persons := asset.Record.Members.Persons
	i := slices.IndexFunc(persons, func(p trade.Person) bool { return p.ID == u.Person })
	if i < 0 {
		return trade.Person{}, nil
	}
	return persons[i], nil
}

// keyOf finds which of the person's keys in force made a signature over a digest, names it in
// the signature and notes its use. Why the last one tried did not is the refusal.
func (a *App) keyOf(
	ctx context.Context, tx StoreTx, u User, person trade.Person, s *trade.Signature, digest trade.Digest,
) (trade.Key, error) {
	rows, err := tx.KeysOf(ctx, u.ID)
	if err != nil {
		return trade.Key{}, err
	}
	refused := fault(CodeNoKey, "", "no key of yours that is in force made this signature")
	named := s.Key
	for _, k := range person.Keys {
		if _, ok := person.InForce(k.ID); !ok || (named != "" && k.ID != named) {
			continue
		}
		n := slices.IndexFunc(rows, func(r KeyRow) bool { return r.ID == k.ID })
		if n >= 0 {
			stopped, err := stops(ctx, tx, rows[n].RevokedBy)
			if err != nil {
				return trade.Key{}, err
			}
			if stopped {
				continue
			}
		}
		s.Key = k.ID
		if err := s.Verify(k, digest); err != nil {
			refused = err
			continue
		}
		if n >= 0 {
			return k, tx.TouchKey(ctx, u.ID, k.ID, a.wall.Now().UTC())
		}
		return k, nil
	}
	return trade.Key{}, refused
}

// RevokeKey prepares that a key signs nothing any more; two admins sign it. Its own person may
// ask for it too, and then this node takes no signature of it from now on.
func (a *App) RevokeKey(
	ctx context.Context, actor Actor, person trade.PersonID, id trade.KeyID, reason string,
) (Intent, error) {
	own := actor.Person == person
	if !own {
		if err := need(actor, trade.Admin); err != nil {
			return Intent{}, err
		}
	}
	i, err := a.onOrganisation(ctx, actor, trade.OrganisationRevokeKey, trade.RevokeKey{
		Person: person, Key: id, Reason: reason,
	})
	if err != nil {
		return Intent{}, err
	}
	return i, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		if own {
			if err := suspendKey(ctx, tx, actor.Org, person, id, i.ID); err != nil {
				return err
			}
		}
		return a.answered(ctx, tx, i)
	})
}

// stops tells whether a revocation stops what it names on this node: from the first step until
// it is clear that it does not come about.
func stops(ctx context.Context, tx StoreTx, by trade.CommandID) (bool, error) {
	if by == "" {
		return false, nil
	}
	i, err := tx.Intent(ctx, by)
	return err == nil && (!i.Finished() || i.State == IntentCommitted), err
}

// suspendKey stops a key on this node by a revocation that is on its way.
func suspendKey(
	ctx context.Context, tx StoreTx, org trade.OrgID, person trade.PersonID, id trade.KeyID, by trade.CommandID,
) error {
	u, err := tx.UserByPerson(ctx, org, person)
	if err != nil {
		return err
	}
	rows, err := tx.KeysOf(ctx, u.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(r KeyRow) bool { return r.ID == id }) {
		p, err := onLedger(ctx, tx, u)
		if err != nil {
			return err
		}
		k, ok := p.Key(id)
		if !ok {
			return nil
		}
		if err := tx.InsertKey(ctx, KeyRow{
			User: u.ID, ID: id, Holder: HeldByFile, Public: k.Public, CreatedAt: u.CreatedAt,
		}); err != nil {
			return err
		}
	}
	return tx.SuspendKey(ctx, u.ID, id, by)
}

// suspend lets an admin's first signature under a revocation work on this node at once: who is
// to go is signed out, and a key is refused. The ledger waits for the second admin.
func (a *App) suspend(ctx context.Context, tx StoreTx, i Intent) error {
	if i.Command.Act == trade.OrganisationRevokeKey {
		args, err := trade.Decode[trade.RevokeKey](i.Command.Args, "args")
		if err != nil {
			return err
		}
		return suspendKey(ctx, tx, i.Org, args.Person, args.Key, i.ID)
	}
	if i.Command.Act != trade.OrganisationRevoke {
		return nil
	}
	args, err := trade.Decode[trade.RevokePerson](i.Command.Args, "args")
	if err != nil {
		return err
	}
	u, err := tx.UserByPerson(ctx, i.Org, args.Person)
	if err != nil {
		return found(err, "person")
	}
	if err := tx.SuspendUser(ctx, u.ID, i.ID); err != nil {
		return err
	}
	return tx.DeleteSessionsOf(ctx, u.ID)
}
