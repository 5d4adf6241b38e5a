package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/chaincode/trade"
	"github.com/countersign/countersign/services/app"
	"github.com/countersign/countersign/services/postgres/internal/db"
)

// PutReport keeps a report.
func (t *storeTx) PutReport(ctx context.Context, r app.Report) error {
	t.Changed(app.ChangedReport, string(r.ID))
	var asked json.RawMessage
	if r.Asked != nil {
		var err error
		if asked, err = trade.Canonical(r.Asked); err != nil {
			return fmt.Errorf("report %s: %w", r.ID, err)
		}
	}
	return t.q.PutReport(ctx, db.PutReportParams{
		ID: string(r.ID), OrgID: string(r.Org), Kind: r.Kind, SubjectID: r.Subject, MediaType: r.MediaType,
		Digest: optional(r.Digest), Size: optionalSize(r.Size), RequestedBy: string(r.RequestedBy),
		MadeAt: optionalTime(r.MadeAt), State: string(r.State), AskedAt: r.AskedAt, Asked: asked, Query: r.Query,
		Rows: r.Rows,
	})
}

func optionalSize(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// Report returns a report.
func (t *storeTx) Report(ctx context.Context, id app.ReportID) (app.Report, error) {
	row, err := t.q.Report(ctx, string(id))
	if err != nil {
		return app.Report{}, rowed(err)
	}
	r, err := reportOf(row.Report)
	r.By = row.RequestedByName
	return r, err
}

func reportOf(r db.Report) (app.Report, error) {
	out := app.Report{
		ID: app.ReportID(r.ID), Org: trade.OrgID(r.OrgID), Kind: r.Kind, Subject: r.SubjectID,
		MediaType: r.MediaType, Digest: present[trade.Digest](r.Digest), RequestedBy: app.UserID(r.RequestedBy),
		MadeAt: presentTime(r.MadeAt), State: app.ReportState(r.State), AskedAt: r.AskedAt.UTC(), Query: r.Query,
		Rows: r.Rows, Fault: present[trade.Code](r.FaultCode),
	}
	if r.Size != nil {
		out.Size = *r.Size
	}
	if len(r.Asked) == 0 {
		return out, nil
	}
	out.Asked = &app.Asked{}
	if err := json.Unmarshal(r.Asked, out.Asked); err != nil {
		return out, fmt.Errorf("report %s as stored: %w", r.ID, err)
	}
	return out, nil
}

// Reports is a window of the reports of an organisation.
func (t *storeTx) Reports(
	ctx context.Context, org trade.OrgID, hide []app.ListName, w app.Window,
) ([]app.Report, int, error) {
	rows, err := t.q.ReportsOf(ctx, db.ReportsOfParams{
		OrgID: string(org), Hidden: texts[string](hide), Skip: small(w.Skip), Page: small(w.Limit),
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reports of %s: %w", org, err)
	}
	list, total := make([]app.Report, len(rows)), 0
	for i, row := range rows {
		if list[i], err = reportOf(row.Report); err != nil {
			return nil, 0, err
		}
		list[i].By, total = row.RequestedByName, int(row.Total)
	}
	return list, total, nil
}

// WaitingReports counts those of an organisation that are still to be made.
func (t *storeTx) WaitingReports(ctx context.Context, org trade.OrgID) (int, error) {
	n, err := t.q.CountWaitingReports(ctx, string(org))
	return int(n), err
}

// FinishReport says what became of a report that waits; of one that does not nothing changes.
func (t *storeTx) FinishReport(ctx context.Context, r app.Report) error {
	t.Changed(app.ChangedReport, string(r.ID))
	made := &r.MadeAt
	if r.State != app.ReportMade {
		made = nil
	}
	_, err := t.q.FinishReport(ctx, db.FinishReportParams{
		ID: string(r.ID), State: string(r.State), Digest: optional(r.Digest), Size: optionalSize(r.Size),
		MadeAt: made, Rows: r.Rows, FaultCode: optional(r.Fault),
	})
	return err
}

// AuditLog is a window of the audit log, with the names of who acted and of what it was done to.
func (t *storeTx) AuditLog(
	ctx context.Context, s app.AuditScope, f app.AuditFilter, w app.Window,
) ([]app.AuditLine, int, error) {
	until := f.Until
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	rows, err := t.lists.AuditWindow(ctx, db.AuditWindowParams{
		Source: f.Source, OrgID: string(s.Org), Engaged: s.Engaged, Hosts: s.Hosts, Doors: app.Doors(),
		Since: f.Since, Until: until, Acts: texts[string](f.Acts), Object: f.Object,
		ActorOrg: string(f.Organisation), ActorPerson: string(f.Person), Words: f.Words, Skip: small(w.Skip),
		Page: small(w.Limit),
	})
	if err != nil {
		return nil, 0, fmt.Errorf("audit log of %s: %w", s.Org, err)
	}
	list, total := make([]app.AuditLine, len(rows)), 0
	users := make([]string, len(rows))
	for i, r := range rows {
		total, users[i] = int(r.Total), r.UserID
		list[i] = app.AuditLine{
			Source: r.Source, At: r.At.UTC(), Org: trade.OrgID(r.OrgID), Act: r.Act, SubjectKind: r.SubjectKind,
			Subject: r.SubjectID, Place: r.Place, Proof: r.Proof, Reason: r.Reason,
		}
		var signed []trade.Signature
		if err := json.Unmarshal(r.Signatures, &signed); err != nil {
			return nil, 0, fmt.Errorf("signatures of %s as projected: %w", r.Proof, err)
		}
		for _, g := range signed {
			list[i].Persons = append(list[i].Persons, app.AuditPerson{Org: g.Org, Person: g.Person})
		}
	}
	if err := t.nameActors(ctx, list, users); err != nil {
		return nil, 0, err
	}
	return list, total, t.nameObjects(ctx, s.Org, list)
}

// nameActors says who acted: the users of the node's log, and the persons who signed.
func (t *storeTx) nameActors(ctx context.Context, list []app.AuditLine, users []string) error {
	known, err := t.q.PersonsOfUsers(ctx, users)
	if err != nil {
		return err
	}
	byUser := make(map[string]app.AuditPerson, len(known))
	for _, u := range known {
		byUser[u.ID] = app.AuditPerson{
			Org: trade.OrgID(u.OrgID), Person: trade.PersonID(u.PersonID), Name: u.Name,
		}
	}
	var signers []app.Signer
	for i := range list {
		if p, ok := byUser[users[i]]; ok {
			list[i].Persons = []app.AuditPerson{p}
		}
		for _, p := range list[i].Persons {
			if p.Name == "" {
				signers = append(signers, app.Signer{Org: p.Org, Person: p.Person})
			}
		}
	}
	names, err := t.NamesOf(ctx, signers)
	if err != nil {
		return err
	}
	for i := range list {
		for j, p := range list[i].Persons {
			if p.Name == "" {
				list[i].Persons[j].Name = names[app.Signer{Org: p.Org, Person: p.Person}]
			}
		}
	}
	return nil
}

// NamesOf tells the names of persons who are of this node.
func (t *storeTx) NamesOf(ctx context.Context, persons []app.Signer) (map[app.Signer]string, error) {
	rows, err := t.q.NamesOfPersons(ctx, db.NamesOfPersonsParams{
		Orgs:    mapped(persons, func(s app.Signer) string { return string(s.Org) }),
		Persons: mapped(persons, func(s app.Signer) string { return string(s.Person) }),
	})
	if err != nil {
		return nil, fmt.Errorf("names of persons: %w", err)
	}
	names := make(map[app.Signer]string, len(rows))
	for _, r := range rows {
		names[app.Signer{Org: trade.OrgID(r.OrgID), Person: trade.PersonID(r.PersonID)}] = r.Name
	}
	return names, nil
}

// nameObjects says what the objects are called, as far as the organisation may see them.
func (t *storeTx) nameObjects(ctx context.Context, org trade.OrgID, list []app.AuditLine) error {
	rows, err := t.q.AuditNames(ctx, db.AuditNamesParams{
		Ids: mapped(list, func(l app.AuditLine) string { return l.Subject }), OrgID: string(org),
	})
	if err != nil {
		return fmt.Errorf("names in the audit log of %s: %w", org, err)
	}
	type said struct{ name, act string }
	names := make(map[string]said, len(rows))
	for _, r := range rows {
		if s := names[r.ID]; s.name == "" {
			names[r.ID] = said{r.Name, r.Act}
		}
	}
	for i := range list {
		s := names[list[i].Subject]
		list[i].Name, list[i].About = s.name, s.act
	}
	return nil
}

// auditPage is how many entries of a log are read at once.
const auditPage = 2000

// AuditLinks calls fn for each entry of an organisation's log, in their order.
func (t *storeTx) AuditLinks(
	ctx context.Context, org trade.OrgID, fn func(app.AuditLink) error,
) error {
	after := int64(0)
	for {
		rows, err := t.q.AuditLinks(ctx, db.AuditLinksParams{
			OrgID: string(org), AfterSeq: after, Page: auditPage,
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := fn(app.AuditLink{
				Seq: r.Seq, At: r.At, User: present[app.UserID](r.UserID), Action: r.Action, Kind: r.SubjectKind,
				Subject: r.SubjectID, Detail: r.Detail, Previous: r.PreviousHash, Hash: r.Hash,
			}); err != nil {
				return err
			}
			after = r.Seq
		}
		if len(rows) < auditPage {
			return nil
		}
	}
}

// AuditHead is the last entry of an organisation's log, as it is kept beside it.
func (t *storeTx) AuditHead(ctx context.Context, org trade.OrgID) (int64, []byte, error) {
	head, err := t.q.AuditHead(ctx, string(org))
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, app.ErrNoRow
	}
	return head.Seq, head.Hash, err
}

// BlockHashes are the hashes of the projected blocks, by number.
func (t *storeTx) BlockHashes(ctx context.Context) (map[uint64][]byte, error) {
	rows, err := t.q.BlockHashes(ctx)
	hashes := make(map[uint64][]byte, len(rows))
	for _, r := range rows {
		hashes[heightOf(r.Number)] = r.Hash
	}
	return hashes, err
}
