package embedded

import (
	"errors"
	"testing"
	"time"
)

const day = 24 * time.Hour

func TestDemoClockMovesForwardOnlyAndEveryBlockSaysSo(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Demo = true
	base := cfg.Clock.Now().Truncate(time.Microsecond)
	l := open(t, cfg)
	submit(t, l, []string{"put", "k", "1"})
	for _, d := range []time.Duration{0, -time.Second, time.Millisecond, maxMove + time.Second} {
		if err := l.MoveClock(d); !errors.Is(err, ErrClockMove) {
			t.Errorf("moved by %s: %v", d, err)
		}
	}
	for _, d := range []time.Duration{88 * day, 2*time.Hour + time.Second} {
		if err := l.MoveClock(d); err != nil {
			t.Fatal(err)
		}
		submit(t, l, []string{"put", "k", "2"})
	}
	closed(t, l)
	l = open(t, cfg) // the offset outlives the process
	submit(t, l, []string{"put", "k", "3"})
	moved := base.Add(88*day + 2*time.Hour + time.Second)
	for i, want := range []struct {
		at   time.Time
		note string
	}{
		{base, ""},
		{base.Add(88 * day), "demo clock +88d"},
		{moved, "demo clock +88d2h0m1s"},
		{moved, "demo clock +88d2h0m1s"},
	} {
		b := allBlocks(t, l)[i]
		if !b.Time.Equal(want.at) || b.ClockNote != want.note || !b.Txs[0].Time.Equal(want.at) {
			t.Errorf("block %d at %s with note %q, want %s %q", i, b.Time, b.ClockNote, want.at, want.note)
		}
	}
	if got := l.Now().Truncate(time.Microsecond); !got.Equal(moved) {
		t.Errorf("ledger's time %s, want %s", got, moved)
	}
}

func TestClockOfAnOrdinaryLedgerIsNotMoved(t *testing.T) {
	l := open(t, testConfig(t.TempDir()))
	if err := l.MoveClock(day); !errors.Is(err, ErrNotDemo) {
		t.Fatalf("moved: %v", err)
	}
}

func TestBlockIsNeverEarlierThanTheOneBefore(t *testing.T) {
	cfg := testConfig(t.TempDir())
	clock := &testClock{at: cfg.Clock.Now()}
	cfg.Clock = clock
	l := open(t, cfg)
	submit(t, l, []string{"put", "k", "1"})
	first := allBlocks(t, l)[0].Time
	clock.at = clock.at.Add(-day)
	submit(t, l, []string{"put", "k", "2"})
	if second := allBlocks(t, l)[1].Time; !second.Equal(first) {
		t.Fatalf("second block at %s, first at %s", second, first)
	}
	if got := evaluate(t, l, []string{"tx-time"}); got != `["=`+seconds(first)+`"]` {
		t.Fatalf("chaincode was told %s after a clock that went back", got)
	}
}

func TestClockNoteSaysDaysAndTheRest(t *testing.T) {
	for offset, want := range map[int64]string{
		0: "", 1: "demo clock +1s", 3600: "demo clock +1h0m0s", 86400: "demo clock +1d",
		2*86400 + 60: "demo clock +2d1m0s", -88 * 86400: "demo clock -88d",
	} {
		if got := clockNote(offset); got != want {
			t.Errorf("note of %d is %q, want %q", offset, got, want)
		}
	}
}

// What a demonstration did weeks ago has its date, and the day comes at which it is today.
func TestADemoLedgerBeginsBehindAndCatchesUp(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Demo, cfg.Behind = true, 88*day
	base := cfg.Clock.Now()
	l := open(t, cfg)
	if got := l.Now(); !got.Equal(base.Add(-88 * day)) {
		t.Fatalf("begins at %s, want 88 days before %s", got, base)
	}
	closed(t, l)
	l = open(t, cfg) // before its first block
	submit(t, l, []string{"put", "k", "1"})
	if err := l.MoveClock(88 * day); err != nil {
		t.Fatal(err)
	}
	submit(t, l, []string{"put", "k", "2"})
	closed(t, l)
	l = open(t, cfg)
	if got := l.Now(); !got.Equal(base) {
		t.Errorf("the clock shows %s, want %s", got, base)
	}
	for i, want := range []string{"demo clock -88d", ""} {
		if b := allBlocks(t, l)[i]; b.ClockNote != want {
			t.Errorf("block %d has the note %q, want %q", i, b.ClockNote, want)
		}
	}
}

func TestOnlyADemoLedgerBeginsBehind(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Behind = day
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("a ledger that is no demonstration began behind")
	}
}
