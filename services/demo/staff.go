package demo

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/fixtures"
)

// enrol registers a person as admins of the organisation do; with one of them it waits for another.
func (j *job) enrol(ctx context.Context, e fixtures.Enrolment) error {
	o, _ := j.Set.Demo.Organisation(e.Organisation)
	person := j.People.ByEmail[e.Person.Email]
	if person == nil {
		return fmt.Errorf("nobody has the address %q", e.Person.Email)
	}
	key, err := person.private()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	hash, err := j.Hasher.Hash(ctx, person.Password)
	if err != nil {
		return err
	}
	intents, err := j.act(ctx, e.By[0], "/v1/persons", map[string]any{
		"person": person.ID, "email": e.Person.Email, "name": e.Person.Name, "roles": e.Person.Roles,
		"password_hash": hash, "public_key": public,
	})
	if err != nil {
		return err
	}
	if len(e.By) == 1 {
		j.say("%-22s %s of %s waits for a second admin", trade.OrganisationEnrol, e.Person.Email, o.Name)
		return j.sign(ctx, intents, e.By)
	}
	if err := j.signAll(ctx, intents, e.By); err != nil || len(e.RevokedBy) == 0 {
		return err
	}
	gone, err := j.act(ctx, e.RevokedBy[0], "/v1/persons/"+string(person.ID)+"/revocation",
		map[string]string{"reason": e.Reason})
	if err != nil {
		return err
	}
	return j.signAll(ctx, gone, e.RevokedBy)
}
