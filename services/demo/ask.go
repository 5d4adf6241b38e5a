package demo

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/fixtures"
)

// ask asks another party of the pack for a paper.
func (r *run) ask(ctx context.Context, s fixtures.Step) error {
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	asked, _ := r.Set.Demo.Organisation(s.Of)
	body := map[string]any{"organisation": asked.MSP, "kind": s.Kind, "note": s.Reason}
	if s.Due > 0 {
		body["due"] = r.today().AddDays(s.Due)
	}
	var made struct {
		ID string `json:"id"`
	}
	if err := by.Post(ctx, "/v1/packs/"+r.pack+"/paper-requests", body, &made); err != nil {
		return err
	}
	r.papers[s.Of+" "+s.Kind] = made.ID
	r.say("%-22s %-40s %s of %s", "asked", made.ID, s.Kind, asked.Name)
	return nil
}

// decline says that a paper that was asked for will not come.
func (r *run) decline(ctx context.Context, s fixtures.Step) error {
	id, asked := r.papers[s.Of+" "+s.Kind]
	if !asked {
		return fmt.Errorf("%s was not asked for a %s", s.Of, s.Kind)
	}
	by, err := r.as(ctx, s.By[0])
	if err != nil {
		return err
	}
	r.say("%-22s %-40s %s", "declined", id, s.Reason)
	return by.Post(ctx, "/v1/paper-requests/"+id+"/decline", map[string]string{"reason": s.Reason}, nil)
}
