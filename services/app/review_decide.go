package app

import (
	"slices"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// DecisionAct is something that a bank may decide on a financing.
type DecisionAct string

// The acts, as a person knows them.
const (
	DecideQuote        DecisionAct = "quote"
	DecideTakeUp       DecisionAct = "take_up"
	DecideApprove      DecisionAct = "approve"
	DecideDisburse     DecisionAct = "disburse"
	DecideRepay        DecisionAct = "repay"
	DecideReject       DecisionAct = "reject"
	DecideReturnMaker  DecisionAct = "return_maker"
	DecideReturnSeller DecisionAct = "return_seller"
)

// Why an act is not the actor's to do now.
const (
	WhyRole        = "role"         // it takes another role
	WhySelf        = "self"         // the actor has signed: another person must
	WhyOverLimit   = "over_limit"   // the programme's limit would be exceeded
	WhyTenor       = "tenor"        // it is due later than the programme allows
	WhySellerFirst = "seller_first" // the seller has not accepted
	WhyMakerFirst  = "maker_first"  // nobody has prepared it
)

// Decision is an act that is possible at this stage: whether the actor may do it, and what
// follows from it.
type Decision struct {
	Act     DecisionAct
	Allowed bool
	Why     string // when it is not allowed
	Roles   []trade.Role
	// Intents wait for the actor's signature; empty: the act is to be prepared first.
	Intents      []trade.CommandID
	Prepares     bool // the actor prepares it, and another person must sign after
	Consequences []Consequence
}

// Consequence is something that follows from an act, as data: the portal words it by its code.
type Consequence struct {
	Code    string
	Org     trade.OrgID
	Amount  money.Amount
	Account string
	Date    money.Date
	Until   trade.Instant
}

// The codes of consequences.
const (
	ThenOffer      = "offer"      // the seller may accept until then, and is paid so much
	ThenReserve    = "reserve"    // so much of the limit is held for it
	ThenAssign     = "assign"     // the bank owns the receivable; the obligor pays to the account
	ThenSecondEye  = "second_eye" // nothing happens until another person signs
	ThenPaid       = "paid"       // the ledger says that so much went to the seller's account
	ThenOutstand   = "outstanding"
	ThenApplied    = "applied" // so much of what the obligor paid repays the bank
	ThenSurplus    = "surplus" // so much of it belongs to the seller
	ThenLeft       = "left"    // so much stays outstanding
	ThenRepaid     = "repaid"  // the case ends: nothing is owed any more
	ThenClosed     = "closed"  // the request ends, and the seller sees the reason
	ThenHeldOn     = "held_on" // what is held stays held until it is released
	ThenWithdrawn  = "withdrawn"
	ThenSellerTold = "seller_told"
)

// decisions lists what is possible at the stage of a case, and for whom.
func decisions(actor Actor, v Review) []Decision {
	f := v.Financing.Asset
	if f == nil || f.State.Financing.Bank != actor.Org {
		return []Decision{}
	}
	d := decider{actor: actor, review: v, body: f.State.Financing}
	switch f.Record.Phase { //nolint:exhaustive // phases in which the bank has something to decide
	case trade.Submitted:
		return []Decision{d.quote(), d.returnSeller(), d.reject()}
	case trade.Quoted:
		return d.quoted()
	case trade.Approved:
		return append([]Decision{d.disburse()}, d.returnMaker(trade.FinancingDisburse)...)
	case trade.Disbursed:
		return d.repay()
	}
	return []Decision{}
}

type decider struct {
	actor  Actor
	review Review
	body   *trade.Financing
}

// quoted lists what is possible once there is a price: it depends on whether the seller took it.
func (d decider) quoted() []Decision {
	held := d.review.Receivable != nil && heldFor(*d.review.Receivable, d.review.Financing.Asset.Record.ID)
	if held {
		list := append([]Decision{d.approve()}, d.returnMaker(trade.FinancingApprove)...)
		return append(list, d.reject())
	}
	if waiting := d.waiting(trade.ReceivableReserve); len(waiting) > 0 {
		return []Decision{d.takeUp(waiting), d.returnSeller(), d.reject()}
	}
	again := d.quote()
	return []Decision{
		{Act: DecideApprove, Why: WhySellerFirst, Roles: approvers()}, again, d.returnSeller(), d.reject(),
	}
}

func makers() []trade.Role    { return []trade.Role{trade.Maker} }
func approvers() []trade.Role { return []trade.Role{trade.Checker, trade.Approver} }
func deciders() []trade.Role  { return []trade.Role{trade.Maker, trade.Checker} }

// waiting are the open commands of the acts.
func (d decider) waiting(acts ...trade.Act) []Intent {
	list := []Intent{}
	for _, i := range d.review.Waiting {
		if slices.Contains(acts, i.Command.Act) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(i, j Intent) int { return len(i.After) - len(j.After) }) // in their order
	return list
}

// refusal is why nobody may quote or take up: the bank's limits.
func (d decider) refusal() string {
	for _, c := range d.review.Conditions {
		switch {
		case c.Code == ConditionLimit && !c.Passed:
			return WhyOverLimit
		case c.Code == ConditionTenor && !c.Passed:
			return WhyTenor
		}
	}
	return ""
}

// may says whether the actor has one of the roles.
func (d decider) may(x Decision) Decision {
	x.Allowed = x.Why == "" && d.actor.Has(x.Roles...)
	if x.Why == "" && !x.Allowed {
		x.Why = WhyRole
	}
	return x
}

func (d decider) face() money.Amount { return d.amount(d.body.Face) }

// amount is in the currency of the case.
func (d decider) amount(minor int64) money.Amount {
	amount, err := money.New(minor, d.body.Currency)
	if err != nil {
		return money.Amount{} // the law has made this very amount
	}
	return amount
}

func (d decider) quote() Decision {
	x := Decision{Act: DecideQuote, Why: d.refusal(), Roles: makers()}
	then := Consequence{Code: ThenOffer, Org: d.body.Seller}
	if o := d.review.Offer; o != nil {
		then.Until = trade.InstantOf(o.Lapses)
		if o.Terms != nil {
			then.Amount = o.Terms.Cash
		}
	}
	x.Consequences = []Consequence{then}
	return d.may(x)
}

func (d decider) takeUp(waiting []Intent) Decision {
	return d.signing(Decision{
		Act: DecideTakeUp, Why: d.refusal(), Roles: makers(),
		Consequences: []Consequence{{Code: ThenReserve, Amount: d.face()}},
	}, waiting)
}

// signing has the actor sign what waits, unless the actor has signed it already.
func (d decider) signing(x Decision, waiting []Intent) Decision {
	for _, i := range waiting {
		x.Intents = append(x.Intents, i.ID)
		for _, s := range i.Signatures {
			if s.User == d.actor.User {
				x.Why = WhySelf
			}
		}
	}
	return d.may(x)
}

// fourEyes is an act that a maker prepares and signs, and another person signs after.
func (d decider) fourEyes(x Decision, acts ...trade.Act) Decision {
	waiting := d.waiting(acts...)
	signed := slices.ContainsFunc(waiting, func(i Intent) bool { return len(i.Signatures) > 0 })
	switch {
	case signed:
		x.Roles = approvers()
		return d.signing(x, waiting)
	case d.actor.Has(trade.Maker):
		x.Roles, x.Prepares = makers(), true
		x.Consequences = append([]Consequence{{Code: ThenSecondEye}}, x.Consequences...)
		return d.signing(x, waiting)
	}
	x.Roles, x.Why = approvers(), WhyMakerFirst
	return x
}

func (d decider) approve() Decision {
	then := Consequence{Code: ThenAssign, Amount: d.face()}
	if len(d.review.Accounts) > 0 {
		then.Account = d.review.Accounts[0].Number
	}
	if r := d.review.Receivable; r != nil {
		then.Org = r.State.Receivable.Obligor
	}
	return d.fourEyes(
		Decision{Act: DecideApprove, Consequences: []Consequence{then}},
		trade.FinancingApprove, trade.ReceivableAssign,
	)
}

func (d decider) disburse() Decision {
	x := Decision{Act: DecideDisburse}
	if t := d.body.Terms; t != nil {
		x.Consequences = []Consequence{
			{Code: ThenPaid, Org: d.body.Seller, Amount: t.Cash, Account: d.body.Account, Date: t.ValueDate},
			{Code: ThenOutstand, Amount: t.Repayable, Date: t.DueDate},
		}
	}
	return d.fourEyes(x, trade.FinancingDisburse)
}

// repay is possible when the obligor has paid something that repaid nothing yet: its repayment was
// refused or withdrawn, or a credit note ended what is owed. Usually a line of a statement does both.
func (d decider) repay() []Decision {
	r := d.review.Receivable
	if r == nil || len(d.waiting(trade.FinancingRepay)) > 0 {
		return []Decision{}
	}
	open, ends := unapplied(d.review.Financing.Asset.Record.ID, d.body, r.State.Receivable)
	if open <= 0 && !ends {
		return []Decision{}
	}
	toBank := min(open, d.body.Outstanding)
	x := Decision{Act: DecideRepay, Roles: deciders()}
	x.Consequences = append(x.Consequences, Consequence{Code: ThenApplied, Amount: d.amount(toBank)})
	if toSeller := open - toBank; toSeller > 0 {
		x.Consequences = append(x.Consequences, Consequence{
			Code: ThenSurplus, Org: d.body.Seller, Amount: d.amount(toSeller),
		})
	}
	switch left := d.body.Outstanding - toBank; {
	case left > 0:
		x.Consequences = append(x.Consequences, Consequence{Code: ThenLeft, Amount: d.amount(left)})
	case r.State.Receivable.Due() == 0:
		x.Consequences = append(x.Consequences, Consequence{Code: ThenRepaid})
	}
	return []Decision{d.may(x)}
}

func (d decider) reject() Decision {
	x := Decision{
		Act: DecideReject, Roles: deciders(), Consequences: []Consequence{{Code: ThenClosed, Org: d.body.Seller}},
	}
	if d.review.Receivable != nil && heldFor(*d.review.Receivable, d.review.Financing.Asset.Record.ID) {
		x.Consequences = append(x.Consequences, Consequence{Code: ThenHeldOn, Amount: d.face()})
	}
	return d.may(x)
}

func (d decider) returnSeller() Decision {
	return d.may(Decision{
		Act: DecideReturnSeller, Roles: []trade.Role{trade.Maker, trade.Checker, trade.Approver},
		Consequences: []Consequence{{Code: ThenSellerTold, Org: d.body.Seller}},
	})
}

// returnMaker is possible while something that the maker signed waits.
func (d decider) returnMaker(act trade.Act) []Decision {
	signed := slices.ContainsFunc(d.waiting(act), func(i Intent) bool { return len(i.Signatures) > 0 })
	if !signed {
		return nil
	}
	return []Decision{d.may(Decision{
		Act: DecideReturnMaker, Roles: []trade.Role{trade.Maker, trade.Checker, trade.Approver},
		Consequences: []Consequence{{Code: ThenWithdrawn}},
	})}
}
