package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
)

// A listing is a list as it is taken out of the program: row by row into a file, so that it may
// be far longer than what a screen shows or a process holds.

// ListingForm is what a column holds.
type ListingForm int

// The forms. A currency column names the currency of the sums in the foot.
const (
	FormText ListingForm = iota
	FormCurrency
	FormAmount
	FormCount
)

// ListingColumn is a column: its word among the portal's (area "export.column"), what it holds,
// and whether the foot sums it.
type ListingColumn struct {
	Word string
	Form ListingForm
	Sum  bool
	Wide bool // needs more room than most
	// Machine is for programs alone: it is left out where a list is printed.
	Machine bool
}

// ListingCell is one cell. One of its fields is set, or none for an empty one.
type ListingCell struct {
	Text   string
	Word   string // among the portal's words, such as "kind.invoice", for a value that has a code
	Amount money.Amount
	Count  *int64
}

// ListingHead says what a listing is of.
type ListingHead struct {
	List     ListName
	Language string
	For      string // organisation whose list it is
	By       string // person who asked
	Query    string // how it is narrowed, as its address says it
	TakenAt  time.Time
	Columns  []ListingColumn
	// Checkpoint is what of the ledger the list was taken from.
	Checkpoint LedgerCheckpoint
	ClockNote  string
}

// ListingSum is what the summed columns come to in one currency.
type ListingSum struct {
	Currency money.Currency
	Rows     int64
	Amounts  []money.Amount // by column: absent where it is not summed
}

// ListingFoot counts and sums the rows of a listing.
type ListingFoot struct {
	Rows int64
	Sums []ListingSum // by currency, never across them
}

// ListingWriter takes the rows of a listing in order, and then its foot.
type ListingWriter interface {
	Row(cells []ListingCell) error
	Close(foot ListingFoot) error
}

// Lister writes listings: it is the part of a Renderer that this needs.
type Lister interface {
	// Listing begins a file of a format (csv, xlsx or pdf). ErrReportTooLarge when it takes no
	// more rows.
	Listing(ctx context.Context, w io.Writer, format string, head ListingHead) (ListingWriter, error)
}

func textCell(s string) ListingCell       { return ListingCell{Text: s} }
func wordCell(area, s string) ListingCell { return ListingCell{Word: area + "." + s} }
func sumCell(a money.Amount) ListingCell  { return ListingCell{Amount: a} }
func countCell[N ~int | ~int64](n N) ListingCell {
	v := int64(n)
	return ListingCell{Count: &v}
}

func timeCell(t time.Time) ListingCell {
	if t.IsZero() {
		return ListingCell{}
	}
	return textCell(t.UTC().Format("2006-01-02 15:04:05"))
}

// tally counts and sums rows as they pass.
type tally struct {
	columns []ListingColumn
	foot    ListingFoot
}

// add counts a row. Its currency is that of its currency column.
func (t *tally) add(cells []ListingCell) error {
	if len(cells) != len(t.columns) {
		return fmt.Errorf("a row of %d cells, want %d", len(cells), len(t.columns))
	}
	t.foot.Rows++
	at := slices.IndexFunc(t.columns, func(c ListingColumn) bool { return c.Form == FormCurrency })
	if at < 0 || cells[at].Text == "" {
		return nil
	}
	sum := t.sum(money.Currency(cells[at].Text))
	sum.Rows++
	for i, c := range t.columns {
		if !c.Sum || cells[i].Amount.IsAbsent() {
			continue
		}
		if err := addTo(&sum.Amounts[i], cells[i].Amount); err != nil {
			return err
		}
	}
	return nil
}

// sum is the one of a currency, in the order of their codes.
func (t *tally) sum(c money.Currency) *ListingSum {
	n, found := slices.BinarySearchFunc(t.foot.Sums, c, func(s ListingSum, c money.Currency) int {
		return compareText(string(s.Currency), string(c))
	})
	if !found {
		t.foot.Sums = slices.Insert(t.foot.Sums, n, ListingSum{
			Currency: c, Amounts: make([]money.Amount, len(t.columns)),
		})
	}
	return &t.foot.Sums[n]
}

func addTo(sum *money.Amount, a money.Amount) error {
	if sum.IsAbsent() {
		*sum = a
		return nil
	}
	total, err := sum.Add(a)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReportTooLarge, err)
	}
	*sum = total
	return nil
}

// expected is what the list itself says that its rows come to. Rows without a total are not
// known to the list.
type expected struct {
	rows int64
	sums map[money.Currency][]money.Amount // by summed column
}

// differs says in which way the rows that passed are not those of the list.
func (t *tally) differs(want expected) error {
	if t.foot.Rows != want.rows {
		return fmt.Errorf("%d rows passed, the list has %d", t.foot.Rows, want.rows)
	}
	for _, got := range t.foot.Sums {
		list, known := want.sums[got.Currency]
		if !known {
			continue
		}
		n := 0
		for i, c := range t.columns {
			if !c.Sum {
				continue
			}
			if minorOf(got.Amounts[i]) != minorOf(list[n]) {
				return fmt.Errorf("%s: %s passed, the list has %s", c.Word, got.Amounts[i], list[n])
			}
			n++
		}
	}
	return nil
}

func minorOf(a money.Amount) int64 { return a.Minor() }
