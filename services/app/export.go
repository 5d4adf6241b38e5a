package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/chaincode/trade"
)

// ListName is a list that can be taken out as a file.
type ListName string

// The lists.
const (
	ListDocuments   ListName = "documents"
	ListReceivables ListName = "receivables"
	ListFinancings  ListName = "financings"
	ListPacks       ListName = "packs"
	ListCalendar    ListName = "calendar"
	ListAudit       ListName = "audit"
)

// Lists names all lists that can be taken out.
func Lists() []ListName {
	return []ListName{
		ListDocuments, ListReceivables, ListFinancings, ListPacks, ListCalendar, ListAudit,
	}
}

// Asked is a list as it is narrowed and ordered: what the file of it is made of. Only the filter
// of its list is set.
type Asked struct {
	List        ListName          `json:"list"`
	Format      string            `json:"format"` // csv, xlsx or pdf
	Language    string            `json:"language"`
	Query       string            `json:"-"` // the same as the address of the list says it
	Papers      *PaperFilter      `json:"papers,omitempty"`
	Order       *Window           `json:"order,omitempty"` // of papers
	Receivables *ReceivableFilter `json:"receivables,omitempty"`
	Financings  *FinancingFilter  `json:"financings,omitempty"`
	Calendar    *CalendarFilter   `json:"calendar,omitempty"`
	Audit       *AuditFilter      `json:"audit,omitempty"`
}

const (
	// MaxExport bounds the bytes of a file.
	MaxExport = 1 << 30
	// MaxWaiting bounds how many reports of an organisation wait to be made.
	MaxWaiting = 20

	maxListQuery = 4000
)

// MediaOf is the media type of a format; empty for one that is not known.
func MediaOf(format string) string {
	switch format {
	case "csv":
		return MediaCSV
	case "xlsx":
		return MediaXLSX
	case "pdf":
		return mediaPDF
	}
	return ""
}

const mediaPDF = "application/pdf"

// kindList is the kind of reports that are lists.
const kindList = "list"

// AskForList asks for a list as a file, exactly as it is narrowed. Whoever may read the list may
// have it so.
//
// Effects, in one transaction: the report's row, which waits; the job that makes it.
func (a *App) AskForList(ctx context.Context, actor Actor, in Asked) (Report, error) {
	if err := in.check(actor); err != nil {
		return Report{}, err
	}
	r, err := a.newReport(actor, kindList, in.Format)
	if err != nil {
		return Report{}, err
	}
	r.Subject, r.Query, r.State, r.Asked = string(in.List), in.Query, ReportWaiting, &in
	return r, a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error {
		waiting, err := tx.WaitingReports(ctx, actor.Org)
		if err != nil {
			return err
		}
		if waiting >= MaxWaiting {
			return fault(CodeTooMany, "", "%d files of your organisation are being made: wait for them", waiting)
		}
		if err := tx.PutReport(ctx, r); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, actor, deed{"report.export", "report", string(r.ID)},
			map[string]string{"list": string(in.List), "format": in.Format}); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, ReportJob{Report: r.ID}); err != nil {
			return err
		}
		return a.answered(ctx, tx, r)
	})
}

// check refuses what no list is asked by, and who may not read it.
func (in Asked) check(actor Actor) error {
	if !slices.Contains(Lists(), in.List) {
		return fault(CodeInput, "list", "one of %v", Lists())
	}
	if MediaOf(in.Format) == "" {
		return fault(CodeInput, "format", "csv, xlsx or pdf")
	}
	if len(in.Query) > maxListQuery {
		return fault(CodeInput, "query", "at most %d bytes", maxListQuery)
	}
	if in.Papers != nil {
		if err := in.Papers.check(); err != nil {
			return err
		}
		if err := in.Order.check(PaperSorts()); err != nil {
			return err
		}
	}
	if in.Financings != nil {
		if err := in.Financings.check(); err != nil {
			return err
		}
	}
	if in.Calendar != nil && (in.Calendar.Weeks < 1 || in.Calendar.Weeks > MaxWeeks) {
		return fault(CodeInput, "weeks", "1 to %d", MaxWeeks)
	}
	if in.Audit != nil {
		if err := in.Audit.check(); err != nil {
			return err
		}
	}
	if in.List == ListAudit {
		return mayReadLog(actor)
	}
	return nil
}

// newReport begins a report of the actor's.
func (a *App) newReport(actor Actor, kind, format string) (Report, error) {
	id, err := a.newID("rep")
	return Report{
		ID: ReportID(id), Org: actor.Org, Kind: kind, MediaType: MediaOf(format), RequestedBy: actor.User,
		By: actor.Name, AskedAt: a.Now(),
	}, err
}

// makeReport makes a file that was asked for.
//
// Effects, in this order:
//  1. the file becomes a blob by digest; a crash leaves bytes that nobody names;
//  2. one transaction: the report's row says that it is made, or why it cannot be.
func (a *App) makeReport(ctx context.Context, id ReportID) error {
	var r Report
	var actor Actor
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if r, err = tx.Report(ctx, id); err != nil {
			return err
		}
		u, err := tx.User(ctx, r.RequestedBy)
		if err != nil {
			return err
		}
		if actor, err = actorOf(ctx, tx, u); err != nil {
			return err
		}
		out, err := shutOut(ctx, tx, u)
		if err == nil && out {
			err = fault(CodeForbidden, "", "who asked for it is not here any more")
		}
		return err
	})
	if r.State != "" && r.State != ReportWaiting {
		return nil // a second run
	}
	if err == nil && r.Asked == nil {
		err = errors.New("a report that waits and was not asked for")
	}
	if err == nil {
		err = r.Asked.check(actor) // rights may have changed meanwhile
	}
	if err == nil {
		err = a.listed(ctx, actor, &r)
	}
	if errors.Is(err, ErrReportTooLarge) {
		err = fault(CodeReport, "", "more rows than such a file may have: narrow the filter")
	}
	r.State, r.MadeAt = ReportMade, a.Now()
	if err != nil {
		f, refused := asFault(err)
		if !refused || f.Code == CodeUnavailable {
			return fmt.Errorf("report %s: %w", id, err)
		}
		r.State, r.Fault = ReportFailed, f.Code
	}
	return a.store.Write(ctx, func(ctx context.Context, tx StoreTx) error { return tx.FinishReport(ctx, r) })
}

// listed writes a list into a blob on one snapshot of the database.
func (a *App) listed(ctx context.Context, actor Actor, r *Report) error {
	from, into := io.Pipe()
	written := make(chan error, 1)
	go func() {
		rows, err := a.writeList(ctx, actor, *r.Asked, r.Query, into)
		r.Rows = &rows
		_ = into.CloseWithError(err) // which the reader gets
		written <- err
	}()
	digest, size, err := a.blobs.Put(ctx, from, MaxExport)
	_ = from.CloseWithError(err) // a writer that still writes is told
	if failed := <-written; failed != nil {
		return failed
	}
	r.Digest, r.Size = digest, size
	return err
}

// writeList writes the rows of a list, and holds them against what the list says of itself.
func (a *App) writeList(
	ctx context.Context, actor Actor, in Asked, query string, into io.Writer,
) (int64, error) {
	head := ListingHead{
		List: in.List, Language: in.Language, By: actor.Name, Query: query, TakenAt: a.Now(),
	}
	var err error
	if head.Checkpoint, head.ClockNote, err = a.checkpoint(ctx); err != nil {
		return 0, err
	}
	names, err := a.namesIn(ctx, in.Language)
	if err != nil {
		return 0, err
	}
	head.For = names[actor.Org]
	source, err := a.sourceOf(actor, in, names)
	if err != nil {
		return 0, err
	}
	head.Columns = source.columns
	t, began := tally{columns: source.columns}, false
	err = a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		if began {
			return errors.New("the snapshot was lost on the way")
		}
		began = true
		out, err := a.renderer.Listing(ctx, into, in.Format, head)
		if err != nil {
			return err
		}
		err = source.rows(ctx, tx, func(cells ...ListingCell) error {
			if err := t.add(cells); err != nil {
				return err
			}
			return out.Row(cells)
		})
		if err != nil {
			return err
		}
		if source.total != nil {
			want, err := source.total(ctx, tx)
			if err != nil {
				return err
			}
			if err := t.differs(want); err != nil {
				return fmt.Errorf("%s: %w", in.List, err)
			}
		}
		return out.Close(t.foot)
	})
	return t.foot.Rows, err
}

// namesIn are the names of organisations in a language.
func (a *App) namesIn(ctx context.Context, language string) (map[trade.OrgID]string, error) {
	list, err := a.organisations(ctx)
	names := make(map[trade.OrgID]string, len(list))
	for _, o := range list {
		names[o.ID] = o.Name
		if language == "zh-CN" && o.NameLocal != "" {
			names[o.ID] = o.NameLocal
		}
	}
	return names, err
}

// ReportState says how far a report has come.
type ReportState string

// The states of a report.
const (
	ReportWaiting ReportState = "waiting"
	ReportMade    ReportState = "made"
	ReportFailed  ReportState = "failed"
)

// Report is a report that was asked for. Once it is made its bytes are a blob.
type Report struct {
	ID          ReportID
	Org         trade.OrgID
	Kind        string // "dossier", "audit" or "list"
	Subject     string // the asset, the organisation or the list
	MediaType   string
	State       ReportState
	Digest      trade.Digest
	Size        int64
	Rows        *int64 // nil: not counted
	Query       string
	Asked       *Asked     // of a list
	Fault       trade.Code // why it failed
	RequestedBy UserID
	By          string // the name of who asked
	AskedAt     time.Time
	MadeAt      time.Time
}

// seenBy tells whether the actor may have a report: who may not read a list any more may not
// have it as a file.
func (r Report) seenBy(actor Actor) bool {
	return r.Org == actor.Org &&
		(r.Kind != kindList || r.Subject != string(ListAudit) || mayReadLog(actor) == nil)
}

// Report returns a report of the actor's organisation.
func (a *App) Report(ctx context.Context, actor Actor, id ReportID) (Report, error) {
	var r Report
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		if r, err = tx.Report(ctx, id); err != nil {
			return found(err, "report")
		}
		if !r.seenBy(actor) {
			return hidden("report")
		}
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// Reports is a window of the reports of the actor's organisation, newest first, and how many
// there are.
func (a *App) Reports(ctx context.Context, actor Actor, w Window) ([]Report, int, error) {
	w.Sort = "asked"
	if err := w.check([]string{"asked"}); err != nil {
		return nil, 0, err
	}
	hide := []ListName{}
	if mayReadLog(actor) != nil {
		hide = append(hide, ListAudit)
	}
	var list []Report
	var total int
	err := a.store.Read(ctx, func(ctx context.Context, tx StoreTx) error {
		var err error
		list, total, err = tx.Reports(ctx, actor.Org, hide, w)
		return err
	})
	return list, total, err
}
