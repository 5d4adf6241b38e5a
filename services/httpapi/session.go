package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// SessionCookie is bound to this host and to TLS by its prefix (RFC 6265bis, 4.1.3.2).
const SessionCookie = "__Host-session"

const (
	maxToken = 128
	maxAgent = 200
)

// tokenOf reads the token of a request: of its Authorization or else of its cookie.
func tokenOf(r *http.Request) string {
	if scheme, token, ok := strings.Cut(
		r.Header.Get("Authorization"), " ",
	); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		return cookie.Value
	}
	return ""
}

// authenticate finds out who asks.
func (s *server) authenticate(r *http.Request, c *call) error {
	token := tokenOf(r)
	if token == "" || len(token) > maxToken {
		return fault(app.CodeNotSignedIn, "", "sign in first: there is no open session")
	}
	actor, err := s.app.Authenticate(r.Context(), token)
	if err != nil {
		return err
	}
	c.actor, c.token = actor, token
	return nil
}

// SignIn opens a session.
func (s *server) SignIn(w http.ResponseWriter, r *http.Request) {
	var in api.Credentials
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	email := strings.ToLower(strings.TrimSpace(in.Email))
	if wait, ok := s.byAddress.take(addressOf(r.RemoteAddr)); !ok {
		s.fail(w, r, tooMany(w, wait, "sign-ins from this address"))
		return
	}
	if wait, ok := s.byEmail.take(email); !ok {
		s.fail(w, r, tooMany(w, wait, "sign-ins for this e-mail"))
		return
	}
	token, actor, err := s.app.SignIn(r.Context(), s.hasher, email, in.Password, in.Code, agentOf(r))
	s.signedIn(w, r, token, actor, err)
}

// agentOf is what a client says of itself.
func agentOf(r *http.Request) string {
	agent := strings.ToValidUTF8(r.UserAgent(), "")
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "")
	}
	return agent
}

// signedIn answers with a new session.
func (s *server) signedIn(w http.ResponseWriter, r *http.Request, token string, actor app.Actor, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.actorView(r.Context(), actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.SetCookie(w, cookieOf(token, 0))
	s.reply(w, r, http.StatusCreated, api.Session{Token: token, Actor: view})
}

// cookieOf carries a token; it ends with the browser, or at once when age is below zero.
func cookieOf(token string, age int) *http.Cookie {
	return &http.Cookie{
		Name: SessionCookie, Value: token, Path: "/", MaxAge: age, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	}
}

// WhoAmI shows the actor.
func (s *server) WhoAmI(w http.ResponseWriter, r *http.Request) {
	view, err := s.actorView(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, view)
}

// SignOut ends the session.
func (s *server) SignOut(w http.ResponseWriter, r *http.Request) {
	if err := s.app.SignOut(r.Context(), callOf(r).token); err != nil {
		s.fail(w, r, err)
		return
	}
	http.SetCookie(w, cookieOf("", -1))
	w.WriteHeader(http.StatusNoContent)
}

// actorView shows an actor, and from where the news of the actor's organisation go on.
func (s *server) actorView(ctx context.Context, a app.Actor) (api.Actor, error) {
	newest, err := s.app.NewestChange(ctx, a)
	if err != nil {
		return api.Actor{}, err
	}
	return api.Actor{
		User: a.User, Person: a.Person, Name: a.Name, Organisation: a.Org, Kind: a.Kind, Roles: listed(a.Roles),
		NewestEvent: strconv.FormatInt(newest, 10),
	}, nil
}

// listed makes a list that is never null in JSON.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// each encodes every item of a list.
func each[A, B any](list []A, view func(A) B) []B {
	views := make([]B, len(list))
	for i, item := range list {
		views[i] = view(item)
	}
	return views
}

// eachOrFail encodes every item of a list until one fails.
func eachOrFail[A, B any](list []A, view func(A) (B, error)) ([]B, error) {
	views := make([]B, len(list))
	for i, item := range list {
		var err error
		if views[i], err = view(item); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// ListOrganisations shows who takes part.
func (s *server) ListOrganisations(w http.ResponseWriter, r *http.Request) {
	list, err := s.app.Organisations(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	items := each(list, func(o app.Organisation) api.Organisation {
		return api.Organisation{
			ID: o.ID, Kind: o.Kind, Name: o.Name, NameLocal: o.NameLocal, RegistrationID: o.RegistrationID,
			Lei: o.LEI, Vat: o.VAT, Country: o.Country,
		}
	})
	s.reply(w, r, http.StatusOK, api.OrganisationList{Items: items})
}

const defaultPage = 50

// pageOf reads which part of a list is wanted.
func pageOf(cursor string, limit int) (app.Page, error) {
	if limit == 0 {
		limit = defaultPage
	}
	if limit < 1 || limit > app.MaxPage {
		return app.Page{}, fault(app.CodeInput, "limit", "1 to %d items", app.MaxPage)
	}
	for _, c := range []byte(cursor) {
		if c <= ' ' || c > '~' {
			return app.Page{}, fault(app.CodeInput, "cursor", "send next of the page before, as it is")
		}
	}
	const maxCursor = 200
	if len(cursor) > maxCursor {
		return app.Page{}, fault(app.CodeInput, "cursor", "send next of the page before, as it is")
	}
	return app.Page{Cursor: cursor, Limit: limit}, nil
}

// etag writes a version as an entity tag.
func etag[N int | int64](version N) string { return `"` + decimal(version) + `"` }

// assetTag is the entity tag of an asset on the ledger.
func assetTag(record trade.Record) string { return etag(record.Version) }
