package trade

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// Identifiers are made by clients, one type for each kind of thing. All have the same shape:
// [A-Za-z0-9._-]{1,64}.
type (
	// AssetID names a record on the ledger.
	AssetID string
	// CommandID names one act; repeating it with the same content changes nothing.
	CommandID string
	// PersonID names a person within an organisation's record. It is no name.
	PersonID string
	// KeyID names one key among a person's keys.
	KeyID string
	// OrgID is the organisation's MSP id on the channel.
	OrgID string
	// Instant is a moment of ledger time, in milliseconds since 1970 UTC.
	Instant int64
)

// lastInstant is the end of the year 2199: beyond it civil dates end (package money).
const lastInstant Instant = 7_258_118_399_999

// InstantOf converts from a time.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time converts to a time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// ValidID tells whether a text can be an identifier. It is asked before any state call: a
// key that is not UTF-8 would bring a chaincode server down.
func ValidID(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 64
}

// OrganisationID is the id of the record of an organisation.
func OrganisationID(org OrgID) AssetID { return AssetID("org." + string(org)) }

const maxText = 200

// checkText refuses a text that is absent, too long, not UTF-8 or not printable.
func checkText(s, path string) error {
	if s == "" || len(s) > maxText || !utf8.ValidString(s) {
		return refuse(CodeText, path, "a text of 1 to %d bytes in UTF-8 is wanted", maxText)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return refuse(CodeText, path, "control characters are not allowed")
		}
	}
	return nil
}

// checkDigest refuses what is not a well-formed digest.
func checkDigest(d Digest, path string) error {
	if _, ok := d.Bytes(); !ok {
		return refuse(CodeText, path, `a digest is written "sha-256:" and 64 hex digits`)
	}
	return nil
}
