package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

const (
	maxAnswer      = 32 << 20
	requestTimeout = 60 * time.Second
	waits          = 12 // times that an outcome is waited for, ten seconds each
)

// Session is one person, signed in at a node. Not only the demonstration plays people: so do
// programs that test a node from outside.
type Session struct {
	address string
	token   string
	person  *Person
	client  *http.Client
}

// Problem is a refusal as the API tells it (RFC 9457).
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Action string `json:"action"` // what to do about it
}

// Error is the status, the code, the sentence and what to do.
func (p *Problem) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s: %s %s", p.Status, p.Code, p.Detail, p.Action))
}

// Refused finds the refusal in an error.
func Refused(err error) (*Problem, bool) { return errors.AsType[*Problem](err) }

// SignIn signs a person in at the address of a node ("http://127.0.0.1:8080"). Every request
// of the session goes through client.
func SignIn(
	ctx context.Context, client *http.Client, address, email string, person *Person,
) (*Session, error) {
	s := &Session{address: address, person: person, client: client}
	var answer struct {
		Token string `json:"token"`
	}
	body := map[string]string{"email": email, "password": person.Password}
	if err := s.Post(ctx, "/v1/session", body, &answer); err != nil {
		return nil, fmt.Errorf("signing in as %s: %w", email, err)
	}
	s.token = answer.Token
	return s, nil
}

// At is the same session at another address of the same node.
func (s *Session) At(address string) *Session {
	moved := *s
	moved.address = address
	return &moved
}

// Nobody is a session at a node without signing in.
func Nobody(client *http.Client, address string) *Session {
	return &Session{address: address, client: client}
}

// Get reads what is at a path: as it comes into a *[]byte, as JSON into anything else.
func (s *Session) Get(ctx context.Context, path string, answer any) error {
	return s.Send(ctx, http.MethodGet, path, nil, http.Header{}, answer)
}

// Post sends a body as JSON and reads the answer like Get.
func (s *Session) Post(ctx context.Context, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.Send(ctx, http.MethodPost, path, raw, http.Header{"Content-Type": {"application/json"}}, answer)
}

// File posts the bytes of a file.
func (s *Session) File(ctx context.Context, path, name string, body []byte, answer any) error {
	return s.Send(ctx, http.MethodPost, path, body, http.Header{
		"Content-Type":        {"application/octet-stream"},
		"Content-Disposition": {fmt.Sprintf("attachment; filename=%q", name)},
	}, answer)
}

// Send makes one request. A write carries an Idempotency-Key of its own.
func (s *Session) Send(
	ctx context.Context, method, path string, body []byte, header http.Header, answer any,
) error {
	r, err := http.NewRequestWithContext(ctx, method, s.address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header = header
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
		if method != http.MethodGet {
			r.Header.Set("Idempotency-Key", newKey())
		}
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		p := &Problem{Status: resp.StatusCode, Code: "http", Detail: http.StatusText(resp.StatusCode)}
		// Without a problem document the status is all there is.
		_ = json.Unmarshal(raw, p)
		return p
	}
	if out, ok := answer.(*[]byte); ok {
		*out = raw
		return nil
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("reading the answer of %s %s: %w", method, path, err)
	}
	return nil
}

func newKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Intent is a command on its way, as the API shows it.
type Intent struct {
	ID          trade.CommandID `json:"id"`
	Act         trade.Act       `json:"act"`
	Subjects    []trade.Subject `json:"subjects"`
	State       string          `json:"state"`
	Command     string          `json:"command"`
	Digest      trade.Digest    `json:"digest"`
	Transaction string          `json:"transaction"`
	Block       uint64          `json:"block"`
	Fault       *trade.Fault    `json:"fault"`
	CreatedBy   app.UserID      `json:"created_by"`
}

type intentPage struct {
	Items []Intent `json:"items"`
}

// Act prepares something and returns the intents that came of it.
func (s *Session) Act(ctx context.Context, path string, body any) ([]Intent, error) {
	var answer struct {
		Intent
		Intents []Intent `json:"intents"`
	}
	if err := s.Post(ctx, path, body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Intents) > 0 {
		return answer.Intents, nil
	}
	return []Intent{answer.Intent}, nil
}

// Sign puts the person's signature under intents, with one gesture. What is signed is what
// the commands say, not what the node says their digests are.
func (s *Session) Sign(ctx context.Context, intents ...Intent) error {
	digests := make([]trade.Digest, len(intents))
	ids := make([]trade.CommandID, len(intents))
	for n, i := range intents {
		command, err := trade.Decode[trade.Command]([]byte(i.Command), "command")
		if err != nil {
			return err
		}
		if digests[n], err = command.Digest(); err != nil {
			return err
		}
		if digests[n] != i.Digest {
			return fmt.Errorf("the server shows another digest than that of %s", i.ID)
		}
		ids[n] = i.ID
	}
	value, batch, err := s.person.sign(digests...)
	if err != nil {
		return err
	}
	signature := map[string]any{"value": value}
	if len(ids) == 1 {
		return s.Post(ctx, "/v1/intents/"+string(ids[0])+"/signatures", signature, nil)
	}
	signature["batch"] = batch
	var answer struct {
		Outcomes []struct {
			Problem *Problem `json:"problem"`
		} `json:"outcomes"`
	}
	body := map[string]any{"intents": ids, "signature": signature}
	if err := s.Post(ctx, "/v1/signatures", body, &answer); err != nil {
		return err
	}
	for _, o := range answer.Outcomes {
		if o.Problem != nil {
			return o.Problem
		}
	}
	return nil
}

// Outcome waits until an intent is committed or refused, or an open one until somebody asks
// again, and gives it as it is then. A refusal is an error.
func (s *Session) Outcome(ctx context.Context, id trade.CommandID) (Intent, error) {
	var i Intent
	for range waits {
		i = Intent{}
		if err := s.Get(ctx, "/v1/intents/"+string(id)+"?wait=10s", &i); err != nil {
			return i, err
		}
		switch {
		case i.State == "committed":
			return i, nil
		case i.Fault != nil:
			return i, &Problem{Status: http.StatusConflict, Code: string(i.Fault.Code), Detail: i.Fault.Message}
		case i.State != "ready" && i.State != "submitted":
			return i, fmt.Errorf("%s %s is %s", i.Act, i.ID, i.State)
		}
	}
	return i, fmt.Errorf("%s %s is still %s", i.Act, i.ID, i.State)
}
