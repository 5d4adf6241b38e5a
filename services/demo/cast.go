package demo

import (
	"context"
	"fmt"
	"net/http"

	"github.com/countersign/countersign/chaincode/trade"
)

// as gives the session of a person, signing in at the first time.
func (j *job) as(ctx context.Context, email string) (*Session, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if s := j.sessions[email]; s != nil {
		return s, nil
	}
	person := j.People.ByEmail[email]
	if person == nil {
		return nil, fmt.Errorf("nobody has the address %q", email)
	}
	s, err := SignIn(ctx, &http.Client{Timeout: requestTimeout}, j.Address, email, person)
	if err != nil {
		return nil, err
	}
	j.sessions[email] = s
	return s, nil
}

// act prepares something as a person and returns the intents that came of it.
func (j *job) act(ctx context.Context, email, path string, body any) ([]Intent, error) {
	s, err := j.as(ctx, email)
	if err != nil {
		return nil, err
	}
	return s.Act(ctx, path, body)
}

// signAll has persons sign intents one after another, each with one gesture, waits until the
// last of the intents is done and tells of each.
func (j *job) signAll(ctx context.Context, intents []Intent, emails []string) error {
	done, err := j.signed(ctx, intents, emails)
	for _, i := range done {
		j.say("%-22s %-40s block %-4d tx %s  %v", i.Act, i.Subjects[0].ID, i.Block, shorten(i.Transaction), emails)
	}
	return err
}

// sign has persons sign intents one after another, each with one gesture.
func (j *job) sign(ctx context.Context, intents []Intent, emails []string) error {
	if spec, ok := trade.SpecOf(intents[0].Act); ok && len(spec.Needs) == 0 {
		return nil // anybody may say so, and nobody signs it
	}
	for _, email := range emails {
		s, err := j.as(ctx, email)
		if err != nil {
			return err
		}
		if err := s.Sign(ctx, intents...); err != nil {
			return fmt.Errorf("%s signs %s: %w", email, intents[0].Act, err)
		}
	}
	return nil
}

// signed is what became of intents that persons sign.
func (j *job) signed(ctx context.Context, intents []Intent, emails []string) ([]Intent, error) {
	if err := j.sign(ctx, intents, emails); err != nil {
		return nil, err
	}
	s, err := j.as(ctx, emails[0])
	if err != nil {
		return nil, err
	}
	done := make([]Intent, 0, len(intents))
	for _, prepared := range intents {
		i, err := s.Outcome(ctx, prepared.ID)
		if err != nil {
			return done, err
		}
		done = append(done, i)
	}
	return done, nil
}

func shorten(s string) string {
	if len(s) > 16 {
		return s[:12] + "…"
	}
	return s
}
