package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// waitOf reads how long a client wants to wait for an outcome: "Prefer: wait=N" (RFC 7240,
// section 4.3). What is not understood is no preference.
func waitOf(r *http.Request) time.Duration {
	for _, value := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(value, ",") {
			name, text, _ := strings.Cut(strings.TrimSpace(preference), "=")
			seconds, err := strconv.Atoi(strings.TrimSpace(text))
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil && seconds > 0 {
				return time.Duration(min(seconds, maxWait)) * time.Second
			}
		}
	}
	return 0
}

// await waits for the outcome of an intent that is on its way, at most so long.
func (s *server) await(r *http.Request, i app.Intent, wait time.Duration) (app.Intent, error) {
	if wait == 0 || i.State == app.IntentOpen || i.Finished() {
		return i, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	later, err := s.app.Await(ctx, callOf(r).actor, i.ID)
	if err != nil && ctx.Err() != nil && r.Context().Err() == nil {
		return i, nil // the time was over while it was read
	}
	return later, err
}

// prepared answers an act with the intent it prepared. One that nobody signs is on its way.
func (s *server) prepared(w http.ResponseWriter, r *http.Request, i app.Intent, err error) {
	if err == nil {
		i, err = s.await(r, i, waitOf(r))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Location", statusURL(i.ID))
	s.reply(w, r, http.StatusCreated, intentView(i))
}

// preparedAll answers an act with the intents it prepared.
func (s *server) preparedAll(w http.ResponseWriter, r *http.Request, list []app.Intent, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusCreated, api.IntentList{Intents: each(list, intentView)})
}

// ListIntents lists what the actor could sign.
func (s *server) ListIntents(w http.ResponseWriter, r *http.Request, params api.ListIntentsParams) {
	page, err := pageOf(params.Cursor, params.Limit)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list, next, err := s.app.Waiting(r.Context(), callOf(r).actor, page)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.IntentPage{Items: each(list, intentView), Next: next})
}

// GetIntent shows an intent, after waiting for its outcome when that is asked for.
func (s *server) GetIntent(
	w http.ResponseWriter, r *http.Request, id api.IntentID, params api.GetIntentParams,
) {
	wait := time.Duration(0)
	if params.Wait != "" {
		seconds, err := strconv.Atoi(strings.TrimSuffix(params.Wait, "s"))
		if err != nil || !strings.HasSuffix(params.Wait, "s") || seconds < 1 || seconds > maxWait {
			s.fail(w, r, fault(app.CodeInput, "wait", "1s to %ds", maxWait))
			return
		}
		wait = time.Duration(seconds) * time.Second
	}
	i, err := s.app.Intent(r.Context(), callOf(r).actor, id)
	if err == nil {
		i, err = s.await(r, i, wait)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, intentView(i))
}

// SignIntent takes a person's signature.
func (s *server) SignIntent(w http.ResponseWriter, r *http.Request, id api.IntentID, _ api.SignIntentParams) {
	var in api.Signature
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	i, err := s.app.Sign(r.Context(), callOf(r).actor, id, signatureOf(in))
	if err == nil {
		i, err = s.await(r, i, waitOf(r))
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if onItsWay(i) {
		w.Header().Set("Location", statusURL(i.ID))
		s.reply(w, r, http.StatusAccepted, intentView(i))
		return
	}
	s.reply(w, r, http.StatusOK, intentView(i))
}

// onItsWay tells whether all have signed and the outcome is not known.
func onItsWay(i app.Intent) bool { return !i.Finished() && i.State != app.IntentOpen }

func signatureOf(in api.Signature) app.SignatureInput {
	out := app.SignatureInput{Batch: in.Batch, Value: in.Value}
	if len(in.Webauthn.ClientData) > 0 || len(in.Webauthn.AuthenticatorData) > 0 {
		out.WebAuthn = &in.Webauthn
	}
	return out
}

// SignBatch takes one signature for several intents. Each has its own outcome.
func (s *server) SignBatch(w http.ResponseWriter, r *http.Request, _ api.SignBatchParams) {
	var in api.SignBatch
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	outcomes := make([]api.Outcome, len(in.Intents))
	signed := make([]app.Intent, len(in.Intents))
	for n, id := range in.Intents {
		outcomes[n].Intent = id
		var err error
		if signed[n], err = s.app.Sign(r.Context(), callOf(r).actor, id, signatureOf(in.Signature)); err != nil {
			p := s.problem(r, err)
			outcomes[n].Problem = p
		}
	}
	status, end := http.StatusOK, s.wall.Now().Add(waitOf(r))
	for n, i := range signed {
		if i.ID == "" {
			continue
		}
		i, err := s.await(r, i, max(end.Sub(s.wall.Now()), 0))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		outcomes[n].Signed = intentView(i)
		if onItsWay(i) {
			status = http.StatusAccepted
		}
	}
	s.reply(w, r, status, api.BatchOutcome{Outcomes: outcomes})
}

// WithdrawIntent takes an open intent back.
func (s *server) WithdrawIntent(
	w http.ResponseWriter, r *http.Request, id api.IntentID, _ api.WithdrawIntentParams,
) {
	i, err := s.app.WithdrawIntent(r.Context(), callOf(r).actor, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, intentView(i))
}
