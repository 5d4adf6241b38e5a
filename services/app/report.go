package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/chaincode/money"
	"github.com/countersign/countersign/chaincode/trade"
)

// The media types of spreadsheets.
const (
	MediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	MediaCSV  = "text/csv; charset=utf-8"
)

// ReportInput asks for a report.
type ReportInput struct {
	Kind    string // "dossier" of one financing, or "audit": the list of all
	Subject trade.AssetID
	Format  string // "pdf"; the list also as "xlsx" and "csv"
	From    money.Date
	To      money.Date
}

// MakeReport renders a report and keeps it. Whoever holds a financing may have its dossier;
// the list holds what the actor's organisation holds.
//
// Effects, in this order: the bytes as a blob; one transaction with the report's row.
func (a *App) MakeReport(ctx context.Context, actor Actor, in ReportInput) (Report, error) {
	out, media, err := a.render(ctx, actor, in)
	if errors.Is(err, ErrReportTooLarge) {
		return Report{}, fault(CodeReport, "", "more rows than a report may have: narrow the dates")
	}
	if err != nil {
		return Report{}, err
	}
	digest, size, err := a.blobs.Put(ctx, bytes.NewReader(out), int64(len(out)))
	if err != nil {
		return Report{}, err
	}
	r, err := a.newReport(actor, in.Kind, in.Format)
	if err != nil {
		return Report{}, err
	}
	r.Subject, r.MediaType, r.State, r.MadeAt = string(in.Subject), media, ReportMade, r.AskedAt
	r.Digest, r.Size = digest, size
	if r.Subject == "" {
		r.Subject = string(actor.Org)
	}
	return r, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		if err := tx.PutReport(ctx, r); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"report.make", "report", string(r.ID)},
			map[string]string{"kind": in.Kind}); err != nil {
			return err
		}
		return a.answered(ctx, tx, r)
	})
}

func (a *App) render(ctx context.Context, actor Actor, in ReportInput) (out []byte, media string, err error) {
	if in.Kind == "dossier" {
		if in.Format != "pdf" {
			return nil, "", fault(CodeInput, "format", "a dossier is made as pdf")
		}
		d, err := a.Dossier(ctx, actor, in.Subject)
		if err != nil {
			return nil, "", err
		}
		out, err := a.renderer.Dossier(ctx, d)
		return out, "application/pdf", err
	}
	if in.Kind != "audit" {
		return nil, "", fault(CodeInput, "kind", "dossier or audit")
	}
	l, err := a.AuditList(ctx, actor, in.From, in.To)
	if err != nil {
		return nil, "", err
	}
	switch in.Format {
	case "pdf":
		out, err = a.renderer.AuditPDF(ctx, l)
		return out, "application/pdf", err
	case "xlsx":
		out, err = a.renderer.AuditXLSX(ctx, l)
		return out, MediaXLSX, err
	case "csv":
		out, err = a.renderer.AuditCSV(ctx, l)
		return out, MediaCSV, err
	}
	return nil, "", fault(CodeInput, "format", "pdf, xlsx or csv")
}

// ReportFile returns a report that the actor's organisation asked for, with its bytes.
func (a *App) ReportFile(ctx context.Context, actor Actor, id ReportID) (Report, []byte, error) {
	r, err := a.Report(ctx, actor, id)
	if err != nil {
		return Report{}, nil, err
	}
	if r.State != ReportMade {
		return Report{}, nil, fault(CodeReportWaits, "", "this report is not made")
	}
	raw, err := a.bytes(ctx, r.Digest)
	return r, raw, err
}

// AuditList lists the financings that the actor's organisation holds, by the day they were
// asked for.
func (a *App) AuditList(ctx context.Context, actor Actor, from, to money.Date) (AuditList, error) {
	l := AuditList{TakenAt: a.Now(), From: from, To: to}
	names, err := a.names(ctx)
	if err != nil {
		return AuditList{}, err
	}
	l.For = names[actor.Org]
	page := Page{Limit: MaxPage}
	for {
		list, next, err := a.AssetsOf(ctx, actor, AssetFilter{Kind: trade.KindFinancing}, page)
		if err != nil {
			return AuditList{}, err
		}
		for _, f := range list {
			row, err := a.auditRow(ctx, f, names)
			if err != nil {
				return AuditList{}, fmt.Errorf("financing %s: %w", f.Record.ID, err)
			}
			if (from.IsZero() || !row.Date.Before(from)) && (to.IsZero() || !to.Before(row.Date)) {
				l.Rows = append(l.Rows, row)
			}
		}
		if next == "" {
			break
		}
		page.Cursor = next
	}
	l.Checkpoint, l.ClockNote, err = a.checkpoint(ctx)
	return l, err
}

// auditRow is one financing of the list, with the transaction that left it as it stands.
func (a *App) auditRow(ctx context.Context, f Asset, names map[trade.OrgID]string) (AuditRow, error) {
	body := f.State.Financing
	face, err := money.New(body.Face, body.Currency)
	if err != nil {
		return AuditRow{}, err
	}
	var steps []Transition
	var r Asset
	if err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if steps, err = tx.Transitions(ctx, f.Record.ID); err != nil {
			return err
		}
		r, err = tx.Asset(ctx, body.Receivable)
		return err
	}); err != nil {
		return AuditRow{}, err
	}
	if len(steps) == 0 {
		return AuditRow{}, errors.New("a financing without history")
	}
	row := AuditRow{
		Date: money.DateOf(steps[0].At), Financing: string(f.Record.ID), Receivable: string(body.Receivable),
		Seller: names[body.Seller], Bank: names[body.Bank], Face: face, DueDate: body.DueDate,
		State: phaseMark(f.Record.Phase), Block: steps[len(steps)-1].Block, TxID: steps[len(steps)-1].TxID,
	}
	if r.State != nil {
		row.Number, row.Buyer = r.State.Receivable.Claim.Number, names[r.State.Receivable.Obligor]
	}
	if body.Disbursed > 0 {
		row.Advance = body.Terms.Advance
	}
	return row, nil
}

func (a *App) names(ctx context.Context) (map[trade.OrgID]string, error) {
	list, err := a.organisations(ctx)
	names := make(map[trade.OrgID]string, len(list))
	for _, o := range list {
		names[o.ID] = o.title()
	}
	return names, err
}

// title is the name as reports write it: Latin, and in its own script.
func (o Organisation) title() string {
	if o.NameLocal == "" {
		return o.Name
	}
	return o.Name + " " + o.NameLocal
}

// checkpoint names the state of the ledger that is read.
func (a *App) checkpoint(ctx context.Context) (LedgerCheckpoint, string, error) {
	var c Checkpoint
	var note string
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if c, err = tx.Checkpoint(ctx, a.channel); err != nil {
			return err
		}
		note, err = tx.ClockNote(ctx)
		return err
	})
	return LedgerCheckpoint{
		Ledger: a.channel, Block: c.Block, Hash: fmt.Sprintf("sha-256:%x", c.Hash), Time: c.At,
	}, note, err
}

// phaseMark is a phase as a person reads it.
func phaseMark(p trade.Phase) StatusMark {
	switch p {
	case trade.Active:
		return StatusMark{"active", ToneVerified}
	case trade.Issued:
		return StatusMark{"issued", ToneProgress}
	case trade.Rejected:
		return StatusMark{"rejected", ToneRefused}
	case trade.Withdrawn:
		return StatusMark{"withdrawn", ToneNeutral}
	case trade.Open:
		return StatusMark{"confirmed", ToneVerified}
	case trade.Matured:
		return StatusMark{"due", ToneAttention}
	case trade.Overdue:
		return StatusMark{"overdue", ToneRefused}
	case trade.Settled:
		return StatusMark{"settled", ToneNeutral}
	case trade.Submitted:
		return StatusMark{"submitted", ToneProgress}
	case trade.Quoted:
		return StatusMark{"quoted", ToneOffered}
	case trade.Refused:
		return StatusMark{"refused", ToneRefused}
	case trade.Declined:
		return StatusMark{"declined", ToneNeutral}
	case trade.Lapsed:
		return StatusMark{"lapsed", ToneNeutral}
	case trade.Approved:
		return StatusMark{"approved", ToneVerified}
	case trade.Disbursed:
		return StatusMark{"disbursed", ToneFinanced}
	case trade.Repaid:
		return StatusMark{"repaid", ToneFinanced}
	}
	return StatusMark{string(p), ToneAttention}
}
