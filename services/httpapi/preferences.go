package httpapi

import (
	"context"
	"net/http"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// GetPreferences shows how the actor is told by mail.
func (s *server) GetPreferences(w http.ResponseWriter, r *http.Request) {
	p, err := s.app.Preferences(r.Context(), callOf(r).actor)
	s.show(w, r, func() (shown, error) { return preferencesShown(p) }, err)
}

// SetPreferences keeps how the actor wants to be told.
func (s *server) SetPreferences(w http.ResponseWriter, r *http.Request, _ api.SetPreferencesParams) {
	var in api.Preferences
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, preferencesShown, func(ctx context.Context) (app.Preferences, error) {
		return s.app.SetPreferences(ctx, callOf(r).actor, app.Preferences{
			Language: in.Language, Waiting: in.Waiting, Outcome: in.Outcome,
		})
	})
}

func preferencesShown(p app.Preferences) (shown, error) {
	return shown{
		status: http.StatusOK,
		body:   api.Preferences{Language: p.Language, Waiting: p.Waiting, Outcome: p.Outcome},
	}, nil
}
