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

// prepare runs an act and answers with the intent that it prepared. One that nobody signs is
// on its way, and is waited for where that is asked for.
func (s *server) prepare(
	w http.ResponseWriter, r *http.Request, act func(ctx context.Context) (app.Intent, error),
) {
	step(s, w, r, preparedIntent(r), func(ctx context.Context) (app.Intent, error) {
		i, err := act(ctx)
		if err != nil {
			return i, err
		}
		return s.await(r, i, waitOf(r))
	})
}

func preparedIntent(r *http.Request) func(app.Intent) (shown, error) {
	return func(i app.Intent) (shown, error) {
		return shown{
			status: http.StatusCreated, location: statusURL(i.ID), body: intentView(languageOf(r), i),
		}, nil
	}
}

// preparedAll shows the intents that an act prepared.
func preparedAll(r *http.Request) func([]app.Intent) (shown, error) {
	return func(list []app.Intent) (shown, error) {
		return shown{status: http.StatusCreated, body: api.IntentList{Intents: intentViews(r, list)}}, nil
	}
}

func intentViews(r *http.Request, list []app.Intent) []api.Intent {
	spoken := languageOf(r)
	return each(list, func(i app.Intent) api.Intent { return intentView(spoken, i) })
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
	s.reply(w, r, http.StatusOK, api.IntentPage{Items: intentViews(r, list), Next: next})
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
	s.reply(w, r, http.StatusOK, intentView(languageOf(r), i))
}

// SignIntent takes a person's signature.
func (s *server) SignIntent(w http.ResponseWriter, r *http.Request, id api.IntentID, _ api.SignIntentParams) {
	var in api.Signature
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	step(s, w, r, signedIntent(r), func(ctx context.Context) (app.Intent, error) {
		i, err := s.app.Sign(ctx, callOf(r).actor, id, signatureOf(in))
		if err != nil {
			return i, err
		}
		return s.await(r, i, waitOf(r))
	})
}

func signedIntent(r *http.Request) func(app.Intent) (shown, error) {
	return func(i app.Intent) (shown, error) {
		v := shown{status: http.StatusOK, body: intentView(languageOf(r), i)}
		if onItsWay(i) {
			v.status, v.location = http.StatusAccepted, statusURL(i.ID)
		}
		return v, nil
	}
}

// onItsWay tells whether all have signed and the outcome is not known.
func onItsWay(i app.Intent) bool { return !i.Finished() && i.State != app.IntentOpen }

func signatureOf(in api.Signature) app.SignatureInput {
	out := app.SignatureInput{Key: in.Key, Batch: in.Batch, Value: in.Value}
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
	show := func(list []app.SignOutcome) (shown, error) { return s.outcomes(r, list), nil }
	step(s, w, r, show, func(ctx context.Context) ([]app.SignOutcome, error) {
		list, err := s.app.SignAll(ctx, callOf(r).actor, in.Intents, signatureOf(in.Signature))
		if err != nil {
			return nil, err
		}
		end := s.wall.Now().Add(waitOf(r))
		for n := range list {
			if list[n].Refused != nil {
				continue
			}
			if list[n].Intent, err = s.await(r, list[n].Intent, max(end.Sub(s.wall.Now()), 0)); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
}

// outcomes shows what became of each signature of a batch.
func (s *server) outcomes(r *http.Request, list []app.SignOutcome) shown {
	v, views := shown{status: http.StatusOK}, make([]api.Outcome, len(list))
	for n, o := range list {
		views[n].Intent = o.ID
		if o.Refused != nil {
			views[n].Problem = s.problem(r, o.Refused)
			continue
		}
		views[n].Signed = intentView(languageOf(r), o.Intent)
		if onItsWay(o.Intent) {
			v.status = http.StatusAccepted
		}
	}
	v.body = api.BatchOutcome{Outcomes: views}
	return v
}

// WithdrawIntent takes an open intent back.
func (s *server) WithdrawIntent(
	w http.ResponseWriter, r *http.Request, id api.IntentID, _ api.WithdrawIntentParams,
) {
	show := func(i app.Intent) (shown, error) {
		return shown{status: http.StatusOK, body: intentView(languageOf(r), i)}, nil
	}
	step(s, w, r, show, func(ctx context.Context) (app.Intent, error) {
		return s.app.WithdrawIntent(ctx, callOf(r).actor, id)
	})
}
