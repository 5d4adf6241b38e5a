package httpapi

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/countersign/countersign/services/app"
)

// limiter lets each key do something so often a minute, with bursts of as much (the generic
// cell rate algorithm). It remembers a bounded number of keys; when that many are busy, all
// further keys share one allowance, so that inventing keys gains nothing.
type limiter struct {
	clock    app.Clock
	interval time.Duration // between two, in the long run
	burst    int
	keys     int

	mu   sync.Mutex
	next map[string]time.Time // when the key would be idle again
}

// maxKeys bounds the keys that a limiter remembers.
const maxKeys = 10_000

// overflow is the key that all keys beyond the bound share.
const overflow = ""

func newLimiter(clock app.Clock, perMinute, keys int) *limiter {
	return &limiter{
		clock: clock, interval: time.Minute / time.Duration(perMinute), burst: perMinute, keys: keys,
		next: map[string]time.Time{},
	}
}

// take counts one for the key; when it has none left it says how long to wait.
func (l *limiter) take(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	at, known := l.next[key]
	if !known && len(l.next) >= l.keys {
		l.sweep(now)
		if len(l.next) >= l.keys {
			key = overflow
			at = l.next[key]
		}
	}
	if at.Before(now) {
		at = now
	}
	allowance := l.interval * time.Duration(l.burst-1)
	if ahead := at.Sub(now); ahead > allowance {
		return ahead - allowance, false
	}
	l.next[key] = at.Add(l.interval)
	return 0, true
}

// sweep forgets the keys that are idle.
func (l *limiter) sweep(now time.Time) {
	for key, at := range l.next {
		if !at.After(now) {
			delete(l.next, key)
		}
	}
}

// ipv6Network is what one subscriber is usually given.
const ipv6Network = 64

// addressOf names who a connection comes from: an IPv4 address or an IPv6 /64 network. What
// a proxy says of it is not believed.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	network, err := address.Prefix(ipv6Network)
	if err != nil {
		return "unknown"
	}
	return network.String()
}
