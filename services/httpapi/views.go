package httpapi

import (
	"strconv"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/httpapi/internal/api"
)

func decimal[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// instant is a moment of ledger time; zero stays absent.
func instant(i trade.Instant) time.Time {
	if i == 0 {
		return time.Time{}
	}
	return i.Time()
}

// amounts makes amounts of minor units in one currency and keeps the first error.
type amounts struct {
	currency money.Currency
	err      error
}

func (a *amounts) of(minor int64) money.Amount {
	amount, err := money.New(minor, a.currency)
	if err != nil && a.err == nil {
		a.err = err
	}
	return amount
}

func intentView(spoken string, i app.Intent) api.Intent {
	v := api.Intent{
		ID: i.ID, Organisation: i.Org, Act: i.Command.Act, Subjects: i.Command.Subjects, State: i.State,
		Command: string(i.Bytes), Digest: i.Digest, After: i.After, CreatedBy: i.CreatedBy,
		CreatedAt: i.CreatedAt.UTC(), ExpiresAt: i.ExpiresAt.UTC(), FinishedAt: i.FinishedAt.UTC(),
		Transaction: i.TxID, Terms: i.Terms, StatusURL: statusURL(i.ID), Duties: make([]api.Duty, len(i.Duties)),
	}
	if i.TxID != "" {
		v.Block = &i.Block
	}
	if i.Fault != nil {
		v.Fault = faultView(spoken, *i.Fault)
	}
	for n, d := range i.Duties {
		v.Duties[n] = api.Duty{Organisations: listed(d.Orgs), Roles: listed(d.Roles)}
	}
	for _, s := range i.Signatures {
		v.Duties[s.Duty].Fulfilled = true
		v.Duties[s.Duty].By = api.Signer{
			Organisation: s.Signature.Org, Person: s.Signature.Person, At: s.SignedAt.UTC(),
		}
	}
	return v
}

func statusURL(id trade.CommandID) string { return "/v1/intents/" + string(id) }

func stepView(t app.Transition) api.Step {
	v := api.Step{
		Version: t.Version, Transaction: t.TxID, Block: t.Block, At: t.At.UTC(), Act: t.Act, Command: t.Command,
		From: t.From, To: t.To, Organisation: t.Actor, Endorsers: listed(t.Endorsers), Signers: []api.StepSigner{},
	}
	if t.Signed != nil {
		for _, s := range t.Signed.Signatures {
			v.Signers = append(v.Signers, api.StepSigner{Organisation: s.Org, Person: s.Person})
		}
		said := app.SaidIn(*t.Signed)
		v.ReasonCode, v.Reason = app.ReasonOf(said.Reason)
		v.Amount, v.Evidence, v.Source, v.Account = said.Amount, said.Evidence, said.Source, said.Account
	}
	return v
}

func programmeView(a app.Asset, steps []app.Transition) (api.Programme, error) {
	p := a.State.Programme
	m := amounts{currency: p.Currency}
	return api.Programme{
		ID: a.Record.ID, Version: a.Record.Version, Phase: a.Record.Phase, At: instant(a.Record.Time),
		Bank: p.Bank, Seller: p.Seller, Obligor: p.Obligor, Limit: m.of(p.Limit), Used: m.of(p.Used),
		TenorDays: p.TenorDays, Agreement: p.Agreement, History: each(steps, stepView),
	}, m.err
}

func receivableView(a app.Asset, steps []app.Transition) (api.Receivable, error) {
	r := a.State.Receivable
	m := amounts{currency: r.Currency}
	v := api.Receivable{
		ID: a.Record.ID, Version: a.Record.Version, Phase: a.Record.Phase, At: instant(a.Record.Time),
		Seller: r.Seller, Obligor: r.Obligor, Owner: r.Owner, Number: r.Claim.Number, Order: r.Claim.Order,
		IssueDate: r.Claim.IssueDate, DueDate: r.DueDate, Documents: listed(r.Documents), PayTo: r.PayTo,
		Represented: r.Represented, History: each(steps, stepView),
		Face: m.of(r.Face), Confirmed: m.of(r.Confirmed), Diluted: m.of(r.Diluted), Disputed: m.of(r.Disputed),
		Held: m.of(r.Held), Assigned: m.of(r.Assigned), AssignedDisputed: m.of(r.AssignedDisputed),
		HeldDisputed: m.of(r.HeldDisputed), Paid: m.of(r.Paid), Free: m.of(r.Free()), Due: m.of(r.Due()),
	}
	v.ReasonCode, v.Reason = app.ReasonOf(r.Reason)
	if c := r.Confirmation; c != nil {
		v.Confirmation = api.Confirmation{
			Promise: c.Promise, WaivesDefences: c.WaivesDefences, ConsentsToSplit: c.ConsentsToSplit, Text: c.Text,
			Source: c.Source, At: instant(c.Time),
		}
	}
	if p := r.PayeeChange; p != nil {
		v.PayeeChange = payeeView(*p)
	}
	if h := r.Reservation; h != nil {
		v.Reservation = api.Reservation{
			Financing: h.Financing, Programme: h.Programme, Bank: h.Bank, Amount: m.of(h.Amount),
			ExpiresAt: instant(h.Expires),
		}
	}
	if h := r.Assignment; h != nil {
		v.Assignment = api.Assignment{
			Financing: h.Financing, Programme: h.Programme, Bank: h.Bank, Amount: m.of(h.Amount), At: instant(h.Time),
		}
	}
	v.Payments = each(r.Payments, func(p trade.Payment) api.Payment {
		return api.Payment{
			ID: p.ID, Amount: m.of(p.Amount), ValueDate: p.ValueDate, Account: p.Account, Evidence: p.Evidence,
		}
	})
	return v, m.err
}

func payeeView(p trade.PayeeChange) api.PayeeChange {
	return api.PayeeChange{
		Account: p.Account, Reason: p.Reason, AskedAt: instant(p.Asked), CallBack: p.CallBack, Evidence: p.Evidence,
		ConfirmedAt: instant(p.Confirmed), HeldUntil: instant(p.Until),
	}
}

// States of a financing as a whole; its phase on the ledger says more.
const (
	financingRefused   = "refused"
	financingRequested = "requested"
	financingOnLedger  = "on_ledger"
)

func financingView(spoken string, f app.FinancingView) (api.Financing, error) {
	v := api.Financing{
		State: financingRequested, History: each(f.Steps, stepView), Stage: f.Stage, Title: f.Title,
		Number: f.Number, Obligor: f.Obligor,
	}
	if f.Returned != nil {
		v.Returned = returnView(*f.Returned, "")
	}
	if r := f.Request; r != nil {
		if r.State == app.RequestRefused {
			v.State = financingRefused
		}
		v.ID, v.Seller, v.Bank, v.Pack, v.Receivable = r.ID, r.Seller, r.Bank, r.Pack, r.Receivable
		v.Programme, v.Amount, v.RequestedBy, v.RequestedAt = r.Programme, r.Amount, r.CreatedBy, r.CreatedAt.UTC()
		v.Reasons, v.Wanted = reasonsIn(spoken, r.Reasons), r.Wanted
	}
	if f.Intent != nil {
		v.Intent = intentView(spoken, *f.Intent)
	}
	if f.Asset == nil {
		return v, nil
	}
	b := f.Asset.State.Financing
	m := amounts{currency: b.Currency}
	record := f.Asset.Record
	v.State, v.ID, v.Version, v.Phase = financingOnLedger, record.ID, record.Version, record.Phase
	v.At, v.Seller, v.Bank = instant(record.Time), b.Seller, b.Bank
	v.Receivable, v.Programme = b.Receivable, b.Programme
	v.Amount, v.DueDate, v.Account, v.Verification = m.of(b.Face), b.DueDate, b.Account, b.Verification
	v.QuotedAt, v.LapsesAt, v.Reference = instant(b.Quoted), instant(b.Lapses), b.Reference
	v.ReasonCode, v.Reason = app.BankReasonOf(b.Reason)
	v.Disbursed, v.Outstanding = m.of(b.Disbursed), m.of(b.Outstanding)
	v.Received, v.Surplus = m.of(b.Received), m.of(b.Surplus)
	if b.Terms != nil {
		v.Terms = termsView(*b.Terms)
	}
	return v, m.err
}

func termsView(t trade.Terms) api.Terms {
	return api.Terms{
		Face: t.Face, AdvanceRate: api.Rate(t.AdvanceRate), Rate: api.Rate(t.Rate), Kind: t.Kind,
		DayCount: t.DayCount,
		FeeRate:  api.Rate(t.FeeRate), FeeBearer: t.FeeBearer, ValueDate: t.ValueDate, DueDate: t.DueDate,
		Recourse: t.Recourse, Days: t.Days, Advance: t.Advance, Charge: t.Charge, Fee: t.Fee, Cash: t.Cash,
		Repayable: t.Repayable, AllInRate: api.Rate(t.AllInRate),
	}
}
