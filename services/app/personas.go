package app

import (
	"context"
	"errors"
	"fmt"
)

// Cue names somebody of a demonstration by the e-mail address, and the part that is played.
type Cue struct {
	Email string `json:"email"`
	Part  string `json:"part"` // see schemas/openapi.yaml
}

// Persona is somebody of a demonstration who may be signed in as.
type Persona struct {
	Cue
	Name         string
	Organisation Organisation
	Waits        int  // how much waits for this person
	More         bool // and more than that
}

// Personas tells who of a demonstration's cast is here and how much waits for each. On any node
// but a demo one, where mover is nil, there is no such thing.
func (a *App) Personas(ctx context.Context, mover ClockMover, cast []Cue) ([]Persona, error) {
	if mover == nil {
		return nil, hidden("demo")
	}
	list := make([]Persona, 0, len(cast))
	for _, c := range cast {
		p, actor := Persona{Cue: c}, Actor{}
		err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
			u, err := tx.UserByEmail(ctx, c.Email)
			if err != nil {
				return err
			}
			p.Name = u.Name
			if p.Organisation, err = tx.Organisation(ctx, u.Org); err != nil {
				return err
			}
			actor, err = actorOf(ctx, tx, u)
			return err
		})
		if errors.Is(err, ErrNoRow) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("persona %s: %w", c.Email, err)
		}
		waiting, err := a.Inbox(ctx, actor)
		if err != nil {
			return nil, fmt.Errorf("what waits for %s: %w", c.Email, err)
		}
		p.Waits, p.More = len(waiting.Mine), waiting.MoreMine
		list = append(list, p)
	}
	return list, nil
}
