package trade

import (
	"errors"
	"slices"
)

// signed checks the needs of the act: every signature verifies, and each need is met by a
// person of its own.
func (d *decision) signed() error {
	persons := make([]signer, 0, len(d.signatures))
	for i, s := range d.signatures {
		p, k, err := d.person(s, indexed("signatures", i))
		if err != nil {
			return err
		}
		if err := s.Verify(k, d.digest); err != nil {
			return err
		}
		persons = append(persons, signer{org: s.Org, person: p, key: k})
	}
	if err := distinct(persons); err != nil {
		return err
	}
	options := make([][]int, len(d.spec.Needs))
	for i, n := range d.spec.Needs {
		orgs := d.orgsOf(n)
		for j, p := range persons {
			if slices.Contains(orgs, p.org) && p.has(n.Roles) {
				options[i] = append(options[i], j)
			}
		}
		if len(options[i]) == 0 {
			return refuse(CodeSignatureMissing, "signatures",
				"%s must be signed by a %s of the %s", d.command.Act, orList(n.Roles), orList(n.Sides))
		}
	}
	if !matched(options, nil) {
		return refuse(CodeSignatureSame, "signatures",
			"%s needs %d persons: one person cannot fulfil two duties", d.command.Act, len(options))
	}
	return nil
}

type signer struct {
	org    OrgID
	person Person
	key    Key
}

func (s signer) has(roles []Role) bool {
	return slices.ContainsFunc(s.person.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// distinct refuses two signatures of one person, be it with two keys, or under two ids with
// one key.
func distinct(persons []signer) error {
	for i, a := range persons {
		for _, b := range persons[:i] {
			if (a.org == b.org && a.person.ID == b.person.ID) || slices.Equal(a.key.Public, b.key.Public) {
				return refuse(CodeSignatureSame, "signatures", "one person has signed twice")
			}
		}
	}
	return nil
}

// matched tells whether each need can be given a person of its own; there are at most
// maxSignatures of either, so trying all is cheap.
func matched(options [][]int, taken []int) bool {
	if len(options) == 0 {
		return true
	}
	for _, j := range options[0] {
		if !slices.Contains(taken, j) && matched(options[1:], append(slices.Clone(taken), j)) {
			return true
		}
	}
	return false
}

// person finds the signer and the key in the record of the organisation, which must have agreed
// to it. Who registers or enrols persons is read from the state that the command leaves or finds.
func (d *decision) person(s Signature, path string) (Person, Key, error) {
	unknown := refuse(CodeSignatureUnknown, path, "%.64s has no key %.64s in force at %.64s",
		string(s.Person), string(s.Key), string(s.Org))
	if !ValidID(string(s.Org)) || !ValidID(string(s.Person)) {
		return Person{}, Key{}, unknown
	}
	var members *Members
	if first := d.subjects[0]; first.spec.Kind == KindOrganisation && first.record == nil &&
		first.named.ID == OrganisationID(s.Org) {
		members = first.members
	} else {
		var err error
		members, err = d.members(s.Org, path)
		if f, ok := errors.AsType[*Fault](err); ok && f.Code == CodeNotFound {
			return Person{}, Key{}, unknown
		}
		if err != nil {
			return Person{}, Key{}, err
		}
	}
	for _, p := range members.Persons {
		if p.ID != s.Person {
			continue
		}
		if k, ok := p.InForce(s.Key); ok {
			return p, k, nil
		}
	}
	return Person{}, Key{}, unknown
}

// orgsOf finds which organisations stand on the sides of a need. What the asset said before
// the act counts; for a new asset and a new financier, what it says after.
func (d *decision) orgsOf(n Need) []OrgID {
	orgs := []OrgID{}
	for _, side := range n.Sides {
		for _, state := range []*State{d.subjects[0].before, d.subjects[0].after} {
			if state == nil {
				continue
			}
			if o := state.Side(side); o != "" {
				orgs = append(orgs, o)
				break
			}
		}
	}
	return orgs
}

// Side names the organisation on a side of an asset; empty when there is none.
func (s *State) Side(side Side) OrgID {
	switch {
	case s.Organisation != nil && side == Itself:
		return s.Organisation.MSP
	case s.Keyring != nil && side == Itself:
		return s.Parties[0]
	case s.Programme != nil && side == Bank:
		return s.Programme.Bank
	case s.Programme != nil && side == Seller:
		return s.Programme.Seller
	case s.Financing != nil && side == Bank:
		return s.Financing.Bank
	case s.Financing != nil && side == Seller:
		return s.Financing.Seller
	case s.Receivable == nil:
		return ""
	}
	switch side {
	case Seller:
		return s.Receivable.Seller
	case Obligor:
		return s.Receivable.Obligor
	case Owner:
		return s.Receivable.Owner
	case Bank:
		if s.Receivable.Reservation != nil {
			return s.Receivable.Reservation.Bank
		}
	case Itself:
	}
	return ""
}

// orList writes "maker or checker".
func orList[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += " or "
		}
		text += string(w)
	}
	return text
}
