package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// PayableListID names a list of payables.
type PayableListID string

// PayableList is a list of payables from an organisation's own books; its bytes are a blob.
type PayableList struct {
	ID         PayableListID
	Org        trade.OrgID
	Digest     trade.Digest
	Size       int64
	FileName   string
	Body       parse.PayableList
	ImportedBy UserID
	ImportedAt time.Time
}

// RowResult says what the ledger has for a row of a list of payables.
type RowResult string

// The results. Only rows that match, and those prepared from the same list, are confirmed.
const (
	RowMatches    RowResult = "matches"    // a claim that is not confirmed, equal in every field
	RowPrepared   RowResult = "prepared"   // its confirmation waits for signatures or is on its way
	RowConfirmed  RowResult = "confirmed"  // confirmed before
	RowClosed     RowResult = "closed"     // rejected or withdrawn before
	RowDiffers    RowResult = "differs"    // something is not equal
	RowUnknown    RowResult = "unknown"    // no claim under this number
	RowRepeated   RowResult = "repeated"   // the number stands in an earlier row
	RowUnreadable RowResult = "unreadable" // the row itself is at fault
)

// Difference is a field in which a row differs from the claim.
type Difference struct {
	Field  string // supplier, amount or due_date
	Listed string
	Claim  string
}

// CheckedRow is a row of a list with what the ledger has for it.
type CheckedRow struct {
	parse.PayableRow
	Result      RowResult
	Payable     *Payable // nil: there is none
	Differences []Difference
}

// CheckedList is a list of payables held against the ledger as it stands now.
type CheckedList struct {
	List     PayableList
	Rows     []CheckedRow
	Unlisted int64 // claims that wait for a confirmation and stand in no row
}

// ImportPayables keeps a list of payables from the actor's books and holds it against the
// ledger. Nothing is confirmed by it.
//
// Effects, in this order:
//  1. the file becomes a blob by digest; a crash leaves bytes that nobody names;
//  2. one transaction: the list with its rows.
//
// The same file again is the list that was kept first.
func (a *App) ImportPayables(
	ctx context.Context, actor Actor, fileName string, body io.Reader,
) (Taken[CheckedList], error) {
	none := Taken[CheckedList]{}
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return none, err
	}
	if err := needKind(actor, trade.KindCoreEnterprise); err != nil {
		return none, err
	}
	if !utf8.ValidString(fileName) || len(fileName) > maxFileName {
		return none, fault(CodeInput, "file_name", "a file name of at most %d bytes in UTF-8", maxFileName)
	}
	digest, size, err := a.blobs.Put(ctx, body, MaxBulk)
	if err != nil {
		return none, err
	}
	raw, err := a.bytes(ctx, digest)
	if err != nil {
		return none, err
	}
	read, err := a.reader.Payables(ctx, raw)
	if f, ok := errors.AsType[*parse.Fault](err); ok {
		return none, faultsOf(f)
	}
	if err != nil {
		return none, err
	}
	id, err := a.newID("list")
	if err != nil {
		return none, err
	}
	var taken Taken[CheckedList]
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		l, fresh, err := tx.InsertPayableList(ctx, PayableList{
			ID: PayableListID(id), Org: actor.Org, Digest: digest, Size: size, FileName: fileName, Body: read,
			ImportedBy: actor.User, ImportedAt: a.Now(),
		})
		if err != nil {
			return err
		}
		if fresh {
			if err := a.withinQuota(ctx, tx, actor.Org); err != nil {
				return err
			}
			if err := a.audit(ctx, tx, actor, deed{"payables.import", "payable_list", string(l.ID)},
				map[string]string{"digest": string(l.Digest)}); err != nil {
				return err
			}
		}
		checked, err := checkPayables(ctx, tx, actor, l)
		if err != nil {
			return err
		}
		taken = Taken[CheckedList]{checked, fresh}
		return a.answered(ctx, tx, taken)
	})
	return taken, err
}

// PayableList returns a list of the actor's organisation, held against the ledger as it stands.
func (a *App) PayableList(ctx context.Context, actor Actor, id PayableListID) (CheckedList, error) {
	var c CheckedList
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		l, err := tx.PayableList(ctx, id)
		if err != nil {
			return found(err, "list")
		}
		if l.Org != actor.Org {
			return hidden("list")
		}
		c, err = checkPayables(ctx, tx, actor, l)
		return err
	})
	return c, err
}

// PayableLists lists the lists of the actor's organisation, newest first.
func (a *App) PayableLists(ctx context.Context, actor Actor, p Page) ([]PayableList, string, error) {
	var list []PayableList
	var next string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, next, err = tx.PayableLists(ctx, actor.Org, p)
		return err
	})
	return list, next, err
}

// ConfirmPayables prepares the confirmation of what matches in a list. The digest of the file is
// in every command: whoever signs signs for that file.
func (a *App) ConfirmPayables(
	ctx context.Context, actor Actor, id PayableListID, in PromiseInput,
) ([]Prepared, error) {
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return nil, err
	}
	c, err := a.PayableList(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	ids := []trade.AssetID{}
	for _, r := range c.Rows {
		if r.Result == RowMatches || (r.Result == RowPrepared && len(r.Differences) == 0) {
			ids = append(ids, r.Payable.Asset.Record.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fault(CodeNoPayable, "", "no row of this list matches a claim that waits for its confirmation")
	}
	in.Source = c.List.Digest
	return a.ConfirmReceivables(ctx, actor, ids, in)
}

// checkPayables holds a list against the ledger.
func checkPayables(ctx context.Context, tx StoreTx, actor Actor, l PayableList) (CheckedList, error) {
	c := CheckedList{List: l, Rows: make([]CheckedRow, len(l.Body.Rows))}
	numbers := []string{}
	for _, r := range l.Body.Rows {
		if r.Number != "" {
			numbers = append(numbers, r.Number)
		}
	}
	assets, err := tx.PayablesByNumber(ctx, l.Org, numbers)
	if err != nil {
		return c, err
	}
	claims, err := withPending(ctx, tx, actor, assets)
	if err != nil {
		return c, err
	}
	suppliers := map[trade.OrgID]Organisation{}
	for _, p := range claims {
		seller := p.Asset.State.Receivable.Seller
		if suppliers[seller], err = tx.Organisation(ctx, seller); err != nil {
			return c, err
		}
	}
	sums, err := tx.PhaseSums(ctx, ReceivableFilter{Org: l.Org, Standing: StandingObligor})
	if err != nil {
		return c, err
	}
	for _, s := range sums {
		if s.Phase == trade.Issued {
			c.Unlisted += s.Count
		}
	}
	seen := map[trade.AssetID]bool{}
	for n, r := range l.Body.Rows {
		row := checkRow(r, claims, suppliers)
		if row.Payable != nil {
			id := row.Payable.Asset.Record.ID
			switch {
			case seen[id] && row.Result != RowUnreadable:
				row = CheckedRow{PayableRow: r, Result: RowRepeated, Payable: row.Payable}
			case row.Payable.Asset.Record.Phase == trade.Issued:
				c.Unlisted--
			}
			seen[id] = true
		}
		c.Rows[n] = row
	}
	return c, nil
}

// checkRow finds the claim that a row is about, and says in what they differ.
func checkRow(r parse.PayableRow, claims []Payable, suppliers map[trade.OrgID]Organisation) CheckedRow {
	row := CheckedRow{PayableRow: r, Result: RowUnknown}
	if len(r.Faults) > 0 {
		row.Result = RowUnreadable
		return row
	}
	for n, p := range claims {
		claim := p.Asset.State.Receivable
		if claim.Claim.Number != r.Number {
			continue
		}
		better := row.Payable == nil || rank(p, r, suppliers) > rank(*row.Payable, r, suppliers)
		if better {
			row.Payable = &claims[n]
		}
	}
	if row.Payable == nil {
		return row
	}
	claim := row.Payable.Asset.State.Receivable
	row.Differences = differences(r, claim, suppliers[claim.Seller])
	confirms := slices.ContainsFunc(row.Payable.Pending, func(i Intent) bool {
		return i.Command.Act == trade.ReceivableConfirm
	})
	switch row.Payable.Asset.Record.Phase { //nolint:exhaustive // every other phase follows a confirmation
	case trade.Rejected, trade.Withdrawn:
		row.Result = RowClosed
	case trade.Issued:
		row.Result = RowMatches
		if confirms {
			row.Result = RowPrepared
		}
		if len(row.Differences) > 0 {
			row.Result = RowDiffers
		}
	default:
		row.Result = RowConfirmed
	}
	return row
}

// rank prefers, of claims with one number, that of the supplier that is named, and of those one
// that waits for its confirmation.
func rank(p Payable, r parse.PayableRow, suppliers map[trade.OrgID]Organisation) int {
	rank := 0
	if isCalled(suppliers[p.Asset.State.Receivable.Seller], r.Supplier) {
		rank += 2
	}
	if p.Asset.Record.Phase == trade.Issued {
		rank++
	}
	return rank
}

// differences lists what a row and a claim do not have in common. Nothing is tolerated.
func differences(r parse.PayableRow, claim *trade.Receivable, supplier Organisation) []Difference {
	list := []Difference{}
	if !isCalled(supplier, r.Supplier) {
		list = append(list, Difference{"supplier", r.Supplier, supplier.Name})
	}
	face, err := money.New(claim.Face, claim.Currency)
	if err != nil || face != r.Amount {
		list = append(list, Difference{"amount", r.Amount.String(), face.String()})
	}
	if claim.DueDate != r.DueDate {
		list = append(list, Difference{"due_date", r.DueDate.String(), claim.DueDate.String()})
	}
	return list
}

// isCalled tells whether an organisation goes by a name or a number, letters of either case and
// white space of any length being one.
func isCalled(o Organisation, name string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	for _, known := range []string{o.Name, o.NameLocal, o.RegistrationID, o.VAT, o.LEI, string(o.ID)} {
		if known != "" && plain(known) == plain(name) {
			return true
		}
	}
	return false
}
