package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/chaincode/trade"
)

// Prover proves with the ledger's own means that a transaction stands in it: from its bytes to a
// block's header, from the header to a signed checkpoint, and from there to the newest one. An
// error that is ErrNotProved or ErrNotFound says that it does not.
type Prover interface {
	Prove(ctx context.Context, txID string) (Proved, error)
}

// Proved is a transaction as far as the ledger's proof goes, without private values.
type Proved struct {
	Block Block // its header, and this one transaction
	// Head is the newest block, whose signed checkpoint the proof ends at.
	Head     uint64
	HeadHash []byte
}

// ErrNotProved means: the ledger gave out something that its own proofs do not bear out.
var ErrNotProved = errors.New("ledger: the proof does not hold")

// ProofCheck is what a line of a proof compares.
type ProofCheck string

// The checks, in the order in which they are told.
const (
	// ProofChain: the step's transaction leads to the newest signed checkpoint of the ledger.
	ProofChain ProofCheck = "chain"
	// ProofHistory: that transaction wrote what is told of the step, and no step is missing.
	ProofHistory ProofCheck = "history"
	// ProofCommitment: the state that is shown has the digest that the ledger's record commits to.
	ProofCommitment ProofCheck = "commitment"
	// ProofConsent: each party's own collection holds that very state.
	ProofConsent ProofCheck = "consent"
	// ProofCommand: the command that is shown is the one that the ledger carried out.
	ProofCommand ProofCheck = "command"
	// ProofSignature: a person's signature over that command verifies under the registered key.
	ProofSignature ProofCheck = "signature"
	// ProofOriginal: the bytes of a paper have the digest that the ledger commits to.
	ProofOriginal ProofCheck = "original"
	// ProofFields: so have the fields that were read from it.
	ProofFields ProofCheck = "fields"
)

// ProofNote says why a line of a proof is not a pass; empty where it is one.
type ProofNote string

// The notes.
const (
	NoteDiffers  ProofNote = "differs"   // claimed and found are two things
	NoteMissing  ProofNote = "missing"   // it should be here and is not
	NoteNotHere  ProofNote = "not_here"  // this node never had it, or it is not the actor's to see
	NoteNoProofs ProofNote = "no_proofs" // this node cannot check the proofs of its ledger
	NoteTooLarge ProofNote = "too_large" // more bytes or steps than are looked at in one go
)

// ProofLine is one comparison. Unknown is never a pass.
type ProofLine struct {
	Check   ProofCheck
	Outcome Answer
	Note    ProofNote
	Kind    trade.Kind
	Asset   trade.AssetID
	Version int64       // of the step; 0: the asset as a whole
	Org     trade.OrgID // whose consent or signature it is
	Person  trade.PersonID
	Claimed string // what the ledger says, or the record
	Found   string // what was computed now
}

// Proof is a receivable, with all that it rests on, computed again.
type Proof struct {
	Outcome  Answer // fail before unknown, unknown before pass
	Lines    []ProofLine
	Head     uint64
	HeadHash []byte
}

const (
	// maxProvenSteps and maxProvenBytes bound what one proof looks at.
	maxProvenSteps = 1_000
	maxProvenBytes = 256 << 20
)

// Prove computes again all that a trace shows: nothing is taken from the projection that does not
// lead to the newest signed checkpoint of the ledger. It writes nothing.
func (a *App) Prove(ctx context.Context, actor Actor, id trade.AssetID) (Proof, error) {
	p, err := a.Provenance(ctx, actor, id)
	if err != nil {
		return Proof{}, err
	}
	w := &proving{App: a, members: map[trade.OrgID]*trade.Members{}}
	for _, t := range p.assets() {
		if err := w.asset(ctx, t); err != nil {
			return Proof{}, err
		}
	}
	for _, paper := range p.Papers {
		if err := w.paper(ctx, paper); err != nil {
			return Proof{}, err
		}
	}
	w.proof.Outcome = Pass
	for _, l := range w.proof.Lines {
		if l.Outcome == Fail || (l.Outcome == Unknown && w.proof.Outcome == Pass) {
			w.proof.Outcome = l.Outcome
		}
		if w.proof.Outcome == Fail {
			break
		}
	}
	return w.proof, nil
}

// proving is a proof on its way.
type proving struct {
	*App

	proof   Proof
	steps   int
	bytes   int64
	members map[trade.OrgID]*trade.Members // as the ledger proves them; nil: it does not
}

func (w *proving) add(l ProofLine) { w.proof.Lines = append(w.proof.Lines, l) }

// equal adds a comparison of two texts.
func (w *proving) equal(l ProofLine, claimed, found string) {
	l.Claimed, l.Found, l.Outcome = claimed, found, Pass
	if claimed != found {
		l.Outcome, l.Note = Fail, NoteDiffers
	}
	w.add(l)
}

func (w *proving) unknown(l ProofLine, why ProofNote) {
	l.Outcome, l.Note = Unknown, why
	w.add(l)
}

// asset proves every step of an asset, and the state in which it stands.
func (w *proving) asset(ctx context.Context, t TracedAsset) error {
	about := ProofLine{Kind: t.Asset.Record.Kind, Asset: t.Asset.Record.ID}
	if w.steps += len(t.Steps); w.steps > maxProvenSteps {
		about.Check = ProofChain
		w.unknown(about, NoteTooLarge)
		return nil
	}
	complete := about
	complete.Check = ProofHistory
	w.equal(complete, fmt.Sprint(t.Asset.Record.Version), fmt.Sprint(len(t.Steps)))
	var last *Tx
	for n, s := range t.Steps {
		line := about
		line.Version = int64(n) + 1
		tx, err := w.chain(ctx, line, s)
		if err != nil {
			return err
		}
		record := w.history(line, t, s, tx)
		w.command(line, t, s, record)
		if err := w.signatures(ctx, line, s); err != nil {
			return err
		}
		last = tx
	}
	w.state(about, t, last)
	return nil
}

// chain proves a step's transaction; nil where it is not proved.
func (w *proving) chain(ctx context.Context, l ProofLine, s Transition) (*Tx, error) {
	l.Check, l.Claimed = ProofChain, s.TxID
	if w.prover == nil {
		w.unknown(l, NoteNoProofs)
		return nil, nil //nolint:nilnil // not proved is no error: the line says why
	}
	proved, err := w.prover.Prove(ctx, s.TxID)
	switch {
	case errors.Is(err, ErrNotFound):
		l.Outcome, l.Note = Fail, NoteMissing
	case errors.Is(err, ErrNotProved):
		l.Outcome, l.Note = Fail, NoteDiffers
	case err != nil:
		return nil, fmt.Errorf("proving transaction %s: %w", s.TxID, err)
	default:
		w.proof.Head, w.proof.HeadHash = proved.Head, proved.HeadHash
		tx := proved.Block.Txs[0]
		l.Outcome, l.Found = Pass, tx.ID
		if proved.Block.Number != s.Block || !tx.Valid() {
			l.Outcome, l.Note = Fail, NoteDiffers
		}
		w.add(l)
		return &tx, nil
	}
	w.add(l)
	return nil, nil //nolint:nilnil // see above
}

// history holds a step against what its transaction wrote, and returns the record as written.
func (w *proving) history(l ProofLine, t TracedAsset, s Transition, tx *Tx) *trade.Record {
	l.Check = ProofHistory
	if tx == nil {
		w.unknown(l, NoteNoProofs)
		return nil
	}
	i := slices.IndexFunc(tx.Effects.Writes, func(e Write) bool { return e.Key == string(t.Asset.Record.ID) })
	if i < 0 {
		l.Outcome, l.Note = Fail, NoteMissing
		w.add(l)
		return nil
	}
	value := tx.Effects.Writes[i].Value
	record, err := trade.Decode[trade.Record](value, "record")
	if err != nil {
		l.Outcome, l.Note = Fail, NoteDiffers
		w.add(l)
		return nil
	}
	written := stepTold{record.Version, record.Phase, record.Time.Time().Format(instantFormat), ""}
	shown := stepTold{s.Version, s.To, s.At.UTC().Format(instantFormat), ""}
	if l.Version == t.Asset.Record.Version { // the record that is shown is this one
		written.record, shown.record = trade.DigestOf(value), trade.DigestOf(t.Asset.RecordBytes)
	}
	w.equal(l, written.String(), shown.String())
	return &record
}

// stepTold is what a step tells of an asset.
type stepTold struct {
	version int64
	phase   trade.Phase
	at      string
	record  trade.Digest
}

func (t stepTold) String() string {
	return fmt.Sprintf("%d %s %s %s", t.version, t.phase, t.at, t.record)
}

const instantFormat = "2006-01-02T15:04:05.000Z"

// command holds the command that is shown against the seal of it on the record.
func (w *proving) command(l ProofLine, t TracedAsset, s Transition, record *trade.Record) {
	l.Check = ProofCommand
	switch {
	case s.Signed == nil || t.Asset.State == nil:
		w.unknown(l, NoteNotHere)
		return
	case record == nil:
		w.unknown(l, NoteNoProofs)
		return
	}
	digest, err := s.Signed.Command.Digest()
	if err != nil || len(record.Done) == 0 {
		l.Outcome, l.Note = Fail, NoteDiffers
		w.add(l)
		return
	}
	done := record.Done[len(record.Done)-1]
	l.Claimed, l.Found, l.Outcome = string(digest), string(digest), Pass
	if done.Command != s.Command || !done.Seals(t.Asset.State.Salt, digest) {
		l.Claimed, l.Outcome, l.Note = done.Seal, Fail, NoteDiffers
	}
	w.add(l)
}

// signatures verifies each person's signature under the key that the ledger registers.
func (w *proving) signatures(ctx context.Context, l ProofLine, s Transition) error {
	l.Check = ProofSignature
	if s.Signed == nil {
		w.unknown(l, NoteNotHere)
		return nil
	}
	digest, err := s.Signed.Command.Digest()
	if err != nil {
		l.Outcome, l.Note = Fail, NoteDiffers
		w.add(l)
		return nil //nolint:nilerr // the line says it
	}
	for _, signature := range s.Signed.Signatures {
		l.Org, l.Person, l.Claimed, l.Note = signature.Org, signature.Person, string(digest), ""
		members, err := w.membersOf(ctx, signature.Org)
		if err != nil {
			return err
		}
		if members == nil {
			l.Found = ""
			w.unknown(l, NoteNotHere)
			continue
		}
		l.Outcome, l.Found = Pass, string(digest)
		if !slices.ContainsFunc(members.Persons, func(p trade.Person) bool {
			k, ok := p.Key(signature.Key)
			return ok && p.ID == signature.Person && signature.Verify(k, digest) == nil
		}) {
			l.Outcome, l.Found, l.Note = Fail, "", NoteDiffers
		}
		w.add(l)
	}
	return nil
}

// membersOf reads the persons of an organisation from the record that its last transaction wrote.
// Keys that were revoked stay listed there, so that older signatures verify.
func (w *proving) membersOf(ctx context.Context, org trade.OrgID) (*trade.Members, error) {
	if m, known := w.members[org]; known {
		return m, nil
	}
	w.members[org] = nil
	id := trade.OrganisationID(org)
	var t TracedAsset
	err := w.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		asset, err := tx.Asset(ctx, id)
		if err != nil {
			return err
		}
		t, err = traced(ctx, tx, asset)
		return err
	})
	if errors.Is(err, ErrNoRow) || (err == nil && len(t.Steps) == 0) {
		return nil, nil //nolint:nilnil // not here: the signature's line says so
	}
	if err != nil {
		return nil, err
	}
	line := ProofLine{Kind: trade.KindOrganisation, Asset: id, Version: t.Asset.Record.Version, Org: org}
	last := t.Steps[len(t.Steps)-1]
	tx, err := w.chain(ctx, line, last)
	if err != nil {
		return nil, err
	}
	if record := w.history(line, t, last, tx); record != nil {
		w.members[org] = record.Members
	}
	return w.members[org], nil
}

// state holds the state that is shown against the commitment and the parties' own collections,
// as the last transaction left them.
func (w *proving) state(l ProofLine, t TracedAsset, last *Tx) {
	l.Version, l.Check = t.Asset.Record.Version, ProofCommitment
	if t.Asset.State == nil {
		w.unknown(l, NoteNotHere)
		return
	}
	found := trade.DigestOf(t.Asset.StateBytes)
	w.equal(l, string(t.Asset.Record.Commitment), string(found))
	key := trade.DigestOf([]byte(t.Asset.Record.ID))
	keyHash, _ := key.Bytes()
	for _, party := range t.Asset.State.Parties {
		l.Check, l.Org = ProofConsent, party
		if last == nil {
			w.unknown(l, NoteNoProofs)
			continue
		}
		held := ""
		for _, h := range last.Effects.Private {
			if h.Collection == trade.ConsentCollection(party) && bytes.Equal(h.KeyHash, keyHash) {
				held = "sha-256:" + hex.EncodeToString(h.ValueHash)
			}
		}
		w.equal(l, held, string(found))
	}
}
