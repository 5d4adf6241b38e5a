package app

import (
	"context"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
)

// ViewID names a saved view.
type ViewID string

// View is a list as a person wants to find it again: the filters and the order of a screen, as
// its address holds them.
type View struct {
	ID        ViewID
	Org       trade.OrgID
	User      UserID
	Screen    string // "documents"
	Name      string
	Query     string // of the address, without its question mark
	Shared    bool   // with everybody of the organisation, to look at
	CreatedAt time.Time
}

const (
	maxViews     = 100 // shown at once
	maxViewName  = 200
	maxViewQuery = 2000
	maxScreen    = 32
)

func (v View) check() error {
	switch {
	case !screenName(v.Screen):
		return fault(CodeInput, "screen", "the screen's name: 1 to %d small letters", maxScreen)
	case v.Name == "" || len(v.Name) > maxViewName || !utf8.ValidString(v.Name):
		return fault(CodeInput, "name", "a name of 1 to %d bytes", maxViewName)
	case len(v.Query) > maxViewQuery:
		return fault(CodeInput, "query", "at most %d bytes", maxViewQuery)
	}
	if _, err := url.ParseQuery(v.Query); err != nil {
		return fault(CodeInput, "query", "the query of the screen's address")
	}
	return nil
}

func screenName(s string) bool {
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return s != "" && len(s) <= maxScreen
}

// SaveView keeps a view for the actor; one of the same name on the same screen is replaced.
func (a *App) SaveView(ctx context.Context, actor Actor, v View) (View, error) {
	if err := v.check(); err != nil {
		return View{}, err
	}
	id, err := a.newID("vie")
	if err != nil {
		return View{}, err
	}
	v.ID, v.Org, v.User, v.CreatedAt = ViewID(id), actor.Org, actor.User, a.Now()
	return v, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		kept, err := tx.SaveView(ctx, v)
		if err != nil {
			return err
		}
		v.ID, v.CreatedAt = kept.ID, kept.CreatedAt
		return a.answered(ctx, tx, v)
	})
}

// Views lists the actor's own views and those that the organisation shares, of a screen or, with
// an empty one, of all.
func (a *App) Views(ctx context.Context, actor Actor, screen string) ([]View, error) {
	if screen != "" && !screenName(screen) {
		return nil, fault(CodeInput, "screen", "the screen's name: 1 to %d small letters", maxScreen)
	}
	var list []View
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = tx.Views(ctx, actor.Org, actor.User, screen, maxViews)
		return err
	})
	return list, err
}

// DropView takes a view of the actor's away; those of others are not there.
func (a *App) DropView(ctx context.Context, actor Actor, id ViewID) error {
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		return found(tx.DropView(ctx, actor.User, id), "view")
	})
}
