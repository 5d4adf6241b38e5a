package app

import (
	"slices"
	"strconv"
	"strings"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// movements names what the bank booked, so that one movement told of by several messages (a
// notification when it happens, a statement at the end of the day, a statement of the month)
// is money once. It counts the movements of one file by their names.
//
//   - What the bank booked is an entry: account, bank's reference of it, amount, and which way
//     the money went. The first message that tells of an entry gives its lines; a later one
//     adds none, whether it tells of the whole or of the parts.
//   - A line is the entry, or a part of it. A part with a bank's reference of its own is known
//     by that, in whichever entry it stands.
//   - An entry without a reference is known by account, date of booking, amount, way, and how
//     many of these came before it in the same file. Two such movements in two files are taken
//     for one: nothing settles twice, and what is missing shows in the balance.
//
// The number of an entry in its message (NtryRef) names nothing outside that message.
type movements map[LineID]int

// line makes one row of a statement; false for a movement that stands in the file already.
func (m movements) line(s Statement, n int, number string, l parse.StatementLine) (Line, bool, error) {
	entry, own := namesOf(number, l)
	id, err := movementID("pay-", own)
	if err != nil {
		return Line{}, false, err
	}
	before := m[LineID(id)]
	m[LineID(id)]++
	if before > 0 {
		if l.Reference != "" {
			return Line{}, false, nil
		}
		entry, own = append(entry, strconv.Itoa(before)), append(own, strconv.Itoa(before))
		if id, err = movementID("pay-", own); err != nil {
			return Line{}, false, err
		}
	}
	booked, err := movementID("ent-", entry)
	if err != nil {
		return Line{}, false, err
	}
	row := Line{
		ID: LineID(id), Statement: s.ID, Entry: EntryID(booked), Position: n, Account: number,
		Reference: l.Reference, BookedOn: l.Booked, ValueOn: l.Value, Amount: l.Amount,
		PartyName: l.CounterpartyName, PartyAccount: l.CounterpartyAccount,
		Remittance: strings.Join(append(slices.Clone(l.References), l.Remittance), " "),
	}
	if row.Allocated, err = l.Amount.Sub(l.Amount); err != nil {
		return Line{}, false, err
	}
	if (l.Direction == parse.Debit) != l.Reversal {
		row.Amount, err = row.Allocated.Sub(l.Amount)
	}
	return row, true, err
}

// namesOf is what names the entry that a line is of, and what names the line itself. They are
// the same for an entry of one line.
func namesOf(account string, l parse.StatementLine) (entry, own []string) {
	way := string(l.Direction)
	if l.Reversal {
		way += " reversal"
	}
	unreferenced := []string{account, "", l.EntryAmount.String(), way, l.Booked.String()}
	part := strconv.Itoa(l.Part)
	if l.Reference == "" {
		return unreferenced, append(slices.Clone(unreferenced), part)
	}
	own = []string{account, l.Reference, l.Amount.String(), way}
	switch {
	case l.Entry == "" && l.Amount == l.EntryAmount: // the bank names the one transaction of it
		return slices.Clone(own), own
	case l.Entry == "":
		return unreferenced, own
	case l.Entry == l.Reference && l.Part > 0: // a part without a reference of its own
		own = append(own, part)
	}
	return []string{account, l.Entry, l.EntryAmount.String(), way}, own
}

// movementID is an id made of what names a movement: the same in every file.
func movementID(prefix string, of []string) (string, error) {
	text, err := trade.Canonical(of)
	if err != nil {
		return "", err
	}
	hash, _ := strings.CutPrefix(string(trade.DigestOf(text)), "sha-256:")
	return prefix + hash[:32], nil
}
