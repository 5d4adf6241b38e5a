package trade

import "time"

// PayeeCoolingOff is how long a change of the payee account waits after the obligor confirmed it:
// a changed account is the classic fraud, and whoever was deceived has until then to find out.
// Nothing is financed on the receivable meanwhile.
const PayeeCoolingOff = 3 * 24 * time.Hour

// PayeeChange is another account that the seller wants to be paid to. It is nowhere in force while
// it stands here: PayTo is the old account until the change takes effect.
type PayeeChange struct {
	Account string  `json:"account"`
	Reason  string  `json:"reason"`
	Asked   Instant `json:"asked"`
	// CallBack says how the obligor made sure, by a way that it knew before: whom it reached at
	// which number, and when. Absent until the obligor has confirmed, and so is what follows.
	CallBack  string  `json:"call_back,omitempty"`
	Evidence  Digest  `json:"evidence,omitempty"`
	Confirmed Instant `json:"confirmed,omitempty"`
	Until     Instant `json:"until,omitempty"` // takes effect no sooner
}

// check holds a change against the receivable that it stands on.
func (p *PayeeChange) check(r *Receivable) error {
	cooled := p.Confirmed == 0 && p.Until == 0 ||
		p.Confirmed >= p.Asked && p.Until == p.Confirmed+Instant(PayeeCoolingOff.Milliseconds())
	if p.Account == "" || p.Account == r.PayTo || r.Owner != r.Seller || r.Confirmation == nil || !cooled ||
		(p.Confirmed == 0) != (p.CallBack == "") {
		return refuse(CodePayeeChange, "payee_change", "the change of the payee account cannot stand so")
	}
	return nil
}

// payeeSettled refuses to finance while the payee account is being changed.
func (r *Receivable) payeeSettled(path string) error {
	switch p := r.PayeeChange; {
	case p == nil:
		return nil
	case p.Confirmed == 0:
		return refuse(CodePayeeChange, path,
			"the seller wants to be paid to another account: the obligor is to confirm or refuse that first")
	default:
		return refuse(CodePayeeChange, path, "the payee account was changed: held until %s by ledger time",
			p.Until.Time().UTC().Format(time.RFC3339))
	}
}

// handlePayee runs the handler of an act about a change.
func (d *decision) handlePayee() error {
	switch d.command.Act { //nolint:exhaustive // the others are for handle
	case ReceivableAskPayee:
		return with(d, d.askPayee)
	case ReceivableConfirmPayee:
		return with(d, d.confirmPayee)
	case ReceivableRefusePayee:
		return with(d, d.refusePayee)
	default:
		return with(d, d.changePayee)
	}
}

// AskPayee is the argument of receivable.ask_payee.
type AskPayee struct {
	Account string `json:"account"`
	Reason  string `json:"reason"`
}

// askPayee notes another account that the seller wants to be paid to, of a claim that the obligor
// has confirmed and that is the seller's still. A claim that is not confirmed is withdrawn and
// issued anew; one that is assigned is paid to its financier.
func (d *decision) askPayee(a AskPayee) error {
	next := d.change(0)
	r := next.Receivable
	if r.Owner != r.Seller {
		return refuse(CodeAssigned, "subjects[0]", "the receivable is assigned: its financier is to be paid")
	}
	if r.PayeeChange != nil {
		return refuse(CodePayeeChange, "subjects[0]", "a change of the payee account is under way: end that first")
	}
	if err := checkText(a.Account, "args.account"); err != nil {
		return err
	}
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	if a.Account == r.PayTo {
		return refuse(CodePayee, "args.account", "this is the account named on the receivable already")
	}
	r.PayeeChange = &PayeeChange{Account: a.Account, Reason: a.Reason, Asked: d.tx.Time}
	return nil
}

// ConfirmPayee is the argument of receivable.confirm_payee. It names the account again: whoever
// signs, signs for that one.
type ConfirmPayee struct {
	Account  string `json:"account"`
	CallBack string `json:"call_back"`
	Evidence Digest `json:"evidence,omitempty"`
}

// confirmPayee is the obligor's second confirmation. The cooling-off begins with it.
func (d *decision) confirmPayee(a ConfirmPayee) error {
	next := d.change(0)
	p := next.Receivable.PayeeChange
	if p == nil || p.Confirmed != 0 {
		return refuse(CodePayeeChange, "subjects[0]", "no change of the payee account waits to be confirmed")
	}
	if a.Account != p.Account {
		return refuse(CodePayee, "args.account", "the seller asks for another account")
	}
	if err := checkText(a.CallBack, "args.call_back"); err != nil {
		return err
	}
	if err := checkEvidence(a.Evidence, "args.evidence"); err != nil {
		return err
	}
	confirmed := *p
	confirmed.CallBack, confirmed.Evidence, confirmed.Confirmed = a.CallBack, a.Evidence, d.tx.Time
	confirmed.Until = d.tx.Time + Instant(PayeeCoolingOff.Milliseconds())
	next.Receivable.PayeeChange = &confirmed
	return nil
}

// refusePayee ends a change before it takes effect, also one that was confirmed: the old account
// stays.
func (d *decision) refusePayee(a Reason) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	r := d.change(0).Receivable
	if r.PayeeChange == nil {
		return refuse(CodePayeeChange, "subjects[0]", "no change of the payee account is under way")
	}
	r.PayeeChange, r.Reason = nil, a.Reason
	return nil
}

// changePayee puts a confirmed change into effect once it has cooled off.
func (d *decision) changePayee(Nothing) error {
	r := d.change(0).Receivable
	p := r.PayeeChange
	if p == nil || p.Confirmed == 0 || d.tx.Time < p.Until {
		if err := r.payeeSettled("subjects[0]"); err != nil {
			return err
		}
		return refuse(CodePayeeChange, "subjects[0]", "no change of the payee account is under way")
	}
	r.PayTo, r.PayeeChange = p.Account, nil
	return nil
}
