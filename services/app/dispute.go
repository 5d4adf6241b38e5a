package app

import (
	"context"
	"strings"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// DisputeCode says what a dispute is about.
type DisputeCode string

// DisputeCodes lists what a dispute may be about.
func DisputeCodes() []DisputeCode {
	return []DisputeCode{
		"quantity", "quality", "price", "late_delivery", "not_delivered", "duplicate", "terms", "other",
	}
}

// DisputeInput is a dispute about a part of the balance.
type DisputeInput struct {
	Amount money.Amount
	Code   DisputeCode // empty: the reason says all
	Reason string
	// Evidence is a paper that shows it: its digest goes to the ledger.
	Evidence DocumentID
}

// codeEnd parts the code from the note in the one text that the ledger keeps of a reason.
const codeEnd = ": "

// ReasonOf parts what the ledger keeps of a dispute's reason: its code, empty where there is
// none, and the note.
func ReasonOf(reason string) (DisputeCode, string) {
	code, note, _ := strings.Cut(reason, codeEnd)
	for _, c := range DisputeCodes() {
		if string(c) == code {
			return c, note
		}
	}
	return "", reason
}

// DisputeReceivable prepares a dispute about a part of the balance.
func (a *App) DisputeReceivable(
	ctx context.Context, actor Actor, id trade.AssetID, in DisputeInput,
) (Intent, error) {
	args := trade.DisputeReceivable{Amount: in.Amount, Reason: in.Reason}
	if in.Code != "" {
		args.Reason = string(in.Code) + codeEnd + in.Reason
	}
	if in.Evidence != "" {
		d, err := a.Document(ctx, actor, in.Evidence)
		if err != nil {
			return Intent{}, err
		}
		args.Evidence = d.Digest
	}
	return a.onReceivable(ctx, actor, id, trade.ReceivableDispute, args)
}

// Said is what a command about a receivable says beside its subjects, as far as a list of steps
// tells it.
type Said struct {
	Amount   money.Amount
	Reason   string // with its code
	Evidence trade.Digest
	Source   trade.Digest
	Account  string // that is asked for, or confirmed
}

// SaidIn reads what a confirmation, a rejection, a withdrawal, a dispute or its end says, or a
// change of the payee account; nothing
// of any other command.
func SaidIn(c trade.SignedCommand) Said {
	switch c.Command.Act { //nolint:exhaustive // the others say nothing here
	case trade.ReceivableConfirm:
		a := read[trade.ConfirmReceivable](c)
		return Said{Amount: a.Amount, Source: a.Source}
	case trade.ReceivableReject, trade.ReceivableWithdraw:
		a := read[trade.Reason](c)
		return Said{Reason: a.Reason}
	case trade.ReceivableDispute:
		a := read[trade.DisputeReceivable](c)
		return Said{Amount: a.Amount, Reason: a.Reason, Evidence: a.Evidence}
	case trade.ReceivableAskPayee:
		a := read[trade.AskPayee](c)
		return Said{Reason: a.Reason, Account: a.Account}
	case trade.ReceivableConfirmPayee:
		a := read[trade.ConfirmPayee](c)
		return Said{Reason: a.CallBack, Account: a.Account, Evidence: a.Evidence}
	case trade.ReceivableRefusePayee:
		a := read[trade.Reason](c)
		return Said{Reason: a.Reason}
	case trade.ReceivableResolve:
		a := read[trade.ResolveDispute](c)
		return Said{Amount: a.Amount, Reason: a.Reason, Evidence: a.CreditNote}
	}
	return Said{}
}

// read gives the arguments of a command that was carried out: the law has read them before.
func read[A any](c trade.SignedCommand) A {
	a, _ := trade.Decode[A](c.Command.Args, "args")
	return a
}
