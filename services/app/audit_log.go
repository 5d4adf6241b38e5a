package app

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/countersign/countersign/chaincode/trade"
)

// The audit log tells what was done, by whom, to what and when. It has two sources: the ledger,
// for every act that moved a right, and the node's own log, for what people did beside it: they
// signed in, brought papers, prepared and signed, took files out. The node's log is chained by
// hash, one chain for each organisation.

// The sources of the audit log.
const (
	SourceLedger = "ledger"
	SourceNode   = "node"
)

// AuditScope is what of the audit log an organisation may see besides its own: its own steps on
// the ledger, and its own log, it always sees.
type AuditScope struct {
	Org trade.OrgID
	// Engaged sees what was done to the packs and papers that it reads, by whomever.
	Engaged bool
	// Hosts sees who opened which door on this node, of every organisation: sign-ins, keys, roles
	// and files taken out. No paper, name of a trade or amount is among them.
	Hosts bool
}

// AuditFilter narrows the audit log. What is empty narrows nothing.
type AuditFilter struct {
	Source       string      `json:"source,omitempty"`
	Acts         []string    `json:"acts,omitempty"`
	Organisation trade.OrgID `json:"organisation,omitempty"` // who acted
	// Person narrows further to one person of the organisation.
	Person trade.PersonID `json:"person,omitempty"`
	Object string         `json:"object,omitempty"` // the id of what it was done to
	Words  string         `json:"words,omitempty"`  // within the object's name, or the name of who acted
	Since  time.Time      `json:"since,omitzero"`
	Until  time.Time      `json:"until,omitzero"` // not including
}

// AuditLine is one act.
type AuditLine struct {
	Source      string
	At          time.Time
	Org         trade.OrgID // in whose name
	Persons     []AuditPerson
	Act         string // of the law, or of the node's log
	SubjectKind string
	Subject     string
	Name        string // what the object is called, as far as the reader may know it
	About       string // of a command: the act that it was to do
	Reason      string // that the person gave, of an act beside the ledger
	Place       int64  // the block, or the number in the organisation's log
	Proof       string // the transaction, or the hash of the entry
}

// AuditPerson is somebody who acted.
type AuditPerson struct {
	Org    trade.OrgID
	Person trade.PersonID
	Name   string // empty: not of this node
}

// maxActs bounds a filter by acts.
const maxActs = 60

func (f AuditFilter) check() error {
	switch {
	case !slices.Contains([]string{"", SourceLedger, SourceNode}, f.Source):
		return fault(CodeInput, "source", "ledger or node")
	case len(f.Acts) > maxActs:
		return fault(CodeInput, "act", "at most %d acts", maxActs)
	case f.Person != "" && f.Organisation == "":
		return fault(CodeInput, "person", "with the organisation that the person is of")
	case len(f.Words) > maxWords || !utf8.ValidString(f.Words) || strings.ContainsRune(f.Words, 0):
		return fault(CodeInput, "q", "a text of at most %d bytes", maxWords)
	}
	for name, id := range map[string]string{
		"organisation": string(f.Organisation), "person": string(f.Person), "object": f.Object,
	} {
		if id != "" && !trade.ValidID(id) {
			return fault(CodeInput, name, "an id is [A-Za-z0-9._-]{1,64}")
		}
	}
	for _, act := range f.Acts {
		if !trade.ValidID(act) {
			return fault(CodeInput, "act", "an act, as receivable.confirm")
		}
	}
	return nil
}

// Doors are the acts of the node's log that open or close a door: what who runs the node sees of
// every organisation.
func Doors() []string {
	return []string{
		"session.open", "session.close", "session.end", "session.end_others", "codes.on", "codes.off",
		"preferences.set", "report.make", "report.export", "audit.verify",
	}
}

// mayReadLog refuses who may not read the audit log: it is for auditors, regulators and who runs
// the node; in every other organisation for its administrators and approvers.
func mayReadLog(actor Actor) error {
	switch actor.Kind {
	case trade.KindAuditor, trade.KindRegulator, trade.KindOperator:
		return nil
	case trade.KindSupplier, trade.KindCoreEnterprise, trade.KindBank, trade.KindWarehouse, trade.KindCarrier:
	}
	return need(actor, trade.Admin, trade.Approver)
}

func scopeOf(actor Actor) AuditScope {
	return AuditScope{
		Org: actor.Org, Hosts: actor.Kind == trade.KindOperator,
		Engaged: actor.Kind == trade.KindAuditor || actor.Kind == trade.KindRegulator,
	}
}

// AuditLog is a window of the audit log as the actor may see it, and how much the filter leaves
// in all.
func (a *App) AuditLog(
	ctx context.Context, actor Actor, f AuditFilter, w Window,
) ([]AuditLine, int, error) {
	if err := mayReadLog(actor); err != nil {
		return nil, 0, err
	}
	if err := f.check(); err != nil {
		return nil, 0, err
	}
	w.Sort = "at"
	if err := w.check([]string{"at"}); err != nil {
		return nil, 0, err
	}
	var list []AuditLine
	var total int
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, total, err = tx.AuditLog(ctx, scopeOf(actor), f, w)
		return err
	})
	return list, total, err
}

// auditSource gives the audit log for a file.
func auditSource(actor Actor, f AuditFilter, names map[trade.OrgID]string) listSource {
	total := 0
	return listSource{
		columns: []ListingColumn{
			{Word: "at"},
			{Word: "organisation", Wide: true},
			{Word: "persons", Wide: true},
			{Word: "act", Wide: true},
			{Word: "reason", Wide: true},
			{Word: "objectKind"},
			{Word: "object", Wide: true},
			{Word: "source"},
			{Word: "place", Form: FormCount},
			{Word: "proof", Wide: true},
			{Word: "actCode"},
			{Word: "id", Wide: true},
		},
		rows: func(ctx context.Context, tx StoreTx, emit func(...ListingCell) error) error {
			w := Window{Limit: windowBatch}
			for {
				rows, all, err := tx.AuditLog(ctx, scopeOf(actor), f, w)
				if err != nil {
					return err
				}
				total = all
				for _, l := range rows {
					act := l.Act
					if l.About != "" {
						act += ":" + l.About
					}
					if err := emit(timeCell(l.At), textCell(names[l.Org]), textCell(personsOf(l.Persons)),
						wordCell("audit.act", l.Act), textCell(l.Reason), wordCell("audit.kind", l.SubjectKind),
						textCell(l.Name), wordCell("audit.source", l.Source), countCell(l.Place), textCell(l.Proof),
						textCell(act), textCell(l.Subject)); err != nil {
						return err
					}
				}
				w.Skip += len(rows)
				if len(rows) < windowBatch {
					return nil
				}
			}
		},
		total: func(context.Context, StoreTx) (expected, error) { return expected{rows: int64(total)}, nil },
	}
}

// personsOf writes who acted; a person who is not of this node by the id on the ledger.
func personsOf(list []AuditPerson) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
		if p.Name == "" {
			names[i] = string(p.Person)
		}
	}
	return strings.Join(names, "; ")
}
