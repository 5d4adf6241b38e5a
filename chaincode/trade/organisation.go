package trade

import (
	"slices"
)

// OrgKind is what an organisation is in the trade.
type OrgKind string

// The kinds of organisations. Auditors and regulators read; the platform operator runs the
// software and holds no business power.
const (
	KindSupplier       OrgKind = "supplier"
	KindCoreEnterprise OrgKind = "core_enterprise"
	KindBank           OrgKind = "bank"
	KindWarehouse      OrgKind = "warehouse"
	KindCarrier        OrgKind = "carrier"
	KindAuditor        OrgKind = "auditor"
	KindRegulator      OrgKind = "regulator"
	KindOperator       OrgKind = "operator"
)

// OrgKinds lists every kind of organisation.
func OrgKinds() []OrgKind {
	return []OrgKind{
		KindSupplier, KindCoreEnterprise, KindBank, KindWarehouse, KindCarrier, KindAuditor,
		KindRegulator, KindOperator,
	}
}

// Members is the public side of an organisation: its kind and its persons' keys.
type Members struct {
	Kind    OrgKind  `json:"kind"`
	Persons []Person `json:"persons"`
}

// Organisation is the private side: who stands behind the MSP id.
type Organisation struct {
	MSP  OrgID   `json:"msp"`
	Kind OrgKind `json:"kind"`
	Name string  `json:"name"`
	// RegistrationID is the national registration number (USCC in China); LEI where it has one.
	RegistrationID string   `json:"registration_id"`
	LEI            string   `json:"lei,omitempty"`
	Persons        []Person `json:"persons"`
}

const (
	maxPersons = 200
	minAdmins  = 2
)

// RegisterOrganisation is the argument of organisation.register.
type RegisterOrganisation struct {
	Salt           string   `json:"salt"`
	Kind           OrgKind  `json:"kind"`
	Name           string   `json:"name"`
	RegistrationID string   `json:"registration_id"`
	LEI            string   `json:"lei,omitempty"`
	Persons        []Person `json:"persons"`
}

// EnrolPerson is the argument of organisation.enrol.
type EnrolPerson struct {
	Person Person `json:"person"`
}

// RevokePerson is the argument of organisation.revoke.
type RevokePerson struct {
	Person PersonID `json:"person"`
	Reason string   `json:"reason"`
}

func (d *decision) registerOrganisation(a RegisterOrganisation) error {
	if d.subjects[0].named.ID != OrganisationID(d.tx.Actor) {
		return refuse(CodeParty, "subjects[0]", "an organisation registers itself")
	}
	if !slices.Contains(OrgKinds(), a.Kind) {
		return refuse(CodeOrgKind, "args.kind", "there is no such kind of organisation")
	}
	if err := checkText(a.Name, "args.name"); err != nil {
		return err
	}
	if err := checkText(a.RegistrationID, "args.registration_id"); err != nil {
		return err
	}
	o := Organisation{
		MSP: d.tx.Actor, Kind: a.Kind, Name: a.Name, RegistrationID: a.RegistrationID, LEI: a.LEI,
		Persons: a.Persons,
	}
	return d.setOrganisation(State{Salt: a.Salt, Phase: Active, Parties: []OrgID{d.tx.Actor}, Organisation: &o})
}

func (d *decision) enrolPerson(a EnrolPerson) error {
	next := d.change(0)
	next.Organisation.Persons = append(next.Organisation.Persons, a.Person)
	return d.setOrganisation(*next)
}

func (d *decision) revokePerson(a RevokePerson) error {
	if err := checkText(a.Reason, "args.reason"); err != nil {
		return err
	}
	next := d.change(0)
	i := slices.IndexFunc(next.Organisation.Persons, func(p Person) bool {
		return p.ID == a.Person && !p.Revoked
	})
	if i < 0 {
		return refuse(CodePersons, "args.person", "there is no such person in office")
	}
	next.Organisation.Persons[i].Revoked = true
	return d.setOrganisation(*next)
}

// setOrganisation checks the persons and puts the public side in step with the private one.
func (d *decision) setOrganisation(s State) error {
	if err := checkSalt(s.Salt); err != nil {
		return err
	}
	if err := checkPersons(s.Organisation.Persons); err != nil {
		return err
	}
	d.subjects[0].after = &s
	d.subjects[0].members = &Members{Kind: s.Organisation.Kind, Persons: s.Organisation.Persons}
	return nil
}

// checkPersons refuses persons without a usable key, two with one id or one key, and fewer
// than two admins: one admin could invent both maker and checker.
func checkPersons(persons []Person) error {
	bad := func(i int, why string) error { return refuse(CodePersons, indexed("persons", i), "%s", why) }
	if len(persons) > maxPersons {
		return refuse(CodePersons, "persons", "more than %d persons", maxPersons)
	}
	admins := 0
	for i, p := range persons {
		if !ValidID(string(p.ID)) || len(p.Roles) == 0 {
			return bad(i, "an id and at least one role are wanted")
		}
		for _, r := range p.Roles {
			if !slices.Contains(Roles(), r) {
				return bad(i, "there is no such role")
			}
		}
		if _, err := p.publicKey(); err != nil {
			return bad(i, "a P-256 public key in PKIX form is wanted")
		}
		for _, q := range persons[:i] {
			if p.ID == q.ID || slices.Equal(p.Key, q.Key) {
				return bad(i, "the id or the key is another person's, or was")
			}
		}
		if !p.Revoked && slices.Contains(p.Roles, Admin) {
			admins++
		}
	}
	if admins < minAdmins {
		return refuse(CodePersons, "persons", "two admins are wanted: administrative acts need both")
	}
	return nil
}

// orgKind reads the kind of a registered organisation.
func (d *decision) orgKind(o OrgID, path string, want ...OrgKind) error {
	if !ValidID(string(o)) {
		return refuse(CodeID, path, "an MSP id is [A-Za-z0-9._-]{1,64}")
	}
	record, err := readRecord(d.view, OrganisationID(o))
	if err != nil {
		return err
	}
	if record == nil || record.Members == nil {
		return refuse(CodeNotFound, path, "there is no organisation %s", o)
	}
	if err := d.consented(record, []OrgID{o}, path); err != nil {
		return err
	}
	if !slices.Contains(want, record.Members.Kind) {
		return refuse(CodeOrgKind, path, "%s is a %s", o, record.Members.Kind)
	}
	return nil
}
