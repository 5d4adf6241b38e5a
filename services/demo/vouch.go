package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
)

// vouchEvery is how often the demonstration looks for keys to vouch for.
const vouchEvery = time.Second

// Vouch signs, as the two admins of each organisation, what people of it prepare about their own
// keys, until ctx ends: who tries the demonstration out gets a key within seconds. Everywhere
// else two admins look at whom they register.
func Vouch(ctx context.Context, people *People, d fixtures.Demo, address string, log *slog.Logger) error {
	v := voucher{people: people, demo: d, address: address, sessions: map[string]*Session{}}
	tick := time.NewTicker(vouchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, o := range d.Organisations {
			if err := v.round(ctx, o); err != nil && ctx.Err() == nil {
				log.LogAttrs(ctx, slog.LevelWarn, "vouching for keys",
					slog.String("organisation", o.ID), slog.String("error", err.Error()))
			}
		}
	}
}

type voucher struct {
	people   *People
	demo     fixtures.Demo
	address  string
	sessions map[string]*Session // by e-mail
}

// round signs what waits at one organisation, as two of its admins.
func (v *voucher) round(ctx context.Context, o fixtures.Organisation) error {
	admins := persons(o, string(trade.Admin))
	if len(admins) < 2 {
		return fmt.Errorf("there are no two admins")
	}
	for _, email := range admins[:2] {
		s, err := v.as(ctx, email)
		if err != nil {
			return err
		}
		var waiting intentPage
		if err := s.Get(ctx, "/v1/intents?limit=200", &waiting); err != nil {
			delete(v.sessions, email) // it may have ended
			return err
		}
		for _, i := range waiting.Items {
			if !aboutOwnKey(i) {
				continue
			}
			if err := s.Sign(ctx, i); err != nil {
				return fmt.Errorf("%s signs %s: %w", email, i.ID, err)
			}
		}
	}
	return nil
}

func (v *voucher) as(ctx context.Context, email string) (*Session, error) {
	if s := v.sessions[email]; s != nil {
		return s, nil
	}
	s, err := SignIn(ctx, &http.Client{Timeout: requestTimeout}, v.address, email, v.people.ByEmail[email])
	if err == nil {
		v.sessions[email] = s
	}
	return s, err
}

// aboutOwnKey tells whether a command is what its person prepared about a key of their own.
func aboutOwnKey(i Intent) bool {
	if i.Act != trade.OrganisationAddKey && i.Act != trade.OrganisationRevokeKey {
		return false
	}
	command, err := trade.Decode[trade.Command]([]byte(i.Command), "command")
	if err != nil {
		return false
	}
	var person trade.PersonID
	if i.Act == trade.OrganisationAddKey {
		args, err := trade.Decode[trade.AddKey](command.Args, "args")
		if err != nil {
			return false
		}
		person = args.Person
	} else {
		args, err := trade.Decode[trade.RevokeKey](command.Args, "args")
		if err != nil {
			return false
		}
		person = args.Person
	}
	return i.CreatedBy == userOf(person)
}
