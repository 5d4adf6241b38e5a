package app

import (
	"testing"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/services/parse"
)

// booked is a credit of 300.00 as a bank tells of it, changed as a test likes.
func booked(t *testing.T, change func(*parse.StatementLine)) parse.StatementLine {
	t.Helper()
	day, err := money.ParseDate("2026-04-30")
	if err != nil {
		t.Fatal(err)
	}
	l := parse.StatementLine{
		Booked: day, Amount: euros(t, "300.00"), EntryAmount: euros(t, "300.00"), Direction: parse.Credit,
		Reference: "B-7", Entry: "B-7",
	}
	if change != nil {
		change(&l)
	}
	return l
}

func euros(t *testing.T, amount string) money.Amount {
	t.Helper()
	a, err := money.Parse(amount, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// rowsOf makes the rows of one file.
func rowsOf(t *testing.T, lines ...parse.StatementLine) []Line {
	t.Helper()
	told, rows := movements{}, []Line(nil)
	for n, l := range lines {
		row, fresh, err := told.line(Statement{}, n, "DE89", l)
		if err != nil {
			t.Fatal(err)
		}
		if fresh {
			rows = append(rows, row)
		}
	}
	return rows
}

// known tells whether the store would leave a row out that comes after another: the same
// line, or a line of the same entry.
func known(before, after Line) bool { return before.ID == after.ID || before.Entry == after.Entry }

func TestAMovementIsTheSameInANotificationAndInAStatement(t *testing.T) {
	first := rowsOf(t, booked(t, nil))[0]
	for name, again := range map[string]parse.StatementLine{
		"with another text": booked(t, func(l *parse.StatementLine) {
			l.Remittance, l.References = "x", []string{"y"}
		}),
		"with another day": booked(t, func(l *parse.StatementLine) { l.Booked = l.Booked.AddDays(1) }),
		"in parts": booked(t, func(l *parse.StatementLine) {
			l.Amount, l.Part = euros(t, "100.00"), 1
		}),
		"in parts with references": booked(t, func(l *parse.StatementLine) {
			l.Amount, l.Reference, l.Part = euros(t, "100.00"), "B-7-1", 1
		}),
		"as a part of a batch": booked(t, func(l *parse.StatementLine) {
			l.Entry, l.EntryAmount, l.Part = "B-9", euros(t, "900.00"), 2
		}),
	} {
		if row := rowsOf(t, again)[0]; !known(first, row) || !known(row, first) {
			t.Errorf("%s it is another movement", name)
		}
	}
}

func TestOtherMovementsAreNotTakenForTheSame(t *testing.T) {
	first := rowsOf(t, booked(t, nil))[0]
	for name, other := range map[string]parse.StatementLine{
		"another reference": booked(t, func(l *parse.StatementLine) { l.Reference, l.Entry = "B-8", "B-8" }),
		"the other way":     booked(t, func(l *parse.StatementLine) { l.Direction = parse.Debit }),
		"taken back": booked(t, func(l *parse.StatementLine) {
			l.Direction, l.Reversal = parse.Debit, true
		}),
		"another amount": booked(t, func(l *parse.StatementLine) {
			l.Amount, l.EntryAmount = euros(t, "301.00"), euros(t, "301.00")
		}),
	} {
		if known(first, rowsOf(t, other)[0]) {
			t.Errorf("%s is the same movement", name)
		}
	}
}

func TestPartsOfOneEntryAreDistinctLines(t *testing.T) {
	part := func(i int, amount, entry, reference string) parse.StatementLine {
		return booked(t, func(l *parse.StatementLine) {
			l.Part, l.Amount, l.Entry, l.Reference = i, euros(t, amount), entry, reference
		})
	}
	for _, entry := range []string{"B-7", ""} {
		rows := rowsOf(t, part(0, "150.00", entry, entry), part(1, "150.00", entry, entry))
		if len(rows) != 2 || rows[0].ID == rows[1].ID || rows[0].Entry != rows[1].Entry {
			t.Errorf("entry %q: %+v", entry, rows)
		}
	}
}

// Without a reference the bank tells two equal movements of a day apart only by listing both.
func TestEqualMovementsWithoutReferenceCountAsOftenAsOneFileListsThem(t *testing.T) {
	bare := booked(t, func(l *parse.StatementLine) { l.Reference, l.Entry = "", "" })
	rows := rowsOf(t, bare, bare)
	if len(rows) != 2 || known(rows[0], rows[1]) {
		t.Errorf("two in one file: %+v", rows)
	}
	if again := rowsOf(t, bare, bare); !known(rows[0], again[0]) || !known(rows[1], again[1]) {
		t.Error("the same two in another file are other movements")
	}
	named := booked(t, nil)
	if got := len(rowsOf(t, named, named)); got != 1 {
		t.Errorf("one with a reference, listed twice, is %d movements", got)
	}
}
