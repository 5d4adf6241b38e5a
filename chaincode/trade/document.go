package trade

import "slices"

// Document is the private side of a document's commitment: which bytes, read as what.
type Document struct {
	Owner OrgID `json:"owner"`
	// Kind is the document's kind in the field's terms ("invoice", "bill_of_lading").
	Kind string `json:"kind"`
	// Original is the digest of the bytes as received; Canonical of the fields read from them.
	Original  Digest `json:"original"`
	Canonical Digest `json:"canonical"`
	// Supersedes names the version before this one; nothing is overwritten.
	Supersedes AssetID `json:"supersedes,omitempty"`
}

// RecordDocument is the argument of document.record.
type RecordDocument struct {
	Salt       string  `json:"salt"`
	Kind       string  `json:"kind"`
	Original   Digest  `json:"original"`
	Canonical  Digest  `json:"canonical"`
	Supersedes AssetID `json:"supersedes,omitempty"`
	// ShownTo are the organisations that the document is shown to in its trade; they hold
	// the commitment too.
	ShownTo []OrgID `json:"shown_to,omitempty"`
	Readers []OrgID `json:"readers,omitempty"`
}

const maxParties = 8

func (d *decision) recordDocument(a RecordDocument) error {
	if err := checkText(a.Kind, "args.kind"); err != nil {
		return err
	}
	if err := checkDigest(a.Original, "args.original"); err != nil {
		return err
	}
	if err := checkDigest(a.Canonical, "args.canonical"); err != nil {
		return err
	}
	if err := d.checkSuperseded(a.Supersedes); err != nil {
		return err
	}
	parties := append([]OrgID{d.tx.Actor}, a.ShownTo...)
	if err := d.checkOrgs(parties, "args.shown_to"); err != nil {
		return err
	}
	if err := d.checkReaders(a.Readers, parties); err != nil {
		return err
	}
	return d.create(State{
		Salt: a.Salt, Phase: Active, Parties: parties, Readers: a.Readers,
		Document: &Document{
			Owner: d.tx.Actor, Kind: a.Kind, Original: a.Original, Canonical: a.Canonical,
			Supersedes: a.Supersedes,
		},
	})
}

// checkSuperseded wants the version before, opened as the second asset: only its owner amends
// a document.
func (d *decision) checkSuperseded(id AssetID) error {
	if id == "" && len(d.subjects) == 1 {
		return nil
	}
	if len(d.subjects) == 1 || d.subjects[1].named.ID != id {
		return refuse(CodeSubjects, "subjects[1]", "the document that is superseded is the second asset")
	}
	if d.subjects[1].before.Document.Owner != d.tx.Actor {
		return refuse(CodeParty, "subjects[1]", "only its owner amends a document")
	}
	return nil
}

// checkOrgs refuses organisations that are unknown or named twice.
func (d *decision) checkOrgs(orgs []OrgID, path string) error {
	if len(orgs) > maxParties {
		return refuse(CodeParty, path, "at most %d organisations", maxParties)
	}
	for i, o := range orgs {
		if slices.Contains(orgs[:i], o) {
			return refuse(CodeParty, path, "%s is named twice", o)
		}
		if err := d.orgKind(o, path, OrgKinds()...); err != nil {
			return err
		}
	}
	return nil
}

// checkReaders allows copies only to those who may read without being a party: auditors and
// regulators. Anybody else's view is as wide as the parties choose to make them parties.
func (d *decision) checkReaders(readers, parties []OrgID) error {
	if err := d.checkOrgs(append(slices.Clone(parties), readers...), "args.readers"); err != nil {
		return err
	}
	for _, r := range readers {
		if err := d.orgKind(r, "args.readers", KindAuditor, KindRegulator); err != nil {
			return err
		}
	}
	return nil
}
