package trade

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// read finds the records of the assets that the command names.
func (d *decision) read() error {
	specs, named := d.spec.Subjects, d.command.Subjects
	least := len(specs)
	if specs[least-1].Optional {
		least--
	}
	if len(named) < least || len(named) > len(specs) {
		return refuse(CodeSubjects, "subjects", "%s is about %d assets", d.command.Act, len(specs))
	}
	for i, n := range named {
		s := &subject{spec: specs[i], named: n}
		if n.Version == AnyVersion && !s.spec.Any {
			return refuse(CodeSubjects, indexed("subjects", i), "name the version that was seen")
		}
		if (n.Version == 0) != (s.spec.Access == Create) {
			return refuse(CodeSubjects, indexed("subjects", i), "version 0 is for an asset to be created")
		}
		if err := s.checkName(indexed("subjects", i)); err != nil {
			return err
		}
		record, err := readRecord(d.view, n.ID)
		if err != nil {
			return err
		}
		s.record = record
		d.subjects = append(d.subjects, s)
	}
	return nil
}

// checkName keeps the names of organisations and of the keyring for them: otherwise anybody
// could take the place of one that has not entered yet.
func (s *subject) checkName(path string) error {
	organisation := strings.HasPrefix(string(s.named.ID), string(OrganisationID("")))
	keyring := s.named.ID == KeyringID
	if organisation != (s.spec.Kind == KindOrganisation) || keyring != (s.spec.Kind == KindKeyring) {
		return refuse(CodeID, path, "the ids %q and %q… are kept for the keyring and for organisations",
			KeyringID, OrganisationID(""))
	}
	return nil
}

// readRecord reads the public record of an asset; nil when there is none.
func readRecord(view View, id AssetID) (*Record, error) {
	raw, err := view.Get(string(id))
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	r, err := Decode[Record](raw, string(id))
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// repeat answers a command that was carried out before. It comes before the states are
// opened: who resubmits after an unknown outcome brings those of the first time.
func (d *decision) repeat() (Outcome, bool, error) {
	answer := Response{Command: d.command.ID, Repeated: true}
	for i, s := range d.subjects {
		done, ok := s.done(d.command.ID)
		if !ok {
			continue
		}
		salt := d.saltOf(s)
		if salt == "" {
			return Outcome{}, false, stale(indexed("subjects", i), s.record)
		}
		if done.Seal != sealed(salt, d.digest) {
			return Outcome{}, false, refuse(CodeCommandConflict, "id",
				"command %s was carried out with other content: make a new id", d.command.ID)
		}
		answer.Subjects = append(answer.Subjects, Moved{
			ID: s.record.ID, Kind: s.record.Kind, Phase: done.Phase, Version: done.Version,
		})
	}
	if len(answer.Subjects) == 0 {
		return Outcome{}, false, nil
	}
	response, err := Canonical(answer)
	return Outcome{Response: response}, true, err
}

// done finds a command among those carried out last on the subject.
func (s *subject) done(c CommandID) (Done, bool) {
	if s.record == nil || s.spec.Access == Seen {
		return Done{}, false
	}
	i := slices.IndexFunc(s.record.Done, func(done Done) bool { return done.Command == c })
	if i < 0 {
		return Done{}, false
	}
	return s.record.Done[i], true
}

// saltOf takes the salt of a subject, which never changes, from what was brought along,
// whatever its version.
func (d *decision) saltOf(s *subject) string {
	raw := d.tx.States[s.named.ID]
	if s.spec.Access == Create {
		raw = d.command.Args
	}
	var v struct {
		Salt string `json:"salt"`
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return ""
	}
	return v.Salt
}

// sealed is how a command's digest stands on the public record: HMAC-SHA-256 under the
// asset's salt. The plain digest would let outsiders try amounts until one fits.
func sealed(salt string, command Digest) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte("done/" + command))
	return hex.EncodeToString(m.Sum(nil))
}

// Seals tells whether this is the very command that was carried out, by its digest and the salt of
// the asset.
func (d Done) Seals(salt string, command Digest) bool { return d.Seal == sealed(salt, command) }

// open checks that assets to be created do not stand yet, and opens the states brought along
// for the others.
func (d *decision) open() error {
	for i, s := range d.subjects {
		path := indexed("subjects", i)
		if s.spec.Access == Create {
			if s.record != nil {
				return refuse(CodeExists, path, "%s stands already: make a new id, or read what stands", s.named.ID)
			}
			continue
		}
		if s.record == nil || s.record.Kind != s.spec.Kind {
			return refuse(CodeNotFound, path, "there is no %s %s", s.spec.Kind, s.named.ID)
		}
		if s.spec.Access == Seen {
			continue
		}
		if err := d.openState(s, path); err != nil {
			return err
		}
	}
	return nil
}

// PathStates begins the path of a refusal whose cause is a state brought along that is not
// the committed one. Nothing was decided: whoever brought it reads it again and submits the
// same command. A stale version that the signers named has the path of its subject.
const PathStates = "states."

// openState checks the state brought along for a subject against the record's commitment,
// against itself, and against what its parties have agreed to.
func (d *decision) openState(s *subject, path string) error {
	raw := d.tx.States[s.named.ID]
	if DigestOf(raw) != s.record.Commitment {
		return stale(PathStates+string(s.named.ID), s.record)
	}
	state, err := Decode[State](raw, path)
	if err != nil {
		return err
	}
	if state.ID != s.record.ID || state.Kind != s.record.Kind || state.Version != s.record.Version ||
		state.Phase != s.record.Phase {
		return refuse(CodeNoConsent, path, "the record does not say what its state says")
	}
	if err := state.CheckInvariants(); err != nil {
		return err
	}
	s.before = &state
	return d.consented(s.record, state.Parties, path)
}

func stale(path string, r *Record) error {
	return refuse(CodeStale, path, "%s stands at version %d, phase %s: read it again and decide again",
		r.ID, r.Version, r.Phase)
}

// consented checks that each party's own collection holds exactly what the record commits
// to. A phase alone proves nothing: any quorum can write a record that names others.
func (d *decision) consented(r *Record, parties []OrgID, path string) error {
	for _, p := range parties {
		ok, err := Consented(d.view, r, p)
		if err != nil {
			return err
		}
		if !ok {
			return refuse(CodeNoConsent, path, "a party named on %s has not agreed to this version", r.ID)
		}
	}
	return nil
}

// Consented tells whether an organisation has agreed to the record as it stands.
func Consented(view View, r *Record, party OrgID) (bool, error) {
	hash, err := view.PrivateHash(ConsentCollection(party), string(r.ID))
	if err != nil {
		return false, err
	}
	want, ok := r.Commitment.Bytes()
	return ok && slices.Equal(hash, want), nil
}
