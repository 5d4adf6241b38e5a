package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// QuoteInput is what a bank's maker names; the rest follows from it.
type QuoteInput struct {
	AdvanceRate money.Rate
	Rate        money.Rate
	Kind        trade.RateKind
	DayCount    money.DayCount
	FeeRate     money.Rate
	FeeBearer   trade.Bearer
	ValueDate   money.Date
	Recourse    bool
	Lapses      time.Time
	Seen        int64 // the version of the financing that was looked at; 0: whatever stands
}

// Price computes what a quote comes to, without preparing anything.
func (a *App) Price(ctx context.Context, actor Actor, id trade.AssetID, in QuoteInput) (trade.Terms, error) {
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return trade.Terms{}, err
	}
	face, err := money.New(f.State.Financing.Face, f.State.Financing.Currency)
	if err != nil {
		return trade.Terms{}, err
	}
	return trade.Terms{
		Face: face, AdvanceRate: in.AdvanceRate, Rate: in.Rate, Kind: in.Kind, DayCount: in.DayCount,
		FeeRate: in.FeeRate, FeeBearer: in.FeeBearer, ValueDate: in.ValueDate, Recourse: in.Recourse,
		DueDate: f.State.Financing.DueDate,
	}.Price()
}

// Quote prepares the bank's price; its maker signs it. What could not be taken up under the
// programme, because its limit or tenor would be exceeded, is not offered.
func (a *App) Quote(ctx context.Context, actor Actor, id trade.AssetID, in QuoteInput) (Intent, error) {
	terms, err := a.Price(ctx, actor, id, in)
	if err != nil {
		return Intent{}, err
	}
	f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
	if err != nil {
		return Intent{}, err
	}
	if f.State.Financing.Bank == actor.Org {
		if err := a.offerable(ctx, actor, f, in.Seen); err != nil {
			return Intent{}, err
		}
	}
	return a.onFinancing(ctx, actor, id, trade.FinancingQuote, trade.QuoteFinancing{
		Terms: terms, Lapses: trade.InstantOf(in.Lapses),
	})
}

// offerable refuses to quote on what has moved, and what the programme has no room for.
func (a *App) offerable(ctx context.Context, actor Actor, f Asset, seen int64) error {
	if err := need(actor, trade.Maker, trade.Checker); err != nil {
		return err
	}
	if err := a.unmoved(ctx, actor, f, seen); err != nil {
		return err
	}
	counted, err := a.counted(ctx, f)
	if err != nil || counted {
		return err
	}
	body := f.State.Financing
	programme, err := a.held(ctx, actor.Org, body.Programme, trade.KindProgramme)
	if err != nil {
		return err
	}
	p := programme.State.Programme
	switch {
	case body.Face > p.Limit-p.Used:
		return fault(trade.CodeProgrammeLimit, "", "the programme's limit would be exceeded")
	case money.DateOf(a.Now()).DaysUntil(body.DueDate) > p.TenorDays:
		return fault(
			trade.CodeProgrammeTenor, "", "the programme allows %d days until it is due", p.TenorDays,
		)
	}
	return nil
}

// RefusalInput is why a bank refuses: a code of the list, words of a person, or both.
type RefusalInput struct {
	Code ReasonCode
	Note string
	Seen int64 // the version that was looked at; 0: whatever stands
}

// RefuseFinancing prepares the bank's refusal. The seller reads the reason on the ledger, so the
// codes that are the bank's own affair are not taken.
func (a *App) RefuseFinancing(
	ctx context.Context, actor Actor, id trade.AssetID, in RefusalInput,
) (Intent, error) {
	reason := strings.TrimSpace(in.Note)
	switch {
	case in.Code != "" && !slices.Contains(SellerReasons(), in.Code):
		return Intent{}, fault(CodeInput, "code", "of %v", SellerReasons())
	case in.Code != "" && len(in.Note) > maxNote:
		return Intent{}, fault(CodeInput, "reason", "at most %d bytes beside a code", maxNote)
	case in.Code != "":
		reason = reasonText(in.Code, in.Note)
	case reason == "":
		return Intent{}, fault(CodeInput, "reason", "a code or words are needed")
	}
	if in.Seen != 0 {
		f, err := a.held(ctx, actor.Org, id, trade.KindFinancing)
		if err != nil {
			return Intent{}, err
		}
		if err := a.unmoved(ctx, actor, f, in.Seen); err != nil {
			return Intent{}, err
		}
	}
	return a.onFinancing(ctx, actor, id, trade.FinancingRefuse, trade.Reason{Reason: reason})
}
