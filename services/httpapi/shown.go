package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/countersign/countersign/services/app"
)

// shown is an answer before it is written. Of what a step comes to it is made twice: inside the
// step's transaction, where it is kept for a repeat, and afterwards, to be sent.
type shown struct {
	status   int
	location string // empty: none
	etag     string // empty: none
	body     any
}

// step carries out a request that changes something: act runs the step with a context under
// which it keeps its answer, as show makes it, with its effects.
func step[T any](
	s *server, w http.ResponseWriter, r *http.Request,
	show func(T) (shown, error), act func(ctx context.Context) (T, error),
) {
	kept := app.StoredAnswer{}
	result, err := act(answering(r, show, &kept))
	if err == nil {
		callOf(r).kept = kept
	}
	s.show(w, r, func() (shown, error) { return show(result) }, err)
}

// answering is the context for a step whose answer show makes; kept becomes what the step keeps.
func answering[T any](r *http.Request, show func(T) (shown, error), kept *app.StoredAnswer) context.Context {
	c := callOf(r)
	if c.key.Key == "" {
		return r.Context()
	}
	return app.Answering(r.Context(), c.key, func(result T) (app.StoredAnswer, error) {
		v, err := show(result)
		if err != nil {
			return app.StoredAnswer{}, err
		}
		body, err := json.Marshal(v.body)
		if err != nil {
			return app.StoredAnswer{}, fmt.Errorf("writing the answer: %w", err)
		}
		*kept = app.StoredAnswer{
			Status: v.status, ContentType: jsonType, Location: v.location, ETag: v.etag, Body: body,
		}
		return *kept, nil
	})
}

// show sends what a step came to.
func (s *server) show(w http.ResponseWriter, r *http.Request, made func() (shown, error), err error) {
	var v shown
	if err == nil {
		v, err = made()
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setHeader(w, "Location", v.location)
	setHeader(w, "ETag", v.etag)
	s.reply(w, r, v.status, v.body)
}

// setHeader sets a header that has a value.
func setHeader(w http.ResponseWriter, name, value string) {
	if value != "" {
		w.Header().Set(name, value)
	}
}
