package app

import (
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1; the last six of their eight digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
	} {
		if got := codeAt(secret, at/codeSeconds); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
		if step := stepOf(secret, want, time.Unix(at+codeSeconds, 0), 0); step != at/codeSeconds {
			t.Errorf("at %d: the code of the step before does not count: %d", at, step)
		}
		if step := stepOf(secret, want, time.Unix(at, 0), at/codeSeconds); step != -1 {
			t.Errorf("at %d: a code counts twice", at)
		}
		if step := stepOf(secret, want, time.Unix(at+3*codeSeconds, 0), 0); step != -1 {
			t.Errorf("at %d: an old code counts", at)
		}
	}
}
