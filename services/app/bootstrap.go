package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// Setup is an organisation with its accounts and people, as an operator brings them to a new
// node. It holds no private key and no password.
type Setup struct {
	Organisation Organisation `json:"organisation"`
	Accounts     []Account    `json:"accounts"`
	Users        []User       `json:"users"`
}

// Bootstrap makes the organisations known to this node and prepares the command with which
// each registers itself on the ledger: two of its admins sign it. It may run again: what
// stands is left alone.
func (a *App) Bootstrap(ctx context.Context, setups []Setup) error {
	for _, s := range setups {
		if err := a.found(ctx, s); err != nil {
			return fmt.Errorf("setting up %s: %w", s.Organisation.ID, err)
		}
	}
	for _, s := range setups {
		if err := a.register(ctx, s, setups); err != nil {
			return fmt.Errorf("registering %s: %w", s.Organisation.ID, err)
		}
	}
	return nil
}

// found stores one organisation with its people.
func (a *App) found(ctx context.Context, s Setup) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if _, err := tx.Organisation(ctx, s.Organisation.ID); !errors.Is(err, ErrNoRow) {
			return err
		}
		if err := tx.PutOrganisation(ctx, s.Organisation); err != nil {
			return err
		}
		for _, u := range s.Users {
			u.Org = s.Organisation.ID
			if err := tx.PutUser(ctx, u); err != nil {
				return err
			}
		}
		for _, b := range s.Accounts {
			b.Org = s.Organisation.ID
			if err := tx.PutAccount(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

// register prepares the registration of an organisation, unless it is on the ledger or on
// its way.
func (a *App) register(ctx context.Context, s Setup, all []Setup) error {
	id := trade.OrganisationID(s.Organisation.ID)
	if begun, err := a.begun(ctx, id); err != nil || begun {
		return err
	}
	args := trade.RegisterOrganisation{
		Kind: s.Organisation.Kind, Name: s.Organisation.Name,
		RegistrationID: s.Organisation.RegistrationID, LEI: s.Organisation.LEI,
	}
	var err error
	if args.Salt, err = a.newSalt(); err != nil {
		return err
	}
	for _, u := range s.Users {
		args.Persons = append(args.Persons, entry(u.Person, u.Roles, trade.Key{Public: u.PublicKey}))
	}
	_, err = a.prepare(ctx, nodeOf(s.Organisation), draft{
		act: trade.OrganisationRegister, subjects: []trade.Subject{{ID: id}}, args: args,
		sides:     map[trade.Side]trade.OrgID{trade.Itself: s.Organisation.ID},
		endorsers: witnesses(s.Organisation.ID, all),
	})
	return err
}

// OpenKeyring prepares the commitment to the first consortium key; two admins of the
// platform operator sign it.
func (a *App) OpenKeyring(ctx context.Context, actor Actor) (Intent, error) {
	if err := needKind(actor, trade.KindOperator); err != nil {
		return Intent{}, err
	}
	if err := need(actor, trade.Admin); err != nil {
		return Intent{}, err
	}
	salt, err := a.newSalt()
	if err != nil {
		return Intent{}, err
	}
	others, err := a.organisations(ctx)
	if err != nil {
		return Intent{}, err
	}
	setups := make([]Setup, len(others))
	for i, o := range others {
		setups[i].Organisation = o
	}
	return a.prepare(ctx, actor, draft{
		act: trade.KeyringOpen, subjects: []trade.Subject{{ID: trade.KeyringID}},
		args:      trade.AddEpoch{Salt: salt, Number: 1, Commitment: trade.DigestOf(a.keys[1])},
		sides:     map[trade.Side]trade.OrgID{trade.Itself: actor.Org},
		endorsers: witnesses(actor.Org, setups),
	})
}

// witnesses names who endorses a record of one organisation alone: itself, and one more,
// because the chaincode policy wants two. The other one sees what it endorses.
func witnesses(org trade.OrgID, all []Setup) []trade.OrgID {
	list := []trade.OrgID{org}
	i := slices.IndexFunc(all, func(s Setup) bool { return s.Organisation.ID != org })
	if i >= 0 {
		list = append(list, all[i].Organisation.ID)
	}
	return list
}

// begun tells whether an asset stands, or a command that creates it is on its way.
func (a *App) begun(ctx context.Context, id trade.AssetID) (bool, error) {
	begun := false
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		_, err := tx.Asset(ctx, id)
		if err == nil {
			begun = true
			return nil
		}
		if !errors.Is(err, ErrNoRow) {
			return err
		}
		intents, _, err := tx.IntentsOf(ctx, id, Page{Limit: 1})
		begun = len(intents) > 0 && (intents[0].State == IntentCommitted || !intents[0].Finished())
		return err
	})
	return begun, err
}

// nodeOf is the node acting for an organisation before anybody of it has signed in.
func nodeOf(o Organisation) Actor { return Actor{Org: o.ID, Kind: o.Kind} }

func (a *App) organisations(ctx context.Context) ([]Organisation, error) {
	var list []Organisation
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = tx.Organisations(ctx)
		return err
	})
	return list, err
}

// Organisations lists who takes part: their public side.
func (a *App) Organisations(ctx context.Context, _ Actor) ([]Organisation, error) {
	return a.organisations(ctx)
}

// ReadSetup reads an operator's file of organisations: a JSON list of Setup.
func ReadSetup(b []byte) ([]Setup, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var setups []Setup
	if err := d.Decode(&setups); err != nil {
		return nil, fmt.Errorf("reading the organisations of this node: %w", err)
	}
	return setups, nil
}
