package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// OpenKeyring prepares the commitment to the consortium key.
func (s *server) OpenKeyring(w http.ResponseWriter, r *http.Request, _ api.OpenKeyringParams) {
	if err := s.decode(r, &api.Nothing{}); err != nil {
		s.fail(w, r, err)
		return
	}
	s.prepare(w, r, func(ctx context.Context) (app.Intent, error) {
		return s.app.OpenKeyring(ctx, callOf(r).actor)
	})
}

// MoveClock moves the clock of a demo node.
func (s *server) MoveClock(w http.ResponseWriter, r *http.Request, _ api.MoveClockParams) {
	var in api.MoveClock
	if err := s.decode(r, &in); err != nil {
		s.fail(w, r, err)
		return
	}
	now, err := s.app.MoveClock(r.Context(), callOf(r).actor, s.clock, in.Days)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.reply(w, r, http.StatusOK, api.ClockTime{Now: now.UTC()})
}

// GetDemo tells who may be signed in as on a demo node.
func (s *server) GetDemo(w http.ResponseWriter, r *http.Request) {
	cast, err := s.app.Personas(r.Context(), s.clock, s.cast)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	demo := api.Demo{Personas: make([]api.Persona, len(cast))}
	for n, p := range cast {
		demo.Personas[n] = api.Persona{
			Email: p.Email, Name: p.Name, Part: p.Part, Waits: p.Waits, More: p.More,
			Organisation: p.Organisation.Name, OrganisationLocal: p.Organisation.NameLocal,
		}
	}
	s.reply(w, r, http.StatusOK, demo)
}

const plainText = "text/plain; charset=utf-8"

// GetHealth says that the process runs.
func (s *server) GetHealth(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, plainText, []byte("ok\n"))
}

const readyTime = 3 * time.Second

// GetReadiness says whether database and ledger answer.
func (s *server) GetReadiness(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.alarm(r, slog.LevelWarn, err)
		s.fail(w, r, fault(app.CodeUnavailable, "", "database or ledger does not answer: try again shortly"))
		return
	}
	write(w, http.StatusOK, plainText, []byte("ready\n"))
}

// GetMetrics shows the metrics.
func (s *server) GetMetrics(w http.ResponseWriter, r *http.Request) {
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
