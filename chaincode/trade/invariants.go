package trade

import (
	"slices"

	"github.com/countersign/countersign/chaincode/money"
)

// CheckInvariants checks a state against itself: that it has the one body of its kind, that
// everybody whom the body names is a party, and that its quantities add up (I1, I2, I4). The
// law asks it of every state that it opens or writes; the auditor asks it of states read
// back. It returns a *Fault.
//
// That the named are parties is what consent rests on: a quorum of outsiders can write a
// record of its own with parties of its own, and must not name an obligor beside them.
func (s *State) CheckInvariants() error {
	named, err := s.named()
	if err != nil {
		return err
	}
	for _, o := range named {
		if !slices.Contains(s.Parties, o) {
			return refuse(CodeNoConsent, "parties", "the %s %s names an organisation that is no party", s.Kind, s.ID)
		}
	}
	switch s.Kind {
	case KindReceivable:
		return s.Receivable.CheckInvariants()
	case KindProgramme:
		return s.Programme.checkInvariants()
	case KindFinancing:
		return s.Financing.checkInvariants()
	case KindOrganisation, KindKeyring, KindDocument:
	}
	return nil
}

// named lists the organisations that the body names as taking part.
func (s *State) named() ([]OrgID, error) {
	bodies := 0
	for _, set := range []bool{
		s.Organisation != nil, s.Keyring != nil, s.Document != nil, s.Programme != nil, s.Receivable != nil,
		s.Financing != nil,
	} {
		if set {
			bodies++
		}
	}
	switch {
	case bodies != 1 || len(s.Parties) == 0:
	case s.Kind == KindOrganisation && s.Organisation != nil && s.ID == OrganisationID(s.Organisation.MSP):
		return []OrgID{s.Organisation.MSP}, nil
	case s.Kind == KindKeyring && s.Keyring != nil:
		return nil, nil
	case s.Kind == KindDocument && s.Document != nil:
		return []OrgID{s.Document.Owner}, nil
	case s.Kind == KindProgramme && s.Programme != nil:
		return []OrgID{s.Programme.Bank, s.Programme.Seller, s.Programme.Obligor}, nil
	case s.Kind == KindFinancing && s.Financing != nil:
		return []OrgID{s.Financing.Seller, s.Financing.Bank}, nil
	case s.Kind == KindReceivable && s.Receivable != nil:
		return s.Receivable.named(), nil
	}
	return nil, refuse(CodeNoConsent, "", "%s has not the body of a %.20s", s.ID, string(s.Kind))
}

func (r *Receivable) named() []OrgID {
	orgs := []OrgID{r.Seller, r.Obligor, r.Owner}
	if r.Reservation != nil {
		orgs = append(orgs, r.Reservation.Bank)
	}
	return orgs
}

// CheckInvariants recomputes I1, I2 and I4 of a receivable.
func (r *Receivable) CheckInvariants() error {
	for _, q := range []struct {
		name  string
		minor int64
	}{
		{"face", r.Face},
		{"confirmed", r.Confirmed},
		{"diluted", r.Diluted},
		{"disputed", r.Disputed},
		{"held", r.Held},
		{"assigned", r.Assigned},
		{"paid", r.Paid},
		{"free", r.Free()},
		{"assigned_disputed", r.AssignedDisputed},
		{"held_disputed", r.HeldDisputed},
		{"due", r.Due()},
	} {
		if !inRange(q.minor) {
			return refuse(CodeBalance, q.name, "I2 is broken: %s is out of range", q.name)
		}
	}
	if r.Confirmed > r.Face {
		return refuse(CodeExceedsFace, "confirmed", "I1 is broken: confirmed more than the face")
	}
	if r.AssignedDisputed > r.Assigned {
		return refuse(CodeBalance, "assigned_disputed", "more is disputed than assigned")
	}
	if r.HeldDisputed > r.Held {
		return refuse(CodeBalance, "held_disputed", "more is disputed than held")
	}
	if r.PayeeChange != nil {
		if err := r.PayeeChange.check(r); err != nil {
			return err
		}
	}
	held, owner := int64(0), r.Seller
	if r.Reservation != nil {
		held = r.Reservation.Amount
	}
	if r.Assignment != nil {
		owner = r.Assignment.Bank
	}
	if r.Held != held || (r.Assigned > 0 && r.Assignment == nil) || r.Owner != owner {
		return refuse(CodeBalance, "held", "I4 is broken: owner, reservation and assignment do not agree")
	}
	return nil
}

func (p *Programme) checkInvariants() error {
	if !inRange(p.Limit) || !inRange(p.Used) || p.Used > p.Limit {
		return refuse(CodeProgrammeLimit, "used", "the limit of the programme is exceeded")
	}
	return nil
}

func (f *Financing) checkInvariants() error {
	for _, minor := range []int64{f.Face, f.Disbursed, f.Outstanding, f.Received, f.Surplus} {
		if !inRange(minor) {
			return refuse(CodeBalance, "financing", "a quantity of the financing is out of range")
		}
	}
	if f.Surplus > f.Received {
		return refuse(CodeBalance, "surplus", "more is owed to the seller than was received")
	}
	return nil
}

// inRange tells whether minor units are what an amount may be, and not negative.
func inRange(minor int64) bool { return minor >= 0 && minor <= money.MaxMinor }
