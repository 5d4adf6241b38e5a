package app

import "sync"

// notices lets a step wait until the follower has projected something, without polling. It
// holds no state that matters: a notice that is missed only means a timeout and a look.
type notices struct {
	mu      sync.Mutex
	changed chan struct{}
}

func newNotices() *notices { return &notices{changed: make(chan struct{})} }

// next returns a channel that is closed at the next change.
func (n *notices) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.changed
}

// tell wakes all who wait.
func (n *notices) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.changed)
	n.changed = make(chan struct{})
}
