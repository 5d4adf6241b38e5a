package httpapi

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// call is what is known of a request while it is answered.
type call struct {
	id      string
	pattern string
	token   string
	actor   app.Actor
	key     app.RequestKey   // taken for it; zero when it needs none
	kept    app.StoredAnswer // by its step with its effects; zero when it keeps none
	code    trade.Code       // of the problem it was answered with
	passing bool             // something failed that may go well the next time
	leave   func()           // gives the place among the requests in flight back
}

type callKey struct{}

// callOf finds the call of a request; observe put it there.
func callOf(r *http.Request) *call {
	if c, ok := r.Context().Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// seen counts what was sent.
type seen struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (s *seen) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *seen) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	n, err := s.ResponseWriter.Write(b)
	s.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// observe gives each request an id, writes one line of log about it, counts it, and turns a
// panic into an answer. The log has no query, header or body: they hold names and secrets.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.wall.Now()
		c := &call{id: s.requestID()}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		out := &seen{ResponseWriter: w}
		w.Header().Set("X-Request-Id", c.id)
		secure(w.Header(), r)
		defer func() { //nolint:contextcheck // the request carries it
			if p := recover(); p != nil {
				s.log.LogAttrs(r.Context(), slog.LevelError, "handler panicked", slog.String("request", c.id),
					slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
				if out.status == 0 {
					s.fail(out, r, errPanic)
				}
			}
			took := s.wall.Now().Sub(began)
			s.metrics.done(r.Method, c.pattern, out.status, took)
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request", c.id),
				slog.String("method", r.Method), slog.String("route", c.pattern), slog.Int("status", out.status),
				slog.String("code", string(c.code)), slog.Int64("micros", took.Microseconds()),
				slog.Int("bytes", out.bytes), slog.String("user", string(c.actor.User)),
				slog.String("org", string(c.actor.Org)))
		}()
		next.ServeHTTP(out, r)
	})
}

var errPanic = errors.New("handler panicked")

const idBytes = 12

func (s *server) requestID() string {
	b := make([]byte, idBytes)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "req-unknown"
	}
	return "req-" + hex.EncodeToString(b)
}

// secure sets the headers that every answer has: nothing is cached, sniffed, framed or run.
func secure(h http.Header, r *http.Request) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// guarded refuses what a browser was made to send by another site, and more requests at once
// than there are places.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.origin.Check(r); err != nil {
			s.fail(w, r, fault(CodeCrossOrigin, "", "this came from another site: open Countersign itself"))
			return
		}
		select {
		case s.places <- struct{}{}:
			leave := sync.OnceFunc(func() { <-s.places })
			callOf(r).leave = leave
			defer leave()
		default:
			s.fail(w, r, fault(app.CodeUnavailable, "", "too many requests at once: try again in a moment"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit carries out the policy of the route. It runs after the route is known and before its
// parameters are read.
func (s *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.pattern = chi.RouteContext(r.Context()).RoutePattern()
		p := policyOf(r.Method, c.pattern)
		ctx, cancel := context.WithTimeout(r.Context(), p.timeout)
		defer cancel()
		r = r.WithContext(ctx)
		s.deadlines(ctx, w, p.timeout)
		if err := s.admitted(w, r, c, p); err != nil {
			s.fail(w, r, err)
			return
		}
		if !p.keyed && p.takes == noBody {
			next.ServeHTTP(w, r)
			return
		}
		b, err := readBody(w, r, p.limit)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		defer b.Close() // the file has no name any more
		if r.Body, err = b.reader(); err != nil {
			s.fail(w, r, err)
			return
		}
		if !p.keyed {
			next.ServeHTTP(w, r)
			return
		}
		s.once(w, r, requestDigest(r, b), next)
	})
}

// deadlines bound how slowly a client may send and take; they leave the handler its time.
func (s *server) deadlines(ctx context.Context, w http.ResponseWriter, timeout time.Duration) {
	end := s.wall.Now().Add(timeout + wholeDeadline)
	control := http.NewResponseController(w)
	for _, err := range []error{control.SetReadDeadline(end), control.SetWriteDeadline(end)} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			s.log.LogAttrs(ctx, slog.LevelDebug, "deadline not set", slog.String("error", err.Error()))
		}
	}
}

// admitted checks session, address, allowance and headers, in this order: who is not signed
// in learns nothing else.
func (s *server) admitted(w http.ResponseWriter, r *http.Request, c *call, p policy) error {
	if !p.open {
		if err := s.authenticate(r, c); err != nil {
			return err
		}
	}
	for _, id := range chi.RouteContext(r.Context()).URLParams.Values {
		if !trade.ValidID(id) {
			return fault(app.CodeHidden, "", "there is no such thing, or it is not yours to see")
		}
	}
	if p.counted {
		if wait, ok := s.byUser.take(string(c.actor.User)); !ok {
			return tooMany(w, wait, "uploads")
		}
	}
	if p.keyed {
		if _, err := keyOf(r); err != nil {
			return err
		}
	}
	return takes(r, p.takes)
}

// tooMany refuses and says when to come again.
func tooMany(w http.ResponseWriter, wait time.Duration, what string) error {
	seconds := int(wait/time.Second) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return fault(app.CodeTooMany, "", "too many %s: try again in %d seconds", what, seconds)
}

// takes refuses a body of a type that the route does not take.
func takes(r *http.Request, want content) error {
	if want == noBody {
		return nil
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return fault(CodeMediaType, "Content-Type", "say in Content-Type what the body is")
	}
	form := strings.HasPrefix(media, "multipart/") || media == "application/x-www-form-urlencoded"
	switch {
	case want == jsonBody && media != "application/json":
		return fault(CodeMediaType, "Content-Type", "send application/json")
	case want == partBody && media != partType:
		return fault(CodeMediaType, "Content-Type", "send "+partType)
	case want == fileBody && form:
		return fault(CodeMediaType, "Content-Type", "send the file itself as the body, not a form")
	}
	return nil
}

// badParameter answers what the generated code could not read.
func (s *server) badParameter(w http.ResponseWriter, r *http.Request, err error) {
	if header, ok := errors.AsType[*api.RequiredHeaderError](err); ok {
		code := CodeMalformed
		if header.ParamName == "If-Match" {
			code = CodePrecondition
		}
		s.fail(w, r, fault(code, header.ParamName, "this header is needed"))
		return
	}
	name := ""
	if f, ok := errors.AsType[*api.InvalidParamFormatError](err); ok {
		name = f.ParamName
	}
	s.fail(w, r, fault(CodeMalformed, name, "a parameter is not what it should be"))
}

const (
	minKey, maxKey = 8, 64
	forgetTime     = 5 * time.Second
)

// keyOf reads the Idempotency-Key.
func keyOf(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) != 1 || len(values[0]) < minKey || len(values[0]) > maxKey || !trade.ValidID(values[0]) {
		return "", fault(CodeKey, "Idempotency-Key", "one key of %d to %d characters [A-Za-z0-9._-] is needed, "+
			"new for each thing to be done and the same when it is sent again", minKey, maxKey)
	}
	return values[0], nil
}

// answer is what a handler said, held back until it is kept for a repeat.
type answer struct {
	header http.Header
	status int
	body   []byte
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, b...)
	return len(b), nil
}

// once lets a request with an Idempotency-Key through once.
//
// Effects, in this order:
//  1. the key is taken; a crash leaves it taken for two minutes, then it may be taken again;
//  2. the handler runs its step, which keeps its answer with the key in the transaction of its
//     effects; a crash before it leaves nothing, after it the answer for the repeat;
//  3. an answer of 2xx takes the place of the one kept, when the handler had waited and knows
//     more; any other gives the key back, unless the step had kept one;
//  4. the answer is sent.
func (s *server) once(w http.ResponseWriter, r *http.Request, digest trade.Digest, next http.Handler) {
	c := callOf(r)
	key, err := keyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	taken, before, err := s.keys.BeginRequest(r.Context(), c.actor, key, digest)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if before != nil {
		w.Header().Set("Idempotency-Replayed", "true")
		setHeader(w, "Location", before.Location)
		setHeader(w, "ETag", before.ETag)
		write(w, before.Status, before.ContentType, before.Body)
		return
	}
	c.key = taken
	out := &answer{header: http.Header{}}
	kept := false
	defer func() {
		if !kept { // also when the handler panicked
			s.forget(r, taken)
		}
	}()
	next.ServeHTTP(out, r)
	if out.status/100 == 2 && !c.passing {
		kept = true
		s.finish(r, c, app.StoredAnswer{
			Status: out.status, ContentType: out.header.Get("Content-Type"), Location: out.header.Get("Location"),
			ETag: out.header.Get("ETag"), Body: out.body,
		})
	}
	for name, values := range out.header {
		w.Header()[name] = values
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // nobody is left to be told
}

// finish keeps what a request was answered, unless its step has kept just that.
func (s *server) finish(r *http.Request, c *call, answer app.StoredAnswer) {
	if answer.Equal(c.kept) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), forgetTime)
	defer cancel()
	if err := s.keys.FinishRequest(ctx, c.key, answer); err != nil {
		s.alarm(r, slog.LevelError, fmt.Errorf("keeping the answer: %w", err))
	}
}

func (s *server) forget(r *http.Request, k app.RequestKey) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), forgetTime)
	defer cancel()
	if err := s.keys.ForgetRequest(ctx, k); err != nil {
		s.alarm(r, slog.LevelWarn, fmt.Errorf("giving the key back: %w", err))
	}
}
