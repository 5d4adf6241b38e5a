package acceptance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/demo"
)

const (
	seeds      = 20
	racedSeeds = 2   // of them under the race detector as well
	players    = 4   // clients at work when the node is killed
	killWithin = 120 // requests sent before the kill, at most
	killDelay  = 20  // milliseconds after that request was sent, at most
)

// acknowledged is one line of the client's own log: a 2xx that it got to read whole.
type acknowledged struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Status int             `json:"status"`
	Sent   string          `json:"sent"` // SHA-256 of the body of the request, in hex
	Answer json.RawMessage `json:"answer"`
}

// recorder passes requests on and appends every 2xx to a file, as far as it was read.
type recorder struct {
	next http.RoundTripper
	sent atomic.Int64

	mu   sync.Mutex
	file *os.File
	kill func(sent int64) // told of every request before it is sent
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	n := r.sent.Add(1)
	r.mu.Lock()
	kill := r.kill
	r.mu.Unlock()
	if kill != nil {
		kill(n)
	}
	answer, err := r.next.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	if answer.StatusCode/100 == 2 && json.Valid(raw) {
		sum := sha256.Sum256(body)
		line, err := json.Marshal(acknowledged{
			q.Method, q.URL.Path, answer.StatusCode, hex.EncodeToString(sum[:]), raw,
		})
		if err != nil {
			return nil, err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if _, err := r.file.Write(append(line, '\n')); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// TestKilledMidRequestNothingAcknowledgedIsLost kills the node with SIGKILL at a moment that
// the seed gives, every third time its PostgreSQL too, while clients upload, prepare and sign;
// starts it again and looks for everything that was acknowledged, with psql and in the files
// themselves. Two nodes are killed side by side, each with half of the seeds.
func TestKilledMidRequestNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	for first := range uint64(2) {
		t.Run(fmt.Sprintf("seeds from %d", first*seeds/2), func(t *testing.T) {
			t.Parallel()
			killed(t, fast, first*seeds/2, (first+1)*seeds/2)
		})
	}
}

func TestKilledUnderTheRaceDetectorNothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	if !raced {
		t.Skip("the node is built with the race detector when these tests are: run them with -race")
	}
	killed(t, program, 0, racedSeeds)
}

// killed kills a node once for each seed from one to before another.
func killed(t *testing.T, by build, from, before uint64) {
	t.Helper()
	data := newData(t)
	journal := filepath.Join(scratch(t), "acknowledged.jsonl")
	file, err := os.OpenFile(journal, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := &recorder{next: &http.Transport{MaxIdleConnsPerHost: 64}, file: file}
	h := open(t, by, data, r)
	programmes, err := h.programmes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for seed := from; seed < before; seed++ {
		random := rand.New(rand.NewPCG(seed, 0))
		at, delay := 1+random.Int64N(killWithin), time.Duration(random.Int64N(killDelay))*time.Millisecond
		alsoDatabase := seed%3 == 0
		cut := h.killedAt(t, r, at, delay, alsoDatabase, func(ctx context.Context, player int) error {
			return h.trades(ctx, fmt.Sprintf("K%d.%d", seed, player), programmes["YongjiangMSP"], player)
		})
		h.again(t)
		found, lost := lookFor(t, data, journal)
		for _, what := range lost {
			t.Error(what)
		}
		t.Logf("seed %d: killed %s after request %d (database too: %t), %d requests were cut off; found again: %s",
			seed, delay, at, alsoDatabase, cut, found)
	}
	// What was fully signed is done, though nobody asks for it any more.
	err = eventually(t.Context(), func() (bool, error) {
		left := psql(t, data, "SELECT count(*) FROM intents WHERE state IN ('ready', 'submitted');")
		return slices.Equal(left, []string{"0"}), nil
	})
	if err != nil {
		t.Errorf("signed intents are not done: %v", err)
	}
	all, lost := lookFor(t, data, journal)
	t.Logf("finally found again: %s; lost: %q", all, lost)
	if len(lost) > 0 || all.committed == 0 || all.uploads == 0 || all.signatures == 0 {
		t.Error("something was lost, or nothing was looked for")
	}
	t.Run("the search sees what is not there", func(t *testing.T) {
		invented, err := os.ReadFile(filepath.Join("testdata", "invented.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(invented); err != nil {
			t.Fatal(err)
		}
		// The upload lacks row and file, the committed command its step and its place in the
		// ledger's file; each other line lacks one thing.
		if _, lost := lookFor(t, data, journal); len(lost) != bytes.Count(invented, []byte("\n"))+2 {
			t.Errorf("of what never was, the search misses only %q", lost)
		}
	})
	h.stop(t)
	clean(t, data)
}

// killedAt lets clients play until the node is killed, after a request and a delay. It
// returns how many requests ended without an answer.
func (h *house) killedAt(
	t *testing.T, r *recorder, at int64, delay time.Duration, alsoDatabase bool,
	play func(ctx context.Context, player int) error,
) int {
	t.Helper()
	leader := postmaster(t, h.data)
	r.sent.Store(0)
	due := make(chan struct{})
	r.mu.Lock()
	r.kill = func(sent int64) {
		if sent == at {
			close(due)
		}
	}
	r.mu.Unlock()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var group sync.WaitGroup
	var cut atomic.Int64
	for player := range players {
		group.Go(func() {
			for ctx.Err() == nil {
				err := play(ctx, player)
				if answered(err) {
					t.Errorf("player %d: %v", player, err)
					return
				}
				if err != nil {
					cut.Add(1)
					return
				}
			}
		})
	}
	<-due
	<-time.After(delay)
	h.end(t, syscall.SIGKILL)
	if alsoDatabase {
		// It may be gone already: it ends when its program dies.
		_ = syscall.Kill(leader, syscall.SIGKILL)
	}
	stop()
	group.Wait()
	r.mu.Lock()
	r.kill = nil
	r.mu.Unlock()
	return int(cut.Load())
}

// answered tells whether an error is an answer of the node: one that is not expected here.
func answered(err error) bool {
	p, ok := demo.Refused(err)
	return ok && p.Status != http.StatusServiceUnavailable
}

// round counts the trades of a player, so that no two are alike.
var round atomic.Int64

// trades does what a seller, a buyer and a bank do all day: a pack with its papers, a claim,
// its confirmation, a request; and opens a programme now and then.
func (h *house) trades(ctx context.Context, run string, programme trade.AssetID, player int) error {
	n := int(round.Add(1))
	if player == 0 {
		return h.act(ctx, "/v1/programmes", map[string]any{
			"seller": "LanqiaoMSP", "obligor": "CangningMSP", "tenor_days": 90,
			"limit":     map[string]string{"amount": fmt.Sprint(1000 + n), "currency": "CNY"},
			"agreement": "Agreement " + run,
		}, bankMaker, bankChecker, sellerMaker)
	}
	c, err := h.claimed(ctx, run, n)
	if err != nil {
		return err
	}
	if err := h.confirmed(ctx, c); err != nil {
		return err
	}
	_, err = h.requested(ctx, c, programme)
	return err
}

// found counts what of the client's log was found.
type found struct{ sessions, packs, uploads, intents, signatures, committed int }

func (f found) String() string {
	return fmt.Sprintf("%d sign-ins, %d packs, %d uploads, %d intents, %d signatures, %d commands on the ledger",
		f.sessions, f.packs, f.uploads, f.intents, f.signatures, f.committed)
}

// lookFor holds the database, the folder of papers and the ledger's file against every line
// of the client's log.
func lookFor(t *testing.T, data, journal string) (found, []string) {
	t.Helper()
	raw, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := os.ReadFile(filepath.Join(data, "ledger", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]map[string]bool{}
	for name, query := range map[string]string{
		"session":   "SELECT encode(token_hash, 'hex') FROM sessions;",
		"pack":      "SELECT id FROM packs;",
		"document":  "SELECT id || ' ' || digest FROM documents;",
		"intent":    "SELECT id || ' ' || digest FROM intents;",
		"signature": "SELECT intent_id || ' ' || person_id FROM intent_signatures;",
		"step":      "SELECT command_id || ' ' || block FROM ledger.transitions;",
	} {
		sets[name] = map[string]bool{}
		for _, row := range psql(t, data, query) {
			sets[name][row] = true
		}
	}
	l := &looking{data: data, sets: sets, ledger: ledger}
	for line := range bytes.Lines(raw) {
		var a acknowledged
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		l.line(a)
	}
	return l.found, l.lost
}

// looking is a search for what a log says.
type looking struct {
	data   string
	sets   map[string]map[string]bool
	ledger []byte
	found  found
	lost   []string
}

func (l *looking) miss(format string, args ...any) {
	l.lost = append(l.lost, "lost: "+fmt.Sprintf(format, args...))
}

// want wants a row in one of the sets.
func (l *looking) want(a acknowledged, set, row string) {
	if !l.sets[set][row] {
		l.miss("%s %s was answered %d, and there is no %s %s", a.Method, a.Path, a.Status, set, row)
	}
}

// line looks for what one answer had acknowledged.
func (l *looking) line(a acknowledged) {
	var answer struct {
		Token   string  `json:"token"`
		ID      string  `json:"id"`
		Digest  string  `json:"digest"`
		State   string  `json:"state"`
		Block   *uint64 `json:"block"`
		Command string  `json:"command"`
		Duties  []struct {
			By *struct {
				Person string `json:"person"`
			} `json:"by"`
		} `json:"duties"`
		Intent *struct {
			ID     string `json:"id"`
			Digest string `json:"digest"`
		} `json:"intent"`
	}
	if err := json.Unmarshal(a.Answer, &answer); err != nil {
		l.miss("%s %s: %v", a.Method, a.Path, err)
		return
	}
	switch {
	case a.Path == "/v1/session":
		sum := sha256.Sum256([]byte(answer.Token))
		l.want(a, "session", hex.EncodeToString(sum[:]))
		l.found.sessions++
	case a.Path == "/v1/packs" && a.Method == http.MethodPost:
		l.want(a, "pack", answer.ID)
		l.found.packs++
	case strings.HasSuffix(a.Path, "/documents") && a.Method == http.MethodPost:
		l.want(a, "document", answer.ID+" sha-256:"+a.Sent)
		l.paper(a)
		l.found.uploads++
	case strings.HasSuffix(a.Path, "/signatures") && a.Method == http.MethodPost:
		l.found.signatures++
		for _, d := range answer.Duties {
			if d.By != nil {
				l.want(a, "signature", answer.ID+" "+d.By.Person)
			}
		}
	case a.Method == http.MethodPost && answer.Command != "":
		l.found.intents++
		l.want(a, "intent", answer.ID+" "+answer.Digest)
	case a.Method == http.MethodPost && answer.Intent != nil:
		l.found.intents++
		l.want(a, "intent", answer.Intent.ID+" "+answer.Intent.Digest)
	}
	if answer.Command != "" && answer.State == "committed" && answer.Block != nil {
		l.found.committed++
		l.want(a, "step", fmt.Sprintf("%s %d", answer.ID, *answer.Block))
		if !bytes.Contains(l.ledger, []byte(answer.ID)) {
			l.miss("%s was committed, and the ledger's file does not name it", answer.ID)
		}
	}
}

// paper hashes the file that an upload must have left.
func (l *looking) paper(a acknowledged) {
	raw, err := os.ReadFile(blobFile(l.data, trade.Digest("sha-256:"+a.Sent)))
	if err != nil {
		l.miss("%s was answered %d: %v", a.Path, a.Status, err)
		return
	}
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != a.Sent {
		l.miss("the file of %s is another", a.Sent)
	}
}

// blobFile is where a node keeps the bytes of a digest.
func blobFile(data string, d trade.Digest) string {
	name := strings.TrimPrefix(string(d), "sha-256:")
	return filepath.Join(data, "papers", "sha256", name[:2], name[2:])
}
