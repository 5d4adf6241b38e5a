package password_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/countersign/countersign/services/httpapi/password"
)

func hasher(t testing.TB) *password.Hasher {
	t.Helper()
	h, err := password.New(password.Recommended(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashMatchesItsPasswordOnly(t *testing.T) {
	h := hasher(t)
	stored, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q is not in PHC form with the parameters named", stored)
	}
	for given, want := range map[string]bool{
		"correct horse": true, "correct horsf": false, "": false, "correct horse ": false,
	} {
		if got, err := h.Matches(t.Context(), stored, given); err != nil || got != want {
			t.Errorf("%q: matches %v, %v; want %v", given, got, err, want)
		}
	}
}

func TestTwoHashesOfOnePasswordDiffer(t *testing.T) {
	h := hasher(t)
	one, err := h.Hash(t.Context(), "same")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash(t.Context(), "same")
	if err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Fatal("the salt did not change")
	}
}

func TestUnknownUserMatchesNothing(t *testing.T) {
	h := hasher(t)
	for _, given := range []string{"", "anything"} {
		if got, err := h.Matches(t.Context(), "", given); err != nil || got {
			t.Errorf("%q: matches %v, %v for nobody", given, got, err)
		}
	}
}

func TestStoredHashThatIsNotOursIsRefused(t *testing.T) {
	h := hasher(t)
	salt, key := "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, stored := range []string{
		"plain", "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=99999999,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=99$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2$" + salt + "$" + key,
		"$argon2id$v=19$t=2,m=19456,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=1$$" + key,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("A", 300),
	} {
		if got, err := h.Matches(t.Context(), stored, "x"); !errors.Is(err, password.ErrHash) || got {
			t.Errorf("%q: matches %v, %v; want ErrHash", stored, got, err)
		}
	}
}

func TestPasswordBeyondTheLimitIsRefused(t *testing.T) {
	h := hasher(t)
	at := strings.Repeat("x", 256)
	stored, err := h.Hash(t.Context(), at)
	if err != nil {
		t.Fatalf("at the limit: %v", err)
	}
	if _, err := h.Hash(t.Context(), at+"x"); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("hashing one byte more: %v", err)
	}
	if got, err := h.Matches(t.Context(), stored, at+"x"); err != nil || got {
		t.Errorf("one byte more matches %v, %v", got, err)
	}
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	h := hasher(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			// A free slot and an ended context are both ready: either answer is right, but
			// never a match.
			if got, err := h.Matches(ended, "", "x"); got || (err != nil && !errors.Is(err, context.Canceled)) {
				t.Errorf("matches %v, %v", got, err)
			}
		})
	}
	wait.Wait()
}
