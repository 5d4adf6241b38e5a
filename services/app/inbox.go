package app

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
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

// signing makes the items of open intents. Intents that follow one another are signed by the
// same people in one go, so they are one item.
func (w *waiting) signing() []Item {
	items := []Item{}
	at := map[trade.CommandID]int{} // where the item of an intent is
	for _, i := range w.intents {
		before, follows := at[i.After]
		if i.After != "" && follows && w.forMe(i) == w.mine(items[before]) {
			items[before].Intents = append(items[before].Intents, i.ID)
			at[i.ID] = before
			continue
		}
		at[i.ID] = len(items)
		items = append(items, w.ofIntent(i))
	}
	return items
}

// claimed makes the items of claims. Of each phase, and of what the organisation owes, sold and owns,
// one more was read than a list takes. Where so many fill no list, because acts about them are
// prepared already or they wait for several, there may be more in both.
func (w *waiting) claimed() []Item {
	type group struct {
		phase      trade.Phase
		owes, sold bool
	}
	type share struct{ read, mine, others int }
	items, shares := []Item{}, map[group]share{}
	for _, asset := range w.claims {
		if asset.State == nil || asset.State.Receivable == nil {
			continue
		}
		r := asset.State.Receivable
		g := group{asset.Record.Phase, r.Obligor == w.actor.Org, r.Seller == w.actor.Org}
		s := shares[g]
		s.read++
		if item, waits := w.ofAsset(asset); waits {
			items = append(items, item)
			if w.mine(item) {
				s.mine++
			} else {
				s.others++
			}
		}
		shares[g] = s
	}
	for _, s := range shares {
		w.cut = w.cut || s.read > MaxInbox && max(s.mine, s.others) <= MaxInbox
	}
	return items
}

// gist is what the arguments of commands say of an act, as far as they do.
type gist struct {
	Amount  money.Amount `json:"amount"`
	Face    money.Amount `json:"face"`
	Limit   money.Amount `json:"limit"`
	Seller  trade.OrgID  `json:"seller"`
	Obligor trade.OrgID  `json:"obligor"`
	Bank    trade.OrgID  `json:"bank"`
	DueDate money.Date   `json:"due_date"`
	Claim   struct {
		Number string       `json:"number"`
		Amount money.Amount `json:"amount"`
	} `json:"claim"`
}

// ofIntent makes the item of an open intent.
func (w *waiting) ofIntent(i Intent) Item {
	kind, subject := about(i)
	item := Item{
		Next: NextSign, Act: i.Command.Act, Kind: string(kind), Subject: string(subject), Since: i.CreatedAt,
		Intents: []trade.CommandID{i.ID},
	}
	for _, s := range i.Command.Subjects {
		if asset, there := w.named[s.ID]; there && asset.HeldBy(w.actor.Org) {
			w.tell(&item, asset)
		}
		if pack, of := packOf(s.ID); of && item.Pack == "" {
			item.Pack = pack
		}
	}
	var g gist
	if json.Unmarshal(i.Command.Args, &g) == nil { // an act that says something else in these members
		for _, amount := range []money.Amount{g.Limit, g.Claim.Amount, g.Face, g.Amount} {
			if !amount.IsAbsent() {
				item.Amount = amount
			}
		}
		if g.Claim.Number != "" {
			item.Title = g.Claim.Number
		}
		if !g.DueDate.IsZero() {
			item.Due = g.DueDate
		}
		for _, other := range []trade.OrgID{g.Bank, g.Seller, g.Obligor} {
			if item.Counterparty == "" && other != w.actor.Org {
				item.Counterparty = other
			}
		}
	}
	if id := personOf(i.Command); id != "" && i.Org == w.actor.Org { // ids of persons are an organisation's own
		if n := slices.IndexFunc(w.users, func(u User) bool { return u.Person == id }); n >= 0 {
			item.Title = w.users[n].Name
		}
	}
	cannot := i.Signatures
	if line, pays := lineOf(i); pays && w.lines[line].ID != "" {
		item.Kind, item.Subject = SubjectStatement, string(w.lines[line].ID) // where it is seen beside the line
		if w.actor.Kind == trade.KindBank {
			cannot = append(slices.Clone(cannot), SignedDuty{User: w.lines[line].ImportedBy})
		}
	}
	for _, d := range i.Open() {
		for _, org := range i.Duties[d].Orgs {
			item.WaitsFor = append(item.WaitsFor, w.waits(org, i.Duties[d].Roles, cannot))
		}
	}
	return item
}

// about is the asset that an act is about, as people see it: the financing rather than the
// receivable that it holds.
func about(i Intent) (trade.Kind, trade.AssetID) {
	spec, known := trade.SpecOf(i.Command.Act)
	if !known || len(i.Command.Subjects) == 0 {
		return "", ""
	}
	for n, s := range i.Command.Subjects {
		if spec.Subjects[n].Kind == trade.KindFinancing {
			return trade.KindFinancing, s.ID
		}
	}
	return spec.Subjects[0].Kind, i.Command.Subjects[0].ID
}

// packOf is the pack that a receivable was drawn from.
func packOf(id trade.AssetID) (PackID, bool) {
	rest, of := strings.CutPrefix(string(id), "rcv-")
	return PackID("pack-" + rest), of
}

// tell adds what an asset says of itself to an item.
func (w *waiting) tell(item *Item, asset Asset) {
	if asset.State == nil {
		return
	}
	switch {
	case asset.State.Receivable != nil:
		r := asset.State.Receivable
		item.Title, item.Due = r.Claim.Number, r.DueDate
		item.Amount = amountOr(r.Face, r.Currency)
		item.Pack, _ = packOf(asset.Record.ID)
		// A financing has told its own other side already; the obligor of what it finances is none.
		if item.Kind == string(trade.KindFinancing) && item.Counterparty != "" {
			return
		}
		item.Counterparty = r.Obligor
		if r.Obligor == w.actor.Org {
			item.Counterparty = r.Seller
		}
	case asset.State.Financing != nil:
		f := asset.State.Financing
		item.Due, item.Amount = f.DueDate, amountOr(f.Face, f.Currency)
		item.Pack, _ = packOf(f.Receivable)
		item.Counterparty = f.Bank
		if f.Bank == w.actor.Org {
			item.Counterparty = f.Seller
		}
		// The bank was shown the papers with the request, the number of the invoice too.
		if claim := w.named[f.Receivable].State; claim != nil && claim.Receivable != nil {
			item.Title = claim.Receivable.Claim.Number
		}
	}
}

// amountOr makes an amount of a state; it is absent where the state has none.
func amountOr(minor int64, c money.Currency) money.Amount {
	amount, err := money.New(minor, c)
	if err != nil {
		return money.Amount{}
	}
	return amount
}

// ofAsset makes the item of an asset that waits by itself; none when an open intent about it
// waits already, or when it is no business of the actor's organisation.
func (w *waiting) ofAsset(asset Asset) (Item, bool) {
	t, waits := turnOf(asset, func(id trade.AssetID) *trade.Receivable {
		if s := w.named[id].State; s != nil {
			return s.Receivable
		}
		return nil
	})
	if !waits || !slices.Contains(t.parties, w.actor.Org) || w.begun(asset.Record.ID) || t.from.After(w.now) {
		return Item{}, false
	}
	item := Item{
		Next: t.next, Kind: string(asset.Record.Kind), Subject: string(asset.Record.ID),
		Since: asset.Record.Time.Time(), Intents: []trade.CommandID{},
	}
	w.tell(&item, asset)
	if !t.amount.IsAbsent() {
		item.Amount = t.amount
	}
	for _, org := range t.orgs {
		item.WaitsFor = append(item.WaitsFor, w.waits(org, t.roles, nil))
	}
	return item, true
}

// begun tells whether somebody has prepared an act about the asset.
func (w *waiting) begun(id trade.AssetID) bool {
	return slices.ContainsFunc(w.intents, func(i Intent) bool {
		return slices.ContainsFunc(i.Command.Subjects, func(s trade.Subject) bool { return s.ID == id })
	})
}

// ofPaper makes the item of a paper whose fields are to be typed in.
func (w *waiting) ofPaper(d Document) Item {
	item := Item{
		Next: NextTypeFields, Kind: SubjectDocument, Subject: string(d.ID), Title: d.FileName, Since: d.UploadedAt,
		Intents: []trade.CommandID{}, WaitsFor: []Waits{w.waits(d.Org, typists(), nil)},
	}
	if d.Org != w.actor.Org {
		item.Counterparty = d.Org
	}
	return item
}

// ofRequest makes the item of a paper that somebody was asked for.
func (w *waiting) ofRequest(r PaperRequest) Item {
	item := Item{
		Next: NextDeliver, Kind: SubjectPaperRequest, Subject: string(r.ID), Title: r.Title, Pack: r.Pack,
		Paper: r.Kind, Counterparty: r.Asked, Due: r.Due, Since: r.At, Intents: []trade.CommandID{},
	}
	if r.Asked == w.actor.Org {
		item.Counterparty = r.Org
	}
	if r.State == RequestDeclined {
		item.Next, item.Due, item.Since = NextReconsider, money.Date{}, r.EndedAt
		item.WaitsFor = []Waits{w.waits(r.Org, askers(), nil)}
		return item
	}
	item.WaitsFor = []Waits{w.waits(r.Asked, typists(), nil)}
	return item
}

// ofStatement makes the item of a statement with payments that nobody has decided about.
func (w *waiting) ofStatement(s StatementFacts) Item {
	item := Item{
		Next: NextMatch, Kind: SubjectStatement, Subject: string(s.ID), Title: s.FileName, Since: s.ImportedAt,
		Intents: []trade.CommandID{}, WaitsFor: []Waits{w.waits(w.actor.Org, settlers(), nil)},
	}
	currencies := 0
	for _, c := range s.Counts {
		if c.State == LineWaiting {
			item.Count, item.Amount = item.Count+c.Lines, c.Amount
			currencies++
		}
	}
	if currencies != 1 {
		item.Amount = money.Amount{}
	}
	return item
}

// settlers are who decide what payments of a bank statement pay.
func settlers() []trade.Role { return []trade.Role{trade.Maker, trade.Checker} }

// typists are who type in the fields of a paper.
func typists() []trade.Role { return []trade.Role{trade.Maker, trade.Operator} }
