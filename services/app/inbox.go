package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/parse"
)

// Next is what is to be done with a thing that waits.
type Next string

// What may be to be done.
const (
	NextSign       Next = "sign"        // an act that was prepared: Act says which
	NextConfirm    Next = "confirm"     // a claim, by its obligor
	NextResolve    Next = "resolve"     // a dispute, by every side
	NextPay        Next = "pay"         // what is overdue
	NextQuote      Next = "quote"       // a request, by the bank
	NextAccept     Next = "accept"      // a quote, by the seller
	NextApprove    Next = "approve"     // an accepted quote, by the bank
	NextDisburse   Next = "disburse"    // an approved financing
	NextRepay      Next = "repay"       // what the obligor paid and repaid nothing yet
	NextTypeFields Next = "type_fields" // of a paper that no reader reads
	// NextConfirmPayee is of another account that a seller asks for, by the obligor; NextChangePayee
	// puts it into effect once it has cooled off.
	NextConfirmPayee Next = "confirm_payee"
	NextChangePayee  Next = "change_payee"
	NextDeliver      Next = "deliver"    // a paper that was asked for
	NextReconsider   Next = "reconsider" // a paper that was declined, by who asked for it
	NextMatch        Next = "match"      // payments of a bank statement
)

// SubjectDocument is the subject kind of papers; that of assets is their trade.Kind.
const SubjectDocument = "document"

// SubjectStatement is the subject kind of bank statements, and of payments that stand in them.
const SubjectStatement = "statement"

// Item is one thing that waits. What it says is for people of the organisation it was made for.
type Item struct {
	Next    Next
	Act     trade.Act // of NextSign
	Kind    string    // of the subject
	Subject string    // its id
	Title   string    // what people know it by: an invoice's number, a file's name, a person's
	Pack    PackID    // of the trade; empty when none is known
	// Paper is what is asked for; of requests for papers.
	Paper parse.Kind
	// Counterparty is the other side of the trade; empty when there is none.
	Counterparty trade.OrgID
	Amount       money.Amount // absent when it is about none
	Count        int64        // how many of the subject it is about; 0: it
	Due          money.Date
	Since        time.Time
	WaitsFor     []Waits
	Intents      []trade.CommandID // that are to be signed, in this order
}

// Waits says who a thing waits for: one person of the organisation with one of the roles.
// Persons are named within the reader's own organisation only.
type Waits struct {
	Org     trade.OrgID
	Roles   []trade.Role
	Persons []string
}

// Inbox is what waits: for the actor and, so that it is not forgotten, for others. What is due
// first comes first, then what has waited longest. More says that there is more than is listed.
type Inbox struct {
	Mine, Others         []Item
	MoreMine, MoreOthers bool
}

const (
	// MaxInbox bounds each list of an inbox.
	MaxInbox = 200
	// inboxSource bounds what is read of each kind of thing that may wait, claims apart.
	inboxSource = 1000
	// maxNamed bounds the persons that are named as those something waits for.
	maxNamed = 3
)

// Inbox lists what waits.
func (a *App) Inbox(ctx context.Context, actor Actor) (Inbox, error) {
	var w waiting
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		w = waiting{actor: actor, now: a.Now()}
		return w.gather(ctx, tx)
	})
	if err != nil {
		return Inbox{}, err
	}
	items := append(w.signing(), w.claimed()...)
	for _, asset := range w.loans {
		if item, waits := w.ofAsset(asset); waits {
			items = append(items, item)
		}
	}
	for _, d := range w.papers {
		items = append(items, w.ofPaper(d))
	}
	for _, r := range w.asked {
		items = append(items, w.ofRequest(r))
	}
	for _, s := range w.statements {
		items = append(items, w.ofStatement(s))
	}
	return w.sorted(items), nil
}

// waiting is what an inbox is made of, as it stood at one moment.
type waiting struct {
	actor   Actor
	now     time.Time
	users   []User // of the actor's organisation
	intents []Intent
	claims  []Asset
	loans   []Asset
	papers  []Document
	asked   []PaperRequest
	named   map[trade.AssetID]Asset // what intents and financings are about

	statements []StatementFacts     // with payments that nobody has decided about
	lines      map[LineID]Statement // that intents record payments of
	cut        bool                 // there was more of something than is read
}

// gather reads it all.
func (w *waiting) gather(ctx context.Context, tx StoreTx) error {
	org := w.actor.Org
	var err error
	if w.users, err = tx.Users(ctx, org); err != nil {
		return err
	}
	if w.intents, err = tx.OpenIntents(ctx, org, inboxSource); err != nil {
		return err
	}
	if w.claims, err = tx.ClaimsThatWait(ctx, org, MaxInbox+1); err != nil {
		return err
	}
	if w.loans, err = tx.FinancingsThatWait(ctx, org, inboxSource); err != nil {
		return err
	}
	if w.papers, err = tx.UntypedDocuments(ctx, org, inboxSource); err != nil {
		return err
	}
	if w.asked, err = tx.PaperRequestsThatWait(ctx, org, inboxSource); err != nil {
		return err
	}
	if w.statements, err = tx.StatementsThatWait(ctx, org, inboxSource); err != nil {
		return err
	}
	w.cut = max(
		len(w.intents), len(w.loans), len(w.papers), len(w.asked), len(w.statements),
	) == inboxSource
	ids, lines := []trade.AssetID{}, []LineID{}
	for _, i := range w.intents {
		if line, pays := lineOf(i); pays {
			lines = append(lines, line)
		}
		for _, s := range i.Command.Subjects {
			ids = append(ids, s.ID)
		}
	}
	for _, f := range w.loans {
		if f.State != nil {
			ids = append(ids, f.State.Financing.Receivable)
		}
	}
	if w.lines, err = tx.StatementsOfLines(ctx, org, lines); err != nil {
		return err
	}
	slices.Sort(ids)
	named, err := tx.AssetsNamed(ctx, slices.Compact(ids))
	w.named = make(map[trade.AssetID]Asset, len(named))
	for _, asset := range named {
		w.named[asset.Record.ID] = asset
	}
	return err
}

// sorted parts the items by who they wait for.
func (w *waiting) sorted(items []Item) Inbox {
	slices.SortStableFunc(items, func(a, b Item) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			if a.Due.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(
			cmp.Compare(a.Due.String(), b.Due.String()), a.Since.Compare(b.Since), cmp.Compare(a.Subject, b.Subject),
		)
	})
	in := Inbox{Mine: []Item{}, Others: []Item{}, MoreMine: w.cut, MoreOthers: w.cut}
	for _, i := range items {
		list, more := &in.Others, &in.MoreOthers
		if w.mine(i) {
			list, more = &in.Mine, &in.MoreMine
		}
		if len(*list) == MaxInbox {
			*more = true
			continue
		}
		*list = append(*list, i)
	}
	return in
}

// mine tells whether an item waits for the actor.
func (w *waiting) mine(item Item) bool {
	byID := func(id trade.CommandID) bool {
		return slices.ContainsFunc(w.intents, func(i Intent) bool { return i.ID == id && w.forMe(i) })
	}
	if len(item.Intents) > 0 {
		return slices.ContainsFunc(item.Intents, byID)
	}
	return slices.ContainsFunc(item.WaitsFor, func(f Waits) bool {
		return f.Org == w.actor.Org && w.actor.Has(f.Roles...)
	})
}

// forMe tells whether the actor could sign an intent. Payments of a statement that the actor
// brought are for others of a bank, and what follows them goes with them.
func (w *waiting) forMe(i Intent) bool {
	if !i.waitsFor(w.actor) {
		return false
	}
	for _, p := range w.intents {
		if p.ID != i.ID && p.ID != i.After {
			continue
		}
		if line, pays := lineOf(p); pays && w.actor.Kind == trade.KindBank {
			return w.lines[line].ImportedBy != w.actor.User
		}
	}
	return true
}

// waits names the persons of the actor's own organisation who could do it and have not signed.
func (w *waiting) waits(org trade.OrgID, roles []trade.Role, signed []SignedDuty) Waits {
	f := Waits{Org: org, Roles: roles, Persons: []string{}}
	if org != w.actor.Org {
		return f
	}
	for _, u := range w.users {
		has := Actor{Roles: u.Roles}.Has(roles...)
		done := slices.ContainsFunc(signed, func(s SignedDuty) bool { return s.User == u.ID })
		if has && !done && !u.Disabled && len(f.Persons) < maxNamed {
			f.Persons = append(f.Persons, u.Name)
		}
	}
	return f
}
