package trade_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain makes a fifth of the random walks under the race detector, which has nothing to
// find in a pure law; .ci/run makes all of them without it.
func TestMain(m *testing.M) {
	flag.Parse()
	if raced {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
