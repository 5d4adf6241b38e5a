package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// ListKeys shows the actor's keys.
func (s *server) ListKeys(w http.ResponseWriter, r *http.Request) {
	list, err := s.app.Keys(r.Context(), callOf(r).actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.KeyList{Items: each(list, keyView)})
}

// AddKey prepares the registration of one more key.
func (s *server) AddKey(w http.ResponseWriter, r *http.Request, _ api.AddKeyParams) {
	var in api.AddKey
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.AddKey(ctx, callOf(r).actor, app.AddKeyInput{
			ID: in.ID, Name: in.Name, Holder: in.Holder, Credential: in.Credential, Public: in.PublicKey,
			Proof: signatureOf(in.Proof),
		})
	})
}

// RevokeKey prepares that a key signs nothing any more.
func (s *server) RevokeKey(
	w http.ResponseWriter, r *http.Request, person api.PersonID, key api.KeyID, _ api.RevokeKeyParams,
) {
	var in api.Because
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.RevokeKey(ctx, callOf(r).actor, person, key, in.Reason)
	})
}

func keyView(k app.PersonKey) api.Key {
	return api.Key{
		ID: k.ID, Name: k.Name, Holder: k.Holder, Passkey: k.Passkey, State: k.State, Credential: k.Credential,
		PublicKey: k.Public, Intent: k.Intent, CreatedAt: k.CreatedAt.UTC(), UsedAt: k.UsedAt.UTC(),
	}
}

// GetNode says what a client must know before it signs in.
func (s *server) GetNode(w http.ResponseWriter, r *http.Request) {
	s.reply(w, r, http.StatusOK, api.Node{
		Channel: s.app.Channel(), RelyingParty: s.app.RelyingParty(), Demo: s.clock != nil,
	})
}
