package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// ReasonCode is why a bank returns or refuses a financing: a fixed list, worded by the portal.
type ReasonCode string

// The reasons. The last three are the bank's own affair and are never told to the seller.
const (
	ReasonPapersMissing ReasonCode = "papers_missing"
	ReasonPapersDiffer  ReasonCode = "papers_differ"
	ReasonGoods         ReasonCode = "goods_or_passage"
	ReasonPayee         ReasonCode = "payee_account"
	ReasonTerm          ReasonCode = "payment_term"
	ReasonLimit         ReasonCode = "over_limit"
	ReasonPrice         ReasonCode = "price"
	ReasonObligor       ReasonCode = "obligor_confirmation"
	ReasonBankPolicy    ReasonCode = "bank_policy"
	ReasonOther         ReasonCode = "other"

	ReasonPriceDeviates ReasonCode = "price_deviates"
	ReasonConcentration ReasonCode = "concentration"
	ReasonScreening     ReasonCode = "screening"
)

// SellerReasons lists the reasons that a seller may be told.
func SellerReasons() []ReasonCode {
	return []ReasonCode{
		ReasonPapersMissing, ReasonPapersDiffer, ReasonGoods, ReasonPayee, ReasonTerm, ReasonLimit, ReasonPrice,
		ReasonObligor, ReasonBankPolicy, ReasonOther,
	}
}

// MakerReasons lists the reasons that a checker may give to a maker.
func MakerReasons() []ReasonCode {
	return append(SellerReasons(), ReasonPriceDeviates, ReasonConcentration, ReasonScreening)
}

// reasonText is a reason as one text: the code, and what a person adds. The ledger keeps one text.
func reasonText(code ReasonCode, note string) string {
	if note = strings.TrimSpace(note); note == "" {
		return string(code)
	}
	return string(code) + ": " + note
}

// BankReasonOf reads a reason as the ledger keeps it; the code is empty for one that none of ours
// wrote.
func BankReasonOf(text string) (ReasonCode, string) {
	code, note, _ := strings.Cut(text, ": ")
	if slices.Contains(MakerReasons(), ReasonCode(code)) {
		return ReasonCode(code), note
	}
	return "", text
}

// ReturnTo says to whom a bank gives a financing back.
type ReturnTo string

// To whom: its own maker, or the seller.
const (
	ToMaker  ReturnTo = "maker"
	ToSeller ReturnTo = "seller"
)

// FinancingReturn is a financing that the bank gave back. No right moves by it.
type FinancingReturn struct {
	ID        string
	Financing trade.AssetID
	Bank      trade.OrgID
	To        ReturnTo
	Code      ReasonCode
	Note      string
	PackEdit  int   // of the pack, when it was given back
	Version   int64 // of the financing
	By        UserID
	At        time.Time
}

// maxNote bounds what a person adds to a reason, so that it fits the ledger's text with its code.
const maxNote = 160

// ReturnInput is why and to whom a financing is given back.
type ReturnInput struct {
	To   ReturnTo
	Code ReasonCode
	Note string
	Seen int64 // the version that was looked at; 0: whatever stands
}

// Return gives a financing back. To the maker: the bank's commands about it that wait for
// signatures are withdrawn, so that nobody signs them by mistake, and the maker prepares again. To
// the seller: it stays as it is until the seller brings more, or the bank acts all the same.
//
// Effects: one transaction with the return, the withdrawn commands and the line in the audit log.
func (a *App) Return(
	ctx context.Context, actor Actor, id trade.AssetID, in ReturnInput,
) (FinancingReturn, error) {
	f, r, err := a.returnable(ctx, actor, id, in)
	if err != nil {
		return FinancingReturn{}, err
	}
	name, err := a.newID("ret")
	if err != nil {
		return FinancingReturn{}, err
	}
	given := FinancingReturn{
		ID: name, Financing: id, Bank: actor.Org, To: in.To, Code: in.Code, Note: strings.TrimSpace(in.Note),
		Version: f.Record.Version, By: actor.User, At: a.Now(),
	}
	err = a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		p, err := tx.Pack(ctx, r.Pack)
		if err != nil {
			return err
		}
		given.PackEdit = p.Edit
		withdrawn, err := a.withdrawOwn(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if in.To == ToMaker && withdrawn == 0 {
			return fault(CodeIntentState, "", "nothing of your bank waits for a signature: there is nothing to return")
		}
		if err := tx.InsertReturn(ctx, given); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"financing.return", "financing", string(id)},
			map[string]string{"to": string(in.To), "code": string(in.Code)}); err != nil {
			return err
		}
		return a.answered(ctx, tx, given)
	})
	return given, err
}

// returnable checks that the actor may give the financing back, and now.
func (a *App) returnable(
	ctx context.Context, actor Actor, id trade.AssetID, in ReturnInput,
) (Asset, FinancingRequest, error) {
	var r FinancingRequest
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return f, r, err
	}
	if f.State.Financing.Bank != actor.Org {
		return f, r, fault(CodeForbidden, "", "the bank returns a financing")
	}
	if err := need(actor, trade.Maker, trade.Checker, trade.Approver); err != nil {
		return f, r, err
	}
	reasons := SellerReasons()
	phases := []trade.Phase{trade.Submitted, trade.Quoted}
	switch in.To {
	case ToSeller:
	case ToMaker:
		reasons, phases = MakerReasons(), append(phases, trade.Approved)
	default:
		return f, r, fault(CodeInput, "to", "maker or seller")
	}
	if !slices.Contains(reasons, in.Code) {
		return f, r, fault(CodeInput, "code", "of %v", reasons)
	}
	if len(in.Note) > maxNote {
		return f, r, fault(CodeInput, "note", "at most %d bytes", maxNote)
	}
	if err := a.unmoved(ctx, actor, f, in.Seen); err != nil {
		return f, r, err
	}
	if !slices.Contains(phases, f.Record.Phase) {
		return f, r, fault(trade.CodePhase, "", "a financing that is %s is not returned", f.Record.Phase)
	}
	r, err = a.Request(ctx, actor, id)
	return f, r, err
}

// withdrawOwn withdraws the organisation's open commands about an asset and tells how many.
func (a *App) withdrawOwn(ctx context.Context, tx StoreTx, actor Actor, id trade.AssetID) (int, error) {
	list, _, err := tx.IntentsOf(ctx, id, Page{Limit: MaxPage})
	if err != nil {
		return 0, err
	}
	withdrawn := 0
	for _, i := range list {
		if i.Org != actor.Org || i.State != IntentOpen {
			continue
		}
		now, err := tx.LockIntent(ctx, i.ID)
		if err != nil {
			return 0, err
		}
		if now.State != IntentOpen {
			return 0, fault(CodeIntentState, "", "somebody signed meanwhile: look at it again")
		}
		now.State, now.FinishedAt = IntentWithdrawn, a.Now()
		if err := tx.SetIntent(ctx, now); err != nil {
			return 0, fmt.Errorf("intent %s: %w", i.ID, err)
		}
		withdrawn++
	}
	return withdrawn, nil
}

// returnsOf lists the returns that an organisation knows of: the bank all, the seller those to it.
func (a *App) returnsOf(ctx context.Context, org trade.OrgID, r FinancingRequest) ([]FinancingReturn, error) {
	var list []FinancingReturn
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, err = tx.Returns(ctx, r.ID)
		return err
	})
	if org == r.Bank {
		return list, err
	}
	hiddenFrom := func(f FinancingReturn) bool { return f.To != ToSeller || org != r.Seller }
	return slices.DeleteFunc(list, hiddenFrom), err
}

// unmoved refuses a decision on a financing that has moved since it was looked at, and says who
// moved it. Seen is the version looked at; 0 looks at whatever stands.
func (a *App) unmoved(ctx context.Context, actor Actor, f Asset, seen int64) error {
	if seen == 0 || seen == f.Record.Version {
		return nil
	}
	who := "another organisation"
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		steps, err := tx.Transitions(ctx, f.Record.ID)
		if err != nil || len(steps) == 0 {
			return err
		}
		last := steps[len(steps)-1]
		names, err := signerNames(ctx, tx, actor.Org, last)
		who = fmt.Sprintf("%s by %s at %s", last.Act, names, last.At.UTC().Format(time.RFC3339))
		return err
	})
	if err != nil {
		return err
	}
	return fault(trade.CodeStale, "", "it has changed since you looked: %s", who)
}

// signerNames names who signed a step: the own people by name, others by their organisation.
func signerNames(ctx context.Context, tx StoreTx, org trade.OrgID, step Transition) (string, error) {
	if step.Signed == nil {
		return string(step.Actor), nil
	}
	names := []string{}
	for _, s := range step.Signed.Signatures {
		if s.Org != org {
			names = append(names, string(s.Org))
			continue
		}
		u, err := tx.UserByPerson(ctx, s.Org, s.Person)
		switch {
		case err == nil:
			names = append(names, u.Name)
		case errors.Is(err, ErrNoRow):
			names = append(names, string(s.Person))
		default:
			return "", err
		}
	}
	if len(names) == 0 {
		return string(step.Actor), nil
	}
	return strings.Join(names, ", "), nil
}
