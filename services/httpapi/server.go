// Package httpapi is the HTTP face of Countersign, as schemas/openapi.yaml describes it.
//
// A handler decodes, makes one call of a step (and reads back what it shows), and encodes.
// Before it runs, the route's policy has been carried out: time limit, session, counting,
// body read whole and bounded, Idempotency-Key taken. Who may do what is decided by the
// steps and the law.
package httpapi

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-playground/validator/v10"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// Config is what the wiring gives to the API.
type Config struct {
	App    *app.App
	Hasher app.PasswordHasher
	// Ready says whether database and ledger answer; nil when they do.
	Ready func(ctx context.Context) error
	// Clock moves the clock of a demo node; nil on every other.
	Clock app.ClockMover
	// Cast is who may be signed in as on a demo node; it is told there and nowhere else.
	Cast []app.Cue
	// Wall is the machine's clock: rate limits, deadlines and durations go by it.
	Wall app.Clock
	Log  *slog.Logger
	// Metrics collects what /metrics shows; a new registry when nil.
	Metrics *prometheus.Registry
	// Random makes request ids; crypto/rand when nil.
	Random io.Reader
	// Ending ends the streams of events when it is closed, so that the server can stop; nil
	// never does.
	Ending <-chan struct{}
	Limits Limits
}

// Limits bound what clients may ask for. A zero stands for the default.
type Limits struct {
	SignInsPerEmail    int // a minute; 10
	SignInsPerAddress  int // a minute; 120
	UploadsPerUser     int // a minute; 60
	VerifiesPerAddress int // questions about files by anybody, a minute; 60
	InFlight           int // requests at once; 512
	StreamsPerSession  int // streams of events at once; 4
	StreamsPerOrg      int // of all sessions of an organisation; 100
}

// The limits where none are given.
const (
	signInsPerEmail    = 10
	signInsPerAddress  = 120
	uploadsPerUser     = 60
	verifiesPerAddress = 60
	inFlight           = 512
	streamsPerSession  = 4
	streamsPerOrg      = 100
)

// requestKeys remembers Idempotency-Keys. The application does.
type requestKeys interface {
	BeginRequest(ctx context.Context, actor app.Actor, key string, digest trade.Digest) (
		app.RequestKey, *app.StoredAnswer, error)
	FinishRequest(ctx context.Context, k app.RequestKey, answer app.StoredAnswer) error
	ForgetRequest(ctx context.Context, k app.RequestKey) error
}

// server is the face: it implements the generated interface.
type server struct {
	app      *app.App
	keys     requestKeys
	hasher   app.PasswordHasher
	ready    func(ctx context.Context) error
	clock    app.ClockMover
	cast     []app.Cue
	wall     app.Clock
	log      *slog.Logger
	random   io.Reader
	validate *validator.Validate
	statuses map[trade.Code]int
	metrics  *metrics
	places   chan struct{} // one for each request in flight
	origin   *http.CrossOriginProtection
	streams  *streams
	beat     time.Duration // between two signs of life of a stream
	ending   <-chan struct{}

	byEmail, byAddress, byUser, byVerifier *limiter
}

var _ api.ServerInterface = (*server)(nil)

// New makes the handler of the whole API.
func New(c Config) (http.Handler, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	return router(s), nil
}

func newServer(c Config) (*server, error) {
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.Ready == nil {
		c.Ready = func(context.Context) error { return nil }
	}
	limit := func(given, otherwise int) int {
		if given > 0 {
			return given
		}
		return otherwise
	}
	measured, err := newMetrics(c.Metrics)
	if err != nil {
		return nil, err
	}
	return &server{
		app: c.App, keys: c.App, hasher: c.Hasher, ready: c.Ready, clock: c.Clock, cast: c.Cast,
		wall: c.Wall, log: c.Log,
		random: c.Random, validate: newValidator(), statuses: statuses(), metrics: measured,
		places: make(chan struct{}, limit(c.Limits.InFlight, inFlight)),
		origin: http.NewCrossOriginProtection(),
		streams: newStreams(
			limit(c.Limits.StreamsPerSession, streamsPerSession), limit(c.Limits.StreamsPerOrg, streamsPerOrg),
		),
		beat: streamBeat, ending: c.Ending,
		byEmail:   newLimiter(c.Wall, limit(c.Limits.SignInsPerEmail, signInsPerEmail), maxKeys),
		byAddress: newLimiter(c.Wall, limit(c.Limits.SignInsPerAddress, signInsPerAddress), maxKeys),
		byUser:    newLimiter(c.Wall, limit(c.Limits.UploadsPerUser, uploadsPerUser), maxKeys),
		byVerifier: newLimiter(
			c.Wall, limit(c.Limits.VerifiesPerAddress, verifiesPerAddress), maxKeys,
		),
	}, nil
}

// compression is the level of gzip: lists fall to a tenth at any, and the fastest are dearest on a line.
const compression = 5

// squeezed compresses answers in JSON for who takes it. A stream goes out event by event and an
// original as the bytes that it is.
func squeezed(next http.Handler) http.Handler {
	small := middleware.Compress(compression, "application/json")(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if r.Method != http.MethodGet || path == "/v1/events" || strings.HasSuffix(path, "/original") {
			next.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	})
}

// router puts the routes behind what holds for all of them.
func router(s *server) *chi.Mux {
	mux := chi.NewRouter()
	mux.Use(s.observe, s.guarded, squeezed)
	mux.NotFound(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, fault(app.CodeHidden, "", "there is nothing at this address: see schemas/openapi.yaml"))
	})
	mux.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, fault(CodeMethod, "", "%s is not taken here: see schemas/openapi.yaml", r.Method))
	})
	api.HandlerWithOptions(
		s, api.ChiServerOptions{BaseRouter: mux.With(s.admit), ErrorHandlerFunc: s.badParameter},
	)
	return mux
}

// Limits of a connection.
const (
	headerTime     = 5 * time.Second
	idleTime       = 2 * time.Minute
	maxHeaderBytes = 16 << 10
)

// Server makes a server for the handler with the limits of connections. Each route bounds its
// own bodies and answers.
func Server(addr string, handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr: addr, Handler: handler, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
