package match

import "testing"

func TestDistancesBySeaAreNeverTooLongAndNearTheKnownOnes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to    string
		least, most int64
	}{
		{"CNNGB", "CNTAO", 330, 420},
		{"DEHAM", "DKAAR", 150, 500},   // across Jutland, or round Skagen
		{"CNSHA", "NLRTM", 6000, 8100}, // by the Northern Sea Route; 10,500 by Suez
		{"SGSIN", "NLRTM", 7000, 8300}, // by Suez
		{"CNNGB", "SEGOT", 6000, 8000},
		{"USLAX", "CNSHA", 5300, 5750},
		{"USNYC", "USLAX", 3800, 4950}, // by Panama
		{"AEJEA", "INMUN", 700, 900},
		{"CNNGB", "CNNGB", 0, 2},
	} {
		got, ok := seaMiles(c.from, c.to)
		back, _ := seaMiles(c.to, c.from)
		if !ok || got != back || got < c.least || got > c.most {
			t.Errorf("%s to %s is %d miles, %d back, %d to %d are wanted", c.from, c.to, got, back, c.least, c.most)
		}
	}
	if _, ok := seaMiles("CNNGB", "XXABC"); ok {
		t.Error("a port that nobody knows has a distance")
	}
}

func TestSineIsThatOfTheTables(t *testing.T) {
	t.Parallel()
	for angle, want := range map[int64]int64{
		0: 0, 1800: 500_000_000, 2700: 707_106_781, 3600: 866_025_404, 5400: 1_000_000_000,
		9000: 500_000_000, 10800: 0, -1800: -500_000_000, 16200: -1_000_000_000,
	} {
		if got := sine(angle); got < want-20 || got > want+20 {
			t.Errorf("sine of %d minutes is %d, want %d", angle, got, want)
		}
	}
}
