package app

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

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
