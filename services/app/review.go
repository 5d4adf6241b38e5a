package app

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Review is all that a decision of a bank on a financing needs, read at one moment.
type Review struct {
	Financing FinancingView
	Pack      Pack
	Papers    []Document
	Programme *Asset // nil until its state has reached this node
	// Receivable is there from the moment the bank holds it: when the seller's acceptance is taken
	// up.
	Receivable *Asset
	PayeeHold  *PayeeHold // nil when the payee account is not being changed
	Checks     []Check    // failed first
	Conditions []Condition
	Exposure   []Exposure // the lines that the case falls under, with what it would make of them
	Offer      *Offer     // nil when there is nothing to price
	Accounts   []Account  // of the bank, in the currency: where the obligor would pay
	Events     []ReviewEvent
	Waiting    []Intent // open commands about the financing
	Decisions  []Decision
	Names      map[UserID]string // of the bank's own people in Events
}

// ReviewEventKind says what happened.
type ReviewEventKind string

// The kinds of events.
const (
	EventLedger        ReviewEventKind = "ledger"
	EventSigned        ReviewEventKind = "signed"
	EventReturned      ReviewEventKind = "returned"
	EventWithdrawn     ReviewEventKind = "withdrawn"
	EventFailed        ReviewEventKind = "failed" // a command that the law refused
	EventRefusedByRule ReviewEventKind = "refused_by_rule"
)

// ReviewEvent is something that happened to the case, on the ledger or beside it.
type ReviewEvent struct {
	Kind    ReviewEventKind
	At      time.Time
	Act     trade.Act
	To      trade.Phase
	Org     trade.OrgID
	By      []string // own people by name
	Return  *FinancingReturn
	Reasons []Reason
	Fault   *trade.Fault
}

// Condition is one thing that the bank's rules ask of a case.
type Condition struct {
	Code   string // "limit", "tenor", "verdicts", "payee", "held", "price"
	Passed bool
	Actual string // as a person reads it; amounts as "2006880.00 CNY"
	Limit  string
}

// The conditions.
const (
	ConditionLimit    = "limit"
	ConditionTenor    = "tenor"
	ConditionVerdicts = "verdicts"
	ConditionHeld     = "held"
	ConditionPrice    = "price"
)

// Review gathers what the actor's bank needs to decide on a financing that it was asked for.
func (a *App) Review(ctx context.Context, actor Actor, id trade.AssetID) (Review, error) {
	view, err := a.Financing(ctx, actor, id)
	if err != nil {
		return Review{}, err
	}
	if view.Request == nil || view.Request.Bank != actor.Org {
		return Review{}, fault(CodeForbidden, "", "the bank that was asked reviews a financing")
	}
	v := Review{Financing: view}
	if v.Pack, v.Papers, err = a.PackPapers(ctx, actor, view.Request.Pack); err != nil {
		return Review{}, err
	}
	lines, err := a.lines(ctx, actor.Org)
	if err != nil {
		return Review{}, err
	}
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		return a.gatherReview(ctx, tx, actor, &v)
	})
	if err != nil {
		return Review{}, err
	}
	v.Checks = checksOf(v.Pack, v.Papers)
	if err := v.weigh(lines, a); err != nil {
		return Review{}, err
	}
	v.Decisions = decisions(actor, v)
	return v, nil
}

// gatherReview reads what hangs on the case.
func (a *App) gatherReview(ctx context.Context, tx StoreTx, actor Actor, v *Review) error {
	request := *v.Financing.Request
	programme, err := tx.Asset(ctx, request.Programme)
	if err == nil && programme.State != nil && programme.HeldBy(actor.Org) {
		v.Programme = &programme
	} else if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if f := v.Financing.Asset; f != nil {
		if v.Waiting, err = a.openAbout(ctx, tx, *f); err != nil {
			return err
		}
		if f.Record.Phase == trade.Submitted || f.State.Financing.Terms != nil {
			offer, err := a.offerFor(ctx, tx, actor.Org, request.Programme, *f)
			if err != nil {
				return err
			}
			v.Offer = &offer
		}
		r, err := tx.Asset(ctx, f.State.Financing.Receivable)
		if err == nil {
			if v.PayeeHold, err = payeeHold(ctx, tx, r); err != nil {
				return err
			}
		}
		if err == nil && r.State != nil && r.HeldBy(actor.Org) {
			v.Receivable = &r
		} else if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
	}
	accounts, err := tx.Accounts(ctx, actor.Org)
	if err != nil {
		return err
	}
	v.Accounts = slices.DeleteFunc(accounts, func(b Account) bool {
		return b.Currency != request.Amount.Currency()
	})
	return a.gatherEvents(ctx, tx, actor, v)
}

// openAbout lists the open commands about a financing that still name the version that stands.
func (a *App) openAbout(ctx context.Context, tx StoreTx, f Asset) ([]Intent, error) {
	list, _, err := tx.IntentsOf(ctx, f.Record.ID, Page{Limit: MaxPage})
	return slices.DeleteFunc(list, func(i Intent) bool {
		old := i.State != IntentOpen || !a.Now().Before(i.ExpiresAt)
		for _, s := range i.Command.Subjects { // the assignment names the version after the approval
			old = old || (s.ID == f.Record.ID && s.Version > 0 && i.After == "" && s.Version != f.Record.Version)
		}
		return old
	}), err
}

// gatherEvents tells what happened before, newest first.
func (a *App) gatherEvents(ctx context.Context, tx StoreTx, actor Actor, v *Review) error {
	request := *v.Financing.Request
	people, err := tx.Users(ctx, actor.Org)
	if err != nil {
		return err
	}
	v.Names = make(map[UserID]string, len(people))
	byPerson := make(map[trade.PersonID]string, len(people))
	for _, u := range people {
		v.Names[u.ID], byPerson[u.Person] = u.Name, u.Name
	}
	named := func(org trade.OrgID, person trade.PersonID) []string {
		if name, own := byPerson[person]; own && org == actor.Org {
			return []string{name}
		}
		return nil
	}
	for _, s := range v.Financing.Steps {
		e := ReviewEvent{Kind: EventLedger, At: s.At, Act: s.Act, To: s.To, Org: s.Actor}
		if s.Signed != nil {
			for _, g := range s.Signed.Signatures {
				e.By = append(e.By, named(g.Org, g.Person)...)
			}
		}
		v.Events = append(v.Events, e)
	}
	intents, _, err := tx.IntentsOf(ctx, request.ID, Page{Limit: MaxPage})
	if err != nil {
		return err
	}
	for _, i := range intents {
		v.Events = append(v.Events, intentEvents(i, named)...)
	}
	returns, err := tx.Returns(ctx, request.ID)
	if err != nil {
		return err
	}
	for n := range returns {
		v.Events = append(v.Events, ReviewEvent{
			Kind: EventReturned, At: returns[n].At, Org: returns[n].Bank, Return: &returns[n],
			By: []string{v.Names[returns[n].By]},
		})
	}
	before, err := tx.RequestsOfPack(ctx, actor.Org, request.Pack)
	if err != nil {
		return err
	}
	for _, r := range before {
		if r.State == RequestRefused {
			v.Events = append(v.Events, ReviewEvent{
				Kind: EventRefusedByRule, At: r.CreatedAt, Org: r.Seller, Reasons: r.Reasons,
			})
		}
	}
	slices.SortStableFunc(v.Events, func(e, f ReviewEvent) int { return f.At.Compare(e.At) })
	return nil
}

// intentEvents tells of a command that is not on the ledger: who signed it, and how it ended.
func intentEvents(i Intent, named func(trade.OrgID, trade.PersonID) []string) []ReviewEvent {
	list := []ReviewEvent{}
	if i.State != IntentCommitted {
		for _, s := range i.Signatures {
			list = append(list, ReviewEvent{
				Kind: EventSigned, At: s.SignedAt, Act: i.Command.Act, Org: s.Signature.Org,
				By: named(s.Signature.Org, s.Signature.Person),
			})
		}
	}
	if i.State == IntentRefused {
		list = append(list, ReviewEvent{
			Kind: EventFailed, At: i.FinishedAt, Act: i.Command.Act, Org: i.Org, Fault: i.Fault,
		})
	}
	if i.State == IntentWithdrawn && len(i.Signatures) > 0 {
		list = append(list, ReviewEvent{Kind: EventWithdrawn, At: i.FinishedAt, Act: i.Command.Act, Org: i.Org})
	}
	return list
}

// weigh holds the case against limits, tenor, verdicts and the bank's price.
func (v *Review) weigh(x creditLines, a *App) error {
	f := v.Financing.Asset
	passed := v.Pack.Latest != nil && a.VerdictsStand(v.Pack) && len(v.Pack.Latest.blocking()) == 0
	v.Conditions = append(v.Conditions, Condition{Code: ConditionVerdicts, Passed: passed})
	if f == nil || v.Programme == nil {
		return nil
	}
	body, frame := f.State.Financing, v.Programme.State.Programme
	held := v.Receivable != nil && heldFor(*v.Receivable, f.Record.ID)
	counted := held || slices.Contains(
		[]trade.Phase{trade.Approved, trade.Disbursed, trade.Repaid}, f.Record.Phase,
	)
	adds := body.Face
	if counted {
		adds = 0
	}
	all, err := x.exposures(v.Programme.Record.ID, adds)
	if err != nil {
		return err
	}
	v.Exposure = slices.DeleteFunc(all, func(e Exposure) bool { return e.With == nil })
	for n := range v.Exposure {
		if err := v.Exposure[n].without(v.takesUp(held)); err != nil {
			return err
		}
	}
	limit, err := money.New(frame.Limit, frame.Currency)
	if err != nil {
		return err
	}
	after, err := money.New(frame.Used+adds, frame.Currency)
	if err != nil {
		return err
	}
	tenor := money.DateOf(a.Now()).DaysUntil(body.DueDate)
	v.Conditions = append(
		v.Conditions,
		Condition{ConditionLimit, after.Minor() <= limit.Minor(), after.String(), limit.String()},
		Condition{
			ConditionTenor, tenor <= frame.TenorDays || counted, strconv.Itoa(tenor), strconv.Itoa(frame.TenorDays),
		},
	)
	if f.Record.Phase == trade.Quoted {
		v.Conditions = append(v.Conditions, Condition{Code: ConditionHeld, Passed: held})
	}
	if v.Offer != nil && v.Offer.Policy != nil {
		v.Conditions = append(v.Conditions, Condition{Code: ConditionPrice, Passed: len(v.Offer.Deviates) == 0})
	}
	return nil
}

// takesUp is what the case takes up of the limits now, in minor units: what is held for it, or what
// of the receivable is assigned and was neither paid nor credited.
func (v *Review) takesUp(held bool) int64 {
	switch f, r := v.Financing.Asset, v.Receivable; {
	case held:
		return f.State.Financing.Face
	case r != nil && r.State != nil && r.State.Receivable.Assignment != nil &&
		r.State.Receivable.Assignment.Financing == f.Record.ID:
		return r.State.Receivable.Assigned
	default:
		return 0
	}
}

// without takes out of what is used what the case takes up of it: before is without it and after is
// with it, whenever one looks.
func (e *Exposure) without(takes int64) error {
	if takes == 0 || e.Used.Minor() < takes {
		return nil
	}
	used, err := money.New(e.Used.Minor()-takes, e.Used.Currency())
	if err != nil {
		return err
	}
	free, err := e.Limit.Sub(used)
	e.Used, e.Free, e.Alert = used, free, alertOf(used.Minor(), e.Limit.Minor())
	return err
}
