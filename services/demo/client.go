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
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

const (
	maxAnswer      = 32 << 20
	requestTimeout = 60 * time.Second
	waits          = 12 // times that an outcome is waited for, ten seconds each
)

// session is one person, signed in.
type session struct {
	address string
	token   string
	person  *Person
	client  *http.Client
}

// problem is a refusal as the API tells it.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

// refused finds the refusal in an error.
func refused(err error) (*problem, bool) { return errors.AsType[*problem](err) }

// as gives the session of a person, signing in at the first time.
func (j *job) as(ctx context.Context, email string) (*session, error) {
	if s := j.sessions[email]; s != nil {
		return s, nil
	}
	person := j.People.ByEmail[email]
	if person == nil {
		return nil, fmt.Errorf("nobody has the address %q", email)
	}
	s := &session{address: j.Address, person: person, client: &http.Client{Timeout: requestTimeout}}
	var answer struct {
		Token string `json:"token"`
	}
	body := map[string]string{"email": email, "password": person.Password}
	if err := s.post(ctx, "/v1/session", body, &answer); err != nil {
		return nil, fmt.Errorf("signing in as %s: %w", email, err)
	}
	s.token = answer.Token
	j.sessions[email] = s
	return s, nil
}

func (s *session) get(ctx context.Context, path string, answer any) error {
	return s.send(ctx, http.MethodGet, path, nil, nil, answer)
}

func (s *session) post(ctx context.Context, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.send(ctx, http.MethodPost, path, raw, http.Header{"Content-Type": {"application/json"}}, answer)
}

// file posts the bytes of a file.
func (s *session) file(ctx context.Context, path, name string, body []byte, answer any) error {
	return s.send(ctx, http.MethodPost, path, body, http.Header{
		"Content-Type":        {"application/octet-stream"},
		"Content-Disposition": {fmt.Sprintf("attachment; filename=%q", name)},
	}, answer)
}

// send makes one request. A write carries an Idempotency-Key of its own. When answer is a
// *[]byte the body is given as it came.
func (s *session) send(
	ctx context.Context, method, path string, body []byte, header http.Header, answer any,
) error {
	r, err := http.NewRequestWithContext(ctx, method, s.address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if header != nil {
		r.Header = header
	}
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
		p := &problem{Status: resp.StatusCode, Code: "http", Detail: http.StatusText(resp.StatusCode)}
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

// intent is a command on its way, as the API shows it.
type intent struct {
	ID          trade.CommandID `json:"id"`
	Act         trade.Act       `json:"act"`
	Subjects    []trade.Subject `json:"subjects"`
	State       string          `json:"state"`
	Command     string          `json:"command"`
	Digest      trade.Digest    `json:"digest"`
	Transaction string          `json:"transaction"`
	Block       uint64          `json:"block"`
	Fault       *trade.Fault    `json:"fault"`
}

type intentPage struct {
	Items []intent `json:"items"`
}

// act prepares something as a person and returns the intents that came of it.
func (j *job) act(ctx context.Context, email, path string, body any) ([]intent, error) {
	s, err := j.as(ctx, email)
	if err != nil {
		return nil, err
	}
	var answer struct {
		intent
		Intents []intent `json:"intents"`
	}
	if err := s.post(ctx, path, body, &answer); err != nil {
		return nil, err
	}
	if len(answer.Intents) > 0 {
		return answer.Intents, nil
	}
	return []intent{answer.intent}, nil
}

// signAll has persons sign intents one after another, each with one gesture, and waits until
// the last of the intents is done.
func (j *job) signAll(ctx context.Context, intents []intent, emails []string) error {
	digests := make([]trade.Digest, len(intents))
	ids := make([]trade.CommandID, len(intents))
	for n, i := range intents {
		// A person signs what was read, not what the server says its digest is.
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
	for _, email := range emails {
		if err := j.sign(ctx, email, ids, digests); err != nil {
			return fmt.Errorf("%s signs %s: %w", email, intents[0].Act, err)
		}
	}
	for _, i := range intents {
		if err := j.done(ctx, i, emails); err != nil {
			return err
		}
	}
	return nil
}

// sign puts one person's signature under one intent, or under a batch.
func (j *job) sign(ctx context.Context, email string, ids []trade.CommandID, digests []trade.Digest) error {
	s, err := j.as(ctx, email)
	if err != nil {
		return err
	}
	value, batch, err := s.person.sign(digests...)
	if err != nil {
		return err
	}
	signature := map[string]any{"value": value}
	if len(ids) == 1 {
		return s.post(ctx, "/v1/intents/"+string(ids[0])+"/signatures", signature, nil)
	}
	signature["batch"] = batch
	var answer struct {
		Outcomes []struct {
			Problem *problem `json:"problem"`
		} `json:"outcomes"`
	}
	if err := s.post(
		ctx, "/v1/signatures", map[string]any{"intents": ids, "signature": signature}, &answer,
	); err != nil {
		return err
	}
	for _, o := range answer.Outcomes {
		if o.Problem != nil {
			return o.Problem
		}
	}
	return nil
}

// done waits for the outcome of an intent and tells it.
func (j *job) done(ctx context.Context, i intent, emails []string) error {
	s, err := j.as(ctx, emails[0])
	if err != nil {
		return err
	}
	for range waits {
		if err := s.get(ctx, "/v1/intents/"+string(i.ID)+"?wait=10s", &i); err != nil {
			return err
		}
		switch {
		case i.State == "committed":
			j.say(
				"%-22s %-40s block %-4d tx %s  %v",
				i.Act,
				i.Subjects[0].ID,
				i.Block,
				shorten(i.Transaction),
				emails,
			)
			return nil
		case i.Fault != nil:
			return &problem{Status: http.StatusConflict, Code: string(i.Fault.Code), Detail: i.Fault.Message}
		case !slices.Contains([]string{"ready", "submitted"}, i.State):
			return fmt.Errorf("%s %s is %s: signatures are missing", i.Act, i.ID, i.State)
		}
	}
	return fmt.Errorf("%s %s is still %s", i.Act, i.ID, i.State)
}

func shorten(s string) string {
	if len(s) > 16 {
		return s[:12] + "…"
	}
	return s
}
