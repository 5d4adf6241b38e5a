package trade

import (
	"slices"
)

// View is the committed state that the law reads: what the ledger held before the
// transaction. A missing key is nil, not an error.
type View interface {
	// Get reads public state.
	Get(key string) ([]byte, error)
	// PrivateHash reads the SHA-256 of a private value; every peer gives the same answer.
	PrivateHash(collection, key string) ([]byte, error)
}

// Transaction is what an organisation brings to the ledger.
type Transaction struct {
	Channel    string
	Actor      OrgID // from the submitting client's certificate, never an argument
	Time       Instant
	Command    []byte             // canonical Command
	Signatures []byte             // canonical []Signature
	States     map[AssetID][]byte // canonical State of each subject that is opened
	Keys       map[int64][]byte   // consortium keys by epoch, where fingerprints are taken
}

// Outcome is all that a transaction does. A repeated command has no effects, only the
// response that the first one got.
type Outcome struct {
	Writes   []Write
	Policies []Policy
	Private  []PrivateWrite
	Event    []byte // canonical Event; nil for a repeat
	Response []byte // canonical Response
}

// Write is a write of public state.
type Write struct {
	Key   string
	Value []byte
}

// Policy names the organisations that must all endorse the next change of a key.
type Policy struct {
	Key  string
	Orgs []OrgID
}

// PrivateWrite is a write into a private collection.
type PrivateWrite struct {
	Collection string
	Key        string
	Value      []byte
}

// EventName is the name of the one event of a transaction.
const EventName = "countersign.v1"

// Event tells the channel what happened, without names or amounts.
type Event struct {
	Act      Act       `json:"act"`
	Command  CommandID `json:"command"`
	Time     Instant   `json:"time"`
	Subjects []Moved   `json:"subjects"`
}

// Moved is an asset as an act left it.
type Moved struct {
	ID      AssetID `json:"id"`
	Kind    Kind    `json:"kind"`
	From    Phase   `json:"from,omitempty"` // absent when it was created
	Phase   Phase   `json:"phase"`
	Version int64   `json:"version"`
}

// Response answers a command.
type Response struct {
	Command  CommandID `json:"command"`
	Repeated bool      `json:"repeated"`
	Subjects []Moved   `json:"subjects"`
}

// Next is the law: it decides a transaction over committed state. It is pure; every endorser
// comes to the same Outcome or the same Fault. An error that is no *Fault is an internal
// error of the view.
func Next(view View, tx Transaction) (Outcome, error) {
	c, err := Decode[Command](tx.Command, "command")
	if err != nil {
		return Outcome{}, err
	}
	if err := c.check(tx.Channel); err != nil {
		return Outcome{}, err
	}
	if tx.Time <= 0 || tx.Time > lastInstant {
		return Outcome{}, refuse(CodeTimeWindow, "", "a ledger time between 1970 and 2199 is wanted")
	}
	spec, ok := SpecOf(c.Act)
	if !ok {
		return Outcome{}, refuse(CodeUnknownAct, "act", "there is no act %.64q", string(c.Act))
	}
	signatures, err := Decode[[]Signature](tx.Signatures, "signatures")
	if err != nil {
		return Outcome{}, err
	}
	if len(signatures) > maxSignatures {
		return Outcome{}, refuse(CodeSubjects, "signatures", "at most %d signatures", maxSignatures)
	}
	digest, err := c.Digest()
	if err != nil {
		return Outcome{}, err
	}
	d := &decision{
		view: view, tx: tx, command: c, digest: digest, spec: spec, signatures: signatures,
		entered: map[OrgID]*Members{},
	}
	if err := d.read(); err != nil {
		return Outcome{}, err
	}
	if done, repeated, err := d.repeat(); repeated || err != nil {
		return done, err
	}
	if err := d.open(); err != nil {
		return Outcome{}, err
	}
	if err := d.decide(); err != nil {
		return Outcome{}, err
	}
	return d.outcome()
}

// decision is one run of Next.
type decision struct {
	view       View
	tx         Transaction
	command    Command
	digest     Digest
	spec       ActSpec
	signatures []Signature
	subjects   []*subject
	extra      []Write            // fingerprints
	policies   []Policy           // and who must endorse their change
	entered    map[OrgID]*Members // as members read them: a command often asks for the same ones
}

// subject is an asset that the command names, before and after.
type subject struct {
	spec    SubjectSpec
	named   Subject
	record  *Record // nil when it is to be created
	before  *State  // nil when created or only seen
	after   *State  // nil when not written
	members *Members
	epochs  []Epoch
}

// decide runs the act's handler and then the checks that hold for every act. A handler's
// refusal comes first because it tells more than "stale" does.
func (d *decision) decide() error {
	for i, s := range d.subjects {
		if s.record != nil && d.tx.Time < s.record.Time {
			return refuse(CodeTimeEarlier, indexed("subjects", i),
				"%s was changed at a later ledger time than this transaction's", s.named.ID)
		}
	}
	if err := d.handle(); err != nil {
		return err
	}
	for i, s := range d.subjects {
		if s.record == nil {
			continue
		}
		if s.named.Version != AnyVersion && s.named.Version != s.record.Version {
			return stale(indexed("subjects", i), s.record)
		}
		if len(s.spec.From) > 0 && !slices.Contains(s.spec.From, s.record.Phase) {
			return refuse(CodePhase, indexed("subjects", i), "%s is %s: %s is not possible",
				s.named.ID, s.record.Phase, d.command.Act)
		}
	}
	if err := d.actorIsParty(); err != nil {
		return err
	}
	return d.signed()
}

// actorIsParty checks that the submitting organisation is a party of the first asset.
func (d *decision) actorIsParty() error {
	first := d.subjects[0]
	for _, s := range []*State{first.before, first.after} {
		if s != nil && slices.Contains(s.Parties, d.tx.Actor) {
			return nil
		}
	}
	return refuse(CodeParty, "", "the submitting organisation is no party of %s", first.named.ID)
}

// outcome assembles the writes of all changed subjects.
func (d *decision) outcome() (Outcome, error) {
	out := Outcome{Writes: d.extra, Policies: d.policies}
	event := Event{Act: d.command.Act, Command: d.command.ID, Time: d.tx.Time}
	for _, s := range d.subjects {
		if s.after == nil {
			continue
		}
		moved, err := d.write(s, &out)
		if err != nil {
			return Outcome{}, err
		}
		event.Subjects = append(event.Subjects, moved)
	}
	payload, err := Canonical(event)
	if err != nil {
		return Outcome{}, err
	}
	response, err := Canonical(Response{Command: d.command.ID, Subjects: event.Subjects})
	if err != nil {
		return Outcome{}, err
	}
	out.Event, out.Response = payload, response
	return out, nil
}

// write seals one subject: next version, commitment, record, private copies, policy.
func (d *decision) write(s *subject, out *Outcome) (Moved, error) {
	record := Record{ID: s.named.ID, Kind: s.spec.Kind, Members: s.members, Epochs: s.epochs}
	var from Phase
	var parties []OrgID
	if s.record != nil {
		record.Version, record.Done, from = s.record.Version, slices.Clone(s.record.Done), s.record.Phase
		parties = s.before.Parties
	}
	record.Version++
	s.after.ID, s.after.Kind, s.after.Version, s.after.Time = record.ID, record.Kind, record.Version, d.tx.Time
	s.after.By = SignedCommand{Command: d.command, Signatures: d.signatures}
	if err := s.after.CheckInvariants(); err != nil {
		return Moved{}, err
	}
	state, err := sized(s.after)
	if err != nil {
		return Moved{}, err
	}
	record.Phase, record.Time, record.Commitment = s.after.Phase, d.tx.Time, DigestOf(state)
	for _, p := range s.after.Parties {
		record.Parties = append(record.Parties, Pseudonym(s.after.Salt, p))
		out.Private = append(out.Private, PrivateWrite{ConsentCollection(p), string(record.ID), state})
	}
	for _, r := range s.after.Readers {
		out.Private = append(out.Private, PrivateWrite{CopyCollection(r), string(record.ID), state})
	}
	seal := sealed(s.after.Salt, d.digest)
	record.Done = append(record.Done, Done{d.command.ID, seal, record.Version, record.Phase})
	record.Done = record.Done[max(0, len(record.Done)-maxDone):]
	value, err := sized(record)
	if err != nil {
		return Moved{}, err
	}
	out.Writes = append(out.Writes, Write{string(record.ID), value})
	if !slices.Equal(parties, s.after.Parties) {
		out.Policies = append(out.Policies, Policy{string(record.ID), s.after.Parties})
	}
	return Moved{ID: record.ID, Kind: record.Kind, From: from, Phase: record.Phase, Version: record.Version}, nil
}

// sized writes canonical bytes and refuses what could not be read back.
func sized(v any) ([]byte, error) {
	b, err := Canonical(v)
	if err == nil && len(b) > MaxInput {
		return nil, refuse(CodeMalformed, "", "what would be written has more than %d bytes", MaxInput)
	}
	return b, err
}

// handle runs the handler of the act.
func (d *decision) handle() error {
	switch d.command.Act {
	case OrganisationRegister:
		return with(d, d.registerOrganisation)
	case OrganisationEnrol:
		return with(d, d.enrolPerson)
	case OrganisationRevoke:
		return with(d, d.revokePerson)
	case OrganisationAddKey:
		return with(d, d.addKey)
	case OrganisationRevokeKey:
		return with(d, d.revokeKey)
	case KeyringOpen:
		return with(d, d.openKeyring)
	case KeyringRotate:
		return with(d, d.rotateKeyring)
	case DocumentRecord:
		return with(d, d.recordDocument)
	case ProgrammeOpen:
		return with(d, d.openProgramme)
	case ReceivableIssue:
		return with(d, d.issue)
	case ReceivableWithdraw:
		return with(d, d.withdraw)
	case ReceivableReject:
		return with(d, d.reject)
	case ReceivableConfirm:
		return with(d, d.confirm)
	case ReceivableDispute:
		return with(d, d.dispute)
	case ReceivableResolve:
		return with(d, d.resolve)
	case ReceivableMature:
		return with(d, d.mature)
	case ReceivableOverdue:
		return with(d, d.overdue)
	case ReceivableReserve:
		return with(d, d.reserve)
	case ReceivableRelease:
		return with(d, d.release)
	case ReceivableExpire:
		return with(d, d.expire)
	case ReceivableAssign:
		return with(d, d.assign)
	case ReceivablePay:
		return with(d, d.pay)
	case ReceivableAskPayee, ReceivableConfirmPayee, ReceivableRefusePayee, ReceivableChangePayee:
		return d.handlePayee()
	case FinancingRequest:
		return with(d, d.requestFinancing)
	case FinancingQuote:
		return with(d, d.quote)
	case FinancingRefuse:
		return with(d, d.refuseFinancing)
	case FinancingDecline:
		return with(d, d.declineFinancing)
	case FinancingLapse:
		return with(d, d.lapseQuote)
	case FinancingApprove:
		return with(d, d.approve)
	case FinancingDisburse:
		return with(d, d.disburse)
	case FinancingRepay:
		return with(d, d.repay)
	}
	return refuse(CodeUnknownAct, "act", "there is no act %.64q", string(d.command.Act))
}

// with decodes the act's arguments and runs its handler.
func with[A any](d *decision, handler func(A) error) error {
	args, err := Decode[A](d.command.Args, "args")
	if err != nil {
		return err
	}
	return handler(args)
}

// change gives the state of the i-th subject for changing; asked again, the same one.
func (d *decision) change(i int) *State {
	s := d.subjects[i]
	if s.after == nil {
		next := s.before.clone()
		s.after = &next
	}
	return s.after
}

// create sets the state of the first subject, which is new.
func (d *decision) create(state State) error {
	if err := checkSalt(state.Salt); err != nil {
		return err
	}
	d.subjects[0].after = &state
	return nil
}
