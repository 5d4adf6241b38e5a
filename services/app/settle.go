package app

import (
	"context"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// ApplyPayment prepares what a matched line does: the receivable is paid, and after it the
// financing is repaid, if there is one. The rest of the line stays unapplied cash. Effects:
// one transaction with the intents and what the line was matched to.
func (a *App) ApplyPayment(
	ctx context.Context, actor Actor, id LineID, receivable trade.AssetID,
) ([]Intent, error) {
	if err := need(actor, settlers()...); err != nil {
		return nil, err
	}
	var line Line
	var digest trade.Digest
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		line, digest, err = ownLine(ctx, tx, actor, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if receivable == "" {
		receivable = line.Receivable
	}
	if receivable == "" {
		return nil, fault(CodeNoMatch, "", "the line names no receivable of yours: say which one it pays")
	}
	r, err := a.held(ctx, actor.Org, receivable, trade.KindReceivable)
	if err != nil {
		return nil, err
	}
	body := r.State.Receivable
	amount, err := payable(line, body)
	if err != nil {
		return nil, err
	}
	subjects := []trade.Subject{{ID: receivable, Version: r.Record.Version}}
	if body.Assignment != nil {
		subjects = append(subjects, trade.Subject{ID: body.Assignment.Programme, Version: trade.AnyVersion})
	}
	pay, err := a.drafted(ctx, actor, draft{
		act: trade.ReceivablePay, subjects: subjects,
		args: trade.PayReceivable{
			ID: string(line.ID), Amount: amount, ValueDate: line.ValueOn, Account: line.Account,
			Evidence: digest,
		},
	})
	if err != nil {
		return nil, err
	}
	intents := []Intent{pay}
	if body.Assignment != nil {
		repay, err := a.repayment(ctx, actor, r, amount, pay.ID)
		if err != nil {
			return nil, err
		}
		intents = append(intents, repay)
	}
	line.Receivable, line.Allocated, line.SetAside = receivable, amount, SetAside{}
	line.Intents = nil
	for _, i := range intents {
		line.Intents = append(line.Intents, i.ID)
	}
	return intents, a.keepAll(ctx, actor, intents, func(ctx context.Context, tx StoreTx) error {
		if _, _, err := ownLine(ctx, tx, actor, id); err != nil { // nobody applied it meanwhile
			return err
		}
		return tx.SetLine(ctx, line)
	})
}

// repayment prepares that a payment of the receivable repays its financing.
func (a *App) repayment(
	ctx context.Context, actor Actor, r Asset, amount money.Amount, after trade.CommandID,
) (Intent, error) {
	f, err := a.held(ctx, actor.Org, r.State.Receivable.Assignment.Financing, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	if f.Record.Phase == trade.Approved { // the payment would stand and the repayment after it be refused
		return Intent{}, fault(
			CodeBeforePayout, "", "the payout of financing %s is not recorded yet: record it first", f.Record.ID,
		)
	}
	return a.drafted(ctx, actor, draft{
		act: trade.FinancingRepay,
		subjects: []trade.Subject{
			{ID: f.Record.ID, Version: f.Record.Version}, {ID: r.Record.ID, Version: trade.AnyVersion},
		},
		args: trade.RepayFinancing{Amount: amount}, after: after,
	})
}

// unapplied is what the obligor paid since the assignment and no repayment has applied, and whether
// the financing can end without it: a credit note ended what was owed.
func unapplied(id trade.AssetID, f *trade.Financing, r *trade.Receivable) (open int64, ends bool) {
	if r.Assignment == nil || r.Assignment.Financing != id {
		return 0, false
	}
	open = r.Paid - r.Assignment.PaidBefore - f.Received
	return open, open == 0 && f.Outstanding == 0 && r.Due() == 0
}

// Repay prepares the repayment of all that the obligor paid and that repaid nothing yet. A payment
// that is recorded from a statement has its repayment prepared with it; this is for what is left
// when that one was refused or withdrawn. Seen is as in Approve.
func (a *App) Repay(ctx context.Context, actor Actor, id trade.AssetID, seen int64) (Intent, error) {
	f, r, err := a.bothSides(ctx, actor, id)
	if err != nil {
		return Intent{}, err
	}
	if err := a.unmoved(ctx, actor, f, seen); err != nil {
		return Intent{}, err
	}
	if f.Record.Phase != trade.Disbursed {
		return Intent{}, fault(trade.CodePhase, "", "only a financing that was paid out is repaid")
	}
	open, ends := unapplied(id, f.State.Financing, r.State.Receivable)
	if open <= 0 && !ends {
		return Intent{}, fault(trade.CodeRepayment, "", "the obligor has paid nothing that is not applied yet")
	}
	amount, err := money.New(open, r.State.Receivable.Currency)
	if err != nil {
		return Intent{}, err
	}
	return a.prepare(ctx, actor, draft{
		act: trade.FinancingRepay,
		subjects: []trade.Subject{
			{ID: id, Version: f.Record.Version}, {ID: r.Record.ID, Version: trade.AnyVersion},
		},
		args: trade.RepayFinancing{Amount: amount},
	})
}

// ownLine reads a line of a statement of the actor's organisation, not yet applied, and the
// digest of the statement's file.
func ownLine(ctx context.Context, tx StoreTx, actor Actor, id LineID) (Line, trade.Digest, error) {
	line, err := tx.Line(ctx, id)
	if err != nil {
		return Line{}, "", found(err, "statement line")
	}
	s, err := tx.StatementOf(ctx, id)
	if err != nil {
		return Line{}, "", err
	}
	if s.Org != actor.Org {
		return Line{}, "", hidden("statement line")
	}
	for _, i := range line.Intents {
		intent, err := tx.Intent(ctx, i)
		if err != nil {
			return Line{}, "", err
		}
		if !intent.Finished() || intent.State == IntentCommitted {
			return Line{}, "", fault(trade.CodePaymentTwice, "", "the line was applied already, by %s", i)
		}
	}
	return line, s.Digest, nil
}

// isOwnStatement refuses that whoever brought a bank's statement also signs a payment that stands
// in it: a file can be made by hand, and a payment of it ends a claim. Another person of the bank
// looks at both. Who keeps the books of a smaller organisation alone may do all of it.
func isOwnStatement(ctx context.Context, tx StoreTx, actor Actor, i Intent) error {
	line, pays := lineOf(i)
	if !pays || actor.Kind != trade.KindBank {
		return nil
	}
	of, err := tx.StatementsOfLines(ctx, actor.Org, []LineID{line})
	if err != nil {
		return err
	}
	if s, there := of[line]; there && s.ImportedBy == actor.User {
		return fault(CodeOwnStatement, "", "you imported this statement: another person must sign its payments")
	}
	return nil
}

// lineOf is the line of a statement that an act records as a payment.
func lineOf(i Intent) (LineID, bool) {
	if i.Command.Act != trade.ReceivablePay {
		return "", false
	}
	args, err := trade.Decode[trade.PayReceivable](i.Command.Args, "args")
	return LineID(args.ID), err == nil
}

// payable is what of a line pays the receivable: at most what is due.
func payable(line Line, r *trade.Receivable) (money.Amount, error) {
	if line.Amount.Sign() <= 0 || line.Amount.Currency() != r.Currency {
		return money.Amount{}, fault(CodeNoMatch, "", "only a credit in %s pays this receivable", r.Currency)
	}
	return money.New(min(line.Amount.Minor(), r.Due()), r.Currency)
}
