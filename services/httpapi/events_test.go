package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

// streamTestTime is what an answer may take in these tests.
const streamTestTime = 300 * time.Millisecond

// told is an event as a client reads it.
type told struct {
	id        int64
	name      string
	kind      string
	subject   string
	resumed   bool
	heartbeat bool
}

// listener reads a stream of events over a real connection.
type listener struct {
	t      *testing.T
	status int
	events chan told // closed when the stream ends
	cancel context.CancelFunc
}

// listen opens a stream as a person, after an event (empty: from now).
func (w *lively) listen(t *testing.T, email, after string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.address+"/v1/events", nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+w.token(email))
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	l := &listener{t: t, status: answer.StatusCode, events: make(chan told, 1000), cancel: cancel}
	go func() {
		defer close(l.events)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		e := told{}
		for lines.Scan() {
			line := lines.Text()
			field, value, _ := strings.Cut(line, ": ")
			switch field {
			case "id":
				e.id, _ = strconv.ParseInt(value, 10, 64)
			case "event":
				e.name = value
			case "data":
				var data struct {
					Kind, ID string
					Resumed  bool
				}
				_ = json.Unmarshal([]byte(value), &data)
				e.kind, e.subject, e.resumed = data.Kind, data.ID, data.Resumed
			case "":
				e.heartbeat = e.name == ""
				l.events <- e
				e = told{}
			}
		}
	}()
	return l
}

// next waits for an event; ended says that the stream is over.
func (l *listener) next() (e told, ended bool) {
	l.t.Helper()
	late := time.NewTimer(3 * time.Second)
	defer late.Stop()
	for {
		select {
		case e, there := <-l.events:
			if there && e.heartbeat {
				continue
			}
			return e, !there
		case <-late.C:
			l.t.Fatal("no event within 3 s")
		}
	}
}

// until waits for a change of a pack and returns all events up to it.
func (l *listener) until(pack string) []told {
	l.t.Helper()
	seen := []told{}
	for {
		e, ended := l.next()
		if ended {
			l.t.Fatalf("the stream ended before pack %s: %+v", pack, seen)
		}
		seen = append(seen, e)
		if e.kind == app.ChangedPack && e.subject == pack {
			return seen
		}
	}
}

// openPack opens a pack as the seller.
func (w *world) openPack() string {
	w.t.Helper()
	var p api.Pack
	w.post(sellerMaker, "/v1/packs", api.OpenPack{Title: "Live", Parties: []api.PackParty{
		{Organisation: "LanqiaoMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
	}}, http.StatusCreated, &p)
	return string(p.ID)
}

// TestAStreamTellsWhatChanges follows one organisation's changes over connections that are
// cut, as another organisation's are not seen.
func TestAStreamTellsWhatChanges(t *testing.T) {
	w := &lively{world: newWorld(t)}
	node := httptest.NewUnstartedServer(w.mux)
	node.Config.WriteTimeout = streamTestTime // no stream may live by it
	w.server.beat = 20 * time.Millisecond
	node.Start()
	t.Cleanup(node.Close)
	w.address = node.URL
	t.Run("within 3 s, to every party", w.everyParty)
	t.Run("over a connection that was cut, each once", w.cutConnection)
	t.Run("from what the session names on", w.fromTheSession)
	t.Run("never to a stranger", w.strangers)
	t.Run("longer than an answer may take", w.longStreams)
	t.Run("from anew to who was away for too long", w.longAbsence)
	t.Run("no longer than the session", w.endedSession)
	t.Run("so many at once and no more", w.manyStreams)
	t.Run("not after something that is no number", w.badNumber)
}

// lively is a world that is listened to.
type lively struct {
	*world

	address string
}

func (w *lively) in(t *testing.T) *lively { return &lively{w.world.in(t), w.address} }

func (w *lively) everyParty(t *testing.T) {
	w = w.in(t)
	seller, obligor := w.listen(t, sellerMaker, ""), w.listen(t, obligorMaker, "")
	for _, l := range []*listener{seller, obligor} {
		if e, _ := l.next(); e.name != "start" || e.resumed {
			t.Fatalf("the first event is %+v", e)
		}
	}
	pack := w.openPack()
	seller.until(pack)
	obligor.until(pack)
}

func (w *lively) cutConnection(t *testing.T) {
	w = w.in(t)
	l := w.listen(t, sellerMaker, "")
	start, _ := l.next()
	last, missed := start.id, []string{}
	for range 3 {
		l.cancel()
		missed = append(missed, w.openPack(), w.openPack())
		l = w.listen(t, sellerMaker, strconv.FormatInt(last, 10))
		if e, _ := l.next(); e.name != "start" || !e.resumed || e.id != last {
			t.Fatalf("it goes on with %+v after %d", e, last)
		}
		for _, e := range l.until(missed[len(missed)-1]) {
			if e.id != last+1 {
				t.Fatalf("event %d comes after %d", e.id, last)
			}
			last = e.id
			if i := slices.Index(missed, e.subject); i >= 0 {
				missed[i] = ""
			}
		}
	}
	for _, id := range missed {
		if id != "" {
			t.Errorf("%s was never told", id)
		}
	}
}

// fromTheSession asks who is signed in, and later what changed since: nothing is told anew that
// was there then, nothing that came after is left out.
func (w *lively) fromTheSession(t *testing.T) {
	w = w.in(t)
	w.openPack()
	var me api.Actor
	w.get(sellerMaker, "/v1/session", &me)
	pack := w.openPack()
	l := w.listen(t, sellerMaker, me.NewestEvent)
	if e, _ := l.next(); e.name != "start" || !e.resumed || strconv.FormatInt(e.id, 10) != me.NewestEvent {
		t.Fatalf("it begins with %+v after %s", e, me.NewestEvent)
	}
	for _, e := range l.until(pack) {
		if e.kind == app.ChangedPack && e.subject != pack {
			t.Errorf("%+v was told, which was there before", e)
		}
	}
}

func (w *lively) strangers(t *testing.T) {
	w = w.in(t)
	l := w.listen(t, stranger, "")
	if e, _ := l.next(); e.name != "start" {
		t.Fatalf("the first event is %+v", e)
	}
	theirs := w.openPack()
	var own api.Pack // something of its own, so that there is an end to wait for
	w.post(stranger, "/v1/packs", api.OpenPack{Title: "Own", Parties: []api.PackParty{
		{Organisation: "BrandlhofMSP", Side: app.SideSeller}, {Organisation: "CangningMSP", Side: app.SideObligor},
	}}, http.StatusCreated, &own)
	for _, e := range l.until(string(own.ID)) {
		if e.subject == theirs {
			t.Errorf("a stranger was told %+v", e)
		}
	}
}

func (w *lively) longStreams(t *testing.T) {
	w = w.in(t)
	l := w.listen(t, bankMaker, "")
	for range 2 * int(streamTestTime/w.server.beat) {
		if _, there := <-l.events; !there {
			t.Fatal("the stream ended with the time of an answer")
		}
	}
}

func (w *lively) longAbsence(t *testing.T) {
	w = w.in(t)
	for _, after := range []string{"999999999", "0"} {
		if after == "0" {
			w.forget("LanqiaoMSP")
		}
		if e, _ := w.listen(t, sellerMaker, after).next(); e.name != "start" || e.resumed {
			t.Errorf("after %s: %+v", after, e)
		}
	}
}

func (w *lively) endedSession(t *testing.T) {
	w = w.in(t)
	l := w.listen(t, obligorChecker, "")
	l.next()
	w.want(w.send(w.token(obligorChecker), "DELETE", "/v1/session", nil, nil), http.StatusNoContent, nil)
	if e, ended := l.next(); !ended {
		t.Errorf("after the session had ended: %+v", e)
	}
}

func (w *lively) manyStreams(t *testing.T) {
	w = w.in(t)
	open := []*listener{}
	for range streamsPerSession {
		open = append(open, w.listen(t, auditor, ""))
	}
	if l := w.listen(t, auditor, ""); l.status != http.StatusTooManyRequests {
		t.Errorf("one more is answered %d", l.status)
	}
	open[0].cancel()
	w.eventually("a place is free again", func() bool {
		l := w.listen(t, auditor, "")
		l.cancel()
		return l.status == http.StatusOK
	})
}

func (w *lively) badNumber(t *testing.T) {
	w = w.in(t)
	got := w.send(w.token(auditor), "GET", "/v1/events?after=x", nil, nil)
	w.problem(got, http.StatusUnprocessableEntity, app.CodeInput)
}
