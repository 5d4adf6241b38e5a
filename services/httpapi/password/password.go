// Package password hashes and checks passwords with argon2id (RFC 9106).
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	lanes     = 1
	saltBytes = 16
	keyBytes  = 32
)

// Cost is what a new hash takes: memory in KiB and passes over it. Hashes made at another cost
// are still checked.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
}

// Recommended is the cost of a node's hashes: the OWASP Password Storage Cheat Sheet's first
// choice for a server that also does other work.
func Recommended() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2} }

// Bounds of what a stored hash may ask for, and of how much runs at once: a hash takes its
// memory for as long as it runs.
const (
	maxMemoryKiB  = 256 * 1024
	maxPasses     = 10
	maxLanes      = 8
	maxStored     = 256
	maxPassword   = 256
	maxConcurrent = 4
)

// ErrHash says that a stored hash is not one of ours.
var ErrHash = errors.New("password: not an argon2id hash in PHC form")

// ErrTooLong says that a password is longer than 256 bytes.
var ErrTooLong = errors.New("password: longer than 256 bytes")

// Hasher hashes at most a few passwords at once; more wait for their turn.
type Hasher struct {
	cost   Cost
	random io.Reader
	slots  chan struct{}
	nobody string // the hash that an unknown user's password is checked against
}

// New makes a hasher; random is crypto/rand when nil. A node's cost is Recommended; tests that
// are not about passwords take less.
func New(cost Cost, random io.Reader) (*Hasher, error) {
	if random == nil {
		random = rand.Reader
	}
	h := &Hasher{cost: cost, random: random, slots: make(chan struct{}, maxConcurrent)}
	// Nobody knows the password behind this hash: its key is random.
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	for _, b := range [][]byte{salt, key} {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("password: reading random bytes: %w", err)
		}
	}
	h.nobody = hash{memory: cost.MemoryKiB, passes: cost.Passes, lanes: lanes, salt: salt, key: key}.String()
	return h, nil
}

// Hash makes the PHC text of a password, with a salt of its own.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > maxPassword {
		return "", ErrTooLong
	}
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("password: reading a salt: %w", err)
	}
	made := hash{
		memory: h.cost.MemoryKiB, passes: h.cost.Passes, lanes: lanes, salt: salt, key: make([]byte, keyBytes),
	}
	key, err := h.derive(ctx, made, password)
	if err != nil {
		return "", err
	}
	made.key = key
	return made.String(), nil
}

// Matches tells whether the password is the one of the stored hash. An empty hash stands for
// an unknown user: it matches nothing and takes as long.
func (h *Hasher) Matches(ctx context.Context, stored, password string) (bool, error) {
	known := stored != ""
	if !known {
		stored = h.nobody
	}
	want, err := parse(stored)
	if err != nil {
		return false, err
	}
	if len(password) > maxPassword {
		password, known = password[:maxPassword], false
	}
	got, err := h.derive(ctx, want, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want.key) == 1 && known, nil
}

// derive waits for a free slot and computes the key.
func (h *Hasher) derive(ctx context.Context, p hash, password string) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("password: waiting for a turn: %w", ctx.Err())
	}
	size := uint32(len(p.key)) //nolint:gosec // 16 to 64
	return argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.lanes, size), nil
}

// hash is a stored hash.
type hash struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
	salt   []byte
	key    []byte
}

// String writes the PHC string format: $argon2id$v=19$m=19456,t=2,p=1$salt$key, base64
// without padding.
func (p hash) String() string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes,
		text(p.salt), text(p.key))
}

// parse reads a PHC text and refuses parameters that would cost too much or too little.
func parse(stored string) (hash, error) {
	parts := strings.Split(stored, "$")
	if len(stored) > maxStored || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" ||
		parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return hash{}, ErrHash
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return hash{}, ErrHash
	}
	memory, err1 := cost(costs[0], "m=", maxMemoryKiB)
	rounds, err2 := cost(costs[1], "t=", maxPasses)
	wide, err3 := cost(costs[2], "p=", maxLanes)
	salt, err4 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, err5 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return hash{}, fmt.Errorf("%w: %w", ErrHash, err)
	}
	if len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return hash{}, ErrHash
	}
	p := hash{memory: memory, passes: rounds, salt: salt, key: key}
	p.lanes = uint8(wide) //nolint:gosec // at most maxLanes
	return p, nil
}

// cost reads one parameter between 1 and its bound.
func cost(text, name string, most uint64) (uint32, error) {
	digits, ok := strings.CutPrefix(text, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n < 1 || n > most {
		return 0, ErrHash
	}
	return uint32(n), nil
}
