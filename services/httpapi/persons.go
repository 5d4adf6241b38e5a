package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListPersons shows the people of the organisation.
func (s *server) ListPersons(w http.ResponseWriter, r *http.Request) {
	list, err := s.app.Persons(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.PersonList{Items: each(list, colleagueView)})
}

func colleagueView(c app.Colleague) api.Colleague {
	return api.Colleague{
		Person: c.Person, Name: c.Name, Email: c.Email, Roles: listed(c.Roles), State: c.State,
	}
}

// GetPerson shows an admin what a person holds.
func (s *server) GetPerson(w http.ResponseWriter, r *http.Request, id api.PersonID) {
	d, err := s.app.Person(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ColleagueDetail{
		Person: colleagueView(d.Colleague), Keys: each(d.Keys, keyView),
		Sessions: each(d.Sessions, openSessionView),
	})
}

// EnrolPerson prepares the registration of a person.
func (s *server) EnrolPerson(w http.ResponseWriter, r *http.Request, _ api.EnrolPersonParams) {
	var in api.EnrolPerson
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.EnrolPerson(ctx, callOf(r).actor, app.EnrolInput{
			Person: in.Person, Email: in.Email, Name: in.Name, Roles: in.Roles, PasswordHash: in.PasswordHash,
			PublicKey: in.PublicKey,
		})
	})
}

// RevokePerson prepares that a person signs nothing any more.
func (s *server) RevokePerson(
	w http.ResponseWriter, r *http.Request, id api.PersonID, _ api.RevokePersonParams,
) {
	var in api.Because
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.RevokePerson(ctx, callOf(r).actor, id, in.Reason)
	})
}
