package money

import (
	"fmt"
	"time"
)

// Date is a civil date: a day in a calendar, not an instant. The zero Date is absent.
type Date struct{ iso string } // "2006-01-02", so that dates compare as texts

// ParseDate reads YYYY-MM-DD between the years 1900 and 2199; ErrDate otherwise.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return Date{}, fmt.Errorf("%w: %.20q", ErrDate, s)
	}
	return Date{s}, nil
}

// DateOf is the civil date of an instant in UTC.
func DateOf(t time.Time) Date { return Date{t.UTC().Format(time.DateOnly)} }

// IsZero tells whether the date is absent.
func (d Date) IsZero() bool { return d.iso == "" }

// String is YYYY-MM-DD, or empty for the absent date.
func (d Date) String() string { return d.iso }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.iso < e.iso }

// Year is the calendar year; 0 for the absent date.
func (d Date) Year() int {
	if d.IsZero() {
		return 0
	}
	return d.time().Year()
}

// AddDays moves the date by n days.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(d.time().AddDate(0, 0, n))
}

// DaysUntil counts the days from d to e: first day in, last day out. It is negative when e
// comes before d.
func (d Date) DaysUntil(e Date) int { return int(e.time().Sub(d.time()) / (24 * time.Hour)) }

// time is midnight UTC of the date, which ParseDate has checked.
func (d Date) time() time.Time {
	t, _ := time.Parse(time.DateOnly, d.iso)
	return t
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.iso), nil }

// UnmarshalText reads YYYY-MM-DD; the empty text is the absent date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	out, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = out
	return nil
}
