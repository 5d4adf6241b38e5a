package trade

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gowebpki/jcs"
)

// MaxInput bounds every JSON text that the law reads.
const MaxInput = 256 << 10

// Digest is a hash with its algorithm: "sha-256:" and 64 lower-case hex digits.
type Digest string

const digestPrefix = "sha-256:"

// DigestOf hashes bytes with SHA-256.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(digestPrefix + hex.EncodeToString(sum[:]))
}

// Bytes returns the 32 bytes of the hash; false when the digest is not well-formed.
func (d Digest) Bytes() ([]byte, bool) {
	text, ok := strings.CutPrefix(string(d), digestPrefix)
	if !ok || text != strings.ToLower(text) {
		return nil, false
	}
	b, err := hex.DecodeString(text)
	return b, err == nil && len(b) == sha256.Size
}

// Canonical writes a value as RFC 8785 canonical JSON: the only bytes that are hashed,
// signed or stored on the ledger.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical: %w", err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("canonical: %w", err)
	}
	return out, nil
}

// Decode reads a value from canonical JSON and refuses everything else. Because the input
// must equal the canonical bytes of what was read from it, unknown, duplicate and
// differently spelt keys, white space and second values are all refused by one rule.
func Decode[T any](b []byte, path string) (T, error) {
	var v, none T
	if len(b) > MaxInput {
		return none, refuse(CodeMalformed, path, "more than %d bytes", MaxInput)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return none, refuse(CodeMalformed, path, "not the expected JSON: %.120s", err.Error())
	}
	again, err := Canonical(v)
	if err != nil || !bytes.Equal(again, b) {
		return none, refuse(CodeMalformed, path,
			"not canonical JSON (RFC 8785): write the keys once, sorted, without white space")
	}
	return v, nil
}
