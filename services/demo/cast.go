package demo

import (
	"context"
	"fmt"
	"net/http"
)

// as gives the session of a person, signing in at the first time.
func (j *job) as(ctx context.Context, email string) (*Session, error) {
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
	for _, email := range emails {
		s, err := j.as(ctx, email)
		if err != nil {
			return err
		}
		if err := s.Sign(ctx, intents...); err != nil {
			return fmt.Errorf("%s signs %s: %w", email, intents[0].Act, err)
		}
	}
	s, err := j.as(ctx, emails[0])
	if err != nil {
		return err
	}
	for _, prepared := range intents {
		i, err := s.Outcome(ctx, prepared.ID)
		if err != nil {
			return err
		}
		j.say("%-22s %-40s block %-4d tx %s  %v", i.Act, i.Subjects[0].ID, i.Block, shorten(i.Transaction), emails)
	}
	return nil
}

func shorten(s string) string {
	if len(s) > 16 {
		return s[:12] + "…"
	}
	return s
}
