package app

import (
	"context"
	"sync"

	"github.com/countersign/countersign/chaincode/trade"
)

// Change says that a thing changed that the organisation may see: which kind of thing and its
// id, no more. Who reads it asks for the thing, and is shown what it may see then.
type Change struct {
	Seq     int64 // without gaps in the order of commits, for each organisation by itself
	Kind    string
	Subject string
}

// Kinds of things that change beside the ledger. What changes on it has its trade.Kind.
const (
	ChangedDocument  = "document"
	ChangedPack      = "pack"
	ChangedIntent    = "intent"
	ChangedStatement = "statement"
	ChangedReport    = "report"
	// ChangedPaperRequest is of a paper that somebody was asked for.
	ChangedPaperRequest = "paper_request"
	ChangedFinancing    = string(trade.KindFinancing) // before it stands on the ledger, too
)

const (
	// ChangesKept is how many changes of an organisation are kept at least: who was away for
	// longer begins anew.
	ChangesKept = 10_000
	// ChangesPage is how many changes are read at once.
	ChangesPage = 500
)

// Changes lists what changed for the actor's organisation after an event that the actor has
// seen, oldest first, at most ChangesPage. Gap says that the events that follow it are not all
// there any more: then the actor looks at everything again and goes on from head.
func (a *App) Changes(
	ctx context.Context, actor Actor, after int64,
) (list []Change, head int64, gap bool, err error) {
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if head, err = tx.ChangeHead(ctx, actor.Org); err != nil {
			return err
		}
		if after >= head {
			list, gap = nil, after > head // a number that was never given: of another database
			return nil
		}
		list, err = tx.Changes(ctx, actor.Org, after, ChangesPage)
		gap = len(list) == 0 || list[0].Seq != after+1
		return err
	})
	return list, head, gap, err
}

// NewestChange is the number of the newest change of the actor's organisation; 0 before the
// first. What is read after it holds all that the changes up to it told.
func (a *App) NewestChange(ctx context.Context, actor Actor) (seq int64, err error) {
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		seq, err = tx.ChangeHead(ctx, actor.Org)
		return err
	})
	return seq, err
}

// NextChange returns a channel that is closed when something changes for an organisation.
func (a *App) NextChange(org trade.OrgID) <-chan struct{} { return a.heard.next(org) }

// Heard wakes those who wait for changes of an organisation; of all when it is empty.
func (a *App) Heard(org trade.OrgID) { a.heard.tell(org) }

// heard lets streams wait for the changes of their organisation. It holds no state that
// matters: who is woken looks at the events.
type heard struct {
	mu      sync.Mutex
	changed map[trade.OrgID]chan struct{}
}

func newHeard() *heard { return &heard{changed: map[trade.OrgID]chan struct{}{}} }

func (h *heard) next(org trade.OrgID) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, there := h.changed[org]
	if !there {
		c = make(chan struct{})
		h.changed[org] = c
	}
	return c
}

func (h *heard) tell(org trade.OrgID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for waiting, c := range h.changed {
		if org == "" || org == waiting {
			close(c)
			delete(h.changed, waiting)
		}
	}
}
