package postgres

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
)

// listLimit bounds the lists that are given whole: the organisations of a node, the people
// and accounts of one organisation.
const listLimit = 10_000

// place is where a page begins: after the row with this instant and id.
type place struct {
	at time.Time
	id string
}

// placeOf reads a page's cursor and how many rows to ask for: one more than the page has, to
// know whether there are more.
func placeOf(p app.Page) (place, int32, error) {
	limit := int32(app.MaxPage)
	if p.Limit > 0 {
		limit = small(min(p.Limit, app.MaxBatch))
	}
	if p.Cursor == "" {
		return place{at: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, limit + 1, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	at, id, found := strings.Cut(string(raw), " ")
	micro, bad := strconv.ParseInt(at, 10, 64)
	if err != nil || !found || bad != nil || !trade.ValidID(id) {
		return place{}, 0, &trade.Fault{
			Code: app.CodeInput, Path: "cursor", Message: "this cursor is none of ours: start from the first page",
		}
	}
	return place{at: time.UnixMicro(micro).UTC(), id: id}, limit + 1, nil
}

// paged cuts the row that is one too many and returns the cursor of the page after; empty
// when this is the last.
func paged[T any](rows []T, asked int32, at func(T) (time.Time, string)) ([]T, string) {
	if len(rows) < int(asked) {
		return rows, ""
	}
	rows = rows[:asked-1]
	last, id := at(rows[len(rows)-1])
	return rows, base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", last.UnixMicro(), id))
}

// optional is a text that may be absent: NULL.
func optional[T ~string](v T) *string {
	if v == "" {
		return nil
	}
	s := string(v)
	return &s
}

// present is the opposite of optional.
func present[T ~string](s *string) T {
	if s == nil {
		return ""
	}
	return T(*s)
}

// optionalTime is an instant that may be absent: NULL.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// presentTime is the opposite of optionalTime, in UTC.
func presentTime(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// texts turns a list of texts into one of another kind of text; it is never nil, because a
// list column is never NULL.
func texts[T, F ~string](list []F) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = T(v)
	}
	return out
}

// mapped turns a list of one thing into a list of another.
func mapped[T, F any](list []F, as func(F) T) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = as(v)
	}
	return out
}

// day turns a civil date into what a date column takes; nil for the absent one.
func day(d money.Date) (*time.Time, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // absent is NULL, not an error
	}
	t, err := time.Parse(time.DateOnly, d.String())
	return &t, err
}

// small is a count or a position as an integer column takes it.
func small(n int) int32 { return int32(n) } //nolint:gosec // bounded far below by every caller

// height is a block's number as a bigint column takes it, which refuses a negative one.
func height(n uint64) int64 { return int64(n) } //nolint:gosec // see above

// heightOf is the opposite of height.
func heightOf(n int64) uint64 { return uint64(n) } //nolint:gosec // never negative, says the table
