package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
)

const (
	maxEmail = 254
	maxHash  = 300
)

// EnrolInput is a person's entry as it was made on the person's own machine: neither the
// password nor the private key is in it.
type EnrolInput struct {
	Person       trade.PersonID
	Email        string
	Name         string
	Roles        []trade.Role
	PasswordHash string // argon2id, PHC string format
	PublicKey    []byte // PKIX, P-256
}

func (in EnrolInput) check() error {
	switch {
	case !strings.Contains(in.Email, "@") || strings.ContainsAny(in.Email, " \t\r\n") ||
		len(in.Email) > maxEmail:
		return fault(CodeInput, "email", "an e-mail address of at most %d bytes", maxEmail)
	case in.Name == "" || len(in.Name) > maxTitle:
		return fault(CodeInput, "name", "a name of 1 to %d bytes", maxTitle)
	case !strings.HasPrefix(in.PasswordHash, "$argon2id$") || len(in.PasswordHash) > maxHash:
		return fault(CodeInput, "password_hash", "an argon2id hash in the PHC format: countersign person makes one")
	}
	return nil
}

// EnrolPerson prepares the registration of a person of the actor's organisation; two of its
// admins sign it. The person can sign in once it is committed, not before.
//
// Effects, in this order: one transaction with the user, who is disabled, and the intent; the
// follower enables the user with the event.
func (a *App) EnrolPerson(ctx context.Context, actor Actor, in EnrolInput) (Intent, error) {
	if err := need(actor, trade.Admin); err != nil {
		return Intent{}, err
	}
	if err := in.check(); err != nil {
		return Intent{}, err
	}
	i, err := a.onOrganisation(ctx, actor, trade.OrganisationEnrol, trade.EnrolPerson{
		Person: entry(in.Person, in.Roles, trade.Key{Public: in.PublicKey}),
	})
	if err != nil {
		return Intent{}, err
	}
	id, err := a.newID("usr")
	if err != nil {
		return Intent{}, err
	}
	u := User{
		ID: UserID(id), Org: actor.Org, Person: in.Person, Email: strings.ToLower(in.Email), Name: in.Name,
		Roles: in.Roles, PasswordHash: in.PasswordHash, PublicKey: in.PublicKey, CreatedAt: a.Now(), Disabled: true,
	}
	return i, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		before, err := tx.UserByPerson(ctx, actor.Org, in.Person)
		switch {
		case err == nil:
			u.ID = before.ID // prepared before and not signed
		case !errors.Is(err, ErrNoRow):
			return err
		}
		if err := tx.PutUser(ctx, u); err != nil {
			return err
		}
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
}

// firstKey is the id of the key that a person enters with.
const firstKey trade.KeyID = "first"

// entry is a person with a first key, as the ledger registers them.
func entry(id trade.PersonID, roles []trade.Role, key trade.Key) trade.Person {
	if key.ID == "" {
		key.ID = firstKey
	}
	return trade.Person{ID: id, Roles: roles, Keys: []trade.Key{key}}
}

// personOf is the person whom an act registers or revokes, or a key of theirs; empty for other acts.
func personOf(c trade.Command) trade.PersonID {
	if c.Act == trade.OrganisationEnrol {
		a, err := trade.Decode[trade.EnrolPerson](c.Args, "args")
		if err != nil {
			return ""
		}
		return a.Person.ID
	}
	named := []trade.Act{trade.OrganisationRevoke, trade.OrganisationAddKey, trade.OrganisationRevokeKey}
	var a struct {
		Person trade.PersonID `json:"person"`
	}
	if !slices.Contains(named, c.Act) || json.Unmarshal(c.Args, &a) != nil {
		return ""
	}
	return a.Person
}

// RevokePerson prepares that a person of the actor's organisation may sign nothing any more;
// two of its admins sign it. With the event the person's sessions end.
func (a *App) RevokePerson(
	ctx context.Context, actor Actor, person trade.PersonID, reason string,
) (Intent, error) {
	if err := need(actor, trade.Admin); err != nil {
		return Intent{}, err
	}
	i, err := a.onOrganisation(ctx, actor, trade.OrganisationRevoke, trade.RevokePerson{
		Person: person, Reason: reason,
	})
	if err != nil {
		return Intent{}, err
	}
	return i, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := a.keepIntent(ctx, tx, actor, i); err != nil {
			return err
		}
		return a.answered(ctx, tx, i)
	})
}

// onOrganisation drafts an act about a person or a key of the actor's own organisation, as it
// stands when the act is decided: several may wait for signatures at once.
func (a *App) onOrganisation(ctx context.Context, actor Actor, act trade.Act, args any) (Intent, error) {
	id := trade.OrganisationID(actor.Org)
	_, err := a.asset(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return Intent{}, fault(trade.CodeNotFound, "", "your organisation is not on the ledger yet")
	}
	if err != nil {
		return Intent{}, err
	}
	return a.drafted(ctx, actor, draft{
		act: act, subjects: []trade.Subject{{ID: id, Version: trade.AnyVersion}}, args: args,
		sides: map[trade.Side]trade.OrgID{trade.Itself: actor.Org},
	})
}

// PersonState says whether a person may sign.
type PersonState string

// The states of a person.
const (
	PersonWaiting PersonState = "waiting" // the registration is not on the ledger
	PersonActive  PersonState = "active"
	// PersonSuspended is stopped on this node: an admin signed the revocation, another has to.
	PersonSuspended PersonState = "suspended"
	PersonRevoked   PersonState = "revoked"
)

// Colleague is a person of an organisation as the others of it see the person.
type Colleague struct {
	Person trade.PersonID
	Name   string
	Email  string
	Roles  []trade.Role
	State  PersonState
}

// ColleagueDetail is a person with what ends when they go.
type ColleagueDetail struct {
	Colleague
	Keys     []PersonKey
	Sessions []OpenSession
}

// Person shows an admin what a person of the organisation holds: keys, and open sessions.
func (a *App) Person(ctx context.Context, actor Actor, id trade.PersonID) (ColleagueDetail, error) {
	if err := need(actor, trade.Admin); err != nil {
		return ColleagueDetail{}, err
	}
	var d ColleagueDetail
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		u, err := tx.UserByPerson(ctx, actor.Org, id)
		if err != nil {
			return found(err, "person")
		}
		person, err := onLedger(ctx, tx, u)
		if err != nil {
			return err
		}
		if d.Colleague, err = colleague(ctx, tx, []trade.Person{person}, u); err != nil {
			return err
		}
		if d.Keys, err = keysOf(ctx, tx, u); err != nil {
			return err
		}
		d.Sessions, err = a.sessionsOf(ctx, tx, u.ID, nil)
		return err
	})
	return d, err
}

// colleague is a person as the others see them.
func colleague(ctx context.Context, tx StoreTx, registered []trade.Person, u User) (Colleague, error) {
	c := Colleague{u.Person, u.Name, u.Email, u.Roles, stateOf(registered, u.Person)}
	stopped, err := stops(ctx, tx, u.SuspendedBy)
	if c.State == PersonActive && stopped {
		c.State = PersonSuspended
	}
	return c, err
}

// Persons lists the people of the actor's organisation.
func (a *App) Persons(ctx context.Context, actor Actor) ([]Colleague, error) {
	var list []Colleague
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		registered := []trade.Person{}
		asset, err := tx.Asset(ctx, trade.OrganisationID(actor.Org))
		switch {
		case err == nil && asset.Record.Members != nil:
			registered = asset.Record.Members.Persons
		case err != nil && !errors.Is(err, ErrNoRow):
			return err
		}
		users, err := tx.Users(ctx, actor.Org)
		if err != nil {
			return err
		}
		list = make([]Colleague, len(users))
		for n, u := range users {
			if list[n], err = colleague(ctx, tx, registered, u); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func stateOf(registered []trade.Person, id trade.PersonID) PersonState {
	i := slices.IndexFunc(registered, func(p trade.Person) bool { return p.ID == id })
	switch {
	case i < 0:
		return PersonWaiting
	case registered[i].Revoked:
		return PersonRevoked
	}
	return PersonActive
}

// followPeople brings who may sign in into step with who may sign: an organisation's record
// says that on the ledger.
func followPeople(ctx context.Context, tx StoreTx, org trade.OrgID, registered []trade.Person) error {
	users, err := tx.Users(ctx, org)
	if err != nil {
		return err
	}
	for _, u := range users {
		state := stateOf(registered, u.Person)
		if state == PersonWaiting || u.Disabled == (state == PersonRevoked) {
			continue
		}
		if u, err = tx.User(ctx, u.ID); err != nil { // held from here
			return fmt.Errorf("user %s: %w", u.ID, err)
		}
		u.Disabled = state == PersonRevoked
		if err := tx.PutUser(ctx, u); err != nil {
			return err
		}
		if u.Disabled {
			if err := tx.DeleteSessionsOf(ctx, u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
