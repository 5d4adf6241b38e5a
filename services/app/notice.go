package app

import (
	"sync"

	"github.com/countersign/countersign/chaincode/trade"
)

// notices lets a step wait without polling, until the follower has projected something or one
// intent has come on. Who waits for an intent is woken for that one only: on a busy node all
// others move all the time. It holds no state that matters: a notice that is missed only means
// a timeout and a look.
type notices struct {
	mu        sync.Mutex
	projected chan struct{}
	intents   map[trade.CommandID]*audience
}

// audience are those who wait for one intent.
type audience struct {
	changed chan struct{}
	many    int
}

func newNotices() *notices {
	return &notices{projected: make(chan struct{}), intents: map[trade.CommandID]*audience{}}
}

// next returns a channel that is closed when the next block is projected.
func (n *notices) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.projected
}

// of returns a channel that is closed when something is told of an intent. Whoever asked calls
// leave in the end.
func (n *notices) of(id trade.CommandID) (changed <-chan struct{}, leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := n.intents[id]
	if w == nil {
		w = &audience{changed: make(chan struct{})}
		n.intents[id] = w
	}
	w.many++
	return w.changed, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if w.many--; w.many == 0 && n.intents[id] == w {
			delete(n.intents, id)
		}
	}
}

// tell wakes those who wait for the intents.
func (n *notices) tell(ids ...trade.CommandID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range ids {
		if w := n.intents[id]; w != nil {
			close(w.changed)
			delete(n.intents, id)
		}
	}
}

// block wakes those who wait for the projection.
func (n *notices) block() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.projected)
	n.projected = make(chan struct{})
}
