package trade

import "slices"

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

// Members is the public side of an organisation: its kind, its persons' keys, and a digest by
// which a claim is held to the registration numbers of its parties. Whom an MSP id stands for
// is no secret among members, so the digest hides nothing and needs no salt.
type Members struct {
	Kind     OrgKind  `json:"kind"`
	Identity Digest   `json:"identity"`
	Persons  []Person `json:"persons"`
}

// identityOf is the digest of a national registration number, however it is punctuated.
func identityOf(registrationID string) Digest {
	return DigestOf([]byte("countersign/registration/v1\n" + squeezed(registrationID)))
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
	if squeezed(a.RegistrationID) == "" {
		return refuse(CodeText, "args.registration_id", "a number with letters or digits is wanted")
	}
	if a.LEI != "" {
		if err := checkText(a.LEI, "args.lei"); err != nil {
			return err
		}
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
	p, err := inOffice(next.Organisation, a.Person)
	if err != nil {
		return err
	}
	p.Revoked = true
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
	d.subjects[0].members = &Members{
		Kind: s.Organisation.Kind, Identity: identityOf(s.Organisation.RegistrationID),
		Persons: s.Organisation.Persons,
	}
	return nil
}

// checkPersons refuses persons whose keys cannot be used, two with one id or one key, and fewer
// than two admins who can sign: one admin could invent both maker and checker.
func checkPersons(persons []Person) error {
	bad := func(i int, why string) error { return refuse(CodePersons, indexed("persons", i), "%s", why) }
	if len(persons) > maxPersons {
		return refuse(CodePersons, "persons", "more than %d persons", maxPersons)
	}
	admins := 0
	holders := map[string]bool{} // by the bytes of a key; only ever asked
	for i, p := range persons {
		if !ValidID(string(p.ID)) || len(p.Roles) == 0 {
			return bad(i, "an id and at least one role are wanted")
		}
		for j, r := range p.Roles {
			if !slices.Contains(Roles(), r) || slices.Contains(p.Roles[:j], r) {
				return bad(i, "there is no such role, or it is named twice")
			}
		}
		if err := p.checkKeys(indexed("persons", i)); err != nil {
			return err
		}
		if slices.ContainsFunc(persons[:i], func(q Person) bool { return p.ID == q.ID }) {
			return bad(i, "the id is another person's, or was")
		}
		for _, k := range p.Keys {
			if holders[string(k.Public)] {
				return bad(i, "the key was registered before")
			}
			holders[string(k.Public)] = true
		}
		if p.keysInForce() > 0 && slices.Contains(p.Roles, Admin) {
			admins++
		}
	}
	if len(holders) > maxKeysOfOrg {
		return refuse(CodeKeys, "persons", "more than %d keys, revoked ones included", maxKeysOfOrg)
	}
	if admins < minAdmins {
		return refuse(CodePersons, "persons", "two admins are wanted: administrative acts need both")
	}
	return nil
}

// members reads the public side of a registered organisation, which must have agreed to it.
func (d *decision) members(o OrgID, path string) (*Members, error) {
	if !ValidID(string(o)) {
		return nil, refuse(CodeID, path, "an MSP id is [A-Za-z0-9._-]{1,64}")
	}
	if m := d.entered[o]; m != nil {
		return m, nil
	}
	record, err := readRecord(d.view, OrganisationID(o))
	if err != nil {
		return nil, err
	}
	if record == nil || record.Members == nil {
		return nil, refuse(CodeNotFound, path, "there is no organisation %s", o)
	}
	if err := d.consented(record, []OrgID{o}, path); err != nil {
		return nil, err
	}
	d.entered[o] = record.Members
	return record.Members, nil
}

// orgKind wants a registered organisation of one of the kinds.
func (d *decision) orgKind(o OrgID, path string, want ...OrgKind) error {
	m, err := d.members(o, path)
	if err != nil {
		return err
	}
	if !slices.Contains(want, m.Kind) {
		return refuse(CodeOrgKind, path, "%s is a %s", o, m.Kind)
	}
	return nil
}

// orgIdentity wants a registered organisation with this registration number.
func (d *decision) orgIdentity(o OrgID, registrationID, path string) error {
	m, err := d.members(o, path)
	if err != nil {
		return err
	}
	if m.Identity != identityOf(registrationID) {
		return refuse(CodeIdentity, path, "not the registration number that %s is registered with", o)
	}
	return nil
}
