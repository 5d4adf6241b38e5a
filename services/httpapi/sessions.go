package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// MakeNonce gives what a passkey is to sign for a session.
func (s *server) MakeNonce(w http.ResponseWriter, r *http.Request) {
	if wait, ok := s.byAddress.take(addressOf(r.RemoteAddr)); !ok {
		s.fail(w, r, tooMany(w, wait, "sign-ins from this address"))
		return
	}
	nonce, err := s.app.SignInNonce(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusCreated, api.Nonce{Nonce: nonce, RelyingParty: s.app.RelyingParty()})
}

// SignInByPasskey opens a session.
func (s *server) SignInByPasskey(w http.ResponseWriter, r *http.Request) {
	var in api.PasskeySignIn
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	if wait, ok := s.byAddress.take(addressOf(r.RemoteAddr)); !ok {
		s.fail(w, r, tooMany(w, wait, "sign-ins from this address"))
		return
	}
	token, actor, err := s.app.SignInByPasskey(r.Context(), app.PasskeyInput{
		Nonce: in.Nonce, Credential: in.Credential, Value: in.Value, WebAuthn: &in.Webauthn,
	}, agentOf(r))
	s.signedIn(w, r, token, actor, err)
}

// ListSessions shows where the actor is signed in.
func (s *server) ListSessions(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	list, err := s.app.Sessions(r.Context(), c.actor, c.token)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.SessionList{Items: each(list, openSessionView)})
}

func openSessionView(o app.OpenSession) api.OpenSession {
	return api.OpenSession{
		ID: o.ID(), Agent: o.Agent, Passkey: o.Passkey, Own: o.Own, CreatedAt: o.CreatedAt.UTC(),
		SeenAt: o.SeenAt.UTC(), ExpiresAt: o.ExpiresAt.UTC(),
	}
}

// EndSession ends one session.
func (s *server) EndSession(w http.ResponseWriter, r *http.Request, id api.SessionID) {
	s.ended(w, r, s.app.EndSession(r.Context(), callOf(r).actor, id))
}

// EndOtherSessions ends all sessions but the one that asks.
func (s *server) EndOtherSessions(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	s.ended(w, r, s.app.EndOtherSessions(r.Context(), c.actor, c.token))
}

func (s *server) ended(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// GetCodes tells whether the actor's sign-in takes codes.
func (s *server) GetCodes(w http.ResponseWriter, r *http.Request) {
	state, err := s.app.Codes(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, codesView(state))
}

func codesView(c app.CodesState) api.CodesState {
	return api.CodesState{InUse: c.InUse, Recovery: c.Recovery}
}

// SetUpCodes makes a secret for an app.
func (s *server) SetUpCodes(w http.ResponseWriter, r *http.Request, _ api.SetUpCodesParams) {
	if err := s.decode(r, &api.Nothing{}); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(c app.CodesSetup) (shown, error) {
		return shown{status: http.StatusCreated, body: api.CodesSetup{Secret: c.Secret, URI: c.URI}}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.CodesSetup, error) {
		return s.app.SetUpCodes(ctx, callOf(r).actor)
	})
}

// ConfirmCodes takes codes into use.
func (s *server) ConfirmCodes(w http.ResponseWriter, r *http.Request, _ api.ConfirmCodesParams) {
	var in api.OneCode
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(list []string) (shown, error) {
		return shown{status: http.StatusCreated, body: api.RecoveryCodes{Codes: list}}, nil
	}
	step(s, w, r, show, func(ctx context.Context) ([]string, error) {
		return s.app.ConfirmCodes(ctx, callOf(r).actor, in.Code)
	})
}

// RemoveCodes takes codes out of use.
func (s *server) RemoveCodes(w http.ResponseWriter, r *http.Request, _ api.RemoveCodesParams) {
	var in api.OneCode
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	show := func(c app.CodesState) (shown, error) {
		return shown{status: http.StatusOK, body: codesView(c)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.CodesState, error) {
		return app.CodesState{}, s.app.RemoveCodes(ctx, callOf(r).actor, in.Code)
	})
}
