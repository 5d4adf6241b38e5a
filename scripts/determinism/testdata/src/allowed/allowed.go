// Package allowed does what chaincode does, and nothing in it is refused.
package allowed

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

const million = 1e6

var (
	errStale = errors.New("stale")
	id       = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	phases   = map[string][]string{"issued": {"confirmed", "rejected"}}
	table    = [...]struct {
		name  string
		guard func(int64) bool
	}{{"positive", func(n int64) bool { return n > 0 }}}
	_ error = (*fault)(nil)
)

type fault struct{ code string }

func (f *fault) Error() string { return f.code }

func sorted(m map[string]int64) (sum int64, keys []string) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		sum += m[k]
		keys = append(keys, k)
	}
	slices.Sort(keys)
	delete(m, "x")
	return sum * million, keys
}

func next(phase string, at, last time.Time) (string, error) {
	if !at.After(last) || !id.MatchString(phase) {
		return "", fmt.Errorf("%s at %s: %w", phase, at.UTC().Format(time.RFC3339), errStale)
	}
	for _, row := range table {
		if !row.guard(at.UnixMilli()) {
			return "", &fault{row.name}
		}
	}
	return phases[phase][0], nil
}

func digest(v any) ([32]byte, error) {
	b, err := json.Marshal(v)
	return sha256.Sum256(b), err
}
