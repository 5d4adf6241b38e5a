package httpapi

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLimiterGivesExactlyItsBurst(t *testing.T) {
	clock := newStopped()
	l := newLimiter(clock, 60, maxKeys)
	for n := range 60 {
		if _, ok := l.take("a"); !ok {
			t.Fatalf("refused at %d", n+1)
		}
	}
	wait, ok := l.take("a")
	if ok || wait != time.Second {
		t.Fatalf("the 61st: %v, wait %s; want a refusal and one second", ok, wait)
	}
	if _, ok := l.take("b"); !ok {
		t.Error("another key pays for it")
	}
	clock.move(wait)
	if _, ok := l.take("a"); !ok {
		t.Error("refused after the wait it named")
	}
	if _, ok := l.take("a"); ok {
		t.Error("a second one came free")
	}
}

func TestLimiterNeverGivesMoreThanItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := newStopped()
		perMinute := rapid.IntRange(1, 100).Draw(t, "per minute")
		l := newLimiter(clock, perMinute, maxKeys)
		given, began := 0, clock.Now()
		for range rapid.IntRange(1, 300).Draw(t, "tries") {
			clock.move(time.Duration(rapid.IntRange(0, 2000).Draw(t, "milliseconds")) * time.Millisecond)
			if _, ok := l.take("a"); ok {
				given++
			}
		}
		most := perMinute + int(clock.Now().Sub(began)/l.interval) + 1
		if given > most {
			t.Fatalf("%d given in %s at %d a minute", given, clock.Now().Sub(began), perMinute)
		}
	})
}

func TestLimiterIsBoundedAndKeysBeyondShare(t *testing.T) {
	clock := newStopped()
	l := newLimiter(clock, 2, 3)
	for n := range 3 {
		l.take(fmt.Sprint("busy", n))
	}
	given := 0
	for n := range 100 {
		if _, ok := l.take(fmt.Sprint("invented", n)); ok {
			given++
		}
	}
	if given != 2 || len(l.next) > 4 {
		t.Errorf("%d given to invented keys with %d remembered; want 2 and at most 4", given, len(l.next))
	}
	clock.move(time.Hour)
	if _, ok := l.take("later"); !ok || len(l.next) != 1 {
		t.Errorf("idle keys are not forgotten: %d remembered", len(l.next))
	}
}

func TestAddressIsOneSubscriber(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:4711": "192.0.2.7", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[::ffff:192.0.2.7]:80": "192.0.2.7", "[fe80::1%eth0]:80": "fe80::/64", "@": "unknown", "": "unknown",
	} {
		if got := addressOf(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
}
