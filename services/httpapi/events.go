package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

const (
	streamTime  = 15 * time.Minute       // after which a client connects again
	streamWrite = 10 * time.Second       // for a client to take what is sent
	streamBeat  = 15 * time.Second       // between two signs of life
	streamRest  = 100 * time.Millisecond // gathers changes that come together
	streamRetry = time.Second            // before a client connects again
	fromNow     = -1                     // no event has been seen
)

// streams counts the open streams, of each session and of each organisation.
type streams struct {
	mu                 sync.Mutex
	bySession          map[string]int
	byOrg              map[trade.OrgID]int
	perSession, perOrg int
}

func newStreams(perSession, perOrg int) *streams {
	return &streams{
		bySession: map[string]int{}, byOrg: map[trade.OrgID]int{}, perSession: perSession, perOrg: perOrg,
	}
}

// open counts one more, or refuses it; close counts it off.
func (s *streams) open(token string, org trade.OrgID) (shut func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bySession[token] >= s.perSession || s.byOrg[org] >= s.perOrg {
		return nil, false
	}
	s.bySession[token]++
	s.byOrg[org]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		lessOne(s.bySession, token)
		lessOne(s.byOrg, org)
	}, true
}

func lessOne[K comparable](m map[K]int, key K) {
	m[key]--
	if m[key] == 0 {
		delete(m, key)
	}
}

// StreamEvents tells what changes for the actor's organisation until the session ends.
func (s *server) StreamEvents(w http.ResponseWriter, r *http.Request, in api.StreamEventsParams) {
	c := callOf(r)
	after, err := lastSeen(in)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shut, ok := s.streams.open(c.token, c.actor.Org)
	if !ok {
		s.fail(w, r, tooMany(w, streamBeat, "streams at once"))
		return
	}
	defer shut()
	c.leave() // a stream has a place of its own
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Connection", "close") // the deadline of its last write must not meet another request
	st := stream{server: s, out: w, control: http.NewResponseController(w), call: c, after: after}
	if after == fromNow {
		err = st.begin(r.Context())
	} else {
		err = st.send("retry: %d\n\n", streamRetry.Milliseconds())
	}
	for err == nil {
		err = st.turn(r.Context())
	}
}

// lastSeen reads the number of the last event that the client has seen.
func lastSeen(in api.StreamEventsParams) (int64, error) {
	given := in.LastEventID
	if given == "" {
		given = in.After
	}
	if given == "" {
		return fromNow, nil
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 0 {
		return 0, fault(app.CodeInput, "after", "send the id of an event as it was")
	}
	return n, nil
}

// stream is one stream of events. Any error ends it: the client comes again with the number
// of the last event that reached it.
type stream struct {
	*server

	out     io.Writer
	control *http.ResponseController
	call    *call
	after   int64
	started bool
}

// begin starts from now.
func (s *stream) begin(ctx context.Context) error {
	_, head, _, err := s.app.Changes(ctx, s.call.actor, 0)
	if err != nil {
		return err
	}
	s.after = head
	return s.start(false)
}

// start tells the client from where the events go on.
func (s *stream) start(resumed bool) error {
	s.started = true
	return s.send("retry: %d\nid: %d\nevent: start\ndata: {\"resumed\":%t}\n\n",
		streamRetry.Milliseconds(), s.after, resumed)
}

// turn sends what has changed, and waits for more or for the next sign of life. It looks each
// time whether the session still stands.
func (s *stream) turn(ctx context.Context) error {
	changed := s.app.NextChange(s.call.actor.Org)
	actor, err := s.app.Authenticate(ctx, s.call.token)
	if err != nil {
		return err
	}
	list, head, gap, err := s.app.Changes(ctx, actor, s.after)
	switch {
	case err != nil:
		return err
	case gap:
		s.after = head
		return s.start(false)
	case !s.started:
		if err := s.start(true); err != nil {
			return err
		}
	}
	for _, e := range list {
		s.after = e.Seq
		err := s.send("id: %d\nevent: change\ndata: {\"kind\":%q,\"id\":%q}\n\n", e.Seq, e.Kind, e.Subject)
		if err != nil {
			return err
		}
	}
	if len(list) == app.ChangesPage {
		return nil
	}
	return s.wait(ctx, changed)
}

// wait ends when something changes, and then after a rest in which more may; it sends a sign
// of life when nothing does.
func (s *stream) wait(ctx context.Context, changed <-chan struct{}) error {
	beat := time.NewTimer(s.beat)
	defer beat.Stop()
	select {
	case <-changed:
		rest := time.NewTimer(streamRest)
		defer rest.Stop()
		select {
		case <-rest.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	case <-beat.C:
		return s.send(": \n\n")
	case <-s.ending:
		return errEnding
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errEnding ends streams before the server stops.
var errEnding = errors.New("the server stops")

// send writes one event. Kinds and ids are made of plain letters, so that %q is JSON.
func (s *stream) send(format string, values ...any) error {
	err := s.control.SetWriteDeadline(s.wall.Now().Add(streamWrite))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprintf(s.out, format, values...); err != nil {
		return err
	}
	return s.control.Flush()
}
