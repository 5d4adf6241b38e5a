package app

import (
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// turn says what is to be done with an asset next, and whose turn it is.
type turn struct {
	next    Next
	orgs    []trade.OrgID // one of whose persons does it
	roles   []trade.Role
	parties []trade.OrgID // whose business it is
	amount  money.Amount  // that it is about; absent: the whole of it
	from    time.Time     // nothing is to be done before; zero: now
}

// turnOf says whose turn it is with an asset; false when it waits for nobody. Claim finds the
// receivable of a financing, nil when it is not known here.
func turnOf(asset Asset, claim func(trade.AssetID) *trade.Receivable) (turn, bool) {
	switch {
	case asset.State == nil:
		return turn{}, false
	case asset.State.Receivable != nil:
		return claimTurn(asset.Record.Phase, *asset.State.Receivable)
	case asset.State.Financing != nil:
		f := *asset.State.Financing
		return loanTurn(asset.Record, f, claim(f.Receivable))
	}
	return turn{}, false
}

func claimTurn(phase trade.Phase, r trade.Receivable) (turn, bool) {
	t := turn{parties: once(r.Seller, r.Obligor, r.Owner), roles: []trade.Role{trade.Maker}}
	disputed := r.Disputed + r.AssignedDisputed + r.HeldDisputed
	switch p := r.PayeeChange; {
	case p != nil && p.Confirmed == 0:
		t.next, t.orgs = NextConfirmPayee, []trade.OrgID{r.Obligor}
	case p != nil:
		t.next, t.orgs, t.from = NextChangePayee, []trade.OrgID{r.Seller}, p.Until.Time()
	case phase == trade.Issued:
		t.next, t.orgs = NextConfirm, []trade.OrgID{r.Obligor}
	case disputed > 0:
		t.next, t.orgs, t.amount = NextResolve, t.parties, amountOr(disputed, r.Currency)
		t.roles = []trade.Role{trade.Maker, trade.Checker}
	case phase == trade.Overdue:
		t.next, t.orgs, t.amount = NextPay, []trade.OrgID{r.Obligor}, amountOr(r.Due(), r.Currency)
	default:
		return turn{}, false
	}
	return t, true
}

func loanTurn(record trade.Record, f trade.Financing, claim *trade.Receivable) (turn, bool) {
	t := turn{
		parties: once(f.Seller, f.Bank), orgs: []trade.OrgID{f.Bank}, roles: []trade.Role{trade.Maker},
	}
	accepted := claim != nil && claim.Reservation != nil && claim.Reservation.Financing == record.ID
	switch {
	case record.Phase == trade.Submitted:
		t.next = NextQuote
	case record.Phase == trade.Quoted && accepted:
		t.next = NextApprove
	case record.Phase == trade.Quoted:
		t.next, t.orgs = NextAccept, []trade.OrgID{f.Seller}
	case record.Phase == trade.Approved:
		t.next = NextDisburse
	case record.Phase == trade.Disbursed && claim != nil:
		open, ends := unapplied(record.ID, &f, claim)
		if open <= 0 && !ends {
			return turn{}, false
		}
		t.next, t.roles, t.amount = NextRepay, []trade.Role{trade.Maker, trade.Checker}, amountOr(open, f.Currency)
	default:
		return turn{}, false
	}
	return t, true
}

// once names each organisation once.
func once(orgs ...trade.OrgID) []trade.OrgID {
	slices.Sort(orgs)
	return slices.Compact(orgs)
}
