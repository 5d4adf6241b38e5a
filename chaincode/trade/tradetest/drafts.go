package tradetest

import (
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// Draft makes the act as the trade stands, right in everything.
func (w *World) Draft(act trade.Act) Draft {
	w.T.Helper()
	d := Draft{ID: w.NewID(act), Act: act, Actor: w.actor(act)}
	d.Subjects = w.subjects(act, d.Actor)
	d.Args, d.Joins = w.args(act)
	d.Signers = w.signers(act)
	return d
}

// Registration drafts how an organisation enters.
func (w *World) Registration(p *Party) Draft {
	w.T.Helper()
	persons := []trade.Person{}
	for _, person := range p.Persons() {
		persons = append(persons, person.Public(w.T))
	}
	return Draft{
		ID: w.NewID(trade.OrganisationRegister), Act: trade.OrganisationRegister, Actor: p.Org,
		Subjects: []trade.Subject{{ID: trade.OrganisationID(p.Org)}},
		Args: trade.RegisterOrganisation{
			Salt: Salt(w.T), Kind: p.Kind, Name: "Name of " + string(p.Org), RegistrationID: p.RegistrationID,
			Persons: persons,
		},
		Signers: []*Person{p.Admin, p.SecondAdmin},
	}
}

// actor is whose node submits the act.
func (w *World) actor(act trade.Act) trade.OrgID {
	switch act {
	case trade.OrganisationRegister:
		return w.Newcomer.Org
	case trade.KeyringOpen, trade.KeyringRotate:
		return w.Operator.Org
	case trade.ReceivableReject, trade.ReceivableConfirm, trade.ReceivableDispute, trade.ReceivableResolve,
		trade.ReceivableConfirmPayee, trade.ReceivableRefusePayee:
		return w.Obligor.Org
	case trade.ProgrammeOpen, trade.ReceivableRelease, trade.ReceivableAssign, trade.FinancingQuote,
		trade.FinancingRefuse, trade.FinancingApprove, trade.FinancingDisburse, trade.FinancingRepay:
		return w.Bank.Org
	case trade.ReceivablePay:
		return w.owner().Org
	case trade.OrganisationEnrol, trade.OrganisationRevoke, trade.OrganisationAddKey,
		trade.OrganisationRevokeKey, trade.DocumentRecord, trade.ReceivableIssue, trade.ReceivableWithdraw,
		trade.ReceivableReserve, trade.ReceivableExpire, trade.ReceivableMature, trade.ReceivableAskPayee,
		trade.ReceivableChangePayee,
		trade.ReceivableOverdue, trade.FinancingRequest, trade.FinancingDecline, trade.FinancingLapse:
		return w.Seller.Org
	}
	return ""
}

// owner is who owns the receivable now.
func (w *World) owner() *Party {
	owner := w.State(w.Receivable).Receivable.Owner
	i := slices.IndexFunc(w.Parties(), func(p *Party) bool { return p.Org == owner })
	if i < 0 {
		w.T.Fatalf("%s is not of the cast", owner)
	}
	return w.Parties()[i]
}

// subjects names the assets of the act at the versions that the actor holds.
func (w *World) subjects(act trade.Act, actor trade.OrgID) []trade.Subject {
	spec, ok := trade.SpecOf(act)
	if !ok {
		w.T.Fatalf("there is no act %s", act)
	}
	subjects := []trade.Subject{}
	for _, s := range spec.Subjects {
		if s.Optional && !w.concerns(act) {
			continue
		}
		subject := trade.Subject{ID: w.id(s.Kind, actor)}
		switch {
		case s.Access == trade.Create:
		case s.Any:
			subject.Version = trade.AnyVersion
		default:
			subject.Version = w.held(actor, subject.ID).Version
		}
		subjects = append(subjects, subject)
	}
	return subjects
}

// concerns tells whether the act's optional subject is to be named as the trade stands.
func (w *World) concerns(act trade.Act) bool {
	switch act {
	case trade.ReceivablePay, trade.ReceivableResolve:
		return w.State(w.Receivable).Receivable.Assignment != nil
	case trade.FinancingLapse:
		return w.State(w.Financing).Phase == trade.Approved
	default:
		return false
	}
}

// id is the asset of a kind in this trade.
func (w *World) id(k trade.Kind, actor trade.OrgID) trade.AssetID {
	switch k {
	case trade.KindOrganisation:
		return trade.OrganisationID(actor)
	case trade.KindKeyring:
		return trade.KeyringID
	case trade.KindDocument:
		return w.Document
	case trade.KindProgramme:
		return w.Programme
	case trade.KindReceivable:
		return w.Receivable
	case trade.KindFinancing:
		return w.Financing
	}
	return ""
}

// party is the organisation on a side.
func (w *World) party(act trade.Act, side trade.Side) *Party {
	switch side {
	case trade.Seller:
		return w.Seller
	case trade.Obligor:
		return w.Obligor
	case trade.Bank:
		return w.Bank
	case trade.Owner:
		return w.owner()
	case trade.Itself:
		all := append(w.Parties(), w.Newcomer)
		return all[slices.IndexFunc(all, func(p *Party) bool { return p.Org == w.actor(act) })]
	}
	return nil
}

// signers finds a person of its own for each need of the act.
func (w *World) signers(act trade.Act) []*Person {
	spec, _ := trade.SpecOf(act)
	signers := []*Person{}
	for _, n := range spec.Needs {
		for _, p := range w.party(act, n.Sides[0]).Persons() {
			if !slices.Contains(signers, p) && slices.ContainsFunc(p.Roles, func(r trade.Role) bool {
				return slices.Contains(n.Roles, r)
			}) {
				signers = append(signers, p)
				break
			}
		}
	}
	return signers
}

// reason is the argument of acts that need no other.
func reason() trade.Reason { return trade.Reason{Reason: "as agreed on the telephone"} }

// digest is the digest of some evidence.
func digest(of string) trade.Digest { return trade.DigestOf([]byte(of)) }

// args are the arguments of the act and who becomes a party by it.
func (w *World) args(act trade.Act) (args any, joins []trade.OrgID) {
	switch act {
	case trade.OrganisationRegister:
		return w.Registration(w.Newcomer).Args, nil
	case trade.OrganisationEnrol:
		return trade.EnrolPerson{Person: w.Recruit.Public(w.T)}, nil
	case trade.OrganisationRevoke:
		return trade.RevokePerson{Person: w.Seller.SecondMaker.ID, Reason: "has left"}, nil
	case trade.OrganisationAddKey:
		return trade.AddKey{Person: w.Spare.ID, Key: w.Spare.PublicKey(w.T)}, nil
	case trade.OrganisationRevokeKey:
		return trade.RevokeKey{Person: w.Spare.ID, Key: w.Spare.KeyID, Reason: "the phone is lost"}, nil
	case trade.KeyringOpen:
		return trade.AddEpoch{Salt: Salt(w.T), Number: 1, Commitment: trade.DigestOf(w.Keys[1])}, nil
	case trade.KeyringRotate:
		next := int64(len(w.State(trade.KeyringID).Keyring.Epochs)) + 1
		key := make([]byte, len(w.Keys[1]))
		copy(key, Salt(w.T))
		w.Keys[next] = key
		return trade.AddEpoch{Salt: Salt(w.T), Number: next, Commitment: trade.DigestOf(key)}, nil
	case trade.DocumentRecord:
		return trade.RecordDocument{
			Salt: Salt(w.T), Kind: "invoice", Original: digest("bytes of " + string(w.Document)),
			Canonical: digest("fields of " + string(w.Document)), ShownTo: []trade.OrgID{w.Obligor.Org},
			Readers: w.readers(),
		}, []trade.OrgID{w.Obligor.Org}
	case trade.ProgrammeOpen:
		return trade.OpenProgramme{
			Salt: Salt(w.T), Bank: w.Bank.Org, Seller: w.Seller.Org, Obligor: w.Obligor.Org, Limit: w.Limit,
			TenorDays: 180, Agreement: digest("master agreement"), Readers: w.readers(),
		}, []trade.OrgID{w.Seller.Org, w.Obligor.Org}
	case trade.FinancingRequest, trade.FinancingQuote, trade.FinancingRefuse, trade.FinancingDecline,
		trade.FinancingLapse, trade.FinancingApprove, trade.FinancingDisburse, trade.FinancingRepay:
		return w.financingArgs(act)
	default:
		return w.receivableArgs(act)
	}
}

// readers are who gets copies.
func (w *World) readers() []trade.OrgID {
	if w.Auditor == nil {
		return nil
	}
	return []trade.OrgID{w.Auditor.Org}
}

func (w *World) receivableArgs(act trade.Act) (args any, joins []trade.OrgID) {
	switch act {
	case trade.ReceivableIssue:
		return trade.IssueReceivable{
			Salt: Salt(w.T), Seller: w.Seller.Org, Obligor: w.Obligor.Org, Claim: w.Claim, DueDate: w.DueDate,
			Documents: []trade.AssetID{w.Document}, PayTo: w.Seller.Account, Readers: w.readers(),
		}, []trade.OrgID{w.Obligor.Org}
	case trade.ReceivableWithdraw, trade.ReceivableReject, trade.ReceivableRelease:
		return reason(), nil
	case trade.ReceivableConfirm:
		return trade.ConfirmReceivable{
			Amount: w.Face, Promise: trade.Acknowledgement, Text: digest("we acknowledge this debt"),
		}, nil
	case trade.ReceivableDispute:
		return trade.DisputeReceivable{
			Amount: Money(w.T, "100000.00"), Reason: "porous castings", Evidence: digest("inspection report"),
		}, nil
	case trade.ReceivableResolve:
		return trade.ResolveDispute{
			Amount: Money(w.T, "100000.00"), Diluted: Money(w.T, "40000.00"), CreditNote: digest("credit note"),
			Reason: "a credit note for a part",
		}, nil
	case trade.ReceivableReserve:
		return trade.ReserveReceivable{
			Bank: w.Bank.Org, Amount: w.amount(w.State(w.Receivable).Receivable.Free()),
			Expires: w.in(7 * 24 * time.Hour),
		}, []trade.OrgID{w.Bank.Org}
	case trade.ReceivableAskPayee:
		return trade.AskPayee{Account: w.Seller.Account + "9", Reason: "our bank has merged"}, nil
	case trade.ReceivableConfirmPayee:
		asked := ""
		if p := w.State(w.Receivable).Receivable.PayeeChange; p != nil {
			asked = p.Account
		}
		return trade.ConfirmPayee{
			Account: asked, CallBack: "called their treasurer at the number of the contract",
			Evidence: digest("note of the call"),
		}, nil
	case trade.ReceivableRefusePayee:
		return reason(), nil
	case trade.ReceivableAssign:
		return trade.AssignReceivable{PayTo: w.Bank.Account}, nil
	case trade.ReceivablePay:
		r := w.State(w.Receivable).Receivable
		return w.Payment("stmt-1", w.amount(r.Due()), r.PayTo), nil
	default:
		return trade.Nothing{}, nil
	}
}

// Payment makes the argument of receivable.pay.
func (w *World) Payment(id string, amount money.Amount, account string) trade.PayReceivable {
	return trade.PayReceivable{
		ID: id, Amount: amount, ValueDate: money.DateOf(w.Chain.Now().Time()), Account: account,
		Evidence: digest("statement with " + id),
	}
}

func (w *World) financingArgs(act trade.Act) (args any, joins []trade.OrgID) {
	switch act {
	case trade.FinancingRequest:
		return trade.RequestFinancing{
			Salt: Salt(w.T), Bank: w.Bank.Org, Programme: w.Programme,
			Face:    w.amount(w.State(w.Receivable).Receivable.Free()),
			Account: w.Seller.Account, Verification: digest("matrix and verdicts"), Readers: w.readers(),
		}, []trade.OrgID{w.Bank.Org}
	case trade.FinancingQuote:
		return trade.QuoteFinancing{Terms: w.Terms(), Lapses: w.in(3 * 24 * time.Hour)}, nil
	case trade.FinancingRefuse, trade.FinancingDecline:
		return reason(), nil
	case trade.FinancingDisburse:
		f := w.State(w.Financing).Financing
		if f.Terms == nil {
			return trade.DisburseFinancing{}, nil // nothing was quoted: no figure could be right
		}
		return trade.DisburseFinancing{
			Cash: f.Terms.Cash, Date: f.Terms.ValueDate, Account: f.Account, Reference: "PAYOUT-1",
		}, nil
	case trade.FinancingRepay:
		r, f := w.State(w.Receivable).Receivable, w.State(w.Financing).Financing
		open := r.Paid - f.Received
		if r.Assignment != nil {
			open -= r.Assignment.PaidBefore
		}
		return trade.RepayFinancing{Amount: w.amount(open)}, nil
	default:
		return trade.Nothing{}, nil
	}
}

// Terms is the price of the first trade of the fixtures for the face that was asked for: 90 %
// advanced, discounted at 4.35 % a year, a fee of 0.1 % borne by the seller. A claim of some cents
// has no such price: it is advanced whole, for nothing.
func (w *World) Terms() trade.Terms {
	w.T.Helper()
	f := w.State(w.Financing).Financing
	asked := trade.Terms{
		Face: w.amount(f.Face), AdvanceRate: 900_000, Rate: 43_500, Kind: trade.Discount, DayCount: money.Act360,
		FeeRate: 1_000, FeeBearer: trade.SellerBears, ValueDate: money.DateOf(w.Chain.Now().Time()),
		DueDate: f.DueDate, Recourse: true,
	}
	terms, err := asked.Price()
	if err != nil {
		asked.AdvanceRate, asked.Rate, asked.FeeRate = 1_000_000, 0, 0
		terms, err = asked.Price()
	}
	if err != nil {
		w.T.Fatalf("pricing: %v", err)
	}
	return terms
}

// in is a moment from now.
func (w *World) in(d time.Duration) trade.Instant {
	return w.Chain.Now() + trade.Instant(d.Milliseconds())
}

// amount writes minor units in the currency of the trade.
func (w *World) amount(minor int64) money.Amount {
	a, err := money.New(minor, w.Face.Currency())
	if err != nil {
		w.T.Fatalf("amount: %v", err)
	}
	return a
}
