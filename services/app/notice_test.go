package app

import (
	"testing"

	"github.com/countersign/countersign/chaincode/trade"
)

// told tells whether a channel is closed.
func told(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestWhoWaitsForAnIntentIsWokenForThatOneOnly(t *testing.T) {
	n := newNotices()
	one, leaveOne := n.of("one")
	again, leaveAgain := n.of("one")
	other, leaveOther := n.of("other")
	projected := n.next()
	n.tell("one", "nobody")
	if !told(one) || !told(again) || told(other) || told(projected) {
		t.Error("telling of one intent woke others, or not all who wait for it")
	}
	n.block()
	if !told(projected) || told(other) || told(n.next()) {
		t.Error("a block woke who waits for an intent, or not who waits for the projection")
	}
	later, leaveLater := n.of("one")
	leaveOne()
	leaveAgain()
	if n.tell("one"); !told(later) {
		t.Error("who left took along who came later")
	}
	leaveLater()
	leaveOther()
	if left := len(n.intents); left != 0 {
		t.Errorf("%d intents are kept that nobody waits for", left)
	}
	n.tell(trade.CommandID("other")) // nobody waits
}
